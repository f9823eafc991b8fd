"""Telling subscribers: signed deliveries after the Standard Webhooks convention, an attempt at a time.

The body names the transaction and its state and nothing of the patient: the subscriber
fetches the rest with its own key. The id of the message stays the same over all attempts,
so that a subscriber drops what it has seen.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from priorwire.errors import VaultError
from priorwire.gateway.changes import GATEWAY
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import (
    AuditRow,
    DeliveryState,
    DueRow,
    EventRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
    WorkItemRow,
    WorkKind,
    WorkState,
)
from priorwire.gateway.signatures import sign
from priorwire.model.identifiers import DeliveryId, TenantId, WorkItemId

_log = logging.getLogger(__name__)

#: The schedule that Standard Webhooks recommends; after the last one the delivery has failed.
RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


_SEALED = "its secret cannot be opened with the keys of this installation"
_CANNOT_SIGN = (
    "A subscriber is not told of anything: its secret cannot be opened with the keys of this installation. Bring back "
    "the key ring that it was stored with, or subscribe it anew"
)
_MEND_WITHIN = timedelta(days=1)


def subscribe(services: Services, tenant: TenantId, actor: str, url: str, secret: str) -> WebhookEndpointRow:
    """Have every change of a tenant's transactions posted to `url`, signed with `secret` (``whsec_…``)."""
    now = services.clock.now()
    row = WebhookEndpointRow(id=services.ids.new("hook"), tenant=tenant, url=url, secret=secret, created_at=now)
    with services.store.work(tenant) as uow:
        uow.webhooks.add_endpoint(row)
        uow.audit.append(AuditRow(at=now, tenant=tenant, actor=actor, action="webhook.subscribed", subject=row.id))
    return row


def deliver(services: Services, lease: DueRow) -> None:
    """Make one attempt, under `lease`.

    Raises:
        StaleFence: another worker has the delivery by now.
    """
    with services.store.read(lease.tenant) as uow:
        delivery = uow.webhooks.delivery(DeliveryId(lease.id))
        endpoint = _opened(uow, delivery.endpoint_id)
        event = uow.events.get(delivery.event_id)
    if endpoint is None:
        _note_sealed(services, lease, delivery)
        return
    status = _attempted(services, endpoint, event) if endpoint.active else int(HTTPStatus.GONE)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        after, again = _judged(delivery, status)
        now = services.clock.now()
        uow.webhooks.update_delivery(replace(after, updated_at=now))
        uow.due.settle(lease, now + again if again is not None else None)
        if status == HTTPStatus.GONE and endpoint.active:
            uow.webhooks.update_endpoint(replace(uow.webhooks.endpoint(endpoint.id), active=False))


def _opened(uow: UnitOfWork, endpoint_id: str) -> WebhookEndpointRow | None:
    """The subscriber; `None` where its secret cannot be opened."""
    try:
        return uow.webhooks.endpoint(endpoint_id)
    except VaultError:
        return None


def _note_sealed(services: Services, lease: DueRow, delivery: WebhookDeliveryRow) -> None:
    """Nothing can be signed: an attempt that failed like another, and somebody is asked to mend it meanwhile.

    The schedule goes on, for a key that was mislaid may be found; every other subscriber is told as ever.
    """
    _log.error("A subscriber's secret cannot be opened.", extra={"action": "webhook_sealed", "subject": lease.id})
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        after, again = _judged(delivery, 0)
        uow.webhooks.update_delivery(replace(after, last_detail=_SEALED, updated_at=now))
        uow.due.settle(lease, now + again if again is not None else None)
        instructions = f"{_CANNOT_SIGN} (subscriber {delivery.endpoint_id})"
        asked = [each.instructions for each in uow.work_items.listed(WorkState.OPEN)]
        if instructions not in asked:
            _ask_to_mend(services, uow, instructions, now)


def _ask_to_mend(services: Services, uow: UnitOfWork, instructions: str, now: datetime) -> None:
    item = WorkItemRow(
        id=WorkItemId(services.ids.new("work")),
        tenant=uow.tenant,
        kind=WorkKind.SUBSCRIBER_FAILED,
        state=WorkState.OPEN,
        transaction_id=None,
        payer_id="",
        instructions=instructions,
        due_at=now + _MEND_WITHIN,
        due_rule="a subscriber that is not told: within a day, before its deliveries fail for good",
        created_at=now,
    )
    uow.work_items.add(item)
    uow.audit.append(
        AuditRow(at=now, tenant=uow.tenant, actor=GATEWAY, action=f"work_item.{item.kind.value}", subject=item.id)
    )


def _attempted(services: Services, endpoint: WebhookEndpointRow, event: EventRow) -> int:
    """The HTTP status, 0 for none. What cannot be posted at all (a secret that does not sign) is an attempt too."""
    try:
        return _post(services, endpoint, event)
    except Exception as defect:  # noqa: BLE001 -- whatever it was, the next attempt is on the schedule, and the last ends it
        _log.error("A delivery could not be made.", extra={"action": "webhook_defect", "error": type(defect).__name__})
        return 0


def _post(services: Services, endpoint: WebhookEndpointRow, event: EventRow) -> int:
    body = json.dumps(
        {"type": event.type, "timestamp": event.at.isoformat(), "data": event.data}, separators=(",", ":")
    ).encode()
    seconds = int(services.clock.now().timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": event.id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(endpoint.secret, event.id, seconds, body),
    }
    return services.webhook_transport.post(endpoint.url, headers, body)


def _judged(delivery: WebhookDeliveryRow, status: int) -> tuple[WebhookDeliveryRow, timedelta | None]:
    """The delivery after an attempt that ended with `status`, and how long to wait for the next one."""
    attempts = delivery.attempts + 1
    tried = replace(delivery, attempts=attempts, last_status=status, last_detail=None)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return replace(tried, state=DeliveryState.DELIVERED), None
    if status == HTTPStatus.GONE or attempts > len(RETRY_AFTER):
        return replace(tried, state=DeliveryState.FAILED), None
    return tried, RETRY_AFTER[attempts - 1]
