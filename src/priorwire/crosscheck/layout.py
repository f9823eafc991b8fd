"""What stands where in an input, as our reader tells it: by this, places are translated and differences explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from priorwire.x12 import Event, Guide, Segment, TransactionSet, segments_of
from priorwire.x12.guides import Chosen, guide_for


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The segments of an input, numbered."""

    #: Each transaction set, in order.
    sets: tuple[TransactionSet, ...] = ()
    #: What each is read as.
    chosen: tuple[Chosen, ...] = ()
    #: Of every segment of the input in order: its set (0 outside of one) and itself.
    segments: tuple[tuple[int, Segment], ...] = field(default=(), repr=False)
    #: The input, for what stands between segments; empty where nobody asks.
    data: bytes = field(default=b"", repr=False)

    @property
    def start(self) -> int:
        """Offset of the first segment: what stands before it (a byte order mark, a banner) is no X12."""
        return self.segments[0][1].start if self.segments else 0

    def kind(self, number: int) -> str:
        """The kind of set `number`; ``""`` outside of one."""
        return self.chosen[number - 1].kind if 0 < number <= len(self.chosen) else ""

    def guide(self, number: int) -> Guide | None:
        """The guide that set `number` is read with."""
        return self.chosen[number - 1].guide if 0 < number <= len(self.chosen) else None

    def segment(self, number: int, position: int) -> Segment | None:
        """A segment by its set and its position there, ST being 1."""
        if not 0 < number <= len(self.sets):
            return None
        found = self.sets[number - 1].segments
        return found[position - 1] if 0 < position <= len(found) else None

    def between(self) -> Iterator[bytes]:
        """What stands between a terminator and the segment after it, line feeds apart."""
        for (_, one), (_, next_one) in pairwise(self.segments):
            yield self.data[one.end + 1 : next_one.start].replace(b"\n", b"")

    def line(self, number: int) -> tuple[int, int]:
        """The set and position of segment `number` of the whole input, from 1; zeros outside of a set."""
        if not 0 < number <= len(self.segments):
            return 0, 0
        which, segment = self.segments[number - 1]
        return (which, segment.number) if which else (0, 0)


def layout(events: list[Event], data: bytes = b"") -> Layout:
    """The layout of what our reader read."""
    sets: list[TransactionSet] = []
    segments: list[tuple[int, Segment]] = []
    for event in events:
        number = 0
        if isinstance(event, TransactionSet):
            sets.append(event)
            number = len(sets)
        segments += [(number, segment) for segment in segments_of(event)]
    chosen = [
        guide_for(each.transaction, each.guide_id, each.purpose, each.segment_ids, each.source_role) for each in sets
    ]
    return Layout(sets=tuple(sets), chosen=tuple(chosen), segments=tuple(segments), data=data)
