"""A transaction set proved clean by its text alone, without a segment or a tree made of it.

Theory of operation. Placing and checking (`loops`, `validate`) say exactly what is wrong with a
set; nearly always little is. Here a set is run through an automaton that is learnt from the placing
itself: a state is where the placing stands (the open loops of the level, and how often
each of their parts has occurred), a step is what it does with one kind of segment, and it is
asked for each step once. Each step knows the use that it found, and its `pattern_of`.

* A step exists only where the placing finds nothing, no part occurs too often, and no loop that is
  left lacks something required. Where there is none, the set is `None`: not proved.
* What a step depends on is the segment id, and of ids that codes tell apart the first element.
* An HL opens a level, which `proved_levels` looks at.
* A segment that its pattern does not match is a `Suspect`: it stands where it should, what is in it is for
  the exact check to say.
* The sets of an interchange say much of the same: what was proved of a text in a state is remembered
  (`Remembered`) as long as that interchange is read, and no longer, for a text may name somebody.

So a set with a wrong value costs one exact check, and a set with a wrong structure the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import NamedTuple

from . import grammar
from .events import Kept
from .guide import Element, Guide, Loop, Usage, Use
from .local_rules import beyond, holds, said_by, value_facts
from .loops import LoopNode, Placing
from .patterns import Pattern, Question, are_usual, pattern_of
from .proved_levels import Climb, Entry, Ladder
from .segments import Delimiters, Segment

#: Sets read with a guide before it is compiled: a pattern costs a millisecond, and a short message needs twenty.
WARM_AFTER = 4
#: States remembered for one guide; then all are forgotten, so that no sender can fill the memory.
_MAX_STATES = 5_000
#: Delimiters that one guide is compiled for.
_MAX_DELIMITERS = 8
#: Texts remembered of one interchange, then all are forgotten; and the longest. They take a few MB at most.
_MAX_REMEMBERED, _MAX_TEXT = 16_384, 160


class Suspect(NamedTuple):
    """A segment that its pattern does not match."""

    #: Which of the set, 0 for its ST.
    at: int
    use: Use
    #: The loop it stands in, as a finding names it.
    loop: str | None


def prover(guide: Guide, delimiters: Delimiters) -> Prover | None:
    """The prover of a guide, made when the guide has been used often enough to be worth it."""
    known = guide.compiled.get(delimiters)
    if isinstance(known, Prover):
        return known
    seen = known if isinstance(known, int) else 0
    if seen < WARM_AFTER:
        made: Prover | None = None
        guide.compiled[delimiters] = seen + 1
    elif are_usual(delimiters) and len(guide.compiled) <= _MAX_DELIMITERS:
        guide.compiled[delimiters] = made = Prover(guide, delimiters)
    else:
        made = None
    return made


class _Open(NamedTuple):
    """One open loop of a state."""

    loop: Loop
    #: Index of a part -> how often it occurred; 1 stands for any number where there is no limit.
    counts: tuple[tuple[int, int], ...]
    #: The furthest index so far.
    reached: int
    #: Which of the loop's `value_facts` are so.
    said: frozenset[int]

    def key(self) -> tuple[int, tuple[tuple[int, int], ...], int, frozenset[int]]:
        """To tell states by: a guide's loops are told by identity."""
        return id(self.loop), self.counts, self.reached, self.said


class _State:
    """Where the placing stands."""

    __slots__ = ("chain", "ends", "here", "leaves", "root", "steps", "ways")

    def __init__(self, root: _Open, chain: tuple[_Open, ...]) -> None:
        self.root = root
        level, inner = (chain[0], chain[1:]) if chain and chain[0].loop.opener.id == "HL" else (None, chain)
        #: Whether nothing is missing in the open loops, so that a level may follow.
        self.leaves = all(_is_complete(each) for each in inner) and (
            level is None or _is_complete(level, levels_aside=True)
        )
        #: Whether the set may end.
        self.ends = self.leaves and _is_complete(root, is_root=True)
        #: What an HL does -> where the set then stands; `None` where that HL may not stand here.
        self.ways: dict[Entry, _State | None] = {}
        #: The open loops, from the level to the innermost; before the first level from the first loop of the root.
        self.chain = chain
        #: Segment id -> the step, or where codes tell uses apart the steps by the first element.
        self.steps: dict[str, _Step | dict[str | None, _Step]] = {}
        #: This state where nothing is remembered.
        self.here = _Here(self)


