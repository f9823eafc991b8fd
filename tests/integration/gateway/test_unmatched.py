"""What no rule could join, a person joins: once, audited, under the lease, and it can be taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.errors import Conflict, InvalidRequest, NotFound, PriorwireError
from priorwire.gateway import unmatched as inbox
from priorwire.gateway.arrived import SetState, UnmatchedRow, UnmatchedState
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.gateway.replay import Verdict, replay
from priorwire.gateway.rows import DueKind, TransactionRow, WorkKind, WorkState
from priorwire.gateway.submit import submit_authorization
from priorwire.model.identifiers import TenantId
from priorwire.model.lifecycle import Acknowledgment, Delivery, Review
from priorwire.store import SqlStore
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for
from tests.integration.gateway.folder_world import FolderWorld, folder_world
from tests.integration.gateway.replies import (
    APPROVED,
    DENIED,
    answer_to,
    arrives,
    events,
    history,
    items,
    open_kinds,
    renumbered,
    reply,
    without_identifiers,
)
from tests.integration.gateway.test_strange_answers import answered, ta1


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def waiting(folders: FolderWorld, decision: bytes = APPROVED) -> tuple[TransactionRow, UnmatchedRow, bytes]:
    """A request, an answer to it that names nothing of ours, and the answer as it should have been."""
    row = folders.submit("APPROVE")
    answer = answer_to(folders, row)
    whole = reply(answer, decision, folders.world.clock.now(), 700)
    arrives(folders, "altered.x12", without_identifiers(whole, row))
    (found,) = folders.unmatched()
    return folders.row(row), found, whole


def join(folders: FolderWorld, found: UnmatchedRow, row: TransactionRow, *, confirm: bool = True) -> UnmatchedRow:
    wanted = inbox.Join(tenant=TENANT, actor="ann", unmatched_id=found.id, transaction_id=row.id, confirm=confirm)
    return inbox.join(folders.world.services, wanted)


def undo(folders: FolderWorld, found: UnmatchedRow) -> UnmatchedRow:
    return inbox.undo(folders.world.services, TENANT, "bea", found.id)


def found_payer(folders: FolderWorld, found: UnmatchedRow) -> str:
    return inbox.show(folders.world.store, TENANT, found.id).archived.endpoint_id.partition("/")[0]


def work_item_is_open(folders: FolderWorld, found: UnmatchedRow) -> bool:
    assert found.work_item_id is not None
    with folders.world.store.read(TENANT) as uow:
        return uow.work_items.get(found.work_item_id).state is WorkState.OPEN


# ---------------------------------------------------------------- joining


def test_a_join_does_what_the_identifiers_would_have_done(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    told = len(events(folders.world, row))
    joined = join(folders, found, row)
    after = folders.row(row)
    assert (after.status, after.review, after.delivery) == ("approved", Review.APPROVED, Delivery.FINAL)
    assert after.authorization_number
    (record,) = history(folders.world, row)
    assert (record.matched_by, record.unmatched_id, record.in_force) == ("person", found.id, True)
    assert record.sources["authorization_number"].segment == "HCR"
    assert (joined.state, joined.resolved_by, joined.transaction_id) == (UnmatchedState.JOINED, "ann", row.id)
    assert len(events(folders.world, row)) == told + 1
    assert folders.unmatched() == []
    assert len(folders.sets(SetState.UNMATCHED)) == 0
    assert not work_item_is_open(folders, found)
    assert folders.world.store.verify_audit(TENANT).broken_at is None
    again = replay(folders.world.store, TENANT, of=row.id)
    assert [each.verdict for each in again if each.archive_id == found.archive_id] == [Verdict.SAME]


def test_what_speaks_against_a_join_is_said_and_must_be_confirmed(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    with pytest.raises(InvalidRequest) as heard:
        join(folders, found, row, confirm=False)
    assert {fault.pointer for fault in heard.value.faults} == {"/confirm"}
    assert [fault.detail for fault in heard.value.faults] == [
        "Its reference is not this request's.",
        "Its trace number is not this request's.",
    ]
    assert folders.row(row).status == "submitted"
    assert len(folders.unmatched()) == 1


def test_a_request_that_fits_worse_than_another_is_said_to(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    other = folders.submit("77DENY")
    shown = inbox.show(folders.world.store, TENANT, found.id)
    assert shown.compared[0].row.id == row.id
    assert (shown.kind, shown.status) == ("278-response", "approved")
    with pytest.raises(InvalidRequest) as heard:
        join(folders, found, other, confirm=False)
    said = [fault.detail for fault in heard.value.faults]
    assert "Another request comes nearer." in said
    assert "What it says of the member number is not what was asked." in said


def test_a_set_is_joined_once(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    other = folders.submit("77DENY")
    join(folders, found, row)
    for target in (row, other):
        with pytest.raises(Conflict, match="joined already"):
            join(folders, found, target)
    assert folders.row(other).status == "submitted"


def test_an_answer_of_the_wrong_kind_is_refused_even_when_confirmed(folders: FolderWorld) -> None:
    _, found, _ = waiting(folders)
    asked = check_eligibility(
        folders.world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1"))
    ).row
    with pytest.raises(Conflict, match="another kind of question"):
        join(folders, found, asked)


def test_nobody_joins_across_tenants(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    theirs = TenantId("another-practice")
    with pytest.raises(NotFound):
        inbox.join(
            folders.world.services,
            inbox.Join(tenant=theirs, actor="eve", unmatched_id=found.id, transaction_id=row.id, confirm=True),
        )
    command = Command(
        tenant=theirs, actor="test", request=request_for("9DENY", payer=str(row.payer_id), service_type="12")
    )

    other = submit_authorization(folders.world.services, command).row
    with pytest.raises(NotFound):
        join(folders, found, other)
    with pytest.raises(NotFound):
        inbox.undo(folders.world.services, theirs, "eve", found.id)
    with pytest.raises(NotFound):
        inbox.dismiss(folders.world.services, theirs, "eve", found.id, "why")


def test_a_request_that_was_never_sent_gets_no_answer(folders: FolderWorld) -> None:
    _, found, _ = waiting(folders)
    request = request_for("55APPROVE", payer=found_payer(folders, found), service_type="12")
    queued = folders.world.submit(request, at_once=False)
    with pytest.raises(Conflict, match="never sent"):
        join(folders, found, queued)


def test_a_request_in_other_hands_is_left_to_them(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    with folders.world.store.work(TENANT) as uow:
        uow.due.take(DueKind.TRANSACTION, row.id, row.endpoint_id, folders.world.clock.now() + timedelta(minutes=3))
    with pytest.raises(Conflict, match="try again"):
        join(folders, found, row)
    assert len(folders.unmatched()) == 1


def test_of_two_people_at_once_one_wins(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    other = folders.submit("77DENY")

    def attempt(target: TransactionRow) -> str:
        try:
            join(folders, found, target)
        except PriorwireError as refused:
            return type(refused).__name__
        return "joined"

    with ThreadPoolExecutor(2) as people:
        outcomes = sorted(people.map(attempt, (row, other)))
    assert outcomes == ["Conflict", "joined"]
    assert len(history(folders.world, row)) + len(history(folders.world, other)) == 1


def test_an_acknowledgment_can_be_joined_too_and_taken_back(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    answer = answer_to(folders, row)
    (_, ours), *_ = folders.house.taken
    for each in (folders.root / "inbound").iterdir():
        each.unlink()
    arrives(folders, "ta1.x12", renumbered(ta1(renumbered(ours, 999_999_998), answer, "A"), 702))
    (found,) = folders.unmatched()
    with pytest.raises(InvalidRequest):
        join(folders, found, row, confirm=False)
    join(folders, found, row)
    assert folders.row(row).acknowledgment is Acknowledgment.INTERCHANGE_ACCEPTED
    undo(folders, found)
    after = folders.row(row)
    assert (after.acknowledgment, after.delivery, after.status) == (row.acknowledgment, row.delivery, "submitted")
    assert after.evidence is row.evidence


# ---------------------------------------------------------------- taking it back


def test_an_undo_puts_back_what_stood_and_keeps_the_history(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders, DENIED)
    join(folders, found, row)
    assert WorkKind.REVIEW_DENIAL in open_kinds(folders.world, row)
    told = len(events(folders.world, row))
    undo(folders, found)
    after = folders.row(row)
    assert replace(after, updated_at=row.updated_at) == row
    (record,) = history(folders.world, row)
    assert (record.withdrawn_by, record.in_force) == ("bea", False)
    assert len(events(folders.world, row)) == told + 1
    assert events(folders.world, row)[-1].data["undone"] == "join"
    assert WorkKind.REVIEW_DENIAL not in open_kinds(folders.world, row)
    assert [each.id for each in folders.unmatched()] == [found.id]
    assert work_item_is_open(folders, found)
    assert len(folders.sets(SetState.UNMATCHED)) == 1
    with folders.world.store.read(TENANT) as uow:
        assert found.archive_id not in [each.id for each in uow.archive.of(row.id)]
        assert uow.records.latest(row.id) is None
    with pytest.raises(Conflict):
        undo(folders, found)


def test_after_an_undo_it_can_be_joined_to_another(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    other = folders.submit("77DENY")
    join(folders, found, other)
    undo(folders, found)
    join(folders, found, row)
    assert (folders.row(other).status, folders.row(row).status) == ("submitted", "approved")
    assert folders.row(other).authorization_number is None


def test_an_undo_leaves_what_came_since(folders: FolderWorld) -> None:
    row, found, whole = waiting(folders, APPROVED)
    join(folders, found, row)
    arrives(folders, "denied.x12", reply(whole, DENIED, folders.world.clock.now(), 701))
    assert folders.row(row).status == "denied"
    undo(folders, found)
    after = folders.row(row)
    assert (after.status, after.delivery, after.authorization_number) == ("denied", Delivery.FINAL, None)


def test_an_undo_brings_the_earlier_answer_back(folders: FolderWorld) -> None:
    row, found, whole = waiting(folders, DENIED)
    arrives(folders, "approved.x12", reply(whole, APPROVED, folders.world.clock.now() - timedelta(days=1), 701))
    before = folders.row(row)
    assert before.status == "approved"
    join(folders, found, row)
    assert folders.row(row).status == "denied"
    assert WorkKind.DECISION_REVERSED in open_kinds(folders.world, row)
    undo(folders, found)
    assert replace(folders.row(row), updated_at=before.updated_at) == before
    assert open_kinds(folders.world, row) == set()
    with folders.world.store.read(TENANT) as uow:
        latest = uow.records.latest(row.id)
    assert latest is not None
    assert latest.record.status.value == "approved"


def test_a_waiting_request_is_asked_about_again_after_an_undo(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    join(folders, found, row)
    undo(folders, found)
    folders.house.order()
    folders.pass_time(timedelta(days=3))
    assert folders.row(row).asks >= 1


# ---------------------------------------------------------------- dismissing


def test_a_dismissal_needs_a_reason_and_can_be_taken_back(folders: FolderWorld) -> None:
    row, found, _ = waiting(folders)
    services = folders.world.services
    with pytest.raises(InvalidRequest):
        inbox.dismiss(services, TENANT, "ann", found.id, " ")
    ended = inbox.dismiss(services, TENANT, "ann", found.id, "Told by telephone.")
    assert (ended.state, ended.note) == (UnmatchedState.DISMISSED, "Told by telephone.")
    assert not work_item_is_open(folders, found)
    assert len(folders.sets(SetState.DISMISSED)) == 1
    with pytest.raises(Conflict):
        join(folders, found, row)
    undo(folders, found)
    assert work_item_is_open(folders, found)
    assert len(folders.sets(SetState.UNMATCHED)) == 1
    join(folders, found, row)
    assert folders.row(row).status == "approved"


# ---------------------------------------------------------------- what came on a call


def test_a_stray_on_a_call_closes_its_work_with_its_row(world: World) -> None:
    first = world.submit(request_for("PENDREVIEW"))

    def with_a_stranger(_ours: bytes, answer: bytes) -> bytes:
        stranger = answer.replace(b"TRN*2*PT", b"TRN*2*ZZ").replace(b"*PW", b"*ZZ")
        return answer + renumbered(stranger, 777)

    world.core.fates = [answered(world, with_a_stranger)]
    row = world.submit(request_for("2APPROVE"))
    (found,) = inbox.listed(world.store, TENANT)
    assert WorkKind.UNMATCHED_ANSWER in open_kinds(world, row)
    assert found.work_item_id in {each.id for each in items(world, row)}
    wanted = inbox.Join(tenant=TENANT, actor="ann", unmatched_id=found.id, transaction_id=first.id, confirm=True)
    inbox.join(world.services, wanted)
    assert world.row(first.id).status == "approved"
    assert WorkKind.UNMATCHED_ANSWER not in open_kinds(world, row)
    inbox.undo(world.services, TENANT, "ann", found.id)
    assert world.row(first.id).status == "pended"
    assert WorkKind.UNMATCHED_ANSWER in open_kinds(world, row)


def test_the_inbox_is_a_part_of_the_store(store: SqlStore) -> None:
    assert list(inbox.listed(store, TENANT)) == []
    with pytest.raises(NotFound):
        inbox.show(store, TENANT, "unm_9")
