"""What a 278 decides: HCR read, inherited from the event by its services, rolled up from them.

The rules are those of 005010X217 and of what payers do beside it:

* a service's own decision stands for that service; without one it takes the event's;
* the event's decision is the review's; without one the services' are rolled up;
* ``certified in part`` at the event says nothing of any one service;
* an AAA without any decision is a refusal before review, never a denial;
* nothing that is not a decision (dates, BHT06, the presence of REF) is read as one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from priorwire.mapping import codes
from priorwire.mapping.said import level_segments, text
from priorwire.mapping.trace import Found, Spot
from priorwire.model.authorization import PendedFor, Reason, ReviewStatus
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

CERTIFIED = frozenset({ReviewStatus.APPROVED, ReviewStatus.APPROVED_MODIFIED, ReviewStatus.PARTIALLY_APPROVED})
_AGAINST = frozenset({ReviewStatus.DENIED, ReviewStatus.CANCELLED, ReviewStatus.REJECTED})


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The HCR of one level."""

    status: Found[ReviewStatus]
    number: Found[str] | None = None
    reasons: list[Found[Reason]] = field(default_factory=list)


def decided(level: LoopNode) -> Decided | None:
    """The decision of a level; `None` where it has none.

    Two decisions that contradict each other decide nothing: the status is then unknown.
    """
    segments = [each for each in level_segments(level, "HCR") if each.element(1).strip()]
    if not segments:
        return None
    statuses = {codes.DECISION.get(each.element(1).strip(), ReviewStatus.UNKNOWN) for each in segments}
    first = segments[0]
    agreed = len(statuses) == 1
    status = statuses.pop() if agreed else ReviewStatus.UNKNOWN
    rule = "decision" if agreed else "decisions that contradict each other"
    if agreed and status is ReviewStatus.UNKNOWN:
        rule = "decision code that is not known"
    return Decided(
        status=Found(status, Spot(segment=first, element=1), rule),
        number=text(first, 2, "authorization number of the decision"),
        reasons=[reason for segment in segments for reason in _reasons(segment)],
    )


def _reasons(segment: Segment) -> list[Found[Reason]]:
    found = []
    for repeat in range(1, len(segment.repeats(3)) + 1):
        spot = Spot(segment=segment, element=3, repeat=repeat)
        code = spot.read()
        if code:
            found.append(Found(Reason(code=code, says=codes.REASON.get(code)), spot, "reason of the decision"))
    return found


def pended_for(
    status: Found[ReviewStatus], reasons: list[Found[Reason]], documents: list[Found[str]]
) -> Found[PendedFor] | None:
    """What a pended review waits for: by its reasons, else by the documents that are asked for."""
    if status.value is not ReviewStatus.PENDED:
        return None
    for code, waits in codes.PENDED_FOR.items():
        for reason in reasons:
            if reason.value.code == code:
                return reason.named(waits).under("reason of the pend")
    if documents:
        return documents[0].named(PendedFor.INFORMATION).under("a document is asked for")
    return status.named(PendedFor.NOT_STATED).under("no reason given for the pend")


def inherited(event: Found[ReviewStatus]) -> Found[ReviewStatus]:
    """The status of a service that has no decision of its own."""
    if event.value is ReviewStatus.PARTIALLY_APPROVED:
        return event.named(ReviewStatus.UNKNOWN).under("certified in part, and not said whether this service is")
    return event.under("inherited from the event")


def rolled_up(services: list[Found[ReviewStatus]]) -> Found[ReviewStatus]:
    """The status of a review whose event has no decision; `services` is not empty.

    A pend or a call outweighs everything, because the review is not over; a service of which
    nothing is said leaves the whole unknown.
    """
    said = {each.value for each in services}
    status = said.pop() if len(said) == 1 else _mixed(said)
    deciding = next((each for each in services if each.value is status), services[0])
    return deciding.named(status).under("rolled up from the services")


def _mixed(said: set[ReviewStatus]) -> ReviewStatus:
    for open_still in (ReviewStatus.PENDED, ReviewStatus.CONTACT_PAYER, ReviewStatus.UNKNOWN):
        if open_still in said:
            return open_still
    if said & CERTIFIED and said & _AGAINST:
        return ReviewStatus.PARTIALLY_APPROVED
    if said & CERTIFIED:
        if ReviewStatus.PARTIALLY_APPROVED in said:
            return ReviewStatus.PARTIALLY_APPROVED
        modified = ReviewStatus.APPROVED_MODIFIED in said
        return ReviewStatus.APPROVED_MODIFIED if modified else ReviewStatus.APPROVED
    return ReviewStatus.DENIED if ReviewStatus.DENIED in said else ReviewStatus.REJECTED
