"""The OpenAPI document: every failure under its own media type, in the one shape that it has."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from priorwire.api.problems import MEDIA_TYPE
from priorwire.api.schemas.responses import Problem

_REF = "#/components/schemas/{model}"
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_SAYS = {
    HTTPStatus.BAD_REQUEST: "The body could not be read as JSON.",
    HTTPStatus.UNAUTHORIZED: "No API key, or one that is not known.",
    HTTPStatus.FORBIDDEN: "The key lacks the scope.",
    HTTPStatus.NOT_FOUND: "Nothing of that id is here, or it is somebody else's.",
    HTTPStatus.CONFLICT: "The state it is in does not allow this.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this path takes.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request has faults; each is listed by its JSON pointer.",
}


def install(app: FastAPI) -> None:
    """Give `app` the document that describes it; made once, when first asked for."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to extend its document


def taken_in(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """What a POST answers when it succeeds, by how far the request has come."""
    location = {"Location": {"description": "Where to read it.", "schema": {"type": "string"}}}
    says = {
        HTTPStatus.OK: "The same Idempotency-Key came before: this is what it led to.",
        HTTPStatus.CREATED: "Sent, and answered.",
        HTTPStatus.ACCEPTED: "Taken in; the payer's decision is to come.",
    }
    return {int(status): {"model": model, "description": text, "headers": location} for status, text in says.items()}


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _describe_failures(path, method, operation)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template=_REF)
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    return document


def _describe_failures(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status in _failures(path, method, operation):
        responses[str(int(status))] = _failure(_SAYS[status])
    responses["default"] = _failure("Any other failure has the same shape.")


def _failures(path: str, method: str, operation: dict[str, Any]) -> Iterator[HTTPStatus]:
    if method == "post":
        yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if "security" in operation:
        yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    if "{" in path or "inbound" in path:
        yield HTTPStatus.NOT_FOUND
    yield HTTPStatus.UNPROCESSABLE_ENTITY


def _failure(says: str) -> dict[str, Any]:
    return {"description": says, "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}}
