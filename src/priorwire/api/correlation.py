"""Around every request: a correlation id, and a problem document where nothing else answered.

Written against ASGI and not as an ``http`` middleware, so that a failure ends here: a
server that sees an exception writes its text into its own log, and a text may quote a
patient's value.
"""

from __future__ import annotations

import logging
import re
import traceback
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from priorwire.api.problems import unexpected

_log = logging.getLogger(__name__)

HEADER = "x-correlation-id"
#: What a caller may choose as its own: nothing that could break a log line or a header.
_SHAPE = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
#: An answer may name a patient: no cache keeps it, no browser guesses what it is.
_GUARDS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Correlated:
    """The application inside, with every answer marked and every surprise answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        correlation_id = given if _SHAPE.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        began = False

        async def marked(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                MutableHeaders(scope=message).update({HEADER: correlation_id, **_GUARDS})
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception as error:  # noqa: BLE001 -- the outermost edge: whatever it is, it is answered and logged
            _note(error, correlation_id)
            if not began:
                await unexpected(Request(scope))(scope, receive, marked)


def _note(error: Exception, correlation_id: str) -> None:
    """The type and the place go to the log, the text does not: it may quote what it choked on."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    extra = {"action": "api_fault", "error": type(error).__name__, "place": place, "subject": correlation_id}
    _log.error("unexpected failure", extra=extra)
