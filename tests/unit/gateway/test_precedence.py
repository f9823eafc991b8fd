"""One answer counts, and which one is a function of what was said, never of the order in which it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.precedence import (
    believed,
    contradicted,
    decides,
    in_force,
    level_of,
    numbers,
    reverses,
    takes_back,
)
from priorwire.gateway.rows import RecordRow
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus
from priorwire.model.eligibility import Coverage, CoverageStatus
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import TenantId, TransactionId

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
CAME = datetime(2026, 12, 9, tzinfo=UTC)


def said(status: ReviewStatus, minute: int = 0, *, person: bool = False, **numbered: str) -> RecordRow:
    """An answer that its sender dates `minute` minutes after noon; a person's is dated by when it was entered."""
    moment = NOON + timedelta(minutes=minute)
    return RecordRow(
        tenant=TenantId("practice"),
        transaction_id=TransactionId("auth_1"),
        version=1,
        record=AuthorizationRecord(status=status, **numbered),  # type: ignore[arg-type]  # a test's shorthand
        sources={},
        evidence=Evidence.PERSON_WITH_DOCUMENT if person else Evidence.PAYER_DECIDED,
        archive_id=None,
        interchange=None if person else 1,
        at=moment if person else CAME,
        said_at=None if person else moment,
    )


def recorded(status: ReviewStatus | CoverageStatus) -> AuthorizationRecord | Coverage:
    """What says no more than a status."""
    if isinstance(status, ReviewStatus):
        return AuthorizationRecord(status=status)
    return Coverage(status=status, benefits=())


def history(*answers: RecordRow) -> list[RecordRow]:
    """The answers in the order in which they came."""
    return [replace(each, version=number) for number, each in enumerate(answers, 1)]


def counted(*answers: RecordRow) -> ReviewStatus:
    found = in_force(history(*answers))
    assert found is not None
    assert isinstance(found.record, AuthorizationRecord)
    return found.record.status


A, D, P = ReviewStatus.APPROVED, ReviewStatus.DENIED, ReviewStatus.PENDED
_ANSWERS = st.builds(
    said,
    st.sampled_from(ReviewStatus),
    st.integers(min_value=0, max_value=3),
    person=st.sampled_from([False] * 4 + [True]),
)


