"""How an attempt ends, and what is said of it."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from priorwire.engine import Attempt
from priorwire.engine.failures import described
from priorwire.errors import SafetyRefusal, StaleFence
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import TenantId

_SECRET = "DOE*JANE*19610704"
_ROW = DueRow(
    kind=DueKind.TRANSACTION,
    id="row-1",
    tenant=TenantId("practice-1"),
    partition="endpoint-1",
    fence=3,
    lease_until=datetime(2026, 12, 1, tzinfo=UTC),
)


def _raising(error: BaseException) -> Attempt:
    def run_due(_row: DueRow) -> None:
        raise error

    return Attempt(run_due)


def test_row_that_ran_is_done_and_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[DueRow] = []
    with caplog.at_level(logging.DEBUG):
        assert Attempt(seen.append)(_ROW) == "done"
    assert seen == [_ROW]
    assert caplog.records == []


def test_stale_fence_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert _raising(StaleFence())(_ROW) == "stale"
    assert [(record.levelname, record.__dict__["action"]) for record in caplog.records] == [("INFO", "due.stale")]


@pytest.mark.parametrize("error", [ValueError(_SECRET), SafetyRefusal(_SECRET), KeyError(_SECRET)])
def test_failure_is_logged_by_type_and_place_and_never_by_its_words(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    assert _raising(error)(_ROW) == "failed"
    (record,) = caplog.records
    said = record.__dict__
    assert (said["action"], said["kind"], said["subject"], said["fence"]) == ("due.failed", "transaction", "row-1", 3)
    assert said["error"] == type(error).__name__
    assert said["place"].startswith(f"{__name__}:")
    assert _SECRET not in repr(said)
    assert record.exc_info is None


def test_end_of_the_process_is_not_a_failure_of_the_row() -> None:
    with pytest.raises(KeyboardInterrupt):
        _raising(KeyboardInterrupt())(_ROW)


def test_error_that_was_never_raised_has_no_place() -> None:
    assert described(ValueError(_SECRET)) == {"error": "ValueError", "place": "unknown"}


def test_after_it_was_told_to_refuse_nothing_is_begun() -> None:
    seen: list[DueRow] = []
    attempt = Attempt(seen.append)
    attempt.refuse()
    assert attempt(_ROW) == "stopping"
    assert seen == []


def test_no_more_run_at_once_than_may_whatever_queues_they_come_from() -> None:
    most, counts = 2, []
    all_there = threading.Barrier(most, timeout=30)

    def run_due(_row: DueRow) -> None:
        counts.append(attempt.running)
        all_there.wait()

    attempt = Attempt(run_due, at_once=most)
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(attempt, [_ROW] * 6)) == {"done"}
    assert max(counts) <= most
    assert attempt.running == 0
