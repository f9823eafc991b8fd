"""Every fault of the simulated payers, on every way that it goes: nothing lost, nothing sent twice, nothing guessed.

The requests go through the whole gateway: over HTTP with the real channels and a simulator that
listens, over a folder pair with its clearinghouse. The payers have a clock of their own, an hour
behind the gateway's. Time passes until nothing is due or the payers have had weeks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from priorwire.channels import HttpClients, SmtpSettings, make_channels
from priorwire.gateway import queries
from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.rows import DueKind, ExchangeState, TransactionRow, WorkState
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.lifecycle import Delivery
from priorwire.payers import load_profiles
from priorwire.payers.profile import ChannelKind
from priorwire.simulator import (
    FAULTS,
    Addresses,
    Credentials,
    Fault,
    FaultOrder,
    FaultPlan,
    Seen,
    Service,
    Simulator,
    Way,
    serving,
)
from priorwire.simulator.reviews import Review
from priorwire.store.tables import DUE_INDEX
from tests.integration.gateway.conftest import GUIDES, NAMES, TENANT, World, request_for
from tests.integration.gateway.folder_world import FolderWorld, folder_world

#: Faults that the gateway does not stand up to, by fault and way, each with what happens.
_NOT_YET: dict[tuple[Fault, Way], str] = {}
#: Beyond what `ends` says: the payer, or somebody before it, says that the message is not to be used as it is.
_TOLD_TO_STOP = frozenset(
    {Fault.TA1_REJECT, Fault.ACK_999_REJECT, Fault.HTTP_401, Fault.SOAP_SENDER},
)
#: In files nobody waits for "not now": it is an answer, of which a person makes what there is to make.
_NOT_NOW = frozenset({Fault.AAA_42, Fault.AAA_80})
_PAYERS = {Way.CORE: "northwind-health", Way.REST: "cascadia-mutual"}
_STATUS = {"A1": "approved", "A3": "denied"}
_BEHIND = timedelta(hours=-1)
#: Faults whose point is that the other side keeps a caller waiting.
_WAITING = (Fault.SILENCE, Fault.HOLD, Fault.DRIP)
_REAL_SECONDS = {Fault.SLOW: 0.05, Fault.DRIP: 5.0}


@pytest.fixture
def database() -> str:
    """Single faults are no matter of the database: one of each kind is tried with all of them at once."""
    return "sqlite"


@pytest.fixture
def store_url(request: pytest.FixtureRequest, database: str) -> str:
    url: str = request.getfixturevalue("sqlite_url" if database == "sqlite" else "postgres_url")
    return url


def cases(*ways: Way) -> list[tuple[Fault, Way]]:
    every = [(fault, way) for fault in FAULTS for way in ways if fault is Fault.DROP_UNREAD or _goes(fault, way)]
    return [case for case in every if case not in _NOT_YET and case[1] in FAULTS[case[0]].ways]


def _goes(fault: Fault, way: Way) -> bool:
    return fault.goes(way, "278-request")


@dataclass(frozen=True)
class Wired:
    """The gateway with its real channels, and payers that listen."""

    world: World
    addresses: Addresses

    def order(self, fault: Fault, **order: str) -> None:
        seconds = _REAL_SECONDS.get(fault)
        self.world.simulator.order_fault(FaultOrder(fault=fault, seconds=seconds, **order))  # type: ignore[arg-type] # text fields
        if fault in _WAITING:
            self._hurry()

    def _hurry(self) -> None:
        """Let every endpoint be waited for only shortly."""
        short = timedelta(seconds=0.3)
        services = self.world.services
        profiles = {
            payer: replace(
                profile,
                routes=tuple(
                    replace(route, endpoint=replace(route.endpoint, connect_timeout=short, read_timeout=short))
                    for route in profile.routes
                ),
            )
            for payer, profile in services.profiles.items()
        }
        self.world.services = replace(services, profiles=profiles)

    def weeks_pass(self, steps: int = 300) -> None:
        """As a worker does: from one due moment to the next."""
        end = self.world.clock.now() + timedelta(days=28)
        for _ in range(steps):
            due = self.world.store.next_due()
            if due is None or due > end:
                break
            self.world.clock.advance(max(due - self.world.clock.now(), timedelta()))
            if not self.world.engine_tick():
                self.world.clock.advance(timedelta(minutes=4))  # leased by a step that failed


@pytest.fixture
def wired(world: World) -> Iterator[Wired]:
    world.simulator.clock.run_ahead(_BEHIND)
    known, clients = Credentials(), HttpClients()
    with serving(Service(world.simulator)) as addresses:
        names = {**NAMES, "simulator_url": addresses.url}
        channels = make_channels({"simulator": (known.username, known.password)}, SmtpSettings(), clients)
        world.services = replace(
            world.services,
            profiles=dict(load_profiles(GUIDES, names)),
            channels={
                **world.services.channels,
                **{kind: channels[kind] for kind in (ChannelKind.CORE_SOAP, ChannelKind.REST_X12)},
            },
        )
        yield Wired(world, addresses)
        clients.close()


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    world.simulator.clock.run_ahead(_BEHIND)
    return folder_world(world, tmp_path / "meridian")


def weeks_pass(folders: FolderWorld) -> None:
    for pause in (*[timedelta(minutes=30)] * 4, *[timedelta(hours=13)] * 5, *[timedelta(days=2)] * 4):
        folders.world.clock.advance(pause)
        folders.round()


def ends(fault: Fault, way: Way) -> str | None:
    """What the record says in the end of a request that its payer would approve; `None`: a person has it."""
    row = FAULTS[fault]
    if fault in _TOLD_TO_STOP or (way is Way.FOLDER and fault in _NOT_NOW):
        return None
    if fault is Fault.RECEIVER_DOWN and way is Way.CORE:  # an envelope that says so: it is sent again
        return "approved"
    if not row.reaches_payer and row.seen is Seen.NOTHING:  # it asked, and the payer holds nothing: a person decides
        return None
    return "denied" if fault is Fault.REVERSED and way is Way.FOLDER else "approved"


# ---------------------------------------------------------------- what must hold


def assert_kept(world: World, row: TransactionRow, expected: str | None) -> None:
    """Whatever went wrong: once at most, decided as the payer decided or waiting for somebody, all of it placed."""
    counts = world.simulator.journal.receipts()
    assert all(count == 1 for count in counts.values()), "a payer was given the same request twice"
    after = world.row(row.id)
    view = queries.transaction(world.services, TENANT, row.id)
    waiting = [item for item in view.work_items if item.state is WorkState.OPEN and item.due_at is not None]
    open_exchanges = (ExchangeState.SENDING, ExchangeState.ANSWERED)
    assert [each.id for each in view.exchanges if each.state in open_exchanges] == [], "an exchange was never ended"
    decided = as_decided(world.simulator, row)
    if expected is None:
        assert waiting, "nobody has it"
        assert after.status in {"submitted", "rejected"}, "a decision that the payer did not make"
    else:
        assert (after.status, after.delivery) == (expected, Delivery.FINAL)
        assert decided == expected
    if after.authorization_number:
        assert after.authorization_number == number_of(world.simulator, row), "joined to another's answer"


def as_decided(simulator: Simulator, row: TransactionRow) -> str | None:
    """What the payer of a request says of it now."""
    review = review_of(simulator, row)
    return _STATUS.get(review.verdict(simulator.clock.now()).action or "") if review else None


def number_of(simulator: Simulator, row: TransactionRow) -> str | None:
    """The number that the payer of a request gives, if it grants it."""
    review = review_of(simulator, row)
    return review.authorization_number if review else None


def review_of(simulator: Simulator, row: TransactionRow) -> Review | None:
    """What a payer holds of a request."""
    found = simulator.reviews.of_member(row.member_id or "")
    return next((each for each in found if each.asked.reference == row.reference), None)


# ---------------------------------------------------------------- over HTTP


@pytest.mark.parametrize(("fault", "way"), cases(Way.CORE, Way.REST))
def test_over_http_a_request_is_decided_or_a_persons(wired: Wired, fault: Fault, way: Way) -> None:
    wired.order(fault)
    row = wired.world.submit(request_for("APPROVE", payer=_PAYERS[way]))
    bystander = wired.world.submit(request_for("2DENY", payer=_PAYERS[way]))
    wired.weeks_pass()
    assert_kept(wired.world, row, ends(fault, way))
    assert_kept(wired.world, bystander, "denied")


@pytest.mark.parametrize(("fault", "way"), cases(Way.FOLDER))
def test_in_folders_a_request_is_decided_or_a_persons(folders: FolderWorld, fault: Fault, way: Way) -> None:
    folders.house.order(fault)
    row = folders.submit("APPROVE")
    folders.house.run()
    bystander = folders.submit("2DENY")
    weeks_pass(folders)
    assert_kept(folders.world, row, ends(fault, way))
    assert_kept(folders.world, bystander, "denied")
    assert_all_placed(folders)


def assert_all_placed(folders: FolderWorld) -> None:
    """No file and no set waits for ever."""
    assert [name for name in folders.names("inbound") if not name.endswith(".part")] == []
    for state in (FileState.SIGHTED, FileState.ARCHIVED, FileState.SPLIT):
        assert folders.files(state) == []
    assert folders.sets(SetState.WAITING) == []


def test_a_denial_may_be_reversed(folders: FolderWorld) -> None:
    folders.house.order(Fault.REVERSED)
    row = folders.submit("DENY")
    weeks_pass(folders)
    assert folders.history(row) == ["denied", "approved"]
    assert_kept(folders.world, row, "approved")


def test_a_pended_review_that_is_turned_is_found_by_asking(wired: Wired) -> None:
    row = wired.world.submit(request_for("PENDDENY"))
    wired.world.simulator.clock.advance(timedelta(days=2))
    wired.world.simulator.overturn(row.reference)
    wired.weeks_pass()
    assert_kept(wired.world, row, "approved")


def test_payers_decide_by_their_own_clock(wired: Wired) -> None:
    row = wired.world.submit(request_for("PENDREVIEW"))
    wired.world.simulator.clock.advance(timedelta(days=2))
    wired.world.pass_time(timedelta(hours=4, minutes=24))  # the gateway asks for the first time
    assert_kept(wired.world, row, "approved")


# ---------------------------------------------------------------- all at once


def mixed(way: Way) -> FaultPlan:
    """Every fault that goes this way with the same chance, and none at all for a fifth of the messages."""
    found = [each for each in FAULTS if _goes(each, way) and each not in (*_WAITING, Fault.DROP_UNREAD, Fault.SLOW)]
    return FaultPlan(seed=5, rates={fault: 0.8 / len(found) for fault in found})


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_over_http_many_requests_meet_anything(wired: Wired, store_url: str) -> None:
    simulator = wired.world.simulator
    simulator.follow(mixed(Way.CORE))
    rows = [wired.world.submit(request_for(f"{number}APPROVE")) for number in range(25)]
    wired.weeks_pass(1500)
    assert len({entry.fault for entry in simulator.journal.entries()}) > 12
    assert set(simulator.journal.receipts().values()) == {1}
    for row in rows:
        assert_one_owner(wired.world, row, due_of(store_url))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_in_folders_many_requests_meet_anything(folders: FolderWorld, store_url: str) -> None:
    simulator = folders.world.simulator
    simulator.follow(mixed(Way.FOLDER))
    rows = [folders.submit(f"{number}APPROVE") for number in range(25)]
    weeks_pass(folders)
    assert len({entry.fault for entry in simulator.journal.entries()}) > 8
    assert_all_placed(folders)
    assert set(simulator.journal.receipts().values()) == {1}
    for row in rows:
        assert_one_owner(folders.world, row, due_of(store_url))


def assert_one_owner(world: World, row: TransactionRow, dues: frozenset[str]) -> None:
    """As `assert_kept`, where an inquiry may have met a fault too: decided, asked about again, or a person's."""
    after, view = world.row(row.id), queries.transaction(world.services, TENANT, row.id)
    told = {each.record.authorization_number for each in view.history if isinstance(each.record, AuthorizationRecord)}
    assert told - {None} <= {number_of(world.simulator, row)}, "joined to another's answer"
    assert [each for each in view.exchanges if each.state is ExchangeState.ANSWERED] == []
    has_person = any(item.state is WorkState.OPEN and item.due_at is not None for item in view.work_items)
    is_decided = after.status in {"approved", "denied"}
    assert is_decided or has_person or row.id in dues, "nobody has it"


def due_of(url: str) -> frozenset[str]:
    """Transactions that come up again by themselves."""
    engine = sa.create_engine(url, hide_parameters=True)
    wanted = sa.select(DUE_INDEX.c.id).where(
        DUE_INDEX.c.kind == DueKind.TRANSACTION, DUE_INDEX.c.next_due_at.is_not(None)
    )
    with engine.connect() as connection:
        found = frozenset(connection.scalars(wanted))
    engine.dispose()
    return found


def test_the_list_of_what_it_does_not_stand_up_to_is_empty() -> None:
    assert _NOT_YET == {}
