"""Every element that a payer's reply may have is in the record, or is left out for a written reason."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from tests.docs import not_read
from tests.docs.reply_elements_page import reason
from tests.docs.reply_reach import REPLIES, rested_on, unread


@pytest.mark.parametrize("kind", REPLIES)
def test_what_is_not_read_has_a_reason(kind: str) -> None:
    assert [path for path in unread(kind) if reason(kind, path) is None] == []


@pytest.mark.parametrize("kind", REPLIES)
def test_no_reason_is_left_over(kind: str) -> None:
    left = unread(kind)
    assert [place for place in not_read.ELEMENTS[kind] if not any(fnmatchcase(path, place) for path in left)] == []


def test_a_reason_is_a_sentence() -> None:
    said = [why for table in not_read.ELEMENTS.values() for why in table.values()]
    assert all(why[0].isupper() and why.endswith(".") for why in said)


def test_what_a_practice_needs_is_read() -> None:
    needed = {"2000E/AAA/01", "2000F/AAA/01", "2000E/HCR/01", "2000E/HCR/02", "2000F/HSD/02", "2010EA/REF/03"}
    assert needed - rested_on("278-response") == set()
