"""A change to a document's state: the new row, its work item, its history and its event, in one commit.

As `changes.save` is for transactions: whoever moves a document goes through `move`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from priorwire.gateway.changes import GATEWAY, Task, announce, make_needless, move_case, open_work_item
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AttachmentRow, AuditRow, DueKind, EventRow, TransactionRow, WorkKind
from priorwire.gateway.schedule import next_time
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import EventId, WorkItemId
from priorwire.model.lifecycle import ATTACHMENT, Attachment, AttachmentEvent, Review, advance

_log = logging.getLogger(__name__)

_EVIDENCE = {
    Attachment.SENT: Evidence.SENT,
    Attachment.ACKNOWLEDGED: Evidence.PAYER_ACKNOWLEDGED,
}
#: What a person is asked, after the reason.
_ASKED = {
    Attachment.UNCERTAIN: "Ask the payer whether it arrived. It is not sent again by itself: report what the payer "
    "says, and it is sent again or counts as sent.",
    Attachment.REFUSED: "Attach a document that the payer can take, or send it another way and report that.",
    Attachment.WITH_PERSON: "Send it to the payer another way and report that, or have it sent once it can be.",
}


def move(
    services: Services,
    uow: UnitOfWork,
    before: AttachmentRow,
    event: AttachmentEvent,
    row: TransactionRow,
    *,
    detail: str | None = None,
    actor: str = GATEWAY,
) -> AttachmentRow:
    """The document `before` after `event`, with everything that follows from the change.

    Args:
        services: what every use case is handed.
        uow: in which it is stored.
        before: the row with what else has changed of it.
        event: what happened.
        row: the transaction that it belongs to.
        detail: why, in words; never with a patient's value.
        actor: who did it.

    Raises:
        IllegalTransition: the lifecycle has no such move.
    """
    now = services.clock.now()
    state = advance(ATTACHMENT, before.state, event)
    after = replace(
        before,
        state=state,
        detail=detail,
        evidence=max(before.evidence, _EVIDENCE.get(state, Evidence.NONE)),
        updated_at=now,
    )
    after = replace(after, work_item_id=_work(services, uow, before, after, row, actor))
    uow.attachments.update(after)
    action = f"attachment.{event.value}"
    uow.audit.append(
        AuditRow(at=now, tenant=after.tenant, actor=actor, action=action, subject=after.id, detail=detail or "")
    )
    _log.info("document moved", extra={"action": action, "subject": after.id, "status": state.value})
    announce(services, uow, _told(services, before, after))
    if row.review is Review.PENDED:
        move_case(uow, row, now)  # it may have waited for this
    return after


def _work(
    services: Services, uow: UnitOfWork, before: AttachmentRow, after: AttachmentRow, row: TransactionRow, actor: str
) -> WorkItemId | None:
    """The work item that the new state asks for; one of the state before is closed."""
    if before.work_item_id is not None:
        make_needless(services, uow, uow.work_items.get(before.work_item_id), actor)
    if after.state not in _ASKED:
        return None
    return open_work_item(services, uow, row, _task(after, after.detail or "It cannot go as things stand.")).id


def _task(attachment: AttachmentRow, why: str) -> Task:
    asked = _ASKED.get(attachment.state, _ASKED[Attachment.UNCERTAIN])
    return Task(kind=WorkKind.DOCUMENT, instructions=f"Document {attachment.id}: {why} {asked}")


def ask_about(services: Services, uow: UnitOfWork, attachment: AttachmentRow, why: str) -> AttachmentRow:
    """Ask a person about a document that stays where it stands; `why` in words, never with a patient's value."""
    row = uow.transactions.get(attachment.transaction_id)
    item = open_work_item(services, uow, row, _task(attachment, why))
    asked = replace(attachment, work_item_id=item.id, updated_at=services.clock.now())
    uow.attachments.update(asked)
    return asked


def hasten_review(services: Services, uow: UnitOfWork, row: TransactionRow, now: datetime) -> None:
    """A pended review that got a document is looked at as if it had pended now: sooner, never later.

    Before anything of the transaction is locked, as whoever has its lease does: the due row comes first.
    """
    if row.review is not Review.PENDED:
        return
    at = next_time(services, replace(row, asks=0), now)
    uow.due.hasten(DueKind.TRANSACTION, row.id, row.endpoint_id, at)
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="transaction.document_delivered", subject=row.id)
    )


def _told(services: Services, before: AttachmentRow, after: AttachmentRow) -> EventRow:
    return EventRow(
        id=EventId(services.ids.new("evt")),
        tenant=after.tenant,
        type="attachment.updated",
        transaction_id=after.transaction_id,
        data={
            "id": after.id,
            "authorization_id": after.transaction_id,
            "state": after.state.value,
            "previous_state": before.state.value,
            "evidence": after.evidence.name.lower(),
        },
        at=after.updated_at,
    )
