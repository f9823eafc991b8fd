"""FHIR R4 over the same gateway: an application of its own under ``/fhir``.

It is mounted beside the JSON API because FHIR has its own shape of a failure (an OperationOutcome)
and its own media type; key, tenant, idempotency, audit and everything behind are the same.
"""

from __future__ import annotations

from fastapi import FastAPI

from priorwire.api.fhir import claims, coverage, metadata, outcomes
from priorwire.gateway.ports import Services

__all__ = ["create_fhir"]


def create_fhir(services: Services) -> FastAPI:
    """The FHIR application over `services`; described by its own ``metadata``, not by OpenAPI."""
    app = FastAPI(title="priorwire FHIR", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.services = services
    outcomes.install(app)
    for routes in (claims, coverage, metadata):
        app.include_router(routes.router)
    return app
