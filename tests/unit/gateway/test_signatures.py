"""Signatures of webhooks."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import ConfigurationError, Unauthorized
from priorwire.gateway.signatures import sign, verify

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
secrets = st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode())
SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 24).decode()


def headers(signature: str, *, message_id: str = "msg_1", timestamp: str = str(SECONDS)) -> dict[str, str]:
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def test_the_published_example_is_signed_as_published() -> None:
    # Standard Webhooks 1.0, the example of its reference libraries
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(secrets, st.text(min_size=1), st.binary())
def test_what_is_signed_is_verified(secret: str, message_id: str, body: bytes) -> None:
    verify(secret, headers(sign(secret, message_id, SECONDS, body), message_id=message_id), body, NOW)


@given(st.binary(), st.binary())
def test_another_body_is_refused(body: bytes, other: bytes) -> None:
    signature = sign(SECRET, "msg_1", SECONDS, body)
    if body != other:
        with pytest.raises(Unauthorized):
            verify(SECRET, headers(signature), other, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        headers(sign(OTHER, "msg_1", SECONDS, b"x")),
        headers(sign(SECRET, "msg_1", SECONDS, b"x"), message_id="msg_2"),
        headers(sign(SECRET, "msg_1", SECONDS, b"x"), timestamp=str(SECONDS + 1)),
        headers(sign(SECRET, "msg_1", SECONDS, b"x").replace("v1,", "v2,")),
        headers(sign(SECRET, "msg_1", SECONDS, b"x").removeprefix("v1,")),
        headers("v1,"),
        headers("v1,***"),
        headers("v1,\N{SNOWMAN}"),
        headers(""),
        {},
    ],
)
def test_anything_else_that_differs_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(Unauthorized):
        verify(SECRET, changed, b"x", NOW)


def test_one_of_several_signatures_is_enough_while_a_secret_changes() -> None:
    both = f"{sign(OTHER, 'msg_1', SECONDS, b'x')} v1a,zzz {sign(SECRET, 'msg_1', SECONDS, b'x')}"
    verify(SECRET, headers(both), b"x", NOW)


def test_the_names_of_headers_may_be_in_any_case() -> None:
    given_headers = {name.title(): value for name, value in headers(sign(SECRET, "msg_1", SECONDS, b"x")).items()}
    verify(SECRET, given_headers, b"x", NOW)


@pytest.mark.parametrize(("off", "good"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_either_way_and_no_more(off: int, *, good: bool) -> None:
    at = SECONDS + off
    signed = headers(sign(SECRET, "msg_1", at, b"x"), timestamp=str(at))
    if good:
        verify(SECRET, signed, b"x", NOW)
    else:
        with pytest.raises(Unauthorized):
            verify(SECRET, signed, b"x", NOW)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "99999999999999999999", "\N{ARABIC-INDIC DIGIT ONE}", "now"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(Unauthorized):
        verify(SECRET, headers(sign(SECRET, "msg_1", SECONDS, b"x"), timestamp=timestamp), b"x", NOW)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_***",
        base64.b64encode(b"k" * 24).decode(),
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
    ],
)
def test_a_secret_that_is_none_is_a_mistake_of_the_settings_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(ConfigurationError) as mistake:
        sign(secret, "msg_1", SECONDS, b"x")
    assert not secret.removeprefix("whsec_") or secret.removeprefix("whsec_") not in str(mistake.value)
    with pytest.raises(ConfigurationError):
        verify(secret, headers("v1,eA==", timestamp=str(int((NOW - timedelta(seconds=1)).timestamp()))), b"x", NOW)
