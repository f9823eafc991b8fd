"""The reader: whole, byte by byte and with trailing data, and nothing lost."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import RemoteX12Error
from priorwire.x12 import (
    END,
    NEED_DATA,
    GroupEnded,
    InterchangeStarted,
    Reader,
    Stray,
    Ta1Read,
    TransactionSet,
    grammar,
    read,
    read_one,
    segments_of,
    write_events,
)
from tests.unit.x12.samples import (
    BODY,
    GE,
    GS,
    IEA,
    ISA,
    events,
    fingerprint,
    interchange,
    only_set,
    shape,
    transaction,
)


def reads(data: bytes, *expected: str) -> None:
    """The events of `data`, in `shape`'s words: whole, one byte at a time, and with trailing data."""
    assert shape(data) == list(expected)
    whole = fingerprint(events(data))
    assert fingerprint(events(*(data[n : n + 1] for n in range(len(data))))) == whole
    assert fingerprint(events(data + b"\r\n \x1a")) == whole
    accounted(data)


def accounted(data: bytes) -> None:
    """Every byte stands in exactly one segment or stray range, or is padding, a terminator or a byte order mark."""
    spans = []
    for event in read(data):
        if isinstance(event, Stray) and not event.segments:
            spans.append((event.start, event.end))
        spans += [(segment.start, segment.end) for segment in segments_of(event)]
    spans.sort()
    text, at = data.decode("latin-1"), 0
    terminators = {e.delimiters.segment for e in read(data) if isinstance(e, InterchangeStarted)}
    for start, end in [*spans, (len(text), len(text))]:
        assert start >= at, "two events hold the same bytes"
        gap = text[at:start]
        for each in terminators:
            gap = gap.replace(each, "", 1)
        assert not gap.replace(grammar.BYTE_ORDER_MARK, "").strip(grammar.PADDING), f"bytes {at} to {start} are lost"
        at = end


def test_a_clean_interchange() -> None:
    reads(interchange(), "ISA", "GS", "SET7", "GE", "IEA")


def test_several_sets_and_groups() -> None:
    second = GS.replace("*7*X", "*8*X") + transaction() + "GE*1*8~"
    data = f"{ISA}{GS}{transaction()}{transaction(number='0002')}GE*2*7~{second}IEA*2*000000007~"
    reads(data.encode(), "ISA", "GS", "SET7", "SET7", "GE", "GS", "SET7", "GE", "IEA")


def test_segments_know_their_number_and_bytes() -> None:
    data = interchange()
    found = only_set(data)
    assert [segment.number for segment in found.segments] == [1, 2, 3, 4, 5, 6, 7]
    for segment in found.segments:
        assert data[segment.start : segment.end].decode() == segment.text()
        assert data[segment.end : segment.end + 1] == b"~"


def test_a_set_knows_what_it_declares() -> None:
    found = only_set(interchange())
    said = (found.transaction, found.control_number, found.guide_id, found.purpose, found.delimiters.component)
    assert said == ("278", "0001", "005010X217", "13", ":")
    without = only_set(interchange(transaction().replace("*005010X217", "")))
    assert without.guide_id == "005010X217"
    assert found.segment_ids == {"ST", "BHT", "HL", "NM1", "SE"}


def test_a_set_without_a_bht_has_no_purpose() -> None:
    assert only_set(interchange(transaction("HL*1**20*0~"))).purpose == ""
    assert only_set(interchange()).interchange.control_number == "000000007"


def test_a_ta1_inside_a_set_is_a_segment_of_the_set() -> None:
    reads(interchange(transaction(*BODY, "TA1*1*2*3*A*000~")), "ISA", "GS", "SET8", "GE", "IEA")


def test_duplicates_are_seen_as_long_as_numbers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "MAX_REMEMBERED_SETS", 1)
    sets = [transaction(number=number) for number in ("0001", "0002", "0002", "0001")]
    reads(interchange(*sets), "ISA", "GS", "SET7", "SET7", "SET7", "SET7:T6", "GE", "IEA")


