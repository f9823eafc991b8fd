"""A change to a document's state: the new row, its work item, its history and its event, in one commit.

As `changes.save` is for transactions: whoever moves a document goes through `move`.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from priorwire.gateway.changes import GATEWAY, Task, announce, make_needless, open_work_item
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AttachmentRow, AuditRow, EventRow, TransactionRow, WorkKind
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import EventId, WorkItemId
from priorwire.model.lifecycle import ATTACHMENT, Attachment, AttachmentEvent, advance

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
    return after


def _work(
    services: Services, uow: UnitOfWork, before: AttachmentRow, after: AttachmentRow, row: TransactionRow, actor: str
) -> WorkItemId | None:
    """The work item that the new state asks for; one of the state before is closed."""
    if before.work_item_id is not None:
        make_needless(services, uow, uow.work_items.get(before.work_item_id), actor)
    if after.state not in _ASKED:
        return None
    why = after.detail or "It cannot go as things stand."
    asked = _ASKED[after.state]
    task = Task(kind=WorkKind.DOCUMENT, instructions=f"Document {after.id}: {why} {asked}")
    return open_work_item(services, uow, row, task).id


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
