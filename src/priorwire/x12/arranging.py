"""Placing by what was learnt: a set arranged by its guide at the speed of looking up, wherever nothing is odd.

Theory of operation. What `loops.Placing` does with a segment depends on where it stands (the open
loops of the level, and how often each of their parts has occurred) and on the segment's id,
for some ids with its first element. So each such step is asked of the placing once, and looked
up after that. Only steps in which the placing finds nothing are remembered: a set with anything
odd in it is placed as a whole by `loops.place`, and the tree is the same either way. The
checking (`proving`) rests on the same idea.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from . import grammar
from .events import TransactionSet
from .guide import Guide, Loop
from .loops import LoopNode, Placed, Placing
from .loops import place as place_exactly
from .proving import WARM_AFTER, told_by_code, told_otherwise
from .segments import Segment

#: Where a guide keeps what was learnt of it.
_KEPT = "arranging"
#: States remembered for one guide; then all are forgotten, so that no sender can fill the memory.
_MAX_STATES = 5_000


def place(ts: TransactionSet, guide: Guide) -> Placed:
    """Arrange the segments of a set by a guide. Total: whatever the segments are, each ends up in one node."""
    arranger = _arranger(guide)
    root = arranger.arrange(ts.segments) if arranger is not None else None
    return place_exactly(ts, guide) if root is None else Placed(guide=guide, root=root)


def _arranger(guide: Guide) -> Arranger | None:
    """The arranger of a guide, made when the guide has been used often enough to be worth it."""
    known = guide.compiled.get(_KEPT, 0)
    if isinstance(known, Arranger):
        return known
    if isinstance(known, int) and known < WARM_AFTER:
        guide.compiled[_KEPT] = known + 1
        return None
    made = guide.compiled[_KEPT] = Arranger(guide)
    return made


class ArrangedNode(LoopNode):
    """An occurrence in a tree that was arranged: what follows from `known` is worked out when somebody asks.

    Few such trees are checked after they are made, and two fields less to fill is felt.
    """

    __slots__ = ("_counts", "_reached")

    # It does not call the other: that fills what is worked out here.
    def __init__(self, guide: Loop, parent: LoopNode | None) -> None:
        self.guide = guide
        self.parent = parent
        self.is_known = True
        self.items = []
        self.known = []
        self._counts: dict[int, int] | None = None
        self._reached: int | None = None

    @property
    def counts(self) -> dict[int, int]:
        """How often each part (by index) has occurred."""
        if self._counts is None:
            self._counts = dict(Counter(index for index in self.known if index >= 0))
        return self._counts

    @counts.setter
    def counts(self, counts: dict[int, int]) -> None:
        self._counts = counts

    @property
    def reached(self) -> int:
        """The furthest index of ``guide.parts`` so far."""
        if self._reached is None:
            self._reached = max(0, max(self.known, default=0))
        return self._reached

    @reached.setter
    def reached(self, index: int) -> None:
        self._reached = index


class _Open(NamedTuple):
    """One open loop of a state."""

    loop: Loop
    #: Index of a part -> how often it occurred, no higher than matters.
    counts: tuple[tuple[int, int], ...]
    reached: int

    def key(self) -> tuple[int, tuple[tuple[int, int], ...], int]:
        """To tell states by: a guide's loops are told by identity."""
        return id(self.loop), self.counts, self.reached


class _State:
    """Where the placing stands."""

    __slots__ = ("chain", "levels", "root", "steps")

    def __init__(self, root: _Open, chain: tuple[_Open, ...]) -> None:
        self.root = root
        #: The open loops, from the level to the innermost; before the first level from the first loop of the root.
        self.chain = chain
        #: Segment id -> the step, or where codes tell uses apart the steps by the first element.
        self.steps: dict[str, _Step | dict[str | None, _Step]] = {}
        #: Loop of an HL by identity, and whether the root holds it -> the state after it.
        self.levels: dict[tuple[int, bool], _State] = {}


class _Step(NamedTuple):
    """What is done with one kind of segment in one state."""

    state: _State
    #: How many of the open nodes stay open, the root counted.
    kept: int
    #: Which of those takes it.
    taker: int
    #: Which of the taker's parts it is.
    part: int
    #: The loop that it begins there; `None` where it is one of the taker's own segments.
    opens: Loop | None


