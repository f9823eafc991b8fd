"""Explain over the API: the same as on the command line, from the archived bytes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from priorwire.api.schemas.examples import SMALL_AUTHORIZATION, SMALL_ELIGIBILITY
from priorwire.gateway.api_keys import SCOPES
from tests.integration.api.conftest import Api, pointers, problem


def asking(ending: str) -> dict[str, Any]:
    """A small request; how its member id ends chooses what the simulated payer does."""
    body = copy.deepcopy(SMALL_AUTHORIZATION)
    body["subscriber"]["member_id"] = f"EX0000009{ending}"
    return body


def explained(api: Api, where: str, field: str) -> Any:
    answer = api.client.get(f"{where}/explain", params={"field": field})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_value_of_an_authorization_leads_to_the_archived_bytes(api: Api) -> None:
    where = api.authorize(asking("APPROVE")).headers["location"]
    view = api.client.get(where, params={"include": ["x12"]}).json()
    shown = explained(api, where, "authorization_number")
    (leaf,) = shown["leaves"]
    assert leaf["value"] == view["record"]["authorization_number"]
    source = leaf["source"]
    assert view["messages"][1]["text"][source["start"] : source["end"]] == leaf["value"]
    assert any(piece == {"text": leaf["value"], "read": True} for each in shown["segments"] for piece in each["pieces"])


def test_an_eligibility_check_is_explained_too(api: Api) -> None:
    where = api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY).headers["location"]
    assert explained(api, where, "status")["kind"] == "271"


def test_only_who_may_read_it_sees_it(api: Api) -> None:
    where = f"{api.authorize(asking('APPROVE')).headers['location']}/explain"
    asked = {"field": "status"}
    problem(api.caller(tenant="another-practice").get(where, params=asked), 404, "not-found")
    problem(api.caller(frozenset({"eligibility:read"}) & SCOPES).get(where, params=asked), 403, "forbidden")
    assert api.anonymous.get(where, params=asked).status_code == 401


@pytest.mark.parametrize("field", ["no_such_field", "services[99].status"])
def test_an_unknown_field_is_a_fault_of_the_request(api: Api, field: str) -> None:
    where = api.authorize(asking("APPROVE")).headers["location"]
    answer = api.client.get(f"{where}/explain", params={"field": field})
    assert pointers(problem(answer, 422, "invalid-request")) == ["/field"]


def test_what_is_still_out_has_nothing_to_explain(api: Api) -> None:
    where = api.authorize(asking("APPROVE"), Prefer="respond-async").headers["location"]
    answer = api.client.get(f"{where}/explain", params={"field": "status"})
    assert pointers(problem(answer, 422, "invalid-request")) == ["/field"]
