"""A change to a transaction: the new row, its case, its history, its event and its audit row, in one commit.

Every use case that moves a transaction goes through `save`, so that nobody can move one
without telling. Events carry identifiers and states only; a subscriber fetches the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.gateway.certification import ends_at
from priorwire.gateway.deadlines import decided_by, decision_overdue_at
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import (
    AuditRow,
    DueKind,
    EventRow,
    TransactionRow,
    WebhookDeliveryRow,
    WorkField,
    WorkItemRow,
    WorkKind,
    WorkState,
)
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, PendedFor, RequestKind
from priorwire.model.identifiers import DeliveryId, EventId, WorkItemId
from priorwire.model.lifecycle import COUPLING, Attachment, CaseState, Delivery, Review
from priorwire.payers import Deadline
from priorwire.payers.profile import Transaction

_log = logging.getLogger(__name__)

#: Who moves a transaction when no person does.
GATEWAY = "gateway"


def save(
    services: Services,
    uow: UnitOfWork,
    before: TransactionRow,
    after: TransactionRow,
    action: str,
    actor: str = GATEWAY,
    *,
    news: Mapping[str, str] | None = None,
) -> TransactionRow:
    """Store `after` and everything that follows from the change.

    `news` is what else the subscribers are told, and that they are told even where the row looks the same to them.
    """
    now = services.clock.now()
    after = replace(after, updated_at=now, ends_at=_ends_at(uow, after))
    uow.transactions.update(after)
    uow.audit.append(AuditRow(at=now, tenant=after.tenant, actor=actor, action=action, subject=after.id))
    _log.info(
        "transaction moved",
        extra={"action": action, "subject": after.id, "status": after.status, "delivery": after.delivery.value},
    )
    move_case(uow, after, now)
    if news is not None or _visible(before) != _visible(after):
        _tell(services, uow, before, after, news or {})
    return after


def _ends_at(uow: UnitOfWork, row: TransactionRow) -> datetime | None:
    return row.ends_at if row.review is Review.EXPIRED else ends_at(uow, row)


def _visible(row: TransactionRow) -> tuple[object, ...]:
    uncertain = row.delivery is Delivery.UNCERTAIN
    numbers = row.authorization_number, row.administrative_reference
    return row.status, row.evidence, numbers, uncertain, row.delivery is Delivery.REFUSED, row.superseded_by


def move_case(uow: UnitOfWork, row: TransactionRow, now: datetime) -> None:
    """Have the case of a transaction follow it."""
    if row.superseded_by is not None:
        return  # the submission that took its place moves the case
    case = uow.cases.get(row.case_id)
    state = _case_state(uow, row)
    if case.state is not state:
        uow.cases.update(replace(case, state=state, updated_at=now))


def _case_state(uow: UnitOfWork, row: TransactionRow) -> CaseState:
    if row.delivery in (Delivery.REFUSED, Delivery.WITH_PERSON):
        return CaseState.NEEDS_ATTENTION
    if row.delivery is Delivery.READY:
        return CaseState.READY
    if row.review is None:
        return CaseState.IN_FLIGHT if row.status == "submitted" else CaseState.DECIDED
    state = COUPLING[row.review]
    if row.review is Review.PENDED and _waits_for_practice(uow, row):
        return CaseState.INCOMPLETE
    return CaseState.APPEALING if state in _UNDER_WAY and _is_appeal(row) else state


_UNDER_WAY = (CaseState.IN_FLIGHT, CaseState.WAITING)
_APPEALS = frozenset({RequestKind.APPEAL_IMMEDIATE, RequestKind.APPEAL_STANDARD, RequestKind.RECONSIDERATION})
_DELIVERED = (Attachment.SENT, Attachment.ACKNOWLEDGED)


def _is_appeal(row: TransactionRow) -> bool:
    return isinstance(row.request, AuthorizationRequest) and row.request.kind in _APPEALS


def _waits_for_practice(uow: UnitOfWork, row: TransactionRow) -> bool:
    """Whether the payer wants information, and no document was sent since it said so."""
    latest = uow.records.latest(row.id)
    if latest is None or not isinstance(latest.record, AuthorizationRecord):
        return False
    if latest.record.pended_for is not PendedFor.INFORMATION:
        return False
    return not any(each.state in _DELIVERED and each.updated_at >= latest.at for each in uow.attachments.of(row.id))


def _tell(
    services: Services, uow: UnitOfWork, before: TransactionRow, after: TransactionRow, news: Mapping[str, str]
) -> None:
    noun = "authorization" if after.kind is Transaction.AUTHORIZATION else "eligibility_check"
    event = EventRow(
        id=EventId(services.ids.new("evt")),
        tenant=after.tenant,
        type=f"{noun}.updated",
        transaction_id=after.id,
        data={
            "id": after.id,
            "case_id": after.case_id,
            "status": after.status,
            "previous_status": before.status,
            "delivery": after.delivery.value,
            "evidence": after.evidence.name.lower(),
            **news,
        },
        at=after.updated_at,
    )
    announce(services, uow, event)


def announce(services: Services, uow: UnitOfWork, event: EventRow) -> None:
    """Keep an event, and have every subscriber told of it."""
    now = event.at
    uow.events.append(event)
    for endpoint_id in uow.webhooks.subscribers():
        delivery = DeliveryId(services.ids.new("dlv"))
        uow.webhooks.add_delivery(
            WebhookDeliveryRow(
                id=delivery, tenant=event.tenant, event_id=event.id, endpoint_id=endpoint_id, updated_at=now
            )
        )
        uow.due.schedule(DueKind.WEBHOOK, delivery, f"webhook/{endpoint_id}", now)


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a person is asked to do."""

    kind: WorkKind
    instructions: str
    url: str | None = None
    fields: tuple[WorkField, ...] = ()
    #: By when, and by whose rule; `None` for when the payer must have decided.
    due: Deadline | None = None


