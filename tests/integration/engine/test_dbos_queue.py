"""The queue by itself: what waits, what is running, what is deleted, and one commit with the caller's."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from priorwire.engine.database import one_launch_at_a_time, system_engine
from priorwire.engine.dbos_queue import DbosQueue, launch
from priorwire.engine.jobs import EndpointLimits, Limits
from priorwire.errors import ConfigurationError
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import TenantId
from tests.integration.engine.nodes import eventually

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_SOON = timedelta(minutes=1)


class _Attempts:
    """Holds every attempt until it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let_go = threading.Event()

    def __call__(self, row: DueRow) -> str:
        self.begun.append(row.id)
        self.let_go.wait(timeout=30)
        return "done"


@pytest.fixture
def attempts() -> _Attempts:
    return _Attempts()


@pytest.fixture
def engine(store_url: str) -> Iterator[sa.Engine]:
    opened = system_engine(store_url, connections=10)
    yield opened
    opened.dispose()


@pytest.fixture
def queue(engine: sa.Engine, attempts: _Attempts) -> Iterator[DbosQueue]:
    """A queue that runs one job at a time for each endpoint."""
    limits = Limits(endpoint_calls=1, starts_per_second=200)
    launched = launch(engine, node="north", attempt=attempts, limits=limits, polling=timedelta(seconds=0.1))
    yield launched
    attempts.let_go.set()
    launched.close(timedelta(seconds=5))


def _row(row_id: str, fence: int = 1, partition: str = "endpoint-1") -> DueRow:
    return DueRow(
        kind=DueKind.TRANSACTION,
        id=row_id,
        tenant=TenantId("practice-1"),
        partition=partition,
        fence=fence,
        lease_until=datetime(2026, 12, 1, tzinfo=UTC),
    )


def test_endpoint_runs_no_more_at_once_than_it_may(engine: sa.Engine, queue: DbosQueue, attempts: _Attempts) -> None:
    with engine.begin() as connection:
        for number in range(3):
            queue.enqueue(connection, _row(f"row-{number}"))
        queue.enqueue(connection, _row("row-x", partition="endpoint-2"))
    eventually(lambda: len(attempts.begun) == 2, "each endpoint runs one")
    assert queue.waiting() == {"endpoint-1": 2}
    assert queue.running("north") == 2
    assert queue.running("south") == 0
    attempts.let_go.set()
    eventually(lambda: len(attempts.begun) == 4, "the rest ran after them")
    eventually(lambda: queue.running("north") == 0, "all ended")
    assert sorted(attempts.begun) == ["row-0", "row-1", "row-2", "row-x"]
    assert queue.waiting() == {}


def test_endpoints_with_limits_of_their_own_are_kept_to_those(engine: sa.Engine, attempts: _Attempts) -> None:
    own = {"narrow": EndpointLimits(calls=1), "wide": EndpointLimits(calls=3)}
    limits = Limits(endpoint_calls=2, starts_per_second=200, own=own)
    queue = launch(engine, node="north", attempt=attempts, limits=limits, polling=timedelta(seconds=0.1))
    try:
        with engine.begin() as connection:
            for number in range(4):
                for partition in ("narrow", "usual", "wide"):
                    queue.enqueue(connection, _row(f"{partition}-{number}", partition=partition))
        eventually(lambda: len(attempts.begun) == 1 + 2 + 3, "each runs as many as it may")
        assert queue.waiting() == {"narrow": 3, "usual": 2, "wide": 1}
        assert queue.running("north") == 6
        assert queue.free("north") == 6, "of whatever queue"
        eventually(lambda: queue.running("north") == 0, "what was begun is not begun again")
        assert len(attempts.begun) < 12
        attempts.let_go.set()
        eventually(lambda: len(attempts.begun) == 12 and queue.running("north") == 0, "the rest ran")
        assert len(set(attempts.begun)) == 12
    finally:
        attempts.let_go.set()
        queue.close(timedelta(seconds=5))


