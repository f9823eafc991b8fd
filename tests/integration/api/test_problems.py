"""One shape for every failure, whatever failed."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import TypeAdapter

from priorwire import errors
from priorwire.api.body_limit import MAX_BODY_BYTES
from priorwire.api.problems import STATUS, status_of
from priorwire.api.schemas.examples import FULL_AUTHORIZATION, SMALL_AUTHORIZATION
from priorwire.api.schemas.requests import AuthorizationIn
from priorwire.errors import Fault, PriorwireError
from priorwire.model.authorization import AuthorizationRequest
from tests import maximal
from tests.integration.api.conftest import Api, pointers, problem


def classes(kind: type[PriorwireError] = PriorwireError) -> Iterator[type[PriorwireError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from classes(each)


def made(kind: type[PriorwireError]) -> PriorwireError:
    if issubclass(kind, errors.InvalidRequest):
        return kind((Fault(pointer="/services/0", code="required", detail="This is required."),))
    return kind()


def failing(api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception) -> Response:
    """What is answered when a use case ends with `error`."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("priorwire.api.routes.authorizations.submit_authorization", fail)
    return api.authorize(SMALL_AUTHORIZATION)


@pytest.mark.parametrize("kind", sorted(set(classes()), key=str))
def test_every_class_of_ours_has_a_status_and_the_one_shape(
    api: Api, monkeypatch: pytest.MonkeyPatch, kind: type[PriorwireError]
) -> None:
    slug = "".join(f"-{each.lower()}" if each.isupper() else each for each in kind.__name__).strip("-")
    slug = {"LocalX12Error": "local-x12-error"}.get(kind.__name__, slug)
    body = problem(failing(api, monkeypatch, made(kind)), int(status_of(made(kind))), slug)
    assert body["detail"] == made(kind).message
    if issubclass(kind, errors.RouteError):
        assert pointers(body) == ["/payer_id"]


def test_no_class_of_the_table_is_unknown_to_the_tree() -> None:
    assert set(STATUS) <= set(classes())


