"""Placing by what was learnt: a set arranged by its guide at the speed of looking up, wherever nothing is odd.

The tree is made of the `steps` that the guide is known for. A set with anything odd in it is placed as a whole by
`loops.place`, and the tree is the same either way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from . import grammar
from .events import TransactionSet
from .guide import Guide, Loop
from .loops import LoopNode, Placed
from .loops import place as place_exactly
from .proving import WARM_AFTER
from .segments import Segment
from .steps import steps_of

#: Where a guide keeps what was learnt of it.
_KEPT = "arranging"


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


class Arranger:
    """A guide, with what was learnt of placing by it."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._steps = steps_of(guide)
        #: Identity of a loop, HL03 -> which of its parts is the level that such an HL opens.
        self._holders: dict[tuple[int, str], tuple[int, Loop] | None] = {}

    def arrange(self, segments: Sequence[Segment]) -> LoopNode | None:
        """The tree of a set; `None` where it has to be placed exactly."""
        root = ArrangedNode(self._guide.root, None)
        nodes: list[LoopNode] = [root]
        state = self._steps.start
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
                    nodes = [root, node]
                    state = self._steps.level(state, node.guide, root.known[-1] if node.parent is root else None)
                    continue
                step = self._steps.step(state, segment)
                if step is None:
                    return None
            state, kept, taker, index, opens, _, _ = step
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


#: HL03 tells which level.
_HL_LEVEL = 3


def _put(node: LoopNode, item: Segment | LoopNode, index: int) -> None:
    node.items.append(item)
    node.known.append(index)


def _depth(node: LoopNode) -> int:
    depth = 0
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth
