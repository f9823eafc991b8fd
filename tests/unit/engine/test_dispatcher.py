"""What a look claims, and what gets a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from priorwire.clock import FixedClock
from priorwire.engine import Dispatcher, EndpointLimits, Jobs, Limits
from priorwire.gateway.ports import Store
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import TenantId

_NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
_LEASE = timedelta(minutes=3)


class _Store:
    """Rows that are due, by the endpoint of each; a claim takes them from the front."""

    def __init__(self, endpoints: Sequence[str]) -> None:
        self.due = list(endpoints)
        self.limits: list[int] = []
        self.connection = object()

    def claim(
        self, now: datetime, lease: timedelta, limit: int, enqueue: Callable[[object, DueRow], None]
    ) -> Sequence[DueRow]:
        self.limits.append(limit)
        taken, self.due = self.due[:limit], self.due[limit:]
        rows = [
            DueRow(
                kind=DueKind.TRANSACTION,
                id=f"row-{number}",
                tenant=TenantId("practice-1"),
                partition=endpoint,
                fence=1,
                lease_until=now + lease,
            )
            for number, endpoint in enumerate(taken)
        ]
        for row in rows:
            enqueue(self.connection, row)
        return rows


class _Jobs:
    """Jobs that wait, by endpoint."""

    def __init__(self, waiting: Mapping[str, int] | None = None) -> None:
        self._before = dict(waiting or {})
        self.enqueued: list[tuple[object, DueRow]] = []

    def enqueue(self, connection: object, row: DueRow) -> None:
        self.enqueued.append((connection, row))

    def waiting(self) -> Mapping[str, int]:
        return Counter(self._before) + Counter(row.partition for _, row in self.enqueued)


def _dispatcher(store: _Store, jobs: _Jobs, *, batch: int = 100, limits: Limits | None = None) -> Dispatcher:
    return Dispatcher(
        store=cast("Store", store),
        clock=FixedClock(_NOW),
        jobs=cast("Jobs", jobs),
        lease=_LEASE,
        batch=batch,
        limits=limits,
    )


def test_every_claimed_row_gets_a_job_in_the_transaction_of_its_claim() -> None:
    store, jobs = _Store(["a", "b", "a"]), _Jobs()
    assert _dispatcher(store, jobs).tick() == 3
    assert [(connection, row.id, row.partition) for connection, row in jobs.enqueued] == [
        (store.connection, "row-0", "a"),
        (store.connection, "row-1", "b"),
        (store.connection, "row-2", "a"),
    ]
    assert {row.lease_until for _, row in jobs.enqueued} == {_NOW + _LEASE}


def test_look_claims_no_more_than_a_batch() -> None:
    store, jobs = _Store(["a"] * 30), _Jobs()
    assert _dispatcher(store, jobs, batch=10).tick() == 10
    assert len(store.due) == 20


def test_what_is_due_is_worked_off_batch_by_batch() -> None:
    store, jobs = _Store(["a"] * 25), _Jobs()
    assert _dispatcher(store, jobs, batch=10).work_off() == 25
    assert store.limits == [10, 10, 10], "no claim is larger, and the one that is not full is the last"


def test_what_is_put_off_does_not_end_the_working_off() -> None:
    limits = Limits()
    store, jobs = _Store(["slow"] * 20 + ["quick"]), _Jobs({"slow": limits.endpoint_room(_LEASE)})
    assert _dispatcher(store, jobs, batch=10, limits=limits).work_off() == 1
    assert store.due == []


def test_working_off_ends_where_the_queue_has_enough() -> None:
    limits = Limits(node_calls=1, endpoint_calls=8, usual_call=timedelta(seconds=9))
    room = limits.node_room(_LEASE)
    store, jobs = _Store([f"endpoint-{number}" for number in range(3 * room)]), _Jobs()
    assert _dispatcher(store, jobs, batch=room // 2 + 1, limits=limits).work_off() == room
    assert len(store.due) == 2 * room


def test_nothing_is_claimed_while_the_queue_holds_what_can_start_within_a_lease() -> None:
    limits = Limits()
    store = _Store(["a"])
    assert _dispatcher(store, _Jobs({"b": limits.node_room(_LEASE)}), limits=limits).tick() == 0
    assert store.limits == []
    assert store.due == ["a"]


def test_full_endpoint_is_put_off_and_does_not_stand_in_the_way_of_others() -> None:
    limits = Limits()
    store, jobs = _Store(["slow", "slow", "quick"]), _Jobs({"slow": limits.endpoint_room(_LEASE)})
    assert _dispatcher(store, jobs, limits=limits).tick() == 1
    assert [row.partition for _, row in jobs.enqueued] == ["quick"]
    assert store.due == [], "those put off are claimed: they are due again when the lease ends"


@given(
    endpoints=st.lists(st.sampled_from("abcdefghij"), max_size=300),
    batch=st.integers(1, 50),
    node_calls=st.integers(1, 8),
    endpoint_calls=st.integers(1, 4),
)
def test_queue_never_holds_more_than_can_start_within_a_lease(
    endpoints: list[str], batch: int, node_calls: int, endpoint_calls: int
) -> None:
    limits = Limits(node_calls=node_calls, endpoint_calls=endpoint_calls, usual_call=timedelta(seconds=20))
    store, jobs = _Store(endpoints), _Jobs()
    dispatcher = _dispatcher(store, jobs, batch=batch, limits=limits)
    jobs_made = sum(dispatcher.tick() for _ in range(len(endpoints) // batch + 1))
    waiting = jobs.waiting()
    assert jobs_made == len(jobs.enqueued) == sum(waiting.values()) <= limits.node_room(_LEASE)
    assert all(count <= limits.endpoint_room(_LEASE) for count in waiting.values())


@given(
    calls=st.integers(1, 64),
    node_calls=st.integers(1, 64),
    rate=st.integers(1, 100),
    seconds=st.integers(1, 120),
    lease=st.integers(1, 3600),
)
def test_limits_always_leave_room_for_one_and_never_for_more_than_a_lease(
    calls: int, node_calls: int, rate: int, seconds: int, lease: int
) -> None:
    limits = Limits(
        endpoint_calls=calls,
        node_calls=node_calls,
        starts_per_second=rate,
        usual_call=timedelta(seconds=seconds),
    )
    span = timedelta(seconds=lease)
    assert 1 <= limits.endpoint_room(span) <= limits.node_room(span) <= max(1, node_calls * lease / seconds)
    assert limits.endpoint_room(span) <= max(1, limits.queue_rate * lease)
    # Its window may straddle two of the queue's: one less than twice what the queue is told.
    assert 2 * limits.queue_rate - 1 <= rate


def test_endpoint_with_limits_of_its_own_is_put_off_by_those() -> None:
    narrow = EndpointLimits(calls=1, starts_per_second=2)
    limits = Limits(own={"narrow": narrow}, usual_call=timedelta(seconds=60))
    room = limits.endpoint_room(_LEASE, "narrow")
    assert room < limits.endpoint_room(_LEASE, "usual")
    store, jobs = _Store(["narrow", "usual"]), _Jobs({"narrow": room, "usual": room})
    assert _dispatcher(store, jobs, limits=limits).tick() == 1
    assert [row.partition for _, row in jobs.enqueued] == ["usual"]