def test_next_event_asks_for_data_until_closed() -> None:
    reader = Reader()
    assert reader.next_event() is NEED_DATA
    reader.feed(interchange()[:150])
    assert isinstance(reader.next_event(), InterchangeStarted)
    assert reader.next_event() is NEED_DATA
    reader.feed(interchange()[150:])
    assert len(list(reader.events())) == 4
    assert reader.next_event() is NEED_DATA
    reader.close()
    assert reader.next_event() is END
    assert reader.next_event() is END
    with pytest.raises(ValueError, match="closed"):
        reader.feed(b"more")


@pytest.mark.parametrize("between", ["\n", "\r\n", " \t\r\n  ", "\n\n", "\x00"])
def test_padding_between_segments_means_nothing(between: str) -> None:
    data = interchange().decode().replace("~", "~" + between).encode()
    reads(data, "ISA", "GS", "SET7", "GE", "IEA")


def test_a_byte_order_mark_and_blanks_before_the_isa() -> None:
    reads(b"\xef\xbb\xbf \r\n" + interchange(), "ISA:I26", "GS", "SET7", "GE", "IEA")


def test_a_byte_order_mark_is_reported_where_it_stands() -> None:
    first = interchange() + b"\r\n"
    second = b"\xef\xbb\xbf" + interchange().replace(b"000000007", b"000000008")
    starts = [each for each in read(first + second) if isinstance(each, InterchangeStarted)]
    assert starts[0].issues == []
    (issue,) = starts[1].issues
    assert (issue.code.code, issue.place.start, issue.place.end) == ("I26", len(first), len(first) + 3)


def test_text_before_the_isa_is_stray() -> None:
    reads(b"HTTP/1.1 200 OK\r\nVISA*1\r\n" + interchange(), "STRAY:I19", "ISA", "GS", "SET7", "GE", "IEA")


def test_a_newline_as_terminator_keeps_the_carriage_return_as_data() -> None:
    data = interchange().replace(b"~", b"\n")
    reads(data, "ISA", "GS", "SET7", "GE", "IEA")
    crlf = only_set(interchange().replace(b"~", b"\n").replace(b"W000\n", b"W000\r\n"))
    assert crlf.segments[5].element(9) == "W000\r"


def test_a_carriage_return_as_terminator_with_line_feeds_after() -> None:
    reads(interchange().replace(b"~", b"\r\n"), "ISA", "GS", "SET7", "GE", "IEA")


@pytest.mark.parametrize("four", ["|{>!", "\x1d\x1f\x1c\x1e", "*^:'", "+?@%", "*`#/"])
def test_any_four_delimiters(four: str) -> None:
    table = str.maketrans("*^:~", four)
    data = interchange().decode().translate(table).encode()
    reads(data, "ISA", "GS", "SET7", "GE", "IEA")
    given_ = only_set(data).delimiters
    assert (given_.element, given_.repetition, given_.component, given_.segment) == tuple(four)


def test_wrapped_at_column_76() -> None:
    text = interchange().decode()
    wrapped = "\n".join(text[n : n + 76] for n in range(0, len(text), 76)).encode()
    reads(wrapped, "ISA:I22", "GS:I22", "SET7:I22", "GE", "IEA")
    assert write_events(read(wrapped)) == interchange()


def test_an_indented_continuation_is_one_blank() -> None:
    data = interchange(transaction(*BODY[:2], "NM1*X3*2*EXAMPLE\n        PAYER*****PI*12345~", *BODY[3:]))
    reads(data, "ISA", "GS", "SET7:I22", "GE", "IEA")
    assert only_set(data).segments[3].element(3) == "EXAMPLE PAYER"


def test_comments_between_segments_are_stray_and_the_segments_are_read() -> None:
    data = interchange(transaction(*BODY[:2], "// NM1 follows, NM1*IL*1 is no segment here\n", *BODY[2:], count=7))
    reads(data, "ISA", "GS", "STRAY:I19", "SET7", "GE", "IEA")
    trailing = interchange(transaction(BODY[0] + "  // the header\r\n", *BODY[1:]))
    reads(trailing, "ISA", "GS", "STRAY:I19", "SET7", "GE", "IEA")


def test_a_commented_segment_is_a_segment() -> None:
    data = interchange(transaction(*BODY[:2], "\r\n//" + BODY[2], *BODY[3:]))
    reads(data, "ISA", "GS", "STRAY:I19", "SET7", "GE", "IEA")


