"""Requests, records and coverages as FHIR meets them: anything in any field of the model.

What X12 would refuse is not left out here: the question is only whether a value comes back. A
value is made of a seed, because a whole record has more choices than Hypothesis keeps in one
example; the fields are found by their annotations, so that a field that the model gets tomorrow
is in the properties tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from random import Random
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from priorwire.model.authorization import (
    AuthorizationRecord,
    AuthorizationRequest,
    Diagnosis,
    DiagnosisKind,
    DocumentKind,
    Reason,
    Rejection,
    RequestedDocument,
    ServiceDecision,
    ServiceLine,
    TraceNumber,
)
from priorwire.model.care import Attachment, HomeHealthCare, PatientCondition
from priorwire.model.eligibility import Benefit, BenefitQuantity, Coverage, EligibilityInquiry
from priorwire.model.parties import (
    Address,
    AddressSaid,
    Contact,
    PartySaid,
    Provider,
    ProviderNumber,
    ProviderNumberKind,
    Subscriber,
)
from priorwire.model.services import CodeSystem, DateSpan, Delivery, DeliverySaid, Interval, ProcedureCode

T = TypeVar("T")
Make = Callable[[Random], Any]

_WORDS = ("Avery", "O'Neil", "St. Anne", "Zoë", "MAIN-2", "x1", "Sample clinic")
_CODES = {
    CodeSystem.CPT_HCPCS: ("72148", "E0110", "0042T", "g0151"),
    CodeSystem.CDT: ("D6010",),
    CodeSystem.NDC: ("00777310502",),
    CodeSystem.ICD10_PCS: ("0SRD0J9",),
    CodeSystem.REVENUE: ("0420",),
}


def make(model: Callable[..., T], random: Random, **given: Make) -> T:
    """A value of a dataclass, each field of its type; `given` fields as given."""
    parts = _parts(model)
    return model(**{name: given.get(name, part)(random) for name, part in parts.items()})


@cache
def _parts(model: Any) -> dict[str, Make]:
    hints = get_type_hints(model)
    return {each.name: _maker(hints[each.name]) for each in fields(model)}


def _maker(hint: Any) -> Make:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (some,) = (_maker(each) for each in inner if each is not type(None))
        return lambda random: some(random) if random.random() < 0.5 else None
    if origin is tuple and inner[-1] is Ellipsis:
        one = _maker(inner[0])
        return lambda random: tuple(one(random) for _ in range(random.choice((0, 0, 1, 2))))
    if origin is tuple:
        each_of = [_maker(each) for each in inner]
        return lambda random: tuple(one(random) for one in each_of)
    if hint in SHAPED:
        return SHAPED[hint]
    if issubclass(hint, Enum):
        members = tuple(hint)
        return lambda random: random.choice(members)
    return lambda random: make(hint, random)


def text(random: Random) -> str:
    """A name or a word."""
    return f"{random.choice(_WORDS)} {random.randrange(100)}"


def number(random: Random) -> str:
    """A number or a code of somebody's system."""
    return f"N{random.randrange(10**6)}"


def _digits(count: int) -> Make:
    return lambda random: str(random.randrange(10 ** (count - 1), 10**count))


def _day(random: Random) -> date:
    return date(2026, 1, 1) + timedelta(days=random.randrange(2000))


def _span(random: Random) -> DateSpan:
    start = _day(random)
    return DateSpan(start=start, end=start + timedelta(days=random.randrange(1, 90)) if random.random() < 0.5 else None)


def _amount(random: Random) -> Decimal:
    return Decimal(random.randrange(1, 99900)) / 100


def _address(random: Random) -> Address:
    abroad = random.random() < 0.3
    return Address(
        line1=text(random),
        line2=_maybe(text)(random),
        city=text(random),
        state=None if abroad else "WA",
        postal_code=_maybe(number)(random),
        country="MX" if abroad else None,
        subdivision="BCN" if abroad and random.random() < 0.7 else None,
    )


def _maybe(maker: Make) -> Make:
    return lambda random: maker(random) if random.random() < 0.5 else None


