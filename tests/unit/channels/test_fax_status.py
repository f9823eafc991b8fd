"""What a carrier reports."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.channels.fax_status import read_status
from priorwire.errors import InvalidRequest, Unauthorized
from priorwire.gateway.fax_status import FaxStatus
from priorwire.gateway.signatures import sign

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def reported(said: object, *, at: datetime = NOW) -> FaxStatus:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    seconds = int(at.timestamp())
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(seconds),
        "Webhook-Signature": sign(SECRET, "msg_1", seconds, body),
    }
    return read_status(headers, body, SECRET, NOW)


def report(status: str, **more: object) -> dict[str, object]:
    return {"reference": "R1", "status": status, **more}


@pytest.mark.parametrize(
    ("said", "delivered", "pages", "error"),
    [
        (report("COMPLETED", numberOfPages=3, pagesSentSuccessfully=3), True, 3, None),
        (report("COMPLETED"), True, None, None),
        (report("COMPLETED", numberOfPages=3, pagesSentSuccessfully=2), False, 2, "partial_pages"),
        (report("COMPLETED", numberOfPages=3, pagesSentSuccessfully=0), False, 0, "failed"),
        (report("FAILURE", errorType="BUSY"), False, None, "busy"),
        (report("FAILURE", errorType="line_busy"), False, None, "busy"),
        (report("FAILURE", errorType="NO_ANSWER"), False, None, "no_answer"),
        (report("FAILURE", errorType="Zebrawood"), False, None, "failed"),
        (report("FAILURE"), False, None, "failed"),
        (report("FAILURE", errorType="BUSY", numberOfPages=3, pagesSentSuccessfully=1), False, 1, "partial_pages"),
        (report("FAILURE", numberOfPages=3, pagesSentSuccessfully=3), False, 3, "failed"),
    ],
)
def test_a_final_report_is_delivered_or_failed(
    said: object, *, delivered: bool, pages: int | None, error: str | None
) -> None:
    assert reported(said) == FaxStatus(reference="R1", final=True, delivered=delivered, pages=pages, error=error)


@pytest.mark.parametrize("status", ["QUEUED", "IN_PROGRESS"])
def test_a_report_on_the_way_decides_nothing(status: str) -> None:
    assert reported(report(status)) == FaxStatus(reference="R1", final=False, delivered=False, pages=None, error=None)


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=0, max_value=200))
def test_delivered_means_every_page(sent: int, total: int) -> None:
    status = reported(report("COMPLETED", numberOfPages=total, pagesSentSuccessfully=sent))
    assert status.delivered == (sent >= total and sent > 0)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        (b"", ""),
        (b"[" * 100_000, ""),
        ([], ""),
        ({"status": "COMPLETED"}, "/reference"),
        ({"reference": "", "status": "COMPLETED"}, "/reference"),
        ({"reference": "R" * 51, "status": "COMPLETED"}, "/reference"),
        ({"reference": 5, "status": "COMPLETED"}, "/reference"),
        (report("DONE"), "/status"),
        ({"reference": "R1", "status": ["COMPLETED"]}, "/status"),
        (report("COMPLETED", numberOfPages=-1), "/numberOfPages"),
        (report("COMPLETED", pagesSentSuccessfully="3"), "/pagesSentSuccessfully"),
        (report("COMPLETED", pagesSentSuccessfully=True), "/pagesSentSuccessfully"),
    ],
)
def test_a_signed_body_that_is_no_report_is_refused_by_its_place(said: object, pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        reported(said)
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)])
def test_an_old_report_is_refused(late: timedelta) -> None:
    with pytest.raises(Unauthorized):
        reported(report("COMPLETED"), at=NOW - late)


@pytest.mark.parametrize("headers", [{}, {"webhook-id": "1", "webhook-timestamp": str(int(NOW.timestamp()))}])
def test_an_unsigned_report_is_refused_before_it_is_read(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized):
        read_status(headers, b"not even JSON", SECRET, NOW)
