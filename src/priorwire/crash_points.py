"""Places where a process can be made to die, to prove that nothing is lost or sent twice.

Off unless ``PRIORWIRE_CRASH_AT`` names a point and which time it is reached (``send.after:2``), or
`arm` was called; then the process ends itself with SIGKILL there: no handler runs and nothing is
flushed, as in a power cut. `bootstrap` refuses it in production. Off, a point costs a comparison.

There is one before and one after every commit, every write into a transaction that decides what
happens next (archive, control number, due row, claim, job), every file that is written, renamed
or moved, and every call to a payer, a carrier, a mailbox or a subscriber.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

#: Every thing that is done, with what it is; each has a point ``.before`` and a point ``.after``.
ACTS = {
    "commit": "a unit of work, a claim or a heartbeat is committed",
    "archive": "a payload is put into the archive",
    "number": "a control number is drawn",
    "settle": "a due row is given back",
    "claim": "due rows are claimed",
    "enqueue": "a job is enqueued, in the claim's transaction",
    "job": "the queue runs a job",
    "free": "the jobs of a dead node are put back",
    "send": "a message goes to a payer or a carrier",
    "list": "a mailbox is listed",
    "fetch": "a file is fetched from a mailbox",
    "move": "a file is filed away in a mailbox",
    "leave": "an acknowledgment is left in a mailbox",
    "seek": "a mailbox is searched for what a dead process meant to send",
    "write": "a file is written under its temporary name",
    "rename": "a file gets its name, or another",
    "post": "an event goes to a subscriber",
}
#: Every point.
POINTS = tuple(f"{act}.{when}" for act in ACTS for when in ("before", "after"))
VARIABLE = "PRIORWIRE_CRASH_AT"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A point, and what kind of work its thread was at."""

    point: str
    work: str


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Where a process is to die."""

    point: str
    #: The how manieth time it comes there, from 1.
    occurrence: int = 1
    #: Only at this kind of work; empty: at any.
    work: str = ""


class _Work(threading.local):
    """What a thread is at. Until it says so: it is one of the engine's own."""

    kind = "engine"


_reached: Counter[Reached] = Counter()
_counting = threading.Lock()
_work = _Work()
_aim: Aim | None = None
#: Die at this many points reached, of whatever name; 0: never.
_at_the_latest = 0
_before_death: Callable[[Reached], None] | None = None
_on = False


def reach(point: str) -> None:
    """A process is at `point`: it dies here if it was told to."""
    if not _on:
        return
    here = Reached(point=point, work=_work.kind)
    with _counting:
        _reached[here] += 1
        if _is_the_end(here):
            if _before_death is not None:
                _before_death(here)
            os.kill(os.getpid(), signal.SIGKILL)


def _is_the_end(here: Reached) -> bool:
    if _reached.total() == _at_the_latest:
        return True
    if _aim is None or here.point != _aim.point or _aim.work not in ("", here.work):
        return False
    times = sum(count for each, count in _reached.items() if each.point == _aim.point and _aim.work in ("", each.work))
    return times == _aim.occurrence


def at_work(kind: str) -> None:
    """This thread is at that kind of work from now on: tells apart where a process died. No patient's value."""
    if _on:
        _work.kind = kind


def is_on() -> bool:
    """Whether this process counts its points, and may be told to die."""
    return _on


def arm(aim: Aim | None, *, at_the_latest: int = 0, before_death: Callable[[Reached], None] | None = None) -> None:
    """Count from now on, and die at `aim`; without one, only count.

    Args:
        aim: where to die.
        at_the_latest: die when so many points were reached, wherever that is; 0: at none.
        before_death: called with where it happens, as the last thing.

    Raises:
        ValueError: there is no such point.
    """
    global _aim, _at_the_latest, _before_death, _on  # noqa: PLW0603 -- a process has one life
    if aim is not None and aim.point not in POINTS:
        raise ValueError(f"no such crash point; there are {', '.join(POINTS)}")
    _reached.clear()
    _aim, _at_the_latest, _before_death = aim, at_the_latest, before_death
    _on = True


def reached() -> dict[Reached, int]:
    """How often each point was reached since `arm`, by kind of work."""
    return dict(_reached)


def _arm_by_environment() -> None:
    wanted = os.environ.get(VARIABLE)
    if wanted:
        point, _, occurrence = wanted.partition(":")
        arm(Aim(point=point, occurrence=int(occurrence or 1)))


_arm_by_environment()