def _contact(random: Random) -> Contact:
    telephone = _maybe(_digits(10))(random)
    return Contact(
        name=_maybe(text)(random),
        telephone=telephone,
        extension=_maybe(_digits(4))(random) if telephone else None,
        fax=_digits(10)(random),
        email=_maybe(lambda _: "pat@clinic.example")(random),
        url=_maybe(lambda _: "https://clinic.example/pat")(random),
    )


def _provider(random: Random) -> Provider:
    whole = make(
        Provider,
        random,
        npi=_maybe(lambda _: "1234567893"),
        tax_id=_maybe(_digits(9)),
        taxonomy=_maybe(lambda _: "207RC0000X"),
    )
    return replace(whole, organization=None if whole.person else text(random))


def _provider_number(random: Random) -> ProviderNumber:
    kind = random.choice(tuple(ProviderNumberKind))
    return ProviderNumber(
        kind=kind, number=number(random), state="WA" if kind is ProviderNumberKind.STATE_LICENSE else None
    )


def procedure(random: Random) -> ProcedureCode:
    """A code of any list."""
    system = random.choice(tuple(CodeSystem))
    code = random.choice(_CODES.get(system, ("S9345",)))
    listed = system in _CODES
    return ProcedureCode(
        system=system,
        code=code,
        modifiers=tuple(random.sample(("RT", "59", "GT"), random.randrange(3))),
        through=code if listed and random.random() < 0.2 else None,
        description=_maybe(text)(random),
    )


def _diagnosis(random: Random) -> Diagnosis:
    kind = random.choice(tuple(DiagnosisKind))
    code = "470" if kind is DiagnosisKind.DRG else random.choice(("M5416", "E1165", "I10", "S72001A"))
    return Diagnosis(code=code, kind=kind, on=_maybe(_day)(random))


def _delivery(random: Random) -> Delivery:
    found = make(Delivery, random, every=_maybe(_amount), per=_maybe(lambda r: r.choice(_TURNS)))
    found = found if found.period else replace(found, periods=None)
    return found if found != Delivery() else Delivery(calendar="A")


_TURNS = (Interval.DAY, Interval.WEEK, Interval.MONTH)


#: Plain types, and the types whose values have a form that their fields' types do not say.
SHAPED: dict[Any, Make] = {
    str: text,
    bool: lambda random: random.random() < 0.5,
    int: lambda random: random.randrange(1, 10),
    Decimal: _amount,
    date: _day,
    DateSpan: _span,
    Address: _address,
    Contact: _contact,
    Provider: _provider,
    ProviderNumber: _provider_number,
    ProcedureCode: procedure,
    Diagnosis: _diagnosis,
    Delivery: _delivery,
    PatientCondition: lambda random: make(PatientCondition, random, codes=lambda _: ("12", "14")),
    Attachment: lambda random: make(Attachment, random, report_type=lambda r: r.choice(("RR", "PN"))),
    HomeHealthCare: lambda random: make(HomeHealthCare, random, prognosis=lambda r: r.choice("12345678")),
    ServiceLine: lambda random: make(ServiceLine, random, bill_type=_maybe(lambda _: "83")),
    Subscriber: lambda random: make(Subscriber, random, member_id=number),
}


