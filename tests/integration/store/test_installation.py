"""What belongs to no tenant: nodes, API keys before their tenant is known, the files' rights."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from priorwire.clock import FixedClock
from priorwire.errors import ConfigurationError
from priorwire.store import SqlStore, Vault
from tests.integration.store import samples

NOW = samples.NOW


def test_a_node_is_silent_once_its_last_beat_is_old(store: SqlStore) -> None:
    for node, minutes in (("a", 0), ("b", 2), ("c", 1)):
        store.beat(node, NOW + timedelta(minutes=minutes))
    assert store.silent_nodes(NOW) == []
    assert store.silent_nodes(NOW + timedelta(minutes=2)) == ["a", "c"]
    store.beat("a", NOW + timedelta(minutes=3))
    assert store.silent_nodes(NOW + timedelta(minutes=2)) == ["c"]


def test_a_buried_node_is_silent_no_more_until_it_beats_again(store: SqlStore) -> None:
    store.beat("a", NOW)
    store.bury("a")
    store.bury("a")
    assert store.silent_nodes(NOW + timedelta(days=1)) == []
    store.beat("a", NOW)
    assert store.silent_nodes(NOW + timedelta(days=1)) == ["a"]


def test_nodes_beat_at_once(store: SqlStore) -> None:
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(store.beat, f"n{number % 3}", NOW) for number in range(30)]:
            done.result(timeout=60)
    assert sorted(store.silent_nodes(NOW + timedelta(seconds=1))) == ["n0", "n1", "n2"]


def test_an_api_key_is_found_by_its_digest_whatever_its_tenant(store: SqlStore) -> None:
    mine, others = samples.api_key(1), samples.api_key(2, samples.OTHER_TENANT)
    retired = replace(samples.api_key(3), active=False)
    with store.work(samples.TENANT) as uow:
        uow.api_keys.add(mine)
        uow.api_keys.add(retired)
    with store.work(samples.OTHER_TENANT) as uow:
        uow.api_keys.add(others)
    assert store.api_key(mine.digest) == mine
    assert store.api_key(others.digest) == others
    assert store.api_key(retired.digest) is None
    assert store.api_key("0" * 64) is None


def test_the_sqlite_files_are_their_owners_only(tmp_path: Path, vault: Vault, clock: FixedClock) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'own.db'}", vault, clock)
    store.upgrade()
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        files = sorted(tmp_path.iterdir())
        assert [path.name for path in files] == ["own.db", "own.db-shm", "own.db-wal", "own.db.next", "own.db.turn"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    store.close()


def test_tidying_moves_the_log_into_the_file_and_waits_for_nobody(
    sqlite_url: str, vault: Vault, clock: FixedClock
) -> None:
    store = SqlStore(sqlite_url, vault, clock)
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
    with store.work(samples.TENANT) as uow:
        uow.idempotency.find("none")
        assert store.tidy() > 0, "beside a unit of work that has the only lock on writing"
    with store.read(samples.TENANT) as uow:
        assert uow.cases.get(samples.case().id) == samples.case()
    store.close()


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path, vault: Vault, clock: FixedClock) -> None:
    with pytest.raises(ConfigurationError, match="cannot be made"):
        SqlStore(f"sqlite:///{tmp_path / 'nowhere' / 'own.db'}", vault, clock)


def test_an_sqlite_commit_lasts(sqlite_url: str, vault: Vault, clock: FixedClock) -> None:
    store = SqlStore(sqlite_url, vault, clock)
    with store._engines.writing.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "wal_autocheckpoint")
        }
    store.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "wal_autocheckpoint": 20_000,
    }


def test_a_closed_store_can_be_used_again(store: SqlStore) -> None:
    samples.store_one_of_each(store)
    store.close()
    with store.read(samples.TENANT) as uow:
        assert len(uow.unmatched.listed()) == 1
