"""A file taken apart: every set alone, in the sender's own bytes, and nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import RemoteX12Error
from priorwire.x12 import (
    DEFAULT_DELIMITERS,
    Delimiters,
    GroupHeader,
    GroupToWrite,
    InterchangeHeader,
    SetToWrite,
    TransactionSet,
    make_segment,
    read,
    read_one,
    split,
    write_interchange,
)

AT = datetime(2026, 12, 1, 15, tzinfo=UTC)
DELIMITERS = st.sampled_from([DEFAULT_DELIMITERS, Delimiters(element="|", repetition="^", component=">", segment="'")])
#: Of each interchange, of each of its groups, how many sets.
SHAPES = st.lists(st.lists(st.integers(min_value=1, max_value=3), min_size=1, max_size=3), min_size=1, max_size=3)


def interchange(number: int, groups: list[int], delimiters: Delimiters) -> bytes:
    header = InterchangeHeader(
        sender_qualifier="ZZ",
        sender="PAYERX",
        receiver_qualifier="ZZ",
        receiver="PRIORWIRE",
        at=AT,
        control_number=number,
        usage="T",
    )
    return write_interchange(
        header, [_group(number * 10 + n, sets, delimiters) for n, sets in enumerate(groups)], delimiters
    )


def _group(number: int, sets: int, delimiters: Delimiters) -> GroupToWrite:
    header = GroupHeader(
        functional_id="HI", sender="PAYERX", receiver="PRIORWIRE", at=AT, control_number=number, version="005010X217"
    )
    body = make_segment(delimiters, "MSG", f"OF {number}")
    made = [
        SetToWrite(transaction="278", control_number=f"{n:04}", guide_id="005010X217", body=[body]) for n in range(sets)
    ]
    return GroupToWrite(header=header, sets=made)


@given(shapes=SHAPES, delimiters=DELIMITERS, breaks=st.sampled_from([b"", b"\n", b"\r\n"]))
def test_every_set_is_a_part_and_reads_as_it_did(
    shapes: list[list[int]], delimiters: Delimiters, breaks: bytes
) -> None:
    end = delimiters.segment.encode()
    data = b"".join(interchange(n, groups, delimiters) for n, groups in enumerate(shapes, 1)).replace(end, end + breaks)
    found = split(data)
    assert found.is_whole
    sets = [event for event in read(data) if isinstance(event, TransactionSet)]
    assert [part.ordinal for part in found.parts] == [*range(1, len(sets) + 1)]
    for part, the_set in zip(found.parts, sets, strict=True):
        alone = read_one(part.payload)
        assert [each.text() for each in alone.segments] == [each.text() for each in the_set.segments]
        assert alone.issues == []
        assert part.interchange == the_set.interchange.index
        assert alone.group is not None
        assert the_set.group is not None
        assert alone.group.control_number == the_set.group.control_number


@given(cut=st.integers(min_value=2, max_value=60))
def test_an_input_that_is_cut_off_is_not_whole(cut: int) -> None:
    data = interchange(1, [2], DEFAULT_DELIMITERS)
    assert not split(data[: len(data) - cut]).is_whole


def test_a_set_without_its_end_stays_without_it() -> None:
    data = interchange(1, [1], DEFAULT_DELIMITERS)
    (part,) = split(data[: data.index(b"SE*")]).parts
    assert b"SE*" not in part.payload
    assert read_one(part.payload).issues


def test_no_x12_is_refused() -> None:
    with pytest.raises(RemoteX12Error):
        split(b"Dear customer, your files are late today.")
