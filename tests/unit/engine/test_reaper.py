"""Who is taken over, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from priorwire.clock import FixedClock
from priorwire.engine import Jobs, Reaper
from priorwire.gateway.ports import Store

_NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
_SILENCE = timedelta(minutes=1)


class _Nodes:
    """When each node beat last, what it holds, and what was done in which order."""

    def __init__(self, **seconds_ago: int) -> None:
        self.beats = {node: _NOW - timedelta(seconds=ago) for node, ago in seconds_ago.items()}
        self.done: list[tuple[str, str]] = []
        self.refuses = False

    def silent_nodes(self, before: datetime) -> Sequence[str]:
        return [node for node, beat in self.beats.items() if beat < before]

    def bury(self, node: str) -> None:
        del self.beats[node]
        self.done.append(("bury", node))

    def free(self, node: str) -> int:
        if self.refuses:
            raise ConnectionError
        self.done.append(("free", node))
        return 2


def _reaper(nodes: _Nodes) -> Reaper:
    return Reaper(store=cast("Store", nodes), jobs=cast("Jobs", nodes), clock=FixedClock(_NOW), silence=_SILENCE)


def test_silent_nodes_are_freed_and_then_buried() -> None:
    nodes = _Nodes(north=61, south=59, east=3600)
    assert _reaper(nodes).reap() == 4
    assert nodes.done == [("free", "north"), ("bury", "north"), ("free", "east"), ("bury", "east")]
    assert list(nodes.beats) == ["south"]


def test_node_whose_jobs_could_not_be_freed_is_found_again() -> None:
    nodes = _Nodes(north=61)
    nodes.refuses = True
    with pytest.raises(ConnectionError):
        _reaper(nodes).reap()
    nodes.refuses = False
    assert _reaper(nodes).reap() == 2
    assert nodes.beats == {}


def test_nothing_to_take_over_is_nothing_done() -> None:
    nodes = _Nodes(north=60)
    assert _reaper(nodes).reap() == 0
    assert nodes.done == []
