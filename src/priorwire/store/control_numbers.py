"""The numbers that name interchanges and groups to a payer, given out once each."""

from __future__ import annotations

from sqlalchemy import case

from priorwire import crash_points
from priorwire.store.session import Session
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
        last = CONTROL_NUMBERS.c.last
        first = self._session.upsert(CONTROL_NUMBERS).values(endpoint_id=endpoint_id, name=name, last=1)
        following = case((last >= _LARGEST, 1), else_=last + 1)
        taken = first.on_conflict_do_update(index_elements=["endpoint_id", "name"], set_={"last": following})
        crash_points.reach("number.before")
        number: int = self._session.execute(taken.returning(last)).scalar_one()
        crash_points.reach("number.after")
        return number
