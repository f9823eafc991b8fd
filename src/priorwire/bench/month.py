"""``bench month``: a practice's month in minutes, event by event, and the same events for the same seed.

Requests, polls, inquiries, folders, faxes, portals, people and two outages, over the gateway's
own use cases and the engine's own dispatcher. One test clock is moved from one thing that is due to
the next; between them nothing happens, so nothing has to be waited for. No figure but the time
taken depends on the machine.
"""

from __future__ import annotations

import hashlib
import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from priorwire.bench.month_office import TENANT, Office, Visit, submit, visits
from priorwire.bench.month_payers import FaxAtHand, channels_at_hand, outages_of, with_folders_at
from priorwire.bench.result import Result
from priorwire.clock import FixedClock, SeededIds
from priorwire.engine.at_once import AtOnce
from priorwire.engine.attempt import Attempt
from priorwire.engine.dispatcher import Dispatcher
from priorwire.gateway.fax_status import FaxStatus, note_fax_status
from priorwire.gateway.mailboxes import open_mailboxes
from priorwire.gateway.owners import ownerless
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import TransactionRow
from priorwire.gateway.steps import run_due
from priorwire.gateway.work_items import BY_PERSON
from priorwire.model.identifiers import TransactionId
from priorwire.model.lifecycle import CaseState
from priorwire.payers import load_profiles
from priorwire.payers.profile import ChannelKind, Environment
from priorwire.simulator import FolderClearinghouse
from priorwire.simulator.clearinghouse import Simulator
from priorwire.simulator.fault_book import FaultPlan
from priorwire.simulator.faults import Fault
from priorwire.simulator.journal import Journal
from priorwire.simulator.scenarios import Verdict
from priorwire.store import KeyRing, SqlStore, Vault

BEGAN = datetime(2026, 12, 1, tzinfo=UTC)
#: The least that the clock is moved by: what is due within it is done together.
_GRAIN = timedelta(minutes=1)
#: When the batch clearinghouse looks into its folder, and how long a fax takes.
_COLLECTS, _FAX_TAKES = timedelta(minutes=20), timedelta(minutes=9)
#: When people sit down to their work list, in hours of UTC, Monday to Friday.
_SITTINGS = (14, 16, 18, 20)
_WORKDAYS = 5
#: One fax in so many does not get through.
_BUSY_FAXES = 12
_BATCH = 100
_PAGE = 500
#: After so long the record must show what a payer decided: longer than the longest wait between two inquiries.
_PATIENCE = timedelta(days=3)
#: What HCR01 of the whole review means; absent, its lines differ.
_STATUSES = {
    "A1": "approved",
    "A2": "partially_approved",
    "A3": "denied",
    "A4": "pended",
    "A6": "approved_modified",
    "C": "cancelled",
    "CT": "contact_payer",
    "NA": "not_required",
}
#: A payer that answers so has not taken the request, and allows the very same again.
_NOT_NOW = ("AAA 42", "AAA 80")
_APPROVALS = frozenset({"approved", "approved_modified", "partially_approved"})
_FOLDERS = "batch"
#: Of all messages to payers, whatever the member: what meets them beside the fate of the member's own.
_CHANCE = {
    Fault.DROP_AFTER: 0.01,
    Fault.DROP_BEFORE: 0.005,
    Fault.TWICE: 0.01,
    Fault.TRUNCATED: 0.005,
    Fault.WRONG_TRACE: 0.005,
    Fault.HTTP_503: 0.01,
}


@dataclass(kw_only=True)
class Month:
    """What a month came to."""

    seed: int
    cases: int
    days: int
    #: Real seconds.
    seconds: float = 0.0
    #: Due rows that were claimed and done.
    steps: int = 0
    failed: int = 0
    #: SHA-256 over every event and audit row in order: moment, what, of which row.
    digest: str = ""
    events: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    case_states: Counter[str] = field(default_factory=Counter)
    work: Counter[str] = field(default_factory=Counter)
    #: Promises, and how often each was broken.
    broken: Counter[str] = field(default_factory=Counter)

    def results(self) -> Iterator[Result]:
        """The promises, and what happened."""
        yield Result(name="cases", value=self.cases, unit="")
        yield Result(name="simulated days", value=self.days, unit="", against=f"{self.seconds:.0f} s of real time")
        yield Result(name="steps of the engine", value=self.steps, unit="")
        for promise in PROMISES:
            broken = self.broken[promise]
            yield Result(name=promise, value=broken, unit="", target="0", met=broken == 0)
        for title, counted in (("status", self.statuses), ("case", self.case_states), ("event", self.events)):
            for name, number in sorted(counted.items()):
                yield Result(name=f"  {title}: {name}", value=number, unit="")
        for name, number in sorted(self.work.items()):
            yield Result(name=f"  work of people: {name}", value=number, unit="")


