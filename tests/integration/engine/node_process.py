"""A worker in a process of its own: ``python -m tests.integration.engine.node_process``, settings as a line of JSON.

For each row it writes one line to the journal when it begins, waits for the gate (a file) to
exist, settles the row for good and writes another line. It says ``ready`` on standard output
and ends when its standard input is closed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

from priorwire.clock import Clock, OffsetClock
from priorwire.engine import EndpointLimits, Intervals, Limits, Worker
from priorwire.gateway.ports import Services, Store
from priorwire.gateway.rows import DueRow
from priorwire.store import KeyRing, SqlStore, Vault

LEASE = timedelta(minutes=3)
#: Short, so that a test of real processes does not wait long; in real time.
INTERVALS = Intervals(
    dispatch=timedelta(seconds=0.1),
    queue=timedelta(seconds=0.1),
    beat=timedelta(seconds=0.2),
    silence=timedelta(seconds=3),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a test wants its node."""

    url: str
    node: str
    #: Offset file of the shared clock.
    clock: str
    journal: str
    #: Rows are not settled before this file exists.
    gate: str
    endpoint_calls: int = 4
    #: Calls at once of endpoints that have limits of their own.
    own_calls: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _EngineServices:
    store: Store
    clock: Clock
    lease: timedelta = LEASE


def services(store: Store, clock: Clock) -> Services:
    """What the engine uses of `Services`, without the payers and channels that it has no use for."""
    return cast("Services", _EngineServices(store=store, clock=clock))


def main(settings: Settings) -> None:
    """Work until standard input is closed."""
    clock = OffsetClock(Path(settings.clock))
    store = SqlStore(settings.url, Vault(KeyRing.generate()), clock)
    worker = Worker(
        services(store, clock),
        database_url=settings.url,
        node=settings.node,
        run_due=_Recorder(store, settings),
        intervals=INTERVALS,
        limits=Limits(
            endpoint_calls=settings.endpoint_calls,
            starts_per_second=200,
            own={
                endpoint: EndpointLimits(calls=calls, starts_per_second=200)
                for endpoint, calls in settings.own_calls.items()
            },
        ),
    )
    worker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    worker.stop(timedelta(seconds=5))
    store.close()


class _Recorder:
    """Runs a row as a test wants it, and writes down that it did."""

    def __init__(self, store: SqlStore, settings: Settings) -> None:
        self._store = store
        self._node = settings.node
        self._gate = Path(settings.gate)
        self._journal = os.open(settings.journal, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)

    def __call__(self, row: DueRow) -> None:
        self._write("began", row)
        tick = threading.Event()
        while not self._gate.exists():
            tick.wait(0.02)
        with self._store.work(row.tenant) as work:
            work.due.settle(row, None)
        self._write("settled", row)

    def _write(self, what: str, row: DueRow) -> None:
        # One write of one short line: those of several processes do not mix.
        os.write(self._journal, f"{what} {row.id} {row.fence} {self._node}\n".encode())


if __name__ == "__main__":
    main(Settings(**json.loads(sys.stdin.readline())))
