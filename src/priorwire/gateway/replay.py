"""Replay: read archived bytes again with today's code, and show whether it says the same.

Inert by construction: the unit of work is one that the database refuses to write through,
and nothing here has a channel. What it cannot do, it cannot do by accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from priorwire.errors import RemoteX12Error
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.presentation import present_record
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import ArchiveRow, Direction, RecordRow
from priorwire.model.identifiers import ArchiveId, TenantId, TransactionId


class Verdict(Enum):
    """How today's reading compares with the stored one."""

    SAME = "same"
    CHANGED = "changed"
    #: No record was made of it then (an acknowledgment, an answer to an inquiry that changed nothing).
    NOTHING_STORED = "nothing_stored"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """One archived payload, read again."""

    archive_id: ArchiveId
    transaction_id: TransactionId | None
    at: datetime
    verdict: Verdict
    #: Dotted paths of the record that differ. Paths only, no values.
    differs_at: tuple[str, ...] = ()


def replay(
    store: Store, tenant: TenantId, *, of: TransactionId | None = None, since: datetime | None = None
) -> tuple[Replayed, ...]:
    """Read what came in for a transaction, or since a moment, again. Sends nothing, writes nothing.

    Raises:
        NotFound: no such transaction.
    """
    with store.read(tenant) as uow:
        if of is not None:
            uow.transactions.get(of)
            rows = [row for row in uow.archive.of(of) if row.direction is Direction.IN]
        else:
            rows = list(uow.archive.since(since)) if since is not None else []
        return tuple(_again(uow, row) for row in rows if row.content_type == "application/edi-x12")


def _again(uow: UnitOfWork, row: ArchiveRow) -> Replayed:
    _, payload = uow.archive.get(row.id)
    stored = uow.records.read_from(row.id)
    differs: list[str] = []
    now = _read_now(payload)
    for each in stored:
        differs.extend(_differences(each, now))
    if not stored:
        verdict = Verdict.NOTHING_STORED
    else:
        verdict = Verdict.CHANGED if differs else Verdict.SAME
    return Replayed(
        archive_id=row.id,
        transaction_id=row.transaction_id,
        at=row.at,
        verdict=verdict,
        differs_at=tuple(sorted(set(differs))),
    )


def _read_now(payload: bytes) -> dict[int, list[dict[str, object]]]:
    """Records by the ordinal of their set."""
    try:
        return {
            said.ordinal: [present_record(reading.record) for reading in said.readings]
            for said in read_payload(payload)
            if isinstance(said, SetRead)
        }
    except RemoteX12Error:
        return {}


def _differences(stored: RecordRow, now: dict[int, list[dict[str, object]]]) -> list[str]:
    """Where the stored record differs from the nearest one that the set gives today."""
    before = present_record(stored.record)
    today = now.get(stored.transaction_set or 0, [])
    return min((_paths(before, each) for each in today), key=len, default=["(not read any more)"])


def _paths(one: object, other: object, at: str = "") -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        keys = dict.fromkeys((*one, *other))
        return [path for key in keys for path in _paths(one.get(key), other.get(key), f"{at}.{key}".lstrip("."))]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [path for i, (a, b) in enumerate(zip(one, other, strict=True)) for path in _paths(a, b, f"{at}[{i}]")]
    return [] if one == other else [at or "(record)"]
