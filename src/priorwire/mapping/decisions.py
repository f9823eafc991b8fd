"""What a 278 decides: HCR read, inherited from the event by its services, rolled up from them.

The rules are those of 005010X217 and of what payers do beside it:

* a service's own decision stands for that service; without one it takes the event's;
* the event's decision is the review's, unless it promises more than its services keep (`settled`);
  without one the services' are rolled up;
* ``certified in part`` at the event says nothing of any one service;
* an AAA without any decision is a refusal before review, never a denial;
* nothing that is not a decision (dates, BHT06, the presence of REF) is read as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TypeVar

from priorwire.mapping import codes
from priorwire.mapping.said import text
from priorwire.mapping.trace import Found, Spot
from priorwire.model.authorization import PendedFor, Reason, RequestedDocument, ReviewCautionKind, ReviewStatus
from priorwire.x12.segments import BLANKS, Segment

T = TypeVar("T")

CERTIFIED = frozenset({ReviewStatus.APPROVED, ReviewStatus.APPROVED_MODIFIED, ReviewStatus.PARTIALLY_APPROVED})
_AGAINST = frozenset({ReviewStatus.DENIED, ReviewStatus.CANCELLED, ReviewStatus.REJECTED})
_GOOD_NEWS = CERTIFIED | {ReviewStatus.NOT_REQUIRED}
_OPEN = (ReviewStatus.PENDED, ReviewStatus.CONTACT_PAYER)
#: Where nothing is certified, what weighs most first.
_WORST = (ReviewStatus.DENIED, ReviewStatus.REJECTED, ReviewStatus.CANCELLED, ReviewStatus.NOT_REQUIRED)
#: The weakest certification first.
_LESSER = (ReviewStatus.PARTIALLY_APPROVED, ReviewStatus.APPROVED_MODIFIED, ReviewStatus.APPROVED)


_CONTRADICTING = "decisions that contradict each other"


class Decided:
    """The HCR of one level."""

    __slots__ = ("cautions", "code", "conflicting", "number", "reasons", "second_opinion", "status")

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Of one or more that have an HCR01. Several that contradict each other decide nothing."""
        first = segments[0]
        spot = Spot(first, 1)
        code = first.elements[1].strip(BLANKS)
        known = codes.DECISION.get(code)
        #: As sent.
        self.code = Found(code, spot, "decision code")
        if len(segments) > 1:
            self.status = _agreed(segments)
        elif known is None:
            self.status = Found(ReviewStatus.UNKNOWN, spot, "decision code that is not known")
        else:
            self.status = Found(known, spot, "decision")
        #: The one number that it gives, and the different ones where it gives several.
        self.number, self.conflicting = _numbered(segments)
        #: What is said twice and not alike.
        self.cautions = _cautions(self)
        self.reasons = [reason for segment in segments for reason in _reasons(segment)]
        self.second_opinion = _second_opinion(first)


def _agreed(segments: Sequence[Segment]) -> Found[ReviewStatus]:
    """One status of several decisions."""
    every = [Found(each, Spot(each, 1), "decision") for each in segments]
    said = {codes.DECISION.get(each.elements[1].strip(BLANKS), ReviewStatus.UNKNOWN) for each in segments}
    agreed = len(said) == 1
    rule = "decisions that agree" if agreed else _CONTRADICTING
    return Found(said.pop() if agreed else ReviewStatus.UNKNOWN, every[0].spot, rule, also=every[1:])


def _numbered(segments: Sequence[Segment]) -> tuple[Found[str] | None, Sequence[Found[str]]]:
    """HCR02 of several decisions of one level: one number, or all where they differ, for none is more right."""
    every = [each for segment in segments if (each := text(segment, 2, "authorization number of the decision"))]
    different = {each.value: each for each in reversed(every)}
    if len(different) < 2:  # noqa: PLR2004 - one number and another
        return (every[0].under(every[0].rule, *every[1:]) if every else None), ()
    rule = "one of several numbers that one decision gives"
    return None, [each.under(rule, *(one for one in every if one is not each)) for each in reversed(different.values())]


def _cautions(said: Decided) -> Sequence[Found[ReviewCautionKind]]:
    found = []
    if said.status.rule == _CONTRADICTING:
        found.append(said.status.named(ReviewCautionKind.DECISIONS_DIFFER))
    if said.conflicting:
        found.append(said.conflicting[0].named(ReviewCautionKind.NUMBERS_DIFFER))
    return found


def decided(segments: Sequence[Segment]) -> Decided | None:
    """The decision of a level by its HCR segments; `None` where it has none."""
    said = [each for each in segments if each.element(1).strip(BLANKS)]
    return Decided(said) if said else None


def _second_opinion(segment: Segment) -> Found[bool] | None:
    """HCR04, a yes or a no; anything else says neither."""
    said = text(segment, 4, "second surgical opinion")
    return said.named(_YES_NO[said.value]) if said and said.value in _YES_NO else None


