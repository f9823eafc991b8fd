"""What a request for review and an inquiry about one say with the same segments (005010X217, X215)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from priorwire.errors import LocalX12Error
from priorwire.mapping import codes, spelling
from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Draft
from priorwire.mapping.party_segments import (
    add_address,
    add_birth_and_gender,
    add_contact,
    add_payer,
    add_person,
    add_provider_name,
    add_subscriber_name,
    add_taxonomy,
)
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    CodeSystem,
    Diagnosis,
    ProcedureCode,
    Quantity,
    ReviewCategory,
    ServiceLine,
    Unit,
)
from priorwire.model.parties import Dependent, Provider, Subscriber
from priorwire.x12.segments import Value


def add_header(draft: Draft, purpose: str, context: BuildContext) -> None:
    """BHT; `purpose` is BHT02."""
    draft.add("BHT", "0007", purpose, context.reference, spelling.day(context.at), spelling.clock(context.at))


def add_parties(draft: Draft, request: AuthorizationRequest, context: BuildContext) -> int:
    """Levels 20 to 23; returns the number of the level that the event hangs on (005010X217: the patient's)."""
    reviewer = draft.level("20", parent=None, children=True)
    add_payer(draft, context.payer.reviewer_role, context.payer)
    requester = draft.level("21", parent=reviewer, children=True)
    _add_requester(draft, request.requester)
    patient = draft.level("22", parent=requester, children=True)
    _add_subscriber(draft, request.subscriber)
    if request.dependent is not None:
        patient = draft.level("23", parent=patient, children=True)
        _add_dependent(draft, request.dependent)
    return patient


def add_review(draft: Draft, request: AuthorizationRequest) -> None:
    """UM of the event. UM04-2 is ``A`` (bill type) for an admission and ``B`` (place of service) otherwise."""
    place = spelling.code(request.place_of_service)
    kind = "A" if request.category is ReviewCategory.ADMISSION else "B"
    draft.add(
        "UM",
        codes.CATEGORY[request.category],
        codes.REQUEST_KIND[request.kind],
        spelling.code(request.service_type),
        (place, kind) if place else None,
        None,
        codes.URGENCY[request.urgency] if request.urgency else None,
    )


def add_event_dates(draft: Draft, request: AuthorizationRequest) -> None:
    """DTP of the event, the admission and the discharge."""
    draft.date("AAH", request.event_dates)
    if request.admission:
        draft.date("435", request.admission.admitted)
        draft.date("096", request.admission.discharged)


def add_diagnoses(draft: Draft, diagnoses: Iterable[Diagnosis]) -> None:
    """HI, the principal diagnosis first, then the admitting one, as 005010X217 wants them.

    More than twelve are not cut off: they make a segment that validation refuses.
    """
    ordered = sorted(diagnoses, key=lambda each: codes.DIAGNOSIS_ORDER.index(each.kind))
    if ordered:
        draft.add("HI", *(_diagnosis(each) for each in ordered))


def add_stay(draft: Draft, admission: Admission | None) -> None:
    """HSD with the days asked for, and CL1."""
    if admission is None:
        return
    if admission.days:
        add_delivery(draft, admission.days)
    described = tuple(map(spelling.code, (admission.type_code, admission.source_code, admission.patient_status)))
    if any(described):
        draft.add("CL1", *described)


def add_delivery(draft: Draft, quantity: Quantity) -> None:
    """HSD with a quantity.

    Raises:
        LocalX12Error: HSD01 has no code for the unit.
    """
    unit = codes.DELIVERY_UNIT.get(quantity.unit)
    if unit is None:
        raise LocalX12Error(f"HSD01: has no code for a quantity in {quantity.unit.value}")
    draft.add("HSD", unit, spelling.number(quantity.value))


def add_event_provider(draft: Draft, provider: Provider) -> None:
    """2010EA: a provider of the whole event."""
    _add_provider(draft, _role(provider), provider)


def add_service_provider(draft: Draft, provider: Provider) -> None:
    """2010F: a provider of one service."""
    _add_provider(draft, _role(provider), provider)


def add_service(draft: Draft, line: ServiceLine, *, with_quantity: bool = True) -> None:
    """SV1, SV2 or SV3, and HSD where the quantity does not fit in it.

    Raises:
        LocalX12Error: the code system has no qualifier in a 278, or the unit no code.
    """
    quantity = line.quantity if with_quantity else None
    system = line.procedure.system
    if system is CodeSystem.CDT:
        fits = _add_dental(draft, line, quantity)
    elif line.revenue_code or system in (CodeSystem.REVENUE, CodeSystem.ICD10_PCS):
        fits = _add_institutional(draft, line, quantity)
    else:
        fits = _add_professional(draft, line, quantity)
    if quantity and not fits:
        add_delivery(draft, quantity)


def procedure_parts(qualifier: str, procedure: ProcedureCode) -> tuple[str, ...]:
    """The composite of a procedure: qualifier, code, modifiers."""
    modifiers = (spelling.code(each) or "" for each in procedure.modifiers)
    return (qualifier, spelling.code(procedure.code) or "", *modifiers)


def _add_requester(draft: Draft, requester: Provider) -> None:
    role = codes.REQUESTER_ROLE.get(requester.role, "1P")
    _add_provider(draft, role, requester, codes.PROVIDER_PRV.get(requester.role) or "PE")


def _add_subscriber(draft: Draft, subscriber: Subscriber) -> None:
    add_subscriber_name(draft, subscriber)
    add_birth_and_gender(draft, subscriber.birth_date, subscriber.gender)


def _add_dependent(draft: Draft, dependent: Dependent) -> None:
    # The request names a dependent without a number: NM108 and NM109 are not used (005010X217, 2010D).
    add_person(draft, "QC", dependent.name)
    add_address(draft, dependent.address)
    add_birth_and_gender(draft, dependent.birth_date, dependent.gender)
    draft.add("INS", "N", codes.RELATIONSHIP_278[dependent.relationship])


def _add_provider(draft: Draft, role: str, provider: Provider, prv: str | None = None) -> None:
    add_provider_name(draft, role, provider, tax_qualifier="24", tax_reference="EI")
    add_address(draft, provider.address)
    add_contact(draft, provider.contact)
    add_taxonomy(draft, prv or codes.PROVIDER_PRV.get(provider.role), provider)


def _role(provider: Provider) -> str:
    # A provider without a role is the one who renders the service: SJ is the guide's plain service provider.
    return codes.PROVIDER_ROLE[provider.role] if provider.role else "SJ"


def _diagnosis(diagnosis: Diagnosis) -> tuple[str, ...]:
    dated = ("D8", spelling.day(diagnosis.on)) if diagnosis.on else ()
    return (codes.DIAGNOSIS[diagnosis.kind], spelling.code(diagnosis.code) or "", *dated)


def _add_professional(draft: Draft, line: ServiceLine, quantity: Quantity | None) -> bool:
    counted = _counted(quantity, codes.PROFESSIONAL_UNIT)
    draft.add("SV1", procedure_parts(_qualifier(line.procedure.system), line.procedure), None, *counted)
    return bool(counted)


def _add_institutional(draft: Draft, line: ServiceLine, quantity: Quantity | None) -> bool:
    counted = _counted(quantity, codes.INSTITUTIONAL_UNIT)
    revenue, procedure = spelling.code(line.revenue_code), None
    if line.procedure.system is CodeSystem.REVENUE:
        revenue = spelling.code(line.procedure.code)
    else:
        procedure = procedure_parts(_qualifier(line.procedure.system), line.procedure)
    draft.add("SV2", revenue, procedure, None, *counted)
    return bool(counted)


def _add_dental(draft: Draft, line: ServiceLine, quantity: Quantity | None) -> bool:
    """SV3; SV306 is required, and a line without a quantity asks for one service."""
    fits = quantity is not None and quantity.unit is Unit.UNITS
    count = spelling.number(quantity.value) if quantity and fits else "1"
    procedure = procedure_parts(_qualifier(line.procedure.system), line.procedure)
    draft.add("SV3", procedure, None, None, None, None, count)
    return fits


def _counted(quantity: Quantity | None, units: Mapping[Unit, str]) -> tuple[Value, ...]:
    if quantity is None or quantity.unit not in units:
        return ()
    return (units[quantity.unit], spelling.number(quantity.value))


def _qualifier(system: CodeSystem) -> str:
    match system:
        case CodeSystem.CPT_HCPCS:
            return "HC"
        case CodeSystem.CDT:
            return "AD"
        case CodeSystem.NDC:
            return "N4"
        case CodeSystem.ICD10_PCS:
            # ICD-10-PCS has no qualifier of its own in 005010X217; ZZ is the one that fits (ID is ICD-9).
            return "ZZ"
        case CodeSystem.REVENUE | CodeSystem.OTHER:
            raise LocalX12Error("SV101-1: a 278 request has no qualifier for a procedure of this code system")
        case _:
            assert_never(system)
