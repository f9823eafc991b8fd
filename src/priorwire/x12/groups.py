"""What is wrong with a GS, element by element, and which sets its group may hold.

Of these faults a 999 can name three (AK905 1, 2 and 6). The others are faults of the group's
header as such, which only a TA1 can name: 024, the content of the interchange is invalid.

Source: X12.5 as public companion guides restate it; GS01 by transaction is what X12 publishes
with element 479.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter

from . import grammar, issues
from .issues import Issue, IssueCode, place_of
from .segments import Segment

#: ST01 -> the GS01 that it travels under, of HIPAA's transactions and the acknowledgments.
FUNCTIONAL_GROUPS = {
    "270": "HS",
    "271": "HB",
    "275": "PI",
    "276": "HR",
    "277": "HN",
    "278": "HI",
    "820": "RA",
    "824": "AG",
    "834": "BE",
    "835": "HP",
    "837": "HC",
    "997": "FA",
    "999": "FA",
}

#: How many elements a GS has.
_ELEMENTS = 8


def group_header_issues(segment: Segment) -> list[Issue]:
    """What is wrong with a GS by itself: one finding an element, and one for what stands behind the last."""
    return [
        Issue(code=code, place=place_of(segment, element=number))
        for number, code in sorted(_faults(segment), key=itemgetter(0))
    ]


def holds(functional_group: str, transaction: str) -> bool:
    """Whether a set with that ST01 may stand in a group with that GS01; what is no GS01 is a finding of its own."""
    meant = FUNCTIONAL_GROUPS.get(transaction, functional_group)
    return functional_group == meant or not _is_functional_id(functional_group)


def is_version(text: str) -> bool:
    """GS08: version and release in six digits, then the id of a guide in at most six letters and digits."""
    digits, guide_id = text[:_VERSION], text[_VERSION:]
    named = not guide_id or (guide_id.isascii() and guide_id.isalnum())
    return len(digits) == _VERSION and digits.isascii() and digits.isdigit() and named and len(text) <= _VERSION_MAX


#: Digits that GS08 begins with, and characters of the whole.
_VERSION, _VERSION_MAX = 6, 12


def _faults(segment: Segment) -> Iterator[tuple[int, IssueCode]]:
    for number, code, right in _RULES:
        if not right(segment.element(number).strip()):
            yield number, code
    day, version = segment.element(4).strip(), segment.element(8).strip()
    if not grammar.is_day(day) and not (version < _LONG_DAYS_SINCE and grammar.is_date(day)):
        yield 4, issues.GROUP_DATE
    if any(segment.elements[_ELEMENTS + 1 :]):
        yield _ELEMENTS + 1, issues.GROUP_HEADER_LONG


#: Before this version GS04 had six digits.
_LONG_DAYS_SINCE = "004"


def _is_functional_id(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalnum()  # noqa: PLR2004 - GS01's width


def _is_party(text: str) -> bool:
    return 2 <= len(text) <= 15  # noqa: PLR2004 - the width of GS02 and GS03


def _is_number(text: str) -> bool:
    """Zero padding is not allowed, is everywhere, and is read past."""
    digits = text.isascii() and text.isdigit() and len(text) <= grammar.GROUP_CONTROL_MAX
    return digits and int(text) > 0


#: Element of the GS, the code where it is not right, and when it is.
_RULES: tuple[tuple[int, IssueCode, Callable[[str], bool]], ...] = (
    (1, issues.FUNCTIONAL_GROUP_INVALID, _is_functional_id),
    (2, issues.GROUP_SENDER, _is_party),
    (3, issues.GROUP_RECEIVER, _is_party),
    (5, issues.GROUP_TIME, grammar.is_time),
    (6, issues.GROUP_NUMBER_INVALID, _is_number),
    (7, issues.GROUP_AGENCY, "X".__eq__),
    (8, issues.GROUP_VERSION_MISSING, is_version),
)
