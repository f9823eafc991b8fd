"""The queue, on DBOS. The only module, with `serializer`, that imports it.

A partitioned queue for each set of limits that endpoints have, with an endpoint's id as the
partition: DBOS limits partitions of one queue alike, and counts them over all nodes. A job is
a short workflow named by its row and fence, so that a row's claim has at most one:

1. the step ``start`` notes which execution began, once and for all;
2. the execution that it names, and no other, runs the row.

When a job is taken over from a node that died or seemed to, step 1 answers with the first
execution's token and the job ends there. An action is thus *started* at most once under
one fence; repeating it is the lease's business, under a higher fence, where the gateway
can see what had become of the first try.

DBOS is one per process: `launch` after `close` is supported, two at a time are not.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from dbos import DBOS, DBOSClient

from priorwire import crash_points
from priorwire.engine.database import one_launch_at_a_time
from priorwire.engine.jobs import EndpointLimits, Limits
from priorwire.engine.serializer import IdentifierJson
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import TenantId

if TYPE_CHECKING:
    import sqlalchemy as sa

_APPLICATION = "priorwire"
_QUEUE = "due"
_WORKFLOW = "attempt"
#: What a job looks like in the queue. Pinned, because DBOS gives a job only to nodes of the
#: version that enqueued it, and would otherwise make a version out of our source code.
_PROTOCOL = "1"
#: All that is over, or waits for nobody: a job that has waited that long lost its fence long ago.
_DELETABLE = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "ENQUEUED"]
_PAGE = 500
#: How often DBOS looks for its own notifications, of which we use none: only sets how fast it stops.
_IDLE_SECONDS = 0.2


class DbosQueue:
    """`Jobs` on DBOS. Made by `launch`."""

    def __init__(self, engine: sa.Engine, limits: Limits) -> None:
        self._limits = limits
        self._client = DBOSClient(
            system_database_engine=engine, serializer=IdentifierJson(), application_name=_APPLICATION
        )

    def enqueue(self, connection: object, row: DueRow) -> None:
        """See `Jobs`. `connection` is the store's open SQLAlchemy connection."""
        self._client.enqueue_in_transaction(
            connection,  # type: ignore[arg-type]  # the port hands it over without naming SQLAlchemy
            {
                "queue_name": _name(self._limits.of(row.partition), self._limits),
                "workflow_name": _WORKFLOW,
                "workflow_id": f"{row.kind.value}-{row.id}-{row.fence}",
                "queue_partition_key": row.partition,
                "app_version": _PROTOCOL,
            },
            *_arguments(row),
        )

    def waiting(self) -> Mapping[str, int]:
        """See `Jobs`."""
        # Read whole because DBOS counts for nobody; the dispatcher keeps it to some hundreds.
        jobs = self._client.list_workflows(
            status="ENQUEUED",
            queue_name=list(_queues(self._limits)),
            app_version=_PROTOCOL,
            load_input=False,
            load_output=False,
        )
        return Counter(job.queue_partition_key or "" for job in jobs)

    def running(self, node: str) -> int:
        """See `Jobs`."""
        return sum(map(len, self._unfinished(node).values()))

    def free(self, node: str) -> int:
        """See `Jobs`."""
        unfinished = self._unfinished(node)
        for queue, jobs in unfinished.items():
            # Back to its own queue: DBOS would put it into one without partitions.
            crash_points.reach("free.before")
            self._client.resume_workflows(jobs, queue_name=queue)
            crash_points.reach("free.after")
        return sum(map(len, unfinished.values()))

    def _unfinished(self, node: str) -> Mapping[str, list[str]]:
        """The jobs that the node has begun, by their queue."""
        jobs = self._client.list_workflows(status="PENDING", executor_id=[node], load_input=False, load_output=False)
        by_queue: dict[str, list[str]] = defaultdict(list)
        for job in jobs:
            by_queue[job.queue_name or _QUEUE].append(job.workflow_id)
        return by_queue

    def forget(self, before: datetime) -> int:
        """See `Jobs`."""
        return sum(self._forgotten(before.astimezone(UTC).isoformat()))

    def _forgotten(self, before: str) -> Iterator[int]:
        while jobs := self._client.list_workflows(
            status=_DELETABLE, end_time=before, limit=_PAGE, load_input=False, load_output=False
        ):
            self._client.delete_workflows([job.workflow_id for job in jobs])
            yield len(jobs)

    def close(self, timeout: timedelta) -> None:
        """Take no more jobs, wait up to `timeout` for running ones, and end DBOS in this process."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=ceil(timeout.total_seconds()))
        self._client.destroy()


def launch(
    engine: sa.Engine, *, node: str, attempt: Callable[[DueRow], str], limits: Limits, polling: timedelta
) -> DbosQueue:
    """Start DBOS in this process and begin to take jobs. Raises whatever DBOS raises where it cannot start."""
    try:
        with one_launch_at_a_time(engine):
            _register(attempt)
            _start(engine, node)
            for name, each in _queues(limits).items():
                _declare_queue(name, each, limits.node_calls, polling)
            return DbosQueue(engine, limits)
    except BaseException:
        DBOS.destroy(destroy_registry=True)
        raise


def _register(attempt: Callable[[DueRow], str]) -> None:
    start = DBOS.step(name="start")(_same)

    def run(kind: str, row_id: str, tenant: str, partition: str, fence: int, lease_until: str) -> str:
        execution = uuid.uuid4().hex
        crash_points.reach("job.before")
        if start(execution) != execution:
            return "started elsewhere"
        said = attempt(
            DueRow(
                kind=DueKind(kind),
                id=row_id,
                tenant=TenantId(tenant),
                partition=partition,
                fence=fence,
                lease_until=datetime.fromisoformat(lease_until),
            )
        )
        crash_points.reach("job.after")
        return said

    # Taking over is never what wears a job out, so DBOS is not to count it.
    DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=None)(run)


def _same(execution: str) -> str:
    return execution


def _arguments(row: DueRow) -> tuple[str, str, str, str, int, str]:
    return row.kind.value, row.id, str(row.tenant), row.partition, row.fence, row.lease_until.isoformat()


def _start(engine: sa.Engine, node: str) -> None:
    DBOS(
        config={
            "name": _APPLICATION,
            "system_database_engine": engine,
            "application_version": _PROTOCOL,
            "executor_id": node,
            "serializer": IdentifierJson(),
            "log_level": "ERROR",
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": _IDLE_SECONDS,
        }
    )
    _quieten()
    DBOS.launch()


def _quieten() -> None:
    """Let DBOS log where everything else logs, and only what is wrong: it brings a handler of its own."""
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True


def _name(limits: EndpointLimits, all_limits: Limits) -> str:
    """The queue of endpoints with these limits. They stand in its name: it means the same to every node."""
    return _QUEUE if limits == all_limits.usual else f"{_QUEUE}-{limits.calls}-{limits.queue_rate}"


def _queues(limits: Limits) -> Mapping[str, EndpointLimits]:
    """Every queue by its name: the usual one, and one for each other set of limits."""
    return {_name(each, limits): each for each in (limits.usual, *limits.own.values())}


def _declare_queue(name: str, limits: EndpointLimits, node_calls: int, polling: timedelta) -> None:
    DBOS.register_queue(
        name,
        # Of each queue; over all of them it is `Attempt` that keeps a node to it.
        worker_concurrency=node_calls,
        partition_concurrency=limits.calls,
        partition_limiter={"limit": limits.queue_rate, "period": 1.0},
        polling_interval_sec=polling.total_seconds(),
        on_conflict="always_update",
    )
