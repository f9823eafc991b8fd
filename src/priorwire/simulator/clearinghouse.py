"""The clearinghouse and its payers: bytes of X12 in, bytes of X12 out, and what happens on the way.

`Simulator.exchange` is the whole of it. It does not know HTTP: a fault that concerns the
connection is handed back as a `Mishap` for the transport to carry out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from priorwire.clock import Clock
from priorwire.errors import RemoteX12Error
from priorwire.x12 import Issue, TransactionSet
from priorwire.x12.segments import Delimiters

from .acknowledging import acknowledgment, by_order, found_in, rejects, ta1, unreadable, unsupported
from .answer_270 import answer_270
from .answer_278 import Answer, answer_inquiry, answer_request
from .asked import Asked, Kind, Unreadable, read_asked
from .attachments import TRANSACTION as ATTACHMENTS
from .attachments import Delivered, Filed, announces, read_delivered, refused_by_order, wants
from .body import reply_delimiters
from .faults import Fault, FaultBook, Meeting, Mishap
from .journal import Entry, Journal
from .received import Received, ReceivedGroup, receive
from .reply import ACKNOWLEDGMENT, ANSWERS, Reply, misdirected, spoiled, written
from .reviews import Review, ReviewBook
from .scenarios import Rejection, Scenario, Verdict, scenario_of


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What opens the simulator, and nothing else in the world."""

    username: str = "priorwire-demo"
    password: str = "simulated-payers-only"  # noqa: S105 - published: it opens a program that holds invented people
    api_key: str = "simulated-payers-only"


@dataclass(frozen=True, kw_only=True)
class ScenarioOrder:
    """From now on, or so many times, these members meet another row."""

    scenario: Scenario
    #: ISA08; `None` for every payer.
    payer: str | None = None
    #: A whole member id; `None` for every member.
    member: str | None = None
    times: int | None = None


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


