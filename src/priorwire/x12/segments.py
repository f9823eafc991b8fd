"""A segment: the one value that the reader gives, the writer takes and everything between looks at.

A segment keeps its elements as the text between two separators; components and repeats
are split when somebody asks. That keeps reading fast (no object an element) and keeps
the sender's own bytes (nothing is normalized behind anybody's back).

Element numbers are X12's: ``segment.element(3)`` of an NM1 is NM103. An element that is
absent, empty or past the end is the empty string: X12 knows no difference between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from priorwire.errors import LocalX12Error

from .grammar import is_segment_id


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators of an interchange, as its ISA declares them (X12.5, section on ISA)."""

    element: str = "*"
    #: ISA11; `None` where the interchange has none (``U`` before 00402, or a blank).
    repetition: str | None = "^"
    #: ISA16.
    component: str = ":"
    segment: str = "~"

    def __str__(self) -> str:
        return f"{self.element}{self.repetition or ''}{self.component}{self.segment}"


DEFAULT_DELIMITERS = Delimiters()

#: What senders pad values with. Not every blank of Unicode: a byte of another letter may look like one.
BLANKS = " \t\r\n\v\f"


class Repeat(tuple["str | tuple[str, ...]", ...]):
    """The repeats of one element, to build a segment with: ``Repeat(["98", "86"])`` is ``98^86``."""

    __slots__ = ()


#: What an element may be built from: text, the components of a composite, its repeats, or nothing.
Value = str | tuple[str, ...] | Repeat | None