def test_what_nobody_foresaw_is_told_without_its_text(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = failing(api, monkeypatch, ValueError("member EXAMPLEVALUE is odd"))
    body = problem(answer, 500, "fault")
    assert "EXAMPLEVALUE" not in answer.text
    (record,) = [each for each in caplog.records if getattr(each, "action", "") == "api_fault"]
    assert record.__dict__["error"] == "ValueError"
    assert record.__dict__["subject"] == body["correlation_id"]
    assert record.__dict__["place"].startswith("fail:")
    assert all("EXAMPLEVALUE" not in str(each.__dict__) for each in caplog.records)


FRAMEWORK: list[tuple[Callable[[TestClient], Response], int, str]] = [
    (lambda client: client.get("/v1/nowhere"), 404, "not-found"),
    (lambda client: client.get("/v1/authorizations/"), 404, "not-found"),
    (lambda client: client.delete("/v1/authorizations"), 405, "method-not-allowed"),
    (lambda client: client.post("/health"), 405, "method-not-allowed"),
]


@pytest.mark.parametrize(("call", "status", "slug"), FRAMEWORK)
def test_the_frameworks_refusals_have_the_shape_as_well(
    api: Api, call: Callable[[TestClient], Response], status: int, slug: str
) -> None:
    problem(call(api.client), status, slug)


def test_a_wrong_method_is_told_every_right_one(api: Api) -> None:
    assert api.client.delete("/v1/authorizations").headers["allow"] == "GET, POST"


def post(api: Api, content: bytes, content_type: str = "application/json") -> Response:
    return api.client.post("/v1/authorizations", content=content, headers={"content-type": content_type})


@pytest.mark.parametrize("content", [b"{", b"", b"null", b"[]", b'"text"', b"NaN", b"\xef\xbb\xbf{}x", b"{'a': 1}"])
def test_a_body_that_is_no_json_object_is_a_fault_of_the_whole(api: Api, content: bytes) -> None:
    assert pointers(problem(post(api, content), 422, "invalid-request")) == [""]


@pytest.mark.parametrize("content", [b"\x80", b"[" * 100_000, b'{"payer_id": ' + b"9" * 5000 + b"}", b'{"\xff": 1}'])
def test_a_body_that_no_parser_takes_is_a_bad_request(api: Api, content: bytes) -> None:
    problem(post(api, content), 400, "bad-request")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_a_body_of_another_type_is_told_which_one_is_wanted(api: Api, content_type: str) -> None:
    body = problem(post(api, b'{"payer_id": "x"}', content_type), 422, "invalid-request")
    assert "application/json" in body["errors"][0]["detail"]


def chunks(total: int) -> Iterator[bytes]:
    for _ in range(0, total, 65536):
        yield b" " * 65536


def test_a_body_that_is_too_large_is_refused_by_its_length_and_by_its_bytes(api: Api) -> None:
    problem(post(api, b" " * (MAX_BODY_BYTES + 1)), 413, "request-entity-too-large")
    streamed = api.client.post(
        "/v1/authorizations", content=chunks(2 * MAX_BODY_BYTES), headers={"content-type": "application/json"}
    )
    problem(streamed, 413, "request-entity-too-large")
    problem(post(api, b" " * MAX_BODY_BYTES), 422, "invalid-request")


def changed(**more: Any) -> dict[str, Any]:
    return FULL_AUTHORIZATION | more


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["/payer_id", "/requester", "/subscriber", "/services", "/diagnoses"]),
        (changed(payer_id="nobody"), ["/payer_id"]),
        (changed(payer_id="nobody", urgency="soon"), ["/urgency", "/payer_id"]),
        (changed(requester={"organization": "EXAMPLE"}), ["/requester/npi"]),
        (changed(requester={"npi": "1234567890"}), ["/requester/npi", "/requester"]),
        (changed(requester={"organization": "EXAMPLE", "person": {"last": "A", "first": "B"}}), ["/requester"]),
        (changed(requester={"organization": "EXAMPLE", "npi": "1234567893", "person": {"last": "A"}}),
         ["/requester/person/first", "/requester"]),
        (changed(subscriber={"member_id": "A*B", "name": {"last": "\u65e5\u672c", "first": "A"}}),
         ["/subscriber/member_id", "/subscriber/name/last", "/subscriber/birth_date"]),
        (changed(subscriber={**FULL_AUTHORIZATION["subscriber"], "birth_date": "2990-01-01"}),
         ["/subscriber/birth_date"]),
        (changed(diagnoses=[], services=[{"procedure": {"code": "72148"}, "quantity": {"value": "-1"}}]),
         ["/services/0/quantity/value", "/diagnoses"]),
        (changed(diagnoses=FULL_AUTHORIZATION["diagnoses"][:1] * 13), ["/diagnoses"]),
        (changed(services=FULL_AUTHORIZATION["services"] * 100), ["/services"]),
        (changed(services=[{"procedure": {"code": "72148", "system": "other"}}]), ["/services/0/procedure/system"]),
        (changed(service_type="ZZ"), ["/service_type"]),
        (changed(event_dates={"start": "2026-12-14", "end": "2026-12-13"}), ["/event_dates/end"]),
        (changed(kind="extension"), ["/previous_authorization_number"]),
        (changed(kind="extension", urgency="soon", note="^^"), ["/urgency", "/note", "/previous_authorization_number"]),
        (changed(note="%" * 40), ["/note"]),
        (changed(note="x" * 265, dependent={"name": {"last": "", "first": "A"}}), ["/dependent/name/last", "/note"]),
        (changed(client_reference="line\nbreak"), ["/client_reference"]),
        (changed(diagnoses=FULL_AUTHORIZATION["diagnoses"][:1] * 2), ["/diagnoses"]),
        (changed(services=[{"procedure": {"code": "72148"},
                            "providers": [{"organization": "X", "role": "attending"}]}]),
         ["/services/0/providers/0/role"]),
        (changed(services=[{"procedure": {"code": "D0120", "system": "cdt"},
                            "quantity": {"value": "30", "unit": "minutes"}}]), ["/services/0/quantity"]),
        (changed(memberId="EX1"), ["/memberId"]),
        (changed(corrects="elig_1"), ["/corrects"]),
    ],
)  # fmt: skip
def test_every_fault_is_in_one_document_by_its_place(api: Api, body: dict[str, Any], expected: list[str]) -> None:
    answer = api.authorize(body)
    slug = "unknown-payer" if expected == ["/payer_id"] else "invalid-request"
    assert pointers(problem(answer, 422, slug)) == expected
    assert api.world.core.sent == []


