"""What follows when a deadline of a transaction passes: the lifecycle moves, or a person is asked, with the rule named.

Nothing is ever sent again because of time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from priorwire.gateway.certification import is_used_up
from priorwire.gateway.changes import GATEWAY, Task, ask_person, save
from priorwire.gateway.deadlines import Due, Matter, deadlines
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AuditRow, TransactionRow, WorkKind
from priorwire.model.lifecycle import (
    ACKNOWLEDGMENT,
    REVIEW_WITHOUT_ANSWER,
    AcknowledgmentEvent,
    CaseState,
    Delivery,
    ReviewEvent,
    advance,
)
from priorwire.payers import Deadline


def reached(services: Services, uow: UnitOfWork, row: TransactionRow, acts_at: datetime | None) -> tuple[Due, ...]:
    """The deadlines that have passed, the earliest first; the gateway's own next act is not one of them."""
    now = services.clock.now()
    every = deadlines(services, uow, row, acts_at)
    return tuple(each for each in every if each.matter is not Matter.ACT and each.at <= now)


def act(services: Services, uow: UnitOfWork, row: TransactionRow, due: Due) -> TransactionRow:
    """The transaction after a deadline has passed, stored."""
    return _ACTS[due.matter](services, uow, row, due)


def no_acknowledgment(due: Due) -> Task:
    """What a person is asked where the payer cannot be asked by machine."""
    return Task(
        kind=WorkKind.STATUS_CHECK,
        instructions="Nothing has acknowledged this request, and the payer cannot be asked by machine "
        f"({due.rule}). Ask the payer whether it has the request, and record what it says. It is not sent again "
        "by itself.",
    )


def _unacknowledged(services: Services, uow: UnitOfWork, row: TransactionRow, _due: Due) -> TransactionRow:
    state = advance(ACKNOWLEDGMENT, row.acknowledgment, AcknowledgmentEvent.WINDOW_PASSED)
    return save(services, uow, row, replace(row, acknowledgment=state), "transaction.acknowledgment_overdue")


def _undecided(services: Services, uow: UnitOfWork, row: TransactionRow, due: Due) -> TransactionRow:
    is_uncertain = row.delivery is Delivery.UNCERTAIN
    news = "it is not known whether it got this request" if is_uncertain else "its system says nothing new"
    instructions = (
        f"The payer should have decided by now ({due.rule}), and {news}. Where it can be asked by machine, it still "
        "is; call the payer, and record what it says."
    )
    kind = WorkKind.UNCERTAIN_DELIVERY if is_uncertain else WorkKind.STATUS_CHECK
    ask_person(services, uow, row, Task(kind=kind, instructions=instructions))
    _note(services, uow, row, "transaction.decision_overdue", due)
    return row


def _ends_soon(services: Services, uow: UnitOfWork, row: TransactionRow, due: Due) -> TransactionRow:
    ask_person(services, uow, row, _renew_or_close(row, "ends soon"))
    _note(services, uow, row, "transaction.certification_ends", due)
    return row


def _ended(services: Services, uow: UnitOfWork, row: TransactionRow, _due: Due) -> TransactionRow:
    assert row.review is not None
    used_up = is_used_up(uow, row)
    review = advance(REVIEW_WITHOUT_ANSWER, row.review, ReviewEvent.CERTIFICATION_ENDED)
    after = replace(row, review=review)
    news = {"review": review.value}
    after = save(services, uow, row, after, "transaction.certification_ended", news=news)
    if used_up:
        _close(services, uow, after)
    else:
        ask_person(services, uow, after, _renew_or_close(after, "has ended"))
    return after


def _renew_or_close(row: TransactionRow, how: str) -> Task:
    due = Deadline(at=row.ends_at, rule="the certification's last day") if row.ends_at is not None else None
    return Task(
        kind=WorkKind.RENEW_OR_CLOSE,
        instructions=f"The certification {how}, and its services are not recorded as given. Ask for a renewal or an "
        "extension; or record what was given, and close the case.",
        due=due,
    )


def _close(services: Services, uow: UnitOfWork, row: TransactionRow) -> None:
    """All that was allowed was recorded as given: there is nothing left to do."""
    now = services.clock.now()
    uow.cases.update(replace(uow.cases.get(row.case_id), state=CaseState.CLOSED, updated_at=now))
    uow.audit.append(
        AuditRow(
            at=now,
            tenant=row.tenant,
            actor=GATEWAY,
            action="case.closed",
            subject=row.case_id,
            detail="the certification ended, and every service of it is recorded as given",
        )
    )


def _note(services: Services, uow: UnitOfWork, row: TransactionRow, action: str, due: Due) -> None:
    uow.audit.append(
        AuditRow(
            at=services.clock.now(), tenant=row.tenant, actor=GATEWAY, action=action, subject=row.id, detail=due.rule
        )
    )


_ACTS: Mapping[Matter, Callable[[Services, UnitOfWork, TransactionRow, Due], TransactionRow]] = {
    Matter.ACKNOWLEDGMENT: _unacknowledged,
    Matter.DECISION: _undecided,
    Matter.RENEWAL: _ends_soon,
    Matter.END: _ended,
}
