"""Pause, kill switch, resume and outages, on both databases: what may leave, what waits, and what is never repeated."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from priorwire.errors import InvalidRequest, NotFound
from priorwire.gateway.attach import AttachCommand, attach_document
from priorwire.gateway.attachment_targets import Wanted
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.endpoints import held
from priorwire.gateway.endpoints_pausing import Done, Order, pause, resume
from priorwire.gateway.endpoints_queue import Line, queue
from priorwire.gateway.endpoints_state import ALL_ENDPOINTS, LOOK_AGAIN, Circuit
from priorwire.gateway.intake import Command
from priorwire.gateway.owners import ownerless
from priorwire.gateway.rows import DueKind, DueRow, ExchangeState, WorkKind, WorkState
from priorwire.gateway.steps import run_due
from priorwire.gateway.ways import Failure, Message, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.authorization import Urgency
from priorwire.model.identifiers import PayerId, TenantId
from priorwire.model.lifecycle import Attachment, CaseState, Delivery, Review
from priorwire.payers.profile import Route
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.tables import AUDIT, DUE_INDEX
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for

CORE = "northwind-health/core"
PAYER = PayerId("northwind-health")
FAX = "northwind-health/fax"
PORTAL = "summit-benefit-trust/portal"
LEASE = timedelta(minutes=3, seconds=1)
OPERATORS = TenantId("default")


def stop(world: World, endpoint: str = CORE, until: timedelta | None = None) -> Done:
    order = Order(endpoint_id=endpoint, actor="ann", reason="their release is broken")
    return pause(world.services, order, world.clock.now() + until if until is not None else None)


def go(world: World, endpoint: str = CORE) -> Done:
    return resume(world.services, Order(endpoint_id=endpoint, actor="ben", reason="mended"))


def line(world: World, endpoint: str = CORE) -> Line:
    return next(each for each in queue(world.services).endpoints if each.endpoint_id == endpoint)


def work(world: World, rounds: int = 200) -> int:
    """Do what is due now, as workers do, and no later; how many rows."""
    done = 0
    for _ in range(rounds):
        rows = world.engine_tick()
        if not rows:
            return done
        done += rows
    pytest.fail("rows come back again and again without time passing")


def sent(world: World) -> int:
    return sum(len(each.sent) for each in (world.core, world.rest, world.fax, world.portal))


def with_fax(world: World) -> None:
    """The payer takes faxes where its X12 endpoint cannot be used."""
    profile = world.services.profiles[PAYER]
    fax: Route = world.services.profiles[PayerId("harbor-county-plan")].routes[0]
    second = replace(fax, endpoint=replace(fax.endpoint, id=FAX))
    profiles = dict(world.services.profiles) | {PAYER: replace(profile, routes=(*profile.routes, second))}
    world.services = replace(world.services, profiles=profiles)


def refuse_connections(world: World, times: int) -> None:
    def refused(_message: Message, _payload: bytes) -> SendOutcome:
        return NotSent(failure=Failure.UNAVAILABLE, detail="no connection")

    world.core.fates += [refused] * times


def audits(world: World, store_url: str, action: str) -> list[tuple[str, str, str, str]]:
    with looking(store_url) as connection:
        found = connection.execute(select(AUDIT).where(AUDIT.c.action == action).order_by(AUDIT.c.seq)).all()
    return [(each.tenant, each.actor, each.subject, each.detail) for each in found]


@contextmanager
def looking(store_url: str) -> Iterator[Connection]:
    """The database behind the store's back."""
    engines = open_engines(parsed_url(store_url))
    try:
        with engines.writing.begin() as connection:
            yield connection
    finally:
        engines.dispose()


# ---------------------------------------------------------------- nothing leaves


def test_a_request_to_a_paused_endpoint_is_kept_as_for_later_and_says_why(world: World) -> None:
    stop(world)
    row = world.submit(request_for("APPROVE"))
    assert (row.delivery, row.review, row.attempts) == (Delivery.READY, Review.SUBMITTED, 0)
    assert "paused by an operator" in row.route_reasons[0]
    work(world)
    assert sent(world) == 0
    assert world.row(row.id).delivery is Delivery.READY


