"""The payers' side as processes of its own: one that listens (HTTP and mail), one that keeps a folder pair.

The listening one is killed and started again like a gateway, and remembers as a payer does: by the
simulator's own journal. A log beside it says which bytes went back for which.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from priorwire.clock import Clock
from priorwire.simulator import (
    Addresses,
    Exchange,
    Fault,
    FolderClearinghouse,
    Journal,
    Service,
    Simulator,
)
from priorwire.simulator.fault_book import FaultPlan
from priorwire.simulator.journal import Held
from priorwire.simulator.server import write_ready_file

#: Real seconds between two looks into the folders.
_LOOK = 0.02
#: And how often its payers tell by themselves of what they have decided.
_TELLS = 0.5
#: Of the files that the folder pair's keeper takes, how many meet a fault.
_FAULTY = 0.25
#: And which.
_FILE_FAULTS = (
    *(Fault.TRUNCATED, Fault.HALF_RENAMED, Fault.SAME_NUMBER, Fault.TWICE, Fault.TOGETHER, Fault.ANSWER_FIRST),
    *(Fault.WITH_POISON, Fault.SILENCE),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the payers' side keeps what it keeps."""

    home: Path
    clock: Clock
    seed: int

    @property
    def journal(self) -> Path:
        """Of what came over HTTP and by mail."""
        return self.home / "journal.jsonl"

    @property
    def traffic(self) -> Path:
        """Of every payload that came over HTTP and every reply, the SHA-256."""
        return self.home / "traffic.jsonl"

    @property
    def folder_journal(self) -> Path:
        """Of what was found in the outbound folder."""
        return self.home / "folder-journal.jsonl"

    @property
    def folders(self) -> Path:
        """The folder pair."""
        return self.home / "folders"

    @property
    def calm(self) -> Path:
        """Where this file is, nothing goes wrong any more on purpose."""
        return self.home / "calm"


class _Noting(Simulator):
    """A simulator that notes which bytes went back for which."""

    def __init__(self, place: Place, rates: Mapping[Fault, float]) -> None:
        super().__init__(clock=place.clock, journal=Journal(place.journal), seed=place.seed)
        self.follow(FaultPlan(seed=place.seed, rates=rates))
        self._log = os.open(place.traffic, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._log, b"\n")  # after half a line of a process that was killed

    def exchange(self, payload: bytes, via: str, note: Callable[[Exchange], Held] | None = None) -> Exchange:
        exchange = super().exchange(payload, via, note)
        came, went = hashlib.sha256(payload), hashlib.sha256(exchange.payload)
        line = json.dumps({"to": came.hexdigest(), "out": went.hexdigest()}).encode("ascii") + b"\n"
        os.write(self._log, line)  # before it goes back; one write, so that two threads do not mix their lines
        os.fsync(self._log)
        return exchange


def _lines(path: Path) -> list[dict[str, str]]:
    """What a log holds; half a line is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().splitlines() if line.endswith(b"}")]


def replies(place: Place) -> dict[str, set[str]]:
    """SHA-256 of each message that came over HTTP -> of each reply to it."""
    found: dict[str, set[str]] = {}
    for line in _lines(place.traffic):
        if "out" in line:
            found.setdefault(line["to"], set()).add(line["out"])
    return found


def listen(place: Place, rates: Mapping[Fault, float], ready: Path, ports: tuple[int, int]) -> None:
    """Serve HTTP and mail for ever, on these ports (0: any that is free)."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # warns of an attribute of its own at every log-in
    simulator = _Noting(place, {} if place.calm.exists() else rates)
    service = Service(simulator, port=ports[0], smtp_port=ports[1])
    announce: partial[None] = partial(_announce, ready)
    asyncio.run(service.serve(announce))


def _announce(ready: Path, addresses: Addresses) -> None:
    write_ready_file(ready, addresses)


def keep_folders(place: Place, ready: Path) -> None:
    """Empty and fill the folder pair for ever."""
    draw = Random(f"folders {place.seed}")  # noqa: S311 -- the same seed, the same faults
    simulator = Simulator(clock=place.clock, journal=Journal(place.folder_journal), seed=place.seed)
    house = FolderClearinghouse(simulator, place.folders, sent="sent")
    ready.touch()
    outbound, told = place.folders / "outbound", time.monotonic()
    while True:
        waits = any(not each.name.startswith(".") for each in outbound.iterdir())
        if waits and draw.random() < _FAULTY and not place.calm.exists():
            house.order(draw.choice(_FILE_FAULTS))
        if waits or time.monotonic() > told + _TELLS:
            house.run()
            told = time.monotonic()
        time.sleep(_LOOK)
