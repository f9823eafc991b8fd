"""When each row is to be looked at next, and who may act on it until when.

A row of the index is *waiting* (``next_due_at`` set, no lease), *held* (``lease_until`` set, and
``next_due_at`` equal to it) or *at rest* (neither). Whoever takes or claims a row raises its
*fence*; only the holder of the newest fence may settle. A holder that dies settles nothing, so
its row becomes due at the lease's end by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update
from sqlalchemy import Row as SqlRow

from priorwire import crash_points
from priorwire.errors import SafetyRefusal, StaleFence
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.store.session import Session, execute
from priorwire.store.tables import DUE_INDEX

_KEY = ("tenant", "kind", "id")


class SqlDue:
    """`gateway.ports.Due`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def schedule(self, kind: DueKind, row_id: str, partition: str, at: datetime) -> None:
        """Make a row due; one that is held at that moment, not before its lease ends."""
        self._move(kind, row_id, partition, at, later=True)

    def hasten(self, kind: DueKind, row_id: str, partition: str, at: datetime) -> None:
        self._move(kind, row_id, partition, at, later=False)

    def _move(self, kind: DueKind, row_id: str, partition: str, at: datetime, *, later: bool) -> None:
        new = self._session.upsert(DUE_INDEX).values(
            tenant=self._session.tenant, kind=kind, id=row_id, partition=partition, next_due_at=at, fence=0
        )
        lease_until, waits_for = DUE_INDEX.c.lease_until, DUE_INDEX.c.next_due_at
        given = new.excluded.next_due_at
        wanted = given if later else case((waits_for < given, waits_for), else_=given)
        moved = {
            "partition": new.excluded.partition,
            # Due under a running lease would hand the row to a second worker while the first is at the payer's.
            "next_due_at": case((lease_until > wanted, lease_until), else_=wanted),
        }
        self._session.execute(new.on_conflict_do_update(index_elements=_KEY, set_=moved))

    def take(self, kind: DueKind, row_id: str, partition: str, until: datetime) -> DueRow:
        # One statement decides and takes: of two that try at once the second waits for the first's commit and then
        # finds its lease.
        held = {"partition": partition, "next_due_at": until, "lease_until": until}
        new = self._session.upsert(DUE_INDEX).values(tenant=self._session.tenant, kind=kind, id=row_id, fence=1, **held)
        free = or_(DUE_INDEX.c.lease_until.is_(None), DUE_INDEX.c.lease_until <= self._session.clock.now())
        taken = new.on_conflict_do_update(
            index_elements=_KEY, set_={**held, "fence": DUE_INDEX.c.fence + 1}, where=free
        ).returning(DUE_INDEX)
        found = self._session.execute(taken).one_or_none()
        if found is None:
            raise SafetyRefusal("refused: another worker is at it, and its lease still runs")
        return _due_row(found)

    def check(self, row: DueRow) -> None:
        # Locked to the end of the unit of work, so that nobody can take the row between this look and our commit.
        # Past the lease's end the row is still ours as long as nobody took it: its fence says so.
        fence = select(DUE_INDEX.c.fence).where(*self._held(row)).with_for_update()
        if self._session.execute(fence).one_or_none() is None:
            raise StaleFence

    def settle(self, row: DueRow, next_due_at: datetime | None) -> None:
        settled = update(DUE_INDEX).where(*self._held(row)).values(next_due_at=next_due_at, lease_until=None)
        crash_points.reach("settle.before")
        if self._session.execute(settled).rowcount != 1:
            raise StaleFence
        crash_points.reach("settle.after")

    def _held(self, row: DueRow) -> list[ColumnElement[bool]]:
        return [
            DUE_INDEX.c.tenant == self._session.tenant,
            DUE_INDEX.c.kind == row.kind,
            DUE_INDEX.c.id == row.id,
            DUE_INDEX.c.fence == row.fence,
            DUE_INDEX.c.lease_until.is_not(None),
        ]


def claim_due_rows(
    connection: Connection, now: datetime, lease: timedelta, limit: int, enqueue: Callable[[object, DueRow], None]
) -> Sequence[DueRow]:
    """Hold up to `limit` due rows of all tenants for `lease`, and hand each to `enqueue` with this connection.

    The longest due come first. The caller commits: the claim and what `enqueue` wrote stand or fall together.
    """
    # PostgreSQL: FOR UPDATE SKIP LOCKED locks the picked rows to the end of the transaction and passes over those that
    # another dispatcher has picked, so that two share the work and neither waits. The pick stands in a WITH because
    # one with row locks is run exactly once; in an IN (…) the planner may run it again and lock more than `limit`.
    # SQLite knows no row locks: the transaction began IMMEDIATE, so that the second dispatcher begins after our commit.
    picked = (
        select(DUE_INDEX.c.tenant, DUE_INDEX.c.kind, DUE_INDEX.c.id)
        .where(DUE_INDEX.c.next_due_at <= now)
        .order_by(DUE_INDEX.c.next_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    claimed = (
        update(DUE_INDEX)
        .where(*(DUE_INDEX.c[name] == picked.c[name] for name in _KEY))
        .values(fence=DUE_INDEX.c.fence + 1, next_due_at=now + lease, lease_until=now + lease)
        .returning(*DUE_INDEX.c)
    )
    crash_points.reach("claim.before")
    rows = [_due_row(found) for found in execute(connection, claimed)]
    crash_points.reach("claim.after")
    for row in rows:
        enqueue(connection, row)
    return rows


def earliest(connection: Connection) -> datetime | None:
    """When the first row of any tenant is due; `None` where none waits."""
    first: datetime | None = execute(connection, select(func.min(DUE_INDEX.c.next_due_at))).scalar_one()
    return first


def _due_row(found: SqlRow[Any]) -> DueRow:
    return DueRow(
        kind=found.kind,
        id=found.id,
        tenant=found.tenant,
        partition=found.partition,
        fence=found.fence,
        lease_until=found.lease_until,
    )