class Simulator:
    """A clearinghouse with its payers. Thread-safe."""

    def __init__(
        self, *, clock: Clock, journal: Journal, seed: int = 1, credentials: Credentials | None = None
    ) -> None:
        self.clock = clock
        self.journal = journal
        self.credentials = credentials or Credentials()
        self.faults = FaultBook(seed)
        self.reviews = ReviewBook(seed)
        self.lock = threading.RLock()
        self._orders: list[ScenarioOrder] = []
        #: Sender and BHT03 of every X217 that a payer was ever given.
        self._reached: set[tuple[str, str]] = set()
        self._number = 0
        self._digest_key = secrets.token_bytes(16)

    def order_scenario(self, order: ScenarioOrder) -> None:
        """Let members meet another row; the newest order that fits goes first."""
        with self.lock:
            self._orders.insert(0, order)

    def clear_orders(self) -> None:
        """Forget every order of a scenario or a fault. Reviews and the journal stay."""
        with self.lock:
            self._orders.clear()
            self.faults.clear()

    def exchange(self, payload: bytes, via: str) -> Exchange:
        """Take a payload, act on it, journal it, and give the reply.

        Raises:
            RemoteX12Error: there is no interchange in the payload (journalled as ``unreadable``).
        """
        digest = hashlib.sha256(payload).hexdigest()
        at = self.clock.now()
        blank = Entry(at=at.isoformat(), kind="unreadable", via=via, sha256=digest, reached_payer=False)
        try:
            interchanges = receive(payload)
        except RemoteX12Error:
            self.journal.write(replace(blank, answered="no X12"))
            raise
        with self.lock:
            replies = [(each, self._reply(each, blank)) for each in interchanges]
        # On disk before a byte goes back, and before anything can go wrong in writing the answer.
        self.journal.write(*(entry for _, reply in replies for entry in reply.entries))
        return self._exchanged(replies, at)

    # ------------------------------------------------------------ one interchange

    def _reply(self, received: Received, entry: Entry) -> Reply:
        reply = Reply(delimiters=reply_delimiters(received.start.delimiters))
        entry = replace(entry, interchange=received.start.control_number.strip())
        if received.is_refused or received.wants_ta1:
            reply.ta1.append(ta1(received, reply.delimiters))
        if received.is_refused:
            reply.entries.append(replace(entry, answered=f"TA1 R {reply.ta1[0].element(5)}"))
            return reply
        for group in received.groups:
            self._group(received, group, reply, entry)
        return reply

    def _group(self, received: Received, group: ReceivedGroup, reply: Reply, entry: Entry) -> None:
        sets: list[tuple[TransactionSet, list[Issue]]] = []
        refused = group.is_broken
        for each in group.sets:
            if each.transaction == "999":  # an acknowledgment is never acknowledged
                continue
            found = found_in(each)
            if each.transaction == ATTACHMENTS:  # the 999 is all the answer that a document gets
                refused |= self._documents(received, each, found, reply, entry, readable=not group.is_broken)
                sets.append((each, found))
                continue
            asked = None if group.is_broken or rejects(found) else _made_out(each, found)
            if asked is None:
                reply.entries.append(replace(entry, answered="999 R"))
            elif not self._ask(received, asked, reply, entry):
                found.append(by_order())
            refused = refused or rejects(found)
            sets.append((each, found))
        if refused:
            reply.add(ACKNOWLEDGMENT, acknowledgment(group, sets, reply.delimiters))

    def _ask(self, received: Received, asked: Asked, reply: Reply, entry: Entry) -> bool:
        """Put a question to its payer; gives whether a 999 need not reject it by order."""
        sender, payer = (received.start.header.element(n).strip() for n in (6, 8))
        scenario = self._scenario(asked, payer)
        mishap = self.faults.meet(
            Meeting(
                kind=asked.kind.value,
                payer=payer,
                member=asked.member,
                reference=asked.reference,
                scenario_fault=scenario.fault,
            )
        )
        entry = self._entry(entry, asked, sender, scenario, mishap)
        if mishap:
            reply.mishaps.append(mishap)
            if not mishap.fault.reaches_payer:
                reply.entries.append(replace(entry, answered=mishap.fault.value))
                if mishap.fault is Fault.TA1_REJECT:
                    reply.ta1.append(ta1(received, reply.delimiters, refused=True))
                return mishap.fault is not Fault.ACK_999_REJECT
        answer = self._answer(asked, scenario, sender, reply.delimiters)
        body = misdirected(answer.segments) if mishap and mishap.fault is Fault.WRONG_TRACE else answer.segments
        reply.add(ANSWERS[asked.kind], body)
        reply.entries.append(replace(entry, answered=answer.summary))
        return True

    def _entry(self, entry: Entry, asked: Asked, sender: str, scenario: Scenario, mishap: Mishap | None) -> Entry:
        reached = mishap is None or mishap.fault.reaches_payer
        before = (sender, asked.reference) in self._reached
        if reached and asked.kind is Kind.REQUEST:
            self._reached.add((sender, asked.reference))
        return replace(
            entry,
            kind=asked.kind.value,
            reference=asked.reference,
            trace=asked.traces[0].element(2).strip() if asked.traces else "",
            scenario=scenario.suffix,
            fault=mishap.fault.value if mishap else "",
            reached_payer=reached,
            duplicate=asked.kind is Kind.REQUEST and before,
            meaning=self._meaning(asked),
        )

    def _scenario(self, asked: Asked, payer: str) -> Scenario:
        for at, order in enumerate(self._orders):
            if order.payer in (None, payer) and order.member in (None, asked.member):
                if order.times is not None and asked.kind is not Kind.INQUIRY:
                    self._orders[at : at + 1] = [replace(order, times=order.times - 1)] if order.times > 1 else []
                return order.scenario
        return scenario_of(asked.member, asked.procedures)

    # ------------------------------------------------------------ documents

    def _documents(
        self,
        received: Received,
        each: TransactionSet,
        found: list[Issue],
        reply: Reply,
        entry: Entry,
        *,
        readable: bool,
    ) -> bool:
        """File what a 275 brings; gives whether a 999 goes back."""
        if not readable or rejects(found):
            reply.entries.append(replace(entry, kind=ATTACHMENTS, answered="999 R"))
            return True
        sender, payer = (received.start.header.element(n).strip() for n in (6, 8))
        brought = read_delivered(each.segments)
        mishap = self.faults.meet(
            Meeting(
                kind=ATTACHMENTS,
                payer=payer,
                member=brought.member,
                reference=brought.reference,
                scenario_fault=None,
            )
        )
        entry = self._entry_of_documents(entry, brought, sender, mishap)
        if mishap:
            reply.mishaps.append(mishap)
        if mishap and not mishap.fault.reaches_payer:
            reply.entries.append(replace(entry, answered=mishap.fault.value))
            if mishap.fault is Fault.TA1_REJECT:
                reply.ta1.append(ta1(received, reply.delimiters, refused=True))
            if mishap.fault is Fault.ACK_999_REJECT:
                found.append(refused_by_order())
            return mishap.fault is Fault.ACK_999_REJECT
        places = "; ".join(self._file(brought, document) for document in brought.documents)
        reply.entries.append(replace(entry, answered=f"999 A / {places}"))
        return True

    def _entry_of_documents(self, entry: Entry, brought: Delivered, sender: str, mishap: Mishap | None) -> Entry:
        reached = mishap is None or mishap.fault.reaches_payer
        before = (sender, brought.reference) in self._reached
        if reached:
            self._reached.add((sender, brought.reference))
        return replace(
            entry,
            kind=ATTACHMENTS,
            reference=brought.reference,
            trace=brought.documents[0].number if brought.documents else "",
            fault=mishap.fault.value if mishap else "",
            reached_payer=reached,
            duplicate=before,
            meaning=self._digest(b"".join(document.content for document in brought.documents)),
        )

    def _file(self, brought: Delivered, document: Filed) -> str:
        """Where a document is filed, in words; a review that waited for it is decided from now on."""
        if not document.is_whole or not document.content:
            return "not whole"
        at = self.clock.now()
        for review in self.reviews.of_member(brought.member):
            if review.verdict(at).pended and wants(review, document):
                self.reviews.supply(review, at)
                return "asked for"
            if announces(review, document):
                return "announced"
        return "no review has this number"

    # ------------------------------------------------------------ what payers say

    def _answer(self, asked: Asked, scenario: Scenario, sender: str, delimiters: Delimiters) -> Answer:
        at = self.clock.now()
        if asked.kind is Kind.ELIGIBILITY:
            segments = answer_270(asked, scenario, at=at, delimiters=delimiters)
            return Answer(segments=segments, summary=_said_of_coverage(scenario))
        if asked.kind is Kind.INQUIRY:
            rejection = scenario.eligibility_rejection
            found = () if rejection else self.reviews.like(asked)
            return answer_inquiry(asked, found, rejection, at=at, delimiters=delimiters)
        review, verdict = self._reviewed(asked, scenario, sender, at)
        return answer_request(asked, review, verdict, at=at, delimiters=delimiters)

    def _reviewed(self, asked: Asked, scenario: Scenario, sender: str, at: datetime) -> tuple[Review | None, Verdict]:
        before = self.reviews.same(asked, sender)
        if before:
            return before, Verdict(action="A3", reasons=("0Q",))
        if asked.cancels or (asked.certification_type != "I" and asked.previous):
            found = self.reviews.quoted(asked)
            if found is None and not asked.names_held:
                return None, Verdict(rejection=Rejection(loop="2000E", reason="AA", follow_up="C"))
            if found and (asked.cancels or found.verdict(at).pended):
                return self._followed_up(asked, found, at)
        return self._taken_up(asked, scenario, sender, at)

    def _taken_up(self, asked: Asked, scenario: Scenario, sender: str, at: datetime) -> tuple[Review | None, Verdict]:
        verdict = scenario.verdict(timedelta())
        if verdict.rejection:
            return None, verdict
        opened = self.reviews.open(asked, sender=sender, scenario=scenario, now=at)
        if asked.cancels:  # of a review from before the simulator was started
            opened = self.reviews.cancel(opened, at)
        return opened, opened.verdict(at)

    def _followed_up(self, asked: Asked, found: Review, at: datetime) -> tuple[Review, Verdict]:
        """A cancellation, or more about a review that is not decided yet."""
        changed = self.reviews.cancel(found, at) if asked.cancels else self.reviews.supply(found, at)
        return changed, changed.verdict(at)

    def _exchanged(self, replies: Sequence[tuple[Received, Reply]], at: datetime) -> Exchange:
        mishap = next((mishap for _, reply in replies for mishap in reply.mishaps), None)
        back = b"".join(
            written(each, reply, number=self.next_number(), at=at) for each, reply in replies if not reply.is_lost
        )
        entries = [entry for _, reply in replies for entry in reply.entries]
        return Exchange(
            payload=spoiled(back, mishap),
            mishap=mishap,
            reference=entries[0].reference if entries else "",
            answers=tuple(guide for _, reply in replies for guide in reply.guides),
        )

    def next_number(self) -> int:
        """The next ISA13 of this clearinghouse."""
        with self.lock:
            self._number += 1
            return self._number

    def _meaning(self, asked: Asked) -> str:
        text = repr((asked.kind.value, asked.member, asked.procedures, asked.dates, asked.certification_type))
        return self._digest(text.encode())

    def _digest(self, content: bytes) -> str:
        return hmac.new(self._digest_key, content, "sha256").hexdigest()[:16]


def _made_out(each: TransactionSet, found: list[Issue]) -> Asked | None:
    """What a set asks; what it lacks for that is added to `found`."""
    try:
        return read_asked(each.segments)
    except Unreadable as error:
        found.append(unreadable(error) if error.missing else unsupported())
        return None


def _said_of_coverage(scenario: Scenario) -> str:
    if scenario.eligibility_rejection:
        return Verdict(rejection=scenario.eligibility_rejection).summary
    return f"EB {scenario.coverage.value or 'none'}"
