"""``/v1/eligibility-checks``: ask a payer about coverage."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from priorwire.api.auth import EligibilityReader, EligibilityWriter, TheServices
from priorwire.api.openapi import taken_in
from priorwire.api.pages import page_of
from priorwire.api.parameters import (
    EligibilityCheckPath,
    Field,
    IdempotencyKey,
    Include,
    Limit,
    NeedQuery,
    PageToken,
    Prefer,
    wants_async,
)
from priorwire.api.present import eligibility_out, explanation_out
from priorwire.api.routes.authorizations import settled
from priorwire.api.schemas.explanations import ExplanationOut
from priorwire.api.schemas.requests import EligibilityIn
from priorwire.api.schemas.responses import EligibilityOut, NeedOut, Page
from priorwire.gateway import queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.explain import explain_stored
from priorwire.gateway.intake import Command
from priorwire.gateway.needs import need_by_check
from priorwire.gateway.presentation import present_need
from priorwire.payers.profile import Transaction

router = APIRouter(prefix="/v1/eligibility-checks", tags=["eligibility checks"])


@router.post("", status_code=HTTPStatus.CREATED, responses=taken_in(EligibilityOut))
def check(
    body: EligibilityIn,
    caller: EligibilityWriter,
    services: TheServices,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> EligibilityOut:
    """Ask a payer about a patient's coverage, and whether a procedure needs an authorization."""
    command = Command(
        tenant=caller.tenant,
        actor=caller.name,
        request=body.to_model(),
        idempotency_key=idempotency_key,
        at_once=not wants_async(prefer),
    )
    taken = check_eligibility(services, command)
    response.status_code = settled(taken.row.status, replayed=taken.replayed)
    response.headers["Location"] = f"/v1/eligibility-checks/{taken.row.id}"
    return eligibility_out(queries.transaction(services, caller.tenant, taken.row.id))


@router.get("/{eligibility_check_id}")
def read(
    caller: EligibilityReader,
    eligibility_check_id: EligibilityCheckPath,
    services: TheServices,
    include: Include = None,
) -> EligibilityOut:
    """An eligibility check as it stands; `include=x12` adds every message, byte for byte."""
    asked = include or []
    view = queries.transaction(services, caller.tenant, eligibility_check_id, raw="x12" in asked)
    return eligibility_out(view, sources="sources" in asked)


@router.get("/{eligibility_check_id}/explain")
def explain(
    caller: EligibilityReader, eligibility_check_id: EligibilityCheckPath, services: TheServices, field: Field
) -> ExplanationOut:
    """Where a value of the latest record stands in the payer's message, byte by byte, and the rule that read it."""
    return explanation_out(explain_stored(services, caller.tenant, eligibility_check_id, field))


@router.get("/{eligibility_check_id}/authorization-need")
def need(
    caller: EligibilityReader,
    eligibility_check_id: EligibilityCheckPath,
    services: TheServices,
    question: Annotated[NeedQuery, Depends()],
) -> NeedOut:
    """Does a service need an authorization, as the answer says? Yes, no, unknown, or not stated."""
    found = need_by_check(services, caller.tenant, eligibility_check_id, question.to_model())
    return NeedOut.model_validate(present_need(found))


@router.get("")
def listed(caller: EligibilityReader, services: TheServices, limit: Limit = 50, page_token: PageToken = None) -> Page:
    """Eligibility checks, newest first."""
    return page_of(services, caller.tenant, Transaction.ELIGIBILITY, limit=limit, token=page_token)
