"""Nothing is sent twice: a process may die at any point, and the payer sees one request for review.

`Killed` stands for kill -9: it is no `Exception`, nothing catches it, and whatever was not
committed is gone. The real signal is sent to real processes in tests/acceptance.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from priorwire.errors import Conflict, IdempotencyConflict, SafetyRefusal, StaleFence
from priorwire.gateway import inbound, outbound, queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.endpoints_pausing import Order, pause
from priorwire.gateway.intake import Command
from priorwire.gateway.retry import MAX_ASKS_IN_VAIN, MAX_ASKS_WHEN_UNCERTAIN
from priorwire.gateway.rows import DueKind, TransactionRow, WorkKind, WorkState
from priorwire.gateway.steps import run_due
from priorwire.gateway.ways import Failure, Final, Message, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.lifecycle import Delivery, Review
from tests.integration.gateway.conftest import TENANT, Fate, World, inquiry_for, request_for


class Killed(BaseException):
    """The process is gone."""


def dies_before_the_payer_has_it(_message: Message, _payload: bytes) -> SendOutcome:
    raise Killed


def dies_after_the_payer_has_it(world: World) -> Fate:
    def die(message: Message, _payload: bytes) -> SendOutcome:
        world.simulator.exchange(message.payload, "test")
        raise Killed

    return die


def cut_off_after_the_payer_has_it(world: World) -> Fate:
    def cut(message: Message, _payload: bytes) -> SendOutcome:
        world.simulator.exchange(message.payload, "test")
        return Uncertain(detail="the connection broke before the answer came")

    return cut


def cut_off_before_the_payer_has_it(_message: Message, _payload: bytes) -> SendOutcome:
    return Uncertain(detail="the connection broke before the answer came")


def killed_in(
    world: World, monkeypatch: pytest.MonkeyPatch, module: object, name: str, act: Callable[[], object]
) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, name, die)
        with pytest.raises(Killed):
            act()


def only_transaction(world: World) -> TransactionRow:
    (row,) = queries.transactions(world.services, TENANT, limit=10)
    return row


LEASE = timedelta(minutes=3, seconds=1)


def test_killed_after_the_payer_got_it_the_next_worker_inquires_and_finds_it(world: World) -> None:
    world.core.fates = [dies_after_the_payer_has_it(world)]
    with pytest.raises(Killed):
        world.submit(request_for("APPROVE"))
    assert only_transaction(world).delivery is Delivery.SENDING
    assert world.tick() == 0  # the dead one's lease still runs
    world.pass_time(LEASE)
    row = only_transaction(world)
    assert (row.delivery, row.status) == (Delivery.FINAL, "approved")
    assert world.x217s() == 1
    assert [message.transaction.value for message in world.core.sent] == ["authorization", "inquiry"]


def test_killed_before_the_payer_got_it_nobody_sends_it_again_by_himself(world: World) -> None:
    world.core.fates = [dies_before_the_payer_has_it]
    with pytest.raises(Killed):
        world.submit(request_for("APPROVE"))
    world.pass_time(LEASE)
    for _ in range(MAX_ASKS_WHEN_UNCERTAIN + 3):
        world.pass_time(timedelta(hours=2))
    row = only_transaction(world)
    assert row.delivery is Delivery.UNCERTAIN
    assert world.x217s() == 0
    assert [message.transaction.value for message in world.core.sent].count("authorization") == 1
    assert [item.kind for item in queries.work_items(world.services, TENANT)] == [WorkKind.UNCERTAIN_DELIVERY]
    assert row.asks == MAX_ASKS_WHEN_UNCERTAIN


def test_inquiries_that_died_are_not_taken_for_ones_that_found_nothing(world: World) -> None:
    world.core.fates = [dies_after_the_payer_has_it(world)]
    with pytest.raises(Killed):
        world.submit(request_for("APPROVE"))
    for _ in range(MAX_ASKS_WHEN_UNCERTAIN):
        world.core.fates = [dies_before_the_payer_has_it]
        with pytest.raises(Killed):
            world.pass_time(timedelta(hours=2))
    assert only_transaction(world).asks == MAX_ASKS_WHEN_UNCERTAIN
    world.pass_time(timedelta(hours=2))
    assert only_transaction(world).status == "approved"
    (item,) = queries.work_items(world.services, TENANT)
    assert (item.kind, item.state) == (WorkKind.UNCERTAIN_DELIVERY, WorkState.DONE)


def test_a_payer_that_does_not_answer_is_asked_on_while_a_person_calls(world: World) -> None:
    world.core.fates = [cut_off_after_the_payer_has_it(world), *[cut_off_before_the_payer_has_it] * 8]
    world.submit(request_for("APPROVE"))
    for _ in range(MAX_ASKS_WHEN_UNCERTAIN + 2):
        world.pass_time(timedelta(hours=2))
    (item,) = queries.work_items(world.services, TENANT)
    assert (item.kind, item.state) == (WorkKind.UNCERTAIN_DELIVERY, WorkState.OPEN)
    assert "still asked by machine" in item.instructions
    for _ in range(6):
        world.pass_time(timedelta(hours=6))  # its endpoint is down by now, and tried now and then
    assert only_transaction(world).status == "approved"
    assert queries.work_items(world.services, TENANT)[0].state is WorkState.DONE
    assert world.x217s() == 1


def test_an_uncertain_request_behind_a_paused_endpoint_comes_before_a_person_in_time(world: World) -> None:
    world.core.fates = [cut_off_after_the_payer_has_it(world)]
    row = world.submit(request_for("APPROVE"))
    pause(world.services, Order(endpoint_id=row.endpoint_id, actor="ann", reason="their release"))
    world.pass_time(timedelta(days=20))
    (item,) = queries.work_items(world.services, TENANT)
    assert item.kind is WorkKind.UNCERTAIN_DELIVERY
    assert "should have decided by now" in item.instructions
    assert world.row(row.id).asks == 0


def test_an_inquiry_that_kills_whoever_sends_it_comes_before_a_person(world: World) -> None:
    world.core.fates = [dies_after_the_payer_has_it(world)]
    with pytest.raises(Killed):
        world.submit(request_for("APPROVE"))
    for _ in range(MAX_ASKS_IN_VAIN):
        world.core.fates = [dies_before_the_payer_has_it]
        with pytest.raises(Killed):
            world.pass_time(timedelta(hours=2))
    world.pass_time(timedelta(hours=2))
    assert [item.kind for item in queries.work_items(world.services, TENANT)] == [WorkKind.UNCERTAIN_DELIVERY]
    assert only_transaction(world).asks == MAX_ASKS_IN_VAIN
    assert world.store.next_due() is None


def test_killed_with_the_answer_archived_the_next_worker_reads_it_and_asks_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in(world, monkeypatch, inbound, "read_answer", lambda: world.submit(request_for("APPROVE")))
    world.pass_time(LEASE)
    assert only_transaction(world).status == "approved"
    assert len(world.core.sent) == 1


def test_killed_with_the_answer_in_hand_but_not_archived_it_is_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_in(world, monkeypatch, outbound, "keep_answer", lambda: world.submit(request_for("APPROVE")))
    world.pass_time(LEASE)
    assert only_transaction(world).status == "approved"
    assert world.x217s() == 1


def test_a_cut_connection_is_uncertain_and_inquired_about(world: World) -> None:
    world.core.fates = [cut_off_after_the_payer_has_it(world)]
    row = world.submit(request_for("APPROVE"))
    assert (row.delivery, row.status) == (Delivery.UNCERTAIN, "submitted")
    world.pass_time(timedelta(minutes=2))
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


def test_an_inquiry_by_example_that_finds_somebody_elses_review_joins_nothing(world: World) -> None:
    earlier = world.submit(request_for("APPROVE"))
    world.core.fates = [cut_off_before_the_payer_has_it]
    row = world.submit(request_for("APPROVE"), intended_duplicate=True)
    world.pass_time(timedelta(minutes=2))
    asked = world.row(row.id)
    assert asked.delivery is Delivery.UNCERTAIN
    assert asked.authorization_number is None
    assert world.row(earlier.id).status == "approved"


def test_an_answer_to_another_request_on_our_own_call_is_kept_as_unmatched(world: World) -> None:
    other = world.submit(request_for("APPROVE"))
    answers = queries.transaction(world.services, TENANT, other.id, raw=True).messages
    theirs = answers[-1].payload

    def mixed_up(message: Message, _payload: bytes) -> SendOutcome:
        world.simulator.exchange(message.payload, "test")
        return Final(payload=theirs)

    world.core.fates = [mixed_up]
    row = world.submit(request_for("DENY"))
    assert (row.delivery, row.status) == (Delivery.UNCERTAIN, "submitted")
    (kept,) = queries.unmatched(world.services, TENANT)
    assert kept.candidates[0].transaction_id == other.id
    world.pass_time(timedelta(minutes=2))
    assert world.row(row.id).status == "denied"


def test_not_sent_is_sent_again_with_the_same_reference_and_a_new_interchange_number(world: World) -> None:
    world.core.fates = [lambda _m, _p: NotSent(failure=Failure.UNAVAILABLE, detail="no connection")]
    row = world.submit(request_for("APPROVE"))
    assert row.delivery is Delivery.READY
    world.pass_time(timedelta(minutes=2))
    assert world.row(row.id).status == "approved"
    first, second = (each for each in queries.transaction(world.services, TENANT, row.id).exchanges)
    assert (first.reference, first.trace_number) == (second.reference, second.trace_number)
    assert first.interchange_number != second.interchange_number
    assert world.x217s() == 1


def test_a_refusal_stops_and_stays_stopped(world: World) -> None:
    world.core.fates = [lambda _m, _p: Refused(failure=Failure.CREDENTIAL, detail="log-in refused")]
    row = world.submit(request_for("APPROVE"))
    world.pass_time(timedelta(days=3))
    assert world.row(row.id).delivery is Delivery.REFUSED
    assert len(world.core.sent) == 1


def test_a_question_may_be_asked_again(world: World) -> None:
    world.core.fates = [cut_off_after_the_payer_has_it(world)]
    taken = check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1")))
    assert taken.row.delivery is Delivery.READY
    world.pass_time(timedelta(minutes=2))
    assert world.row(taken.row.id).status == "active"


def test_the_loser_of_a_lease_leaves_no_trace(world: World) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    (lost,) = world.claim()
    world.clock.advance(LEASE)
    (won,) = world.claim()
    with pytest.raises(StaleFence):
        outbound.send(world.services, lost)
    assert world.core.sent == []
    run_due(world.services, lost)  # the engine's way: a quiet end
    run_due(world.services, won)
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


def test_a_row_in_hand_cannot_be_taken(world: World) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    world.claim()
    with world.store.work(TENANT) as uow, pytest.raises(SafetyRefusal):
        uow.due.take(DueKind.TRANSACTION, row.id, row.endpoint_id, world.clock.now() + LEASE)


def test_an_idempotency_key_gives_the_first_result_again(world: World) -> None:
    first = world.submit(request_for("APPROVE"), idempotency_key="visit-1")
    assert world.submit(request_for("APPROVE"), idempotency_key="visit-1").id == first.id
    assert world.x217s() == 1
    with pytest.raises(IdempotencyConflict):
        world.submit(request_for("DENY"), idempotency_key="visit-1")


def test_the_same_request_without_a_key_is_recognised_by_its_meaning(world: World) -> None:
    first = world.submit(request_for("APPROVE"))
    with pytest.raises(Conflict, match=first.id):
        world.submit(request_for("APPROVE", client_reference="another name for it"))
    again = world.submit(request_for("APPROVE"), intended_duplicate=True)
    assert again.id != first.id
    rejected = world.submit(request_for("REJECT72"))
    assert rejected.review is Review.REJECTED
    world.submit(request_for("REJECT72"))  # never reviewed: asking again is the practice's right
