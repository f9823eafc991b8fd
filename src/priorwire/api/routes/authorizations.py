"""``/v1/authorizations``: ask a payer for review, and read what it said."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response

from priorwire.api.auth import AuthorizationReader, AuthorizationWriter, TheServices
from priorwire.api.present import transaction_out, transaction_ref
from priorwire.api.schemas.requests import AuthorizationIn
from priorwire.api.schemas.responses import Page, TransactionOut
from priorwire.gateway import queries
from priorwire.gateway.intake import Command
from priorwire.gateway.submit import submit_authorization
from priorwire.model.identifiers import TransactionId

router = APIRouter(prefix="/v1/authorizations", tags=["authorizations"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Makes a repeated POST answer with the first one's result instead of asking the payer twice.",
        min_length=1,
        max_length=255,
    ),
]
Prefer = Annotated[str | None, Header(description="'respond-async' queues the request instead of sending at once.")]
#: A view beside the record: the messages as sent and received, or where each value was read.
Include = Annotated[list[Literal["x12", "sources"]] | None, Query()]
OPEN_STATUSES = frozenset({"submitted", "pended"})


def settled(status: str, *, replayed: bool) -> HTTPStatus:
    """201 for a new decided transaction, 202 while the answer is to come, 200 for one that was there before."""
    if replayed:
        return HTTPStatus.OK
    return HTTPStatus.ACCEPTED if status in OPEN_STATUSES else HTTPStatus.CREATED


@router.post("", status_code=HTTPStatus.CREATED, response_model_exclude_none=False)
def submit(
    body: AuthorizationIn,
    caller: AuthorizationWriter,
    services: TheServices,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> TransactionOut:
    """Submit a request for review. A payer that answers in real time has answered when this returns."""
    taken = submit_authorization(
        services,
        Command(
            tenant=caller.tenant,
            actor=caller.name,
            request=body.to_model(),
            idempotency_key=idempotency_key.strip('"') if idempotency_key else None,
            corrects=TransactionId(body.corrects) if body.corrects else None,
            at_once=prefer != "respond-async",
            intended_duplicate=body.intended_duplicate,
        ),
    )
    response.status_code = settled(taken.row.status, replayed=taken.replayed)
    response.headers["Location"] = f"/v1/authorizations/{taken.row.id}"
    return transaction_out(queries.transaction(services, caller.tenant, taken.row.id))


@router.get("/{authorization_id}")
def read(
    authorization_id: str, caller: AuthorizationReader, services: TheServices, include: Include = None
) -> TransactionOut:
    """An authorization as it stands, with the latest record; `include=x12` adds every message, byte for byte."""
    asked = include or []
    view = queries.transaction(services, caller.tenant, TransactionId(authorization_id), raw="x12" in asked)
    return transaction_out(view, sources="sources" in asked)


@router.get("")
def listed(
    caller: AuthorizationReader,
    services: TheServices,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    page_token: str | None = None,
) -> Page:
    """Authorizations and eligibility checks, newest first."""
    after = TransactionId(page_token) if page_token else None
    rows = queries.transactions(services, caller.tenant, limit=limit + 1, after=after)
    more = len(rows) > limit
    shown = [transaction_ref(row) for row in rows[:limit]]
    return Page(items=shown, next_page_token=shown[-1].id if more else None)
