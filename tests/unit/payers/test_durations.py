"""Durations as a companion guide writes them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.payers.durations import format_duration, parse_duration


@given(st.integers(min_value=0, max_value=9999 * 86400))
def test_what_is_written_reads_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration)) == duration


@given(st.text(alphabet="PTWDHMS0123456789.-+ ", max_size=12))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert text.startswith("P")
    assert duration >= timedelta()


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT90S", timedelta(seconds=90)),
        ("PT4H", timedelta(hours=4)),
        ("P1D", timedelta(days=1)),
        ("P2W", timedelta(days=14)),
        ("P7DT12H30M", timedelta(days=7, hours=12, minutes=30)),
        ("PT0S", timedelta()),
    ],
)
def test_reads(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "4H", "P1DT", "P1Y", "P1M", "PT1.5H", "PT-1H", "p1d", "P1D ", "PT1H1H"]
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="PT90S"):
        parse_duration(text)


@pytest.mark.parametrize("duration", [timedelta(seconds=-1), timedelta(microseconds=1)])
def test_does_not_write_what_it_could_not_read(duration: timedelta) -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        format_duration(duration)
