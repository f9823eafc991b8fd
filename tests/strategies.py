"""Hypothesis strategies for the values of the model: everything that a practice may ask, and that X12 can carry.

All people and numbers are invented. What a strategy leaves out is what the implementation
guide cannot carry (a test of its own says so), never what is awkward.
"""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from priorwire.mapping import BuildContext
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    CodeSystem,
    DateSpan,
    Diagnosis,
    DiagnosisKind,
    ProcedureCode,
    Quantity,
    RequestKind,
    ReviewCategory,
    ServiceLine,
    Unit,
    Urgency,
)
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.identifiers import npi_is_valid
from priorwire.model.parties import (
    Address,
    Contact,
    Dependent,
    Gender,
    PersonName,
    Provider,
    ProviderRole,
    Relationship,
    Subscriber,
)
from priorwire.payers.profile import PayerIdentity
from priorwire.x12.guides.codes import EVENT_SERVICES

_T = TypeVar("_T")

_LETTERS = string.ascii_letters + "ÄÖÜßáéèêñøçŁ"
_CODE = string.ascii_uppercase + string.digits

#: Roles that a service line's provider may have; the event allows them all (005010X217, 2010F and 2010EA).
LINE_ROLES = (
    ProviderRole.OPERATING,
    ProviderRole.ORDERING,
    ProviderRole.RENDERING,
    ProviderRole.FACILITY,
    ProviderRole.SERVICE_LOCATION,
    ProviderRole.PRIMARY_CARE,
)

#: Strategies are cached: making one is slow, and each example would make hundreds.
_SERVICE_TYPES = st.sampled_from(sorted(EVENT_SERVICES.split()))
_DELIVERED = (Unit.DAYS, Unit.UNITS, Unit.HOURS, Unit.MONTHS, Unit.VISITS)


@cache
def maybe(strategy: st.SearchStrategy[_T]) -> st.SearchStrategy[_T | None]:
    """The value, or nothing."""
    return st.none() | strategy


@cache
def words(longest: int) -> st.SearchStrategy[str]:
    """A name or a word, letters beyond ASCII and a few signs included; never nothing but signs."""
    middle = st.text(_LETTERS + " -'.", max_size=longest - 2)
    letter = st.sampled_from(string.ascii_letters)
    return st.builds(lambda first, rest, last: f"{first}{rest}{last}", letter, middle, letter)


@cache
def identifiers(shortest: int = 2, longest: int = 20) -> st.SearchStrategy[str]:
    """A number or a code as somebody's system makes them."""
    return st.text(_CODE, min_size=shortest, max_size=longest)


@cache
def digits(length: int) -> st.SearchStrategy[str]:
    """Exactly so many digits."""
    return st.text(string.digits, min_size=length, max_size=length)


@cache
def days() -> st.SearchStrategy[date]:
    """Any day of the time that requests are about."""
    return st.dates(date(1920, 1, 1), date(2035, 12, 31))


@cache
@st.composite
def npis(draw: st.DrawFn) -> str:
    """A National Provider Identifier with a right check digit."""
    body = "1" + draw(digits(8))
    return next(npi for npi in (f"{body}{check}" for check in range(10)) if npi_is_valid(npi))


@cache
@st.composite
def spans(draw: st.DrawFn) -> DateSpan:
    """A day or a range of days."""
    first, last = sorted((draw(days()), draw(days())))
    return DateSpan(start=first, end=draw(st.none() | st.just(last)))


@cache
def addresses() -> st.SearchStrategy[Address]:
    """A postal address."""
    return st.builds(
        Address,
        line1=words(40),
        line2=maybe(words(40)),
        city=words(20),
        state=maybe(st.sampled_from(["CA", "NY", "TX", "PA"])),
        postal_code=maybe(digits(5) | digits(9)),
    )


@cache
def contacts() -> st.SearchStrategy[Contact]:
    """Whom to call."""
    return st.builds(
        Contact,
        name=maybe(words(30)),
        telephone=maybe(digits(10)),
        fax=maybe(digits(10)),
        email=maybe(st.builds("{}@example.org".format, identifiers())),
        url=maybe(st.builds("https://example.org/{}".format, identifiers())),
    )


