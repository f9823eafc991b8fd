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

    __slots__ = ("_at", "_end", "_joint", "_made", "_starts", "_text", "delimiters", "parts")

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
        self._text = text
        self._joint = joint
        self._at = start
        self._end = start + len(text)
        self._made: dict[int, Segment] = {}
        self._starts = [start]  # of the first so many segments

    @property
    def ids(self) -> AbstractSet[str]:
        """The segment ids that occur."""
        return _Ids(self._text, self._joint, self.delimiters.element)

    @property
    def is_closed(self) -> bool:
        """Whether the SE says what it should in the usual way: the number of segments, and ST02."""
        return self.parts[-1] == self.delimiters.element.join(("SE", str(len(self.parts)), self[0].element(2)))

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
        return made if made is not None else self._make(index)

    def __iter__(self) -> Iterator[Segment]:
        made, start, joint, separator = self._made, self._at, len(self._joint), self.delimiters.element
        for index, text in enumerate(self.parts):
            end = start + len(text)
            if index not in made:
                elements = text.split(separator)
                made[index] = Segment(elements, self.delimiters, number=index + 1, start=start, end=end)
            yield made[index]
            start = end + joint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | SegmentsOfText) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared like the list it stands for

    def __repr__(self) -> str:
        return f"<{len(self.parts)} segments at {self._at}>"

    def _make(self, index: int) -> Segment:
        number = len(self.parts)
        if index < 0:
            index += number
            return self[index] if index >= 0 else self[number]
        if index >= number:
            raise IndexError("the set has fewer segments")
        text, start = self.parts[index], self._start(index)
        elements = text.split(self.delimiters.element)
        made = Segment(elements, self.delimiters, number=index + 1, start=start, end=start + len(text))
        self._made[index] = made
        return made

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
