"""Several processes at once: what one reads, another is about to write. On SQLite the writers queue; PostgreSQL races.

Threads with connections of their own stand for processes; a barrier or a hook holds them where it hurts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from priorwire.clock import RandomIds
from priorwire.errors import Conflict, PriorwireError
from priorwire.gateway import queries
from priorwire.gateway.fax_status import FaxStatus, note_fax_status
from priorwire.gateway.intake import Command
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueKind, TransactionRow, WorkState
from priorwire.gateway.steps import run_due
from priorwire.gateway.submit import submit_authorization
from priorwire.gateway.ways import Final, Message, SendOutcome
from priorwire.gateway.work_items import Attachment, Completion, PersonOutcome, complete
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Delivery
from tests.integration.gateway.conftest import TENANT, World, request_for
from tests.integration.gateway.test_never_twice import Killed, only_transaction

LEASE = timedelta(minutes=3, seconds=1)
MANY = 6


def unseeded(world: World) -> Services:
    """Identifiers that do not repeat: the seeded ones are for one thread."""
    return replace(world.services, ids=RandomIds(world.clock))


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """What each gave or raised, all having begun together."""
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], object]) -> object:
        barrier.wait(timeout=20)
        try:
            return act()
        except PriorwireError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def posts(world: World, *commands: Command) -> list[object]:
    services = unseeded(world)
    return at_once([lambda each=each: submit_authorization(services, each).row for each in commands])  # type: ignore[misc]  # bound early


def test_of_identical_posts_at_the_same_moment_one_is_sent(world: World) -> None:
    command = Command(tenant=TENANT, actor="test", request=request_for("APPROVE"))
    came = posts(world, *[command] * MANY)
    assert sum(isinstance(each, TransactionRow) for each in came) == 1
    assert sum(isinstance(each, Conflict) for each in came) == MANY - 1
    assert world.x217s() == 1


def test_of_identical_posts_with_one_key_all_get_the_one_that_is_sent(world: World) -> None:
    command = Command(tenant=TENANT, actor="test", request=request_for("APPROVE"), idempotency_key="visit-1")
    came = posts(world, *[command] * MANY)
    assert {each.id for each in came if isinstance(each, TransactionRow)} == {only_transaction(world).id}
    assert all(isinstance(each, TransactionRow) for each in came)
    assert world.x217s() == 1


def test_a_correction_and_the_same_request_without_it_are_one_meaning(world: World) -> None:
    old = world.submit(request_for("REJECT72"))
    world.submit(request_for("APPROVE"), corrects=old.id)
    with pytest.raises(Conflict):
        world.submit(request_for("APPROVE"))
    assert world.x217s() == 2


def test_another_spelling_is_the_same_meaning(world: World) -> None:
    request = request_for("APPROVE")
    world.submit(request)
    line = request.services[0]
    assert line.quantity is not None
    quantity = replace(line.quantity, value=line.quantity.value.quantize(type(line.quantity.value)("1.00")))
    name = replace(request.subscriber.name, last=" Example ")
    spelled = replace(
        request,
        services=(replace(line, quantity=quantity),),
        subscriber=replace(request.subscriber, name=name),
    )
    with pytest.raises(Conflict):
        world.submit(spelled)


def test_a_carriers_report_between_a_look_and_the_recovery_is_not_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_message: Message) -> SendOutcome:
        raise Killed

    world.fax.send = die  # type: ignore[method-assign,assignment]  # the process dies in this call
    with pytest.raises(Killed):
        world.submit(request_for("X", payer="harbor-county-plan"))
    row = only_transaction(world)
    world.clock.advance(LEASE)
    (lease,) = world.claim()
    real = type(world.store).work

    def reported_first(store: object, tenant: object) -> object:
        monkeypatch.undo()
        status = FaxStatus(reference=row.reference, final=True, delivered=True, pages=2, error=None)
        note_fax_status(world.services, status)
        return real(store, tenant)  # type: ignore[arg-type]  # the store's own

    monkeypatch.setattr(type(world.store), "work", reported_first)
    run_due(world.services, lease)
    assert world.row(row.id).evidence is Evidence.CARRIER_ACCEPTED
    assert world.row(row.id).delivery is Delivery.ACCEPTED


def test_a_carriers_failure_while_a_worker_has_the_row_is_not_refused(world: World) -> None:
    row = world.submit(request_for("X", payer="harbor-county-plan"))
    world.clock.advance(timedelta(days=2))
    (lease,) = world.claim()
    status = FaxStatus(reference=row.reference, final=True, delivered=False, pages=0, error="busy")
    note_fax_status(world.services, status)
    run_due(world.services, lease)
    assert world.row(row.id).delivery is Delivery.REFUSED
    assert len(queries.work_items(world.services, TENANT, WorkState.OPEN)) == 1
    world.pass_time(timedelta(days=3))
    assert world.store.next_due() is None


def test_a_person_and_a_worker_on_one_transaction_do_not_wait_for_each_other(world: World) -> None:
    """One holds the due row and wants the transaction; the other must not hold them the other way round."""
    row = world.submit(request_for("CONTACT"))
    (item,) = queries.work_items(world.services, TENANT, WorkState.OPEN)
    with world.store.work(TENANT) as uow:
        uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, world.clock.now())
    (lease,) = world.claim()
    holds, wants = threading.Event(), threading.Event()

    def worker() -> object:
        with world.store.work(TENANT) as uow:
            uow.due.check(lease)
            holds.set()
            wants.wait(timeout=1.5)  # the person comes between the two locks
            return uow.transactions.get(row.id)

    def person() -> object:
        holds.wait(timeout=10)
        done = complete(
            world.services,
            Completion(
                tenant=TENANT,
                actor="person",
                work_item_id=item.id,
                outcome=PersonOutcome.APPROVED,
                authorization_number="A1",
                attachments=(Attachment(payload=b"%PDF-1.4 letter"),),
            ),
        )
        wants.set()
        return done

    came = at_once([worker, person])
    assert not [each for each in came if isinstance(each, PriorwireError)]
    assert world.row(row.id).status == "approved"


def test_two_answers_that_a_payer_mixed_up_do_not_wait_for_each_other(world: World) -> None:
    services = unseeded(world)
    answers: dict[str, bytes] = {}
    both = threading.Barrier(2)

    def swapped(message: Message) -> SendOutcome:
        if message.transaction.value != "authorization":
            return Final(payload=world.simulator.exchange(message.payload, "test").payload, simulated=True)
        answers[message.reference] = world.simulator.exchange(message.payload, "test").payload
        both.wait(timeout=20)
        (other,) = (each for reference, each in answers.items() if reference != message.reference)
        return Final(payload=other, simulated=True)

    world.core.send = swapped  # type: ignore[method-assign]  # a server under load
    commands = [Command(tenant=TENANT, actor="test", request=request_for(ending)) for ending in ("APPROVE", "DENY")]
    came = at_once([lambda each=each: submit_authorization(services, each).row for each in commands])  # type: ignore[misc]  # bound early
    assert [each.delivery for each in came if isinstance(each, TransactionRow)] == [Delivery.UNCERTAIN] * 2
    world.pass_time(timedelta(minutes=2))
    assert [world.row(each.id).status for each in came if isinstance(each, TransactionRow)] == ["approved", "denied"]
    assert world.x217s() == 2


def test_two_workers_with_one_row_do_it_once(world: World) -> None:
    world.submit(request_for("APPROVE"), at_once=False)
    services = unseeded(world)
    (lease,) = world.claim()
    at_once([lambda: run_due(services, lease)] * 4)
    assert world.x217s() == 1
    assert only_transaction(world).status == "approved"
