"""Hypothesis strategies for the values of the model: everything that a practice may ask, and that X12 can carry.

All people and numbers are invented. What a strategy leaves out is what the implementation
guide cannot carry (a test of its own says so), never what is awkward. With `normal` a value is in
the form in which it is read back (`priorwire.mapping.read_278_request`), spelling apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from hypothesis import strategies as st

from priorwire.mapping import BuildContext
from priorwire.mapping.request_codes import (
    DEPENDENT_NUMBER_270,
    DEPENDENT_NUMBER_278,
    INQUIRER_NUMBER,
    PROVIDER_NUMBER,
    PROVIDER_PRV,
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
from priorwire.model.services import CodeSystem, Delivery, Interval, ProcedureCode, Quantity, Unit
from priorwire.payers.profile import PayerIdentity
from priorwire.x12.guides import codes
from tests import strategies_care as care
from tests.strategies_values import (
    amounts,
    coded,
    days,
    digits,
    identifiers,
    maybe,
    money,
    npis,
    spans,
    words,
)

__all__ = ["authorization_requests", "contexts", "eligibility_inquiries", "identifiers", "maybe", "npis"]

#: Roles of a provider of the event, and of one of a service (005010X217, 2010EA and 2010F).
EVENT_ROLES = tuple(each for each in ProviderRole if each is not ProviderRole.SUPERVISING)
LINE_ROLES = tuple(
    each
    for each in ProviderRole
    if each not in (ProviderRole.ATTENDING, ProviderRole.ADMITTING, ProviderRole.REFERRING)
)
_DELIVERED = (Unit.DAYS, Unit.UNITS, Unit.HOURS, Unit.MONTHS, Unit.VISITS)


# --- parties --------------------------------------------------------------------------------------------------------


@cache
def addresses() -> st.SearchStrategy[Address]:
    """A postal address, at home or abroad."""
    domestic = st.builds(
        Address,
        line1=words(40),
        line2=maybe(words(40)),
        city=words(20),
        state=maybe(coded("CA NY TX PA")),
        postal_code=maybe(digits(5) | digits(9)),
    )
    abroad = st.builds(
        Address,
        line1=words(40),
        city=words(20),
        postal_code=maybe(identifiers(3, 10)),
        country=coded("DE MX"),
        subdivision=maybe(coded("BY JAL")),
    )
    return domestic | abroad


@cache
@st.composite
def contacts(draw: st.DrawFn, *, normal: bool = False) -> Contact:
    """Whom to call; `normal` by no more numbers than three, and never by none."""
    telephone = draw(maybe(digits(10)))
    channels = {
        "extension": draw(maybe(digits(3))) if telephone else None,
        "fax": draw(maybe(digits(10))),
        "email": draw(maybe(st.builds("{}@example.org".format, identifiers()))),
        "url": draw(maybe(st.builds("https://example.org/{}".format, identifiers()))),
    }
    if normal:
        kept = [name for name, value in channels.items() if value][: 3 - bool(telephone)]
        channels = {name: value if name in kept else None for name, value in channels.items()}
    named = words(30) if normal else maybe(words(30))
    return Contact(name=draw(named), telephone=telephone, **channels)


@cache
def names(*, prefix: bool = True) -> st.SearchStrategy[PersonName]:
    """A person's name."""
    return st.builds(
        PersonName,
        last=words(25),
        first=words(20),
        middle=maybe(words(10)),
        prefix=maybe(coded("Dr Rev")) if prefix else st.none(),
        suffix=maybe(coded("Jr III")),
    )


def _provider_numbers(kinds: Mapping[ProviderNumberKind, str]) -> st.SearchStrategy[tuple[ProviderNumber, ...]]:
    def number(kind: ProviderNumberKind) -> st.SearchStrategy[ProviderNumber]:
        licensed = kind is ProviderNumberKind.STATE_LICENSE
        state = maybe(coded("CA PA")) if licensed else st.none()
        return st.builds(ProviderNumber, kind=st.just(kind), number=identifiers(), state=state)

    return st.lists(st.sampled_from(list(kinds)).flatmap(number), max_size=2).map(tuple)


