"""No body larger than its path takes: refused by its declared length, or when more has come than that.

The framework's own limit answers in plain text; here a refusal has the one shape that every
failure has.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from priorwire.api.problems import refused

#: A request with every field at its longest has a tenth of this.
MAX_BODY_BYTES = 1024 * 1024
#: Two files at their largest, as base64, and the form around them.
MAX_COMPLETION_BYTES = 32 * 1024 * 1024
_COMPLETION = re.compile(r"/v1/work-items/[^/]+/complete")
#: A bundle holds the documents that go with a request, as base64.
MAX_BUNDLE_BYTES = MAX_COMPLETION_BYTES
_BUNDLE = re.compile(r"/fhir/.*")
#: One file at its largest, as base64, and the form around it.
MAX_DOCUMENT_BODY_BYTES = 16 * 1024 * 1024
_DOCUMENT = re.compile(r"/v1/authorizations/[^/]+/attachments")


class BodyLimit:
    """The application inside, with a bound on what it is given to read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
            await refused(Request(scope), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def _limit_of(path: str) -> int:
    if _COMPLETION.fullmatch(path):
        return MAX_COMPLETION_BYTES
    if _DOCUMENT.fullmatch(path):
        return MAX_DOCUMENT_BODY_BYTES
    return MAX_BUNDLE_BYTES if _BUNDLE.fullmatch(path) else MAX_BODY_BYTES


def _counted(receive: Receive, limit: int) -> Receive:
    """What is received, until it is more than `limit`: a length may be left out, or not be true."""
    total = 0

    async def counting() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return counting