@given(st.lists(_ANSWERS, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_no_order_and_no_repetition_changes_what_counts(answers: list[RecordRow], dice: object) -> None:
    shuffled = [*answers, *answers[: len(answers) // 2]]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    assert counted(*shuffled) is counted(*answers)


@pytest.mark.parametrize("statuses", [tuple(ReviewStatus), tuple(CoverageStatus)], ids=["review", "coverage"])
def test_every_status_has_a_place_of_its_own_among_those_of_one_moment(
    statuses: Sequence[ReviewStatus | CoverageStatus],
) -> None:
    for one, other in permutations(statuses, 2):
        rows = [replace(said(A), record=recorded(status)) for status in (one, other)]
        both, turned = in_force(history(*rows)), in_force(history(*reversed(rows)))
        assert both is not None
        assert turned is not None
        assert both.record.status is turned.record.status


def test_of_one_moment_a_refusal_counts_before_silence() -> None:
    silence, refusal = said(ReviewStatus.UNKNOWN), said(ReviewStatus.REJECTED)
    assert counted(silence, refusal) is counted(refusal, silence) is ReviewStatus.REJECTED


@given(st.lists(_ANSWERS, max_size=7))
def test_what_counts_is_one_of_those_that_were_not_withdrawn(answers: list[RecordRow]) -> None:
    kept = history(*answers)
    withdrawn = [replace(each, withdrawn_at=CAME) if each.version % 2 else each for each in kept]
    counts = in_force(withdrawn)
    left = [each for each in withdrawn if each.withdrawn_at is None]
    assert (counts in left) if left else (counts is None)


@given(st.lists(_ANSWERS, min_size=1, max_size=6))
def test_no_approval_is_in_force_that_nobody_said_and_no_decision_gives_way_to_silence(
    answers: list[RecordRow],
) -> None:
    status = counted(*answers)
    assert status in {each.record.status for each in answers}
    if any(map(decides, answers)):
        assert status not in (ReviewStatus.REJECTED, ReviewStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((said(A, 1), said(P, 0)), A),  # a pend that was under way when it was decided
        ((said(A, 0), said(P, 1)), P),  # its own date proves it newer: the payer has taken it up again
        ((said(P, 0), said(A, 0)), A),  # of the same moment the decision counts
        ((said(A, 0), said(D, 1)), D),  # reversed
        ((said(D, 0), said(A, 1)), A),  # overturned on appeal
        ((said(D, 1), said(A, 0)), D),  # the denial came first and was said last
        ((said(A, 0), said(D, 0)), D),  # nothing proves which is the newer: the more cautious
        ((said(A, 0), said(ReviewStatus.REJECTED, 9)), A),
        ((said(A, 0), said(ReviewStatus.UNKNOWN, 9)), A),
        ((said(P, 0), said(ReviewStatus.REJECTED, 9)), ReviewStatus.REJECTED),
        ((said(ReviewStatus.CANCELLED, 0), said(A, 9)), ReviewStatus.CANCELLED),
        ((said(A, 0, person=True), said(P, 9)), A),  # a system that lags does not undo what a letter says
        ((said(A, 0, person=True), said(D, 9)), D),
        ((said(P, 0, person=True), said(P, 9)), P),
    ],
)
def test_the_rule(answers: Sequence[RecordRow], status: ReviewStatus) -> None:
    assert counted(*answers) is status
    assert counted(*reversed(answers)) is status


def test_a_date_that_cannot_be_is_not_believed() -> None:
    assert believed(None, CAME) == CAME
    assert believed(CAME + timedelta(hours=14), CAME) == CAME + timedelta(hours=14)  # a zone ahead of ours
    assert believed(CAME + timedelta(days=400), CAME) == CAME
    assert believed(NOON, CAME) == NOON


def test_decisions_of_the_same_moment_contradict_each_other_and_dated_ones_do_not() -> None:
    same = history(said(A, 0), said(D, 0))
    assert contradicted(same[1], same)
    dated = history(said(A, 0), said(D, 1))
    assert not contradicted(dated[1], dated)
    alike = history(said(A, 0), said(A, 0))
    assert not contradicted(alike[1], alike)
    by_people = history(said(A, 0, person=True), said(D, 5))
    assert contradicted(by_people[1], by_people)
    withdrawn = [replace(same[0], withdrawn_at=CAME), same[1]]
    assert not contradicted(same[1], withdrawn)


@pytest.mark.parametrize(
    ("before", "after", "reversal", "worse"),
    [
        (A, D, True, True),
        (A, ReviewStatus.PARTIALLY_APPROVED, True, True),
        (D, A, True, False),
        (A, A, False, False),
        (P, D, False, False),
        (A, P, False, False),
    ],
)
def test_a_decision_that_gives_way_is_a_reversal(
    before: ReviewStatus, after: ReviewStatus, reversal: bool, worse: bool
) -> None:
    assert reverses(said(before), said(after)) is reversal
    assert takes_back(said(before), said(after)) is worse
    assert not takes_back(None, said(after))


def test_numbers_are_those_of_what_counts_and_else_the_newest() -> None:
    first = said(P, 0, administrative_reference="R1")
    then = said(A, 1, authorization_number="N1")
    last = said(D, 2)
    assert numbers(history(first, then), history(first, then)[1]) == ("N1", "R1")
    assert numbers(history(last, then, first), history(last, then, first)[0]) == ("N1", "R1")
    withdrawn = [replace(each, withdrawn_at=CAME) for each in history(then)]
    assert numbers(withdrawn, None) == (None, None)


def test_what_the_payers_system_gave_is_what_it_is_asked_by() -> None:
    kept = history(
        said(P, 0, administrative_reference="SYSTEM"), said(P, 9, person=True, administrative_reference="CALL")
    )
    assert numbers(kept, kept[1]) == (None, "SYSTEM")


def test_who_stands_behind_an_answer() -> None:
    assert level_of(said(A)) is Evidence.PAYER_DECIDED
    assert level_of(said(P)) is Evidence.PAYER_ACKNOWLEDGED
    assert level_of(said(A, person=True)) is Evidence.PERSON_WITH_DOCUMENT
