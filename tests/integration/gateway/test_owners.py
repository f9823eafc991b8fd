"""The sweep: it finds what was broken on purpose, mends it, and finds nothing where every use case did its part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, update

from priorwire.errors import StaleFence
from priorwire.gateway import owners, queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.gateway.orphans import Lack, Orphan, Subject
from priorwire.gateway.rows import CaseRow, DueKind, DueRow, ExchangeState, WorkItemRow, WorkKind, WorkState
from priorwire.gateway.steps import run_due
from priorwire.gateway.ways import Accepted, Failure, NotSent, Refused, Uncertain
from priorwire.gateway.webhooks import subscribe
from priorwire.gateway.work_items import Attachment, Completion, PersonOutcome, complete
from priorwire.model.identifiers import CaseId, TransactionId
from priorwire.model.lifecycle import STATES, CaseState, Delivery, Mover, Review
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.tables import DUE_INDEX, EXCHANGES, WORK_ITEMS
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for

ENDINGS = ("APPROVE", "PENDREVIEW", "PENDINFO", "DENY", "REJECT72", "CONTACT", "MODIFY", "SILENT")


@pytest.fixture
def hand(store_url: str) -> Iterator[Engine]:
    """A hand in the database."""
    engines = open_engines(parsed_url(store_url))
    yield engines.writing
    engines.dispose()


@contextmanager
def breaking(hand: Engine) -> Iterator[Connection]:
    with hand.begin() as connection:
        yield connection


def lose_due_rows(hand: Engine, kind: DueKind = DueKind.TRANSACTION) -> None:
    with breaking(hand) as connection:
        connection.execute(delete(DUE_INDEX).where(DUE_INDEX.c.kind == kind))


def lose_work_items(hand: Engine) -> None:
    with breaking(hand) as connection:
        connection.execute(update(WORK_ITEMS).values(state=WorkState.DONE))


def swept(world: World) -> int:
    """Run the sweep as the worker does."""
    owners.open_sweep(world.services)
    with world.store.work(world.services.mailbox_tenant) as uow:
        held = uow.due.take(DueKind.SWEEP, "owners", "owners", world.clock.now() + world.services.lease)
    return owners.sweep(world.services, held)


def orphans(world: World) -> list[Orphan]:
    return list(world.store.ownerless())


def open_items(world: World) -> list[WorkItemRow]:
    return list(queries.work_items(world.services, TENANT, WorkState.OPEN))


# ---------------------------------------------------------------- every use case leaves an owner


@pytest.mark.parametrize("payer", ["northwind-health", "cascadia-mutual", "harbor-county-plan", "summit-benefit-trust"])
def test_whatever_a_payer_says_nothing_is_without_an_owner(world: World, payer: str) -> None:
    for ending in ENDINGS:
        world.submit(request_for(ending, payer=payer))
        assert orphans(world) == []
    for _ in range(4):
        world.pass_time(timedelta(days=3))
        assert orphans(world) == []


@pytest.mark.parametrize(
    "outcome",
    [
        Accepted(remote_id="later"),
        NotSent(failure=Failure.UNAVAILABLE, detail="no connection"),
        Refused(failure=Failure.CREDENTIAL, detail="no"),
        Uncertain(detail="cut"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_whatever_becomes_of_a_message_nothing_is_without_an_owner(world: World, outcome: Any) -> None:
    subscribe(world.services, TENANT, "test", "https://example.test/hook", "whsec_" + "A" * 32)
    world.core.fates = [lambda _m, _p: outcome] * 50
    world.submit(request_for("APPROVE"))
    check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1")))
    for _ in range(8):
        world.pass_time(timedelta(hours=7))
        assert orphans(world) == []


@pytest.mark.parametrize("outcome", PersonOutcome)
@pytest.mark.parametrize("ending", ["CONTACT", "DENY", "REJECT72"])
def test_whatever_a_person_reports_nothing_is_without_an_owner(
    world: World, ending: str, outcome: PersonOutcome
) -> None:
    world.submit(request_for(ending))
    (item,) = open_items(world)
    complete(
        world.services,
        Completion(
            tenant=TENANT,
            actor="person",
            work_item_id=item.id,
            outcome=outcome,
            reference="REF1",
            authorization_number="AUTH1",
            note="as told",
            attachments=(Attachment(payload=b"%PDF-1.4 letter"),),
        ),
    )
    assert orphans(world) == []
    world.pass_time(timedelta(days=10))
    assert orphans(world) == []


# ---------------------------------------------------------------- what is broken is found, and mended


def test_a_request_that_nobody_comes_back_to_is_found_and_sent(world: World, hand: Engine) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    lose_due_rows(hand)
    assert [(each.subject, each.lacks) for each in orphans(world)] == [
        (Subject.TRANSACTION, Lack.DUE_ROW),
        (Subject.CASE, Lack.WORK_ITEM),
    ]
    assert owners.ownerless(world.store) == {Subject.TRANSACTION: 1, Subject.CASE: 1}
    assert swept(world) == 1  # the case has an owner again, once its request has
    assert orphans(world) == []
    world.tick()
    assert world.row(row.id).status == "approved"


@pytest.mark.parametrize("delivery", [each for each in Delivery if STATES[each].mover is not Mover.TRANSACTION])
def test_each_state_of_delivery_is_found_without_what_it_must_have(
    world: World, hand: Engine, delivery: Delivery
) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    _put(world, row.id, delivery=delivery)
    lose_due_rows(hand)
    lose_work_items(hand)
    wanted = Lack.WORK_ITEM if STATES[delivery].mover is Mover.WORK_ITEM else Lack.DUE_ROW
    assert (Subject.TRANSACTION, wanted) in {(each.subject, each.lacks) for each in orphans(world)}
    swept(world)
    assert orphans(world) == []


@pytest.mark.parametrize("review", Review)
def test_each_state_of_review_is_found_without_what_it_must_have(world: World, hand: Engine, review: Review) -> None:
    row = world.submit(request_for("APPROVE"))
    _put(world, row.id, review=review, ends_at=world.clock.now() + timedelta(days=30))
    _put_case(world, row.case_id, CaseState.DECIDED)
    lose_due_rows(hand)
    found = [each.lacks for each in orphans(world) if each.subject is Subject.TRANSACTION]
    mover = STATES[review].mover
    wanted = {
        Mover.NOBODY: [],
        Mover.WORK_ITEM: [Lack.WORK_ITEM],
        Mover.DUE_ROW_OR_WORK_ITEM: [Lack.DUE_ROW],
        Mover.DUE_ROW_TO_THE_END: [Lack.DUE_ROW],
    }
    assert found == wanted[mover]
    assert swept(world) == len(found)
    assert orphans(world) == []


def test_a_denial_that_no_person_was_told_of_becomes_a_persons(world: World, hand: Engine) -> None:
    row = world.submit(request_for("DENY"))
    lose_work_items(hand)
    assert swept(world) == 1
    assert [(item.kind, item.transaction_id) for item in open_items(world)] == [(WorkKind.WITHOUT_OWNER, row.id)]
    assert orphans(world) == []


def test_an_approval_without_a_last_day_waits_for_nobody(world: World, hand: Engine) -> None:
    row = world.submit(request_for("APPROVE"))
    _put(world, row.id, ends_at=None)
    lose_due_rows(hand)
    assert orphans(world) == []


def test_what_is_over_wants_nobody(world: World, hand: Engine) -> None:
    row = world.submit(request_for("DENY"))
    _put_case(world, row.case_id, CaseState.CLOSED)
    lose_work_items(hand)
    assert orphans(world) == []


def test_a_case_that_needs_attention_and_has_nobodys_becomes_a_persons(world: World, hand: Engine) -> None:
    row = world.submit(request_for("APPROVE"))
    lose_due_rows(hand)
    _put(world, row.id, ends_at=None)
    _put_case(world, row.case_id, CaseState.NEEDS_ATTENTION)
    assert [each.subject for each in orphans(world)] == [Subject.CASE]
    assert swept(world) == 1
    assert [item.kind for item in open_items(world)] == [WorkKind.WITHOUT_OWNER]
    assert orphans(world) == []


def test_an_open_case_that_nothing_was_submitted_for_is_closed(world: World) -> None:
    now = world.clock.now()
    with world.store.work(TENANT) as uow:
        uow.cases.add(
            CaseRow(id=CaseId("case_x"), tenant=TENANT, state=CaseState.WAITING, created_at=now, updated_at=now)
        )
    assert swept(world) == 1
    assert orphans(world) == []


def test_an_exchange_that_was_left_in_the_middle_is_found_and_ended(world: World, hand: Engine) -> None:
    row = world.submit(request_for("DENY"))
    with breaking(hand) as connection:
        connection.execute(update(EXCHANGES).values(state=ExchangeState.SENDING, fence=0))
    assert [each.subject for each in orphans(world)] == [Subject.EXCHANGE]
    assert swept(world) == 1
    world.tick()
    assert orphans(world) == []
    assert {each.state for each in queries.transaction(world.services, TENANT, row.id).exchanges} == {
        ExchangeState.DIED
    }
    assert world.row(row.id).status == "denied"


def test_an_event_that_nobody_delivers_is_found_and_told(world: World, hand: Engine) -> None:
    subscribe(world.services, TENANT, "test", "https://example.test/hook", "whsec_" + "A" * 32)
    world.submit(request_for("DENY"))
    lose_due_rows(hand, DueKind.WEBHOOK)
    found = orphans(world)
    assert {each.subject for each in found} == {Subject.DELIVERY}
    assert swept(world) == len(found)
    world.tick()
    assert len(world.subscriber.posts) == len(found)
    assert orphans(world) == []


# ---------------------------------------------------------------- the sweep itself


def test_the_sweep_is_due_again_and_one_node_runs_it(world: World) -> None:
    for _ in range(2):
        owners.open_sweep(world.services)
    (lease,) = world.claim()
    assert (lease.kind, world.claim()) == (DueKind.SWEEP, [])
    run_due(world.services, lease)
    assert world.store.next_due() == world.clock.now() + owners.EVERY
    with pytest.raises(StaleFence):
        owners.sweep(world.services, lease)


def test_what_has_an_owner_meanwhile_is_left_alone(world: World, hand: Engine) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    due: DueRow | object = world.store.next_due()
    orphan = Orphan(subject=Subject.TRANSACTION, lacks=Lack.DUE_ROW, tenant=TENANT, id=row.id)
    assert owners.mend(world.services, orphan) is False
    assert world.store.next_due() == due
    lose_due_rows(hand)
    assert owners.mend(world.services, orphan) is True


def test_each_repair_is_audited_and_counted(world: World, hand: Engine, caplog: pytest.LogCaptureFixture) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    lose_due_rows(hand)
    swept(world)
    (said,) = [each for each in caplog.records if getattr(each, "action", "") == "owner.missing"]
    assert (said.kind, said.subject) == ("transaction", row.id)  # type: ignore[attr-defined]  # extra fields
    assert world.store.verify_audit(TENANT).broken_at is None


# ---------------------------------------------------------------- how it is broken


def _put(world: World, transaction_id: TransactionId, **fields: object) -> None:

    with world.store.work(TENANT) as uow:
        row = uow.transactions.get(transaction_id)
        uow.transactions.update(replace(row, **fields))  # type: ignore[arg-type]  # a test's shorthand


def _put_case(world: World, case_id: CaseId, state: CaseState) -> None:

    with world.store.work(TENANT) as uow:
        uow.cases.update(replace(uow.cases.get(case_id), state=state))
