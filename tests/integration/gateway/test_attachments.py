"""Documents to a review, on both databases: each way that they may take, and that none arrives twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from priorwire.errors import Conflict, IdempotencyConflict, IllegalTransition, InvalidRequest, NotFound
from priorwire.gateway import attachment_delivery, queries
from priorwire.gateway.attach import (
    MAX_DOCUMENT_BYTES,
    AttachCommand,
    Attached,
    attach_document,
    attachments_of,
    report_document,
)
from priorwire.gateway.attachment_targets import Wanted
from priorwire.gateway.rows import AttachmentRow, TransactionRow, WorkItemRow, WorkKind, WorkState
from priorwire.gateway.ways import Accepted, Failure, Final, Message, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.care import Attachment as Announced
from priorwire.model.care import AttachmentWay
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import TenantId
from priorwire.model.lifecycle import Attachment, Review
from priorwire.simulator.faults import Fault, FaultOrder
from priorwire.simulator.journal import Entry
from tests.integration.gateway.conftest import TENANT, Fate, World, request_for
from tests.integration.gateway.test_never_twice import Killed
from tests.integration.gateway.test_races import MANY, at_once, unseeded

PDF = b"%PDF-1.7 " + bytes(range(256)) + b"~SE*3*0001~ an example page"
LEASE = timedelta(minutes=3, seconds=1)


def announcing(ending: str, payer: str = "northwind-health") -> AuthorizationRequest:
    return request_for(ending, payer, attachments=(Announced(report_type="RR"),))


def attach(world: World, row: TransactionRow, **more: object) -> Attached:
    command = AttachCommand(tenant=TENANT, actor="test", transaction_id=row.id, content=PDF)
    return attach_document(world.services, replace(command, **more))  # type: ignore[arg-type]  # a test's shorthand


def stored(world: World, row: TransactionRow) -> AttachmentRow:
    (found,) = attachments_of(world.services, TENANT, row.id)
    return found


def arrived(world: World) -> list[Entry]:
    """The documents that reached a payer."""
    return [each for each in world.simulator.journal.entries("275") if each.reached_payer]


def open_items(world: World) -> list[WorkItemRow]:
    return list(queries.work_items(world.services, TENANT, WorkState.OPEN))


def only_task(world: World) -> str:
    (item,) = open_items(world)
    assert item.kind is WorkKind.DOCUMENT
    return item.instructions


# ---------------------------------------------------------------- where all goes well


def test_a_document_that_was_announced_goes_under_the_announcements_number(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    document = attach(world, row).row
    assert (document.state, document.solicited, document.evidence) == (
        Attachment.ACKNOWLEDGED,
        False,
        Evidence.PAYER_ACKNOWLEDGED,
    )
    assert document.control_number == f"{row.trace_number}-D1"
    assert document.simulated
    (entry,) = arrived(world)
    assert (entry.trace, entry.reference, entry.duplicate) == (document.control_number, document.reference, False)
    assert entry.answered == "999 A / announced"
    assert open_items(world) == []
    assert world.tick() == 0


def test_a_pend_is_answered_with_the_document_that_it_asks_for_and_then_approved(world: World) -> None:
    row = world.submit(request_for("PENDINFO"))
    for _ in range(5):  # past the first steps of the cadence: the next look is a day away
        world.pass_time(timedelta(hours=8))
    asks = world.row(row.id).asks
    document = attach(world, row, wanted=Wanted(report_type="M1")).row
    assert (document.state, document.solicited) == (Attachment.ACKNOWLEDGED, True)
    (entry,) = arrived(world)
    assert entry.answered == "999 A / asked for"
    assert world.row(row.id).review is Review.PENDED  # an acknowledgment decides nothing
    world.pass_time(timedelta(hours=4, minutes=24))  # the cadence's first step, not its day
    decided = world.row(row.id)
    assert (decided.status, decided.asks) == ("approved", asks + 1)
    assert world.x217s() == 1


def test_a_question_without_a_number_is_answered_under_the_number_of_the_review(world: World) -> None:
    row = world.submit(request_for("PENDINFO"))
    document = attach(world, row, content=b"Notes of the visit.", is_text=True, wanted=Wanted(loinc="18776-5")).row
    assert (document.control_number, document.loinc) == (row.administrative_reference, "18776-5")
    assert [entry.answered for entry in arrived(world)] == ["999 A / asked for"]
    sent = world.core.sent[-1].payload
    assert b"STC*R4:18776-5::LOI~" in sent
    assert b"ISA" in sent[:3]
    assert sent[84:89] == b"00602"


def test_the_document_and_its_message_are_archived_as_they_left(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    document = attach(world, row).row
    with world.store.read(TENANT) as uow:
        kept, content = uow.archive.get(document.document_id)
        (exchange,) = uow.exchanges.carrying(document.reference)
        sent = [uow.archive.get(each.id)[1] for each in uow.archive.of(row.id) if each.exchange_id == exchange.id]
    assert (content, kept.content_type) == (PDF, "application/pdf")
    assert sent[0] == world.core.sent[-1].payload
    assert exchange.interchange_number is not None


def test_a_queued_document_is_sent_by_whoever_claims_it(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    assert attach(world, row, at_once=False).row.state is Attachment.QUEUED
    assert arrived(world) == []
    assert world.tick() == 1
    assert stored(world, row).state is Attachment.ACKNOWLEDGED


def test_a_document_does_not_hold_up_its_review(world: World) -> None:
    """What was sent for a document is none of the transaction's own exchanges, read or unread."""
    row = world.submit(replace(request_for("PENDREVIEW"), attachments=(Announced(report_type="RR"),)))
    world.core.fates = [dies(world)]
    with pytest.raises(Killed):
        attach(world, row)
    world.pass_time(timedelta(hours=4, minutes=24))
    assert world.row(row.id).asks == 1
    world.pass_time(timedelta(days=3))
    assert world.row(row.id).status == "approved"