@pytest.mark.parametrize("payer", ["northwind-health", "cascadia-mutual", "harbor-county-plan", "summit-benefit-trust"])
def test_the_kill_switch_stops_every_way_to_a_payer(world: World, payer: str) -> None:
    row = world.submit(request_for("APPROVE", payer))
    before = sent(world)
    assert before == 1
    stop(world, ALL_ENDPOINTS)
    waiting = world.submit(request_for("DENY", payer), at_once=False)
    at_once = world.submit(request_for("MODIFY", payer))
    check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("APPROVE")))
    for _ in range(3):
        world.pass_time(timedelta(hours=30))
    assert sent(world) == before
    assert world.row(waiting.id).delivery is world.row(at_once.id).delivery is Delivery.READY
    assert world.row(row.id).attempts == 1


def test_an_inquiry_and_a_document_wait_as_well(world: World) -> None:
    row = world.submit(request_for("PENDINFO"))
    before = sent(world)
    stop(world)
    command = AttachCommand(
        tenant=TENANT,
        actor="test",
        transaction_id=row.id,
        content=b"%PDF-1.7 an example",
        wanted=Wanted(report_type="M1"),
    )
    attachment = attach_document(world.services, command).row
    assert (attachment.state, attachment.attempts) == (Attachment.QUEUED, 0)
    world.pass_time(timedelta(hours=20))
    assert (sent(world), world.row(row.id).asks) == (before, 0)
    go(world)
    world.pass_time(timedelta(minutes=1))
    assert world.row(row.id).asks == 1, "one inquiry, however often it was due meanwhile"
    with world.store.read(TENANT) as uow:
        assert uow.attachments.get(attachment.id).state is Attachment.ACKNOWLEDGED


def test_a_pause_that_comes_between_the_lease_and_the_send_stops_the_send(world: World) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    (lease,) = world.claim()
    stop(world)
    run_due(world.services, lease)
    assert sent(world) == 0
    assert world.row(row.id).delivery is Delivery.READY
    with world.store.read(TENANT) as uow:
        assert uow.exchanges.of(row.id) == []


def test_a_pause_waits_for_who_is_about_to_send_and_nobody_comes_between(world: World) -> None:
    """Whoever saw the endpoint open commits before the pause does; whoever looks after the pause's commit sees it."""
    looked, order = threading.Event(), []

    def pause_meanwhile() -> None:
        assert looked.wait(30)
        stop(world)
        order.append("paused")

    with ThreadPoolExecutor(1) as pool:
        with world.store.work(TENANT) as uow:
            assert held(world.services, uow, CORE) is None
            pausing = pool.submit(pause_meanwhile)
            looked.set()
            with pytest.raises(TimeoutError):
                pausing.result(timeout=0.3)
            order.append("sending")
        pausing.result(timeout=30)
    assert order == ["sending", "paused"]
    with world.store.work(TENANT) as uow:
        assert held(world.services, uow, CORE) is not None


def test_two_that_find_it_open_for_a_probe_make_one(world: World) -> None:
    with world.store.work(TENANT) as uow:
        row = uow.endpoints.changing(CORE)
        uow.endpoints.update(replace(row, failures=5, open_until=world.clock.now()))
    both = threading.Barrier(2, timeout=30)

    def ask() -> bool:
        both.wait()
        with world.store.work(TENANT) as uow:
            return held(world.services, uow, CORE) is None

    with ThreadPoolExecutor(2) as pool:
        got = [done.result(timeout=30) for done in [pool.submit(ask) for _ in range(2)]]
    assert sorted(got) == [False, True]


def test_other_endpoints_go_on(world: World) -> None:
    stop(world)
    assert world.submit(request_for("APPROVE", "cascadia-mutual")).status == "approved"


def test_a_pause_with_an_end_ends_by_itself(world: World) -> None:
    stop(world, until=timedelta(minutes=30))
    row = world.submit(request_for("APPROVE"))
    world.pass_time(timedelta(minutes=29))
    assert sent(world) == 0
    world.pass_time(timedelta(minutes=12))
    assert world.row(row.id).status == "approved"
    assert not line(world).is_paused


