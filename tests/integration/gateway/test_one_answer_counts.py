"""Late, repeated, shuffled and contradicting answers, on calls and in files: one counts, and each change is told once.

Each reply is bytes of the simulated payer, changed; all of it runs on both databases.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import TransactionRow, WorkKind
from priorwire.gateway.submit import submit_authorization
from priorwire.gateway.ways import Accepted, Final, Message, SendOutcome
from priorwire.gateway.work_items import Attachment, Completion, PersonOutcome, complete
from priorwire.model.authorization import Urgency
from priorwire.model.lifecycle import Acknowledgment, Delivery, Review
from priorwire.model.services import DateSpan
from tests.integration.gateway.conftest import TENANT, Fate, World, request_for
from tests.integration.gateway.folder_world import FolderWorld, folder_world
from tests.integration.gateway.replies import (
    APPROVED,
    CANCELLED,
    DENIED,
    PENDED,
    answer_to,
    arrives,
    events,
    history,
    items,
    open_kinds,
    renumbered,
    reply,
)
from tests.integration.gateway.test_strange_answers import ack_999, answered, ta1


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def noon(folders: FolderWorld) -> datetime:
    return folders.world.clock.now()


def started(folders: FolderWorld) -> tuple[TransactionRow, bytes, datetime]:
    """A request that was sent, the payer's answer to it, which nobody has seen, and the time."""
    row = folders.submit("APPROVE")
    return row, answer_to(folders, row), folders.world.clock.now()


def statuses(folders: FolderWorld, row: TransactionRow) -> list[str | None]:
    """What subscribers were told, one after the other."""
    return [each.data["status"] for each in events(folders.world, row)]


# ---------------------------------------------------------------- any order, any number of times


@pytest.mark.parametrize("seed", range(4))
def test_no_order_and_no_repetition_of_replies_changes_what_counts_or_tells_a_change_twice(
    folders: FolderWorld, seed: int
) -> None:
    dice = Random(seed)
    row, answer, at = started(folders)
    said = [
        (dice.choice([APPROVED, DENIED, PENDED, *([CANCELLED] if seed == 3 else [])]), at + timedelta(minutes=minute))
        for minute in dice.sample(range(1, 30), 4)
    ]
    payloads = [reply(answer, decision, when, 500 + n) for n, (decision, when) in enumerate(said)]
    sent = [*payloads, dice.choice(payloads), renumbered(dice.choice(payloads), 900)]
    dice.shuffle(sent)
    told = 0
    for number, payload in enumerate(sent):
        before = [each.version for each in history(folders.world, row) if each.in_force]
        arrives(folders, f"reply-{number}.x12", payload)
        after = [each.version for each in history(folders.world, row) if each.in_force]
        assert len(after) == 1
        now_told = len(events(folders.world, row))
        # TA1 and 999 come with the first file that is looked at, and are told as evidence.
        assert now_told - told <= (1 if before else 3)
        if before == after:
            assert now_told == told, "nothing changed, and somebody was told"
        told = now_told
    expected = _by_hand(said)
    assert folders.row(row).status == expected
    assert folders.row(row).review is Review(expected)
    _nothing_is_lost(folders, len(sent))


def _by_hand(said: list[tuple[bytes, datetime]]) -> str:
    """A second opinion on the rule, for replies of different moments."""
    if any(decision is CANCELLED for decision, _ in said):
        return "cancelled"
    newest = max(said, key=lambda each: each[1])[0]
    return {APPROVED: "approved", DENIED: "denied", PENDED: "pended"}[newest]


def _nothing_is_lost(folders: FolderWorld, replies: int) -> None:
    placed = len(folders.sets(SetState.PLACED))
    unmatched, waiting = len(folders.sets(SetState.UNMATCHED)), len(folders.sets(SetState.WAITING))
    quarantined, duplicates = len(folders.sets(SetState.QUARANTINED)), len(folders.files(FileState.DUPLICATE))
    assert waiting == 0
    assert placed + unmatched + quarantined + duplicates == replies + 2  # with TA1 and 999
    assert folders.names("inbound") == []


# ---------------------------------------------------------------- the same again


