"""Using an authorization: recording, voiding, counting, comparing a claim, finding by member and day."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from priorwire.api.schemas.examples import CLAIM, SEARCH, SMALL_AUTHORIZATION, SMALL_ELIGIBILITY, USE
from priorwire.store.tables import AUDIT
from tests.integration.api.conftest import Api, pointers, problem
from tests.integration.gateway.conftest import TENANT

MEMBER = "EX0000009APPROVE"


def authorized(api: Api, ending: str = "APPROVE", quantity: str = "6", **more: Any) -> dict[str, Any]:
    body = copy.deepcopy(SMALL_AUTHORIZATION) | {
        "event_dates": {"start": "2026-12-14", "end": "2026-12-31"},
        "services": [{"procedure": {"code": "97110"}, "quantity": {"value": quantity, "unit": "visits"}}],
    }
    body["subscriber"]["member_id"] = f"EX0000009{ending}"
    posted = api.authorize(body | more)
    assert posted.status_code in {201, 202}, posted.text
    found: dict[str, Any] = posted.json()
    return found


def used(value: str = "2", **more: Any) -> dict[str, Any]:
    return {
        "on": "2026-12-15",
        "procedure": {"code": "97110"},
        "quantity": {"value": value, "unit": "visits"},
    } | more


def claimed(number: str | None, value: str = "2", **more: Any) -> dict[str, Any]:
    return {
        "procedure": {"code": "97110"},
        "dates": {"start": "2026-12-15"},
        "quantity": {"value": value, "unit": "visits"},
        "authorization_number": number,
    } | more


def ledger(api: Api, authorization: dict[str, Any]) -> dict[str, Any]:
    answer = api.client.get(f"/v1/authorizations/{authorization['id']}/ledger")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def record(api: Api, authorization: dict[str, Any], body: dict[str, Any], **headers: str) -> Any:
    return api.client.post(f"/v1/authorizations/{authorization['id']}/uses", json=body, headers=headers)


def match(api: Api, authorization: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    answer = api.client.post(f"/v1/authorizations/{authorization['id']}/claim-match", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_use_is_taken_from_what_is_left_and_comes_back_when_voided(api: Api) -> None:
    mine = authorized(api)
    recorded = record(api, mine, used(claim_reference="claim-1"))
    assert recorded.status_code == 201
    (line,) = ledger(api, mine)["lines"]
    assert (line["approved"]["value"], line["used"][0]["value"], line["left"]["value"]) == ("6", "2", "4")
    assert line["authorization_number"] == mine["record"]["authorization_number"]

    void = f"/v1/authorizations/{mine['id']}/uses/{recorded.json()['id']}/void"
    first, again = api.client.post(void), api.client.post(void)
    assert first.json() == again.json()
    assert first.json()["voided_by"] == "tests"
    after = ledger(api, mine)
    assert (after["lines"][0]["used"], after["lines"][0]["left"]["value"]) == ([], "6")
    assert [each["voided_at"] is not None for each in after["uses"]] == [True]


def test_a_use_that_fits_nothing_is_recorded_and_shown(api: Api) -> None:
    mine = authorized(api)
    recorded = record(api, mine, USE).json()
    found = ledger(api, mine)
    assert found["unassigned"] == [recorded["id"]]
    assert found["lines"][0]["left"]["value"] == "6"


def test_too_much_used_is_not_hidden(api: Api) -> None:
    mine = authorized(api)
    record(api, mine, used("5"))
    record(api, mine, used("5"))
    line = ledger(api, mine)["lines"][0]
    assert (line["left"]["value"], line["is_overdrawn"]) == ("-4", True)


def test_the_same_key_records_once(api: Api) -> None:
    mine, other = authorized(api), authorized(api, "1APPROVE")
    headers = {"Idempotency-Key": "charge-1"}
    first, again = record(api, mine, used("2"), **headers), record(api, mine, used("2.00"), **headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    problem(record(api, mine, used("3"), **headers), 422, "idempotency-conflict")
    problem(record(api, other, used("2"), **headers), 422, "idempotency-conflict")
    asking = api.authorize(copy.deepcopy(SMALL_AUTHORIZATION), **headers)
    problem(asking, 422, "idempotency-conflict")
    assert len(ledger(api, mine)["uses"]) == 1


def test_a_claim_is_compared_and_nothing_is_changed(api: Api) -> None:
    mine = authorized(api)
    number = mine["record"]["authorization_number"]
    record(api, mine, used("5", claim_reference="claim-1"))
    before = ledger(api, mine)
    assert match(api, mine, claimed(number, "5", claim_reference="claim-1"))["matches"] is True
    wrong = match(api, mine, claimed("ANOTHER", "2", dates={"start": "2027-02-01"}))
    assert wrong["matches"] is False
    assert {each["kind"] for each in wrong["mismatches"]} >= {"units_exceed_left", "number_differs"}
    assert "not say that it will be paid" in wrong["notice"]
    assert ledger(api, mine) == before


def test_a_denied_or_pending_authorization_matches_no_claim(api: Api) -> None:
    for ending in ("DENY", "PENDREVIEW"):
        found = match(api, authorized(api, ending), claimed(None))
        assert [each["kind"] for each in found["mismatches"]][:1] == ["not_approved"]


def test_before_the_payer_answers_there_is_a_ledger_of_what_was_asked_for(api: Api) -> None:
    body = copy.deepcopy(SMALL_AUTHORIZATION)
    body["subscriber"]["member_id"] = MEMBER
    queued = api.authorize(body, Prefer="respond-async").json()
    found = ledger(api, queued)
    assert (found["status"], found["lines"][0]["approved"], found["lines"][0]["left"]) == ("unknown", None, None)


def test_a_member_s_authorizations_are_found_by_day(api: Api) -> None:
    mine, later = authorized(api), authorized(api, event_dates={"start": "2027-03-01", "end": "2027-03-31"})
    authorized(api, "2APPROVE")

    def found(**body: Any) -> list[str]:
        answer = api.client.post("/v1/authorizations/search", json=body)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()]

    assert found(member_id=MEMBER) == [later["id"], mine["id"]]
    assert found(member_id=MEMBER, service_date="2026-12-20") == [mine["id"]]
    assert found(member_id=MEMBER, service_date="2027-03-31") == [later["id"]]
    assert found(member_id=MEMBER, service_date="2027-01-15") == []
    assert found(member_id=MEMBER, payer_id="cascadia-mutual") == []
    assert found(member_id="EX0000009") == []
    theirs = api.caller(tenant="another-practice").post("/v1/authorizations/search", json={"member_id": MEMBER})
    assert theirs.json() == []


def test_nobody_else_uses_or_voids_it(api: Api) -> None:
    mine, other = authorized(api), authorized(api, "1APPROVE")
    recorded = record(api, mine, used()).json()
    theirs = api.caller(tenant="another-practice")
    for path in ("ledger",):
        problem(theirs.get(f"/v1/authorizations/{mine['id']}/{path}"), 404, "not-found")
    problem(theirs.post(f"/v1/authorizations/{mine['id']}/uses", json=used()), 404, "not-found")
    problem(theirs.post(f"/v1/authorizations/{mine['id']}/claim-match", json=claimed(None)), 404, "not-found")
    void = f"uses/{recorded['id']}/void"
    problem(theirs.post(f"/v1/authorizations/{mine['id']}/{void}"), 404, "not-found")
    problem(api.client.post(f"/v1/authorizations/{other['id']}/{void}"), 404, "not-found")
    assert ledger(api, mine)["uses"][0]["voided_at"] is None


def test_recording_and_voiding_stand_in_the_audit_trail(api: Api, store_url: str) -> None:
    mine = authorized(api)
    recorded = record(api, mine, used()).json()
    api.client.post(f"/v1/authorizations/{mine['id']}/uses/{recorded['id']}/void")
    engine = create_engine(store_url)
    with engine.connect() as connection:
        chosen = select(AUDIT.c.action).where(AUDIT.c.tenant == TENANT, AUDIT.c.subject == recorded["id"])
        found = connection.execute(chosen.order_by(AUDIT.c.position)).scalars().all()
    engine.dispose()
    assert found == ["use.recorded", "use.voided"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (used(value="0"), "/quantity/value"),
        (used(provider_npi="1234567890"), "/provider_npi"),
        (used(place_of_service="1"), "/place_of_service"),
        (used(note="x"), "/note"),
        ({"on": "2026-12-15"}, "/procedure"),
    ],
)
def test_a_use_that_cannot_be_is_refused_by_its_place(api: Api, body: dict[str, Any], pointer: str) -> None:
    assert pointer in pointers(problem(record(api, authorized(api), body), 422, "invalid-request"))


def test_the_examples_of_the_document_are_taken(api: Api) -> None:
    mine = authorized(api)
    assert record(api, mine, USE).status_code == 201
    assert match(api, mine, CLAIM)["matches"] is False
    assert api.client.post("/v1/authorizations/search", json=SEARCH).status_code == 200


# --- is an authorization required? ----------------------------------------------------------------------------


def test_the_answer_to_a_check_is_asked_about_a_service(api: Api) -> None:
    check = api.client.post(
        "/v1/eligibility-checks", json=SMALL_ELIGIBILITY | {"procedures": [{"code": "70553"}, {"code": "99213"}]}
    ).json()
    needs = {each["procedure"]["code"]: each["answer"] for each in check["authorization_needs"]}
    path = f"/v1/eligibility-checks/{check['id']}/authorization-need"
    for code, said in needs.items():
        answer = api.client.get(path, params={"procedure": code, "network": "in"}).json()
        assert answer["answer"] in {said, "no"}
        for index in answer["because"]:
            assert check["record"]["benefits"][index]["authorization_required"] != "not_stated"
    assert (needs["70553"], check["authorization_required"]) == ("yes", "yes")
    assert api.client.get(path, params={"procedure": "00000"}).json()["answer"] in {"not_stated", "unknown", "no"}


def test_a_check_is_summed_up(api: Api) -> None:
    check = api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY).json()
    summary = check["summary"]
    assert summary["status"] == check["status"] == "active"
    assert summary["status_because"]


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({}, "/query/procedure"),
        ({"procedure": "*"}, "/query/procedure"),
        ({"procedure": "70553", "network": "both"}, "/query/network"),
        ({"service_type": "98", "place_of_service": "x"}, "/query/place_of_service"),
        ({"procedure": "70553", "member_id": "EX1"}, "/query"),
    ],
)
def test_a_question_that_names_no_service_is_refused(api: Api, params: dict[str, str], pointer: str) -> None:
    check = api.client.post("/v1/eligibility-checks", json=SMALL_ELIGIBILITY).json()
    answer = api.client.get(f"/v1/eligibility-checks/{check['id']}/authorization-need", params=params)
    assert pointer in pointers(problem(answer, 422, "invalid-request"))


def test_an_unanswered_check_says_nothing_of_a_need(api: Api) -> None:
    check = api.client.post(
        "/v1/eligibility-checks", json=SMALL_ELIGIBILITY, headers={"Prefer": "respond-async"}
    ).json()
    path = f"/v1/eligibility-checks/{check['id']}/authorization-need"
    problem(api.client.get(path, params={"service_type": "98"}), 409, "conflict")
