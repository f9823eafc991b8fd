"""Places where a process can be made to die, to prove that nothing is lost or sent twice.

Off unless ``PRIORWIRE_CRASH_AT`` names a point and which time it is reached (``send.after:2``), or
`arm` was called; then the process ends itself with SIGKILL there: no handler runs and nothing is
flushed, as in a power cut. `bootstrap` refuses it in production. Off, a point costs a comparison.

The points stand where the record commits, where the archive is written, where rows are claimed
and jobs enqueued, and around every call to a payer or a subscriber: each named in one place.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

#: Every point. ``before`` and ``after`` are of the write or the call itself.
POINTS = (
    "commit.before",
    "commit.after",
    "archive.before",
    "archive.after",
    "claim.before",
    "claim.after",
    "enqueue.before",
    "enqueue.after",
    "send.before",
    "send.after",
    "post.before",
    "post.after",
)
VARIABLE = "PRIORWIRE_CRASH_AT"

_reached: Counter[str] = Counter()
_armed: tuple[str, int] | None = None
_on = False


def reach(point: str) -> None:
    """A process is at `point`: it dies here if it was told to."""
    if not _on:
        return
    _reached[point] += 1
    if _armed == (point, _reached[point]):
        os.kill(os.getpid(), signal.SIGKILL)


def is_on() -> bool:
    """Whether this process counts its points, and may be told to die."""
    return _on


def arm(point: str | None, occurrence: int = 1) -> None:
    """Count from now on, and die when `point` is reached for the `occurrence`-th time (from 1); `None`: only count.

    Raises:
        ValueError: there is no such point.
    """
    global _armed, _on  # noqa: PLW0603 -- a process has one life
    if point is not None and point not in POINTS:
        raise ValueError(f"no such crash point; there are {', '.join(POINTS)}")
    _reached.clear()
    _armed = None if point is None else (point, occurrence)
    _on = True


def reached() -> dict[str, int]:
    """How often each point was reached since `arm`."""
    return dict(_reached)


def _arm_by_environment() -> None:
    wanted = os.environ.get(VARIABLE)
    if wanted:
        point, _, occurrence = wanted.partition(":")
        arm(point, int(occurrence or 1))


_arm_by_environment()
