"""What names a patient cannot be read from the database, moved in it or altered in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, update

from priorwire.clock import FixedClock
from priorwire.errors import StoreError, VaultError
from priorwire.gateway.ports import UnitOfWork
from priorwire.model.identifiers import ArchiveId, AttachmentId, TransactionId, UseId, WorkItemId
from priorwire.store import KeyRing, SqlStore, Vault
from priorwire.store.rotation import SEALED_TABLES
from priorwire.store.row_tables import RowTable
from priorwire.store.tables import METADATA
from tests.integration.store import samples

AUTH_1 = TransactionId("auth_1")

#: Everything in the samples that a stranger must not read.
CANARIES = (
    "Canarysen",
    "CANARYSEN",
    "Zofia",
    "EXM0000417",
    "1981-07-09",
    "Invented Street",
    "AUTH55512",
    "CHART-99817",
    "CLAIM-99817",
    "2026-12-11",
    "whsec_",
)

OPENED_BY: dict[str, Callable[[UnitOfWork], object]] = {
    "transactions": lambda uow: uow.transactions.get(AUTH_1),
    "records": lambda uow: uow.records.latest(AUTH_1),
    "uses": lambda uow: uow.uses.get(UseId("use_1")),
    "attachments": lambda uow: uow.attachments.get(AttachmentId("att_1")),
    "archive": lambda uow: uow.archive.get(ArchiveId("arch_1")),
    "webhook_endpoints": lambda uow: uow.webhooks.endpoint("whk_1"),
    "work_items": lambda uow: uow.work_items.get(WorkItemId("work_1")),
    "unmatched": lambda uow: uow.unmatched.get("unm_1"),
    "received_files": lambda uow: uow.received.file("file_1"),
}

by_table = pytest.mark.parametrize("rows", SEALED_TABLES, ids=lambda rows: rows.table.name)


@pytest.fixture
def engine(store_url: str) -> Any:
    engine = create_engine(store_url)
    yield engine
    engine.dispose()


def _everything(engine: Engine) -> str:
    """All that the tables hold, readable where it is readable."""
    shown: list[str] = []
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                shown += [value.decode("latin-1") if isinstance(value, bytes) else repr(value) for value in row]
    return "\n".join(shown)


def test_no_value_of_a_patient_can_be_read_from_the_tables(store: SqlStore, engine: Engine) -> None:
    samples.store_one_of_each(store)
    shown = _everything(engine)
    assert "example_payer" in shown, "the test must be able to fail"
    assert [canary for canary in CANARIES if canary in shown] == []


def test_no_value_of_a_patient_stands_in_the_file(sqlite_url: str, vault: Vault, clock: FixedClock) -> None:
    store = SqlStore(sqlite_url, vault, clock)
    samples.store_one_of_each(store)
    store.close()
    content = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()
    assert b"example_payer" in content, "the test must be able to fail"
    assert [canary for canary in CANARIES if canary.encode() in content] == []


def test_every_table_with_a_sealed_column_is_known(store: SqlStore) -> None:
    sealed = {table.name for table in METADATA.sorted_tables if "data_key" in table.c}
    assert sealed == {rows.table.name for rows in SEALED_TABLES} == set(OPENED_BY)


@by_table
def test_another_ring_opens_nothing(store: SqlStore, store_url: str, clock: FixedClock, rows: RowTable[Any]) -> None:
    samples.store_one_of_each(store)
    stranger = SqlStore(store_url, Vault(KeyRing.generate()), clock)
    with stranger.read(samples.TENANT) as uow, pytest.raises(VaultError):
        OPENED_BY[rows.table.name](uow)
    stranger.close()


def _sealed_columns(rows: RowTable[Any]) -> list[str]:
    return ["data_key", *(rows.sealed or ["payload"])]


@by_table
def test_a_value_that_was_altered_does_not_open(store: SqlStore, engine: Engine, rows: RowTable[Any]) -> None:
    samples.store_one_of_each(store)
    table = rows.table
    for column in _sealed_columns(rows):
        with engine.begin() as connection:
            kept = connection.execute(select(table.c[column])).scalar_one()
            if kept is None:
                continue
            altered = kept[:-1] + bytes([kept[-1] ^ 1])
            connection.execute(update(table).values({column: altered}))
        with store.read(samples.TENANT) as uow, pytest.raises(VaultError):
            OPENED_BY[table.name](uow)
        with engine.begin() as connection:
            connection.execute(update(table).values({column: kept}))
    with store.read(samples.TENANT) as uow:
        OPENED_BY[table.name](uow)


@by_table
def test_a_value_that_was_put_into_another_tenants_row_does_not_open(
    store: SqlStore, engine: Engine, rows: RowTable[Any]
) -> None:
    samples.store_one_of_each(store)
    samples.store_one_of_each(store, samples.OTHER_TENANT)
    table = rows.table
    columns = ["key_id", *_sealed_columns(rows)]
    with engine.begin() as connection:
        mine = connection.execute(
            select(*(table.c[name] for name in columns)).where(table.c.tenant == samples.TENANT)
        ).one()
        moved = dict(zip(columns, mine, strict=True))
        connection.execute(update(table).where(table.c.tenant == samples.OTHER_TENANT).values(moved))
    with store.read(samples.OTHER_TENANT) as uow, pytest.raises(VaultError):
        OPENED_BY[table.name](uow)


def test_a_value_that_was_put_into_another_row_does_not_open(store: SqlStore, engine: Engine) -> None:
    samples.store_one_of_each(store)
    with store.work(samples.TENANT) as uow:
        uow.archive.put(samples.archived(b"second", 2), b"second")
    table = METADATA.tables["archive"]
    columns = [table.c.key_id, table.c.data_key, table.c.payload]
    with engine.begin() as connection:
        first = connection.execute(select(*columns).where(table.c.id == "arch_1")).one()
        connection.execute(update(table).where(table.c.id == "arch_2").values(dict(first._mapping)))
    with store.read(samples.TENANT) as uow, pytest.raises(VaultError):
        uow.archive.get(ArchiveId("arch_2"))


def test_a_value_that_was_put_into_another_column_does_not_open(store: SqlStore, engine: Engine) -> None:
    samples.store_one_of_each(store)
    table = METADATA.tables["transactions"]
    with engine.begin() as connection:
        connection.execute(update(table).values(administrative_reference=table.c.authorization_number))
    with store.read(samples.TENANT) as uow, pytest.raises(VaultError):
        uow.transactions.get(AUTH_1)


def test_a_hash_that_was_altered_is_noticed(store: SqlStore, engine: Engine) -> None:
    samples.store_one_of_each(store)
    with engine.begin() as connection:
        connection.execute(update(METADATA.tables["archive"]).values(sha256="0" * 64))
    with store.read(samples.TENANT) as uow, pytest.raises(VaultError, match="hash"):
        uow.archive.get(ArchiveId("arch_1"))


def test_an_error_about_a_sealed_value_shows_nothing_of_it(store: SqlStore, engine: Engine, vault: Vault) -> None:
    samples.store_one_of_each(store)
    table = METADATA.tables["work_items"]
    rows = next(rows for rows in SEALED_TABLES if rows.table is table)
    sealed = vault.seal(rows.place(samples.TENANT, ["work_1"]), {"fields": b'{"label": "Canarysen"}'})
    with engine.begin() as connection:
        connection.execute(
            update(table).values(key_id=sealed.key_id, data_key=sealed.data_key, fields=sealed.columns["fields"])
        )
    with store.read(samples.TENANT) as uow, pytest.raises(StoreError) as caught:
        uow.work_items.get(WorkItemId("work_1"))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "Canarysen" not in str(caught.value)
