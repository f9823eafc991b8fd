"""Two dispatchers of two processes at the claim statement at once: each row goes to one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import create_engine, select

from priorwire.clock import FixedClock
from priorwire.gateway.rows import DueKind
from priorwire.model.identifiers import TenantId
from priorwire.store import KeyRing, SqlStore, Vault
from priorwire.store.tables import DUE_INDEX

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
_ROWS, _BATCH = 400, 7


def _claim_all(url: str, tell: Pipe) -> None:
    store = SqlStore(url, Vault(KeyRing.generate()), FixedClock(NOW))
    store.next_due()
    tell.send("ready")
    tell.recv()
    claimed: list[tuple[str, int]] = []
    while rows := store.claim(NOW, timedelta(minutes=3), _BATCH, lambda _connection, _row: None):
        assert len(rows) <= _BATCH
        claimed += [(row.id, row.fence) for row in rows]
    tell.send(claimed)
    store.close()


def test_no_row_is_claimed_by_two_processes(store: SqlStore, store_url: str) -> None:
    with store.work(TenantId("practice-1")) as uow:
        for number in range(_ROWS):
            uow.due.schedule(DueKind.TRANSACTION, f"auth_{number}", "endpoint-1", NOW)
    context = get_context("spawn")
    pipes = []
    for _ in range(2):
        ours, theirs = context.Pipe()
        context.Process(target=_claim_all, args=(store_url, theirs), daemon=True).start()
        pipes.append(ours)
    for pipe in pipes:
        assert pipe.poll(120)
        assert pipe.recv() == "ready"
    for pipe in pipes:
        pipe.send("go")
    claimed = []
    for pipe in pipes:
        assert pipe.poll(120)
        claimed += pipe.recv()
    assert sorted(claimed) == sorted((f"auth_{number}", 1) for number in range(_ROWS))
    engine = create_engine(store_url)
    with engine.connect() as connection:
        assert set(connection.scalars(select(DUE_INDEX.c.fence))) == {1}
    engine.dispose()
