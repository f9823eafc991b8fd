"""Finding an ISA, and the delimiters that it declares.

A right ISA is 106 bytes and is recognised by its sixteen separators standing where they must
and nowhere else (StAEDI checks the same). Real ones are not always right: blanks collapsed by
a web page, an element a byte too wide, a line break at column 76. Those are split by the
separator that byte 4 declares; the terminator is then the byte after ISA16, or what stands
before the GS, TA1 or IEA that follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import grammar, issues
from .issues import Issue, IssueCode, place_of
from .segments import Delimiters, Segment

#: ``ISA``, one byte that can separate elements, at most a few bytes of ISA01, and that byte again.
ISA = re.compile(r"(?<![A-Za-z0-9])ISA([^A-Za-z0-9 \t\r\n])(?:(?!\1).){0,4}\1", re.DOTALL)
#: Where an ISA may stand inside what should be a segment: it needs a two-digit ISA01 to be believed.
ISA_AMID = re.compile(r"(?<![A-Za-z0-9])ISA([^A-Za-z0-9 \t\r\n])[0-9]{2}\1")
#: The segments that may stand right after an ISA.
_MAY_FOLLOW = ("GS", "TA1", "IEA", "ISA", "ST")
#: Stands in for a component separator that was never declared: a byte that X12 data cannot hold.
_NO_COMPONENT = "\x1f"


@dataclass(frozen=True, kw_only=True)
class Header:
    """An ISA made out."""

    elements: list[str]
    delimiters: Delimiters
    #: Characters from the ``I`` up to where the terminator stands.
    length: int
    #: Characters from the ``I`` to behind the terminator; where there is none, what stands in its place is not eaten.
    end: int
    #: What is odd about its form, and at which element.
    oddities: tuple[tuple[IssueCode, int | None], ...]

    def segment(self, start: int) -> Segment:
        """The ISA as a segment that begins at byte `start`."""
        return Segment(self.elements, self.delimiters, start=start, end=start + self.length)


def read_header(text: str, *, complete: bool) -> Header | None:
    """Make out the ISA that `text` begins with.

    Args:
        text: from the ``I`` of ISA.
        complete: whether `text` holds `grammar.MAX_HEADER_BYTES` or all there will be.

    Returns:
        The header; `None` where more bytes are needed or, if `complete`, where it has too few
        elements to read anything by.
    """
    separator = text[grammar.ISA_ELEMENT_SEPARATOR_AT]
    if len(text) >= grammar.ISA_LENGTH and _is_fixed(text):
        if complete or _is_followed(text, grammar.ISA_LENGTH, separator):
            fixed = _Form(text[: grammar.ISA_TERMINATOR_AT].split(separator), grammar.ISA_TERMINATOR_AT)
            return _header(text, _verified(text, fixed))
        return None
    loose = _loose(text) if complete else None
    return _header(text, _verified(text, loose)) if loose else None


@dataclass(frozen=True)
class _Form:
    """The elements of an ISA, where its terminator stands, and what was odd about it."""

    elements: list[str]
    length: int
    oddities: tuple[IssueCode, ...] = ()


def _is_fixed(text: str) -> bool:
    separator = text[grammar.ISA_ELEMENT_SEPARATOR_AT]
    head = text[: grammar.ISA_LENGTH]
    return (
        head.count(separator) == len(grammar.ISA_SEPARATORS_AT)
        and all(head[at] == separator for at in grammar.ISA_SEPARATORS_AT)
        and "\n" not in head[: grammar.ISA_COMPONENT_SEPARATOR_AT]
        and not any(each.isalnum() for each in head[grammar.ISA_COMPONENT_SEPARATOR_AT :])
        and head[grammar.ISA_COMPONENT_SEPARATOR_AT] not in " \r\n"
    )


def _is_followed(text: str, at: int, separator: str) -> bool:
    """Whether a segment that may follow an ISA stands at `at`, padding apart."""
    rest = text[at : at + grammar.ISA_LENGTH].lstrip(grammar.PADDING)
    return rest.startswith(tuple(name + separator for name in _MAY_FOLLOW))


def _verified(text: str, form: _Form) -> _Form:
    """Hold the terminator that was read against what follows.

    Where no envelope segment stands behind it, but a GS and an ST further on both stand
    behind one and the same other character, that character is the terminator.
    """
    separator = text[grammar.ISA_ELEMENT_SEPARATOR_AT]
    if _is_followed(text, form.length + 1, separator):
        return form
    mark, blanks = re.escape(separator), f"[{re.escape(grammar.PADDING)}]*"
    group = rf"GS{mark}(?:[^{mark}]{{0,40}}{mark}){{7}}[A-Za-z0-9]{{0,12}}"
    match = re.compile(rf"([^A-Za-z0-9{mark}]){blanks}{group}\1{blanks}ST{mark}").search(text, form.length)
    if match is None or match[1] == text[form.length : form.length + 1]:
        return form
    elements = text[: match.start()].split(separator)
    oddities = dict.fromkeys((*form.oddities, issues.ISA_NOT_FIXED))
    return _Form(elements, match.start(), tuple(oddities))


def _loose(text: str) -> _Form | None:
    separator = text[grammar.ISA_ELEMENT_SEPARATOR_AT]
    names = "|".join(_MAY_FOLLOW)
    following = re.compile(rf"(?<![A-Za-z0-9])(?:{names}){re.escape(separator)}").search(text, 4)
    head = text[: following.start()] if following else text
    parts = head.split(separator)
    if len(parts) > len(grammar.ISA_WIDTHS):
        return _by_elements(parts, text)
    return _by_what_follows(head, text) if following else None


def _by_elements(parts: list[str], text: str) -> _Form:
    """Sixteen separators are there: ISA16 is the byte after the last, the terminator the one after that."""
    elements = parts[:16]
    length = sum(map(len, elements)) + len(elements)
    tail = text[length:]
    before = len(tail) - len(tail.lstrip("\r\n"))
    component = tail[before : before + 1]
    if component.isalnum() or component == " ":
        component = ""
    end = length + before + 1 if component else length
    unwrapped = [re.sub(r"[\r\n]+", "", each) for each in elements]
    oddities: list[IssueCode] = []
    if not component or any(len(e) != w for e, w in zip(unwrapped[1:], grammar.ISA_WIDTHS, strict=False)):
        oddities.append(issues.ISA_NOT_FIXED)
    if unwrapped != elements or (component and before):
        oddities.append(issues.LINE_BREAK_INSIDE)
    return _Form([*unwrapped, component], end, tuple(oddities))


def _by_what_follows(head: str, text: str) -> _Form:
    """Elements are missing, but an envelope segment follows: what stands before it ends the ISA."""
    separator = text[grammar.ISA_ELEMENT_SEPARATOR_AT]
    kept = head.rstrip(" \t\r\n")
    length = len(kept)
    if not kept[-1].isalnum() and kept[-1] != separator:
        length -= 1
    return _Form(kept[:length].split(separator), length, (issues.ISA_NOT_FIXED,))


def _header(text: str, form: _Form) -> Header:
    separator = text[grammar.ISA_ELEMENT_SEPARATOR_AT]
    component = form.elements[16][:1] if len(form.elements) > len(grammar.ISA_WIDTHS) else ""
    terminator = text[form.length : form.length + 1]
    found: list[tuple[IssueCode, int | None]] = [(code, None) for code in form.oddities]
    if len({separator, component, terminator}) < 3 or terminator.isalnum():  # noqa: PLR2004 - three delimiters
        found.append((issues.DELIMITERS_CLASH, 16))
    end = form.length + int(bool(terminator) and not terminator.isalnum())
    repetition, odd = _repetition(form.elements, component, {separator, terminator})
    if odd:
        found.append((odd, 11))
    delimiters = Delimiters(
        element=separator,
        repetition=repetition,
        component=component or _NO_COMPONENT,
        segment=terminator if terminator and not terminator.isalnum() else _USUAL.segment,
    )
    return Header(elements=form.elements, delimiters=delimiters, length=form.length, end=end, oddities=tuple(found))


def _repetition(elements: list[str], component: str, others: set[str]) -> tuple[str | None, IssueCode | None]:
    """ISA11 as a repetition separator, from 00402 on; before that it was the standards id ``U``.

    Where ISA11 and ISA16 are the same character it serves as both: lists of codes are then
    still read (EB03), and a composite is reported as one repeat too many.
    """
    declared = elements[11] if len(elements) > 11 else ""  # noqa: PLR2004 - ISA11
    version = elements[12] if len(elements) > 12 else ""  # noqa: PLR2004 - ISA12
    if len(declared) == 1 and not declared.isalnum() and declared != " ":
        if declared in others:
            return None, issues.DELIMITERS_CLASH
        return declared, issues.DELIMITERS_CLASH if declared == component else None
    return None, None if version < grammar.REPETITION_SINCE else issues.REPETITION_NOT_DECLARED


def header_issues(header: Header, segment: Segment) -> list[Issue]:
    """What is wrong with an ISA: its form, then each element.

    Where the elements of a wrong width are those that have a finding, that is the finding, and not the form too.
    """
    faulty = [(number, code) for number, code, right in _ELEMENT_RULES if not right(segment.element(number).strip())]
    faulty += _depending(segment, {number for number, _ in faulty})
    faulty.sort(key=lambda each: each[0])
    told = _misfits(segment) <= {number for number, _ in faulty}
    form = [each for each in header.oddities if not (told and each[0] is issues.ISA_NOT_FIXED)]
    codes = [*form, *((code, number) for number, code in faulty)]
    return [Issue(code=code, place=place_of(segment, element=number)) for code, number in codes]


def _depending(segment: Segment, faulty: set[int]) -> Iterator[tuple[int, IssueCode]]:
    """Elements that another one calls for; nothing follows from an element that is wrong itself."""
    for number, code, qualifier in _ANNOUNCED:
        says = segment.element(qualifier).strip()
        if qualifier not in faulty and says != grammar.NOTHING_ANNOUNCED and not segment.element(number).strip():
            yield number, code
    version = segment.element(12).strip()
    if 12 not in faulty and version < grammar.REPETITION_SINCE and segment.element(11) != grammar.STANDARD_ID:  # noqa: PLR2004 - ISA12
        yield 11, issues.STANDARD_ID


def _misfits(segment: Segment) -> set[int]:
    """The elements that are not as wide as an ISA's; 0 stands for the form as such, which no element explains."""
    widths = enumerate(zip(segment.elements[1:], grammar.ISA_WIDTHS, strict=False), 1)
    wrong = {number for number, (text, width) in widths if len(text) != width}
    return wrong if wrong and len(segment.elements) == len(grammar.ISA_WIDTHS) + 1 else {0}


