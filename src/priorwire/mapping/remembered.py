"""What was read of the loops of an interchange, by their text: the rows of one plan say the same of many patients.

Only for what depends on nothing outside its loop. What is remembered may name somebody, so it is
kept where the interchange keeps what was proved of it (`priorwire.x12.events`), within bounds,
and dropped when the interchange is over.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, TypeVar

from priorwire.mapping.trace import KeptPart, Part, Trace
from priorwire.x12.events import Kept
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

T = TypeVar("T")

#: Where an interchange keeps its `Remembered`.
_KEPT = "readings of loops"
#: Loops remembered of one interchange, and the longest, in bytes: a few dozen MB at most.
_MAX_PARTS, _MAX_BYTES = 8_192, 512


class Remembered:
    """What was read of the loops of an interchange."""

    def __init__(self) -> None:
        self._parts: dict[object, KeptPart[Any]] = {}  # in the order in which they were kept
        # For the hash of each text that came, at sixteen bits of it, eight others: to tell, nearly always, what came.
        self._came = bytearray(1 << 16)

    def get(self, key: object) -> KeptPart[Any] | None:
        """What was read of such a loop."""
        return self._parts.get(key)

    def keep(self, key: object, part: Part[Any], segments: Sequence[Segment]) -> None:
        """Remember what was read of a loop if it came before, in place of the oldest where no room is left."""
        mark = hash(key)
        at, told = mark & 0xFFFF, mark >> 16 & 0xFF
        if self._came[at] != told:
            self._came[at] = told
        elif sum(each.end - each.start for each in segments) <= _MAX_BYTES:
            if len(self._parts) >= _MAX_PARTS:
                del self._parts[next(iter(self._parts))]
            self._parts[key] = KeptPart(part, segments)

    @property
    def size(self) -> int:
        """How many are remembered."""
        return len(self._parts)

    def forget(self) -> None:
        """Drop all of it now."""
        self._parts.clear()


def remembered(kept: MutableMapping[object, Kept | None] | None) -> Remembered | None:
    """What to remember of an interchange; `None` for the first of its sets, for most have only one.

    Args:
        kept: where the interchange keeps it; `None` to remember nothing.
    """
    if kept is None:
        return None
    found = kept.get(_KEPT)
    if not isinstance(found, Remembered):
        kept[_KEPT] = found = Remembered() if _KEPT in kept else None
    return found


def part_of(node: LoopNode, read: Callable[[LoopNode, Trace], T], memory: Remembered | None) -> Part[T]:
    """What a reader reads of a loop, levels below it apart; remembered from one that says the same, or read now.

    Args:
        node: the loop.
        read: looks at nothing but the loop, and always gives the same for the same text.
        memory: of the interchange.
    """
    trace = Trace()
    if memory is None:
        return Part(read(node, trace), trace.notes)
    segments: list[Segment] = []
    said = read, _said(node, segments)
    known = memory.get(said)
    if known is not None:
        return known.moved(segments)
    made = Part(read(node, trace), trace.notes)
    memory.keep(said, made, segments)
    return made


def _said(node: LoopNode, segments: list[Segment]) -> object:
    """The text of a loop with the loops in it; its segments go to `segments`."""
    first = node.items[0]
    if len(node.items) == 1 and isinstance(first, Segment):
        segments.append(first)
        return node.guide.id, first.delimiters.element.join(first.elements)
    found: list[object] = [node.guide.id]
    for item in node.items:
        if isinstance(item, Segment):
            segments.append(item)
            found.append(item.delimiters.element.join(item.elements))
        elif not item.is_level:
            found.append(_said(item, segments))
    return tuple(found)