# ---------------------------------------------------------------- what it answers


@pytest.mark.parametrize(
    ("wanted", "pointer", "code"),
    [
        (Wanted(announced=1), "/announced", "other_way"),
        (Wanted(announced=2), "/announced", "not_found"),
        (Wanted(control_number="NOBODYS"), "/control_number", "not_wanted"),
        (Wanted(report_type="XP"), "/report_type", "not_wanted"),
    ],
)
def test_a_document_that_nothing_wants_is_refused(world: World, wanted: Wanted, pointer: str, code: str) -> None:
    both = (Announced(report_type="RR"), Announced(report_type="DG", way=AttachmentWay.MAIL))
    row = world.submit(request_for("APPROVE", attachments=both))
    with pytest.raises(InvalidRequest) as refused:
        attach(world, row, wanted=wanted)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    assert attachments_of(world.services, TENANT, row.id) == []


def test_one_of_several_must_be_named(world: World) -> None:
    pended = world.submit(request_for("PENDINFO"))
    with pytest.raises(InvalidRequest, match=r"."):
        attach(world, pended)
    assert attach(world, pended, wanted=Wanted(report_type="DG")).row.report_type == "DG"


def test_a_request_that_announced_nothing_takes_no_document(world: World) -> None:
    with pytest.raises(InvalidRequest):
        attach(world, world.submit(request_for("APPROVE")))


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "required"), (b"MZ\x90 a program", "file_type"), (b"%PDF-" + bytes(MAX_DOCUMENT_BYTES), "too_large")],
)
def test_what_is_no_document_is_refused(world: World, content: bytes, code: str) -> None:
    row = world.submit(announcing("APPROVE"))
    with pytest.raises(InvalidRequest) as refused:
        attach(world, row, content=content)
    assert [fault.code for fault in refused.value.faults] == [code]


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n picture", b"\xff\xd8\xff picture"])
def test_a_picture_goes_as_a_picture(world: World, content: bytes) -> None:
    row = world.submit(announcing("APPROVE"))
    assert attach(world, row, content=content).row.state is Attachment.ACKNOWLEDGED
    assert b"CAT*AE*IA~" in world.core.sent[-1].payload


def test_a_rejected_request_takes_no_document(world: World) -> None:
    with pytest.raises(Conflict, match="rejected"):
        attach(world, world.submit(announcing("REJECT72")))


