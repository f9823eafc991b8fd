"""A node that works: it wakes up for due rows, runs them, beats, and takes over from the dead.

APScheduler is a trigger here and nothing else: its jobs live in memory, every node has
all of them, and each may run on all nodes at once. What must not be lost is a row.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from priorwire.clock import Clock, SystemClock
from priorwire.engine.attempt import Attempt
from priorwire.engine.dispatcher import Dispatcher
from priorwire.engine.failures import described
from priorwire.engine.jobs import Limits
from priorwire.engine.reaper import Reaper
from priorwire.errors import ConfigurationError
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueRow

if TYPE_CHECKING:
    import sqlalchemy as sa
    from apscheduler.schedulers.background import BackgroundScheduler

    from priorwire.engine.dbos_queue import DbosQueue

_log = logging.getLogger(__name__)

#: DBOS is one per process, so a worker is.
_the_one_of_this_process = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """How often a node does what. All in real time, whatever the injected clock says."""

    #: Look for due rows.
    dispatch: timedelta = timedelta(seconds=1)
    #: Look into the queue. Each look starts as many jobs as the node has calls free, so that a node starts at most
    #: `Limits.node_calls` in each such interval.
    queue: timedelta = timedelta(seconds=0.05)
    #: Beat, and look for silent nodes.
    beat: timedelta = timedelta(seconds=10)
    #: A node that has not beaten for so long is dead. Several beats, and more than machines' clocks differ.
    silence: timedelta = timedelta(seconds=60)
    #: Have the database tidy up.
    tidy: timedelta = timedelta(seconds=1)
    #: Delete old jobs.
    sweep: timedelta = timedelta(minutes=5)
    #: How long a finished job can be looked at. The archive and the events are the record, not this.
    history: timedelta = timedelta(hours=6)


class Worker:
    """One node. `start` once, `stop` once; then another may start in the same process."""

    def __init__(
        self,
        services: Services,
        *,
        database_url: str,
        node: str,
        run_due: Callable[[DueRow], None],
        intervals: Intervals | None = None,
        limits: Limits | None = None,
        batch: int = 100,
        life: Clock | None = None,
    ) -> None:
        """
        `database_url` is the store's. `node` names this process among all that live; a
        process that takes the name of a dead one takes over its jobs. `batch` is how many
        rows one look claims at most. `life` is the clock of heartbeats: the machine's.

        Raises ConfigurationError where `intervals` contradict the lease.
        """
        self._services = services
        self._database_url = database_url
        self._node = node
        self._intervals = intervals or Intervals()
        if self._intervals.history <= services.lease:
            # A job that waits may be wanted until the lease of its row is over.
            raise ConfigurationError("The queue's history must be kept for longer than a lease.")
        self._limits = limits or Limits()
        self._attempt = Attempt(run_due, self._limits.node_calls)
        self._batch = batch
        self._life = life or SystemClock()
        self._engine: sa.Engine | None = None
        self._queue: DbosQueue | None = None
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin to work; returns when it does. Raises ConfigurationError for a second worker in a process."""
        if not _the_one_of_this_process.acquire(blocking=False):
            raise ConfigurationError("A worker already runs in this process.")
        try:
            # First: whatever this node takes from the queue, somebody can take over.
            self._beat()
            self._queue = self._launched()
            self._scheduler = self._triggers(self._queue)
            self._scheduler.start()
        except BaseException:
            self._close(timedelta())
            raise

    def stop(self, timeout: timedelta = timedelta(seconds=30)) -> None:
        """Take nothing new, and wait up to `timeout` for what runs; the log says how it went. Safe to call twice."""
        if self._queue is None:
            return
        self._close(timeout)

    def _launched(self) -> DbosQueue:
        from priorwire.engine.database import system_engine  # noqa: PLC0415 -- as below
        from priorwire.engine.dbos_queue import launch  # noqa: PLC0415 -- importing DBOS takes a second

        # One connection for each call, and for DBOS's own threads.
        self._engine = system_engine(self._database_url, connections=self._limits.node_calls + 8)
        return launch(
            self._engine,
            node=self._node,
            attempt=self._attempt,
            limits=self._limits,
            polling=self._intervals.queue,
        )

    def _triggers(self, queue: DbosQueue) -> BackgroundScheduler:
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 -- only a worker needs it

        # It warns of each look that was still busy when the next was due, which is as meant.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        store, intervals = self._services.store, self._intervals
        dispatcher = Dispatcher(
            store=store,
            clock=self._services.clock,
            jobs=queue,
            lease=self._services.lease,
            batch=self._batch,
            limits=self._limits,
        )
        reaper = Reaper(store=store, jobs=queue, clock=self._life, silence=intervals.silence)
        scheduler = BackgroundScheduler(timezone=UTC)
        for action, every, job in (
            ("dispatch", intervals.dispatch, dispatcher.work_off),
            ("reap", intervals.beat, lambda: self._beat_and_reap(reaper)),
            ("tidy", intervals.tidy, store.tidy),
            ("sweep", intervals.sweep, lambda: queue.forget(self._life.now() - intervals.history)),
        ):
            scheduler.add_job(
                _Guarded(action, job),
                "interval",
                seconds=every.total_seconds(),
                id=action,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=max(1, int(every.total_seconds())),
            )
        return scheduler

    def _beat(self) -> None:
        self._services.store.beat(self._node, self._life.now())

    def _beat_and_reap(self, reaper: Reaper) -> int:
        # In this order: a machine that slept must not find itself dead.
        self._beat()
        return reaper.reap()

    def _close(self, timeout: timedelta) -> None:
        try:
            if self._scheduler is not None and self._scheduler.running:
                self._scheduler.shutdown(wait=True)
            if self._queue is not None:
                self._leave(self._queue, timeout)
            if self._engine is not None:
                self._engine.dispose()
        finally:
            self._scheduler, self._queue, self._engine = None, None, None
            _the_one_of_this_process.release()

    def _leave(self, queue: DbosQueue, timeout: timedelta) -> None:
        """End the queue. A node that left nothing behind is forgotten; of another, the reaper frees the rest."""
        self._attempt.refuse()
        busy = queue.running(self._node)
        about = {"action": "engine.stopping", "node": self._node, "count": busy}
        _log.info("The worker takes nothing new, and ends what it runs.", extra=about)
        queue.close(timeout if busy else timedelta())
        if not busy:
            self._services.store.bury(self._node)
        self._say_how_it_ended()

    def _say_how_it_ended(self) -> None:
        about = {"action": "engine.stopped", "node": self._node, "count": self._attempt.running}
        if self._attempt.running:
            _log.warning(
                "The worker stopped in the middle of calls; their rows are due when their lease ends.", extra=about
            )
        else:
            _log.info("The worker has stopped.", extra=about)


class _Guarded:
    """A trigger's job that says what failed, without its values, and tries again at the next interval."""

    def __init__(self, action: str, job: Callable[[], int]) -> None:
        self._action = action
        self._job = job

    def __call__(self) -> None:
        try:
            self._job()
        except Exception as error:  # noqa: BLE001 -- a database that is away now is there at another interval
            # Not `exception`: a traceback prints the message, and a message may carry a value.
            _log.error(
                "A periodic job failed; it runs again at its next interval.",
                extra={"action": f"engine.{self._action}", **described(error)},
            )
