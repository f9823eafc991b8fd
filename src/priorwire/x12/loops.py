"""A transaction set as the tree of its guide's loops.

Theory of operation. One pass, one rule a kind of segment:

* **HL** opens a level. HL03 says which loop, HL02 which earlier HL holds it. Where HL02 names
  no earlier level that may hold this one (absent, unknown, itself, a number given twice, a
  wrong level), the level goes under the nearest open one that may, with a finding.
* **A segment that begins a loop** of the current level (NM1, EB, AK2 …) opens it where the
  loop's `Use.when` fits, whatever stands before it.
* **Any other segment** goes to the innermost open loop of the level that knows it.

Order is looked at last: a segment that stands earlier in the guide than one already placed is
out of sequence, and is placed all the same. A segment that nothing knows stays in the loop
where it was found. A segment that begins a loop in the guide but fits none opens a node of its own without
guide (`LoopNode.is_known` is false) which also takes what follows and belongs to it, so that
the address of an unknown party never becomes the address of the party before it: one fault,
one finding. Nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from . import grammar, issues
from .events import TransactionSet
from .guide import Element, Guide, Loop, Use
from .issues import Issue, IssueCode, Severity, place_of
from .segments import Segment

#: What a look-up asks of a segment: element number, or (element, component), and the value or values wanted.
When = Mapping[int | tuple[int, int], "str | Collection[str]"]


class LoopNode:
    """One occurrence of a loop, with what stands in it, in order."""

    __slots__ = ("counts", "guide", "is_known", "items", "known", "parent", "reached")

    def __init__(self, guide: Loop, parent: LoopNode | None, *, known: bool = True) -> None:
        #: The loop of the guide that this is an occurrence of.
        self.guide = guide
        self.parent = parent
        #: Whether the guide has this loop; otherwise its `id` is ``""``.
        self.is_known = known
        #: Segments and inner loops as they were read.
        self.items: list[Segment | LoopNode] = []
        #: For each item the index of its part in ``guide.parts``; -1 where the guide has none for it.
        self.known: list[int] = []
        #: How often each part (by index) has occurred.
        self.counts: dict[int, int] = {}
        #: The furthest index of ``guide.parts`` so far.
        self.reached = 0

    @property
    def is_level(self) -> bool:
        """Whether it is one HL level (or the set itself), not a loop inside a level."""
        return self.parent is None or self.guide.parts[0].id == "HL"

    @property
    def id(self) -> str:
        """The loop id, e.g. ``2010C``; ``""`` where the guide has no such loop."""
        return self.guide.id

    @property
    def named(self) -> str | None:
        """The id as a finding names it; `None` for the set itself and for what the guide does not have."""
        return (self.guide.id or None) if self.parent else None

    @property
    def segments(self) -> list[Segment]:
        """The segments directly in this loop, its opener first."""
        return [item for item in self.items if isinstance(item, Segment)]

    @property
    def opener(self) -> Segment | None:
        """The segment that began it; `None` for an empty root."""
        for item in self.items:
            if isinstance(item, Segment):
                return item
        return None

    def first(self, segment_id: str, when: When | None = None) -> Segment | None:
        """The first segment of that id directly in this loop, e.g. ``first("REF", {1: "BB"})``."""
        for item in self.items:
            if isinstance(item, Segment) and item.elements[0] == segment_id and (not when or _fits(item, when)):
                return item
        return None

    def all(self, segment_id: str, when: When | None = None) -> list[Segment]:
        """Every segment of that id directly in this loop, in order."""
        return [
            item
            for item in self.items
            if isinstance(item, Segment) and item.elements[0] == segment_id and (not when or _fits(item, when))
        ]

    def loop(self, loop_id: str) -> LoopNode | None:
        """The first loop of that id directly in this one."""
        return next((item for item in self.items if isinstance(item, LoopNode) and item.guide.id == loop_id), None)

    def loops(self, loop_id: str | None = None) -> list[LoopNode]:
        """The loops (of that id) directly in this one, in order."""
        return [
            item for item in self.items if isinstance(item, LoopNode) and (loop_id is None or item.guide.id == loop_id)
        ]

    def find_loops(self, loop_id: str) -> list[LoopNode]:
        """The loops of that id at any depth below, in order."""
        return [node for node in self.walk() if node.guide.id == loop_id and node is not self]

    def walk(self) -> Iterator[LoopNode]:
        """This node and every node below it, in order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            for item in reversed(node.items):
                if isinstance(item, LoopNode):
                    waiting.append(item)  # noqa: PERF401 - a comprehension costs a call a node

    def ancestor(self, loop_id: str) -> LoopNode | None:
        """The nearest node of that id around this one (itself counts)."""
        node: LoopNode | None = self
        while node is not None and node.guide.id != loop_id:
            node = node.parent
        return node

    def all_segments(self) -> Iterator[Segment]:
        """Every segment in this loop and below."""
        for node in self.walk():
            yield from node.segments

    def __repr__(self) -> str:
        return f"<LoopNode {self.id or '?'} of {len(self.items)} items>"


