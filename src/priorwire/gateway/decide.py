"""What an answer does to a transaction: pure. Row and record in; new row, what is due and what a person is asked out.

A payer's word is appended, never rewritten: an approval may follow a denial, an answer may
come late. What the latest answer says is the row's status; the history keeps the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.gateway.changes import Task
from priorwire.gateway.retry import MAX_ATTEMPTS, nth, payer_is_down
from priorwire.gateway.rows import AnyRecord, TransactionRow, WorkKind
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus
from priorwire.model.eligibility import Coverage, CoverageStatus
from priorwire.model.evidence import Evidence
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
from priorwire.payers.profile import Timing

#: Answers that are the payer's own decision; the others only prove that it got the request.
_DECISIONS = frozenset(
    {
        ReviewStatus.APPROVED,
        ReviewStatus.APPROVED_MODIFIED,
        ReviewStatus.PARTIALLY_APPROVED,
        ReviewStatus.DENIED,
        ReviewStatus.CANCELLED,
        ReviewStatus.NOT_REQUIRED,
    }
)
_COVERAGE_ANSWERS = frozenset({CoverageStatus.ACTIVE, CoverageStatus.INACTIVE, CoverageStatus.NOT_FOUND})

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
    """What `record`, joined to `row`, does to it.

    Raises:
        IllegalTransition: the lifecycle has no such move; the caller keeps the answer for a person.
    """
    row = replace(row, simulated=row.simulated or simulated)
    if row.delivery is Delivery.SENDING and only_says_not_now(record) and row.attempts < MAX_ATTEMPTS:
        return _again(row, timing, now)
    row = replace(row, delivery=_answered(row), acknowledgment=_received(row.acknowledgment))
    if isinstance(record, Coverage):
        return Decision(row=_covered(row, record, now))
    return _reviewed(row, record, now)


def only_says_not_now(record: AnyRecord) -> bool:
    """Whether nothing of the request was looked at because the payer is down. A decision on any part says more."""
    refused = record.status in (ReviewStatus.REJECTED, CoverageStatus.REJECTED)
    return refused and payer_is_down(record.rejections)


def was_overtaken(row: TransactionRow, record: AnyRecord, asked_at: datetime) -> bool:
    """Whether `record`, asked for at `asked_at`, decides nothing that was not decided since.

    An answer may arrive after one that was asked for later, or after a person's report.
    """
    newer = row.decided_at is not None and row.decided_at > asked_at
    return newer and isinstance(record, AuthorizationRecord) and record.status not in _DECISIONS


def _again(row: TransactionRow, timing: Timing, now: datetime) -> Decision:
    """The payer says "not now": the request was not taken, and may be sent again as it is."""
    ready = replace(row, delivery=advance(DELIVERY, row.delivery, DeliveryEvent.NOT_SENT))
    return Decision(row=ready, due_at=now + nth(timing.try_again_after, row.attempts), keep_record=False)


def _answered(row: TransactionRow) -> Delivery:
    return advance(DELIVERY, row.delivery, DeliveryEvent.ANSWERED)


def _received(state: Acknowledgment) -> Acknowledgment:
    """An answer to a request is an acknowledgment of its form as well."""
    if state in (Acknowledgment.NONE, Acknowledgment.OVERDUE, Acknowledgment.INTERCHANGE_ACCEPTED):
        return advance(ACKNOWLEDGMENT, state, AcknowledgmentEvent.SET_ACCEPTED)
    return state


def _covered(row: TransactionRow, coverage: Coverage, now: datetime) -> TransactionRow:
    decided = coverage.status in _COVERAGE_ANSWERS
    level = Evidence.PAYER_DECIDED if decided else Evidence.PAYER_ACKNOWLEDGED
    return replace(row, status=coverage.status.value, evidence=max(row.evidence, level), decided_at=now)


def _reviewed(row: TransactionRow, record: AuthorizationRecord, now: datetime) -> Decision:
    if row.review in (Review.SUPERSEDED, Review.CANCELLED):
        return Decision(row=row)  # a late answer: kept in the history, moves nothing
    assert row.review is not None
    decided = record.status in _DECISIONS
    level = Evidence.PAYER_DECIDED if decided else Evidence.PAYER_ACKNOWLEDGED
    after = replace(
        row,
        review=advance(REVIEW, row.review, record.status),
        status=record.status.value,
        evidence=max(row.evidence, level),
        authorization_number=record.authorization_number or row.authorization_number,
        administrative_reference=record.administrative_reference or row.administrative_reference,
        decided_at=now if decided else row.decided_at,
    )
    return Decision(row=after, ask_next=record.status is ReviewStatus.PENDED, task=_TASKS.get(record.status))
