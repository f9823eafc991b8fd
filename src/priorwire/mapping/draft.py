"""A transaction set being written: adds segments and numbers the levels."""

from __future__ import annotations

from datetime import date

from priorwire.mapping import spelling
from priorwire.model.authorization import DateSpan
from priorwire.x12.segments import Delimiters, Segment, Value, make_segment


class Draft:
    """The body of one set, BHT on. `level` counts HL01 from 1 by 1 (005010X217 and X279, HL)."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.segments: list[Segment] = []
        self._levels = 0

    def add(self, segment_id: str, *values: Value) -> None:
        """Add a segment.

        Raises:
            LocalX12Error: a value that may not be changed holds a delimiter of the interchange.
        """
        self.segments.append(make_segment(self.delimiters, segment_id, *values))

    def level(self, code: str, *, parent: int | None, children: bool) -> int:
        """Open an HL level and return its number."""
        self._levels += 1
        self.add("HL", str(self._levels), str(parent) if parent else None, code, "1" if children else "0")
        return self._levels

    def text(self, value: str | None) -> str | None:
        """Free text, cleaned for this interchange."""
        return spelling.free_text(value, self.delimiters)

    def date(self, qualifier: str, value: DateSpan | date | None) -> None:
        """Add a DTP, unless there is no date."""
        if value is None:
            return
        when = value if isinstance(value, DateSpan) else DateSpan(start=value)
        self.add("DTP", qualifier, *spelling.span(when))

    def reference(self, qualifier: str, value: str | None) -> None:
        """Add a REF, unless there is no number."""
        number = spelling.identifier(value)
        if number:
            self.add("REF", qualifier, number)

    def message(self, value: str | None) -> None:
        """Add an MSG, unless nothing of the text is left."""
        text = self.text(value)
        if text:
            self.add("MSG", text)
