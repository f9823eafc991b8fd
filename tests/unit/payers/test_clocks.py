"""When to ask, when to try again, by when the payer must decide, and by whose rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.model.authorization import Urgency
from priorwire.payers import PayerProfile, Timing, decision_due, escalate_at, next_ask, next_ask_uncertain, try_again
from priorwire.payers.classes import CLASSES

MakeProfile = Callable[..., PayerProfile]

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TIMING = Timing(
    ask_after=(timedelta(hours=12), timedelta(hours=4), timedelta(hours=24)),
    ask_when_uncertain=(timedelta(seconds=90), timedelta(minutes=10)),
    try_again_after=(timedelta(minutes=2), timedelta(minutes=5)),
    decides_within=timedelta(days=10),
    decides_urgent_within=timedelta(hours=80),
)
steps = st.lists(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=30)), min_size=1, max_size=5)


@given(steps, st.integers(min_value=1, max_value=50), st.sampled_from([None, *Urgency]))
def test_the_next_ask_is_later_than_now_and_never_later_than_the_longest_step(
    entries: list[timedelta], nth: int, urgency: Urgency | None
) -> None:
    at = next_ask(Timing(ask_after=tuple(entries)), nth, urgency, NOW)
    assert NOW < at <= NOW + max(entries)


@pytest.mark.parametrize(("nth", "hours"), [(1, 12), (2, 4), (3, 24), (4, 24), (99, 24)])
def test_each_ask_waits_for_its_step_and_the_last_repeats(nth: int, hours: int) -> None:
    assert next_ask(TIMING, nth, Urgency.ELECTIVE, NOW) == NOW + timedelta(hours=hours)
    assert next_ask(TIMING, nth, None, NOW) == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_an_expedited_request_never_waits_longer_than_the_shortest_step(urgency: Urgency) -> None:
    assert {next_ask(TIMING, nth, urgency, NOW) for nth in (1, 2, 3, 9)} == {NOW + timedelta(hours=4)}


def test_losing_sight_and_being_refused_have_steps_of_their_own() -> None:
    assert next_ask_uncertain(TIMING, 1, NOW) == NOW + timedelta(seconds=90)
    assert next_ask_uncertain(TIMING, 7, NOW) == NOW + timedelta(minutes=10)
    assert try_again(TIMING, 1, NOW) == NOW + timedelta(minutes=2)
    assert try_again(TIMING, 2, NOW) == NOW + timedelta(minutes=5)


def test_steps_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        try_again(TIMING, 0, NOW)


@pytest.mark.parametrize(
    ("payer_class", "urgency", "drug", "span", "source"),
    [
        ("commercial", Urgency.ELECTIVE, False, timedelta(days=10), "payer window: 10 days"),
        ("commercial", Urgency.URGENT, False, timedelta(hours=80), "payer window: 80 hours"),
        ("medicaid", Urgency.ELECTIVE, False, timedelta(days=7), "CMS-0057-F: 7 calendar days"),
        ("medicaid", None, False, timedelta(days=7), "CMS-0057-F: 7 calendar days"),
        ("medicare_advantage", Urgency.URGENT, False, timedelta(hours=72), "CMS-0057-F: 72 hours"),
        ("chip", Urgency.EMERGENCY, False, timedelta(hours=72), "CMS-0057-F: 72 hours"),
        ("medicaid", Urgency.ELECTIVE, True, timedelta(days=10), "payer window"),
        ("exchange", Urgency.ELECTIVE, False, timedelta(days=10), "payer window"),
        ("one nobody knows", Urgency.ELECTIVE, False, timedelta(days=10), "payer window"),
    ],
)
def test_a_deadline_names_the_rule_that_set_it(
    make_profile: MakeProfile, payer_class: str, urgency: Urgency | None, drug: bool, span: timedelta, source: str
) -> None:
    due = decision_due(make_profile(payer_class=payer_class, timing=TIMING), urgency, NOW, drug=drug)
    assert due.at == NOW + span
    assert due.rule.startswith(source)


def test_a_payer_that_promises_less_than_the_federal_window_is_held_to_its_promise(make_profile: MakeProfile) -> None:
    timing = Timing(decides_within=timedelta(days=5))
    due = decision_due(make_profile(payer_class="medicare_advantage", timing=timing), None, NOW)
    assert due.at == NOW + timedelta(days=5)
    assert due.rule == "payer window: 5 days, standard (Example manual, 1)"


def test_the_federal_window_does_not_count_before_2026(make_profile: MakeProfile) -> None:
    profile = make_profile(payer_class="medicaid", timing=TIMING)
    assert decision_due(profile, None, datetime(2025, 12, 31, 23, 59, tzinfo=UTC)).rule.startswith("payer window")
    assert decision_due(profile, None, datetime(2026, 1, 1, tzinfo=UTC)).rule.startswith("CMS-0057-F")


@pytest.mark.parametrize("payer_class", sorted(CLASSES))
@pytest.mark.parametrize("urgency", [None, *Urgency])
@pytest.mark.parametrize("drug", [True, False])
def test_nobody_is_alarmed_inside_the_payers_window(
    make_profile: MakeProfile, payer_class: str, urgency: Urgency | None, drug: bool
) -> None:
    profile = make_profile(payer_class=payer_class, timing=TIMING)
    due = decision_due(profile, urgency, NOW, drug=drug)
    expedited = urgency in (Urgency.URGENT, Urgency.EMERGENCY)
    own = NOW + (TIMING.decides_urgent_within if expedited else TIMING.decides_within)
    assert NOW < due.at <= own
    assert escalate_at(profile, urgency, NOW, drug=drug).at >= due.at


def test_a_ten_day_payer_does_not_alarm_before_its_tenth_day_and_a_seven_day_payer_does(
    make_profile: MakeProfile,
) -> None:
    slow = escalate_at(make_profile(timing=TIMING), None, NOW)
    usual = escalate_at(make_profile(timing=Timing(decides_within=timedelta(days=3))), None, NOW)
    assert slow.at == NOW + timedelta(days=11)
    assert usual.at == NOW + timedelta(days=4)
    assert slow.rule.startswith("one day after: payer window")


def test_an_expedited_request_is_escalated_when_its_window_ends(make_profile: MakeProfile) -> None:
    profile = make_profile(timing=TIMING)
    assert escalate_at(profile, Urgency.URGENT, NOW) == decision_due(profile, Urgency.URGENT, NOW)
