"""Whatever is sent: never a fault of ours, every fault with its place, no value in any answer."""

from __future__ import annotations

import copy
import json
import string
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.api.schemas.examples import FULL_AUTHORIZATION, FULL_COMPLETION, FULL_ELIGIBILITY
from priorwire.model.authorization import DiagnosisKind, RequestKind, ReviewCategory
from priorwire.model.parties import ProviderRole
from priorwire.model.services import CodeSystem, Unit
from tests.integration.api.conftest import PROBLEM, Api, pointers

#: Many examples on one store: each adds its own rows and needs none of the others'.
MANY = settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BODIES = {
    "authorizations": FULL_AUTHORIZATION,
    "eligibility-checks": FULL_ELIGIBILITY,
}
Place = tuple[str | int, ...]


def places(part: Any, at: Place = ()) -> list[Place]:
    """Every place of a document, the document itself apart."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    found = [at] if at else []
    for key, each in inner:
        found += places(each, (*at, key))
    return found


def put(body: Any, place: Place, value: Any) -> Any:
    *way, last = place
    changed = at = copy.deepcopy(body)
    for part in way:
        at = at[part]
    at[last] = value
    return changed


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.text(string.ascii_letters + string.digits + "*:^~|<>`@/ .-", max_size=90),
    st.sampled_from(["", " ", "\x00", "~", "*", "0", "0001-01-01", "9999-12-31", "x" * 300, "%" * 50, "\u65e5", "1e9"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(["code", "value", "start", "last"]), st.text(max_size=5), max_size=2),
)


@pytest.mark.parametrize("path", BODIES)
def test_a_request_with_anything_anywhere_is_answered_or_told_where_it_is_wrong(api: Api, path: str) -> None:
    body = BODIES[path]

    @MANY
    @given(st.sampled_from(places(body)), ODD)
    def holds(place: Place, value: object) -> None:
        sent = put(body, place, value)
        answer = api.client.post(f"/v1/{path}", json=sent | {"client_reference": "same"} if place else sent)
        assert answer.status_code in {200, 201, 202, 409, 422}, (place, value, answer.text)
        if answer.status_code == 422:
            named = pointers(answer.json())
            assert named, (place, value, answer.text)
            assert "" not in named, (place, value, answer.text)

    holds()


SECRET = st.text(string.ascii_letters + string.digits, min_size=12, max_size=30).map(lambda text: f"Qx{text}")


@pytest.mark.parametrize("path", [*BODIES, "work-items/work_0/complete", "webhooks"])
def test_no_value_of_a_request_stands_in_a_problem(api: Api, path: str) -> None:
    body = BODIES.get(path, FULL_COMPLETION if "complete" in path else {"url": "x"})

    @MANY
    @given(st.sampled_from(places(body)), SECRET, st.sampled_from(["{}", "{}*", "~{}", "{}\x00", "{}\u65e5" * 9]))
    def holds(place: Place, secret: str, form: str) -> None:
        answer = api.client.post(f"/v1/{path}", json=put(body, place, form.format(*[secret] * 9)))
        if answer.headers["content-type"] == PROBLEM:
            assert secret not in answer.text
            assert secret.upper() not in answer.text.upper()
            assert answer.status_code != 500

    holds()


@MANY
@given(st.recursive(ODD, lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8))
def test_any_json_at_all_is_a_fault_and_never_ours(api: Api, body: object) -> None:
    for path in ("authorizations", "eligibility-checks", "webhooks"):
        content = json.dumps(body).encode()
        answer = api.client.post(f"/v1/{path}", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"]


def one_of(words: type[Enum]) -> st.SearchStrategy[str]:
    return st.sampled_from([word.value for word in words])


QUANTITY = st.fixed_dictionaries(
    {"value": st.sampled_from(["1", "0.5", "999999999999999", "0.00000000000001"]), "unit": one_of(Unit)}
)
PROVIDER = st.fixed_dictionaries(
    {"organization": st.just("EXAMPLE"), "npi": st.sampled_from([None, "1234567893"])},
    optional={"role": one_of(ProviderRole), "taxonomy": st.just("207X00000X")},
)
#: Every word of the schema beside every other, each allowed by itself.
COMBINED = st.fixed_dictionaries(
    {
        "category": one_of(ReviewCategory),
        "kind": one_of(RequestKind),
        "previous_authorization_number": st.sampled_from([None, "AUTH-1"]),
        "providers": st.lists(PROVIDER, max_size=2),
        "diagnoses": st.lists(
            st.fixed_dictionaries({"code": st.just("M54.16"), "kind": one_of(DiagnosisKind)}), max_size=12
        ),
        "services": st.lists(
            st.fixed_dictionaries(
                {"procedure": st.fixed_dictionaries({"code": st.just("72148"), "system": one_of(CodeSystem)})},
                optional={
                    "quantity": QUANTITY,
                    "revenue_code": st.just("0450"),
                    "providers": st.lists(PROVIDER, max_size=2),
                },
            ),
            max_size=2,
        ),
    },
    optional={
        "admission": st.fixed_dictionaries({"admitted": st.just({"start": "2026-12-14"})}, optional={"days": QUANTITY}),
        "place_of_service": st.sampled_from([None, "11", "99"]),
        "dependent": st.just({"name": {"last": "EXAMPLE", "first": "CASEY"}}),
    },
)


@pytest.mark.parametrize("payer", ["northwind-health", "cascadia-mutual", "harbor-county-plan", "summit-benefit-trust"])
def test_words_that_do_not_go_together_are_told_by_their_place(api: Api, payer: str) -> None:
    @settings(MANY, max_examples=80)
    @given(COMBINED)
    def holds(combined: dict[str, Any]) -> None:
        body = FULL_AUTHORIZATION | {"payer_id": payer, "intended_duplicate": True} | combined
        answer = api.client.post("/v1/authorizations", json=body, headers={"Prefer": "respond-async"})
        assert answer.status_code in {201, 202, 422}, answer.text
        if answer.status_code == 422:
            named = pointers(answer.json())
            assert named, answer.text
            assert "" not in named, answer.text

    holds()
