"""The payers' side of the record: what they were asked to review, and what they make of it.

In memory; `clearinghouse` rebuilds it from the journal after a restart. The numbers that a payer
gives are derived from the seed and the request's own reference, so that the same traffic gets the
same numbers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from .asked import Asked, Level
from .scenarios import Scenario, Verdict, opposite


@dataclass(frozen=True, kw_only=True)
class Review:
    """One review as the payer holds it."""

    #: The request that opened it.
    asked: Asked
    #: Who asked, by ISA06 of that request.
    sender: str
    scenario: Scenario
    received_at: datetime
    #: HCR02, once something is granted.
    authorization_number: str
    #: REF*NT.
    administrative_reference: str
    #: When more information came for a pended review: it is decided from then on.
    supplied_at: datetime | None = None
    cancelled_at: datetime | None = None
    #: When the payer thought again, and what it says since.
    overturned_at: datetime | None = None
    overturned: Verdict | None = None

    @property
    def event(self) -> Level:
        """The event that is reviewed."""
        return self.asked.event or Level(code="EV", segments=())

    def verdict(self, now: datetime) -> Verdict:
        """What the payer says of it at `now`."""
        if self.cancelled_at is not None:
            return Verdict(action="C")
        if self.overturned is not None:
            return self.overturned
        if self.supplied_at is not None and self.scenario.later is not None:
            return self.scenario.later
        return self.scenario.verdict(now - self.received_at)

    def decided_at(self, now: datetime) -> datetime:
        """When the verdict of `now` was reached."""
        if self.verdict(now) is self.scenario.first:
            return self.received_at
        return self.cancelled_at or self.overturned_at or self.supplied_at or self.received_at + self.scenario.after


class ReviewBook:
    """Every review. Not thread-safe: the clearinghouse calls it under its lock."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._reviews: dict[tuple[str, str], Review] = {}
        self._of_member: dict[str, list[tuple[str, str]]] = {}

    def open(self, asked: Asked, *, sender: str, scenario: Scenario, now: datetime) -> Review:
        """Take up a request."""
        number = self._number(sender, asked.reference)
        review = Review(
            asked=asked,
            sender=sender,
            scenario=scenario,
            received_at=now,
            authorization_number=f"SIM{number:010}",
            administrative_reference=f"NT{number:010}",
        )
        key = self._key(review)
        self._reviews[key] = review
        self._of_member.setdefault(asked.member, []).append(key)
        return review

    def same(self, asked: Asked, sender: str) -> Review | None:
        """The review that a request with this very reference opened."""
        return self._reviews.get((sender, asked.reference)) if asked.reference else None

    def quoted(self, asked: Asked) -> Review | None:
        """The newest review of this member whose number the message quotes (REF*BB, REF*NT)."""
        numbers = {*asked.previous}
        for review in reversed(self._of(asked.member)):
            if numbers & {review.authorization_number, review.administrative_reference}:
                return review
        return None

    def cancel(self, review: Review, now: datetime) -> Review:
        """Withdraw it."""
        return self._change(replace(review, cancelled_at=now))

    def supply(self, review: Review, now: datetime) -> Review:
        """Take in further information (UM02 S): a pended review is decided from now on."""
        return self._change(replace(review, supplied_at=now))

    def overturn(self, reference: str, now: datetime) -> Review:
        """Decide the newest review of this reference the other way round.

        Raises:
            LookupError: there is none.
        """
        found = [review for review in self._reviews.values() if review.asked.reference == reference]
        if not found:
            raise LookupError("no review was opened by a request of this reference")
        turned = opposite(found[-1].verdict(now))
        return self._change(replace(found[-1], overturned_at=now, overturned=turned))

    def of_member(self, member: str) -> tuple[Review, ...]:
        """Every review of a member, newest first."""
        return tuple(reversed(self._of(member)))

    def like(self, asked: Asked) -> tuple[Review, ...]:
        """Those that an inquiry means, oldest first.

        By a quoted number where there is one; else by a trace or reference of the request;
        else by example: the member, and every one of requester, procedures and dates that the
        inquiry gives.
        """
        if asked.previous:
            found = self.quoted(asked)
            return (found,) if found else ()
        mine = self._of(asked.member)
        named = [review for review in mine if _names(asked, review.asked)]
        return tuple(named or (review for review in mine if _is_example(asked, review.asked)))

    def _of(self, member: str) -> list[Review]:
        return [self._reviews[key] for key in self._of_member.get(member, ())]

    def _key(self, review: Review) -> tuple[str, str]:
        # Without a BHT03 nothing can be the same request again: the number keeps the keys apart.
        return review.sender, review.asked.reference or review.administrative_reference

    def _change(self, new: Review) -> Review:
        self._reviews[self._key(new)] = new
        return new

    def _number(self, sender: str, reference: str) -> int:
        seeded = f"{self._seed}:{sender}:{reference}:{len(self._reviews) if not reference else ''}"
        return int.from_bytes(hashlib.sha256(seeded.encode()).digest()[:4])


def _names(inquiry: Asked, request: Asked) -> bool:
    """Whether the inquiry carries the request's own BHT03 or one of its traces."""
    quoted = {inquiry.reference, *(trace.element(2).strip() for trace in inquiry.traces)}
    known = {request.reference, *(trace.element(2).strip() for trace in request.traces)}
    return bool((quoted & known) - {""})


def _is_example(inquiry: Asked, request: Asked) -> bool:
    return (
        inquiry.requester_id in ("", request.requester_id)
        and {*inquiry.procedures} <= {*request.procedures}
        and all(_overlaps(span, request.dates) for span in inquiry.dates)
    )


def _overlaps(span: tuple[str, str], others: tuple[tuple[str, str], ...]) -> bool:
    """Whether two spans of days (CCYYMMDD, which sorts like time) share one; true of a request without dates."""
    return not others or any(start <= span[1] and span[0] <= end for start, end in others)
