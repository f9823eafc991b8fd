"""Waiting for something that a thread or a process does."""

from __future__ import annotations

import time
from collections.abc import Callable

_PATIENCE = 20.0


def until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds; fail after a while."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)
