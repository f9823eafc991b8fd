"""The history of the tables ends where the tables are, and says so when a database does not."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from priorwire.clock import FixedClock
from priorwire.errors import StoreError
from priorwire.store import SqlStore, Vault, migrations
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.tables import METADATA

VERSIONS = Path(migrations.__file__).parent / "versions"


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engines = open_engines(parsed_url(empty_url))
    yield engines.writing
    engines.dispose()


@pytest.fixture
def empty_store(empty_url: str, vault: Vault, clock: FixedClock) -> Iterator[SqlStore]:
    store = SqlStore(empty_url, vault, clock)
    yield store
    store.close()


def _described(engine: Engine) -> set[str]:
    """The whole schema in the database's own words, whatever order it was made in."""
    statements = (
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        if engine.dialect.name == "sqlite"
        else """
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        UNION ALL
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
        UNION ALL
        SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
        """
    )
    with engine.connect() as connection:
        found = connection.execute(text(statements)).scalars().all()
    return {"\n".join(sorted(re.split(r",?\s*\n\s*", statement))) for statement in found}


def test_the_history_ends_at_the_tables(empty: Engine) -> None:
    migrations.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_a_migrated_database_is_what_the_tables_would_make(empty: Engine) -> None:
    METADATA.create_all(empty)
    made = _described(empty)
    METADATA.drop_all(empty)
    migrations.upgrade(empty)
    assert len(made) >= len(METADATA.tables)
    assert _described(empty) == made


def test_the_due_index_holds_only_what_is_due(store_url: str) -> None:
    engine = create_engine(store_url)
    index = next(
        each for each in inspect(engine).get_indexes("due_index") if each["name"] == "ix_due_index_next_due_at"
    )
    engine.dispose()
    where = next(value for name, value in index["dialect_options"].items() if name.endswith("_where"))
    assert re.sub(r"[() ]", "", str(where)).upper() == "NEXT_DUE_ATISNOTNULL"


def test_an_empty_database_says_what_to_run(empty_store: SqlStore) -> None:
    with pytest.raises(StoreError, match="run 'priorwire db upgrade'"):
        empty_store.check_schema()
    empty_store.upgrade()
    empty_store.check_schema()


def test_an_older_database_says_what_to_run(empty_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_store.upgrade()
    monkeypatch.setattr(migrations, "head", lambda: "9999_pre")
    with pytest.raises(StoreError, match="older version: run 'priorwire db upgrade'"):
        empty_store.check_schema()


def test_a_newer_database_is_left_alone(empty_store: SqlStore, empty: Engine) -> None:
    empty_store.upgrade()
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_post'"))
    for act in (empty_store.check_schema, empty_store.upgrade):
        with pytest.raises(StoreError, match="newer version"):
            act()


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    migrations.upgrade(empty)
    before = _described(empty)
    migrations.upgrade(empty)
    assert _described(empty) == before


def test_two_that_upgrade_at_once_take_turns(empty_url: str, vault: Vault, clock: FixedClock) -> None:
    def upgrade() -> None:
        store = SqlStore(empty_url, vault, clock)
        store.upgrade()
        store.check_schema()
        store.close()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(upgrade) for _ in range(3)]:
            done.result(timeout=60)


def test_a_migration_that_fails_leaves_nothing(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE webhook_endpoints (already TEXT)"))
    with pytest.raises(StoreError):
        migrations.upgrade(empty)
    assert set(inspect(empty).get_table_names()) == {"webhook_endpoints"}
    assert migrations.current(empty) is None


def test_sqlite_checks_references_again_after_a_migration(empty_sqlite_url: str) -> None:
    engines = open_engines(parsed_url(empty_sqlite_url))
    migrations.upgrade(engines.writing)
    with engines.writing.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    engines.dispose()


def test_sqlite_keeps_no_migration_that_leaves_a_row_pointing_nowhere(empty_sqlite_url: str) -> None:
    engines = open_engines(parsed_url(empty_sqlite_url))
    with engines.writing.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE)"))
    raw = sqlite3.connect(empty_sqlite_url.removeprefix("sqlite:///"))
    with closing(raw), raw:
        raw.execute("INSERT INTO child VALUES (9)")  # as a migration could, while checks are suspended
    with pytest.raises(StoreError, match="is not there"):
        migrations.upgrade(engines.writing)
    assert migrations.current(engines.writing) is None
    engines.dispose()


def test_a_database_that_cannot_be_reached_is_said_to_be(vault: Vault, clock: FixedClock) -> None:
    store = SqlStore("postgresql://somebody:secret-word@127.0.0.1:1/nothing", vault, clock)
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        store.check_schema()
    assert "secret-word" not in str(caught.value)
    store.close()


def test_each_revision_says_when_it_runs() -> None:
    names = [path.stem for path in VERSIONS.glob("*.py") if path.stem != "__init__"]
    assert names
    assert [name for name in names if not re.fullmatch(r"v\d{4}_(pre|post)_\w+", name)] == []


def test_no_revision_depends_on_todays_tables() -> None:
    assert [path.name for path in VERSIONS.glob("*.py") if "priorwire" in path.read_text(encoding="utf-8")] == []
