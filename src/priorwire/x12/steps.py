"""What the placing does, learnt step by step, so that it is looked up where it was done before.

Theory of operation. What `loops.Placing` does with a segment depends on where it stands (the open loops of the
level, and how often each of their parts has occurred) and on the segment's id, for some ids with its first element.
So each such step is asked of the placing once. Only steps in which the placing finds nothing are known: whatever is
odd is for the placing itself.

One machine of states and steps a guide serves all that go by it: `arranging` makes a tree of them, `proving` holds the
text of a segment against the use that a step found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from . import grammar
from .guide import Element, Guide, Loop, Usage, Use
from .local_rules import beyond, holds, said_by, value_facts
from .loops import LoopNode, Placing
from .segments import Segment

#: Where a guide keeps its machine.
_KEPT = "steps"
#: States remembered for one guide; then all are forgotten, so that no sender can fill the memory.
_MAX_STATES = 5_000


class Open(NamedTuple):
    """One open loop of a state."""

    loop: Loop
    #: Index of a part -> how often it occurred, no higher than matters: where there is no limit 1 is any number.
    counts: tuple[tuple[int, int], ...]
    #: The furthest index so far.
    reached: int
    #: Which of the loop's `value_facts` are so.
    said: frozenset[int]

    def key(self) -> tuple[int, tuple[tuple[int, int], ...], int, frozenset[int]]:
        """To tell states by: a guide's loops are told by identity."""
        return id(self.loop), self.counts, self.reached, self.said


class State:
    """Where the placing stands."""

    __slots__ = ("chain", "ends", "leaves", "levels", "root", "steps")

    def __init__(self, root: Open, chain: tuple[Open, ...]) -> None:
        self.root = root
        #: The open loops, from the level to the innermost; before the first level from the first loop of the root.
        self.chain = chain
        level, inner = (chain[0], chain[1:]) if chain and chain[0].loop.opener.id == "HL" else (None, chain)
        #: Whether nothing is missing in the open loops, so that a level may follow.
        self.leaves = all(_is_complete(each) for each in inner) and (
            level is None or _is_complete(level, levels_aside=True)
        )
        #: Whether the set may end.
        self.ends = self.leaves and _is_complete(root, is_root=True)
        #: Segment id -> the step, or where codes tell uses apart the steps by the first element.
        self.steps: dict[str, Step | dict[str | None, Step]] = {}
        #: Loop of an HL by identity, and which part of the root it is, if of the root -> the state after it.
        self.levels: dict[tuple[int, int | None], State] = {}


class Step(NamedTuple):
    """What is done with one kind of segment in one state."""

    state: State
    #: How many of the open nodes stay open, the root counted.
    kept: int
    #: Which of those takes it.
    taker: int
    #: Which of the taker's parts it is.
    part: int
    #: The loop that it begins there; `None` where it is one of the taker's own segments.
    opens: Loop | None
    #: What it is, where the step leaves nothing to report; `None` where only the checking can tell.
    use: Use | None
    #: The loop the segment then stands in, as a finding names it.
    loop: str | None


class Steps:
    """The machine of a guide, as far as it was asked for."""

    def __init__(self, guide: Guide) -> None:
        #: Where every set begins. Another state when all is forgotten: those known before lead nowhere known.
        self.start: State
        #: Loops, by identity, with a rule that no state tells of.
        self.beyond = beyond(guide)
        #: Segment id -> the values of its first element by which its uses are told, for the ids where any is.
        self.told = _told_by_code(guide)
        self._told_otherwise = _told_otherwise(guide)
        self._has_brackets = _has_brackets(guide)
        self._guide = guide
        self._forget()

    def step(self, state: State, segment: Segment) -> Step | None:
        """What is done with a segment, learnt now if it is not known; `None` where the placing must be asked."""
        name, told = segment.id, self.told.get(segment.id)
        if name in self._told_otherwise or len(segment.elements) == 1:
            return None
        if told is None:
            known = state.steps.get(name)
            step = known if isinstance(known, Step) else self._learn(state, segment)
            if step is not None:
                state.steps[name] = step
            return step
        first = segment.elements[1]
        key = first if first in told else None
        if key is None and first != first.strip():
            return None
        steps = state.steps.setdefault(name, {})
        assert not isinstance(steps, Step), "an id is told by code everywhere or nowhere"
        if key not in steps:
            step = self._learn(state, segment)
            if step is None:
                return None
            steps[key] = step
        return steps[key]

    def level(self, state: State, loop: Loop, part: int | None) -> State:
        """Where the placing stands after an HL.

        Args:
            state: before it.
            loop: what it opens.
            part: which part of the root that is; `None` below another level.
        """
        key = id(loop), part
        after = state.levels.get(key)
        if after is None:
            root = state.root if part is None else _with(state.root, part)
            after = state.levels[key] = self._state(root, (Open(loop, ((0, 1),), 0, frozenset()),))
        return after

    def _forget(self) -> None:
        self._states: dict[object, State] = {}
        self.start = self._state(Open(self._guide.root, (), 0, frozenset()), ())

    def _state(self, root: Open, chain: tuple[Open, ...]) -> State:
        key = (root.key(), *(each.key() for each in chain))
        known = self._states.get(key)
        if known is None:
            if len(self._states) >= _MAX_STATES:
                self._forget()
            known = self._states[key] = State(root, chain)
        return known

    def _learn(self, state: State, segment: Segment) -> Step | None:
        """Ask the placing; `None` where it finds anything."""
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
        open_now = [root, *_up_to(placing.current, root)]
        taker = next(node for node in open_now if segment in node.items)
        before = dict(zip(nodes, (state.root, *state.chain), strict=True))
        said = {node: before[node].said if node in before else frozenset() for node in open_now}
        said[taker] |= said_by(taker.guide, segment.id, segment.element(1))
        after = [Open(node.guide, _capped(node.guide, node.counts), node.reached, said[node]) for node in open_now]
        use = taker.guide.parts[taker.known[-1]]
        left = [opened for node, opened in before.items() if node not in open_now]
        is_right = isinstance(use, Use) and self._is_right(open_now, left, use)
        kept = [node for node in nodes if node in open_now]
        holder, opens = (taker, None) if taker in before else (taker.parent, taker.guide)
        assert holder is not None, "a node that was opened stands in another"
        return Step(
            state=self._state(after[0], tuple(after[1:])),
            kept=len(kept),
            taker=kept.index(holder),
            part=holder.known[-1],
            opens=opens,
            use=use if isinstance(use, Use) and is_right else None,
            loop=taker.named,
        )

    def _is_right(self, nodes: Sequence[LoopNode], left: Sequence[Open], use: Use) -> bool:
        """Whether what a step did leaves nothing to report."""
        if use.id in grammar.BRACKETS and not self._has_brackets:
            return False
        if not all(_is_complete(each) for each in left):
            return False
        known = all(id(node.guide) not in self.beyond for node in nodes)
        return known and all(
            may_stand(node.guide, index, count) for node in nodes for index, count in node.counts.items()
        )