#: What is counted as broken.
PROMISES = (
    "requests without a transaction",
    "second X217 with the same reference at a payer",
    "approvals that no payer and no person gave",
    "payers' decisions that the record does not show",
    "steps that failed",
    "rows without an owner",
)


@dataclass(kw_only=True)
class _World:
    clock: FixedClock
    services: Services
    simulator: Simulator
    folders: FolderClearinghouse
    fax: FaxAtHand
    office: Office


def measure(*, cases: int, days: int, seed: int, guides: Path) -> Month:
    """Live through it. The same events for the same numbers.

    Args:
        cases: requests for review.
        days: simulated days.
        seed: of all chance.
        guides: folder of companion guides with the example payers.
    """
    month = Month(seed=seed, cases=cases, days=days)
    with TemporaryDirectory(prefix="priorwire-month-") as folder:
        clock = FixedClock(BEGAN)
        store = SqlStore(f"sqlite:///{Path(folder) / 'month.db'}", Vault(KeyRing.generate()), clock)
        try:
            store.upgrade()
            world = _world(store, clock, seed, guides, Path(folder))
            began = time.monotonic()
            _Life(world, month).live()
            month.seconds = time.monotonic() - began
            _judge(world, month)
        finally:
            store.close()
    return month


def _world(store: SqlStore, clock: FixedClock, seed: int, guides: Path, folder: Path) -> _World:
    simulator = Simulator(clock=clock, journal=Journal(), seed=seed)
    simulator.follow(FaultPlan(seed=seed, rates=_CHANCE))
    channels = channels_at_hand(simulator, clock, outages_of(BEGAN))
    names = {"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:9"}
    fax = channels[ChannelKind.EFAX]
    assert isinstance(fax, FaxAtHand)
    services = Services(
        store=store,
        clock=clock,
        ids=SeededIds(seed),
        profiles=with_folders_at(dict(load_profiles(guides, names)), folder),
        channels=channels,
        webhook_transport=_NoSubscriber(),
        environment=Environment.TEST,
        mailbox_tenant=TENANT,
    )
    return _World(
        clock=clock,
        services=services,
        simulator=simulator,
        folders=FolderClearinghouse(simulator, folder / _FOLDERS, sent="sent"),
        fax=fax,
        office=Office(services, seed),
    )


class _NoSubscriber:
    def post(self, _url: str, _headers: Mapping[str, str], _body: bytes) -> int:
        return 204


