"""What time alone does: acknowledgments and decisions overdue, certifications that end, windows that open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from priorwire.gateway import queries
from priorwire.gateway.deadlines import Matter, deadlines
from priorwire.gateway.rows import DueKind, TransactionRow, WorkItemRow, WorkKind, WorkState
from priorwire.gateway.steps import run_due
from priorwire.gateway.uses import UseCommand, record_use
from priorwire.gateway.ways import Accepted, SendOutcome
from priorwire.model.authorization import RequestKind, Urgency
from priorwire.model.identifiers import PayerId, UseId
from priorwire.model.ledger import Use
from priorwire.model.lifecycle import Acknowledgment, CaseState, Delivery, Review
from priorwire.model.services import Quantity
from priorwire.payers import next_ask
from priorwire.payers.profile import Hours, Route, Transaction, Weekday
from tests.integration.gateway.conftest import TENANT, World, request_for

PAYER = PayerId("northwind-health")


def open_items(world: World) -> list[WorkItemRow]:
    return list(queries.work_items(world.services, TENANT, WorkState.OPEN))


def case_of(world: World, row: TransactionRow) -> CaseState:
    return queries.transaction(world.services, TENANT, row.id).case.state


def told(world: World, row: TransactionRow) -> list[str]:
    with world.store.read(TENANT) as uow:
        return [each.data.get("review") or str(each.data["status"]) for each in uow.events.of(row.id)]


def with_route(world: World, **changes: object) -> None:
    """The payer's only route, changed: the guide says something else."""
    _with_profile(world, lambda route: replace(route, **changes))  # type: ignore[arg-type]  # a test's shorthand


def with_endpoint(world: World, **changes: object) -> None:
    def changed(route: Route) -> Route:
        return replace(route, endpoint=replace(route.endpoint, **changes))  # type: ignore[arg-type]  # as above

    _with_profile(world, changed)


def _with_profile(world: World, change: Callable[[Route], Route]) -> None:
    profiles = dict(world.services.profiles)
    routes = tuple(change(each) for each in profiles[PAYER].routes)
    profiles[PAYER] = replace(profiles[PAYER], routes=routes)
    world.services = replace(world.services, profiles=profiles)


def taken(_message: object, _payload: bytes) -> SendOutcome:
    return Accepted(remote_id="later")


# ---------------------------------------------------------------- acknowledgments


def batch(world: World, *, inquires: bool = True) -> TransactionRow:
    """A request that the payer took and is silent about."""
    with_route(world, real_time=False)
    with_endpoint(world, acknowledges_within=timedelta(hours=1))
    if not inquires:
        only = frozenset({Transaction.AUTHORIZATION})
        with_route(world, transactions=only)
    world.core.fates = [taken]
    row = world.submit(request_for("PENDREVIEW"))
    assert (row.delivery, row.acknowledgment) == (Delivery.ACCEPTED, Acknowledgment.NONE)
    return row


def test_an_acknowledgment_that_does_not_come_is_overdue_and_inquired_about_at_once(world: World) -> None:
    row = batch(world)
    world.core.fates = [taken]
    world.pass_time(timedelta(minutes=59))
    assert world.row(row.id).acknowledgment is Acknowledgment.NONE
    world.pass_time(timedelta(minutes=1))
    assert world.row(row.id).acknowledgment is Acknowledgment.OVERDUE
    assert [message.transaction for message in world.core.sent] == [Transaction.AUTHORIZATION, Transaction.INQUIRY]
    assert open_items(world) == []


def test_where_the_payer_cannot_be_asked_a_person_is_and_nothing_is_sent_again(world: World) -> None:
    row = batch(world, inquires=False)
    world.pass_time(timedelta(hours=1))
    assert world.row(row.id).acknowledgment is Acknowledgment.OVERDUE
    (item,) = open_items(world)
    assert item.kind is WorkKind.STATUS_CHECK
    assert "acknowledgment expected within 1 hour (Northwind Health" in item.instructions
    world.pass_time(timedelta(days=5))
    assert len(world.core.sent) == 1


