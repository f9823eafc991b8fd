"""When to ask, when to try again, by when the payer must decide, and by whose rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.model.authorization import Urgency
from priorwire.payers import (
    ChannelKind,
    Hours,
    PayerProfile,
    Route,
    Timing,
    acknowledgment_due,
    decision_due,
    escalate_at,
    next_ask,
    next_ask_uncertain,
    try_again,
)
from priorwire.payers.classes import CLASSES
from priorwire.payers.clocks import SPREAD, USUALLY_ACKNOWLEDGED_WITHIN

MakeProfile = Callable[..., PayerProfile]
MakeRoute = Callable[..., Route]

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


# ---------------------------------------------------------------- spread

keys = st.text(min_size=1, max_size=40)


@given(steps, st.integers(min_value=1, max_value=50), st.sampled_from([None, *Urgency]), keys)
def test_a_step_is_spread_by_less_than_a_tenth_and_is_never_shortened(
    entries: list[timedelta], nth: int, urgency: Urgency | None, key: str
) -> None:
    timing = Timing(ask_after=tuple(entries), ask_when_uncertain=tuple(entries), try_again_after=tuple(entries))
    plain = next_ask(timing, nth, urgency, NOW)
    spread = next_ask(timing, nth, urgency, NOW, key=key)
    assert plain <= spread <= plain + (plain - NOW) / SPREAD
    assert spread == next_ask(timing, nth, urgency, NOW, key=key)
    for after in (next_ask_uncertain, try_again):
        step = after(timing, nth, NOW) - NOW
        assert step <= after(timing, nth, NOW, key=key) - NOW <= step + step / SPREAD


@given(
    steps,
    st.integers(min_value=1, max_value=50),
    keys,
    st.timedeltas(min_value=timedelta(seconds=-5), max_value=timedelta(days=40)),
)
def test_the_spread_reaches_beyond_no_deadline(entries: list[timedelta], nth: int, key: str, left: timedelta) -> None:
    timing, by = Timing(ask_after=tuple(entries)), NOW + left
    plain = next_ask(timing, nth, None, NOW)
    spread = next_ask(timing, nth, None, NOW, key=key, by=by)
    assert plain <= spread <= max(plain, by)


def test_what_falls_due_together_is_spread_over_the_whole_of_it() -> None:
    step = timedelta(hours=4)
    asked = [next_ask(Timing(ask_after=(step,)), 1, None, NOW, key=f"PW{n}") - NOW - step for n in range(1000)]
    tenths = [sum(each < step / SPREAD * (part + 1) / 10 for each in asked) for part in range(10)]
    assert all(abs(count - 100 * (part + 1)) < 60 for part, count in enumerate(tenths))


# ---------------------------------------------------------------- acknowledgments, and what counts from when


def test_a_batch_is_acknowledged_within_what_its_guide_says_or_what_is_usual(
    make_profile: MakeProfile, make_route: MakeRoute
) -> None:
    profile, route = make_profile(), make_route("batch", ChannelKind.DIRECTORY)
    usual = acknowledgment_due(profile, route, NOW)
    assert usual is not None
    assert usual.at == NOW + USUALLY_ACKNOWLEDGED_WITHIN
    endpoint = replace(route.endpoint, acknowledges_within=timedelta(hours=1))
    stated = acknowledgment_due(profile, replace(route, endpoint=endpoint), NOW)
    assert stated is not None
    assert stated.at == NOW + timedelta(hours=1)
    assert stated.rule == "acknowledgment expected within 1 hour (Example manual, 1)"


@pytest.mark.parametrize("channel", [ChannelKind.EFAX, ChannelKind.PORTAL])
def test_nothing_is_acknowledged_that_carries_no_x12(
    make_profile: MakeProfile, make_route: MakeRoute, channel: ChannelKind
) -> None:
    assert acknowledgment_due(make_profile(), make_route("other", channel), NOW) is None


def test_what_is_answered_at_once_is_not_acknowledged_beforehand(
    make_profile: MakeProfile, make_route: MakeRoute
) -> None:
    assert acknowledgment_due(make_profile(), replace(make_route("now"), real_time=True), NOW) is None


AFTER_CUT_OFF = Hours(zone=UTC, opens=time(6), cut_off=time(14))


def test_the_payers_own_window_counts_from_its_next_business_day_after_the_cut_off(make_profile: MakeProfile) -> None:
    due = decision_due(make_profile(timing=TIMING), None, NOW, hours=AFTER_CUT_OFF)
    assert due.at == datetime(2026, 3, 3, 6, tzinfo=UTC) + timedelta(days=10)
    assert due.rule == "payer window: 10 days, standard (Example manual, 1), from its next business day"


def test_the_federal_window_counts_from_receipt_whatever_the_cut_off(make_profile: MakeProfile) -> None:
    profile = make_profile(payer_class="medicaid", timing=TIMING)
    assert decision_due(profile, None, NOW, hours=AFTER_CUT_OFF) == decision_due(profile, None, NOW)


def test_an_acknowledgment_counts_as_the_other_deadlines_do(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    route = make_route("batch", ChannelKind.DIRECTORY)
    route = replace(route, endpoint=replace(route.endpoint, hours=AFTER_CUT_OFF))
    due = acknowledgment_due(make_profile(), route, NOW)
    assert due is not None
    assert due.at == datetime(2026, 3, 4, 6, tzinfo=UTC)
