"""The shortest explanation of what is wrong with the structure of a set: one fault, one finding.

Theory of operation. The placing (`loops`) is greedy: of a set without its NM1 it says that a loop is
missing, and again of each segment behind that nothing here knows it. So where a set has more than one
finding and one of them is about its structure, the faults that people and programs make are tried out
near each: a segment was sent twice, or misspelt, or changed places with its neighbour, or is absent;
one element of an HL is wrong; a segment does not belong there. The set is placed and checked again
as if that had been right. What leaves fewer findings, its own included, is taken for what happened, and the
rest is looked at in the same way.

Only what is said changes. The tree stays the one of the placing, whatever explains it: what an answer means
is never read from a guess. And an explanation keeps to what is certain (`_Certain`): what its own code shows
to be a party's name stays that, and a level is only taken for another where that one may stand there.

The trying is bounded by `_WORK`, by what it costs: a set with a hundred faults is told about as the placing
found them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, takewhile
from typing import NamedTuple

from . import grammar, issues
from .guide import Element, Guide, Loop, Usage, Use
from .issues import Issue, IssueCode, Place, place_of
from .loops import LoopNode, Placed, Placing, arrange
from .segments import Segment

#: Says what is wrong with a placed set: of the segments of those identities only where they stand, and of more
#: findings than so many no more than that they are.
Check = Callable[[Placed, Collection[int], int | None], list[Issue]]

#: Segments placed or checked again to explain one set: so many whatever its size, and so many times its own.
_WORK, _WORK_A_SEGMENT = 600, 16
#: Findings about the structure, from the first, near which faults are tried.
_MOST_PLACES = 4
#: What leaves fewer findings than these is looked for first: it is told soon that a try leaves more.
_FEW = 3
#: Segments by which a loop that was never begun is recognised first.
_FOLLOWING = 3
#: Faults of one set that are explained.
_MOST_FAULTS = 6


class Reading(NamedTuple):
    """A set in the shape of its guide, and all that is wrong with it."""

    placed: Placed
    found: list[Issue]


def explained(segments: Sequence[Segment], guide: Guide, check: Check) -> Reading:
    """Place a set and say what is wrong with it, in as few findings as explain it."""
    placed = arrange(segments, guide)
    reading = Reading(placed=placed, found=check(placed, (), None))
    if not _is_cascade(reading.found):
        return reading
    found = _Explaining(segments, guide, check, placed).shortest(reading)
    if guide.levels and not any(each.id == "HL" for each in segments):
        found = _without_levels(found)
    return Reading(placed=placed, found=_without_turns(found))


def _without_levels(found: Sequence[Issue]) -> list[Issue]:
    """What is left to say of a set without any HL: of all that has no place without them only the first."""
    missing = any(each.code is issues.LOOP_MISSING and each.place.segment == "HL" for each in found)
    lost = [each.place.position for each in found if each.code is issues.SEGMENT_UNEXPECTED][:1]
    told = [] if missing else lost
    return [each for each in found if each.code is not issues.SEGMENT_UNEXPECTED or each.place.position in told]


def _without_turns(found: Sequence[Issue]) -> list[Issue]:
    """The same, but that a segment of which nobody can tell what it is should not stand so late."""
    untold = {each.place.position for each in found if each.place.element == 1 and each.code is issues.CODE_NOT_ALLOWED}
    late = issues.SEGMENT_OUT_OF_SEQUENCE
    return [each for each in found if each.code is not late or each.place.position not in untold]


def is_absent(segment: Segment) -> bool:
    """Whether a segment was not sent: it stands in a tree only while its absence is tried."""
    return segment.start < 0


def _is_cascade(found: Sequence[Issue]) -> bool:
    if len(found) == 1:
        return found[0].code is issues.HL_PARENT_INVALID
    return len(found) > 1 and any(_is_structural(each) for each in found)


def _is_structural(issue: Issue) -> bool:
    return issue.code.code in _STRUCTURAL


#: Findings that others may follow from.
_STRUCTURAL = frozenset(
    each.code
    for each in (
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
    )
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


class _Fault(NamedTuple):
    """A fault that may have been made, and the segments as they would stand without it."""

    code: IssueCode
    #: What is reported, as it was sent; where something is absent, what follows it.
    about: Segment
    segments: Sequence[Segment]
    element: int | None = None
    #: What stands for the segment in `segments`.
    stand_in: Segment | None = None
    #: The segment before one that is left out.
    behind: Segment | None = None


class _Explaining:
    """The search for one set."""

    def __init__(self, segments: Sequence[Segment], guide: Guide, check: Check, placed: Placed) -> None:
        self._segments = segments
        self._guide = guide
        self._check = check
        self._certain = _Certain(placed)
        self._work = _WORK + _WORK_A_SEGMENT * len(segments)
        self._faults: list[_Fault] = []
        self._kept: list[Segment] = []

    def shortest(self, reading: Reading) -> list[Issue]:
        """The fewest findings that were come upon."""
        for _ in range(_MOST_FAULTS):
            better = self._better(reading)
            if better is None:
                break
            reading = better
            if not _is_cascade(reading.found):
                break
        return self._told(reading) if self._faults else reading.found

    def _better(self, reading: Reading) -> Reading | None:
        """The same set with one fault explained, where that leaves fewer findings: few at best."""
        least = len(reading.found) - (len(reading.found) > 1)
        best = self._best(reading, min(least, _FEW)) or (self._best(reading, least) if least > _FEW else None)
        if best is None:
            return None
        fault, better = best
        self._faults.append(fault)
        self._segments = fault.segments
        return better

    def _best(self, reading: Reading, least: int) -> tuple[_Fault, Reading] | None:
        """The fault that leaves the fewest findings, and fewer than so many."""
        best: tuple[_Fault, Reading] | None = None
        for fault in self._candidates(reading):
            if self._work <= 0:
                break
            hidden = _hidden(fault, reading.found)
            tried = self._tried(fault, reading.placed, least - hidden - 1)
            if tried is not None:
                least, best = len(tried.found) + hidden, (fault, tried)
                if not tried.found:
                    break
        return best

    def _tried(self, fault: _Fault, before: Placed, most: int) -> Reading | None:
        """The set without a fault, unless more than so many findings are left, or it denies what is certain."""
        placed = self._arranged(fault.segments, before.apart, most)
        if placed is None or _hides(placed, before):
            return None
        faults = (*self._faults, fault)
        if not self._certain.holds_in(placed, faults):
            return None
        stand_ins = [each.stand_in for each in faults if each.stand_in]
        self._work -= len(fault.segments) // 2  # what was checked before is remembered
        self._kept += stand_ins  # an identity tells nothing of what is gone
        aside = [id(each) for each in stand_ins if is_absent(each) or each.id != "HL"]
        found = self._check(placed, aside, most + len(placed.issues))
        if len(found) > most or (fault.element == _HL_LEVEL and _is_refuted(fault, placed, found)):
            return None
        return Reading(placed=placed, found=found)

    def _arranged(self, segments: Sequence[Segment], apart: int, most: int) -> Placed | None:
        """The segments placed, unless more is found, or set apart, than may be."""
        placing = Placing(self._guide)
        for segment in segments:
            placing.take(segment)
            self._work -= 1
            if len(placing.issues) > most or placing.apart > apart:
                return None
        return placing.placed()

    # --- which faults are tried -----------------------------------------------------------------

    def _candidates(self, reading: Reading) -> Iterator[_Fault]:
        yield from self._misnumbered()
        if len(reading.found) == 1:
            return
        where = {id(item): node for node in reading.placed.root.walk() for item in node.segments}
        indexes = self._indexes(reading.found)
        missing = [each for index in indexes for each in self._missing(index, where)]
        for index in indexes:
            yield from self._misspelt(index, where)
        yield from (fault for fault, is_likely in missing if is_likely)
        for kind in (self._repeated, self._exchanged):
            for index in indexes:
                yield from kind(index, where)
        contradicted = {each.place.position for each in reading.found if each.code is issues.HL_CHILD_CODE_WRONG}
        for index in self._levels_near(indexes):
            yield from self._wrong_level(index)
            if self._segments[index].number in contradicted:
                yield from self._wrong_child_code(index)
        yield from (fault for fault, is_likely in missing if not is_likely)
        for index in indexes:
            yield from self._surplus(index)

    def _indexes(self, found: Sequence[Issue]) -> list[int]:
        """Where to try, nearest to the first findings first; never ST nor SE."""
        structural = sorted((each for each in found if _is_structural(each)), key=lambda each: each.code in _ABSENT)
        positions = dict.fromkeys(each.place.position for each in structural)
        at = {segment.number: index for index, segment in enumerate(self._segments) if not is_absent(segment)}
        near = [at[position] for position in islice(positions, _MOST_PLACES) if position in at]
        steps = (0, 1, -1, -2)
        wanted = dict.fromkeys(index + step for step in steps for index in near)
        return [index for index in wanted if 0 < index < len(self._segments) - 1]

    def _levels_near(self, indexes: Sequence[int]) -> list[int]:
        """The HL of the levels that the findings stand in, and those behind."""
        levels = [index for index, segment in enumerate(self._segments) if segment.id == "HL"]
        own = [max((each for each in levels if each <= index), default=None) for index in indexes]
        behind = [each for each in levels if indexes and each > min(indexes)]
        return list(dict.fromkeys([each for each in own if each is not None] + behind[:_LEVELS_BEHIND]))

    def _repeated(self, index: int, where: dict[int, LoopNode]) -> Iterator[_Fault]:
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

    def _surplus(self, index: int) -> Iterator[_Fault]:
        if self._segments[index].id != "HL" and not is_absent(self._segments[index]):
            yield self._without(index, issues.SEGMENT_UNEXPECTED, None)

    def _without(self, index: int, code: IssueCode, element: int | None) -> _Fault:
        segments = [*self._segments[:index], *self._segments[index + 1 :]]
        about = self._segments[index]
        return _Fault(code=code, about=about, segments=segments, element=element, behind=self._segments[index - 1])

    def _misspelt(self, index: int, where: dict[int, LoopNode]) -> Iterator[_Fault]:
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

    def _exchanged(self, index: int, where: dict[int, LoopNode]) -> Iterator[_Fault]:
        """It stands before the one that should follow it."""
        segments = self._segments
        if index + 1 < len(segments) - 1 and id(segments[index]) in where:
            first, second = segments[index], segments[index + 1]
            changed = [*segments[:index], second, first, *segments[index + 2 :]]
            yield _Fault(code=issues.SEGMENT_OUT_OF_SEQUENCE, about=second, segments=changed)

    def _missing(self, index: int, where: dict[int, LoopNode]) -> Iterator[tuple[_Fault, bool]]:
        """What should begin a loop before it is absent, and whether all that follows would belong there."""
        segment = self._segments[index]
        following = list(takewhile(lambda each: each.id != "HL", self._segments[index : index + _FOLLOWING]))
        for node in self._around(index, where):
            for part in node.guide.parts:
                if isinstance(part, Loop) and _knows(part, segment):
                    opener = self._opener(part, node, index)
                    changed = [*self._segments[:index], opener, *self._segments[index:]]
                    fault = _Fault(code=issues.SEGMENT_MISSING, about=segment, segments=changed, stand_in=opener)
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

    def _misnumbered(self) -> Iterator[_Fault]:
        """One level has another number than its turn, and what lies below it names the right one."""
        levels = [index for index, segment in enumerate(self._segments) if segment.id == "HL"]
        numbers = [self._segments[index].element(1).strip() for index in levels]
        wrong = [turn for turn, number in enumerate(numbers, 1) if number != str(turn)]
        if len(wrong) == 1:
            yield self._numbered(levels[wrong[0] - 1], str(wrong[0]))

    def _numbered(self, index: int, number: str) -> _Fault:
        elements = self._segments[index].elements
        return self._instead(index, [elements[0], number, *elements[2:]], issues.HL_NUMBER_INVALID, 1)

    def _wrong_level(self, index: int) -> Iterator[_Fault]:
        """One of the elements of an HL is not what it should be."""
        segment = self._segments[index]
        if is_absent(segment):
            return
        elements = [*segment.elements, *([""] * (_HL_ELEMENTS - len(segment.elements)))]
        earlier = {each.element(1).strip(): each for each in self._segments[:index] if each.id == "HL"}
        named = elements[2].strip()
        tried = [
            (issues.HL_NUMBER_INVALID, 1, [str(len(earlier) + 1)]),
            (issues.LOOP_UNRECOGNISED, _HL_LEVEL, self._levels_below(earlier.get(named), is_top=not named)),
            (issues.HL_PARENT_INVALID, 2, self._parents(earlier, elements[_HL_LEVEL].strip())),
        ]
        for code, element, values in tried:
            for value in values:
                if value != elements[element].strip():
                    changed = [*elements[:element], value, *elements[element + 1 :]]
                    yield self._instead(index, changed, code, element)

    def _wrong_child_code(self, index: int) -> Iterator[_Fault]:
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
        return self._guide.levels.get(level.element(_HL_LEVEL).strip(), ()) if level else ()

    def _instead(self, index: int, elements: Sequence[str], code: IssueCode, element: int | None) -> _Fault:
        """The same with another segment in the place of one."""
        about = self._segments[index]
        stand_in = Segment(elements, about.delimiters, number=about.number, start=about.start, end=about.end)
        changed = [*self._segments[:index], stand_in, *self._segments[index + 1 :]]
        return _Fault(code=code, about=about, segments=changed, element=element, stand_in=stand_in)

    # --- back to what was sent ------------------------------------------------------------------------

    def _told(self, reading: Reading) -> list[Issue]:
        """The faults themselves, each where it was made, and what is left."""
        weight = None if self._guide.certain else issues.Severity.WARNING
        undone = [_undone(fault, reading.placed.root) for fault in reversed(self._faults)]
        absent = {fault.about.number: fault.about for fault in self._faults if _is_missing(fault)}
        found = [Issue(code=code, place=at, weight=weight) for at, code in undone]
        return [*found, *(_resituated(each, absent) for each in reading.found)]


class _Certain:
    """What the placing of a set as it was sent leaves no doubt about: which loops begin, by a code that tells them."""

    def __init__(self, placed: Placed) -> None:
        self._loops = {id(opener): node.guide for opener, node in _told_by_code(placed.root)}

    def holds_in(self, placed: Placed, faults: Sequence[_Fault]) -> bool:
        """Whether each still begins its loop; or another one, below a level that is itself the fault."""
        levels = [each.stand_in for each in faults if each.stand_in and each.stand_in.id == "HL"]
        if any(each.code in _MISPLACED and _is_at(each, levels) for each in placed.issues):
            return False
        told = {id(node.opener): node for node in placed.root.walk() if node.is_known}
        repeated = {id(each.about) for each in faults if _is_repeated(each)}
        return all(
            key in repeated or (key in told and (told[key].guide is loop or _is_below(told[key], levels)))
            for key, loop in self._loops.items()
        )


#: Findings by which a level does not stand where it says.
_MISPLACED = frozenset({issues.HL_PARENT_INVALID, issues.HL_LEVEL_MISPLACED})


def _told_by_code(root: LoopNode) -> Iterator[tuple[Segment, LoopNode]]:
    """The loops that are no levels and that their own code tells, each with what begins it."""
    for node in root.walk():
        opener = node.opener
        if node.is_known and node.parent and opener is not None and opener.id != "HL" and node.guide.opener.when:
            yield opener, node


def _is_at(issue: Issue, segments: Sequence[Segment]) -> bool:
    return any((issue.place.position, issue.place.start) == (each.number, each.start) for each in segments)


def _is_below(node: LoopNode, levels: Sequence[Segment]) -> bool:
    """Whether the level that a loop stands in is one of some."""
    above: LoopNode | None = node
    while above is not None and (above.opener is None or above.opener.id != "HL"):
        above = above.parent
    return above is not None and any(above.opener is each for each in levels)


def _is_refuted(fault: _Fault, placed: Placed, found: Sequence[Issue]) -> bool:
    """Whether what a level was taken for does not go with the names in it."""
    level = next(node for node in placed.root.walk() if node.opener is fault.stand_in)
    names = {inner.opener.number for inner in level.loops() if inner.opener and inner.opener.id != "HL"}
    return any(each.place.position in names and each.place.element == 1 for each in found)


#: Levels behind a finding, and before a level, that are looked at.
_LEVELS_BEHIND, _LEVELS_BEFORE = 4, 6
#: HL and HL01 to HL04; which of them says what kind of level it is.
_HL_ELEMENTS, _HL_LEVEL = 5, 3


def _hides(placed: Placed, before: Placed) -> bool:
    """Whether more than before stands in no use of the guide, where nothing is found wrong with it."""
    unrecognised = [sum(each.code is issues.LOOP_UNRECOGNISED for each in one.issues) for one in (placed, before)]
    return placed.apart > before.apart or unrecognised[0] > unrecognised[1]


def _hidden(fault: _Fault, found: Sequence[Issue]) -> int:
    """How many findings are no longer seen only because a segment is left out, though nothing followed from them."""
    if fault.behind is None or _is_repeated(fault):
        return 0
    return sum(each.place.position == fault.about.number and not _is_structural(each) for each in found)


def _is_repeated(fault: _Fault) -> bool:
    """Whether a segment is left out because it says what the one before it said."""
    return fault.behind is not None and fault.behind.elements == fault.about.elements


def _may_hold(holders: Sequence[Loop], loops: Sequence[Loop]) -> bool:
    return any(inner is other for each in holders for _, inner in each.openings.get("HL", ()) for other in loops)


def _is_missing(fault: _Fault) -> bool:
    return fault.stand_in is not None and is_absent(fault.stand_in)


def _knows(loop: Loop, segment: Segment) -> bool:
    return segment.id in loop.openings or any(index for index, _ in loop.uses.get(segment.id, ()))


def _resembles(name: str, other: str) -> bool:
    """Whether one is the other with one character wrong, in another case, or with two that changed places."""
    other = other.upper()
    if sorted(name) == sorted(other):
        return True
    return len(name) == len(other) and sum(a != b for a, b in zip(name, other, strict=True)) <= 1


def _undone(fault: _Fault, root: LoopNode) -> tuple[Place, IssueCode]:
    """Where a fault is reported, and as what; puts back what was sent, so that the one tried before it is found."""
    about, stand_in = fault.about, fault.stand_in
    if fault.behind is not None:
        node, at = _found(root, fault.behind)
        node.items.insert(at + 1, about)
        node.known.insert(at + 1, -1)
        return place_of(about, element=fault.element, loop=node.named), fault.code
    node, at = _found(root, stand_in or about)
    where = place_of(about, element=fault.element, loop=node.named)
    if stand_in is None:
        return where, fault.code
    if is_absent(stand_in):
        del node.items[at], node.known[at]
        code = issues.LOOP_MISSING if _is_required(node) else fault.code
        return replace(where, segment=stand_in.id), code
    node.items[at] = about
    return where, fault.code


def _is_required(node: LoopNode) -> bool:
    """Whether it is the one occurrence of a loop that must stand."""
    alike = [each for each in node.parent.loops() if each.guide is node.guide] if node.parent else []
    return node.guide.usage is Usage.REQUIRED and alike == [node]


def _found(root: LoopNode, segment: Segment) -> tuple[LoopNode, int]:
    """The node that a segment stands in, and where."""
    for node in root.walk():
        for at, item in enumerate(node.items):
            if item is segment:
                return node, at
    raise AssertionError("every segment of a placed set stands in its tree")


def _resituated(issue: Issue, absent: dict[int, Segment]) -> Issue:
    """A finding at a segment that was not sent stands at the one that follows."""
    if issue.place.start >= 0 or issue.place.position not in absent:
        return issue
    at = absent[issue.place.position]
    return replace(issue, place=replace(issue.place, start=at.start, end=at.end + 1))
