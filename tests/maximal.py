"""Requests that together say everything that can be said: what the table of reachable elements is made of.

All people and numbers are invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from priorwire.mapping import BuildContext
from priorwire.mapping.request_codes import (
    INQUIRER_NUMBER,
    PROVIDER_NUMBER,
    REQUESTER_NUMBER,
    SUBSCRIBER_NUMBER_270,
    SUBSCRIBER_NUMBER_278,
)
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    Diagnosis,
    DiagnosisKind,
    RequestKind,
    ReviewCategory,
    ServiceLine,
    Urgency,
)
from priorwire.model.care import (
    Accident,
    AmbulanceTransport,
    Attachment,
    AttachmentWay,
    ConditionCategory,
    DentalDetail,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    PatientCondition,
    RelatedCause,
    SpinalManipulation,
    Tooth,
    TransportPlace,
    TransportPlaceRole,
    Trip,
)
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import (
    Address,
    Contact,
    Dependent,
    Gender,
    MemberNumber,
    MemberNumberKind,
    MilitaryStatus,
    PersonName,
    Provider,
    ProviderNumber,
    ProviderNumberKind,
    ProviderRole,
    Relationship,
    Subscriber,
)
from priorwire.model.services import CodeSystem, DateSpan, Delivery, Interval, ProcedureCode, Quantity, Unit
from priorwire.payers.profile import PayerIdentity

CONTEXT = BuildContext(
    reference="PWREF0001",
    trace_number="PWTRACE0001",
    trace_assigner="9EXAMPLE01",
    at=datetime(2026, 12, 1, 15, 4, tzinfo=UTC),
    payer=PayerIdentity(name="Example Health Plan", identifier="EXHP1"),
)

_DAY = date(2026, 12, 10)
_WEEK = DateSpan(start=_DAY, end=date(2026, 12, 17))
_HOME = Address(line1="1 Example Street", line2="Suite 2", city="Springfield", state="PA", postal_code="19087")
_ABROAD = Address(line1="1 Beispielweg", city="Musterstadt", postal_code="80331", country="DE", subdivision="BY")
_PERSON = PersonName(last="Muster", first="Alex", middle="B", prefix="Dr", suffix="Jr")


def _provider(
    role: ProviderRole | None,
    *,
    numbers: Sequence[ProviderNumberKind] = (),
    address: Address = _HOME,
    by_telephone: bool = True,
) -> Provider:
    spoken = Contact(name="Front Desk", telephone="5555550100", extension="12", fax="5555550101")
    written = Contact(name="Front Desk", email="a@example.org", url="example.org/clinic")
    return Provider(
        person=_PERSON,
        npi="1234567893",
        tax_id="123456789",
        taxonomy="207RC0000X",
        role=role,
        numbers=tuple(
            ProviderNumber(kind=kind, number=f"NUMBER{index}", state="PA" if "LICENSE" in kind.name else None)
            for index, kind in enumerate(numbers)
        ),
        address=address,
        contact=spoken if by_telephone else written,
    )


def _organization(role: ProviderRole | None) -> Provider:
    return Provider(organization="Example Hospital", tax_id="123456789", role=role, address=_ABROAD)


def _subscriber(kinds: Sequence[MemberNumberKind]) -> Subscriber:
    return Subscriber(
        member_id="XMPL0001",
        name=PersonName(last="Sample", first="Robin", middle="Q", prefix="Rev", suffix="Sr"),
        birth_date=date(1970, 4, 2),
        gender=Gender.FEMALE,
        group_number="GRP77",
        numbers=tuple(MemberNumber(kind=kind, number=f"MEMBER{index}") for index, kind in enumerate(kinds)),
        military_status=MilitaryStatus.RETIRED,
        birth_order=1,
        address=_HOME,
    )


def _dependent(kinds: Sequence[MemberNumberKind]) -> Dependent:
    return Dependent(
        name=PersonName(last="Sample", first="Kim", middle="R", suffix="II"),
        relationship=Relationship.CHILD,
        birth_date=date(2001, 5, 3),
        gender=Gender.MALE,
        numbers=tuple(MemberNumber(kind=kind, number=f"CHILD{index}") for index, kind in enumerate(kinds)),
        birth_order=2,
        address=_ABROAD,
    )


def _attachments(prefix: str) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(report_type="RR", way=way, control_number=f"{prefix}{index}", description="Radiology report")
        for index, way in enumerate(AttachmentWay)
    )


_DELIVERY = Delivery(
    quantity=Quantity(value=Decimal(3), unit=Unit.VISITS),
    per=Interval.WEEK,
    every=Decimal(2),
    period=Interval.MONTH,
    periods=3,
    calendar="A",
    time="B",
)

_PROFESSIONAL = ServiceLine(
    procedure=ProcedureCode(
        system=CodeSystem.CPT_HCPCS,
        code="97110",
        modifiers=("GP", "59", "RT", "LT"),
        through="97112",
        description="Exercises",
    ),
    category=ReviewCategory.SPECIALTY_CARE,
    kind=RequestKind.EXTENSION,
    service_type="PT",
    place_of_service="11",
    quantity=Quantity(value=Decimal(12), unit=Unit.UNITS),
    delivery=_DELIVERY,
    dates=_WEEK,
    charge=Decimal("120.50"),
    diagnosis_numbers=(4, 3, 1, 2),
    epsdt=True,
    nursing_level="2",
    attachments=_attachments("LINE"),
    providers=(
        _provider(ProviderRole.OPERATING, numbers=tuple(PROVIDER_NUMBER)),
        _organization(ProviderRole.FACILITY),
    ),
    previous_authorization_number="AUTH0002",
    previous_administrative_reference="TRACK0002",
    note="Twice a week",
)
_INSTITUTIONAL = ServiceLine(
    procedure=replace(_PROFESSIONAL.procedure, code="33510", through="33516"),
    bill_type="11",
    revenue_code="0360",
    quantity=Quantity(value=Decimal(2), unit=Unit.DAYS),
    charge=Decimal(900),
    unit_rate=Decimal(450),
    nursing_level="3",
    nursing_home_status="2",
    providers=(_provider(ProviderRole.RENDERING, by_telephone=False), _provider(ProviderRole.SUPERVISING)),
)
_DENTAL = ServiceLine(
    procedure=ProcedureCode(
        system=CodeSystem.CDT,
        code="D6010",
        modifiers=("22", "59", "RT", "LT"),
        through="D6013",
        description="Implant",
    ),
    quantity=Quantity(value=Decimal(1), unit=Unit.UNITS),
    charge=Decimal(2100),
    dental=DentalDetail(
        oral_cavity=("00", "10", "20", "30", "40"),
        replacement=True,
        teeth=(Tooth(number="14", surfaces=("M", "O", "D", "B", "L")), Tooth(number="15", surfaces=("F",))),
        description="Upper right",
    ),
)
_PLAIN = (
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.REVENUE, code="0120")),
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.ICD10_PCS, code="0210083")),
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.NDC, code="00000000000")),
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.HOME_INFUSION, code="S5497")),
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.ABC, code="CBAAA")),
    ServiceLine(
        procedure=ProcedureCode(system=CodeSystem.NDC, code="00000000000"),
        revenue_code="0250",
        quantity=Quantity(value=Decimal(500), unit=Unit.INTERNATIONAL_UNITS),
    ),
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.HOME_INFUSION, code="S5497"), revenue_code="0250"),
    ServiceLine(procedure=ProcedureCode(system=CodeSystem.ABC, code="CBAAA"), revenue_code="0250"),
)

_DIAGNOSES = (
    Diagnosis(code="M5416", on=_DAY),
    Diagnosis(code="E1165", kind=DiagnosisKind.PRINCIPAL, on=_DAY),
    Diagnosis(code="I10", kind=DiagnosisKind.ADMITTING, on=_DAY),
    Diagnosis(code="R079", kind=DiagnosisKind.REASON_FOR_VISIT, on=_DAY),
    Diagnosis(code="470", kind=DiagnosisKind.DRG, on=_DAY),
    *(Diagnosis(code=f"Z0{number}", on=_DAY) for number in range(7)),
)

_AMBULANCE = AmbulanceTransport(
    trip=Trip.ROUND_TRIP,
    reason="A",
    weight_pounds=Decimal(180),
    distance_miles=Decimal(12),
    round_trip_purpose="Dialysis",
    stretcher_purpose="Cannot sit",
    places=tuple(
        TransportPlace(role=role, name="Example Center", address=where)
        for role, where in zip(TransportPlaceRole, (_HOME, _ABROAD, _HOME, _HOME, _HOME), strict=True)
    ),
)
_SPINAL = SpinalManipulation(
    nature="C",
    complication=True,
    treatment_number=3,
    treatments_in_series=Decimal(12),
    first_level="L4",
    last_level="L5",
    description="Low back",
    further_description="Since spring",
    xrays_available=True,
)
_OXYGEN = OxygenTherapy(
    equipment=("A", "D", "E"),
    equipment_reason="Needs to move",
    flow_rate=Decimal(2),
    portable_flow_rate=Decimal(1),
    uses_per_day=Decimal(3),
    hours_per_use=Decimal(8),
    orders="At night",
    arterial_blood_gas=Decimal(54),
    saturation=Decimal(87),
    test_condition="R",
    findings=("1", "2", "3"),
    delivery_system="A",
)
_HOME_HEALTH = HomeHealthCare(
    prognosis="3",
    started=_DAY,
    certification_period=_WEEK,
    certification="R",
    surgery_on=_DAY,
    surgery=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="27130"),
    ordered_on=_DAY,
    last_visit_on=_DAY,
    physician_contact_on=_DAY,
    last_stay=_WEEK,
    discharged_from="A",
)
_OTHER_REVIEWS = tuple(
    OtherReview(
        role=role, organization="Example Review", reasons=("Not covered", "Too early", "No record", "Late"), on=_DAY
    )
    for role in ("00", "CA", "GG")
)
_CONDITIONS = {
    ConditionCategory.AMBULANCE: ("01", "02", "03", "04", "05"),
    ConditionCategory.CHIROPRACTIC: ("11", "12", "14", "24", "25"),
    ConditionCategory.MEDICAL_EQUIPMENT: ("01", "02", "03", "04", "05"),
    ConditionCategory.OXYGEN: ("06", "16", "17", "25", "33"),
    ConditionCategory.FUNCTIONAL_LIMITATIONS: ("AA", "AL", "BL", "CB", "EL"),
    ConditionCategory.ACTIVITIES_PERMITTED: ("BR", "CA", "CB", "CR", "EL"),
    ConditionCategory.MENTAL_STATUS: ("AG", "CB", "CM", "DI", "DP"),
}


def event() -> AuthorizationRequest:
    """A dependent's event with every line of care, and a service of each kind."""
    return AuthorizationRequest(
        payer_id="example",
        requester=_provider(ProviderRole.REFERRING, numbers=tuple(REQUESTER_NUMBER)),
        subscriber=replace(_subscriber(tuple(SUBSCRIBER_NUMBER_278)[:8]), military_status=MilitaryStatus.ACTIVE),
        dependent=_dependent((MemberNumberKind.PATIENT_ACCOUNT,)),
        category=ReviewCategory.HEALTH_SERVICES,
        kind=RequestKind.EXTENSION,
        service_type="2",
        place_of_service="22",
        urgency=Urgency.URGENT,
        accident=Accident(causes=tuple(RelatedCause), on=_DAY, state="PA", country="CA"),
        health_condition="1",
        prognosis="2",
        information_release="Y",
        delay_reason="7",
        diagnoses=_DIAGNOSES,
        event_dates=_WEEK,
        onset=_DAY,
        last_menstrual_period=_DAY,
        estimated_birth=_DAY,
        delivery=_DELIVERY,
        conditions=tuple(PatientCondition(category=each, codes=codes) for each, codes in _CONDITIONS.items()),
        ambulance=_AMBULANCE,
        spinal_manipulation=_SPINAL,
        oxygen=_OXYGEN,
        home_health=_HOME_HEALTH,
        attachments=_attachments("EVENT"),
        providers=(
            *(
                _provider(role, numbers=tuple(PROVIDER_NUMBER)[index % 2 :: 2], by_telephone=index % 2 == 0)
                for index, role in enumerate(ProviderRole)
                if role is not ProviderRole.SUPERVISING
            ),
        ),
        other_reviews=_OTHER_REVIEWS,
        services=(_PROFESSIONAL, _INSTITUTIONAL, _DENTAL, *_PLAIN),
        previous_authorization_number="AUTH0001",
        previous_administrative_reference="TRACK0001",
        note="Please call before noon",
        client_reference="CHART-1",
    )


