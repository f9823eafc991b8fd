"""No transaction is without an owner: it is due, it is held, a person has it, or it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priorwire.gateway import inbound, outbound, queries, submit
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.fax_status import FaxStatus, note_fax_status
from priorwire.gateway.intake import Command
from priorwire.gateway.retry import MAX_ATTEMPTS
from priorwire.gateway.rows import DeliveryState, ExchangeState, WorkItemRow, WorkKind, WorkState
from priorwire.gateway.ways import Accepted, Failure, Final, Message, Refused, SendOutcome, Uncertain
from priorwire.gateway.webhooks import subscribe
from priorwire.gateway.work_items import Completion, PersonOutcome, complete
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import CaseState, Delivery
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for
from tests.integration.gateway.test_never_twice import (
    Killed,
    cut_off_before_the_payer_has_it,
    killed_in,
    only_transaction,
)

LEASE = timedelta(minutes=3, seconds=1)


def open_items(world: World) -> list[WorkItemRow]:
    return list(queries.work_items(world.services, TENANT, WorkState.OPEN))


def next_due(world: World) -> object:
    return world.store.next_due()


def broken(*_: object, **__: object) -> object:
    raise ZeroDivisionError("a defect of ours")


def tick_quietly(world: World, by: timedelta) -> None:
    """As a worker does: whatever a row's step raises, the row is due again when its lease ends."""
    world.clock.advance(by)
    world.engine_tick()


def dismissed(world: World, item: WorkItemRow) -> None:
    complete(
        world.services,
        Completion(
            tenant=TENANT,
            actor="person",
            work_item_id=item.id,
            outcome=PersonOutcome.DISMISSED,
            note="settled by phone",
        ),
    )


# ---------------------------------------------------------------- our own defects


