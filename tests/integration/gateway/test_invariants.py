"""What must hold at every moment, whatever comes: seeded random days of a practice, its payers and a dying process.

After each step everything is counted: no request for review reached a payer twice, every answer that was archived
is read or waits to be, and every transaction is over, due, held, or before a person.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random
from types import TracebackType

import pytest
from sqlalchemy import Engine, select

from priorwire.errors import PriorwireError, RemoteX12Error
from priorwire.gateway import queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.fax_status import FaxStatus, note_fax_status
from priorwire.gateway.intake import Command
from priorwire.gateway.ports import UnitOfWork
from priorwire.gateway.queries import TransactionView
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import Direction, DueKind, ExchangeState, TransactionRow, WorkState
from priorwire.gateway.steps import run_due
from priorwire.gateway.ways import Accepted, Failure, Final, Message, NotSent, Refused, SendOutcome, Uncertain
from priorwire.gateway.webhooks import subscribe
from priorwire.gateway.work_items import Attachment, Completion, PersonOutcome, complete
from priorwire.model.identifiers import ArchiveId, TenantId
from priorwire.model.lifecycle import CaseState, Delivery, Review
from priorwire.payers.profile import ChannelKind, Transaction
from priorwire.store import SqlStore
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.tables import DUE_INDEX
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for
from tests.integration.gateway.test_never_twice import Killed
from tests.integration.gateway.test_strange_answers import ack_999, ta1

STEPS = 36
ENDINGS = ("APPROVE", "PENDREVIEW", "DENY", "REJECT72", "CONTACT", "MODIFY", "SILENT")
#: Endings that the simulated payers approve, at once or later.
GRANTED = {"APPROVE", "PENDREVIEW", "MODIFY"}
_OPEN = (Review.SUBMITTED, Review.PENDED)
_REPEATABLE = (Review.REJECTED, Review.DENIED, Review.CANCELLED, Review.SUPERSEDED, Review.EXPIRED)


class Doomed:
    """A unit of work in which the process dies: just before its commit, or just after."""

    def __init__(self, inner: UnitOfWork, *, committed: bool) -> None:
        self._inner = inner
        self._committed = committed

    def __enter__(self) -> UnitOfWork:
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None or self._committed:
            self._inner.__exit__(kind, error, trace)
        else:
            self._inner.__exit__(Killed, Killed(), None)
        if kind is None:
            raise Killed


class Days:
    """A world that is driven by dice."""

    def __init__(self, world: World, due: Engine, dice: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.due = due
        self.dice = dice
        self.doom = 0
        self.endings: dict[str, str] = {}
        self.past_answers: list[bytes] = []
        #: Hashes of the answers that a living process got.
        self.given: set[str] = set()
        self.calm = False
        world.core.send = self._send  # type: ignore[method-assign]  # what becomes of a message is thrown here
        real = SqlStore.work

        def work(store: SqlStore, tenant: TenantId) -> UnitOfWork:
            inner = real(store, tenant)
            self.doom -= 1
            return Doomed(inner, committed=dice.random() < 0.5) if self.doom == 0 else inner  # type: ignore[return-value]  # as good as one

        monkeypatch.setattr(SqlStore, "work", work)

    # ------------------------------------------------------------ what becomes of a message

    def _send(self, message: Message) -> SendOutcome:
        fate = self.dice.random()
        if self.calm or fate < 0.4:
            return self._answered(message, lambda _ours, answer: answer)
        if fate < 0.55:
            return self._not_taken()
        if fate < 0.65:
            self._reaches(message)
            raise Killed
        if fate < 0.75:
            self._reaches(message)
            return Uncertain(detail="cut")
        if fate < 0.8:
            raise ZeroDivisionError
        return self._answered(message, self._spoiled)

    def _not_taken(self) -> SendOutcome:
        outcomes: list[SendOutcome] = [
            NotSent(failure=Failure.UNAVAILABLE, detail="no connection"),
            Refused(failure=Failure.UNAVAILABLE, detail="busy"),
            Refused(failure=Failure.CONTENT, detail="no"),
            Uncertain(detail="cut"),
            Accepted(remote_id="later"),
        ]
        return self.dice.choice(outcomes)

    def _reaches(self, message: Message) -> bytes:
        answer = self.world.simulator.exchange(message.payload, "test").payload
        self.past_answers.append(answer)
        return answer

    def _answered(self, message: Message, change: Callable[[bytes, bytes], bytes]) -> SendOutcome:
        answer = self._reaches(message)
        if not self.calm and self.dice.random() < 0.1:  # so slow that another worker takes the row over
            self.world.clock.advance(timedelta(minutes=4))
            self.work()
        given = change(message.payload, answer)
        if self.doom <= 0:  # nobody dies between the answer and its archive
            self.given.add(hashlib.sha256(given).hexdigest())
        return Final(payload=given, simulated=True)

    def _spoiled(self, ours: bytes, answer: bytes) -> bytes:
        spoiled: list[Callable[[], bytes]] = [
            lambda: answer + answer,
            lambda: answer[: self.dice.randrange(len(answer))],
            lambda: self.dice.choice(self.past_answers),
            lambda: self.dice.choice(self.past_answers) + answer,
            lambda: b"<html>busy</html>",
            lambda: ack_999(ours, answer, self.dice.choice("AER")) + answer,
            lambda: ack_999(ours, answer, self.dice.choice("AER")),
            lambda: answer + ta1(ours, answer, self.dice.choice("AR")) + ack_999(ours, answer, "E"),
            lambda: ours + answer,
        ]
        return self.dice.choice(spoiled)()

    # ------------------------------------------------------------ steps

    def step(self) -> None:
        acts = (
            [self.submit] * 4
            + [self.pass_time] * 5
            + [self.check, self.report_fax, self.person, self.person, self.repeat]
        )
        if self.dice.random() < 0.3:
            self.doom = self.dice.randrange(1, 6)
        with suppress(Killed, PriorwireError, ZeroDivisionError):
            self.dice.choice(acts)()
        self.doom = 0

    def submit(self, ending: str | None = None, **more: object) -> None:
        ending = ending or f"{self.dice.randrange(100)}{self.dice.choice(ENDINGS)}"
        payer = self.dice.choice(["northwind-health"] * 4 + ["harbor-county-plan", "summit-benefit-trust"])
        before = {row.id for row in self.rows()}
        try:
            self.world.submit(request_for(ending, payer=payer), at_once=self.dice.random() < 0.7, **more)
        finally:
            for row in self.rows():
                if row.id not in before and row.kind is Transaction.AUTHORIZATION:
                    self.endings[row.id] = ending

    def repeat(self) -> None:
        """The same request again, by a client that got no answer: refused where the first may still be answered."""
        sent = [row for row in self.rows() if row.id in self.endings and row.payer_id == "northwind-health"]
        if not sent:
            return
        row = self.dice.choice(sent)
        live = [
            each
            for each in sent
            if each.meaning == row.meaning and each.review not in _REPEATABLE and each.delivery is not Delivery.REFUSED
        ]
        before = len(self.rows())
        with suppress(PriorwireError):
            self.world.submit(request_for(self.endings[row.id]), at_once=False)
        assert len(self.rows()) == before or not live, "a second one of the same meaning was taken in"
        for each in self.rows():
            self.endings.setdefault(each.id, self.endings[row.id])

    def check(self) -> None:
        command = Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1"))
        check_eligibility(self.world.services, command)

    def report_fax(self) -> None:
        faxes = [row for row in self.rows() if row.channel is ChannelKind.EFAX]
        if faxes:
            delivered = self.dice.random() < 0.5
            error = None if delivered else "busy"
            reference = self.dice.choice(faxes).reference
            status = FaxStatus(reference=reference, final=True, delivered=delivered, pages=1, error=error)
            note_fax_status(self.world.services, status)

    def person(self) -> None:
        items = queries.work_items(self.world.services, TENANT, WorkState.OPEN)
        if not items:
            return
        complete(
            self.world.services,
            Completion(
                tenant=TENANT,
                actor="person",
                work_item_id=self.dice.choice(items).id,
                outcome=self.dice.choice(list(PersonOutcome)),
                reference="PERSONREF",
                authorization_number="PERSON1",
                note="as told",
                attachments=(Attachment(payload=b"%PDF-1.4 letter"),),
            ),
        )

    def pass_time(self) -> None:
        hours = self.dice.choice([0.02, 0.06, 0.3, 2, 5, 30])
        self.world.clock.advance(timedelta(hours=hours))
        self.work()

    def work(self) -> None:
        for lease in self.world.claim():
            with suppress(Killed, Exception):  # the process dies; or the engine notes a failure
                run_due(self.world.services, lease)

    def settle(self) -> None:
        """Nothing goes wrong any more, and time passes."""
        self.calm = True
        for _ in range(40):
            self.world.clock.advance(timedelta(hours=20))
            self.work()

    # ------------------------------------------------------------ what must hold

    def rows(self) -> list[TransactionRow]:
        return list(queries.transactions(self.world.services, TENANT, limit=1000))

    def views(self) -> Iterator[TransactionView]:
        for row in self.rows():
            yield queries.transaction(self.world.services, TENANT, row.id, raw=True)

    def dues(self) -> set[str]:
        with self.due.connect() as connection:
            chosen = select(DUE_INDEX.c.id).where(
                DUE_INDEX.c.kind == DueKind.TRANSACTION, DUE_INDEX.c.next_due_at.is_not(None)
            )
            return set(connection.execute(chosen).scalars())

    def verify(self, *, settled: bool = False) -> None:
        self._nothing_was_sent_twice()
        assert list(self.world.store.ownerless()) == []
        dues = self.dues()
        unmatched = Counter(each.archive_id for each in queries.unmatched(self.world.services, TENANT))
        views = list(self.views())
        assert self.given <= {each.archived.sha256 for view in views for each in view.messages}, "an answer is lost"
        for view in views:
            self._has_an_owner(view, dues if not settled else set())
            self._every_answer_is_placed(view, unmatched)
            self._no_approval_is_made_up(view)

    def _nothing_was_sent_twice(self) -> None:
        reached = Counter(
            entry.reference
            for entry in self.world.simulator.journal.entries()
            if entry.kind == "278-request" and entry.reached_payer
        )
        assert all(count == 1 for count in reached.values())

    def _has_an_owner(self, view: TransactionView, dues: set[str]) -> None:
        row = view.row
        if view.case.state is CaseState.CLOSED or row.superseded_by is not None:
            return
        if row.delivery is Delivery.FINAL and row.review not in _OPEN:
            needs = row.review in (Review.DENIED, Review.CONTACT_PAYER, Review.REJECTED, Review.UNKNOWN)
            assert view.work_items or not needs, f"{row.status}, and nobody was told"
            return
        is_open = any(item.state is WorkState.OPEN for item in view.work_items)
        assert is_open or row.id in dues, f"{row.delivery} {row.review} {row.kind}: nobody's"

    def _every_answer_is_placed(self, view: TransactionView, unmatched: Counter[ArchiveId]) -> None:
        exchanges = {each.id: each for each in view.exchanges}
        for each in view.messages:
            exchange = exchanges.get(each.archived.exchange_id) if each.archived.exchange_id else None
            if each.archived.direction is Direction.OUT or exchange is None:
                continue
            if exchange.state is ExchangeState.ANSWERED:
                continue  # waits to be read
            said = re.match(r"read: (\d+) joined, (\d+) unmatched", exchange.detail or "")
            assert said, f"{exchange.state}: archived and never read"
            assert unmatched[each.archived.id] == int(said[2])
            assert int(said[1]) + int(said[2]) >= _sets(each.payload)

    def _no_approval_is_made_up(self, view: TransactionView) -> None:
        row = view.row
        if row.authorization_number in (None, "PERSON1") or not row.status.startswith(("approved", "partially")):
            return
        assert self.endings.get(row.id, "").lstrip("0123456789") in GRANTED
        number, trace = str(row.authorization_number).encode(), row.trace_number.encode()
        said = [each.payload for each in view.messages if each.archived.direction is Direction.IN]
        assert any(number in payload and trace in payload for payload in said)


def _sets(payload: bytes) -> int:
    count = 0
    with suppress(RemoteX12Error):
        for said in read_payload(payload):
            count += isinstance(said, SetRead)
    return count


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_nothing_is_lost_sent_twice_or_without_an_owner(
    world: World, store_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(world.services, TENANT, "test", "https://example.test/hook", "whsec_" + "A" * 43)
    engines = open_engines(parsed_url(store_url))
    days = Days(world, engines.reading, Random(seed), monkeypatch)
    try:
        for _ in range(STEPS):
            days.step()
            days.verify()
        days.settle()
        days.verify(settled=True)
    finally:
        engines.dispose()
