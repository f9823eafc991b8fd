"""Events, the subscribers that want to be told of them, and each event's way to each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from priorwire.gateway.rows import EventRow, WebhookDeliveryRow, WebhookEndpointRow
from priorwire.model.identifiers import DeliveryId, EventId, TransactionId
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import TEXT
from priorwire.store.session import Session
from priorwire.store.tables import EVENTS, WEBHOOK_DELIVERIES, WEBHOOK_ENDPOINTS

EVENT_ROWS = RowTable(table=EVENTS, type=EventRow)
ENDPOINT_ROWS = RowTable(table=WEBHOOK_ENDPOINTS, type=WebhookEndpointRow, sealed={"secret": TEXT})
DELIVERY_ROWS = RowTable(table=WEBHOOK_DELIVERIES, type=WebhookDeliveryRow)


#: Made once, see `row_tables`: every change asks for them.
_SUBSCRIBERS = (
    select(WEBHOOK_ENDPOINTS.c.id)
    .where(WEBHOOK_ENDPOINTS.c.tenant == bindparam("of_tenant"), WEBHOOK_ENDPOINTS.c.active.is_(True))
    .order_by(WEBHOOK_ENDPOINTS.c.seq)
)


class SqlEvents:
    """`gateway.ports.Events`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, row: EventRow) -> None:
        EVENT_ROWS.add(self._session, row)

    def get(self, event_id: EventId) -> EventRow:
        return EVENT_ROWS.get(self._session, id=event_id)

    def of(self, transaction_id: TransactionId) -> Sequence[EventRow]:
        """Oldest first."""
        return EVENT_ROWS.of(self._session, EVENTS.c.seq, transaction_id=transaction_id)


class SqlWebhooks:
    """`gateway.ports.Webhooks`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_endpoint(self, row: WebhookEndpointRow) -> None:
        ENDPOINT_ROWS.add(self._session, row)

    def endpoint(self, endpoint_id: str) -> WebhookEndpointRow:
        return ENDPOINT_ROWS.get(self._session, id=endpoint_id)

    def update_endpoint(self, row: WebhookEndpointRow) -> None:
        ENDPOINT_ROWS.update(self._session, row)

    def endpoints(self) -> Sequence[WebhookEndpointRow]:
        """Oldest first."""
        return ENDPOINT_ROWS.of(self._session, WEBHOOK_ENDPOINTS.c.seq)

    def subscribers(self) -> Sequence[str]:
        return list(self._session.execute(_SUBSCRIBERS, {"of_tenant": self._session.tenant}).scalars())

    def add_delivery(self, row: WebhookDeliveryRow) -> None:
        DELIVERY_ROWS.add(self._session, row)

    def delivery(self, delivery_id: DeliveryId) -> WebhookDeliveryRow:
        return DELIVERY_ROWS.get(self._session, id=delivery_id)

    def update_delivery(self, row: WebhookDeliveryRow) -> None:
        DELIVERY_ROWS.update(self._session, row)

    def deliveries(self) -> Sequence[WebhookDeliveryRow]:
        """Oldest first."""
        chosen = DELIVERY_ROWS.chosen(self._session).order_by(WEBHOOK_DELIVERIES.c.seq)
        return DELIVERY_ROWS.many(self._session, chosen)
