"""What must hold however often a gateway was killed: the payers' journal against our tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from priorwire.chaos.orders import DECISIONS, TENANT
from priorwire.gateway import queries
from priorwire.gateway.ports import Services
from priorwire.gateway.queries import TransactionView
from priorwire.gateway.rows import DeliveryState, Direction, DueKind, ExchangeState, WorkState
from priorwire.model.lifecycle import Delivery, Review
from priorwire.simulator import Entry, read_journal
from priorwire.store import SqlStore
from priorwire.store.tables import DUE_INDEX, EVENTS

_OPEN_REVIEWS = (None, Review.SUBMITTED, Review.PENDED)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise: of how many things it was looked at, and of how many it was broken."""

    name: str
    checked: int
    #: Identifiers of what broke it; no values.
    broken: tuple[str, ...] = ()

    def present(self) -> dict[str, object]:
        """As plain JSON."""
        return {"name": self.name, "checked": self.checked, "broken": list(self.broken)}


@dataclass(frozen=True, kw_only=True)
class Records:
    """Both sides, as they stand."""

    services: Services
    store: SqlStore
    database_url: str
    journal: Path
    told: Path
    #: Key of an order -> the ids of transactions that were acknowledged for it.
    acknowledged: Mapping[str, frozenset[str]]
    #: Key -> how its member id ends.
    endings: Mapping[str, str]


def owned(records: Records) -> Promise:
    """No case without an owner and a next date. Holds at every moment, also between a crash and the takeover."""
    views, dues = list(_views(records)), _due_ids(records)
    broken = [view.row.id for view in views if not _has_owner(view, dues)]
    return Promise(name="no case without owner and next date", checked=len(views), broken=tuple(broken))


def _has_owner(view: TransactionView, dues: frozenset[str]) -> bool:
    is_open = any(item.state is WorkState.OPEN and item.due_at is not None for item in view.work_items)
    row = view.row
    needs = row.review in (Review.DENIED, Review.CONTACT_PAYER, Review.REJECTED, Review.UNKNOWN)
    decided = row.delivery is Delivery.FINAL and row.review not in _OPEN_REVIEWS and not needs
    return decided or is_open or row.id in dues


def settled(records: Records) -> Iterator[Promise]:
    """All that must hold once every lease has run out and every payer has decided."""
    views = list(_views(records))
    reached = [each for each in read_journal(records.journal) if each.kind == "278-request" and each.reached_payer]
    yield _kept(records, views)
    yield _once(reached)
    yield _ours(views, reached)
    yield _read(views)
    yield _decided(views, frozenset(each.reference for each in reached))
    yield owned(records)
    yield _told(records)
    verdict = records.store.verify_audit(TENANT)
    yield Promise(
        name="the audit chain holds", checked=verdict.links, broken=() if verdict.broken_at is None else ("chain",)
    )


def _views(records: Records) -> Iterator[TransactionView]:
    for row in queries.transactions(records.services, TENANT, limit=1_000_000):
        yield queries.transaction(records.services, TENANT, row.id, raw=True)


def _kept(records: Records, views: Sequence[TransactionView]) -> Promise:
    stored = {view.row.id for view in views}
    lost = [key for key, ids in records.acknowledged.items() if len(ids) != 1 or not ids <= stored]
    members = Counter(view.row.member_id for view in views)
    twice = [view.row.id for view in views if members[view.row.member_id] > 1]
    name = "every acknowledged request is stored, and once"
    return Promise(name=name, checked=len(records.acknowledged), broken=(*lost, *twice))


def _once(reached: Sequence[Entry]) -> Promise:
    references, meanings = (Counter(getattr(each, name) for each in reached) for name in ("reference", "meaning"))
    broken = [each.reference for each in reached if references[each.reference] > 1 or meanings[each.meaning] > 1]
    return Promise(name="no payer saw a request twice", checked=len(reached), broken=tuple(dict.fromkeys(broken)))


def _ours(views: Sequence[TransactionView], reached: Sequence[Entry]) -> Promise:
    sent = {
        (view.row.reference, each.archived.sha256)
        for view in views
        for each in view.messages
        if each.archived.direction is Direction.OUT
    }
    broken = [each.reference for each in reached if (each.reference, each.sha256) not in sent]
    name = "what reached a payer is in our archive, byte for byte"
    return Promise(name=name, checked=len(reached), broken=tuple(broken))


def _read(views: Sequence[TransactionView]) -> Promise:
    exchanges = [each for view in views for each in view.exchanges]
    open_ones = (ExchangeState.SENDING, ExchangeState.ANSWERED)
    broken = [each.id for each in exchanges if each.state in open_ones]
    return Promise(name="every exchange ended and every answer was read", checked=len(exchanges), broken=tuple(broken))


def _decided(views: Sequence[TransactionView], reached: frozenset[str]) -> Promise:
    broken = []
    for view in views:
        member = view.row.member_id or ""
        ending = next(each for each in sorted(DECISIONS, key=len, reverse=True) if member.endswith(each))
        with_person = any(item.state is WorkState.OPEN for item in view.work_items)
        if view.row.reference in reached:
            right = view.row.status in DECISIONS[ending] or (view.row.status == "submitted" and with_person)
        else:
            right = view.row.status == "submitted" and with_person
        if not right:
            broken.append(view.row.id)
    name = "every case stands as its payer decided, or with a person"
    return Promise(name=name, checked=len(views), broken=tuple(broken))


def with_people(records: Records) -> int:
    """How many cases nobody but a person can take further, since the payer cannot tell what became of them."""
    return sum(
        view.row.status == "submitted" and any(item.state is WorkState.OPEN for item in view.work_items)
        for view in _views(records)
    )


def _told(records: Records) -> Promise:
    """Every change was told, and what counts as delivered arrived."""
    arrived = frozenset(records.told.read_text(encoding="ascii").split()) if records.told.exists() else frozenset()
    deliveries = queries.deliveries(records.services, TENANT)
    events = frozenset(_column(records, sa.select(EVENTS.c.id).where(EVENTS.c.tenant == TENANT)))
    broken = [
        each.id for each in deliveries if each.state is not DeliveryState.DELIVERED or each.event_id not in arrived
    ]
    untold = events - {each.event_id for each in deliveries}
    return Promise(name="the practice was told of every change", checked=len(events), broken=(*broken, *sorted(untold)))


def _due_ids(records: Records) -> frozenset[str]:
    wanted = sa.select(DUE_INDEX.c.id).where(
        DUE_INDEX.c.kind == DueKind.TRANSACTION, DUE_INDEX.c.next_due_at.is_not(None)
    )
    return frozenset(_column(records, wanted))


def _column(records: Records, chosen: sa.Select[Any]) -> Sequence[str]:
    engine = sa.create_engine(records.database_url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(chosen))
    finally:
        engine.dispose()
