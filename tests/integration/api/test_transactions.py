"""Asking and reading: what a POST answers, where it can be read again, and who may read it."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from priorwire.api.schemas.examples import (
    FULL_AUTHORIZATION,
    FULL_ELIGIBILITY,
    SMALL_AUTHORIZATION,
    SMALL_ELIGIBILITY,
)
from priorwire.gateway import queries
from priorwire.model.identifiers import TransactionId
from tests.integration.api.conftest import Api, pointers, problem
from tests.integration.gateway.conftest import TENANT

KINDS = [("authorizations", SMALL_AUTHORIZATION), ("eligibility-checks", SMALL_ELIGIBILITY)]


def asking(ending: str, **more: Any) -> dict[str, Any]:
    """A small request; how its member id ends chooses what the simulated payer does."""
    body = copy.deepcopy(SMALL_AUTHORIZATION)
    body["subscriber"]["member_id"] = f"EX0000009{ending}"
    return body | more


@pytest.mark.parametrize(
    ("path", "body"), [*KINDS, ("authorizations", FULL_AUTHORIZATION), ("eligibility-checks", FULL_ELIGIBILITY)]
)
def test_what_was_posted_stands_at_its_location(api: Api, path: str, body: dict[str, Any]) -> None:
    posted = api.client.post(f"/v1/{path}", json=body)
    assert posted.status_code == 201
    assert posted.headers["location"] == f"/v1/{path}/{posted.json()['id']}"
    assert api.client.get(posted.headers["location"]).json() == posted.json()
    assert posted.json()["record"]["status"] == posted.json()["status"]


@pytest.mark.parametrize(
    ("ending", "code", "status"),
    [
        ("APPROVE", 201, "approved"),
        ("DENY", 201, "denied"),
        ("REJECT72", 201, "rejected"),
        ("PENDREVIEW", 202, "pended"),
    ],
)
def test_a_decision_is_created_and_a_pend_is_accepted(api: Api, ending: str, code: int, status: str) -> None:
    posted = api.authorize(asking(ending))
    assert (posted.status_code, posted.json()["status"]) == (code, status)


def test_what_was_approved_is_seen_to_be_over(api: Api) -> None:
    posted = api.authorize(asking("APPROVE")).json()
    assert posted["review"] == "approved"
    ends_at = datetime.fromisoformat(posted["ends_at"])
    api.world.pass_time(ends_at - api.world.clock.now())
    read = api.client.get(f"/v1/authorizations/{posted['id']}").json()
    assert (read["status"], read["review"]) == ("approved", "expired")
    assert api.client.get("/v1/authorizations").json()["items"][0]["review"] == "expired"


def test_an_eligibility_check_is_no_review(api: Api) -> None:
    posted = api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY).json()
    assert (posted["review"], posted["ends_at"]) == (None, None)


@pytest.mark.parametrize("prefer", ["respond-async", "wait=10, Respond-Async", "respond-async; x=y"])
def test_a_caller_that_will_not_wait_has_its_request_queued(api: Api, prefer: str) -> None:
    posted = api.authorize(asking("APPROVE"), Prefer=prefer)
    assert (posted.status_code, posted.json()["delivery"]) == (202, "ready")
    assert api.world.x217s() == 0
    assert api.world.tick() == 1
    assert api.client.get(posted.headers["location"]).json()["status"] == "approved"


def test_other_preferences_are_not_ours_to_keep(api: Api) -> None:
    assert api.authorize(asking("APPROVE"), Prefer="wait=5, return=minimal").status_code == 201


@pytest.mark.parametrize(("path", "body"), KINDS)
def test_the_same_key_again_answers_with_the_first_result(api: Api, path: str, body: dict[str, Any]) -> None:
    first = api.client.post(f"/v1/{path}", json=body, headers={"Idempotency-Key": '"visit 1"'})
    again = api.client.post(f"/v1/{path}", json=body, headers={"Idempotency-Key": '"visit 1"'})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert len(api.world.core.sent) == 1


def test_a_key_is_the_same_quoted_and_bare(api: Api) -> None:
    first = api.authorize(asking("APPROVE"), **{"Idempotency-Key": '"visit-1"'})
    assert api.authorize(asking("APPROVE"), **{"Idempotency-Key": "visit-1"}).json()["id"] == first.json()["id"]


@pytest.mark.parametrize("key", ["", '""', '"half', "with blank", "x" * 256, "\u00fcmlaut"])
def test_a_key_that_is_none_is_a_fault_of_the_header(api: Api, key: str) -> None:
    answer = api.client.post(
        "/v1/authorizations", json=asking("APPROVE"), headers=[(b"Idempotency-Key", key.encode("latin-1"))]
    )
    assert pointers(problem(answer, 422, "invalid-request")) == ["/header/idempotency-key"]
    assert api.world.core.sent == []


def test_the_same_key_for_something_else_is_refused(api: Api) -> None:
    api.authorize(asking("APPROVE"), **{"Idempotency-Key": "visit-1"})
    problem(api.authorize(asking("DENY"), **{"Idempotency-Key": "visit-1"}), 422, "idempotency-conflict")
    other = api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY, headers={"Idempotency-Key": "visit-1"})
    problem(other, 422, "idempotency-conflict")


def test_the_same_request_without_a_key_is_not_sent_twice(api: Api) -> None:
    first = api.authorize(asking("APPROVE"))
    assert first.json()["id"] in problem(api.authorize(asking("APPROVE")), 409, "conflict")["detail"]
    assert api.authorize(asking("APPROVE", intended_duplicate=True)).status_code == 201
    assert api.world.x217s() == 2


def test_the_messages_come_back_byte_for_byte(api: Api) -> None:
    posted = api.authorize(asking("APPROVE"))
    assert posted.json()["messages"] is None
    shown = api.client.get(posted.headers["location"], params={"include": "x12"}).json()["messages"]
    kept = queries.transaction(api.world.services, TENANT, TransactionId(posted.json()["id"]), raw=True).messages
    assert [each["text"].encode("latin-1") for each in shown] == [each.payload for each in kept]
    assert shown[0]["text"].encode("latin-1") == api.world.core.sent[0].payload
    assert [each["direction"] for each in shown] == ["out", "in"]


def test_sources_say_where_each_value_was_read(api: Api) -> None:
    posted = api.authorize(asking("APPROVE"))
    view = api.client.get(posted.headers["location"], params={"include": ["x12", "sources"]}).json()
    source = view["sources"]["authorization_number"]
    reply = view["messages"][1]["text"]
    assert view["record"]["authorization_number"] in reply[source["start"] : source["end"]]


def test_an_id_of_one_kind_is_nothing_on_the_path_of_the_other(api: Api) -> None:
    authorization = api.authorize(asking("APPROVE")).json()["id"]
    check = api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY).json()["id"]
    problem(api.client.get(f"/v1/authorizations/{check}"), 404, "not-found")
    problem(api.client.get(f"/v1/eligibility-checks/{authorization}"), 404, "not-found")


@pytest.mark.parametrize("path", ["/v1/authorizations/{}", "/v1/eligibility-checks/{}", "/v1/work-items/{}"])
@pytest.mark.parametrize("wrong", ["nothing", "auth_%00", "auth_" + "0" * 300, "auth_%ed%a0%80", "auth_0'--"])
def test_what_is_no_id_of_ours_is_not_found(api: Api, path: str, wrong: str) -> None:
    problem(api.client.get(path.format(wrong)), 404, "not-found")


def test_another_tenant_sees_nothing_of_it(api: Api) -> None:
    mine = api.authorize(asking("APPROVE"))
    theirs = api.caller(tenant="another-practice")
    problem(theirs.get(mine.headers["location"]), 404, "not-found")
    assert theirs.get("/v1/authorizations").json() == {"items": [], "next_page_token": None}
    correcting = theirs.post("/v1/authorizations", json=asking("APPROVE", corrects=mine.json()["id"]))
    assert pointers(problem(correcting, 422, "invalid-request")) == ["/corrects"]
    page = theirs.get("/v1/authorizations", params={"page_token": mine.json()["id"]})
    assert pointers(problem(page, 422, "invalid-request")) == ["/query/page_token"]


def test_pages_hold_every_one_once_newest_first_and_one_kind_only(api: Api) -> None:
    made = [api.authorize(asking(f"{number}APPROVE")).json()["id"] for number in range(5)]
    checks = [api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY).json()["id"] for _ in range(2)]
    seen, token = [], None
    for _ in range(3):
        page = api.client.get(
            "/v1/authorizations", params={"limit": 2} | ({"page_token": token} if token else {})
        ).json()
        seen += [item["id"] for item in page["items"]]
        token = page["next_page_token"]
    assert token is None
    assert seen == made[::-1]
    assert [item["id"] for item in api.client.get("/v1/eligibility-checks").json()["items"]] == checks[::-1]
    wrong_list = api.client.get("/v1/authorizations", params={"page_token": checks[0]})
    assert pointers(problem(wrong_list, 422, "invalid-request")) == ["/query/page_token"]


def test_a_rejection_is_corrected_by_a_linked_submission(api: Api) -> None:
    old = api.authorize(asking("REJECT72")).json()
    new = api.authorize(asking("APPROVE", corrects=old["id"])).json()
    assert (new["corrects"], new["case_id"]) == (old["id"], old["case_id"])
    assert api.client.get(f"/v1/authorizations/{old['id']}").json()["superseded_by"] == new["id"]
    problem(api.authorize(asking("DENY", corrects=old["id"])), 409, "conflict")


def test_what_the_payer_wants_no_authorization_for_is_not_sent(api: Api) -> None:
    posted = api.authorize(asking("APPROVE", services=[{"procedure": {"code": "99213"}}]))
    assert (posted.status_code, posted.json()["status"]) == (201, "not_required")
    assert api.world.core.sent == []


def test_an_eligibility_check_says_whether_the_procedure_needs_an_authorization(api: Api) -> None:
    body = SMALL_ELIGIBILITY | {"procedures": [{"code": "70553"}]}
    answer = api.client.post("/v1/eligibility-checks", json=body).json()
    assert answer["authorization_required"] == "yes"
    benefits = answer["record"]["benefits"]
    assert all(
        benefits[number]["authorization_required"] == "yes" for number in answer["authorization_required_because"]
    )


def test_a_query_parameter_that_is_not_there_is_told_and_not_ignored(api: Api) -> None:
    answer = api.client.get("/v1/authorizations", params={"inculde": "SECRETVALUE"})
    assert pointers(problem(answer, 422, "invalid-request")) == ["/query"]
    assert "SECRETVALUE" not in answer.text
    assert "inculde" not in answer.text
