"""Processes take turns at one SQLite file: who waits is next, whoever else comes back."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from priorwire.errors import StoreError
from priorwire.write_lock import WriteLock, write_lock_of

_PATIENCE = 30.0


class Taker:
    """`turn_taker` in a process of its own."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("turn_taker.py"), path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def has_said(self) -> bool:
        assert self._process.stdout is not None
        looked_at = select.poll()  # not `select`, which knows the first 1,024 files of a process only
        looked_at.register(self._process.stdout, select.POLLIN)
        return bool(looked_at.poll(0))

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own.db"


@pytest.fixture
def taker(path: Path) -> Iterator[Taker]:
    taker = Taker(path)
    yield taker
    taker.kill()


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _await_locked(path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not (path.exists() and _is_locked(path)):
        assert time.monotonic() < deadline, f"nobody locked {path.name}"


def test_the_process_that_waits_comes_before_the_one_that_just_wrote(path: Path, taker: Taker) -> None:
    lock = write_lock_of(path)
    lock.acquire()
    taker.do("take")
    _await_locked(path.with_name("own.db.next"))
    assert not taker.has_said()
    came_back = threading.Event()

    def come_back() -> None:
        lock.acquire()
        came_back.set()
        lock.release()

    lock.release()
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(come_back)
        assert taker.said() == "taken"
        assert not came_back.is_set()
        taker.do("give")
        assert taker.said() == "given"
        again.result(timeout=_PATIENCE)
    assert came_back.is_set()


def test_a_turn_goes_with_the_process_that_is_killed(path: Path, taker: Taker) -> None:
    taker.do("take")
    assert taker.said() == "taken"
    taker.kill()
    lock = write_lock_of(path)
    lock.acquire()
    lock.release()


def test_who_waits_in_vain_is_told_and_leaves_nothing_locked(
    path: Path, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker.do("take")
    assert taker.said() == "taken"
    lock = write_lock_of(path)
    with monkeypatch.context() as patched:
        patched.setattr("priorwire.write_lock.LOCK_WAIT_SECONDS", 0.05)
        for _ in range(2):
            with pytest.raises(StoreError, match="another process"):
                lock.acquire()
    assert not _is_locked(path.with_name("own.db.next"))
    taker.do("give")
    assert taker.said() == "given"
    lock.acquire()
    lock.release()


def test_a_forked_child_does_not_share_its_parents_turn(taker: Taker) -> None:
    taker.do("fork")
    assert taker.said() == "kept out"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file for somebody else")
def test_what_root_runs_leaves_files_that_the_databases_owner_can_open(path: Path) -> None:
    path.touch()
    os.chown(path, 65_534, 65_534)
    lock = WriteLock(path)
    lock.acquire()
    lock.release()
    assert {each.stat().st_uid for each in path.parent.iterdir()} == {65_534}


def test_a_folder_that_takes_no_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="beside the database"):
        WriteLock(tmp_path / "nowhere" / "own.db").acquire()
