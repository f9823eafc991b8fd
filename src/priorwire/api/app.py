"""The HTTP application: routes, problems, a correlation id on everything."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.types import Lifespan

from priorwire.api import openapi, problems
from priorwire.api.body_limit import BodyLimit
from priorwire.api.correlation import Correlated
from priorwire.api.fhir import create_fhir
from priorwire.api.parameters import refuse_unknown
from priorwire.api.routes import (
    attachments,
    authorizations,
    eligibility_checks,
    ledger,
    operations,
    webhooks,
    work_items,
)
from priorwire.gateway.ports import Services

_DESCRIPTION = """Ask payers for prior authorization and about eligibility, and read normalized answers.

Every failure is a problem document (RFC 9457) that lists all faults by JSON pointer. A payer's
rejection is not a failure of the API: it is a record with status `rejected`."""


def create_app(
    services: Services, *, fax_secret: str | None = None, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
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
        dependencies=[Depends(refuse_unknown)],
        redirect_slashes=False,  # a POST that is sent elsewhere would take its body along
    )
    app.state.services = services
    app.state.fax_secret = fax_secret
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Correlated)  # the last one added is the outermost
    for routes in (eligibility_checks, authorizations, attachments, ledger, work_items, webhooks, operations):
        app.include_router(routes.router)
    app.mount("/fhir", create_fhir(services))
    openapi.install(app)
    return app
