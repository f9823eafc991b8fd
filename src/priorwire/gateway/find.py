"""Find transactions by a number that somebody has in hand: at a payer's desk, on a letter, in a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import TransactionRow
from priorwire.model.identifiers import TenantId


class Key(Enum):
    """What the number is."""

    #: Our trace number, or the reference of the transaction.
    TRACE = "trace"
    MEMBER = "member"
    #: What the payer calls it: its authorization number or its administrative reference.
    PAYER_NUMBER = "payer_number"
    #: Of the interchange or the group that it was sent in, or an inquiry about it.
    CONTROL_NUMBER = "control_number"


def find(store: Store, tenant: TenantId, by: Key, value: str, *, limit: int = 50) -> Sequence[TransactionRow]:
    """The tenant's transactions with exactly this number, newest first, at most `limit`.

    Each look-up goes by an index, those of sealed values by a blind one. A number of the wrong form finds nothing.
    """
    with store.read(tenant) as uow:
        found = {row.id: row for row in _LOOK_UPS[by](uow, value.strip(), limit)}
    return sorted(found.values(), key=lambda row: (row.created_at, row.id), reverse=True)[:limit]


def _by_trace(uow: UnitOfWork, value: str, _limit: int) -> Sequence[TransactionRow]:
    found = (uow.transactions.by_trace(value.upper()), uow.transactions.by_reference(value.upper()))
    return [row for row in found if row is not None]


def _by_member(uow: UnitOfWork, value: str, limit: int) -> Sequence[TransactionRow]:
    return uow.transactions.of_member(value, limit=limit)


def _by_payer_number(uow: UnitOfWork, value: str, _limit: int) -> Sequence[TransactionRow]:
    return uow.transactions.by_number(value)


def _by_control_number(uow: UnitOfWork, value: str, limit: int) -> Sequence[TransactionRow]:
    if not (value.isascii() and value.isdigit()) or len(value) > _DIGITS:
        return ()
    exchanges = uow.exchanges.by_control_number(int(value))
    newest = list(dict.fromkeys(each.transaction_id for each in reversed(exchanges)))[:limit]
    return [uow.transactions.get(each) for each in newest]


#: A control number has nine digits at most.
_DIGITS = 9
_LOOK_UPS: Mapping[Key, Callable[[UnitOfWork, str, int], Sequence[TransactionRow]]] = {
    Key.TRACE: _by_trace,
    Key.MEMBER: _by_member,
    Key.PAYER_NUMBER: _by_payer_number,
    Key.CONTROL_NUMBER: _by_control_number,
}
