"""Which way to the payer, and the reason for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import NoRoute, SafetyRefusal
from priorwire.payers import (
    ChannelKind,
    Endpoint,
    Environment,
    Health,
    PayerIdentity,
    PayerProfile,
    Route,
    Transaction,
    choose_route,
    refuse_crossing,
)

MakeProfile = Callable[..., PayerProfile]
MakeRoute = Callable[..., Route]

AUTHORIZATION, ELIGIBILITY = Transaction.AUTHORIZATION, Transaction.ELIGIBILITY
TEST, PRODUCTION = Environment.TEST, Environment.PRODUCTION


@st.composite
def profiles(draw: st.DrawFn) -> PayerProfile:
    routes = tuple(
        Route(
            id=f"r{number}",
            channel=draw(st.sampled_from(ChannelKind)),
            transactions=frozenset(draw(st.sets(st.sampled_from(Transaction), min_size=1))),
            service_types=frozenset(draw(st.sets(st.sampled_from(["1", "2", "62"])))),
            endpoint=Endpoint(
                id=f"example/r{number}", environment=draw(st.sampled_from(Environment)), url="https://payer.example/"
            ),
        )
        for number in range(draw(st.integers(min_value=0, max_value=4)))
    )
    identity = PayerIdentity(name="EXAMPLE", identifier="EX01")
    return PayerProfile(id="example", name="Example", source="Manual", edition="1", identity=identity, routes=routes)


@given(
    profiles(),
    st.sampled_from(Transaction),
    st.sampled_from([None, "1", "2", "62", "98"]),
    st.sampled_from(Environment),
    st.dictionaries(st.sampled_from([f"example/r{n}" for n in range(4)]), st.sampled_from(Health)),
)
def test_a_choice_always_fits_or_is_refused_with_a_reason(
    profile: PayerProfile,
    transaction: Transaction,
    service_type: str | None,
    environment: Environment,
    health: dict[str, Health],
) -> None:
    try:
        chosen = choose_route(profile, transaction, service_type=service_type, environment=environment, health=health)
    except (NoRoute, SafetyRefusal) as refusal:
        says = refusal.message
    else:
        says = ""
    if says:
        assert profile.id in says
        return
    assert transaction in chosen.route.transactions
    assert chosen.route.endpoint.environment is environment
    assert not chosen.route.service_types or service_type in chosen.route.service_types
    assert len(chosen.because) == len(profile.routes)
    assert sum("taken:" in sentence for sentence in chosen.because) == 1


def _choose(profile: PayerProfile, service_type: str | None = None, **health: Health) -> tuple[str, tuple[str, ...]]:
    named = {f"example/{name}": state for name, state in health.items()}
    chosen = choose_route(profile, AUTHORIZATION, service_type=service_type, environment=TEST, health=named)
    return chosen.route.id, chosen.because


def test_the_first_in_the_guides_order_is_taken(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    profile = make_profile(routes=(make_route("x12"), make_route("fax", ChannelKind.EFAX)))
    assert _choose(profile) == (
        "x12",
        (
            "x12 (CAQH CORE SOAP): taken: the first in the guide's order that fits",
            "fax (fax): not needed: an earlier one was taken",
        ),
    )


def test_a_way_that_is_down_is_passed_over(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    profile = make_profile(routes=(make_route("x12"), make_route("fax", ChannelKind.EFAX)))
    route, because = _choose(profile, x12=Health.DOWN)
    assert route == "fax"
    assert because[0] == "x12 (CAQH CORE SOAP): is down, and another way follows"


def test_the_last_way_is_taken_even_when_it_is_down(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    profile = make_profile(routes=(make_route("x12"), make_route("rest", ChannelKind.REST_X12)))
    route, because = _choose(profile, x12=Health.DOWN, rest=Health.DOWN)
    assert route == "rest"
    assert because[1].endswith("taken: down, but no other way is left")


def test_a_way_that_is_paused_is_passed_over(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    profile = make_profile(routes=(make_route("x12"), make_route("fax", ChannelKind.EFAX)))
    route, because = _choose(profile, x12=Health.PAUSED)
    assert route == "fax"
    assert because == (
        "x12 (CAQH CORE SOAP): is paused by an operator, and another way follows",
        "fax (fax): taken: the first in the guide's order that fits",
    )


def test_where_all_are_paused_a_request_waits_for_the_first(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    profile = make_profile(routes=(make_route("x12"), make_route("fax", ChannelKind.EFAX)))
    route, because = _choose(profile, x12=Health.PAUSED, fax=Health.PAUSED)
    assert route == "x12"
    assert because[0].endswith("it waits until that is resumed")
    assert because[1] == "fax (fax): is paused by an operator"


def test_one_that_is_down_is_tried_rather_than_one_that_is_paused(
    make_profile: MakeProfile, make_route: MakeRoute
) -> None:
    profile = make_profile(routes=(make_route("x12"), make_route("fax", ChannelKind.EFAX)))
    assert _choose(profile, x12=Health.DOWN, fax=Health.PAUSED)[0] == "x12"
    assert _choose(profile, x12=Health.PAUSED, fax=Health.DOWN)[0] == "fax"


@given(profiles(), st.dictionaries(st.sampled_from([f"example/r{n}" for n in range(4)]), st.sampled_from(Health)))
def test_a_choice_is_usable_exactly_where_its_endpoint_is_up(profile: PayerProfile, health: dict[str, Health]) -> None:
    try:
        chosen = choose_route(profile, AUTHORIZATION, service_type=None, environment=TEST, health=health)
    except (NoRoute, SafetyRefusal):
        return
    assert chosen.is_usable is (health.get(chosen.route.endpoint.id, Health.UP) is Health.UP)


def test_a_route_for_some_services_takes_only_those(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    imaging = make_route("imaging", service_types=frozenset({"62"}))
    profile = make_profile(routes=(imaging, make_route("portal", ChannelKind.PORTAL)))
    assert _choose(profile, "62")[0] == "imaging"
    assert _choose(profile, "2")[0] == "portal"
    assert _choose(profile, None)[0] == "portal"


def test_a_test_record_is_never_given_a_production_endpoint(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    both = make_profile(routes=(make_route("live", environment=PRODUCTION), make_route("trial")))
    assert _choose(both)[0] == "trial"
    live = make_profile(routes=(make_route("live", environment=PRODUCTION),))
    with pytest.raises(SafetyRefusal, match="environment"):
        _choose(live)


def test_a_production_record_is_never_given_a_test_endpoint(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    trial = make_profile(routes=(make_route("trial"),))
    with pytest.raises(SafetyRefusal):
        choose_route(trial, AUTHORIZATION, service_type=None, environment=PRODUCTION, health={})


def test_a_test_way_that_is_down_is_not_replaced_by_a_production_one(
    make_profile: MakeProfile, make_route: MakeRoute
) -> None:
    both = make_profile(routes=(make_route("trial"), make_route("live", environment=PRODUCTION)))
    assert _choose(both, trial=Health.DOWN)[0] == "trial"


def test_no_way_names_every_route_and_why_not(make_profile: MakeProfile, make_route: MakeRoute) -> None:
    eligibility = make_route("core", ChannelKind.CORE_SOAP, ELIGIBILITY)
    imaging = make_route("imaging", service_types=frozenset({"62"}))
    with pytest.raises(NoRoute) as refusal:
        _choose(make_profile(routes=(eligibility, imaging)), "2")
    assert refusal.value.message == (
        "'example' has no route for this authorization: "
        "core (CAQH CORE SOAP): does not carry this kind of transaction; "
        "imaging (CAQH CORE SOAP): is for other service types."
    )


def test_the_last_guard_before_a_send_refuses_to_cross_environments(make_route: MakeRoute) -> None:
    endpoint = make_route("live", environment=PRODUCTION).endpoint
    refuse_crossing(endpoint, PRODUCTION)
    with pytest.raises(SafetyRefusal, match="production endpoint"):
        refuse_crossing(endpoint, TEST)


def test_an_urgent_request_goes_another_way_while_the_first_takes_no_messages(
    make_profile: MakeProfile, make_route: MakeRoute
) -> None:
    profile = make_profile(routes=(make_route("batch", ChannelKind.DIRECTORY), make_route("fax", ChannelKind.EFAX)))
    named = {"example/batch": Health.CLOSED}
    chosen = choose_route(profile, AUTHORIZATION, service_type=None, environment=TEST, health=named)
    assert (chosen.route.id, chosen.is_usable) == ("fax", True)
    assert chosen.because[0].endswith("takes no messages at this time, and another way follows")


def test_what_no_way_takes_at_this_time_waits_for_the_first_that_opens(
    make_profile: MakeProfile, make_route: MakeRoute
) -> None:
    profile = make_profile(routes=(make_route("a"), make_route("b"), make_route("c")))
    named = {"example/a": Health.PAUSED, "example/b": Health.CLOSED, "example/c": Health.CLOSED}
    chosen = choose_route(profile, AUTHORIZATION, service_type=None, environment=TEST, health=named)
    assert (chosen.route.id, chosen.is_usable) == ("b", False)
    assert [each.partition(": ")[2] for each in chosen.because] == [
        "is paused by an operator, and another way follows",
        "taken: takes no messages at this time, and no other way is left; it waits until it does",
        "takes no messages at this time",
    ]
