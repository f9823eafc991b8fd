"""Making a store: once, and never with new keys beside old data."""

from __future__ import annotations

from pathlib import Path

import pytest

from priorwire import bootstrap
from priorwire.clock import SeededIds
from priorwire.config import Settings
from priorwire.errors import ConfigurationError
from priorwire.gateway.api_keys import SCOPES, digest_of, issue_key
from priorwire.model.identifiers import TenantId


@pytest.fixture
def settings(tmp_path: Path, empty_url: str) -> Settings:
    return Settings(home=tmp_path / "home", database_url=empty_url)


def key_of(settings: Settings) -> str:
    clock = bootstrap.make_clock(settings)
    store = bootstrap.make_store(settings)
    key = issue_key(store, clock, SeededIds(1), tenant=TenantId("default"), name="desk", scopes=SCOPES)
    store.close()
    return key


def test_it_makes_what_is_missing_and_repeating_it_changes_nothing(settings: Settings) -> None:
    bootstrap.initialize(settings).close()
    key = key_of(settings)
    store = bootstrap.initialize(settings)
    found = store.api_key(digest_of(key))
    store.close()
    assert found is not None
    assert settings.key_ring_path.stat().st_mode & 0o077 == 0


def test_a_database_in_use_never_gets_new_keys(settings: Settings) -> None:
    bootstrap.initialize(settings).close()
    key_of(settings)
    settings.key_ring_path.rename(settings.key_ring_path.with_name("mislaid.json"))
    with pytest.raises(ConfigurationError, match="Put the key ring back"):
        bootstrap.initialize(settings)
    assert not settings.key_ring_path.exists()


def test_without_keys_nothing_opens(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="db init"):
        bootstrap.make_store(settings)