class Segment:
    """One segment as it stands in the bytes, with its place in them."""

    __slots__ = ("delimiters", "elements", "end", "number", "start")

    def __init__(
        self,
        elements: Sequence[str],
        delimiters: Delimiters = DEFAULT_DELIMITERS,
        *,
        number: int = 0,
        start: int = 0,
        end: int = 0,
    ) -> None:
        #: ``elements[0]`` is the segment id, ``elements[n]`` element n as raw text.
        self.elements = elements
        self.delimiters = delimiters
        #: Which segment of its transaction set: ST is 1 (as 999 IK302 counts). 0 outside a set or before writing.
        self.number = number
        #: Byte offsets in the whole input: of the first byte of the id, and of the terminator.
        self.start = start
        self.end = end

    @property
    def id(self) -> str:
        """The segment id, e.g. ``NM1``."""
        return self.elements[0]

    def element(self, number: int) -> str:
        """Element `number` as raw text, repeats and components unsplit; ``""`` when absent."""
        return self.elements[number] if number < len(self.elements) else ""

    def repeats(self, number: int) -> list[str]:
        """The repeats of an element; an empty list when it is absent."""
        text = self.element(number)
        if not text:
            return []
        mark = self.delimiters.repetition
        return text.split(mark) if mark else [text]

    def components(self, number: int, repeat: int = 1) -> list[str]:
        """The components of one repeat (1 is the first) of an element; an empty list when it is absent."""
        repeats = self.repeats(number)
        if repeat > len(repeats):
            return []
        return repeats[repeat - 1].split(self.delimiters.component)

    def component(self, number: int, component: int, repeat: int = 1) -> str:
        """One component, counted from 1; ``""`` when absent."""
        parts = self.components(number, repeat)
        return parts[component - 1] if component <= len(parts) else ""

    def text(self) -> str:
        """The segment as it stands, without its terminator."""
        return self.delimiters.element.join(self.elements)

    def range_of(self, number: int, component: int | None = None, repeat: int | None = None) -> tuple[int, int]:
        """Byte offsets of a value in the whole input, blanks around it left out: first byte, one past the last.

        An absent value has an empty range, where it would stand or else at the end of the segment.

        Args:
            number: The element; 0 is the whole segment.
            component: Counted from 1; `None` for the element with all its components.
            repeat: Counted from 1; `None` for all repeats, or with `component` for the first.
        """
        if number == 0:
            return self.start, self.end
        first, last = self._within(number, component, repeat)
        start = self._byte(first)
        return start, self._byte(last - 1) + 1 if last > first else start

    def _within(self, number: int, component: int | None, repeat: int | None) -> tuple[int, int]:
        """The same in characters of `text`."""
        if number >= len(self.elements):
            return (len(self.text()),) * 2
        at, text = sum(map(len, self.elements[:number])) + number * len(self.delimiters.element), self.elements[number]
        mark = self.delimiters.repetition
        if mark and (repeat is not None or component is not None):
            at, text = _part(at, text, mark, repeat or 1)
        if component is not None:
            at, text = _part(at, text, self.delimiters.component, component)
        bare = text.strip(BLANKS)
        if bare:
            at += text.index(bare)
        return at, at + len(bare)

    def _byte(self, character: int) -> int:
        """Where a character of `text` stands in the input; the one past the last is the terminator."""
        return min(self.start + character, self.end)

    def __eq__(self, other: object) -> bool:
        """Equal in what they say: trailing empty elements and the choice of delimiters do not count."""
        return isinstance(other, Segment) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def __repr__(self) -> str:
        """Id and place only: elements may name a patient, and a repr ends up in logs. So may what is no id."""
        return f"<Segment {self.id if is_segment_id(self.id) else '?'} #{self.number} at {self.start}..{self.end}>"

    def _said(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        whole = tuple(
            tuple(tuple(_trimmed(repeat.split(self.delimiters.component))) for repeat in self.repeats(number))
            for number in range(1, len(self.elements))
        )
        while whole and whole[-1] in ((), ((),)):
            whole = whole[:-1]
        return (((self.id,),), *whole)


class FoldedSegment(Segment):
    """A segment that was broken over lines: its elements are whole again, its bytes are as they came."""

    __slots__ = ("_stood",)

    def __init__(
        self, elements: Sequence[str], delimiters: Delimiters, *, stood: Sequence[int], start: int, end: int
    ) -> None:
        """As `Segment`; `stood` is where each character of its text stood, counted from `start`."""
        super().__init__(elements, delimiters, start=start, end=end)
        self._stood = stood

    def _byte(self, character: int) -> int:
        return self.start + self._stood[character] if character < len(self._stood) else self.end


def _part(at: int, text: str, separator: str, number: int) -> tuple[int, str]:
    """Where a part of a text begins, and the part; behind the text where it has fewer."""
    parts = text.split(separator)
    if number > len(parts):
        return at + len(text), ""
    return at + sum(map(len, parts[: number - 1])) + (number - 1) * len(separator), parts[number - 1]


def _trimmed(parts: list[str]) -> list[str]:
    while parts and not parts[-1]:
        parts.pop()
    return parts


def make_segment(delimiters: Delimiters, segment_id: str, *values: Value) -> Segment:
    """Build a segment to send.

    Trailing empty elements, components and repeats are dropped, as X12 requires (X12.6: a
    sender must not send trailing separators). `None` and ``""`` both mean absent.

    Raises:
        LocalX12Error: a value holds one of the delimiters (X12 has no escape) or a control
            character, or nothing but the id is left. The message names the element, never the value.
    """
    elements = [segment_id, *(_encoded(delimiters, segment_id, n, value) for n, value in enumerate(values, 1))]
    _trimmed(elements)
    if len(elements) == 1:
        raise LocalX12Error(f"{segment_id}: a segment without a data element is not allowed")
    return Segment(elements, delimiters)


def _encoded(delimiters: Delimiters, segment_id: str, number: int, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _checked(delimiters, segment_id, f"{number:02}", value)
    if isinstance(value, Repeat):
        repeats = _trimmed([_encoded(delimiters, segment_id, number, each) for each in value])
        if len(repeats) > 1 and delimiters.repetition is None:
            raise LocalX12Error(f"{segment_id}{number:02}: repeats, but this interchange has no repetition separator")
        return (delimiters.repetition or "").join(repeats)
    parts = [_checked(delimiters, segment_id, f"{number:02}-{c}", part) for c, part in enumerate(value, 1)]
    return delimiters.component.join(_trimmed(parts))


def _checked(delimiters: Delimiters, segment_id: str, place: str, text: str) -> str:
    if _forbidden(delimiters).search(text) is None:
        return text
    for character in text:
        if character in (delimiters.element, delimiters.repetition, delimiters.component, delimiters.segment):
            raise LocalX12Error(f"{segment_id}{place}: holds a delimiter of this interchange; X12 has no escape for it")
    raise LocalX12Error(f"{segment_id}{place}: holds a control character")


@lru_cache(maxsize=64)
def _forbidden(delimiters: Delimiters) -> re.Pattern[str]:
    """A character that no value may hold: a delimiter or a control character."""
    return re.compile(f"[{re.escape(str(delimiters))}\\x00-\\x1f\\x7f]")
