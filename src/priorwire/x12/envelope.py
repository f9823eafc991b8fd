"""The two headers as values: built for what we send, read from what we got.

Dates, times and control numbers come from outside: the engine reads no clock and counts
nothing. The trailers are not here, because nobody passes them: the writer derives them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from priorwire.errors import LocalX12Error

from . import grammar
from .segments import DEFAULT_DELIMITERS, Delimiters, Segment


@dataclass(frozen=True, kw_only=True)
class InterchangeHeader:
    """What an ISA says, separators apart."""

    #: ISA05, ISA06: who sends, at most 15 characters.
    sender_qualifier: str = "ZZ"
    sender: str
    #: ISA07, ISA08: who receives.
    receiver_qualifier: str = "ZZ"
    receiver: str
    #: ISA09 and ISA10, to the minute. X12 knows no time zone: pass the zone that was agreed on.
    at: datetime
    #: ISA13, 1 to 999,999,999, unique between the two parties.
    control_number: int
    #: ISA15: ``T`` test, ``P`` production, ``I`` information.
    usage: str
    #: ISA14: whether a TA1 is asked for.
    ack_requested: bool = False
    #: ISA12.
    version: str = "00501"
    #: ISA01 to ISA04; blank where not used.
    authorization_qualifier: str = "00"
    authorization: str = ""
    security_qualifier: str = "00"
    security: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupHeader:
    """What a GS says."""

    #: GS01, e.g. ``HI`` for every 278.
    functional_id: str
    #: GS02 and GS03, 2 to 15 characters.
    sender: str
    receiver: str
    #: GS04 and GS05, to the second.
    at: datetime
    #: GS06, 1 to 999,999,999.
    control_number: int
    #: GS08, the implementation guide, e.g. ``005010X217``.
    version: str


def isa_segment(header: InterchangeHeader, delimiters: Delimiters = DEFAULT_DELIMITERS) -> Segment:
    """The ISA: with its terminator exactly 106 bytes.

    Raises:
        LocalX12Error: a value does not fit its fixed width, or the delimiters are not four different ones.
    """
    check_delimiters(delimiters)
    if header.version < grammar.REPETITION_SINCE:
        repetition = grammar.STANDARD_ID
    elif delimiters.repetition is None:
        raise LocalX12Error("ISA11: this version needs a repetition separator")
    else:
        repetition = delimiters.repetition
    values = (
        header.authorization_qualifier,
        header.authorization.ljust(10),
        header.security_qualifier,
        header.security.ljust(10),
        header.sender_qualifier,
        header.sender.ljust(15),
        header.receiver_qualifier,
        header.receiver.ljust(15),
        f"{header.at:%y%m%d}",
        f"{header.at:%H%M}",
        repetition,
        header.version,
        f"{header.control_number:09}",
        "1" if header.ack_requested else "0",
        header.usage,
        delimiters.component,
    )
    for number, (value, width) in enumerate(zip(values, grammar.ISA_WIDTHS, strict=True), 1):
        if len(value) != width:
            raise LocalX12Error(f"ISA{number:02}: must be {width} characters wide")
    _check_header("ISA", values, delimiters, exempt={11, 16})
    if header.control_number < 1:
        raise LocalX12Error("ISA13: must be 1 to 999999999")
    if header.usage not in grammar.USAGE_INDICATORS:
        raise LocalX12Error("ISA15: must be P, T or I")
    return Segment(["ISA", *values], delimiters)


def gs_segment(header: GroupHeader, delimiters: Delimiters = DEFAULT_DELIMITERS) -> Segment:
    """The GS.

    Raises:
        LocalX12Error: a value is too long or too short, or holds a delimiter.
    """
    if not 1 <= header.control_number <= 10**grammar.GROUP_CONTROL_MAX - 1:
        raise LocalX12Error("GS06: must be 1 to 999999999")
    for number, code in ((2, header.sender), (3, header.receiver)):
        if not 2 <= len(code) <= 15:  # noqa: PLR2004 - GS02 and GS03 are 2 to 15 characters
            raise LocalX12Error(f"GS{number:02}: must be 2 to 15 characters")
    if len(header.functional_id) != 2 or not 1 <= len(header.version) <= 12:  # noqa: PLR2004 - GS01 2, GS08 1 to 12
        raise LocalX12Error("GS01 must be 2 characters, GS08 1 to 12")
    values = (
        header.functional_id,
        header.sender,
        header.receiver,
        f"{header.at:%Y%m%d}",
        f"{header.at:%H%M%S}",
        str(header.control_number),
        "X",
        header.version,
    )
    _check_header("GS", values, delimiters)
    return Segment(["GS", *values], delimiters)


def check_delimiters(delimiters: Delimiters) -> None:
    """Refuse delimiters that cannot work.

    Raises:
        LocalX12Error: two are the same, or one is a letter, a digit, a blank or no single byte.
    """
    four = [delimiters.element, delimiters.component, delimiters.segment]
    four += [delimiters.repetition] if delimiters.repetition else []
    if len(set(four)) != len(four):
        raise LocalX12Error("two of the delimiters are the same")
    if any(len(each) != 1 or not each.isascii() or each.isalnum() or each == " " for each in four):
        raise LocalX12Error("a delimiter must be one ASCII character, neither letter, digit nor blank")


def interchange_header(segment: Segment) -> InterchangeHeader:
    """Read an ISA. Lenient: what is not a date or a number reads as the year 1 or as 0; the reader reports it."""
    value = [segment.element(number).strip() for number in range(17)]
    return InterchangeHeader(
        authorization_qualifier=value[1],
        authorization=value[2],
        security_qualifier=value[3],
        security=value[4],
        sender_qualifier=value[5],
        sender=value[6],
        receiver_qualifier=value[7],
        receiver=value[8],
        at=_moment(value[9], value[10]),
        version=value[12],
        control_number=_number(value[13]),
        ack_requested=value[14] == "1",
        usage=value[15],
    )


def group_header(segment: Segment) -> GroupHeader:
    """Read a GS. Lenient as `interchange_header`."""
    value = [segment.element(number).strip() for number in range(9)]
    return GroupHeader(
        functional_id=value[1],
        sender=value[2],
        receiver=value[3],
        at=_moment(value[4], value[5]),
        control_number=_number(value[6]),
        version=value[8],
    )


def _check_header(name: str, values: tuple[str, ...], delimiters: Delimiters, exempt: Collection[int] = ()) -> None:
    for number, value in enumerate(values, 1):
        if number in exempt:
            continue
        if any(each in value for each in str(delimiters)):
            raise LocalX12Error(f"{name}{number:02}: holds a delimiter of this interchange")
        if grammar.NOT_EXTENDED.search(value):
            raise LocalX12Error(f"{name}{number:02}: holds a character outside the X12 set")


#: What an unreadable date reads as; no interchange is that old.
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


def _moment(day: str, time: str) -> datetime:
    """A header's date and time. X12 states no zone: UTC stands in for "as agreed between the parties"."""
    if not grammar.is_date(day):
        return _NO_MOMENT
    time = time[:6] if grammar.is_time(time) else "0000"
    text = (day if len(day) == 8 else f"20{day}") + time.ljust(6, "0")  # noqa: PLR2004 - CCYYMMDD
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
