"""The record as a whole: one class for SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from priorwire.clock import Clock
from priorwire.errors import NoTenant
from priorwire.gateway.endpoints_state import Backlog
from priorwire.gateway.orphans import Orphan
from priorwire.gateway.ports import UnitOfWork
from priorwire.gateway.rows import ApiKeyRow, DueRow
from priorwire.model.identifiers import TenantId
from priorwire.store import audit, due_index, endpoints, migrations, nodes, owners, received, rotation
from priorwire.store.audit import ChainHead, ChainVerdict
from priorwire.store.clients import active_key
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.tables import API_KEYS, ARCHIVE
from priorwire.store.transactions import owner_of
from priorwire.store.unit_of_work import SqlUnitOfWork, reading, writing
from priorwire.store.vault import Vault
from priorwire.write_lock import NoLock, write_lock_of


class SqlStore:
    """`gateway.ports.Store` on the database at `url`.

    Opening it connects to nothing and checks nothing: `check_schema` does, or `upgrade` for a new database.

    Raises:
        ConfigurationError: the address is no SQLite file's and no PostgreSQL database's.
    """

    def __init__(self, url: str, vault: Vault, clock: Clock) -> None:
        self._url = parsed_url(url)
        self._engines = open_engines(self._url)
        self._vault = vault
        self._clock = clock
        is_file = self._url.get_backend_name() == "sqlite"
        self._lock = write_lock_of(Path(self._url.database or "")) if is_file else NoLock()

    # ------------------------------------------------------------ the port

    def work(self, tenant: TenantId) -> UnitOfWork:
        """A unit of work that may write. On SQLite, one at a time: the second waits for the first."""
        transaction = writing(self._engines.writing, self._lock)
        return SqlUnitOfWork(transaction, _named(tenant), self._vault, self._clock, writes=True)

    def read(self, tenant: TenantId) -> UnitOfWork:
        """A unit of work that cannot write; it sees the record as it stands at its first look."""
        transaction = reading(self._engines.reading)
        return SqlUnitOfWork(transaction, _named(tenant), self._vault, self._clock, writes=False)

    def claim(
        self, now: datetime, lease: timedelta, limit: int, enqueue: Callable[[object, DueRow], None]
    ) -> Sequence[DueRow]:
        """Claim due rows of all tenants; `enqueue` gets the open SQLAlchemy connection and a row."""
        with writing(self._engines.writing, self._lock) as connection:
            return due_index.claim_due_rows(connection, now, lease, limit, enqueue)

    def next_due(self) -> datetime | None:
        """When the earliest row is due, over all tenants."""
        with reading(self._engines.reading) as connection:
            return due_index.earliest(connection)

    def put_off_due(self, partition: str, now: datetime, pace: timedelta, waits_for: str) -> int:
        """Spread what is due to leave for an endpoint over the time from now on, by their ids; how many rows."""
        return self._spread(due_index.due_to_leave(partition, now), now, lambda _: pace, waits_for)

    def bring_back(self, waits_for: str, now: datetime, pace: Callable[[str], timedelta]) -> int:
        """Make due what waits for an endpoint, one row each `pace` of its partition, by their ids; how many."""
        return self._spread(due_index.put_off_for(waits_for), now, pace, None)

    def _spread(
        self,
        which: ColumnElement[bool],
        now: datetime,
        pace: Callable[[str], timedelta],
        waits_for: str | None,
    ) -> int:
        """A commit for each batch. Whoever dies in the middle leaves the rest as it was: the same again moves it."""
        moved, ahead = 0, Counter[str]()

        def place(key: Row[Any]) -> datetime:
            ahead[key.partition] += 1
            return now + (ahead[key.partition] - 1) * pace(key.partition)

        with reading(self._engines.reading) as looking:
            for keys in due_index.chosen_by_id(looking, which):
                with writing(self._engines.writing, self._lock) as connection:
                    moved += due_index.move(connection, keys, which, place, waits_for)
        return moved

    def backlog(self, now: datetime) -> Backlog:
        """What waits, counted over all tenants."""
        with reading(self._engines.reading) as connection:
            return endpoints.backlog(connection, now)

    def owner_of(self, reference: str) -> TenantId | None:
        """Whose transaction carries this reference; `None` where nobody's does."""
        with reading(self._engines.reading) as connection:
            return owner_of(connection, reference)

    def owners_of(
        self, endpoint_id: str, *, names: Sequence[str] = (), interchange: int | None = None, group: int | None = None
    ) -> frozenset[TenantId]:
        """Whose messages an answer names, by reference, trace number or control number."""
        with reading(self._engines.reading) as connection:
            return received.owners_of(connection, endpoint_id, names, interchange, group)

    def ownerless(self) -> Iterator[Orphan]:
        """Every row of every tenant that lacks what its state wants, as it is found."""
        return owners.ownerless(lambda: reading(self._engines.reading))

    def tenants(self) -> Sequence[TenantId]:
        """Everybody of whom anything is stored."""
        with reading(self._engines.reading) as connection:
            return received.tenants(connection)

    def knows_interchange(self, endpoint_id: str, number: str, *, outside: str) -> bool:
        """Whether a file of this mailbox other than `outside` held an interchange of this number."""
        with reading(self._engines.reading) as connection:
            return received.knows_interchange(connection, endpoint_id, number, outside)

    def api_key(self, digest: str) -> ApiKeyRow | None:
        """The active key of that digest, whatever its tenant."""
        with reading(self._engines.reading) as connection:
            return active_key(connection, self._vault, digest)

    def beat(self, node: str, now: datetime) -> None:
        """Note that a node lives."""
        with writing(self._engines.writing, self._lock) as connection:
            nodes.beat(connection, node, now)

    def tidy(self) -> int:
        """On SQLite, move what the log holds into the file (``PASSIVE``: waits for nobody); else nothing."""
        if self._url.get_backend_name() != "sqlite":
            return 0
        # Past SQLAlchemy, which would begin a transaction: there is no checkpoint inside one.
        connection = self._engines.reading.raw_connection()
        try:
            moved = connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            connection.close()
        return max(0, int(moved[2]))

    def silent_nodes(self, before: datetime) -> Sequence[str]:
        """Nodes whose last beat is older, and that nobody has buried; the longest silent first."""
        with reading(self._engines.reading) as connection:
            return nodes.silent(connection, before)

    def bury(self, node: str) -> None:
        """Forget a dead node once its work was taken over."""
        with writing(self._engines.writing, self._lock) as connection:
            nodes.bury(connection, node)

    # ------------------------------------------------------------ for operators

    def upgrade(self) -> None:
        """Bring the database's tables to this version's; makes them where there are none."""
        migrations.upgrade(self._engines.writing)

    def is_in_use(self) -> bool:
        """Whether anything is stored that needs the keys it was stored with."""
        if migrations.current(self._engines.writing) is None:
            return False
        with reading(self._engines.reading) as connection:
            return any(connection.execute(select(table.c.tenant).limit(1)).first() for table in (API_KEYS, ARCHIVE))

    def check_schema(self) -> None:
        """Raises StoreError, saying what to run, unless the tables are this version's."""
        migrations.check(self._engines.writing)

    def audit_head(self, tenant: TenantId) -> ChainHead:
        """The last link of a tenant's audit chain, to be kept outside the database."""
        with reading(self._engines.reading) as connection:
            return audit.head(connection, _named(tenant))

    def verify_audit(self, tenant: TenantId, anchor: ChainHead | None = None) -> ChainVerdict:
        """Whether a tenant's audit chain holds, and passes through `anchor`."""
        with reading(self._engines.reading) as connection:
            return audit.verify_chain(connection, _named(tenant), anchor)

    def rewrap(self, batch: int = 500) -> int:
        """Wrap every record's key by the key ring's current key, `batch` records a commit; how many were."""
        return rotation.sweep(lambda: writing(self._engines.writing, self._lock), rotation.rewrap, self._vault, batch)

    def reindex(self, batch: int = 500) -> int:
        """Make every blind index anew by the key ring's current key, `batch` records a commit; how many were."""
        return rotation.sweep(lambda: writing(self._engines.writing, self._lock), rotation.reindex, self._vault, batch)

    def close(self) -> None:
        """Close the connections. The store may be used again."""
        self._engines.dispose()


def _named(tenant: TenantId) -> TenantId:
    if not tenant.strip():
        raise NoTenant
    return tenant
