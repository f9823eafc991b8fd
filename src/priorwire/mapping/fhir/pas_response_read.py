"""A PAS response bundle read as a review (Da Vinci PAS 2.2).

The decision on the whole stands in the response itself, where it does; else it is rolled up from
the items, as that of a 278 without a decision of its own. An outcome alone decides nothing but
that a request was refused before review, or waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from priorwire.mapping import codes, review_codes
from priorwire.mapping.fhir import said_parties, systems
from priorwire.mapping.fhir.deliveries import read_order, read_quantity
from priorwire.mapping.fhir.items_read import read_order_of, read_procedure, read_span
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.node import Document, Node
from priorwire.mapping.fhir.pas_request_read import named
from priorwire.mapping.fhir.reviews import Decision, about, pended_for, read_trace, whole_as_read
from priorwire.mapping.next_steps import next_step
from priorwire.model.authorization import (
    AuthorizationRecord,
    DocumentKind,
    Follow,
    Rejection,
    ReplyPurpose,
    RequestedDocument,
    ReviewStatus,
    ServiceDecision,
)
from priorwire.model.parties import Contact, PartySaid
from priorwire.model.services import DateSpan, Delivery, DeliverySaid


@dataclass(frozen=True, kw_only=True)
class ResponseRead:
    """What a response bundle says."""

    record: AuthorizationRecord
    #: What did not come over, by its place in the bundle.
    losses: tuple[Loss, ...]
    #: ``system|value`` of the Claim that is answered.
    claim: str | None


def read_response(document: object) -> ResponseRead:
    """A response bundle as a review.

    Raises:
        InvalidRequest: every fault with its FHIRPath.
    """
    return _Reading(Document(document)).whole()


class _Reading:
    def __init__(self, document: Document) -> None:
        self._document = document

    def whole(self) -> ResponseRead:
        document, root = self._document, self._document.root
        response = root["entry"].first()["resource"]
        if document.kind != "Bundle" or response.kind != "ClaimResponse":
            document.fault(root, "bundle", "A Bundle whose first entry is a ClaimResponse belongs here.")
            document.finish()
        document.index()
        for name in ("type", "timestamp"):
            root[name].seen()
        for name in ("status", "use", "type", "created"):
            response[name].seen()
        record = self._record(root, response)
        request = response["request"]
        if request.is_absent():
            request.seen()
        request["reference"].seen()
        request["type"].seen()
        claim = named(request["identifier"])
        return ResponseRead(record=record, losses=document.finish(), claim=claim)

    def _record(self, root: Node, response: Node) -> AuthorizationRecord:
        items = response["item"].each()
        self._numbers = {each["itemSequence"].whole() or 0: n for n, each in enumerate(items, 1)}
        self._notes = {each["number"].whole() or 0: each["text"] for each in response["processNote"].each()}
        decision = Decision(response)
        outcome = response["outcome"].text()
        documents = tuple(
            found for each in response["communicationRequest"].each() if (found := self._document_wanted(each))
        )
        rejections = tuple(self._rejection(each) for each in response["error"].each())
        services = tuple(self._services(response, items, documents, rejections))
        status = _status(decision.status, outcome, services)
        payer, contacts = self._payer(response["insurer"])
        patient, subscriber = self._covered(response)
        valid = response["preAuthPeriod"]
        pointed = {number.count() for item in items for number in item["noteNumber"].each()}
        return AuthorizationRecord(
            status=status,
            decision_code=decision.code,
            purpose=_purpose(response),
            pended_for=pended_for(status, decision.reasons, documents=bool(documents)),
            authorization_number=response["preAuthRef"].text() or decision.number,
            administrative_reference=_text(response, "administrationReferenceNumber"),
            previous_authorization_number=_text(response, "authorizationNumber"),
            effective_date=valid["start"].day(),
            expiration_date=valid["end"].day(),
            second_opinion=decision.second_opinion,
            admitted=self._stay(items),
            discharged=self._discharged(items),
            reasons=decision.reasons,
            rejections=rejections,
            messages=tuple(
                text for number, node in self._notes.items() if number not in pointed and (text := node.text())
            ),
            traces=tuple(one for each in response["identifier"].each() if (one := read_trace(each))),
            reference=_reference(root["identifier"]),
            services=services,
            requested_documents=documents,
            providers=tuple(self._providers(response)),
            contacts=contacts,
            payer=payer,
            requester=self._party(response["requestor"]),
            subscriber=subscriber,
            patient=patient,
        )

    # --- services -------------------------------------------------------------------------------------------------

    def _services(
        self,
        response: Node,
        items: list[Node],
        documents: tuple[RequestedDocument, ...],
        rejections: tuple[Rejection, ...],
    ) -> list[ServiceDecision]:
        added = response["addItem"].each()
        found = []
        for number, item in enumerate(items, 1):
            sequence = item["itemSequence"].whole() or 0
            wanted = any(each.service == number for each in documents)
            refused = any(each.service == number for each in rejections)
            service = self._service(item, refused=refused, wanted=wanted)
            instead = next((each for each in added if each["itemSequence"].first().count() == sequence), None)
            if instead:
                added.remove(instead)
                service = _with_added(service, self._added(instead))
            found.append(service)
        return [*found, *map(self._added, added)]

    def _service(self, item: Node, *, refused: bool, wanted: bool) -> ServiceDecision:
        decision = Decision(item)
        status = decision.status or (ReviewStatus.REJECTED if refused else ReviewStatus.UNKNOWN)
        detail = item.extension(systems.pas("itemAuthorizedDetail"))
        order = read_order_of(detail.extension(systems.pas("requestedService"))["valueReference"])
        asked = detail.extension("productOrServiceCode")["valueCodeableConcept"]
        procedure, revenue = read_procedure(
            asked,
            order,
            detail.extension(systems.pas("revenueCode"))["valueCodeableConcept"],
            [each["valueCodeableConcept"] for each in detail.extensions("modifier")],
            detail.extension(systems.pas("productOrServiceCodeEnd"))["valueCodeableConcept"],
        )
        delivery = read_order(order) if order else None
        if order and order["code"].peek() == asked.peek():
            order["code"].seen()
        when = item.extension(systems.pas("itemRequestedServiceDate"))
        quantity = detail.extension("quantity")["valueQuantity"]
        return replace(
            self._common(item, decision),
            procedure=procedure,
            revenue_code=revenue,
            status=status,
            pended_for=pended_for(status, decision.reasons, documents=wanted),
            quantity=read_quantity(quantity) if quantity else None,
            delivery=_said(delivery),
            dates=_span(when, "valueDateTime"),
            providers=tuple(self._providers(item)),
        )

    def _added(self, added: Node) -> ServiceDecision:
        """What was approved in place of what was asked for, or beside it."""
        decision = Decision(added)
        added["itemSequence"].seen()
        procedure, revenue = read_procedure(
            added["productOrService"],
            None,
            added.extension(systems.pas("revenueCode"))["valueCodeableConcept"],
            added["modifier"].each(),
            added.extension(systems.pas("productOrServiceCodeEnd"))["valueCodeableConcept"],
        )
        _ = added["productOrService"].code(systems.ABSENT_CODES)
        status = decision.status or ReviewStatus.UNKNOWN
        return replace(
            self._common(added, decision),
            procedure=procedure,
            revenue_code=revenue,
            status=status,
            pended_for=pended_for(status, decision.reasons, documents=False),
            quantity=read_quantity(added["quantity"]) if added["quantity"] else None,
            dates=read_span(added, "serviced"),
        )

    def _common(self, item: Node, decision: Decision) -> ServiceDecision:
        valid = item.extension(systems.pas("itemPreAuthPeriod"))["valuePeriod"]
        notes = (self._notes.get(each.whole() or 0) for each in item["noteNumber"].each())
        traces = (each["valueIdentifier"] for each in item.extensions(systems.pas("itemTraceNumber")))
        return ServiceDecision(
            procedure=None,
            status=ReviewStatus.UNKNOWN,
            decision_code=decision.code,
            authorization_number=decision.number,
            administrative_reference=_text(item, "administrationReferenceNumber"),
            previous_authorization_number=_text(item, "authorizationNumber"),
            second_opinion=decision.second_opinion,
            issued_date=item.extension(systems.pas("itemPreAuthIssueDate"))["valueDate"].day(),
            effective_date=valid["start"].day(),
            expiration_date=valid["end"].day(),
            reasons=decision.reasons,
            messages=tuple(text for each in notes if each and (text := each.text())),
            traces=tuple(found for each in traces if (found := read_trace(each))),
        )

    def _providers(self, holder: Node) -> list[PartySaid]:
        found = []
        for each in holder.extensions(systems.pas("itemAuthorizedProvider")):
            role = said_parties.read_role(each.extension(systems.pas("authorizedProviderType"))["valueCodeableConcept"])
            who = each.extension("provider")["valueReference"].target()
            taxonomy = each.extension("qualification")["valueCodeableConcept"].code(systems.TAXONOMY)
            if who:
                found.append(said_parties.read_party(who, role=role, taxonomy=taxonomy))
        return found

    def _stay(self, items: list[Node]) -> DateSpan | None:
        every = [_span(each.extension(systems.pas("admissionDates")), "valueDate") for each in items]
        return next((each for each in every if each), None)

    def _discharged(self, items: list[Node]) -> date | None:
        every = [each.extension(systems.pas("dischargeDate"))["valueDate"].day() for each in items]
        return next((each for each in every if each), None)

    # --- parties --------------------------------------------------------------------------------------------------

    def _party(self, reference: Node) -> PartySaid | None:
        who = reference.target()
        if who and who.kind == "PractitionerRole":
            who = who["practitioner"].target()
        return said_parties.read_party(who) if who else None

    def _payer(self, reference: Node) -> tuple[PartySaid | None, tuple[Contact, ...]]:
        if reference.is_absent():
            reference.seen()
        who = reference.target()
        if who is None:
            return None, ()
        who["type"].seen()
        who["_name"].seen()
        party = said_parties.read_party(who)
        return (party if party != said_parties.NOBODY else None), said_parties.review_contacts(who)

    def _covered(self, response: Node) -> tuple[PartySaid | None, PartySaid | None]:
        """Patient and subscriber."""
        if response["patient"].is_absent():
            response["patient"].seen()
        patient = self._party(response["patient"])
        insurance = response["insurance"].first()
        for name in ("sequence", "focal"):
            insurance[name].seen()
        card = insurance["coverage"].target()
        if card is None:
            return patient, None
        card["status"].seen()
        for name in ("subscriber", "beneficiary"):
            if card[name].is_absent():
                card[name].seen()
        card["beneficiary"].target()
        for each in card["payor"].each():
            each.target()
            if each.is_absent():
                each.seen()
        related = said_parties.read_relation(card["relationship"])
        subscriber = self._party(card["subscriber"])
        return (replace(patient, relationship=related) if patient else None), subscriber

    # --- what is wanted, and what was wrong -----------------------------------------------------------------------

    def _document_wanted(self, reference: Node) -> RequestedDocument | None:
        wanted = reference.target()
        if wanted is None:
            return None
        for name in ("status", "requester"):
            wanted[name].seen()
        loinc = wanted["payload"].first()["contentString"].text()
        report = wanted["category"].first().code(systems.x12(755))
        code = loinc or report
        if code is None:
            wanted.lost("narrowed", "A document is asked for by a report type or by a LOINC code.")
            return None
        kind = DocumentKind.LOINC if loinc else DocumentKind.REPORT_TYPE
        table: Mapping[str, str] = review_codes.LOINC if loinc else review_codes.REPORT
        medium = wanted["medium"].first()
        text = medium["text"].peek()
        way = medium.code(systems.x12(756))
        item = wanted.extension(systems.pas("serviceLineNumber"))["valuePositiveInt"].whole()
        number = wanted["identifier"].first()
        number["system"].seen()
        number["_system"].seen()
        return RequestedDocument(
            kind=kind,
            code=code,
            says=table.get(code),
            way=review_codes.WAY.get(way, way) if way else medium["text"].text() if isinstance(text, str) else None,
            control_number=number["value"].text(),
            description=wanted["note"].first()["text"].text(),
            service=self._numbers.get(item) if item else None,
        )

    def _rejection(self, error: Node) -> Rejection:
        code = error["code"].code(systems.x12(901)) or error["code"].code() or ""
        acts = error.extension(systems.pas("errorFollowupAction"))["valueCodeableConcept"]
        code_sent = acts.code(systems.x12(889))
        follow = codes.FOLLOW.get(code_sent or "", Follow.NOT_STATED)
        place = error.extension(systems.pas("errorElement")).extension("error")["valueString"].text()
        item = error["itemSequence"].whole()
        return Rejection(
            code=code,
            says=codes.REJECTION.get(code),
            follow=follow,
            follow_code=code_sent,
            next_step=next_step(code, follow),
            about=about(place),
            service=self._numbers.get(item) if item else None,
        )


def _said(delivery: Delivery | None) -> DeliverySaid | None:
    if delivery is None:
        return None
    return DeliverySaid(**{each.name: getattr(delivery, each.name) for each in fields(delivery)})


def _text(node: Node, name: str) -> str | None:
    return node.extension(systems.pas(name))["valueString"].text()


def _span(node: Node, single: str) -> DateSpan | None:
    day = node[single].day()
    if day:
        return DateSpan(start=day)
    period = node["valuePeriod"]
    start, end = period["start"].day(), period["end"].day()
    return DateSpan(start=start, end=end) if start else None


def _reference(node: Node) -> str | None:
    """What the sender called the transaction that is answered. A URN names the bundle, and nothing of ours."""
    if node["system"].peek() == systems.URI:
        node.seen()
        return None
    name = named(node)
    return name.rpartition("|")[2] if name else None


def _purpose(response: Node) -> ReplyPurpose:
    profiles = response["meta"]["profile"].peek()
    is_inquiry = isinstance(profiles, list) and any("claiminquiryresponse" in str(each) for each in profiles)
    return ReplyPurpose.INQUIRY_ANSWER if is_inquiry else ReplyPurpose.RESPONSE


def _status(decided: ReviewStatus | None, outcome: str | None, services: tuple[ServiceDecision, ...]) -> ReviewStatus:
    """The status of a review: what is decided of the whole held against its services, else by the outcome or theirs."""
    if decided is None and outcome == "error":
        return ReviewStatus.REJECTED
    if decided is None and outcome == "queued" and not services:
        return ReviewStatus.PENDED
    return whole_as_read(decided, [each.status if _says_something(each) else None for each in services])


def _says_something(service: ServiceDecision) -> bool:
    return service.decision_code is not None or service.status is not ReviewStatus.UNKNOWN


def _with_added(service: ServiceDecision, added: ServiceDecision) -> ServiceDecision:
    """An item with what was approved in its place: the item's own word first."""
    return replace(
        service,
        procedure=service.procedure or (None if service.revenue_code else added.procedure),
        revenue_code=service.revenue_code or (added.revenue_code if service.procedure is None else None),
        authorization_number=service.authorization_number or added.authorization_number,
        quantity=service.quantity or added.quantity,
        dates=service.dates or added.dates,
        messages=service.messages or added.messages,
    )
