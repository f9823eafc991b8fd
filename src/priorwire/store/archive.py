"""Payloads as they left or came: sealed, with their hash, never changed. What one is about may be noted later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, bindparam, select, update

from priorwire import crash_points
from priorwire.errors import NotFound, VaultError
from priorwire.gateway.rows import ArchiveRow, Direction
from priorwire.model.identifiers import ArchiveId, TransactionId
from priorwire.store.row_tables import RowTable
from priorwire.store.session import Session
from priorwire.store.tables import ARCHIVE

ARCHIVE_ROWS = RowTable(table=ARCHIVE, type=ArchiveRow)
#: Lists of payloads are read without the payloads.
_WITHOUT_PAYLOAD: list[Column[Any]] = [each for each in ARCHIVE.c if each.name != "payload"]
# Made once, see `row_tables`: every answer is looked for and read back.
_MINE = ARCHIVE.c.tenant == bindparam("of_tenant")
_ONE = select(ARCHIVE).where(_MINE, ARCHIVE.c.id == bindparam("of_id"))
_OF = (
    select(*_WITHOUT_PAYLOAD)
    .where(_MINE, ARCHIVE.c.transaction_id == bindparam("of_transaction"))
    .order_by(ARCHIVE.c.seq)
)


class SqlArchive:
    """`gateway.ports.Archive`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, row: ArchiveRow, payload: bytes) -> None:
        """Raises ValueError where the row's hash or size is not the payload's."""
        if (row.sha256, row.size) != (hashlib.sha256(payload).hexdigest(), len(payload)):
            raise ValueError("the archive row describes another payload")
        crash_points.reach("archive.before")
        ARCHIVE_ROWS.add(self._session, row, payload=payload)
        crash_points.reach("archive.after")

    def get(self, archive_id: ArchiveId) -> tuple[ArchiveRow, bytes]:
        """Raises NotFound; VaultError where the payload is not what was put."""
        which = {"of_tenant": self._session.tenant, "of_id": archive_id}
        found = self._session.execute(_ONE, which).mappings().one_or_none()
        if found is None:
            raise NotFound
        row = ARCHIVE_ROWS.row(self._session.vault, found)
        payload = ARCHIVE_ROWS.opened(self._session.vault, found, "payload")["payload"] or b""
        if hashlib.sha256(payload).hexdigest() != row.sha256:
            raise VaultError("an archived payload does not have the hash that was noted with it")
        return row, payload

    def of(self, transaction_id: TransactionId) -> Sequence[ArchiveRow]:
        which = {"of_tenant": self._session.tenant, "of_transaction": transaction_id}
        return ARCHIVE_ROWS.many(self._session, _OF, which)

    def attribute(self, archive_id: ArchiveId, transaction_id: TransactionId) -> None:
        mine = ARCHIVE.c.tenant == self._session.tenant, ARCHIVE.c.id == archive_id
        unclaimed = update(ARCHIVE).where(*mine, ARCHIVE.c.transaction_id.is_(None))
        self._session.execute(unclaimed.values(transaction_id=transaction_id))

    def disown(self, archive_id: ArchiveId) -> None:
        mine = ARCHIVE.c.tenant == self._session.tenant, ARCHIVE.c.id == archive_id
        came_by_itself = update(ARCHIVE).where(*mine, ARCHIVE.c.exchange_id.is_(None))
        self._session.execute(came_by_itself.values(transaction_id=None))

    def since(self, at: datetime) -> Sequence[ArchiveRow]:
        mine = ARCHIVE.c.tenant == self._session.tenant
        chosen = select(*_WITHOUT_PAYLOAD).where(mine, ARCHIVE.c.direction == Direction.IN, ARCHIVE.c.at >= at)
        return ARCHIVE_ROWS.many(self._session, chosen.order_by(ARCHIVE.c.seq))