class _Life:
    """The month itself: an agenda beside the due index, and one clock for both."""

    def __init__(self, world: _World, month: Month) -> None:
        self._world = world
        self._month = month
        self._turn = count()
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._ends = BEGAN + timedelta(days=month.days)
        self.submitted: dict[str, TransactionId | None] = {}
        self._jobs = AtOnce()
        self._dispatcher = Dispatcher(
            store=world.services.store,
            clock=world.clock,
            jobs=self._jobs,
            lease=world.services.lease,
            batch=_BATCH,
        )
        self._attempt = Attempt(partial(run_due, world.services))

    def live(self) -> None:
        """From the first minute to the last."""
        month, world = self._month, self._world
        for visit in visits(month.cases, month.days, month.seed, BEGAN):
            self._plan(visit.at, partial(self._visit, visit))
        for day in range(month.days):
            midnight = BEGAN + timedelta(days=day)
            self._plan(midnight, self._look_for_owners)
            if midnight.weekday() < _WORKDAYS:
                for hour in _SITTINGS:
                    self._plan(midnight + timedelta(hours=hour), world.office.sit_down)
        self._plan(BEGAN + _COLLECTS, self._collect)
        open_mailboxes(world.services)
        while (at := self._next()) < self._ends:
            world.clock.advance(at - world.clock.now())
            self._do_agenda()
            self._do_due()
        month.broken["requests without a transaction"] = sum(each is None for each in self.submitted.values())

    def _plan(self, at: datetime, what: Callable[[], object]) -> None:
        heapq.heappush(self._agenda, (at, next(self._turn), what))

    def _next(self) -> datetime:
        """The next moment at which anything happens, on the next grain."""
        planned = self._agenda[0][0] if self._agenda else self._ends
        due = self._world.services.store.next_due() or self._ends
        at = max(self._world.clock.now(), min(planned, due))
        grains = -(-(at - BEGAN) // _GRAIN)  # rounded up
        return BEGAN + max(grains * _GRAIN, self._world.clock.now() - BEGAN + _GRAIN)

    def _do_agenda(self) -> None:
        now = self._world.clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            heapq.heappop(self._agenda)[2]()
        for reference in self._world.fax.taken:
            self._plan(now + _FAX_TAKES, partial(self._fax_arrives, reference))
        self._world.fax.taken.clear()

    def _do_due(self) -> None:
        month = self._month
        while self._is_due() and self._dispatcher.tick():
            for row in self._jobs.taken():
                month.steps += 1
                month.failed += self._attempt(row) == "failed"

    def _is_due(self) -> bool:
        first = self._world.services.store.next_due()
        return first is not None and first <= self._world.clock.now()

    def _visit(self, visit: Visit) -> None:
        key = visit.command.idempotency_key or ""
        self.submitted[key] = submit(self._world.services, visit.command)
        if visit.again:
            self._plan(visit.at + timedelta(minutes=3), partial(self._visit_again, visit))

    def _visit_again(self, visit: Visit) -> None:
        again = submit(self._world.services, visit.command)
        if again != self.submitted[visit.command.idempotency_key or ""]:
            self._month.broken["requests without a transaction"] += 1

    def _look_for_owners(self) -> None:
        """The sweep would give them one; here each is a broken promise."""
        self._month.broken["rows without an owner"] += sum(ownerless(self._world.services.store).values())

    def _collect(self) -> None:
        self._world.folders.run()
        self._plan(self._world.clock.now() + _COLLECTS, self._collect)

    def _fax_arrives(self, reference: str) -> None:
        busy = int(hashlib.sha256(reference.encode("ascii")).hexdigest(), 16) % _BUSY_FAXES == 0
        note_fax_status(
            self._world.services,
            FaxStatus(
                reference=reference,
                final=True,
                delivered=not busy,
                pages=None if busy else 2,
                error="busy" if busy else None,
            ),
        )


# ---------------------------------------------------------------- what came of it


def _judge(world: _World, month: Month) -> None:
    month.broken["steps that failed"] = month.failed
    taken = Counter(
        each.reference
        for each in world.simulator.journal.entries("278-request")
        if each.reached_payer and not each.answered.startswith(_NOT_NOW)
    )
    month.broken["second X217 with the same reference at a payer"] = sum(number - 1 for number in taken.values())
    month.broken["rows without an owner"] += sum(ownerless(world.services.store).values())
    month.work.update(world.office.done)
    digest = hashlib.sha256()
    with world.services.store.read(TENANT) as uow:
        for row in _all(uow):
            month.statuses[row.status] += 1
            month.case_states[uow.cases.get(row.case_id).state.value] += 1
            month.broken.update(_broken(world, uow, row))
            for event in uow.events.of(row.id):
                month.events[f"{event.type.rpartition('.')[2]}, {event.data.get('status')}"] += 1
                digest.update(f"{event.at.isoformat()} {event.type} {row.id} {sorted(event.data.items())}\n".encode())
    month.digest = digest.hexdigest()


def _all(uow: UnitOfWork) -> Iterator[TransactionRow]:
    page = uow.transactions.listed(limit=_PAGE)
    while page:
        yield from page
        page = uow.transactions.listed(limit=_PAGE, after=page[-1].id)


def _said(verdict: Verdict) -> frozenset[str]:
    """The statuses that say what a payer says."""
    if verdict.action is not None:
        return frozenset({_STATUSES[verdict.action]})
    return frozenset({"partially_approved", "approved"}) if verdict.lines else frozenset({"unknown"})


def _broken(world: _World, uow: UnitOfWork, row: TransactionRow) -> Iterator[str]:
    """Which promises are broken for a transaction, by what the simulated payer holds of it."""
    history = uow.records.history(row.id)
    by_person = any(each.matched_by == BY_PERSON for each in history)
    ours = [
        each for each in world.simulator.reviews.of_member(row.member_id or "") if each.asked.reference == row.reference
    ]
    said = frozenset().union(*(_said(each.verdict(world.clock.now())) for each in ours))
    if row.status in _APPROVALS and not by_person and not said & _APPROVALS:
        yield "approvals that no payer and no person gave"
    waited = world.clock.now() - _PATIENCE
    decided = [each for each in ours if not each.verdict(waited).pended and each.received_at < waited]
    ended = uow.cases.get(row.case_id).state is CaseState.CLOSED or row.superseded_by is not None or by_person
    if decided and not ended and row.status not in (*said, "expired"):
        yield "payers' decisions that the record does not show"
