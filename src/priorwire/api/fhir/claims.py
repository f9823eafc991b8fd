"""``/fhir/Claim``: Da Vinci PAS 2.2, submit and inquire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter

from priorwire.api.auth import AuthorizationReader, AuthorizationWriter, TheServices
from priorwire.api.fhir.checked import Places, checked_authorization, placed
from priorwire.api.fhir.documents import FhirResponse, Posted, answer, payer_ids, told
from priorwire.api.fhir.replies import claim_reply, payer_name, with_losses
from priorwire.api.parameters import IdempotencyKey, Prefer, wants_async
from priorwire.errors import Conflict, InvalidRequest
from priorwire.gateway import queries
from priorwire.gateway.attach import AttachCommand, attach_document
from priorwire.gateway.attachment_targets import Wanted
from priorwire.gateway.intake import Command, Intake
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import TransactionRow
from priorwire.gateway.submit import submit_authorization
from priorwire.mapping.fhir import Loss, read_inquiry, read_request
from priorwire.mapping.fhir.documents_read import AnnouncedContent
from priorwire.mapping.fhir.pas_inquiry import InquiryRead
from priorwire.mapping.fhir.pas_request_read import RequestRead
from priorwire.model.authorization import AuthorizationRequest, RequestKind
from priorwire.model.identifiers import PayerId, TenantId
from priorwire.payers.profile import Transaction

router = APIRouter(prefix="/Claim")

#: How many reviews of one member are looked at.
_LOOKED_AT = 200


@router.post("/$submit")
def submit(
    document: Posted,
    caller: AuthorizationWriter,
    services: TheServices,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> FhirResponse:
    """A PAS request bundle in, a PAS response bundle out; pended (A4) where the payer does not answer at once."""
    read = read_request(document, payer_ids(services))
    places = Places(read.places, "Bundle.entry[0].resource")
    with placed(places):
        request, losses = checked_authorization(_with_number(services, caller.tenant, read), places)
        command = Command(
            tenant=caller.tenant,
            actor=caller.name,
            request=request,
            idempotency_key=idempotency_key,
            at_once=not wants_async(prefer),
        )
        taken = submit_authorization(services, command)
    losses += _attached(services, command, taken, read.documents)
    view = queries.transaction(services, caller.tenant, taken.row.id)
    name = payer_name(services, view)
    written = claim_reply(
        view, name, services.clock, sequences=read.sequences, bundle=read.bundle, claim_url=read.claim_url
    )
    return answer(with_losses(written, [*read.losses, *losses]), Location=f"/v1/authorizations/{taken.row.id}")


@router.post("/$inquire")
def inquire(document: Posted, caller: AuthorizationReader, services: TheServices) -> FhirResponse:
    """Which reviews of a patient there are, as they stand: a Parameters resource with a bundle for each."""
    asked = read_inquiry(document, payer_ids(services))
    rows = _asked_about(services, caller.tenant, asked)
    parameters: list[dict[str, Any]] = []
    for row in rows:
        view = queries.transaction(services, caller.tenant, row.id)
        written = claim_reply(view, payer_name(services, view), services.clock, bundle=asked.bundle, is_inquiry=True)
        parameters.append({"name": "return", "resource": with_losses(written)})
    if asked.losses:
        outcome = {"resourceType": "OperationOutcome", "issue": told(asked.losses)}
        parameters.append({"name": "outcome", "resource": outcome})
    body = {"resourceType": "Parameters", **({"parameter": parameters} if parameters else {})}
    return answer(body, HTTPStatus.OK)


def _attached(services: Services, command: Command, taken: Intake, documents: Sequence[AnnouncedContent]) -> list[Loss]:
    """Sends the documents that the bundle holds, as those that the request announced; what did not go is told.

    The submission stands whatever becomes of them: the payer has the announcement, and each can be attached later.
    """
    losses = []
    for each in documents:
        attach = AttachCommand(
            tenant=command.tenant,
            actor=command.actor,
            transaction_id=taken.row.id,
            content=each.content.data,
            is_text=each.content.is_text,
            wanted=Wanted(announced=each.announced),
            at_once=command.at_once,
        )
        try:
            attach_document(services, attach)
        except InvalidRequest as invalid:
            losses += [each.lost(fault.detail) for fault in invalid.faults]
        except Conflict as conflict:
            if not taken.replayed:  # the same bundle again: its documents went with the first
                losses.append(each.lost(conflict.message))
    return losses


def _with_number(services: Services, tenant: TenantId, read: RequestRead) -> AuthorizationRequest:
    """The request; an update that names the Claim that it updates gets that one's number.

    PAS points to the earlier Claim, X12 wants the number that the payer gave it.
    """
    request = read.request
    known = request.previous_authorization_number or request.previous_administrative_reference
    if request.kind is RequestKind.INITIAL or known or read.prior is None:
        return request
    rows = _of_member(services, tenant, request.payer_id, request.subscriber.member_id or "")
    earlier = next((each for each in rows if each.client_reference == read.prior), None)
    if earlier is None:
        return request
    return replace(
        request,
        previous_authorization_number=earlier.authorization_number,
        previous_administrative_reference=earlier.administrative_reference,
    )


def _of_member(services: Services, tenant: TenantId, payer_id: str, member_id: str) -> Sequence[TransactionRow]:
    with services.store.read(tenant) as uow:
        return uow.transactions.of_member(
            member_id, kind=Transaction.AUTHORIZATION, payer_id=PayerId(payer_id), limit=_LOOKED_AT
        )


def _asked_about(services: Services, tenant: TenantId, asked: InquiryRead) -> list[TransactionRow]:
    """By the number where one is given, else by the Claim's identifier, else every one of the codes asked about.

    A review that another one took the place of is left out: the current one answers for it.
    """
    rows = [each for each in _of_member(services, tenant, asked.payer_id, asked.member_id) if not each.superseded_by]
    if asked.authorization_number:
        return [each for each in rows if each.authorization_number == asked.authorization_number]
    if asked.administrative_reference:
        return [each for each in rows if each.administrative_reference == asked.administrative_reference]
    named = [each for each in rows if asked.claim and each.client_reference == asked.claim]
    wanted = {code.upper() for code in asked.procedures}
    return named or [each for each in rows if not wanted or wanted & _codes(each)]


def _codes(row: TransactionRow) -> set[str]:
    request = row.request
    lines = request.services if isinstance(request, AuthorizationRequest) else ()
    return {each.procedure.code.upper() for each in lines}
