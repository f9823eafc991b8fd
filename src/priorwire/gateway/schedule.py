"""When a transaction is looked at next: the payer's cadence, never a guess."""

from __future__ import annotations

from datetime import datetime

from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.retry import nth
from priorwire.gateway.rows import DueRow, ExchangeState, TransactionRow
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.lifecycle import Delivery
from priorwire.payers import next_ask
from priorwire.payers.profile import Timing


def next_time(services: Services, row: TransactionRow, now: datetime) -> datetime:
    """When to ask the payer about a transaction that has been asked about `row.asks` times."""
    timing = timing_of(services, row)
    if row.delivery is Delivery.UNCERTAIN:
        return now + nth(timing.ask_when_uncertain, row.asks + 1)
    urgency = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    return next_ask(timing, row.asks + 1, urgency or Urgency.ELECTIVE, now)


def timing_of(services: Services, row: TransactionRow) -> Timing:
    """The payer's timing; the usual one where its guide was taken away meanwhile."""
    profile = services.profiles.get(row.payer_id)
    return profile.timing if profile is not None else Timing()


def give_back(services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, at: datetime | None) -> None:
    """Settle `lease`: the row is due at `at`, or at once where another answer waits to be read.

    One may have come meanwhile, from a process that had lost the lease before: see `outbound.keep_answer`.

    Raises:
        StaleFence: another worker has the row by now.
    """
    unread = any(each.state is ExchangeState.ANSWERED for each in uow.exchanges.of(row.id))
    uow.due.settle(lease, services.clock.now() if unread else at)
