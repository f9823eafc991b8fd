"""A simulated month, short: its events are the same for the same seed, and what breaks a promise is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from priorwire.bench.month import PROMISES, Month, measure
from priorwire.bench.month_payers import AtHand
from priorwire.gateway.ways import Message, SendOutcome

GUIDES = Path(__file__).parents[3] / "companion_guides"


def lived(*, cases: int = 40, days: int = 4, seed: int = 7) -> Month:
    return measure(cases=cases, days=days, seed=seed, guides=GUIDES)


def test_the_same_seed_gives_the_same_events_and_no_promise_is_broken() -> None:
    first, again, other = lived(), lived(), lived(seed=8)
    assert first.digest == again.digest
    assert first.digest != other.digest
    assert first.statuses == again.statuses
    assert [each.name for each in first.results() if each.met is False] == []
    assert first.statuses.total() >= first.cases
    assert {"approved", "denied"} <= set(first.statuses)


def test_a_message_that_is_sent_twice_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    once = AtHand.send

    def twice(self: AtHand, message: Message) -> SendOutcome:
        once(self, message)
        return once(self, message)

    monkeypatch.setattr(AtHand, "send", twice)
    month = lived(cases=15, days=1)
    assert "second X217 with the same reference at a payer" in PROMISES
    assert month.broken["second X217 with the same reference at a payer"] > 0
