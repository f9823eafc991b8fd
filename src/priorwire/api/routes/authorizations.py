"""``/v1/authorizations``: ask a payer for review, and read what it said."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

from priorwire.api.auth import AuthorizationReader, AuthorizationWriter, TheServices
from priorwire.api.openapi import taken_in
from priorwire.api.pages import page_of
from priorwire.api.parameters import (
    AuthorizationPath,
    Field,
    IdempotencyKey,
    Include,
    Limit,
    PageToken,
    Prefer,
    wants_async,
)
from priorwire.api.present import explanation_out, transaction_out
from priorwire.api.review import ReviewedRoute
from priorwire.api.schemas.explanations import ExplanationOut
from priorwire.api.schemas.requests import AuthorizationIn
from priorwire.api.schemas.responses import Page, TransactionOut
from priorwire.errors import Fault, InvalidRequest, NotFound
from priorwire.gateway import queries
from priorwire.gateway.explain import explain_stored
from priorwire.gateway.intake import Command
from priorwire.gateway.ports import Services
from priorwire.gateway.submit import submit_authorization
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.payers.profile import Transaction

router = APIRouter(prefix="/v1/authorizations", tags=["authorizations"], route_class=ReviewedRoute)

OPEN_STATUSES = frozenset({"submitted", "pended"})


def settled(status: str, *, replayed: bool) -> HTTPStatus:
    """201 for a new decided transaction, 202 while the answer is to come, 200 for one that was there before."""
    if replayed:
        return HTTPStatus.OK
    return HTTPStatus.ACCEPTED if status in OPEN_STATUSES else HTTPStatus.CREATED


@router.post("", status_code=HTTPStatus.CREATED, responses=taken_in(TransactionOut))
def submit(
    body: AuthorizationIn,
    caller: AuthorizationWriter,
    services: TheServices,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> TransactionOut:
    """Submit a request for review. A payer that answers in real time has answered when this returns."""
    command = Command(
        tenant=caller.tenant,
        actor=caller.name,
        request=body.to_model(),
        idempotency_key=idempotency_key,
        corrects=_corrected(services, caller.tenant, body.corrects),
        at_once=not wants_async(prefer),
        intended_duplicate=body.intended_duplicate,
    )
    taken = submit_authorization(services, command)
    response.status_code = settled(taken.row.status, replayed=taken.replayed)
    response.headers["Location"] = f"/v1/authorizations/{taken.row.id}"
    return transaction_out(queries.transaction(services, caller.tenant, taken.row.id))


@router.get("/{authorization_id}")
def read(
    caller: AuthorizationReader, authorization_id: AuthorizationPath, services: TheServices, include: Include = None
) -> TransactionOut:
    """An authorization as it stands, with the latest record; `include=x12` adds every message, byte for byte."""
    asked = include or []
    view = queries.transaction(services, caller.tenant, authorization_id, raw="x12" in asked)
    return transaction_out(view, sources="sources" in asked)


@router.get("/{authorization_id}/explain")
def explain(
    caller: AuthorizationReader, authorization_id: AuthorizationPath, services: TheServices, field: Field
) -> ExplanationOut:
    """Where a value of the latest record stands in the payer's message, byte by byte, and the rule that read it."""
    return explanation_out(explain_stored(services, caller.tenant, authorization_id, field))


@router.get("")
def listed(caller: AuthorizationReader, services: TheServices, limit: Limit = 50, page_token: PageToken = None) -> Page:
    """Authorizations, newest first."""
    return page_of(services, caller.tenant, Transaction.AUTHORIZATION, limit=limit, token=page_token)


def _corrected(services: Services, tenant: TenantId, given: str | None) -> TransactionId | None:
    """The submission that is corrected; one that is not there is a fault of the body, not of the path."""
    if given is None:
        return None
    try:
        return queries.transaction(services, tenant, TransactionId(given)).row.id
    except NotFound as missing:
        fault = Fault(pointer="/corrects", code="not_found", detail="There is no submission with this id here.")
        raise InvalidRequest((fault,)) from missing