class Arranger:
    """A guide, with what was learnt of placing by it."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._told = told_by_code(guide)
        self._told_otherwise = told_otherwise(guide)
        self._states: dict[object, _State] = {}
        #: Identity of a loop, HL03 -> which of its parts is the level that such an HL opens.
        self._holders: dict[tuple[int, str], tuple[int, Loop] | None] = {}
        self._start = self._state(_Open(guide.root, (), 0), ())

    def arrange(self, segments: Sequence[Segment]) -> LoopNode | None:
        """The tree of a set; `None` where it has to be placed exactly."""
        root = ArrangedNode(self._guide.root, None)
        nodes: list[LoopNode] = [root]
        state = self._start
        levels: dict[str, LoopNode] = {}
        has_levels = bool(self._guide.levels)
        for segment in segments:
            elements = segment.elements
            name = elements[0]
            step = state.steps.get(name)
            if isinstance(step, dict):
                step = step.get(elements[1] if len(elements) > 1 else None)
            if step is None:
                if name == "HL" and has_levels:
                    node = self._enter(root, levels, segment)
                    if node is None:
                        return None
                    nodes, state = [root, node], self._after_level(state, node)
                    continue
                step = self._learn(state, segment)
                if step is None:
                    return None
            state, kept, taker, index, opens = step
            if len(nodes) != kept:
                del nodes[kept:]
            node = nodes[taker]
            if opens is not None:
                inner = ArrangedNode(opens, node)
                node.items.append(inner)
                node.known.append(index)
                nodes.append(inner)
                node, index = inner, 0
            node.items.append(segment)
            node.known.append(index)
        return root

    # --- levels ------------------------------------------------------------------------------------------

    def _enter(self, root: LoopNode, levels: dict[str, LoopNode], segment: Segment) -> LoopNode | None:
        """The node of an HL, put where it belongs; `None` where anything is odd about it."""
        if len(segment.elements) <= _HL_LEVEL:
            return None
        number, parent, level = (each.strip() for each in segment.elements[1 : _HL_LEVEL + 1])
        holder = levels.get(parent) if parent else root
        if holder is None or number in levels:
            return None
        key = (id(holder.guide), level)
        held = self._holders[key] if key in self._holders else self._hold(key, holder.guide)
        if held is None or (len(levels) >= grammar.MAX_HL_DEPTH and _depth(holder) >= grammar.MAX_HL_DEPTH):
            return None
        node = levels[number] = ArrangedNode(held[1], holder)
        _put(holder, node, held[0])
        _put(node, segment, 0)
        return node

    def _hold(self, key: tuple[int, str], loop: Loop) -> tuple[int, Loop] | None:
        opened = self._guide.levels.get(key[1], ())
        found = (each for each in loop.openings.get("HL", ()) if any(each[1] is one for one in opened))
        held = self._holders[key] = next(found, None)
        return held

    def _after_level(self, state: _State, node: LoopNode) -> _State:
        in_root = node.parent is not None and node.parent.parent is None
        key = id(node.guide), in_root
        after = state.levels.get(key)
        if after is None:
            root = _with(state.root, node.parent.known[-1]) if in_root and node.parent is not None else state.root
            after = state.levels[key] = self._state(root, (_Open(node.guide, ((0, 1),), 0),))
        return after

    # --- learning ----------------------------------------------------------------------------------------

    def _state(self, root: _Open, chain: tuple[_Open, ...]) -> _State:
        key = (root.key(), *(each.key() for each in chain))
        known = self._states.get(key)
        if known is None:
            if len(self._states) >= _MAX_STATES:
                self._states = {}
            known = self._states[key] = _State(root, chain)
        return known

    def _learn(self, state: _State, segment: Segment) -> _Step | None:
        """Ask the placing what it does with a segment, and remember it if it is nothing to report."""
        name, told = segment.id, self._told.get(segment.id)
        if name in self._told_otherwise or len(segment.elements) == 1:
            return None
        first = segment.elements[1]
        if told is None:
            step = self._step(state, segment)
            if step is not None:
                state.steps[name] = step
            return step
        key = first if first in told else None
        if key is None and first != first.strip():
            return None
        steps = state.steps.setdefault(name, {})
        assert isinstance(steps, dict), "an id is told by code everywhere or nowhere"
        if key not in steps:
            step = self._step(state, segment)
            if step is None:
                return None
            steps[key] = step
        return steps[key]

    def _step(self, state: _State, segment: Segment) -> _Step | None:
        root = _node(state.root, None)
        nodes = [root]
        for each in state.chain:
            nodes.append(_node(each, nodes[-1]))
        is_level = bool(state.chain) and state.chain[0].loop.opener.id == "HL"
        placing = Placing(self._guide)
        placing.stand(root, nodes[1] if is_level else root, nodes[-1])
        placing.take(segment)
        if placing.issues or placing.unplaced:
            return None
        chain = _up_to(placing.current, root)
        after = self._state(_opened(root), tuple(_opened(each) for each in chain))
        kept = [each for each in nodes if each is root or any(each is one for one in chain)]
        taker = next(each for each in (root, *chain) if any(item is segment for item in each.items))
        if any(each is taker for each in nodes):
            # Of the root's own segments the level stays open beside.
            return _Step(after, len(kept), _index(kept, taker), taker.known[-1], None)
        assert taker.parent is not None, "a node that was opened stands in another"
        return _Step(after, len(kept), _index(kept, taker.parent), taker.parent.known[-1], taker.guide)


#: HL03 tells which level.
_HL_LEVEL = 3


def _put(node: LoopNode, item: Segment | LoopNode, index: int) -> None:
    node.items.append(item)
    node.known.append(index)


def _index(nodes: Sequence[LoopNode], node: LoopNode) -> int:
    return next(number for number, each in enumerate(nodes) if each is node)


def _depth(node: LoopNode) -> int:
    depth = 0
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth


def _node(opened: _Open, parent: LoopNode | None) -> LoopNode:
    node = LoopNode(opened.loop, parent)
    node.counts = dict(opened.counts)
    node.reached = opened.reached
    return node


def _opened(node: LoopNode) -> _Open:
    counts = tuple(sorted((index, _capped(node.guide, index, count)) for index, count in node.counts.items()))
    return _Open(node.guide, counts, node.reached)


def _with(opened: _Open, index: int) -> _Open:
    """The same after one more of a part."""
    counts = dict(opened.counts)
    counts[index] = _capped(opened.loop, index, counts.get(index, 0) + 1)
    return _Open(opened.loop, tuple(sorted(counts.items())), max(opened.reached, index))


def _capped(loop: Loop, index: int, count: int) -> int:
    """A count no higher than tells whether there is room for more."""
    most = loop.parts[index].max
    return 1 if most is None else min(count, most)


def _up_to(node: LoopNode, root: LoopNode) -> list[LoopNode]:
    """The nodes from below `root` to `node`, outermost first."""
    found: list[LoopNode] = []
    while node is not root:
        found.append(node)
        assert node.parent is not None, "every node stands below the root"
        node = node.parent
    return found[::-1]
