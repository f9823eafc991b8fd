"""When the sender of a set says that it made it: what orders several answers about one request."""

from __future__ import annotations

from datetime import UTC, datetime

from priorwire.x12 import GroupStarted, InterchangeStarted, TransactionSet, group_header, interchange_header
from priorwire.x12.grammar import is_date, is_time

#: The year that the envelope reads where there is no date.
_NO_YEAR = 1
_CLOCK_DIGITS = 6


def said_when(the_set: TransactionSet) -> datetime | None:
    """BHT04 and BHT05; where they are no date, GS04 and GS05; then ISA09 and ISA10. `None` where none is one.

    By the sender's own clock, of which X12 states no zone: comparable among the answers of one sender, and read
    as UTC. A date without a time counts from midnight, so that it proves the least that it can.
    """
    return _of_the_set(the_set) or _of(the_set.group) or _of(the_set.interchange)


def _of_the_set(the_set: TransactionSet) -> datetime | None:
    for index in range(1, min(4, len(the_set.segments))):
        segment = the_set.segments[index]
        if segment.id == "BHT":
            return _moment(segment.element(4).strip(), segment.element(5).strip())
    return None


def _of(started: GroupStarted | InterchangeStarted | None) -> datetime | None:
    if started is None:
        return None
    if isinstance(started, GroupStarted):
        at = group_header(started.header).at
    else:
        at = interchange_header(started.header).at
    return at if at.year > _NO_YEAR else None


def _moment(day: str, time: str) -> datetime | None:
    if len(day) != len("CCYYMMDD") or not is_date(day):
        return None
    clock = time[:_CLOCK_DIGITS].ljust(_CLOCK_DIGITS, "0") if is_time(time) else "0" * _CLOCK_DIGITS
    return datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
