"""With control characters as separators, every composite was reported as holding a bad character.

The bytes are those of the sibling case, with the component separator 0x1F and the repetition
separator 0x1D, which X12.5 allows and some senders prefer because no data holds them.
"""

from __future__ import annotations

from pathlib import Path

from priorwire.x12 import read_one, validate
from priorwire.x12.guides import guide

BYTES = (Path(__file__).parent / "event_dates_in_another_order.x12").read_bytes()


def test_separators_are_no_part_of_the_data_they_separate() -> None:
    with_composite = BYTES.replace(b"UM*AR*I~", b"UM*AR*I*2*21:A~").replace(b":", b"\x1f").replace(b"^", b"\x1d")
    checked = validate(read_one(with_composite), guide("278-request"))
    assert [issue.says for issue in checked.issues] == []


def test_a_control_character_in_the_data_is_still_found() -> None:
    broken = BYTES.replace(b"EXAMPLE*AVERY", b"EXAM\x1fPLE*AVERY")
    (issue,) = validate(read_one(broken), guide("278-request")).issues
    assert (issue.code.code, issue.place.segment, issue.place.element) == ("E6", "NM1", 3)
