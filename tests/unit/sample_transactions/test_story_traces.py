"""The stories' answers: every value changes with its own bytes, and only what rests on the same bytes with it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.traced import changes, everything

STORIES = Path(__file__).parents[3] / "sample_transactions"
ANSWERS = sorted(path.relative_to(STORIES).as_posix() for path in STORIES.glob("*/*response*.x12"))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_value_changes_with_its_bytes_and_takes_nothing_else_along(name: str) -> None:
    data = (STORIES / name).read_bytes()
    before = everything(data)
    draw = random.Random(name)
    outcomes = [changes(data, key, before, draw) for key in sorted(before)]
    assert [each for wrong in outcomes for each in wrong or ()] == []
    assert sum(wrong is not None for wrong in outcomes) > len(before) // 3
