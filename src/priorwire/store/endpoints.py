"""What is known of the ways to the payers, and what waits for them. Belongs to the installation, not to a tenant.

Theory of the locks, on PostgreSQL. Whoever is about to send holds a *key share* lock on the
endpoint's row and on the kill switch's until its ``sending`` is committed. Whoever pauses takes
the full lock, so it waits for those, and everybody after it sees the pause: there is no message
whose ``sending`` is committed after the pause is. Noting a failure takes the lock between the
two, which the senders' does not touch. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select, update
from sqlalchemy import Row as SqlRow

from priorwire.gateway.arrived import FileState, SetState, UnmatchedState
from priorwire.gateway.endpoints_state import ALL_ENDPOINTS, Backlog, EndpointRow, PartitionBacklog
from priorwire.gateway.rows import WorkState
from priorwire.store.session import Session, execute
from priorwire.store.tables import DUE_INDEX, ENDPOINT_STATES, RECEIVED_FILES, RECEIVED_SETS, UNMATCHED, WORK_ITEMS

_ID = ENDPOINT_STATES.c.endpoint_id
# Made once, see `row_tables`: every message asks for them.
_BOTH = (
    select(ENDPOINT_STATES)
    .where(or_(*(ENDPOINT_STATES.c.endpoint_id == bindparam(name) for name in ("one", "all"))))
    .order_by(_ID)
)
_BOTH_LOCKED = _BOTH.with_for_update(read=True, key_share=True)
_FAILURES = select(ENDPOINT_STATES.c.failures).where(ENDPOINT_STATES.c.endpoint_id == bindparam("one"))
_NOT_IN_ORDER = (
    select(ENDPOINT_STATES)
    .where(or_(ENDPOINT_STATES.c.paused_at.is_not(None), ENDPOINT_STATES.c.open_until.is_not(None)))
    .order_by(_ID)
)


class SqlEndpoints:
    """`gateway.ports.Endpoints`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, endpoint_id: str) -> tuple[EndpointRow, EndpointRow]:
        wanted = (endpoint_id, ALL_ENDPOINTS)
        chosen, which = _BOTH_LOCKED if self._session.locks else _BOTH, {"one": endpoint_id, "all": ALL_ENDPOINTS}
        found = self._found(chosen, which)
        if len(found) < len(wanted) and self._session.locks:
            # A row that is not there cannot be locked: made once, by the first message that ever goes there.
            self._make(*sorted(wanted))
            found = self._found(chosen, which)
        endpoint, everything = (found.get(each, EndpointRow(endpoint_id=each)) for each in wanted)
        return endpoint, everything

    def changing(self, endpoint_id: str, *, stops: bool = False) -> EndpointRow:
        self._make(endpoint_id)
        chosen = (
            select(ENDPOINT_STATES)
            .where(ENDPOINT_STATES.c.endpoint_id == endpoint_id)
            .with_for_update(key_share=not stops)
        )
        return _row(self._session.execute(chosen).one())

    def update(self, row: EndpointRow) -> None:
        values = {each.name: getattr(row, each.name) for each in dataclasses.fields(row)}
        self._session.execute(
            update(ENDPOINT_STATES).where(ENDPOINT_STATES.c.endpoint_id == row.endpoint_id).values(values)
        )

    def begin_probe(self, endpoint_id: str, now: datetime, until: datetime) -> bool:
        # Of two that try at once the second waits for the first's commit, and then finds its probe.
        probing = ENDPOINT_STATES.c.probe_until
        free = and_(ENDPOINT_STATES.c.open_until <= now, or_(probing.is_(None), probing <= now))
        begun = (
            update(ENDPOINT_STATES).where(ENDPOINT_STATES.c.endpoint_id == endpoint_id, free).values(probe_until=until)
        )
        return self._session.execute(begun).rowcount == 1

    def ails(self, endpoint_id: str) -> bool:
        return bool(self._session.execute(_FAILURES, {"one": endpoint_id}).scalar_one_or_none())

    def not_in_order(self) -> Sequence[EndpointRow]:
        return [_row(found) for found in self._session.execute(_NOT_IN_ORDER)]

    def listed(self) -> Sequence[EndpointRow]:
        return [_row(found) for found in self._session.execute(select(ENDPOINT_STATES).order_by(_ID))]

    def _found(self, chosen: Any, which: dict[str, str]) -> dict[str, EndpointRow]:
        return {found.endpoint_id: _row(found) for found in self._session.execute(chosen, which)}

    def _make(self, *endpoint_ids: str) -> None:
        new = self._session.upsert(ENDPOINT_STATES).values(
            [{"endpoint_id": endpoint_id, "failures": 0} for endpoint_id in endpoint_ids]
        )
        self._session.execute(new.on_conflict_do_nothing())


def _row(found: SqlRow[Any]) -> EndpointRow:
    return EndpointRow(**found._mapping)  # noqa: SLF001 -- the documented way to a row's values by name


def backlog(connection: Connection, now: datetime) -> Backlog:
    """What waits, counted over all tenants."""
    is_open = WORK_ITEMS.c.state == WorkState.OPEN
    return Backlog(
        partitions=_partitions(connection, now),
        open_work_items=_count(connection, is_open),
        overdue_work_items=_count(connection, and_(is_open, WORK_ITEMS.c.due_at <= now)),
        quarantined=_count(connection, RECEIVED_FILES.c.state == FileState.QUARANTINED)
        + _count(connection, RECEIVED_SETS.c.state == SetState.QUARANTINED),
        unmatched=_count(connection, UNMATCHED.c.state == UnmatchedState.OPEN),
    )


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    counted: int = execute(connection, select(func.count()).where(which)).scalar_one()
    return counted


def _partitions(connection: Connection, now: datetime) -> Sequence[PartitionBacklog]:
    at, lease = DUE_INDEX.c.next_due_at, DUE_INDEX.c.lease_until
    due, held = at <= now, and_(lease.is_not(None), lease > now)
    later = and_(at > now, lease.is_(None))
    counted = (
        select(
            DUE_INDEX.c.partition,
            DUE_INDEX.c.kind,
            _sum(due).label("due"),
            _sum(and_(held, ~due)).label("held"),
            _sum(later).label("later"),
            _sum(and_(DUE_INDEX.c.waits_for.is_not(None), ~held)).label("waits"),
            func.min(case((due, at))).label("oldest_due_at"),
            func.min(case((later, at))).label("next_due_at"),
        )
        .where(at.is_not(None))
        .group_by(DUE_INDEX.c.partition, DUE_INDEX.c.kind)
        .order_by(DUE_INDEX.c.partition, DUE_INDEX.c.kind)
    )
    return [PartitionBacklog(**found._mapping) for found in execute(connection, counted)]  # noqa: SLF001 -- as above


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))