class _Step(NamedTuple):
    """What is done with one kind of segment in one state."""

    state: _State
    match: Callable[[str], re.Match[str] | None]
    question: Question | None
    use: Use
    #: The loop the segment then stands in, as a finding names it.
    loop: str | None


class _Move(NamedTuple):
    """A step between two states of which something is remembered."""

    here: _Here
    match: Callable[[str], re.Match[str] | None]
    question: Question | None
    use: Use
    loop: str | None


class _Here:
    """A state, and what was proved in it."""

    __slots__ = ("after", "entered", "moves", "state")

    def __init__(self, state: _State) -> None:
        self.state = state
        #: Text of a segment that was proved in this state -> where the set then stands.
        self.after: dict[str, _Here] = {}
        #: The same for what HLs do.
        self.entered: dict[Entry | None, _Here] = {}
        #: As `_State.steps`.
        self.moves: dict[str, _Move | dict[str | None, _Move]] = {}


class Remembered:
    """What was proved of the sets of one interchange: so many texts, and none that is long.

    A text is kept the second time that it comes: what names one person comes once.
    """

    def __init__(self) -> None:
        self._heres: dict[_State, _Here] = {}
        #: For how many more texts there is room.
        self._room = _MAX_REMEMBERED
        #: Eight bits of the hash of a text that came, at sixteen others of its bits: to tell, nearly always, what came.
        self._came = bytearray(1 << 16)

    def at(self, state: _State) -> _Here:
        """A state with what is remembered of it."""
        known = self._heres.get(state)
        if known is None:
            if len(self._heres) >= _MAX_STATES:
                self._heres = {}
            known = self._heres[state] = _Here(state)
        return known

    def heres(self) -> Iterable[_Here]:
        """Every state of which something is remembered."""
        return self._heres.values()

    def make_room(self) -> None:
        """Where no room is left, forget everything."""
        if not self._room:
            self.forget()

    def forget(self) -> None:
        """Drop everything. States lead to each other: what is not cut apart would wait for the next collection."""
        for here in self._heres.values():
            here.after.clear()
            here.moves.clear()
            here.entered.clear()
        self._heres, self._room = {}, _MAX_REMEMBERED

    def keep(self, text: str, before: _Here, after: _Here) -> None:
        """Remember where a proved text leads, if it came before and there is room."""
        mark = hash(text)
        at, told = mark & 0xFFFF, mark >> 16 & 0xFF
        if self._came[at] != told:
            self._came[at] = told
        elif self._room and len(text) <= _MAX_TEXT:
            before.after[text] = after
            self._room -= 1


