"""Fixtures of general use: a clock that stands still, identifiers that repeat, databases of both kinds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from priorwire.clock import FixedClock, SeededIds
from priorwire.store import KeyRing, SqlStore, Vault
from tests.postgres import Server, running_server

_NUMBERS = count(1)


@pytest.fixture
def clock() -> FixedClock:
    """Stands at 2026-12-01 15:00 UTC until it is moved."""
    return FixedClock(datetime(2026, 12, 1, 15, tzinfo=UTC))


@pytest.fixture
def ids() -> SeededIds:
    """The same identifiers in every run."""
    return SeededIds(278)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Keys for this run."""
    return Vault(KeyRing.generate())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for all tests of this process."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server, vault: Vault) -> Iterator[str]:
    """Name of a database that was migrated once, to copy from."""
    name = f"priorwire_template_{_unique(postgres_server)}"
    _migrate(postgres_server.create(name), vault)
    yield name
    postgres_server.drop(name)


@pytest.fixture
def postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database."""
    name = f"{postgres_template}_{next(_NUMBERS)}"
    yield postgres_server.create(name, postgres_template)
    postgres_server.drop(name)


@pytest.fixture
def empty_postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    name = f"{postgres_template}_{next(_NUMBERS)}"
    yield postgres_server.create(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    """A file that was migrated once, to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}", vault)
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    path = tmp_path / "priorwire.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """An SQLite database without tables."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database: the test runs once on each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without tables: the test runs once on each kind."""
    url: str = request.getfixturevalue("empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url")
    return url


@pytest.fixture
def store(store_url: str, vault: Vault, clock: FixedClock) -> Iterator[SqlStore]:
    """The record, on a fresh database of each kind."""
    opened = SqlStore(store_url, vault, clock)
    yield opened
    opened.close()


def _unique(server: Server) -> str:
    """A name that no other test process on the same server uses."""
    return f"{os.getpid()}_{server.url.port}"


def _migrate(url: str, vault: Vault) -> None:
    store = SqlStore(url, vault, FixedClock(datetime(2026, 12, 1, 15, tzinfo=UTC)))
    store.upgrade()
    store.close()
