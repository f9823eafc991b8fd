"""A small batch clearinghouse over a folder pair: takes what was left, and answers in files.

The other end of `channels.directory`, as a transfer client and a clearinghouse behind it would
be: it takes each file of the outbound folder away (into `sent`, where there is one), says TA1
and 999 first and the payers' answers in a file of their own, each written under a temporary
name and renamed. All of its files carry ``.simulated.`` in their names.

Faults are ordered for the next file that is taken (`FolderFault`). Nothing happens by itself:
`run` does one round, by the simulator's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from .acknowledging import acknowledgment, found_in, ta1
from .answer_278 import answer_request
from .asked import Asked, Kind, Unreadable, read_asked
from .body import reply_delimiters
from .clearinghouse import Simulator
from .received import Received, receive
from .reply import ACKNOWLEDGMENT, ANSWERS, Reply, written
from .scenarios import Verdict

_TEMPORARY = (".part", ".tmp", ".void")


class FolderFault(Enum):
    """What goes wrong with the files about the next one that is taken."""

    #: The answer's file ends in its middle, and stays so.
    TRUNCATED = "truncated"
    #: The answer is written and never renamed.
    HALF_RENAMED = "half_renamed"
    #: The answer comes twice: the second with other bytes under the same ISA13 and another name.
    SAME_NUMBER = "same_number"
    #: The answer comes twice, byte for byte, under two names.
    TWICE = "twice"
    #: Acknowledgments and answer come in one file.
    TOGETHER = "together"
    #: The answer comes before its acknowledgments.
    ANSWER_FIRST = "answer_first"
    #: The answer comes together with another interchange that nothing can be made of.
    WITH_POISON = "with_poison"
    #: Nothing is answered.
    SILENCE = "silence"


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A request that a payer holds."""

    received: Received
    asked: Asked
    sender: str


class FolderClearinghouse:
    """One folder pair, served by a `Simulator`."""

    def __init__(
        self,
        simulator: Simulator,
        root: Path,
        *,
        outbound: str = "outbound",
        inbound: str = "inbound",
        sent: str | None = None,
    ) -> None:
        self._simulator = simulator
        self._outbound, self._inbound = root / outbound, root / inbound
        self._sent = None if sent is None else root / sent
        for folder in (self._outbound, self._inbound, self._sent):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
        self._faults: list[FolderFault] = []
        self._held: list[_Held] = []
        self._told: dict[str, str] = {}
        self._files = 0
        #: What was taken, oldest first: name and bytes.
        self.taken: list[tuple[str, bytes]] = []

    def order(self, *faults: FolderFault) -> None:
        """Let the next files meet these, one each."""
        self._faults += faults

    def run(self) -> int:
        """Take what was left and answer it; then tell of reviews that were decided meanwhile. How many files came."""
        names = sorted(each.name for each in self._outbound.iterdir() if not each.name.endswith(_TEMPORARY))
        for name in names:
            self._take(name)
        for held in self._held:
            self._tell(held)
        return len(names)

    def reverse(self, reference: str) -> None:
        """Deny what was approved before, without being asked."""
        held = next(each for each in self._held if each.asked.reference == reference)
        self._write([self._answer(held, Verdict(action="A3", reasons=("0F",)))], "reversal")

    # ------------------------------------------------------------ taking

    def _take(self, name: str) -> None:
        path = self._outbound / name
        payload = path.read_bytes()
        if self._sent is None:
            path.unlink()
        else:
            path.rename(self._sent / name)
        self.taken.append((name, payload))
        interchanges = receive(payload)
        asked = [held for each in interchanges for held in _asked(each)]
        if not asked:  # acknowledgments of ours: nothing is answered
            return
        fault = self._faults.pop(0) if self._faults else None
        answer = self._simulator.exchange(payload, "folder").payload
        self._held += [each for each in asked if each.asked.kind is Kind.REQUEST]
        for each in asked:
            self._told.setdefault(each.asked.reference, self._verdict(each).summary)
        self._reply([self._acknowledged(each) for each in interchanges], answer, fault)

    def _acknowledged(self, received: Received) -> bytes:
        """TA1 and 999 in one interchange."""
        reply = Reply(delimiters=reply_delimiters(received.start.delimiters))
        reply.ta1.append(ta1(received, reply.delimiters))
        for group in received.groups:
            sets = [(each, found_in(each)) for each in group.sets]
            reply.add(ACKNOWLEDGMENT, acknowledgment(group, sets, reply.delimiters))
        return written(received, reply, number=self._simulator.next_number(), at=self._simulator.clock.now())

    def _reply(self, acknowledgments: list[bytes], answer: bytes, fault: FolderFault | None) -> None:
        if fault is FolderFault.SILENCE:
            return
        if fault is FolderFault.TOGETHER:
            self._write([*acknowledgments, answer], "all")
            return
        if fault is FolderFault.ANSWER_FIRST:
            self._write([answer], "answer")
            self._write(acknowledgments, "acknowledgment")
            return
        self._write(acknowledgments, "acknowledgment")
        match fault:
            case FolderFault.TRUNCATED:
                self._write([answer[: len(answer) * 3 // 5]], "answer")
            case FolderFault.HALF_RENAMED:
                self._write([answer], "answer", rename=False)
            case FolderFault.SAME_NUMBER:
                self._write([answer], "answer")
                self._write([answer.replace(b"~", b"~\n")], "answer")
            case FolderFault.TWICE:
                self._write([answer], "answer")
                self._write([answer], "answer")
            case FolderFault.WITH_POISON:
                self._write([_poisoned(answer), answer], "answer")
            case _:
                self._write([answer], "answer")

    # ------------------------------------------------------------ telling by itself

    def _verdict(self, held: _Held) -> Verdict:
        review = self._simulator.reviews.same(held.asked, held.sender)
        return review.verdict(self._simulator.clock.now()) if review else Verdict()

    def _tell(self, held: _Held) -> None:
        verdict = self._verdict(held)
        if self._told.get(held.asked.reference) not in (None, verdict.summary):
            self._told[held.asked.reference] = verdict.summary
            self._write([self._answer(held, verdict)], "final")

    def _answer(self, held: _Held, verdict: Verdict) -> bytes:
        reply = Reply(delimiters=reply_delimiters(held.received.start.delimiters))
        at = self._simulator.clock.now()
        review = self._simulator.reviews.same(held.asked, held.sender)
        answer = answer_request(held.asked, review, verdict, at=at, delimiters=reply.delimiters)
        reply.add(ANSWERS[Kind.REQUEST], answer.segments)
        return written(held.received, reply, number=self._simulator.next_number(), at=at)

    def _write(self, interchanges: list[bytes], what: str, *, rename: bool = True) -> None:
        self._files += 1
        name = f"{self._files:06}-{what}.simulated.x12"
        temporary = self._inbound / f"{name}.part"
        temporary.write_bytes(b"".join(interchanges))
        if rename:
            temporary.rename(self._inbound / name)


def _asked(received: Received) -> Iterator[_Held]:
    sender = received.start.header.element(6).strip()
    for group in received.groups:
        for each in group.sets:
            if each.transaction == "999":
                continue
            try:
                asked = read_asked(each.segments)
            except Unreadable:
                continue
            yield _Held(received=received, asked=asked, sender=sender)


def _poisoned(answer: bytes) -> bytes:
    """The same interchange, of a transaction that nobody has a guide for."""
    return answer.replace(b"ST*278*", b"ST*999999*", 1).replace(b"000000", b"900000", 1)