def steps_of(guide: Guide) -> Steps:
    """The machine of a guide."""
    known = guide.compiled.get(_KEPT)
    if not isinstance(known, Steps):
        known = guide.compiled[_KEPT] = Steps(guide)
    return known


def may_stand(loop: Loop, index: int, count: int) -> bool:
    """Whether a part of a loop may stand so often."""
    part = loop.parts[index]
    return part.usage is not Usage.NOT_USED and (part.max is None or count <= part.max)


# --- what is derived from a guide ------------------------------------------------------------------------------


def _told_by_code(guide: Guide) -> dict[str, frozenset[str]]:
    told: dict[str, set[str]] = {}
    for loop in guide.root.walk():
        for name, uses in loop.uses.items():
            for _, use in uses:
                first = use.elements[0] if use.elements else None
                values = set().union(*(values for key, values in use.when if key == 1))
                if isinstance(first, Element) and first.codes is not None:
                    values |= first.codes
                if values:
                    told.setdefault(name, set()).update(values)
        for fact in value_facts(loop):
            told.setdefault(fact.segment, set()).update(fact.values or ())
    return {name: frozenset(values) for name, values in told.items()}


def _told_otherwise(guide: Guide) -> frozenset[str]:
    """Segment ids whose uses are told by anything but the first element."""
    uses = (use for loop in guide.root.walk() for uses in loop.uses.values() for _, use in uses)
    return frozenset(use.id for use in uses if use.id != "HL" and any(key != 1 for key, _ in use.when))


def _has_brackets(guide: Guide) -> bool:
    """Whether brackets can only name one thing, so that counting them tells whether they pair."""
    uses = [
        use
        for loop in guide.root.walk()
        for name in grammar.BRACKETS
        for _, use in loop.uses.get(name, ())
    ]  # fmt: skip
    names = {use.elements[0].codes if isinstance(use.elements[0], Element) else None for use in uses if use.elements}
    limited = all(use.max is not None and use.elements for use in uses)
    return limited and len(names) == 1 and all(codes is not None and len(codes) == 1 for codes in names)


def _is_complete(opened: Open, *, is_root: bool = False, levels_aside: bool = False) -> bool:
    """Whether an occurrence of a loop lacks nothing, its brackets pair and its rules are kept."""
    loop, counts = opened.loop, dict(opened.counts)
    balance = dict.fromkeys(grammar.BRACKETS, 0)
    for index, part in enumerate(loop.parts):
        count = counts.get(index, 0)
        if isinstance(part, Use):
            if part.id in balance:
                balance[part.id] += count
            aside = is_root and part.id in ("ST", "SE")
        else:
            aside = levels_aside and part.opener.id == "HL"
        if part.usage is Usage.REQUIRED and not count and not aside:
            return False
    return len(set(balance.values())) == 1 and holds(loop, counts, opened.said)


# --- states as nodes, and back ---------------------------------------------------------------------------------


def _node(opened: Open, parent: LoopNode | None) -> LoopNode:
    node = LoopNode(opened.loop, parent)
    node.counts = dict(opened.counts)
    node.reached = opened.reached
    return node


def _with(opened: Open, index: int) -> Open:
    """The same after one more of a part."""
    counts = dict(opened.counts)
    counts[index] = counts.get(index, 0) + 1
    return opened._replace(counts=_capped(opened.loop, counts), reached=max(opened.reached, index))


def _capped(loop: Loop, counts: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Counts no higher than tells whether there is room for more."""
    most = ((index, count, loop.parts[index].max) for index, count in sorted(counts.items()))
    return tuple((index, 1 if limit is None else min(count, limit)) for index, count, limit in most)


def _up_to(node: LoopNode, root: LoopNode) -> list[LoopNode]:
    """The nodes from below `root` to `node`, outermost first."""
    found: list[LoopNode] = []
    while node is not root:
        found.append(node)
        assert node.parent is not None, "every node stands below the root"
        node = node.parent
    return found[::-1]