def _fits(segment: Segment, when: When) -> bool:
    for key, wanted in when.items():
        value = segment.element(key) if isinstance(key, int) else segment.component(*key)
        if value.strip() not in ((wanted,) if isinstance(wanted, str) else wanted):
            return False
    return True


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A transaction set in the shape of its guide."""

    guide: Guide
    root: LoopNode
    #: What was found while placing, in the order of the segments.
    issues: list[Issue] = field(default_factory=list)
    #: Segments that no part of the guide took. Each stands in `root` all the same.
    unplaced: list[Segment] = field(default_factory=list)
    #: How many segments stand in no use of the guide: those, and what was kept apart with them.
    apart: int = 0
    #: The nodes that an HL opened, in the order of the segments.
    levels: list[LoopNode] = field(default_factory=list)


def place(ts: TransactionSet, guide: Guide) -> Placed:
    """Arrange the segments of a set by a guide. Total: whatever the segments are, each ends up in one node."""
    return arrange(ts.segments, guide)


def arrange(segments: Iterable[Segment], guide: Guide) -> Placed:
    """The same for segments without an envelope."""
    placing = Placing(guide)
    for segment in segments:
        placing.take(segment)
    return placing.placed()


class _Fit(Enum):
    """How well a segment must fit a use, the best tried first on every open loop."""

    #: By `Use.when`, or by the codes of its first element: a REF of the level is not one of the name before it.
    BY_CODE = 1
    #: By `Use.when` alone: the code is then wrong, and said so.
    BY_WHEN = 2
    #: By its id.
    BY_ID = 3


class Placing:
    """The walk: where we are, and which levels there are."""

    def __init__(self, guide: Guide) -> None:
        self.root = LoopNode(guide.root, None)
        self.issues: list[Issue] = []
        self.unplaced: list[Segment] = []
        self.apart = 0
        self._guide = guide
        self._weight = None if guide.certain else Severity.WARNING
        self._level = self.root  # the innermost HL, or the root before the first
        self._current = self.root  # the innermost open loop of that level
        self._interrupted: LoopNode | None = None  # the loop that a segment of the level too late stood behind
        self._strange: dict[str, Loop] = {}  # what begins with a segment of that id and is none of the guide's
        self._levels: dict[str, LoopNode | None] = {}  # HL01 -> its node; None where it was given twice
        self._opened: list[LoopNode] = []  # what HLs opened

    @property
    def current(self) -> LoopNode:
        """The innermost open loop."""
        return self._current

    def placed(self) -> Placed:
        """What was taken so far."""
        return Placed(
            guide=self._guide, root=self.root, issues=self.issues, unplaced=self.unplaced, apart=self.apart,
            levels=self._opened,
        )  # fmt: skip

    def branch(self) -> Placing:
        """The same walk so far, to go on with while this one stays where it is."""
        made = Placing(self._guide)
        made.issues, made.unplaced, made.apart = self.issues.copy(), self.unplaced.copy(), self.apart
        copies = _copied(self.root)
        made.root, made._level, made._current = (copies[id(each)] for each in (self.root, self._level, self._current))
        made._interrupted = copies.get(id(self._interrupted))
        made._strange = self._strange.copy()
        made._opened = [copies[id(node)] for node in self._opened]
        made._levels = {number: copies[id(node)] if node else None for number, node in self._levels.items()}
        return made

    def stand(self, root: LoopNode, level: LoopNode, current: LoopNode) -> None:
        """Go on from somewhere: `current` is the innermost open loop of `level`, which is the root or an HL."""
        self.root, self._level, self._current = root, level, current

    def take(self, segment: Segment) -> None:
        """Place one segment."""
        name = segment.elements[0]
        if name == "HL" and self._guide.levels:
            self._take_level(segment)
        elif name not in self._guide.segment_ids or not (self._take_anyhow(segment) or self._resume(segment)):
            self._keep(segment)

    def _take_anyhow(self, segment: Segment) -> bool:
        here = self._take_here
        return here(segment, _Fit.BY_CODE) or here(segment, _Fit.BY_WHEN) or here(segment, _Fit.BY_ID)

    def _resume(self, segment: Segment) -> bool:
        """What stood too late ended nothing: what only the loop before it knows belongs there still."""
        if self._interrupted is None:
            return False
        stood, self._current = self._current, self._interrupted
        if self._take_anyhow(segment):
            return True
        self._current = stood
        return False

    # --- levels -------------------------------------------------------------------------------

    def _take_level(self, segment: Segment) -> None:
        self._interrupted = None
        number, parent = segment.element(1).strip(), segment.element(2).strip()
        level = segment.element(_HL_LEVEL).strip()
        loops = self._guide.levels.get(level)
        if loops is None:
            node = self._unknown(segment, self._known_level())
            self._found(issues.LOOP_UNRECOGNISED, segment, element=_HL_LEVEL)
        else:
            node = self._open_level(segment, parent, loops)
        if number in self._levels:
            self._levels[number] = None
            self._found(issues.HL_NUMBER_REUSED, segment, element=1, loop=node.named)
        else:
            self._levels[number] = node
        self._level = self._current = node
        self._opened.append(node)

    def _open_level(self, segment: Segment, parent: str, loops: Sequence[Loop]) -> LoopNode:
        named = self.root if not parent else self._levels.get(parent)
        holder = _holding(named, loops) if named is not None else None
        if holder is not None and _depth(holder[0]) < grammar.MAX_HL_DEPTH:
            return self._open(segment, *holder)
        fallback = self._fallback(loops)
        code = issues.HL_PARENT_INVALID
        if fallback is None:
            code = issues.HL_LEVEL_MISPLACED
            fallback = (self.root, -1, loops[0])
        node = self._open(segment, *fallback)
        reported = parent in self._levels and (named is None or not named.is_known)  # given twice, or unrecognised
        if not reported:
            self._found(code, segment, element=2, loop=node.named)
        return node

    def _fallback(self, loops: Sequence[Loop]) -> tuple[LoopNode, int, Loop] | None:
        """By the order of levels: the nearest open level that may hold one of these."""
        node: LoopNode | None = self._level
        while node is not None:
            if holder := _holding(node, loops):
                return holder
            node = node.parent
        return None

    def _known_level(self) -> LoopNode:
        node = self._level
        while not node.is_known and node.parent is not None:
            node = node.parent
        return node

    # --- segments of a level ------------------------------------------------------------------

    def _take_here(self, segment: Segment, fit: _Fit) -> bool:
        """Offer a segment to the open loops of this level, innermost first, then to the set's own parts."""
        if fit is _Fit.BY_ID and not self._current.is_known:
            return False
        name = segment.elements[0]
        node: LoopNode | None = self._current
        known_inside = False
        while node is not None:
            knows = name in node.guide.uses
            if (knows or name in node.guide.openings) and self._offer(node, segment, fit, told=known_inside):
                return True
            known_inside = known_inside or knows
            node = node.parent if node is not self._level else None
        return self._level is not self.root and self._offer(self.root, segment, fit, told=known_inside)

    def _offer(self, node: LoopNode, segment: Segment, fit: _Fit, *, told: bool) -> bool:
        """Let one open loop take a segment, as the beginning of a loop in it or as one of its own.

        Args:
            node: an open loop.
            segment: the segment.
            fit: how well it must fit.
            told: whether a loop further in knows the id too, so that only `Use.when` can tell that this one is meant.
        """
        if not node.is_known:
            return False
        least = 0 if self._current.is_known else node.reached
        if fit is not _Fit.BY_ID:
            for opening, inner in node.guide.openings.get(segment.elements[0], ()):
                use = inner.opener
                if opening >= least and use.id != "HL" and (not use.when or _opens(use, segment)):
                    self._check_order(node, opening, segment, inner.id)
                    self._interrupted = None
                    self._current = self._open(segment, node, opening, inner)
                    return True
        index = _chosen(node, segment, fit, told=told)
        if index is None or index < least:
            return False
        in_order = self._check_order(node, index, segment, node.named)
        _put(node, segment, index)
        if segment.elements[0] == grammar.BRACKETS[0]:
            node.reached = index  # a second bracket begins anew
        if not in_order and node is not self._current:
            self._interrupted = self._current
        self._current = self._level if node is self.root else node
        return True

    def _check_order(self, node: LoopNode, index: int, segment: Segment, loop_id: str | None) -> bool:
        ranks = node.guide.ranks
        in_order = ranks[index] >= ranks[node.reached]
        if not in_order and not _is_full(node, index):  # that it stands there too often says all
            self._found(issues.SEGMENT_OUT_OF_SEQUENCE, segment, loop=loop_id)
        return in_order

    def _keep(self, segment: Segment) -> None:
        """Nothing knows it: keep it where it was found, or in a node of its own if it begins something."""
        begins = self._opening_above(segment)
        if begins is not None:
            self._current = self._unknown(segment, begins)
            self._found(issues.LOOP_UNRECOGNISED, segment, element=1)
            return
        self.apart += 1
        if not self._current.is_known:
            _put(self._current, segment, -1)  # it belongs to what was reported already
            return
        _put(self._current, segment, -1)
        self.unplaced.append(segment)
        self._found(self._unexpected(segment.elements[0]), segment, loop=self._current.named)

    def _opening_above(self, segment: Segment) -> LoopNode | None:
        """The node of this level in which segments of that id begin loops."""
        node: LoopNode | None = self._current
        while node is not None:
            if segment.elements[0] in node.guide.openings:
                return node
            node = node.parent if node is not self._level else None
        return None

    def _unexpected(self, segment_id: str) -> IssueCode:
        if not grammar.is_segment_id(segment_id):
            return issues.SEGMENT_ID_UNKNOWN
        return issues.SEGMENT_UNEXPECTED if segment_id in self._guide.segment_ids else issues.SEGMENT_NOT_IN_SET

    # --- nodes and findings ---------------------------------------------------------------------

    def _open(self, segment: Segment, parent: LoopNode, index: int, loop: Loop) -> LoopNode:
        node = LoopNode(loop, parent)
        _put(parent, node, index)
        _put(node, segment, 0)
        return node

    def _unknown(self, segment: Segment, parent: LoopNode) -> LoopNode:
        name = segment.elements[0]
        loop = self._strange.get(name)
        if loop is None:
            loop = self._strange[name] = Loop(id="", parts=(Use(id=name, elements=()),))
        node = LoopNode(loop, parent, known=False)
        _put(parent, node, -1)
        _put(node, segment, -1)
        self.unplaced.append(segment)
        self.apart += 1
        return node

    def _found(self, code: IssueCode, segment: Segment, *, element: int | None = None, loop: str | None = None) -> None:
        at = place_of(segment, element=element, loop=loop)
        self.issues.append(Issue(code=code, place=at, weight=self._weight))


