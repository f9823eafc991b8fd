"""Attach a document to a review: keep it, find what it answers and which way it goes, and send it.

The document is archived in the commit that takes it in, so that from then on it is nobody's to
lose. What cannot go by machine is put before a person with the reason, and can be sent later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from priorwire.errors import Conflict, Fault, IdempotencyConflict, InvalidRequest, NotFound, StaleFence
from priorwire.gateway.answered import announcing_context
from priorwire.gateway.attachment_changes import move
from priorwire.gateway.attachment_delivery import Way, deliver_document, document_bytes, way_of
from priorwire.gateway.attachment_targets import Target, Wanted, target_of
from priorwire.gateway.messages import Numbers, attachment_bytes
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import (
    ArchiveRow,
    AttachmentRow,
    AuditRow,
    Direction,
    DueKind,
    DueRow,
    IdempotencyRow,
    TransactionRow,
)
from priorwire.gateway.ways import carries_x12
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.identifiers import ArchiveId, AttachmentId, TenantId, TransactionId
from priorwire.model.lifecycle import Attachment, AttachmentEvent, Review

#: More than this is a scan at the wrong setting.
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
#: By the first bytes of a file; a name or a declared type proves nothing.
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
#: Reviews that no document can help any more.
_OVER = frozenset({Review.SUPERSEDED, Review.CANCELLED, Review.REJECTED, Review.NOT_REQUIRED})
#: Where there is only one choice.
ANYTHING = Wanted()
_REHEARSAL = Numbers(interchange=1, group=1, reference="REHEARSAL", trace="REHEARSAL")


@dataclass(frozen=True, kw_only=True, repr=False)
class AttachCommand:
    """A document, as it came in."""

    tenant: TenantId
    #: Name of the API key or person.
    actor: str
    transaction_id: TransactionId
    content: bytes
    #: Whether `content` was given as text, and not as a file.
    is_text: bool = False
    wanted: Wanted = ANYTHING
    description: str | None = None
    idempotency_key: str | None = None
    #: Send in this process at once; False leaves it to the dispatcher.
    at_once: bool = True


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What became of it."""

    row: AttachmentRow
    #: The same document with the same key came before: this is what it led to.
    replayed: bool


def attach_document(services: Services, command: AttachCommand) -> Attached:
    """Take a document in and, unless it is queued, send it in this process.

    Raises:
        NotFound: there is no such authorization.
        InvalidRequest: it is no document that can be sent, or nothing wants it; each fault by its JSON pointer.
        Conflict: the review is over, or the same document is on its way already.
        IdempotencyConflict: the key was used for something else.
    """
    content_type = _content_type(command)
    taken, lease = _take_in(services, command, content_type)
    if lease is None:
        return taken
    try:
        return replace(taken, row=deliver_document(services, lease))
    except StaleFence:
        with services.store.read(command.tenant) as uow:  # a call that outlasted its lease: in other hands by now
            return replace(taken, row=uow.attachments.get(taken.row.id))


def attachments_of(services: Services, tenant: TenantId, transaction_id: TransactionId) -> Sequence[AttachmentRow]:
    """The documents of an authorization, as they came in. Raises NotFound."""
    with services.store.read(tenant) as uow:
        return uow.attachments.of(uow.transactions.get(transaction_id).id)


def report_document(
    services: Services,
    tenant: TenantId,
    actor: str,
    transaction_id: TransactionId,
    attachment_id: AttachmentId,
    *,
    arrived: bool,
) -> AttachmentRow:
    """What a person learned of a document, or did with it: the payer has it, or it is to be sent (again).

    Raises:
        NotFound: there is no such document.
        IllegalTransition: it is not before a person.
    """
    now = services.clock.now()
    event = AttachmentEvent.PERSON_FOUND_IT if arrived else AttachmentEvent.PERSON_SENDS_AGAIN
    with services.store.read(tenant) as uow:
        seen = uow.attachments.get(attachment_id)
        if seen.transaction_id != transaction_id:
            raise NotFound
        partition = seen.endpoint_id or uow.transactions.get(transaction_id).endpoint_id
    with services.store.work(tenant) as uow:
        if not arrived:  # first, as whoever has the lease: the due row, then the document
            uow.due.schedule(DueKind.ATTACHMENT, attachment_id, partition, now)
        attachment = uow.attachments.get(attachment_id)
        row = uow.transactions.get(transaction_id)
        detail = "A person says that the payer has it." if arrived else "A person has it sent."
        return move(services, uow, attachment, event, row, detail=detail, actor=actor)


def _content_type(command: AttachCommand) -> str:
    where = "text" if command.is_text else "content"
    if not command.content:
        raise _fault(where, "required", "The document is empty.")
    if len(command.content) > MAX_DOCUMENT_BYTES:
        raise _fault(where, "too_large", "A document may have 10 MB.")
    if command.is_text:
        return "text/plain"
    found = next((kind for magic, kind in _MAGIC.items() if command.content.startswith(magic)), None)
    if found is None:
        raise _fault(where, "file_type", "Attach a PDF, PNG or JPEG file, or give the document as text.")
    return found


