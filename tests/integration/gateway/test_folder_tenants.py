"""One mailbox, several practices: each gets its own sets and sees nobody else's; and what a person does then."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.errors import Conflict, NotFound
from priorwire.gateway import quarantine
from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import TransactionRow
from priorwire.gateway.submit import submit_authorization
from priorwire.model.identifiers import TenantId
from priorwire.simulator import Fault
from tests.integration.gateway.conftest import TENANT, World, request_for
from tests.integration.gateway.folder_world import MAILBOX, PAYER, FolderWorld, folder_world

SOUTH = TenantId("south-clinic")


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def submit_for(folders: FolderWorld, tenant: TenantId, ending: str) -> TransactionRow:
    request = request_for(ending, payer=str(PAYER), service_type="12")
    return submit_authorization(folders.world.services, Command(tenant=tenant, actor="test", request=request)).row


def status_of(folders: FolderWorld, row: TransactionRow) -> str:
    with folders.world.store.read(row.tenant) as uow:
        return uow.transactions.get(row.id).status


def gather(folders: FolderWorld) -> bytes:
    """All answers in one file, as a clearinghouse that serves several practices would leave them."""
    folders.house.run()
    inbound = folders.root / "inbound"
    parts = [each.read_bytes() for each in sorted(inbound.iterdir())]
    for each in inbound.iterdir():
        each.unlink()
    return b"".join(parts)


def placed(folders: FolderWorld) -> None:
    folders.pass_time()
    folders.pass_time(timedelta(seconds=31))


def test_each_practice_gets_its_own_sets_of_one_file(folders: FolderWorld) -> None:
    mine, theirs = submit_for(folders, TENANT, "APPROVE"), submit_for(folders, SOUTH, "DENY")
    folders.drop("all.x12", gather(folders))
    placed(folders)
    assert (status_of(folders, mine), status_of(folders, theirs)) == ("approved", "denied")
    assert len(folders.sets(SetState.PLACED)) == 3
    assert len(folders.sets(SetState.PLACED, SOUTH)) == 3
    for row, other in ((mine, theirs), (theirs, mine)):
        with folders.world.store.read(row.tenant) as uow:
            for archived in uow.archive.of(row.id):
                assert other.reference.encode() not in uow.archive.get(archived.id)[1]


def test_an_answer_by_the_payers_number_alone_finds_its_practice(folders: FolderWorld) -> None:
    theirs = submit_for(folders, SOUTH, "PENDREVIEW")
    folders.drop("pend.x12", gather(folders))
    placed(folders)
    with folders.world.store.read(SOUTH) as uow:
        pended = uow.transactions.get(theirs.id)
    assert pended.administrative_reference is not None
    folders.world.clock.advance(timedelta(days=3))
    late = re.sub(rb"SIM\d+", pended.administrative_reference.encode(), gather(folders))
    for number in (theirs.reference, theirs.trace_number):
        late = late.replace(number.encode(), b"")
    folders.drop("late.x12", late)
    placed(folders)
    assert status_of(folders, theirs) == "approved"
    assert folders.unmatched() == []
    assert folders.sets(SetState.PLACED) == []


def test_a_practice_sees_nothing_of_a_set_that_answers_two(folders: FolderWorld) -> None:
    mine, theirs = submit_for(folders, TENANT, "APPROVE"), submit_for(folders, SOUTH, "APPROVE")
    folders.house.run()
    (answer,) = [each for each in (folders.root / "inbound").iterdir() if mine.reference.encode() in each.read_bytes()]
    mixed = answer.read_bytes().replace(mine.trace_number.encode(), theirs.trace_number.encode())
    for each in (folders.root / "inbound").iterdir():
        each.unlink()
    folders.drop("mixed.x12", mixed)
    placed(folders)
    assert (status_of(folders, mine), status_of(folders, theirs)) == ("submitted", "submitted")
    (kept,) = folders.sets(SetState.QUARANTINED)
    assert kept.cause == "it answers requests of several tenants; none of them may see the others'"
    assert folders.sets(SetState.QUARANTINED, SOUTH) == []


def cut_off(folders: FolderWorld) -> TransactionRow:
    folders.house.order(Fault.TRUNCATED)
    row = folders.submit("APPROVE")
    folders.round()
    folders.pass_time(timedelta(hours=1))
    return row


def test_what_is_put_aside_is_listed_shown_and_read_again_when_somebody_says_so(folders: FolderWorld) -> None:
    row = cut_off(folders)
    store, clock = folders.world.store, folders.world.clock
    (item,) = quarantine.quarantined(store, TENANT)
    assert (item.kind, item.endpoint_id, item.cause) == ("file", MAILBOX, "it ends before its last interchange does")
    assert quarantine.show(store, TENANT, item.id).payload.startswith(b"ISA")
    quarantine.retry(store, clock, TENANT, item.id, "ann")
    folders.pass_time(timedelta(seconds=1))
    assert [each.id for each in quarantine.quarantined(store, TENANT)] == [item.id]  # the same rules, the same end
    quarantine.release(store, clock, TENANT, item.id, "ann")
    folders.pass_time(timedelta(seconds=1))
    (part,) = quarantine.quarantined(store, TENANT)
    assert (part.kind, part.cause) == ("set", "segments of it are missing: what it lost may be the denial of a line")
    assert status_of(folders, row) == "submitted"
    quarantine.dismiss(store, clock, TENANT, part.id, "ann")
    assert quarantine.quarantined(store, TENANT) == []
    assert len(folders.sets(SetState.DISMISSED)) == 1


def test_nothing_is_done_to_what_is_not_in_quarantine(folders: FolderWorld) -> None:
    folders.submit("APPROVE")
    folders.round()
    store, clock = folders.world.store, folders.world.clock
    done, sets = folders.files(FileState.DONE), folders.sets(SetState.PLACED)
    for item in (done[0].id, sets[0].id):
        for act in (quarantine.retry, quarantine.release, quarantine.dismiss):
            with pytest.raises(Conflict):
                act(store, clock, TENANT, item, "ann")
    with pytest.raises(NotFound):
        quarantine.show(store, SOUTH, sets[0].id)