def test_what_is_answered_while_we_wait_is_never_overdue(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    world.pass_time(timedelta(days=3))
    assert world.row(row.id).acknowledgment is Acknowledgment.ACCEPTED


# ---------------------------------------------------------------- decisions


def test_the_payer_is_asked_no_earlier_than_its_cadence_allows_and_within_a_tenth_of_it(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    timing = world.services.profiles[row.payer_id].timing
    asked = next_ask(timing, 1, None, world.clock.now(), key=row.reference)
    assert world.store.next_due() == asked
    world.pass_time(asked - world.clock.now() - timedelta(seconds=1))
    assert world.row(row.id).asks == 0
    world.pass_time(timedelta(seconds=1))
    assert world.row(row.id).asks == 1


def test_a_look_before_its_time_asks_nobody(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    due = world.store.next_due()
    with world.store.work(TENANT) as uow:
        held = uow.due.take(DueKind.TRANSACTION, row.id, row.endpoint_id, world.clock.now() + world.services.lease)
    run_due(world.services, held)
    assert world.row(row.id).asks == 0
    assert world.store.next_due() == due


def test_a_decision_that_does_not_come_is_put_before_a_person_with_its_rule_once(world: World) -> None:
    row = batch(world)
    world.core.fates = [taken] * 500
    for _ in range(10):
        world.pass_time(timedelta(days=1))
    (item,) = open_items(world)
    assert (item.kind, item.transaction_id) == (WorkKind.STATUS_CHECK, row.id)
    assert "one day after: payer window: 7 days, standard (Northwind Health" in item.instructions
    assert world.row(row.id).asks > 5


def test_each_deadline_of_a_row_names_its_rule_and_the_row_is_due_at_the_earliest(world: World) -> None:
    row = batch(world)
    with world.store.read(TENANT) as uow:
        acts_at = uow.due.acts_at(DueKind.TRANSACTION, row.id)
        found = deadlines(world.services, uow, world.row(row.id), acts_at)
    assert [each.matter for each in found] == [Matter.ACKNOWLEDGMENT, Matter.ACT, Matter.DECISION]
    assert all(each.rule for each in found)
    assert list(found) == sorted(found, key=lambda each: each.at)
    assert world.store.next_due() == found[0].at


def _looks(world: World, days: int) -> int:
    """Let days pass; how often the row was looked at, each day at most a handful of times."""
    looked = 0
    for _ in range(days):
        world.clock.advance(timedelta(days=1))
        for _ in range(5):
            if not world.tick():
                break
            looked += 1
        else:
            pytest.fail("it is due again and again at one moment")
    return looked


def test_a_question_that_a_person_leaves_open_is_put_once_and_wakes_nobody_for_nothing(world: World) -> None:
    row = world.submit(request_for("PENDLONG"))
    assert _looks(world, 60) <= 2 * 60
    assert [each.kind for each in open_items(world)] == [WorkKind.STATUS_CHECK]
    assert world.row(row.id).status == "pended"


# ---------------------------------------------------------------- certifications


def approved(world: World) -> TransactionRow:
    row = world.submit(request_for("APPROVE"))
    assert row.status == "approved"
    assert row.ends_at is not None
    assert world.store.next_due() is not None
    return row


def test_a_certification_that_ends_expires_and_a_person_renews_or_closes(world: World) -> None:
    row = approved(world)
    assert row.ends_at is not None
    world.pass_time(row.ends_at - timedelta(days=14) - world.clock.now())
    (item,) = open_items(world)
    assert (item.kind, item.due_at) == (WorkKind.RENEW_OR_CLOSE, row.ends_at)
    assert world.row(row.id).review is Review.APPROVED
    world.pass_time(timedelta(days=14))
    assert world.row(row.id).review is Review.EXPIRED
    assert case_of(world, row) is CaseState.NEEDS_ATTENTION
    assert told(world, row)[-1] == "expired"
    assert [each.id for each in open_items(world)] == [item.id]
    assert world.store.next_due() is None


def test_a_certification_of_which_everything_was_given_closes_its_case(world: World) -> None:
    row = approved(world)
    assert row.ends_at is not None
    line = request_for("APPROVE").services[0]
    assert line.quantity is not None
    use = Use(
        id=UseId(""),
        on=datetime(2026, 12, 15, tzinfo=UTC).date(),
        procedure=line.procedure,
        quantity=Quantity(value=line.quantity.value, unit=line.quantity.unit),
    )
    record_use(world.services, UseCommand(tenant=TENANT, actor="test", transaction_id=row.id, use=use))
    assert _looks(world, (row.ends_at - world.clock.now()).days + 1) <= 3  # nobody is told of an end that means nothing
    assert world.row(row.id).review is Review.EXPIRED
    assert case_of(world, row) is CaseState.CLOSED
    assert open_items(world) == []
    assert list(world.store.ownerless()) == []


def test_an_approved_row_costs_nothing_until_it_ends(world: World) -> None:
    row = approved(world)
    assert row.ends_at is not None
    sent = len(world.core.sent)
    world.pass_time(row.ends_at - timedelta(days=15) - world.clock.now())
    assert world.tick() == 0
    assert len(world.core.sent) == sent


# ---------------------------------------------------------------- cases


def test_an_appeal_under_way_is_an_appealing_case(world: World) -> None:
    denied = world.submit(request_for("DENY"))
    assert case_of(world, denied) is CaseState.NEEDS_ATTENTION
    appeal = replace(
        request_for("PENDREVIEW"),
        kind=RequestKind.APPEAL_STANDARD,
        previous_authorization_number="NWH000001",
    )
    world.core.fates = [taken]
    row = world.submit(appeal, corrects=denied.id)
    assert row.delivery is Delivery.ACCEPTED
    assert (row.case_id, case_of(world, row)) == (denied.case_id, CaseState.APPEALING)
    assert case_of(world, denied) is CaseState.APPEALING
    assert open_items(world) == []  # the denial is no more work: the appeal took its place


def test_a_review_that_pends_for_information_leaves_its_case_incomplete(world: World) -> None:
    row = world.submit(request_for("PENDINFO"))
    assert row.status == "pended"
    assert case_of(world, row) is CaseState.INCOMPLETE


def test_a_request_that_waits_in_the_queue_is_a_ready_case(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"), at_once=False)
    assert case_of(world, row) is CaseState.READY
    world.tick()
    assert case_of(world, row) is CaseState.WAITING


# ---------------------------------------------------------------- windows

#: The clock stands at 15:00 on a Tuesday: shut.
NIGHTLY = Hours(zone=UTC, days=frozenset(list(Weekday)[:5]), opens=time(20), closes=time(23))
OPENS = datetime(2026, 12, 1, 20, tzinfo=UTC)


def test_a_request_waits_for_the_window_and_says_so(world: World) -> None:
    with_endpoint(world, hours=NIGHTLY)
    row = world.submit(request_for("APPROVE"))
    assert (row.delivery, world.core.sent) == (Delivery.READY, [])
    assert case_of(world, row) is CaseState.READY
    due = world.store.next_due()
    assert due is not None
    assert OPENS <= due < OPENS + timedelta(minutes=3)
    world.pass_time(timedelta(hours=4, minutes=59))
    assert world.core.sent == []
    assert open_items(world) == []
    world.pass_time(timedelta(minutes=4))
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


def test_the_payers_deadline_counts_from_when_it_got_the_request(world: World) -> None:
    with_endpoint(world, hours=NIGHTLY)
    row = world.submit(request_for("PENDREVIEW"))
    world.pass_time(timedelta(hours=5, minutes=3))
    with world.store.read(TENANT) as uow:
        found = {each.matter: each for each in deadlines(world.services, uow, world.row(row.id), None)}
    assert found[Matter.DECISION].at >= OPENS + timedelta(days=8)


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_an_urgent_request_whose_window_opens_too_late_is_a_persons_at_once(world: World, urgency: Urgency) -> None:
    sundays = Hours(zone=UTC, days=frozenset({Weekday.SUNDAY}), opens=time(1), closes=time(2))
    with_endpoint(world, hours=sundays)
    row = world.submit(request_for("APPROVE", urgency=urgency))
    assert row.delivery is Delivery.READY
    (item,) = open_items(world)
    assert item.kind is WorkKind.CONTACT_PAYER
    assert "the payer takes no messages before 2026-12-06 01:00 UTC" in item.instructions
    assert "72 hours, expedited" in item.instructions
    assert item.due_at == world.clock.now() + timedelta(hours=72)


def test_an_urgent_request_goes_another_way_while_the_window_is_shut_and_others_wait(world: World) -> None:
    with_endpoint(world, hours=NIGHTLY)
    _with_fax(world)
    waits = world.submit(request_for("APPROVE"))
    assert (waits.route_id, waits.delivery) == ("core", Delivery.READY)
    goes = world.submit(request_for("1APPROVE", urgency=Urgency.URGENT))
    assert (goes.route_id, goes.delivery) == ("by-fax", Delivery.ACCEPTED)
    assert "takes no messages at this time, and another way follows" in goes.route_reasons[0]


def test_an_inquiry_waits_for_the_window_too(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    with_endpoint(world, hours=NIGHTLY)
    world.pass_time(timedelta(hours=4, minutes=30))
    assert world.row(row.id).asks == 0
    world.pass_time(timedelta(minutes=33))
    assert world.row(row.id).asks == 1


def _with_fax(world: World) -> None:
    profiles = dict(world.services.profiles)
    fax = next(each for each in profiles[PayerId("harbor-county-plan")].routes if each.channel is world.fax.kind)
    fax = replace(fax, id="by-fax", service_types=frozenset(), endpoint=replace(fax.endpoint, id=f"{PAYER}/by-fax"))
    profiles[PAYER] = replace(profiles[PAYER], routes=(*profiles[PAYER].routes, fax))
    world.services = replace(world.services, profiles=profiles)
