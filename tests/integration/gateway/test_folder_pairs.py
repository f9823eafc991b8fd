"""Batch through a folder pair, on both databases: out once, in once, whatever comes and in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.gateway import queries
from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.correlate import ReplyKeys
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import AnyRecord, TransactionRow, WorkKind
from priorwire.gateway.whose import keys_of
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Acknowledgment, Delivery, Review
from priorwire.payers.profile import Transaction
from priorwire.simulator import Fault
from tests.integration.gateway.conftest import TENANT, World, inquiry_for
from tests.integration.gateway.folder_world import PAYER, FolderWorld, folder_world


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def test_a_request_is_left_in_the_folder_whole_and_once(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    assert (row.delivery, row.review, row.evidence) == (Delivery.ACCEPTED, Review.SUBMITTED, Evidence.SENT)
    (name,) = folders.names("outbound")
    assert name.startswith(f"{row.reference}-")
    payload = (folders.root / "outbound" / name).read_bytes()
    assert payload.startswith(b"ISA")
    assert payload.rstrip().endswith(b"~")


def test_acknowledgments_and_the_answer_come_in_files_and_are_placed(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    folders.round()
    after = folders.row(row)
    assert (after.status, after.delivery, after.acknowledgment) == (
        "approved",
        Delivery.FINAL,
        Acknowledgment.ACCEPTED,
    )
    assert after.authorization_number
    assert after.simulated
    assert folders.names("inbound") == []
    assert len(folders.names("processed")) == 2
    assert {each.state for each in folders.files(FileState.DONE)} == {FileState.DONE}
    assert len(folders.sets(SetState.PLACED)) == 3  # TA1, 999, 278
    assert folders.unmatched() == []
    with folders.world.store.read(row.tenant) as uow:
        archived = uow.archive.of(row.id)
    assert [each.direction.value for each in archived].count("in") == 3


def test_what_they_sent_is_acknowledged_and_acknowledgments_are_not(folders: FolderWorld) -> None:
    folders.submit("APPROVE")
    folders.round(2)
    assert len(folders.acknowledgments_taken()) == 1
    (payload,) = [payload for name, payload in folders.house.taken if name.startswith("ACK-")]
    assert payload.count(b"TA1*") == 1
    assert b"*005010X231A1~" in payload


@pytest.mark.parametrize("fault", [Fault.TOGETHER, Fault.ANSWER_FIRST])
def test_the_order_and_the_number_of_files_mean_nothing(folders: FolderWorld, fault: Fault) -> None:
    folders.house.order(fault)
    row = folders.submit("APPROVE")
    folders.round()
    assert folders.row(row).status == "approved"
    assert folders.history(row) == ["approved"]
    assert len(folders.sets(SetState.PLACED)) == 3


def test_the_same_bytes_again_are_noted_and_moved_and_not_read(folders: FolderWorld) -> None:
    folders.house.order(Fault.TWICE)
    row = folders.submit("APPROVE")
    folders.round()
    assert folders.history(row) == ["approved"]
    assert len(folders.files(FileState.DUPLICATE)) == 1
    assert len(folders.names("processed")) == 3
    assert len(folders.sets(SetState.PLACED)) == 3


def test_the_same_interchange_number_with_other_bytes_is_read_and_said(folders: FolderWorld) -> None:
    folders.house.order(Fault.SAME_NUMBER)
    row = folders.submit("APPROVE")
    folders.round()
    assert folders.history(row) == ["approved"]  # the same decision again: nothing new
    causes = [each.cause for each in folders.files(FileState.DONE) if each.cause]
    assert causes == ["an interchange number in it came before, with other bytes"]


def test_a_file_that_is_cut_off_is_waited_for_and_then_put_aside(folders: FolderWorld) -> None:
    folders.house.order(Fault.TRUNCATED)
    row = folders.submit("DENY")
    folders.round()
    assert folders.row(row).status == "submitted"
    assert len(folders.names("inbound")) == 1
    folders.pass_time(timedelta(hours=1))
    (put_aside,) = folders.files(FileState.QUARANTINED)
    assert put_aside.cause == "it ends before its last interchange does"
    assert folders.names("inbound") == []
    assert folders.row(row).status == "submitted"


def test_a_file_that_is_still_being_written_is_not_looked_at(folders: FolderWorld) -> None:
    folders.house.order(Fault.HALF_RENAMED)
    row = folders.submit("APPROVE")
    folders.round(3)
    assert folders.row(row).acknowledgment is Acknowledgment.ACCEPTED
    assert folders.row(row).status == "submitted"
    (name,) = folders.names("inbound")
    (folders.root / "inbound" / name).rename(folders.root / "inbound" / name.removesuffix(".part"))
    folders.pass_time()
    folders.pass_time(timedelta(seconds=31))
    assert folders.row(row).status == "approved"


def test_a_file_that_grows_is_not_read_until_it_stands_still(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    folders.house.run()
    (answer,) = [each for each in (folders.root / "inbound").iterdir() if "answer" in each.name]
    whole = answer.read_bytes()
    for length in range(1, len(whole), 200):
        answer.write_bytes(whole[:length])
        folders.pass_time(timedelta(seconds=31))
        assert folders.row(row).status == "submitted"
    answer.write_bytes(whole)
    folders.pass_time(timedelta(seconds=31))
    folders.pass_time(timedelta(seconds=31))
    assert folders.row(row).status == "approved"
    assert folders.files(FileState.QUARANTINED) == []


def test_a_poisoned_set_is_put_aside_and_the_others_go_on(folders: FolderWorld) -> None:
    folders.house.order(Fault.WITH_POISON)
    row = folders.submit("APPROVE")
    folders.round()
    assert folders.row(row).status == "approved"
    (poison,) = folders.sets(SetState.QUARANTINED)
    assert poison.cause == "no implementation guide is known for it"


def test_a_set_that_our_own_code_fails_over_is_put_aside_and_blocks_no_other(
    folders: FolderWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = folders.submit("APPROVE"), folders.submit("DENY")

    def broken(record: AnyRecord) -> ReplyKeys:
        keys = keys_of(record)
        if keys.reference == first.reference:
            raise ZeroDivisionError("a defect of ours")
        return keys

    monkeypatch.setattr("priorwire.gateway.received_sets.keys_of", broken)
    folders.round()
    for _ in range(8):
        folders.pass_time(timedelta(minutes=20))
    assert folders.row(second).status == "denied"
    (poison,) = folders.sets(SetState.QUARANTINED)
    assert poison.cause is not None
    assert "ZeroDivisionError" in poison.cause
    assert folders.row(first).status == "submitted"


def test_a_final_answer_comes_after_a_pend_without_being_asked_for(folders: FolderWorld) -> None:
    row = folders.submit("PENDREVIEW")
    folders.round()
    assert folders.row(row).status == "pended"
    folders.world.clock.advance(timedelta(days=3))
    folders.round(2)
    after = folders.row(row)
    assert (after.status, after.review) == ("approved", Review.APPROVED)
    assert folders.history(row)[0] == "pended"
    assert folders.history(row)[-1] == "approved"


def test_an_approval_may_be_reversed(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    folders.round()
    folders.house.reverse(row.reference)
    folders.round()
    assert folders.row(row).status == "denied"
    assert folders.history(row) == ["approved", "denied"]


def test_a_pend_is_asked_about_in_files_too(folders: FolderWorld) -> None:
    row = folders.submit("PENDLONG")
    folders.round()
    folders.pass_time(timedelta(hours=13, minutes=12))  # twelve hours, and whatever of a tenth it is spread by
    folders.round(2)
    assert folders.row(row).asks == 1
    assert any(b"*005010X215" in payload for _, payload in folders.house.taken)
    assert folders.row(row).status == "pended"
    assert folders.requests_taken() == 1


def test_what_names_nobody_waits_for_a_person(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    folders.house.run()
    (answer,) = [each for each in (folders.root / "inbound").iterdir() if "answer" in each.name]
    answer.write_bytes(
        answer.read_bytes().replace(row.reference.encode(), b"NOTOURS").replace(row.trace_number.encode(), b"NEITHER")
    )
    folders.pass_time()
    folders.pass_time(timedelta(seconds=31))
    assert folders.row(row).status == "submitted"
    assert [each.reason for each in folders.unmatched()] == [
        "it names a request that is not ours, or that is not known here"
    ]
    assert len(folders.sets(SetState.UNMATCHED)) == 1


def test_a_missing_folder_is_no_defect_and_sends_nothing(folders: FolderWorld) -> None:
    (folders.root / "outbound").rmdir()
    row = folders.submit("APPROVE")
    assert row.delivery is Delivery.READY
    (folders.root / "outbound").mkdir()
    folders.pass_time(timedelta(minutes=20))
    folders.round()
    assert folders.row(row).status == "approved"
    assert folders.requests_taken() == 1


def eligibility_in_files(folders: FolderWorld) -> TransactionRow:
    services = folders.world.services
    profile = services.profiles[PAYER]
    (batch,) = [route for route in profile.routes if route.endpoint.folders]
    asking = replace(batch, transactions=frozenset({Transaction.ELIGIBILITY}), service_types=frozenset())
    folders.world.services = replace(services, profiles={PAYER: replace(profile, routes=(asking,))})
    request = replace(inquiry_for("ELIG1"), payer_id=str(PAYER))
    return check_eligibility(folders.world.services, Command(tenant=TENANT, actor="test", request=request)).row


def test_coverage_is_asked_in_files_too_and_not_asked_again_meanwhile(folders: FolderWorld) -> None:
    row = eligibility_in_files(folders)
    assert row.delivery is Delivery.ACCEPTED
    folders.pass_time(timedelta(minutes=30))
    folders.round()
    after = folders.row(row)
    assert (after.status, after.delivery, after.attempts) == ("active", Delivery.FINAL, 1)
    assert len([name for name, _ in folders.house.taken if name.startswith(row.reference)]) == 1


def test_a_question_that_is_never_answered_is_a_persons_in_the_end(folders: FolderWorld) -> None:
    folders.house.order(Fault.SILENCE)
    row = eligibility_in_files(folders)
    folders.round()
    folders.pass_time(timedelta(days=1))
    items = queries.work_items(folders.world.services, TENANT)
    assert [(item.transaction_id, item.kind) for item in items] == [(row.id, WorkKind.STATUS_CHECK)]
