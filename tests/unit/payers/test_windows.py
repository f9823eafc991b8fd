"""Windows and cut-offs: properties first, over the days on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.payers.profile import Hours, Weekday
from priorwire.payers.windows import counts_from, is_business_day, is_open, opens_at

#: One that skips an hour, one that skips half an hour, one that has no summer time, one west of everybody.
ZONES = ("America/New_York", "Australia/Lord_Howe", "America/Phoenix", "Pacific/Pago_Pago", "Europe/London")
WORKDAYS = frozenset(list(Weekday)[:5])
NEW_YORK = ZoneInfo("America/New_York")

times = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None))
#: More than a year in seconds, and the days on which New York's clocks change.
_DAY = 86_400
moments = st.one_of(
    st.integers(0, 500 * _DAY),
    st.integers(65 * _DAY, 68 * _DAY),
    st.integers(303 * _DAY, 306 * _DAY),
).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    opens, closes = draw(times), draw(st.none() | times)
    return Hours(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        days=draw(st.frozensets(st.sampled_from(Weekday), min_size=1)),
        opens=opens,
        closes=closes if closes != opens else None,
        cut_off=draw(st.none() | times),
        holidays=draw(st.frozensets(st.dates(date(2026, 1, 1), date(2027, 6, 1)), max_size=5)),
    )


@given(calendars(), moments)
def test_a_window_opens_now_or_later_and_is_open_when_it_opens(hours: Hours, at: datetime) -> None:
    opens = opens_at(hours, at)
    assert opens >= at
    assert is_open(hours, opens)
    assert is_open(hours, at) == (opens == at)


@given(calendars(), moments, st.timedeltas(timedelta(), timedelta(days=3)))
def test_nothing_is_open_before_a_window_opens(hours: Hours, at: datetime, later: timedelta) -> None:
    opens = opens_at(hours, at)
    between = at + later
    if at <= between < opens:
        assert not is_open(hours, between)
        assert opens_at(hours, between) == opens


@given(calendars(), moments)
def test_what_waited_for_a_window_is_sent_on_a_business_day(hours: Hours, at: datetime) -> None:
    opens = opens_at(hours, at)
    local = opens.astimezone(hours.zone)
    over_night = hours.closes is not None and hours.closes <= hours.opens
    days = (local.date(), local.date() - timedelta(days=1)) if over_night else (local.date(),)
    assert any(is_business_day(hours, day) for day in days)


@given(calendars(), moments)
def test_a_message_counts_from_when_it_came_or_from_an_opening_after_it(hours: Hours, at: datetime) -> None:
    counted = counts_from(hours, at)
    assert counted >= at
    if hours.cut_off is None:
        assert counted == at
    elif counted > at:
        local = counted.astimezone(hours.zone)
        assert is_business_day(hours, local.date())
        assert local.date() >= at.astimezone(hours.zone).date()


@given(calendars(), moments, st.timedeltas(timedelta(), timedelta(days=10)))
def test_who_comes_earlier_never_counts_from_later(hours: Hours, at: datetime, later: timedelta) -> None:
    assert counts_from(hours, at) <= counts_from(hours, at + later)
    assert opens_at(hours, at) <= opens_at(hours, at + later)


#: Open all night but for an hour, and cut off when it closes: what a window of the night before takes is still its own.
NIGHTS = Hours(
    zone=ZoneInfo("Pacific/Pago_Pago"),
    days=frozenset({Weekday.SATURDAY, Weekday.SUNDAY}),
    opens=time(1),
    closes=time(0, 1),
    cut_off=time(0, 1),
)


def test_a_window_over_midnight_that_is_cut_off_at_its_end_counts_all_of_it() -> None:
    saturday_closed = datetime(2026, 3, 7, 11, 1, tzinfo=UTC)
    saturday_opens = datetime(2026, 3, 7, 12, tzinfo=UTC)
    midnight = datetime(2026, 3, 8, 11, tzinfo=UTC)
    assert counts_from(NIGHTS, saturday_closed) == saturday_opens
    assert counts_from(NIGHTS, midnight) == midnight


@pytest.mark.parametrize(
    ("cut_off", "at", "counted"),
    [
        (time(2), "2026-12-02T06:59", "2026-12-02T06:59"),  # a minute before two in the morning
        (time(2), "2026-12-02T07:00", "2026-12-03T03:00"),  # two: still open, and counted with the next night
        (time(23), "2026-12-02T03:59", "2026-12-02T03:59"),  # a minute before eleven in the evening
        (time(23), "2026-12-02T04:00", "2026-12-03T03:00"),
        (time(23), "2026-12-02T08:00", "2026-12-03T03:00"),  # in the night after it
        (time(17), "2026-12-01T21:59", "2026-12-02T03:00"),  # by five in the afternoon: this night
        (time(17), "2026-12-01T22:00", "2026-12-03T03:00"),  # after five: the next
    ],
)
def test_a_window_over_midnight_is_cut_off_once(cut_off: time, at: str, counted: str) -> None:
    nightly = Hours(zone=NEW_YORK, opens=time(22), closes=time(4), cut_off=cut_off)
    given_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert counts_from(nightly, given_at) == datetime.fromisoformat(counted).replace(tzinfo=UTC)


def test_without_hours_it_is_always_open_and_everything_counts_at_once() -> None:
    at = datetime(2026, 12, 25, 3, tzinfo=UTC)
    assert opens_at(None, at) == at == counts_from(None, at)


OFFICE = Hours(zone=NEW_YORK, days=WORKDAYS, opens=time(6), closes=time(21), cut_off=time(17))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-12-01T15:00", "2026-12-01T15:00"),  # ten in the morning
        ("2026-12-01T10:59", "2026-12-01T11:00"),  # winter: five hours behind
        ("2026-12-02T02:00", "2026-12-02T11:00"),  # nine in the evening: it closes at that moment
        ("2026-12-05T15:00", "2026-12-07T11:00"),  # a Saturday
        ("2026-07-01T09:59", "2026-07-01T10:00"),  # summer: four hours behind
        ("2026-03-06T23:00", "2026-03-06T23:00"),
        ("2026-03-07T23:00", "2026-03-09T10:00"),  # the clocks change on the Sunday between
        ("2026-10-31T23:00", "2026-11-02T11:00"),  # and back
    ],
)
def test_a_window_is_told_by_the_payers_own_clocks(at: str, opens: str) -> None:
    given_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert opens_at(OFFICE, given_at) == datetime.fromisoformat(opens).replace(tzinfo=UTC)


def test_a_holiday_is_no_business_day() -> None:
    closed = Hours(zone=NEW_YORK, days=WORKDAYS, opens=time(6), holidays=frozenset({date(2026, 12, 25)}))
    assert opens_at(closed, datetime(2026, 12, 25, 15, tzinfo=UTC)) == datetime(2026, 12, 28, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        ("2026-12-01T21:59", "2026-12-01T21:59"),  # a minute before five
        ("2026-12-01T22:00", "2026-12-02T11:00"),  # five
        ("2026-12-04T23:00", "2026-12-07T11:00"),  # Friday evening counts on Monday
        ("2026-12-06T15:00", "2026-12-07T11:00"),  # so does Sunday
    ],
)
def test_after_the_cut_off_a_message_counts_from_the_next_business_day(at: str, counted: str) -> None:
    given_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert counts_from(OFFICE, given_at) == datetime.fromisoformat(counted).replace(tzinfo=UTC)


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    nightly = Hours(zone=NEW_YORK, days=frozenset({Weekday.FRIDAY}), opens=time(22), closes=time(4))
    saturday_at_two = datetime(2026, 12, 5, 7, tzinfo=UTC)
    assert is_open(nightly, saturday_at_two)
    assert opens_at(nightly, saturday_at_two + timedelta(hours=2)) == datetime(2026, 12, 12, 3, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_the_moment_of_the_change() -> None:
    early = Hours(zone=NEW_YORK, opens=time(2, 30), closes=time(3, 15))
    assert opens_at(early, datetime(2026, 3, 8, 6, tzinfo=UTC)) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert is_open(early, datetime(2026, 3, 8, 7, 14, tzinfo=UTC))
    assert not is_open(early, datetime(2026, 3, 8, 7, 15, tzinfo=UTC))


def test_a_time_that_the_clocks_repeat_is_its_first_occurrence() -> None:
    early = Hours(zone=NEW_YORK, opens=time(1, 30), closes=time(3))
    assert opens_at(early, datetime(2026, 11, 1, 4, tzinfo=UTC)) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert is_open(early, datetime(2026, 11, 1, 7, 59, tzinfo=UTC))
    assert not is_open(early, datetime(2026, 11, 1, 8, tzinfo=UTC))
