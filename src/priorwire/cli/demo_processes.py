"""Other processes of this program: started, watched until they are ready, and ended by their ids."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import typer

from priorwire.errors import PriorwireError

#: Real seconds that a process may take to become ready, and to end when it is asked to.
_START_SECONDS = 60.0
_END_SECONDS = 15.0
_LOOK_SECONDS = 0.03


class DemoFailed(PriorwireError):
    """Something did not happen that should have; says what, and where to look."""


class Interrupted(typer.Abort):
    """Whoever started this asked it to stop."""


@dataclass
class Watch:
    """Waits for conditions, with a deadline, and gives up at once when told to stop."""

    stop: threading.Event = field(default_factory=threading.Event)

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        """Return as soon as `condition` holds.

        Raises:
            DemoFailed: it did not within `seconds`; `what` ends the sentence "…: it was waiting for …".
            Interrupted: this was told to stop.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise DemoFailed(f"Nothing happened for {seconds:.0f} seconds while waiting for {what}.")
            if self.stop.wait(_LOOK_SECONDS):
                raise Interrupted
        if self.stop.is_set():
            raise Interrupted


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process that was started."""

    name: str
    process: subprocess.Popen[bytes]
    ready_file: Path
    log: Path


class Processes:
    """The processes that were started here. Leaving the block ends them, the newest first."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self._folder = folder
        self._watch = watch
        self._running: dict[str, Running] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.end_all()

    def start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Running:
        """Start ``priorwire ARGUMENTS --ready-file …``; does not wait. What it says goes to ``NAME.log``."""
        ready = self._folder / f"{name}.ready"
        ready.unlink(missing_ok=True)
        log = self._folder / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own program
                [sys.executable, "-m", "priorwire", *arguments, "--ready-file", str(ready)],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the others in order
            )
        self._running[name] = Running(name=name, process=process, ready_file=ready, log=log)
        return self._running[name]

    def await_ready(self, name: str) -> dict[str, int]:
        """The ports and the process id that it announced.

        Raises:
            DemoFailed: it ended, or is not ready in time.
        """
        each = self._running[name]

        def is_ready() -> bool:
            if each.process.poll() is not None:
                raise DemoFailed(f"The {name} ended before it was ready.\n{_tail(each.log)}")
            return each.ready_file.exists()

        self._watch.until(is_ready, f"the {name} to be ready (it writes to {each.log})", _START_SECONDS)
        announced: dict[str, int] = json.loads(each.ready_file.read_text(encoding="utf-8"))
        return announced

    def pids(self) -> dict[str, int]:
        """Who runs, by name."""
        return {name: each.process.pid for name, each in self._running.items()}

    def kill(self, name: str) -> None:
        """End one without warning, as a power cut would."""
        process = self._running.pop(name).process
        process.kill()
        process.wait()

    def end(self, name: str) -> int:
        """Ask one to end, insist if it does not; its exit code."""
        process = self._running.pop(name).process
        process.terminate()
        try:
            return process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def end_all(self) -> None:
        """End every one, all at once asked, each waited for."""
        names = list(reversed(self._running))
        for name in names:
            self._running[name].process.terminate()
        with ExitStack() as each_in_turn:
            for name in names:
                each_in_turn.callback(self.end, name)


def _tail(log: Path) -> str:
    """The last lines that a process wrote."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def free_port() -> int:
    """A port of the loopback interface that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting of priorwire's: a demo never meets somebody's real store."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PRIORWIRE_")}