#: HL03 tells which level.
_HL_LEVEL = 3


def _copied(root: LoopNode) -> dict[int, LoopNode]:
    """A tree of its own with the same segments: by the identity of each node what stands for it there."""
    copies = {id(root): LoopNode(root.guide, None, known=root.is_known)}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        made = copies[id(node)]
        made.items, made.known, made.counts = node.items.copy(), node.known.copy(), node.counts.copy()
        made.reached = node.reached
        for at, item in enumerate(made.items):
            if isinstance(item, LoopNode):
                made.items[at] = copies[id(item)] = LoopNode(item.guide, made, known=item.is_known)
                waiting.append(item)
    return copies


def _holding(node: LoopNode, loops: Sequence[Loop]) -> tuple[LoopNode, int, Loop] | None:
    """Where in `node` one of `loops` may stand."""
    for index, inner in node.guide.openings.get("HL", ()):
        for each in loops:
            if inner is each:
                return node, index, inner
    return None


def _depth(node: LoopNode) -> int:
    depth = 0
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth


def _opens(use: Use, segment: Segment) -> bool:
    for key, values in use.when:
        if isinstance(key, int):
            value = segment.elements[key] if key < len(segment.elements) else ""
        else:
            value = segment.component(*key)
        if value.strip() not in values:
            return False
    return True