def ask_person(services: Services, uow: UnitOfWork, row: TransactionRow, task: Task) -> WorkItemRow:
    """Open a work item, or give back the open one of the same kind: one need, one item."""
    for item in uow.work_items.of(row.id):
        if item.kind is task.kind and item.state is WorkState.OPEN:
            return item
    return open_work_item(services, uow, row, task)


def open_work_item(services: Services, uow: UnitOfWork, row: TransactionRow, task: Task) -> WorkItemRow:
    """Open a work item, whatever others there are."""
    now = services.clock.now()
    deadline = task.due or decided_by(services, row, uow.exchanges.of(row.id), now)
    item = WorkItemRow(
        id=WorkItemId(services.ids.new("work")),
        tenant=row.tenant,
        kind=task.kind,
        state=WorkState.OPEN,
        transaction_id=row.id,
        payer_id=row.payer_id,
        instructions=task.instructions,
        url=task.url,
        fields=task.fields,
        due_at=deadline.at,
        due_rule=deadline.rule,
        created_at=now,
    )
    uow.work_items.add(item)
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action=f"work_item.{task.kind.value}", subject=item.id)
    )
    return item


def is_overdue(services: Services, uow: UnitOfWork, row: TransactionRow) -> bool:
    """Whether the payer's window has passed and no person was asked to look since; once in each window."""
    due = decision_overdue_at(services, uow, row)
    return due is not None and services.clock.now() >= due.at


def settle_tasks(services: Services, uow: UnitOfWork, row: TransactionRow, actor: str) -> None:
    """Close every open work item of a transaction: what `actor` did instead has made it needless."""
    for item in uow.work_items.of(row.id):
        make_needless(services, uow, item, actor)


def make_needless(services: Services, uow: UnitOfWork, item: WorkItemRow, actor: str) -> None:
    """Close a work item that is open: what `actor` did instead has made it needless."""
    if item.state is WorkState.OPEN:
        now = services.clock.now()
        uow.work_items.update(replace(item, state=WorkState.DONE, completed_by=actor, completed_at=now))
        uow.audit.append(
            AuditRow(at=now, tenant=item.tenant, actor=actor, action="work_item.made_needless", subject=item.id)
        )
