"""What may have been done to a set near what was found in it: the faults that people and programs make.

A segment was sent twice, or misspelt, or changed places with its neighbour, or is absent; one element of an HL
is wrong; a segment does not belong there. Each is supposed with the segments as they would stand without it,
the likeliest first. Whether one explains what was found is for `explaining` to try.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from . import grammar, issues
from .guide import Element, Guide, Loop, Usage, Use
from .issues import Issue, IssueCode
from .loops import LoopNode, Placed
from .segments import Segment

#: Findings about the structure, from the first, near which faults are supposed.
_MOST_PLACES = 4
#: Segments by which a loop that was never begun is recognised first.
_FOLLOWING = 3
#: Levels behind a finding, and before a level, that are looked at.
_LEVELS_BEHIND, _LEVELS_BEFORE = 4, 6
#: HL and HL01 to HL04; which of them says what kind of level it is.
_HL_ELEMENTS, HL_LEVEL = 5, 3


class Supposed(NamedTuple):
    """A fault that may have been made, and the segments as they would stand without it."""

    code: IssueCode
    #: What is reported, as it was sent; where something is absent, what follows it.
    about: Segment
    segments: Sequence[Segment]
    #: Index of the first segment that another one follows, or stands for, than was sent.
    at: int
    element: int | None = None
    #: What stands for the segment in `segments`.
    stand_in: Segment | None = None
    #: The segment before one that is left out.
    behind: Segment | None = None

    @property
    def is_missing(self) -> bool:
        """Whether a segment was not sent."""
        return self.stand_in is not None and is_absent(self.stand_in)

    @property
    def is_repeated(self) -> bool:
        """Whether a segment is left out because it says what the one before it said."""
        return self.behind is not None and self.behind.elements == self.about.elements


def is_absent(segment: Segment) -> bool:
    """Whether a segment was not sent: it stands in a tree only while its absence is tried."""
    return segment.start < 0


#: Findings that others may follow from: those about the structure of a set.
STRUCTURAL = frozenset(
    {
        issues.SEGMENT_ID_UNKNOWN,
        issues.SEGMENT_UNEXPECTED,
        issues.SEGMENT_NOT_IN_SET,
        issues.SEGMENT_MISSING,
        issues.SEGMENT_TOO_OFTEN,
        issues.SEGMENT_OUT_OF_SEQUENCE,
        issues.LOOP_MISSING,
        issues.LOOP_TOO_OFTEN,
        issues.LOOP_UNRECOGNISED,
        issues.HL_PARENT_INVALID,
        issues.HL_NUMBER_REUSED,
        issues.HL_CHILD_CODE_WRONG,
        issues.HL_LEVEL_MISPLACED,
        issues.BRACKET_UNBALANCED,
        issues.DEPENDENT_LOOP_MISSING,
    }
)
#: Findings about something absent: their place is where its loop began, not where it should stand.
_ABSENT = frozenset(
    {
        issues.SEGMENT_MISSING,
        issues.LOOP_MISSING,
        issues.HL_CHILD_CODE_WRONG,
        issues.DEPENDENT_LOOP_MISSING,
    }
)


class Supposing:
    """The faults that may have been made in one set."""

    def __init__(self, segments: Sequence[Segment], guide: Guide, placed: Placed, found: Sequence[Issue]) -> None:
        self._segments = segments
        self._guide = guide
        self._placed = placed
        self._found = found

    def likeliest(self) -> Iterator[Supposed]:
        """Each of them, the likeliest first."""
        yield from self._misnumbered()
        where = _where(self._placed.root)
        indexes = self._indexes()
        if len(self._found) == 1:
            for index in indexes[:1] if self._found[0].code is issues.HL_LEVEL_MISPLACED else ():
                yield from self._exchanged(index, where)
            return
        missing = [each for index in indexes for each in self._missing(index, where)]
        for index in indexes:
            yield from self._misspelt(index, where)
        yield from (fault for fault, is_likely in missing if is_likely)
        for kind in (self._repeated, self._exchanged):
            for index in indexes:
                yield from kind(index, where)
        contradicted = {each.place.position for each in self._found if each.code is issues.HL_CHILD_CODE_WRONG}
        for index in self._levels_near(indexes):
            yield from self._wrong_level(index)
            if self._segments[index].number in contradicted:
                yield from self._wrong_child_code(index)
        yield from (fault for fault, is_likely in missing if not is_likely)
        for index in indexes:
            yield from self._surplus(index)

    def _indexes(self) -> list[int]:
        """Where to look, nearest to the first findings first; never ST nor SE."""
        structural = [each for each in self._found if each.code in STRUCTURAL]
        near = [each for each in structural if each.code not in _ABSENT]
        absent = [each for each in structural if each.code in _ABSENT]
        positions = dict.fromkeys([each.place.position for each in (*near, *absent)])
        at = {segment.number: index for index, segment in enumerate(self._segments) if segment.start >= 0}
        first = [at[position] for position in islice(positions, _MOST_PLACES) if position in at]
        steps = (0, 1, -1, -2)
        wanted = dict.fromkeys([index + step for step in steps for index in first])
        return [index for index in wanted if 0 < index < len(self._segments) - 1]

    def _levels_near(self, indexes: Sequence[int]) -> list[int]:
        """The HL of the levels that the findings stand in, and those behind."""
        levels = self._levels()
        own = [max((each for each in levels if each <= index), default=None) for index in indexes]
        behind = [each for each in levels if indexes and each > min(indexes)]
        return list(dict.fromkeys([each for each in own if each is not None] + behind[:_LEVELS_BEHIND]))

    def _levels(self) -> list[int]:
        return [index for index, segment in enumerate(self._segments) if segment.elements[0] == "HL"]

    def _repeated(self, index: int, where: dict[int, LoopNode]) -> Iterator[Supposed]:
        segment, before = self._segments[index], self._segments[index - 1]
        if segment.elements != before.elements:
            return
        node = where[id(segment)]
        code, element = issues.SEGMENT_TOO_OFTEN, None
        if segment.id == "HL":
            code, element = issues.HL_NUMBER_REUSED, 1
        elif node.opener is segment and node.parent and node.guide.max == 1:
            code = issues.LOOP_TOO_OFTEN
        yield self._without(index, code, element)

    def _surplus(self, index: int) -> Iterator[Supposed]:
        if self._segments[index].id != "HL" and not is_absent(self._segments[index]):
            yield self._without(index, issues.SEGMENT_UNEXPECTED, None)

    def _without(self, index: int, code: IssueCode, element: int | None) -> Supposed:
        segments = [*self._segments[:index], *self._segments[index + 1 :]]
        about = self._segments[index]
        behind = self._segments[index - 1]
        return Supposed(code=code, about=about, segments=segments, at=index, element=element, behind=behind)

    def _misspelt(self, index: int, where: dict[int, LoopNode]) -> Iterator[Supposed]:
        segment = self._segments[index]
        if segment.id in self._guide.segment_ids:
            return
        code = issues.SEGMENT_NOT_IN_SET if grammar.is_segment_id(segment.id) else issues.SEGMENT_ID_UNKNOWN
        meant = [use.id for node in self._around(index, where) for use in self._lacking(node, index)]
        for name in sorted(dict.fromkeys(meant), key=lambda name: not _resembles(name, segment.id)):
            yield self._instead(index, [name, *segment.elements[1:]], code, None)

    def _lacking(self, node: LoopNode, index: int) -> Iterator[Use]:
        """What may stand in a loop before a segment: what is required and absent, what begins a loop that knows it."""
        following = self._segments[index + 1]
        for at, part in enumerate(node.guide.parts):
            use = part.opener if isinstance(part, Loop) else part
            called_for = part.usage is Usage.REQUIRED or part.id in grammar.BRACKETS
            alike = (at > 0 or isinstance(part, Loop)) and _resembles(use.id, self._segments[index].id)
            begins = isinstance(part, Loop) and _knows(part, following)
            if alike or begins or (called_for and not node.counts.get(at)):
                yield use

    def _exchanged(self, index: int, where: dict[int, LoopNode]) -> Iterator[Supposed]:
        """It stands before the one that should follow it."""
        segments = self._segments
        if index + 1 < len(segments) - 1 and id(segments[index]) in where:
            first, second = segments[index], segments[index + 1]
            changed = [*segments[:index], second, first, *segments[index + 2 :]]
            yield Supposed(code=issues.SEGMENT_OUT_OF_SEQUENCE, about=second, segments=changed, at=index)

    def _missing(self, index: int, where: dict[int, LoopNode]) -> Iterator[tuple[Supposed, bool]]:
        """What should begin a loop before it is absent, and whether all that follows would belong there."""
        segment = self._segments[index]
        following = list(takewhile(lambda each: each.id != "HL", self._segments[index : index + _FOLLOWING]))
        for node in self._around(index, where):
            for part in node.guide.parts:
                if isinstance(part, Loop) and _knows(part, segment):
                    opener = self._opener(part, node, index)
                    changed = [*self._segments[:index], opener, *self._segments[index:]]
                    code = issues.SEGMENT_MISSING
                    fault = Supposed(code=code, about=segment, segments=changed, at=index, stand_in=opener)
                    yield fault, bool(following) and opener.id != "HL" and all(_knows(part, each) for each in following)

    def _opener(self, loop: Loop, node: LoopNode, index: int) -> Segment:
        """What would begin a loop, by what the guide says of it."""
        use, segment = loop.opener, self._segments[index]
        elements = [use.id, *([""] * len(use.elements))]
        first = use.elements[0] if use.elements else None
        if isinstance(first, Element) and first.codes:
            elements[1] = min(first.codes)
        for key, values in use.when:
            elements[key if isinstance(key, int) else key[0]] = min(values)
        if use.id == "HL":
            holder = node.opener.element(1).strip() if node.opener and node.opener.id == "HL" else ""
            elements[1:3] = [self._free_number(index), holder]
        return Segment(elements, segment.delimiters, number=segment.number, start=-1, end=-1)

    def _free_number(self, index: int) -> str:
        """The number of a level that is absent before a segment; none where the levels were counted without it."""
        before, behind = self._segments[index - 1 :: -1], self._segments[index:]
        number = next((each.element(1) for each in before if each.id == "HL"), "0").strip()
        turn = str(int(number) + 1) if number.isdecimal() else ""
        return "" if turn == next((each.element(1).strip() for each in behind if each.id == "HL"), None) else turn

    def _around(self, index: int, where: dict[int, LoopNode]) -> Iterator[LoopNode]:
        """The loops that are open before a segment, innermost first."""
        node: LoopNode | None = where.get(id(self._segments[index - 1]))
        while node is not None:
            if node.is_known:
                yield node
            node = node.parent

    # --- levels -----------------------------------------------------------------------------------

    def _misnumbered(self) -> Iterator[Supposed]:
        """One level has another number than its turn, and what lies below it names the right one."""
        levels = self._levels()
        numbers = [self._segments[index].element(1).strip() for index in levels]
        wrong = [turn for turn, number in enumerate(numbers, 1) if number != str(turn)]
        if len(wrong) == 1:
            yield self._numbered(levels[wrong[0] - 1], str(wrong[0]))

    def _numbered(self, index: int, number: str) -> Supposed:
        elements = self._segments[index].elements
        return self._instead(index, [elements[0], number, *elements[2:]], issues.HL_NUMBER_INVALID, 1)

    def _wrong_level(self, index: int) -> Iterator[Supposed]:
        """One of the elements of an HL is not what it should be."""
        segment = self._segments[index]
        if is_absent(segment):
            return
        elements = [*segment.elements, *([""] * (_HL_ELEMENTS - len(segment.elements)))]
        earlier = {each.element(1).strip(): each for each in self._segments[:index] if each.id == "HL"}
        named = elements[2].strip()
        tried = [
            (issues.HL_NUMBER_INVALID, 1, [str(len(earlier) + 1)]),
            (issues.LOOP_UNRECOGNISED, HL_LEVEL, self._levels_below(earlier.get(named), is_top=not named)),
            (issues.HL_PARENT_INVALID, 2, self._parents(earlier, elements[HL_LEVEL].strip())),
        ]
        for code, element, values in tried:
            for value in values:
                if value != elements[element].strip():
                    changed = [*elements[:element], value, *elements[element + 1 :]]
                    yield self._instead(index, changed, code, element)

    def _wrong_child_code(self, index: int) -> Iterator[Supposed]:
        elements = self._segments[index].elements
        for value in {"0", "1"} - {elements[-1].strip()} if len(elements) == _HL_ELEMENTS else ():
            yield self._instead(index, [*elements[:-1], value], issues.HL_CHILD_CODE_WRONG, _HL_ELEMENTS - 1)

    def _levels_below(self, holder: Segment | None, *, is_top: bool) -> list[str]:
        """The kinds of level that may stand below another."""
        holders = [self._guide.root] if is_top else self._loops_of(holder)
        return [level for level, loops in sorted(self._guide.levels.items()) if _may_hold(holders, loops)]

    def _parents(self, earlier: Mapping[str, Segment], level: str) -> list[str]:
        """The numbers of the last levels before one that may hold a level of that kind."""
        loops = self._guide.levels.get(level, ())
        fitting = [number for number, each in earlier.items() if _may_hold(self._loops_of(each), loops)]
        return fitting[: -_LEVELS_BEFORE - 1 : -1]

    def _loops_of(self, level: Segment | None) -> Sequence[Loop]:
        return self._guide.levels.get(level.element(HL_LEVEL).strip(), ()) if level else ()

    def _instead(self, index: int, elements: Sequence[str], code: IssueCode, element: int | None) -> Supposed:
        """The same with another segment in the place of one."""
        about = self._segments[index]
        stand_in = Segment(elements, about.delimiters, number=about.number, start=about.start, end=about.end)
        changed = [*self._segments[:index], stand_in, *self._segments[index + 1 :]]
        return Supposed(code=code, about=about, segments=changed, at=index, element=element, stand_in=stand_in)


def _where(root: LoopNode) -> dict[int, LoopNode]:
    """Identity of a segment -> the node it stands in."""
    found = {}
    for node in root.walk():
        for item in node.items:
            if isinstance(item, Segment):
                found[id(item)] = node
    return found


def _may_hold(holders: Sequence[Loop], loops: Sequence[Loop]) -> bool:
    return any(inner is other for each in holders for _, inner in each.openings.get("HL", ()) for other in loops)


def _knows(loop: Loop, segment: Segment) -> bool:
    return segment.id in loop.openings or any(index for index, _ in loop.uses.get(segment.id, ()))


def _resembles(name: str, other: str) -> bool:
    """Whether one is the other with one character wrong, in another case, or with two that changed places."""
    other = other.upper()
    if sorted(name) == sorted(other):
        return True
    return len(name) == len(other) and sum(a != b for a, b in zip(name, other, strict=True)) <= 1
