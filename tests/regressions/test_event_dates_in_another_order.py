"""A 278 request that gives its admission date before its event dates was called out of sequence.

The guide lists the dates of an event one after the other without an order among them.
"""

from __future__ import annotations

from pathlib import Path

from priorwire.x12 import read_one, validate
from priorwire.x12.guides import guide

BYTES = (Path(__file__).parent / "event_dates_in_another_order.x12").read_bytes()


def test_dates_of_one_event_may_stand_in_any_order() -> None:
    checked = validate(read_one(BYTES), guide("278-request"))
    assert [issue.says for issue in checked.issues] == []


def test_another_segment_among_them_is_still_out_of_sequence() -> None:
    moved = BYTES.replace(b"UM*AR*I~DTP*435*D8*20261214~", b"DTP*435*D8*20261214~UM*AR*I~")
    assert moved != BYTES
    (issue,) = validate(read_one(moved), guide("278-request")).issues
    assert (issue.code.code, issue.place.segment, issue.place.position, issue.place.loop) == ("S6", "UM", 11, "2000E")
