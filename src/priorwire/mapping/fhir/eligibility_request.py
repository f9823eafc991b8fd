"""A question about coverage as a CoverageEligibilityRequest in a bundle, and back (FHIR R4).

Each service type and each procedure is an item of its own; a diagnosis and the place of service
go onto all of them, because a 270 asks every question with all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from priorwire.mapping.context import BuildContext
from priorwire.mapping.fhir import parties, systems
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    concept,
    dated,
    filled_in,
    identifier,
    instant,
    resource,
    token,
)
from priorwire.mapping.fhir.eligibility_losses import INQUIRY
from priorwire.mapping.fhir.items import procedure_of
from priorwire.mapping.fhir.items_read import read_procedure, read_span
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.node import Document, Node, expression
from priorwire.mapping.fhir.pas_request import Written, pointed, trace_token
from priorwire.mapping.fhir.pas_request_read import named, read_payer
from priorwire.mapping.fhir.people import covered_of, read_covered
from priorwire.mapping.fhir.words import modifier_system
from priorwire.model.authorization import Diagnosis, DiagnosisKind
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.services import ProcedureCode

#: The plan as a whole.
_WHOLE_PLAN = "30"
_KIND = "CoverageEligibilityRequest"


def settled_inquiry(inquiry: EligibilityInquiry, context: BuildContext) -> EligibilityInquiry:
    """The same question, as FHIR can say it: one without items asks for the plan, and it always has a name."""
    types = inquiry.service_types or (() if inquiry.procedures else (_WHOLE_PLAN,))
    name = inquiry.client_reference or trace_token(context)
    once = {(each.code, each.kind is DiagnosisKind.DRG): each for each in reversed(inquiry.diagnoses)}
    diagnoses = tuple(each for each in inquiry.diagnoses if any(each is one for one in once.values()))
    return replace(inquiry, service_types=types, diagnoses=diagnoses, client_reference=name)


def write_eligibility_request(inquiry: EligibilityInquiry, context: BuildContext) -> Written:
    """A bundle that asks about coverage; its first entry is the question."""
    entries, losses = Entries(context.reference), list(INQUIRY.losses_of(inquiry))
    inquiry = settled_inquiry(inquiry, context)
    losses += _of_diagnoses(inquiry.diagnoses)

    def lost(path: str, code: str = "no_place") -> None:
        losses.append(INQUIRY.sometimes_lost(path, code))

    insurer = parties.insurer_of(entries, context.payer.name, context.payer.identifier)
    provider = parties.provider_of(entries, inquiry.provider, "provider", lost, is_requester=True)
    covered = covered_of(entries, insurer, inquiry.subscriber, inquiry.dependent, lost)
    asked = resource(
        _KIND,
        None,
        identifier=[token(inquiry.client_reference or "")],
        status="active",
        purpose=["benefits", "validation"],
        patient=covered.patient,
        **dated("serviced", inquiry.dates),
        created=instant(context.at),
        provider=provider,
        insurer=insurer,
        insurance=[{"focal": True, "coverage": covered.coverage}],
        item=_items(entries, inquiry, lost),
    )
    entries.first(asked)
    return Written(document=_bundle(context.reference, context, entries), losses=tuple(losses))


def _of_diagnoses(diagnoses: Sequence[Diagnosis]) -> Iterator[Loss]:
    for index, each in enumerate(diagnoses):
        if each.kind not in (DiagnosisKind.OTHER, DiagnosisKind.DRG):
            yield INQUIRY.sometimes_lost(f"diagnoses[{index}].kind")
        if each.on:
            yield INQUIRY.sometimes_lost(f"diagnoses[{index}].on")


def _bundle(reference: str, context: BuildContext, entries: Entries) -> Json:
    return {
        "resourceType": "Bundle",
        "identifier": identifier(None, reference),
        "type": "collection",
        "timestamp": instant(context.at),
        "entry": entries.listed(),
    }


def _items(entries: Entries, inquiry: EligibilityInquiry, lost: parties.Lost) -> list[Json]:
    for_all = filled_in(
        facility=_facility(entries, inquiry.place_of_service),
        diagnosis=[{"diagnosisCodeableConcept": _diagnosis(each)} for each in inquiry.diagnoses],
    )
    types = [{"category": concept(systems.x12(1365), each)} for each in inquiry.service_types]
    procedures = [_procedure(each, f"procedures[{n}]", lost) for n, each in enumerate(inquiry.procedures)]
    return [each | for_all for each in (*types, *procedures)]


def _facility(entries: Entries, place: str | None) -> Json | None:
    kind = concept(systems.PLACE_OF_SERVICE, place)
    return entries.add(resource("Location", None, type=[kind])) if kind else None


def _diagnosis(diagnosis: Diagnosis) -> Json | None:
    is_group = diagnosis.kind is DiagnosisKind.DRG
    return concept(systems.MS_DRG if is_group else systems.ICD10_CM, pointed(diagnosis))


def _procedure(procedure: ProcedureCode, path: str, lost: parties.Lost) -> Json:
    if procedure.through:
        lost(f"{path}.through")
    revenue = procedure.system.value == "revenue"
    asked = concept(systems.REVENUE, procedure.code) if revenue else procedure_of(procedure, path, lost)
    if revenue and procedure.description:
        asked = (asked or {}) | {"text": procedure.description}
    return filled_in(
        productOrService=asked,
        modifier=[concept(modifier_system(each), each) for each in procedure.modifiers],
    )


# --- read ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class InquiryAsked:
    """What a CoverageEligibilityRequest asks."""

    inquiry: EligibilityInquiry
    losses: tuple[Loss, ...]
    #: ``system|value`` of the question, and its full URL where it stands in a bundle.
    request: str | None
    request_url: str | None
    #: Places in the document, by places in the inquiry: for faults that are found later.
    places: Mapping[str, str]


def read_eligibility_request(document: object, payers: Mapping[str, str] | None = None) -> InquiryAsked:
    """A question about coverage: a bundle whose first entry is the request, or the request with all it names inside.

    Raises:
        InvalidRequest: every fault with its FHIRPath.
    """
    reading = Document(document)
    asked, url = opened(reading, _KIND)
    for part in ("status", "purpose", "priority", "created"):
        asked[part].seen()
    covered = read_covered(asked["patient"], asked["insurance"].first()["coverage"], member_id_needed=False)
    asked["insurance"].first()["focal"].seen()
    who, insurer = _resource(asked["provider"], "provider"), _resource(asked["insurer"], "insurer")
    provider = parties.read_provider(who, None) if who else None
    payer_id = read_payer(insurer, payers) if insurer else None
    name = named(asked["identifier"].first())
    types, procedures, diagnoses, place = _read_items(asked)
    dates = read_span(asked, "serviced")
    losses = reading.finish()
    assert covered.subscriber is not None
    assert provider is not None
    inquiry = EligibilityInquiry(
        payer_id=payer_id or "",
        provider=provider,
        subscriber=covered.subscriber,
        dependent=covered.dependent,
        service_types=types or (() if procedures else (_WHOLE_PLAN,)),
        procedures=procedures,
        diagnoses=diagnoses,
        place_of_service=place,
        dates=dates,
        client_reference=name,
    )
    found = {"/provider": who, "/payer_id": insurer, "/subscriber": covered.patient, "/dependent": covered.patient}
    places = {model: expression(reading.kind, node.path) for model, node in found.items() if node}
    return InquiryAsked(inquiry=inquiry, losses=losses, request=name, request_url=url, places=places)


def opened(reading: Document, kind: str) -> tuple[Node, str | None]:
    """The resource that a document is about, and its full URL: the first entry of a bundle, or the document itself."""
    root = reading.root
    is_bundle = reading.kind == "Bundle"
    found = root["entry"].first()["resource"] if is_bundle else root
    if found.kind != kind:
        reading.fault(root, "resource_type", f"A {kind} belongs here, alone or as the first entry of a Bundle.")
        reading.finish()
    reading.index()
    for name in ("type", "timestamp", "identifier") if is_bundle else ():
        root[name].seen()
    url = root["entry"].first()["fullUrl"].peek()
    return found, url if is_bundle and isinstance(url, str) else None


def _resource(reference: Node, what: str) -> Node | None:
    if not reference:
        reference.fault("required", f"The {what} is required.")
        return None
    return reference.needed()


def _read_items(
    asked: Node,
) -> tuple[tuple[str, ...], tuple[ProcedureCode, ...], tuple[Diagnosis, ...], str | None]:
    types: list[str] = []
    procedures: list[ProcedureCode] = []
    diagnoses: list[Diagnosis] = []
    places: list[str] = []
    for item in asked["item"].each():
        category = item["category"].code(systems.x12(1365))
        procedure, _ = read_procedure(
            item["productOrService"], None, item["productOrService"], item["modifier"].each(), item["none"]
        )
        if procedure:
            procedures.append(procedure)
            if category:
                item["category"].lost(
                    "no_place", "A 270 asks about a procedure or about a service type, not both at once."
                )
        elif category:
            types.append(category)
        for each in item["diagnosis"].each():
            found = _read_diagnosis(each["diagnosisCodeableConcept"])
            diagnoses += [found] if found and found not in diagnoses else []
        where = item["facility"].target()
        place = where["type"].first().code(systems.PLACE_OF_SERVICE) if where else None
        if place and places and place != places[0] and where:
            where["type"].lost("no_place", "A 270 asks all its questions for one place.")
        places += [place] if place else []
    return tuple(types), tuple(procedures), tuple(diagnoses), places[0] if places else None


def _read_diagnosis(node: Node) -> Diagnosis | None:
    code = node.coded(systems.ICD10_CM, systems.MS_DRG)
    if code is None:
        return None
    kind = DiagnosisKind.DRG if code[0] == systems.MS_DRG else DiagnosisKind.OTHER
    return Diagnosis(code=code[1].replace(".", ""), kind=kind)
