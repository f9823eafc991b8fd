"""When each row is to be looked at next, and who may act on it until when.

A row of the index is *waiting* (``next_due_at`` set, no lease), *held* (``lease_until`` set, and
``next_due_at`` equal to it) or *at rest* (neither). Whoever takes or claims a row raises its
*fence*; only the holder of the newest fence may settle. A holder that dies settles nothing, so
its row becomes due at the lease's end by itself.

A row whose endpoint is paused or down is *put off*: it waits, and ``waits_for`` names what for, so
that it can be brought back before its time. So the claim needs to know of neither: what cannot go
stands behind what can, and costs it nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import Row as SqlRow

from priorwire import crash_points
from priorwire.errors import SafetyRefusal, StaleFence
from priorwire.gateway.rows import DueKind, DueRow
from priorwire.store.column_types import Moment
from priorwire.store.session import Session, execute
from priorwire.store.tables import DUE_INDEX

_KEY = ("tenant", "kind", "id")
#: What a row of these kinds does may send something to its endpoint; the others are about what came from one.
_LEAVE = (DueKind.TRANSACTION, DueKind.ATTACHMENT)
#: How many rows are moved in one commit: few enough that nobody waits for it.
_BATCH = 500
# Statements of each step of a visit are made once, see `row_tables`.
_OF = [DUE_INDEX.c[name] == bindparam(f"of_{name}", type_=DUE_INDEX.c[name].type) for name in _KEY]
#: The row of a lease, as long as nobody took it.
_HELD = [*_OF, DUE_INDEX.c.fence == bindparam("of_fence", type_=Integer), DUE_INDEX.c.lease_until.is_not(None)]
#: Sets what it is given.
_CHANGE = update(DUE_INDEX).where(*_HELD)
_CHECK = select(DUE_INDEX.c.waits_for).where(*_HELD).with_for_update()


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
            tenant=self._session.tenant, kind=kind, id=row_id, partition=partition, next_due_at=at, acts_at=at, fence=0
        )
        lease_until, waits_for = DUE_INDEX.c.lease_until, DUE_INDEX.c.next_due_at
        given = new.excluded.next_due_at
        wanted = given if later else case((waits_for < given, waits_for), else_=given)
        acts_at, acts = DUE_INDEX.c.acts_at, new.excluded.acts_at
        moved = {
            "acts_at": acts if later else case((acts_at < acts, acts_at), else_=acts),
            "partition": new.excluded.partition,
            # Due under a running lease would hand the row to a second worker while the first is at the payer's.
            "next_due_at": case((lease_until > wanted, lease_until), else_=wanted),
            "waits_for": None,
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
        if self._session.execute(_CHECK, self._whose(row)).one_or_none() is None:
            raise StaleFence

    def settle(self, row: DueRow, next_due_at: datetime | None, acts_at: datetime | None = None) -> None:
        crash_points.reach("settle.before")
        self._change(row, next_due_at=next_due_at, acts_at=acts_at, lease_until=None, waits_for=None)
        crash_points.reach("settle.after")

    def acts_at(self, kind: DueKind, row_id: str) -> datetime | None:
        return self._moment(DUE_INDEX.c.acts_at, kind, row_id)

    def due_at(self, kind: DueKind, row_id: str) -> datetime | None:
        return self._moment(DUE_INDEX.c.next_due_at, kind, row_id)

    def _moment(self, column: Column[Any], kind: DueKind, row_id: str) -> datetime | None:
        which = {"of_tenant": self._session.tenant, "of_kind": kind, "of_id": row_id}
        chosen = _look(column, locked=self._session.locks)
        found: datetime | None = self._session.execute(chosen, which).scalar_one_or_none()
        return found

    def put_off(self, row: DueRow, next_due_at: datetime, acts_at: datetime, waits_for: str) -> bool:
        known = self._session.execute(_CHECK, self._whose(row)).scalar_one_or_none()
        self._change(row, next_due_at=next_due_at, acts_at=acts_at, lease_until=None, waits_for=waits_for)
        return known != waits_for

    def repartition(self, row: DueRow, partition: str) -> None:
        self._change(row, partition=partition)

    def _change(self, row: DueRow, **values: object) -> None:
        if self._session.execute(_CHANGE, values | self._whose(row)).rowcount != 1:
            raise StaleFence

    def _whose(self, row: DueRow) -> dict[str, object]:
        return {"of_tenant": self._session.tenant, "of_kind": row.kind, "of_id": row.id, "of_fence": row.fence}


@cache
def _look(column: Column[Any], *, locked: bool) -> Select[Any]:
    chosen = select(column).where(*_OF)
    return chosen.with_for_update() if locked else chosen


def claim_due_rows(
    connection: Connection, now: datetime, lease: timedelta, limit: int, enqueue: Callable[[object, DueRow], None]
) -> Sequence[DueRow]:
    """Hold up to `limit` due rows of all tenants for `lease`, and hand each to `enqueue` with this connection.

    The longest due come first. The caller commits: the claim and what `enqueue` wrote stand or fall together.
    """
    until = now + lease
    if connection.dialect.name == "postgresql":
        execute(connection, _IN_ORDER)
    crash_points.reach("claim.before")
    claimed = execute(connection, _CLAIM, {"now": now, "until": until, "room": limit})
    rows = [
        DueRow(
            kind=found.kind,
            id=found.id,
            tenant=found.tenant,
            partition=found.partition,
            fence=found.fence,
            lease_until=until,
        )
        for found in claimed
    ]
    crash_points.reach("claim.after")
    for row in rows:
        enqueue(connection, row)
    return rows


def _claim() -> Update:
    # PostgreSQL: FOR UPDATE SKIP LOCKED locks the picked rows to the end of the transaction and passes over those that
    # another dispatcher has picked, so that two share the work and neither waits. The pick stands in a WITH because
    # one with row locks is run exactly once; in an IN (…) the planner may run it again and lock more than `room`.
    # SQLite knows no row locks: the transaction began IMMEDIATE, so that the second dispatcher begins after our commit.
    picked = (
        select(*(DUE_INDEX.c[name] for name in _KEY))
        .where(DUE_INDEX.c.next_due_at <= bindparam("now", type_=Moment))
        .order_by(DUE_INDEX.c.next_due_at)
        .limit(bindparam("room", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    until = bindparam("until", type_=Moment)
    return (
        update(DUE_INDEX)
        .where(*(DUE_INDEX.c[name] == picked.c[name] for name in _KEY))
        .values(fence=DUE_INDEX.c.fence + 1, next_due_at=until, lease_until=until)
        .returning(*(DUE_INDEX.c[name] for name in _KEY), DUE_INDEX.c.partition, DUE_INDEX.c.fence)
    )


#: Made once, as those of `row_tables`. What is the same of every claimed row is not read back.
_CLAIM = _claim()
#: For this transaction: PostgreSQL walks along the index of due times and stops at `room`. Where its statistics are of
#: a quieter time it would rather read all that is due and sort it: after an outage, everything.
_IN_ORDER = select(func.set_config("enable_bitmapscan", "off", True), func.set_config("enable_sort", "off", True))


def earliest(connection: Connection) -> datetime | None:
    """When the first row of any tenant is due; `None` where none waits."""
    first: datetime | None = execute(connection, select(func.min(DUE_INDEX.c.next_due_at))).scalar_one()
    return first


def due_to_leave(partition: str, now: datetime) -> ColumnElement[bool]:
    """What is due to leave for an endpoint and in nobody's hands. What was received from it is left alone."""
    return and_(
        DUE_INDEX.c.next_due_at <= now,
        DUE_INDEX.c.partition == partition,
        DUE_INDEX.c.kind.in_(_LEAVE),
        DUE_INDEX.c.lease_until.is_(None),
    )