def test_a_doubled_terminator() -> None:
    reads(interchange(transaction(*BODY[:2], "~" + BODY[2], *BODY[3:])), "ISA", "GS", "STRAY:S11", "SET7", "GE", "IEA")


def test_a_segment_without_a_right_id_stays_in_its_set() -> None:
    reads(interchange(transaction(*BODY, "nm1*IL~", "*~", count=9)), "ISA", "GS", "SET9", "GE", "IEA")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (f"{ISA}{GS}{transaction()}{GE}", ["ISA", "GS", "SET7", "GE", "IEA:I5"]),
        (f"{ISA}{GS}{transaction()}{IEA}", ["ISA", "GS", "SET7", "GE:G2", "IEA"]),
        (f"{ISA}{GS}{''.join(BODY)}{GE}{IEA}", ["ISA", "GS", "STRAY:I20", *["STRAY"] * 4, "GE", "IEA"]),
        (f"{ISA}{GS}ST*278*0001~{BODY[0]}{GE}{IEA}", ["ISA", "GS", "SET2:T1", "GE", "IEA"]),
        (f"{ISA}{GS}ST*278*0001~{BODY[0]}ST*278*0002~{BODY[0]}SE*3*0002~GE*2*7~{IEA}",
         ["ISA", "GS", "SET2:T1", "SET3", "GE", "IEA"]),
        (f"{ISA}{transaction()}IEA*0*000000007~", ["ISA", "SET7:G1", "IEA"]),
        (f"{ISA}SE*1*1~GE*1*7~IEA*0*000000007~", ["ISA", "STRAY:I24", "STRAY:I24", "IEA:I25"]),
        (f"{ISA}{GS}{GE.replace('1', '0')}{IEA}", ["ISA", "GS", "GE:G8", "IEA"]),
        (f"{ISA}IEA*0*000000007~IEA*0*000000007~GS*HI~", ["ISA", "IEA:I25", "STRAY:I19"]),
    ],
    ids=["no IEA", "no GE", "no ST", "no SE", "no SE, next ST", "no GS", "only trailers", "no sets", "after the IEA"],
)  # fmt: skip
def test_a_missing_envelope_segment_is_an_issue(data: str, expected: list[str]) -> None:
    reads(data.encode(), *expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("SE*7*0001", "SE*8*0001", ["ISA", "GS", "SET7:T3", "GE", "IEA"]),
        ("SE*7*0001", "SE*7*0002", ["ISA", "GS", "SET7:T2", "GE", "IEA"]),
        ("SE*7*0001", "SE*007*0001", ["ISA", "GS", "SET7", "GE", "IEA"]),
        ("GE*1*7", "GE*2*7", ["ISA", "GS", "SET7", "GE:G4", "IEA"]),
        ("GE*1*7", "GE*1*8", ["ISA", "GS", "SET7", "GE:G3", "IEA"]),
        ("GE*1*7", "GE*1*0007", ["ISA", "GS", "SET7", "GE", "IEA"]),
        ("IEA*1*000000007", "IEA*2*000000007", ["ISA", "GS", "SET7", "GE", "IEA:I6"]),
        ("IEA*1*000000007", "IEA*1*000000008", ["ISA", "GS", "SET7", "GE", "IEA:I4"]),
        ("ST*278*0001", "ST*278*1", ["ISA", "GS", "SET7:T5,T2", "GE", "IEA"]),
        ("ST*278", "ST*27", ["ISA", "GS", "SET7:T4", "GE", "IEA"]),
        ("*0001*005010X217", "*0001*005010X279A1", ["ISA", "GS", "SET7:T7", "GE", "IEA"]),
        ("*7*X*005010X217", "*A*X*005010X217", ["ISA", "GS:G5", "SET7", "GE:G3", "IEA"]),
        ("*7*X*005010X217", "*7*X*", ["ISA", "GS:G7", "SET7", "GE", "IEA"]),
    ],
)
def test_counts_and_control_numbers_are_compared(old: str, new: str, expected: list[str]) -> None:
    reads(interchange().decode().replace(old, new).encode(), *expected)


def test_a_control_number_given_twice() -> None:
    reads(interchange(transaction(), transaction()), "ISA", "GS", "SET7", "SET7:T6", "GE", "IEA")
    data = f"{ISA}{GS}{transaction()}{GE}{GS}{transaction()}{GE}IEA*2*000000007~"
    reads(data.encode(), "ISA", "GS", "SET7", "GE", "GS:G6", "SET7", "GE", "IEA")


