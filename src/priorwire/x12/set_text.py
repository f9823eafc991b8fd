"""The segments of a transaction set as the text they were cut from.

Most sets are proved clean (`proving`) by their text alone. Making a `Segment` of each part
would cost more than that proof, so it is made when somebody looks, and then kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import overload

from .segments import Delimiters, Segment


class SegmentsOfText(Sequence[Segment]):
    """A sequence of segments, made one by one on demand from the text of a set."""

    __slots__ = ("_at", "_end", "_joint", "_made", "_parts", "_starts", "_text", "delimiters")

    def __init__(self, text: str, joint: str, delimiters: Delimiters, start: int) -> None:
        """Cut a set.

        Args:
            text: the set without its last terminator.
            joint: what stands between two segments: the terminator, and line ends if there are any.
            delimiters: those of the interchange.
            start: byte offset of the set in the input.
        """
        self.delimiters = delimiters
        self._text = text
        self._joint = joint
        self._parts: list[str] | None = None
        self._at = start
        self._end = start + len(text)
        self._made: dict[int, Segment] = {}
        self._starts = [start]  # of the first so many segments

    @property
    def parts(self) -> list[str]:
        """Each segment as text."""
        if self._parts is None:
            self._parts = self._text.split(self._joint)
        return self._parts

    @property
    def ids(self) -> AbstractSet[str]:
        """The segment ids that occur."""
        return _Ids(self._text, self._joint, self.delimiters.element)

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
        starts, parts, joint = self._starts, self.parts, len(self._joint)
        while len(starts) <= index:
            starts.append(starts[-1] + len(parts[len(starts) - 1]) + joint)
        return starts[index]


class _Ids(AbstractSet[str]):
    """The segment ids of a set. Whether one is among them is asked of the text, which costs less than to list them."""

    __slots__ = ("_joint", "_separator", "_text")

    def __init__(self, text: str, joint: str, separator: str) -> None:
        self._text = text
        self._joint = joint
        self._separator = separator

    def __contains__(self, name: object) -> bool:
        if not (isinstance(name, str) and name.isalnum()):
            return False
        start = name + self._separator
        return self._joint + start in self._text or self._text.startswith(start)

    def __iter__(self) -> Iterator[str]:
        starts = {part[:_ID_MAX] for part in self._text.split(self._joint)}
        return iter({start.partition(self._separator)[0] for start in starts})

    def __len__(self) -> int:
        return sum(1 for _ in self)


#: An id has two characters or three.
_ID_MAX = 3
