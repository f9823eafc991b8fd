"""Every failure as one problem document (RFC 9457), from one table of exception classes.

Nobody looks into an error's text to find its status. No document carries a value of the
request: a fault names the place by its JSON pointer and the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from priorwire import errors
from priorwire.errors import Fault, GuideError, InvalidRequest, PriorwireError, RouteError

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


def status_of(error: PriorwireError) -> HTTPStatus:
    """The HTTP status of one of our exceptions."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PriorwireError)
    slug = _slug(type(error).__name__)
    if isinstance(error, InvalidRequest | GuideError):
        faults = error.faults
    elif isinstance(error, RouteError):
        faults = route_faults(error)
    else:
        faults = ()
    return problem(request, status_of(error), slug, error.message, faults)


def route_faults(error: RouteError) -> tuple[Fault, ...]:
    """Where in a request the fault lies when there is no way to its payer."""
    code = _slug(type(error).__name__).replace("-", "_")
    return (Fault(pointer="/payer_id", code=code, detail=error.message),)


def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return _ours(request, InvalidRequest(faults_in(error.errors())))


def _http(request: Request, error: Exception) -> JSONResponse:
    """The framework's own refusals. Its `detail` is not shown: it may be made of the request."""
    assert isinstance(error, HTTPException)
    answer = refused(request, HTTPStatus(error.status_code))
    answer.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _methods(request: Request) -> Iterator[str]:
    """Every method of a path: its routes know one each, and the framework names the first one's only."""
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(request.url.path):
            yield from route.methods


def refused(request: Request, status: HTTPStatus) -> JSONResponse:
    """A refusal that no class of ours stands for: the path, the method, the size."""
    detail = _HTTP_SENTENCES.get(status) or f"{status.description or status.phrase}."
    return problem(request, status, _slug(status.phrase), detail)


def unexpected(request: Request) -> JSONResponse:
    """What is answered when the fault is ours and nobody foresaw it."""
    text = "Something unexpected went wrong here. Nothing of it is your request's fault; quote the correlation id."
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "fault", text)


def problem(request: Request, status: HTTPStatus, slug: str, detail: str, faults: Iterable[Fault] = ()) -> JSONResponse:
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


_HTTP_SENTENCES = {
    HTTPStatus.BAD_REQUEST: "The body cannot be read as JSON.",
    HTTPStatus.NOT_FOUND: "There is no such path; see /docs.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This path does not take this method; 'Allow' names those that it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this path takes.",
}


def faults_in(errors: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Everything that a schema found wrong, as Pydantic tells it: a place and a rule each."""
    return tuple(Fault(pointer=_pointer(each), code=_code(each), detail=_sentence(each)) for each in errors)


#: Keys that a pointer repeats. Any other key in a request is its sender's text, and might be a patient's value.
_KEY = re.compile(r"[a-z][A-Za-z0-9_-]{0,39}", re.ASCII)


def _pointer(fault: Mapping[str, Any]) -> str:
    """``("body", "services", 0, "code")`` as ``/services/0/code``; other places keep their name (``/query/limit``).

    What is no JSON at all has no places, and a key that looks like text is not repeated: its
    parent is named.
    """
    if fault["type"] == "json_invalid":
        return ""
    parts = place_of(fault)
    if fault["type"] == "extra_forbidden" and not _KEY.fullmatch(str(parts[-1])):
        parts = parts[:-1]
    return "".join(f"/{part}" for part in parts)


def place_of(fault: Mapping[str, Any]) -> tuple[str | int, ...]:
    """The steps to what a schema found wrong; a rule that looks at several fields names the one to mend in ``at``."""
    parts: tuple[str | int, ...] = tuple(fault["loc"])
    return (*(parts[1:] if parts[:1] == ("body",) else parts), *fault.get("ctx", {}).get("at", ()))


_WORDS = {"missing": "required", "extra_forbidden": "unknown_key"}
_SENTENCES = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such key; see the schema at /docs.",
    "json_invalid": "The body is not valid JSON.",
    "model_attributes_type": "A JSON object belongs here; a body is sent as 'Content-Type: application/json'.",
}


def _code(fault: Mapping[str, Any]) -> str:
    kind = str(fault["type"])
    return _WORDS.get(kind, kind)


def _sentence(fault: Mapping[str, Any]) -> str:
    """The rule that was broken. Pydantic's messages name rules and limits, not inputs; `input` is never shown."""
    kind = str(fault["type"])
    return _SENTENCES.get(kind) or f"{str(fault['msg']).rstrip('.')}."


def _slug(name: str) -> str:
    spaced = "".join(f"-{c.lower()}" if c.isupper() else c for c in name.replace(" ", ""))
    return spaced.strip("-")
