"""The clearinghouse's desk: each transaction set of an interchange checked, put to its payer, and noted."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.x12 import Issue, TransactionSet

from .acknowledging import acknowledgment, by_order, found_in, rejects, ta1, unreadable, unsupported
from .asked import Asked, Kind, Unreadable, read_asked
from .attachments import TRANSACTION as ATTACHMENTS
from .attachments import Delivered, read_delivered, refused_by_order
from .body import reply_delimiters
from .fault_book import FaultBook
from .faults import Fault, Meeting, Mishap, Way
from .journal import Entry
from .payers import DOWN, Payers, refused_for_now, turned
from .received import Received, ReceivedGroup
from .reply import ACKNOWLEDGMENT, ANSWERS, Reply, bent
from .scenarios import SCENARIOS, Scenario, scenario_of

#: Kinds of which a payer keeps something.
KEPT = frozenset({Kind.REQUEST.value, ATTACHMENTS})


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
class _Came:
    """An interchange at the desk."""

    received: Received
    reply: Reply
    #: ISA06 and ISA08.
    sender: str
    payer: str
    at: datetime


class Desk:
    """Takes interchanges, one after the other. Not thread-safe: the clearinghouse calls it under its lock."""

    def __init__(self, *, payers: Payers, faults: FaultBook, key: bytes) -> None:
        self.orders: list[ScenarioOrder] = []
        self._payers = payers
        self._faults = faults
        self._key = key
        #: Sender and reference of every request and document that a payer was ever given.
        self._reached: set[tuple[str, str]] = set()

    def reply(self, received: Received, entry: Entry, at: datetime) -> Reply:
        """Take an interchange and put its reply together.

        Args:
            received: the interchange.
            entry: what is known of the whole payload, for the journal.
            at: when it came, by the payers' clock.
        """
        reply = Reply(delimiters=reply_delimiters(received.start.delimiters))
        sender, payer = (received.start.header.element(n).strip() for n in (6, 8))
        entry = replace(entry, interchange=received.start.control_number.strip(), sender=sender)
        if received.is_refused or received.wants_ta1:
            reply.ta1.append(ta1(received, reply.delimiters))
        if received.is_refused:
            reply.entries.append(replace(entry, answered=f"TA1 R {reply.ta1[0].element(5)}"))
            return reply
        came = _Came(received=received, reply=reply, sender=sender, payer=payer, at=at)
        for group in received.groups:
            self._group(came, group, entry)
        return reply

    def _group(self, came: _Came, group: ReceivedGroup, entry: Entry) -> None:
        sets: list[tuple[TransactionSet, list[Issue]]] = []
        refused = group.is_broken
        for each in group.sets:
            if each.transaction == "999":  # an acknowledgment is never acknowledged
                continue
            found = found_in(each)
            if each.transaction == ATTACHMENTS:  # the 999 is all the answer that a document gets
                refused |= self._documents(came, each, found, entry, readable=not group.is_broken)
                sets.append((each, found))
                continue
            asked = None if group.is_broken or rejects(found) else _made_out(each, found)
            if asked is None:
                came.reply.entries.append(replace(entry, answered="999 R"))
            elif not self._ask(came, asked, entry):
                found.append(by_order())
            refused = refused or rejects(found)
            sets.append((each, found))
        if refused:
            came.reply.add(ACKNOWLEDGMENT, acknowledgment(group, sets, came.reply.delimiters))

    # ------------------------------------------------------------ questions

    def _ask(self, came: _Came, asked: Asked, entry: Entry) -> bool:
        """Put a question to its payer; gives whether a 999 need not reject it by order."""
        scenario = self._scenario(asked, came.payer)
        mishap = self._met(came, entry, asked.kind.value, asked.member, asked.reference, scenario.fault)
        entry = self._entry(entry, asked, scenario, mishap)
        fault = mishap.fault if mishap else None
        delimiters = came.reply.delimiters
        if fault and not fault.reaches_payer:
            if fault in DOWN:
                body = refused_for_now(asked, fault, scenario, at=came.at, delimiters=delimiters)
                came.reply.add(ANSWERS[asked.kind], body)
            return self._kept_away(came, entry, fault)
        answer = self._payers.answer(asked, turned(scenario, fault), came.sender, at=came.at, delimiters=delimiters)
        came.reply.add(ANSWERS[asked.kind], bent(answer.segments, mishap))
        came.reply.entries.append(replace(entry, answered=answer.summary))
        return True

    def _met(
        self, came: _Came, entry: Entry, kind: str, member: str, reference: str, fault: Fault | None = None
    ) -> Mishap | None:
        meeting = Meeting(
            kind=kind,
            payer=came.payer,
            member=member,
            reference=reference,
            scenario_fault=fault,
            way=Way.of(entry.via),
        )
        mishap = self._faults.meet(meeting)
        came.reply.mishaps += [mishap] if mishap else []
        return mishap

    def _kept_away(self, came: _Came, entry: Entry, fault: Fault) -> bool:
        """Note a message that no payer got; gives whether it needs no 999 by order."""
        came.reply.entries.append(replace(entry, answered=fault.value))
        if fault is Fault.TA1_REJECT:
            came.reply.ta1.append(ta1(came.received, came.reply.delimiters, refused=True))
        return fault is not Fault.ACK_999_REJECT

    def _entry(self, entry: Entry, asked: Asked, scenario: Scenario, mishap: Mishap | None) -> Entry:
        entry = replace(
            entry,
            kind=asked.kind.value,
            reference=asked.reference,
            trace=asked.traces[0].element(2).strip() if asked.traces else "",
            scenario=scenario.suffix,
            meaning=self._meaning(asked),
        )
        return self._with_fate(entry, mishap)

    def _with_fate(self, entry: Entry, mishap: Mishap | None) -> Entry:
        """With whether it reached a payer, and whether it had before."""
        reached = mishap is None or mishap.fault.reaches_payer
        before = (entry.sender, entry.reference) in self._reached
        if reached and entry.kind in KEPT:
            self._reached.add((entry.sender, entry.reference))
        return replace(
            entry,
            fault=mishap.fault.value if mishap else "",
            reached_payer=reached,
            duplicate=entry.kind in KEPT and before,
        )

    def _scenario(self, asked: Asked, payer: str) -> Scenario:
        for at, order in enumerate(self.orders):
            if order.payer in (None, payer) and order.member in (None, asked.member):
                if order.times is not None and asked.kind is not Kind.INQUIRY:
                    self.orders[at : at + 1] = [replace(order, times=order.times - 1)] if order.times > 1 else []
                    self._faults.changes += 1
                return order.scenario
        return scenario_of(asked.member, asked.procedures)

    # ------------------------------------------------------------ documents

    def _documents(
        self, came: _Came, each: TransactionSet, found: list[Issue], entry: Entry, *, readable: bool
    ) -> bool:
        """File what a 275 brings; gives whether a 999 goes back."""
        if not readable or rejects(found):
            came.reply.entries.append(replace(entry, kind=ATTACHMENTS, answered="999 R"))
            return True
        brought = read_delivered(each.segments)
        mishap = self._met(came, entry, ATTACHMENTS, brought.member, brought.reference)
        entry = self._entry_of_documents(entry, brought, mishap)
        if mishap and not mishap.fault.reaches_payer:
            if self._kept_away(came, entry, mishap.fault):
                return False
            found.append(refused_by_order())
            return True
        places = "; ".join(self._payers.file(brought, document, came.at) for document in brought.documents)
        came.reply.entries.append(replace(entry, answered=f"999 A / {places}"))
        return True

    def _entry_of_documents(self, entry: Entry, brought: Delivered, mishap: Mishap | None) -> Entry:
        entry = replace(
            entry,
            kind=ATTACHMENTS,
            reference=brought.reference,
            trace=brought.documents[0].number if brought.documents else "",
            meaning=self._digest(b"".join(document.content for document in brought.documents)),
        )
        return self._with_fate(entry, mishap)

    def _meaning(self, asked: Asked) -> str:
        text = repr((asked.kind.value, asked.member, asked.procedures, asked.dates, asked.certification_type))
        return self._digest(text.encode())

    def _digest(self, content: bytes) -> str:
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()[:16]

    # ------------------------------------------------------------ once more

    def again(self, interchanges: Sequence[Received], entries: Iterable[Entry], at: datetime) -> None:
        """Let the payers do once more what the journal says that they did at `at`; nothing is answered."""
        left = iter(entries)
        for received in interchanges:
            if received.is_refused:
                next(left)
                continue
            for each in (each for group in received.groups for each in group.sets if each.transaction != "999"):
                self._once_more(received, each, next(left), at)

    def noted(self, entry: Entry) -> None:
        """Remember of a line of the journal what a later message may be measured by."""
        self._faults.came(entry.kind, entry.reference)
        if entry.reached_payer and entry.kind in KEPT:
            self._reached.add((entry.sender, entry.reference))

    def _once_more(self, received: Received, each: TransactionSet, entry: Entry, at: datetime) -> None:
        if not entry.scenario:
            if entry.kind == ATTACHMENTS and entry.reached_payer:
                brought = read_delivered(each.segments)
                for document in brought.documents:
                    self._payers.file(brought, document, at)
            return
        asked, scenario = read_asked(each.segments), SCENARIOS[entry.scenario]
        fault = Fault(entry.fault) if entry.fault else None
        if fault is not None and fault is scenario.fault:
            self._faults.has_met(asked.kind.value, asked.member)
        if entry.reached_payer:
            delimiters = reply_delimiters(received.start.delimiters)
            self._payers.answer(asked, turned(scenario, fault), entry.sender, at=at, delimiters=delimiters)


def _made_out(each: TransactionSet, found: list[Issue]) -> Asked | None:
    """What a set asks; what it lacks for that is added to `found`."""
    try:
        return read_asked(each.segments)
    except Unreadable as error:
        found.append(unreadable(error) if error.missing else unsupported())
        return None
