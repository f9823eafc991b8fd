"""Writing: counts are derived, what X12 forbids is refused, and the reader checks it all."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import LocalX12Error
from priorwire.x12 import (
    DEFAULT_DELIMITERS,
    Delimiters,
    GroupHeader,
    GroupToWrite,
    InterchangeHeader,
    Repeat,
    Segment,
    SetToWrite,
    TransactionSet,
    make_segment,
    read,
    read_one,
    set_segments,
    write_events,
    write_interchange,
)
from priorwire.x12.writer import binary_segment
from tests.unit.x12.samples import OTHER_DELIMITERS, interchange, shape

AT = datetime(2026, 12, 1, 15, 30, 45, tzinfo=UTC)
HEADER = InterchangeHeader(sender="SENDER", receiver="RECEIVER", at=AT, control_number=7, usage="T")
GROUP = GroupHeader(
    functional_id="HI", sender="SENDER", receiver="RECEIVER", at=AT, control_number=70, version="005010X217"
)


def bht(delimiters: Delimiters = DEFAULT_DELIMITERS) -> Segment:
    return make_segment(delimiters, "BHT", "0007", "13", "REF1", "20261201", "1530")


def a_set(number: str = "0001", *body: Segment) -> SetToWrite:
    return SetToWrite(transaction="278", control_number=number, guide_id="005010X217", body=body or (bht(),))


def test_the_bytes() -> None:
    written = write_interchange(HEADER, [(GROUP, [a_set(), a_set("0002")])])
    assert written == (
        b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1530*^*00501*000000007*0*T*:~"
        b"GS*HI*SENDER*RECEIVER*20261201*153045*70*X*005010X217~"
        b"ST*278*0001*005010X217~BHT*0007*13*REF1*20261201*1530~SE*3*0001~"
        b"ST*278*0002*005010X217~BHT*0007*13*REF1*20261201*1530~SE*3*0002~"
        b"GE*2*70~IEA*1*000000007~"
    )
    assert shape(written) == ["ISA", "GS", "SET3", "SET3", "GE", "IEA"]


def test_no_count_and_no_trailer_can_be_passed() -> None:
    names = {*SetToWrite.__dataclass_fields__, *GroupToWrite.__dataclass_fields__, *GroupHeader.__dataclass_fields__}
    names |= {*InterchangeHeader.__dataclass_fields__, *inspect.signature(write_interchange).parameters}
    assert not [name for name in names if "count" in name or "trailer" in name]


def test_other_delimiters_and_no_repetition() -> None:
    segment = make_segment(OTHER_DELIMITERS, "HI", ("ABK", "I10"), ("ABF", "I11"))
    written = write_interchange(HEADER, [(GROUP, [a_set("0001", segment)])], OTHER_DELIMITERS)
    assert shape(written) == ["ISA", "GS", "SET3", "GE", "IEA"]
    assert next(e for e in read(written) if isinstance(e, TransactionSet)).segments[1] == segment
    old = InterchangeHeader(sender="A", receiver="B", at=AT, control_number=1, usage="P", version="00401")
    without = Delimiters(repetition=None)
    group = GroupToWrite(header=GROUP, sets=[a_set("0001", bht(without))])
    assert b"*U*00401*" in write_interchange(old, [group], without)


def test_a_ta1_stands_before_the_groups() -> None:
    ta1 = make_segment(DEFAULT_DELIMITERS, "TA1", "000000009", "261201", "1530", "A", "000")
    assert shape(write_interchange(HEADER, [], ta1=[ta1])) == ["ISA", "TA1", "IEA"]
    assert shape(write_interchange(HEADER, [(GROUP, [a_set()])], ta1=[ta1]))[1] == "TA1"


def raw(*elements: str) -> Segment:
    return Segment(list(elements))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (a_set("1"), "ST02"),
        (a_set("1234567890"), "ST02"),
        (a_set("00*1"), "ST02"),
        (SetToWrite(transaction="27", control_number="0001", guide_id="X", body=[bht()]), "ST01"),
        (SetToWrite(transaction="278", control_number="0001", guide_id="X", body=[]), "body"),
        (a_set("0001", bht(OTHER_DELIMITERS)), "other delimiters"),
        (a_set("0001", raw("MSG")), "no data element"),
        (a_set("0001", raw("msg", "A")), "segment id"),
        (a_set("0001", raw("MSG", "A", "")), "empty element"),
        (a_set("0001", raw("MSG", "QZXJ*")), "MSG01"),
        (a_set("0001", raw("MSG", "QZXJ~")), "MSG01"),
        (a_set("0001", raw("MSG", "QZXJ\u00e9")), "MSG01"),
        (a_set("0001", raw("MSG", "QZXJ\n")), "MSG01"),
    ],
)
def test_what_x12_forbids_is_refused_without_showing_it(bad: SetToWrite, says: str) -> None:
    with pytest.raises(LocalX12Error, match=says) as refused:
        write_interchange(HEADER, [(GROUP, [bad])])
    assert "QZXJ" not in str(refused.value)


def test_a_set_number_twice_in_a_group_is_refused() -> None:
    with pytest.raises(LocalX12Error, match="twice"):
        write_interchange(HEADER, [(GROUP, [a_set(), a_set()])])


def test_a_set_is_numbered_from_its_st() -> None:
    segments = set_segments(a_set())
    assert [(segment.id, segment.number) for segment in segments] == [("ST", 1), ("BHT", 2), ("SE", 3)]
    assert segments[2].elements == ["SE", "3", "0001"]


def test_what_was_read_is_written_again_without_padding() -> None:
    assert write_events(read(interchange())) == interchange()
    padded = b"\xef\xbb\xbf" + interchange().replace(b"~", b"~\r\n  ")
    assert write_events(read(padded)) == interchange()


TEXT = st.text("ABCXYZ 0189.-/()'\"&,;?=!+abz%@[]_{}|<>#$", max_size=12)
VALUE = TEXT | st.tuples(TEXT, TEXT, TEXT) | st.lists(TEXT, max_size=4).map(Repeat) | st.none()
IDS = st.sampled_from(["NM1", "REF", "HI", "MSG", "N3", "EB"])
SEGMENTS = st.tuples(IDS, st.text("ABC019", min_size=1, max_size=4), st.lists(VALUE, max_size=6))


@given(st.lists(st.lists(SEGMENTS, min_size=1, max_size=5), min_size=1, max_size=4), st.booleans())
def test_what_is_written_is_read_back(bodies: list[list[tuple[str, str, list[str]]]], newline: bool) -> None:
    delimiters = Delimiters(segment="\n") if newline else DEFAULT_DELIMITERS
    sets = [
        SetToWrite(
            transaction="278",
            control_number=f"{number:04}",
            guide_id="005010X217",
            body=[make_segment(delimiters, name, first, *rest) for name, first, rest in body],
        )
        for number, body in enumerate(bodies, 1)
    ]
    written = write_interchange(HEADER, [(GROUP, sets)], delimiters)
    found = [event for event in read(written) if isinstance(event, TransactionSet)]
    assert shape(written) == ["ISA", "GS", *(f"SET{len(body) + 2}" for body in bodies), "GE", "IEA"]
    assert [event.segments[1:-1] for event in found] == [list(each.body) for each in sets]
    assert write_events(read(written)) == written


@pytest.mark.parametrize(("segment_id", "before"), [("BIN", ()), ("BDS", ("B64",))])
@given(data=st.binary(min_size=1, max_size=200))
def test_binary_data_is_counted_and_read_back_whatever_it_holds(
    segment_id: str, before: tuple[str, ...], data: bytes
) -> None:
    segment = binary_segment(DEFAULT_DELIMITERS, segment_id, *before, data=data)
    ts = read_one(write_interchange(HEADER, [(GROUP, [a_set("0001", segment)])]))
    assert ts.issues == []
    assert [each.id for each in ts.segments] == ["ST", segment_id, "SE"]
    assert ts.segments[1].elements[-1].encode("latin-1") == data
    assert ts.segments[1].elements[-2] == str(len(data))


def test_binary_data_without_bytes_or_with_a_wrong_length_is_refused() -> None:
    with pytest.raises(LocalX12Error, match="BIN"):
        binary_segment(DEFAULT_DELIMITERS, "BIN", data=b"")
    with pytest.raises(LocalX12Error, match="REF"):
        binary_segment(DEFAULT_DELIMITERS, "REF", data=b"1")
    with pytest.raises(LocalX12Error, match="length"):
        write_interchange(HEADER, [(GROUP, [a_set("0001", Segment(["BIN", "3", "four"]))])])
