"""X12 inside JSON: what is sent, and what each kind of answer means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from priorwire.channels import HttpClients, RestX12
from priorwire.gateway.ways import Accepted, Failure, Final, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.evidence import Evidence
from tests.conformance import channel_messages as messages
from tests.conformance import loopback_peers as peers
from tests.conformance.channel_messages import REPLY_X12
from tests.conformance.loopback_peers import Peer

_JSON = "application/json"
_REPLY = REPLY_X12.decode("ascii")


@pytest.fixture
def clients() -> Iterator[HttpClients]:
    made = HttpClients()
    yield made
    made.close()


def exchange(
    clients: HttpClients, said: object, status: int = 200, *, extra: tuple[tuple[str, str], ...] = ()
) -> tuple[SendOutcome, bytes]:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    with Peer(peers.answers(peers.response(status, body, _JSON))) as peer:
        to = replace(messages.endpoint(f"http://127.0.0.1:{peer.port}/rcm/v1/"), extra_headers=extra)
        outcome = RestX12(clients, messages.CREDENTIALS).send(messages.message(to))
    return outcome, peer.received[0]


def test_the_request_is_json_to_the_transactions_own_address(clients: HttpClients) -> None:
    _, received = exchange(clients, {"x12": _REPLY})
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /rcm/v1/authorization HTTP/1.1\r\n")
    assert b"\r\nX-API-Key: s3cret-canary" in head
    assert b"\r\nContent-Type: application/json" in head
    assert json.loads(body) == {"x12": messages.REQUEST_X12.decode("ascii")}


def test_an_endpoint_may_say_where_the_key_goes(clients: HttpClients) -> None:
    extra = (("X-Tenant", "{username}"), ("Authorization", "Bearer {secret}"))
    _, received = exchange(clients, {"x12": _REPLY}, extra=extra)
    head = received.partition(b"\r\n\r\n")[0]
    assert b"\r\nX-Tenant: GWTEST" in head
    assert b"\r\nAuthorization: Bearer s3cret-canary" in head
    assert b"X-API-Key" not in head


@pytest.mark.parametrize(
    ("said", "remote_id"),
    [
        ({"x12": _REPLY}, None),
        ({"x12": _REPLY, "id": "7"}, "7"),
        ({"authorizationId": "A-9", "submission": {"x12": _REPLY}}, "A-9"),
        ({"x12": "", "inquiry": {"x12": _REPLY}, "controlNumber": 5}, None),
    ],
)
@pytest.mark.parametrize("status", [200, 202, 422, 500])
def test_an_interchange_in_the_reply_is_the_answer_whatever_the_status(
    clients: HttpClients, said: object, remote_id: str | None, status: int
) -> None:
    outcome, _ = exchange(clients, said, status)
    assert outcome == Final(payload=REPLY_X12, remote_id=remote_id)


def test_what_stands_around_an_interchange_is_kept_as_it_came(clients: HttpClients) -> None:
    outcome, _ = exchange(clients, {"x12": f"\n{_REPLY}\n"})
    assert outcome == Final(payload=b"\n" + REPLY_X12 + b"\n")


def test_blanks_alone_and_our_own_payload_among_blanks_are_no_answer(clients: HttpClients) -> None:
    for said in (" \n", f"\n{messages.REQUEST_X12.decode('ascii')}\n"):
        assert isinstance(exchange(clients, {"x12": said})[0], Uncertain)


def test_taken_for_later_is_accepted(clients: HttpClients) -> None:
    outcome, _ = exchange(clients, {"authorizationId": "A-9"}, 202)
    assert outcome == Accepted(remote_id="A-9", evidence=Evidence.CARRIER_ACCEPTED)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"<html>ok</html>",
        b"[]",
        b'"ISA*"',
        b"{" * 100_000,
        {"x12": 5},
        {"x12": "<html>"},
        {"x12": messages.REQUEST_X12.decode("ascii")},
    ],
    ids=["empty", "html", "list", "text", "deep", "number", "no interchange", "our own handed back"],
)
def test_a_success_without_an_answer_is_uncertain(clients: HttpClients, said: object) -> None:
    outcome, _ = exchange(clients, said)
    assert outcome == Uncertain(detail="HTTP 200, but no X12 in the reply")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_on_the_way_is_uncertain(clients: HttpClients, status: int) -> None:
    outcome, _ = exchange(clients, {"error": {"code": "PAYER_UNAVAILABLE"}}, status)
    assert outcome == Uncertain(detail=f"HTTP {status} and no answer that can be read")


@pytest.mark.parametrize(
    ("status", "failure"),
    [(400, Failure.CONTENT), (401, Failure.CREDENTIAL), (404, Failure.CONFIGURATION), (429, Failure.UNAVAILABLE)],
)
def test_a_refusal_is_a_refusal(clients: HttpClients, status: int, failure: Failure) -> None:
    outcome, _ = exchange(clients, {"error": "ZEBRAWOOD"}, status)
    assert isinstance(outcome, Refused)
    assert outcome.failure is failure
    assert "ZEBRAWOOD" not in outcome.detail


def test_a_payload_that_json_cannot_carry_is_not_sent(clients: HttpClients) -> None:
    with Peer(peers.answers(b"")) as peer:
        to = messages.endpoint(f"http://127.0.0.1:{peer.port}")
        outcome = RestX12(clients, messages.CREDENTIALS).send(messages.message(to, b"ISA\xff"))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION
    assert peer.connections == 0
