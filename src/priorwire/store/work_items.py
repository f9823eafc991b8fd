"""What waits for a person: work items, and replies that could not be joined to a request."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.gateway.arrived import UnmatchedRow, UnmatchedState
from priorwire.gateway.rows import WorkItemRow, WorkState
from priorwire.model.identifiers import TransactionId, WorkItemId
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import TEXT, WORK_FIELDS
from priorwire.store.session import Session
from priorwire.store.tables import UNMATCHED, WORK_ITEMS

WORK_ITEM_ROWS = RowTable(table=WORK_ITEMS, type=WorkItemRow, sealed={"fields": WORK_FIELDS})
UNMATCHED_ROWS = RowTable(table=UNMATCHED, type=UnmatchedRow, sealed={"note": TEXT})


class SqlWorkItems:
    """`gateway.ports.WorkItems`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: WorkItemRow) -> None:
        WORK_ITEM_ROWS.add(self._session, row)

    def get(self, work_item_id: WorkItemId) -> WorkItemRow:
        return WORK_ITEM_ROWS.get(self._session, id=work_item_id)

    def update(self, row: WorkItemRow) -> None:
        WORK_ITEM_ROWS.update(self._session, row)

    def listed(self, state: WorkState | None = None) -> Sequence[WorkItemRow]:
        chosen = WORK_ITEM_ROWS.chosen(self._session, {} if state is None else {"state": state})
        return WORK_ITEM_ROWS.many(self._session, chosen.order_by(WORK_ITEMS.c.due_at, WORK_ITEMS.c.seq))

    def of(self, transaction_id: TransactionId) -> Sequence[WorkItemRow]:
        """Oldest first."""
        return WORK_ITEM_ROWS.of(self._session, WORK_ITEMS.c.seq, transaction_id=transaction_id)


class SqlUnmatched:
    """`gateway.ports.Unmatched`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: UnmatchedRow) -> None:
        UNMATCHED_ROWS.add(self._session, row)

    def get(self, unmatched_id: str) -> UnmatchedRow:
        return UNMATCHED_ROWS.get(self._session, id=unmatched_id)

    def update(self, row: UnmatchedRow) -> None:
        UNMATCHED_ROWS.update(self._session, row)

    def listed(self, state: UnmatchedState | None = UnmatchedState.OPEN) -> Sequence[UnmatchedRow]:
        """Oldest first."""
        chosen = UNMATCHED_ROWS.chosen(self._session, {} if state is None else {"state": state})
        return UNMATCHED_ROWS.many(self._session, chosen.order_by(UNMATCHED.c.seq))

    def of_work_item(self, work_item_id: WorkItemId) -> Sequence[UnmatchedRow]:
        """Oldest first."""
        chosen = UNMATCHED_ROWS.chosen(self._session, {"work_item_id": work_item_id})
        return UNMATCHED_ROWS.many(self._session, chosen.order_by(UNMATCHED.c.seq))
