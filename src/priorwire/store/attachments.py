"""Documents on their way to a review."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.gateway.rows import AttachmentRow
from priorwire.model.identifiers import AttachmentId, TransactionId
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import TEXT
from priorwire.store.session import Session
from priorwire.store.tables import ATTACHMENTS

ATTACHMENT_ROWS = RowTable(table=ATTACHMENTS, type=AttachmentRow, sealed={"control_number": TEXT, "description": TEXT})


class SqlAttachments:
    """`gateway.ports.Attachments`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: AttachmentRow) -> None:
        ATTACHMENT_ROWS.add(self._session, row)

    def get(self, attachment_id: AttachmentId) -> AttachmentRow:
        return ATTACHMENT_ROWS.get(self._session, id=attachment_id)

    def update(self, row: AttachmentRow) -> None:
        ATTACHMENT_ROWS.update(self._session, row)

    def by_key(self, idempotency_key: str) -> AttachmentRow | None:
        return ATTACHMENT_ROWS.find(self._session, idempotency_key=idempotency_key)

    def of(self, transaction_id: TransactionId) -> Sequence[AttachmentRow]:
        return ATTACHMENT_ROWS.of(self._session, ATTACHMENTS.c.seq, transaction_id=transaction_id)