@cache
@st.composite
def providers(
    draw: st.DrawFn,
    roles: tuple[ProviderRole | None, ...] = (None,),
    *,
    asks: bool = False,
    of_270: bool = False,
    normal: bool = False,
) -> Provider:
    """A provider with one of the roles; identified by its NPI, its tax number or both. `asks` for who asks."""
    person = draw(maybe(names(prefix=not (normal and asks))))
    npi, role = draw(maybe(npis())), draw(st.sampled_from(roles))
    kinds = INQUIRER_NUMBER if of_270 else REQUESTER_NUMBER if asks else PROVIDER_NUMBER
    told = asks or role in PROVIDER_PRV or not normal
    return Provider(
        person=person,
        organization=None if person else draw(words(40)),
        npi=npi,
        tax_id=draw(digits(9)) if npi is None else draw(maybe(digits(9))),
        taxonomy=draw(maybe(st.just("207RC0000X"))) if told else None,
        role=role,
        numbers=draw(_provider_numbers(kinds)),
        address=draw(maybe(addresses())),
        contact=None if normal and of_270 else draw(maybe(contacts(normal=normal))),
    )


def _member_numbers(kinds: Mapping[MemberNumberKind, str]) -> st.SearchStrategy[tuple[MemberNumber, ...]]:
    wanted = [each for each in kinds if each is not MemberNumberKind.GROUP]
    number = st.builds(MemberNumber, kind=st.sampled_from(wanted), number=identifiers())
    return st.lists(number, max_size=2).map(tuple)


@cache
@st.composite
def subscribers(draw: st.DrawFn, *, of_270: bool = False, normal: bool = False) -> Subscriber:
    """A member."""
    birth = draw(maybe(days()))
    genders = st.sampled_from([Gender.FEMALE, Gender.MALE] if normal and of_270 else list(Gender))
    return Subscriber(
        member_id=draw(maybe(identifiers())) if of_270 else draw(identifiers()),
        name=draw(names(prefix=not (normal and of_270))),
        birth_date=birth,
        gender=draw(maybe(genders)) if birth or of_270 or not normal else None,
        group_number=draw(maybe(identifiers())),
        numbers=draw(_member_numbers(SUBSCRIBER_NUMBER_270 if of_270 else SUBSCRIBER_NUMBER_278)),
        military_status=None if normal and of_270 else draw(maybe(st.sampled_from(MilitaryStatus))),
        birth_order=draw(maybe(st.integers(1, 5))) if of_270 or not normal else None,
        address=draw(maybe(addresses())),
    )


@cache
@st.composite
def dependents(draw: st.DrawFn, *, of_270: bool = False, normal: bool = False) -> Dependent:
    """A patient on somebody else's card."""
    birth = draw(maybe(days()))
    genders = st.sampled_from([Gender.FEMALE, Gender.MALE] if normal and of_270 else list(Gender))
    return Dependent(
        name=draw(names(prefix=not normal)),
        relationship=draw(st.sampled_from(Relationship)),
        birth_date=birth,
        gender=draw(maybe(genders)) if birth or of_270 or not normal else None,
        numbers=draw(_member_numbers(DEPENDENT_NUMBER_270 if of_270 else DEPENDENT_NUMBER_278)),
        birth_order=draw(maybe(st.integers(1, 5))),
        address=draw(maybe(addresses())),
    )


# --- services -------------------------------------------------------------------------------------------------------


@cache
def quantities(units: tuple[Unit, ...] = _DELIVERED) -> st.SearchStrategy[Quantity]:
    """How much of one of the units."""
    return st.builds(Quantity, value=amounts(), unit=st.sampled_from(units))


@cache
@st.composite
def deliveries(draw: st.DrawFn, *, counted: bool = True) -> Delivery:
    """How a service is spread; never by nothing but a quantity, which is the service's then."""
    period = draw(maybe(st.sampled_from([each for each in Interval if each is not Interval.REMAINING])))
    return Delivery(
        quantity=draw(maybe(quantities())) if counted else None,
        per=draw(st.sampled_from([Interval.DAY, Interval.WEEK, Interval.MONTH])),
        every=draw(maybe(amounts())),
        period=period,
        periods=draw(maybe(st.integers(1, 99))) if period else None,
        calendar=draw(maybe(coded(codes.REVIEW_PATTERNS))),
        time=draw(maybe(coded("A B C D E F G Y"))),
    )


