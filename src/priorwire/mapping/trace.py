"""Where each value of a record was read: the readers' bookkeeping.

A reader finds values as `Found`: the value, the place it stood at, and the rule that read it.
`Trace.take` hands the value on and notes it under its path in the record
(``services[0].quantity``). A value that never passed through `take` has no source, and a test
looks for such values.

Noting must cost next to nothing, for every answer is traced and few traces are looked at. So
a note is the `Found` itself; the `Source` of each leaf (``services[0].quantity.value``) is made
when somebody asks for the sources, and not before. What is read of a loop that says the same as
one before is noted once (`Part`), and moved to where the other loop stands when it is written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from priorwire.mapping.makers import maker
from priorwire.model.evidence import Source
from priorwire.x12.segments import BLANKS, Segment

T = TypeVar("T")
U = TypeVar("U")
R_co = TypeVar("R_co", covariant=True)


class Spot:
    """An element of a segment; element 0 is the segment itself, by standing where it does."""

    __slots__ = ("component", "element", "repeat", "segment")

    def __init__(self, segment: Segment, element: int, component: int | None = None, repeat: int | None = None) -> None:
        self.segment = segment
        self.element = element
        self.component = component
        self.repeat = repeat

    def read(self) -> str:
        """What stands there, without the blanks that payers pad with."""
        if self.component is not None:
            return self.segment.component(self.element, self.component, self.repeat or 1).strip(BLANKS)
        if self.repeat is not None:
            repeats = self.segment.repeats(self.element)
            return repeats[self.repeat - 1].strip(BLANKS) if self.repeat <= len(repeats) else ""
        return self.segment.element(self.element).strip(BLANKS)

    def __eq__(self, other: object) -> bool:
        """The same place of the same segment; a segment that says the same elsewhere is another place."""
        return isinstance(other, Spot) and self.segment is other.segment and self._place() == other._place()

    def __hash__(self) -> int:
        return hash((id(self.segment), self._place()))

    def _place(self) -> tuple[int, int | None, int | None]:
        return self.element, self.component, self.repeat


_NOWHERE_ELSE: Mapping[str, Any] = MappingProxyType({})


class Found(Generic[T]):
    """A value as a reader found it. It has no repr of its own: the value may name a patient."""

    __slots__ = ("also", "rule", "spot", "spots", "value")

    def __init__(
        self,
        value: T,
        spot: Spot,
        rule: str,
        spots: Mapping[str, Where] = _NOWHERE_ELSE,
        also: Sequence[Found[Any]] = (),
    ) -> None:
        self.value = value
        self.spot = spot
        #: Which rule read it, in our own words.
        self.rule = rule
        #: Leaves (or parts) of `value` that stood elsewhere, by their path in it (``assigner``, ``modifiers[0]``).
        self.spots = spots
        #: What else it rests on.
        self.also = also

    def under(self, rule: str, *also: Found[Any]) -> Found[T]:
        """The same value, by another rule, and what that rests on beside."""
        return Found(self.value, self.spot, rule, self.spots, (*self.also, *also))

    def by(self, rule: str) -> Found[T]:
        """The same value, by another rule alone; and with it those parts of it that the old rule read."""
        parts = {
            leaf: each.by(rule) if isinstance(each, Found) and each.rule == self.rule else each
            for leaf, each in self.spots.items()
        }
        return Found(self.value, self.spot, rule, parts, self.also)

    def named(self, value: U) -> Found[U]:
        """Another value read at the same place, e.g. the word for a code."""
        return Found(value, self.spot, self.rule, also=self.also)


#: Where a leaf of a value stood: a place of its own, another element of the value's segment, a
#: component of an element (0 is the value's own), or what was found separately and is a part of it.
Where = Spot | int | tuple[int, int] | Found[Any]


class Reading(Generic[R_co]):
    """A record, and the source of each of its leaves by dotted path. It has no repr of its own, as `Found`."""

    __slots__ = ("record", "sources")

    def __init__(self, *, record: R_co, sources: Mapping[str, Source]) -> None:
        self.record = record
        self.sources = sources


#: Where a leaf was read, beside its path: segment (or its number in a `KeptPart`), element, component, repeat, rule,
#: and the further places that it rests on.
_Place = tuple[Any, int, "int | None", "int | None", str, tuple[Any, ...]]


class Part(Generic[R_co]):
    """What was read of a loop by itself, with its notes. It has no repr of its own, as `Found`."""

    __slots__ = ("_notes", "value")

    def __init__(self, value: R_co, notes: Sequence[_Note]) -> None:
        self.value = value
        self._notes = notes

    def places(self) -> Iterator[tuple[str, _Place]]:
        """Path and place of each leaf."""
        return _places(self._notes, "")


class KeptPart(Generic[R_co]):
    """A part to be remembered: its leaves say which segment of the loop they stood in, and hold none of them."""

    __slots__ = ("leaves", "value")

    def __init__(self, part: Part[R_co], segments: Sequence[Segment]) -> None:
        """`segments` are those of the loop, in order."""
        numbers = {id(each): number for number, each in enumerate(segments)}
        self.value = part.value
        self.leaves = tuple([(path, _numbered(place, numbers)) for path, place in part.places()])

    def moved(self, segments: Sequence[Segment]) -> Part[R_co]:
        """The same, read from the segments of a loop that says the same."""
        return _MovedPart(self, segments)


class _MovedPart(Part[R_co]):
    """A remembered part, where another loop stands."""

    __slots__ = ("_kept", "_segments")

    def __init__(self, kept: KeptPart[R_co], segments: Sequence[Segment]) -> None:
        self.value = kept.value
        self._kept = kept
        self._segments = segments

    def places(self) -> Iterator[tuple[str, _Place]]:
        segments = self._segments
        return ((path, _standing(place, segments)) for path, place in self._kept.leaves)


def _numbered(place: _Place, numbers: Mapping[int, int]) -> _Place:
    segment, element, component, repeat, rule, also = place
    rests = tuple([_numbered(each, numbers) for each in also]) if also else ()
    return numbers[id(segment)], element, component, repeat, rule, rests


def _standing(place: _Place, segments: Sequence[Segment]) -> _Place:
    number, element, component, repeat, rule, also = place
    rests = tuple([_standing(each, segments) for each in also]) if also else ()
    return segments[number], element, component, repeat, rule, rests


#: Prefix and path of a part of the record, and what was found for it.
_Note = tuple[str, str, "Found[Any] | Sequence[Found[Any]] | Part[Any]"]


class Trace:
    """The notes of one record so far; `at` gives a view of one part of it."""

    __slots__ = ("_interchange", "_prefix", "_set", "notes")

    def __init__(
        self, *, interchange: int = 0, transaction_set: int = 0, notes: list[_Note] | None = None, prefix: str = ""
    ) -> None:
        self._interchange = interchange
        self._set = transaction_set
        self._prefix = prefix
        #: What was taken so far, as `Part.notes` are.
        self.notes: list[_Note] = [] if notes is None else notes

    def at(self, path: str) -> Trace:
        """The same trace, for the part of the record under `path`."""
        return Trace(
            interchange=self._interchange,
            transaction_set=self._set,
            notes=self.notes,
            prefix=f"{self._prefix}{path}.",
        )

    def take(self, path: str, found: Found[T] | None) -> T | None:
        """The value, noted; `None` where nothing was found."""
        if found is None:
            return None
        self.notes.append((self._prefix, path, found))
        return found.value

    def must(self, path: str, found: Found[T]) -> T:
        """As `take`, of a value that is always there."""
        self.notes.append((self._prefix, path, found))
        return found.value

    def take_all(self, path: str, found: Iterable[Found[T]]) -> tuple[T, ...]:
        """Several values, each under its index."""
        every = found if isinstance(found, list) else list(found)
        if not every:
            return ()
        self.notes.append((self._prefix, path, every))
        return tuple([each.value for each in every])

    def note(self, path: str, found: Sequence[Found[Any]]) -> None:
        """Several values, each under its index, that are in the record already."""
        self.notes.append((self._prefix, path, found))

    def take_part(self, path: str, part: Part[T]) -> T:
        """What was read by itself; its own paths are paths below `path`, or with ``""`` of this same part."""
        self.notes.append((self._prefix, path, part))
        return part.value

    @property
    def sources(self) -> Mapping[str, Source]:
        """The source of each leaf by its path, made when it is first looked at."""
        return _Sources(self)

    def written_out(self) -> dict[str, Source]:
        """The source of each leaf by its path."""
        return {path: self._source(place) for path, place in _places(self.notes, "")}

    def _source(self, place: _Place) -> Source:
        segment, element, component, repeat, rule, also = place
        start, end = segment.range_of(element, component, repeat)
        return _source(
            interchange=self._interchange,
            transaction_set=self._set,
            segment=segment.elements[0],
            position=segment.number,
            element=element,
            component=component,
            repeat=repeat,
            start=start,
            end=end,
            segment_start=segment.start,
            segment_end=segment.end,
            rule=rule,
            also=tuple([self._source(each) for each in also]) if also else (),
        )


_source = maker(Source)


def _places(notes: Iterable[_Note], below: str) -> Iterator[tuple[str, _Place]]:
    """Path and place of each leaf of every note; `below` is what the paths begin with."""
    for prefix, path, found in notes:
        whole = f"{below}{prefix}{path}"
        if isinstance(found, Found):
            yield from _places_of(whole, found)
        elif isinstance(found, Part):
            for leaf, place in found.places():
                yield _joined(whole, leaf), place
        else:
            for index, each in enumerate(found):
                yield from _places_of(f"{whole}[{index}]", each)


def _places_of(path: str, found: Found[Any]) -> Iterator[tuple[str, _Place]]:
    value = found.value
    if is_leaf(value):
        if value is not None:
            yield path, _place(*_traced(found, ""))
        return
    for leaf in leaves(value):
        yield _joined(path, leaf), _place(*_traced(found, leaf))


def _joined(path: str, leaf: str) -> str:
    return f"{path}.{leaf}" if path and leaf and leaf[0] != "[" else path + leaf


def _place(spot: Spot, rule: str, also: Sequence[Found[Any]]) -> _Place:
    rests = tuple([_place(each.spot, each.rule, each.also) for each in also]) if also else ()
    return spot.segment, spot.element, spot.component, spot.repeat, rule, rests


class _Sources(Mapping[str, Source]):
    """The sources of a trace, written out at the first look."""

    __slots__ = ("_made", "_trace")

    def __init__(self, trace: Trace) -> None:
        self._trace: Trace | None = trace
        self._made: dict[str, Source] = {}

    def _written(self) -> dict[str, Source]:
        if self._trace is not None:
            self._made, self._trace = self._trace.written_out(), None
        return self._made

    def __getitem__(self, path: str) -> Source:
        return self._written()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written())

    def __len__(self) -> int:
        return len(self._written())


def _traced(found: Found[Any], leaf: str) -> tuple[Spot, str, Sequence[Found[Any]]]:
    """Where a leaf of a value stood, the rule that read it, and what else it rests on.

    It is the value's own place unless `Found.spots` says another. A part that was found separately
    was read by its own rule, and is there by the value's.
    """
    spots = found.spots
    part, rest = leaf if spots else "", ""
    while part:
        where = spots.get(part)
        if isinstance(where, Found):
            spot, rule, also = _traced(where, rest)
            return spot, rule if rule == found.rule else f"{found.rule}: {rule}", (*also, *found.also)
        if where is not None and not rest:
            return _resolved(where, found.spot), found.rule, found.also
        cut = max(part.rfind("."), part.rfind("["))
        if cut < 0:
            break
        rest = leaf[cut:].removeprefix(".")
        part = part[:cut]
    return found.spot, found.rule, found.also


def _resolved(where: Spot | int | tuple[int, int], spot: Spot) -> Spot:
    if isinstance(where, int):
        return Spot(spot.segment, where)
    if isinstance(where, tuple):
        return Spot(spot.segment, where[0] or spot.element, where[1], spot.repeat)
    return where


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The paths of the leaves of a value: what is neither a record nor a tuple, absent ones left out.

    A leaf itself has the path ``""``.
    """
    if value is None:
        return
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
        return
    names = _fields(value.__class__)
    if names is None:
        yield path
        return
    for name in names:
        said, whole = getattr(value, name), f"{path}.{name}" if path else name
        if not is_leaf(said):
            yield from leaves(said, whole)
        elif said is not None:
            yield whole


def is_leaf(value: Any) -> bool:
    """Whether a value is neither a record nor a tuple."""
    return not isinstance(value, tuple) and _fields(value.__class__) is None


@cache
def _fields(kind: Any) -> tuple[str, ...] | None:
    """Names of the fields of a record's class, which do not change; `None` of another class."""
    return tuple([each.name for each in fields(kind)]) if is_dataclass(kind) else None
