"""The API over the whole gateway: a real store, simulated payers in the same process.

Databases are compared where they matter (concurrency); the rest runs on SQLite.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from priorwire.api.app import create_app
from priorwire.gateway.api_keys import SCOPES, issue_key
from priorwire.model.identifiers import TenantId
from tests.integration.gateway.conftest import TENANT, World, world

FAX_SECRET = "whsec_" + base64.b64encode(b"an example secret of 32 bytes ok").decode()
PROBLEM = "application/problem+json"

__all__ = ["world"]  # a fixture is found by its name


@dataclass
class Api:
    """The application, a client with every scope, and the world behind it."""

    app: FastAPI
    client: TestClient
    world: World

    def key(self, scopes: frozenset[str] = SCOPES, tenant: str = TENANT) -> str:
        services = self.world.services
        return issue_key(
            services.store, services.clock, services.ids, tenant=TenantId(tenant), name="tests", scopes=scopes
        )

    def caller(self, scopes: frozenset[str] = SCOPES, tenant: str = TENANT) -> TestClient:
        """A client with a key of its own."""
        headers = {"Authorization": f"Bearer {self.key(scopes, tenant)}"}
        return TestClient(self.app, headers=headers, raise_server_exceptions=True)

    @property
    def anonymous(self) -> TestClient:
        return TestClient(self.app)

    def authorize(self, body: dict[str, Any], **headers: str) -> Response:
        return self.client.post("/v1/authorizations", json=body, headers=headers)


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def api(world: World) -> Api:
    made = Api(app=create_app(world.services, fax_secret=FAX_SECRET), client=TestClient(FastAPI()), world=world)
    made.client = made.caller()
    return made


def problem(response: Response, status: int, slug: str) -> dict[str, Any]:
    """The one shape of every failure, member by member; gives it back for what is special about it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert list(body) == ["type", "title", "status", "detail", "correlation_id", "errors"]
    assert body["type"] == f"urn:priorwire:problem:{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith((".", "'", ")"))
    assert body["correlation_id"] == response.headers["x-correlation-id"] != ""
    for fault in body["errors"]:
        assert list(fault) == ["pointer", "code", "detail"]
        assert fault["pointer"] == "" or fault["pointer"].startswith("/")
        assert fault["code"].replace("_", "").isalnum()
        assert fault["detail"].endswith((".", "'", ")"))
    assert response.headers["cache-control"] == "no-store"
    return body


def pointers(body: dict[str, Any]) -> list[str]:
    return [fault["pointer"] for fault in body["errors"]]
