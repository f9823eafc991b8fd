"""What X12 itself fixes, below any guide: positions, widths, character sets, shapes, and our own limits.

Sources: X12.5 (interchange control), X12.6 (application control), both as restated in public
companion guides and in the maps of pyx12, stupidedi and StAEDI. Where the world is sloppier
than the standard, the remark stands at the constant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

# --- the interchange header -------------------------------------------------------------

#: Bytes of an ISA with its terminator. The only fixed-length segment of X12.
ISA_LENGTH = 106
#: Width of ISA01 to ISA16.
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
#: Offset of the byte that declares the element separator: the one after ``ISA``.
ISA_ELEMENT_SEPARATOR_AT = 3
#: Offsets of all sixteen element separators, derived from the widths.
ISA_SEPARATORS_AT = tuple(3 + sum(ISA_WIDTHS[:n]) + n for n in range(16))
#: Offset of ISA16, the component separator, and of the terminator.
ISA_COMPONENT_SEPARATOR_AT = 104
ISA_TERMINATOR_AT = 105
#: ISA12 from which ISA11 is a repetition separator. Before, ISA11 was the standards id ``U``.
REPETITION_SINCE = "00402"

#: ISA05 and ISA07 in HIPAA guides.
ID_QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})
#: ISA01 and ISA03.
AUTHORIZATION_QUALIFIERS = frozenset({"00", "03"})
SECURITY_QUALIFIERS = frozenset({"00", "01"})
#: ISA01 and ISA03 where ISA02 and ISA04 say nothing.
NOTHING_ANNOUNCED = "00"
#: ISA11 of an interchange before `REPETITION_SINCE`.
STANDARD_ID = "U"
#: ISA15: production, test, information.
USAGE_INDICATORS = frozenset({"P", "T", "I"})

#: Control numbers: ISA13 always nine digits, GS06 a number of at most nine, ST02 four to nine characters.
ISA_CONTROL_LENGTH = 9
GROUP_CONTROL_MAX = 9
SET_CONTROL_MIN, SET_CONTROL_MAX = 4, 9

# --- limits: what stops a reader that holds no more than one transaction set ------------------

#: Bytes looked at to make out an ISA that is not 106 bytes long, or not followed by what must follow.
#: Elements were seen over-wide by a few bytes, wrapped, indented, and once with 1,100 bytes of a web page in ISA16.
MAX_HEADER_BYTES = 4_096
#: Bytes of anything else before the first ISA: a mail header or a banner fits, a wrong file does not.
MAX_LEADING_BYTES = 65_536
#: Bytes of one segment. The longest in the guides (MSG, N3, HI with twelve composites) stay under
#: 2,000; a megabyte without a terminator means that the terminator was never right.
MAX_SEGMENT_BYTES = 1_048_576
#: Bytes of the binary element of one BIN or BDS. CORE lets a receiver cap a payload; 64 MB is what
#: clearinghouses publish for attachments, base64 makes that 86 MB.
MAX_BINARY_BYTES = 100_000_000
#: Elements of one segment: no X12 segment has more than about thirty.
MAX_ELEMENTS = 1_000
#: Segments of one transaction set, the most that is held at once. A 271 for 5,000 people stays under it.
MAX_SEGMENTS_PER_SET = 500_000
#: Levels of HL below one another: six in a 278; the standard names no limit.
MAX_HL_DEPTH = 32
#: ST02 values remembered to find a duplicate in a group; beyond it, duplicates go unseen (memory stays flat).
MAX_REMEMBERED_SETS = 1_000_000

# --- bytes -----------------------------------------------------------------------------

BYTE_ORDER_MARK = b"\xef\xbb\xbf".decode("latin-1")
#: What stands between segments without meaning: blanks, line ends, and the padding of mainframe transfers.
PADDING = " \t\r\n\x00\x1a"
#: Segments whose data is counted and not delimited: id -> number of the element that holds the length.
#: The data is the element after it (BIN02, BDS03).
COUNTED_DATA = {"BIN": 1, "BDS": 2}

#: X12.6 basic character set, and what the extended set adds. Extended is by agreement; all TR3s allow it.
BASIC_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?=")
EXTENDED_CHARACTERS = BASIC_CHARACTERS | frozenset("abcdefghijklmnopqrstuvwxyz%~@[]_{}\\|<>#$^`")
#: One character outside the extended set. ``^`` and a back-tick are delimiters only, but seen in free text.
NOT_EXTENDED = re.compile("[^ -~]")

SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)


def is_segment_id(text: str) -> bool:
    """Whether `text` has the shape of a segment id: two or three, upper case, a letter first."""
    return SEGMENT_ID.fullmatch(text) is not None


# --- shapes of element types (X12.6) ---------------------------------------------------------

#: Characters of CCYYMMDD, and of YYMMDD as ISA09 and 4010's GS04 have it.
DAY_LENGTH, SHORT_DAY_LENGTH = 8, 6
#: Digits of a National Provider Identifier, check digit included.
NPI_LENGTH = 10
_NUMBER = re.compile(r"-?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_TIME = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?", re.ASCII)
_DATE_TIME = re.compile(r"([0-9]{8})([0-9]{4,8})", re.ASCII)


def is_number(text: str) -> bool:
    """N and Nd: digits, an optional leading minus; the decimal point is implied."""
    return _NUMBER.fullmatch(text) is not None


def is_decimal(text: str) -> bool:
    """R: digits with an optional point and leading minus; no exponent, no thousands."""
    return _DECIMAL.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """DT: a day that exists, as CCYYMMDD, or YYMMDD where six digits long (ISA09, 4010's GS04)."""
    if len(text) not in (DAY_LENGTH, SHORT_DAY_LENGTH) or not (text.isascii() and text.isdigit()):
        return False
    year = int(text[:-4]) if len(text) == DAY_LENGTH else 2000 + int(text[:2])
    try:
        date(year, int(text[-4:-2]), int(text[-2:]))
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """TM: HHMM, HHMMSS, or with one or two digits of a second's fraction, 24 hours."""
    return _TIME.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """D8: CCYYMMDD."""
    return len(text) == DAY_LENGTH and is_date(text)


def is_day_range(text: str) -> bool:
    """RD8: two days joined by a hyphen, the first not after the second."""
    first, hyphen, last = text.partition("-")
    return bool(hyphen) and is_day(first) and is_day(last) and first <= last


def is_day_and_time(text: str) -> bool:
    """DT as a format qualifier: CCYYMMDDHHMM with optional seconds."""
    match = _DATE_TIME.fullmatch(text)
    return match is not None and is_day(match[1]) and is_time(match[2])


#: Element 1250, the date/time format qualifier -> the check of element 1251 that it asks for.
DATE_FORMATS: dict[str, Callable[[str], bool]] = {
    "D6": lambda text: len(text) == SHORT_DAY_LENGTH and is_date(text),
    "D8": is_day,
    "DT": is_day_and_time,
    "RD8": is_day_range,
    "TM": is_time,
}


def luhn_digit(digits: str) -> str:
    """The check digit that belongs behind some digits, by the formula of Luhn (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(int(each) for each in reversed(digits)):
        total += digit if place % 2 else sum(divmod(digit * 2, 10))
    return str(-total % 10)


def is_npi(text: str) -> bool:
    """A National Provider Identifier: ten digits, Luhn over ``80840`` and the number (45 CFR 162.406)."""
    if len(text) != NPI_LENGTH or not (text.isascii() and text.isdigit()):
        return False
    return luhn_digit("80840" + text[:-1]) == text[-1]


#: Segment id -> (element, the element that qualifies it): a date or period in the format that the qualifier names.
DATED_ELEMENTS: dict[str, tuple[tuple[int, int], ...]] = {
    "CR6": ((4, 3),),
    "DMG": ((2, 1),),
    "DTP": ((3, 2),),
    "INS": ((12, 11),),
    "MPI": ((7, 6),),
}
#: Segment id -> (component, qualifying component) in each of its composites.
DATED_COMPONENTS: dict[str, tuple[int, int]] = {"HI": (4, 3)}
#: Segment id -> (element, qualifying element, value of the qualifier by which it is a National Provider Identifier).
NPI_ELEMENTS: dict[str, tuple[int, int, str]] = {"NM1": (9, 8, "XX")}
#: The brackets of a bounded loop, and the element that must be the same in both (X12.6, LS and LE).
BRACKETS = ("LS", "LE")
