"""One transaction of the record. The only place of the project that commits one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from priorwire import crash_points
from priorwire.clock import Clock
from priorwire.errors import StoreError
from priorwire.gateway import ports
from priorwire.gateway.endpoints_port import Endpoints
from priorwire.gateway.received_port import Received
from priorwire.model.identifiers import TenantId
from priorwire.store.archive import SqlArchive
from priorwire.store.attachments import SqlAttachments
from priorwire.store.audit import SqlAudit
from priorwire.store.clients import SqlApiKeys, SqlIdempotency
from priorwire.store.control_numbers import SqlControlNumbers
from priorwire.store.due_index import SqlDue
from priorwire.store.endpoints import SqlEndpoints
from priorwire.store.exchanges import SqlExchanges
from priorwire.store.owners import SqlOwners
from priorwire.store.received import SqlReceived
from priorwire.store.records import SqlRecords
from priorwire.store.session import Session, translated
from priorwire.store.transactions import SqlCases, SqlTransactions
from priorwire.store.uses import SqlUses
from priorwire.store.vault import Vault
from priorwire.store.webhooks import SqlEvents, SqlWebhooks
from priorwire.store.work_items import SqlUnmatched, SqlWorkItems
from priorwire.write_lock import WriteLock


@contextmanager
def writing(engine: Engine, lock: WriteLock) -> Iterator[Connection]:
    """A transaction that commits when the block ends well, and leaves nothing behind when it does not.

    Raises:
        Conflict: at the commit, a row points to one that is not there.
        StoreError: the database refused or could not be reached.
    """
    lock.acquire()
    try:
        with engine.connect() as connection:  # closing it rolls back what was not committed
            connection.begin()
            yield connection
            crash_points.reach("commit.before")
            connection.commit()
            crash_points.reach("commit.after")
    except DBAPIError as error:
        raise translated(error) from error
    finally:
        lock.release()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the database as it stands at its first look, and in which every write is refused."""
    try:
        with engine.connect() as connection:
            connection.begin()
            yield connection
    except DBAPIError as error:
        raise translated(error) from error


class SqlUnitOfWork:
    """`gateway.ports.UnitOfWork` over one transaction. Used once, by one thread."""

    transactions: ports.Transactions
    cases: ports.Cases
    exchanges: ports.Exchanges
    archive: ports.Archive
    control_numbers: ports.ControlNumbers
    due: ports.Due
    endpoints: Endpoints
    records: ports.Records
    uses: ports.Uses
    attachments: ports.Attachments
    events: ports.Events
    webhooks: ports.Webhooks
    work_items: ports.WorkItems
    unmatched: ports.Unmatched
    received: Received
    owners: ports.Owners
    idempotency: ports.Idempotency
    api_keys: ports.ApiKeys
    audit: ports.Audit

    def __init__(
        self,
        transaction: AbstractContextManager[Connection],
        tenant: TenantId,
        vault: Vault,
        clock: Clock,
        *,
        writes: bool,
    ) -> None:
        self.tenant = tenant
        self._transaction = transaction
        self._vault = vault
        self._clock = clock
        self._writes = writes
        self._open: AbstractContextManager[None] | None = None

    def __enter__(self) -> Self:
        if self._open is not None:
            raise StoreError("a unit of work is used once: ask the store for another")
        self._open = self._opened()
        self._open.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.__exit__(kind, error, trace)

    @contextmanager
    def _opened(self) -> Iterator[None]:
        with self._transaction as connection:
            session = Session(connection, self.tenant, self._vault, self._clock, writes=self._writes)
            audit = SqlAudit(session)
            self._hand_out(session, audit)
            yield
            audit.flush()

    def _hand_out(self, session: Session, audit: SqlAudit) -> None:
        self.transactions = SqlTransactions(session)
        self.cases = SqlCases(session)
        self.exchanges = SqlExchanges(session)
        self.archive = SqlArchive(session)
        self.control_numbers = SqlControlNumbers(session)
        self.due = SqlDue(session)
        self.endpoints = SqlEndpoints(session)
        self.records = SqlRecords(session)
        self.uses = SqlUses(session)
        self.attachments = SqlAttachments(session)
        self.events = SqlEvents(session)
        self.webhooks = SqlWebhooks(session)
        self.work_items = SqlWorkItems(session)
        self.unmatched = SqlUnmatched(session)
        self.received = SqlReceived(session)
        self.owners = SqlOwners(session)
        self.idempotency = SqlIdempotency(session)
        self.api_keys = SqlApiKeys(session)
        self.audit = audit
