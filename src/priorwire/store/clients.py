"""What belongs to those who call us: API keys, and the idempotency keys that they used."""

from __future__ import annotations

from sqlalchemy import Connection, select

from priorwire.gateway.rows import ApiKeyRow, IdempotencyRow
from priorwire.store.row_tables import RowTable
from priorwire.store.session import Session, execute
from priorwire.store.tables import API_KEYS, IDEMPOTENCY
from priorwire.store.vault import Vault

API_KEY_ROWS = RowTable(table=API_KEYS, type=ApiKeyRow)
IDEMPOTENCY_ROWS = RowTable(table=IDEMPOTENCY, type=IdempotencyRow, key=("key",))


class SqlApiKeys:
    """`gateway.ports.ApiKeys`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: ApiKeyRow) -> None:
        API_KEY_ROWS.add(self._session, row)


class SqlIdempotency:
    """`gateway.ports.Idempotency`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key: str) -> IdempotencyRow | None:
        return IDEMPOTENCY_ROWS.find(self._session, key=key)

    def add(self, row: IdempotencyRow) -> None:
        """Raises Conflict where another request was first with this key."""
        IDEMPOTENCY_ROWS.add(self._session, row)


def active_key(connection: Connection, vault: Vault, digest: str) -> ApiKeyRow | None:
    """The active key of that digest. Crosses tenants on purpose: the key says whose request it is."""
    chosen = select(API_KEYS).where(API_KEYS.c.digest == digest, API_KEYS.c.active.is_(True))
    found = execute(connection, chosen).mappings().one_or_none()
    return None if found is None else API_KEY_ROWS.row(vault, found)
