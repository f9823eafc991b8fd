"""What a person did: completing a work item makes the same kind of record as a payer's reply."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from priorwire.errors import Conflict, Fault, InvalidRequest
from priorwire.gateway.changes import ask_person, save
from priorwire.gateway.decide import task_of
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import (
    ArchiveRow,
    AuditRow,
    Direction,
    DueKind,
    RecordRow,
    TransactionRow,
    WorkItemRow,
    WorkKind,
    WorkState,
)
from priorwire.gateway.schedule import next_time
from priorwire.model.authorization import (
    AuthorizationRecord,
    AuthorizationRequest,
    PendedFor,
    ReviewStatus,
    ServiceDecision,
)
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import ArchiveId, TenantId, WorkItemId
from priorwire.model.lifecycle import DELIVERY, REVIEW, CaseState, Delivery, DeliveryEvent, Review, advance
from priorwire.model.services import ProcedureCode, Quantity, Unit

#: How a record says that a person entered it, in place of what joined it.
BY_PERSON = "entered by a person"
#: A screenshot or a letter; more than this is a scan at the wrong setting.
MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class PersonOutcome(Enum):
    """What a person reports of a request that they submitted, or asked about."""

    #: The payer has it; no decision yet.
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DENIED = "denied"
    PENDED = "pended"
    NOT_REQUIRED = "not_required"
    #: Closed without an answer of the payer, with a reason.
    DISMISSED = "dismissed"


_STATUS = {
    PersonOutcome.SUBMITTED: ReviewStatus.PENDED,
    PersonOutcome.APPROVED: ReviewStatus.APPROVED,
    PersonOutcome.DENIED: ReviewStatus.DENIED,
    PersonOutcome.PENDED: ReviewStatus.PENDED,
    PersonOutcome.NOT_REQUIRED: ReviewStatus.NOT_REQUIRED,
}
#: Outcomes that say nothing without the number that the payer gave, and which field holds it.
_NEEDS_REFERENCE = (PersonOutcome.SUBMITTED, PersonOutcome.PENDED)
_NEEDS_DOCUMENT = (PersonOutcome.APPROVED, PersonOutcome.DENIED, PersonOutcome.NOT_REQUIRED)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that proves what was entered."""

    payload: bytes


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a person entered."""

    tenant: TenantId
    actor: str
    work_item_id: WorkItemId
    outcome: PersonOutcome
    #: The portal's (or the call's) own reference.
    reference: str | None = None
    authorization_number: str | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    quantity: Decimal | None = None
    unit: Unit | None = None
    #: Why, in the person's words; needed to dismiss.
    note: str | None = None
    attachments: tuple[Attachment, ...] = ()


def complete(services: Services, completion: Completion) -> WorkItemRow:
    """Close a work item with what a person did or learned.

    Raises:
        InvalidRequest: something is missing that the outcome needs; each by its JSON pointer.
        NotFound: no such item.
        Conflict: it is done already.
    """
    faults = (*_missing(completion), *_bad_attachments(completion))
    if faults:
        raise InvalidRequest(faults)
    now = services.clock.now()
    seen = _subject(services, completion)
    with services.store.work(completion.tenant) as uow:
        if seen is not None:
            # First, as whoever has the lease: the due row, then the transaction. A look that finds nothing to do is
            # harmless, and a worker that has the row in hand keeps it.
            uow.due.schedule(DueKind.TRANSACTION, seen.id, seen.endpoint_id, now)
        item = uow.work_items.get(completion.work_item_id)
        if item.state is not WorkState.OPEN:
            raise Conflict(f"{item.id} was completed already.")
        done = replace(item, state=WorkState.DONE, completed_by=completion.actor, completed_at=now)
        uow.work_items.update(done)
        action = f"work_item.completed.{completion.outcome.value}"
        uow.audit.append(AuditRow(at=now, tenant=item.tenant, actor=completion.actor, action=action, subject=item.id))
        if item.transaction_id is not None:
            row = uow.transactions.get(item.transaction_id)
            archived = [_keep(services, uow, row, each, now) for each in completion.attachments]
            if completion.outcome is PersonOutcome.DISMISSED:
                _dismiss(services, uow, row, done)
            else:
                _report(services, uow, row, done, completion, archived[0] if archived else None)
    return done


def _subject(services: Services, completion: Completion) -> TransactionRow | None:
    with services.store.read(completion.tenant) as uow:
        item = uow.work_items.get(completion.work_item_id)
        return uow.transactions.get(item.transaction_id) if item.transaction_id is not None else None


#: Kinds of work that a request has no way on without: whoever dismisses one ends the request.
_LAST_RESORTS = frozenset({WorkKind.PORTAL_SUBMISSION, WorkKind.UNCERTAIN_DELIVERY})


def _dismiss(services: Services, uow: UnitOfWork, row: TransactionRow, item: WorkItemRow) -> None:
    """A person ends the work without an answer of the payer. What waits is looked at again; else the case ends."""
    now = services.clock.now()
    waits = row.delivery is Delivery.UNCERTAIN or row.review in (Review.SUBMITTED, Review.PENDED)
    travels = row.delivery in (Delivery.UNCERTAIN, Delivery.ACCEPTED, Delivery.FINAL)
    if waits and travels and item.kind not in _LAST_RESORTS:
        uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, next_time(services, row, now))
        return
    others = any(each.state is WorkState.OPEN for each in uow.work_items.of(row.id))
    case = uow.cases.get(row.case_id)
    if not others and row.superseded_by is None and case.state is not CaseState.DECIDED:
        uow.cases.update(replace(case, state=CaseState.CLOSED, updated_at=now))


def _missing(completion: Completion) -> tuple[Fault, ...]:
    needs = (
        (
            completion.outcome in _NEEDS_REFERENCE and not completion.reference,
            "/reference",
            "the payer's reference number",
        ),
        (
            completion.outcome is PersonOutcome.APPROVED and not completion.authorization_number,
            "/authorization_number",
            "the authorization number",
        ),
        (
            completion.outcome in _NEEDS_DOCUMENT and not completion.attachments,
            "/attachments",
            "a screenshot or letter that shows the payer's decision",
        ),
        (completion.outcome is PersonOutcome.DISMISSED and not completion.note, "/note", "a reason"),
        ((completion.quantity is None) is not (completion.unit is None), "/unit", "a unit with every quantity"),
    )
    return tuple(
        Fault(pointer=pointer, code="required", detail=f"The outcome '{completion.outcome.value}' needs {what}.")
        for wanting, pointer, what in needs
        if wanting
    )


def _bad_attachments(completion: Completion) -> tuple[Fault, ...]:
    faults = []
    for index, attachment in enumerate(completion.attachments):
        if len(attachment.payload) > MAX_ATTACHMENT_BYTES:
            faults.append(Fault(pointer=f"/attachments/{index}", code="too_large", detail="A file may have 10 MB."))
        elif _content_type(attachment) is None:
            faults.append(
                Fault(pointer=f"/attachments/{index}", code="file_type", detail="Attach a PDF, PNG or JPEG file.")
            )
    return tuple(faults)


def _content_type(attachment: Attachment) -> str | None:
    """By the file's first bytes; a name or a declared type proves nothing."""
    return next((kind for magic, kind in _MAGIC.items() if attachment.payload.startswith(magic)), None)


