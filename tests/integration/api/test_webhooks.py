"""Subscribing, and what a subscriber is then told."""

from __future__ import annotations

import json

import pytest

from priorwire.api.schemas.examples import SMALL_AUTHORIZATION
from priorwire.gateway.signatures import verify
from priorwire.gateway.webhooks import RETRY_AFTER
from tests.integration.api.conftest import Api, pointers, problem

URL = "https://hooks.example.com/priorwire?practice=1"


def subscribed(api: Api) -> str:
    made = api.client.post("/v1/webhooks", json={"url": URL})
    assert (made.status_code, made.json()["url"]) == (201, URL)
    return str(made.json()["secret"])


def states(api: Api) -> list[tuple[str, int, int | None]]:
    rows = api.client.get("/v1/webhooks/deliveries").json()
    return [(row["state"], row["attempts"], row["last_status"]) for row in rows]


def deliver_due(api: Api) -> None:
    while api.world.tick():
        pass


def test_every_change_is_posted_with_a_signature_that_the_secret_fits(api: Api) -> None:
    secret = subscribed(api)
    authorization = api.authorize(SMALL_AUTHORIZATION).json()
    deliver_due(api)
    posts = api.world.subscriber.posts
    assert posts
    for url, headers, body in posts:
        assert url == URL
        verify(secret, headers, body, api.world.clock.now())
    told = [json.loads(body) for _, _, body in posts]
    assert {each["data"]["id"] for each in told} == {authorization["id"]}
    assert len({headers["webhook-id"] for _, headers, _ in posts}) == len(posts)
    assert all(state == ("delivered", 1, 204) for state in states(api))


def test_what_is_posted_names_no_patient(api: Api) -> None:
    subscribed(api)
    api.authorize(SMALL_AUTHORIZATION)
    deliver_due(api)
    for _, headers, body in api.world.subscriber.posts:
        for value in ("AVERY", "EX0000001", "1980", "M5416", "72148"):
            assert value not in body.decode()
            assert value not in str(headers)


def test_a_subscriber_that_fails_is_tried_again_on_the_schedule_until_it_ends(api: Api) -> None:
    subscribed(api)
    api.authorize(SMALL_AUTHORIZATION)
    deliveries = len(states(api))
    api.world.subscriber.statuses = [503] * (deliveries * (len(RETRY_AFTER) + 1))
    deliver_due(api)
    assert set(states(api)) == {("pending", 1, 503)}
    for attempts, wait in enumerate(RETRY_AFTER, start=2):
        api.world.pass_time(wait)
        (state,) = set(states(api))
        assert state == ("failed" if attempts > len(RETRY_AFTER) else "pending", attempts, 503)
    ids = [headers["webhook-id"] for _, headers, _ in api.world.subscriber.posts]
    assert len(set(ids)) == deliveries  # the same id over all attempts: a subscriber drops what it has seen


def test_a_subscriber_that_is_gone_is_asked_no_more(api: Api) -> None:
    subscribed(api)
    api.authorize(SMALL_AUTHORIZATION)
    api.world.subscriber.statuses = [410]
    deliver_due(api)
    assert len(api.world.subscriber.posts) == 1
    assert {state for state, _, _ in states(api)} == {"failed"}
    before = len(states(api))
    api.authorize(SMALL_AUTHORIZATION | {"intended_duplicate": True})
    deliver_due(api)
    assert len(api.world.subscriber.posts) == 1
    assert {state for state, _, _ in states(api)} == {"failed"}
    assert len(states(api)) >= before


def test_a_secret_is_shown_once_and_never_twice_the_same(api: Api) -> None:
    assert subscribed(api) != subscribed(api)
    assert "whsec_" not in api.client.get("/v1/webhooks/deliveries").text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://hooks.example.com/",
        "https://",
        "https://user:pass@hooks.example.com/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:70000/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com/with blank",
        "https://hooks.example.com/\x00",
        "https://[::1/",
        "https://hooks.example.com/" + "x" * 2000,
    ],
)
def test_an_address_that_cannot_be_called_is_refused(api: Api, url: str) -> None:
    answer = api.client.post("/v1/webhooks", json={"url": url})
    assert pointers(problem(answer, 422, "invalid-request")) == ["/url"]


def test_another_tenant_hears_and_sees_nothing(api: Api) -> None:
    theirs = api.caller(tenant="another-practice")
    theirs.post("/v1/webhooks", json={"url": URL})
    api.authorize(SMALL_AUTHORIZATION)
    deliver_due(api)
    assert api.world.subscriber.posts == []
    assert theirs.get("/v1/webhooks/deliveries").json() == []
