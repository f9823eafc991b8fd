"""A PAS request bundle read as a request for review (Da Vinci PAS 2.2, `Claim/$submit`).

Strict in what decides what is asked (who, for whom, which services, of what kind), tolerant of the
rest: what is not used is told in the loss report, with its place. An update sends what changed:
items without a mark of change are told and left out, as the guide has it for the 278.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from priorwire.mapping.fhir import parties, systems, words
from priorwire.mapping.fhir.documents_read import AnnouncedContent, Content, announced_contents, read_content
from priorwire.mapping.fhir.elements import inverted
from priorwire.mapping.fhir.events_read import (
    read_accident,
    read_admission,
    read_conditions,
    read_home_health,
    read_urgency,
)
from priorwire.mapping.fhir.items_read import (
    KINDS,
    ItemRead,
    Numbered,
    Supported,
    line_of,
    read_attachment,
    read_item,
    read_span,
)
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.node import Document, Node, expression
from priorwire.mapping.fhir.people import read_covered
from priorwire.model.authorization import (
    AuthorizationRequest,
    Diagnosis,
    DiagnosisKind,
    RequestKind,
    ReviewCategory,
    ServiceLine,
)
from priorwire.model.care import Attachment
from priorwire.model.parties import Provider
from priorwire.model.services import DateSpan, Delivery

_KINDS: Mapping[str, DiagnosisKind] = inverted(words.DIAGNOSIS_TYPE)


@dataclass(frozen=True, kw_only=True)
class RequestRead:
    """What a request bundle asks."""

    request: AuthorizationRequest
    #: What did not come over, by its place in the bundle.
    losses: tuple[Loss, ...]
    #: ``system|value`` of the Claim and of the bundle.
    claim: str
    bundle: str | None
    #: The full URL of the Claim.
    claim_url: str | None
    #: ``system|value`` of the request that this one updates, where the bundle names it.
    prior: str | None
    #: Numbers of the Claim's items, in the order of the services (one where there are none).
    sequences: tuple[int, ...]
    #: Places in the bundle, by places in the request (``/services/0``): for faults that are found later.
    places: Mapping[str, str]
    #: What is in those of the announced documents that the bundle holds.
    documents: tuple[AnnouncedContent, ...] = ()


def read_request(document: object, payers: Mapping[str, str] | None = None) -> RequestRead:
    """A bundle as a request for review.

    Args:
        document: the bundle as JSON, numbers as `decimal.Decimal` where they have a fraction.
        payers: our payer ids by the identifiers that senders know payers by. Without it, an identifier is taken
            as our id.

    Raises:
        InvalidRequest: every fault with its FHIRPath.
    """
    return _Reading(Document(document), payers).whole()


def named(node: Node) -> str | None:
    """An identifier as ``system|value``."""
    value = node["value"].text()
    system = node["system"].text()
    node["_system"].seen()
    return f"{system}|{value}" if system and value else value


class _Reading:
    def __init__(self, document: Document, payers: Mapping[str, str] | None) -> None:
        self._document = document
        self._payers = payers
        self._places: dict[str, Node] = {}
        self._contents: dict[int, Content] = {}
        self._attachments: dict[int, Attachment] = {}

    def whole(self) -> RequestRead:
        document, root = self._document, self._document.root
        claim = self._claim()
        document.index()
        self._header(root, claim)
        request, sequences = self._request(claim)
        name = self._name(claim)
        bundle, prior = named(root["identifier"]), self._prior(claim)
        losses = document.finish()
        assert request is not None, "a request that could not be made has faults"
        claim_url = root["entry"].first()["fullUrl"].peek()
        return RequestRead(
            request=replace(request, client_reference=name),
            losses=losses,
            claim=name or "",
            bundle=bundle,
            claim_url=claim_url if isinstance(claim_url, str) else None,
            prior=prior,
            sequences=sequences,
            places={model: expression(document.kind, node.path) for model, node in self._places.items()},
            documents=announced_contents(request, self._contents, self._attachments),
        )

    # --- what the document is ---------------------------------------------------------------------------------------

    def _claim(self) -> Node:
        document = self._document
        first = document.root["entry"].first()["resource"]
        if document.kind != "Bundle" or first.kind != "Claim":
            document.fault(document.root, "bundle", "A Bundle whose first entry is a Claim belongs here.")
            document.finish()
        return first

    def _header(self, root: Node, claim: Node) -> None:
        for name in ("type", "timestamp"):
            root[name].seen()
        if root["type"].peek() != "collection":
            root["type"].fault("bundle_type", "A request bundle is a collection.")
        if claim["use"].text() != "preauthorization":
            claim["use"].fault("use", "Only a Claim for preauthorization can be submitted here.")
        if claim["status"].text() != "active":
            claim["status"].fault("status", "The status of a submitted Claim is 'active', also of a cancellation.")
        claim["created"].seen()
        claim["type"].seen()
        for name in ("item", "diagnosis", "careTeam", "supportingInfo"):
            _numbered(claim[name])

    def _name(self, claim: Node) -> str | None:
        """The practice's name for the request: where two are given, the one that is no trace number."""
        names = [name for each in claim["identifier"].each() if (name := named(each))]
        if not names:
            claim["identifier"].fault("required", "A Claim has an identifier.")
            return None
        own = [each for each in names if not each.startswith(systems.TRACE)]
        return own[0] if own else names[0]

    def _prior(self, claim: Node) -> str | None:
        related = claim["related"].first()
        if not related:
            return None
        related["relationship"].seen()
        prior = related["claim"].target()
        related["claim"]["type"].seen()
        if prior:
            # It says what was asked before; what is asked now stands in the first Claim.
            prior.seen()
            return named(prior["identifier"].first())
        if related["claim"].is_absent():
            related["claim"].seen()
        return named(related["claim"]["identifier"])

    # --- the request ---------------------------------------------------------------------------------------------

    def _request(self, claim: Node) -> tuple[AuthorizationRequest | None, tuple[int, ...]]:
        supported, event_notes, event_documents = self._supporting(claim)
        overall, by_number = self._team(claim)
        diagnoses, positions = self._diagnoses(claim)
        numbered = Numbered(providers=by_number, supported=supported, diagnoses=positions)
        items = self._items(claim)
        kind = self._kind(claim, items)
        alone = len(items) == 1 and items[0].procedure is None
        services = () if alone else tuple(self._lines(items, numbered))
        covered = read_covered(claim["patient"], claim["insurance"].first()["coverage"])
        requester = self._provider(claim["provider"], "/requester")
        payer_id = self._payer(claim["insurer"])
        self._insurance(claim["insurance"].first())
        if covered.subscriber is None or requester is None or payer_id is None or not items:
            return None, ()
        if covered.patient:
            self._places["/dependent" if covered.dependent else "/subscriber"] = covered.patient
        event = items[0]
        request = AuthorizationRequest(
            payer_id=payer_id,
            requester=requester,
            subscriber=covered.subscriber,
            dependent=covered.dependent,
            category=event.category or ReviewCategory.HEALTH_SERVICES,
            kind=kind,
            service_type=event.service_type,
            place_of_service=event.place_of_service,
            bill_type=event.bill_type,
            urgency=read_urgency(claim),
            accident=read_accident(claim["accident"]),
            diagnoses=diagnoses,
            event_dates=self._dates.get("patientEvent") or (read_span(event.node, "serviced") if alone else None),
            admission=read_admission(claim, self._dates),
            delivery=_event_delivery(event) if alone else None,
            conditions=tuple(read_conditions(claim)),
            home_health=read_home_health(claim),
            attachments=event_documents,
            providers=overall,
            services=tuple(_relative(event, kind, each) for each in services),
            previous_authorization_number=claim.extension(systems.pas("authorizationNumber"))["valueString"].text(),
            previous_administrative_reference=claim.extension(systems.pas("administrationReferenceNumber"))[
                "valueString"
            ].text(),
            note=event_notes,
        )
        return request, tuple(each.node["sequence"].whole() or 1 for each in items)

    def _items(self, claim: Node) -> list[ItemRead]:
        every = claim["item"].each()
        if not every:
            claim["item"].fault("required", "A request asks for at least one item.")
        changed = [each for each in every if each.extensions(_INFO_CHANGED)]
        is_update = bool(claim["related"].each()) and bool(changed)
        found = []
        for each in every:
            each.extension(_INFO_CHANGED)["valueCode"].seen()
            _withdrawn(each)
            if is_update and each not in changed:
                each.lost("not_read", "An update sends what it changes; this item is marked as unchanged.")
            else:
                found.append(read_item(each))
        return found

    def _kind(self, claim: Node, items: Sequence[ItemRead]) -> RequestKind:
        node = claim.extension(systems.pas("certificationType"))["valueCodeableConcept"]
        said = node.one_of(KINDS, systems.x12(1322))
        if node and said is None:
            node.fault("code", "A code of X12's list is needed here.")
        of_items = {each.kind for each in items}
        if said is None and claim["related"].each():
            return RequestKind.CANCEL if of_items == {RequestKind.CANCEL} else RequestKind.REVISED
        return said or (items[0].kind if items else None) or RequestKind.INITIAL

    def _lines(self, items: Sequence[ItemRead], numbered: Numbered) -> list[ServiceLine]:
        found: list[ServiceLine] = []
        for each in items:
            line = line_of(each, numbered)
            if line:
                self._places[f"/services/{len(found)}"] = each.node
                found.append(line)
        return found

    def _supporting(self, claim: Node) -> tuple[Supported, str | None, tuple[Attachment, ...]]:
        pointed = {number.count() for item in claim["item"].each() for number in item["informationSequence"].each()}
        self._dates: dict[str, DateSpan] = {}
        attachments: dict[int, Attachment] = {}
        messages: dict[int, Node] = {}
        for info in claim["supportingInfo"].each():
            info.extension(_INFO_CHANGED)["valueCode"].seen()
            if _withdrawn(info):
                info.lost("not_read", "It was withdrawn by an update.")
                continue
            category = str(info["category"]["coding"].first()["code"].peek())
            sequence = info["sequence"].whole() or 0
            if category in self._dates:
                info.lost("not_read", "These dates stand in the request once.")
            elif category in _DATES:
                span = read_span(info, "timing")
                if span:
                    self._dates[category] = span
            elif category == "additionalInformation":
                found = read_attachment(info)
                if found:
                    attachments[sequence] = found
                    if content := read_content(info["valueReference"], self._document.kind):
                        self._contents[sequence] = content
            elif category == "freeFormMessage":
                messages[sequence] = info["valueString"]
            else:
                continue
            info["category"].seen()
        own = [node for number, node in messages.items() if number not in pointed]
        documents = tuple(each for number, each in attachments.items() if number not in pointed)
        supported = Supported(attachments=attachments, messages=messages)
        self._attachments = attachments
        return supported, own[0].text() if own else None, documents

    def _team(self, claim: Node) -> tuple[tuple[Provider, ...], dict[int, Provider]]:
        """Providers of the event, and those of single items by their number."""
        overall: list[Provider] = []
        by_number: dict[int, Provider] = {}
        pointed = {number.count() for item in claim["item"].each() for number in item["careTeamSequence"].each()}
        for member in claim["careTeam"].each():
            scope = member.extension(systems.pas("careTeamClaimScope"))["valueBoolean"].flag()
            sequence = member["sequence"].whole() or 0
            role = member["role"].one_of(parties.ROLES, systems.x12(98))
            taxonomy = member["qualification"].code(systems.TAXONOMY)
            who = member["provider"].needed()
            provider = parties.read_provider(who, role, taxonomy) if who else None
            if provider is None:
                continue
            if scope is True or (scope is None and sequence not in pointed):
                self._places[f"/providers/{len(overall)}"] = member
                overall.append(provider)
            elif sequence in pointed:
                by_number[sequence] = provider
            else:
                member.lost("not_read", "No item points to this member of the care team.")
        return tuple(overall), by_number

    def _diagnoses(self, claim: Node) -> tuple[tuple[Diagnosis, ...], dict[int, int]]:
        found: list[Diagnosis] = []
        positions: dict[int, int] = {}
        for each in claim["diagnosis"].each():
            code = each["diagnosisCodeableConcept"].coded(*_DIAGNOSES)
            if code is None:
                each["diagnosisCodeableConcept"].fault("code_system", "An ICD-10-CM code or a group belongs here.")
                continue
            is_group = code[0] != systems.ICD10_CM
            if code[0] in systems.OTHER_DRGS:
                each["diagnosisCodeableConcept"].lost("narrowed", "A 278 does not say whose group it is.")
            kind = each["type"].first().one_of(_KINDS, systems.TEMPORARY_CODES)
            on = each.extension(systems.pas("diagnosisRecordedDate"))["valueDate"].day()
            self._places[f"/diagnoses/{len(found)}"] = each
            found.append(
                Diagnosis(
                    code=code[1].replace(".", ""),
                    kind=DiagnosisKind.DRG if is_group else kind or DiagnosisKind.OTHER,
                    on=on,
                )
            )
            positions[each["sequence"].whole() or 0] = len(found)
        return tuple(found), positions

    def _provider(self, reference: Node, place: str) -> Provider | None:
        who = reference.needed() if reference else None
        if not reference:
            reference.fault("required", "The requesting provider is required.")
        if who is None:
            return None
        self._places[place] = who
        return parties.read_provider(who, None)

    def _payer(self, reference: Node) -> str | None:
        insurer = reference.needed() if reference else None
        if not reference:
            reference.fault("required", "The insurer is required.")
        if insurer is None:
            return None
        self._places["/payer_id"] = insurer
        return read_payer(insurer, self._payers)

    def _insurance(self, insurance: Node) -> None:
        for name in ("sequence", "focal"):
            insurance[name].seen()


