"""The history of the tables, run from code: there is no alembic.ini.

A revision's file bears ``pre`` or ``post`` in its name: *pre* runs before the program that
needs it is started (it only adds), *post* after the last old program has stopped (it may take
away). A revision says everything itself and imports nothing of `tables`, which moves on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from priorwire.errors import StoreError


def upgrade(engine: Engine) -> None:
    """Run what is missing, all of it or none. Of two that try at once, the second waits and finds nothing to do.

    Raises:
        StoreError: the database refused, or was made by a newer version.
    """
    found = current(engine)
    if found is not None and found not in _known():
        raise StoreError(_NEWER)
    try:
        with _checks_suspended(engine) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                # Held to the commit. On SQLite the transaction began IMMEDIATE, which is the same.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('priorwire migrations'))")
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _refuse_dangling_references(connection)
    except DBAPIError as error:
        raise StoreError(f"the database refused: {type(error.orig).__name__}") from error


def check(engine: Engine) -> None:
    """Raises StoreError, saying what to run, unless the tables are those of this version."""
    found = current(engine)
    if found == head():
        return
    if found is None:
        raise StoreError("the database has no tables yet: run 'priorwire db upgrade'")
    if found not in _known():
        raise StoreError(_NEWER)
    raise StoreError("the database's tables are of an older version: run 'priorwire db upgrade'")


def current(engine: Engine) -> str | None:
    """The revision that the database is at; `None` for an empty one. Raises StoreError."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise StoreError(f"the database cannot be reached: {type(error.orig).__name__}") from error


def head() -> str:
    """The revision that this version needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise StoreError("this installation lacks its migrations")
    return revision


_NEWER = "the database was made by a newer version of priorwire: install that version"


def _known() -> set[str]:
    return {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


@contextmanager
def _checks_suspended(engine: Engine) -> Iterator[Connection]:
    """A connection on which SQLite checks references only afterwards.

    SQLite changes a column by building the table anew and dropping the old one, which its references would forbid.
    The pragma does nothing inside a transaction, so it has to come before.
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        driver = connection.connection
        driver.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            driver.cursor().execute("PRAGMA foreign_keys = ON")


def _refuse_dangling_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StoreError("after the migration a row points to one that is not there: nothing was changed")
