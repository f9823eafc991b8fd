"""How a measurement is taken, and what pyx12 does in the same run.

What one thread computes is measured in its processor time, the best of some runs: a busy machine makes a time worse,
never better. What waits for disks, databases and other processes is measured in real time, beside something that
waits for the same in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil

from priorwire.bench.batches import alone, batch
from priorwire.bench.result import Result

MB = 1_000_000
#: What pyx12 is given of a batch, in bytes: it needs seconds for a megabyte.
_PYX12_SHARE = 400_000


def mb_a_second(size: int, runs: int, work: Callable[[], object]) -> float:
    """MB a second, in the best of some runs."""
    return size / MB / min(seconds(work) for _ in range(runs))


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one run."""
    began = time.process_time()
    work()
    return max(time.process_time() - began, 1e-9)


def against_pyx12(name: str, kind: str, speed: float, wanted: float) -> Result:
    """A throughput beside that of pyx12's validation, measured now.

    Args:
        name: what was measured.
        kind: of the batch.
        speed: ours, in MB a second.
        wanted: how many times pyx12's it should be.
    """
    target = f"at least {wanted:g} x"
    if find_spec("priorwire.crosscheck") is None:
        return Result(name=name, value=speed, unit="MB/s", against="pyx12: not there", target=target)
    from priorwire.crosscheck import pyx12_validate  # noqa: PLC0415 - imports both peers, which nothing else here needs

    part = b"".join(batch(kind, _PYX12_SHARE))
    accepted: list[bool] = []
    theirs = mb_a_second(len(part), 1, lambda: accepted.append(pyx12_validate(part)))
    return Result(
        name=name,
        value=speed,
        unit="MB/s",
        against=f"pyx12's validation: {theirs:.2f} MB/s, {'accepting it' if all(accepted) else _refused(kind)}",
        ratio=speed / theirs,
        target=target,
        met=speed / theirs >= wanted,
    )


def _refused(kind: str) -> str:
    """Why pyx12 refuses a clean batch: its known faults, as they show in one set."""
    from priorwire.crosscheck import crosscheck  # noqa: PLC0415 - as above

    rows = crosscheck(alone(kind))[0].rows
    why = dict.fromkeys(row.fault.name if row.fault else "for what nobody explained" for row in rows)
    return f"refusing this clean batch ({', '.join(why)})"


def now() -> float:
    """Seconds on a clock of the machine that only goes forward: for what several processes do together."""
    return time.perf_counter()


def processor() -> float:
    """Seconds that this process has computed: hardly more on a busy machine than on an idle one."""
    return time.process_time()


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Durations, in milliseconds."""

    median: float
    p95: float
    p99: float


def spread(durations: Sequence[float]) -> Spread:
    """Of at least one duration in seconds."""
    ordered = sorted(durations)
    return Spread(median=_at(ordered, 0.50), p95=_at(ordered, 0.95), p99=_at(ordered, 0.99))


def _at(ordered: Sequence[float], part: float) -> float:
    """The smallest that so many are not above, in milliseconds."""
    return ordered[max(0, ceil(part * len(ordered)) - 1)] * 1_000