def test_an_answer_that_our_own_code_cannot_read_is_tried_so_often_and_then_a_persons(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(inbound, "read_payload", broken)
        row = world.submit(request_for("APPROVE"))
        assert row.delivery is Delivery.SENDING  # kept, and to be read later
        for _ in range(40):
            tick_quietly(world, timedelta(minutes=20))
    assert WorkKind.UNREADABLE_ANSWER in [item.kind for item in open_items(world)]
    assert world.x217s() == 1
    view = queries.transaction(world.services, TENANT, row.id)
    assert all(each.state is not ExchangeState.ANSWERED for each in view.exchanges)
    assert len(queries.unmatched(world.services, TENANT)) >= 1


def test_an_answer_that_could_not_be_read_is_read_once_the_defect_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(inbound, "read_payload", broken)
        row = world.submit(request_for("APPROVE"))
    world.pass_time(timedelta(minutes=20))
    assert world.row(row.id).status == "approved"
    assert len(world.core.sent) == 1


def test_a_request_that_our_own_code_cannot_build_any_more_becomes_a_persons(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    monkeypatch.setattr(outbound, "request_bytes", broken)
    for _ in range(20):
        tick_quietly(world, timedelta(minutes=20))
    assert world.row(row.id).delivery is Delivery.REFUSED
    assert [item.kind for item in open_items(world)] == [WorkKind.REFUSED]
    assert next_due(world) is None


def test_an_inquiry_that_our_own_code_cannot_build_becomes_a_persons(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    monkeypatch.setattr(outbound, "inquiry_bytes", broken)
    for _ in range(20):
        tick_quietly(world, timedelta(hours=5))
    assert world.row(row.id).status == "pended"
    assert [item.kind for item in open_items(world)] == [WorkKind.STATUS_CHECK]


def test_a_payer_whose_guide_was_taken_away_leaves_its_requests_to_a_person(world: World) -> None:
    queued = world.submit(request_for("APPROVE"), at_once=False)
    pended = world.submit(request_for("PENDREVIEW"))
    del world.services.profiles[queued.payer_id]  # type: ignore[attr-defined]  # a dict in this world
    for _ in range(20):
        tick_quietly(world, timedelta(hours=5))
    kinds = {item.transaction_id: item.kind for item in open_items(world)}
    assert kinds == {queued.id: WorkKind.REFUSED, pended.id: WorkKind.STATUS_CHECK}


def test_a_question_whose_sending_kills_its_process_is_not_sent_for_ever(world: World) -> None:
    def die(_message: Message, _payload: bytes) -> SendOutcome:
        raise Killed

    world.core.fates = [die] * 50
    with pytest.raises(Killed):
        check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1")))
    for _ in range(50):
        try:
            world.pass_time(timedelta(minutes=20))
        except Killed:
            continue
    assert len(world.core.sent) == MAX_ATTEMPTS
    assert [item.kind for item in open_items(world)] == [WorkKind.REFUSED]


def test_a_channel_that_raises_is_uncertain_and_not_hammered(world: World) -> None:
    def defect(_message: Message, _payload: bytes) -> SendOutcome:
        raise ZeroDivisionError

    world.core.fates = [defect] * 100
    with pytest.raises(ZeroDivisionError):
        world.submit(request_for("APPROVE"))
    for _ in range(60):
        tick_quietly(world, timedelta(minutes=10))
    assert [message.transaction.value for message in world.core.sent].count("authorization") == 1
    assert len(world.core.sent) <= 7
    assert [item.kind for item in open_items(world)] == [WorkKind.UNCERTAIN_DELIVERY]


# ---------------------------------------------------------------- no end without an owner


def test_a_question_that_is_taken_and_never_answered_does_not_lie_there(world: World) -> None:
    world.core.fates = [lambda _m, _p: Accepted(remote_id="later")]
    taken = check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1")))
    assert taken.row.status == "submitted"
    world.pass_time(timedelta(days=2))
    assert world.row(taken.row.id).status == "active"


def test_an_inquiry_that_is_refused_for_good_is_put_before_a_person_once(world: World) -> None:
    world.submit(request_for("PENDREVIEW"))
    world.core.fates = [lambda _m, _p: Refused(failure=Failure.CREDENTIAL, detail="no")] * 3
    world.pass_time(timedelta(hours=5))
    world.pass_time(timedelta(hours=13))
    assert [item.kind for item in open_items(world)] == [WorkKind.STATUS_CHECK]


def test_a_portal_request_whose_process_died_is_still_handed_to_a_person(world: World) -> None:
    def die(_message: Message) -> SendOutcome:
        raise Killed

    real = world.portal.send
    world.portal.send = die  # type: ignore[method-assign,assignment]  # the process dies in this call
    with pytest.raises(Killed):
        world.submit(request_for("X", payer="summit-benefit-trust"))
    world.portal.send = real  # type: ignore[method-assign]  # another process
    world.pass_time(LEASE)
    assert only_transaction(world).delivery is Delivery.WITH_PERSON
    assert [item.kind for item in open_items(world)] == [WorkKind.PORTAL_SUBMISSION]


@pytest.mark.parametrize("ending", ["CONTACT", "DENY", "REJECT72", "SILENT"])
def test_a_work_item_that_is_dismissed_closes_its_case(world: World, ending: str) -> None:
    row = world.submit(request_for(ending))
    (item,) = open_items(world)
    dismissed(world, item)
    assert queries.transaction(world.services, TENANT, row.id).case.state is CaseState.CLOSED


def test_an_uncertain_delivery_that_a_person_dismisses_is_over(world: World) -> None:
    world.core.fates = [cut_off_before_the_payer_has_it]
    row = world.submit(request_for("APPROVE"))
    for _ in range(10):
        world.pass_time(timedelta(hours=2))
    (item,) = open_items(world)
    dismissed(world, item)
    world.tick()
    assert queries.transaction(world.services, TENANT, row.id).case.state is CaseState.CLOSED
    assert next_due(world) is None
    assert open_items(world) == []


def test_a_look_up_that_a_person_dismisses_comes_again(world: World) -> None:
    row = world.submit(request_for("X", payer="harbor-county-plan"))
    note_fax_status(world.services, FaxStatus(reference=row.reference, final=True, delivered=True, pages=2, error=None))
    world.pass_time(timedelta(days=2))
    (item,) = open_items(world)
    assert item.kind is WorkKind.STATUS_CHECK
    dismissed(world, item)
    world.pass_time(timedelta(days=2))
    (again,) = open_items(world)
    assert again.id != item.id


def test_correcting_a_submission_ends_the_work_that_asked_for_it(world: World) -> None:
    old = world.submit(request_for("REJECT72"))
    world.submit(request_for("APPROVE"), corrects=old.id)
    assert open_items(world) == []


# ---------------------------------------------------------------- faxes


def fax(world: World, *, delivered: bool, reference: str) -> None:
    error = None if delivered else "busy"
    note_fax_status(
        world.services, FaxStatus(reference=reference, final=True, delivered=delivered, pages=2, error=error)
    )


def test_a_fax_of_which_the_mail_was_uncertain_is_found_by_its_carriers_report(world: World) -> None:
    world.fax.outcome = Uncertain(detail="the connection broke")
    row = world.submit(request_for("X", payer="harbor-county-plan"))
    assert row.delivery is Delivery.UNCERTAIN
    fax(world, delivered=True, reference=row.reference)
    found = world.row(row.id)
    assert (found.delivery, found.evidence) == (Delivery.ACCEPTED, Evidence.CARRIER_ACCEPTED)
    world.pass_time(timedelta(days=2))
    assert [item.kind for item in open_items(world)] == [WorkKind.STATUS_CHECK]


def test_a_fax_of_which_the_mail_was_uncertain_and_that_failed_is_refused(world: World) -> None:
    world.fax.outcome = Uncertain(detail="the connection broke")
    row = world.submit(request_for("X", payer="harbor-county-plan"))
    fax(world, delivered=False, reference=row.reference)
    assert world.row(row.id).delivery is Delivery.REFUSED
    assert [item.kind for item in open_items(world)] == [WorkKind.CARRIER_FAILED]


def test_a_fax_that_its_carrier_confirmed_while_our_process_died_is_not_uncertain(world: World) -> None:
    def confirmed_and_killed(message: Message) -> SendOutcome:
        fax(world, delivered=True, reference=message.reference)
        raise Killed

    world.fax.send = confirmed_and_killed  # type: ignore[method-assign]  # the process dies in this call
    with pytest.raises(Killed):
        world.submit(request_for("X", payer="harbor-county-plan"))
    world.clock.advance(LEASE)
    world.tick()
    row = only_transaction(world)
    assert (row.delivery, row.evidence) == (Delivery.ACCEPTED, Evidence.CARRIER_ACCEPTED)


# ---------------------------------------------------------------- the lease


def test_an_answer_that_comes_after_the_lease_was_lost_is_kept_and_read(world: World) -> None:
    def slow(message: Message, _payload: bytes) -> SendOutcome:
        answer = world.simulator.exchange(message.payload, "test").payload
        world.clock.advance(LEASE)
        world.core.fates = [cut_off_before_the_payer_has_it]
        world.tick()  # another worker takes the row over, and its inquiry finds nothing
        return Final(payload=answer, simulated=True)

    world.core.fates = [slow]
    row = world.submit(request_for("APPROVE"))  # no error for the one who asked
    world.tick()
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


def test_a_late_answer_does_not_undo_a_decision_that_came_after_it(world: World) -> None:
    def slow(message: Message, _payload: bytes) -> SendOutcome:
        answer = world.simulator.exchange(message.payload, "test").payload  # pended
        world.pass_time(timedelta(days=4))  # meanwhile another worker asks until it is approved
        assert only_transaction(world).status == "approved"
        return Final(payload=answer, simulated=True)

    world.core.fates = [slow]
    row = world.submit(request_for("PENDREVIEW"))
    world.pass_time(LEASE)
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


def test_a_request_that_needs_no_authorization_is_never_sent_by_the_one_who_finds_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from priorwire.payers import NotRequired  # noqa: PLC0415 -- only here

    monkeypatch.setattr(submit, "review", lambda *_: NotRequired(because=("the payer's list says so",)))
    killed_in(world, monkeypatch, submit, "save", lambda: world.submit(request_for("APPROVE")))
    world.pass_time(timedelta(days=1))
    assert world.core.sent == []


# ---------------------------------------------------------------- webhooks


def test_a_delivery_that_cannot_be_made_at_all_fails_in_the_end(world: World) -> None:
    subscribe(world.services, TENANT, "test", "https://example.test/hook", "whsec_" + "A" * 43)
    world.subscriber.post = broken  # type: ignore[method-assign,assignment]  # a defect of ours
    world.submit(request_for("DENY"))  # an approval would be due when it ends
    for _ in range(40):
        tick_quietly(world, timedelta(hours=6))
    states = {each.state for each in queries.deliveries(world.services, TENANT)}
    assert states == {DeliveryState.FAILED}
    assert next_due(world) is None


def test_a_review_that_stays_pended_beyond_the_payers_window_is_put_before_a_person(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    world.core.fates = [cut_off_before_the_payer_has_it] * 100
    for _ in range(7):
        world.pass_time(timedelta(days=1))
    assert open_items(world) == []
    for _ in range(3):
        world.pass_time(timedelta(days=1))
    assert [item.kind for item in open_items(world)] == [WorkKind.STATUS_CHECK]
    assert next_due(world) is not None  # and it is still asked
    assert world.row(row.id).status == "pended"


def test_a_fax_that_failed_and_was_delivered_after_all_is_looked_into_before_it_is_sent_again(world: World) -> None:
    row = world.submit(request_for("X", payer="harbor-county-plan"))
    fax(world, delivered=False, reference=row.reference)
    (item,) = open_items(world)
    dismissed(world, item)
    for _ in range(2):
        fax(world, delivered=True, reference=row.reference)
    assert [item.kind for item in open_items(world)] == [WorkKind.STATUS_CHECK]