def test_people_hear_of_a_decision_that_is_overdue_because_nothing_was_sent(world: World) -> None:
    stop(world)
    row = world.submit(request_for("APPROVE", urgency=Urgency.URGENT))
    for _ in range(80):
        world.pass_time(timedelta(hours=3))
    with world.store.read(TENANT) as uow:
        items = [each for each in uow.work_items.of(row.id) if each.state is WorkState.OPEN]
    assert [each.kind for each in items] == [WorkKind.STATUS_CHECK]
    assert "has not even been sent" in items[0].instructions
    assert sent(world) == 0


# ---------------------------------------------------------------- resuming repeats nothing


def test_what_waited_goes_out_after_the_pause_and_each_of_it_once(world: World) -> None:
    stop(world)
    rows = [world.submit(request_for(ending)) for ending in ("APPROVE", "DENY", "MODIFY")]
    world.pass_time(LOOK_AGAIN * 5)
    assert ownerless(world.store) == {}, "what waits is somebody's: it is looked at, and comes back"
    done = go(world)
    assert (done.changed, done.moved) == (True, 3)
    world.pass_time(timedelta(seconds=10))
    assert [world.row(each.id).delivery for each in rows] == [Delivery.FINAL] * 3
    assert (world.x217s(), len(world.core.sent)) == (3, 3)


def test_what_failed_for_good_stays_as_it_is(world: World) -> None:
    world.core.fates.append(lambda *_: Refused(failure=Failure.CONTENT, detail="no"))
    refused = world.submit(request_for("APPROVE"))
    world.core.fates.append(lambda *_: Uncertain(detail="no answer"))
    uncertain = world.submit(request_for("DENY"))
    assert (refused.delivery, uncertain.delivery) == (Delivery.REFUSED, Delivery.UNCERTAIN)
    handed = world.submit(request_for("APPROVE", "summit-benefit-trust"))
    assert handed.delivery is Delivery.WITH_PERSON
    before = sent(world)
    stop(world, ALL_ENDPOINTS)
    world.pass_time(timedelta(hours=5))
    go(world, ALL_ENDPOINTS)
    world.pass_time(timedelta(minutes=2))
    assert world.row(refused.id) == refused
    assert world.row(handed.id).delivery is Delivery.WITH_PERSON
    assert world.row(uncertain.id).attempts == 1, "inquired about, never sent again"
    assert sent(world) == before + 1


def test_a_request_whose_case_was_closed_meanwhile_is_not_sent(world: World) -> None:
    stop(world)
    row = world.submit(request_for("APPROVE"))
    with world.store.work(TENANT) as uow:
        uow.cases.update(replace(uow.cases.get(row.case_id), state=CaseState.CLOSED))
    go(world)
    world.pass_time(timedelta(hours=1))
    assert sent(world) == 0
    assert world.row(row.id).delivery is Delivery.REFUSED
    with world.store.read(TENANT) as uow:
        assert uow.cases.get(row.case_id).state is CaseState.CLOSED
        assert uow.work_items.of(row.id) == []
    assert ownerless(world.store) == {}
    assert line(world).due == line(world).later == 0


def test_a_superseded_request_is_not_sent(world: World) -> None:
    stop(world)
    old, new = world.submit(request_for("APPROVE")), world.submit(request_for("DENY"))
    with world.store.work(TENANT) as uow:
        uow.transactions.update(replace(uow.transactions.get(old.id), superseded_by=new.id))
    go(world)
    world.pass_time(timedelta(hours=1))
    assert (world.row(old.id).delivery, world.row(new.id).status) == (Delivery.REFUSED, "denied")
    assert sent(world) == 1