@cache
@st.composite
def diagnoses(draw: st.DrawFn, *, normal: bool = False) -> tuple[Diagnosis, ...]:
    """At most twelve: one principal and one admitting at most, as the guide has room for."""
    rest = [DiagnosisKind.OTHER, DiagnosisKind.REASON_FOR_VISIT, DiagnosisKind.DRG]
    kinds = [once for once in (DiagnosisKind.PRINCIPAL, DiagnosisKind.ADMITTING) if draw(st.booleans())]
    kinds += draw(st.lists(st.sampled_from(rest), max_size=10))
    icd, drg = coded("M54.16 E1165 i10 S72.001A"), coded("470 003")
    return tuple(
        Diagnosis(code=draw(drg if kind is DiagnosisKind.DRG else icd), kind=kind, on=draw(maybe(days())))
        for kind in (kinds if normal else draw(st.permutations(kinds)))
    )


#: What a code of each list looks like; a code that looks otherwise is a finding.
_CODE_SHAPES = {
    CodeSystem.CPT_HCPCS: r"[0-9]{4}[0-9FT]|[A-Vgj][0-9]{4}",
    CodeSystem.CDT: r"[Dd][0-9]{4}",
    CodeSystem.NDC: r"[0-9]{11}",
    CodeSystem.ICD10_PCS: r"[0-9A-HJ-NP-Z]{7}",
    CodeSystem.REVENUE: r"[0-9]{4}",
    CodeSystem.HOME_INFUSION: r"[A-Z][0-9]{4}",
    CodeSystem.ABC: r"[A-Z]{5}",
}


@cache
@st.composite
def procedures(draw: st.DrawFn, systems: tuple[CodeSystem, ...], *, bare: bool = False) -> ProcedureCode:
    """A code of one of the systems; `bare` without what stands with it in a 278 only."""
    system = draw(st.sampled_from(systems))
    code = st.from_regex(_CODE_SHAPES[system], fullmatch=True)
    alone = system is CodeSystem.REVENUE
    return ProcedureCode(
        system=system,
        code=draw(code),
        modifiers=() if alone else tuple(draw(st.lists(coded("RT 59 gt"), max_size=4))),
        through=None if alone or bare else draw(maybe(code)),
        description=None if alone or bare else draw(maybe(words(40))),
    )


@cache
@st.composite
def service_lines(
    draw: st.DrawFn, category_given: ReviewCategory, diagnoses_given: int = 0, *, normal: bool = False
) -> ServiceLine:
    """A professional, institutional or dental service of an event of that category."""
    procedure = draw(procedures(tuple(_CODE_SHAPES)))
    dental = procedure.system is CodeSystem.CDT
    own = procedure.system in (CodeSystem.REVENUE, CodeSystem.ICD10_PCS)
    revenue = draw(maybe(digits(4))) if not dental and procedure.system is not CodeSystem.REVENUE else None
    professional = not dental and not own and revenue is None
    quantity, delivery = draw(_amounts(dental=dental, professional=professional, normal=normal))
    numbers = st.lists(st.integers(1, max(diagnoses_given, 1)), max_size=4).map(tuple)
    special = category_given is ReviewCategory.SPECIALTY_CARE
    other = ReviewCategory.HEALTH_SERVICES if special else ReviewCategory.SPECIALTY_CARE
    category = draw(maybe(st.just(other)))
    place, bill = draw(_places())
    return ServiceLine(
        procedure=procedure,
        category=category,
        kind=draw(maybe(st.sampled_from(RequestKind))) if category else None,
        service_type=draw(maybe(coded(codes.LINE_SERVICES))) if category else None,
        place_of_service=place if category else None,
        bill_type=bill if category else None,
        revenue_code=revenue,
        quantity=quantity,
        delivery=delivery,
        dates=draw(maybe(spans())),
        charge=draw(maybe(money())),
        unit_rate=None if dental or professional else draw(maybe(money())),
        diagnosis_numbers=draw(numbers) if professional and diagnoses_given else (),
        epsdt=draw(maybe(st.booleans())) if professional else None,
        nursing_level=None if dental else draw(maybe(coded("1 2 3 8"))),
        nursing_home_status=None if dental or professional else draw(maybe(coded("1 2 8"))),
        dental=draw(care.dental_details()) if dental else None,
        attachments=draw(care.attachments()),
        providers=tuple(draw(st.lists(providers(LINE_ROLES, normal=normal), max_size=2))),
        previous_authorization_number=draw(maybe(identifiers())),
        previous_administrative_reference=draw(maybe(identifiers())),
        note=draw(maybe(words(60))),
    )


