"""Who calls: an API key, sent as a bearer token. Only its digest is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from priorwire.errors import Forbidden, Unauthorized
from priorwire.gateway.api_keys import digest_of
from priorwire.gateway.ports import Services
from priorwire.model.identifiers import TenantId

_bearer = HTTPBearer(auto_error=False, description="An API key: 'priorwire db key --tenant NAME' makes one.")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A key that was recognised."""

    tenant: TenantId
    name: str
    scopes: frozenset[str]


def services_of(request: Request) -> Services:
    """The services that the application was made with."""
    services: Services = request.app.state.services
    return services


def caller_with(scope: str) -> Callable[..., Caller]:
    """A dependency that demands a key with `scope`. Raises Unauthorized, Forbidden."""

    def recognise(
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        services: Annotated[Services, Depends(services_of)],
    ) -> Caller:
        if credentials is None:
            raise Unauthorized
        row = services.store.api_key(digest_of(credentials.credentials))
        if row is None or not row.active:
            raise Unauthorized
        if scope not in row.scopes:
            raise Forbidden(f"This API key does not have the scope '{scope}'.")
        return Caller(tenant=row.tenant, name=row.name, scopes=row.scopes)

    return recognise


TheServices = Annotated[Services, Depends(services_of)]
EligibilityWriter = Annotated[Caller, Depends(caller_with("eligibility.write"))]
EligibilityReader = Annotated[Caller, Depends(caller_with("eligibility.read"))]
AuthorizationWriter = Annotated[Caller, Depends(caller_with("authorization.write"))]
AuthorizationReader = Annotated[Caller, Depends(caller_with("authorization.read"))]
WorkWriter = Annotated[Caller, Depends(caller_with("work.write"))]
WorkReader = Annotated[Caller, Depends(caller_with("work.read"))]
WebhookManager = Annotated[Caller, Depends(caller_with("webhook.manage"))]
