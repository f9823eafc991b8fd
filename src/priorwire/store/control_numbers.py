"""The numbers that name interchanges and groups to a payer, given out once each."""

from __future__ import annotations

from functools import cache

from sqlalchemy import case
from sqlalchemy.sql.dml import ReturningInsert

from priorwire import crash_points
from priorwire.store.session import Session, upsert
from priorwire.store.tables import CONTROL_NUMBERS

#: ISA13 has nine digits (X12.5), GS06 up to nine (X12.6); both start again at 1.
_LARGEST = 999_999_999


class SqlControlNumbers:
    """`gateway.ports.ControlNumbers`. Sequences belong to endpoints, over all tenants."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next(self, endpoint_id: str, name: str) -> int:
        """The next number. It is used up when the unit of work commits, and given back when that fails."""
        # One statement reads, raises and returns the number. It locks the sequence's row until the unit of work
        # ends: a second worker waits here, and gets the number after ours, or ours where we roll back.
        taken = _taken(self._session.connection.dialect.name)
        first = {"endpoint_id": endpoint_id, "name": name, "last": 1}
        crash_points.reach("number.before")
        number: int = self._session.execute(taken, first).scalar_one()
        crash_points.reach("number.after")
        return number


@cache
def _taken(dialect: str) -> ReturningInsert[tuple[int]]:
    last = CONTROL_NUMBERS.c.last
    following = case((last >= _LARGEST, 1), else_=last + 1)
    taken = upsert(dialect, CONTROL_NUMBERS).on_conflict_do_update(
        index_elements=["endpoint_id", "name"], set_={"last": following}
    )
    return taken.returning(last)
