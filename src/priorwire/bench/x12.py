"""``bench x12``: how fast the engine reads, how much memory it takes, and against what.

Times are processor time of the one thread, the best of some runs: a busy machine makes them worse, never
better. The limits are those that the engine set itself; what the peers are is measured here too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from types import MappingProxyType

from priorwire.bench.batches import alone, batch
from priorwire.bench.complete_read import complete_read
from priorwire.bench.result import Result

#: Kind -> how many times the speed of pyx12's validation is wanted.
_TIMES_PYX12 = MappingProxyType({"271": 40, "278-response": 50})
#: A faulty batch keeps at least this much of the speed.
_FAULTY_SHARE = 0.5
#: Milliseconds: one answer read completely, and the engine imported.
_ONE_ANSWER, _IMPORT = 0.5, 60.0
#: MB for a stream of 100 MB, and how many times the memory of a stream of 10 MB that may be.
_STREAM_PEAK, _STREAM_GROWTH = 80.0, 1.2
#: What pyx12 is given of a batch, in bytes: it needs seconds for a megabyte.
_PYX12_SHARE = 400_000
_CHUNK = 65_536
_MB = 1_000_000


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
    speed = _speed(size, runs, lambda: complete_read(clean))
    yield _against_pyx12(kind, speed, b"".join(clean))
    split = _speed(size, runs, lambda: _split(clean))
    yield Result(
        name=f"{kind} complete read, beside split",
        value=speed,
        unit="MB/s",
        against=f"split('~') and split('*'): {split:.1f} MB/s",
        ratio=speed / split,
    )
    slower = _speed(size, runs, lambda: complete_read(faulty))
    yield Result(
        name=f"{kind} complete read, one set in ten faulty",
        value=slower,
        unit="MB/s",
        against=f"the clean batch: {speed:.1f} MB/s",
        ratio=slower / speed,
        target=f"at least {_FAULTY_SHARE} x",
        met=slower / speed >= _FAULTY_SHARE,
    )


def _against_pyx12(kind: str, speed: float, data: bytes) -> Result:
    wanted = _TIMES_PYX12[kind]
    target = f"at least {wanted} x"
    result = Result(name=f"{kind} complete read", value=speed, unit="MB/s", against="pyx12: not there", target=target)
    if find_spec("priorwire.crosscheck") is None:
        return result
    from priorwire.crosscheck import pyx12_validate  # noqa: PLC0415 - imports both peers, which nothing else here needs

    part = b"".join(batch(kind, min(_PYX12_SHARE, len(data))))
    accepted: list[bool] = []
    theirs = _speed(len(part), 1, lambda: accepted.append(pyx12_validate(part)))
    return Result(
        name=result.name,
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


def _one_answer() -> Iterator[Result]:
    data = alone("271")
    took = min(_seconds(lambda: complete_read(data)) for _ in range(300)) * 1_000
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
        peaks = [float(_run(*reading, kind, str(each))) / _MB for each in (size, 10 * size)]
        yield Result(
            name=f"{kind} peak memory, stream of {10 * size / _MB:.0f} MB",
            value=peaks[1],
            unit="MB",
            against=f"a stream of {size / _MB:.0f} MB: {peaks[0]:.1f} MB",
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


def _speed(size: int, runs: int, work: Callable[[], object]) -> float:
    """MB a second, in the best of some runs."""
    return size / _MB / min(_seconds(work) for _ in range(runs))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return max(time.process_time() - began, 1e-9)


def _run(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What our own interpreter prints."""
    command = (sys.executable, *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout  # noqa: S603 - ours
