"""One writer at a time on an SQLite file, in this process.

SQLite has that rule anyway, over all processes, but its writers do not queue: each asks again
and again, and the unlucky one waits a second or more. With a lock in front the slowest of
sixteen writers waits a tenth of that (measured), and only processes compete by asking.

It stands below both that write to the file: the record, and the queue through an engine of its own.
Where one of them only asked while the other queued, it would hardly ever get its turn.
"""

from __future__ import annotations

import threading
from pathlib import Path

from priorwire.errors import StoreError

#: How long a writer waits for another before it gives up.
LOCK_WAIT_SECONDS = 30


class WriteLock:
    """A lock that tells a thread from itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    def acquire(self) -> None:
        """Wait for the lock.

        Raises:
            StoreError: this thread has it already (one unit of work inside another), or it did not come free.
        """
        if self._holder == threading.get_ident():
            raise StoreError("a unit of work that writes is open in this thread: one cannot be opened inside another")
        if not self._lock.acquire(timeout=LOCK_WAIT_SECONDS):
            raise StoreError(f"the database was busy for {LOCK_WAIT_SECONDS} seconds")
        self._holder = threading.get_ident()

    def release(self) -> None:
        """Let the next one have it."""
        self._holder = None
        self._lock.release()


class NoLock(WriteLock):
    """For a database that keeps its writers apart itself."""

    def acquire(self) -> None:
        """Nothing to wait for."""

    def release(self) -> None:
        """Nothing to give back."""


_LOCKS: dict[Path, WriteLock] = {}
_LOCKS_LOCK = threading.Lock()


def write_lock_of(path: Path) -> WriteLock:
    """The lock of the file at `path`: the same one for every store of this process on that file."""
    with _LOCKS_LOCK:
        return _LOCKS.setdefault(path.resolve(), WriteLock())