def test_a_truncated_file_ends_what_is_open() -> None:
    whole = interchange()
    reads(whole[:-1], "ISA", "GS", "SET7", "GE", "IEA:I21")
    cut = whole.index(b"NM1*IL") + 12
    reads(whole[:cut], "ISA", "GS", "SET6:I21,T1", "GE:G2", "IEA:I5")
    assert [s.id for s in only_set(whole[:cut]).segments] == ["ST", "BHT", "HL", "NM1", "HL", "NM1"]


def test_several_interchanges_and_one_that_breaks_off() -> None:
    whole = interchange()
    reads(whole + whole.replace(b"000000007", b"000000008"), *["ISA", "GS", "SET7", "GE", "IEA"] * 2)
    broken = whole[: whole.index(b"NM1*IL") + 12].replace(b"000000007", b"000000008") + b"\n"
    expected = ["ISA", "GS", "SET6:I21,T1", "GE:G2", "IEA:I5", "ISA", "GS", "SET7", "GE", "IEA"]
    reads(broken + whole, *expected)
    assert [e.index for e in read(broken + whole) if isinstance(e, InterchangeStarted)] == [1, 2]


def test_interchanges_with_different_delimiters() -> None:
    other = interchange().decode().translate(str.maketrans("*^:~", "|{>!")).encode()
    reads(other + interchange().replace(b"000000007", b"000000008"), *["ISA", "GS", "SET7", "GE", "IEA"] * 2)


def test_an_interchange_number_is_unique_between_two_parties_and_only_between_them() -> None:
    again = interchange()
    reads(again * 2, "ISA", "GS", "SET7", "GE", "IEA", "ISA:I30", "GS", "SET7", "GE", "IEA")
    other = again.replace(b"*ZZ*RECEIVER ", b"*ZZ*SOMEBODY ")
    reads(again + other, *["ISA", "GS", "SET7", "GE", "IEA"] * 2)


def test_a_ta1_before_the_groups_alone_and_after_the_iea() -> None:
    ta1 = "TA1*000000007*261201*1530*A*000~"
    reads(f"{ISA}{ta1}{GS}{transaction()}{GE}{IEA}".encode(), "ISA", "TA1", "GS", "SET7", "GE", "IEA")
    reads(f"{ISA}{ta1}IEA*0*000000007~".encode(), "ISA", "TA1", "IEA")
    reads(interchange() + ta1.encode(), "ISA", "GS", "SET7", "GE", "IEA", "TA1")
    late = [e for e in read(interchange() + ta1.encode()) if isinstance(e, Ta1Read)]
    assert late[0].interchange is None


def test_binary_data_is_read_by_its_length() -> None:
    payload = "~~ISA*00*1*\n\n*SE*1*0001~"
    data = interchange(transaction(*BODY, f"BIN*{len(payload)}*{payload}~", f"BDS*B64*{len(payload)}*{payload}~"))
    reads(data, "ISA", "GS", "SET9", "GE", "IEA")
    held = only_set(data).segments
    assert (held[6].element(2), held[7].element(3)) == (payload, payload)


@pytest.mark.parametrize("length", ["3", "900", "x", "", "999999999999"])
def test_binary_data_of_a_wrong_length_ends_at_the_next_terminator(length: str) -> None:
    data = interchange(transaction(*BODY, f"BIN*{length}*ABCDE~"))
    reads(data, "ISA", "GS", "SET8:S10", "GE", "IEA")
    assert only_set(data).segments[6].element(2) == "ABCDE"


def test_bytes_outside_ascii_keep_their_places() -> None:
    name = "PE\u00d1A".encode()
    data = interchange().replace(b"SAMPLE", name)
    reads(data, "ISA", "GS", "SET7", "GE", "IEA")
    segment = only_set(data).segments[5]
    assert data[segment.start : segment.end] == segment.text().encode("latin-1")
    assert write_events(read(data)) == data


@pytest.mark.parametrize("data", [b"", b" \r\n", b"not X12 at all", b"ISA", b"ISA*00*half", b"VISAS*1*2*3"])
def test_no_isa_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteX12Error, match="no ISA"):
        events(data)
    with pytest.raises(RemoteX12Error, match="no ISA"):
        events(*(data[n : n + 1] for n in range(len(data))))


