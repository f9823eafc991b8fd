"""Which elements of a payer's reply the records rest on: found by reading grown replies and following every source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

from priorwire.mapping import Reading, read_278
from priorwire.model.evidence import Source
from priorwire.x12 import LoopNode, Segment, place, read_one
from priorwire.x12.guide import Composite, Guide, Use
from priorwire.x12.guides import guide
from tests.docs.request_reach import known, named_in
from tests.strategies_x12 import grown

#: Kind of reply -> its reader.
REPLIES: Mapping[str, Callable[[LoopNode], tuple[Reading[Any], ...]]] = {"278-response": read_278}
#: Which replies are grown: seeds, and how many of the hundred optional parts stand in each. Where all stand, one of
#: them hides another (of two kinds of service in one level the first is read), so there are thinner ones, too.
_GROWN = (*((seed, 100) for seed in range(20)), *((seed, 70) for seed in range(160)))


@cache
def rested_on(kind: str) -> frozenset[str]:
    """Paths like ``2000E/HCR/01`` of what some value of a record was read from, or rests on."""
    rules, found = guide(kind), set[str]()
    for seed, density in _GROWN:
        root = place(read_one(grown(rules, seed, density).data()), rules).root
        uses = {position: (name, use) for position, name, use in _uses(root)}
        for reading in REPLIES[kind](root):
            for source in chain.from_iterable(_every(each) for each in reading.sources.values()):
                name, use = uses[source.position]
                found.update(_paths(name, use, source))
    return frozenset(found)


def unread(kind: str) -> list[str]:
    """Elements of a reply that no value rests on, in the order of the guide; each level's own number apart."""
    rested = rested_on(kind)
    return [path for path in known(guide_of(kind)) if path not in rested]


def guide_of(kind: str) -> Guide:
    """The guide of a kind of reply."""
    return guide(kind)


def _every(source: Source) -> Iterator[Source]:
    yield source
    for each in source.also:
        yield from _every(each)


def _uses(root: LoopNode) -> Iterator[tuple[int, str, Use]]:
    for node in root.walk():
        for item, index in zip(node.items, node.known, strict=True):
            use = node.guide.parts[index]
            if isinstance(item, Segment) and isinstance(use, Use):
                yield item.number, named_in(node, use), use


def _paths(name: str, use: Use, source: Source) -> Iterator[str]:
    if source.element == 0 or source.element > len(use.elements):
        return
    element = use.elements[source.element - 1]
    where = f"{name}/{source.element:02}"
    if not isinstance(element, Composite):
        yield where
    elif source.component is not None:
        yield f"{where}-{source.component}"
    else:
        yield from (f"{where}-{number}" for number in range(1, len(element.parts) + 1))
