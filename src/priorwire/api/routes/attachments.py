"""``/v1/authorizations/…/attachments``: documents to a review."""

from __future__ import annotations

import base64
from http import HTTPStatus

from fastapi import APIRouter, Response

from priorwire.api.auth import AuthorizationReader, AuthorizationWriter, TheServices
from priorwire.api.openapi import taken_in
from priorwire.api.parameters import AttachmentPath, AuthorizationPath, IdempotencyKey, Prefer, wants_async
from priorwire.api.schemas.attachments import DocumentIn, DocumentOut, DocumentReportIn
from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway.attach import AttachCommand, attach_document, attachments_of, report_document
from priorwire.gateway.rows import AttachmentRow
from priorwire.model.lifecycle import Attachment

router = APIRouter(prefix="/v1/authorizations", tags=["attachments"])


@router.post("/{authorization_id}/attachments", status_code=HTTPStatus.CREATED, responses=taken_in(DocumentOut))
def attach(
    caller: AuthorizationWriter,
    authorization_id: AuthorizationPath,
    body: DocumentIn,
    services: TheServices,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> DocumentOut:
    """Send a document that the request announced, or that the payer asks for. What cannot go waits for a person."""
    command = AttachCommand(
        tenant=caller.tenant,
        actor=caller.name,
        transaction_id=authorization_id,
        content=_content(body),
        is_text=body.text is not None,
        wanted=body.wanted(),
        description=body.description,
        idempotency_key=idempotency_key,
        at_once=not wants_async(prefer),
    )
    attached = attach_document(services, command)
    acknowledged = attached.row.state is Attachment.ACKNOWLEDGED
    response.status_code = HTTPStatus.CREATED if acknowledged else HTTPStatus.ACCEPTED
    if attached.replayed:
        response.status_code = HTTPStatus.OK
    response.headers["Location"] = f"/v1/authorizations/{authorization_id}/attachments"
    return _out(attached.row)


@router.get("/{authorization_id}/attachments")
def listed(
    caller: AuthorizationReader, authorization_id: AuthorizationPath, services: TheServices
) -> list[DocumentOut]:
    """The documents of an authorization and where each stands, as they came in."""
    return [_out(each) for each in attachments_of(services, caller.tenant, authorization_id)]


@router.post("/{authorization_id}/attachments/{attachment_id}/report")
def report(
    caller: AuthorizationWriter,
    authorization_id: AuthorizationPath,
    attachment_id: AttachmentPath,
    body: DocumentReportIn,
    services: TheServices,
) -> DocumentOut:
    """Say that the payer has a document which waits for a person, or have it sent (again)."""
    row = report_document(
        services, caller.tenant, caller.name, authorization_id, attachment_id, arrived=body.payer_has_it
    )
    return _out(row)


def _content(body: DocumentIn) -> bytes:
    if body.text is not None and body.content is not None:
        detail = "Give the document as 'content' or as 'text', and not as both."
        raise InvalidRequest((Fault(pointer="/text", code="one_document", detail=detail),))
    if body.text is not None:
        return body.text.encode("utf-8")
    try:
        return base64.b64decode(body.content or "", validate=True)
    except ValueError:  # binascii.Error, and what is said of text beyond ASCII
        fault = Fault(pointer="/content", code="base64", detail="This is not base64.")
        raise InvalidRequest((fault,)) from None


_SHOWN = (
    "id",
    "detail",
    "control_number",
    "solicited",
    "report_type",
    "loinc",
    "description",
    "content_type",
    "size",
    "attempts",
    "work_item_id",
    "simulated",
    "created_by",
    "created_at",
    "updated_at",
)


def _out(row: AttachmentRow) -> DocumentOut:
    return DocumentOut(
        authorization_id=row.transaction_id,
        state=row.state.value,
        evidence=row.evidence.name.lower(),
        route=row.route_id,
        **{name: getattr(row, name) for name in _SHOWN},
    )
