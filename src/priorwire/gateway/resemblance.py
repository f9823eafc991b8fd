"""What a reply says of the care, beside what was asked: for a warning and for suggestions, never to join.

Only identifiers join (`correlate`). What a reply *says* can do two other things: speak against
a join that its identifiers propose, since servers mix answers up and payers use a trace number
twice, and rank what a person is shown of a reply that joined nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from priorwire.gateway.rows import AnyRecord, AnyRequest
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ServiceLine
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import Dependent, PartySaid, Provider, Subscriber
from priorwire.model.services import DateSpan, ProcedureCode

MEMBER_NUMBER, BIRTH_DATE, FIRST_NAME = "member number", "birth date", "first name"
PROCEDURES, DATES = "procedures", "dates"
#: What tells one person from another. A last name does not: it is the family's, and changes.
PERSON = frozenset({MEMBER_NUMBER, BIRTH_DATE, FIRST_NAME})

#: What an agreement counts in the ranking of suggestions, strongest first. A name and a birth date together count
#: less than a member number: they order what the others have found.
POINTS = {
    MEMBER_NUMBER: 40,
    PROCEDURES: 25,
    DATES: 15,
    "provider": 10,
    FIRST_NAME: 10,
    BIRTH_DATE: 5,
    "service type": 5,
}
#: For dates that overlap and do not begin alike.
_OVERLAP = 7


@dataclass(frozen=True, kw_only=True, repr=False)
class _Person:
    """What is known of one."""

    number: str | None
    birth_date: date | None
    first_name: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Care:
    """Who was to get what, when and from whom, out of a request or a reply. Absent is not compared."""

    #: The subscriber, and a patient who is another.
    people: tuple[_Person, _Person | None]
    procedures: frozenset[str]
    npis: frozenset[str]
    dates: tuple[DateSpan, ...]
    service_type: str | None


def asked(request: AnyRequest) -> Care:
    """The care that a request is about."""
    patient = None if request.dependent is None else _asked_person(request.dependent)
    people = _asked_person(request.subscriber), patient
    if isinstance(request, EligibilityInquiry):
        kept = (request.dates,) if request.dates else ()
        codes, npis = _codes(request.procedures), _npis([request.provider])
        return Care(people=people, procedures=codes, npis=npis, dates=kept, service_type=None)
    return Care(
        people=people,
        procedures=_codes(line.procedure for line in request.services),
        npis=_npis(_providers(request)),
        dates=tuple(span for span in (request.event_dates, *_spans(request.services)) if span),
        service_type=request.service_type,
    )


def said(record: AnyRecord) -> Care:
    """The care that a reply is about."""
    other = record.patient if record.patient != record.subscriber else None
    people = _said_person(record.subscriber), None if other is None else _said_person(other)
    if not isinstance(record, AuthorizationRecord):
        return Care(people=people, procedures=frozenset(), npis=frozenset(), dates=(), service_type=None)
    spans = (record.event_dates, record.admitted, *(line.dates for line in record.services))
    parties = (record.requester, *record.providers, *(each for line in record.services for each in line.providers))
    return Care(
        people=people,
        procedures=_codes(line.procedure for line in record.services),
        npis=frozenset(
            each.identifier for each in parties if each and each.identifier_kind == "npi" and each.identifier
        ),
        dates=tuple(span for span in spans if span),
        service_type=record.service_type,
    )


def member_numbers(record: AnyRecord) -> tuple[str, ...]:
    """The member numbers that a reply names, the subscriber's first."""
    parties = (record.subscriber, record.patient)
    return tuple(dict.fromkeys(each.identifier for each in parties if each and each.identifier and _is_a_members(each)))


def differences(request: Care, reply: Care) -> frozenset[str]:
    """In which of `PERSON`, procedures and dates a reply contradicts a request; what one does not say does not."""
    found = {name for one, other in _pairs(request, reply) for name in _differing(one, other)}
    if request.procedures and reply.procedures and not request.procedures & reply.procedures:
        found.add(PROCEDURES)
    if request.dates and reply.dates and not _overlap(request.dates, reply.dates):
        found.add(DATES)
    return frozenset(found)


