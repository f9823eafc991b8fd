"""Starts worker processes for a test, watches what they do, and ends each by its own id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from priorwire.clock import OffsetClock
from priorwire.gateway.rows import DueKind
from priorwire.model.identifiers import TenantId
from priorwire.store import SqlStore
from tests.integration.engine.node_process import Settings

TENANT = TenantId("practice-1")
_ROOT = Path(__file__).parents[3]
#: For a condition that holds within a second on an idle machine.
_PATIENCE = 40.0


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait for what another process or thread is about to do."""
    deadline = time.monotonic() + _PATIENCE
    tick = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {_PATIENCE:.0f} s: {what}"
        tick.wait(0.02)


def schedule(store: SqlStore, row_id: str, clock: OffsetClock, partition: str = "endpoint-1") -> None:
    """Make a row due now."""
    with store.work(TENANT) as work:
        work.due.schedule(DueKind.TRANSACTION, row_id, partition, clock.now())


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the journal."""

    what: str
    row: str
    fence: int
    node: str


class Cluster:
    """Nodes on one database, with one clock and one journal."""

    def __init__(self, url: str, folder: Path) -> None:
        self.clock = OffsetClock(folder / "clock")
        self._url = url
        self._folder = folder
        self._journal = folder / "journal"
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def begin(
        self, node: str, *, gate: str = "open", endpoint_calls: int = 4, own_calls: dict[str, int] | None = None
    ) -> None:
        """Start a node without waiting until it works."""
        settings = Settings(
            url=self._url,
            node=node,
            clock=str(self._folder / "clock"),
            journal=str(self._journal),
            gate=str(self._folder / gate),
            endpoint_calls=endpoint_calls,
            own_calls=own_calls or {},
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.engine.node_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        self._processes[node] = process
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(settings)) + "\n")
        process.stdin.flush()

    def await_ready(self, node: str) -> None:
        """Wait until a node works."""
        output = self._processes[node].stdout
        assert output is not None
        assert output.readline() == "ready\n"

    def start(
        self, node: str, *, gate: str = "open", endpoint_calls: int = 4, own_calls: dict[str, int] | None = None
    ) -> None:
        """Start a node that settles nothing before its gate is open. The gate ``open`` is, see `open_gate`."""
        self.begin(node, gate=gate, endpoint_calls=endpoint_calls, own_calls=own_calls)
        self.await_ready(node)

    def open_gate(self, gate: str = "open") -> None:
        (self._folder / gate).touch()

    def signal(self, node: str, number: signal.Signals) -> None:
        os.kill(self._processes[node].pid, number)

    def kill(self, node: str) -> None:
        """As a power cut would."""
        process = self._processes.pop(node)
        process.kill()
        process.communicate()

    def stop(self, node: str) -> int:
        """In order; its exit code."""
        process = self._processes.pop(node)
        process.communicate(timeout=_PATIENCE)
        return process.returncode

    def close(self) -> None:
        for node in list(self._processes):
            self.kill(node)

    def pass_lease(self, lease: timedelta) -> None:
        self.clock.advance(lease + timedelta(seconds=1))

    def journal(self) -> list[Entry]:
        if not self._journal.exists():
            return []
        lines = (line.split() for line in self._journal.read_text(encoding="ascii").splitlines())
        return [Entry(what=what, row=row, fence=int(fence), node=node) for what, row, fence, node in lines]

    def count(self, what: str, row: str | None = None) -> int:
        return sum(entry.what == what and row in (None, entry.row) for entry in self.journal())
