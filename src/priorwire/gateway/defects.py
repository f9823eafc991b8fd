"""When our own code fails over a row: so many tries, and then a person. No row is tried for ever.

What a payer or a network does is an outcome, and never gets here. What gets here is a defect
of ours, or a guide that no longer fits. The rows behind it must not wait for it, and the row
itself must not lie there: each claim raises its fence, and by the fence the tries are counted.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from priorwire.errors import PriorwireError, StoreError, VaultError
from priorwire.gateway import outbound
from priorwire.gateway.arrived import FileState
from priorwire.gateway.changes import Task, ask_person
from priorwire.gateway.follow_up import question_of
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.received_sets import quarantine
from priorwire.gateway.retry import MAX_ASKS_WHEN_UNCERTAIN
from priorwire.gateway.rows import DueRow, ExchangeRow, ExchangeState, Purpose, TransactionRow, WorkKind
from priorwire.gateway.schedule import give_back, next_time, timing_of
from priorwire.model.identifiers import TransactionId
from priorwire.model.lifecycle import Delivery, Review
from priorwire.payers import try_again
from priorwire.payers.profile import Timing

_log = logging.getLogger(__name__)

#: How often a row is tried that our own code fails over.
MAX_TRIES = 5
_OURS = "priorwire itself failed over it, several times."
_STATUS_CHECK = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions=f"{_OURS} Look up where the review stands (portal or telephone) and record it. "
    "An integration engineer finds the defect in the log.",
)


def is_defect(error: Exception) -> bool:
    """Whether it is about this row. The database's own trouble is not: it passes, or stops every row alike."""
    return not isinstance(error, StoreError) or isinstance(error, VaultError)


def note_defect(services: Services, lease: DueRow, error: Exception) -> None:
    """Give a transaction back that our own code failed over: later again, or to a person.

    Raises:
        StaleFence: another worker has the row by now.
    """
    # The kind only: a message of a library can quote whatever it was given.
    _log.error(
        "A transaction's step failed.",
        extra={"action": "step_defect", "subject": lease.id, "fence": lease.fence, "error": type(error).__name__},
    )
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(TransactionId(lease.id))
        exchanges = uow.exchanges.of(row.id)
        last = exchanges[-1] if exchanges else None
        tries = lease.fence - (last.fence if last else 0)
        if last is not None and tries == 0 and last.purpose is Purpose.INQUIRE:
            _inquiry_failed(services, uow, lease, row, last)
        elif tries < MAX_TRIES:
            give_back(services, uow, lease, row, _again_at(services, row, tries))
        else:
            _hand_over(services, uow, lease, row)


def _again_at(services: Services, row: TransactionRow, tries: int) -> datetime:
    return try_again(timing_of(services, row), max(tries, 1), services.clock.now(), key=row.reference)


def _inquiry_failed(services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, last: ExchangeRow) -> None:
    """In the middle of an inquiry: asked no sooner than one that was not answered, and not as often as one."""
    now = services.clock.now()
    if last.state is ExchangeState.SENDING:
        failed = replace(last, state=ExchangeState.UNCERTAIN, detail="priorwire failed over it", ended_at=now)
        uow.exchanges.update(failed)
    if row.delivery is Delivery.UNCERTAIN and row.asks >= MAX_ASKS_WHEN_UNCERTAIN:
        _hand_over(services, uow, lease, row)
        return
    if row.delivery is not Delivery.UNCERTAIN:
        ask_person(services, uow, row, _STATUS_CHECK)
    give_back(services, uow, lease, row, next_time(services, row, now))


def _hand_over(services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow) -> None:
    if row.delivery is Delivery.READY:
        outbound.stop(services, uow, lease, row, PriorwireError(_OURS))
        return
    if row.delivery in (Delivery.SENDING, Delivery.UNCERTAIN):
        ask_person(services, uow, row, question_of(replace(row, delivery=Delivery.UNCERTAIN)))
    elif row.review in (Review.SUBMITTED, Review.PENDED):
        ask_person(services, uow, row, _STATUS_CHECK)
    give_back(services, uow, lease, row, None)


def note_set_defect(services: Services, lease: DueRow, error: Exception) -> None:
    """Give a received set back that our own code failed over: later again, or to quarantine. It blocks no other.

    Raises:
        StaleFence: another worker has it by now.
    """
    _say(lease, error)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.received.set(lease.id)
        failed = replace(row, failures=row.failures + 1, updated_at=services.clock.now())
        uow.received.update_set(failed)
        if failed.failures < MAX_TRIES:
            uow.due.settle(lease, try_again(Timing(), failed.failures, services.clock.now(), key=failed.id))
            return
    quarantine(services, lease, f"{_OURS} ({type(error).__name__})")


def note_file_defect(services: Services, lease: DueRow, error: Exception) -> None:
    """The same for a file. A folder that cannot be written is no defect of the file's: it is tried on.

    Raises:
        StaleFence: another worker has it by now.
    """
    _say(lease, error)
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.received.file(lease.id)
        failed = replace(row, failures=row.failures + 1, updated_at=now)
        if failed.failures >= MAX_TRIES and not isinstance(error, OSError):
            cause = f"{_OURS} ({type(error).__name__})"
            failed = replace(failed, state=FileState.QUARANTINED, cause=cause)
        uow.received.update_file(failed)
        over = failed.state is FileState.QUARANTINED
        uow.due.settle(lease, None if over else try_again(Timing(), failed.failures, now, key=failed.id))


def _say(lease: DueRow, error: Exception) -> None:
    _log.error(
        "The step of something received failed.",
        extra={"action": "step_defect", "subject": lease.id, "fence": lease.fence, "error": type(error).__name__},
    )