class Prover:
    """A guide, compiled for the delimiters of an interchange."""

    def __init__(self, guide: Guide, delimiters: Delimiters) -> None:
        self._guide = guide
        self._delimiters = delimiters
        self._patterns: dict[int, Pattern] = {}
        self._told = told_by_code(guide)
        self._told_otherwise = told_otherwise(guide)
        self._beyond = beyond(guide)
        self._has_brackets = _has_brackets(guide)
        self._separator = delimiters.element
        #: How a segment begins that opens a level.
        self._level = ("HL" + delimiters.element,) if guide.levels else ()
        self._ladder = Ladder(guide, delimiters.element, lambda use: self.pattern(use).match)
        self._forget()

    def pattern(self, use: Use) -> Pattern:
        """The pattern of a use of the guide."""
        known = self._patterns.get(id(use))
        if known is None:
            known = self._patterns[id(use)] = pattern_of(use, self._delimiters)
        return known

    def remembered(self, kept: MutableMapping[object, Kept | None]) -> Remembered | None:
        """What to remember of an interchange; `None` for the first of its sets, for most have only one.

        Args:
            kept: where the interchange keeps it.
        """
        found = kept.get(self)
        if not isinstance(found, Remembered):
            kept[self] = found = Remembered() if self in kept else None
        if found is not None:
            found.make_room()
        return found

    def suspects(self, parts: Sequence[str], remembered: Remembered | None = None) -> list[Suspect] | None:
        """The segments of a set that must be looked at; `None` where the whole set must be.

        Args:
            parts: each segment of the set as text, ST to SE.
            remembered: of the interchange that the set stands in.
        """
        found: list[Suspect] = []
        climb, separator, level = Climb(self._ladder, parts), self._separator, self._level
        here = _at(self._start, remembered)
        for at, part in enumerate(parts):
            following = here.after.get(part)
            if following is not None:
                here = following
                continue
            if part.startswith(level):
                entered = self._enter(here, climb.step(at), remembered)
                if entered is None:
                    return None
                here = entered
                continue
            bits = part.split(separator, 2)
            move = here.moves.get(bits[0])
            if isinstance(move, dict):
                move = move.get(bits[1])
            move = move or self._learn_move(here, bits, remembered)
            if move is None:
                return None
            behind, match, question, use, loop = move
            proof = match(part)
            if proof is None or (question is not None and not question(proof)):
                found.append(Suspect(at, use, loop))
            elif remembered is not None:
                remembered.keep(part, here, behind)
            here = behind
        return found if here.state.ends and climb.is_complete() and not _disturbs(found) else None

    # --- levels ------------------------------------------------------------------------------------------

    def _enter(self, here: _Here, entry: Entry | None, remembered: Remembered | None) -> _Here | None:
        """Where the set stands after an HL; `None` where that may not stand here."""
        known = here.entered.get(entry)
        if known is None and entry is not None:
            state = here.state
            if entry not in state.ways:
                state.ways[entry] = self._way(state, entry)
            way = state.ways[entry]
            if way is not None:
                known = here.entered[entry] = _at(way, remembered)
        return known

    def _way(self, state: _State, entry: Entry) -> _State | None:
        """What an HL of a level does in a state: below a loop that stands already, or in the root."""
        if not state.leaves or id(entry.loop) in self._beyond:
            return None
        root = state.root
        if entry.is_first:
            counts = _counted(root.loop, dict(root.counts), entry.part)
            if counts is None:
                return None
            root = _Open(root.loop, counts, max(root.reached, entry.part), root.said)
        return self._state(root, (_Open(entry.loop, ((0, 1),), 0, frozenset()),))

    # --- learning ----------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._states: dict[object, _State] = {}
        self._start = self._state(_Open(self._guide.root, (), 0, frozenset()), ())

    def _state(self, root: _Open, chain: tuple[_Open, ...]) -> _State:
        key = (root.key(), *(each.key() for each in chain))
        known = self._states.get(key)
        if known is None:
            if len(self._states) >= _MAX_STATES:
                self._forget()
            known = self._states[key] = _State(root, chain)
        return known

    def _learn_move(self, here: _Here, bits: Sequence[str], remembered: Remembered | None) -> _Move | None:
        step = self._step_of(here.state, bits)
        if step is None:
            return None
        move = _Move(_at(step.state, remembered), step.match, step.question, step.use, step.loop)
        told = self._told.get(bits[0])
        if told is None:
            here.moves[bits[0]] = move
        elif bits[1] in told:
            moves = here.moves.setdefault(bits[0], {})
            assert isinstance(moves, dict), "an id is told by code everywhere or nowhere"
            moves[bits[1]] = move
        return move

    def _step_of(self, state: _State, bits: Sequence[str]) -> _Step | None:
        """What is done with a segment in a state, known or learnt now."""
        step = state.steps.get(bits[0])
        if isinstance(step, dict):
            step = step.get(bits[1])
        return step or self._learn(state, bits)

    def _learn(self, state: _State, bits: Sequence[str]) -> _Step | None:
        """Ask the placing what it does with a segment, and remember it if it is nothing to report."""
        name, told = bits[0], self._told.get(bits[0])
        if name in self._told_otherwise or len(bits) == 1:
            return None
        if told is None:
            step = self._step(state, Segment([*bits], self._delimiters))
            if step is not None:
                state.steps[name] = step
            return step
        key = bits[1] if bits[1] in told else None
        if key is None and bits[1] != bits[1].strip():
            return None
        steps = state.steps.setdefault(name, {})
        assert isinstance(steps, dict), "an id is told by code everywhere or nowhere"
        if key not in steps:
            step = self._step(state, Segment([*bits], self._delimiters))
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
        taker = next(node for node in (root, *chain) if segment in node.items)
        use = taker.guide.parts[taker.known[-1]]
        before = dict(zip(nodes, (state.root, *state.chain), strict=True))
        left = [opened for node, opened in before.items() if node is not root and node not in chain]
        if not isinstance(use, Use) or not self._is_right((root, *chain), left, use):
            return None
        said = {node: before[node].said if node in before else frozenset() for node in (root, *chain)}
        said[taker] |= said_by(taker.guide, segment.id, segment.element(1))
        opened = [_opened(node, said[node]) for node in (root, *chain)]
        pattern = self.pattern(use)
        after = self._state(opened[0], tuple(opened[1:]))
        return _Step(after, pattern.match, pattern.question, use, taker.named)

    def _is_right(self, nodes: Sequence[LoopNode], left: Sequence[_Open], use: Use) -> bool:
        """Whether what the step did leaves nothing to report."""
        if use.id in grammar.BRACKETS and not self._has_brackets:
            return False
        if not all(_is_complete(each) for each in left):
            return False
        known = all(id(node.guide) not in self._beyond for node in nodes)
        return known and all(_counted(node.guide, node.counts) is not None for node in nodes)


