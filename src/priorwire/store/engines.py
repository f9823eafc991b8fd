"""Connections to the two databases, set up so that a commit lasts and a reader cannot write."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from priorwire.errors import ConfigurationError
from priorwire.write_lock import CHECKPOINT_PAGES, LOCK_WAIT_SECONDS

_POSTGRESQL_OPTIONS = f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_SECONDS}s"


@dataclass(frozen=True, kw_only=True)
class Engines:
    """Two ways into one database."""

    writing: Engine
    #: The database refuses every write on it.
    reading: Engine

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        self.reading.dispose()
        self.writing.dispose()


def parsed_url(text: str) -> URL:
    """A database address that this program can use.

    ``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``postgresql://user@host/name`` (psycopg 3 is the driver).

    Raises:
        ConfigurationError: it is neither, or names an SQLite database without a file.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        # Without the cause: its text shows the address, and with that a password.
        raise ConfigurationError("the database address cannot be read") from None
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise ConfigurationError("the database is neither SQLite nor PostgreSQL")
    if url.database in (None, "", ":memory:"):
        raise ConfigurationError("SQLite needs a file: without one, each connection is a database of its own")
    return url


def open_engines(url: URL) -> Engines:
    """Engines on the database at `url`. Connects only when used."""
    if url.get_backend_name() == "sqlite":
        _make_private(Path(url.database or ""))
        return Engines(
            writing=_sqlite(url, begin="BEGIN IMMEDIATE"), reading=_sqlite(url, begin="BEGIN", query_only=True)
        )
    writing = create_engine(
        url,
        hide_parameters=True,
        pool_size=10,
        max_overflow=30,
        pool_pre_ping=True,
        connect_args={"options": _POSTGRESQL_OPTIONS, "application_name": "priorwire"},
    )
    # The same pool. A snapshot for the whole of a read, as SQLite's WAL gives one.
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(writing=writing, reading=reading)


def _sqlite(url: URL, *, begin: str, query_only: bool = False) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=30)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver opens no transactions: `_begin` does
        _set_pragmas(connection)
        if query_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE takes the write lock at once. A transaction that reads first and takes it later cannot wait for it:
        # what it read may be out of date, and SQLite refuses it (SQLITE_BUSY_SNAPSHOT).
        connection.exec_driver_sql(begin)

    return engine


def _set_pragmas(connection: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut: it may be a promise
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def _make_private(path: Path) -> None:
    """Make the file readable by its owner only, where it is new; SQLite gives its side files the same rights."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigurationError(f"the SQLite file cannot be made: {error.strerror}") from None
