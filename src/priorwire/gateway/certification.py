"""Until when a certification holds, and whether all that it allows was recorded as given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from priorwire.gateway.authorized import GRANTED
from priorwire.gateway.ledger import ledger_of
from priorwire.gateway.ports import UnitOfWork
from priorwire.gateway.rows import TransactionRow
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest
from priorwire.model.ledger import LedgerLine
from priorwire.model.lifecycle import CERTIFIED

#: A last day is a day at the payer's place. At this time of the next day, UTC, it is over everywhere in the country,
#: American Samoa included.
_OVER_EVERYWHERE = time(12)


def ends_at(uow: UnitOfWork, row: TransactionRow) -> datetime | None:
    """When the certification in force is over; `None` where there is none, or no last day is stated.

    Where its services end on different days, when the last of them does.
    """
    if row.review not in CERTIFIED:
        return None
    latest = uow.records.latest(row.id)
    if latest is None or not isinstance(latest.record, AuthorizationRecord):
        return None
    lines = (each.expiration_date for each in latest.record.services if each.status in GRANTED)
    stated = [each for each in (latest.record.expiration_date, *lines) if each is not None]
    return _over(max(stated)) if stated else None


def _over(last: date) -> datetime | None:
    try:
        return datetime.combine(last + timedelta(days=1), _OVER_EVERYWHERE, UTC)
    except OverflowError:  # the last day that there is: a payer's way to say that it never ends
        return None


def is_used_up(uow: UnitOfWork, row: TransactionRow) -> bool:
    """Whether every service that may be given is recorded as given: nothing is left to renew."""
    latest = uow.records.latest(row.id)
    if not isinstance(row.request, AuthorizationRequest) or latest is None:
        return False
    if not isinstance(latest.record, AuthorizationRecord):
        return False
    held = (each.use for each in uow.uses.of(row.id) if each.voided_at is None)
    lines = [each for each in ledger_of(row.request, latest.record, held).lines if each.status in GRANTED]
    return bool(lines) and all(map(_is_given, lines))


def _is_given(line: LedgerLine) -> bool:
    if line.left is not None:
        return line.left.value <= 0
    return bool(line.used)