def _fault(name: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest((Fault(pointer=f"/{name}", code=code, detail=detail),))


def _take_in(services: Services, command: AttachCommand, content_type: str) -> tuple[Attached, DueRow | None]:
    with services.store.work(command.tenant) as uow:
        # Of two that come at the same moment the second waits here, and then finds the first.
        if command.idempotency_key is not None:
            uow.transactions.hold(f"key {command.idempotency_key}")
            earlier = _earlier(uow, command)
            if earlier is not None:
                return Attached(row=earlier, replayed=True), None
        uow.transactions.hold(f"documents of {command.transaction_id}")
        row = uow.transactions.get(command.transaction_id)
        if not isinstance(row.request, AuthorizationRequest):
            raise NotFound
        if row.review in _OVER:
            raise Conflict(f"{row.id} is {row.status}: nobody reviews it, and no document is sent to it.")
        target = _target(services, uow, row, command)
        meaning = uow.transactions.digest(f"document {row.id} {target.control_number} {_sha256(command)}")
        _refuse_duplicate(uow, row, meaning)
        attachment = _stored(services, uow, command, row, target, content_type, meaning)
        return _on_its_way(services, uow, command, row, attachment)


def _target(services: Services, uow: UnitOfWork, row: TransactionRow, command: AttachCommand) -> Target:
    """What it answers. Of a request that did not go as X12 nobody can tell by machine, and a person sends it."""
    try:
        return target_of(row, uow.records.history(row.id), announcing_context(row), command.wanted)
    except InvalidRequest:
        if carries_x12(services.channels[row.channel]):
            raise
        wanted = command.wanted
        return Target(
            control_number=wanted.control_number or "",
            solicited=False,
            report_type=wanted.report_type,
            loinc=wanted.loinc,
        )


def _on_its_way(
    services: Services, uow: UnitOfWork, command: AttachCommand, row: TransactionRow, attachment: AttachmentRow
) -> tuple[Attached, DueRow | None]:
    way = way_of(services, uow, row)
    if isinstance(way, str):
        moved = move(services, uow, attachment, AttachmentEvent.HANDED_OVER, row, detail=way)
        return Attached(row=moved, replayed=False), None
    _rehearse(services, way, row, attachment, command.content)
    taken = Attached(row=attachment, replayed=False)
    now, partition = services.clock.now(), way.route.endpoint.id
    if command.at_once:
        return taken, uow.due.take(DueKind.ATTACHMENT, attachment.id, partition, now + services.lease)
    uow.due.schedule(DueKind.ATTACHMENT, attachment.id, partition, now)
    return taken, None


def _rehearse(services: Services, way: Way, row: TransactionRow, attachment: AttachmentRow, content: bytes) -> None:
    """Build it once with numbers that are never sent, so that a fault is the caller's answer and not a stuck row."""
    now = services.clock.now()
    document = document_bytes(attachment, content)
    attachment_bytes(row, document, way.profile, way.route, _REHEARSAL, now, solicited=attachment.solicited)


def _sha256(command: AttachCommand) -> str:
    return hashlib.sha256(command.content).hexdigest()


def _earlier(uow: UnitOfWork, command: AttachCommand) -> AttachmentRow | None:
    used = uow.idempotency.find(command.idempotency_key or "")
    if used is None:
        return None
    earlier = uow.attachments.by_key(used.key)
    if earlier is None or used.fingerprint != _fingerprint(uow, command):
        raise IdempotencyConflict
    return earlier


def _fingerprint(uow: UnitOfWork, command: AttachCommand) -> str:
    wanted = command.wanted
    said = (wanted.control_number, wanted.announced, wanted.report_type, wanted.loinc, command.description)
    return uow.transactions.digest(f"attach {command.transaction_id} {_sha256(command)} {said!r}")


def _refuse_duplicate(uow: UnitOfWork, row: TransactionRow, meaning: str) -> None:
    for other in uow.attachments.of(row.id):
        if other.meaning == meaning and other.state is not Attachment.REFUSED:
            raise Conflict(f"The same document is {other.id} already ({other.state.value}). It is not sent twice.")


def _stored(
    services: Services,
    uow: UnitOfWork,
    command: AttachCommand,
    row: TransactionRow,
    target: Target,
    content_type: str,
    meaning: str,
) -> AttachmentRow:
    now = services.clock.now()
    document = ArchiveRow(
        id=ArchiveId(services.ids.new("arch")),
        tenant=row.tenant,
        direction=Direction.IN,
        content_type=content_type,
        endpoint_id=row.endpoint_id,
        transaction_id=row.id,
        sha256=_sha256(command),
        size=len(command.content),
        at=now,
    )
    uow.archive.put(document, command.content)
    attachment = AttachmentRow(
        id=AttachmentId(services.ids.new("att")),
        tenant=row.tenant,
        transaction_id=row.id,
        state=Attachment.QUEUED,
        control_number=target.control_number,
        solicited=target.solicited,
        report_type=target.report_type,
        loinc=target.loinc,
        description=command.description,
        content_type=content_type,
        size=document.size,
        document_id=document.id,
        meaning=meaning,
        reference="PD" + services.ids.token(18),
        idempotency_key=command.idempotency_key,
        created_by=command.actor,
        created_at=now,
        updated_at=now,
    )
    uow.attachments.add(attachment)
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=command.actor, action="attachment.received", subject=attachment.id)
    )
    if command.idempotency_key is not None:
        used = IdempotencyRow(
            tenant=row.tenant,
            key=command.idempotency_key,
            fingerprint=_fingerprint(uow, command),
            transaction_id=row.id,
            at=now,
        )
        uow.idempotency.add(used)
    return attachment
