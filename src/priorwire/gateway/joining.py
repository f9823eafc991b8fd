"""Between an answer and the record: what it says of itself, and whose requests that could mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from priorwire.gateway.correlate import Candidate, ReplyKeys
from priorwire.gateway.ports import UnitOfWork
from priorwire.gateway.rows import AnyRecord, TransactionRow
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.identifiers import TransactionId


def keys_of(record: AnyRecord) -> ReplyKeys:
    """What an answer says of itself."""
    numbers: tuple[str | None, ...] = ()
    if isinstance(record, AuthorizationRecord):
        numbers = (record.authorization_number, record.administrative_reference)
    return ReplyKeys(
        reference=record.reference,
        traces=tuple(trace.number for trace in record.traces if trace.returned),
        payer_numbers=tuple(number for number in numbers if number),
    )


def candidates(uow: UnitOfWork, keys: ReplyKeys, called: TransactionRow) -> Sequence[Candidate]:
    """Requests of the tenant that `keys` could mean, the one that was called about among them."""
    return _candidates(uow, keys, called.payer_id, {called.id: called}, called)


def candidates_unasked(uow: UnitOfWork, keys: ReplyKeys, payer_id: str) -> Sequence[Candidate]:
    """The same for an answer that came on no call of ours; also by the reference of an inquiry.

    In a unit of work that only reads: nothing here is locked.
    """
    asked = uow.exchanges.by_reference(keys.reference.strip().upper()) if keys.reference else None
    found: dict[TransactionId, TransactionRow] = {}
    if asked is not None:
        found[asked.transaction_id] = uow.transactions.get(asked.transaction_id)
    return _candidates(uow, keys, payer_id, found, None)


def _candidates(
    uow: UnitOfWork,
    keys: ReplyKeys,
    payer_id: str,
    found: dict[TransactionId, TransactionRow],
    called: TransactionRow | None,
) -> Sequence[Candidate]:
    lookups: list[tuple[Callable[[str], TransactionRow | None], tuple[str, ...]]] = [
        (uow.transactions.by_reference, (keys.reference,) if keys.reference else ()),
        (uow.transactions.by_trace, keys.traces),
    ]
    for look_up, values in lookups:
        for value in values:
            other = look_up(value.strip().upper())
            if other is not None:
                found.setdefault(other.id, other)
    for number in keys.payer_numbers:
        for other in uow.transactions.by_payer_reference(payer_id, number):
            found.setdefault(other.id, other)
    return [_candidate(uow, each, called) for each in found.values()]


def _candidate(uow: UnitOfWork, row: TransactionRow, called: TransactionRow | None) -> Candidate:
    references = {row.reference, *(each.reference for each in uow.exchanges.of(row.id))}
    numbers = {number for number in (row.authorization_number, row.administrative_reference) if number}
    return Candidate(
        transaction_id=row.id,
        references=frozenset(references),
        trace_number=row.trace_number,
        payer_numbers=frozenset(numbers),
        same_call=called is not None and row.id == called.id,
    )
