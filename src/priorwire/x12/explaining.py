"""The shortest explanation of what is wrong with the structure of a set: one fault, one finding.

Theory of operation. The placing (`loops`) is greedy: of a set without its NM1 it says that a loop is
missing, and again of each segment behind that nothing here knows it. So where a set has more than one
finding and one of them is about its structure, the faults that people and programs make (`supposing`) are
tried out near each: the set is placed and checked again as if that had been right. What leaves fewer findings,
its own included, is taken for what happened, and the rest is looked at in the same way.

Only what is said changes. The tree stays the one of the placing, whatever explains it: what an answer means
is never read from a guess. And an explanation keeps to what is certain (`_Certain`): what its own code shows
to be a party's name stays that, and a level is only taken for another where that one may stand there.

What stands before a fault is placed once for all that are tried behind it. The trying is bounded by `_WORK`, by
what it costs: a set with a hundred faults is told about as the placing found them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from . import issues
from .guide import Guide, Usage
from .issues import Issue, IssueCode, Place, place_of
from .loops import LoopNode, Placed, Placing, arrange
from .segments import Segment
from .supposing import HL_LEVEL, STRUCTURAL, Supposed, Supposing, is_absent

#: Says what is wrong with a placed set: of the segments of those identities only where they stand, and of more
#: findings than so many no more than that they are.
Check = Callable[[Placed, Collection[int], int | None], list[Issue]]

#: Steps to explain one set: so many whatever its size, and so many for each of its bytes.
_WORK, _WORK_A_BYTE = 300, 1.7
#: Nodes that are copied, and segments that are checked again where most was checked before, for one step.
_COPIED, _CHECKED = 8, 4
#: What leaves fewer findings than these is looked for first: it is told soon that a try leaves more.
_FEW = 3
#: Faults of one set that are explained.
_MOST_FAULTS = 6
#: Segments that are kept placed, so that a large set fills no memory.
_MOST_BEGUN = 20_000


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


def _is_cascade(found: Sequence[Issue]) -> bool:
    if len(found) == 1:
        return found[0].code in (issues.HL_PARENT_INVALID, issues.HL_LEVEL_MISPLACED)
    return len(found) > 1 and any(each.code in STRUCTURAL for each in found)


class _Explaining:
    """The search for one set."""

    def __init__(self, segments: Sequence[Segment], guide: Guide, check: Check, placed: Placed) -> None:
        self._segments = segments
        self._guide = guide
        self._check = check
        self._certain = _Certain(placed)
        self._begun = _Begun(guide)
        self._work = _WORK + _WORK_A_BYTE * (segments[-1].end - segments[0].start) if segments else 0
        self._faults: list[Supposed] = []
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
        supposed = Supposing(self._segments, self._guide, reading.placed, reading.found).likeliest()
        least = len(reading.found) - (len(reading.found) > 1)
        crowded: list[Supposed] = []
        best = self._best(supposed, reading, min(least, _FEW), crowded)
        if best is None and least > _FEW:
            best = self._best(crowded, reading, least, [])
        if best is None:
            return None
        fault, better = best
        self._faults.append(fault)
        self._segments = fault.segments
        self._begun.forget(fault.at)
        return better

    def _best(
        self, supposed: Iterable[Supposed], reading: Reading, least: int, crowded: list[Supposed]
    ) -> tuple[Supposed, Reading] | None:
        """The fault that leaves the fewest findings, and fewer than so many; `crowded` takes those that leave more."""
        best: tuple[Supposed, Reading] | None = None
        for fault in supposed:
            if self._work <= 0:
                break
            hidden = _hidden(fault, reading.found)
            most = least - hidden - 1
            tried = self._tried(fault, reading.placed, most)
            if tried is None:
                continue
            if len(tried.found) > most:
                crowded.append(fault)
                continue
            least, best = len(tried.found) + hidden, (fault, tried)
            if not tried.found:
                break
        return best

    def _tried(self, fault: Supposed, before: Placed, most: int) -> Reading | None:
        """The set without a fault, if only a part of it where more than so many findings are left.

        `None` where it denies what is certain.
        """
        placed = self._arranged(fault, before.apart, most)
        if len(placed.issues) > most and placed.apart <= before.apart:
            return Reading(placed=placed, found=placed.issues)
        if _hides(placed, before):
            return None
        faults = (*self._faults, fault)
        if not self._certain.holds_in(placed, faults):
            return None
        stand_ins = [each.stand_in for each in faults if each.stand_in]
        self._work -= len(fault.segments) / _CHECKED
        self._kept += stand_ins  # an identity tells nothing of what is gone
        aside = [id(each) for each in stand_ins if is_absent(each) or each.id != "HL"]
        found = self._check(placed, aside, most + len(placed.issues))
        if len(found) <= most and fault.element == HL_LEVEL and _is_refuted(fault, placed, found):
            return None
        return Reading(placed=placed, found=found)

    def _arranged(self, fault: Supposed, apart: int, most: int) -> Placed:
        """The segments placed, up to where more is found, or set apart, than may be."""
        placing = self._begun.up_to(fault.at, fault.segments)
        self._work -= fault.at / _COPIED - len(placing.issues)
        for at in range(fault.at, len(fault.segments)):
            segment = fault.segments[at]
            placing.take(segment)
            self._work -= 2 if segment.elements[0] == "HL" else 1
            if len(placing.issues) > most or placing.apart > apart:
                break
        self._work -= len(placing.issues)
        return placing.placed()

    # --- back to what was sent ------------------------------------------------------------------------

    def _told(self, reading: Reading) -> list[Issue]:
        """The faults themselves, each where it was made, and what is left."""
        weight = None if self._guide.certain else issues.Severity.WARNING
        undone = [_undone(fault, reading.placed.root) for fault in reversed(self._faults)]
        absent = {fault.about.number: fault.about for fault in self._faults if fault.is_missing}
        found = [Issue(code=code, place=at, weight=weight) for at, code in undone]
        return [*found, *(_resituated(each, absent) for each in reading.found)]


class _Begun:
    """The placing of the segments before what is tried: they are placed once."""

    def __init__(self, guide: Guide) -> None:
        self._placings = {0: Placing(guide)}

    def up_to(self, index: int, segments: Sequence[Segment]) -> Placing:
        """A placing that has taken the segments before one, to go on with."""
        start = max([each for each in self._placings if each <= index])
        if start == index:
            return self._placings[start].branch()
        placing = self._placings[start].branch()
        for segment in segments[start:index]:
            placing.take(segment)
        if sum(self._placings) + index > _MOST_BEGUN:
            return placing
        self._placings[index] = placing
        return placing.branch()

    def forget(self, index: int) -> None:
        """What stood at an index is no longer what stands there."""
        self._placings = {at: placing for at, placing in self._placings.items() if at <= index}


class _Certain:
    """What the placing of a set as it was sent leaves no doubt about: which loops begin, by a code that tells them."""

    def __init__(self, placed: Placed) -> None:
        self._loops = {id(opener): node.guide for opener, node in _told_by_code(placed.root)}

    def holds_in(self, placed: Placed, faults: Sequence[Supposed]) -> bool:
        """Whether each still begins its loop; or another one, below a level that is itself the fault."""
        levels = [each.stand_in for each in faults if each.stand_in and each.stand_in.id == "HL"]
        if levels and any(_is_at(each, levels) for each in placed.issues if each.code in _MISPLACED):
            return False
        told = {}
        for node in placed.root.walk():
            if node.is_known and node.items:
                told[id(node.items[0])] = node
        repeated = {id(each.about) for each in faults if each.is_repeated}
        for key, loop in self._loops.items():
            stands = told.get(key)
            # A guide may hold a loop in two places: an event of a subscriber, and one of a dependent.
            if key not in repeated and (stands is None or not (stands.id == loop.id or _is_below(stands, levels))):
                return False
        return True


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


def _is_refuted(fault: Supposed, placed: Placed, found: Sequence[Issue]) -> bool:
    """Whether what a level was taken for does not go with the names in it."""
    level = next(node for node in placed.root.walk() if node.opener is fault.stand_in)
    names = {inner.opener.number for inner in level.loops() if inner.opener and inner.opener.id != "HL"}
    return any(each.place.position in names and each.place.element == 1 for each in found)


def _hides(placed: Placed, before: Placed) -> bool:
    """Whether more than before stands in no use of the guide, where nothing is found wrong with it."""
    return placed.apart > before.apart or _unrecognised(placed) > _unrecognised(before)


def _unrecognised(placed: Placed) -> int:
    return [each.code for each in placed.issues].count(issues.LOOP_UNRECOGNISED)


def _hidden(fault: Supposed, found: Sequence[Issue]) -> int:
    """How many findings are no longer seen only because a segment is left out, though nothing followed from them."""
    if fault.behind is None or fault.is_repeated:
        return 0
    return sum(each.place.position == fault.about.number and each.code not in STRUCTURAL for each in found)


def _undone(fault: Supposed, root: LoopNode) -> tuple[Place, IssueCode]:
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
