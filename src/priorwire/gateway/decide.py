"""What an answer does to a transaction: pure. Row and record in; new row, what is due and what a person is asked out.

A payer's word is appended, never rewritten: an approval may follow a denial, an answer may
come late. `decide` says what it means that an answer came at all; which of all answers counts
says `precedence`, and `stand` makes the row say what that one says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.gateway.changes import Task
from priorwire.gateway.precedence import decides, level_of, numbers
from priorwire.gateway.retry import MAX_ATTEMPTS, payer_is_down
from priorwire.gateway.rows import AnyRecord, RecordRow, TransactionRow, WorkKind
from priorwire.model.authorization import ReviewStatus
from priorwire.model.eligibility import CoverageStatus
from priorwire.model.lifecycle import (
    ACKNOWLEDGMENT,
    DELIVERY,
    REVIEW,
    Acknowledgment,
    AcknowledgmentEvent,
    Delivery,
    DeliveryEvent,
    Review,
    advance,
)
from priorwire.payers import try_again
from priorwire.payers.profile import Timing

#: What a person is asked to do after an answer.
_TASKS = {
    ReviewStatus.DENIED: Task(
        kind=WorkKind.REVIEW_DENIAL,
        instructions="The payer denied the request. Read its reasons; then appeal, or change the plan of treatment.",
    ),
    ReviewStatus.CONTACT_PAYER: Task(
        kind=WorkKind.CONTACT_PAYER,
        instructions="The payer decides this one by telephone. Call the contact in its answer and record what it says.",
    ),
    ReviewStatus.REJECTED: Task(
        kind=WorkKind.CORRECT_AND_RESUBMIT,
        instructions="The request was refused before review: this is not a denial. Correct what the answer names "
        "and submit it again with 'corrects' set to this id.",
    ),
    ReviewStatus.UNKNOWN: Task(
        kind=WorkKind.UNREADABLE_ANSWER,
        instructions="The payer's answer decides nothing that is known here. Read it, and ask the payer what it means.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What follows from an answer."""

    row: TransactionRow
    #: When it is due next; `None` where `ask_next` says, or never.
    due_at: datetime | None = None
    #: Ask the payer again on its cadence.
    ask_next: bool = False
    task: Task | None = None
    #: Whether the answer is a new version of the record.
    keep_record: bool = True


def decide(row: TransactionRow, record: AnyRecord, timing: Timing, now: datetime, *, simulated: bool) -> Decision:
    """What it means that `record` came for `row`: it was received, and answered or put off. Not yet what it says.

    Raises:
        IllegalTransition: the lifecycle has no such move; the caller keeps the answer for a person.
    """
    row = replace(row, simulated=row.simulated or simulated)
    if row.delivery is Delivery.SENDING and only_says_not_now(record) and row.attempts < MAX_ATTEMPTS:
        return _again(row, timing, now)
    return Decision(row=replace(row, delivery=_answered(row), acknowledgment=_received(row.acknowledgment)))


def stand(row: TransactionRow, history: Sequence[RecordRow], counts: RecordRow, now: datetime) -> TransactionRow:
    """`row` as it stands when `counts`, one of `history`, is the answer that counts.

    A request whose place another took stays what it is: its answers are kept, and move nothing.
    """
    if row.review is Review.SUPERSEDED:
        return row
    row = replace(row, evidence=max(row.evidence, level_of(counts)))
    status = counts.record.status
    if isinstance(status, CoverageStatus):
        return replace(row, status=status.value, decided_at=now)
    assert row.review is not None
    authorization_number, administrative_reference = numbers(history, counts)
    return replace(
        row,
        # What ended a review counts for ever (`precedence`), so nothing leads out of its end.
        review=_moved(row.review, status),
        status=status.value,
        authorization_number=authorization_number or row.authorization_number,
        administrative_reference=administrative_reference or row.administrative_reference,
        decided_at=now if decides(counts) else row.decided_at,
    )


def _moved(review: Review, status: ReviewStatus) -> Review:
    return review if review.value == status.value else advance(REVIEW, review, status)


def task_of(status: ReviewStatus | CoverageStatus) -> Task | None:
    """What a person is asked to do after an answer that counts."""
    return _TASKS.get(status) if isinstance(status, ReviewStatus) else None


def only_says_not_now(record: AnyRecord) -> bool:
    """Whether nothing of the request was looked at because the payer is down. A decision on any part says more."""
    refused = record.status in (ReviewStatus.REJECTED, CoverageStatus.REJECTED)
    return refused and payer_is_down(record.rejections)


def _again(row: TransactionRow, timing: Timing, now: datetime) -> Decision:
    """The payer says "not now": the request was not taken, and may be sent again as it is."""
    ready = replace(row, delivery=advance(DELIVERY, row.delivery, DeliveryEvent.NOT_SENT))
    return Decision(row=ready, due_at=try_again(timing, row.attempts, now, key=row.reference), keep_record=False)


def _answered(row: TransactionRow) -> Delivery:
    return advance(DELIVERY, row.delivery, DeliveryEvent.ANSWERED)


def _received(state: Acknowledgment) -> Acknowledgment:
    """An answer to a request is an acknowledgment of its form as well."""
    if state in (Acknowledgment.NONE, Acknowledgment.OVERDUE, Acknowledgment.INTERCHANGE_ACCEPTED):
        return advance(ACKNOWLEDGMENT, state, AcknowledgmentEvent.SET_ACCEPTED)
    return state
