"""What payers say is held against the same guides as what they are asked."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.clock import FixedClock
from priorwire.simulator import SCENARIOS, Journal, Simulator
from priorwire.x12 import validate
from priorwire.x12.guides import guide_for
from tests.unit.simulator.messages import AT, Ask, eligibility, inquiry, review, said

_ROWS = sorted(suffix for suffix, row in SCENARIOS.items() if row.fault is None)


def _findings(payload: bytes) -> list[str]:
    found: list[str] = []
    for each in said(payload).sets:
        guide = guide_for(each.transaction, each.guide_id, each.purpose, each.segment_ids, each.source_role).guide
        assert guide is not None
        found += [issue.says for issue in validate(each, guide).issues]
    return found


def _all_answers(ask: Ask) -> list[bytes]:
    clock = FixedClock(AT)
    simulator = Simulator(clock=clock, journal=Journal())
    later = inquiry(Ask(member=ask.member, dependent=ask.dependent, reference="ASK", services=ask.services))
    payloads = [eligibility(ask, service_types=("30", "48")), review(ask), review(ask), later]
    answers = [simulator.exchange(payload, "core").payload for payload in payloads]
    clock.advance(timedelta(days=30))
    return [*answers, simulator.exchange(later, "core").payload]


@pytest.mark.parametrize("dependent", [False, True])
@pytest.mark.parametrize("suffix", _ROWS)
def test_every_answer_of_every_row_is_clean(suffix: str, *, dependent: bool) -> None:
    for payload in _all_answers(Ask(member=f"EXM1{suffix}", dependent=dependent, days=5)):
        assert _findings(payload) == []


@given(
    suffix=st.sampled_from(_ROWS),
    services=st.lists(
        st.tuples(st.sampled_from(["70551", "97110", "E0601", "99213"]), st.integers(1, 99)), max_size=12
    ),
    days=st.integers(0, 400),
    dependent=st.booleans(),
)
def test_answers_stay_clean_whatever_is_asked(
    suffix: str, services: list[tuple[str, int]], days: int, *, dependent: bool
) -> None:
    ask = Ask(member=f"EXM1{suffix}", services=services, days=days, dependent=dependent)
    for payload in _all_answers(ask):
        assert _findings(payload) == []


_STORIES = Path(__file__).parents[3] / "sample_transactions"
_SENT = sorted(_STORIES.glob("*/outbound.x12"))


@pytest.mark.parametrize("sent", _SENT, ids=lambda each: each.parent.name)
def test_every_row_answers_the_complete_requests_of_the_stories_cleanly(sent: Path) -> None:
    asked = sent.read_bytes()
    for suffix in _ROWS:
        clock = FixedClock(AT)
        simulator = Simulator(clock=clock, journal=Journal())
        again = re.sub(rb"(?<=\*MI\*)EXM\d+[A-Z0-9]*", b"EXM1" + suffix.encode(), asked)
        assert (suffix, _findings(simulator.exchange(again, "core").payload)) == (suffix, [])