def _keep(services: Services, uow: UnitOfWork, row: TransactionRow, attachment: Attachment, now: datetime) -> ArchiveId:
    archive_id = ArchiveId(services.ids.new("arch"))
    uow.archive.put(
        ArchiveRow(
            id=archive_id,
            tenant=row.tenant,
            direction=Direction.IN,
            content_type=_content_type(attachment) or "application/octet-stream",
            endpoint_id=row.endpoint_id,
            transaction_id=row.id,
            sha256=hashlib.sha256(attachment.payload).hexdigest(),
            size=len(attachment.payload),
            at=now,
        ),
        attachment.payload,
    )
    return archive_id


def _report(
    services: Services,
    uow: UnitOfWork,
    row: TransactionRow,
    item: WorkItemRow,
    completion: Completion,
    archive_id: ArchiveId | None,
) -> None:
    now = services.clock.now()
    record = _record(row, completion)
    evidence = Evidence.PERSON_WITH_DOCUMENT if archive_id is not None else Evidence.SENT
    uow.records.append(
        RecordRow(
            tenant=row.tenant,
            transaction_id=row.id,
            version=len(uow.records.history(row.id)) + 1,
            record=record,
            sources={},
            evidence=evidence,
            archive_id=archive_id,
            matched_by=BY_PERSON,
            at=now,
        )
    )
    after = replace(
        row,
        delivery=_reported(row.delivery),
        review=advance(REVIEW, row.review or Review.SUBMITTED, record.status),
        status=record.status.value,
        evidence=max(row.evidence, evidence),
        authorization_number=record.authorization_number or row.authorization_number,
        # What the payer's system gave is what it can be asked by; a person's may be the number of a call.
        administrative_reference=row.administrative_reference or record.administrative_reference,
        decided_at=now if record.status is not ReviewStatus.PENDED else row.decided_at,
    )
    after = save(services, uow, row, after, "transaction.person_reported", completion.actor)
    task = task_of(record.status)
    if task is not None and task.kind is not item.kind:
        ask_person(services, uow, after, task)
    elif task is not None:  # whoever was asked what to do about a denial says that it stands
        _dismiss(services, uow, after, item)
    _schedule(services, uow, after, now)


def _reported(state: Delivery) -> Delivery:
    if state is Delivery.WITH_PERSON:
        return advance(DELIVERY, state, DeliveryEvent.PERSON_REPORTED)
    return advance(DELIVERY, state, DeliveryEvent.ANSWERED)


def _schedule(services: Services, uow: UnitOfWork, row: TransactionRow, now: datetime) -> None:
    """A review that a person left pending is looked at again on the cadence; a decided one once, and then no more."""
    at = next_time(services, row, now) if row.review is Review.PENDED else now
    uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, at)


def _record(row: TransactionRow, completion: Completion) -> AuthorizationRecord:
    status = _STATUS[completion.outcome]
    quantity = None
    if completion.quantity is not None and completion.unit is not None:
        quantity = Quantity(value=completion.quantity, unit=completion.unit)
    return AuthorizationRecord(
        status=status,
        pended_for=PendedFor.NOT_STATED if status is ReviewStatus.PENDED else None,
        authorization_number=completion.authorization_number,
        administrative_reference=completion.reference,
        effective_date=completion.effective_date,
        expiration_date=completion.expiration_date,
        quantity=quantity,
        messages=(completion.note,) if completion.note else (),
        services=tuple(_line(each, status, completion, quantity) for each in _procedures(row)),
    )


def _procedures(row: TransactionRow) -> tuple[ProcedureCode, ...]:
    if not isinstance(row.request, AuthorizationRequest):
        return ()
    return tuple(service.procedure for service in row.request.services)


def _line(
    procedure: ProcedureCode, status: ReviewStatus, completion: Completion, quantity: Quantity | None
) -> ServiceDecision:
    """A person reports the event as a whole; its lines inherit the decision."""
    return ServiceDecision(
        procedure=procedure,
        status=status,
        authorization_number=completion.authorization_number,
        effective_date=completion.effective_date,
        expiration_date=completion.expiration_date,
        quantity=quantity,
    )
