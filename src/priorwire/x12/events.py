"""What a reader gives, in the order in which it is read.

Every segment of the input is in exactly one event: a header in the ``…Started``, a trailer
in the ``…Ended``, a set's own in the `TransactionSet`, and whatever fits nowhere in a
`Stray`. A finding stands once, in the event of the segment that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from .issues import Issue
from .segments import Delimiters, Segment
from .set_text import SegmentsOfText


class Kept(Protocol):
    """What is remembered of the sets of an interchange. It may name people."""

    def forget(self) -> None:
        """Drop all of it now."""


@dataclass(frozen=True, kw_only=True)
class InterchangeStarted:
    """An ISA was read."""

    header: Segment
    delimiters: Delimiters
    #: Which interchange of the input, the first being 1.
    index: int
    issues: list[Issue] = field(default_factory=list)
    #: What is remembered of its sets until it ends (`proving`), by whoever remembers it; `None` of its first set.
    kept: dict[object, Kept | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def forget(self) -> None:
        """Keep nothing more of its sets."""
        for each in self.kept.values():
            if each is not None:
                each.forget()
        self.kept.clear()

    @property
    def control_number(self) -> str:
        """ISA13, as sent."""
        return self.header.element(13)


@dataclass(frozen=True, kw_only=True)
class GroupStarted:
    """A GS was read."""

    header: Segment
    interchange: InterchangeStarted
    issues: list[Issue] = field(default_factory=list)

    @property
    def control_number(self) -> str:
        """GS06, as sent."""
        return self.header.element(6)

    @property
    def functional_group(self) -> str:
        """GS01, e.g. ``HI``."""
        return self.header.element(1)

    @property
    def guide_id(self) -> str:
        """GS08, e.g. ``005010X217``."""
        return self.header.element(8).strip()


@dataclass(frozen=True, kw_only=True)
class TransactionSet:
    """One transaction set, ST to SE (the SE may be absent: an issue says so)."""

    #: A list, or what behaves like one and makes its segments when they are looked at (`SegmentsOfText`).
    segments: Sequence[Segment]
    interchange: InterchangeStarted
    #: `None` where the set stands outside a group.
    group: GroupStarted | None
    #: What is wrong with its envelope and its syntax; the guide has not been looked at.
    issues: list[Issue] = field(default_factory=list)

    @property
    def transaction(self) -> str:
        """ST01, e.g. ``278``."""
        return self.segments[0].element(1).strip()

    @property
    def control_number(self) -> str:
        """ST02, as sent."""
        return self.segments[0].element(2)

    @property
    def guide_id(self) -> str:
        """ST03, or where it is absent GS08."""
        declared = self.segments[0].element(3).strip()
        return declared or (self.group.guide_id if self.group else "")

    @property
    def purpose(self) -> str:
        """BHT02: for a 278 the direction. ``""`` without a BHT."""
        for index in range(1, min(4, len(self.segments))):
            segment = self.segments[index]
            if segment.id == "BHT":
                return segment.element(2).strip()
        return ""

    @property
    def source_role(self) -> str:
        """NM101 of the first name, who speaks. ``""`` where none stands near the beginning."""
        for index in range(1, min(_NAMED_BEFORE, len(self.segments))):
            segment = self.segments[index]
            if segment.id == "NM1":
                return segment.element(1).strip()
        return ""

    @property
    def delimiters(self) -> Delimiters:
        """Those of its interchange."""
        return self.interchange.delimiters

    @property
    def segment_ids(self) -> AbstractSet[str]:
        """The ids that occur, by which a set without a usable guide id is told."""
        if isinstance(self.segments, SegmentsOfText):
            return self.segments.ids
        return frozenset(segment.elements[0] for segment in self.segments)


#: Segments among which the name of who speaks is looked for: behind ST, BHT, HL and a rejection or some.
_NAMED_BEFORE = 16


@dataclass(frozen=True, kw_only=True)
class GroupEnded:
    """A group is over: by its GE, or because something else began (then `trailer` is `None`)."""

    trailer: Segment | None
    group: GroupStarted
    #: How many transaction sets it held.
    sets: int
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class InterchangeEnded:
    """An interchange is over: by its IEA, or because something else began or the input ended."""

    trailer: Segment | None
    interchange: InterchangeStarted
    #: How many groups it held.
    groups: int
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Ta1Read:
    """A TA1, which stands between ISA and IEA without ST and SE."""

    segment: Segment
    #: `None` where it follows an IEA.
    interchange: InterchangeStarted | None
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Stray:
    """What fits nowhere: text that is no segment, or a segment outside everything."""

    #: Byte range in the input: first byte, and one past the last.
    start: int
    end: int
    #: Empty where the bytes are no segment.
    segments: list[Segment] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    #: `None` before the first interchange and after one has ended.
    interchange: InterchangeStarted | None = None


Event = InterchangeStarted | GroupStarted | TransactionSet | GroupEnded | InterchangeEnded | Ta1Read | Stray


class Pause(Enum):
    """Why there is no event now."""

    NEED_DATA = "feed more bytes, or close"
    END = "nothing follows"


NEED_DATA = Pause.NEED_DATA
END = Pause.END
