"""When a transaction is looked at next: the payer's cadence and deadlines, never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from priorwire.gateway.deadlines import deadlines
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import DueRow, ExchangeRow, ExchangeState, TransactionRow
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.lifecycle import Delivery
from priorwire.payers import decision_due, next_ask, next_ask_uncertain
from priorwire.payers.profile import Timing


def next_time(services: Services, row: TransactionRow, now: datetime) -> datetime:
    """When to ask the payer about a transaction that has been asked about `row.asks` times."""
    timing, nth = timing_of(services, row), row.asks + 1
    if row.delivery is Delivery.UNCERTAIN:
        return next_ask_uncertain(timing, nth, now, key=row.reference)
    stated = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    urgency = stated or Urgency.ELECTIVE
    profile = services.profiles.get(row.payer_id)
    # Of a request that was sent later than it came the true deadline is later: the spread keeps clear of both.
    by = decision_due(profile, urgency, row.created_at).at if profile is not None else None
    return next_ask(timing, nth, urgency, now, key=row.reference, by=by)


def timing_of(services: Services, row: TransactionRow) -> Timing:
    """The payer's timing; the usual one where its guide was taken away meanwhile."""
    profile = services.profiles.get(row.payer_id)
    return profile.timing if profile is not None else Timing()


def give_back(services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, at: datetime | None) -> None:
    """Settle `lease`: the row is due at the earliest of its deadlines, or at once where another answer waits.

    An answer may have come meanwhile, from a process that had lost the lease before: see `outbound.keep_answer`.

    Args:
        services: what every use case is handed.
        uow: in which the row was, or is about to be, stored.
        lease: under which the caller had it.
        row: the transaction as it is from now on.
        at: when the gateway sends or asks next; `None` where it does not by itself.

    Raises:
        StaleFence: another worker has the row by now.
    """
    exchanges = uow.exchanges.of(row.id)
    note_dead(services, uow, exchanges, before=lease.fence)
    if any(each.state is ExchangeState.ANSWERED for each in exchanges):
        uow.due.settle(lease, services.clock.now())
        return
    first = next(iter(deadlines(services, uow, row, at)), None)
    uow.due.settle(lease, first.at if first is not None else None, at)


def note_dead(services: Services, uow: UnitOfWork, exchanges: Sequence[ExchangeRow], *, before: int) -> None:
    """Exchanges that began under an earlier fence and have not ended are over: nobody waits for their answer any more.

    Should the process live after all, its answer is kept and read all the same.
    """
    for each in exchanges:
        if each.state is ExchangeState.SENDING and each.fence < before:
            uow.exchanges.update(
                replace(
                    each,
                    state=ExchangeState.DIED,
                    detail="the process that sent it died before it could tell",
                    ended_at=services.clock.now(),
                )
            )