def test_what_waited_is_spread_over_time_in_the_same_order_every_time(world: World, store_url: str) -> None:
    rows = 200
    fill(world, store_url, rows, minutes_ago=5)
    assert stop(world).moved == rows
    assert go(world).moved == rows
    with looking(store_url) as connection:
        found = connection.execute(select(DUE_INDEX.c.id, DUE_INDEX.c.next_due_at).order_by(DUE_INDEX.c.id)).all()
    waits = [(each.next_due_at - world.clock.now()).total_seconds() for each in found]
    # The guide's usual ten starts a second, of which half are left to new work.
    assert waits == [pytest.approx(number / 5) for number in range(rows)]


def test_the_kill_switch_and_a_pause_are_taken_back_each_by_itself(world: World) -> None:
    stop(world)
    stop(world, ALL_ENDPOINTS)
    row = world.submit(request_for("APPROVE"))
    assert go(world, ALL_ENDPOINTS).still_paused == [CORE]
    world.pass_time(timedelta(minutes=1))
    assert sent(world) == 0
    assert go(world).still_paused == []
    world.pass_time(timedelta(minutes=1))
    assert world.row(row.id).status == "approved"
    stop(world, ALL_ENDPOINTS)
    assert go(world).still_paused == [ALL_ENDPOINTS]


# ---------------------------------------------------------------- the claim


def fill(world: World, store_url: str, count: int, minutes_ago: int, endpoint: str = CORE) -> None:
    """Due rows of nothing, as many as there may be."""
    at = world.clock.now() - timedelta(minutes=minutes_ago)
    rows = [
        {
            "tenant": TENANT,
            "kind": DueKind.TRANSACTION,
            "id": f"auth_{number:08}",
            "partition": endpoint,
            "next_due_at": at,
            "fence": 0,
        }
        for number in range(count)
    ]
    with looking(store_url) as connection:
        connection.execute(insert(DUE_INDEX), rows)


def test_rows_of_a_paused_endpoint_stand_before_nobody_and_no_fence_is_raised(world: World, store_url: str) -> None:
    rows = 3_000
    fill(world, store_url, rows, minutes_ago=10)
    assert stop(world).moved == rows
    other = world.submit(request_for("APPROVE", "cascadia-mutual"), at_once=False)
    claimed = world.claim()
    # Beside the one that is spread to this very moment.
    assert {each.id for each in claimed} <= {other.id, "auth_00000000"}
    assert other.id in {each.id for each in claimed}
    with looking(store_url) as connection:
        fences = connection.execute(select(DUE_INDEX.c.fence).where(DUE_INDEX.c.partition == CORE)).scalars().all()
    assert (len(fences), sum(fences)) == (rows, 1)
    assert line(world).waits == rows - 1


def test_a_row_that_waits_is_looked_at_once_an_hour_and_not_in_a_loop(world: World) -> None:
    stop(world)
    world.submit(request_for("APPROVE"))
    looks = 0
    for _ in range(48):
        world.clock.advance(timedelta(minutes=30))
        looks += work(world)
    assert 24 // 2 <= looks <= 24
    (lease,) = _claim_later(world)
    assert lease.fence <= 24 + 2


def _claim_later(world: World) -> list[DueRow]:
    world.clock.advance(LOOK_AGAIN * 2)
    return world.claim()


# ---------------------------------------------------------------- outages


def test_so_many_failures_in_a_row_and_it_is_left_alone_until_one_message_tries_it(world: World) -> None:
    refuse_connections(world, 5)
    rows = [world.submit(request_for("APPROVE", client_reference=str(n)), intended_duplicate=True) for n in range(8)]
    assert len(world.core.sent) == 5
    assert line(world).circuit is Circuit.OPEN
    assert [world.row(each.id).attempts for each in rows] == [1] * 5 + [0] * 3
    refuse_connections(world, 1)
    world.pass_time(timedelta(minutes=2))
    assert len(world.core.sent) == 6, "one tried it, and no other"
    world.pass_time(timedelta(minutes=4))
    assert len(world.core.sent) == 6, "it is left alone for longer"
    world.pass_time(timedelta(minutes=3))
    world.pass_time(timedelta(minutes=3))
    assert {world.row(each.id).status for each in rows} == {"approved"}
    assert (line(world).circuit, line(world).state.failures) == (Circuit.CLOSED, 0)