@cache
@st.composite
def _amounts(
    draw: st.DrawFn, *, dental: bool, professional: bool, normal: bool
) -> tuple[Quantity | None, Delivery | None]:
    """What a line asks for: in its own units with any pattern, or else in HSD, which has room for one quantity."""
    if dental:
        fitting: tuple[Unit, ...] = (Unit.UNITS,)
    elif professional:
        fitting = (Unit.UNITS, Unit.MINUTES, Unit.INTERNATIONAL_UNITS)
    else:
        fitting = (Unit.UNITS, Unit.DAYS, Unit.INTERNATIONAL_UNITS)
    if draw(st.booleans()):
        return draw(quantities(fitting)), draw(maybe(deliveries()))
    if dental and normal:
        return Quantity(value=draw(amounts()), unit=Unit.UNITS), None
    if draw(st.booleans()):
        return None, draw(maybe(deliveries()))
    other = tuple(each for each in _DELIVERED if each not in fitting)
    return draw(quantities(other)), None if normal else draw(maybe(deliveries(counted=False)))


@cache
def _places() -> st.SearchStrategy[tuple[str | None, str | None]]:
    """Place of service, bill type, or neither."""
    return st.sampled_from([(None, None), ("22", None), ("11", None), (None, "11"), (None, "13")])


# --- requests -------------------------------------------------------------------------------------------------------


@cache
@st.composite
def admissions(draw: st.DrawFn) -> Admission:
    """A stay."""
    return Admission(
        admitted=draw(spans()),
        days=draw(maybe(quantities((Unit.DAYS,)))),
        discharged=draw(maybe(days())),
        type_code=draw(maybe(coded("1 2 3"))),
        source_code=draw(maybe(coded("1 7"))),
        patient_status=draw(maybe(coded("30 01"))),
        nursing_home_status=draw(maybe(coded("1 2 9"))),
    )


@cache
def _rare(kind: RequestKind) -> Mapping[str, st.SearchStrategy[object]]:
    """What few requests have, by field."""
    certification = "S" if kind is RequestKind.RECONSIDERATION else None
    return {
        "accident": care.accidents(),
        "health_condition": coded("1 2 9 E F G P"),
        "prognosis": coded("1 2 8"),
        "information_release": coded("M Y"),
        "delay_reason": coded("1 2 3 4 7 8 10 11 15 16 17"),
        "onset": days(),
        "last_menstrual_period": days(),
        "estimated_birth": days(),
        "conditions": care.conditions(),
        "ambulance": care.ambulances(addresses()),
        "spinal_manipulation": care.spinal_manipulations(),
        "oxygen": care.oxygen_therapies(),
        "home_health": care.home_health_cares(certification),
        "attachments": care.attachments(),
        "other_reviews": st.lists(care.other_reviews(), max_size=3).map(tuple),
    }


