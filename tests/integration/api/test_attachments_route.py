"""Documents to a review over HTTP: attached, listed, refused by their place, reported by a person."""

from __future__ import annotations

import base64
import copy
from typing import Any

import pytest
from httpx2 import Response

from priorwire.api.schemas.examples import SMALL_AUTHORIZATION
from priorwire.gateway.ways import Uncertain
from tests.integration.api.conftest import Api, pointers, problem

PDF = base64.b64encode(b"%PDF-1.7 an example page").decode()


def authorized(api: Api, ending: str = "APPROVE", **more: object) -> dict[str, Any]:
    body = copy.deepcopy(SMALL_AUTHORIZATION)
    body["subscriber"]["member_id"] = f"EX0000001{ending}"
    body |= {"attachments": [{"report_type": "RR"}], **more}
    found: dict[str, Any] = api.authorize(body).json()
    return found


def attach(api: Api, mine: dict[str, Any], body: dict[str, Any], **headers: str) -> Response:
    return api.client.post(f"/v1/authorizations/{mine['id']}/attachments", json=body, headers=headers)


def test_a_document_is_sent_and_listed_with_where_it_stands(api: Api) -> None:
    mine = authorized(api)
    answer = attach(api, mine, {"content": PDF, "announced": 0, "description": "report of the MRI"})
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert (document["state"], document["evidence"]) == ("acknowledged", "payer_acknowledged")
    assert (document["report_type"], document["solicited"], document["size"]) == ("RR", False, 24)
    assert document["simulated"] is True
    listed = api.client.get(answer.headers["Location"])
    assert listed.json() == [document]


def test_a_pend_is_answered_and_then_approved(api: Api) -> None:
    mine = authorized(api, "PENDINFO")
    assert mine["record"]["requested_documents"]
    document = attach(api, mine, {"text": "EXAMPLE: what the payer asked.", "loinc": "18776-5"}).json()
    assert (document["state"], document["solicited"]) == ("acknowledged", True)
    assert document["content_type"] == "text/plain"


def test_the_same_key_sends_once_and_says_so(api: Api) -> None:
    mine = authorized(api)
    key = {"Idempotency-Key": "document-1"}
    first, again = attach(api, mine, {"content": PDF}, **key), attach(api, mine, {"content": PDF}, **key)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    problem(attach(api, mine, {"text": "another"}, **key), 422, "idempotency-conflict")
    problem(attach(api, mine, {"content": PDF}), 409, "conflict")


def test_a_queued_document_is_sent_later(api: Api) -> None:
    mine = authorized(api)
    answer = attach(api, mine, {"content": PDF}, Prefer="respond-async")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    api.world.tick()
    assert api.client.get(answer.headers["Location"]).json()[0]["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"content": "not base64!"}, "/content"),
        ({"content": base64.b64encode(b"MZ a program").decode()}, "/content"),
        ({"content": ""}, "/content"),
        ({"content": PDF, "announced": 7}, "/announced"),
        ({"content": PDF, "control_number": "NOBODYS"}, "/control_number"),
        ({"content": PDF, "announced": -1}, "/announced"),
        ({"content": PDF, "loinc": "a name"}, "/loinc"),
        ({"content": PDF, "text": "both"}, "/text"),
        ({"announced": 0}, "/content"),
        ({"text": "   "}, "/text"),
    ],
)
def test_a_fault_is_told_by_its_place(api: Api, body: dict[str, Any], pointer: str) -> None:
    mine = authorized(api)
    assert pointers(problem(attach(api, mine, body), 422, "invalid-request")) == [pointer]


def test_a_document_larger_than_a_payer_takes_is_refused(api: Api) -> None:
    mine = authorized(api)
    large = base64.b64encode(b"%PDF-" + bytes(10 * 1024 * 1024)).decode()
    assert pointers(problem(attach(api, mine, {"content": large}), 422, "invalid-request")) == ["/content"]
    problem(attach(api, mine, {"content": "A" * (17 * 1024 * 1024)}), 413, "request-entity-too-large")


def test_a_person_reports_what_the_payer_said(api: Api) -> None:
    mine = authorized(api)
    api.world.core.fates = [lambda _message, _payload: Uncertain(detail="cut")]
    document = attach(api, mine, {"content": PDF}).json()
    assert document["state"] == "uncertain"
    item = api.client.get(f"/v1/work-items/{document['work_item_id']}").json()
    assert (item["kind"], item["state"]) == ("document", "open")
    door = f"/v1/authorizations/{mine['id']}/attachments/{document['id']}/report"
    reported = api.client.post(door, json={"payer_has_it": True}).json()
    assert (reported["state"], reported["work_item_id"]) == ("sent", None)
    assert api.client.get(f"/v1/work-items/{item['id']}").json()["state"] == "done"
    problem(api.client.post(door, json={"payer_has_it": True}), 409, "illegal-transition")


def test_a_document_belongs_to_its_authorization(api: Api) -> None:
    mine, other = authorized(api), authorized(api, "1APPROVE")
    document = attach(api, mine, {"content": PDF}).json()
    for door in (
        f"/v1/authorizations/{other['id']}/attachments/{document['id']}/report",
        f"/v1/authorizations/{mine['id']}/attachments/att_1/report",
    ):
        problem(api.client.post(door, json={"payer_has_it": True}), 404, "not-found")
    stranger = api.caller(tenant="another")
    problem(stranger.get(f"/v1/authorizations/{mine['id']}/attachments"), 404, "not-found")
