"""A complete reading: parse, every level of validation, and the 999 with its detail.

Run as a program it reads a generated batch as a stream and prints the memory that took, in bytes::

    python -m priorwire.bench.complete_read 271 100000000
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from priorwire.bench.batches import batch
from priorwire.x12 import Issue, TransactionSet, acknowledge, read, validate
from priorwire.x12.guides import guide_for


def complete_read(data: bytes | Iterable[bytes]) -> int:
    """Read all of it; gives the number of segments of the acknowledgments."""
    return sum(len(each.body) for answer in acknowledge(read(data), findings) for each in answer.sets)


def findings(ts: TransactionSet) -> Sequence[Issue]:
    """Every finding of a set, by the guide that it is routed to."""
    guide = guide_for(ts.transaction, ts.guide_id, ts.purpose, ts.segment_ids, ts.source_role).guide
    return validate(ts, guide).issues if guide else ts.issues


def peak_memory() -> int:
    """The most that this process ever held, in bytes. `ru_maxrss` would count the process that started it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource  # noqa: PLC0415 - not on every system

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    complete_read(batch(sys.argv[1], int(sys.argv[2])))
    sys.stdout.write(f"{peak_memory()}\n")
