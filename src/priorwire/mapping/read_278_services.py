"""The services of a review: what each says itself, and what it takes from the event.

A service without a decision of its own shares the event's, with its number, reasons and period. One that was
decided against does not take what the event was given; nor does one that was certified under an event that was
not, for such an event was given nothing. How much is authorized only where the service is certified: beside any
other decision a quantity repeats what was asked, and stands as `ServiceDecision.reviewed_quantity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from priorwire.mapping import read_278_numbers as numbers
from priorwire.mapping.decisions import CERTIFIED, Decided, only_repeated, pended_for
from priorwire.mapping.makers import maker
from priorwire.mapping.read_278_content import (
    Dates,
    asked_for,
    authorized,
    count_of_service,
    delivery,
    documents_of,
    providers,
    revenue_code,
    reviewed,
    service_procedure,
    service_segment,
    teeth,
)
from priorwire.mapping.review_levels import Level
from priorwire.mapping.said import messages, traces
from priorwire.mapping.trace import Found, Trace
from priorwire.model.authorization import PendedFor, Reason, ReviewStatus, ServiceDecision
from priorwire.model.services import DateSpan, DeliverySaid, Quantity
from priorwire.x12.segments import Segment

T = TypeVar("T")

_INHERITED = "inherited from the event"


@dataclass(kw_only=True)
class Line:
    """One service, as far as it can be read by itself."""

    level: Level
    #: From 1.
    number: int
    decision: Decided | None
    #: Its own decision, its own rejection, or the event's.
    status: Found[ReviewStatus]
    #: Whether `status` is its own.
    own: bool
    #: The number that it gives itself.
    authorization_number: Found[str] | None

    @property
    def certified(self) -> bool:
        """Whether this service may be given: what is not certified is not authorized, whatever stands beside it."""
        return self.status.value in CERTIFIED


@dataclass(kw_only=True)
class EventSaid:
    """What the services take from their event."""

    #: The event's own decision.
    status: Found[ReviewStatus]
    pended_for: Found[PendedFor] | None
    reasons: Sequence[Found[Reason]]
    authorization_number: Found[str] | None
    tracking: Found[str] | None
    previous: Found[str] | None
    #: Of HSD, whatever was decided.
    quantity: Found[Quantity] | None
    delivery: Found[DeliverySaid] | None
    dates: Dates

    @property
    def certifies(self) -> bool:
        """Whether its own decision does; a service of it that is certified has no part in any other."""
        return self.status.value in CERTIFIED

    @property
    def when(self) -> Found[DateSpan] | None:
        """When the event is to be."""
        dates = self.dates
        return dates.service or dates.event or dates.admitted


def service(line: Line, event: EventSaid, trace: Trace) -> ServiceDecision:
    """One service, its sources written down."""
    level, own, above = line.level, Dates(line.level), event.dates
    take, said, segment = trace.take, reviewed(line.level), service_segment(line.level)
    decision, reasons, number = line.decision, _reasons(line, event), _number(line, event)
    certified, quantity, spread = line.certified, _quantity(line, event, segment), _delivery(line, event)
    return _service(
        procedure=take("procedure", service_procedure(segment)),
        revenue_code=take("revenue_code", revenue_code(segment)),
        category=take("category", said.category),
        kind=take("kind", said.kind),
        service_type=take("service_type", said.service_type),
        place_of_service=take("place_of_service", said.place),
        bill_type=take("bill_type", said.bill_type),
        status=trace.must("status", line.status),
        decision_code=take("decision_code", decision.code if decision else None),
        pended_for=take("pended_for", _pended_for(line, event, reasons)),
        authorization_number=take("authorization_number", number),
        conflicting_numbers=trace.take_all("conflicting_numbers", decision.conflicting if decision else ()),
        administrative_reference=take(
            "administrative_reference", numbers.tracking(level) or _handed_down(event.tracking)
        ),
        previous_authorization_number=take(
            "previous_authorization_number",
            numbers.previous(level, decision, number) or _handed_down(numbers.unlike(event.previous, number)),
        ),
        second_opinion=take("second_opinion", decision.second_opinion if decision else None),
        quantity=take("quantity", quantity if certified else None),
        delivery=take("delivery", spread if certified else None),
        reviewed_quantity=take("reviewed_quantity", None if certified else only_repeated(quantity)),
        reviewed_delivery=take("reviewed_delivery", None if certified else only_repeated(spread)),
        dates=take("dates", own.service or _handed_down(event.when)),
        issued_date=start(trace, "issued_date", own.issued or _handed_down(above.issued)),
        effective_date=start(trace, "effective_date", own.effective or _given(above.effective, line, event)),
        expiration_date=last(trace, "expiration_date", own.expires or _given(above.expires, line, event)),
        reasons=trace.take_all("reasons", reasons),
        messages=trace.take_all("messages", messages(level.of("MSG"))),
        traces=trace.take_all("traces", traces(level.of("TRN"))),
        providers=trace.take_all("providers", providers(level, "2010FB")),
        teeth=trace.take_all("teeth", teeth(level)),
    )


_service = maker(ServiceDecision)


def _takes_after_event(line: Line, event: EventSaid) -> bool:
    """Whether what the event was given also holds for this service.

    With the event's decision, it does. Beside a decision of its own only where both certify: a service approved
    under an event that is denied or pended is not approved for what was asked of the event.
    """
    if line.own:
        return line.certified and event.certifies
    return line.status.value is not ReviewStatus.UNKNOWN


def _pended_for(line: Line, event: EventSaid, reasons: list[Found[Reason]]) -> Found[PendedFor] | None:
    if line.own:
        return pended_for(line.status, reasons, asked_for(documents_of(line.level, line.number)))
    return _handed_down(event.pended_for)


def _reasons(line: Line, event: EventSaid) -> list[Found[Reason]]:
    """Reasons belong to the decision they came with: a line's own, or with an inherited one the event's."""
    if line.decision:
        return line.decision.reasons
    return [] if line.own else [each.under(_INHERITED) for each in event.reasons]


def _number(line: Line, event: EventSaid) -> Found[str] | None:
    own, above = line.authorization_number, event.authorization_number
    if own is not None and above is not None and numbers.is_line_count(own, above):
        return above.under("the event's number: the service's is a line number", own)
    several = line.decision is not None and line.decision.conflicting
    return own if own is not None or several else _given(above, line, event)


def _quantity(line: Line, event: EventSaid, segment: Segment | None) -> Found[Quantity] | None:
    """HSD of the service, else where it is certified with the event the event's, else the count of the service."""
    above = _given(event.quantity, line, event) if line.certified else None
    found = authorized(line.level) or above or count_of_service(segment)
    return _resting(found, found.rule, line.status, event.status) if found else None


