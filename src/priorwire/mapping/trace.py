"""Where each value of a record was read: the readers' bookkeeping.

A reader finds values as `Found`: the value, the place it stood at, and the rule that read it.
`Trace.take` hands the value on and notes it under its path in the record
(``services[0].quantity``). A value that never passed through `take` has no source, and a test
looks for such values.

Noting must cost next to nothing, for every answer is traced and few traces are looked at. So
a note is the `Found` itself; the `Source` of each leaf (``services[0].quantity.value``) is made
when somebody asks for the sources, and not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

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


#: Prefix and path of a part of the record, and what was found for it.
_Note = tuple[str, str, "Found[Any] | Sequence[Found[Any]]"]


class Trace:
    """The notes of one record so far; `at` gives a view of one part of it."""

    __slots__ = ("_interchange", "_notes", "_prefix", "_set")

    def __init__(
        self, *, interchange: int, transaction_set: int, notes: list[_Note] | None = None, prefix: str = ""
    ) -> None:
        self._interchange = interchange
        self._set = transaction_set
        self._notes: list[_Note] = [] if notes is None else notes
        self._prefix = prefix

    def at(self, path: str) -> Trace:
        """The same trace, for the part of the record under `path`."""
        return Trace(
            interchange=self._interchange,
            transaction_set=self._set,
            notes=self._notes,
            prefix=f"{self._prefix}{path}.",
        )

    def take(self, path: str, found: Found[T] | None) -> T | None:
        """The value, noted; `None` where nothing was found."""
        if found is None:
            return None
        self._notes.append((self._prefix, path, found))
        return found.value

    def must(self, path: str, found: Found[T]) -> T:
        """As `take`, of a value that is always there."""
        self._notes.append((self._prefix, path, found))
        return found.value

    def take_all(self, path: str, found: Iterable[Found[T]]) -> tuple[T, ...]:
        """Several values, each under its index."""
        every = found if isinstance(found, list) else list(found)
        if not every:
            return ()
        self._notes.append((self._prefix, path, every))
        return tuple([each.value for each in every])

    @property
    def sources(self) -> Mapping[str, Source]:
        """The source of each leaf by its path, made when it is first looked at."""
        return _Sources(self)

    def written_out(self) -> dict[str, Source]:
        """The source of each leaf by its path."""
        made: dict[str, Source] = {}
        for prefix, path, found in self._notes:
            if isinstance(found, Found):
                self._write(made, prefix + path, found)
            else:
                for index, each in enumerate(found):
                    self._write(made, f"{prefix}{path}[{index}]", each)
        return made

    def _write(self, made: dict[str, Source], path: str, found: Found[Any]) -> None:
        for leaf in leaves(found.value):
            whole = f"{path}.{leaf}" if leaf and leaf[0] != "[" else path + leaf
            made[whole] = self._source(*_traced(found, leaf))

    def _source(self, spot: Spot, rule: str, also: Sequence[Found[Any]]) -> Source:
        segment = spot.segment
        start, end = segment.range_of(spot.element, spot.component, spot.repeat)
        return Source(
            interchange=self._interchange,
            transaction_set=self._set,
            segment=segment.id,
            position=segment.number,
            element=spot.element,
            component=spot.component,
            repeat=spot.repeat,
            start=start,
            end=end,
            segment_start=segment.start,
            segment_end=segment.end,
            rule=rule,
            also=tuple(self._source(each.spot, each.rule, each.also) for each in also),
        )


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


def leaves(value: object, path: str = "") -> Iterator[str]:
    """The paths of the leaves of a value: what is neither a record nor a tuple, absent ones left out.

    A leaf itself has the path ``""``.
    """
    if value is None:
        return
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for name in _fields(type(value)):
            yield from leaves(getattr(value, name), f"{path}.{name}" if path else name)
    else:
        yield path


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Names of the fields of a record's class, which do not change."""
    return tuple(each.name for each in fields(kind))
