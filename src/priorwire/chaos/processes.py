"""Processes by fork: the simulated payers, a subscriber, and the nodes that are killed.

Forked out of a process without threads and without an open connection, so that a node is there in
milliseconds; what it does from then on, and how it dies, is as in any other process.
"""

from __future__ import annotations

import logging
import os
import signal
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from priorwire.errors import PriorwireError

#: Real seconds that a process may take to become ready, or to end.
_PATIENCE, _LOOK = 60.0, 0.02


class ChaosFailed(PriorwireError):
    """The harness itself cannot go on; says why."""


def fork(work: Callable[[], None], log: Path) -> int:
    """Do `work` in a process of its own; its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        logging.basicConfig(filename=log, level=logging.INFO, force=True)
        work()
        code = 0
    except Exception as error:  # noqa: BLE001 -- the last resort of a process; the people in it are invented
        with log.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """Wait for a process; how it ended: its exit code, or less a signal's number.

    Raises:
        ChaosFailed: it does not end. It was killed.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_LOOK / 4)
    end(child)
    raise ChaosFailed(f"A node hung for {_PATIENCE:.0f} seconds and was killed.")


def end(child: int) -> None:
    """Kill a process and take its status."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def await_file(path: Path, child: int) -> None:
    """Wait until a process has written a file. Raises ChaosFailed."""
    deadline = time.monotonic() + _PATIENCE
    while not path.exists():
        if os.waitpid(child, os.WNOHANG)[0] or time.monotonic() > deadline:
            raise ChaosFailed(f"A process did not become ready: it did not write {path.name}.")
        time.sleep(_LOOK)


def subscriber(ready: Path, told: Path) -> None:
    """Take webhooks for ever: each event's id goes to disk before it is answered."""

    class _Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            with told.open("a", encoding="ascii") as file:
                file.write(f"{self.headers.get('webhook-id')}\n")
                file.flush()
                os.fsync(file.fileno())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), _Listener) as server:
        beside = ready.with_suffix(".part")
        beside.write_text(str(server.server_port), encoding="ascii")
        beside.replace(ready)
        server.serve_forever()
