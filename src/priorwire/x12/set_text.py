"""The segments of a transaction set as the text they were cut from.

Most sets are proved clean (`proving`) by their text alone. Making a `Segment` of each part
would cost more than that proof, so it is made when somebody looks, and then kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from .segments import Delimiters, Segment


class SegmentsOfText(Sequence[Segment]):
    """A sequence of segments, made one by one on demand from the text of a set."""

    __slots__ = ("_at", "_end", "_joint", "_made", "_starts", "delimiters", "parts")

    def __init__(self, text: str, joint: str, delimiters: Delimiters, start: int) -> None:
        """Cut a set.

        Args:
            text: the set without its last terminator.
            joint: what stands between two segments: the terminator, and line ends if there are any.
            delimiters: those of the interchange.
            start: byte offset of the set in the input.
        """
        #: Each segment as text.
        self.parts = text.split(joint)
        self.delimiters = delimiters
        self._joint = len(joint)
        self._at = start
        self._end = start + len(text)
        self._made: dict[int, Segment] = {}
        self._starts = [start]  # of the first so many segments

    @property
    def ids(self) -> frozenset[str]:
        """The segment ids that occur."""
        separator = self.delimiters.element
        starts = {part[:3] for part in self.parts}  # an id has two characters or three
        return frozenset([start.partition(separator)[0] for start in starts])

    def __len__(self) -> int:
        return len(self.parts)

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> list[Segment]: ...
    def __getitem__(self, index: int | slice) -> Segment | list[Segment]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self.parts)))]
        made = self._made.get(index)
        if made is not None:
            return made
        if not -len(self.parts) <= index < len(self.parts):
            raise IndexError("the set has fewer segments")
        if index < 0:
            return self[index + len(self.parts)]
        made = self._made[index] = self._make(index)
        return made

    def __iter__(self) -> Iterator[Segment]:
        return (self[index] for index in range(len(self.parts)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | SegmentsOfText) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared like the list it stands for

    def __repr__(self) -> str:
        return f"<{len(self.parts)} segments at {self._at}>"

    def _make(self, index: int) -> Segment:
        text = self.parts[index]
        start = self._start(index)
        elements = text.split(self.delimiters.element)
        return Segment(elements, self.delimiters, number=index + 1, start=start, end=start + len(text))

    def _start(self, index: int) -> int:
        """Where a segment begins."""
        if index == len(self.parts) - 1:
            return self._end - len(self.parts[-1])
        starts, parts, joint = self._starts, self.parts, self._joint
        while len(starts) <= index:
            starts.append(starts[-1] + len(parts[len(starts) - 1]) + joint)
        return starts[index]