def put_off_for(waits_for: str) -> ColumnElement[bool]:
    """What waits for that endpoint, and is in nobody's hands."""
    return and_(DUE_INDEX.c.waits_for == waits_for, DUE_INDEX.c.lease_until.is_(None))


def chosen_by_id(connection: Connection, which: ColumnElement[bool]) -> Iterator[Sequence[SqlRow[Any]]]:
    """The keys of the rows that `which` is true of, by their ids; a batch at a time, so that a million fit."""
    keys = select(*(DUE_INDEX.c[name] for name in _KEY), DUE_INDEX.c.partition).where(which)
    ordered = keys.order_by(DUE_INDEX.c.id, DUE_INDEX.c.tenant, DUE_INDEX.c.kind)
    with execute(connection, ordered.execution_options(yield_per=_BATCH)) as found:
        yield from found.partitions(_BATCH)


def move(
    connection: Connection,
    keys: Sequence[SqlRow[Any]],
    which: ColumnElement[bool],
    place: Callable[[SqlRow[Any]], datetime],
    waits_for: str | None,
) -> int:
    """Move those of `keys` that `which` is still true of, each to its place; how many. Fences stay as they are.

    A row that another transaction has locked is passed over: whoever has it decides when it is due next.
    """
    named = tuple_(*(DUE_INDEX.c[name] for name in _KEY)).in_([(key.tenant, key.kind, key.id) for key in keys])
    locked = select(*(DUE_INDEX.c[name] for name in _KEY)).where(named, which).with_for_update(skip_locked=True)
    free = {tuple(found) for found in execute(connection, locked)}
    moved = [
        {"of": key.tenant, "what": key.kind, "which": key.id, "at": place(key)}
        for key in keys
        if (key.tenant, key.kind, key.id) in free
    ]
    if moved:
        given = zip(_KEY, ("of", "what", "which"), strict=True)
        mine = (DUE_INDEX.c[name] == bindparam(name_given) for name, name_given in given)
        at, acts_at = bindparam("at", type_=Moment), DUE_INDEX.c.acts_at
        # What is put off acts no sooner for that; what is brought back does.
        acts = at if waits_for is None else case((acts_at < at, at), else_=acts_at)
        change = update(DUE_INDEX).where(*mine).values(next_due_at=at, acts_at=acts, waits_for=waits_for)
        execute(connection, change, moved)
    return len(moved)


def _due_row(found: SqlRow[Any]) -> DueRow:
    return DueRow(
        kind=found.kind,
        id=found.id,
        tenant=found.tenant,
        partition=found.partition,
        fence=found.fence,
        lease_until=found.lease_until,
    )