@cache
def names() -> st.SearchStrategy[PersonName]:
    """A person's name."""
    return st.builds(
        PersonName,
        last=words(25),
        first=words(20),
        middle=maybe(words(10)),
        suffix=maybe(st.sampled_from(["Jr", "III"])),
    )


@cache
@st.composite
def providers(draw: st.DrawFn, roles: tuple[ProviderRole | None, ...] = (None,)) -> Provider:
    """A provider with one of the roles; identified by its NPI, its tax number or both."""
    person = draw(maybe(names()))
    npi = draw(maybe(npis()))
    return Provider(
        person=person,
        organization=None if person else draw(words(40)),
        npi=npi,
        tax_id=draw(digits(9)) if npi is None else draw(maybe(digits(9))),
        taxonomy=draw(maybe(st.just("207RC0000X"))),
        role=draw(st.sampled_from(roles)),
        address=draw(maybe(addresses())),
        contact=draw(maybe(contacts())),
    )


@cache
def subscribers() -> st.SearchStrategy[Subscriber]:
    """A member."""
    return st.builds(
        Subscriber,
        member_id=identifiers(),
        name=names(),
        birth_date=maybe(days()),
        gender=maybe(st.sampled_from(Gender)),
        group_number=maybe(identifiers()),
        address=maybe(addresses()),
    )


@cache
def dependents() -> st.SearchStrategy[Dependent]:
    """A patient on somebody else's card."""
    return st.builds(
        Dependent,
        name=names(),
        relationship=st.sampled_from(Relationship),
        birth_date=maybe(days()),
        gender=maybe(st.sampled_from(Gender)),
        address=maybe(addresses()),
    )


@cache
def amounts() -> st.SearchStrategy[Decimal]:
    """A quantity as a person would ask for it."""
    return st.decimals(Decimal("0.5"), Decimal(999), places=1)


@cache
def quantities(units: tuple[Unit, ...] = _DELIVERED) -> st.SearchStrategy[Quantity]:
    """How much of one of the units."""
    return st.builds(Quantity, value=amounts(), unit=st.sampled_from(units))


@cache
@st.composite
def diagnoses(draw: st.DrawFn) -> tuple[Diagnosis, ...]:
    """At most twelve: one principal and one admitting at most, as the guide has room for."""
    kinds = draw(st.lists(st.sampled_from([DiagnosisKind.OTHER, DiagnosisKind.REASON_FOR_VISIT]), max_size=10))
    for once in (DiagnosisKind.PRINCIPAL, DiagnosisKind.ADMITTING):
        kinds += [once] if draw(st.booleans()) else []
    codes = st.sampled_from(["M54.16", "E1165", "i10", "S72.001A"])
    shuffled = draw(st.permutations(kinds))
    return tuple(Diagnosis(code=draw(codes), kind=kind, on=draw(maybe(days()))) for kind in shuffled)


#: What a code of each list looks like; a code that looks otherwise is a finding.
_CODE_SHAPES = {
    CodeSystem.CPT_HCPCS: r"[0-9]{4}[0-9FT]|[A-Vgj][0-9]{4}",
    CodeSystem.CDT: r"[Dd][0-9]{4}",
    CodeSystem.NDC: r"[0-9]{11}",
    CodeSystem.ICD10_PCS: r"[0-9A-HJ-NP-Z]{7}",
    CodeSystem.REVENUE: r"[0-9]{4}",
}


@cache
@st.composite
def procedures(draw: st.DrawFn, systems: tuple[CodeSystem, ...]) -> ProcedureCode:
    """A code of one of the systems."""
    system = draw(st.sampled_from(systems))
    code = draw(st.from_regex(_CODE_SHAPES[system], fullmatch=True))
    modifiers = draw(st.lists(st.sampled_from(["RT", "59", "gt"]), max_size=4))
    return ProcedureCode(system=system, code=code, modifiers=tuple(modifiers))