def _chosen(node: LoopNode, segment: Segment, fit: _Fit, *, told: bool) -> int | None:
    """Which use of a loop a segment is: one that fits and has room, from where we are on if possible."""
    behind = full = None
    for index, use in node.guide.uses.get(segment.elements[0], ()):
        if not index and node.parent is not None:
            continue  # what opens a loop opens the next one, it does not repeat in this one
        if fit is not _Fit.BY_ID and use.when and not _opens(use, segment):
            continue
        if fit is _Fit.BY_CODE and not use.when and (told or not _has_code(use, segment)):
            continue
        if use.max is not None and node.counts.get(index, 0) >= use.max:
            full = index if full is None else full
        elif index >= node.reached:
            return index
        elif behind is None:
            behind = index
    return behind if behind is not None else full


def _is_full(node: LoopNode, index: int) -> bool:
    most = node.guide.parts[index].max
    return most is not None and node.counts.get(index, 0) >= most


def _has_code(use: Use, segment: Segment) -> bool:
    """Whether the first element is one of the codes that a use lists for it, if it lists any."""
    first = use.elements[0] if use.elements else None
    allowed = first.codes if isinstance(first, Element) else None
    return allowed is None or segment.element(1).strip() in allowed


def _put(node: LoopNode, item: Segment | LoopNode, index: int) -> None:
    counts, reached = node.counts, node.reached
    node.items.append(item)
    node.known.append(index)
    if index >= 0:
        counts[index] = counts.get(index, 0) + 1
        node.reached = max(reached, index)