@st.composite
def authorization_requests(draw: st.DrawFn, *, normal: bool = False) -> AuthorizationRequest:
    """A whole request that the guide can carry."""
    category = draw(st.sampled_from(ReviewCategory))
    admitted = category is ReviewCategory.ADMISSION
    kind = draw(st.sampled_from(RequestKind))
    # Whatever is not a first request names an earlier one, by the number or by the reference that it was given.
    authorized = draw(maybe(identifiers()))
    is_first = kind is RequestKind.INITIAL
    referenced = draw(maybe(identifiers()) if authorized or is_first else identifiers())
    given = draw(diagnoses(normal=normal))
    admission = draw(admissions()) if admitted else draw(maybe(admissions()))
    rare = _rare(kind)
    wanted = draw(st.lists(st.sampled_from(sorted(rare)), max_size=4, unique=True))
    place, bill = draw(_places())
    asking = (None, ProviderRole.FACILITY, ProviderRole.REFERRING)
    return AuthorizationRequest(
        payer_id="example",
        requester=draw(providers(asking, asks=True, normal=normal)),
        subscriber=draw(subscribers(normal=normal)),
        dependent=draw(maybe(dependents(normal=normal))),
        category=category,
        kind=kind,
        service_type=draw(maybe(coded(codes.EVENT_SERVICES))),
        place_of_service=place,
        bill_type=bill,
        urgency=draw(maybe(st.sampled_from(Urgency))),
        diagnoses=given,
        event_dates=draw(maybe(spans())),
        admission=admission,
        delivery=draw(maybe(deliveries(counted=admission is None))),
        providers=tuple(
            draw(st.lists(providers(EVENT_ROLES, normal=normal), min_size=int(admitted), max_size=2)),
        ),
        services=tuple(draw(st.lists(service_lines(category, len(given), normal=normal), max_size=2))),
        previous_authorization_number=authorized,
        previous_administrative_reference=referenced,
        note=draw(maybe(words(60))),
        client_reference=draw(maybe(words(20))),
        **{name: draw(rare[name]) for name in wanted},  # type: ignore[arg-type]  # each of its own field's type
    )


_ASKABLE = (CodeSystem.CPT_HCPCS, CodeSystem.CDT, CodeSystem.NDC, CodeSystem.ICD10_PCS, CodeSystem.HOME_INFUSION)


@st.composite
def eligibility_inquiries(draw: st.DrawFn, *, normal: bool = False) -> EligibilityInquiry:
    """A whole inquiry that the guide can carry."""
    types = draw(st.lists(coded("30 1 98 MH"), max_size=4, unique=True).map(tuple))
    asked = draw(st.lists(procedures(_ASKABLE, bare=normal), max_size=2).map(tuple))
    patient = draw(maybe(dependents(of_270=True, normal=normal)))
    authorized = draw(maybe(identifiers()))
    first = (DiagnosisKind.PRINCIPAL,) if normal else (DiagnosisKind.PRINCIPAL, DiagnosisKind.OTHER)
    kinds = [draw(st.sampled_from(first)), *[DiagnosisKind.OTHER] * 7][: draw(st.integers(0, 8))]
    icd = coded("M54.16 E1165 i10")
    return EligibilityInquiry(
        payer_id="example",
        provider=draw(
            providers((None, ProviderRole.FACILITY, ProviderRole.PRIMARY_CARE), asks=True, of_270=True, normal=normal)
        ),
        subscriber=draw(subscribers(of_270=True, normal=normal)),
        dependent=patient,
        service_types=types if types or asked else ("30",),
        procedures=tuple(each if each.through is None else draw(procedures(_ASKABLE, bare=True)) for each in asked),
        diagnoses=tuple(Diagnosis(code=draw(icd), kind=kind) for kind in kinds),
        place_of_service=draw(maybe(digits(2))),
        family=draw(st.booleans()) if patient is None else False,
        authorization_number=authorized,
        referral_number=None if authorized else draw(maybe(identifiers())),
        spend_down=draw(maybe(money())) if patient is None else None,
        spend_down_billed=draw(maybe(money())) if patient is None else None,
        dates=draw(maybe(spans())),
        card_issued=draw(maybe(days())),
        client_reference=draw(maybe(words(20))),
    )


# Hypothesis wants bounds without a time zone beside `timezones`.
_EARLIEST, _LATEST = datetime(2026, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001


def contexts() -> st.SearchStrategy[BuildContext]:
    """Numbers, a time and a payer to build with."""
    return st.builds(
        BuildContext,
        reference=identifiers(1, 50),
        trace_number=identifiers(1, 50),
        trace_assigner=identifiers(10, 10),
        at=st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC)),
        payer=st.builds(
            PayerIdentity,
            name=words(30),
            identifier=identifiers(),
            qualifier=st.sampled_from(["PI", "XV"]),
            reviewer_role=st.sampled_from(["X3", "PR"]),
        ),
    )
