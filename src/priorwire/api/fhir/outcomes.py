"""Every failure as an OperationOutcome: the same classes and statuses as the JSON API's problem documents.

An issue names its place by FHIRPath and its rule by our code; none carries a value of the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from priorwire import errors
from priorwire.api.problems import faults_in, status_of
from priorwire.errors import Fault, GuideError, InvalidRequest, PriorwireError, RequestError, RouteError

MEDIA_TYPE = "application/fhir+json"


class Unreadable(RequestError):
    """The body cannot be read as JSON."""


#: FHIR's kind of an issue; the nearest class in the exception's ancestry decides.
_KINDS: Mapping[type[PriorwireError], str] = {
    InvalidRequest: "invalid",
    Unreadable: "structure",
    errors.NotFound: "not-found",
    errors.IdempotencyConflict: "duplicate",
    errors.Conflict: "conflict",
    errors.Unauthorized: "login",
    errors.Forbidden: "forbidden",
    RouteError: "not-supported",
    errors.SafetyRefusal: "business-rule",
    PriorwireError: "processing",
}


def install(app: FastAPI) -> None:
    """Answer every failure of `app` with an OperationOutcome."""
    app.add_exception_handler(PriorwireError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PriorwireError)
    faults = error.faults if isinstance(error, InvalidRequest | GuideError) else ()
    code = next(_KINDS[kind] for kind in type(error).__mro__ if kind in _KINDS)
    word = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(error).__name__).strip("_")
    whole = Fault(pointer="", code=word, detail=error.message)
    return outcome(request, status_of(error), code, faults or (whole,))


def _malformed(request: Request, error: Exception) -> JSONResponse:
    """A header or a query parameter: the body is not FastAPI's to judge here."""
    assert isinstance(error, RequestValidationError)
    return outcome(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", faults_in(error.errors()))


def _http(request: Request, error: Exception) -> JSONResponse:
    """The framework's own refusals. Their `detail` is not shown: it may be made of the request."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = _SENTENCES.get(status) or f"{status.description or status.phrase}."
    code = "not-found" if status is HTTPStatus.NOT_FOUND else "not-supported"
    fault = Fault(pointer="", code=status.phrase.lower().replace(" ", "_"), detail=detail)
    return outcome(request, status, code, (fault,), headers=dict(error.headers or {}))


_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is no such interaction here; GET metadata names those that there are.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This path does not take this method.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this path takes.",
}


def outcome(
    request: Request,
    status: HTTPStatus,
    code: str,
    faults: Iterable[Fault],
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An OperationOutcome; its id is the correlation id of the call."""
    issues = [
        {
            "severity": "error",
            "code": code,
            "details": {"coding": [{"system": "urn:priorwire:fault", "code": each.code}], "text": each.detail},
            **({"expression": [each.pointer]} if each.pointer else {}),
        }
        for each in faults
    ]
    correlation_id = getattr(request.state, "correlation_id", "")
    body = {"resourceType": "OperationOutcome", **({"id": correlation_id} if correlation_id else {}), "issue": issues}
    more = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(body, status_code=int(status), media_type=MEDIA_TYPE, headers={**(headers or {}), **more})