def _at(state: _State, remembered: Remembered | None) -> _Here:
    return state.here if remembered is None else remembered.at(state)


def _disturbs(found: Sequence[Suspect]) -> bool:
    """Whether the exact check of a segment is not enough: brackets pair by what they say, rules add findings."""
    return any(each.use.id in grammar.BRACKETS or each.use.rules for each in found)


# --- what is derived from a guide ------------------------------------------------------------------------------


def told_by_code(guide: Guide) -> dict[str, frozenset[str]]:
    """Segment id -> the values of its first element by which its uses are told, for the ids where any is."""
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


def told_otherwise(guide: Guide) -> frozenset[str]:
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


def _is_complete(opened: _Open, *, is_root: bool = False, levels_aside: bool = False) -> bool:
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


def _counted(loop: Loop, counts: Mapping[int, int], more: int | None = None) -> tuple[tuple[int, int], ...] | None:
    """Counts to tell a state by; `None` where a part occurs that must not, or too often."""
    told = []
    for index, part in enumerate(loop.parts):
        count = counts.get(index, 0) + (index == more)
        if not count:
            continue
        if part.usage is Usage.NOT_USED or (part.max is not None and count > part.max):
            return None
        told.append((index, 1 if part.max is None else count))
    return tuple(told)


# --- states as nodes, and back ---------------------------------------------------------------------------------


def _node(opened: _Open, parent: LoopNode | None) -> LoopNode:
    node = LoopNode(opened.loop, parent)
    node.counts = dict(opened.counts)
    node.reached = opened.reached
    return node


def _opened(node: LoopNode, said: frozenset[int]) -> _Open:
    counts = _counted(node.guide, node.counts)
    assert counts is not None, "asked before"
    return _Open(node.guide, counts, node.reached, said)


def _up_to(node: LoopNode, root: LoopNode) -> list[LoopNode]:
    """The nodes from below `root` to `node`, outermost first."""
    found: list[LoopNode] = []
    while node is not root:
        found.append(node)
        assert node.parent is not None, "every node stands below the root"
        node = node.parent
    return found[::-1]