def admission() -> AuthorizationRequest:
    """A subscriber's stay, asked for by a facility."""
    return AuthorizationRequest(
        payer_id="example",
        requester=replace(_organization(ProviderRole.FACILITY), taxonomy="207RC0000X"),
        subscriber=replace(_subscriber(tuple(SUBSCRIBER_NUMBER_278)[2:]), address=_ABROAD),
        category=ReviewCategory.ADMISSION,
        bill_type="11",
        admission=Admission(
            admitted=_WEEK,
            days=Quantity(value=Decimal(5), unit=Unit.DAYS),
            discharged=date(2026, 12, 15),
            type_code="3",
            source_code="1",
            patient_status="30",
            nursing_home_status="2",
        ),
        providers=(_organization(ProviderRole.FACILITY), _provider(ProviderRole.ADMITTING)),
        services=_PLAIN,
    )


def requests() -> tuple[AuthorizationRequest, ...]:
    """Together, everything that a request for review can say."""
    return event(), admission(), replace(admission(), category=ReviewCategory.RESERVATION)


#: Every way to be called, in every order that three numbers may have.
_CONTACTS = (
    Contact(email="a@example.org", url="example.org"),
    Contact(fax="5555550101", email="a@example.org", url="example.org"),
    Contact(url="example.org"),
    Contact(telephone="5555550100", email="a@example.org", url="example.org"),
    Contact(telephone="5555550100", url="example.org"),
    Contact(telephone="5555550100", fax="5555550101", email="a@example.org"),
    Contact(telephone="5555550100", extension="1", url="example.org"),
    Contact(telephone="5555550100", extension="1", email="a@example.org"),
    Contact(fax="5555550101", url="example.org"),
)