def _delivery(line: Line, event: EventSaid) -> Found[DeliverySaid] | None:
    found = delivery(line.level) or (_given(event.delivery, line, event) if line.certified else None)
    return _resting(found, found.rule, line.status, event.status) if found else None


def _resting(found: Found[T], rule: str, *decisions: Found[ReviewStatus]) -> Found[T]:
    """By a rule that rests on some decisions, each told once: the decision of a service may be the event's."""
    also: list[Found[ReviewStatus]] = []
    for each in decisions:
        if all(each.spot != one.spot for one in (*found.also, *also)):
            also.append(each)
    return found.under(rule, *also)


def _handed_down(found: Found[T] | None) -> Found[T] | None:
    """What holds for every service of the event, however it was decided."""
    return found.under(_INHERITED) if found else None


def _given(found: Found[T] | None, line: Line, event: EventSaid) -> Found[T] | None:
    """What the event was given, and by its status and the event's this service too."""
    if found is None or not _takes_after_event(line, event):
        return None
    return _resting(found, _INHERITED, line.status, event.status)


def start(trace: Trace, path: str, found: Found[DateSpan] | None) -> date | None:
    """The first day of a span, noted."""
    return trace.take(path, found.named(found.value.start)) if found is not None else None


def last(trace: Trace, path: str, found: Found[DateSpan] | None) -> date | None:
    """The last day of a span, noted."""
    return trace.take(path, found.named(found.value.end or found.value.start)) if found else None