def test_an_answer_between_failures_begins_the_count_anew(world: World) -> None:
    for _ in range(3):
        refuse_connections(world, 4)
        for number in range(4):
            world.submit(request_for("DENY", client_reference=str(number)), intended_duplicate=True)
        assert world.submit(request_for("APPROVE"), intended_duplicate=True).status == "approved"
    assert line(world).circuit is Circuit.CLOSED


def test_what_is_wrong_with_a_message_says_nothing_of_the_endpoint(world: World) -> None:
    for number in range(8):
        world.core.fates.append(lambda *_: Refused(failure=Failure.CONTENT, detail="no"))
        world.submit(request_for("DENY", client_reference=str(number)), intended_duplicate=True)
    assert line(world).state.failures == 0


def test_the_threshold_is_the_guides(world: World) -> None:
    profile = world.services.profiles[PAYER]
    route = replace(profile.routes[0], endpoint=replace(profile.routes[0].endpoint, down_after=1))
    world.services = replace(
        world.services, profiles=dict(world.services.profiles) | {PAYER: replace(profile, routes=(route,))}
    )
    refuse_connections(world, 1)
    world.submit(request_for("APPROVE"))
    assert line(world).circuit is Circuit.OPEN


def test_a_probe_whose_process_died_does_not_stop_the_endpoint_for_ever(world: World) -> None:
    refuse_connections(world, 5)
    for number in range(5):
        world.submit(request_for("APPROVE", client_reference=str(number)), intended_duplicate=True)

    class Killed(BaseException):
        pass

    def killed(_message: Message, _payload: bytes) -> SendOutcome:
        raise Killed

    world.core.fates.append(killed)
    world.clock.advance(timedelta(minutes=2))
    with pytest.raises(Killed):
        work(world)
    assert line(world).circuit is Circuit.HALF_OPEN
    for _ in range(6):
        world.pass_time(LEASE)
    assert line(world).circuit is Circuit.CLOSED
    assert world.x217s() <= 5


def test_down_and_up_stand_in_the_operators_audit(world: World, store_url: str) -> None:
    refuse_connections(world, 5)
    for number in range(5):
        world.submit(request_for("APPROVE", client_reference=str(number)), intended_duplicate=True)
    world.pass_time(timedelta(minutes=3))
    assert [each[:3] for each in audits(world, store_url, "endpoint.down")] == [(OPERATORS, "gateway", CORE)]
    assert [each[:3] for each in audits(world, store_url, "endpoint.up")] == [(OPERATORS, "gateway", CORE)]
    assert world.store.verify_audit(OPERATORS).broken_at is None


# ---------------------------------------------------------------- another way


def test_a_new_request_takes_the_next_way_where_the_first_is_paused(world: World) -> None:
    with_fax(world)
    stop(world)
    row = world.submit(request_for("APPROVE"))
    assert (row.endpoint_id, row.delivery) == (FAX, Delivery.ACCEPTED)
    assert row.route_reasons[0].endswith("is paused by an operator, and another way follows")
    assert world.core.sent == []


def test_a_request_that_waited_is_moved_with_its_case_and_its_history_says_why(world: World, store_url: str) -> None:
    with_fax(world)
    row = world.submit(request_for("APPROVE"), at_once=False)
    stop(world)
    work(world)
    after = world.row(row.id)
    assert (after.endpoint_id, after.delivery, after.case_id) == (FAX, Delivery.ACCEPTED, row.case_id)
    assert after.reference == row.reference
    ((_, actor, subject, detail),) = audits(world, store_url, "transaction.route_left")
    assert (actor, subject) == ("gateway", row.id)
    assert detail == f"{CORE} gave way to {FAX}: an operator has paused the endpoint, and nothing of it had been sent"
    go(world)
    world.pass_time(timedelta(minutes=1))
    assert world.core.sent == [], "it does not come back to the way that it left"


