"""Other sides on loopback, written on bare sockets so that they can misbehave at any byte."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Talk = Callable[["Peer", socket.socket], None]

#: Long enough for a slow machine; nothing waits for it where all is well.
PATIENCE_SECONDS = 20.0


class Peer:
    """Listens on loopback; `talk` holds one conversation a connection, each in its own thread."""

    def __init__(self, talk: Talk, *, tls: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads: list[threading.Thread] = []
        #: What arrived whole: HTTP requests, or mails.
        self.received: list[bytes] = []
        self.connections = 0
        #: Ends every held conversation.
        self.released = threading.Event()
        #: Set when a conversation has read what it wanted and holds.
        self.holding = threading.Event()

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._listen)
        self._threads.append(thread)
        thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def hold(self) -> None:
        """Say nothing more until the test is over."""
        self.holding.set()
        self.released.wait(PATIENCE_SECONDS)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._converse, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(PATIENCE_SECONDS)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._talk(self, connection)
        except OSError:
            pass  # the client went away: that is what some tests are about
        finally:
            connection.close()


def unused_port() -> int:
    """A port of loopback where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def reset(connection: socket.socket) -> None:
    """Break the connection off (RST), as a crashed machine's neighbour does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS for 127.0.0.1, and a client's that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode("ascii"))


# ---------------------------------------------------------------- HTTP


def read_request(connection: socket.socket, body_bytes: int | None = None) -> bytes:
    """A request with its whole body, or with at least `body_bytes` of it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = next(
        int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    wanted = wanted if body_bytes is None else body_bytes
    while len(body) < wanted:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def response(status: int, body: bytes, content_type: str, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """An HTTP answer that ends the connection."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def answers(reply: bytes) -> Talk:
    """Takes a whole request, then says `reply`."""

    def talk(peer: Peer, connection: socket.socket) -> None:
        peer.received.append(read_request(connection))
        connection.sendall(reply)

    return talk


def breaks_off_half_way(peer: Peer, connection: socket.socket) -> None:
    """Reads the beginning of the body and breaks the connection off."""
    read_request(connection, body_bytes=10)
    reset(connection)


def closes_unanswered(peer: Peer, connection: socket.socket) -> None:
    """Takes the whole request and closes politely, without a word."""
    peer.received.append(read_request(connection))


def resets_unanswered(peer: Peer, connection: socket.socket) -> None:
    """Takes the whole request and breaks the connection off."""
    peer.received.append(read_request(connection))
    reset(connection)


def stays_silent(peer: Peer, connection: socket.socket) -> None:
    """Takes the whole request and never answers."""
    peer.received.append(read_request(connection))
    peer.hold()


def breaks_off_the_reply(reply: bytes) -> Talk:
    """Takes the whole request and says half of `reply`."""

    def talk(peer: Peer, connection: socket.socket) -> None:
        peer.received.append(read_request(connection))
        connection.sendall(reply[: len(reply) // 2])

    return talk


def never_reads(peer: Peer, connection: socket.socket) -> None:
    """Accepts and reads nothing: what is written stays in the buffers."""
    peer.hold()


# ---------------------------------------------------------------- SMTP


class Carrier:
    """A fax carrier's mail server: one dialogue a connection, with other words where a test wants them."""

    def __init__(
        self,
        says: dict[str, str] | None = None,
        *,
        ehlo: tuple[str, ...] = ("SIZE 20000000",),
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        """`says` maps a moment (``greeting``, ``EHLO``, ``AUTH``, ``MAIL``, ``RCPT``, ``DATA``, ``.``) to a reply.

        The reply ``cut`` breaks the connection off at that moment, and ``hold`` stays silent.
        """
        self._says = says or {}
        self._ehlo = ehlo
        self._starttls = starttls
        self.senders: list[str] = []
        self.recipients: list[str] = []

    def __call__(self, peer: Peer, connection: socket.socket) -> None:
        if not self._say(peer, connection, "greeting", "220 carrier.example ESMTP"):
            return
        self._commands(peer, connection)

    def _commands(self, peer: Peer, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        while line := stream.readline():
            verb = line.split()[0].upper().decode("ascii").partition(":")[0]
            if verb == "STARTTLS" and self._starttls is not None:
                connection.sendall(b"220 go on\r\n")
                with self._starttls.wrap_socket(connection, server_side=True) as protected:
                    self._commands(peer, protected)
                return
            if not self._answer(peer, connection, verb, line.decode("ascii").strip()):
                return
            if verb == "DATA" and not self._take(peer, connection, stream):
                return

    def _answer(self, peer: Peer, connection: socket.socket, verb: str, line: str) -> bool:
        if verb == "EHLO":
            lines = [f"250-{each}\r\n" for each in ("carrier.example", *self._ehlo)]
            connection.sendall("".join([*lines, "250 8BITMIME\r\n"]).encode("ascii"))
            return True
        if verb == "MAIL":
            self.senders.append(line)
        if verb == "RCPT":
            self.recipients.append(line)
        usual = {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 welcome"}.get(verb, "250 OK")
        return self._say(peer, connection, verb, usual)

    def _take(self, peer: Peer, connection: socket.socket, stream: Iterable[bytes]) -> bool:
        if not self._says.get("DATA", "354").startswith("354"):
            return True
        lines: list[bytes] = []
        for line in stream:
            if self._says.get("half") == "cut" and len(lines) > 20:
                reset(connection)
                return False
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        peer.received.append(b"".join(lines))
        return self._say(peer, connection, ".", "250 2.0.0 queued")

    def _say(self, peer: Peer, connection: socket.socket, moment: str, usual: str) -> bool:
        words = self._says.get(moment, usual)
        if words == "cut":
            reset(connection)
            return False
        if words == "hold":
            peer.hold()
            return False
        connection.sendall(f"{words}\r\n".encode("ascii"))
        return True


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the client stopped")
    return data
