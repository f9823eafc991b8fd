"""What an authorization allows, service by service: the payer's words, and where they are silent those of the request.

A payer that approves a service as it was asked for need not repeat it (005010X217, HCR01 A1). So a
term that the record does not state is taken from the request, and marked as such, only where the
service is approved in full; what is approved with changes or in part holds as stated, or not at all.
Reading never fails and nothing is guessed: a pattern that does not multiply out to a whole number of
turns gives no quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from priorwire.mapping import codes
from priorwire.model.authorization import (
    AuthorizationRecord,
    AuthorizationRequest,
    ReviewStatus,
    ServiceDecision,
    ServiceLine,
)
from priorwire.model.ledger import LedgerLine, Term
from priorwire.model.parties import PartySaid, Provider, ProviderRole
from priorwire.model.services import CodeSystem, DateSpan, Delivery, DeliverySaid, Interval, ProcedureCode, Quantity

#: Statuses under which a service may be given.
GRANTED = frozenset(
    {
        ReviewStatus.APPROVED,
        ReviewStatus.APPROVED_MODIFIED,
        ReviewStatus.PARTIALLY_APPROVED,
        ReviewStatus.NOT_REQUIRED,
    }
)
_AS_ASKED = frozenset({ReviewStatus.APPROVED, ReviewStatus.NOT_REQUIRED})
_GIVING = frozenset(
    {
        ProviderRole.RENDERING,
        ProviderRole.OPERATING,
        ProviderRole.ASSISTANT_SURGEON,
        ProviderRole.GROUP_PRACTICE,
        ProviderRole.PURCHASED_SERVICE,
    }
)
_PLACES = frozenset({ProviderRole.FACILITY, ProviderRole.SERVICE_LOCATION, ProviderRole.CLINIC})
#: How many days, or months, an interval has.
_DAYS: Mapping[Interval, int] = {Interval.DAY: 1, Interval.WEEK: 7}
#: Parts of a delivery without which its whole is not known.
_TIMES = frozenset({"per", "period"})
_MONTHS: Mapping[Interval, int] = {Interval.MONTH: 1, Interval.YEAR: 12}


def authorized_lines(request: AuthorizationRequest, record: AuthorizationRecord) -> tuple[LedgerLine, ...]:
    """A line for each service that the record decides; else for each that was asked for; else one for the event."""
    if record.services:
        asked = _paired(request.services, record.services)
        lines = [
            _line(_Sides(request, record, number, said, asked.get(number)))
            for number, said in enumerate(record.services, 1)
        ]
        named = {id(each) for each in asked.values()}
        silent = [each for each in request.services if id(each) not in named]
        start = len(lines) + 1
        return (
            *lines,
            *(_line(_Sides(request, record, number, None, each)) for number, each in enumerate(silent, start)),
        )
    if request.services:
        return tuple(
            _line(_Sides(request, record, number, None, each)) for number, each in enumerate(request.services, 1)
        )
    return (_line(_Sides(request, record, 0, None, None)),)


def same_code(stated: ProcedureCode, other: ProcedureCode) -> bool:
    """Whether the code of `other` is the one stated, or lies in the stated range. Modifiers are another question."""
    code, first = other.code.upper(), stated.code.upper()
    last = (stated.through or stated.code).upper()
    systems = {stated.system, other.system} - {CodeSystem.OTHER}
    return len(systems) < 2 and len(code) == len(first) and first <= code <= last  # noqa: PLR2004 -- of one system


def _paired(asked: tuple[ServiceLine, ...], said: tuple[ServiceDecision, ...]) -> dict[int, ServiceLine]:
    """Which line of the request each decision is about: the code with its modifiers first, then the code alone."""
    left = list(asked)
    pairs: dict[int, ServiceLine] = {}
    for exactly in (True, False):
        for number, each in enumerate(said, 1):
            if number in pairs or each.procedure is None:
                continue
            for line in left:
                fits = same_code(each.procedure, line.procedure)
                if fits and (not exactly or set(each.procedure.modifiers) == set(line.procedure.modifiers)):
                    pairs[number] = line
                    left = [other for other in left if other is not line]
                    break
    return pairs


@dataclass(frozen=True)
class _Sides:
    """One service as both sides have it."""

    request: AuthorizationRequest
    record: AuthorizationRecord
    number: int
    said: ServiceDecision | None
    asked: ServiceLine | None

    @property
    def status(self) -> ReviewStatus:
        """The service's own. A whole that is approved in part says nothing of a service that it does not name."""
        if self.said is not None:
            return self.said.status
        partly = self.record.status is ReviewStatus.PARTIALLY_APPROVED
        return ReviewStatus.UNKNOWN if self.asked and (partly or self.record.services) else self.record.status

    @property
    def alone(self) -> bool:
        """Whether what is said of the event is said of this service."""
        return len(self.record.services or self.request.services) <= 1

    @property
    def given(self) -> AuthorizationRecord:
        """What the event was given, for this service: nothing, where the event's own decision was given nothing."""
        code = self.record.decision_code
        if self.said is None or code is None or codes.DECISION.get(code) in GRANTED:
            return self.record
        return AuthorizationRecord(status=self.record.status)


