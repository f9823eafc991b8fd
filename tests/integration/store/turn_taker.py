"""Another process that writes to a file in turn, and does what it is told. Run by test_write_turns_of_processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from priorwire import write_lock
from priorwire.errors import StoreError

_IN_VAIN_SECONDS = 0.2


def main(path: Path) -> None:
    """``take`` and ``give``; ``fork`` has a child try in vain while this process has its turn."""
    lock = write_lock.write_lock_of(path)
    for line in sys.stdin:
        if line == "take\n":
            lock.acquire()
            _say("taken")
        elif line == "give\n":
            lock.release()
            _say("given")
        elif line == "fork\n":
            _fork(lock, path)


def _fork(lock: write_lock.WriteLock, path: Path) -> None:
    lock.acquire()
    lock.release()  # its files are open now, and a child has them too
    to_child, from_parent = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(to_child, 1)
        write_lock.LOCK_WAIT_SECONDS = _IN_VAIN_SECONDS  # type: ignore[assignment]  # a fraction of a second here
        try:
            write_lock.write_lock_of(path).acquire()
        except StoreError:
            os._exit(0)
        os._exit(1)
    lock.acquire()
    os.write(from_parent, b"!")
    _, status = os.waitpid(child, 0)
    lock.release()
    _say("kept out" if status == 0 else "both at once")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
