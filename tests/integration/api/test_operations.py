"""Health, metrics, the documents, and the door for a fax carrier's reports."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from priorwire.api.app import create_app
from priorwire.api.schemas.examples import FULL_AUTHORIZATION, SMALL_AUTHORIZATION
from priorwire.gateway.signatures import sign
from priorwire.model.identifiers import TransactionId
from tests.integration.api.conftest import FAX_SECRET, PROBLEM, Api, pointers, problem

STATUS = "/v1/inbound/fax-status"


def faxed(api: Api) -> dict[str, Any]:
    """A request that went out as a fax, as the API shows it."""
    posted = api.authorize(FULL_AUTHORIZATION | {"payer_id": "harbor-county-plan"})
    assert (posted.status_code, posted.json()["evidence"]) == (202, "sent"), posted.text
    return dict(posted.json())


def reference_of(api: Api, transaction_id: str) -> str:
    return api.world.row(TransactionId(transaction_id)).reference


def report(
    api: Api, said: object, *, secret: str = FAX_SECRET, age: timedelta = timedelta(0), body: bytes | None = None
) -> Response:
    """What a carrier posts; `body` replaces what was signed."""
    payload = json.dumps(said).encode()
    at = int((api.world.clock.now() - age).timestamp())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, "msg_1", at, payload),
        "content-type": "application/json",
    }
    return api.anonymous.post(STATUS, content=body or payload, headers=headers)


def completed(reference: str) -> dict[str, Any]:
    return {"reference": reference, "status": "COMPLETED", "numberOfPages": 2, "pagesSentSuccessfully": 2}


def test_a_carriers_confirmation_raises_the_evidence_and_nothing_else(api: Api) -> None:
    before = faxed(api)
    reference = reference_of(api, before["id"])
    for _ in range(2):  # carriers repeat their reports
        assert report(api, completed(reference)).status_code == 204
    after = api.client.get(f"/v1/authorizations/{before['id']}").json()
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"updated_at"} == {"evidence"}
    assert after["evidence"] == "carrier_accepted"


def test_a_failed_fax_is_put_before_a_person(api: Api) -> None:
    before = faxed(api)
    said = {"reference": reference_of(api, before["id"]), "status": "FAILURE", "errorType": "BUSY"}
    assert report(api, said).status_code == 204
    (item,) = api.client.get("/v1/work-items").json()
    assert (item["transaction_id"], item["kind"]) == (before["id"], "carrier_failed")


def test_a_report_that_was_not_signed_with_our_secret_is_refused(api: Api) -> None:
    said = completed(reference_of(api, faxed(api)["id"]))
    other = "whsec_" + base64.b64encode(b"another secret that has 32 bytes").decode()
    problem(report(api, said, secret=other), 401, "unauthorized")
    problem(report(api, said, body=b'{"reference":"changed"}'), 401, "unauthorized")
    problem(api.anonymous.post(STATUS, json=said), 401, "unauthorized")
    problem(api.client.post(STATUS, json=said), 401, "unauthorized")  # an API key is no carrier's signature


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=400)])
def test_an_old_report_is_refused_as_a_replay(api: Api, age: timedelta) -> None:
    problem(report(api, completed("PWX"), age=age), 401, "unauthorized")


def test_a_reference_that_is_not_ours_is_not_found(api: Api) -> None:
    answer = report(api, completed("PWNOTOURSATALL"))
    problem(answer, 404, "not-found")
    assert "PWNOTOURS" not in answer.text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], [""]),
        ({"status": "COMPLETED"}, ["/reference"]),
        ({"reference": "PWX", "status": "ELSEWHERE"}, ["/status"]),
        ({"reference": "PWX", "status": "COMPLETED", "numberOfPages": -1}, ["/numberOfPages"]),
    ],
)
def test_a_signed_report_that_is_none_is_told_by_its_place(api: Api, said: object, expected: list[str]) -> None:
    assert pointers(problem(report(api, said), 422, "invalid-request")) == expected


def test_a_reference_that_no_database_takes_is_not_a_fault_of_ours(api: Api) -> None:
    problem(report(api, completed("PW\x00")), 404, "not-found")


def test_without_a_carriers_secret_the_door_is_shut(api: Api) -> None:
    shut = TestClient(create_app(api.world.services))
    problem(shut.post(STATUS, json=completed("PWX")), 401, "unauthorized")


def test_health_says_when_something_is_due(api: Api) -> None:
    assert api.anonymous.get("/health").json() == {"status": "ok", "next_due_at": None}
    api.authorize(SMALL_AUTHORIZATION, Prefer="respond-async")
    assert api.anonymous.get("/health").json()["next_due_at"] == api.world.clock.now().isoformat()


def test_metrics_name_actions_and_nobody(api: Api) -> None:
    posted = api.authorize(SMALL_AUTHORIZATION).json()
    answer = api.anonymous.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    for value in ("AVERY", "EX0000001", "1234567893", posted["id"], posted["payer_id"], "practice"):
        assert value not in answer.text


def test_payers_are_listed_with_what_they_take(api: Api) -> None:
    payers = {each["id"]: each for each in api.client.get("/v1/payers").json()}
    assert set(payers) == set(api.world.services.profiles)
    assert payers["northwind-health"]["transactions"] == ["attachment", "authorization", "eligibility", "inquiry"]


def test_the_documents_stand_where_people_look(api: Api) -> None:
    for path in ("/docs", "/redoc"):
        page = api.anonymous.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


def document(api: Api) -> dict[str, Any]:
    return dict(api.anonymous.get("/openapi.json").json())


def test_every_failure_is_described_as_a_problem_document(api: Api) -> None:
    described = document(api)
    for path, operations in described["paths"].items():
        for operation in operations.values():
            failures = {status: each for status, each in operation["responses"].items() if status[0] in "45d"}
            assert {"422", "default"} <= set(failures), path
            assert ("security" in operation) == ("401" in failures) == ("403" in failures), path
            for failure in failures.values():
                assert failure["content"] == {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert "HTTPValidationError" not in json.dumps(described)
    assert set(described["components"]["schemas"]["Problem"]["properties"]) == {
        "type", "title", "status", "detail", "correlation_id", "errors",
    }  # fmt: skip


def test_every_reference_of_the_document_leads_somewhere(api: Api) -> None:
    described = document(api)

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                assert part["$ref"].removeprefix("#/components/schemas/") in described["components"]["schemas"]
            for each in part.values():
                walk(each)
        elif isinstance(part, list):
            for each in part:
                walk(each)

    walk(described)


def test_the_examples_are_taken_as_they_stand(api: Api) -> None:
    schemas = document(api)["components"]["schemas"]
    paths = {"AuthorizationIn": "authorizations", "EligibilityIn": "eligibility-checks", "SubscriptionIn": "webhooks"}
    for name, path in paths.items():
        for body in schemas[name]["examples"]:
            assert api.client.post(f"/v1/{path}", json=body).status_code == 201, name
    assert len(schemas["CompletionIn"]["examples"]) == 2


def test_a_correlation_id_is_kept_where_it_is_one(api: Api) -> None:
    given = "0f1e2d3c-visit-1042"
    assert api.client.get("/health", headers={"X-Correlation-Id": given}).headers["x-correlation-id"] == given
    for wrong in ("short", "x" * 65, "with blank 12", "set-cookie:x=1;;;", "\u00fcmlaut-12345"):
        answer = api.client.get("/health", headers=[(b"X-Correlation-Id", wrong.encode("latin-1"))])
        assert len(answer.headers["x-correlation-id"]) == 36
