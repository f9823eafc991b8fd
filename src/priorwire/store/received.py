"""What came by way of mailboxes: files as they were seen, and the sets that they held."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from priorwire.gateway.arrived import FileState, ReceivedFileRow, ReceivedSetRow, SetState
from priorwire.model.identifiers import ArchiveId, TenantId
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import TEXT
from priorwire.store.session import Session, execute
from priorwire.store.tables import AUDIT_HEADS, EXCHANGES, RECEIVED_FILES, RECEIVED_SETS, TRANSACTIONS

RECEIVED_FILE_ROWS = RowTable(table=RECEIVED_FILES, type=ReceivedFileRow, sealed={"name": TEXT})
RECEIVED_SET_ROWS = RowTable(table=RECEIVED_SETS, type=ReceivedSetRow)


class SqlReceived:
    """`gateway.ports.Received`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_file(self, row: ReceivedFileRow) -> None:
        RECEIVED_FILE_ROWS.add(self._session, row)

    def file(self, file_id: str) -> ReceivedFileRow:
        return RECEIVED_FILE_ROWS.get(self._session, id=file_id)

    def update_file(self, row: ReceivedFileRow) -> None:
        RECEIVED_FILE_ROWS.update(self._session, row)

    def files_there(self, endpoint_id: str) -> Sequence[ReceivedFileRow]:
        chosen = RECEIVED_FILE_ROWS.chosen(self._session, {"endpoint_id": endpoint_id}).where(
            RECEIVED_FILES.c.moved_at.is_(None), RECEIVED_FILES.c.state != FileState.GONE
        )
        return RECEIVED_FILE_ROWS.many(self._session, chosen.order_by(RECEIVED_FILES.c.seq))

    def file_of(self, endpoint_id: str, sha256: str) -> ReceivedFileRow | None:
        """The first; those that repeated it are marked as such."""
        wanted = {"endpoint_id": endpoint_id, "sha256": sha256}
        chosen = RECEIVED_FILE_ROWS.chosen(self._session, wanted).order_by(RECEIVED_FILES.c.seq).limit(1)
        return next(iter(RECEIVED_FILE_ROWS.many(self._session, chosen)), None)

    def files(self, state: FileState, *, limit: int) -> Sequence[ReceivedFileRow]:
        chosen = RECEIVED_FILE_ROWS.chosen(self._session, {"state": state}).order_by(RECEIVED_FILES.c.seq)
        return RECEIVED_FILE_ROWS.many(self._session, chosen.limit(limit))

    def add_set(self, row: ReceivedSetRow) -> None:
        RECEIVED_SET_ROWS.add(self._session, row)

    def set(self, set_id: str) -> ReceivedSetRow:
        return RECEIVED_SET_ROWS.get(self._session, id=set_id)

    def update_set(self, row: ReceivedSetRow) -> None:
        RECEIVED_SET_ROWS.update(self._session, row)

    def set_in(self, archive_id: ArchiveId) -> ReceivedSetRow | None:
        return RECEIVED_SET_ROWS.find(self._session, archive_id=archive_id)

    def sets(self, state: SetState, *, limit: int) -> Sequence[ReceivedSetRow]:
        chosen = RECEIVED_SET_ROWS.chosen(self._session, {"state": state}).order_by(RECEIVED_SETS.c.seq)
        return RECEIVED_SET_ROWS.many(self._session, chosen.limit(limit))

    def sets_of(self, file_id: str) -> Sequence[ReceivedSetRow]:
        chosen = RECEIVED_SET_ROWS.chosen(self._session, {"file_id": file_id})
        return RECEIVED_SET_ROWS.many(self._session, chosen.order_by(RECEIVED_SETS.c.transaction_set))


def owners_of(
    connection: Connection, endpoint_id: str, names: Sequence[str], interchange: int | None, group: int | None
) -> frozenset[TenantId]:
    """Whose messages bear these names or numbers. Crosses tenants on purpose: a mailbox is everybody's."""
    looks = []
    if names:
        named = or_(TRANSACTIONS.c.reference.in_(names), TRANSACTIONS.c.trace_number.in_(names))
        looks.append(select(TRANSACTIONS.c.tenant).where(named))
    for column, number in ((EXCHANGES.c.interchange_number, interchange), (EXCHANGES.c.group_number, group)):
        if number is not None:
            looks.append(select(EXCHANGES.c.tenant).where(EXCHANGES.c.endpoint_id == endpoint_id, column == number))
    return frozenset(TenantId(tenant) for look in looks for tenant in execute(connection, look).scalars())


def tenants(connection: Connection) -> Sequence[TenantId]:
    """Every tenant that was ever written of: each has the head of an audit chain."""
    found = execute(connection, select(AUDIT_HEADS.c.tenant).order_by(AUDIT_HEADS.c.tenant)).scalars()
    return [TenantId(each) for each in found]


def knows_interchange(connection: Connection, endpoint_id: str, number: str, outside: str) -> bool:
    """Whether another file of the mailbox held an interchange of this number."""
    look = select(RECEIVED_SETS.c.id).where(
        RECEIVED_SETS.c.endpoint_id == endpoint_id,
        RECEIVED_SETS.c.interchange_number == number,
        RECEIVED_SETS.c.file_id != outside,
    )
    return execute(connection, look.limit(1)).first() is not None
