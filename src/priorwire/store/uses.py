"""Services that were given under authorizations. Rows are voided, never deleted."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.gateway.rows import UseRow
from priorwire.model.identifiers import TransactionId, UseId
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import USE
from priorwire.store.session import Session
from priorwire.store.tables import USES

USE_ROWS = RowTable(table=USES, type=UseRow, sealed={"use": USE})


class SqlUses:
    """`gateway.ports.Uses`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: UseRow) -> None:
        USE_ROWS.add(self._session, row)

    def get(self, use_id: UseId) -> UseRow:
        return USE_ROWS.get(self._session, id=use_id)

    def update(self, row: UseRow) -> None:
        USE_ROWS.update(self._session, row)

    def by_key(self, idempotency_key: str) -> UseRow | None:
        return USE_ROWS.find(self._session, idempotency_key=idempotency_key)

    def of(self, transaction_id: TransactionId) -> Sequence[UseRow]:
        return USE_ROWS.of(self._session, USES.c.seq, transaction_id=transaction_id)
