"""What the payers say: each question put to the payer's books, and what the books are afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from priorwire.x12.segments import Delimiters, Segment

from .answer_270 import answer_270
from .answer_278 import Answer, answer_inquiry, answer_request
from .asked import Asked, Kind
from .attachments import Delivered, Filed, announces, wants
from .faults import LATE_BY, Fault
from .reviews import Review, ReviewBook
from .scenarios import DENIED, IN_REVIEW, Rejection, Scenario, Verdict, opposite

#: What is said of a payer that cannot be asked (list 901), and whether the original may be sent again (889).
DOWN = {
    Fault.AAA_42: Rejection(loop="2010A", reason="42", follow_up="P"),
    Fault.AAA_80: Rejection(loop="2010A", reason="80", follow_up="R"),
}


class Payers:
    """Every payer behind the clearinghouse. Not thread-safe: the clearinghouse calls it under its lock."""

    def __init__(self, seed: int) -> None:
        self.reviews = ReviewBook(seed)

    def answer(self, asked: Asked, scenario: Scenario, sender: str, *, at: datetime, delimiters: Delimiters) -> Answer:
        """What a payer answers to a question that reaches it at `at`."""
        if asked.kind is Kind.ELIGIBILITY:
            segments = answer_270(asked, scenario, at=at, delimiters=delimiters)
            return Answer(segments=segments, summary=_said_of_coverage(scenario))
        if asked.kind is Kind.INQUIRY:
            rejection = scenario.eligibility_rejection
            found = () if rejection else self.reviews.like(asked)
            return answer_inquiry(asked, found, rejection, at=at, delimiters=delimiters)
        review, verdict = self._reviewed(asked, scenario, sender, at)
        return answer_request(asked, review, verdict, at=at, delimiters=delimiters)

    def file(self, brought: Delivered, document: Filed, at: datetime) -> str:
        """Where a document is filed, in words; a review that waited for it is decided from now on."""
        if not document.is_whole or not document.content:
            return "not whole"
        for review in self.reviews.of_member(brought.member):
            if review.verdict(at).pended and wants(review, document):
                self.reviews.supply(review, at)
                return "asked for"
            if announces(review, document):
                return "announced"
        return "no review has this number"

    def _reviewed(self, asked: Asked, scenario: Scenario, sender: str, at: datetime) -> tuple[Review | None, Verdict]:
        before = self.reviews.same(asked, sender)
        if before:
            return before, Verdict(action="A3", reasons=("0Q",))
        if asked.cancels or (asked.certification_type != "I" and asked.previous):
            found = self.reviews.quoted(asked)
            if found is None and not asked.names_held:
                return None, Verdict(rejection=Rejection(loop="2000E", reason="AA", follow_up="C"))
            if found and (asked.cancels or found.verdict(at).pended):
                return self._followed_up(asked, found, at)
        return self._taken_up(asked, scenario, sender, at)

    def _taken_up(self, asked: Asked, scenario: Scenario, sender: str, at: datetime) -> tuple[Review | None, Verdict]:
        verdict = scenario.verdict(timedelta())
        if verdict.rejection:
            return None, verdict
        opened = self.reviews.open(asked, sender=sender, scenario=scenario, now=at)
        if asked.cancels:  # of a review from before the simulator was started
            opened = self.reviews.cancel(opened, at)
        return opened, opened.verdict(at)

    def _followed_up(self, asked: Asked, found: Review, at: datetime) -> tuple[Review, Verdict]:
        """A cancellation, or more about a review that is not decided yet."""
        changed = self.reviews.cancel(found, at) if asked.cancels else self.reviews.supply(found, at)
        return changed, changed.verdict(at)


def refused_for_now(
    asked: Asked, fault: Fault, scenario: Scenario, *, at: datetime, delimiters: Delimiters
) -> list[Segment]:
    """What is answered in the place of a payer that cannot be asked (`DOWN`)."""
    rejection = DOWN[fault]
    if asked.kind is Kind.ELIGIBILITY:
        return answer_270(asked, replace(scenario, eligibility_rejection=rejection), at=at, delimiters=delimiters)
    if asked.kind is Kind.INQUIRY:
        return answer_inquiry(asked, (), rejection, at=at, delimiters=delimiters).segments
    return answer_request(asked, None, Verdict(rejection=rejection), at=at, delimiters=delimiters).segments


def turned(scenario: Scenario, fault: Fault | None) -> Scenario:
    """The row as a fault turns it: decided later (`Fault.PENDED_FIRST`), or otherwise later (`Fault.REVERSED`).

    A row that refuses, or that pends by itself, stays as it is.
    """
    first = scenario.first
    if first.rejection or first.pended:
        return scenario
    if fault is Fault.PENDED_FIRST:
        return replace(scenario, first=IN_REVIEW, later=first, after=LATE_BY)
    if fault is Fault.REVERSED and (first.granted or first.action == DENIED.action):
        return replace(scenario, later=opposite(first), after=LATE_BY)
    return scenario


def _said_of_coverage(scenario: Scenario) -> str:
    if scenario.eligibility_rejection:
        return scenario.eligibility_rejection.summary
    return f"EB {scenario.coverage.value or 'none'}"
