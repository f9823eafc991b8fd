"""The HLs of a set, proved by their text: HL01 counts from 1, HL02 names a level that may hold this one, HL04 is true.

Which level an HL opens depends on those before it, and on nothing else: sets of one shape have the
same HLs, whoever they are about. So they are remembered as a tree, each HL below the one before it,
and a set that takes a way that was taken before is not looked at again. An HL names nobody: its numbers
and code are all there is in it, so the tree may be kept for as long as the guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from . import grammar
from .guide import Guide, Loop, Usage, Use

#: HLs remembered for one guide; then all are forgotten.
_MAX_REMEMBERED = 5_000
#: HL, HL01 to HL04.
_ELEMENTS = 5
#: Which loop holds a level (by identity), and HL03.
_Key = tuple[int, str]
#: Matches the text of one use.
_Match = Callable[[str], "re.Match[str] | None"]


class Entry:
    """What an HL of one level below one loop does; there is one object for all such HLs."""

    __slots__ = ("is_first", "loop", "match", "most", "part", "required")

    def __init__(self, loop: Loop, part: int, match: _Match, *, is_first: bool) -> None:
        #: The loop that it opens.
        self.loop = loop
        #: Which part that is of the loop that holds it, and how often it may stand there.
        self.part = part
        self.most = 0 if loop.usage is Usage.NOT_USED else loop.max
        #: Whether it stands below no other level.
        self.is_first = is_first
        self.match = match
        #: Which of its own parts are levels that must stand.
        self.required = _required_levels(loop)


class Rung:
    """One HL behind certain others."""

    __slots__ = ("after", "entry", "is_complete")

    def __init__(self, entry: Entry | None) -> None:
        #: `None` where no HL stands yet, and where anything is odd about this one.
        self.entry = entry
        #: Text of an HL -> that HL behind this one.
        self.after: dict[str, Rung] = {}
        #: Whether the levels are as they say where the set ends here; `None` where nobody asked yet.
        self.is_complete: bool | None = None


class Ladder:
    """What is known of the HLs of a guide."""

    def __init__(self, guide: Guide, separator: str, match_of: Callable[[Use], _Match]) -> None:
        self.start = Rung(None)
        self.separator = separator
        self.root = id(guide.root)
        self._room = _MAX_REMEMBERED
        self._match_of = match_of
        self._holders = _holders(guide)
        self._entries: dict[_Key, Entry] = {}

    def entry(self, holder: int, level: str) -> Entry | None:
        """What an HL of a level does below a loop; `None` where it may not stand there."""
        key = (holder, level)
        known = self._entries.get(key)
        if known is None and key in self._holders:
            part, loop = self._holders[key]
            is_first = holder == self.root
            known = self._entries[key] = Entry(loop, part, self._match_of(loop.opener), is_first=is_first)
        return known

    def behind(self, rung: Rung, text: str, entry: Entry | None) -> Rung:
        """An HL behind others; it is remembered if it was proved."""
        made = Rung(entry)
        if entry is None:
            return made
        if not self._room:
            self.start, self._room = Rung(None), _MAX_REMEMBERED
        self._room -= 1
        rung.after[text] = made
        return made


class _Level(NamedTuple):
    """One HL of the set in hand."""

    entry: Entry
    depth: int
    #: HL04.
    stated: str
    #: Index of a part -> how many levels of that kind stand below.
    counts: dict[int, int]


class Climb:
    """The HLs of the set in hand, one behind the other."""

    def __init__(self, ladder: Ladder, parts: Sequence[str]) -> None:
        self._ladder = ladder
        self._parts = parts
        self._rung = ladder.start
        self._levels: _Levels | None = None  # made where the way is not known

    def step(self, at: int) -> Entry | None:
        """What the HL that is segment `at` does; `None` where anything is odd about it."""
        text = self._parts[at]
        known = self._rung.after.get(text) if self._levels is None else None
        if known is None:
            known = self._ladder.behind(self._rung, text, self._known(at).enter(text))
        self._rung = known
        return known.entry

    def is_complete(self) -> bool:
        """Whether each says truly whether others stand below it, and none that must is missing."""
        rung = self._rung
        if rung.is_complete is None:
            rung.is_complete = self._known(len(self._parts)).are_complete()
        return rung.is_complete

    def _known(self, end: int) -> _Levels:
        """The levels of the HLs so far, `end` not among them."""
        if self._levels is None:
            self._levels = _Levels(self._ladder, self._parts[:end])
        return self._levels


class _Levels:
    """Levels by their HL01, of HLs that are looked at one by one."""

    def __init__(self, ladder: Ladder, before: Iterable[str]) -> None:
        """Take the HLs that were proved already, among the texts of other segments."""
        self._ladder = ladder
        self._levels: dict[str, _Level] = {}
        start = "HL" + ladder.separator
        for text in before:
            if text.startswith(start):
                self.enter(text)

    def enter(self, text: str) -> Entry | None:
        """What the next HL does; `None` where anything is odd about it."""
        bits = text.split(self._ladder.separator)
        if len(bits) != _ELEMENTS or bits[1] != str(len(self._levels) + 1):
            return None
        _, number, parent, level, stated = bits
        holder = self._levels.get(parent)
        if holder is None and parent:
            return None
        entry = self._ladder.entry(self._ladder.root if holder is None else id(holder.entry.loop), level)
        if entry is None or entry.match(text) is None:
            return None
        depth = 1
        if holder is not None:
            depth = holder.depth + 1
            count = holder.counts[entry.part] = holder.counts.get(entry.part, 0) + 1
            if depth > grammar.MAX_HL_DEPTH or (entry.most is not None and count > entry.most):
                return None
        self._levels[number] = _Level(entry, depth, stated, {})
        return entry

    def are_complete(self) -> bool:
        """As `Climb.is_complete`."""
        return all(
            level.stated == ("1" if level.counts else "0")
            and all(index in level.counts for index in level.entry.required)
            for level in self._levels.values()
        )


def _holders(guide: Guide) -> dict[_Key, tuple[int, Loop]]:
    """Identity of a loop and HL03 -> which of its parts is the level that such an HL opens."""
    found: dict[_Key, tuple[int, Loop]] = {}
    for loop in guide.root.walk():
        for index, inner in loop.openings.get("HL", ()):
            for value, opened in guide.levels.items():
                if any(inner is each for each in opened):
                    found.setdefault((id(loop), value), (index, inner))
    return found


def _required_levels(loop: Loop) -> tuple[int, ...]:
    return tuple(
        index
        for index, part in enumerate(loop.parts)
        if isinstance(part, Loop) and part.opener.id == "HL" and part.usage is Usage.REQUIRED
    )
