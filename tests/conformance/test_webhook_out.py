"""Posting to subscribers: once, no further than allowed, and a status or 0."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from priorwire.channels import WebhookPoster
from tests.conformance import loopback_peers as peers
from tests.conformance.loopback_peers import Peer

_OK = peers.response(200, b"thanks", "text/plain")


def to_loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def post(poster: WebhookPoster, url: str) -> int:
    try:
        return poster.post(url, {"content-type": "application/json", "webhook-id": "evt_1"}, b'{"type":"x"}')
    finally:
        poster.close()


def test_a_subscriber_gets_the_event_once() -> None:
    with Peer(peers.answers(_OK)) as peer:
        status = post(WebhookPoster(allow_loopback=True), f"http://127.0.0.1:{peer.port}/hook?key=1")
    assert status == 200
    (received,) = peer.received
    assert received.startswith(b"POST /hook?key=1 HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{peer.port}\r\n".encode() in received
    assert b"\r\nwebhook-id: evt_1\r\n" in received
    assert received.endswith(b'\r\n\r\n{"type":"x"}')


def test_the_call_goes_to_the_address_that_was_checked_under_the_name_that_was_asked() -> None:
    with Peer(peers.answers(_OK)) as peer:
        poster = WebhookPoster(allow_loopback=True, resolver=to_loopback)
        status = post(poster, f"http://subscriber.example:{peer.port}/")
    assert status == 200
    assert f"\r\nHost: subscriber.example:{peer.port}\r\n".encode() in peer.received[0]


def test_tls_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    server, client = peers.certificate(tmp_path)
    with Peer(peers.answers(_OK), tls=server) as peer:
        named = WebhookPoster(allow_loopback=True, tls=client, resolver=to_loopback)
        assert post(named, f"https://subscriber.example:{peer.port}/") == 0
        assert post(WebhookPoster(allow_loopback=True, tls=client), f"https://127.0.0.1:{peer.port}/") == 200
    assert len(peer.received) == 1


@pytest.mark.parametrize("status", [204, 307, 410, 500])
def test_the_status_is_given_and_a_redirect_is_not_followed(status: int) -> None:
    with Peer(peers.answers(_OK)) as elsewhere:
        location = [("Location", f"http://127.0.0.1:{elsewhere.port}/")]
        with Peer(peers.answers(peers.response(status, b"", "text/plain", location))) as peer:
            assert post(WebhookPoster(allow_loopback=True), f"http://127.0.0.1:{peer.port}/") == status
    assert elsewhere.connections == 0


def test_an_endless_answer_is_read_so_far_and_no_further() -> None:
    def endless(peer: Peer, connection: socket.socket) -> None:
        peer.received.append(peers.read_request(connection))
        connection.sendall(b"HTTP/1.1 200 Said\r\nConnection: close\r\n\r\n")
        while not peer.released.is_set():
            connection.sendall(b"x" * 65536)

    with Peer(endless) as peer:
        assert post(WebhookPoster(allow_loopback=True), f"http://127.0.0.1:{peer.port}/") == 200


def test_no_answer_is_0() -> None:
    assert post(WebhookPoster(allow_loopback=True), f"http://127.0.0.1:{peers.unused_port()}/") == 0
    with Peer(peers.stays_silent) as peer:
        poster = WebhookPoster(allow_loopback=True, timeout_seconds=0.3)
        assert post(poster, f"http://127.0.0.1:{peer.port}/") == 0


def test_this_machine_is_forbidden_unless_allowed() -> None:
    with Peer(peers.answers(_OK)) as peer:
        assert post(WebhookPoster(), f"http://127.0.0.1:{peer.port}/") == 0
        assert post(WebhookPoster(), f"https://localhost:{peer.port}/") == 0
        assert post(WebhookPoster(resolver=to_loopback), f"https://subscriber.example:{peer.port}/") == 0
    assert peer.connections == 0


@pytest.fixture
def no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at the mere attempt to connect."""

    def never(*_: object, **__: object) -> None:
        pytest.fail("it must not even try to connect")

    monkeypatch.setattr(socket, "create_connection", never)


@pytest.mark.usefixtures("no_call")
@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.9.9",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "fd00::1",
        "fe80::1%eth0",
        "::",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a00:1::",
    ],
)
@pytest.mark.parametrize("allow_loopback", [True, False])
def test_a_name_that_leads_into_a_network_of_ours_is_forbidden(address: str, *, allow_loopback: bool) -> None:
    poster = WebhookPoster(allow_loopback=allow_loopback, resolver=lambda _host, _port: [address])
    assert post(poster, "https://subscriber.example/") == 0


@pytest.mark.usefixtures("no_call")
def test_one_forbidden_address_among_public_ones_forbids_the_name() -> None:
    poster = WebhookPoster(resolver=lambda _host, _port: ["8.8.8.8", "10.0.0.1"])
    assert post(poster, "https://subscriber.example/") == 0


@pytest.mark.usefixtures("no_call")
@pytest.mark.parametrize(
    "url",
    [
        "http://subscriber.example/",
        "https://user:pass@subscriber.example/",
        "ftp://subscriber.example/",
        "https:///nowhere",
        "not an address",
        "https://subscriber.example:99999/",
    ],
)
def test_an_address_of_another_kind_is_forbidden(url: str) -> None:
    assert post(WebhookPoster(resolver=lambda _host, _port: ["8.8.8.8"]), url) == 0


def test_a_public_address_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []

    def refuse(address: object, *_: object, **__: object) -> None:
        called.append(address)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", refuse)
    poster = WebhookPoster(resolver=lambda _host, _port: ["8.8.8.8", "8.8.4.4"])
    assert post(poster, "https://subscriber.example/") == 0
    assert called == [("8.8.8.8", 443)]


@pytest.mark.usefixtures("no_call")
def test_an_unknown_name_is_0(caplog: pytest.LogCaptureFixture) -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    assert post(WebhookPoster(resolver=unknown), "https://subscriber.example/t0ken") == 0
    assert "t0ken" not in caplog.text
