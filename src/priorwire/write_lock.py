"""One writer at a time on an SQLite file, in turn: the threads of a process, and processes among each other.

SQLite has that rule anyway, but its writers do not queue: each asks again and again, ever more
seldom, and the unlucky one waits a second or more. With a lock in front the slowest of sixteen
threads waits a tenth of that, and of two processes that write without pause the slowest claim a
thirtieth (measured).

It stands below both that write to the file: the record, and the queue through an engine of its own.
Where one of them only asked while the other queued, it would hardly ever get its turn.

Theory of the two files beside the database. Whoever holds *turn* writes. Whoever holds *next* is the
one that waits for *turn*; a writer that ends and wants to write again must wait for *next* first, so
it cannot come before the one that waits already. Both are locks of the operating system: they go with
the process that holds them, however it ends. What does not know of them (the ``sqlite3`` command) is
kept apart by SQLite as ever.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from priorwire.errors import StoreError

#: How long a writer waits for another before it gives up.
LOCK_WAIT_SECONDS = 30
#: How many pages of 4 KB the log may hold before a commit moves them into the file. Among a million rows that takes
#: tens of milliseconds, and at SQLite's own 1,000 it was every third claim of a hundred rows. A worker does it beside
#: the commits (`gateway.ports.Store.tidy`); this is for where there is none.
CHECKPOINT_PAGES = 20_000
#: How long the one that is next waits before it looks again. A commit takes several times as long.
_LOOK_AGAIN_SECONDS = 0.0003


class WriteLock:
    """A lock that tells a thread from itself. Without a `path`, among the threads of this process alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None
        self._processes = _Processes(path) if path is not None else None

    def acquire(self) -> None:
        """Wait for the lock.

        Raises:
            StoreError: this thread has it already (one unit of work inside another), or it did not come free.
        """
        if self._holder == threading.get_ident():
            raise StoreError("a unit of work that writes is open in this thread: one cannot be opened inside another")
        if not self._lock.acquire(timeout=LOCK_WAIT_SECONDS):
            raise StoreError(f"the database was busy for {LOCK_WAIT_SECONDS} seconds")
        try:
            if self._processes is not None:
                self._processes.acquire()
        except BaseException:
            self._lock.release()
            raise
        self._holder = threading.get_ident()

    def release(self) -> None:
        """Let the next one have it."""
        self._holder = None
        if self._processes is not None:
            self._processes.release()
        self._lock.release()


class NoLock(WriteLock):
    """For a database that keeps its writers apart itself."""

    def acquire(self) -> None:
        """Nothing to wait for."""

    def release(self) -> None:
        """Nothing to give back."""


class _Processes:
    """The two files, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._database = path
        self._paths = path.with_name(f"{path.name}.next"), path.with_name(f"{path.name}.turn")
        self._opened: tuple[int, int] | None = None
        # A child shares what its parent has locked, and would neither wait for it nor let it go.
        os.register_at_fork(after_in_child=self._forget)

    def acquire(self) -> None:
        until = time.monotonic() + LOCK_WAIT_SECONDS
        following, turn = self._files()
        _await(following, until)
        try:
            _await(turn, until)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._files()[1], fcntl.LOCK_UN)

    def _files(self) -> tuple[int, int]:
        if self._opened is None:
            try:
                first, second = (_open_for_owner_of(self._database, path) for path in self._paths)
            except OSError as error:
                raise StoreError(f"nothing can be written beside the database: {error.strerror}") from None
            self._opened = first, second
        return self._opened

    def _forget(self) -> None:
        opened, self._opened = self._opened, None
        for file in opened or ():
            os.close(file)


def _open_for_owner_of(database: Path, path: Path) -> int:
    """As SQLite makes its own side files: a command that root runs leaves nothing that the gateway cannot open."""
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    if os.geteuid() == 0 and database.exists():
        owner = database.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file


def _await(file: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise StoreError(f"another process kept the database busy for {LOCK_WAIT_SECONDS} seconds") from None
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


_LOCKS: dict[Path, WriteLock] = {}
_LOCKS_LOCK = threading.Lock()


def write_lock_of(path: Path) -> WriteLock:
    """The lock of the file at `path`: the same one for every store of this process on that file."""
    path = path.resolve()
    with _LOCKS_LOCK:
        if path not in _LOCKS:
            _LOCKS[path] = WriteLock(path)
        return _LOCKS[path]
