"""HTTP as the channels need it: one pooled client an endpoint, and what a failure proves.

The question that matters about a failed call is whether the payer may have the request.
`outcome_of_failure` and `outcome_of_status` answer it, totally: what is *proved* not to
have left is `NotSent`, what the other side said it did not process is `Refused`, and
everything else is `Uncertain`.

The proof that nothing left does not rest on the kind of an exception alone. The HTTP
library tells, through its trace hook, when it begins to write a request; a call that
failed before that moment put no byte of the request on the wire.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import httpx2

from priorwire.gateway.ways import Failure, NotSent, Refused, Uncertain
from priorwire.payers.profile import Endpoint

#: Credential name of an endpoint -> (user name, secret).
Credentials = Mapping[str, tuple[str, str]]

#: The answers of our own simulator carry this header, and so stay marked for ever.
SIMULATED_HEADER: Final = "X-Priorwire-Simulated"
#: A real-time reply is one or a few transaction sets; the largest 271 seen is far below one megabyte.
MAX_REPLY_BYTES: Final = 16 * 1024 * 1024
#: How long a finished connection is kept. Short, because a request written onto a connection
#: that the other side is just closing ends as `Uncertain` although nobody read it.
_KEEP_SECONDS: Final = 2.0

_LOOPBACK_NAMES: Final = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A whole HTTP answer."""

    status: int
    content_type: str
    body: bytes
    #: It says of itself that a simulator made it.
    simulated: bool


