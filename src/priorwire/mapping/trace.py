"""Where each value of a record was read: the readers' bookkeeping.

A reader finds values as `Found`: the value, the place it stood at, and the rule that read it.
`Trace.take` hands the value on and writes down a `Source` for every leaf of it, under the leaf's
path in the record (``services[0].quantity.value``). A value that never passed through `take`
has no source, and a test looks for such values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Generic, TypeVar

from priorwire.model.evidence import Source
from priorwire.x12.segments import Segment

T = TypeVar("T")
U = TypeVar("U")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """An element of a segment."""

    segment: Segment
    element: int
    component: int | None = None
    repeat: int | None = None

    def read(self) -> str:
        """What stands there, without the blanks that payers pad with."""
        if self.component is not None:
            return self.segment.component(self.element, self.component, self.repeat or 1).strip()
        if self.repeat is not None:
            repeats = self.segment.repeats(self.element)
            return repeats[self.repeat - 1].strip() if self.repeat <= len(repeats) else ""
        return self.segment.element(self.element).strip()


@dataclass(frozen=True, repr=False)
class Found(Generic[T]):
    """A value as a reader found it. Its repr keeps silent: the value may name a patient."""

    value: T
    spot: Spot
    #: Which rule read it, in our own words.
    rule: str
    #: Leaves of `value` that stood elsewhere, by their path in it (``assigner``, ``modifiers[0]``).
    spots: Mapping[str, Spot] = field(default_factory=dict)

    def under(self, rule: str) -> Found[T]:
        """The same value, by another rule."""
        return replace(self, rule=rule)

    def named(self, value: U) -> Found[U]:
        """Another value read at the same place, e.g. the word for a code."""
        return Found(value, self.spot, self.rule)


@dataclass(frozen=True, repr=False)
class Reading(Generic[R_co]):
    """A record, and the source of each of its leaves by dotted path. Its repr keeps silent, as `Found`'s."""

    record: R_co
    sources: Mapping[str, Source]


class Trace:
    """The sources of one record so far; `at` gives a view of one part of it."""

    def __init__(
        self, *, interchange: int, transaction_set: int, sources: dict[str, Source] | None = None, prefix: str = ""
    ) -> None:
        self._interchange = interchange
        self._set = transaction_set
        self.sources: dict[str, Source] = {} if sources is None else sources
        self._prefix = prefix

    def at(self, path: str) -> Trace:
        """The same trace, for the part of the record under `path`."""
        return Trace(
            interchange=self._interchange,
            transaction_set=self._set,
            sources=self.sources,
            prefix=f"{self._prefix}{path}.",
        )

    def take(self, path: str, found: Found[T] | None) -> T | None:
        """The value, its leaves written down; `None` where nothing was found."""
        return None if found is None else self.must(path, found)

    def must(self, path: str, found: Found[T]) -> T:
        """As `take`, of a value that is always there."""
        for leaf in leaves(found.value):
            whole = f"{path}.{leaf}" if leaf and not leaf.startswith("[") else f"{path}{leaf}"
            self.sources[self._prefix + whole] = self._source(found.spots.get(leaf, found.spot), found.rule)
        return found.value

    def take_all(self, path: str, found: Iterable[Found[T]]) -> tuple[T, ...]:
        """Several values, each under its index."""
        return tuple(self.must(f"{path}[{index}]", each) for index, each in enumerate(found))

    def _source(self, spot: Spot, rule: str) -> Source:
        segment = spot.segment
        return Source(
            interchange=self._interchange,
            transaction_set=self._set,
            segment=segment.id,
            position=segment.number,
            element=spot.element,
            component=spot.component,
            repeat=spot.repeat,
            start=segment.start,
            end=segment.end,
            rule=rule,
        )


def leaves(value: object, path: str = "") -> Iterator[str]:
    """The paths of the leaves of a value: what is neither a record nor a tuple, absent ones left out.

    A leaf itself has the path ``""``.
    """
    if value is None:
        return
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from leaves(getattr(value, each.name), f"{path}.{each.name}" if path else each.name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path
