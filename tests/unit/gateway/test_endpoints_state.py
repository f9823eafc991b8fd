"""When a message may go to an endpoint: pauses, outages and probes, as pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.endpoints_state import (
    ALL_ENDPOINTS,
    LOOK_AGAIN,
    Circuit,
    EndpointRow,
    Hold,
    Told,
    after_answer,
    after_failure,
    health,
    hold,
    share,
    told_by,
)
from priorwire.gateway.ways import Accepted, Failure, Final, HandedOver, NotSent, Refused, SendOutcome, Uncertain
from priorwire.payers import Endpoint, Environment, Health

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
ENDPOINT = Endpoint(id="example/core", environment=Environment.TEST, url="https://payer.example/", down_after=3)
FRESH = EndpointRow(endpoint_id=ENDPOINT.id)
NOBODY_STOPPED = EndpointRow(endpoint_id=ALL_ENDPOINTS)
minutes = st.integers(-60, 60).map(lambda number: timedelta(minutes=number))


def paused(row: EndpointRow, until: datetime | None = None) -> EndpointRow:
    return replace(row, paused_at=NOW - timedelta(hours=2), paused_until=until, paused_by="ann", pause_reason="x")


def failed(times: int, *, at: datetime = NOW) -> EndpointRow:
    row = FRESH
    for _ in range(times):
        row = after_failure(row, ENDPOINT, at)
    return row


def test_an_endpoint_of_which_nothing_is_known_takes_messages() -> None:
    assert hold(FRESH, NOBODY_STOPPED, NOW) is None
    assert health(FRESH, NOBODY_STOPPED, NOW) is Health.UP


@given(end=st.none() | minutes.map(lambda by: NOW + by), everything=st.booleans())
def test_a_pause_holds_until_its_end_and_without_one_for_ever(end: datetime | None, everything: bool) -> None:
    row, switch = (FRESH, paused(NOBODY_STOPPED, end)) if everything else (paused(FRESH, end), NOBODY_STOPPED)
    found = hold(row, switch, NOW)
    if end is not None and end <= NOW:
        assert found is None
        return
    assert found is not None
    assert (found.waits_for, found.until) == (ALL_ENDPOINTS if everything else ENDPOINT.id, end)
    assert health(row, switch, NOW) is Health.PAUSED


def test_the_threshold_opens_it_and_each_further_failure_for_longer() -> None:
    assert failed(2).circuit(NOW) is Circuit.CLOSED
    row = failed(3)
    rests = []
    for _ in range(5):
        assert row.open_until is not None
        rests.append(row.open_until - NOW)
        row = after_failure(replace(row, probe_until=NOW + timedelta(minutes=3)), ENDPOINT, NOW)
    assert rests == [*ENDPOINT.probe_after, ENDPOINT.probe_after[-1], ENDPOINT.probe_after[-1]]


def test_calls_that_began_before_it_was_down_and_fail_now_tell_nothing_new() -> None:
    row = failed(3)
    later = NOW + timedelta(seconds=20)
    again = after_failure(row, ENDPOINT, later)
    assert (again.open_until, again.failures, again.last_failed_at) == (row.open_until, 3, later)


def test_an_answer_leaves_nothing_of_its_failures_and_does_not_lift_a_pause() -> None:
    assert after_answer(failed(4)) == FRESH
    assert after_answer(paused(failed(4))) == paused(FRESH)


@given(before=minutes, probe=st.none() | minutes)
def test_a_probe_holds_the_others_exactly_as_long_as_it_runs(before: timedelta, probe: timedelta | None) -> None:
    row = replace(failed(3), open_until=NOW + before, probe_until=NOW + probe if probe is not None else None)
    found = hold(row, NOBODY_STOPPED, NOW)
    ends = max(before, probe if probe is not None else before)
    assert (found is not None) == (ends > timedelta())
    assert row.circuit(NOW) is (Circuit.OPEN if before > timedelta() else Circuit.HALF_OPEN)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Final(payload=b""), Told.LIVES),
        (Accepted(), Told.LIVES),
        (HandedOver(instructions="", fields=()), Told.LIVES),
        (Uncertain(detail="silence"), Told.FAILED),
        *((Refused(failure=each, detail=""), Told.LIVES) for each in (Failure.CONTENT, Failure.CONFIGURATION)),
        *((NotSent(failure=each, detail=""), Told.NOTHING) for each in (Failure.CONTENT, Failure.CONFIGURATION)),
        *(
            (kind(failure=each, detail=""), Told.FAILED)
            for kind in (Refused, NotSent)
            for each in (Failure.UNAVAILABLE, Failure.CREDENTIAL)
        ),
    ],
    ids=repr,
)
def test_what_an_outcome_tells_of_the_endpoint(outcome: SendOutcome, told: Told) -> None:
    assert told_by(outcome) is told


@given(ids=st.lists(st.text(min_size=1), min_size=1, max_size=50), end=st.none() | st.integers(1, 7 * 24 * 60))
def test_a_row_that_waits_is_looked_at_soon_after_the_end_and_at_least_every_other_hour(
    ids: list[str], end: int | None
) -> None:
    until = NOW + timedelta(minutes=end) if end is not None else None
    held = Hold(waits_for=ENDPOINT.id, until=until, spread=timedelta(minutes=10), because="x")
    for row_id in ids:
        at = held.next_look(row_id, NOW)
        assert NOW < at <= NOW + 2 * LOOK_AGAIN
        assert at == held.next_look(row_id, NOW)
        if until is not None and until <= NOW + LOOK_AGAIN:
            assert until <= at <= until + held.spread


def test_shares_are_spread_over_the_whole() -> None:
    shares = sorted(share(f"auth_{number:026}") for number in range(1000))
    assert all(0 <= each < 1 for each in shares)
    assert all(abs(each - number / 1000) < 0.1 for number, each in enumerate(shares))