def agreements(request: Care, reply: Care) -> dict[str, int]:
    """In what a reply agrees with a request, with the points of each."""
    found = dict.fromkeys(_agreeing(request, reply), 0)
    points = {name: POINTS[name] for name in POINTS if name in found}
    if DATES not in points and _overlap(request.dates, reply.dates):
        points[DATES] = _OVERLAP
    return points


def _agreeing(request: Care, reply: Care) -> Iterator[str]:
    pairs = list(_pairs(request, reply))
    differing = {name for pair in pairs for name in _differing(*pair)}  # of twins the card agrees, and not the twin
    yield from (name for pair in pairs for name in _both_say(*pair) if name not in differing)
    if request.procedures & reply.procedures:
        yield PROCEDURES
    if {span.start for span in request.dates} & {span.start for span in reply.dates}:
        yield DATES
    if request.npis & reply.npis:
        yield "provider"
    if request.service_type and request.service_type == reply.service_type:
        yield "service type"


def _pairs(request: Care, reply: Care) -> Iterator[tuple[_Person, _Person]]:
    """The people of both that are to be compared."""
    if (request.people[1] is None) == (reply.people[1] is None):
        yield from zip(_each(request.people), _each(reply.people), strict=True)
        return
    # One names a patient and the other the subscriber alone: a payer may file a dependent as a member of its own,
    # under a number made out of the card's.
    ours, theirs = _under_the_card(request.people), _under_the_card(reply.people)
    yield min(product(ours, theirs), key=lambda pair: len(list(_differing(*pair))))


def _each(people: tuple[_Person, _Person | None]) -> list[_Person]:
    return [each for each in people if each is not None]


def _under_the_card(people: tuple[_Person, _Person | None]) -> list[_Person]:
    card = people[0].number
    return [replace(each, number=each.number or card) for each in _each(people)]


def _both_say(one: _Person, other: _Person) -> Iterator[str]:
    if one.number and other.number:
        yield MEMBER_NUMBER
    if one.birth_date and other.birth_date:
        yield BIRTH_DATE
    if one.first_name and other.first_name:
        yield FIRST_NAME


def _differing(one: _Person, other: _Person) -> Iterator[str]:
    said_alike = {
        MEMBER_NUMBER: _within(one.number or "", other.number or ""),
        BIRTH_DATE: one.birth_date == other.birth_date,
        FIRST_NAME: _begins(one.first_name or "", other.first_name or ""),
    }
    return (name for name in _both_say(one, other) if not said_alike[name])


def _within(one: str, other: str) -> bool:
    """Payers add a suffix for the person on the card, or a prefix for the plan, and leave them out."""
    return one in other or other in one


def _begins(one: str, other: str) -> bool:
    """An initial, or a name cut off at the length of a field, contradicts nothing."""
    return one.startswith(other) or other.startswith(one)


def _overlap(ours: tuple[DateSpan, ...], theirs: tuple[DateSpan, ...]) -> bool:
    return any(
        one.start <= (other.end or other.start) and other.start <= (one.end or one.start)
        for one in ours
        for other in theirs
    )


def _asked_person(person: Subscriber | Dependent) -> _Person:
    number = person.member_id if isinstance(person, Subscriber) else None
    return _Person(number=_plain(number), birth_date=person.birth_date, first_name=_plain(person.name.first))


def _said_person(party: PartySaid | None) -> _Person:
    if party is None:
        return _Person(number=None, birth_date=None, first_name=None)
    number = party.identifier if _is_a_members(party) else None
    return _Person(number=_plain(number), birth_date=party.birth_date, first_name=_plain(party.first_name))


def _is_a_members(party: PartySaid) -> bool:
    return party.identifier_kind == "member_id"


def _plain(text: str | None) -> str | None:
    kept = "".join(each for each in (text or "").upper() if each.isalnum())
    return kept or None


def _codes(procedures: Iterable[ProcedureCode | None]) -> frozenset[str]:
    return frozenset(each.code.strip().upper() for each in procedures if each is not None)


def _npis(providers: Iterable[Provider]) -> frozenset[str]:
    return frozenset(each.npi for each in providers if each.npi)


def _providers(request: AuthorizationRequest) -> Iterator[Provider]:
    yield request.requester
    yield from request.providers
    for line in request.services:
        yield from line.providers


def _spans(lines: Iterable[ServiceLine]) -> Iterator[DateSpan]:
    return (line.dates for line in lines if line.dates)