def test_a_refusal_shows_nothing_of_the_input() -> None:
    with pytest.raises(RemoteX12Error) as refused:
        events(b"SMITH JOHN 19600101")
    assert "SMITH" not in str(refused.value)


def test_limits_are_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "MAX_SEGMENT_BYTES", 300)
    reads(interchange(), "ISA", "GS", "SET7", "GE", "IEA")
    long = interchange(transaction(*BODY, f"MSG*{'X' * 300}~"))
    for chunks in ([long], [long[n : n + 1] for n in range(len(long))]):
        with pytest.raises(RemoteX12Error, match="longer than 300 bytes"):
            events(*chunks)
    monkeypatch.undo()
    monkeypatch.setattr(grammar, "MAX_SEGMENTS_PER_SET", 7)
    reads(interchange(), "ISA", "GS", "SET7", "GE", "IEA")
    with pytest.raises(RemoteX12Error, match="more than 7 segments"):
        events(interchange(transaction(*BODY, "MSG*X~")))
    monkeypatch.undo()
    monkeypatch.setattr(grammar, "MAX_ELEMENTS", 20)
    reads(interchange(), "ISA", "GS", "SET7", "GE", "IEA")
    with pytest.raises(RemoteX12Error, match="more than 20 elements"):
        events(interchange(transaction(*BODY, f"MSG{'*' * 20}X~")))
    monkeypatch.undo()
    monkeypatch.setattr(grammar, "MAX_LEADING_BYTES", 100)
    reads(b"x" * 99 + b" " + interchange(), "STRAY:I19", "ISA", "GS", "SET7", "GE", "IEA")
    with pytest.raises(RemoteX12Error, match="no ISA"):
        events(b"x" * 200 + b" " + interchange())
    monkeypatch.undo()
    monkeypatch.setattr(grammar, "MAX_BINARY_BYTES", 4)
    reads(interchange(transaction(*BODY, "BIN*5*ABCDE~")), "ISA", "GS", "SET8:S10", "GE", "IEA")


def test_memory_stays_flat_over_a_long_batch() -> None:
    reader = Reader()
    reader.feed(f"{ISA}{GS}".encode())
    sets = 0
    for number in range(500):
        reader.feed(transaction(number=f"{number:06}").encode())
        found = [event for event in reader.events() if isinstance(event, TransactionSet)]
        sets += len(found)
        held = reader._text
        assert len(held) < 1_000
    assert sets == 500
    reader.close()
    (ended,) = [event for event in reader.events() if isinstance(event, GroupEnded)]
    assert ended.sets == 500


def test_read_one_wants_exactly_one_set() -> None:
    assert read_one(interchange()).control_number == "0001"
    with pytest.raises(RemoteX12Error, match="2 were found"):
        read_one(interchange(transaction(), transaction(number="0002")))


PIECES = st.sampled_from(
    [ISA, GS, GE, IEA, "ST*278*0001~", "SE*2*0001~", *BODY, "~", "\n", " ", "//x\n", "TA1*1*2*3*A*000~", "BIN*3*~~~~",
     "BIN*9*~", "XX", "*", "ISA", "\xef\xbb\xbf", "N3*A\nB~", "n*~"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14), st.lists(st.integers(0, 400), max_size=6))
def test_whatever_comes_every_byte_is_accounted_for_and_chunks_do_not_matter(
    pieces: list[str], cuts: list[int]
) -> None:
    data = (ISA + "".join(pieces)).encode("latin-1")
    at = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    chunks = [data[start:end] for start, end in itertools.pairwise(at)]
    assert fingerprint(events(*chunks)) == fingerprint(events(data))
    accounted(data)
    # What was read past may have kept what stands beside it from being a segment or an ISA.
    if not {issue.code.code for event in read(data) for issue in event.issues} & {"I19", "I22", "I23"}:
        again = write_events(read(data))
        assert write_events(read(again)) == again


@given(st.binary(max_size=200))
def test_any_bytes_give_events_or_the_one_refusal(data: bytes) -> None:
    with contextlib.suppress(RemoteX12Error):
        events(data)
    events(interchange() + data)
