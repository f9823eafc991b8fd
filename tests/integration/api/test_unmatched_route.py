"""The unmatched inbox over HTTP: looked at, joined with a warning, dismissed, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from priorwire.api.schemas.examples import FULL_AUTHORIZATION
from tests.integration.api.conftest import Api, pointers, problem
from tests.integration.gateway.replies import renumbered
from tests.integration.gateway.test_strange_answers import answered

ITEM = "/v1/unmatched/{}"
RESOLUTION = "/v1/unmatched/{}/resolution"


def two_and_a_stranger(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    """A request, and an answer beside its own that names nothing of ours."""

    def with_a_stranger(_ours: bytes, answer: bytes) -> bytes:
        return answer + renumbered(answer.replace(b"TRN*2*PT", b"TRN*2*ZZ").replace(b"*PW", b"*ZZ"), 777)

    world = api.world
    world.core.fates = [answered(world, with_a_stranger)]
    world.rest.fates = [answered(world, with_a_stranger)]
    posted = api.authorize(FULL_AUTHORIZATION)
    assert posted.status_code in (200, 201, 202), posted.text
    (waiting,) = api.client.get("/v1/unmatched").json()
    return posted.json(), waiting


def test_it_is_listed_and_shown_with_what_agrees_and_what_speaks_against(api: Api) -> None:
    row, waiting = two_and_a_stranger(api)
    assert (waiting["state"], waiting["resolved_by"]) == ("open", None)
    shown = api.client.get(ITEM.format(waiting["id"])).json()
    assert shown["kind"] == "278-response"
    (nearest, *_) = shown["compared"]
    assert nearest["transaction_id"] == row["id"]
    assert "Its reference" not in str(shown), "sentences are the caller's to make"
    assert any("reference" in each for each in nearest["against"])
    assert api.client.get("/v1/unmatched", params={"state": "joined"}).json() == []


def test_a_join_is_confirmed_done_once_and_taken_back(api: Api) -> None:
    row, waiting = two_and_a_stranger(api)
    at = RESOLUTION.format(waiting["id"])
    body = {"action": "join", "transaction_id": row["id"]}
    refused = problem(api.client.post(at, json=body), 422, "invalid-request")
    assert set(pointers(refused)) == {"/confirm"}
    joined = api.client.post(at, json=body | {"confirm": True})
    assert (joined.status_code, joined.json()["state"]) == (200, "joined"), joined.text
    assert (joined.json()["resolved_by"], joined.json()["transaction_id"]) == ("tests", row["id"])
    problem(api.client.post(at, json=body | {"confirm": True}), 409, "conflict")
    assert api.client.get("/v1/unmatched").json() == []
    assert len(api.client.get("/v1/unmatched", params={"state": "all"}).json()) == 1
    undone = api.client.delete(at)
    assert (undone.status_code, undone.json()["state"]) == (200, "open")
    problem(api.client.delete(at), 409, "conflict")


def test_a_dismissal_needs_a_reason_and_keeps_it(api: Api) -> None:
    _, waiting = two_and_a_stranger(api)
    at = RESOLUTION.format(waiting["id"])
    assert pointers(problem(api.client.post(at, json={"action": "dismiss"}), 422, "invalid-request")) == ["/reason"]
    done = api.client.post(at, json={"action": "dismiss", "reason": "Another practice's."})
    assert (done.json()["state"], done.json()["note"]) == ("dismissed", "Another practice's.")
    assert api.client.delete(at).json()["note"] is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["/action"]),
        ({"action": "join"}, ["/transaction_id"]),
        ({"action": "guess", "transaction_id": "auth_1"}, ["/action"]),
        ({"action": "join", "transaction_id": "../1"}, ["/transaction_id"]),
    ],
)
def test_what_is_missing_is_told_by_its_place(api: Api, body: dict[str, Any], expected: list[str]) -> None:
    _, waiting = two_and_a_stranger(api)
    said = problem(api.client.post(RESOLUTION.format(waiting["id"]), json=body), 422, "invalid-request")
    assert pointers(said) == expected


def test_another_tenant_sees_and_resolves_nothing(api: Api) -> None:
    row, waiting = two_and_a_stranger(api)
    theirs = api.caller(tenant="another-practice")
    assert theirs.get("/v1/unmatched").json() == []
    at = RESOLUTION.format(waiting["id"])
    problem(theirs.get(ITEM.format(waiting["id"])), 404, "not-found")
    problem(theirs.post(at, json={"action": "join", "transaction_id": row["id"], "confirm": True}), 404, "not-found")
    problem(theirs.delete(at), 404, "not-found")


def test_a_reader_resolves_nothing(api: Api) -> None:
    _, waiting = two_and_a_stranger(api)
    reader = api.caller(scopes=frozenset({"work.read"}))
    assert reader.get(ITEM.format(waiting["id"])).status_code == 200
    problem(reader.delete(RESOLUTION.format(waiting["id"])), 403, "forbidden")
