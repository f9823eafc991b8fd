"""``/v1/webhooks``: who is told of changes."""

from __future__ import annotations

import base64
import secrets
from http import HTTPStatus

from fastapi import APIRouter

from priorwire.api.auth import TheServices, WebhookManager
from priorwire.api.schemas.requests import SubscriptionIn
from priorwire.api.schemas.responses import DeliveryOut, SubscriptionOut
from priorwire.gateway import queries
from priorwire.gateway.webhooks import subscribe

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


@router.post("", status_code=HTTPStatus.CREATED)
def add(body: SubscriptionIn, caller: WebhookManager, services: TheServices) -> SubscriptionOut:
    """Have every change posted to a URL, signed (Standard Webhooks). The secret is shown this once."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    row = subscribe(services, caller.tenant, caller.name, body.url, secret)
    return SubscriptionOut(id=row.id, url=row.url, secret=row.secret)


@router.get("/deliveries")
def deliveries(caller: WebhookManager, services: TheServices) -> list[DeliveryOut]:
    """What was delivered, and what was not."""
    return [
        DeliveryOut(
            id=row.id,
            event_id=row.event_id,
            endpoint_id=row.endpoint_id,
            state=row.state.value,
            attempts=row.attempts,
            last_status=row.last_status,
            updated_at=row.updated_at,
        )
        for row in queries.deliveries(services, caller.tenant)
    ]
