"""All of a unit of work or nothing of it; readers see a snapshot and cannot write."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.clock import FixedClock
from priorwire.errors import Conflict, NotFound, StaleFence, StoreError
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.model.identifiers import CaseId, TransactionId
from priorwire.store import SqlStore, Vault
from tests.integration.store import samples

CASE_1 = CaseId("case_1")
AUTH_1 = TransactionId("auth_1")


def test_a_block_that_fails_leaves_nothing(store: SqlStore) -> None:
    def fail_at_the_end() -> None:
        with store.work(samples.TENANT) as uow:
            samples.add_one_of_each(uow)
            uow.control_numbers.next(samples.ENDPOINT, "interchange")
            uow.due.schedule(DueKind.TRANSACTION, "auth_1", samples.ENDPOINT, samples.NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_the_end()
    with store.work(samples.TENANT) as uow:
        assert uow.transactions.listed(limit=1) == []
        assert uow.control_numbers.next(samples.ENDPOINT, "interchange") == 1
    assert store.next_due() is None
    assert store.audit_head(samples.TENANT).position == 0


def test_a_row_that_points_nowhere_fails_the_commit_and_everything_with_it(store: Store) -> None:
    def point_nowhere() -> None:
        with store.work(samples.TENANT) as uow:
            uow.cases.add(samples.case(2))
            uow.transactions.add(samples.transaction())  # its case is not there

    with pytest.raises(Conflict):
        point_nowhere()
    with store.read(samples.TENANT) as uow, pytest.raises(NotFound):
        uow.cases.get(CaseId("case_2"))


def test_nothing_is_seen_before_the_commit(store: Store) -> None:
    with store.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())
        with store.read(samples.TENANT) as reader, pytest.raises(NotFound):
            reader.cases.get(CASE_1)


def test_a_reader_sees_one_moment_throughout(store: Store) -> None:
    with store.read(samples.TENANT) as reader:
        assert reader.transactions.listed(limit=5) == []
        samples.store_one_of_each(store)
        assert reader.transactions.listed(limit=5) == []
        assert reader.unmatched.listed() == []


def test_the_database_refuses_a_write_in_a_read(store: SqlStore) -> None:
    samples.store_one_of_each(store)
    writes: list[Callable[[UnitOfWork], object]] = [
        lambda uow: uow.cases.add(samples.case(2)),
        lambda uow: uow.cases.update(samples.case()),
        lambda uow: uow.control_numbers.next(samples.ENDPOINT, "interchange"),
    ]
    for write in writes:
        with store.read(samples.TENANT) as uow, pytest.raises(StoreError):
            write(uow)
    with pytest.raises(StoreError), store.read(samples.TENANT) as uow:
        uow.audit.append(samples.audited())
    assert store.audit_head(samples.TENANT).position == 1


def test_a_connection_that_read_can_write_again(store: Store) -> None:
    # PostgreSQL's readers and writers share a pool: "read only" must not stick to a connection.
    for number in range(1, 4):
        with store.read(samples.TENANT) as uow:
            uow.unmatched.listed()
        with store.work(samples.TENANT) as uow:
            uow.cases.add(samples.case(number))


def test_a_unit_of_work_is_used_once(store: Store) -> None:
    unit = store.work(samples.TENANT)
    with unit:
        pass
    with pytest.raises(StoreError, match="used once"), unit:
        pass


def test_on_sqlite_one_unit_of_work_is_not_opened_inside_another(
    sqlite_url: str, vault: Vault, clock: FixedClock
) -> None:
    store, beside = (SqlStore(sqlite_url, vault, clock) for _ in range(2))
    with store.work(samples.TENANT):
        for each in (store, beside):
            with pytest.raises(StoreError, match="inside another"), each.work(samples.TENANT):
                pass
    with beside.work(samples.TENANT) as uow:
        uow.cases.add(samples.case())


def test_a_writer_that_failed_to_open_does_not_keep_the_others_out(
    tmp_path: Path, vault: Vault, clock: FixedClock
) -> None:
    path = tmp_path / "not.db"
    path.write_bytes(b"this is no database, and long enough to be seen as none" * 10)
    store = SqlStore(f"sqlite:///{path}", vault, clock)
    for _ in range(2):
        with pytest.raises(StoreError), store.work(samples.TENANT):
            pass


def test_of_two_that_read_decide_and_write_none_is_lost(store: Store) -> None:
    samples.store_one_of_each(store)
    both_ready = threading.Barrier(4)

    def ask_once_more() -> None:
        both_ready.wait()
        with store.work(samples.TENANT) as uow:
            row = uow.transactions.get(AUTH_1)
            uow.transactions.update(replace(row, asks=row.asks + 1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(ask_once_more) for _ in range(4)]:
            done.result(timeout=30)
    with store.read(samples.TENANT) as uow:
        assert uow.transactions.get(AUTH_1).asks == 4


def test_on_postgresql_one_of_two_that_wait_for_each_other_is_told_to_try_again(
    postgres_url: str, vault: Vault, clock: FixedClock
) -> None:
    store = SqlStore(postgres_url, vault, clock)
    samples.store_one_of_each(store)
    both_hold = threading.Barrier(2)
    first_steps: list[Callable[[UnitOfWork], object]] = [
        lambda uow: uow.cases.get(CASE_1),
        lambda uow: uow.transactions.get(AUTH_1),
    ]

    def crosswise(steps: list[Callable[[UnitOfWork], object]]) -> str:
        try:
            with store.work(samples.TENANT) as uow:
                steps[0](uow)
                both_hold.wait(30)
                steps[1](uow)
        except StoreError as error:
            return error.message
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(crosswise, [first_steps, first_steps[::-1]], timeout=60))
    store.close()
    assert sorted(end.rpartition(": ")[2] for end in ends) == ["done", "try again."]


def test_an_error_of_the_database_shows_no_value(store: Store) -> None:
    samples.store_one_of_each(store)
    with pytest.raises(Conflict) as caught, store.work(samples.TENANT) as uow:
        uow.transactions.add(replace(samples.transaction(), client_reference="CANARY-REFERENCE"))
    error: BaseException | None = caught.value
    while error is not None:
        assert "CANARY" not in repr(error) + str(error)
        assert "Canarysen" not in repr(error) + str(error)
        error = error.__cause__


def test_what_a_killed_process_had_not_committed_is_gone_and_its_lease_runs_out(
    store: SqlStore, store_url: str, clock: FixedClock
) -> None:
    script = Path(__file__).with_name("killed_holder.py")
    with subprocess.Popen(
        [sys.executable, script, store_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held and half way\n"
        holder.kill()
    with store.read(samples.TENANT) as uow:
        assert uow.transactions.listed(limit=5) == []
    claimed: list[DueRow] = []
    store.claim(clock.now(), timedelta(minutes=3), 10, lambda _, row: claimed.append(row))
    assert claimed == [], "the dead one's lease still runs"
    clock.advance(timedelta(minutes=3))
    store.claim(clock.now(), timedelta(minutes=3), 10, lambda _, row: claimed.append(row))
    assert [(row.id, row.fence) for row in claimed] == [("auth_1", 2)]
    dead_holders = replace(claimed[0], fence=1)
    with store.work(samples.TENANT) as uow, pytest.raises(StaleFence):
        uow.due.settle(dead_holders, None)
