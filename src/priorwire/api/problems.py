"""Every failure as one problem document (RFC 9457), from one table of exception classes.

Nobody looks into an error's text to find its status. No document carries a value of the
request: a fault names the place by its JSON pointer and the rule.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from priorwire import errors
from priorwire.errors import Fault, GuideError, InvalidRequest, PriorwireError

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

#: The nearest class in the exception's ancestry decides.
STATUS: Mapping[type[PriorwireError], HTTPStatus] = {
    errors.InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.IdempotencyConflict: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.RequestError: HTTPStatus.BAD_REQUEST,
    errors.RouteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SafetyRefusal: HTTPStatus.CONFLICT,
    errors.X12Error: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.GuideError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.StaleFence: HTTPStatus.CONFLICT,
    errors.StoreError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ConfigurationError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.PriorwireError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def install(app: FastAPI) -> None:
    """Answer every failure of `app` with a problem document."""
    app.add_exception_handler(PriorwireError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _surprise)


def status_of(error: PriorwireError) -> HTTPStatus:
    """The HTTP status of one of our exceptions."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PriorwireError)
    faults = error.faults if isinstance(error, InvalidRequest | GuideError) else ()
    return problem(request, status_of(error), _slug(type(error).__name__), error.message, faults)


def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(pointer=_pointer(each["loc"]), code=_code(each), detail=_sentence(each)) for each in error.errors()]
    text = "The request has faults; every one is listed with its place."
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", text, faults)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return problem(request, status, _slug(status.phrase), status.description or status.phrase)


def _surprise(request: Request, error: Exception) -> JSONResponse:
    # The type and the place go to the log, the text does not: it may quote what it choked on.
    _log.error("unexpected failure", extra={"action": "api_fault", "error": type(error).__name__})
    text = "Something unexpected went wrong here. Nothing of it is your request's fault; quote the correlation id."
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "fault", text)


def problem(
    request: Request, status: HTTPStatus, slug: str, detail: str, faults: Iterable[Fault] = ()
) -> JSONResponse:
    """A problem document."""
    body = {
        "type": f"urn:priorwire:problem:{slug}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "correlation_id": getattr(request.state, "correlation_id", ""),
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults],
    }
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status_code=int(status), media_type=MEDIA_TYPE, headers=headers)


def _pointer(place: Iterable[str | int]) -> str:
    """``("body", "services", 0, "code")`` as ``/services/0/code``; other places keep their name (``header``)."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in place]
    if parts[:1] == ["body"]:
        parts = parts[1:]
    return "".join(f"/{part}" for part in parts)


_WORDS = {"missing": "required", "extra_forbidden": "unknown_key"}
_SENTENCES = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such key; see the schema at /docs.",
    "json_invalid": "The body is not valid JSON.",
}


def _code(fault: Mapping[str, object]) -> str:
    kind = str(fault["type"])
    return _WORDS.get(kind, kind)


def _sentence(fault: Mapping[str, object]) -> str:
    """The rule that was broken. Pydantic's messages name rules and limits, not inputs; `input` is never shown."""
    kind = str(fault["type"])
    return _SENTENCES.get(kind) or f"{str(fault['msg']).rstrip('.')}."


def _slug(name: str) -> str:
    spaced = "".join(f"-{c.lower()}" if c.isupper() else c for c in name.replace(" ", ""))
    return spaced.strip("-")
