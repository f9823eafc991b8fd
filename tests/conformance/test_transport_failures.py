"""Every way in which an HTTP call can break, made to happen on a real socket, and what it proves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.channels.http import HttpClients, Reply
from priorwire.gateway.ways import Failure, NotSent, Uncertain
from tests.conformance import channel_messages as messages
from tests.conformance import loopback_peers as peers
from tests.conformance.loopback_peers import Peer

_OK = peers.response(200, b"fine", "text/plain")
#: More than the socket buffers of any system under test hold.
_LARGE = b"x" * (32 * 1024 * 1024)


@pytest.fixture
def clients() -> Iterator[HttpClients]:
    made = HttpClients()
    yield made
    made.close()


def post(
    clients: HttpClients,
    url: str,
    *,
    body: bytes = b"body",
    headers: dict[str, str] | None = None,
    seconds: float = 5.0,
    concurrency: int = 4,
) -> Reply | NotSent | Uncertain:
    to = replace(
        messages.endpoint(url),
        connect_timeout=timedelta(seconds=seconds),
        read_timeout=timedelta(seconds=seconds),
        concurrency=concurrency,
    )
    return clients.post(to, url, headers=headers or {}, body=body)


def at(peer: Peer) -> str:
    return f"http://127.0.0.1:{peer.port}/"


# ---------------------------------------------------------------- proved not sent


def test_a_refused_connection_is_not_sent(clients: HttpClients) -> None:
    outcome = post(clients, f"http://127.0.0.1:{peers.unused_port()}/")
    assert outcome == NotSent(
        failure=Failure.UNAVAILABLE, detail="no connection: refused, unknown name, or TLS not agreed (ConnectError)"
    )


def test_an_unknown_name_is_not_sent(clients: HttpClients, monkeypatch: pytest.MonkeyPatch) -> None:
    def knows_nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", knows_nothing)
    outcome = post(clients, "https://payer.example/")
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.UNAVAILABLE
    assert "ConnectError" in outcome.detail


def test_a_connection_that_is_not_made_in_time_is_not_sent(clients: HttpClients) -> None:
    # a listener with a full queue drops further connection attempts, as a dead host does
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        outcome = post(clients, f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.3)
    assert outcome == NotSent(
        failure=Failure.UNAVAILABLE, detail="no connection within the time allowed (ConnectTimeout)"
    )


def test_waiting_for_a_free_connection_in_vain_is_not_sent(clients: HttpClients) -> None:
    with Peer(peers.stays_silent) as peer:
        first = threading.Thread(target=post, args=(clients, at(peer)), kwargs={"concurrency": 1})
        first.start()
        assert peer.holding.wait(peers.PATIENCE_SECONDS)
        outcome = post(clients, at(peer), seconds=0.3, concurrency=1)
        peer.released.set()
        first.join()
    assert outcome == NotSent(
        failure=Failure.UNAVAILABLE, detail="every connection to this endpoint was in use (PoolTimeout)"
    )
    assert len(peer.received) == 1


def test_a_server_that_speaks_no_tls_is_not_sent(clients: HttpClients) -> None:
    def speaks_plain(peer: Peer, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Peer(speaks_plain) as peer:
        outcome = post(clients, f"https://127.0.0.1:{peer.port}/")
    assert isinstance(outcome, NotSent)
    assert "ConnectError" in outcome.detail


def test_a_server_that_nobody_vouches_for_is_not_sent(clients: HttpClients, tmp_path: Path) -> None:
    server, _ = peers.certificate(tmp_path)
    with Peer(peers.answers(_OK), tls=server) as peer:
        outcome = post(clients, f"https://127.0.0.1:{peer.port}/")
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.UNAVAILABLE
    assert peer.received == []


@pytest.mark.parametrize(
    "url",
    ["http://payer.example/", "ftp://127.0.0.1/", "https:///", "https://[::", "https://payer.example:99999/", "payer"],
)
def test_an_address_that_is_not_https_is_not_sent(clients: HttpClients, url: str) -> None:
    outcome = post(clients, url)
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION


@pytest.mark.parametrize("value", ["two\r\nlines", "snow \N{SNOWMAN}"])
def test_a_header_that_http_does_not_allow_is_not_sent(clients: HttpClients, value: str) -> None:
    with Peer(peers.answers(_OK)) as peer:
        outcome = post(clients, at(peer), headers={"X-Ours": value})
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION
    assert peer.received == []


# ---------------------------------------------------------------- uncertain


def test_a_body_that_nobody_reads_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.never_reads) as peer:
        outcome = post(clients, at(peer), body=_LARGE, seconds=0.3)
    assert outcome == Uncertain(detail="the request could not be written within the time allowed (WriteTimeout)")


def test_a_connection_broken_off_while_writing_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.breaks_off_half_way) as peer:
        outcome = post(clients, at(peer), body=_LARGE)
    assert isinstance(outcome, Uncertain)


def test_a_connection_broken_off_after_the_body_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.resets_unanswered) as peer:
        outcome = post(clients, at(peer))
    assert outcome == Uncertain(detail="the connection broke (ReadError)")


def test_a_connection_closed_without_an_answer_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.closes_unanswered) as peer:
        outcome = post(clients, at(peer))
    assert outcome == Uncertain(detail="the other side closed the connection or broke HTTP (RemoteProtocolError)")


def test_silence_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.stays_silent) as peer:
        outcome = post(clients, at(peer), seconds=0.3)
    assert outcome == Uncertain(detail="no reply within the time allowed (ReadTimeout)")


def test_half_a_reply_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.breaks_off_the_reply(peers.response(200, b"x" * 5000, "text/plain"))) as peer:
        outcome = post(clients, at(peer))
    assert isinstance(outcome, Uncertain)
    assert "RemoteProtocolError" in outcome.detail


def test_an_answer_that_is_no_http_is_uncertain(clients: HttpClients) -> None:
    with Peer(peers.answers(b"ISA*00*\r\n\r\n")) as peer:
        outcome = post(clients, at(peer))
    assert isinstance(outcome, Uncertain)


def test_a_reply_that_lies_about_its_compression_is_uncertain(clients: HttpClients) -> None:
    lie = peers.response(200, b"not gzip at all", "text/plain", [("Content-Encoding", "gzip")])
    with Peer(peers.answers(lie)) as peer:
        outcome = post(clients, at(peer))
    assert isinstance(outcome, Uncertain)
    assert "DecodingError" in outcome.detail


def test_a_reply_without_end_is_uncertain() -> None:
    clients = HttpClients(max_reply_bytes=1000)
    with Peer(peers.answers(peers.response(200, b"x" * 1001, "text/plain"))) as peer:
        outcome = post(clients, at(peer))
    clients.close()
    assert outcome == Uncertain(detail="HTTP 200: the reply was too long or too slow to be read whole")


def test_a_reply_that_drips_is_uncertain(clients: HttpClients) -> None:
    def drips(peer: Peer, connection: socket.socket) -> None:
        peer.received.append(peers.read_request(connection))
        connection.sendall(b"HTTP/1.1 200 Said\r\nContent-Length: 1000000\r\n\r\n")
        while not peer.released.wait(0.05):
            connection.sendall(b"x")

    with Peer(drips) as peer:
        outcome = post(clients, at(peer), seconds=0.3)
    assert isinstance(outcome, Uncertain)


# ---------------------------------------------------------------- a reply is a reply


def test_a_redirect_is_not_followed(clients: HttpClients) -> None:
    with Peer(peers.answers(_OK)) as elsewhere:
        moved = peers.response(307, b"", "text/plain", [("Location", at(elsewhere))])
        with Peer(peers.answers(moved)) as peer:
            outcome = post(clients, at(peer))
    assert isinstance(outcome, Reply)
    assert outcome.status == 307
    assert elsewhere.connections == 0


def test_no_proxy_of_the_environment_is_asked(clients: HttpClients, monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(peers.answers(_OK)) as proxy, Peer(peers.answers(_OK)) as peer:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, at(proxy))
        outcome = post(clients, at(peer))
    assert isinstance(outcome, Reply)
    assert proxy.connections == 0


def test_a_simulators_answer_says_so(clients: HttpClients) -> None:
    reply = peers.response(200, b"", "text/plain", [("X-Priorwire-Simulated", "1")])
    with Peer(peers.answers(reply)) as peer:
        outcome = post(clients, at(peer))
    assert isinstance(outcome, Reply)
    assert outcome.simulated


def test_connections_are_kept_and_used_again(clients: HttpClients) -> None:
    kept = b"HTTP/1.1 200 Said\r\nContent-Length: 2\r\n\r\nok"

    def answers_twice(peer: Peer, connection: socket.socket) -> None:
        for _ in range(2):
            peer.received.append(peers.read_request(connection))
            connection.sendall(kept)

    with Peer(answers_twice) as peer:
        assert isinstance(post(clients, at(peer)), Reply)
        assert isinstance(post(clients, at(peer)), Reply)
    assert peer.connections == 1
    assert len(peer.received) == 2


def test_a_server_that_our_settings_vouch_for_is_reached(tmp_path: Path) -> None:
    server, client = peers.certificate(tmp_path)
    clients = HttpClients(tls=client)
    with Peer(peers.answers(_OK), tls=server) as peer:
        outcome = post(clients, f"https://127.0.0.1:{peer.port}/")
    clients.close()
    assert isinstance(outcome, Reply)
    assert outcome.body == b"fine"
