"""What a guide may say of an endpoint's hours and acknowledgments, and what it may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from priorwire.errors import GuideError
from priorwire.payers import Hours, Weekday, opens_at
from priorwire.payers.profile import Endpoint
from tests.example_guide import batch_guide, endpoint_of

GUIDE = batch_guide(
    endpoint='acknowledges_within = "PT4H"',
    more="""
[routes.endpoint.hours]
zone = "America/New_York"
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "06:00"
closes = "21:00"
cut_off = "17:30"
holidays = ["2026-12-25", "2027-01-01"]
""",
)
WHERE = "routes[0].endpoint.hours"


def endpoint(tmp_path: Path, text: str = GUIDE) -> Endpoint:
    return endpoint_of(tmp_path, text)


def test_the_hours_are_read_as_written(tmp_path: Path) -> None:
    read = endpoint(tmp_path)
    assert read.acknowledges_within == timedelta(hours=4)
    assert read.hours == Hours(
        zone=ZoneInfo("America/New_York"),
        days=frozenset(list(Weekday)[:5]),
        opens=time(6),
        closes=time(21),
        cut_off=time(17, 30),
        holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
    )


def test_a_guide_without_hours_is_always_open(tmp_path: Path) -> None:
    read = endpoint(tmp_path, GUIDE.partition("[routes.endpoint.hours]")[0].replace('acknowledges_within = "PT4H"', ""))
    assert (read.hours, read.acknowledges_within) == (None, None)


def test_hours_that_say_no_more_than_a_zone_are_every_day_all_day(tmp_path: Path) -> None:
    head = GUIDE.partition("days =")[0]
    read = endpoint(tmp_path, head)
    at = datetime(2026, 12, 6, 3, 33, tzinfo=UTC)
    assert opens_at(read.hours, at) == at


@pytest.mark.parametrize(
    ("old", "new", "pointer", "code"),
    [
        ("America/New_York", "America/New_Yorkk", f"{WHERE}.zone", "zone"),
        ("America/New_York", "America", f"{WHERE}.zone", "zone"),
        ("America/New_York", "../../etc/passwd", f"{WHERE}.zone", "zone"),
        ("America/New_York", "", f"{WHERE}.zone", "empty"),
        ('zone = "America/New_York"', "", f"{WHERE}.zone", "required"),
        ('"mon", ', '"monday", ', f"{WHERE}.days", "unknown_value"),
        ('"mon", ', '"tue", ', f"{WHERE}.days", "repeated"),
        ('["mon", "tue", "wed", "thu", "fri"]', "[]", f"{WHERE}.days", "required"),
        ("06:00", "6:00", f"{WHERE}.opens", "time"),
        ("21:00", "24:00", f"{WHERE}.closes", "time"),
        ("17:30", "17:30:00", f"{WHERE}.cut_off", "time"),
        ("21:00", "06:00", f"{WHERE}.closes", "contradiction"),
        ("17:30", "05:00", f"{WHERE}.cut_off", "contradiction"),
        ("17:30", "21:30", f"{WHERE}.cut_off", "contradiction"),
        ("2026-12-25", "2026-02-30", f"{WHERE}.holidays", "date"),
        ("2026-12-25", "20261225", f"{WHERE}.holidays", "date"),
        ("closes =", "closed =", f"{WHERE}.closed", "unknown_key"),
        ("PT4H", "PT0S", "routes[0].endpoint.acknowledges_within", "duration"),
    ],
)
def test_a_fault_of_the_hours_names_its_place_and_its_rule(
    tmp_path: Path, old: str, new: str, pointer: str, code: str
) -> None:
    assert old in GUIDE
    with pytest.raises(GuideError) as raised:
        endpoint(tmp_path, GUIDE.replace(old, new))
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in raised.value.faults}
    assert "passwd" not in str(raised.value)


def test_a_portal_has_no_hours_and_nobody_acknowledges_there(tmp_path: Path) -> None:
    portal = """
id = "example"
name = "Example"
source = "Example manual"
edition = "1"
[identity]
name = "EXAMPLE"
identifier = "EX01"
[[routes]]
id = "portal"
channel = "portal"
transactions = ["authorization"]
[routes.endpoint]
environment = "test"
url = "https://portal.example/"
acknowledges_within = "PT4H"
portal_instructions = "Log in."
[[routes.endpoint.portal_fields]]
label = "Member"
source = "subscriber.member_id"
[routes.endpoint.hours]
zone = "America/Chicago"
"""
    with pytest.raises(GuideError) as raised:
        endpoint(tmp_path, portal)
    assert {(fault.pointer, fault.code) for fault in raised.value.faults} == {
        (WHERE, "unused"),
        ("routes[0].endpoint.acknowledges_within", "unused"),
    }
