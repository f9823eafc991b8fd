"""The clearinghouse and its payers: bytes of X12 in, bytes of X12 out, and what happens on the way.

`Simulator.exchange` is the whole of it. It does not know HTTP or files: a fault that concerns the
way of a reply is handed back as a `Mishap` for the transport to carry out. What happens to each
transaction set is the `desk`'s.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from priorwire.clock import Clock
from priorwire.errors import RemoteX12Error

from .desk import KEPT, Desk, ScenarioOrder
from .fault_book import FaultBook, FaultPlan
from .faults import FAULTS, Fault, FaultOrder, Mishap, Seen, Way
from .journal import Entry, Held, Journal
from .packing import BESIDE, acknowledged, acknowledged_apart, packed
from .payers import Payers
from .payers_clock import PayersClock
from .received import Received, receive
from .reply import Reply, written
from .reviews import ReviewBook
from .scenarios import SCENARIOS

#: Interchange control numbers are noted so many at a time; those that a killed run had left are never used.
_NUMBERS = 1000


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What opens the simulator, and nothing else in the world."""

    username: str = "priorwire-demo"
    password: str = "simulated-payers-only"  # noqa: S105 - published: it opens a program that holds invented people
    api_key: str = "simulated-payers-only"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What came of one payload."""

    #: The reply; empty where a fault leaves none.
    payload: bytes
    #: What the transport has to do about it.
    mishap: Mishap | None = None
    #: BHT03 of the first set, to release a held reply by.
    reference: str = ""
    #: ST03 of each kind of answer in the reply, ``TA1`` for a TA1.
    answers: tuple[str, ...] = ()

    @property
    def seen(self) -> Seen:
        """What a sender sees that waits for its answer: for channels in process, which have no connection to lose."""
        return FAULTS[self.mishap.fault].seen if self.mishap else Seen.REPLY


class Simulator:
    """A clearinghouse with its payers. Thread-safe.

    Over a `Journal` with files, it takes up from what an earlier run left there.

    Raises:
        JournalUnreadable: what an earlier run left is not what a simulator wrote.
    """

    def __init__(
        self, *, clock: Clock, journal: Journal, seed: int = 1, credentials: Credentials | None = None
    ) -> None:
        #: The payers' own; what was handed in is its `PayersClock.base`.
        self.clock = clock if isinstance(clock, PayersClock) else PayersClock(clock)
        self.journal = journal
        self.credentials = credentials or Credentials()
        self.faults = FaultBook(seed)
        self.payers = Payers(seed)
        self.lock = threading.RLock()
        self._desk = Desk(payers=self.payers, faults=self.faults, key=journal.key)
        #: ISA13 that was used last, and the last one that is noted as used.
        self._number = self._numbered = 0
        self._take_up()
        self._noted = self.faults.changes
        self.clock.on_change = lambda ahead: journal.write(held={"ahead": ahead.total_seconds()})

    @property
    def reviews(self) -> ReviewBook:
        """Every review that the payers hold."""
        return self.payers.reviews

    # ------------------------------------------------------------ what is ordered

    def order_scenario(self, order: ScenarioOrder) -> None:
        """Let members meet another row; the newest order that fits goes first."""
        with self.lock:
            self._desk.orders.insert(0, order)
            self.journal.write(held=self._standing())

    def order_fault(self, *orders: FaultOrder) -> None:
        """Let the next exchanges that fit meet faults, in this order."""
        with self.lock:
            for order in orders:
                self.faults.order(order)
            self.journal.write(held=self._standing())

    def follow(self, plan: FaultPlan) -> None:
        """Let exchanges meet faults by chance, as this plan has it."""
        with self.lock:
            self.faults.follow(plan)
            self.journal.write(held=self._standing())

    def clear_orders(self) -> None:
        """Forget every order of a scenario or a fault, and all rates. Reviews and the journal stay."""
        with self.lock:
            self._desk.orders.clear()
            self.faults.clear()
            self.journal.write(held=self._standing())

    def overturn(self, reference: str) -> None:
        """Let the payer think again of the review of this BHT03: deny what it granted, approve what it did not.

        Raises:
            LookupError: no payer holds such a review.
        """
        at = self.clock.now()
        with self.lock:
            self.reviews.overturn(reference, at)
            self.journal.write(held={"overturned": reference, "at": at.isoformat()})

    def _standing(self) -> Held:
        self._noted = self.faults.changes
        scenarios = [
            {"scenario": each.scenario.suffix, "payer": each.payer, "member": each.member, "times": each.times}
            for each in self._desk.orders
        ]
        return {"standing": {"faults": self.faults.standing(), "scenarios": scenarios}}

    # ------------------------------------------------------------ exchanges

    def exchange(self, payload: bytes, via: str, note: Callable[[Exchange], Held] | None = None) -> Exchange:
        """Take a payload, act on it, journal it, and give the reply.

        Args:
            payload: the bytes as they came.
            via: how they came (`Entry.via`).
            note: what the transport has to remember together with the exchange, if anything.

        Raises:
            RemoteX12Error: there is no interchange in the payload (journalled as ``unreadable``).
        """
        at = self.clock.now()
        digest = hashlib.sha256(payload).hexdigest()
        blank = Entry(at=at.isoformat(), kind="unreadable", via=via, sha256=digest, reached_payer=False)
        try:
            interchanges = receive(payload)
        except RemoteX12Error:
            self.journal.write(replace(blank, answered="no X12"))
            raise
        with self.lock:
            taken = _Taken(way=Way.of(via), at=at, replies=[(e, self._desk.reply(e, blank, at)) for e in interchanges])
            number = self.next_number(taken.interchanges)
            made = taken.exchange(number) if note else None
            noted = note(made) if note and made else {}
            self.journal.append(*taken.entries, held=self._held(taken, payload, noted))
        # On disk before a byte goes back, and before anything can go wrong in writing the answer.
        self.journal.sync()
        return made or taken.exchange(number)

    def next_number(self, count: int = 1) -> int:
        """The next ISA13 of this clearinghouse, the first of `count` in a row."""
        with self.lock:
            if self._number + count > self._numbered:
                self._numbered = self._number + count + _NUMBERS
                self.journal.append(held={"numbers": self._numbered})
            self._number += count
            return self._number - count + 1

    def _held(self, taken: _Taken, payload: bytes, noted: Held) -> Held | None:
        """What must outlive this run; `None` for an exchange that changed nothing."""
        is_kept = any(entry.reached_payer and entry.kind in KEPT for entry in taken.entries)
        has_met = any(entry.fault and SCENARIOS[entry.scenario].fault for entry in taken.entries if entry.scenario)
        ordered = self._standing() if self._noted != self.faults.changes else {}
        if not (is_kept or has_met or ordered or noted):
            return None
        return {"at": taken.at.isoformat(), "payload": payload.decode("latin-1"), **ordered, **noted}

    # ------------------------------------------------------------ taking up from an earlier run

    def _take_up(self) -> None:
        for held in self.journal.held("numbers", "ahead", "standing", "payload", "overturned"):
            if "numbers" in held:
                self._number = self._numbered = held["numbers"]
            if "ahead" in held:
                self.clock.run_ahead(timedelta(seconds=held["ahead"]))
            if "standing" in held:
                self._restore(held["standing"])
            if "payload" in held:
                entries = [Entry(**each) for each in held["entries"]]
                came = receive(held["payload"].encode("latin-1"))
                self._desk.again(came, entries, datetime.fromisoformat(held["at"]))
            if "overturned" in held:
                self.reviews.overturn(held["overturned"], datetime.fromisoformat(held["at"]))
        for entry in self.journal.entries():
            self._desk.noted(entry)

    def _restore(self, standing: Mapping[str, Any]) -> None:
        self.faults.restore(standing["faults"])
        self._desk.orders[:] = [
            ScenarioOrder(**{**each, "scenario": SCENARIOS[each["scenario"]]}) for each in standing["scenarios"]
        ]


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A payload that payers have seen, before it is answered."""

    way: Way
    at: datetime
    replies: Sequence[tuple[Received, Reply]]

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, reply in self.replies for entry in reply.entries]

    @property
    def mishap(self) -> Mishap | None:
        return next((mishap for _, reply in self.replies for mishap in reply.mishaps), None)

    @property
    def beside(self) -> int:
        """How many interchanges of acknowledgments go before each answer. In folders they are files of their own."""
        return BESIDE.get(self.mishap.fault, 0) if self.mishap and self.way is not Way.FOLDER else 0

    @property
    def interchanges(self) -> int:
        """How many interchanges the reply may hold."""
        return len(self.replies) * (1 + self.beside)

    def exchange(self, number: int) -> Exchange:
        """The reply.

        Args:
            number: ISA13 of its first interchange.
        """
        sent = [(received, reply) for received, reply in self.replies if not reply.is_lost]
        back = b"".join(
            written(received, reply, number=each, at=self.at) for each, (received, reply) in enumerate(sent, number)
        )
        first = number + len(self.replies)
        beside: list[bytes] = []
        for at, (received, _) in enumerate(sent):
            beside += self._acknowledgments(received, first + at * self.beside)
        return Exchange(
            # What a fault makes of files is the folders' to do.
            payload=back if self.way is Way.FOLDER else packed(back, self.mishap, beside),
            mishap=self.mishap,
            reference=self.entries[0].reference if self.entries else "",
            answers=tuple(guide for _, reply in self.replies for guide in reply.guides),
        )

    def _acknowledgments(self, received: Received, number: int) -> Sequence[bytes]:
        match self.mishap.fault if self.beside and self.mishap else None:
            case Fault.TOGETHER:
                return [acknowledged(received, number=number, at=self.at)]
            case Fault.ACK_BEFORE_TA1:
                return acknowledged_apart(received, number=number, at=self.at)
            case _:
                return []
