"""Segments in, bytes out.

Strict where the reader is lenient. Counts and trailers are derived from what is written: no
parameter exists for them, so no caller can get them wrong. What X12 does not allow is refused
before a byte leaves (`LocalX12Error`, naming the place and never the value).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from priorwire.errors import LocalX12Error

from . import grammar
from .envelope import GroupHeader, InterchangeHeader, gs_segment, isa_segment
from .events import (
    Event,
    GroupEnded,
    GroupStarted,
    InterchangeEnded,
    InterchangeStarted,
    Ta1Read,
    TransactionSet,
)
from .segments import DEFAULT_DELIMITERS, Delimiters, Segment, Value, make_segment


@dataclass(frozen=True, kw_only=True)
class SetToWrite:
    """A transaction set without its ST and SE, which the writer makes."""

    #: ST01, e.g. ``278``.
    transaction: str
    #: ST02, 4 to 9 characters, unique in its group.
    control_number: str
    #: ST03, e.g. ``005010X217``; ``""`` before 5010, which has no ST03.
    guide_id: str
    #: BHT (or AK1 …) to the last segment before the SE.
    body: Sequence[Segment]


@dataclass(frozen=True, kw_only=True)
class GroupToWrite:
    """A functional group without its trailer."""

    header: GroupHeader
    sets: Sequence[SetToWrite]


def write_interchange(
    header: InterchangeHeader,
    groups: Sequence[GroupToWrite | tuple[GroupHeader, Sequence[SetToWrite]]],
    delimiters: Delimiters = DEFAULT_DELIMITERS,
    *,
    ta1: Sequence[Segment] = (),
) -> bytes:
    """One interchange, ISA to IEA, without line breaks.

    Args:
        header: the ISA.
        groups: each group's header and its sets, in order.
        delimiters: the four to declare; every segment must have been made with the same.
        ta1: TA1 segments, which stand before the groups.

    Raises:
        LocalX12Error: something that X12 does not allow; the message says where.
    """
    lines = [isa_segment(header, delimiters), *ta1]
    for each in groups:
        group = each if isinstance(each, GroupToWrite) else GroupToWrite(header=each[0], sets=each[1])
        lines += _group(group, delimiters)
    lines.append(make_segment(delimiters, "IEA", str(len(groups)), f"{header.control_number:09}"))
    for number, segment in enumerate(lines[1:], 2):
        _check(segment, delimiters, number)
    return b"".join(map(_encoded, lines))


def _group(group: GroupToWrite, delimiters: Delimiters) -> Iterator[Segment]:
    yield gs_segment(group.header, delimiters)
    numbers = [each.control_number for each in group.sets]
    if len(set(numbers)) != len(numbers):
        raise LocalX12Error("ST02: a control number stands twice in one group")
    for each in group.sets:
        yield from set_segments(each, delimiters)
    yield make_segment(delimiters, "GE", str(len(group.sets)), str(group.header.control_number))


def set_segments(each: SetToWrite, delimiters: Delimiters = DEFAULT_DELIMITERS) -> list[Segment]:
    """A set with the ST and SE that it needs, ST to SE, numbered from 1.

    Raises:
        LocalX12Error: the control number or the set id is not one, or the body is empty.
    """
    number = each.control_number
    if not (grammar.SET_CONTROL_MIN <= len(number) <= grammar.SET_CONTROL_MAX and number.isalnum()):
        raise LocalX12Error("ST02: must be 4 to 9 letters or digits")
    if not (len(each.transaction) == 3 and each.transaction.isdecimal()):  # noqa: PLR2004 - ST01 has three digits
        raise LocalX12Error("ST01: must be three digits")
    if not each.body:
        raise LocalX12Error("a transaction set without a body")
    start = make_segment(delimiters, "ST", each.transaction, number, each.guide_id or None)
    end = make_segment(delimiters, "SE", str(len(each.body) + 2), number)
    return [
        Segment(segment.elements, segment.delimiters, number=position)
        for position, segment in enumerate((start, *each.body, end), 1)
    ]


def write_events(events: Iterable[Event]) -> bytes:
    """What was read, again: each segment as it stands, with its interchange's terminator.

    Declared normalization: padding and line breaks between segments, a byte order mark, line
    breaks inside a segment and text that is no segment are left out. Nothing is corrected.
    """
    return b"".join(
        (segment.text() + segment.delimiters.segment).encode("latin-1")
        for event in events
        for segment in segments_of(event)
    )


def segments_of(event: Event) -> Sequence[Segment]:
    """Every segment that an event holds: over all events of an input, every segment once."""
    match event:
        case InterchangeStarted() | GroupStarted():
            return (event.header,)
        case GroupEnded() | InterchangeEnded():
            return (event.trailer,) if event.trailer else ()
        case Ta1Read():
            return (event.segment,)
        case TransactionSet():
            return event.segments
        case _:
            return event.segments


def binary_segment(delimiters: Delimiters, segment_id: str, *values: Value, data: bytes) -> Segment:
    """A BIN or BDS: `values` are the elements before the length, which is counted here, and the bytes end it.

    The bytes may hold any delimiter: whoever reads them counts (X12.6, binary data element).

    Raises:
        LocalX12Error: it is another segment, or there are no bytes, or too many for `grammar.MAX_BINARY_BYTES`.
    """
    if grammar.COUNTED_DATA.get(segment_id) != len(values) + 1:
        raise LocalX12Error(f"{segment_id}: is no segment that ends in binary data after so many elements")
    if not 0 < len(data) <= grammar.MAX_BINARY_BYTES:
        raise LocalX12Error(f"{segment_id}: holds 1 to {grammar.MAX_BINARY_BYTES} bytes")
    counted = make_segment(delimiters, segment_id, *values, str(len(data)))
    return Segment([*counted.elements, data.decode("latin-1")], delimiters)


def _encoded(segment: Segment) -> bytes:
    """A segment and its terminator; one character of binary data is one byte, as the reader has it."""
    text = segment.text() + segment.delimiters.segment
    return text.encode("latin-1" if segment.id in grammar.COUNTED_DATA else "ascii")


def _check(segment: Segment, delimiters: Delimiters, number: int) -> None:
    if segment.delimiters != delimiters:
        raise LocalX12Error(f"{segment.id} (segment {number}): was made with other delimiters than the interchange has")
    if len(segment.elements) < 2:  # noqa: PLR2004 - the id and at least one element
        raise LocalX12Error(f"{segment.id} (segment {number}): has no data element")
    if not grammar.is_segment_id(segment.id):
        raise LocalX12Error(f"segment {number}: has no segment id")
    if not segment.elements[-1]:
        raise LocalX12Error(f"{segment.id} (segment {number}): ends in an empty element")
    for place, text in enumerate(_delimited(segment, number)):
        if delimiters.element in text or delimiters.segment in text:
            raise LocalX12Error(f"{segment.id}{place:02} (segment {number}): holds a delimiter of this interchange")
        rest = text.replace(delimiters.component, "").replace(delimiters.repetition or delimiters.component, "")
        if grammar.NOT_EXTENDED.search(rest):
            raise LocalX12Error(f"{segment.id}{place:02} (segment {number}): holds a character outside the X12 set")


def _delimited(segment: Segment, number: int) -> Sequence[str]:
    """The elements that end at a delimiter: all, or those before the counted bytes of a BIN or BDS."""
    length = grammar.COUNTED_DATA.get(segment.id)
    if length is None:
        return segment.elements
    if len(segment.elements) != length + 2 or segment.elements[length] != str(len(segment.elements[-1])):
        raise LocalX12Error(f"{segment.id} (segment {number}): the length told is not that of its bytes")
    return segment.elements[:-1]
