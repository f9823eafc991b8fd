"""Every companion guide of the project: it loads, narrows, and its examples come out as they say."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from priorwire.errors import NoRoute
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.identifiers import npi_is_valid
from priorwire.payers import (
    Environment,
    Health,
    Incomplete,
    NotRequired,
    PayerProfile,
    Ready,
    Transaction,
    choose_route,
    load_profiles,
    narrow,
    review,
)
from priorwire.x12.guides import guide

ROOT = Path(__file__).parents[3] / "companion_guides"
NAMES = {"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:25"}
PROFILES: Mapping[str, PayerProfile] = {str(payer): each for payer, each in load_profiles(ROOT, NAMES).items()}
EXAMPLES = sorted(ROOT.glob("*/examples/*.json"))
TODAY = date(2026, 11, 20)
WORDS = {Ready: "ready", Incomplete: "incomplete", NotRequired: "not_required"}


def _decoded(hint: Any, value: Any) -> Any:
    """`value` of a JSON document as the model's type; a field that the model does not have is a TypeError."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not types.NoneType)
    if get_origin(hint) is tuple:
        return tuple(_decoded(get_args(hint)[0], item) for item in value)
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        assert isinstance(hint, type)
        return hint(**{key: _decoded(hints.get(key), item) for key, item in value.items()})
    return _SCALARS.get(hint, hint)(value) if isinstance(hint, type) else value


_SCALARS: Mapping[type, Callable[[Any], Any]] = {date: date.fromisoformat, Decimal: Decimal}


def _label(path: Path) -> str:
    return f"{path.parents[1].name}/{path.stem}"


@pytest.fixture(params=EXAMPLES, ids=_label)
def example(request: pytest.FixtureRequest) -> tuple[PayerProfile, Mapping[str, Any]]:
    path: Path = request.param
    return PROFILES[path.parents[1].name], json.loads(path.read_text(encoding="utf-8"))


def test_there_are_payers_for_every_way() -> None:
    ways = {route.channel.value for profile in PROFILES.values() for route in profile.routes}
    assert {"core_soap", "rest_x12", "directory", "efax", "portal"} <= ways


def test_an_example_takes_the_route_it_names(example: tuple[PayerProfile, Mapping[str, Any]]) -> None:
    profile, told = example
    arguments: dict[str, Any] = {
        "service_type": told.get("request", {}).get("service_type"),
        "environment": Environment.TEST,
        "health": dict.fromkeys(told.get("down", ()), Health.DOWN),
    }
    transaction = Transaction(told["transaction"])
    if told["expect"]["route"] is None:
        with pytest.raises(NoRoute):
            choose_route(profile, transaction, **arguments)
        return
    chosen = choose_route(profile, transaction, **arguments)
    assert (chosen.route.id, chosen.route.channel.value) == (told["expect"]["route"], told["expect"]["channel"])


def test_an_example_is_reviewed_as_it_says(example: tuple[PayerProfile, Mapping[str, Any]]) -> None:
    profile, told = example
    if "request" not in told:
        assert "review" not in told["expect"]
        return
    request: AuthorizationRequest = _decoded(AuthorizationRequest, told["request"])
    assert request.payer_id == profile.id
    outcome = review(request, profile, None, TODAY)
    assert WORDS[type(outcome)] == told["expect"]["review"]
    faults = [fault.pointer for fault in outcome.faults] if isinstance(outcome, Incomplete) else []
    assert sorted(faults) == sorted(told["expect"].get("faults", []))


@pytest.mark.parametrize("payer", PROFILES)
def test_a_guide_only_narrows(payer: str) -> None:
    for kind in {each.guide for each in PROFILES[payer].narrowings}:
        narrowings = [each for each in PROFILES[payer].narrowings if each.guide == kind]
        assert narrow(guide(kind), narrowings) != guide(kind)


@pytest.mark.parametrize("payer", PROFILES)
def test_a_guide_says_where_it_comes_from_and_has_an_example(payer: str) -> None:
    words = (ROOT / payer / "README.md").read_text(encoding="utf-8")
    profile = PROFILES[payer]
    assert f"| Source | {profile.source} |" in words
    assert f"| Edition | {profile.edition} |" in words
    assert "| Read on | 20" in words
    assert any(path.parents[1].name == payer for path in EXAMPLES)


@pytest.mark.parametrize("payer", PROFILES)
def test_an_example_payer_says_that_it_is_invented_and_reaches_only_the_simulator(payer: str) -> None:
    profile = PROFILES[payer]
    assert profile.name.endswith("(example)")
    assert "**Invented.**" in (ROOT / payer / "README.md").read_text(encoding="utf-8")
    for route in profile.routes:
        assert route.endpoint.environment is Environment.TEST
        assert route.endpoint.url.startswith((*NAMES.values(), "file:///var/spool/priorwire/"))
        assert route.endpoint.credential == "simulator"


def _npis(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["npi"]] if "npi" in value else []
        return own + [npi for item in value.values() for npi in _npis(item)]
    return [npi for item in value for npi in _npis(item)] if isinstance(value, list) else []


def test_npis_pass_their_check_digit_unless_that_is_the_fault(example: tuple[PayerProfile, Mapping[str, Any]]) -> None:
    _, told = example
    wrong = [npi for npi in _npis(told.get("request")) if not npi_is_valid(npi)]
    assert len(wrong) == sum(fault.endswith("/npi") for fault in told["expect"].get("faults", []) if wrong)