_YES_NO: Mapping[str, bool] = MappingProxyType({"Y": True, "N": False})


def _reasons(segment: Segment) -> list[Found[Reason]]:
    found = []
    for repeat, whole in enumerate(segment.repeats(3), 1):
        code = whole.strip(BLANKS)
        if code:
            reason = Reason(code=code, says=codes.REASON.get(code))
            found.append(Found(reason, Spot(segment, 3, None, repeat), "reason of the decision"))
    return found


def only_repeated(found: Found[T] | None) -> Found[T] | None:
    """How much, beside a decision that does not certify: what was asked about, and not what is authorized."""
    return found.by("repeated beside a decision that does not certify it") if found else None


def pended_for(
    status: Found[ReviewStatus], reasons: Sequence[Found[Reason]], documents: Sequence[Found[RequestedDocument]]
) -> Found[PendedFor] | None:
    """What a pended review waits for: by its reasons, else by the documents that are asked for."""
    if status.value is not ReviewStatus.PENDED:
        return None
    for code, waits in codes.PENDED_FOR.items():
        for reason in reasons:
            if reason.value.code == code:
                return reason.named(waits).under("reason of the pend", status, *reasons)
    if documents:
        return documents[0].named(PendedFor.INFORMATION).under("a document is asked for", status, *reasons)
    return status.named(PendedFor.NOT_STATED).under("no reason given for the pend", *reasons)


def inherited(event: Found[ReviewStatus]) -> Found[ReviewStatus]:
    """The status of a service that has no decision of its own."""
    if event.value is ReviewStatus.PARTIALLY_APPROVED:
        return event.named(ReviewStatus.UNKNOWN).under("certified in part, and not said whether this service is")
    return event.under("inherited from the event")


def settled(event: Found[ReviewStatus], own: Sequence[Found[ReviewStatus]], *, others: bool) -> Found[ReviewStatus]:
    """The status of a review whose event has a decision, held against what its services say themselves.

    A service's own decision overrides the event's (005010X217, 2000F HCR), so good news at the event
    that the services take back must not be shown as good news. In this order:

    * one service is still open: so is the review;
    * one says what nobody can read: unknown, unless the event certifies a part only;
    * decided against for some, and good news for others: in part, or what the services roll up to
      where nothing is certified;
    * decided against for all: event and services contradict each other, which decides nothing;
    * else the lesser certification: modified at the event and total at the service is legal, and modified.

    An event that brings no good news stands as it is.

    Args:
        event: the event's own decision.
        own: the statuses of the services that have a decision or a rejection of their own.
        others: whether there is a service without one, for which the event's word holds.
    """
    if not own or event.value not in _GOOD_NEWS:
        return event
    status = settled_status(event.value, {each.value for each in own}, others=others)
    if status is event.value:
        return event.under(event.rule, *own)
    deciding = next((each for each in own if each.value is status), event)
    rest = [each for each in (event, *own) if each is not deciding]
    return deciding.named(status).under("the event's decision, held against those of its services", *rest)


def settled_status(event: ReviewStatus, own: AbstractSet[ReviewStatus], *, others: bool) -> ReviewStatus:
    """What `settled` comes to, where nothing is traced: of a reply in FHIR."""
    return event if not own or event not in _GOOD_NEWS else _held_against(event, own, others=others)


def _held_against(event: ReviewStatus, own: AbstractSet[ReviewStatus], *, others: bool) -> ReviewStatus:
    for still_open in _OPEN:
        if still_open in own:
            return still_open
    in_part = event is ReviewStatus.PARTIALLY_APPROVED
    if ReviewStatus.UNKNOWN in own and not in_part:
        return ReviewStatus.UNKNOWN
    every = own | {event} if others else own
    if own & _AGAINST:
        kept = own & CERTIFIED if event in CERTIFIED else own & _GOOD_NEWS
        if not kept and not others:
            return ReviewStatus.UNKNOWN
        return ReviewStatus.PARTIALLY_APPROVED if in_part else together(every)
    if event is ReviewStatus.NOT_REQUIRED:
        return together(every) if own & CERTIFIED else event
    return next(each for each in _LESSER if each in own | {event})


def rolled_up(services: Sequence[Found[ReviewStatus]]) -> Found[ReviewStatus]:
    """The status of a review whose event has no decision; `services` is not empty.

    A pend or a call outweighs everything, because the review is not over; a service of which
    nothing is said leaves the whole unknown.
    """
    said = {each.value for each in services}
    status = said.pop() if len(said) == 1 else together(said)
    deciding = next((each for each in services if each.value is status), services[0])
    rest = (each for each in services if each is not deciding)
    return deciding.named(status).under("rolled up from the services", *rest)


def together(said: AbstractSet[ReviewStatus]) -> ReviewStatus:
    """What several statuses that differ come to, as `rolled_up` says."""
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
    return next(each for each in _WORST if each in said)
