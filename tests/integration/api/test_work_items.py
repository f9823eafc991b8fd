"""What people must do, and how what they did becomes a record."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from priorwire.api.schemas.examples import FULL_AUTHORIZATION, FULL_COMPLETION
from tests.integration.api.conftest import Api, pointers, problem

FILES = {
    "pdf": b"%PDF-1.4\n% an example\n",
    "png": b"\x89PNG\r\n\x1a\n an example",
    "jpeg": b"\xff\xd8\xff an example",
}
PDF = base64.b64encode(FILES["pdf"]).decode()


def portal_item(api: Api) -> dict[str, Any]:
    """The one open item of a request that only a portal takes."""
    posted = api.authorize(portal_request(api))
    assert (posted.status_code, posted.json()["delivery"]) == (202, "with_person"), posted.text
    (item,) = api.client.get("/v1/work-items").json()
    assert item["transaction_id"] == posted.json()["id"]
    assert posted.json()["open_work_items"] == [item["id"]]
    return dict(item)


def portal_request(api: Api) -> dict[str, Any]:
    payers = api.client.get("/v1/payers").json()
    (payer,) = [each["id"] for each in payers if each["channels"] == ["portal"]]
    return FULL_AUTHORIZATION | {"payer_id": payer}


def complete(api: Api, item: dict[str, Any], **body: Any) -> Any:
    return api.client.post(f"/v1/work-items/{item['id']}/complete", json=body)


@pytest.mark.parametrize(
    ("body", "status", "evidence"),
    [
        ({"outcome": "submitted", "reference": "P-1"}, "pended", "sent"),
        ({"outcome": "pended", "reference": "P-1"}, "pended", "sent"),
        ({"outcome": "approved", "authorization_number": "A-1", "attachments": [PDF]}, "approved", "person"),
        (FULL_COMPLETION, "approved", "person"),
        ({"outcome": "denied", "attachments": [PDF]}, "denied", "person"),
        ({"outcome": "not_required", "attachments": [PDF]}, "not_required", "person"),
    ],
)
def test_an_outcome_becomes_a_record(api: Api, body: dict[str, Any], status: str, evidence: str) -> None:
    item = portal_item(api)
    done = complete(api, item, **body)
    assert (done.status_code, done.json()["state"], done.json()["completed_by"]) == (200, "done", "tests")
    view = api.client.get(f"/v1/authorizations/{item['transaction_id']}").json()
    assert (view["status"], view["record"]["status"], view["matched_by"]) == (status, status, "entered by a person")
    assert view["evidence"].startswith(evidence)
    assert view["record"]["authorization_number"] == body.get("authorization_number")
    left = [api.client.get(f"/v1/work-items/{each}").json() for each in view["open_work_items"]]
    # Who enters a denial is not who decides what to do about it.
    assert [each["kind"] for each in left] == (["review_denial"] if status == "denied" else [])


def test_a_denial_that_a_person_lets_stand_is_over(api: Api) -> None:
    item = portal_item(api)
    complete(api, item, outcome="denied", attachments=[PDF])
    (review,) = api.client.get("/v1/work-items", params={"state": "open"}).json()
    assert complete(api, review, outcome="denied", attachments=[PDF]).status_code == 200
    view = api.client.get(f"/v1/authorizations/{item['transaction_id']}").json()
    assert (view["status"], view["open_work_items"], view["case_state"]) == ("denied", [], "closed")


def test_a_dismissed_item_says_nothing_of_the_payer(api: Api) -> None:
    item = portal_item(api)
    assert complete(api, item, outcome="dismissed", note="Patient moved away.").json()["state"] == "done"
    view = api.client.get(f"/v1/authorizations/{item['transaction_id']}").json()
    assert (view["status"], view["record"]) == ("submitted", None)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_kept_as_it_came(api: Api, kind: str) -> None:
    item = portal_item(api)
    payload = FILES[kind]
    complete(api, item, outcome="denied", attachments=[base64.b64encode(payload).decode()])
    shown = api.client.get(f"/v1/authorizations/{item['transaction_id']}", params={"include": "x12"}).json()
    kept = [base64.b64decode(each["base64"]) for each in shown["messages"] if each["direction"] == "in"]
    assert kept == [payload]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["/outcome"]),
        ({"outcome": "sent"}, ["/outcome"]),
        ({"outcome": "submitted"}, ["/reference"]),
        ({"outcome": "approved"}, ["/authorization_number", "/attachments"]),
        ({"outcome": "denied"}, ["/attachments"]),
        ({"outcome": "dismissed"}, ["/note"]),
        ({"outcome": "submitted", "quantity": "1"}, ["/reference", "/unit"]),
        ({"outcome": "submitted", "reference": "P", "quantity": "1e400", "unit": "days"}, ["/quantity"]),
        ({"outcome": "submitted", "reference": "P", "quantity": "0", "unit": "days"}, ["/quantity"]),
        (
            {"outcome": "approved", "attachments": ["not base64", "ümlaut", PDF, base64.b64encode(b"GIF89a").decode()]},
            ["/authorization_number", "/attachments/0", "/attachments/1", "/attachments/3"],
        ),
        (
            {**FULL_COMPLETION, "effective_date": "2027-01-02", "expiration_date": "2027-01-01"},
            ["/expiration_date"],
        ),
        ({"outcome": "submitted", "reference": "P" * 51}, ["/reference"]),
        ({"outcome": "submitted", "reference": "P", "attachments": [PDF] * 11}, ["/attachments"]),
    ],
)
def test_what_is_missing_is_told_by_its_place(api: Api, body: dict[str, Any], expected: list[str]) -> None:
    item = portal_item(api)
    assert pointers(problem(complete(api, item, **body), 422, "invalid-request")) == expected
    assert api.client.get(f"/v1/work-items/{item['id']}").json()["state"] == "open"


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(api: Api) -> None:
    item = portal_item(api)
    large = base64.b64encode(b"%PDF-" + b"0" * (10 * 1024 * 1024 - 4)).decode()
    refused = problem(complete(api, item, outcome="denied", attachments=[large]), 422, "invalid-request")
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [("/attachments/0", "too_large")]
    fits = base64.b64encode(b"%PDF-" + b"0" * (10 * 1024 * 1024 - 5)).decode()
    assert complete(api, item, outcome="denied", attachments=[fits]).status_code == 200


def test_it_is_completed_once(api: Api) -> None:
    item = portal_item(api)
    body = {"outcome": "submitted", "reference": "P-1"}
    assert complete(api, item, **body).status_code == 200
    problem(complete(api, item, **body), 409, "conflict")


def test_the_list_is_of_open_items_unless_others_are_asked_for(api: Api) -> None:
    item = portal_item(api)
    complete(api, item, outcome="submitted", reference="P-1")

    def listed(**query: str) -> list[str]:
        return [each["id"] for each in api.client.get("/v1/work-items", params=query).json()]

    assert (listed(), listed(state="done"), listed(state="all")) == ([], [item["id"]], [item["id"]])
    problem(api.client.get("/v1/work-items", params={"state": "some"}), 422, "invalid-request")


def test_another_tenant_neither_sees_nor_completes_it(api: Api) -> None:
    item = portal_item(api)
    theirs = api.caller(tenant="another-practice")
    assert theirs.get("/v1/work-items").json() == []
    problem(theirs.get(f"/v1/work-items/{item['id']}"), 404, "not-found")
    body = {"outcome": "submitted", "reference": "P-1"}
    problem(theirs.post(f"/v1/work-items/{item['id']}/complete", json=body), 404, "not-found")
