"""Segments in, events out: which envelope each segment opens, closes or belongs to.

The envelope is three nested things, each open or not. A header opens its level, after ending
whatever is still open at that level or below (with an issue: its trailer is missing). A trailer
ends its level the same way. A trailer that finds nothing open, and any other segment outside
a set, is a `Stray`. Control numbers and counts are compared at the trailer.

One fault, one finding: of what follows a header that is absent, down to the trailer that would have closed
it, only the first is reported, and the counts may include it. A header sent twice running opens one envelope.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from priorwire.errors import RemoteX12Error

from . import grammar, issues
from .acknowledgment import ta1_issues
from .events import (
    Event,
    GroupEnded,
    GroupStarted,
    InterchangeEnded,
    InterchangeStarted,
    Stray,
    Ta1Read,
    TransactionSet,
)
from .groups import group_header_issues, holds, is_version
from .issues import Issue, IssueCode, Place, Severity, place_of
from .segments import Segment
from .set_text import SegmentsOfText

#: What was wrong with the text of a segment, before anybody asked where it belongs.
Codes = tuple[IssueCode, ...]


class Nesting:
    """The envelopes that are open, and what they counted."""

    def __init__(self, ready: deque[Event]) -> None:
        self._ready = ready
        self.interchange: InterchangeStarted | None = None
        self._interchanges = 0
        self._groups = 0
        self._contents = 0
        self._group_numbers: set[int | str] = set()
        self._interchange_numbers: set[tuple[str, ...]] = set()
        self._group: GroupStarted | None = None
        self._sets = 0
        self._sets_lost = self._groups_lost = 0  # whose header was absent
        self._in_lost_set = self._in_lost_group = False  # and was reported
        self._set_numbers: set[str] = set()
        self._has_text_between = False  # and it was reported
        #: Segments of the open set; `None` where none is open.
        self.segments: list[Segment] | None = None
        self._set_issues: list[Issue] = []

    def start_interchange(self, header: Segment, found: list[Issue]) -> None:
        """An ISA: end what is open, begin anew."""
        self.end_interchange(None)
        self._interchanges += 1
        self._groups = self._contents = self._groups_lost = 0
        self._in_lost_set = self._in_lost_group = False
        self._group_numbers = set()
        self._has_text_between = False
        if not any(each.code is issues.INTERCHANGE_NUMBER_INVALID for each in found):
            found = [*found, *self._number_issues(header)]
        self.interchange = InterchangeStarted(
            header=header, delimiters=header.delimiters, index=self._interchanges, issues=found
        )
        self._ready.append(self.interchange)

    def _number_issues(self, header: Segment) -> list[Issue]:
        """ISA13 is unique between two parties: ISA05 to ISA08."""
        named = tuple(header.element(number).strip() for number in (5, 6, 7, 8, 13))
        if named in self._interchange_numbers:
            return [_issue(issues.INTERCHANGE_NUMBER_REUSED, header, 13)]
        if len(self._interchange_numbers) < grammar.MAX_REMEMBERED_SETS:
            self._interchange_numbers.add(named)
        return []

    def take(self, segment: Segment, codes: Codes) -> None:
        """Put a segment where it belongs; `codes` say what was wrong with its text.

        Raises:
            RemoteX12Error: the transaction set passes `grammar.MAX_SEGMENTS_PER_SET`.
        """
        step = _STEPS.get(segment.elements[0])
        if step is not None:
            step(self, segment, codes)
        elif self.segments is not None:
            self._add(segment, codes)
        else:
            self._stray(segment, None if self._in_lost_set else issues.SEGMENT_OUTSIDE, codes)
            self._in_lost_set = True

    def stray_text(self, start: int, end: int, code: IssueCode) -> None:
        """Bytes that are no segment; text between segments is said of an interchange once, where it first stands."""
        found = [Issue(code=code, place=Place(start=start, end=end))]
        if code is issues.TEXT_BETWEEN and self.interchange is not None:
            found = [] if self._has_text_between else found
            self._has_text_between = True
        self._ready.append(Stray(start=start, end=end, issues=found, interchange=self.interchange))

    def has_issue(self, code: IssueCode) -> bool:
        """Whether the open set already has this finding: a wrapped file is one fault, not one a line."""
        return self.segments is not None and any(each.code is code for each in self._set_issues)

    def end_interchange(self, trailer: Segment | None, codes: Codes = ()) -> None:
        """End the interchange and what is open in it; nothing where none is open."""
        self._end_group(None)
        if self.interchange is None:
            return
        found = [*_issues(codes, trailer), *self._interchange_trailer_issues(self.interchange, trailer)]
        self._ready.append(
            InterchangeEnded(trailer=trailer, interchange=self.interchange, groups=self._groups, issues=found)
        )
        self.interchange.forget()
        self.interchange = None

    def _interchange_trailer_issues(self, interchange: InterchangeStarted, trailer: Segment | None) -> list[Issue]:
        found = []
        if not self._contents:
            found.append(_issue(issues.NO_GROUPS, interchange.header))
        if trailer is None:
            return [*found, _missing(issues.IEA_MISSING, "IEA", interchange.header)]
        if _number(trailer.element(1)) not in (self._groups, self._groups + self._groups_lost):
            # Who sends nothing but a TA1 may count it.
            weight = None if self._groups + self._groups_lost else Severity.WARNING
            found.append(Issue(code=issues.GROUP_COUNT_WRONG, place=place_of(trailer, element=1), weight=weight))
        if _number(trailer.element(2)) != _number(interchange.header.element(13)):
            found.append(_issue(issues.INTERCHANGE_NUMBERS_DIFFER, trailer, 2))
        return found

    # --- the steps: what each control segment does ------------------------------------------

    def _gs(self, segment: Segment, codes: Codes) -> None:
        if self._is_repeated_group(segment):
            self._stray(segment, issues.HEADER_REPEATED, codes)
            return
        self._end_group(None)
        assert self.interchange is not None, _ONLY_TA1
        found = [*_issues(codes, segment), *group_header_issues(segment)]
        if not any(each.code is issues.GROUP_NUMBER_INVALID for each in found):
            number = _number(segment.element(6))
            if number in self._group_numbers:
                found.append(_issue(issues.GROUP_NUMBER_REUSED, segment, 6))
            self._group_numbers.add(number)
        self._group = GroupStarted(header=segment, interchange=self.interchange, issues=found)
        self._groups += 1
        self._contents += 1
        self._sets = self._sets_lost = 0
        self._in_lost_set = self._in_lost_group = False
        self._set_numbers = set()
        self._ready.append(self._group)

    def _is_repeated_group(self, segment: Segment) -> bool:
        return (
            self._group is not None
            and self.segments is None
            and not self._sets
            and self._group.header.elements == segment.elements
        )

    def _ge(self, segment: Segment, codes: Codes) -> None:
        self._end_set(None)
        self._sets_lost += self._in_lost_set
        if self._group is None:
            self._stray(segment, None if self._in_lost_group else issues.TRAILER_OUTSIDE, codes)
            self._groups_lost += self._in_lost_group
            self._in_lost_group = False
        else:
            self._end_group(segment, codes)
        self._in_lost_set = False

    def _end_group(self, trailer: Segment | None, codes: Codes = ()) -> None:
        self._end_set(None)
        if self._group is None:
            return
        found = [*_issues(codes, trailer), *self._group_trailer_issues(self._group, trailer)]
        self._ready.append(GroupEnded(trailer=trailer, group=self._group, sets=self._sets, issues=found))
        self._group = None

    def _group_trailer_issues(self, group: GroupStarted, trailer: Segment | None) -> list[Issue]:
        found = [] if self._sets + self._sets_lost else [_issue(issues.GROUP_EMPTY, group.header)]
        if trailer is None:
            return [*found, _missing(issues.GE_MISSING, "GE", group.header)]
        if _number(trailer.element(1)) not in (self._sets, self._sets + self._sets_lost):
            found.append(_issue(issues.SET_COUNT_WRONG, trailer, 1))
        if _number(trailer.element(2)) != _number(group.control_number):
            found.append(_issue(issues.GROUP_NUMBERS_DIFFER, trailer, 2))
        return found

    def _st(self, segment: Segment, codes: Codes) -> None:
        if self.segments is not None and [each.elements for each in self.segments] == [segment.elements]:
            self._forget_header(self.segments[0])
        self._end_set(None)
        self._in_lost_set = False
        segment.number = 1
        self.segments = [segment]
        self._set_issues = [*_issues(codes, segment), *self._set_header_issues(segment)]
        self._sets += 1
        self._contents += 1

    def _forget_header(self, segment: Segment) -> None:
        """The ST that was read follows once more, word for word."""
        segment.number = 0
        self._stray(segment, issues.HEADER_REPEATED, ())
        self.segments = None
        self._sets -= 1
        self._contents -= 1
        self._set_numbers.discard(segment.element(2).strip())

    def _set_header_issues(self, segment: Segment) -> list[Issue]:
        found = []
        transaction, number, guide_id = (
            segment.element(1).strip(),
            segment.element(2).strip(),
            segment.element(3).strip(),
        )
        if not (len(transaction) == 3 and transaction.isdecimal()):  # noqa: PLR2004 - ST01 has three digits
            found.append(_issue(issues.SET_ID_INVALID, segment, 1))
        if not grammar.SET_CONTROL_MIN <= len(number) <= grammar.SET_CONTROL_MAX:
            found.append(_issue(issues.SET_NUMBER_INVALID, segment, 2))
        elif number in self._set_numbers:
            found.append(_issue(issues.SET_NUMBER_REUSED, segment, 2))
        elif len(self._set_numbers) < grammar.MAX_REMEMBERED_SETS:
            self._set_numbers.add(number)
        if self._group is None:
            found += [] if self._in_lost_group else [_issue(issues.GS_MISSING, segment)]
            self._in_lost_group = True
            return found
        if guide_id and guide_id != self._group.guide_id and is_version(self._group.guide_id):
            found.append(_issue(issues.GUIDE_IDS_DIFFER, segment, 3))
        if not holds(self._group.functional_group.strip(), transaction):
            found.append(_issue(issues.FUNCTIONAL_GROUP_DIFFERS, self._group.header, 1))
        return found

    def _se(self, segment: Segment, codes: Codes) -> None:
        if self.segments is None:
            self._stray(segment, None if self._in_lost_set else issues.TRAILER_OUTSIDE, codes)
            self._sets_lost += self._in_lost_set
            self._in_lost_set = False
            return
        self._add(segment, codes)
        self._end_set(segment)

    def take_set(self, segments: SegmentsOfText) -> None:
        """A whole set, ST to SE, in the text of which nothing is wrong."""
        self._st(segments[0], ())
        if segments.is_closed:
            self._finish(segments)
        else:
            self._end_with(segments, segments[-1])

    def _end_set(self, trailer: Segment | None) -> None:
        if self.segments is not None:
            self._end_with(self.segments, trailer)

    def _end_with(self, segments: Sequence[Segment], trailer: Segment | None) -> None:
        found = self._set_issues
        if trailer is None:
            found.append(_missing(issues.SE_MISSING, "SE", segments[-1], len(segments) + 1))
        else:
            if _number(trailer.element(1)) != len(segments):
                found.append(_issue(issues.SEGMENT_COUNT_WRONG, trailer, 1))
            if trailer.element(2).strip() != segments[0].element(2).strip():
                found.append(_issue(issues.SET_NUMBERS_DIFFER, trailer, 2))
        self._finish(segments)

    def _finish(self, segments: Sequence[Segment]) -> None:
        assert self.interchange is not None, _ONLY_TA1
        self._ready.append(
            TransactionSet(segments=segments, interchange=self.interchange, group=self._group, issues=self._set_issues)
        )
        self.segments = None

    def _iea(self, segment: Segment, codes: Codes) -> None:
        self._end_group(None)
        self.end_interchange(segment, codes)

    def _ta1(self, segment: Segment, codes: Codes) -> None:
        if self.segments is not None:
            self._add(segment, codes)
            return
        self._contents += 1
        found = [*_issues(codes, segment), *ta1_issues(segment)]
        self._ready.append(Ta1Read(segment=segment, interchange=self.interchange, issues=found))

    def _add(self, segment: Segment, codes: Codes) -> None:
        assert self.segments is not None, "asked for by every caller"
        if len(self.segments) >= grammar.MAX_SEGMENTS_PER_SET:
            raise RemoteX12Error(
                f"the transaction set at byte {self.segments[0].start} has more than "
                f"{grammar.MAX_SEGMENTS_PER_SET} segments. Ask the sender to split it."
            )
        self.segments.append(segment)
        segment.number = len(self.segments)
        if codes:
            self._set_issues += _issues(codes, segment)

    def _stray(self, segment: Segment, code: IssueCode | None, codes: Codes) -> None:
        """A segment that fits nowhere; without a `code` what it follows from was reported already."""
        self._ready.append(
            Stray(
                start=segment.start,
                end=segment.end,
                segments=[segment],
                issues=_issues((code, *codes) if code else codes, segment),
                interchange=self.interchange,
            )
        )


#: What every step but one rests on.
_ONLY_TA1 = "the reader brings nothing but a TA1 from outside an interchange"

_STEPS: dict[str, Callable[[Nesting, Segment, Codes], None]] = {
    "GS": Nesting._gs,  # noqa: SLF001 - the table of the class above, kept beside it
    "ST": Nesting._st,  # noqa: SLF001
    "SE": Nesting._se,  # noqa: SLF001
    "GE": Nesting._ge,  # noqa: SLF001
    "IEA": Nesting._iea,  # noqa: SLF001
    "TA1": Nesting._ta1,  # noqa: SLF001
}


def _issues(codes: Codes, segment: Segment | None) -> list[Issue]:
    return [_issue(code, segment) for code in codes] if segment else []


def _issue(code: IssueCode, segment: Segment, element: int | None = None) -> Issue:
    return Issue(code=code, place=place_of(segment, element=element))


def _missing(code: IssueCode, segment_id: str, last: Segment, position: int = 0) -> Issue:
    """A trailer that is not there: the place is where the last known segment of its level ended."""
    return Issue(code=code, place=Place(segment=segment_id, position=position, start=last.start, end=last.end + 1))


def _number(text: str) -> int | str:
    """A count or number to compare: zero padding does not count, anything else compares as it stands."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else text
