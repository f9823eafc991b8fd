"""Polls a second with everything durable, by workers as they run in earnest; and what the bare minimum would be.

A poll is a claim, a job of the queue, one call to the payer, its answer archived, read and joined, the new record,
the event and the next due time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine, func, select

from priorwire.bench.memory import Memory, resident_mb
from priorwire.bench.site import CommitCount, Site
from priorwire.bench.sleeping import wake
from priorwire.bench.timing import now, processor
from priorwire.clock import SystemClock
from priorwire.engine import Intervals, Limits, Worker
from priorwire.gateway.steps import run_due
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.tables import RECORDS

#: Polls a second on two cores; MB of a worker; what a second worker adds to the first.
WANTED, MEMORY, ADDED = 250.0, 250.0, 0.5
#: Started before measuring begins, and left running when it ends.
_WARM, _ENDING = 0.15, 0.95
_LOOK_SECONDS = 0.1
#: Without a single poll for so long, something is wrong.
_PATIENCE = 120.0
#: The payers of a run take what they are sent: the limits of endpoints are not what is measured.
_LIMITS = Limits(endpoint_calls=16, starts_per_second=400)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What a run of workers came to."""

    polls: int
    #: A second.
    rate: float
    #: Of one poll, those of the queue and its share of the claim with it.
    commits: float
    statements: float
    #: Milliseconds that the workers computed for it, the database's own not counted.
    processor: float
    memory: Memory


def run(site: Site, numbers: Sequence[int], workers: int) -> Pace:
    """Poll for these sleepers by so many workers."""
    engine = open_engines(parsed_url(site.url)).writing
    with _workers(site, workers) as nodes:
        done = _polled(engine)
        with engine.begin() as connection:
            wake(connection, numbers, SystemClock().now())
        memory = Memory()
        rate = _watched(engine, nodes, done, len(numbers), memory)
        counts = [node.stop() for node in nodes]
    engine.dispose()
    return Pace(
        polls=len(numbers),
        rate=rate,
        commits=sum(each.commits for each in counts) / len(numbers),
        statements=sum(each.statements for each in counts) / len(numbers),
        processor=sum(each.seconds for each in counts) / len(numbers) * 1_000,
        memory=memory,
    )


def _polled(engine: Engine) -> int:
    """How many polls are over: each keeps the first record of its authorization."""
    with engine.connect() as connection:
        counted: int = connection.execute(select(func.count()).select_from(RECORDS)).scalar_one()
        return counted


def _watched(engine: Engine, nodes: Sequence[_Node], before: int, wanted: int, memory: Memory) -> float:
    tick, last = threading.Event(), 0
    woken = moved_at = now()
    marks: list[tuple[float, int]] = []
    while last < wanted:
        tick.wait(_LOOK_SECONDS)
        done, at = _polled(engine) - before, now()
        memory.note(max(resident_mb(node.pid) for node in nodes))
        if done > last:
            moved_at, last = at, done
            if done >= _WARM * wanted and (not marks or done <= _ENDING * wanted):
                marks.append((at, done))
        elif at - moved_at > _PATIENCE:
            raise TimeoutError(f"after {last} of {wanted} polls nothing moved for {_PATIENCE:g} s")
    (began, first), (ended, final) = marks[0], marks[-1]
    return (final - first) / (ended - began) if ended > began else wanted / (moved_at - woken)


@dataclass(frozen=True, kw_only=True)
class _Spent:
    """By one worker."""

    commits: int
    statements: int
    #: Of processor time.
    seconds: float


class _Node:
    """A worker in a process of its own."""

    def __init__(self, process: BaseProcess, pipe: Pipe) -> None:
        self._process = process
        self._pipe = pipe

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def await_ready(self) -> None:
        self._pipe.recv()

    def stop(self) -> _Spent:
        """What it spent since it was ready."""
        self._pipe.send("stop")
        spent = self._pipe.recv()
        if not isinstance(spent, _Spent):
            raise TypeError("a worker tells what it spent")
        return spent

    def end(self) -> None:
        self._process.join(timeout=30)
        self._process.terminate()
        self._process.join()


@contextmanager
def _workers(site: Site, count: int) -> Iterator[list[_Node]]:
    with ExitStack() as ending:
        nodes = [_begun(site, f"bench-{number}") for number in range(count)]
        for node in nodes:
            ending.callback(node.end)
        for node in nodes:
            node.await_ready()
        yield nodes


def _begun(site: Site, name: str) -> _Node:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(site, name, theirs), daemon=True)
    process.start()
    return _Node(process, ours)


def _work(site: Site, name: str, tell: Pipe) -> None:
    store = site.store()
    services = site.services(store)
    worker = Worker(
        services,
        database_url=site.url,
        node=name,
        run_due=partial(run_due, services),
        intervals=Intervals(),
        limits=_LIMITS,
    )
    worker.start()
    count, began = CommitCount(), processor()
    tell.send("ready")
    tell.recv()
    tell.send(_Spent(commits=count.commits, statements=count.statements, seconds=processor() - began))
    count.close()
    worker.stop(timedelta(seconds=5))
    store.close()