def test_the_same_bytes_again_are_a_duplicate_and_nobody_is_told_twice(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    for name in ("one.x12", "two.x12"):
        arrives(folders, name, reply(answer, APPROVED, at))
    assert len(folders.files(FileState.DUPLICATE)) == 1
    assert statuses(folders, row).count("approved") == 1
    assert len(history(folders.world, row)) == 1


def test_the_same_number_with_other_bytes_is_kept_apart_and_judged_by_what_it_says(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "one.x12", reply(answer, PENDED, at, 700))
    arrives(folders, "two.x12", reply(answer, APPROVED, at + timedelta(minutes=5), 700))
    assert folders.row(row).status == "approved"
    assert [each.cause for each in folders.files(FileState.DONE) if each.cause] == [
        "an interchange number in it came before, with other bytes"
    ]
    assert len(history(folders.world, row)) == 2


def test_the_same_decision_in_other_bytes_is_kept_in_the_archive_and_not_told(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "one.x12", reply(answer, DENIED, at, 700))
    told = len(events(folders.world, row))
    first = items(folders.world, row)
    arrives(folders, "two.x12", reply(answer, DENIED, at + timedelta(hours=1), 701))
    assert len(events(folders.world, row)) == told
    assert items(folders.world, row) == first
    (kept,) = history(folders.world, row)
    assert kept.said_at == (at + timedelta(hours=1)).replace(microsecond=0)  # it was said again, later
    with folders.world.store.read(TENANT) as uow:
        assert len(uow.archive.of(row.id)) == 5  # request, TA1, 999, and the denial twice


def test_the_same_answer_on_two_calls_is_told_once(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    told = len(events(world, row))
    for _ in range(3):
        world.pass_time(timedelta(hours=5))
        if world.row(row.id).status != "pended":
            break
    pends = [each for each in history(world, row) if each.record.status.value == "pended"]
    assert world.row(row.id).asks >= 1
    assert len(pends) <= 2  # the answer to the request, and the shorter one to an inquiry
    assert len(events(world, row)) - told <= 2


# ---------------------------------------------------------------- out of order


def test_a_pend_that_comes_after_the_decision_does_not_undo_it(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "final.x12", reply(answer, APPROVED, at + timedelta(minutes=9), 700))
    told = len(events(folders.world, row))
    arrives(folders, "pend.x12", reply(answer, PENDED, at, 701))
    assert folders.row(row).status == "approved"
    assert len(events(folders.world, row)) == told
    assert [each.in_force for each in history(folders.world, row)] == [True, False]  # and it is kept


def test_a_pend_whose_own_date_proves_it_newer_takes_the_review_up_again(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "final.x12", reply(answer, APPROVED, at, 700))
    arrives(folders, "pend.x12", reply(answer, PENDED, at + timedelta(minutes=9), 701))
    assert folders.row(row).status == "pended"


def test_an_unsolicited_final_answer_after_a_pend_counts(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "pend.x12", reply(answer, PENDED, at, 700))
    arrives(folders, "final.x12", reply(answer, APPROVED, at + timedelta(hours=3), 701))
    assert folders.row(row).status == "approved"
    assert statuses(folders, row)[-2:] == ["pended", "approved"]


# ---------------------------------------------------------------- reversals and contradictions


def test_a_reversed_approval_is_told_as_a_reversal_and_put_before_a_person_at_once(folders: FolderWorld) -> None:
    soon = folders.world.clock.now().date() + timedelta(days=3)
    row = folders.submit("APPROVE", event_dates=DateSpan(start=soon))
    answer, at = answer_to(folders, row), folders.world.clock.now()
    arrives(folders, "one.x12", reply(answer, APPROVED, at, 700))
    arrives(folders, "two.x12", reply(answer, DENIED, at + timedelta(minutes=1), 701))
    assert folders.row(row).status == "denied"
    assert events(folders.world, row)[-1].data["reverses"] == "approved"
    assert {WorkKind.DECISION_REVERSED, WorkKind.REVIEW_DENIAL} <= open_kinds(folders.world, row)
    reversed_item = next(each for each in items(folders.world, row) if each.kind is WorkKind.DECISION_REVERSED)
    assert reversed_item.due_at <= folders.world.clock.now() + timedelta(hours=4)
    assert "within 7 days" in reversed_item.due_rule


def test_a_reversal_of_a_service_that_is_far_away_is_due_by_the_payers_clock(folders: FolderWorld) -> None:
    later = folders.world.clock.now().date() + timedelta(days=60)
    row = folders.submit("APPROVE", event_dates=DateSpan(start=later))
    answer, at = answer_to(folders, row), folders.world.clock.now()
    arrives(folders, "one.x12", reply(answer, APPROVED, at, 700))
    arrives(folders, "two.x12", reply(answer, DENIED, at + timedelta(minutes=1), 701))
    reversed_item = next(each for each in items(folders.world, row) if each.kind is WorkKind.DECISION_REVERSED)
    assert "within 7 days" not in reversed_item.due_rule


def test_a_denial_that_was_overturned_takes_its_work_from_the_list(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "one.x12", reply(answer, DENIED, at, 700))
    assert open_kinds(folders.world, row) == {WorkKind.REVIEW_DENIAL}
    arrives(folders, "two.x12", reply(answer, APPROVED, at + timedelta(days=0, minutes=1), 701))
    assert folders.row(row).status == "approved"
    assert open_kinds(folders.world, row) == set()
    assert events(folders.world, row)[-1].data["reverses"] == "denied"


def test_two_decisions_of_one_moment_leave_the_cautious_one_and_ask_a_person(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "one.x12", reply(answer, DENIED, at, 700))
    arrives(folders, "two.x12", reply(answer, APPROVED, at, 701))
    assert folders.row(row).status == "denied"
    assert WorkKind.ANSWERS_CONTRADICT in open_kinds(folders.world, row)


# ---------------------------------------------------------------- after a fallback, and on requests that are over


def portal_reported(folders: FolderWorld, row: TransactionRow, outcome: PersonOutcome) -> None:
    """Somebody looked it up on the portal."""
    folders.pass_time(timedelta(days=30))
    (item,) = [each for each in items(folders.world, row) if each.kind is WorkKind.STATUS_CHECK][:1]
    complete(
        folders.world.services,
        Completion(
            tenant=TENANT,
            actor="ann",
            work_item_id=item.id,
            outcome=outcome,
            reference="PORTAL1",
            authorization_number="PORTALAUTH" if outcome is PersonOutcome.APPROVED else None,
            attachments=(Attachment(payload=b"%PDF-1.4 letter"),),
        ),
    )


def test_a_late_decision_withdraws_the_work_that_was_to_find_it_out(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    folders.pass_time(timedelta(days=30))
    waiting = open_kinds(folders.world, row)
    assert waiting, "somebody is to look it up"
    arrives(folders, "late.x12", reply(answer, APPROVED, folders.world.clock.now(), 700))
    assert folders.row(row).status == "approved"
    assert open_kinds(folders.world, row) == set()
    closed = [each for each in items(folders.world, row) if each.kind in waiting]
    assert {each.completed_by for each in closed} == {"gateway"}


def test_a_late_pend_does_not_undo_what_a_person_entered_with_a_letter(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    portal_reported(folders, row, PersonOutcome.APPROVED)
    arrives(folders, "late.x12", reply(answer, PENDED, folders.world.clock.now(), 700))
    assert folders.row(row).status == "approved"


def test_a_late_decision_that_contradicts_a_persons_report_is_put_before_a_person(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    portal_reported(folders, row, PersonOutcome.APPROVED)
    arrives(folders, "late.x12", reply(answer, DENIED, folders.world.clock.now(), 700))
    assert folders.row(row).status == "denied"
    assert WorkKind.ANSWERS_CONTRADICT in open_kinds(folders.world, row)


def test_a_late_decision_that_says_the_same_as_a_person_asks_nobody(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    portal_reported(folders, row, PersonOutcome.APPROVED)
    arrives(folders, "late.x12", reply(answer, APPROVED, folders.world.clock.now(), 700))
    assert folders.row(row).status == "approved"
    assert WorkKind.ANSWERS_CONTRADICT not in open_kinds(folders.world, row)


def test_a_late_approval_of_a_superseded_request_tells_somebody_and_moves_nothing(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    arrives(folders, "one.x12", reply(answer, DENIED, at, 700))
    command = Command(
        tenant=TENANT,
        actor="test",
        request=request_for("2APPROVE", payer=str(row.payer_id), service_type="12"),
        corrects=row.id,
        at_once=False,
    )
    submit_authorization(folders.world.services, command)
    assert folders.row(row).review is Review.SUPERSEDED
    arrives(folders, "two.x12", reply(answer, APPROVED, at + timedelta(minutes=1), 701))
    assert folders.row(row).review is Review.SUPERSEDED
    assert open_kinds(folders.world, row) == {WorkKind.LATE_ANSWER}
    arrives(folders, "three.x12", reply(answer, APPROVED, at + timedelta(minutes=2), 702))
    assert [each.kind for each in items(folders.world, row)].count(WorkKind.LATE_ANSWER) == 1


# ---------------------------------------------------------------- acknowledgments out of turn


def test_acknowledgments_that_come_after_the_answer_change_no_decision(folders: FolderWorld) -> None:
    row, answer, at = started(folders)
    (_, ours), *_ = folders.house.taken
    with folders.world.store.read(TENANT) as uow:
        (exchange,) = uow.exchanges.of(row.id)
    arrives(folders, "answer.x12", reply(answer, APPROVED, at, 700))
    told = len(events(folders.world, row))
    arrives(folders, "999R.x12", renumbered(ack_999(ours, answer, "R"), 701))
    arrives(folders, "ta1.x12", renumbered(ta1(ours, answer, "A"), 702))
    after = folders.row(row)
    assert exchange.interchange_number is not None
    assert (after.status, after.delivery) == ("approved", Delivery.FINAL)
    assert len(events(folders.world, row)) == told
    assert folders.unmatched() == []


def test_a_999_before_its_ta1_and_both_before_the_answer(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    answer = answer_to(folders, row)
    (_, ours), *_ = folders.house.taken
    for each in (folders.root / "inbound").iterdir():
        each.unlink()  # the house's own acknowledgments
    arrives(folders, "999.x12", renumbered(ack_999(ours, answer, "A"), 701))
    assert folders.row(row).acknowledgment is Acknowledgment.ACCEPTED
    arrives(folders, "ta1.x12", renumbered(ta1(ours, answer, "A"), 702))
    assert folders.row(row).acknowledgment is Acknowledgment.ACCEPTED
    arrives(folders, "answer.x12", answer)
    assert folders.row(row).status == "approved"


def test_an_answer_after_a_rejecting_999_counts_and_takes_the_work_away(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    answer = answer_to(folders, row)
    (_, ours), *_ = folders.house.taken
    for each in (folders.root / "inbound").iterdir():
        each.unlink()
    arrives(folders, "999.x12", renumbered(ack_999(ours, answer, "R"), 701))
    assert folders.row(row).status == "rejected"
    assert open_kinds(folders.world, row) == {WorkKind.REFUSED}
    arrives(folders, "answer.x12", answer)
    assert folders.row(row).status == "approved"
    assert open_kinds(folders.world, row) == set()


# ---------------------------------------------------------------- altered and missing identifiers


@pytest.mark.parametrize("lost", ["trace", "reference"])
def test_one_identifier_that_came_back_unaltered_joins(folders: FolderWorld, lost: str) -> None:
    row, answer, _ = started(folders)
    gone = row.trace_number if lost == "trace" else row.reference
    altered = answer.replace(gone.encode(), b"X" * len(gone))
    arrives(folders, "altered.x12", altered)
    assert folders.row(row).status == "approved"


def test_what_names_nothing_is_in_the_inbox_with_its_request_first(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    others = [folders.submit(f"{n}DENY") for n in range(3)]
    altered = answer.replace(row.trace_number.encode(), b"NOTRACE").replace(row.reference.encode(), b"NOREFERENCE")
    arrives(folders, "altered.x12", altered)
    assert folders.row(row).status == "submitted"
    (waiting,) = folders.unmatched()
    assert waiting.candidates[0].transaction_id == row.id
    assert {"member number", "procedures"} <= set(waiting.candidates[0].agrees)
    assert all(folders.row(each).status != "approved" for each in others)


def test_an_acknowledgment_that_names_nothing_of_ours_waits_for_a_person(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    (_, ours), *_ = folders.house.taken
    stranger = renumbered(ours, 999_999_998)
    arrives(folders, "ta1.x12", renumbered(ta1(stranger, answer, "R"), 702))
    (waiting,) = folders.unmatched()
    assert waiting.reason == "it acknowledges a control number that was not sent to this mailbox"
    assert waiting.work_item_id is not None
    assert folders.row(row).status == "submitted"


def both_in_one_set(first: bytes, second: bytes) -> bytes:
    """The review of `second` beside that of `first`, under the one reference of `first`."""
    start, end = first.index(b"HL*4*3*EV*"), first.index(b"SE*")
    event = second[second.index(b"HL*4*3*EV*") : second.index(b"SE*")]
    event = event.replace(b"HL*5*4*", b"HL*7*6*").replace(b"HL*4*3*EV*", b"HL*6*3*EV*")
    body = first[first.index(b"ST*278") : end] + event
    closing = first[end:]
    count = f"SE*{body.count(b'~') + 1}".encode()
    assert start < end
    return first[: first.index(b"ST*278")] + body + count + closing[closing.index(b"*", 3) :]


def answers_to(folders: FolderWorld, *rows: TransactionRow) -> list[bytes]:
    """Each row's answer, out of the folder before anybody saw it."""
    folders.house.run()
    inbound = folders.root / "inbound"
    kept = {each: each.read_bytes() for each in inbound.iterdir()}
    for each in kept:
        each.unlink()
    return [next(body for body in kept.values() if row.reference.encode() in body) for row in rows]


def test_one_reply_answers_several_requests_each_by_its_own_trace(folders: FolderWorld) -> None:
    first, second = folders.submit("APPROVE"), folders.submit("APPROVE", urgency=Urgency.URGENT)
    one, two = answers_to(folders, first, second)
    at = folders.world.clock.now()
    together = both_in_one_set(reply(one, APPROVED, at, 700), reply(two, DENIED, at, 701))
    arrives(folders, "both.x12", together)
    assert (folders.row(first).status, folders.row(second).status) == ("approved", "denied")
    assert folders.unmatched() == []


# ---------------------------------------------------------------- on calls


def late(first: bytes | None) -> Fate:
    """The message reached the payer, whose answer comes another time."""

    def fate(message: Message, _payload: bytes) -> SendOutcome:
        return Accepted(remote_id="later") if first is None else Final(payload=first, simulated=True)

    return fate


def test_several_replies_on_one_call_leave_the_newest_in_force_whatever_their_order(world: World) -> None:
    def both(_ours: bytes, answer: bytes) -> bytes:
        at = world.clock.now()
        newer = reply(answer, DENIED, at + timedelta(minutes=2), 801)
        return newer + reply(answer, APPROVED, at, 802)

    world.core.fates = [answered(world, both)]
    row = world.submit(request_for("APPROVE"))
    assert world.row(row.id).status == "denied"
    assert len(history(world, row)) == 2
    assert len([each for each in events(world, row) if each.data["status"] == "denied"]) == 1


def test_a_pend_on_a_call_that_is_older_than_the_decision_is_kept_and_counts_not(world: World) -> None:
    world.core.fates = [answered(world, lambda _o, answer: reply(answer, PENDED, world.clock.now()))]
    row = world.submit(request_for("APPROVE"))
    assert world.row(row.id).status == "pended"
    at = world.clock.now()

    def decided_before_it_was_pended(_ours: bytes, answer: bytes) -> bytes:
        return reply(answer, DENIED, at + timedelta(hours=1), 801) + reply(answer, PENDED, at, 802)

    world.core.fates = [answered(world, decided_before_it_was_pended)]
    for _ in range(4):
        world.pass_time(timedelta(hours=5))
    assert world.row(row.id).status == "denied"


# ---------------------------------------------------------------- test and production never meet


def test_an_answer_that_is_marked_as_production_data_decides_nothing_in_test(world: World) -> None:
    def marked(_ours: bytes, answer: bytes) -> bytes:
        return answer[:102] + b"P" + answer[103:]

    world.core.fates = [answered(world, marked)]
    row = world.submit(request_for("APPROVE"))
    assert world.row(row.id).status == "submitted"
    with world.store.read(TENANT) as uow:
        (waiting,) = uow.unmatched.listed()
    assert waiting.reason == "it is marked as production data, and the request was sent in test"
    assert history(world, row) == []


def test_a_file_that_is_marked_as_production_data_goes_to_quarantine_in_test(folders: FolderWorld) -> None:
    row, answer, _ = started(folders)
    arrives(folders, "marked.x12", answer[:102] + b"P" + answer[103:])
    assert folders.row(row).status == "submitted"
    (put_aside,) = folders.sets(SetState.QUARANTINED)
    assert put_aside.cause == "it is marked as production data, and the request was sent in test"
