"""An acknowledgment of a document that came by itself, after the call: a TA1 or a 999 from a mailbox.

It is told by the control numbers of our message, as one that comes on the call is. A late one moves
the document from wherever its table allows: one that may have arrived did arrive.
"""

from __future__ import annotations

from dataclasses import replace

from priorwire.gateway.attachment_answers import Account, concluded
from priorwire.gateway.attachment_changes import hasten_review, move
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AttachmentRow, DueKind, ExchangeRow
from priorwire.mapping import AcknowledgmentSaid
from priorwire.model.lifecycle import ATTACHMENT, Attachment, AttachmentEvent


def note_receipt(
    services: Services, uow: UnitOfWork, exchange: ExchangeRow, said: AcknowledgmentSaid, *, simulated: bool
) -> int:
    """Do what an acknowledgment says of the document that `exchange` carried; how much of it was joined.

    Raises:
        SafetyRefusal: somebody is at the document; what they do stands first.
    """
    now = services.clock.now()
    found = [each for each in uow.attachments.of(exchange.transaction_id) if each.reference == exchange.reference]
    if not found:
        return 0
    held = uow.due.take(DueKind.ATTACHMENT, found[0].id, exchange.endpoint_id, now + services.lease)
    attachment = uow.attachments.get(found[0].id)
    event, detail = concluded(Account(ours=(said,)))
    if _counts(uow, attachment, exchange, event):
        # Locked before the transaction itself, as whoever has its lease does.
        uow.due.due_at(DueKind.TRANSACTION, exchange.transaction_id)
        reviewed = uow.transactions.get(exchange.transaction_id)
        if event is not AttachmentEvent.REFUSED:
            hasten_review(services, uow, reviewed, now)
        marked = replace(attachment, simulated=attachment.simulated or simulated)
        move(services, uow, marked, event, reviewed, detail=detail)
    # One that was queued, or is to be looked at, keeps its time.
    uow.due.settle(held, now if attachment.state in (Attachment.QUEUED, Attachment.SENDING) else None)
    return 1


def _counts(uow: UnitOfWork, attachment: AttachmentRow, exchange: ExchangeRow, event: AttachmentEvent) -> bool:
    """Whether it moves the document: the table allows it, and a refusal is of the latest attempt."""
    if attachment.state is Attachment.SENDING or event not in ATTACHMENT[attachment.state]:
        return False
    return event is not AttachmentEvent.REFUSED or uow.exchanges.carrying(attachment.reference)[-1].id == exchange.id
