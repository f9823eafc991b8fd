"""When a transaction is looked at next: the payer's cadence, never a guess."""

from __future__ import annotations

from datetime import datetime

from priorwire.gateway.ports import Services
from priorwire.gateway.retry import nth
from priorwire.gateway.rows import TransactionRow
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.lifecycle import Delivery
from priorwire.payers import next_ask


def next_time(services: Services, row: TransactionRow, now: datetime) -> datetime:
    """When to ask the payer about a transaction that has been asked about `row.asks` times."""
    timing = services.profiles[row.payer_id].timing
    if row.delivery is Delivery.UNCERTAIN:
        return now + nth(timing.ask_when_uncertain, row.asks + 1)
    urgency = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    return next_ask(timing, row.asks + 1, urgency or Urgency.ELECTIVE, now)