class HttpClients:
    """One pooled client an endpoint. Thread-safe; `close` ends all connections."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        cleartext_hosts: frozenset[str] = frozenset(),
        max_reply_bytes: int = MAX_REPLY_BYTES,
    ) -> None:
        """Plain ``http://`` goes to loopback and to `cleartext_hosts` only; `tls` replaces the default trust."""
        self._tls = tls
        self._cleartext_hosts = cleartext_hosts
        self._max_reply_bytes = max_reply_bytes
        self._lock = threading.Lock()
        self._clients: dict[str, httpx2.Client] = {}

    def post(
        self, endpoint: Endpoint, url: str, *, headers: Mapping[str, str], body: bytes
    ) -> Reply | NotSent | Uncertain:
        """Post once. Redirects are not followed: the request would go where nobody vouched for."""
        if not self._protected(url):
            return NotSent(failure=Failure.CONFIGURATION, detail="the endpoint's address is not an https address")
        progress = Progress()
        deadline = monotonic() + (endpoint.connect_timeout + endpoint.read_timeout).total_seconds()
        try:
            with self._client(endpoint).stream(
                "POST",
                url,
                content=body,
                headers={**headers, "Accept-Encoding": "identity"},
                timeout=_timeout(endpoint),
                extensions={"trace": progress},
            ) as response:
                answer = read_bounded(response, self._max_reply_bytes, deadline)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            return outcome_of_failure(error, progress)
        if answer is None:
            return Uncertain(detail=f"HTTP {response.status_code}: the reply was too long or too slow to be read whole")
        return Reply(
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            body=answer,
            simulated=response.headers.get(SIMULATED_HEADER) == "1",
        )

    def close(self) -> None:
        """End every connection."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()

    def _client(self, endpoint: Endpoint) -> httpx2.Client:
        with self._lock:
            if endpoint.id not in self._clients:
                self._clients[endpoint.id] = httpx2.Client(
                    verify=_usual_trust() if self._tls is None else self._tls,
                    trust_env=False,
                    follow_redirects=False,
                    limits=httpx2.Limits(
                        max_connections=endpoint.concurrency,
                        max_keepalive_connections=endpoint.concurrency,
                        keepalive_expiry=_KEEP_SECONDS,
                    ),
                )
            return self._clients[endpoint.id]

    def _protected(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            usable = bool(host) and parts.port != 0
        except ValueError:
            return False
        if parts.scheme == "https":
            return usable
        return usable and parts.scheme == "http" and (is_loopback(host) or host in self._cleartext_hosts)


@cache
def _usual_trust() -> ssl.SSLContext:
    """What the HTTP library trusts unless told otherwise, read once: it costs as much as several calls."""
    return httpx2.create_ssl_context(trust_env=False)


class Progress:
    """How far a call got, as the HTTP library's trace tells it."""

    def __init__(self) -> None:
        self._begun = False
        self._headers_written = False

    def __call__(self, event: str, _details: Mapping[str, object]) -> None:
        """Take one trace event, such as ``http11.send_request_headers.started``."""
        if event.endswith("send_request_headers.started"):
            self._begun = True
        elif event.endswith("send_request_headers.complete"):
            self._headers_written = True

    def left(self, error: Exception) -> bool:
        """Whether any byte of the request may have left, given the error that ended the call.

        Headers that HTTP does not allow are found out after the start of the writing was
        traced and before anything is written.
        """
        return self._begun and (self._headers_written or not isinstance(error, httpx2.LocalProtocolError))


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine, without asking any name server."""
    if host.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_bounded(response: httpx2.Response, limit: int, deadline: float) -> bytes | None:
    """The body, or `None` where it exceeds `limit` bytes or is not whole at `deadline` (monotonic seconds).

    A read timeout alone does not bound a reply: one byte a minute never exceeds it.
    """
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > limit or monotonic() > deadline:
            return None
        parts.append(part)
    return b"".join(parts)


# First match wins; the order is from the most to the least exact. Words only: whether the
# request left is decided by `Progress`.
_WORDS: Final[tuple[tuple[type[Exception], Failure, str], ...]] = (
    (httpx2.ConnectTimeout, Failure.UNAVAILABLE, "no connection within the time allowed"),
    (httpx2.PoolTimeout, Failure.UNAVAILABLE, "every connection to this endpoint was in use"),
    (httpx2.ConnectError, Failure.UNAVAILABLE, "no connection: refused, unknown name, or TLS not agreed"),
    (httpx2.ReadTimeout, Failure.UNAVAILABLE, "no reply within the time allowed"),
    (httpx2.WriteTimeout, Failure.UNAVAILABLE, "the request could not be written within the time allowed"),
    (httpx2.NetworkError, Failure.UNAVAILABLE, "the connection broke"),
    (httpx2.RemoteProtocolError, Failure.UNAVAILABLE, "the other side closed the connection or broke HTTP"),
    (httpx2.DecodingError, Failure.UNAVAILABLE, "the reply's compression could not be read"),
    (httpx2.LocalProtocolError, Failure.CONFIGURATION, "a header of this endpoint is not allowed in HTTP"),
    (httpx2.TransportError, Failure.UNAVAILABLE, "the exchange failed"),
    (httpx2.InvalidURL, Failure.CONFIGURATION, "the endpoint's address cannot be used"),
    (ValueError, Failure.CONFIGURATION, "the endpoint's address or a header cannot be used"),
)


def outcome_of_failure(error: Exception, progress: Progress) -> NotSent | Uncertain:
    """What a failed call proves (total: anything not listed is uncertain once the request began to leave)."""
    failure, words = next(
        ((failure, words) for kind, failure, words in _WORDS if isinstance(error, kind)),
        (Failure.UNAVAILABLE, "the exchange failed"),
    )
    if progress.left(error):
        return Uncertain(detail=f"{words} ({type(error).__name__})")
    return NotSent(failure=failure, detail=f"{words} ({type(error).__name__})")


# What a status without a usable body means. Every one missing here is uncertain, and these on purpose:
#   302, 303  a redirect after a POST is also how a server says "done, look there";
#   408       sent by proxies that had passed the request on;
#   409       may mean that the request is there already;
#   5xx       502 and 504 come from something between us and the payer that had already passed the
#             request on. 503 ought to mean "down, not processed", but the same status is sent by a
#             balancer whose backend went away in the middle, and nothing in it tells the two apart.
#             Calling it uncertain costs one inquiry; calling it "not processed" may cost a second
#             authorization.
_STATUS: Final[Mapping[int, tuple[Failure, str]]] = MappingProxyType(
    {
        301: (Failure.CONFIGURATION, "the endpoint has moved"),
        307: (Failure.CONFIGURATION, "the endpoint has moved"),
        308: (Failure.CONFIGURATION, "the endpoint has moved"),
        400: (Failure.CONTENT, "the request was called malformed"),
        401: (Failure.CREDENTIAL, "the log-in was refused"),
        403: (Failure.CREDENTIAL, "the log-in does not allow this"),
        404: (Failure.CONFIGURATION, "nothing at the endpoint's address"),
        405: (Failure.CONFIGURATION, "the endpoint does not take POST"),
        406: (Failure.CONFIGURATION, "the endpoint cannot answer in this form"),
        407: (Failure.CONFIGURATION, "a proxy wants a log-in"),
        410: (Failure.CONFIGURATION, "the endpoint is gone"),
        411: (Failure.CONFIGURATION, "the endpoint wants another form of request"),
        413: (Failure.CONTENT, "the request is too large"),
        415: (Failure.CONFIGURATION, "the endpoint does not take this content type"),
        421: (Failure.CONFIGURATION, "the endpoint does not answer for this host"),
        422: (Failure.CONTENT, "the request was called unusable"),
        429: (Failure.UNAVAILABLE, "too many requests"),
        431: (Failure.CONFIGURATION, "the request's headers are too large"),
    }
)


def outcome_of_status(status: int) -> Refused | Uncertain:
    """What an HTTP status means where the body says nothing more (connectivity facts 1.5)."""
    if status in _STATUS:
        failure, words = _STATUS[status]
        return Refused(failure=failure, detail=f"HTTP {status}: {words}")
    return Uncertain(detail=f"HTTP {status} and no answer that can be read")


def _timeout(endpoint: Endpoint) -> httpx2.Timeout:
    connect = endpoint.connect_timeout.total_seconds()
    read = endpoint.read_timeout.total_seconds()
    return httpx2.Timeout(connect=connect, read=read, write=read, pool=connect)
