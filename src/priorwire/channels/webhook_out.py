"""Posts events to subscribers, and to nobody else.

A subscriber's address is data that somebody entered; without care it makes this server
post into its own network (the cloud's metadata service, a database's admin page). So the
name is resolved once, every address it has must be a public one, and the call goes to the
very address that was checked: a name that answers differently a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Final

import httpx2

from priorwire.channels.http import read_bounded

_LOG = logging.getLogger(__name__)
_TIMEOUT_SECONDS: Final = 15.0
#: A subscriber's answer is its status; its body is read so far and no further.
_MAX_REPLY_BYTES: Final = 64 * 1024
#: Networks that carry an IPv4 address inside an IPv6 one, and so may lead where IPv4 may not.
_TRANSLATING: Final = tuple(
    ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
_LAST_PORT: Final = 65535
NO_ANSWER: Final = 0

Resolver = Callable[[str, int], Sequence[str]]


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a name. Raises OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class WebhookPoster:
    """A `WebhookTransport` over HTTPS."""

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver = system_resolver,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        """`allow_loopback` (for demo and tests) also allows plain ``http://`` there."""
        self._allow_loopback = allow_loopback
        self._resolver = resolver
        self._timeout_seconds = timeout_seconds
        self._client = httpx2.Client(
            verify=True if tls is None else tls,
            trust_env=False,
            follow_redirects=False,
            timeout=timeout_seconds,
            # connections are pooled by address, and one address may serve several names
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The HTTP status; 0 where the address is not allowed or no answer came. Never raises for either."""
        try:
            return self._post(httpx2.URL(url), headers, body)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            # the kind only: messages of these may hold the address, and addresses hold tokens
            _LOG.warning(
                "no answer from a subscriber: %s", type(error).__name__, extra={"action": "webhook_unanswered"}
            )
            return NO_ANSWER

    def close(self) -> None:
        """End every connection."""
        self._client.close()

    def _post(self, url: httpx2.URL, headers: Mapping[str, str], body: bytes) -> int:
        address = self._checked(url)
        if address is None:
            _LOG.warning("a subscriber's address is not allowed", extra={"action": "webhook_forbidden"})
            return NO_ANSWER
        own = {name: value for name, value in headers.items() if name.lower() != "host"}
        with self._client.stream(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers={**own, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as response:
            read_bounded(response, _MAX_REPLY_BYTES, monotonic() + self._timeout_seconds)
            return response.status_code

    def _checked(self, url: httpx2.URL) -> str | None:
        """The address to call, or `None` where the rules forbid it."""
        if url.userinfo or not url.host or url.scheme not in ("https", "http"):
            return None
        port = url.port or (443 if url.scheme == "https" else 80)
        if port > _LAST_PORT:
            return None
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in self._resolver(url.host, port)]
        if not addresses:
            return None
        if self._allow_loopback and all(address.is_loopback for address in addresses):
            return str(addresses[0])
        if url.scheme != "https" or not all(is_public(address) for address in addresses):
            return None
        return str(addresses[0])


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the public internet, also by what it carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATING):
            return False
    return address.is_global and not address.is_multicast
