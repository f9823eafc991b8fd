"""When an endpoint takes messages, and from when a message counts: calendar arithmetic in the payer's own time zone.

A window is the time from one wall-clock time to another on a business day. A wall-clock time
that the change to summer time skips is the moment of the change; one that the change back
repeats is its first occurrence. So windows never overlap, and none is lost. All moments that
come in and go out are timezone-aware; those that go out are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from priorwire.payers.profile import Hours, Weekday

_DAY = timedelta(days=1)
_WEEK = tuple(Weekday)


def is_open(hours: Hours | None, at: datetime) -> bool:
    """Whether a message may be sent at `at`."""
    return opens_at(hours, at) == at


def opens_at(hours: Hours | None, at: datetime) -> datetime:
    """The first moment from `at` on at which a message may be sent."""
    if hours is None:
        return at
    # A window that opened the evening before may still be open.
    for day in _business_days(hours, _local(hours, at).date() - _DAY):
        begins, ends = _window(hours, day)
        if at < ends:
            return max(at, begins)
    raise AssertionError("business days never end")


def counts_from(hours: Hours | None, at: datetime) -> datetime:
    """From when a message that came at `at` counts: at once, from the opening, or from the next business day's.

    A window is cut off once; where it lasts over midnight, its tail after the cut-off counts as the
    next one, however long it stays open. Without a cut-off always at once.
    """
    if hours is None or hours.cut_off is None:
        return at
    # The evening before may have opened a window whose cut-off is still to come.
    for day in _business_days(hours, _local(hours, at).date() - _DAY):
        begins, ends = _window(hours, day)
        if at < min(ends, _cut_off(hours, day, hours.cut_off)):
            return max(at, begins)
    raise AssertionError("business days never end")


def is_business_day(hours: Hours, day: date) -> bool:
    """Whether the window opens on `day`."""
    return _WEEK[day.weekday()] in hours.days and day not in hours.holidays


def _business_days(hours: Hours, first: date) -> Iterator[date]:
    """From `first` on. A calendar without days never gets here: `loader` refuses it."""
    day = first
    while True:
        if is_business_day(hours, day):
            yield day
        day += _DAY


def _cut_off(hours: Hours, day: date, cut_off: time) -> datetime:
    """When the window that opens on `day` is cut off: on the day after only where it is still open then."""
    in_the_tail = hours.closes is not None and cut_off <= hours.closes <= hours.opens
    return _instant(hours, day + _DAY if in_the_tail else day, cut_off)


def _window(hours: Hours, day: date) -> tuple[datetime, datetime]:
    begins = _instant(hours, day, hours.opens)
    if hours.closes is None:
        return begins, _instant(hours, day + _DAY, time(0))
    over_night = hours.closes <= hours.opens
    return begins, _instant(hours, day + _DAY if over_night else day, hours.closes)


def _local(hours: Hours, at: datetime) -> datetime:
    return at.astimezone(hours.zone)


def _instant(hours: Hours, day: date, at: time) -> datetime:
    """When the clocks there first show `at` on `day`; where they skip it, when they are put forward."""
    wall = datetime.combine(day, at, hours.zone)
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if first <= second:
        return first
    # Skipped: the change lies between the two readings.
    after = first.astimezone(hours.zone).utcoffset()
    low, high = second, first
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if middle.astimezone(hours.zone).utcoffset() == after else (middle, high)
    return high
