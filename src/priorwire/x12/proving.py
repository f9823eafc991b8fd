"""A transaction set proved clean by its text alone, without a segment or a tree made of it.

Theory of operation. Placing and checking (`loops`, `validate`) say exactly what is wrong with a
set; nearly always little is. Here a set is run through an automaton that is learnt from the placing
itself (`steps`): each step knows the use that it found, and here its `pattern_of`.

* A step proves only where the placing finds nothing, no part occurs too often, and no loop that is
  left lacks something required. Where there is none, the set is `None`: not proved.
* An HL opens a level, which `proved_levels` looks at.
* A segment that its pattern does not match is a `Suspect`: it stands where it should, what is in it is for
  the exact check to say.
* The sets of an interchange say much of the same: what was proved of a text in a state is remembered
  (`Remembered`) as long as that interchange is read, and no longer, for a text may name somebody.

So a set with a wrong value costs one exact check, and a set with a wrong structure the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import NamedTuple

from . import grammar
from .events import Kept
from .guide import Guide, Use
from .patterns import Pattern, Question, are_usual, pattern_of
from .proved_levels import Climb, Entry, Ladder
from .segments import Delimiters, Segment
from .steps import State, may_stand, steps_of

#: Sets read with a guide before it is compiled: a pattern costs a millisecond, and a short message needs twenty.
WARM_AFTER = 4
#: States of which something is remembered; then all is forgotten.
_MAX_STATES = 5_000
#: Delimiters that one guide is compiled for, and of how many it is counted how often they came.
_MAX_DELIMITERS, _MAX_COUNTED = 8, 64
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
        if len(guide.compiled) >= _MAX_COUNTED:
            for key in [key for key, value in guide.compiled.items() if isinstance(value, int)]:
                guide.compiled.pop(key, None)
        guide.compiled[delimiters] = seen + 1
        return None
    provers = [each for each in guide.compiled.values() if isinstance(each, Prover)]
    if not are_usual(delimiters) or len(provers) >= _MAX_DELIMITERS:
        return None
    made = guide.compiled[delimiters] = Prover(guide, delimiters)
    return made


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

    def __init__(self, state: State) -> None:
        self.state = state
        #: Text of a segment that was proved in this state -> where the set then stands.
        self.after: dict[str, _Here] = {}
        #: The same for what HLs do.
        self.entered: dict[Entry | None, _Here] = {}
        #: As `State.steps`, with what proves it.
        self.moves: dict[str, _Move | dict[str | None, _Move]] = {}


class _Heres:
    """What is remembered, by state."""

    def __init__(self) -> None:
        self._heres: dict[State, _Here] = {}

    def at(self, state: State) -> _Here:
        """A state with what is remembered of it."""
        known = self._heres.get(state)
        if known is None:
            if len(self._heres) >= _MAX_STATES:
                self._heres = {}
            known = self._heres[state] = _Here(state)
        return known


class Remembered(_Heres):
    """What was proved of the sets of one interchange: so many texts, and none that is long.

    A text is kept the second time that it comes: what names one person comes once.
    """

    def __init__(self) -> None:
        super().__init__()
        #: For how many more texts there is room.
        self._room = _MAX_REMEMBERED
        #: Eight bits of the hash of a text that came, at sixteen others of its bits: to tell, nearly always, what came.
        self._came = bytearray(1 << 16)

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
        self._steps = steps_of(guide)
        self._start = self._steps.start
        self._heres = _Heres()
        self._separator = delimiters.element
        #: How a segment begins that opens a level.
        self._level = ("HL" + delimiters.element,) if guide.levels else ()
        self._ladder = Ladder(guide, delimiters.element, lambda use: self.pattern(use).match)

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
        if self._start is not self._steps.start:  # all was forgotten
            self._start, self._heres = self._steps.start, _Heres()
        heres = remembered if remembered is not None else self._heres
        here = heres.at(self._start)
        for at, part in enumerate(parts):
            following = here.after.get(part)
            if following is not None:
                here = following
                continue
            if part.startswith(level):
                entered = self._enter(here, climb.step(at), heres)
                if entered is None:
                    return None
                here = entered
                continue
            bits = part.split(separator, 2)
            move = here.moves.get(bits[0])
            if isinstance(move, dict):
                move = move.get(bits[1])
            move = move or self._learn_move(here, bits, heres)
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

    def _enter(self, here: _Here, entry: Entry | None, heres: _Heres) -> _Here | None:
        """Where the set stands after an HL; `None` where that may not stand here."""
        known = here.entered.get(entry)
        if known is None and entry is not None:
            state, loop = here.state, entry.loop
            if not state.leaves or id(loop) in self._steps.beyond:
                return None
            count = dict(state.root.counts).get(entry.part, 0) + 1
            if entry.is_first and not may_stand(state.root.loop, entry.part, count):
                return None
            after = self._steps.level(state, loop, entry.part if entry.is_first else None)
            known = here.entered[entry] = heres.at(after)
        return known

    # --- learning ----------------------------------------------------------------------------------------

    def _learn_move(self, here: _Here, bits: Sequence[str], heres: _Heres) -> _Move | None:
        step = self._steps.step(here.state, Segment(bits, self._delimiters))
        if step is None or step.use is None:
            return None
        pattern = self.pattern(step.use)
        move = _Move(heres.at(step.state), pattern.match, pattern.question, step.use, step.loop)
        told = self._steps.told.get(bits[0])
        if told is None:
            here.moves[bits[0]] = move
        elif bits[1] in told:
            moves = here.moves.setdefault(bits[0], {})
            assert isinstance(moves, dict), "an id is told by code everywhere or nowhere"
            moves[bits[1]] = move
        return move


def _disturbs(found: Sequence[Suspect]) -> bool:
    """Whether the exact check of a segment is not enough: brackets pair by what they say, rules add findings."""
    return any(each.use.id in grammar.BRACKETS or each.use.rules for each in found)
