"""A transaction set being written: adds segments, numbers the levels, and knows what of the request each is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

from priorwire.errors import Fault, InvalidRequest, LocalX12Error
from priorwire.mapping import spelling
from priorwire.mapping.pointers import FIELDS, OF_A_PART, OF_THE_EVENT
from priorwire.model.services import DateSpan
from priorwire.x12.segments import Delimiters, Segment, Value, make_segment
from priorwire.x12.writer import binary_segment

#: Before the body stands the ST: the first segment of a body is the second of its set.
_FIRST_POSITION = 2


class Body(list[Segment]):
    """The segments of a set without ST and SE, and where in the request each of them comes from."""

    def __init__(self) -> None:
        super().__init__()
        self.pointers: list[str] = []

    def pointer(self, position: int, element: int | None = None, segment: str | None = None) -> str:
        """JSON pointer into the request of what stands at a place of the set; ``""`` for the request as a whole.

        Args:
            position: number of the segment in its set, ST being 1 (as `Place.position`).
            element: number of the element, where one is meant.
            segment: id of the segment that is meant (as `Place.segment`). Where another one stands at `position`,
                it is absent from the loop that this one opens.
        """
        index = position - _FIRST_POSITION
        if not 0 <= index < len(self):
            return ""
        about, here = self.pointers[index], self[index].id
        if segment and segment != here:
            field = OF_A_PART.get(segment) if about else OF_THE_EVENT.get(segment)
        else:
            field = FIELDS.get(here, {}).get(element or 0)
        return f"{about}/{field}" if field else about


class Draft:
    """The body of one set, BHT on. `level` counts HL01 from 1 by 1 (005010X217 and X279, HL).

    What has no place in X12 is refused with the place of the request that it stands at; all
    refusals are gathered and raised together by `finish`.
    """

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self._body = Body()
        self._levels = 0
        self._about = ""
        self._faults: list[Fault] = []

    def finish(self) -> Body:
        """The body.

        Raises:
            InvalidRequest: something of the request cannot be carried; each fault has its JSON pointer.
        """
        if self._faults:
            raise InvalidRequest(tuple(self._faults), "The request holds what X12 cannot carry; nothing was built.")
        return self._body

    @contextmanager
    def about(self, *steps: str | int) -> Iterator[None]:
        """What is added inside tells a part of the request: ``about("services", 0)``, relative to what is around."""
        outer = self._about
        self._about = "/".join((outer, *(str(step) for step in steps if step != "")))
        try:
            yield
        finally:
            self._about = outer

    def refuse(self, field: str, code: str, detail: str) -> None:
        """Note a fault at a field (``quantity``, ``diagnosis_numbers/2``) of what is written about."""
        self._faults.append(Fault(pointer=f"{self._about}/{field}" if field else self._about, code=code, detail=detail))

    def add(self, segment_id: str, *values: Value) -> None:
        """Add a segment. A value that may not be changed and holds a delimiter of the interchange is refused."""
        if self._faults and not any(values):
            return  # what it would have held was refused
        self._take(partial(make_segment, self.delimiters, segment_id, *values))

    def add_binary(self, segment_id: str, *values: Value, data: bytes) -> None:
        """Add a BIN or BDS; `values` stand before the length. Too many bytes are refused."""
        self._take(partial(binary_segment, self.delimiters, segment_id, *values, data=data))

    def _take(self, make: Callable[[], Segment]) -> None:
        try:
            segment = make()
        except LocalX12Error as error:
            self.refuse("", "not_in_x12", error.message)
            return
        self._body.append(segment)
        self._body.pointers.append(self._about)

    def level(self, code: str, *, parent: int | None, children: bool) -> int:
        """Open an HL level and return its number."""
        self._levels += 1
        self.add("HL", str(self._levels), str(parent) if parent else None, code, "1" if children else "0")
        return self._levels

    def text(self, value: str | None) -> str | None:
        """Free text, cleaned for this interchange."""
        return spelling.free_text(value, self.delimiters)

    def date(self, qualifier: str, value: DateSpan | date | None, field: str) -> None:
        """Add a DTP, unless there is no date."""
        if value is None:
            return
        when = value if isinstance(value, DateSpan) else DateSpan(start=value)
        with self.about(field):
            self.add("DTP", qualifier, *spelling.span(when))

    def reference(self, qualifier: str, value: str | None, field: str, text: str | None = None) -> None:
        """Add a REF, unless there is no number; `text` is REF03."""
        number = spelling.identifier(value)
        if number:
            with self.about(field):
                self.add("REF", qualifier, number, text)

    def message(self, value: str | None, field: str = "note") -> None:
        """Add an MSG, unless nothing of the text is left."""
        text = self.text(value)
        if text:
            with self.about(field):
                self.add("MSG", text)
