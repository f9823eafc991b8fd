"""The payers' side as processes of its own: one that listens (HTTP and mail), one that keeps a folder pair.

The listening one is killed and started again like a gateway, and must remember as a payer does.
So each payload goes to a log on disk before it is acted upon, with the time and, in the next line,
the reply; a process that starts reads the log through a simulator of the same seed, which brings
back its reviews, its numbers and the faults that were met, and adds to the journal what its
predecessor had taken and not journalled. The log also says byte for byte what went back.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from priorwire.clock import Clock
from priorwire.errors import RemoteX12Error
from priorwire.simulator import (
    Addresses,
    Exchange,
    Fault,
    FolderClearinghouse,
    FolderFault,
    Journal,
    Service,
    Simulator,
)
from priorwire.simulator.server import write_ready_file

#: Real seconds between two looks into the folders.
_LOOK = 0.02
#: And how often its payers tell by themselves of what they have decided.
_TELLS = 0.5
#: Of the files that the folder pair's keeper takes, how many meet a fault.
_FAULTY = 0.25


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
        """Every payload that came over HTTP, and what was answered."""
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


class _Past:
    """A clock that shows what is read from the log."""

    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(0, UTC)

    def now(self) -> datetime:
        return self.at


class _Lasting(Simulator):
    """A simulator that lives on in its log."""

    def __init__(self, place: Place, rates: Mapping[Fault, float]) -> None:
        past = _Past()
        super().__init__(clock=past, journal=Journal(), seed=place.seed)
        # The same over all lives, so that the meanings of two lines can be compared.
        self._digest_key = hashlib.sha256(f"meanings {place.seed}".encode()).digest()[:16]
        self.faults.rates(rates)
        self._log: int | None = None
        for taken_at, payload, via in _taken(place.traffic):
            past.at = taken_at
            self._again(payload, via)
        again = self.journal.entries()
        self.clock, self.journal = place.clock, Journal(place.journal)
        before = [each for each in self.journal.entries() if each.kind != "fax"]
        self.journal.write(*again[len(before) :])
        self._log = os.open(place.traffic, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._log, b"\n")  # after half a line of a process that was killed

    def exchange(self, payload: bytes, via: str) -> Exchange:
        if self._log is None:
            return super().exchange(payload, via)
        with self.lock:  # so that the order of the log is the order of what was done
            self._note({"at": self.clock.now().isoformat(), "via": via, "in": base64.b64encode(payload).decode()})
            exchange = super().exchange(payload, via)
            # Blanks around it belong to the envelope, which has some of its own: a channel takes them off.
            came, went = hashlib.sha256(payload), hashlib.sha256(exchange.payload.strip())
            self._note({"to": came.hexdigest(), "out": went.hexdigest()})
            return exchange

    def _again(self, payload: bytes, via: str) -> None:
        try:
            self.exchange(payload, via)
        except RemoteX12Error:
            return  # it was refused then, too

    def _note(self, line: dict[str, str]) -> None:
        assert self._log is not None
        os.write(self._log, json.dumps(line).encode("ascii") + b"\n")
        os.fsync(self._log)


def _lines(path: Path) -> list[dict[str, str]]:
    """What a log holds; half a line is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().splitlines() if line.endswith(b"}")]


def _taken(path: Path) -> list[tuple[datetime, bytes, str]]:
    return [
        (datetime.fromisoformat(line["at"]), base64.b64decode(line["in"]), line["via"])
        for line in _lines(path)
        if "in" in line
    ]


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
    simulator = _Lasting(place, {} if place.calm.exists() else rates)
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
            house.order(draw.choice(list(FolderFault)))
        if waits or time.monotonic() > told + _TELLS:
            house.run()
            told = time.monotonic()
        time.sleep(_LOOK)
