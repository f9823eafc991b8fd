"""A change to a transaction: the new row, its case, its history, its event and its audit row, in one commit.

Every use case that moves a transaction goes through `save`, so that nobody can move one
without telling. Events carry identifiers and states only; a subscriber fetches the rest.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

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
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.identifiers import DeliveryId, EventId, WorkItemId
from priorwire.model.lifecycle import COUPLING, CaseState, Delivery
from priorwire.model.services import CodeSystem
from priorwire.payers import Deadline, decision_due, escalate_at
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
) -> TransactionRow:
    """Store `after` and everything that follows from the change."""
    now = services.clock.now()
    after = replace(after, updated_at=now)
    uow.transactions.update(after)
    uow.audit.append(AuditRow(at=now, tenant=after.tenant, actor=actor, action=action, subject=after.id))
    _log.info(
        "transaction moved",
        extra={"action": action, "subject": after.id, "status": after.status, "delivery": after.delivery.value},
    )
    _move_case(uow, after, now)
    if _visible(before) != _visible(after):
        _tell(services, uow, before, after, now)
    return after


def _visible(row: TransactionRow) -> tuple[object, ...]:
    uncertain = row.delivery is Delivery.UNCERTAIN
    numbers = row.authorization_number, row.administrative_reference
    return row.status, row.evidence, numbers, uncertain, row.delivery is Delivery.REFUSED, row.superseded_by


def _move_case(uow: UnitOfWork, row: TransactionRow, now: datetime) -> None:
    if row.superseded_by is not None:
        return  # the submission that took its place moves the case
    case = uow.cases.get(row.case_id)
    state = _case_state(row)
    if case.state is not state:
        uow.cases.update(replace(case, state=state, updated_at=now))


def _case_state(row: TransactionRow) -> CaseState:
    if row.delivery in (Delivery.REFUSED, Delivery.WITH_PERSON):
        return CaseState.NEEDS_ATTENTION
    if row.review is not None:
        return COUPLING[row.review]
    return CaseState.IN_FLIGHT if row.status == "submitted" else CaseState.DECIDED


def _tell(services: Services, uow: UnitOfWork, before: TransactionRow, after: TransactionRow, now: datetime) -> None:
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
        },
        at=now,
    )
    announce(services, uow, event)


def announce(services: Services, uow: UnitOfWork, event: EventRow) -> None:
    """Keep an event, and have every subscriber told of it."""
    now = event.at
    uow.events.append(event)
    for endpoint in uow.webhooks.endpoints():
        if endpoint.active:
            delivery = DeliveryId(services.ids.new("dlv"))
            uow.webhooks.add_delivery(
                WebhookDeliveryRow(
                    id=delivery, tenant=event.tenant, event_id=event.id, endpoint_id=endpoint.id, updated_at=now
                )
            )
            uow.due.schedule(DueKind.WEBHOOK, delivery, f"webhook/{endpoint.id}", now)


def _is_drug(row: TransactionRow) -> bool:
    """Drugs have clocks of their own: the federal decision window does not cover them."""
    request = row.request
    services = request.services if isinstance(request, AuthorizationRequest) else ()
    return any(service.procedure.system is CodeSystem.NDC for service in services)


def _deadline(services: Services, row: TransactionRow, now: datetime) -> Deadline:
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return Deadline(at=now, rule="the payer's guide is not installed any more")
    urgency = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    return decision_due(profile, urgency or Urgency.ELECTIVE, row.created_at, drug=_is_drug(row))


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a person is asked to do."""

    kind: WorkKind
    instructions: str
    url: str | None = None
    fields: tuple[WorkField, ...] = ()


def ask_person(services: Services, uow: UnitOfWork, row: TransactionRow, task: Task) -> WorkItemRow:
    """Open a work item, or give back the open one of the same kind: one need, one item."""
    for item in uow.work_items.of(row.id):
        if item.kind is task.kind and item.state is WorkState.OPEN:
            return item
    return open_work_item(services, uow, row, task)


def open_work_item(services: Services, uow: UnitOfWork, row: TransactionRow, task: Task) -> WorkItemRow:
    """Open a work item, whatever others there are."""
    now = services.clock.now()
    deadline = _deadline(services, row, now)
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
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return False
    now = services.clock.now()
    urgency = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    over = escalate_at(profile, urgency or Urgency.ELECTIVE, row.created_at, drug=_is_drug(row)).at
    asked = [item.created_at for item in uow.work_items.of(row.id) if item.kind is WorkKind.STATUS_CHECK]
    return now >= max([over, *(at + (over - row.created_at) for at in asked)])


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
