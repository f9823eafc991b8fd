"""Every door asks for a key with a scope, but for those that are named here."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.routing import iter_route_contexts

from priorwire.gateway.api_keys import SCOPES
from tests.integration.api.conftest import Api, problem

#: What needs no key: nobody's data stands there, or (the fax carrier's door) a signature is the key.
OPEN = {
    ("GET", "/health"),
    ("GET", "/metrics"),
    ("POST", "/v1/inbound/fax-status"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/oauth2-redirect"),
    ("GET", "/redoc"),
}


#: POSTs that only look: what they ask with may not stand in an address.
LOOKING = {("POST", "/v1/authorizations/search"), ("POST", "/v1/authorizations/{authorization_id}/claim-match")}


def doors(api: Api) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(api.app.routes):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, route.path or ""


def test_every_door_but_the_open_ones_wants_a_key(api: Api) -> None:
    found = set(doors(api))
    assert found >= OPEN | LOOKING
    assert len(found - OPEN) >= 13
    for method, path in found - OPEN:
        answer = api.anonymous.request(method, path)
        assert answer.headers["www-authenticate"] == "Bearer", path
        problem(answer, 401, "unauthorized")


def test_every_door_has_a_scope_of_its_own_and_no_other_opens_it(api: Api) -> None:
    callers = {scope: api.caller(frozenset({scope})) for scope in SCOPES}
    used = set()
    for method, path in set(doors(api)) - OPEN:
        let_in = {scope for scope, each in callers.items() if each.request(method, path).status_code != 403}
        assert len(let_in) == 1, path
        reads = (method == "GET" and "webhook" not in path) or (method, path) in LOOKING
        assert next(iter(let_in)).endswith("read" if reads else ("write", "manage"))
        used |= let_in
    assert used == SCOPES


def test_a_key_without_the_scope_is_told_which_one_is_missing(api: Api) -> None:
    reader = api.caller(frozenset({"authorization.read"}))
    body = problem(reader.get("/v1/work-items"), 403, "forbidden")
    assert "work.read" in body["detail"]


def test_a_wrong_key_and_a_withdrawn_scheme_are_refused(api: Api) -> None:
    for header in ("Bearer pw_WRONG", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer \u00fc"):
        answer = api.anonymous.get("/v1/work-items", headers=[(b"Authorization", header.encode("latin-1"))])
        assert "WRONG" not in problem(answer, 401, "unauthorized")["detail"]
