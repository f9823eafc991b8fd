"""The life of one gateway process: it takes orders in, does what is due, and dies where it was told to."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from priorwire import bootstrap, crash_points
from priorwire.chaos.orders import Order
from priorwire.config import Settings
from priorwire.engine.attempt import Attempt
from priorwire.engine.dispatcher import Dispatcher
from priorwire.errors import PriorwireError
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueRow
from priorwire.gateway.steps import run_due
from priorwire.gateway.submit import submit_authorization

_BATCH = 20
#: Real seconds: between two looks, until a node that finds nothing to do is content, and for a whole life.
_LOOK, _QUIET, _LIFE = 0.05, 0.6, 20.0


@dataclass(frozen=True, kw_only=True)
class Life:
    """What a node is to do."""

    node: str
    orders: Sequence[Order]
    #: Where to die and at which time it comes there; `None`: nowhere.
    crash: tuple[str, int] | None
    #: With the queue of the real engine, not with the dispatcher alone.
    engine: bool
    #: Where it notes which orders it has acknowledged, and which points it passed.
    notes: Path


def live(settings: Settings, services: Services, life: Life) -> None:
    """Live it, in a process of its own. Returns where the node did not die."""
    point, occurrence = life.crash or (None, 1)
    crash_points.arm(point, occurrence)
    for each in life.orders:
        _take(services, each, life.notes)
    if life.engine:
        _work_with_the_engine(settings, services, life.node)
    else:
        _work(services)


def _take(services: Services, order: Order, notes: Path) -> None:
    """As the API does for a practice: what was acknowledged is a promise, so it is noted on disk."""
    try:
        taken = submit_authorization(services, order.command)
    except PriorwireError:
        return  # told to the practice, which sends it again under the same key
    line = f"{order.key} {taken.row.id}\n".encode("ascii")
    descriptor = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(kw_only=True)
class _Handed:
    """`engine.jobs.Jobs` for a node that does at once what it claims: no queue, so that a life is short."""

    rows: list[DueRow] = field(default_factory=list)

    def enqueue(self, _connection: object, row: DueRow) -> None:
        self.rows.append(row)

    def waiting(self) -> Mapping[str, int]:
        return {}

    def running(self, _node: str) -> int:
        return 0

    def free(self, _node: str) -> int:
        return 0

    def forget(self, _before: datetime) -> int:
        return 0


def _work(services: Services) -> None:
    """Dispatch and do, until nothing is due; a database that is away is waited for."""
    jobs = _Handed()
    dispatcher = Dispatcher(store=services.store, clock=services.clock, jobs=jobs, lease=services.lease, batch=_BATCH)
    attempt = Attempt(partial(run_due, services))
    ends = time.monotonic() + _LIFE
    while time.monotonic() < ends:
        jobs.rows.clear()
        try:
            claimed = dispatcher.tick()
        except PriorwireError:
            time.sleep(_LOOK)
            continue
        for row in jobs.rows:
            attempt(row)
        if not claimed:
            return


def _work_with_the_engine(settings: Settings, services: Services, node: str) -> None:
    """The real worker, its triggers and its queue, until nothing is due for a while."""
    mine = settings.model_copy(update={"node": node, "dispatch_seconds": _LOOK})
    worker = bootstrap.make_worker(mine, services)
    worker.start()
    quiet = time.monotonic()
    ends = quiet + _LIFE
    while time.monotonic() < min(ends, quiet + _QUIET):
        time.sleep(_LOOK)
        if _is_due(services):
            quiet = time.monotonic()
    worker.stop(timedelta(seconds=5))


def _is_due(services: Services) -> bool:
    try:
        first = services.store.next_due()
    except PriorwireError:
        return True
    return first is not None and first <= services.clock.now()
