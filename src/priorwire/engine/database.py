"""The queue's own way to the database that the store uses.

The same file or the same PostgreSQL database, so that a claim and its job commit
together; but an engine of its own, set up as DBOS needs it.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

import sqlalchemy as sa

from priorwire.errors import ConfigurationError, StoreError
from priorwire.write_lock import CHECKPOINT_PAGES, WriteLock, write_lock_of

#: Names the advisory lock that nodes hold while they launch; any number that nobody else uses.
_LAUNCH_LOCK = 0x7072696F
#: How long a writer waits for another one, in milliseconds. Far above any transaction here.
_BUSY_MILLISECONDS = 30_000
#: How long to wait for the nodes that launch before this one. A first launch, which makes the tables, takes
#: about a second.
_LAUNCH_SECONDS = 120.0
_ASK_AGAIN_SECONDS = 0.1
_HAS_TURN = "priorwire_has_turn"
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})


class _DbapiConnection(Protocol):
    isolation_level: str | None

    def execute(self, statement: str, /) -> object: ...


def system_engine(database_url: str, connections: int) -> sa.Engine:
    """An engine for DBOS, with up to `connections` connections. Raises ConfigurationError."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, connections)
    raise ConfigurationError("The database must be SQLite or PostgreSQL.")


def _sqlite_engine(url: sa.URL, connections: int) -> sa.Engine:
    if url.database in {None, "", ":memory:"}:
        raise ConfigurationError("A worker needs a database file: a database in memory cannot be shared.")
    engine = sa.create_engine(url, hide_parameters=True, pool_size=connections, max_overflow=0)
    turns = _Turns(write_lock_of(Path(url.database or "")))
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "before_cursor_execute", turns.await_turn)
    sa.event.listen(engine, "checkin", turns.give_up)
    return engine


class _Turns:
    """Lets DBOS's connections write when it is their turn in this process, see `write_lock`.

    DBOS opens a transaction with the first statement that writes: that one waits. It takes a connection for each
    transaction, and the turn is over when the connection is given back.
    """

    def __init__(self, lock: WriteLock) -> None:
        self._lock = lock

    def await_turn(self, connection: sa.Connection, _cursor: object, statement: str, *_more: object) -> None:
        """Wait for the lock; where it does not come free, SQLite's own decides, as between processes."""
        if _HAS_TURN not in connection.info and statement.lstrip()[:6].upper() in _WRITES:
            with suppress(StoreError):
                self._lock.acquire()
                connection.info[_HAS_TURN] = True

    def give_up(self, _connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        """Let the next one have it."""
        if record.info.pop(_HAS_TURN, False):
            self._lock.release()


def _set_up_sqlite(connection: _DbapiConnection, _record: object) -> None:
    # In this order: the change to WAL may have to wait for another process.
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # The driver's own setting, not a "begin" event on the engine: DBOS begins its migrations itself.
    connection.isolation_level = "IMMEDIATE"


@contextmanager
def one_launch_at_a_time(engine: sa.Engine) -> Iterator[None]:
    """Keep other nodes from launching meanwhile: a launch creates and migrates the queue's tables.

    DBOS serializes most of that itself; without this lock, two nodes that start together
    may still meet in what it does before and after its migrations. The lock is the
    operating system's or the database's, and goes when its process dies. Raises
    ConfigurationError where another node has held it for too long.
    """
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.launch").open("ab") as file:
            _until_held(lambda: _flocked(file))
            yield
        return
    # Outside any transaction, and asking again instead of waiting in the database: DBOS makes some
    # of its indexes CONCURRENTLY, which waits for every statement that runs, so also for one that
    # waits for this lock.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _until_held(lambda: bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LAUNCH_LOCK)))))
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LAUNCH_LOCK)))


def _flocked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _until_held(attempt: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LAUNCH_SECONDS
    while not attempt():
        if time.monotonic() > deadline:
            raise ConfigurationError("Another node is launching and does not come to an end; see what it waits for.")
        time.sleep(_ASK_AGAIN_SECONDS)
