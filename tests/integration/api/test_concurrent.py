"""Several at once with one key: one transaction, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx2 import Response

from priorwire.api.schemas.examples import SMALL_AUTHORIZATION
from tests.integration.api.conftest import Api

CALLERS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


def at_once(api: Api, headers: dict[str, str]) -> list[Response]:
    def post(_: int) -> Response:
        return api.client.post("/v1/authorizations", json=SMALL_AUTHORIZATION, headers=headers)

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(post, range(CALLERS)))


def test_one_key_makes_one_transaction(api: Api) -> None:
    answers = at_once(api, {"Idempotency-Key": "visit-1"})
    listed = api.client.get("/v1/authorizations").json()["items"]
    assert len(listed) == 1
    assert api.world.x217s() == 1
    for answer in answers:
        assert answer.json()["id"] == listed[0]["id"]
    assert sorted(answer.status_code for answer in answers) == [*[200] * (CALLERS - 1), 201]


def test_the_same_request_without_a_key_is_sent_once(api: Api) -> None:
    answers = at_once(api, {})
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * (CALLERS - 1)]
    assert api.world.x217s() == 1
