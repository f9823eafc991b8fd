"""What a request for review and an inquiry about one say of the parties and the event (005010X217, X215)."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.mapping import request_codes, spelling
from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Draft
from priorwire.mapping.party_segments import (
    add_address,
    add_birth_and_gender,
    add_contact,
    add_dependent_name,
    add_payer,
    add_provider_name,
    add_provider_numbers,
    add_relationship,
    add_subscriber_name,
    add_taxonomy,
)
from priorwire.model.authorization import AuthorizationRequest, Diagnosis
from priorwire.model.care import Accident
from priorwire.model.parties import Dependent, Provider, ProviderRole, Subscriber
from priorwire.model.services import Delivery, Quantity
from priorwire.x12.segments import Value


def add_header(draft: Draft, purpose: str, context: BuildContext, kind: str | None = None) -> None:
    """BHT; `purpose` is BHT02 and `kind` BHT06."""
    day, clock = spelling.day(context.at), spelling.clock(context.at)
    draft.add("BHT", "0007", purpose, context.reference, day, clock, kind)


def add_parties(draft: Draft, request: AuthorizationRequest, context: BuildContext) -> int:
    """Levels 20 to 23; returns the number of the level that the event hangs on (005010X217: the patient's)."""
    reviewer = draft.level("20", parent=None, children=True)
    add_payer(draft, context.payer.reviewer_role, context.payer)
    requester = draft.level("21", parent=reviewer, children=True)
    with draft.about("requester"):
        _add_requester(draft, request.requester)
    patient = draft.level("22", parent=requester, children=True)
    with draft.about("subscriber"):
        _add_subscriber(draft, request.subscriber)
    if request.dependent is not None:
        patient = draft.level("23", parent=patient, children=True)
        with draft.about("dependent"):
            _add_dependent(draft, request.dependent)
    return patient


def add_review(draft: Draft, request: AuthorizationRequest, *, in_full: bool = True) -> None:
    """UM of the event; an inquiry, which searches by it, leaves out what describes the patient's state."""
    asked: tuple[Value, ...] = (
        request_codes.CATEGORY[request.category],
        request_codes.REQUEST_KIND[request.kind],
        spelling.code(request.service_type),
        facility(draft, request.place_of_service, request.bill_type),
        _causes(request.accident) if in_full else None,
        request_codes.URGENCY[request.urgency] if request.urgency else None,
    )
    described = (request.health_condition, request.prognosis, request.information_release, request.delay_reason)
    draft.add("UM", *asked, *(map(spelling.code, described) if in_full else ()))


def facility(draft: Draft, place_of_service: str | None, bill_type: str | None) -> tuple[str, str] | None:
    """UM04: ``A`` marks a bill type, ``B`` a place of service (005010X217, UM04-2)."""
    place, bill = spelling.code(place_of_service), spelling.code(bill_type)
    if place and bill:
        draft.refuse("bill_type", "one_of_two", "Give a place of service or a bill type, not both.")
    return (bill, "A") if bill else (place, "B") if place else None


def add_event_dates(draft: Draft, request: AuthorizationRequest) -> None:
    """DTP of the event, the admission and the discharge."""
    draft.date("AAH", request.event_dates, "event_dates")
    if request.admission:
        draft.date("435", request.admission.admitted, "admission/admitted")
        draft.date("096", request.admission.discharged, "admission/discharged")


def add_history_dates(draft: Draft, request: AuthorizationRequest) -> None:
    """DTP of what was before the event: accident, pregnancy, onset."""
    draft.date("439", request.accident.on if request.accident else None, "accident/on")
    draft.date("484", request.last_menstrual_period, "last_menstrual_period")
    draft.date("ABC", request.estimated_birth, "estimated_birth")
    draft.date("431", request.onset, "onset")


def diagnosis_order(diagnoses: Sequence[Diagnosis]) -> tuple[int, ...]:
    """Indexes of the diagnoses in the order of HI: the principal first, then the admitting one, the rest as given."""
    first = request_codes.DIAGNOSES_FIRST

    def rank(index: int) -> int:
        kind = diagnoses[index].kind
        return first.index(kind) if kind in first else len(first)

    return tuple(sorted(range(len(diagnoses)), key=rank))


def add_diagnoses(draft: Draft, diagnoses: Sequence[Diagnosis]) -> None:
    """HI. More than twelve are not cut off: they make a segment that validation refuses."""
    codes = [_diagnosis(diagnoses[index]) for index in diagnosis_order(diagnoses)]
    if codes:
        with draft.about("diagnoses"):
            draft.add("HI", *codes)


def add_pattern(draft: Draft, quantity: Quantity | None, delivery: Delivery | None, field: str) -> None:
    """HSD: how much, and how it is spread; `field` is where `quantity` stands, which has no other segment."""
    spread = delivery or Delivery()
    if quantity and spread.quantity:
        detail = "The pattern of delivery has a quantity already; give one of the two, or the total in another unit."
        draft.refuse(field, "two_quantities", detail)
    counted = quantity or spread.quantity
    values = (*_counted(draft, counted, field if quantity else "delivery/quantity"), *_spread(draft, spread))
    if any(values):
        with draft.about("delivery" if delivery else field):
            draft.add("HSD", *values)


def add_event_provider(draft: Draft, provider: Provider) -> None:
    """2010EA: a provider of the whole event."""
    if provider.role in request_codes.LINE_ONLY_ROLES:
        draft.refuse("role", "no_such_role_here", "Only a provider of one service may have this role.")
    _add_provider(draft, _role(provider), provider)


def add_service_provider(draft: Draft, provider: Provider) -> None:
    """2010F: a provider of one service."""
    if provider.role in request_codes.EVENT_ONLY_ROLES:
        draft.refuse("role", "no_such_role_here", "Only a provider of the whole event may have this role.")
    _add_provider(draft, _role(provider), provider)


def _add_requester(draft: Draft, requester: Provider) -> None:
    add_provider_name(
        draft,
        request_codes.REQUESTER_ROLE.get(requester.role, "1P"),
        requester,
        tax_qualifier="24",
        tax_reference="EI",
    )
    add_provider_numbers(draft, requester, request_codes.REQUESTER_NUMBER)
    add_address(draft, requester.address)
    add_contact(draft, requester.contact)
    # At the requester PRV02 and PRV03 are situational: the role alone may be told.
    told = request_codes.PROVIDER_PRV.get(requester.role) if requester.role is not ProviderRole.RENDERING else None
    if requester.taxonomy:
        add_taxonomy(draft, told or "PE", requester)
    elif told:
        draft.add("PRV", told)


def _add_subscriber(draft: Draft, subscriber: Subscriber) -> None:
    if not spelling.identifier(subscriber.member_id):
        draft.refuse("member_id", "required", "A request for review names the member by the number on the card.")
    add_subscriber_name(draft, subscriber, request_codes.SUBSCRIBER_NUMBER_278, prefix=True)
    add_birth_and_gender(draft, subscriber.birth_date, subscriber.gender)
    if subscriber.military_status:
        add_relationship(draft, "Y", "18", military=request_codes.MILITARY[subscriber.military_status])


def _add_dependent(draft: Draft, dependent: Dependent) -> None:
    add_dependent_name(draft, "QC", dependent, request_codes.DEPENDENT_NUMBER_278)
    add_birth_and_gender(draft, dependent.birth_date, dependent.gender)
    relationship = request_codes.RELATIONSHIP_278[dependent.relationship]
    add_relationship(draft, "N", relationship, birth_order=dependent.birth_order)


def _add_provider(draft: Draft, role: str, provider: Provider) -> None:
    add_provider_name(draft, role, provider, tax_qualifier="24", tax_reference="EI", prefix=True)
    add_provider_numbers(draft, provider, request_codes.PROVIDER_NUMBER)
    add_address(draft, provider.address)
    add_contact(draft, provider.contact)
    add_taxonomy(draft, request_codes.PROVIDER_PRV.get(provider.role or ProviderRole.RENDERING), provider)


def _role(provider: Provider) -> str:
    # A provider without a role is the one who renders the service: SJ is the guide's plain service provider.
    return request_codes.PROVIDER_ROLE[provider.role or ProviderRole.RENDERING]


def _causes(accident: Accident | None) -> tuple[str, ...] | None:
    if accident is None:
        return None
    told = [code for cause, code in request_codes.RELATED_CAUSE.items() if cause in accident.causes]
    where = spelling.code(accident.state) or "", spelling.code(accident.country) or ""
    return (*(*told, "", "", "")[:3], *where)


def _diagnosis(diagnosis: Diagnosis) -> tuple[str, ...]:
    dated = ("D8", spelling.day(diagnosis.on)) if diagnosis.on else ()
    return (request_codes.DIAGNOSIS[diagnosis.kind], spelling.code(diagnosis.code) or "", *dated)


def _counted(draft: Draft, quantity: Quantity | None, field: str) -> tuple[str | None, str | None]:
    if quantity is None:
        return None, None
    unit = request_codes.DELIVERY_UNIT.get(quantity.unit)
    if unit is None:
        draft.refuse(f"{field}/unit", "no_such_unit_here", f"A quantity in {quantity.unit.value} has no place here.")
    return unit, spelling.number(quantity.value)


def _spread(draft: Draft, delivery: Delivery) -> tuple[str | None, ...]:
    if delivery.periods is not None and delivery.period is None:
        draft.refuse("delivery/period", "required", "How many periods is said, but not of what.")
    for field, interval, known in (
        ("per", delivery.per, request_codes.DELIVERY_PER),
        ("period", delivery.period, request_codes.DELIVERY_PERIOD),
    ):
        if interval is not None and interval not in known:
            draft.refuse(f"delivery/{field}", "no_such_interval_here", f"Cannot be {interval.value} here.")
    return (
        request_codes.DELIVERY_PER.get(delivery.per) if delivery.per else None,
        spelling.amount(delivery.every),
        request_codes.DELIVERY_PERIOD.get(delivery.period) if delivery.period else None,
        str(delivery.periods) if delivery.periods is not None else None,
        spelling.code(delivery.calendar),
        spelling.code(delivery.time),
    )
