"""The demo's subscriber believes a webhook only if its signature fits."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx2
import pytest

from priorwire.cli.demo_receiver import WebhookReceiver
from priorwire.clock import FixedClock
from priorwire.gateway.signatures import sign

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = b'{"type":"authorization.updated"}'


@pytest.fixture
def receiver(clock: FixedClock) -> Iterator[WebhookReceiver]:
    with WebhookReceiver(clock) as running:
        running.trust(SECRET)
        yield running


def post(
    receiver: WebhookReceiver, clock: FixedClock, *, secret: str = SECRET, late: int = 0, name: str = "evt_1"
) -> int:
    seconds = int(clock.now().timestamp()) - late
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(secret, name, seconds, BODY),
    }
    return httpx2.post(receiver.url, content=BODY, headers=headers, trust_env=False).status_code


def test_counts_what_is_signed_with_its_secret(receiver: WebhookReceiver, clock: FixedClock) -> None:
    assert post(receiver, clock) == 204
    assert post(receiver, clock, name="evt_2") == 204
    assert receiver.delivered == 2


def test_counts_a_message_that_comes_twice_once(receiver: WebhookReceiver, clock: FixedClock) -> None:
    assert [post(receiver, clock), post(receiver, clock)] == [204, 204]
    assert receiver.delivered == 1


def test_refuses_another_secret_and_an_old_message(receiver: WebhookReceiver, clock: FixedClock) -> None:
    assert post(receiver, clock, secret=OTHER) == 401
    assert post(receiver, clock, late=301) == 401
    assert httpx2.post(receiver.url, content=BODY, trust_env=False).status_code == 401
    assert (receiver.delivered, receiver.refused) == (0, 3)