def test_another_practices_authorization_is_not_there(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    with pytest.raises(NotFound):
        attach(world, row, tenant=TenantId("another"))


# ---------------------------------------------------------------- never twice


def dies(world: World) -> Fate:
    def die(message: Message, _payload: bytes) -> SendOutcome:
        world.simulator.exchange(message.payload, "test")
        raise Killed

    return die


def cut(world: World) -> Fate:
    def lose(message: Message, _payload: bytes) -> SendOutcome:
        world.simulator.exchange(message.payload, "test")
        return Uncertain(detail="the connection broke before the answer came")

    return lose


def gives(outcome: SendOutcome) -> Fate:
    return lambda _message, _payload: outcome


def test_the_same_key_gives_the_same_document_back(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    first = attach(world, row, idempotency_key="key-1")
    again = attach(world, row, idempotency_key="key-1")
    assert (again.row.id, again.replayed) == (first.row.id, True)
    with pytest.raises(IdempotencyConflict):
        attach(world, row, idempotency_key="key-1", content=PDF + b"more")
    assert len(arrived(world)) == 1


def test_the_same_document_is_not_attached_twice(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [cut(world)]
    attach(world, row)
    with pytest.raises(Conflict, match="uncertain"):
        attach(world, row)
    assert len(arrived(world)) == 1


@pytest.mark.parametrize("key", [None, "document-1"])
def test_of_the_same_document_posted_at_the_same_moment_one_is_sent(world: World, key: str | None) -> None:
    row = world.submit(announcing("APPROVE"))
    services = unseeded(world)
    command = AttachCommand(tenant=TENANT, actor="test", transaction_id=row.id, content=PDF, idempotency_key=key)
    came = at_once([lambda: attach_document(services, command)] * MANY)
    assert sum(isinstance(each, Attached) for each in came) == (MANY if key else 1)
    assert sum(isinstance(each, Conflict) for each in came) == (0 if key else MANY - 1)
    assert len(arrived(world)) == 1


@pytest.mark.parametrize("by_queue", [False, True])
def test_what_may_have_arrived_is_never_sent_again_by_itself(world: World, by_queue: bool) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [cut(world)]
    attach(world, row, at_once=not by_queue)
    for _ in range(10):
        world.pass_time(timedelta(hours=6))
    assert stored(world, row).state is Attachment.UNCERTAIN
    assert "Ask the payer whether it arrived" in only_task(world)
    assert len(arrived(world)) == 1


def test_killed_in_the_call_it_is_uncertain_and_a_person_is_asked(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [dies(world)]
    with pytest.raises(Killed):
        attach(world, row)
    assert stored(world, row).state is Attachment.SENDING
    world.pass_time(LEASE)
    assert stored(world, row).state is Attachment.UNCERTAIN
    assert "died before it could tell" in only_task(world)
    assert len(arrived(world)) == 1


def test_killed_between_the_archive_and_the_send_the_next_worker_sends_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.submit(announcing("APPROVE"))
    killed_in(world, monkeypatch, "_prepare", row)
    assert (stored(world, row).state, arrived(world)) == (Attachment.QUEUED, [])
    world.pass_time(LEASE)
    assert stored(world, row).state is Attachment.ACKNOWLEDGED
    assert len(arrived(world)) == 1


def test_killed_with_the_answer_archived_the_next_worker_reads_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.submit(announcing("APPROVE"))
    killed_in(world, monkeypatch, "_read_answer", row)
    world.pass_time(LEASE)
    assert stored(world, row).state is Attachment.ACKNOWLEDGED
    assert len(world.core.sent) == 2  # the request, and the document once


def killed_in(world: World, monkeypatch: pytest.MonkeyPatch, name: str, row: TransactionRow) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(attachment_delivery, name, die)
        with pytest.raises(Killed):
            attach(world, row)


def test_what_provably_did_not_leave_is_sent_again_under_the_same_reference(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [gives(NotSent(failure=Failure.UNAVAILABLE, detail="no connection"))]
    assert attach(world, row).row.state is Attachment.QUEUED
    world.pass_time(timedelta(minutes=2))
    document = stored(world, row)
    assert (document.state, document.attempts) == (Attachment.ACKNOWLEDGED, 2)
    first, second = world.core.sent[-2:]
    assert first.reference == second.reference == document.reference
    assert first.payload != second.payload  # a new interchange number
    assert len(arrived(world)) == 1


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("fault", "code"), [(Fault.ACK_999_REJECT, "IK403 1 at BGN 2"), (Fault.TA1_REJECT, "TA105 006")]
)
def test_a_rejection_of_its_form_is_told_with_the_codes(world: World, fault: Fault, code: str) -> None:
    row = world.submit(announcing("APPROVE"))
    world.simulator.faults.order(FaultOrder(fault=fault, kind="275"))
    document = attach(world, row).row
    assert document.state is Attachment.REFUSED
    assert code in (document.detail or "")
    assert code in only_task(world)
    assert world.row(row.id).status == "approved"  # of the review it says nothing
    assert attach(world, row).row.state is Attachment.ACKNOWLEDGED  # corrected, or tried again by the practice's will


def test_what_the_channel_refuses_goes_to_a_person(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [gives(Refused(failure=Failure.CREDENTIAL, detail="the log-in was refused"))]
    assert attach(world, row).row.state is Attachment.REFUSED
    assert "the log-in was refused" in only_task(world)


def test_taken_without_an_acknowledgment_is_sent_and_no_more(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [gives(Accepted(remote_id="R-1"))]
    document = attach(world, row).row
    assert (document.state, document.evidence) == (Attachment.SENT, Evidence.SENT)
    assert world.tick() == 0


def test_an_answer_about_something_else_leaves_it_uncertain_and_waits_for_a_person(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    other = world.simulator.exchange(world.core.sent[-1].payload, "test").payload
    world.core.fates = [gives(Final(payload=other))]
    assert attach(world, row).row.state is Attachment.UNCERTAIN
    assert {item.kind for item in open_items(world)} == {WorkKind.DOCUMENT, WorkKind.UNMATCHED_ANSWER}
    assert len(queries.unmatched(world.services, TENANT)) == 1


# ---------------------------------------------------------------- a person


def test_a_document_of_a_request_that_was_not_sent_waits_for_a_person(world: World) -> None:
    row = world.submit(announcing("APPROVE"), at_once=False)
    assert attach(world, row).row.state is Attachment.WITH_PERSON
    assert "has not been sent yet" in only_task(world)
    world.tick()
    document = report(world, row, arrived=False)
    assert (document.state, open_items(world)) == (Attachment.QUEUED, [])
    world.tick()
    assert stored(world, row).state is Attachment.ACKNOWLEDGED


@pytest.mark.parametrize(("payer", "why"), [("cascadia-mutual", "has no route"), ("harbor-county-plan", "X12")])
def test_a_document_that_no_route_takes_waits_for_a_person(world: World, payer: str, why: str) -> None:
    row = world.submit(announcing("APPROVE", payer))
    document = attach(world, row).row
    assert (document.state, document.work_item_id is not None) == (Attachment.WITH_PERSON, True)
    assert why in only_task(world)
    assert report(world, row, arrived=True).state is Attachment.SENT
    assert open_items(world) == []


def test_a_person_who_asked_the_payer_has_it_sent_again(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    world.core.fates = [gives(Uncertain(detail="cut"))]
    attach(world, row)
    report(world, row, arrived=False)
    world.tick()
    assert stored(world, row).state is Attachment.ACKNOWLEDGED
    assert len(arrived(world)) == 1
    with pytest.raises(IllegalTransition):
        report(world, row, arrived=False)


def report(world: World, row: TransactionRow, *, arrived: bool) -> AttachmentRow:
    document = stored(world, row)
    return report_document(world.services, TENANT, "nurse", row.id, document.id, arrived=arrived)


def test_our_own_defect_ends_with_a_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = world.submit(announcing("APPROVE"))
    attach(world, row, at_once=False)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(attachment_delivery, "attachment_bytes", fail)
    for _ in range(8):
        world.engine_tick()
        world.clock.advance(timedelta(hours=1))
    assert stored(world, row).state is Attachment.WITH_PERSON
    assert "priorwire itself failed" in only_task(world)


def test_subscribers_are_told_of_every_state(world: World) -> None:
    row = world.submit(announcing("APPROVE"))
    attach(world, row)
    with world.store.read(TENANT) as uow:
        told = [each.data["state"] for each in uow.events.of(row.id) if each.type == "attachment.updated"]
    assert told == ["sending", "acknowledged"]
