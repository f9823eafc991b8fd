"""A program that does everything once, and watches from outside whether each act stands between two crash points.

What it watches does not ask the code that is watched: commits and statements are heard of from
SQLAlchemy, connections and files from the interpreter's audit events (PEP 578). An act that happens
while no point of its kind is open was not given one. Prints what was seen, what was bare, and which
points were passed, as JSON. With the argument ``unguarded`` the points around the channels are left out.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from priorwire import bootstrap, crash_points
from priorwire.chaos.node import Life, live
from priorwire.chaos.stage import Stage
from priorwire.gateway.ports import Services
from priorwire.store import SqlStore

#: Of the statements that our tables are written with: what is written, and within which act.
_STATEMENTS = (
    (re.compile(r"insert into archive\b", re.IGNORECASE), "archive row", ("archive",)),
    (re.compile(r"insert into control_numbers\b", re.IGNORECASE), "control number", ("number",)),
    (re.compile(r"(with picked .*)?update due_index\b", re.IGNORECASE | re.DOTALL), "due row", ("settle", "claim")),
    (re.compile(r"insert into (main\.|dbos\.)?\"?workflow_status", re.IGNORECASE), "job", ("enqueue",)),
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Watch:
    """Which acts are open in each thread, and what happened outside of them."""

    def __init__(self, folders: Path) -> None:
        self.folders = str(folders)
        self.on = False
        self.seen: Counter[str] = Counter()
        self.bare: Counter[str] = Counter()
        self._open = threading.local()

    def _acts(self) -> list[str]:
        if not hasattr(self._open, "acts"):
            self._open.acts = []
        acts: list[str] = self._open.acts
        return acts

    def reach(self, point: str, passed_on: Callable[[str], None]) -> None:
        """A thread comes to a point."""
        act, _, when = point.partition(".")
        acts = self._acts()
        if when == "before":
            acts.append(act)
        elif act in acts:
            del acts[acts.index(act) :]
        passed_on(point)

    def happened(self, what: str, *within: str) -> None:
        """Something was done that must stand within one of these acts."""
        if self.on:
            self.seen[what] += 1
            if not {*within} & {*self._acts()}:
                self.bare[what] += 1

    def event(self, name: str, arguments: tuple[Any, ...]) -> None:
        """What the interpreter tells (`sys.addaudithook`)."""
        if not self.on:
            return
        if name == "socket.connect" and isinstance(arguments[1], tuple):
            self.happened("connection", "send", "post")
        elif name == "open" and self._is_ours(arguments[0]):
            if isinstance(arguments[2], int) and arguments[2] & _WRITES:
                self.happened("file written", "write")
            elif not Path(arguments[0]).is_dir():
                self.happened("file read", "fetch", "move")
        elif name == "os.rename" and self._is_ours(arguments[0]):
            self.happened("file renamed", "rename")
        elif name in ("os.scandir", "os.listdir") and self._is_ours(arguments[0]):
            self.happened("folder listed", "list")

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self.folders)

    def statement(self, text: str) -> None:
        """A statement that goes to our database."""
        for pattern, what, within in _STATEMENTS:
            if pattern.match(text):
                self.happened(what, *within)


def _listen(watch: Watch) -> None:
    sys.addaudithook(watch.event)
    passed_on = crash_points.reach
    crash_points.reach = lambda point: watch.reach(point, passed_on)
    rehearse = Stage._rehearse

    def rehearsed(stage: Stage, services: Services) -> None:
        assert isinstance(services.store, SqlStore)
        engine = services.store._engines.writing
        sa.event.listen(engine, "commit", lambda _: watch.happened("commit", "commit"))
        sa.event.listen(engine, "before_cursor_execute", lambda *given: watch.statement(given[2]))
        watch.on = True
        rehearse(stage, services)
        # and once more as a whole life, with the engine
        (order, *_) = stage.orders
        life = Life(node="watched", orders=[order], engine=True, notes=stage.notes, lives=stage.home / "lives")
        live(stage.settings, services, life)
        watch.on = False

    Stage._rehearse = rehearsed  # type: ignore[method-assign,assignment]


def _as_it_is(given: object) -> object:
    return given


def main() -> None:
    """Do everything once, and tell."""
    if "unguarded" in sys.argv:
        for name in ("breakable", "breakable_transport"):
            setattr(bootstrap, name, _as_it_is)
    with TemporaryDirectory() as folder:
        home = Path(folder)
        watch = Watch(home / "folders")
        _listen(watch)
        with Stage(home, seed=7, database_url="") as stage:
            passed = {point for point, _ in stage.reached}
    told = {"seen": dict(watch.seen), "bare": dict(watch.bare), "passed": sorted(passed)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
