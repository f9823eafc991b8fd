"""The life of one gateway process: it takes orders in, does what is due, and dies where it was told to."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from priorwire import crash_points
from priorwire.chaos.orders import Order, document
from priorwire.config import Settings
from priorwire.crash_points import Aim, Reached
from priorwire.engine.at_once import AtOnce
from priorwire.engine.attempt import Attempt
from priorwire.engine.dispatcher import Dispatcher
from priorwire.errors import PriorwireError
from priorwire.gateway.attach import attach_document
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.fax_status import FaxStatus, note_fax_status
from priorwire.gateway.mailboxes import open_mailboxes
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.gateway.steps import run_due
from priorwire.gateway.submit import submit_authorization
from priorwire.model.identifiers import TransactionId

_BATCH = 20
#: Real seconds: between two looks, until a node that finds nothing to do is content, and for a whole life.
_LOOK, _QUIET, _LIFE = 0.05, 0.3, 20.0
#: Of the engine, in real seconds: how often a node beats, and after what silence it is dead.
_BEAT, _SILENCE = 0.2, 2.0
_INTAKE, _DISPATCH = "intake", "dispatch"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document that a practice has for a request that was acknowledged."""

    order: Order
    transaction_id: TransactionId


@dataclass(frozen=True, kw_only=True)
class Life:
    """What a node is to do."""

    node: str
    orders: Sequence[Order] = ()
    papers: Sequence[Paper] = ()
    #: What the fax carrier reports.
    reports: Sequence[FaxStatus] = ()
    #: Where to die; `None`: nowhere.
    aim: Aim | None = None
    #: Or after so many points; 0: at none.
    at_the_latest: int = 0
    #: With the queue of the real engine, not with the dispatcher alone.
    engine: bool = False
    #: Where it notes which orders it has acknowledged, and what it reached in its life.
    notes: Path
    lives: Path


def live(settings: Settings, services: Services, life: Life) -> None:
    """Live it, in a process of its own. Returns where the node did not die."""
    note = partial(_note_life, life)
    crash_points.arm(life.aim, at_the_latest=life.at_the_latest, before_death=note)
    act(services, life)
    if life.engine:
        _work_with_the_engine(settings, services, life.node)
    else:
        work(services)
    note(None)


def act(services: Services, life: Life) -> None:
    """What comes in by the doors: orders of practices, their documents, a carrier's reports."""
    crash_points.at_work(_INTAKE)
    for order in life.orders:
        _take(services, order, life.notes)
    for paper in life.papers:
        _attach(services, paper, life.notes)
    for report in life.reports:
        _hear(services, report, life.notes)


def _take(services: Services, order: Order, notes: Path) -> None:
    """As the API does for a practice: what was acknowledged is a promise, so it is noted on disk."""
    take = check_eligibility if order.sort.is_coverage else submit_authorization
    try:
        taken = take(services, order.command)
    except PriorwireError:
        return  # told to the practice, which sends it again under the same key
    _append(notes, f"order {order.key} {taken.row.id}")


def _attach(services: Services, paper: Paper, notes: Path) -> None:
    command = document(paper.order, paper.transaction_id, at_once=int(paper.order.key[-1]) % 2 == 0)
    try:
        attached = attach_document(services, command)
    except PriorwireError:
        return  # not wanted yet, or not any more; or as above
    _append(notes, f"document {paper.order.key} {attached.row.id}")


def _hear(services: Services, report: FaxStatus, notes: Path) -> None:
    try:
        row = note_fax_status(services, report)
    except PriorwireError:
        return  # the carrier reports again
    _append(notes, f"fax {report.reference} {row.id}")


def _note_life(life: Life, here: Reached | None) -> None:
    """What was reached in a life, and where it ended."""
    told = {
        "died": None if here is None else [here.point, here.work],
        "engine": life.engine,
        "reached": [[each.point, each.work, count] for each, count in crash_points.reached().items()],
    }
    _append(life.lives, json.dumps(told))


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def work(services: Services) -> None:
    """Dispatch and do, until nothing is due; a database that is away is waited for."""
    jobs = AtOnce()
    dispatcher = Dispatcher(store=services.store, clock=services.clock, jobs=jobs, lease=services.lease, batch=_BATCH)
    attempt = Attempt(partial(_do, services))
    ends = time.monotonic() + _LIFE
    while time.monotonic() < ends:
        crash_points.at_work(_DISPATCH)
        try:
            claimed = dispatcher.tick()
        except PriorwireError:
            time.sleep(_LOOK)
            continue
        for row in jobs.taken():
            attempt(row)
        if not claimed:
            return


def _do(services: Services, row: DueRow) -> None:
    crash_points.at_work(_work_of(services, row))
    run_due(services, row)
    crash_points.at_work(_DISPATCH)


def _work_of(services: Services, row: DueRow) -> str:
    """As `channels.breakable` calls it once it is known what is sent."""
    if row.kind is not DueKind.TRANSACTION:
        return str(row.kind.value)
    if row.id.startswith("elig_"):
        return "eligibility"
    routes = (route for profile in services.profiles.values() for route in profile.routes)
    way = next(route.channel for route in routes if route.endpoint.id == row.partition)
    return f"request {way.value}"


def _work_with_the_engine(settings: Settings, services: Services, node: str) -> None:
    """The real worker, its triggers and its queue, until nothing is due for a while."""
    from priorwire.engine.worker import Intervals, Worker  # noqa: PLC0415 -- the harness has imported it, where wanted

    open_mailboxes(services)
    worker = Worker(
        services,
        database_url=settings.store_url,
        node=node,
        run_due=partial(_do, services),
        intervals=Intervals(
            dispatch=timedelta(seconds=_LOOK),
            queue=timedelta(seconds=_LOOK),
            beat=timedelta(seconds=_BEAT),
            silence=timedelta(seconds=_SILENCE),
        ),
    )
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