_INFO_CHANGED = systems.pas("infoChanged")
_DATES = frozenset({"patientEvent", "admissionDates", "dischargeDates"})
_DIAGNOSES = (systems.ICD10_CM, systems.MS_DRG, *systems.OTHER_DRGS)


def read_payer(insurer: Node, payers: Mapping[str, str] | None) -> str | None:
    """Our id of the payer, by any identifier that the organization has."""
    for name in ("active", "name", "type", "_name"):
        insurer[name].seen()
    known = []
    for each in insurer["identifier"].each():
        value = each["value"].text()
        each.seen()
        if value and payers is None:
            return value
        if value and payers and value in payers:
            known.append(payers[value])
    if not known:
        insurer["identifier"].fault("unknown_payer", "No companion guide is installed for this payer.")
        return None
    return known[0]


def _numbered(parts: Node) -> None:
    """Parts of a Claim are pointed to by their numbers: each has its own."""
    numbers = [each["sequence"].count() for each in parts.each()]
    if len(set(numbers)) < len(numbers):
        parts.fault("sequence", "Each part has a sequence number of its own.")


def _withdrawn(node: Node) -> bool:
    """Whether an update withdrew an item or an information."""
    withdrawn = False
    for each in node["modifierExtension"].each():
        if each["url"].peek() == systems.CANCELLED:
            each["url"].seen()
            withdrawn = each["valueBoolean"].flag() is True
    return withdrawn


def _event_delivery(event: ItemRead) -> Delivery | None:
    """What an item that stands for the event says of quantity."""
    item, delivery = event.node, event.delivery
    asked = item["productOrService"]
    found = asked.coded(systems.x12(1365), systems.ABSENT_CODES)
    if found and found[0] == systems.x12(1365) and found[1] != event.service_type:
        asked.lost("not_read", "The service type stands in the item's category, and is another one.")
    if delivery and delivery.quantity:
        return delivery
    if event.quantity:
        return replace(delivery or Delivery(), quantity=event.quantity)
    return delivery


def _relative(event: ItemRead, kind: RequestKind, line: ServiceLine) -> ServiceLine:
    """A service without what it repeats of its event."""
    same_place = (line.place_of_service, line.bill_type) == (event.place_of_service, event.bill_type)
    return replace(
        line,
        category=None if line.category is event.category else line.category,
        kind=None if line.kind is kind else line.kind,
        service_type=None if line.service_type == event.service_type else line.service_type,
        place_of_service=None if same_place else line.place_of_service,
        bill_type=None if same_place else line.bill_type,
    )