def _line(sides: _Sides) -> LedgerLine:
    as_asked = sides.status in _AS_ASKED
    taken: list[Term] = []
    requested = _requested(sides)
    approved = _approved(sides)
    if approved is None and as_asked and requested is not None:
        approved = requested
        taken.append(Term.QUANTITY)
    dates, dates_taken = _dates(sides)
    givers, facilities, providers_taken = _npis(sides)
    place, place_taken = _place(sides)
    taken += [
        term
        for term, is_taken in (
            (Term.DATES, dates_taken),
            (Term.PROVIDER, providers_taken),
            (Term.PLACE, place_taken),
        )
        if is_taken
    ]
    line = LedgerLine(
        number=sides.number,
        procedure=_procedure(sides),
        status=sides.status,
        authorization_number=_number(sides),
        requested=requested,
        approved=approved if sides.status in GRANTED else None,
        dates=dates,
        effective=(sides.said.effective_date if sides.said else None) or sides.given.effective_date,
        expires=(sides.said.expiration_date if sides.said else None) or sides.given.expiration_date,
        provider_npis=givers,
        facility_npis=facilities,
        place_of_service=place,
        as_requested=tuple(taken),
    )
    return _with_missing(line)


def _with_missing(line: LedgerLine) -> LedgerLine:
    """What an approval lacks to be billed by."""
    if line.status not in GRANTED or line.status is ReviewStatus.NOT_REQUIRED:
        return line
    has = {
        Term.NUMBER: line.authorization_number,
        Term.PROCEDURE: line.procedure,
        Term.QUANTITY: line.approved,
        Term.DATES: line.dates or (line.effective and line.expires),
        Term.PROVIDER: line.provider_npis,
        Term.PLACE: line.place_of_service or line.facility_npis,
    }
    return replace(line, missing=tuple(term for term, value in has.items() if not value))


def _number(sides: _Sides) -> str | None:
    """The one number, or none where a decision gives several."""
    if sides.said is not None and sides.said.conflicting_numbers:
        return None
    return (sides.said.authorization_number if sides.said else None) or sides.given.authorization_number


def _procedure(sides: _Sides) -> ProcedureCode | None:
    if sides.said is None:
        return sides.asked.procedure if sides.asked else None
    if sides.said.procedure is not None:
        return sides.said.procedure
    revenue = sides.said.revenue_code
    return ProcedureCode(system=CodeSystem.REVENUE, code=revenue) if revenue else None


# --- quantities -------------------------------------------------------------------------------------------------


def _requested(sides: _Sides) -> Quantity | None:
    if sides.asked is not None:
        return sides.asked.quantity or whole_of(sides.asked.delivery)
    if sides.said is not None or sides.request.services:
        return None
    stay = sides.request.admission
    return (stay.days if stay else None) or whole_of(sides.request.delivery)


def _approved(sides: _Sides) -> Quantity | None:
    """What the payer says itself, of the service; of the event where that is the only one."""
    for said in (sides.said, sides.record if sides.alone else None):
        if said is None or (said.quantity is None and said.delivery is None):
            continue
        pattern = said.delivery
        if pattern is not None and said.quantity in (None, pattern.quantity):
            return whole_of(pattern)
        return said.quantity
    return None


def whole_of(delivery: Delivery | None) -> Quantity | None:
    """What a pattern amounts to: its quantity times its turns; `None` where the turns are not a whole number."""
    if delivery is None or delivery.quantity is None or delivery.period is Interval.REMAINING:
        return None
    if isinstance(delivery, DeliverySaid) and any(kind in _TIMES for kind, _ in delivery.unknown):
        return None
    if delivery.per is None:
        return delivery.quantity if delivery.periods is None else None
    if delivery.period is None or delivery.periods is None:
        return None
    for lengths in (_DAYS, _MONTHS, {delivery.per: 1}):
        if delivery.per in lengths and delivery.period in lengths:
            every = (delivery.every or Decimal(1)) * lengths[delivery.per]
            turns = Decimal(delivery.periods * lengths[delivery.period]) / every if every else Decimal("0.5")
            if turns == turns.to_integral_value():
                return Quantity(value=delivery.quantity.value * turns, unit=delivery.quantity.unit)
    return None


# --- when, who and where ----------------------------------------------------------------------------------------


def _dates(sides: _Sides) -> tuple[DateSpan | None, bool]:
    said = sides.said.dates if sides.said else None
    stated = said or sides.record.event_dates or sides.record.admitted
    if stated is not None:
        return stated, False
    if sides.status not in _AS_ASKED or sides.record.effective_date or (sides.said and sides.said.effective_date):
        return None, False
    asked = (sides.asked.dates if sides.asked else None) or sides.request.event_dates
    return asked, asked is not None


def _npis(sides: _Sides) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Of those who give the service and of where; True where the payer names none and the request's hold."""
    for parties in (sides.said.providers if sides.said else (), sides.record.providers):
        givers, facilities = _said_npis(parties, _GIVING), _said_npis(parties, _PLACES)
        if givers or facilities:
            return givers, facilities, False
    if sides.status not in _AS_ASKED:
        return (), (), False
    for providers in (sides.asked.providers if sides.asked else (), sides.request.providers):
        givers, facilities = _asked_npis(providers, _GIVING), _asked_npis(providers, _PLACES)
        if givers or facilities:
            return givers, facilities, True
    return (), (), False


def _said_npis(parties: Iterable[PartySaid], roles: frozenset[ProviderRole]) -> tuple[str, ...]:
    words = {each.value for each in roles}
    found = (each.identifier for each in parties if each.role in words and each.identifier_kind == "npi")
    return _once(each for each in found if each)


def _asked_npis(providers: Iterable[Provider], roles: frozenset[ProviderRole]) -> tuple[str, ...]:
    return _once(each.npi for each in providers if each.npi and each.role in roles)


def _once(found: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _place(sides: _Sides) -> tuple[str | None, bool]:
    stated = (sides.said.place_of_service if sides.said else None) or sides.record.place_of_service
    if stated or sides.status not in _AS_ASKED:
        return stated, False
    asked = (sides.asked.place_of_service if sides.asked else None) or sides.request.place_of_service
    return asked, asked is not None
