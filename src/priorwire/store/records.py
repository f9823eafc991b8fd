"""Normalized records: versions are appended, never overwritten; beside each stands whether it counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, update

from priorwire.gateway.rows import RecordRow
from priorwire.model.identifiers import ArchiveId, TransactionId
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import RECORD, SOURCES
from priorwire.store.session import Session
from priorwire.store.tables import RECORDS

RECORD_ROWS = RowTable(
    table=RECORDS,
    type=RecordRow,
    key=("transaction_id", "version"),
    sealed={"record": RECORD, "sources": SOURCES},
)
_NEWEST = RECORDS.c.version.desc()


class SqlRecords:
    """`gateway.ports.Records`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, row: RecordRow) -> None:
        """Raises Conflict where that version is there: two workers decided at once, and one of them was first."""
        RECORD_ROWS.add(self._session, row)

    def update(self, row: RecordRow) -> None:
        RECORD_ROWS.update(self._session, row)

    def put_in_force(self, transaction_id: TransactionId, version: int | None) -> None:
        mine = (RECORDS.c.tenant == self._session.tenant, RECORDS.c.transaction_id == transaction_id)
        counts = false() if version is None else RECORDS.c.version == version
        stale = update(RECORDS).where(*mine, RECORDS.c.in_force != counts).values(in_force=counts)
        self._session.execute(stale)

    def latest(self, transaction_id: TransactionId) -> RecordRow | None:
        found = RECORD_ROWS.of(self._session, _NEWEST, limit=1, transaction_id=transaction_id, in_force=True)
        return next(iter(found), None)

    def history(self, transaction_id: TransactionId) -> Sequence[RecordRow]:
        return RECORD_ROWS.of(self._session, RECORDS.c.version, transaction_id=transaction_id)

    def read_from(self, archive_id: ArchiveId) -> Sequence[RecordRow]:
        return RECORD_ROWS.of(self._session, RECORDS.c.seq, archive_id=archive_id)
