"""One worker in this process: a row from due to settled, what a failure leaves behind, and starting again."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from priorwire.clock import FixedClock
from priorwire.engine import Intervals, Worker
from priorwire.errors import ConfigurationError, StaleFence
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import TenantId
from priorwire.store import SqlStore
from tests.integration.engine.node_process import INTERVALS, LEASE, services
from tests.integration.engine.nodes import TENANT, eventually

_FAR = datetime(2999, 1, 1, tzinfo=UTC)
_SECRET = "DOE*JANE*19610704"
_Run = Callable[[DueRow], None]
_Start = Callable[[_Run], Worker]


@pytest.fixture
def start(store: SqlStore, store_url: str, clock: FixedClock) -> Iterator[_Start]:
    """Starts a worker that runs rows as told; it is stopped after the test."""
    started: list[Worker] = []

    def begin(run_due: _Run) -> Worker:
        worker = Worker(
            services(store, clock), database_url=store_url, node="north", run_due=run_due, intervals=INTERVALS
        )
        worker.start()
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        worker.stop(timedelta(seconds=5))


class _Rows:
    """Runs rows: refuses as often as told with what it is told, then settles."""

    def __init__(self, store: SqlStore, *refusals: Exception) -> None:
        self._store = store
        self._refusals = list(refusals)
        self.seen: list[DueRow] = []

    def __call__(self, row: DueRow) -> None:
        self.seen.append(row)
        if self._refusals:
            raise self._refusals.pop(0)
        with self._store.work(row.tenant) as work:
            work.due.settle(row, None)


def _schedule(store: SqlStore, clock: FixedClock, row: str = "row-1", kind: DueKind = DueKind.TRANSACTION) -> None:
    with store.work(TENANT) as work:
        work.due.schedule(kind, row, "endpoint-1", clock.now())


def test_row_that_is_due_runs_once_with_all_that_its_claim_said(
    store: SqlStore, clock: FixedClock, start: _Start
) -> None:
    rows = _Rows(store)
    _schedule(store, clock, kind=DueKind.WEBHOOK)
    start(rows)
    eventually(lambda: store.next_due() is None, "the row was settled")
    assert rows.seen == [
        DueRow(
            kind=DueKind.WEBHOOK,
            id="row-1",
            tenant=TENANT,
            partition="endpoint-1",
            fence=1,
            lease_until=clock.now() + LEASE,
        )
    ]


def test_rows_of_two_tenants_run_each_for_its_own(store: SqlStore, clock: FixedClock, start: _Start) -> None:
    rows = _Rows(store)
    for tenant, row in (("practice-1", "row-1"), ("practice-2", "row-2")):
        with store.work(TenantId(tenant)) as work:
            work.due.schedule(DueKind.TRANSACTION, row, "endpoint-1", clock.now())
    start(rows)
    eventually(lambda: store.next_due() is None, "both rows were settled")
    assert {(row.tenant, row.id) for row in rows.seen} == {("practice-1", "row-1"), ("practice-2", "row-2")}


def test_row_that_failed_is_left_to_its_lease_and_runs_again_after_it(
    store: SqlStore, clock: FixedClock, start: _Start
) -> None:
    rows = _Rows(store, ValueError("no"))
    _schedule(store, clock)
    start(rows)
    eventually(lambda: len(rows.seen) == 1, "the row was tried")
    assert store.next_due() == clock.now() + LEASE
    clock.advance(LEASE)
    eventually(lambda: store.next_due() is None, "the row was settled at the second try")
    assert [row.fence for row in rows.seen] == [1, 2]


def test_row_that_somebody_else_took_ends_quietly(
    store: SqlStore, clock: FixedClock, start: _Start, caplog: pytest.LogCaptureFixture
) -> None:
    rows = _Rows(store, StaleFence())
    _schedule(store, clock)
    with caplog.at_level(logging.INFO):
        start(rows)
        eventually(lambda: "due.stale" in _actions(caplog), "the attempt ended")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_failure_leaves_no_message_in_log_or_queue(
    store: SqlStore, store_url: str, clock: FixedClock, start: _Start, caplog: pytest.LogCaptureFixture
) -> None:
    rows = _Rows(store, ValueError(_SECRET))
    _schedule(store, clock)
    worker = start(rows)
    eventually(lambda: "due.failed" in _actions(caplog), "the failure was logged")
    worker.stop(timedelta(seconds=5))
    failed = next(record for record in caplog.records if getattr(record, "action", "") == "due.failed")
    said = failed.__dict__
    assert (said["error"], said["subject"], said["fence"]) == ("ValueError", "row-1", 1)
    assert _SECRET not in caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    queue = _contents_of_the_queue(store_url)
    assert "row-1" in queue
    assert _SECRET not in queue


def test_worker_can_stop_and_another_start_in_the_same_process(
    store: SqlStore, clock: FixedClock, start: _Start
) -> None:
    first, second = _Rows(store), _Rows(store)
    _schedule(store, clock)
    worker = start(first)
    eventually(lambda: store.next_due() is None, "the first worker ran the row")
    worker.stop(timedelta(seconds=5))
    _schedule(store, clock, "row-2")
    start(second)
    eventually(lambda: store.next_due() is None, "the second worker ran the other")
    assert [row.id for row in first.seen] == ["row-1"]
    assert [row.id for row in second.seen] == ["row-2"]


def test_second_worker_in_a_process_is_refused_and_harms_nothing(
    store: SqlStore, clock: FixedClock, start: _Start
) -> None:
    rows = _Rows(store)
    start(rows)
    with pytest.raises(ConfigurationError):
        start(_Rows(store))
    _schedule(store, clock)
    eventually(lambda: store.next_due() is None, "the first worker still works")


def test_worker_that_stopped_with_nothing_left_is_not_looked_for(store: SqlStore, start: _Start) -> None:
    worker = start(_Rows(store))
    assert store.silent_nodes(_FAR) == ["north"]
    worker.stop(timedelta(seconds=5))
    assert store.silent_nodes(_FAR) == []


def test_worker_that_is_stopped_says_so_and_ends_what_it_runs(
    store: SqlStore, clock: FixedClock, start: _Start, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def run(row: DueRow) -> None:
        begun.set()
        go_on.wait(timeout=30)
        with store.work(row.tenant) as work:
            work.due.settle(row, None)
        ended.set()

    worker = start(run)
    _schedule(store, clock)
    eventually(begun.is_set, "a row is under way")
    with caplog.at_level(logging.INFO):
        stopping = threading.Thread(target=worker.stop)
        stopping.start()
        eventually(lambda: "engine.stopping" in _actions(caplog), "it says that it stops")
        _schedule(store, clock, "row-2")
        assert not ended.is_set()
        go_on.set()
        stopping.join(timeout=30)
    assert ended.is_set()
    assert "engine.stopped" in _actions(caplog)
    assert store.next_due() == clock.now(), "the other row was not taken"


def test_worker_that_cannot_reach_its_queue_leaves_room_for_another(
    store: SqlStore, clock: FixedClock, start: _Start
) -> None:
    nowhere = Worker(services(store, clock), database_url="mysql://localhost/x", node="south", run_due=_Rows(store))
    with pytest.raises(ConfigurationError):
        nowhere.start()
    start(_Rows(store)).stop(timedelta(seconds=5))


def test_history_shorter_than_a_lease_is_refused(store: SqlStore, clock: FixedClock) -> None:
    with pytest.raises(ConfigurationError):
        Worker(
            services(store, clock),
            database_url="sqlite:///x.db",
            node="north",
            run_due=_Rows(store),
            intervals=Intervals(history=LEASE),
        )


def test_importing_the_engine_does_not_import_dbos() -> None:
    look = "import sys, priorwire.engine; print(any(name in sys.modules for name in ('dbos', 'apscheduler')))"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


def _actions(caplog: pytest.LogCaptureFixture) -> set[str]:
    return {getattr(record, "action", "") for record in caplog.records}


def _contents_of_the_queue(url: str) -> str:
    """Every row of every table of the database that DBOS may write to."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        schema = "dbos" if engine.dialect.name == "postgresql" else None
        tables = sa.inspect(connection).get_table_names(schema=schema)
        found = [connection.execute(sa.select("*").select_from(sa.table(name, schema=schema))).all() for name in tables]
    engine.dispose()
    return repr(found)
