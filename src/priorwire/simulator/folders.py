"""A small batch clearinghouse over a folder pair: takes what was left, and answers in files.

The other end of `channels.directory`, as a transfer client and a clearinghouse behind it would
be: it takes each file of the outbound folder away (into `sent`, where there is one), says TA1
and 999 first and the payers' answers in a file of their own, each written under a temporary
name and renamed. All of its files carry ``.simulated.`` in their names.

Faults are those of the catalogue (`faults`) that go by folders: ordered for the next file that
is taken, or by chance. Nothing happens by itself: `run` does one round, by the payers' clock.

Killed at any moment, it goes on over the same journal: a file is taken away only once what it
asked is journalled together with the files that answer it, and these are written until they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from priorwire.errors import RemoteX12Error

from .answer_278 import answer_request
from .asked import Asked, Kind, Unreadable, read_asked
from .body import reply_delimiters
from .clearinghouse import Exchange, Simulator
from .faults import LATE_BY, Fault, FaultOrder, Way
from .journal import Held
from .packing import acknowledged, acknowledged_apart, poisoned, respelled, truncated
from .received import Received, receive
from .reply import ANSWERS, Reply, written
from .scenarios import Verdict

_TEMPORARY = (".part", ".tmp", ".void")
#: Faults by which nothing comes back in files.
_UNANSWERED = frozenset({Fault.SILENCE, Fault.DROP_BEFORE})
#: What faults make of the content of an answer's file.
_SPOILED: dict[Fault | None, Callable[[bytes], bytes]] = {
    Fault.TRUNCATED: truncated,
    Fault.WITH_POISON: lambda answer: poisoned(answer) + answer,
}
#: ST03 of what a payer answers; a reply without any of them only acknowledges.
_ANSWERS = frozenset(guide for _, _, guide in ANSWERS.values())


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A request that a payer holds."""

    received: Received
    asked: Asked
    sender: str


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file that is to lie in the inbound folder."""

    name: str
    content: bytes
    due_at: datetime
    #: Whether it gets its name in the end.
    is_renamed: bool = True
    #: Whether it waits for the answer to another file, or for `due_at`.
    after_next: bool = False


class FolderClearinghouse:
    """One folder pair, served by a `Simulator`. For one thread."""

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
        self._key = root.name
        self._outbound, self._inbound = root / outbound, root / inbound
        self._sent = None if sent is None else root / sent
        for folder in (self._outbound, self._inbound, self._sent):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
        self._held: list[_Held] = []
        self._told: dict[str, str] = {}
        self._outbox: list[_File] = []
        self._files = 0
        self._took: set[tuple[str, str]] = set()
        #: What was taken, oldest first: name and bytes.
        self.taken: list[tuple[str, bytes]] = []
        for held in simulator.journal.held("folder"):
            self._take_up(held)

    def order(self, *faults: Fault) -> None:
        """Let the next files meet these, one each."""
        self._simulator.order_fault(*(FaultOrder(fault=fault, way=Way.FOLDER) for fault in faults))

    def run(self) -> int:
        """Take what was left and answer it; then tell of reviews that were decided meanwhile. How many files came."""
        names = sorted(each.name for each in self._outbound.iterdir() if not each.name.endswith(_TEMPORARY))
        for name in names:
            self._take(name)
        for held in self._held:
            self._tell(held)
        self._deliver()
        return len(names)

    def reverse(self, reference: str) -> None:
        """Deny what was approved before (or approve what was denied): the next round tells of it, unasked."""
        self._simulator.overturn(reference)

    # ------------------------------------------------------------ taking

    def _take(self, name: str) -> None:
        path = self._outbound / name
        payload = path.read_bytes()
        if (name, _digest(payload)) not in self._took:
            self._take_in(name, payload)
        if self._sent is None:
            path.unlink()
        else:
            path.rename(self._sent / name)

    def _take_in(self, name: str, payload: bytes) -> None:
        try:
            interchanges = receive(payload)
        except RemoteX12Error:
            interchanges = []
        asked = [held for each in interchanges for held in _asked(each)]
        if asked:
            self._simulator.exchange(payload, Way.FOLDER.value, lambda made: self._answered(name, payload, asked, made))
        else:  # acknowledgments of ours, or nothing that can be read: nothing is answered
            self._note(self._taken(name, payload), content=payload)

    def _taken(self, name: str, payload: bytes) -> dict[str, Any]:
        self.taken.append((name, payload))
        self._took.add((name, _digest(payload)))
        return {"took": name}

    def _answered(self, name: str, payload: bytes, asked: Sequence[_Held], made: Exchange) -> Held:
        """The files that answer, planned and not written; gives what to remember of it."""
        self._hold(asked)
        summaries = {each.asked.reference: self._verdict(each).summary for each in asked}
        told = {reference: said for reference, said in summaries.items() if reference not in self._told}
        self._told |= told
        waiting = [each for each in self._outbox if each.after_next]
        files = self._planned(list({id(each.received): each.received for each in asked}.values()), made)
        now = self._simulator.clock.now()
        freed = [replace(each, due_at=now, after_next=False) for each in waiting] if files else []
        return self._noted({**self._taken(name, payload), "told": told}, [*files, *freed])

    def _hold(self, asked: Sequence[_Held]) -> None:
        self._held += [each for each in asked if each.asked.kind is Kind.REQUEST]

    # ------------------------------------------------------------ what to write

    def _planned(self, interchanges: Sequence[Received], made: Exchange) -> list[_File]:
        fault = made.mishap.fault if made.mishap else None
        if fault in _UNANSWERED or not made.payload:
            return []
        if not _ANSWERS.intersection(made.answers):
            return [self._file("acknowledgment", made.payload)]
        if fault is Fault.ACK_BEFORE_TA1:
            return [*self._apart(interchanges), *self._answer_files(made.payload, fault)]
        acknowledgments = b"".join(self._acknowledged(each) for each in interchanges)
        if fault is Fault.TOGETHER:
            return [self._file("all", acknowledgments + made.payload)]
        if fault is Fault.ANSWER_FIRST:
            return [self._file("answer", made.payload), self._file("acknowledgment", acknowledgments)]
        return [self._file("acknowledgment", acknowledgments), *self._answer_files(made.payload, fault)]

    def _answer_files(self, answer: bytes, fault: Fault | None) -> list[_File]:
        if fault in (Fault.SAME_NUMBER, Fault.TWICE):
            again = respelled(answer) if fault is Fault.SAME_NUMBER else answer
            return [self._file("answer", answer), self._file("answer", again)]
        file = self._file("answer", _SPOILED[fault](answer) if fault in _SPOILED else answer)
        if fault in (Fault.LATE, Fault.REORDERED):
            file = replace(file, due_at=file.due_at + LATE_BY, after_next=fault is Fault.REORDERED)
        return [replace(file, is_renamed=fault is not Fault.HALF_RENAMED)]

    def _acknowledged(self, received: Received) -> bytes:
        return acknowledged(received, number=self._simulator.next_number(), at=self._simulator.clock.now())

    def _apart(self, interchanges: Sequence[Received]) -> list[_File]:
        """A file with the 999, then one with the TA1."""
        at = self._simulator.clock.now()
        pairs = [acknowledged_apart(each, number=self._simulator.next_number(2), at=at) for each in interchanges]
        return [self._file("acknowledgment", b"".join(parts)) for parts in zip(*pairs, strict=True)]

    def _file(self, what: str, content: bytes) -> _File:
        self._files += 1
        name = f"{self._files:06}-{what}.simulated.x12"
        return _File(name=name, content=content, due_at=self._simulator.clock.now())

    # ------------------------------------------------------------ telling by itself

    def _verdict(self, held: _Held) -> Verdict:
        review = self._simulator.reviews.same(held.asked, held.sender)
        return review.verdict(self._simulator.clock.now()) if review else Verdict()

    def _tell(self, held: _Held) -> None:
        verdict, reference = self._verdict(held), held.asked.reference
        if self._told.get(reference) not in (None, verdict.summary):
            self._told[reference] = verdict.summary
            final = self._file("final", self._answer(held, verdict))
            self._simulator.journal.write(held=self._noted({"told": {reference: verdict.summary}}, [final]))

    def _answer(self, held: _Held, verdict: Verdict) -> bytes:
        reply = Reply(delimiters=reply_delimiters(held.received.start.delimiters))
        at = self._simulator.clock.now()
        review = self._simulator.reviews.same(held.asked, held.sender)
        answer = answer_request(held.asked, review, verdict, at=at, delimiters=reply.delimiters)
        reply.add(ANSWERS[Kind.REQUEST], answer.segments)
        return written(held.received, reply, number=self._simulator.next_number(), at=at)

    # ------------------------------------------------------------ writing, and what outlives a kill

    def _deliver(self) -> None:
        """Write every file that is due."""
        now = self._simulator.clock.now()
        due = [each for each in self._outbox if each.due_at <= now]
        for file in due:
            temporary = self._inbound / f"{file.name}.part"
            temporary.write_bytes(file.content)
            if file.is_renamed:
                temporary.rename(self._inbound / file.name)
            self._outbox.remove(file)
        if due:
            self._note({"wrote": [each.name for each in due]})

    def _noted(self, facts: dict[str, Any], files: Sequence[_File]) -> Held:
        """Put files into the outbox, a file that is there already under its new terms; gives what to remember."""
        self._post(files)
        plain = [
            {
                "name": each.name,
                "content": each.content.decode("latin-1"),
                "due_at": each.due_at.isoformat(),
                "is_renamed": each.is_renamed,
                "after_next": each.after_next,
            }
            for each in files
        ]
        return {"folder": {"key": self._key, "number": self._files, "files": plain, **facts}}

    def _note(self, facts: dict[str, Any], content: bytes = b"") -> None:
        self._simulator.journal.write(held=self._noted({**facts, "content": content.decode("latin-1")}, ()))

    def _post(self, files: Sequence[_File]) -> None:
        names = {each.name for each in files}
        self._outbox = [*(each for each in self._outbox if each.name not in names), *files]

    def _take_up(self, held: Held) -> None:
        """Go on from what an earlier run noted."""
        facts = held["folder"]
        if facts["key"] != self._key:
            return
        self._files = facts["number"]
        self._told |= facts.get("told", {})
        self._post([_posted(each) for each in facts["files"]])
        self._outbox = [each for each in self._outbox if each.name not in facts.get("wrote", ())]
        if "took" in facts:
            payload = (held.get("payload") or facts.get("content", "")).encode("latin-1")
            self._taken(facts["took"], payload)
            if "payload" in held:
                self._hold([each for received in receive(payload) for each in _asked(received)])


def _posted(plain: dict[str, Any]) -> _File:
    return _File(
        **{
            **plain,
            "content": plain["content"].encode("latin-1"),
            "due_at": datetime.fromisoformat(plain["due_at"]),
        }
    )


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


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
