"""Nodes of a test, on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from priorwire.store import SqlStore, Vault
from tests.integration.engine.nodes import Cluster


@pytest.fixture
def cluster(store_url: str, tmp_path: Path) -> Iterator[Cluster]:
    """Nodes on one database; whatever a test leaves running is ended."""
    nodes = Cluster(store_url, tmp_path)
    nodes.open_gate()
    yield nodes
    nodes.close()


@pytest.fixture
def rows(store_url: str, cluster: Cluster, vault: Vault) -> Iterator[SqlStore]:
    """The store of those nodes, as another process sees it."""
    opened = SqlStore(store_url, vault, cluster.clock)
    yield opened
    opened.close()
