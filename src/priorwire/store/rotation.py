"""Moves stored records to a new key: the sweeps that follow a change of the key ring.

Each batch is a transaction of its own, and what is done stays done: a sweep that was
interrupted is simply started again. Both run beside live traffic.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Table, or_, select, update

from priorwire.store.archive import ARCHIVE_ROWS
from priorwire.store.attachments import ATTACHMENT_ROWS
from priorwire.store.received import RECEIVED_FILE_ROWS
from priorwire.store.records import RECORD_ROWS
from priorwire.store.row_tables import RowTable
from priorwire.store.session import execute
from priorwire.store.transactions import TRANSACTION_ROWS
from priorwire.store.uses import USE_ROWS
from priorwire.store.vault import Vault
from priorwire.store.webhooks import ENDPOINT_ROWS
from priorwire.store.work_items import UNMATCHED_ROWS, WORK_ITEM_ROWS

#: Every table with sealed columns. A test proves that none is missing.
SEALED_TABLES: tuple[RowTable[Any], ...] = (
    TRANSACTION_ROWS,
    RECORD_ROWS,
    USE_ROWS,
    ATTACHMENT_ROWS,
    ARCHIVE_ROWS,
    ENDPOINT_ROWS,
    WORK_ITEM_ROWS,
    UNMATCHED_ROWS,
    RECEIVED_FILE_ROWS,
)

#: Handles at most so many rows in one transaction; gives how many it did.
Batch = Callable[[Connection, Vault, int], int]


def sweep(transaction: Callable[[], AbstractContextManager[Connection]], step: Batch, vault: Vault, batch: int) -> int:
    """Repeat `step` until nothing is left; how many rows it handled in all."""
    total = 0
    while True:
        with transaction() as connection:
            done = step(connection, vault, batch)
        total += done
        if done < batch:
            return total


def rewrap(connection: Connection, vault: Vault, limit: int) -> int:
    """Wrap the data keys of up to `limit` records by the current key; the sealed columns stay as they are."""
    done = 0
    for rows in SEALED_TABLES:
        table = rows.table
        keys = (table.c.seq, table.c.tenant, table.c.key_id, table.c.data_key, *(table.c[name] for name in rows.key))
        stale = select(*keys).where(table.c.key_id != vault.wrapping_key_id).limit(limit - done)
        for found in execute(connection, stale.with_for_update(skip_locked=True)).mappings().all():
            place = rows.place(found["tenant"], [found[name] for name in rows.key])
            key_id, data_key = vault.rewrap(place, found["key_id"], found["data_key"])
            _store(connection, table, found["seq"], {"key_id": key_id, "data_key": data_key})
            done += 1
    return done


def reindex(connection: Connection, vault: Vault, limit: int) -> int:
    """Make the blind indexes of up to `limit` records by the current key."""
    rows, table = TRANSACTION_ROWS, TRANSACTION_ROWS.table
    columns = [table.c[f"{name}_index"] for name in rows.indexed]
    current = f"{vault.index_key_id}:%"
    stale = select(table).where(or_(*(column.not_like(current) for column in columns))).limit(limit)
    found = execute(connection, stale.with_for_update(skip_locked=True)).mappings().all()
    for each in found:
        _store(connection, table, each["seq"], rows.indexes(vault, rows.row(vault, each)))
    return len(found)


def _store(connection: Connection, table: Table, seq: int, values: dict[str, Any]) -> None:
    execute(connection, update(table).where(table.c.seq == seq).values(values))