def whole_bodies() -> list[dict[str, Any]]:
    """Requests with every part, without what the door refuses beside them."""
    bodies = []
    for request in maximal.requests():
        body = TypeAdapter(AuthorizationRequest).dump_python(request, mode="json", exclude_defaults=True)
        body |= {"payer_id": "northwind-health", "requester": FULL_AUTHORIZATION["requester"]}
        body["subscriber"].pop("birth_order")
        acting = [each for line in body["services"] for each in line.get("providers", ())]
        for provider in body["providers"] + acting:
            provider.pop("taxonomy", None)
        bodies.append(body)
    return bodies


def places(part: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a body whose value is a single one."""
    if isinstance(part, dict | list):
        for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from places(inner, (*at, step))
    else:
        yield at


def spoiled(body: dict[str, Any], at: tuple[str | int, ...]) -> dict[str, Any]:
    changed_body = inner = copy.deepcopy(body)
    for step in at[:-1]:
        inner = inner[step]  # type: ignore[index]  # lists by their numbers
    inner[at[-1]] = {"no": "such thing"}  # type: ignore[index]
    return changed_body


@pytest.mark.parametrize("number", range(3))
def test_a_fault_anywhere_hides_none_of_the_payers(api: Api, number: int) -> None:
    """Each single value of a whole request is spoiled in turn: what the payer finds in other parts stays as it was."""
    body = whole_bodies()[number] | {"kind": "initial"}
    AuthorizationIn.model_validate(body)
    body["requester"] = {"organization": "EXAMPLE"}
    before = set(pointers(problem(api.authorize(body), 422, "invalid-request")))
    assert "/requester/npi" in before
    for at in places(body):
        if at[0] not in {"requester", "payer_id"}:
            told = set(pointers(problem(api.authorize(spoiled(body, at)), 422, "invalid-request")))
            wrong = "".join(f"/{step}" for step in at)
            assert any(f"{wrong}/".startswith(f"{each}/") or each.startswith(f"{wrong}/") for each in told), wrong
            part = "".join(f"/{step}" for step in (at[:2] if isinstance(body[str(at[0])], list) else at[:1]))
            apart = [each for each in before ^ told if not f"{wrong}/".startswith(f"{each}/")]
            assert [each for each in apart if not f"{each}/".startswith(f"{part}/")] == [], wrong


def test_a_key_that_might_be_a_value_is_not_repeated(api: Api) -> None:
    for key in ("AVERY EXAMPLE", "EX0000001", "a" * 41, "\ud800", "\x00", "slash/and~tilde"):
        answer = post(api, b'{"' + key.encode("ascii", "backslashreplace") + b'": 1}') if key != "\x00" else None
        if answer is not None:
            body = problem(answer, 422, "invalid-request")
            assert key not in pointers(body)
            assert "" in pointers(body)


def test_an_unknown_payer_is_told_which_ones_there_are(api: Api) -> None:
    body = problem(api.authorize(changed(payer_id="nobody-health")), 422, "unknown-payer")
    assert "northwind-health" in body["detail"]
    assert "nobody-health" not in body["detail"]


def test_dates_in_the_past_are_reviewed_as_well(api: Api) -> None:
    """Retrospective reviews exist: when something was done is no fault of a request."""
    assert api.authorize(changed(event_dates={"start": "2020-01-01"})).status_code == 201


def test_names_beyond_ascii_are_spelled_and_sent(api: Api) -> None:
    subscriber = FULL_AUTHORIZATION["subscriber"] | {"name": {"last": "Mu\u0308ller-\u00d8rsted", "first": "Zo\u00eb"}}
    posted = api.authorize(changed(subscriber=subscriber))
    assert posted.status_code == 201
    assert b"*MULLER-ORSTED*ZOE*" in api.world.core.sent[0].payload