def test_endpoint_sees_no_more_starts_in_a_second_than_its_own_rate(engine: sa.Engine) -> None:
    starts: list[float] = []

    def attempt(_row: DueRow) -> str:
        starts.append(time.monotonic())
        return "done"

    limits = Limits(starts_per_second=200, own={"slow": EndpointLimits(calls=10, starts_per_second=4)})
    queue = launch(engine, node="north", attempt=attempt, limits=limits, polling=timedelta(seconds=0.1))
    try:
        with engine.begin() as connection:
            for number in range(8):
                queue.enqueue(connection, _row(f"row-{number}", partition="slow"))
        eventually(lambda: len(starts) == 8, "all ran")
    finally:
        queue.close(timedelta(seconds=5))
    assert max(sum(begin <= each < begin + 1 for each in starts) for begin in starts) <= 4


def test_job_of_a_claim_that_is_rolled_back_does_not_exist(
    engine: sa.Engine, queue: DbosQueue, attempts: _Attempts
) -> None:
    with engine.connect() as connection, connection.begin() as claim:
        queue.enqueue(connection, _row("row-undone"))
        claim.rollback()
    with engine.begin() as connection:
        queue.enqueue(connection, _row("row-kept"))
    eventually(lambda: len(attempts.begun) == 1, "the other job ran")
    assert attempts.begun == ["row-kept"]
    assert queue.waiting() == {}


def test_one_fence_of_a_row_is_one_job_however_often_it_is_enqueued(
    engine: sa.Engine, queue: DbosQueue, attempts: _Attempts
) -> None:
    attempts.let_go.set()
    for fence in (1, 1, 2):
        with engine.begin() as connection:
            queue.enqueue(connection, _row("row-1", fence))
    eventually(lambda: len(attempts.begun) == 2, "each fence ran")
    eventually(lambda: queue.running("north") == 0, "both ended")
    assert queue.waiting() == {}


def test_jobs_that_nobody_runs_are_deleted_once_they_are_old(
    engine: sa.Engine, queue: DbosQueue, attempts: _Attempts
) -> None:
    with engine.begin() as connection:
        for number in range(3):
            queue.enqueue(connection, _row(f"row-{number}"))
    eventually(lambda: len(attempts.begun) == 1, "one runs, two wait")
    assert queue.forget(_LONG_AGO) == 0
    assert queue.forget(datetime.now(UTC) + _SOON) == 2, "all but the one that runs"
    attempts.let_go.set()
    eventually(lambda: queue.running("north") == 0, "it ended")
    assert queue.forget(datetime.now(UTC) + _SOON) == 1


def test_freeing_the_jobs_of_a_node_without_any_does_nothing(queue: DbosQueue) -> None:
    assert queue.free("nobody") == 0


def test_queue_can_be_launched_again_after_it_was_closed(engine: sa.Engine, attempts: _Attempts) -> None:
    attempts.let_go.set()
    for number in range(2):
        with _launched(engine, attempts) as queue, engine.begin() as connection:
            queue.enqueue(connection, _row(f"row-{number}"))
    assert sorted(attempts.begun) == ["row-0", "row-1"]


def test_launch_waits_for_another_one(engine: sa.Engine, store_url: str) -> None:
    other = system_engine(store_url, connections=2)
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with one_launch_at_a_time(other):
            order.append("second")

    with one_launch_at_a_time(engine):
        thread = threading.Thread(target=second)
        thread.start()
        waiting.wait(timeout=10)
        thread.join(timeout=0.3)
        order.append("first")
    thread.join(timeout=10)
    other.dispose()
    assert order == ["first", "second"]


def test_sqlite_commits_of_the_queue_last(sqlite_url: str) -> None:
    engine = system_engine(sqlite_url, connections=1)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_database_that_several_processes_cannot_share_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        system_engine(url, connections=1)


@contextmanager
def _launched(engine: sa.Engine, attempts: _Attempts) -> Iterator[DbosQueue]:
    """A queue for the block; closed when the job of the block was run."""
    queue = launch(engine, node="north", attempt=attempts, limits=Limits(), polling=timedelta(seconds=0.1))
    before = len(attempts.begun)
    try:
        yield queue
        eventually(lambda: len(attempts.begun) > before and queue.running("north") == 0, "the job ran")
    finally:
        queue.close(timedelta(seconds=5))
