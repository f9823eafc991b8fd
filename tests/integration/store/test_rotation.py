"""Records move to a new key, a batch at a time, and stay readable throughout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine, create_engine, select

from priorwire.clock import FixedClock
from priorwire.errors import VaultError
from priorwire.model.identifiers import ArchiveId, TransactionId
from priorwire.store import KeyRing, SqlStore, Vault
from priorwire.store.key_ring import Generation
from priorwire.store.rotation import SEALED_TABLES
from priorwire.store.tables import TRANSACTIONS
from tests.integration.store import samples


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = create_engine(store_url)
    yield engine
    engine.dispose()


class OpenWith(Protocol):
    def __call__(self, ring: KeyRing) -> SqlStore: ...


@pytest.fixture
def open_with(store_url: str, clock: FixedClock) -> Iterator[OpenWith]:
    """Opens the database with a ring; closes what it opened."""
    with ExitStack() as opened:

        def open_store(ring: KeyRing) -> SqlStore:
            store = SqlStore(store_url, Vault(ring), clock)
            opened.callback(store.close)
            return store

        yield open_store


def _fill(store: SqlStore) -> None:
    for tenant in (samples.TENANT, samples.OTHER_TENANT):
        samples.store_one_of_each(store, tenant)


def _column(engine: Engine, name: str) -> list[Any]:
    with engine.connect() as connection:
        return [
            value
            for rows in SEALED_TABLES
            if name in rows.table.c
            for value in connection.execute(select(rows.table.c[name]).order_by(rows.table.c.seq)).scalars()
        ]


def _without(generation: Generation, key_id: str) -> Generation:
    return replace(generation, keys={name: key for name, key in generation.keys.items() if name != key_id})


@pytest.mark.parametrize("batch", [1, 3, 500])
def test_after_rewrapping_the_old_key_is_needed_no_more(
    open_with: OpenWith, engine: Engine, ring: KeyRing, batch: int
) -> None:
    _fill(open_with(ring))
    rotated = ring.with_new_wrapping_key()
    payloads = _column(engine, "payload")
    records = len(_column(engine, "key_id"))
    assert open_with(rotated).rewrap(batch) == records
    assert set(_column(engine, "key_id")) == {"w2"}
    assert _column(engine, "payload") == payloads, "only the keys were touched"
    new_only = open_with(replace(rotated, wrap=_without(rotated.wrap, "w1")))
    with new_only.read(samples.TENANT) as uow:
        assert uow.archive.get(ArchiveId("arch_1"))[1] == samples.PAYLOAD
        assert uow.transactions.get(TransactionId("auth_1")).request == samples.AUTHORIZATION
        assert uow.records.latest(TransactionId("auth_1")) == samples.record()
        assert uow.webhooks.endpoints() == [samples.webhook()]
        assert uow.work_items.listed() == [samples.work_item()]
        assert uow.uses.of(TransactionId("auth_1")) == [samples.use()]
        assert uow.attachments.of(TransactionId("auth_1")) == [samples.attachment()]
    assert new_only.rewrap(batch) == 0


def test_before_rewrapping_old_records_open_and_new_ones_use_the_new_key(
    open_with: OpenWith, engine: Engine, ring: KeyRing
) -> None:
    samples.store_one_of_each(open_with(ring))
    store = open_with(ring.with_new_wrapping_key())
    with store.work(samples.TENANT) as uow:
        assert uow.archive.get(ArchiveId("arch_1"))[1] == samples.PAYLOAD
        uow.archive.put(samples.archived(b"new", 2), b"new")
    assert set(_column(engine, "key_id")) == {"w1", "w2"}


def test_a_key_that_left_the_ring_too_early_is_missed(open_with: OpenWith, ring: KeyRing) -> None:
    samples.store_one_of_each(open_with(ring))
    rotated = ring.with_new_wrapping_key()
    store = open_with(replace(rotated, wrap=_without(rotated.wrap, "w1")))
    with store.read(samples.TENANT) as uow, pytest.raises(VaultError, match="does not have"):
        uow.archive.get(ArchiveId("arch_1"))
    with pytest.raises(VaultError):
        store.rewrap()


def _ids_by_number(store: SqlStore) -> list[str]:
    with store.read(samples.TENANT) as uow:
        return [row.id for row in uow.transactions.by_payer_reference("example_payer", "AUTH55512")]


def test_look_ups_go_on_while_the_index_key_is_changed(open_with: OpenWith, engine: Engine, ring: KeyRing) -> None:
    _fill(open_with(ring))
    rotated = ring.with_new_index_key()
    store = open_with(rotated)
    with store.work(samples.TENANT) as uow:
        uow.transactions.add(replace(samples.transaction(2), authorization_number="AUTH55512"))
        uow.transactions.add(samples.transaction(3))
    assert _ids_by_number(store) == ["auth_1", "auth_2"]
    assert store.reindex(batch=1) == 2
    with engine.connect() as connection:
        indexes = connection.execute(select(TRANSACTIONS.c.authorization_number_index)).scalars().all()
    assert {index.partition(":")[0] for index in indexes if index is not None} == {"i2"}
    assert _ids_by_number(open_with(replace(rotated, index=_without(rotated.index, "i1")))) == [
        "auth_1",
        "auth_2",
    ]
    assert store.reindex() == 0


def test_digests_of_meanings_outlive_every_rotation(open_with: OpenWith, ring: KeyRing) -> None:
    digests = set()
    for each in (ring, ring.with_new_wrapping_key().with_new_index_key()):
        with open_with(each).read(samples.TENANT) as uow:
            digests.add(uow.transactions.digest("the same request"))
    assert len(digests) == 1
