"""A process that dies anywhere on the way through the folders: every message out once, every set in once."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.clock import FixedClock, SeededIds
from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.rows import TransactionRow
from priorwire.model.lifecycle import Delivery
from priorwire.payers.profile import Transaction
from priorwire.simulator import Fault
from priorwire.store import SqlStore, Vault
from tests.integration.gateway.conftest import TENANT, World
from tests.integration.gateway.conftest import world as make_world
from tests.integration.gateway.folder_world import LEASE, FolderWorld, Killed, folder_world

#: More than there are moments on the way of one request, its acknowledgments and its answer.
MOMENTS = 70


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def only_request(folders: FolderWorld) -> TransactionRow:
    with folders.world.store.read(TENANT) as uow:
        (row,) = uow.transactions.listed(limit=10, kind=Transaction.AUTHORIZATION)
    return row


def lived_through(folders: FolderWorld, act: object, *arguments: object) -> None:
    try:
        act(*arguments)  # type: ignore[operator]  # a step of the test
    except Killed:
        folders.world.clock.advance(LEASE)  # what it held, it holds no longer


def whole_way(folders: FolderWorld, ending: str = "APPROVE") -> None:
    lived_through(folders, folders.submit, ending)
    for _ in range(4):
        lived_through(folders, folders.round)


def settled(folders: FolderWorld, ending: str = "APPROVE") -> None:
    """Whoever died at the door has stored nothing, and is asked again by the practice."""
    with folders.world.store.read(TENANT) as uow:
        rows = uow.transactions.listed(limit=10)
    if not rows:
        folders.submit(ending)
    for _ in range(4):
        folders.round()
        folders.pass_time(LEASE)


def assert_once(folders: FolderWorld) -> None:
    row = only_request(folders)
    assert (row.status, row.delivery) == ("approved", Delivery.FINAL)
    assert folders.history(row) == ["approved"]
    assert folders.requests_taken() == 1
    assert len(folders.acknowledgments_taken()) == 1
    assert len(folders.sets(SetState.PLACED)) == 3
    assert folders.sets(SetState.WAITING) == []
    assert folders.unmatched() == []
    assert len(folders.files(FileState.DONE)) == 2
    assert folders.files(FileState.DUPLICATE) == []
    assert folders.names("inbound") == []
    assert len(folders.names("processed")) == 2


@pytest.mark.parametrize("moment", range(1, MOMENTS, 3))
def test_wherever_a_process_dies_everything_happens_once(folders: FolderWorld, moment: int) -> None:
    folders.killer.soon(moment)
    whole_way(folders)
    folders.killer.at = None
    settled(folders)
    assert_once(folders)


def test_the_moments_go_all_the_way(folders: FolderWorld) -> None:
    whole_way(folders)
    assert_once(folders)
    assert folders.killer.moments >= 40


def died_before_the_rename(folders: FolderWorld) -> TransactionRow:
    """A request whose process died when its bytes were archived and its file did not stand in the folder yet."""
    for moment in range(1, 30):
        folders.killer.soon(moment)
        try:
            folders.submit(f"{moment}APPROVE")
        except Killed:
            with folders.world.store.read(TENANT) as uow:
                rows = uow.transactions.listed(limit=1)
            if rows and rows[0].delivery is Delivery.SENDING and not folders.names("outbound"):
                return rows[0]
    raise AssertionError("no such moment")


def test_after_a_death_before_the_rename_it_is_sent_again_and_only_then(folders: FolderWorld) -> None:
    row = died_before_the_rename(folders)
    folders.pass_time(LEASE)
    folders.round(2)
    assert folders.row(row).status == "approved"
    assert folders.taken_of(row) == 1


def test_without_a_folder_of_what_was_sent_absence_proves_nothing(folders: FolderWorld) -> None:
    folders.take_away_sent()
    row = died_before_the_rename(folders)
    folders.pass_time(LEASE)
    assert folders.row(row).delivery is Delivery.UNCERTAIN
    folders.round()
    assert folders.taken_of(row) == 0


def test_a_temporary_file_proves_that_it_never_stood_there(folders: FolderWorld) -> None:
    folders.take_away_sent()
    row = died_before_the_rename(folders)
    with folders.world.store.read(TENANT) as uow:
        (exchange,) = uow.exchanges.of(row.id)
    name = f".{exchange.reference}-{exchange.payload_id.replace('-', '')[:12]}.x12.part"
    (folders.root / "outbound" / name).write_bytes(b"ISA*half")
    folders.pass_time(LEASE)
    folders.round(2)
    assert folders.row(row).status == "approved"
    assert folders.taken_of(row) == 1


ACTS = st.lists(
    st.one_of(
        st.sampled_from(["house", "tick", "wait", "submit"]),
        st.integers(min_value=1, max_value=25),
        st.sampled_from([Fault.TWICE, Fault.TOGETHER, Fault.ANSWER_FIRST, Fault.SAME_NUMBER]),
    ),
    min_size=4,
    max_size=18,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_interleaving_handles_every_set_once(acts: list[object], sqlite_template: Path, vault: Vault) -> None:
    with TemporaryDirectory() as folder:
        shutil.copyfile(sqlite_template, Path(folder) / "priorwire.db")
        clock = FixedClock(datetime(2026, 12, 1, 15, tzinfo=UTC))
        store = SqlStore(f"sqlite:///{folder}/priorwire.db", vault, clock)
        made = make_world.__wrapped__(store, clock, SeededIds(7))  # type: ignore[attr-defined]  # the fixture's function
        folders = folder_world(made, Path(folder) / "meridian")
        for number, act in enumerate(acts):
            _do(folders, act, number)
        folders.killer.at = None
        settled(folders)
        folders.pass_time(timedelta(hours=1))
        _assert_all_once(folders)
        store.close()


def _do(folders: FolderWorld, act: object, number: int) -> None:
    match act:
        case "house":
            folders.house.run()
        case "tick":
            lived_through(folders, folders.pass_time, timedelta(seconds=1))
        case "wait":
            lived_through(folders, folders.pass_time, timedelta(seconds=40))
        case "submit":
            lived_through(folders, folders.submit, f"{number}APPROVE")
        case Fault():
            folders.house.order(act)
        case int():
            folders.killer.soon(act)


def _assert_all_once(folders: FolderWorld) -> None:
    with folders.world.store.read(TENANT) as uow:
        rows = uow.transactions.listed(limit=100)
    for row in rows:
        assert row.status == "approved"
        assert folders.history(row) == ["approved"]
    assert folders.requests_taken() == len(rows)
    references = [entry.reference for entry in folders.world.simulator.journal.entries() if entry.reached_payer]
    assert len(references) == len(set(references))
    assert folders.sets(SetState.WAITING) == []
    assert folders.sets(SetState.QUARANTINED) == []
    assert folders.unmatched() == []
    assert folders.names("inbound") == []
