"""The services of a review: what each says itself, and what it takes from the event.

A service without a decision of its own shares the event's, with its number, reasons and period. One that was
decided against does not take what the event was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from priorwire.mapping import read_278_numbers as numbers
from priorwire.mapping.decisions import CERTIFIED, Decided, pended_for
from priorwire.mapping.makers import maker
from priorwire.mapping.read_278_content import (
    Dates,
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


@dataclass(kw_only=True)
class EventSaid:
    """What the services take from their event."""

    pended_for: Found[PendedFor] | None
    reasons: Sequence[Found[Reason]]
    authorization_number: Found[str] | None
    tracking: Found[str] | None
    previous: Found[str] | None
    quantity: Found[Quantity] | None
    delivery: Found[DeliverySaid] | None
    dates: Dates

    @property
    def when(self) -> Found[DateSpan] | None:
        """When the event is to be."""
        dates = self.dates
        return dates.service or dates.event or dates.admitted


def service(line: Line, event: EventSaid, trace: Trace) -> ServiceDecision:
    """One service, its sources written down."""
    level, own, above = line.level, Dates(line.level), event.dates
    take, takes, said, segment = trace.take, _takes_after_event(line), reviewed(line.level), service_segment(line.level)
    decision, reasons, number = line.decision, _reasons(line, event), _number(line, event)
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
        administrative_reference=take(
            "administrative_reference", numbers.tracking(level) or _handed_down(event.tracking)
        ),
        previous_authorization_number=take(
            "previous_authorization_number",
            numbers.previous(level, decision, number) or _handed_down(event.previous),
        ),
        second_opinion=take("second_opinion", decision.second_opinion if decision else None),
        quantity=take("quantity", _quantity(line, event, segment)),
        delivery=take("delivery", _delivery(line, event)),
        dates=take("dates", own.service or _handed_down(event.when)),
        issued_date=start(trace, "issued_date", own.issued or _handed_down(above.issued)),
        effective_date=start(
            trace, "effective_date", own.effective or (_given(above.effective, line) if takes else None)
        ),
        expiration_date=last(trace, "expiration_date", own.expires or (_given(above.expires, line) if takes else None)),
        reasons=trace.take_all("reasons", reasons),
        messages=trace.take_all("messages", messages(level.of("MSG"))),
        traces=trace.take_all("traces", traces(level.of("TRN"))),
        providers=trace.take_all("providers", providers(level, "2010FB")),
        teeth=trace.take_all("teeth", teeth(level)),
    )


_service = maker(ServiceDecision)


def _takes_after_event(line: Line) -> bool:
    """Whether what the event was given also holds for this service: not where it was itself decided against."""
    return (not line.own or line.status.value in CERTIFIED) and line.status.value is not ReviewStatus.UNKNOWN


def _pended_for(line: Line, event: EventSaid, reasons: list[Found[Reason]]) -> Found[PendedFor] | None:
    if line.own:
        return pended_for(line.status, reasons, documents_of(line.level, line.number))
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
    if own is not None or not _takes_after_event(line):
        return own
    return _given(above, line)


def _quantity(line: Line, event: EventSaid, segment: Segment | None) -> Found[Quantity] | None:
    """HSD of the service, else of the event, else the count of the service itself."""
    own = authorized(line.level)
    if own is not None:
        return own
    if event.quantity is None:
        return count_of_service(segment)
    if _takes_after_event(line):
        return _given(event.quantity, line)
    count = count_of_service(segment)
    return count.under(count.rule, line.status) if count else None


def _delivery(line: Line, event: EventSaid) -> Found[DeliverySaid] | None:
    return delivery(line.level) or (_given(event.delivery, line) if _takes_after_event(line) else None)


def _handed_down(found: Found[T] | None) -> Found[T] | None:
    """What holds for every service of the event, however it was decided."""
    return found.under(_INHERITED) if found else None


def _given(found: Found[T] | None, line: Line) -> Found[T] | None:
    """What the event was given, and by its status this service too."""
    return found.under(_INHERITED, line.status) if found else None


def start(trace: Trace, path: str, found: Found[DateSpan] | None) -> date | None:
    """The first day of a span, noted."""
    return trace.take(path, found.named(found.value.start)) if found is not None else None


def last(trace: Trace, path: str, found: Found[DateSpan] | None) -> date | None:
    """The last day of a span, noted."""
    return trace.take(path, found.named(found.value.end or found.value.start)) if found else None
