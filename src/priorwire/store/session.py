"""One open database transaction and what the repositories need beside it."""

from __future__ import annotations

from typing import Any

from psycopg.errors import DeadlockDetected
from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError

from priorwire.clock import Clock
from priorwire.errors import Conflict, StoreError
from priorwire.model.identifiers import TenantId
from priorwire.store.vault import Vault


def execute(connection: Connection, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
    """Run one statement; the database's refusals come back as priorwire's own.

    Raises:
        Conflict: a row like this is there already.
        StoreError: the database refused otherwise (a write in a read, a lock that did not come free, no connection).
    """
    try:
        return connection.execute(statement, parameters)
    except DBAPIError as error:
        raise translated(error) from error


def translated(error: DBAPIError) -> StoreError | Conflict:
    """The error to raise for what the database said. Neither it nor its cause shows a bound value."""
    if isinstance(error, IntegrityError):
        return Conflict("The database already has such a row, or lacks the one that this row points to.")
    if isinstance(error.orig, DeadlockDetected):
        return StoreError("Two units of work waited for each other, and this one was given up: try again.")
    return StoreError(f"The database refused ({type(error.orig).__name__}).")


def upsert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say ``ON CONFLICT``, in the dialect of that name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


class Session:
    """A transaction of one tenant. Commits nothing: that is `unit_of_work`'s."""

    def __init__(self, connection: Connection, tenant: TenantId, vault: Vault, clock: Clock, *, writes: bool) -> None:
        self.connection = connection
        self.tenant = tenant
        self.vault = vault
        self.clock = clock
        #: Whether a row that is read by its id is locked, so that nobody changes it between our read and our write.
        self.locks = writes

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """As the function of this name, on this transaction."""
        return execute(self.connection, statement, parameters)

    def upsert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """As the function of this name, on this transaction."""
        return upsert(self.connection.dialect.name, table)
