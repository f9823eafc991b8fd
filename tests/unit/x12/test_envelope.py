"""The headers: built to the byte, read back, refused where they do not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import LocalX12Error
from priorwire.x12 import (
    Delimiters,
    GroupHeader,
    InterchangeHeader,
    Segment,
    group_header,
    gs_segment,
    interchange_header,
    isa_segment,
)

AT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
ISA = InterchangeHeader(sender="SENDER", receiver="RECEIVER", at=AT, control_number=7, usage="T")
GS = GroupHeader(
    functional_id="HI", sender="SENDER", receiver="RECEIVER", at=AT, control_number=7, version="005010X217"
)
IDS = st.text("ABCXYZ0189-", min_size=1, max_size=15)


MINUTES = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HEADERS = st.builds(
    InterchangeHeader,
    sender=IDS,
    receiver=IDS,
    control_number=st.integers(1, 999_999_999),
    usage=st.sampled_from("TPI"),
    ack_requested=st.booleans(),
    at=MINUTES.map(lambda at: at.replace(second=0, microsecond=0)),
    authorization_qualifier=st.just("03"),
    authorization=st.just("AUTH"),
)


@given(HEADERS)
def test_an_isa_is_106_bytes_and_reads_back(header: InterchangeHeader) -> None:
    segment = isa_segment(header)
    assert len(segment.text() + "~") == 106
    assert interchange_header(segment) == header


@given(st.text("ABCXYZ019", min_size=2, max_size=15), st.integers(1, 999_999_999))
def test_a_gs_reads_back(who: str, number: int) -> None:
    header = replace(GS, sender=who, control_number=number)
    assert group_header(gs_segment(header)) == header


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sender": "X" * 16}, "ISA06"),
        ({"receiver": "A*B"}, "ISA08"),
        ({"receiver": "\u00e9"}, "ISA08"),
        ({"sender_qualifier": "Z"}, "ISA05"),
        ({"control_number": 0}, "ISA13"),
        ({"control_number": 10**9}, "ISA13"),
        ({"usage": "X"}, "ISA15"),
        ({"version": "0501"}, "ISA12"),
        ({"security": "X" * 11}, "ISA04"),
    ],
)
def test_an_isa_that_does_not_fit_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(LocalX12Error, match=says):
        isa_segment(replace(ISA, **changes))  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sender": "X"}, "GS02"),
        ({"receiver": "X" * 16}, "GS03"),
        ({"control_number": 0}, "GS06"),
        ({"control_number": 10**9}, "GS06"),
        ({"functional_id": "H"}, "GS01"),
        ({"version": ""}, "GS08"),
        ({"sender": "A~B"}, "GS02"),
    ],
)
def test_a_gs_that_does_not_fit_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(LocalX12Error, match=says):
        gs_segment(replace(GS, **changes))  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    "delimiters",
    [Delimiters(element=":"), Delimiters(segment="A"), Delimiters(component=" "), Delimiters(repetition="~"),
     Delimiters(component=""), Delimiters(element="\u00e9")],
)  # fmt: skip
def test_delimiters_that_cannot_work_are_refused(delimiters: Delimiters) -> None:
    with pytest.raises(LocalX12Error, match="delimiter"):
        isa_segment(ISA, delimiters)


def test_a_5010_isa_needs_a_repetition_separator() -> None:
    with pytest.raises(LocalX12Error, match="ISA11"):
        isa_segment(ISA, Delimiters(repetition=None))


def test_headers_that_are_wrong_read_as_nothing() -> None:
    read = interchange_header(Segment(["ISA", "00", "", "00", "", "ZZ", " A ", "ZZ", "B", "269901", "15", "", "", "X"]))
    assert (read.sender, read.control_number, read.at.year, read.ack_requested) == ("A", 0, 1, False)
    assert group_header(Segment(["GS", "HI"])).control_number == 0
    assert group_header(Segment(["GS", "HI", "A", "B", "261201", "9999"])).at == datetime(2026, 12, 1, tzinfo=UTC)
