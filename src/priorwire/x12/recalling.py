"""What was found in the loops of a set, recalled where the set is checked again with little changed.

To explain a set (`explaining`) it is placed and checked many times, and nearly all of it stands each time as it
stood before. What is wrong inside a loop depends on the segments that stand directly in it and on what begins the
loops in it; what its situational rules say depends on the loops around it too, and on what stands in those in it.
So a loop is told by that, and only one that is told otherwise is looked at.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from .faults import Fault
from .issues import Issue, IssueCode, Place
from .loops import LoopNode

#: A finding before it is weighed: its code, its place, and the payer's rule that it breaks.
Noted = tuple[IssueCode, Place, "str | None"]


#: An occurrence of a loop; what stands directly in it; and of one with rules also what they look at around.
Told = tuple[LoopNode, int, Hashable]


class Recalled:
    """What was found in the loops of one set. Its segments, and those tried in their place, must be kept meanwhile."""

    def __init__(self) -> None:
        #: Segment and use by identity -> what is wrong with the segment as the use has it.
        self.faults: dict[tuple[int, int], Sequence[Fault]] = {}
        #: What stands in a loop -> what is absent, too many or wrong there.
        self.noted: dict[int, list[Noted]] = {}
        #: The same with what its rules look at -> which situational rules are broken.
        self.broken: dict[Hashable, Sequence[Issue]] = {}
        self._numbers: dict[Hashable, int] = {}

    def loops_of(self, root: LoopNode) -> list[Told]:
        """The loops of a tree that the guide has, in order, each with what it is told by."""
        inside, nodes = self._insides(root)
        told: list[Told] = []
        for node in nodes:
            if node.is_known:
                own = inside[id(node)]
                looked_at = node.guide.looked_at
                told.append((node, own, (own, *_looked_at(node, looked_at, inside)) if looked_at else own))
        return told

    def _insides(self, root: LoopNode) -> tuple[dict[int, int], list[LoopNode]]:
        """A number for what stands directly in each node, by the identity of the node; and the nodes in order."""
        numbers, inside = self._numbers, {}
        nodes, waiting = [], [root]
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            # Of what is no loop of the guide the first segment tells: nothing else of it is kept.
            told: list[int] = [id(node.guide) if node.is_known else 0, *node.known]
            for item in reversed(node.items):
                if isinstance(item, LoopNode):
                    waiting.append(item)
                    told.append(id(item.items[0]))
                else:
                    told.append(id(item))
            inside[id(node)] = numbers.setdefault(tuple(told), len(numbers))
        return inside, nodes


def _looked_at(node: LoopNode, names: frozenset[str], inside: dict[int, int]) -> list[int]:
    """What stands in the loops of those names around a node and directly in it."""
    found = []
    around = node.parent
    while around is not None:
        if around.guide.id in names:
            found.append(inside[id(around)])
        around = around.parent
    found.append(0)
    for item in node.items:
        if isinstance(item, LoopNode) and item.guide.id in names:
            found.append(inside[id(item)])  # noqa: PERF401 - a comprehension costs a call a node
    return found