@cache
@st.composite
def service_lines(draw: st.DrawFn) -> ServiceLine:
    """A professional, institutional or dental service."""
    line_providers = st.lists(providers(LINE_ROLES), max_size=2).map(tuple)
    system = draw(st.sampled_from([each for each in CodeSystem if each is not CodeSystem.OTHER]))
    procedure = draw(procedures((system,)))
    revenue = draw(maybe(digits(4))) if system is CodeSystem.CPT_HCPCS else None
    professional = system in (CodeSystem.CPT_HCPCS, CodeSystem.NDC) and revenue is None
    return ServiceLine(
        procedure=procedure,
        revenue_code=revenue,
        quantity=draw(maybe(quantities((*_DELIVERED, Unit.MINUTES) if professional else _DELIVERED))),
        dates=draw(maybe(spans())),
        providers=draw(line_providers),
        note=draw(maybe(words(60))),
    )


@cache
def admissions() -> st.SearchStrategy[Admission]:
    """A stay."""
    return st.builds(
        Admission,
        admitted=spans(),
        days=maybe(quantities((Unit.DAYS,))),
        discharged=maybe(days()),
        type_code=maybe(st.sampled_from(["1", "2", "3"])),
        source_code=maybe(st.sampled_from(["1", "7"])),
        patient_status=maybe(st.sampled_from(["30", "01"])),
    )


@st.composite
def authorization_requests(draw: st.DrawFn) -> AuthorizationRequest:
    """A whole request that the guide can carry."""
    category = draw(st.sampled_from(ReviewCategory))
    admitted = category is ReviewCategory.ADMISSION
    event_providers = st.lists(providers(tuple(ProviderRole)), min_size=int(admitted), max_size=3).map(tuple)
    kind = draw(st.sampled_from(RequestKind))
    # Whatever is not a first request names an earlier one, by the number or by the reference that it was given.
    authorized = draw(maybe(identifiers()))
    is_first = kind is RequestKind.INITIAL
    referenced = draw(maybe(identifiers()) if authorized or is_first else identifiers())
    return AuthorizationRequest(
        payer_id="example",
        requester=draw(providers((None, ProviderRole.FACILITY, ProviderRole.REFERRING))),
        subscriber=draw(subscribers()),
        dependent=draw(maybe(dependents())),
        category=category,
        kind=kind,
        service_type=draw(maybe(_SERVICE_TYPES)),
        place_of_service=draw(maybe(digits(2))),
        urgency=draw(maybe(st.sampled_from(Urgency))),
        diagnoses=draw(diagnoses()),
        event_dates=draw(maybe(spans())),
        admission=draw(admissions()) if admitted else draw(maybe(admissions())),
        providers=draw(event_providers),
        services=draw(st.lists(service_lines(), max_size=3).map(tuple)),
        previous_authorization_number=authorized,
        previous_administrative_reference=referenced,
        note=draw(maybe(words(60))),
        client_reference=draw(maybe(words(20))),
    )


_ASKABLE = (CodeSystem.CPT_HCPCS, CodeSystem.CDT, CodeSystem.NDC, CodeSystem.ICD10_PCS)


@st.composite
def eligibility_inquiries(draw: st.DrawFn) -> EligibilityInquiry:
    """A whole inquiry that the guide can carry."""
    types = draw(st.lists(st.sampled_from(["30", "1", "98", "MH"]), max_size=4, unique=True).map(tuple))
    procedure = draw(maybe(procedures(_ASKABLE)))
    return EligibilityInquiry(
        payer_id="example",
        provider=draw(providers((None, ProviderRole.FACILITY, ProviderRole.PRIMARY_CARE))),
        subscriber=draw(subscribers()),
        dependent=draw(maybe(dependents())),
        service_types=types if types or procedure else ("30",),
        procedure=procedure,
        place_of_service=draw(maybe(digits(2))),
        dates=draw(maybe(spans())),
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
