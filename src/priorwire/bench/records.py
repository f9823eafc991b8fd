"""``bench records``: how fast bytes become records with their sources, and against what.

A record is *traced* when the place of every value is noted; the `Source` of each is made when somebody
looks, which is measured by itself. So is the whole reading as the gateway does it, findings and all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Any

from priorwire.bench.batches import alone, batch
from priorwire.bench.result import Result
from priorwire.bench.timing import against_pyx12, mb_a_second, seconds
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.mapping import Reading, read_271, read_278
from priorwire.x12 import TransactionSet, place, read
from priorwire.x12.guides import guide_for

#: How many times the speed of pyx12's bare validation is wanted.
_TIMES_PYX12 = 25
#: Milliseconds for one real-time answer.
_ONE_ANSWER = 1.0

_READERS: MappingProxyType[str, Callable[..., tuple[Reading[Any], ...]]] = MappingProxyType(
    {"271": read_271, "278-response": read_278}
)


def measure(size: int, *, runs: int = 3) -> Iterator[Result]:
    """Every result, as it is known.

    Args:
        size: of a batch, in bytes.
        runs: how often each is measured; the best counts.
    """
    yield _one_answer()
    for kind in _READERS:
        chunks = list(batch(kind, size))
        speed = mb_a_second(size, runs, lambda chunks=chunks: _count(traced_records(chunks)))  # type: ignore[misc]
        yield against_pyx12(f"{kind} to traced records", kind, speed, _TIMES_PYX12)
        yield from _beside(kind, chunks, speed, runs)


def _beside(kind: str, chunks: list[bytes], speed: float, runs: int) -> Iterator[Result]:
    size = sum(map(len, chunks))
    works = (
        ("every source written out", lambda: _count(dict(each.sources) for each in traced_records(chunks))),
        ("with findings, as the gateway reads", lambda: _count(gateway_records(chunks))),
    )
    for name, work in works:
        slower = mb_a_second(size, runs, work)
        yield Result(
            name=f"{kind} to traced records, {name}",
            value=slower,
            unit="MB/s",
            against=f"without: {speed:.1f} MB/s",
            ratio=slower / speed,
        )


def _one_answer() -> Result:
    data = alone("271")
    took = min(seconds(lambda: _count(traced_records(data))) for _ in range(300)) * 1_000
    return Result(
        name=f"one 271 of {len(data)} bytes to its traced record",
        value=took,
        unit="ms",
        target=f"at most {_ONE_ANSWER} ms",
        met=took <= _ONE_ANSWER,
    )


def traced_records(data: bytes | Iterable[bytes]) -> Iterator[Reading[Any]]:
    """Every record of an input; what is wrong with the sets is not looked for."""
    for event in read(data):
        if isinstance(event, TransactionSet):
            chosen = guide_for(event.transaction, event.guide_id, event.purpose, event.segment_ids)
            if chosen.guide is not None and chosen.kind in _READERS:
                yield from _READERS[chosen.kind](place(event, chosen.guide).root, kept=event.interchange.kept)


def gateway_records(data: bytes | Iterable[bytes]) -> Iterator[Reading[Any]]:
    """Every record of an input, read as what comes from a payer is."""
    for said in read_payload(data):
        if isinstance(said, SetRead):
            yield from said.readings


def _count(found: Iterable[object]) -> int:
    return sum(1 for _ in found)
