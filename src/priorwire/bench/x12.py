"""``bench x12``: how fast the engine reads, how much memory it takes, and against what.

Times are processor time of the one thread, the best of some runs: a busy machine makes them worse, never
better. The limits are those that the engine set itself; what the peers are is measured here too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from tempfile import TemporaryDirectory
from types import MappingProxyType

from priorwire.bench.batches import alone, batch
from priorwire.bench.complete_read import complete_read
from priorwire.bench.result import Result
from priorwire.bench.timing import MB, against_pyx12, mb_a_second, seconds

#: Kind -> how many times the speed of pyx12's validation is wanted.
_TIMES_PYX12 = MappingProxyType({"271": 40, "278-response": 50})
#: A faulty batch keeps at least this much of the speed.
_FAULTY_SHARE = 0.5
#: Milliseconds: one answer read completely, and the engine imported.
_ONE_ANSWER, _IMPORT = 0.5, 60.0
#: MB for a stream of 100 MB, and how many times the memory of a stream of 10 MB that may be.
_STREAM_PEAK, _STREAM_GROWTH = 80.0, 1.2
_CHUNK = 65_536


def measure(size: int, *, runs: int = 3) -> Iterator[Result]:
    """Every result, as it is known.

    Args:
        size: of a batch, in bytes; the long stream is ten times that.
        runs: how often each is measured; the best counts.
    """
    yield from _imported(runs)
    yield from _memory(size)
    yield from _one_answer()
    for kind in _TIMES_PYX12:
        yield from _throughput(kind, size, runs)


def _throughput(kind: str, size: int, runs: int) -> Iterator[Result]:
    clean, faulty = _chunks(kind, size), _chunks(kind, size, faulty=True)
    speed = mb_a_second(size, runs, lambda: complete_read(clean))
    yield against_pyx12(f"{kind} complete read", kind, speed, _TIMES_PYX12[kind])
    split = mb_a_second(size, runs, lambda: _split(clean))
    yield Result(
        name=f"{kind} complete read, beside split",
        value=speed,
        unit="MB/s",
        against=f"split('~') and split('*'): {split:.1f} MB/s",
        ratio=speed / split,
    )
    slower = mb_a_second(size, runs, lambda: complete_read(faulty))
    yield Result(
        name=f"{kind} complete read, one set in ten faulty",
        value=slower,
        unit="MB/s",
        against=f"the clean batch: {speed:.1f} MB/s",
        ratio=slower / speed,
        target=f"at least {_FAULTY_SHARE} x",
        met=slower / speed >= _FAULTY_SHARE,
    )


def _one_answer() -> Iterator[Result]:
    data = alone("271")
    took = min(seconds(lambda: complete_read(data)) for _ in range(300)) * 1_000
    yield Result(
        name=f"one 271 of {len(data)} bytes, complete read",
        value=took,
        unit="ms",
        target=f"at most {_ONE_ANSWER} ms",
        met=took <= _ONE_ANSWER,
    )


def _imported(runs: int) -> Iterator[Result]:
    """With compiled modules, as they are after the first start anywhere."""
    program = "import time; t = time.process_time(); import priorwire.x12; print(time.process_time() - t)"
    with TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        kept["PYTHONPYCACHEPREFIX"] = folder
        took = min(float(_run("-c", program, environment=kept)) for _ in range(2 * runs + 2)) * 1_000
    yield Result(
        name="import priorwire.x12, new process",
        value=took,
        unit="ms",
        target=f"at most {_IMPORT:.0f} ms",
        met=took <= _IMPORT,
    )


def _memory(size: int) -> Iterator[Result]:
    reading = ("-m", "priorwire.bench.complete_read")
    for kind in _TIMES_PYX12:
        peaks = [float(_run(*reading, kind, str(each))) / MB for each in (size, 10 * size)]
        yield Result(
            name=f"{kind} peak memory, stream of {10 * size / MB:.0f} MB",
            value=peaks[1],
            unit="MB",
            against=f"a stream of {size / MB:.0f} MB: {peaks[0]:.1f} MB",
            ratio=peaks[1] / peaks[0],
            target=f"at most {_STREAM_PEAK:.0f} MB and {_STREAM_GROWTH} x",
            met=peaks[1] <= _STREAM_PEAK and peaks[1] / peaks[0] <= _STREAM_GROWTH,
        )


def _chunks(kind: str, size: int, *, faulty: bool = False) -> list[bytes]:
    """A batch in chunks as a file is read."""
    data = b"".join(batch(kind, size, faulty=faulty))
    return [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]


def _split(chunks: list[bytes]) -> None:
    for segment in b"".join(chunks).decode("latin-1").split("~"):
        segment.split("*")


def _run(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What our own interpreter prints."""
    command = (sys.executable, *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout  # noqa: S603 - ours
