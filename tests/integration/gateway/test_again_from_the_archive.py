"""Every step can be done again from the archived bytes, and after a death between two of them the rest is done once."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from priorwire.errors import Conflict
from priorwire.gateway import precedence, queries
from priorwire.gateway import unmatched as inbox
from priorwire.gateway.arrived import SetState, UnmatchedState
from priorwire.gateway.correlate import Match
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import (
    DeliveryState,
    Direction,
    DueKind,
    ExchangeState,
    Purpose,
    RecordRow,
    TransactionRow,
    WorkKind,
    WorkState,
)
from priorwire.gateway.webhooks import RETRY_AFTER, subscribe
from priorwire.gateway.whose import keys_of, whose
from priorwire.store.tables import WEBHOOK_ENDPOINTS
from tests.integration.gateway.conftest import TENANT, World, request_for
from tests.integration.gateway.folder_world import LEASE, FolderWorld, Killed, folder_world
from tests.integration.gateway.replies import (
    APPROVED,
    DENIED,
    PENDED,
    answer_to,
    arrives,
    events,
    history,
    items,
    reply,
    without_identifiers,
)

SECRET = "whsec_" + base64.b64encode(b"an example secret of 32 bytes ok").decode()


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    return folder_world(world, tmp_path / "meridian")


def worked_out_again(world: World, row: TransactionRow) -> RecordRow | None:
    """Read, correlated and weighed anew from what is archived, with nothing of what was made of it then."""
    said: list[RecordRow] = []
    with world.store.read(row.tenant) as uow:
        for archived in uow.archive.of(row.id):
            if archived.direction is Direction.OUT:
                continue
            _, payload = uow.archive.get(archived.id)
            for the_set in (each for each in read_payload(payload) if isinstance(each, SetRead)):
                for reading in the_set.readings:
                    call = row if archived.exchange_id is not None else None
                    joined = whose(uow, reading.record, keys_of(reading.record), row.payer_id, call)
                    if isinstance(joined, Match) and joined.transaction_id == row.id:
                        said.append(
                            RecordRow(
                                tenant=row.tenant,
                                transaction_id=row.id,
                                version=len(said) + 1,
                                record=reading.record,
                                sources=dict(reading.sources),
                                evidence=row.evidence,
                                archive_id=archived.id,
                                interchange=the_set.interchange,
                                transaction_set=the_set.ordinal,
                                at=archived.at,
                                said_at=precedence.believed(the_set.said_at, archived.at),
                            )
                        )
    return precedence.in_force(said)


def told(world: World, row: TransactionRow) -> tuple[object, ...]:
    """All that anybody can see of a transaction."""
    view = queries.transaction(world.services, TENANT, row.id)
    return replace(view.row, updated_at=row.updated_at), view.history, view.work_items, tuple(events(world, row))


def test_the_archive_alone_gives_the_record_that_counts(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    answer, at = answer_to(folders, row), folders.world.clock.now()
    for number, (decision, minute) in enumerate(((APPROVED, 5), (PENDED, 1), (DENIED, 9), (APPROVED, 7))):
        arrives(folders, f"{number}.x12", reply(answer, decision, at + timedelta(minutes=minute), 700 + number))
    again = worked_out_again(folders.world, folders.row(row))
    stored = queries.transaction(folders.world.services, TENANT, row.id).latest
    assert again is not None
    assert stored is not None
    assert (again.record, again.sources, again.archive_id) == (stored.record, stored.sources, stored.archive_id)
    assert folders.row(row).status == again.record.status.value == "denied"


def test_the_archive_alone_gives_the_record_of_a_call(world: World) -> None:
    row = world.submit(request_for("APPROVE"))
    again = worked_out_again(world, world.row(row.id))
    stored = queries.transaction(world.services, TENANT, row.id).latest
    assert again is not None
    assert stored is not None
    assert (again.record, again.sources) == (stored.record, stored.sources)


def test_placing_a_set_a_second_time_changes_nothing(folders: FolderWorld) -> None:
    row = folders.submit("APPROVE")
    folders.round()
    before = told(folders.world, row)
    for the_set in folders.sets(SetState.PLACED):
        with folders.world.store.work(TENANT) as uow:
            uow.received.update_set(replace(the_set, state=SetState.WAITING))
            uow.due.schedule(DueKind.RECEIVED_SET, the_set.id, the_set.endpoint_id, folders.world.clock.now())
    folders.pass_time(timedelta(seconds=1))
    assert len(folders.sets(SetState.PLACED)) == 3
    assert told(folders.world, row) == before


def test_reading_the_answer_of_a_call_a_second_time_changes_nothing(world: World) -> None:
    row = world.submit(request_for("DENY"))
    before = told(world, row)
    with world.store.work(TENANT) as uow:
        (exchange,) = (each for each in uow.exchanges.of(row.id) if each.purpose is Purpose.SUBMIT)
        uow.exchanges.update(replace(exchange, state=ExchangeState.ANSWERED))
        uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, world.clock.now())
    world.tick()
    assert told(world, row) == before


@pytest.mark.parametrize("moment", range(1, 5))
def test_wherever_a_process_dies_in_a_join_it_is_done_once(folders: FolderWorld, moment: int) -> None:
    row = folders.submit("APPROVE")
    answer = answer_to(folders, row)
    arrives(folders, "altered.x12", without_identifiers(answer, row))
    (found,) = folders.unmatched()
    before = len(events(folders.world, row))
    wanted = inbox.Join(tenant=TENANT, actor="ann", unmatched_id=found.id, transaction_id=row.id, confirm=True)
    folders.killer.soon(moment)
    try:
        inbox.join(folders.world.services, wanted)
    except Killed:
        folders.world.clock.advance(LEASE)
    folders.killer.at = None
    with suppress(Conflict):  # it had been done
        inbox.join(folders.world.services, wanted)
    assert folders.row(row).status == "approved"
    assert len(history(folders.world, row)) == 1
    assert len(events(folders.world, row)) == before + 1
    (kept,) = inbox.listed(folders.world.store, TENANT, None)
    assert kept.state is UnmatchedState.JOINED


# ---------------------------------------------------------------- poison


def test_a_subscriber_whose_secret_does_not_open_blocks_nobody(world: World, store_url: str) -> None:
    broken = subscribe(world.services, TENANT, "test", "https://broken.example/hook", SECRET)
    subscribe(world.services, TENANT, "test", "https://well.example/hook", SECRET)
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(
            update(WEBHOOK_ENDPOINTS).where(WEBHOOK_ENDPOINTS.c.id == broken.id).values(secret=b"not what was sealed")
        )
    engine.dispose()
    row = world.submit(request_for("APPROVE"))
    assert row.status == "approved"
    world.engine_tick()
    assert {url for url, _, _ in world.subscriber.posts} == {"https://well.example/hook"}
    for _ in range(len(RETRY_AFTER) + 2):
        world.pass_time(timedelta(hours=25))
    states = {each.endpoint_id: (each.state, each.last_detail) for each in queries.deliveries(world.services, TENANT)}
    cause = "its secret cannot be opened with the keys of this installation"
    assert states.pop(broken.id) == (DeliveryState.FAILED, cause)
    assert {state for state, _ in states.values()} == {DeliveryState.DELIVERED}
    asked = [
        each
        for each in queries.work_items(world.services, TENANT, WorkState.OPEN)
        if each.kind is WorkKind.SUBSCRIBER_FAILED
    ]
    assert len(asked) == 1
    assert items(world, row) == [] or all(each.kind is not WorkKind.SUBSCRIBER_FAILED for each in items(world, row))
