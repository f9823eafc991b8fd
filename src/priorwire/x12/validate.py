"""A transaction set against its guide: everything that is wrong with it, as values.

The set is placed (`loops`), then the tree is walked once: which parts of each loop are absent
or too many, what is wrong in each segment (`elements`), what depends on what (`situational`),
and what only the whole can tell (the numbering of HL, brackets). Nothing is corrected and
nothing stops the walk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from . import grammar, issues
from .arranging import place
from .elements import Fault, segment_faults
from .events import TransactionSet
from .explaining import explained
from .guide import Guide, Loop, Usage, Use
from .issues import Issue, IssueCode, Level, Place, Severity, place_of
from .loops import LoopNode, Placed
from .proving import Prover, Suspect, prover
from .recalling import Noted, Recalled, Told
from .segments import Segment
from .set_text import SegmentsOfText
from .situational import situations

ALL_LEVELS = frozenset(Level)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A transaction set, placed and checked."""

    #: What the reader found in its envelope, the placing and the checking, in the order of the segments.
    issues: list[Issue] = field(default_factory=list)
    arrange: Callable[[], Placed] = field(repr=False, compare=False)

    @cached_property
    def placed(self) -> Placed:
        """The set as a tree. A set whose text alone proved it clean is only arranged when somebody asks."""
        return self.arrange()

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error: a set of ours may then not be sent."""
        return any(each.is_error for each in self.issues)


def validate(ts: TransactionSet, guide: Guide, *, levels: frozenset[Level] = ALL_LEVELS) -> Checked:
    """Check a set against a guide.

    Args:
        ts: the set as read; its own issues are among those returned.
        guide: an implementation guide, or one that a payer's overlay has narrowed.
        levels: which kinds of rule to report.
    """
    proving = prover(guide, ts.delimiters)
    texts = _texts(ts) if proving is not None else None
    remembered = proving.remembered(ts.interchange.kept) if proving is not None else None
    suspects = proving.suspects(texts, remembered) if proving is not None and texts is not None else None
    after = _of_suspects(ts, guide, suspects) if suspects is not None else None
    if after is not None:
        if not after and not ts.issues:
            return Checked(arrange=partial(place, ts, guide))
        return Checked(issues=_merged(ts.issues, after, levels), arrange=partial(place, ts, guide))
    return exactly(ts, guide, levels=levels, proving=proving)


def exactly(
    ts: TransactionSet, guide: Guide, *, levels: frozenset[Level] = ALL_LEVELS, proving: Prover | None = None
) -> Checked:
    """The same by the whole tree, whether the text alone would have told or not; `proving` spares clean segments."""
    recalled = Recalled()
    has_brackets = any(each in ts.segment_ids for each in grammar.BRACKETS)

    def check(placed: Placed, aside: Collection[int], most: int | None) -> list[Issue]:
        checking = _Checking(guide, proving, has_brackets=has_brackets, aside=aside)
        for told in recalled.loops_of(placed.root):
            checking.loop(told, recalled)
            if most is not None and len(checking.found) > most:
                break
        checking.hierarchy(placed)
        return _merged(placed.issues, checking.found)

    reading = explained(list(ts.segments), guide, check)
    return Checked(issues=_merged(ts.issues, reading.found, levels), arrange=lambda: reading.placed)


def _merged(before: Sequence[Issue], after: Sequence[Issue], levels: frozenset[Level] = ALL_LEVELS) -> list[Issue]:
    """All findings in the order of the segments; of an element that has one, the checking says nothing more."""
    told = {(each.place.position, each.place.element) for each in before if each.place.element}
    rest = [each for each in after if (each.place.position, each.place.element) not in told] if told else after
    found = []
    for turn, each in enumerate((*before, *rest)):
        if each.code.level in levels:
            at = each.place
            found.append((at.position, at.element or 0, at.component or 0, turn, each))
    found.sort()
    return [each for *_, each in found]


def _texts(ts: TransactionSet) -> Sequence[str] | None:
    """Each segment of a set as text; `None` where one is nothing but its id."""
    segments = ts.segments
    if isinstance(segments, SegmentsOfText):
        return segments.parts
    return [each.text() for each in segments] if all(len(each.elements) > 1 for each in segments) else None


def _of_suspects(ts: TransactionSet, guide: Guide, suspects: Sequence[Suspect]) -> list[Issue] | None:
    """What is wrong in a set of which only some segments may be; `None` where the order of the tree would matter."""
    if not suspects:
        return []
    checking = _Checking(guide)
    once = set()
    for suspect in suspects:
        segment = ts.segments[suspect.at]
        for fault in segment_faults(segment, suspect.use):
            if fault.code in _ONCE:
                once.add(suspect.at)
            checking.add(fault, segment, suspect.loop)
    return checking.found if len(once) <= 1 else None


class _Checking:
    """The findings, and how to make one."""

    def __init__(
        self,
        guide: Guide,
        proving: Prover | None = None,
        *,
        has_brackets: bool = False,
        aside: Collection[int] = (),
    ) -> None:
        self.found: list[Issue] = []
        self._aside = aside  # identities of segments that are not looked into
        self._noted: list[Noted] = []  # of the loop in hand
        self._proving = proving
        self._has_brackets = has_brackets
        self._told: set[tuple[int, int]] = set()  # positions and elements that have a finding
        self._weight = None if guide.certain else Severity.WARNING

    # --- loops and segments -------------------------------------------------------------------

    def loop(self, told: Told, recalled: Recalled) -> None:
        """One occurrence of a loop: what is absent or too many, each segment in it, and what depends on what."""
        node, inside, around = told
        noted = recalled.noted.get(inside)
        if noted is None:
            noted = recalled.noted[inside] = self._noted = []
            self._structure(node, recalled)
        for code, at, rule in noted:
            self._report(code, at, rule)
        if node.guide.has_rules:
            broken = recalled.broken.get(around)
            if broken is None:
                broken = recalled.broken[around] = tuple(situations(node))
            for issue in broken:
                self._situation(issue, node)

    def _structure(self, node: LoopNode, recalled: Recalled) -> None:
        for index in _unusual(node):
            part, count = node.guide.parts[index], node.counts.get(index, 0)
            if isinstance(part, Use):
                self._count_segment(node, index, part, count)
            else:
                self._count_loop(node, index, part, count)
        for item, index in zip(node.items, node.known, strict=True):
            use = node.guide.parts[index] if index >= 0 else None
            if isinstance(item, Segment) and isinstance(use, Use) and id(item) not in self._aside:
                faults = recalled.faults.get((id(item), id(use)))
                if faults is None:
                    faults = recalled.faults[id(item), id(use)] = self._faults(item, use)
                for fault in faults:
                    self._note(fault, item, node.named)
        if self._has_brackets:
            self._brackets(node)

    def _faults(self, segment: Segment, use: Use) -> Sequence[Fault]:
        proved = self._proving is not None and self._proving.pattern(use).proves(segment.text())
        return () if proved else tuple(segment_faults(segment, use))

    def _situation(self, issue: Issue, node: LoopNode) -> None:
        """What depends on what: nothing follows from an element that was found wrong already."""
        places = (issue.place, issue.trigger or issue.place)
        if issue.place.start < 0 or (issue.trigger and issue.trigger.start < 0):
            return  # it rests on a segment that was not sent
        if issue.code is issues.DEPENDENT_SEGMENT_MISSING and self._is_misnamed(issue.place.segment, node):
            return
        if not any(each.element and (each.position, each.element) in self._told for each in places):
            self.found.append(issue)

    def _is_misnamed(self, segment_id: str, node: LoopNode) -> bool:
        """Whether a segment stands of which nobody can tell whether it is the one that is absent."""
        return any((each.number, 1) in self._told for each in node.segments if each.id == segment_id)

    def _count_segment(self, node: LoopNode, index: int, use: Use, count: int) -> None:
        if not count:
            if use.usage is Usage.REQUIRED and not (node.parent is None and use.id in _READERS):
                self._missing(issues.SEGMENT_MISSING, use.id, node, node.named, use.rule)
        elif use.usage is Usage.NOT_USED:
            self._note(Fault(issues.SEGMENT_NOT_USED, rule=use.rule), _occurrence(node, index, 0), node.named)
        elif use.max is not None and count > use.max and not self._closes_what_is_too_often(node, index, count):
            self._note(Fault(issues.SEGMENT_TOO_OFTEN, rule=use.rule), _occurrence(node, index, use.max), node.named)

    def _closes_what_is_too_often(self, node: LoopNode, index: int, count: int) -> bool:
        """Whether a bracket closes others as many as itself, of which that is said already."""
        opening, closing = grammar.BRACKETS
        uses = [(at, use) for at, use in node.guide.uses.get(opening, ()) if node.counts.get(at, 0) == count]
        return node.guide.parts[index].id == closing and bool(uses)

    def _count_loop(self, node: LoopNode, index: int, loop: Loop, count: int) -> None:
        if not count:
            if loop.usage is Usage.REQUIRED and not _stands_unrecognised(node, loop):
                self._missing(issues.LOOP_MISSING, loop.opener.id, node, loop.id, loop.rule)
        elif loop.usage is Usage.NOT_USED:
            self._note(Fault(issues.LOOP_NOT_USED, rule=loop.rule), _occurrence(node, index, 0), loop.id)
        elif loop.max is not None and count > loop.max:
            self._note(Fault(issues.LOOP_TOO_OFTEN, rule=loop.rule), _occurrence(node, index, loop.max), loop.id)

    def _brackets(self, node: LoopNode) -> None:
        opening, closing = (node.all(each) for each in grammar.BRACKETS)
        names = [[each.element(1).strip() for each in side] for side in (opening, closing)]
        if names[0] != names[1]:
            self._note(Fault(issues.BRACKET_UNBALANCED), (opening or closing)[0], node.named)

    # --- the hierarchy ------------------------------------------------------------------------

    def hierarchy(self, placed: Placed) -> None:
        """HL01 counts from 1; HL04 says whether levels follow below. Nothing follows from a tree that was mended."""
        if any(each.code in _MENDED for each in placed.issues):
            return
        levels, sent_below, unsent_below = _levels(placed)
        for expected, (segment, node) in enumerate(levels, 1):
            if segment.element(1).strip() != str(expected):
                self.add(Fault(issues.HL_NUMBER_INVALID, 1), segment, node.named)
                break
        told = {each.place.position for each in self.found if each.place.element == _HL_CHILD}
        missing = (each for each in self.found if each.code in _LEVEL_MISSING and each.place.segment == "HL")
        told |= {each.place.position for each in missing}
        for segment, node in levels:
            if segment.start < 0:
                continue
            if id(node) in unsent_below and id(node) not in sent_below:
                self._forget(segment.number, _HL_CHILD)  # nobody counts on what was not sent
                continue
            stated = segment.element(_HL_CHILD).strip()
            if stated and stated != str(int(id(node) in sent_below)) and segment.number not in told:
                self.add(Fault(issues.HL_CHILD_CODE_WRONG, _HL_CHILD), segment, node.named)

    # --- findings -------------------------------------------------------------------------------

    def _forget(self, position: int, element: int) -> None:
        self.found = [each for each in self.found if (each.place.position, each.place.element) != (position, element)]

    def _missing(self, code: IssueCode, segment_id: str, node: LoopNode, loop_id: str | None, rule: str | None) -> None:
        """Something absent: its place is the segment that opened the loop it should stand in."""
        opener = node.opener
        at = Place(
            segment=segment_id,
            position=opener.number if opener else 0,
            loop=loop_id,
            start=opener.start if opener else 0,
            end=opener.end + 1 if opener else 0,
        )
        self._noted.append((code, at, rule))

    def _note(self, fault: Fault, segment: Segment, loop: str | None) -> None:
        at = place_of(segment, element=fault.element, component=fault.component, repeat=fault.repeat, loop=loop)
        self._noted.append((fault.code, at, fault.rule))

    def add(self, fault: Fault, segment: Segment, loop: str | None) -> None:
        """Report a fault of a segment that stands in a loop."""
        at = place_of(segment, element=fault.element, component=fault.component, repeat=fault.repeat, loop=loop)
        self._report(fault.code, at, fault.rule)

    def _report(self, code: IssueCode, at: Place, rule: str | None) -> None:
        if code in _ONCE and any(each.code is code for each in self.found):
            return
        if at.element:
            self._told.add((at.position, at.element))
        if rule and code in _NARROWED:
            self.found.append(Issue(code=issues.PAYER_RULE, place=at, detail=rule))
        else:
            self.found.append(Issue(code=code, place=at, weight=self._weight))


#: HL04.
_HL_CHILD = 4

#: Findings of the placing after which the numbering of the levels means nothing.
_MENDED = frozenset(
    {
        issues.HL_PARENT_INVALID,
        issues.HL_NUMBER_REUSED,
        issues.HL_LEVEL_MISPLACED,
        issues.LOOP_UNRECOGNISED,
    }
)

#: What follows below is absent, which is the finding.
_LEVEL_MISSING = frozenset({issues.LOOP_MISSING, issues.DEPENDENT_LOOP_MISSING})

#: A sender that pads pads everything: one finding a set.
_ONCE = frozenset({issues.BLANKS_AROUND})

#: Segments whose absence the reader has reported already.
_READERS = frozenset({"ST", "SE"})

#: What a payer's narrowing can make wrong: it can require, forbid, drop codes, shorten and cap, nothing else.
_NARROWED = frozenset(
    {
        issues.ELEMENT_MISSING,
        issues.ELEMENT_NOT_USED,
        issues.ELEMENT_LONG,
        issues.CODE_NOT_ALLOWED,
        issues.TOO_MANY_REPEATS,
        issues.SEGMENT_MISSING,
        issues.SEGMENT_NOT_USED,
        issues.SEGMENT_TOO_OFTEN,
        issues.LOOP_MISSING,
        issues.LOOP_NOT_USED,
        issues.LOOP_TOO_OFTEN,
    }
)


def _unusual(node: LoopNode) -> Sequence[int]:
    """The parts, by index, that are absent and must not be, or stand there oftener than they may."""
    counts, parts = node.counts, node.guide.parts
    found = []
    for index in node.guide.required:
        if not counts.get(index):
            found.append(index)  # noqa: PERF401 - a comprehension costs a call a node
    for index, count in counts.items():
        part = parts[index]
        if part.usage is Usage.NOT_USED or (part.max is not None and count > part.max):
            found.append(index)
    found.sort()
    return found


def _levels(placed: Placed) -> tuple[list[tuple[Segment, LoopNode]], set[int], set[int]]:
    """The levels in the order they were sent in, less those that they were counted without.

    And by identity the nodes below which levels stand that were sent, and that were not.
    """
    levels = []
    sent_below: set[int] = set()
    unsent_below: set[int] = set()
    for node in placed.levels:
        opener = node.items[0]
        assert isinstance(opener, Segment), "a segment begins each level"
        (unsent_below if opener.start < 0 else sent_below).add(id(node.parent))
        if opener.start >= 0 or opener.element(1):
            levels.append((opener, node))
    return levels, sent_below, unsent_below


def _occurrence(node: LoopNode, index: int, which: int) -> Segment:
    """The first segment of occurrence `which` (0 is the first) of a part of a loop."""
    items = [item for item, part in zip(node.items, node.known, strict=True) if part == index]
    item = items[which]
    if isinstance(item, Segment):
        return item
    return next(item.all_segments())


def _stands_unrecognised(node: LoopNode, loop: Loop) -> bool:
    """Whether a loop that begins the same way was found but not recognised: that is the finding, not an absence."""
    return any(
        not inner.is_known and inner.opener is not None and inner.opener.id == loop.opener.id for inner in node.loops()
    )
