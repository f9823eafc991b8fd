"""What a failure and a status prove: total, and never optimistic."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.channels.http import Progress, is_loopback, outcome_of_failure, outcome_of_status
from priorwire.gateway.ways import Failure, NotSent, Refused, Uncertain


def every_kind(of: type[Exception] = httpx2.TransportError) -> list[type[Exception]]:
    return [of, *(kind for below in of.__subclasses__() for kind in every_kind(below))]


def progress(*events: str) -> Progress:
    made = Progress()
    for event in events:
        made(event, {})
    return made


CONNECTED = ("connection.connect_tcp.started", "connection.connect_tcp.complete")
BEGUN = (*CONNECTED, "http11.send_request_headers.started")
WRITTEN = (*BEGUN, "http11.send_request_headers.complete")


@pytest.mark.parametrize("kind", [*every_kind(), OSError, RuntimeError])
def test_whatever_happens_before_the_request_is_written_is_not_sent(kind: type[Exception]) -> None:
    assert isinstance(outcome_of_failure(kind("x"), progress(*CONNECTED)), NotSent)


@pytest.mark.parametrize("kind", [*every_kind(), OSError, RuntimeError])
def test_whatever_happens_after_it_was_written_is_uncertain(kind: type[Exception]) -> None:
    assert isinstance(outcome_of_failure(kind("x"), progress(*WRITTEN)), Uncertain)


def test_of_what_happens_while_it_is_written_only_our_own_mistake_is_not_sent() -> None:
    begun = progress(*BEGUN)
    for kind in every_kind():
        outcome = outcome_of_failure(kind("x"), begun)
        assert isinstance(outcome, NotSent if kind is httpx2.LocalProtocolError else Uncertain)


@pytest.mark.parametrize("events", [(), WRITTEN])
def test_no_detail_repeats_an_exceptions_own_words(events: tuple[str, ...]) -> None:
    for kind in every_kind():
        assert "ZEBRAWOOD" not in outcome_of_failure(kind("ZEBRAWOOD"), progress(*events)).detail


@given(st.integers(min_value=100, max_value=999))
def test_every_status_is_a_refusal_or_uncertain(status: int) -> None:
    assert isinstance(outcome_of_status(status), Refused | Uncertain)


@given(st.integers(min_value=500, max_value=599) | st.sampled_from([302, 303, 408, 409]))
def test_a_status_that_may_come_after_processing_is_uncertain(status: int) -> None:
    assert isinstance(outcome_of_status(status), Uncertain)


@given(st.integers(min_value=100, max_value=999))
def test_only_too_many_requests_is_tried_again_by_itself(status: int) -> None:
    outcome = outcome_of_status(status)
    if isinstance(outcome, Refused) and outcome.failure is Failure.UNAVAILABLE:
        assert status == 429


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "localhost.example", "127.0.0.1.example", "10.0.0.1", "0.0.0.0", "::", "128.0.0.1"]
)
def test_another_machine_is_not_this_one(host: str) -> None:
    assert not is_loopback(host)