def test_an_outage_moves_what_provably_never_left(world: World) -> None:
    with_fax(world)
    refuse_connections(world, 5)
    rows = [world.submit(request_for("APPROVE", client_reference=str(n)), intended_duplicate=True) for n in range(6)]
    assert rows[-1].endpoint_id == FAX, "the sixth finds it down"
    world.pass_time(timedelta(seconds=89))
    world.pass_time(timedelta(seconds=30))
    assert {world.row(each.id).delivery for each in rows} <= {Delivery.ACCEPTED, Delivery.FINAL}
    assert world.x217s() + len(world.fax.sent) == 6


@pytest.mark.parametrize(
    "outcome",
    [Uncertain(detail="no answer"), Refused(failure=Failure.UNAVAILABLE, detail="down")],
    ids=lambda each: type(each).__name__,
)
def test_what_may_have_left_keeps_its_way(world: World, outcome: SendOutcome) -> None:
    with_fax(world)
    world.core.fates.append(lambda *_: outcome)
    row = world.submit(request_for("APPROVE"))
    assert row.delivery in (Delivery.UNCERTAIN, Delivery.READY)
    stop(world)
    for _ in range(4):
        world.pass_time(timedelta(hours=3))
    assert world.row(row.id).endpoint_id == CORE
    assert world.fax.sent == []
    with world.store.read(TENANT) as uow:
        assert [each.state for each in uow.exchanges.of(row.id)] != [ExchangeState.NOT_SENT]


def test_a_fax_that_is_paused_too_is_no_way(world: World) -> None:
    with_fax(world)
    stop(world, ALL_ENDPOINTS)
    row = world.submit(request_for("APPROVE"))
    assert (row.endpoint_id, row.delivery) == (CORE, Delivery.READY), "it waits for the payer's first choice"
    go(world, ALL_ENDPOINTS)
    world.pass_time(timedelta(seconds=10))
    assert world.row(row.id).status == "approved"
    assert world.fax.sent == []


# ---------------------------------------------------------------- orders


def test_a_pause_and_a_resume_stand_in_the_audit_with_who_and_why(world: World, store_url: str) -> None:
    stop(world)
    go(world)
    go(world)
    assert audits(world, store_url, "endpoint.paused") == [
        (OPERATORS, "ann", CORE, "until it is resumed: their release is broken")
    ]
    assert audits(world, store_url, "endpoint.resumed") == [(OPERATORS, "ben", CORE, "mended")]
    assert world.store.verify_audit(OPERATORS).broken_at is None


def test_an_unknown_endpoint_is_answered_with_those_that_there_are(world: World) -> None:
    for order in (stop, go):
        with pytest.raises(NotFound, match=CORE):
            order(world, "nobody/x12")


def test_a_pause_needs_a_reason_and_an_end_that_is_to_come(world: World) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        pause(world.services, Order(endpoint_id=CORE, actor="ann", reason=" "), world.clock.now())
    assert [each.pointer for each in refusal.value.faults] == ["/reason", "/until"]
    assert not line(world).is_paused


def test_an_endpoint_whose_guide_was_taken_away_can_be_resumed(world: World) -> None:
    stop(world)
    world.services = replace(world.services, profiles={})
    assert go(world).changed


def test_the_queue_counts_each_row_once(world: World) -> None:
    stop(world)
    world.submit(request_for("APPROVE"))
    world.submit(request_for("APPROVE", "cascadia-mutual"), at_once=False)
    world.submit(request_for("PENDREVIEW", "cascadia-mutual"))
    held = world.submit(request_for("DENY", "harbor-county-plan"), at_once=False)
    with world.store.work(TENANT) as uow:
        uow.due.take(DueKind.TRANSACTION, held.id, held.endpoint_id, world.clock.now() + LEASE)
    found = {
        each.endpoint_id: (each.due, each.held, each.later, each.waits)
        for each in queue(world.services).endpoints
        if each.due or each.held or each.later
    }
    assert found == {
        CORE: (0, 0, 1, 1),
        "cascadia-mutual/x12": (1, 0, 1, 0),
        "harbor-county-plan/fax": (0, 1, 0, 0),
    }
    assert queue(world.services).kinds == {"transaction": 4}