def _is_interchange_number(text: str) -> bool:
    return len(text) == grammar.ISA_CONTROL_LENGTH and text.isascii() and text.isdigit() and int(text) > 0


_USUAL = Delimiters()

#: Element of the ISA, the code where it is blank, and the element that announces it.
_ANNOUNCED = ((2, issues.AUTHORIZATION_MISSING, 1), (4, issues.SECURITY_MISSING, 3))

#: Element of the ISA, the code where it is not right, and when it is.
_ELEMENT_RULES: tuple[tuple[int, IssueCode, Callable[[str], bool]], ...] = (
    (1, issues.AUTHORIZATION_QUALIFIER, grammar.AUTHORIZATION_QUALIFIERS.__contains__),
    (3, issues.SECURITY_QUALIFIER, grammar.SECURITY_QUALIFIERS.__contains__),
    (5, issues.SENDER_QUALIFIER, grammar.ID_QUALIFIERS.__contains__),
    (6, issues.SENDER_ID, bool),
    (7, issues.RECEIVER_QUALIFIER, grammar.ID_QUALIFIERS.__contains__),
    (8, issues.RECEIVER_ID, bool),
    (9, issues.INTERCHANGE_DATE, grammar.is_date),
    (10, issues.INTERCHANGE_TIME, grammar.is_time),
    (12, issues.INTERCHANGE_VERSION, lambda text: len(text) == 5 and text.isdecimal()),  # noqa: PLR2004 - ISA12's width
    (13, issues.INTERCHANGE_NUMBER_INVALID, _is_interchange_number),
    (14, issues.ACK_REQUESTED, frozenset("01").__contains__),
    (15, issues.USAGE_INDICATOR, grammar.USAGE_INDICATORS.__contains__),
)