def small_requests() -> Iterator[AuthorizationRequest]:
    """What codes depend on which neighbours they have: one contact, one diagnosis, one cause, one day."""
    plain = replace(admission(), category=ReviewCategory.HEALTH_SERVICES, services=_PLAIN[:1], admission=None)
    for contact in _CONTACTS:
        named = tuple(replace(each, contact=contact) for each in plain.providers[:1])
        lines = tuple(replace(each, providers=named) for each in plain.services)
        yield replace(plain, requester=replace(plain.requester, contact=contact), providers=named, services=lines)
    for kind in DiagnosisKind:
        second = Diagnosis(code="470" if kind is DiagnosisKind.DRG else "I10", kind=kind)
        yield replace(plain, diagnoses=(second,))
        yield replace(plain, diagnoses=(_DIAGNOSES[1], second))
    for cause in RelatedCause:
        yield replace(plain, accident=Accident(causes=(cause,)), services=())
    day = DateSpan(start=_DAY)
    yield replace(
        plain,
        dependent=replace(_dependent(()), address=_HOME),
        event_dates=day,
        admission=Admission(admitted=day),
        services=(replace(_PLAIN[0], dates=day),),
    )


def inquiry() -> EligibilityInquiry:
    """A question about a subscriber with everything that can be asked."""
    return EligibilityInquiry(
        payer_id="example",
        provider=_provider(ProviderRole.PRIMARY_CARE, numbers=tuple(INQUIRER_NUMBER)),
        subscriber=_subscriber(tuple(SUBSCRIBER_NUMBER_270)[:8]),
        service_types=("30", "98"),
        procedures=(
            ProcedureCode(system=CodeSystem.CPT_HCPCS, code="78452", modifiers=("26", "59", "RT", "LT")),
            ProcedureCode(system=CodeSystem.CDT, code="D2740"),
            ProcedureCode(system=CodeSystem.NDC, code="00000000000"),
            ProcedureCode(system=CodeSystem.ICD10_PCS, code="0210083"),
            ProcedureCode(system=CodeSystem.HOME_INFUSION, code="S5497"),
        ),
        diagnoses=(
            Diagnosis(code="E1165", kind=DiagnosisKind.PRINCIPAL),
            *(Diagnosis(code=f"Z0{number}") for number in range(7)),
        ),
        place_of_service="11",
        family=True,
        authorization_number="AUTH0001",
        spend_down=Decimal(500),
        spend_down_billed=Decimal(120),
        dates=_WEEK,
        card_issued=_DAY,
        client_reference="CHART-1",
    )


def inquiries() -> tuple[EligibilityInquiry, ...]:
    """Together, everything that an inquiry about coverage can say."""
    asked = inquiry()
    child = replace(
        asked,
        provider=replace(_organization(ProviderRole.FACILITY), taxonomy="207RC0000X"),
        subscriber=replace(_subscriber(tuple(SUBSCRIBER_NUMBER_270)[5:]), address=_ABROAD, member_id=None),
        dependent=_dependent((MemberNumberKind.PATIENT_ACCOUNT, MemberNumberKind.CARD)),
        family=False,
        authorization_number=None,
        referral_number="REFERRAL1",
        spend_down=None,
        spend_down_billed=None,
    )
    adult = replace(child, dependent=replace(_dependent((MemberNumberKind.PLAN,)), address=_HOME))
    swapped = replace(adult, authorization_number="AUTH0001", referral_number=None)
    referred = replace(inquiry(), authorization_number=None, referral_number="REFERRAL1")
    return asked, child, adult, swapped, referred
