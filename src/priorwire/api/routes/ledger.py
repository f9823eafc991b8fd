"""``/v1/authorizations/…``: what was used of an authorization, what is left, and whether a claim would match."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from priorwire.api.auth import AuthorizationReader, AuthorizationWriter, TheServices
from priorwire.api.parameters import AuthorizationPath, IdempotencyKey, UsePath
from priorwire.api.schemas.ledger import ClaimIn, ClaimMatchOut, LedgerOut, SearchIn, UseIn, UseOut
from priorwire.gateway.claim_match import NO_PROMISE
from priorwire.gateway.plain import plain
from priorwire.gateway.rows import UseRow
from priorwire.gateway.uses import LedgerView, UseCommand, claim_match, ledger, of_member, record_use, void_use
from priorwire.model.identifiers import PayerId

router = APIRouter(prefix="/v1/authorizations", tags=["use of authorizations"])

_AGAIN: dict[int | str, dict[str, Any]] = {
    int(HTTPStatus.OK): {
        "model": UseOut,
        "description": "The same Idempotency-Key came before: this is what was recorded then.",
    }
}


@router.post("/search")
def search(caller: AuthorizationReader, body: SearchIn, services: TheServices) -> list[LedgerOut]:
    """Authorizations of a member that may be used on a day, newest first; at most fifty are looked at."""
    payer = PayerId(body.payer_id) if body.payer_id else None
    found = of_member(services, caller.tenant, body.member_id, on=body.service_date, payer_id=payer)
    return [_ledger_out(each) for each in found]


@router.get("/{authorization_id}/ledger")
def read(caller: AuthorizationReader, authorization_id: AuthorizationPath, services: TheServices) -> LedgerOut:
    """What was asked for, approved, used and is left, by code, unit and days; with every use, voided ones too."""
    return _ledger_out(ledger(services, caller.tenant, authorization_id))


@router.post("/{authorization_id}/uses", status_code=HTTPStatus.CREATED, responses=_AGAIN)
def use(
    caller: AuthorizationWriter,
    authorization_id: AuthorizationPath,
    body: UseIn,
    services: TheServices,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> UseOut:
    """Record a service that was given. It is recorded whether or not it fits what was approved."""
    command = UseCommand(
        tenant=caller.tenant,
        actor=caller.name,
        transaction_id=authorization_id,
        use=body.to_model(),
        idempotency_key=idempotency_key,
    )
    recorded = record_use(services, command)
    response.status_code = HTTPStatus.OK if recorded.replayed else HTTPStatus.CREATED
    return _use_out(recorded.row)


@router.post("/{authorization_id}/uses/{use_id}/void")
def void(
    caller: AuthorizationWriter, authorization_id: AuthorizationPath, use_id: UsePath, services: TheServices
) -> UseOut:
    """Take a use back. The record of it stays."""
    return _use_out(void_use(services, caller.tenant, caller.name, authorization_id, use_id))


@router.post("/{authorization_id}/claim-match")
def match(
    caller: AuthorizationReader, authorization_id: AuthorizationPath, body: ClaimIn, services: TheServices
) -> ClaimMatchOut:
    """Would this claim match? Names every mismatch, changes nothing, and says nothing of payment."""
    found = claim_match(services, caller.tenant, authorization_id, body.to_model())
    return ClaimMatchOut.model_validate({**plain(found), "matches": found.matches, "notice": NO_PROMISE})


def _ledger_out(view: LedgerView) -> LedgerOut:
    shown = plain(view.ledger)
    for line, each in zip(shown["lines"], view.ledger.lines, strict=True):
        line["is_overdrawn"] = each.is_overdrawn
    shown |= {
        "id": view.row.id,
        "payer_id": view.row.payer_id,
        "unassigned": [each.id for each in view.ledger.unassigned],
        "uses": [_use_out(each) for each in view.uses],
        "notice": NO_PROMISE,
    }
    return LedgerOut.model_validate(shown)


def _use_out(row: UseRow) -> UseOut:
    beside = {name: getattr(row, name) for name in ("recorded_at", "recorded_by", "voided_at", "voided_by")}
    return UseOut.model_validate({**plain(row.use), **beside})
