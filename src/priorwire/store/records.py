"""Normalized records: versions are appended, never overwritten; beside each stands whether it counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, bindparam, update

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
_COUNTS = RECORDS.c.version == bindparam("counts", type_=Integer)
#: Made once, see `row_tables`.
_PUT_IN_FORCE = (
    update(RECORDS)
    .where(RECORDS.c.tenant == bindparam("of_tenant"), RECORDS.c.transaction_id == bindparam("of_transaction"))
    .where(RECORDS.c.in_force != _COUNTS)
    .values(in_force=_COUNTS)
)


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
        # Versions count from 1: 0 is none.
        which = {"of_tenant": self._session.tenant, "of_transaction": transaction_id, "counts": version or 0}
        self._session.execute(_PUT_IN_FORCE, which)

    def latest(self, transaction_id: TransactionId) -> RecordRow | None:
        found = RECORD_ROWS.of(self._session, _NEWEST, limit=1, transaction_id=transaction_id, in_force=True)
        return next(iter(found), None)

    def history(self, transaction_id: TransactionId) -> Sequence[RecordRow]:
        return RECORD_ROWS.of(self._session, RECORDS.c.version, transaction_id=transaction_id)

    def read_from(self, archive_id: ArchiveId) -> Sequence[RecordRow]:
        return RECORD_ROWS.of(self._session, RECORDS.c.seq, archive_id=archive_id)