def seeded(maker: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """Values made of a seed."""
    return st.integers(0, 2**32).map(lambda seed: maker(Random(seed)))


def _request(random: Random) -> AuthorizationRequest:
    request = make(
        AuthorizationRequest,
        random,
        payer_id=lambda _: "example",
        bill_type=_maybe(lambda _: "11"),
        client_reference=lambda r: r.choice((None, "case 7", "urn:example:requests|1")),
    )
    numbers = range(1, len(request.diagnoses) + 1)
    lines = (
        replace(_one_place(line), diagnosis_numbers=tuple(random.sample(numbers, random.randrange(len(numbers) + 1))))
        for line in request.services
    )
    return replace(_one_place(request), services=tuple(lines))


def _one_place(value: T) -> T:
    has_place = isinstance(value, AuthorizationRequest | ServiceLine) and value.place_of_service
    return replace(value, bill_type=None) if has_place else value  # type: ignore[type-var]


def _party(random: Random) -> PartySaid:
    """A party as a reply names it: an organization, or a person."""
    is_person = random.random() < 0.5
    said = make(PartySaid, random, name=text, identifier=_maybe(number), role=_maybe(lambda r: r.choice(_ROLES)))
    if not is_person:
        said = replace(said, first_name=None, middle_name=None, suffix=None, birth_date=None, gender=None)
    return replace(said, identifier_kind=said.identifier_kind if said.identifier else None)


def _document(random: Random) -> RequestedDocument:
    kind = random.choice(tuple(DocumentKind))
    code = random.choice(("RR", "PN") if kind is DocumentKind.REPORT_TYPE else ("11502-2", "18842-5"))
    return make(RequestedDocument, random, kind=lambda _: kind, code=lambda _: code, service=lambda _: None)


def vars_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by their names."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _record(random: Random) -> AuthorizationRecord:
    record = make(AuthorizationRecord, random, decision_code=lambda r: r.choice((None, "A1", "A4", "ZZ")))
    count = len(record.services)
    if not count:
        return record
    return replace(
        record,
        rejections=tuple(replace(each, service=random.choice((None, count))) for each in record.rejections),
        requested_documents=tuple(
            replace(each, service=random.choice((None, count))) for each in record.requested_documents
        ),
    )


def any_records() -> st.SearchStrategy[AuthorizationRecord]:
    """A review with anything in any field."""
    return seeded(_record)


_ROLES = ("rendering", "pick_up", "facility", "XX9", "a word of theirs")
SHAPED |= {
    DeliverySaid: lambda random: DeliverySaid(
        **vars_of(_delivery(random)),
        unknown=random.choice(((), (("unit", "ZZ"),))),
    ),
    AddressSaid: lambda random: make(AddressSaid, random, line1=text),
    PartySaid: _party,
    RequestedDocument: _document,
    ServiceDecision: lambda random: make(
        ServiceDecision, random, decision_code=lambda r: r.choice((None, "A1", "A4", "ZZ"))
    ),
    Reason: lambda random: make(Reason, random, code=lambda r: r.choice(("0U", "0V", "0F", "99"))),
    Rejection: lambda random: make(
        Rejection,
        random,
        code=lambda r: r.choice(("72", "43", "Z1")),
        about=lambda r: r.choice(("payer", "subscriber", "event_provider", "transaction", "else")),
        service=lambda _: None,
    ),
    TraceNumber: lambda random: make(TraceNumber, random, assigner=_maybe(lambda _: "9EXAMPLE00")),
}


def any_requests() -> st.SearchStrategy[AuthorizationRequest]:
    """A request with anything in any field."""
    return seeded(_request)


def _inquiry(random: Random) -> EligibilityInquiry:
    return make(
        EligibilityInquiry,
        random,
        payer_id=lambda _: "example",
        subscriber=lambda r: replace(make(Subscriber, r), member_id=_maybe(number)(r)),
        service_types=lambda r: r.choice((("30",), ("1", "98"), ())),
        client_reference=lambda r: r.choice((None, "case 7", "urn:example:requests|1")),
    )


def any_inquiries() -> st.SearchStrategy[EligibilityInquiry]:
    """A question about coverage with anything in any field."""
    return seeded(_inquiry)


def _coverage(random: Random) -> Coverage:
    return make(
        Coverage,
        random,
        plan_dates=lambda r: r.choice(((), (("plan", _span(r)),), (("added", _span(r)), ("plan", _span(r))))),
    )


def any_coverages() -> st.SearchStrategy[Coverage]:
    """A coverage with anything in any field."""
    return seeded(_coverage)


SHAPED |= {
    Benefit: lambda random: make(
        Benefit,
        random,
        information=lambda r: r.choice(("active", "deductible", "not_covered", "ZZ")),
        period=lambda r: r.choice((None, "calendar_year", "77")),
        coverage_level=lambda r: r.choice((None, "family", "XX")),
        service_types=lambda r: r.choice(((), ("30",), ("1", "98"))),
    ),
    BenefitQuantity: lambda random: make(BenefitQuantity, random, counts=lambda r: r.choice(("visits", "ZZ"))),
}
