"""Telling subscribers: signed deliveries after the Standard Webhooks convention, an attempt at a time.

The body names the transaction and its state and nothing of the patient: the subscriber
fetches the rest with its own key. The id of the message stays the same over all attempts,
so that a subscriber drops what it has seen.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from priorwire.gateway.ports import Services
from priorwire.gateway.rows import AuditRow, DeliveryState, DueRow, EventRow, WebhookDeliveryRow, WebhookEndpointRow
from priorwire.gateway.signatures import sign
from priorwire.model.identifiers import DeliveryId, TenantId

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
        endpoint = uow.webhooks.endpoint(delivery.endpoint_id)
        event = uow.events.get(delivery.event_id)
    status = _attempted(services, endpoint, event) if endpoint.active else int(HTTPStatus.GONE)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        after, again = _judged(delivery, status)
        now = services.clock.now()
        uow.webhooks.update_delivery(replace(after, updated_at=now))
        uow.due.settle(lease, now + again if again is not None else None)
        if status == HTTPStatus.GONE and endpoint.active:
            uow.webhooks.update_endpoint(replace(uow.webhooks.endpoint(endpoint.id), active=False))


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
    tried = replace(delivery, attempts=attempts, last_status=status)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return replace(tried, state=DeliveryState.DELIVERED), None
    if status == HTTPStatus.GONE or attempts > len(RETRY_AFTER):
        return replace(tried, state=DeliveryState.FAILED), None
    return tried, RETRY_AFTER[attempts - 1]
