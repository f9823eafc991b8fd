"""What is looked for among a million rows is found by an index: read from the databases' own plans.

A few thousand rows are enough for both planners to prefer one where there is one, and nothing here looks at a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from priorwire.bench.sleeping import Sleeper, fill, wake
from priorwire.gateway.find import Key, find
from priorwire.model.identifiers import TenantId
from priorwire.payers.profile import Transaction
from priorwire.store import SqlStore, Vault

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
_ROWS = 2_000
_ONE = Sleeper(number=1_234)


@dataclass
class Watched:
    """A filled store, and the statements that ran on it."""

    store: SqlStore
    url: str

    @contextmanager
    def statements(self) -> Iterator[list[tuple[str, Any]]]:
        ran: list[tuple[str, Any]] = []

        def note(_conn: object, _cursor: object, statement: str, given: Any, _context: object, _many: bool) -> None:
            ran.append((statement, given))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield ran
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    def wake_and_learn(self, due: int) -> None:
        """Have the database take its statistics while so few are due."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            wake(connection, range(due), NOW)
            connection.exec_driver_sql("ANALYZE")
        engine.dispose()

    def plans(self, ran: list[tuple[str, Any]]) -> str:
        """How the database finds the rows of these statements."""
        engine = create_engine(self.url)
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        lines = []
        with engine.connect() as connection:
            for statement, given in ran:
                if "set_config" in statement:
                    connection.exec_driver_sql(statement, given)
                elif statement.startswith(("SELECT", "WITH", "UPDATE")):
                    lines += [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, given)]
        engine.dispose()
        return "\n".join(lines)


@pytest.fixture
def watched(store: SqlStore, store_url: str, vault: Vault) -> Watched:
    for _ in fill(store_url, vault, _ROWS, NOW):
        pass
    return Watched(store=store, url=store_url)


def _reads_whole_tables(plans: str) -> list[str]:
    """Steps that read a whole table, or all that a tenant has in one."""
    found = [line.strip() for line in plans.splitlines()]
    small = ("SCAN picked", "LIST SUBQUERY")
    return [
        line
        for line in found
        if "Seq Scan" in line
        or line.endswith("(tenant=?)")
        or (line.startswith("SCAN ") and not line.startswith(small))
    ]


_NUMBERS = {
    Key.TRACE: _ONE.trace_number,
    Key.MEMBER: _ONE.member_id,
    Key.PAYER_NUMBER: _ONE.authorization_number,
    Key.CONTROL_NUMBER: str(_ONE.control_number),
}


@pytest.mark.parametrize("key", Key)
def test_number_that_somebody_has_in_hand_is_found_by_an_index(watched: Watched, key: Key) -> None:
    with watched.statements() as ran:
        found = find(watched.store, _ONE.tenant, key, _NUMBERS[key])
    assert _ONE.id in {row.id for row in found}
    plans = watched.plans(ran)
    assert _reads_whole_tables(plans) == []


def test_what_a_reply_is_joined_by_is_found_by_an_index(watched: Watched) -> None:
    with watched.statements() as ran, watched.store.read(_ONE.tenant) as uow:
        row = uow.transactions.get(_ONE.id)
        assert uow.transactions.by_reference(row.reference) == row
        assert uow.transactions.by_payer_reference(row.payer_id, _ONE.authorization_number) == [row]
        assert uow.transactions.by_meaning(row.meaning) == [row]
        assert row in uow.transactions.of_member(_ONE.member_id, kind=Transaction.AUTHORIZATION, limit=50)
        (exchange,) = uow.exchanges.of(row.id)
        assert uow.exchanges.by_reference(row.reference) == exchange
        assert uow.exchanges.by_interchange_number(_ONE.endpoint, _ONE.control_number) == exchange
        assert uow.exchanges.by_group_number(_ONE.endpoint, _ONE.control_number) == exchange
        uow.exchanges.by_remote_id(_ONE.endpoint, "none")
    assert _reads_whole_tables(watched.plans(ran)) == []


def test_claim_goes_by_the_index_of_due_times(watched: Watched) -> None:
    with watched.statements() as ran:
        assert watched.store.claim(NOW, timedelta(minutes=3), 100, lambda _connection, _row: None) == []
        watched.store.next_due()
    plans = watched.plans(ran)
    assert "ix_due_index_next_due_at" in plans
    assert not [line for line in _reads_whole_tables(plans) if "picked" not in line and "due_index" not in line]
    assert "Seq Scan on due_index" not in plans


def test_claim_stops_at_its_batch_however_little_the_statistics_know(watched: Watched) -> None:
    """PostgreSQL would rather read all that is due and sort it, where it believes that to be little."""
    watched.wake_and_learn(20)
    with watched.statements() as ran:
        assert len(watched.store.claim(NOW, timedelta(minutes=3), 100, lambda _connection, _row: None)) == 20
    plans = watched.plans(ran)
    assert "ix_due_index_next_due_at" in plans
    assert "Sort" not in plans
    assert "Bitmap" not in plans


def test_change_does_not_set_what_names_the_row(watched: Watched) -> None:
    """On SQLite, setting a parent key looks through every table that may point to it, with or without an index."""
    with watched.statements() as ran, watched.store.work(_ONE.tenant) as uow:
        row = uow.transactions.get(_ONE.id)
        uow.transactions.update(replace(row, asks=row.asks + 1))
        (exchange,) = uow.exchanges.of(row.id)
        uow.exchanges.update(replace(exchange, detail="changed"))
        case = uow.cases.get(row.case_id)
        uow.cases.update(replace(case, owner="somebody"))
    changes = [statement for statement, _ in ran if statement.startswith("UPDATE")]
    assert len(changes) == 3
    for statement in changes:
        settings = statement.partition(" SET ")[2].partition(" WHERE ")[0]
        assert {"tenant", "id"}.isdisjoint(each.partition("=")[0].strip() for each in settings.split(","))
    with watched.store.read(_ONE.tenant) as uow:
        assert uow.transactions.get(_ONE.id).asks == 1


# ---------------------------------------------------------------- what is found


def test_member_has_all_its_authorizations_newest_first_and_none_of_another_practice(watched: Watched) -> None:
    found = find(watched.store, _ONE.tenant, Key.MEMBER, f" {_ONE.member_id} ")
    assert len(found) == 3
    assert {row.tenant for row in found} == {_ONE.tenant}
    assert [row.id for row in found] == sorted((row.id for row in found), reverse=True)
    assert len(find(watched.store, _ONE.tenant, Key.MEMBER, _ONE.member_id, limit=2)) == 2
    for key, number in _NUMBERS.items():
        assert find(watched.store, TenantId("nobody"), key, number) == []


@pytest.mark.parametrize("number", ["", "12A", "-5", "1234567890", "٣", "no such number"])
def test_number_of_the_wrong_form_finds_nothing(watched: Watched, number: str) -> None:
    for key in Key:
        assert find(watched.store, _ONE.tenant, key, number) == []
