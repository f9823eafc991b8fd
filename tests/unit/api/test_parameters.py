"""Headers that carry more than one word."""

from __future__ import annotations

import pytest

from priorwire.api.parameters import wants_async


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        (None, False),
        ("", False),
        ("respond-async", True),
        ("Respond-Async", True),
        ("wait=10, respond-async", True),
        ("respond-async;foo=bar", True),
        ("respond-asynchronously", False),
        ("wait=10", False),
        ("return=respond-async", False),
    ],
)
def test_a_preference_is_read_among_others(prefer: str | None, expected: bool) -> None:
    assert wants_async(prefer) is expected
