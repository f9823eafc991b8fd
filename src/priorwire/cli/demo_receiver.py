"""The demo's subscriber: takes webhooks over HTTP and believes only those whose signature it has checked."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from priorwire.clock import Clock
from priorwire.errors import Unauthorized
from priorwire.gateway.signatures import verify


class WebhookReceiver:
    """An HTTP server on a free port of the loopback interface, in a thread of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._secret = ""
        self._seen: set[str] = set()
        #: Messages whose signature did not fit.
        self.refused = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/priorwire"

    @property
    def delivered(self) -> int:
        """How many different messages came, signature checked."""
        with self._lock:
            return len(self._seen)

    def trust(self, secret: str) -> None:
        """From now on, believe what this secret has signed."""
        with self._lock:
            self._secret = secret

    def take(self, headers: dict[str, str], body: bytes) -> HTTPStatus:
        """Check a message and note it. A message that comes twice counts once."""
        with self._lock:
            try:
                verify(self._secret, headers, body, self._clock.now())
            except Unauthorized:
                self.refused += 1
                return HTTPStatus.UNAUTHORIZED
            self._seen.add(headers["webhook-id"])
        return HTTPStatus.NO_CONTENT

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver.take(headers, body))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing: standard error belongs to the demo's display."""

        return Handler
