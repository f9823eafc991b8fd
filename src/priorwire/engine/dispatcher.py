"""From rows that are due to jobs in the queue, in one transaction.

A claim moves a row's due time to the end of the lease and raises its fence; the job is
enqueued by the same commit. So there is no moment at which a row is claimed and has no
job, and if a job is lost all the same, the lease runs out and the row is due again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from priorwire import crash_points
from priorwire.clock import Clock
from priorwire.engine.jobs import Jobs, Limits
from priorwire.gateway.ports import Store
from priorwire.gateway.rows import DueRow

_log = logging.getLogger(__name__)

#: How many batches one look works off at most: by then more may be waiting than was counted.
_BATCHES = 10


class Dispatcher:
    """Claims due rows of all tenants and enqueues a job for each. Safe to run on every node."""

    def __init__(
        self, *, store: Store, clock: Clock, jobs: Jobs, lease: timedelta, batch: int, limits: Limits | None = None
    ) -> None:
        limits = limits or Limits()
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._lease = lease
        self._batch = batch
        self._room = limits.node_room(lease)
        self._endpoint_room = partial(limits.endpoint_room, lease)

    def tick(self) -> int:
        """Claim once; how many jobs were enqueued.

        A row whose endpoint has as many jobs waiting as it can start within a lease is
        claimed and gets no job: it is put off by one lease, and does not stand in the way
        of rows for other endpoints.
        """
        return self._look(Counter(self._jobs.waiting()))[1]

    def work_off(self) -> int:
        """As `tick`, again and again until nothing more is due or the queue has enough; how many jobs in all.

        One after the other, each batch in a transaction of its own: nobody waits long for the store.
        """
        waiting, jobs = Counter(self._jobs.waiting()), 0
        for _ in range(_BATCHES):
            claimed, enqueued = self._look(waiting)
            jobs += enqueued
            if claimed < self._batch:
                break
        return jobs

    def _look(self, waiting: Counter[str]) -> tuple[int, int]:
        """How many rows were claimed, and how many jobs were enqueued, which are added to `waiting`."""
        limit = min(self._batch, self._room - waiting.total())
        if limit <= 0:
            return 0, 0
        admission = _Admission(self._jobs, waiting, self._endpoint_room)
        rows = self._store.claim(self._clock.now(), self._lease, limit, admission)
        if admission.put_off:
            _log.info(
                "Rows were put off: their endpoints have enough to do for a lease.",
                extra={"action": "due.put_off", "count": admission.put_off},
            )
        return len(rows), len(rows) - admission.put_off


class _Admission:
    """Enqueues a claimed row where its endpoint has room."""

    def __init__(self, jobs: Jobs, waiting: Counter[str], endpoint_room: Callable[[str], int]) -> None:
        self._jobs = jobs
        self._waiting = waiting
        self._endpoint_room = endpoint_room
        self.put_off = 0

    def __call__(self, connection: object, row: DueRow) -> None:
        if self._waiting[row.partition] >= self._endpoint_room(row.partition):
            self.put_off += 1
            return
        crash_points.reach("enqueue.before")
        self._jobs.enqueue(connection, row)
        crash_points.reach("enqueue.after")
        self._waiting[row.partition] += 1
