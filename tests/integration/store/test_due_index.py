"""Who may act on a row, and until when: against a model, and with two workers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, create_engine, delete, text

from priorwire.clock import FixedClock
from priorwire.errors import SafetyRefusal, StaleFence
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import TenantId
from priorwire.store import SqlStore, Vault
from priorwire.store.tables import DUE_INDEX
from tests.integration.store import samples

LEASE = timedelta(minutes=3)
NOW = samples.NOW


def schedule(store: Store, row_id: str, at: datetime = NOW) -> None:
    with store.work(samples.TENANT) as uow:
        uow.due.schedule(DueKind.TRANSACTION, row_id, samples.ENDPOINT, at)


def take(store: Store, row_id: str, until: datetime = NOW + LEASE) -> DueRow:
    with store.work(samples.TENANT) as uow:
        return uow.due.take(DueKind.TRANSACTION, row_id, samples.ENDPOINT, until)


def settle(store: Store, row: DueRow, at: datetime | None = None) -> None:
    with store.work(row.tenant) as uow:
        uow.due.settle(row, at)


def claim(store: Store, now: datetime = NOW, limit: int = 100) -> list[DueRow]:
    return list(store.claim(now, LEASE, limit, lambda _connection, _row: None))


# ---------------------------------------------------------------- taking and giving back


def test_a_row_that_nobody_scheduled_can_be_taken(store: Store) -> None:
    held = take(store, "auth_1")
    assert held == DueRow(
        kind=DueKind.TRANSACTION,
        id="auth_1",
        tenant=samples.TENANT,
        partition=samples.ENDPOINT,
        fence=1,
        lease_until=NOW + LEASE,
    )


def test_a_row_scheduled_for_later_can_be_taken_at_once(store: Store) -> None:
    schedule(store, "auth_1", NOW + timedelta(days=1))
    assert take(store, "auth_1").fence == 1


def test_a_held_row_is_refused_to_others_until_its_lease_ends(store: Store, clock: FixedClock) -> None:
    take(store, "auth_1")
    with pytest.raises(SafetyRefusal):
        take(store, "auth_1")
    clock.advance(LEASE)
    assert take(store, "auth_1", clock.now() + LEASE).fence == 2


def test_a_claimed_row_is_refused_too(store: Store) -> None:
    schedule(store, "auth_1")
    claim(store)
    with pytest.raises(SafetyRefusal):
        take(store, "auth_1")


def test_a_row_that_was_given_back_can_be_taken(store: Store) -> None:
    settle(store, take(store, "auth_1"), NOW + timedelta(hours=4))
    assert take(store, "auth_1").fence == 2


def test_the_holder_stays_the_holder_after_its_lease_until_somebody_takes_the_row(
    store: Store, clock: FixedClock
) -> None:
    held = take(store, "auth_1")
    clock.advance(LEASE * 2)
    with store.work(samples.TENANT) as uow:
        uow.due.check(held)
    take(store, "auth_1", clock.now() + LEASE)
    with store.work(samples.TENANT) as uow, pytest.raises(StaleFence):
        uow.due.check(held)


def test_a_row_is_given_back_once(store: Store) -> None:
    held = take(store, "auth_1")
    settle(store, held, NOW)
    with store.work(samples.TENANT) as uow:
        with pytest.raises(StaleFence):
            uow.due.settle(held, None)
        with pytest.raises(StaleFence):
            uow.due.check(held)


def test_kinds_do_not_mix(store: Store) -> None:
    held = take(store, "same_id")
    with store.work(samples.TENANT) as uow:
        assert uow.due.take(DueKind.WEBHOOK, "same_id", "whk_1", NOW + LEASE).fence == 1
        with pytest.raises(StaleFence):
            uow.due.settle(replace(held, kind=DueKind.WEBHOOK, fence=7), None)


# ---------------------------------------------------------------- scheduling


def test_what_is_scheduled_again_is_moved(store: Store) -> None:
    schedule(store, "auth_1", NOW + timedelta(hours=1))
    schedule(store, "auth_1", NOW + timedelta(hours=2))
    assert store.next_due() == NOW + timedelta(hours=2)
    assert claim(store, NOW + timedelta(hours=1)) == []
    schedule(store, "auth_1", NOW)
    assert [row.fence for row in claim(store)] == [1]


def test_scheduling_does_not_hand_a_held_row_to_a_second_worker(store: Store) -> None:
    held = take(store, "auth_1")
    schedule(store, "auth_1", NOW)
    assert claim(store) == []
    assert store.next_due() == held.lease_until
    schedule(store, "auth_1", NOW + timedelta(hours=1))
    assert store.next_due() == NOW + timedelta(hours=1)
    settle(store, held, NOW)


def hasten(store: Store, row_id: str, at: datetime) -> None:
    with store.work(samples.TENANT) as uow:
        uow.due.hasten(DueKind.TRANSACTION, row_id, samples.ENDPOINT, at)


def test_what_is_hastened_is_due_sooner_and_never_later(store: Store) -> None:
    schedule(store, "auth_1", NOW + timedelta(hours=2))
    hasten(store, "auth_1", NOW + timedelta(hours=1))
    assert store.next_due() == NOW + timedelta(hours=1)
    hasten(store, "auth_1", NOW + timedelta(hours=3))
    assert store.next_due() == NOW + timedelta(hours=1)


def test_a_row_at_rest_is_hastened_too_and_a_held_one_not_before_its_lease_ends(store: Store) -> None:
    held = take(store, "auth_1")
    hasten(store, "auth_1", NOW)
    assert store.next_due() == held.lease_until
    settle(store, held, None)
    hasten(store, "auth_1", NOW + timedelta(hours=3))
    assert store.next_due() == NOW + timedelta(hours=3)


def test_a_row_at_rest_is_never_due(store: Store) -> None:
    settle(store, take(store, "auth_1"), None)
    assert store.next_due() is None
    assert claim(store, NOW + timedelta(days=1000)) == []


# ---------------------------------------------------------------- claiming


def test_the_longest_due_are_claimed_first(store: Store) -> None:
    for number in range(5):
        schedule(store, f"auth_{number}", NOW - timedelta(minutes=number))
    schedule(store, "auth_9", NOW + timedelta(seconds=1))
    assert {row.id for row in claim(store, limit=2)} == {"auth_4", "auth_3"}
    assert {row.id for row in claim(store)} == {"auth_0", "auth_1", "auth_2"}
    assert claim(store) == []


def test_a_claim_crosses_tenants_and_says_whose_each_row_is(store: Store) -> None:
    for tenant in (samples.TENANT, samples.OTHER_TENANT):
        with store.work(tenant) as uow:
            uow.due.schedule(DueKind.WEBHOOK, "dlv_1", "whk_1", NOW)
    claimed = claim(store)
    assert {(row.tenant, row.kind, row.id, row.partition, row.fence, row.lease_until) for row in claimed} == {
        (tenant, DueKind.WEBHOOK, "dlv_1", "whk_1", 1, NOW + LEASE) for tenant in (samples.TENANT, samples.OTHER_TENANT)
    }


def test_a_dead_claimers_row_becomes_due_by_itself_under_a_new_fence(store: Store) -> None:
    schedule(store, "auth_1")
    first = claim(store)
    assert claim(store, NOW + LEASE - timedelta(microseconds=1)) == []
    second = claim(store, NOW + LEASE)
    assert [row.fence for row in first + second] == [1, 2]
    with pytest.raises(StaleFence):
        settle(store, first[0])
    settle(store, second[0])


def test_the_job_is_written_in_the_transaction_of_the_claim(store: Store, store_url: str) -> None:
    schedule(store, "auth_1")
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE job (name TEXT)"))

    def enqueue(connection: object, row: DueRow) -> None:
        assert isinstance(connection, Connection)
        connection.execute(text("INSERT INTO job VALUES (:name)"), {"name": f"{row.id}-{row.fence}"})

    def enqueue_and_fail(connection: object, row: DueRow) -> None:
        enqueue(connection, row)
        raise ConnectionError("the queue cannot take it")

    with pytest.raises(ConnectionError):
        store.claim(NOW, LEASE, 10, enqueue_and_fail)
    assert store.next_due() == NOW, "neither claimed nor enqueued"
    store.claim(NOW, LEASE, 10, enqueue)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM job")).scalars().all() == ["auth_1-1"]
    engine.dispose()


def test_two_dispatchers_share_the_work_and_no_row_goes_to_both(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        for number in range(300):
            uow.due.schedule(DueKind.TRANSACTION, f"auth_{number}", samples.ENDPOINT, NOW)
    both_ready = threading.Barrier(2)

    def dispatch() -> list[str]:
        both_ready.wait()
        mine: list[str] = []
        while rows := claim(store, limit=7):
            assert len(rows) <= 7
            mine += [row.id for row in rows]
        return mine

    with ThreadPoolExecutor(2) as pool:
        first, second = (done.result(timeout=60) for done in [pool.submit(dispatch) for _ in range(2)])
    assert sorted(first + second) == sorted(f"auth_{number}" for number in range(300))


def test_on_postgresql_a_second_dispatcher_passes_over_what_the_first_has_picked(
    postgres_url: str, vault: Vault, clock: FixedClock
) -> None:
    store = SqlStore(postgres_url, vault, clock)
    for number in range(4):
        schedule(store, f"auth_{number}", NOW - timedelta(minutes=number))
    during: list[str] = []

    def claim_beside(_connection: object, _row: DueRow) -> None:
        # In the middle of the first one's transaction, which holds its rows.
        with ThreadPoolExecutor(1) as pool:
            during.extend(row.id for row in pool.submit(claim, store).result(timeout=30))

    first = store.claim(NOW, LEASE, 2, claim_beside)
    store.close()
    assert {row.id for row in first} == {"auth_3", "auth_2"}
    assert set(during) == {"auth_1", "auth_0"}


def test_of_many_that_take_one_row_at_once_one_gets_it(store: Store) -> None:
    all_ready = threading.Barrier(6)

    def try_to_take() -> bool:
        all_ready.wait()
        try:
            take(store, "auth_1")
        except SafetyRefusal:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        got = [done.result(timeout=60) for done in [pool.submit(try_to_take) for _ in range(6)]]
    assert sorted(got) == [False] * 5 + [True]


def test_a_row_that_is_being_worked_on_cannot_be_taken_before_the_commit(store: Store, clock: FixedClock) -> None:
    held = take(store, "auth_1")
    clock.advance(LEASE)  # the lease is over, and still nobody may come between the check and the commit
    started = threading.Event()

    def take_it_over() -> DueRow:
        started.set()
        return take(store, "auth_1", clock.now() + LEASE)

    with ThreadPoolExecutor(1) as pool:
        with store.work(samples.TENANT) as uow:
            uow.due.check(held)
            taking = pool.submit(take_it_over)
            assert started.wait(30)
            uow.due.settle(held, NOW)
        assert taking.result(timeout=30).fence == 2


# ---------------------------------------------------------------- against a model


@dataclass
class Known:
    """What the model knows of one row."""

    due: datetime | None
    lease: datetime | None
    fence: int


class DueMachine(RuleBasedStateMachine):
    """Any sequence of calls leaves the index as the few lines of this model say."""

    store: SqlStore
    clock: FixedClock
    wipe: Callable[[], None]

    held = Bundle("held")
    ids = st.sampled_from(["auth_1", "auth_2", "auth_3"])
    delays = st.sampled_from([timedelta(minutes=minutes) for minutes in (-5, 0, 1, 10)])

    def __init__(self) -> None:
        super().__init__()
        type(self).wipe()
        self.rows: dict[str, Known] = {}

    @rule(row_id=ids, delay=delays)
    def schedule(self, row_id: str, delay: timedelta) -> None:
        at = self.clock.now() + delay
        schedule(self.store, row_id, at)
        row = self.rows.setdefault(row_id, Known(due=None, lease=None, fence=0))
        row.due = at if row.lease is None else max(at, row.lease)

    @rule(target=held, row_id=ids)
    def take(self, row_id: str) -> object:
        now = self.clock.now()
        row = self.rows.get(row_id, Known(due=None, lease=None, fence=0))
        if row.lease is not None and row.lease > now:
            with pytest.raises(SafetyRefusal):
                take(self.store, row_id, now + LEASE)
            return multiple()
        taken = take(self.store, row_id, now + LEASE)
        self.rows[row_id] = Known(due=now + LEASE, lease=now + LEASE, fence=row.fence + 1)
        assert taken.fence == row.fence + 1
        return taken

    @rule(target=held, limit=st.integers(1, 3))
    def claim(self, limit: int) -> object:
        now = self.clock.now()
        due = {row_id for row_id, row in self.rows.items() if row.due is not None and row.due <= now}
        claimed = claim(self.store, now, limit)
        assert {row.id for row in claimed} <= due
        assert len(claimed) == min(limit, len(due))
        for row in claimed:
            assert row.fence == self.rows[row.id].fence + 1
            self.rows[row.id] = Known(due=now + LEASE, lease=now + LEASE, fence=row.fence)
        return multiple(*claimed)

    @rule(row=held)
    def check(self, row: DueRow) -> None:
        with self.store.work(samples.TENANT) as uow, self._expected(row):
            uow.due.check(row)

    @rule(row=consumes(held), delay=st.none() | delays)
    def settle(self, row: DueRow, delay: timedelta | None) -> None:
        at = None if delay is None else self.clock.now() + delay
        with self.store.work(samples.TENANT) as uow, self._expected(row):
            uow.due.settle(row, at)
            self.rows[row.id] = Known(due=at, lease=None, fence=row.fence)

    @rule(by=st.sampled_from([timedelta(minutes=1), LEASE, timedelta(minutes=12)]))
    def time_passes(self, by: timedelta) -> None:
        self.clock.advance(by)

    @invariant()
    def the_earliest_is_known(self) -> None:
        waiting = [row.due for row in self.rows.values() if row.due is not None]
        assert self.store.next_due() == min(waiting, default=None)

    @contextmanager
    def _expected(self, row: DueRow) -> Iterator[None]:
        known = self.rows[row.id]
        if known.fence == row.fence and known.lease is not None:
            yield
            return
        with pytest.raises(StaleFence):
            yield


def test_any_sequence_of_calls_agrees_with_the_model(store: SqlStore, store_url: str, clock: FixedClock) -> None:
    engine = create_engine(store_url)

    def wipe() -> None:
        with engine.begin() as connection:
            connection.execute(delete(DUE_INDEX))

    machine = type("Machine", (DueMachine,), {"store": store, "clock": clock, "wipe": staticmethod(wipe)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    engine.dispose()


def test_a_unit_of_work_may_hold_several_rows(store: Store) -> None:
    def take_three(uow: UnitOfWork) -> list[DueRow]:
        return [uow.due.take(DueKind.TRANSACTION, f"auth_{n}", samples.ENDPOINT, NOW + LEASE) for n in range(3)]

    with store.work(TenantId("north-clinic")) as uow:
        rows = take_three(uow)
        for row in rows:
            uow.due.settle(row, NOW)
    assert len(claim(store)) == 3


def test_a_row_may_be_due_before_the_gateway_acts_on_it(store: SqlStore, clock: FixedClock) -> None:
    later, much_later = clock.now() + timedelta(hours=1), clock.now() + timedelta(days=1)
    with store.work(samples.TENANT) as uow:
        held = uow.due.take(DueKind.TRANSACTION, "auth_1", "payer/core", later)
        uow.due.settle(held, later, much_later)
        assert uow.due.acts_at(DueKind.TRANSACTION, "auth_1") == much_later
        assert uow.due.due_at(DueKind.TRANSACTION, "auth_1") == later


def test_hastening_a_row_brings_its_act_forward_and_never_puts_it_off(store: SqlStore, clock: FixedClock) -> None:
    first, second, third = (clock.now() + timedelta(hours=hours) for hours in (1, 2, 3))
    with store.work(samples.TENANT) as uow:
        uow.due.schedule(DueKind.TRANSACTION, "auth_1", "payer/core", second)
        uow.due.hasten(DueKind.TRANSACTION, "auth_1", "payer/core", third)
        assert uow.due.acts_at(DueKind.TRANSACTION, "auth_1") == second
        uow.due.hasten(DueKind.TRANSACTION, "auth_1", "payer/core", first)
        assert uow.due.acts_at(DueKind.TRANSACTION, "auth_1") == first
        assert uow.due.due_at(DueKind.TRANSACTION, "auth_1") == first
        assert uow.due.acts_at(DueKind.TRANSACTION, "auth_2") is None
