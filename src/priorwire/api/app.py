"""The HTTP application: routes, problems, a correlation id on everything."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.types import Lifespan

from priorwire.api import problems
from priorwire.api.routes import authorizations, eligibility_checks, operations, webhooks, work_items
from priorwire.api.schemas.responses import Problem
from priorwire.gateway.ports import Services

_CORRELATION = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_DESCRIPTION = """Ask payers for prior authorization and about eligibility, and read normalized answers.

Every failure is a problem document (RFC 9457) that lists all faults by JSON pointer. A payer's
rejection is not a failure of the API: it is a record with status `rejected`."""


def create_app(services: Services, *, fax_secret: str | None = None, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The application over `services`.

    Args:
        services: everything that the use cases need.
        fax_secret: ``whsec_…``, with which the fax carrier signs its reports; `None` closes that door.
        lifespan: what is started and stopped with the application.
    """
    app = FastAPI(
        lifespan=lifespan,
        title="priorwire",
        description=_DESCRIPTION,
        version="1",
        responses={"4XX": {"model": Problem, "content": {problems.MEDIA_TYPE: {}}}},
    )
    app.state.services = services
    app.state.fax_secret = fax_secret
    problems.install(app)
    app.middleware("http")(_correlate)
    for routes in (eligibility_checks, authorizations, work_items, webhooks, operations):
        app.include_router(routes.router)
    return app


async def _correlate(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """The caller's correlation id if it has the shape of one, else our own; on the answer and in problem documents."""
    given = request.headers.get("x-correlation-id", "")
    request.state.correlation_id = given if _CORRELATION.fullmatch(given) else str(uuid.uuid4())
    response = await call_next(request)
    response.headers["x-correlation-id"] = request.state.correlation_id
    return response
