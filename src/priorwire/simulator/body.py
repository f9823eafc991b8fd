"""Writing the payer's answers, segment by segment.

A payer answers in the delimiters it was asked in: what it echoes can then not collide with
them, whatever the sender's data holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from priorwire.x12.segments import Delimiters, Segment, Value, make_segment

from .asked import Asked, Level
from .scenarios import Rejection

#: Candidates for a repetition separator where the request declared none.
_REPETITION = "^|!{"
_OUTSIDE = re.compile("[^ -~]")


def reply_delimiters(asked_in: Delimiters) -> Delimiters:
    """The request's own delimiters, with a repetition separator where it had none."""
    if asked_in.repetition:
        return asked_in
    taken = {asked_in.element, asked_in.component, asked_in.segment}
    free = next(mark for mark in _REPETITION if mark not in taken)
    return Delimiters(element=asked_in.element, repetition=free, component=asked_in.component, segment=asked_in.segment)


def day(at: datetime) -> str:
    """CCYYMMDD."""
    return f"{at:%Y%m%d}"


class Body:
    """The segments between ST and SE of one answer."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.segments: list[Segment] = []
        self._levels = 0

    def add(self, segment_id: str, *values: Value) -> None:
        """A segment of the payer's own."""
        self.segments.append(make_segment(self.delimiters, segment_id, *values))

    def echo(self, *segments: Segment | None, only: Iterable[str] = ()) -> None:
        """What was received, as it was received; of `only` these ids, if any are given."""
        ids = frozenset(only)
        for segment in segments:
            if segment is not None and (not ids or segment.id in ids):
                self.raw(segment.elements)

    def raw(self, elements: Iterable[str]) -> None:
        """A segment by its raw elements, in these delimiters; without data it is left out.

        Trailing empty elements and characters outside X12's extended set are not passed on.
        """
        kept = [_OUTSIDE.sub(" ", text) for text in elements]
        while kept and not kept[-1]:
            kept.pop()
        if len(kept) > 1:
            self.segments.append(Segment(kept, self.delimiters))

    def level(self, code: str, *, under: int | None, more: bool) -> int:
        """An HL.

        Args:
            code: HL03.
            under: HL01 of its parent; `None` for the first.
            more: whether another level hangs below it (HL04).

        Returns:
            Its HL01.
        """
        self._levels += 1
        self.add("HL", str(self._levels), "" if under is None else str(under), code, "1" if more else "0")
        return self._levels

    def head(self, asked: Asked, *, structure: str, purpose: str, at: datetime, kind: str = "") -> None:
        """The BHT: the request's BHT03 comes back as it was sent (X12 RFI 960)."""
        self.add("BHT", structure, purpose, asked.bht.element(3), day(at), f"{at:%H%M%S}", kind)

    def refuse(self, rejection: Rejection) -> None:
        """An AAA: the request is not valid for this reason."""
        self.add("AAA", "N", "", rejection.reason, rejection.follow_up)

    def traces_back(self, level: Level, *, besides: Level | None = None) -> None:
        """Each TRN received at this level, returned as TRN*2 with its number and origin untouched.

        Those that `besides` had too are left out: they were returned already.
        """
        told = {trace.element(2) for trace in besides.every("TRN")} if besides else set()
        for trace in level.every("TRN"):
            if trace.element(2) in told:
                continue
            self.raw(["TRN", "2", *trace.elements[2:]])
