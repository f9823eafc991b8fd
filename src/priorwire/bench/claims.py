"""How long a dispatcher's claim takes: alone, beside another, and with an endpoint that has enough to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe

from priorwire.bench.loopback import PAYERS, endpoint_of
from priorwire.bench.result import Result
from priorwire.bench.site import Site
from priorwire.bench.sleeping import Sleeper, wake
from priorwire.bench.timing import now, spread
from priorwire.clock import SystemClock
from priorwire.engine import Dispatcher, Intervals, Limits
from priorwire.gateway.rows import DueRow
from priorwire.store import SqlStore
from priorwire.store.engines import open_engines, parsed_url

#: Rows of one claim, and milliseconds that 99 of 100 claims may take.
BATCH, LIMIT = 100, 5.0
#: What is claimed here stays claimed for longer than a run takes.
_LEASE = timedelta(hours=6)
_ROUNDS = 300
_SCENARIOS = 3


def rounds_of(rows: int) -> int:
    """How many claims of each kind so many sleepers are enough for."""
    return max(1, min(_ROUNDS, rows // (BATCH * (_SCENARIOS + 1))))


def claim_results(site: Site, rows: int) -> Iterator[Result]:
    """Each kind of claim, with `rows` asleep, while the database is tidied as by a worker."""
    store, rounds = site.store(), rounds_of(rows)
    try:
        with _tidied(store):
            yield from _claimed(site, store, rows, rounds)
    finally:
        store.close()


def _claimed(site: Site, store: SqlStore, rows: int, rounds: int) -> Iterator[Result]:
    _wake(site, _share(rows, rounds, 0), timedelta(seconds=1))
    yield _told("claiming 100 due rows", rows, [_timed_claim(store) for _ in range(rounds)])
    _wake(site, _share(rows, rounds, 1), timedelta(seconds=1))
    with _another_claimer(site):
        took = [_timed_claim(store) for _ in range(rounds // 2)]
    yield _told("the same, another process claiming without pause", rows, took)
    yield from _beside_a_full_endpoint(site, store, rows, rounds)


@contextmanager
def _tidied(store: SqlStore) -> Iterator[None]:
    """A worker's trigger, in a thread of its own."""
    enough = threading.Event()

    def tidy() -> None:
        while not enough.wait(Intervals().tidy.total_seconds()):
            store.tidy()

    thread = threading.Thread(target=tidy, daemon=True)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def _share(rows: int, rounds: int, scenario: int) -> Sequence[int]:
    """Numbers of enough sleepers, scattered over all of them; others in each scenario."""
    step = rows // (rounds * BATCH)
    return range(scenario % step, rows, step)[: rounds * BATCH]


def _wake(site: Site, numbers: Sequence[int], ago: timedelta) -> None:
    engine = open_engines(parsed_url(site.url)).writing
    with engine.begin() as connection:
        wake(connection, numbers, SystemClock().now() - ago)
    engine.dispose()


def _timed_claim(store: SqlStore) -> float:
    began = now()
    store.claim(SystemClock().now(), _LEASE, BATCH, _no_job)
    return now() - began


def _no_job(_connection: object, _row: DueRow) -> None:
    """The job is measured with the polls."""


def _told(name: str, rows: int, took: Sequence[float]) -> Result:
    found = spread(took)
    return Result(
        name=f"{name}, p99",
        value=found.p99,
        unit="ms",
        against=f"{rows} asleep; median {found.median:.2f} ms of {len(took)} claims",
        target=f"at most {LIMIT:g} ms",
        met=found.p99 <= LIMIT,
    )


@contextmanager
def _another_claimer(site: Site) -> Iterator[None]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_claim_on, args=(site, theirs), daemon=True)
    process.start()
    try:
        ours.recv()
        yield
        ours.send("enough")
        process.join()
    finally:
        process.terminate()
        process.join()


def _claim_on(site: Site, tell: Pipe) -> None:
    store = site.store()
    _timed_claim(store)
    tell.send("ready")
    while not tell.poll() and store.claim(SystemClock().now(), _LEASE, BATCH, _no_job):
        pass
    store.close()


def _beside_a_full_endpoint(site: Site, store: SqlStore, rows: int, rounds: int) -> Iterator[Result]:
    """The longest due are an endpoint's that has as many jobs as it can start within a lease: they get none."""
    hers = [number for number in range(rows) if Sleeper(number=number).payer == PAYERS[0]][: rounds * BATCH // 2]
    _wake(site, hers, timedelta(hours=1))
    _wake(site, _share(rows, rounds, 2)[: rounds * BATCH - len(hers)], timedelta(seconds=1))
    full = _FullFor(endpoint_of(PAYERS[0]), Limits().endpoint_room(timedelta(minutes=3)))
    dispatcher = Dispatcher(store=store, clock=SystemClock(), jobs=full, lease=_LEASE, batch=BATCH)
    took = []
    for _ in range(rounds):
        began = now()
        dispatcher.tick()
        took.append(now() - began)
    yield _told("the same, the longest due put off for a busy endpoint", rows, took)
    yield Result(name="  rows of other endpoints that got a job meanwhile", value=full.jobs, unit="jobs")


class _FullFor:
    """A queue in which one endpoint has no room; of the others, jobs are started as fast as they come."""

    def __init__(self, partition: str, waiting: int) -> None:
        self._full = {partition: waiting}
        self.jobs = 0

    def enqueue(self, connection: object, row: DueRow) -> None:  # noqa: ARG002 -- the port's, as below
        self.jobs += 1

    def waiting(self) -> Mapping[str, int]:
        return self._full

    def running(self, node: str) -> int:  # noqa: ARG002
        return 0

    def free(self, node: str) -> int:  # noqa: ARG002
        return 0

    def forget(self, before: datetime) -> int:  # noqa: ARG002
        return 0
