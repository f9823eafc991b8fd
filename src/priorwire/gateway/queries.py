"""The read side: what the API, the CLI and a console show. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from priorwire.gateway.answered import answered
from priorwire.gateway.arrived import UnmatchedRow
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import (
    ArchiveRow,
    CaseRow,
    ExchangeRow,
    RecordRow,
    TransactionRow,
    WebhookDeliveryRow,
    WorkItemRow,
    WorkState,
)
from priorwire.model.identifiers import TenantId, TransactionId, WorkItemId
from priorwire.payers.profile import Transaction


@dataclass(frozen=True, kw_only=True)
class RawMessage:
    """One payload as it left or came."""

    archived: ArchiveRow
    payload: bytes


@dataclass(frozen=True, kw_only=True)
class TransactionView:
    """A transaction with all that is known about it."""

    row: TransactionRow
    case: CaseRow
    #: Versions of the record, oldest first.
    history: tuple[RecordRow, ...]
    exchanges: tuple[ExchangeRow, ...]
    work_items: tuple[WorkItemRow, ...]
    #: Only where asked for.
    messages: tuple[RawMessage, ...] = ()

    @property
    def latest(self) -> RecordRow | None:
        """What counts of all that the payer (or a person) said."""
        return next((each for each in reversed(self.history) if each.in_force), None)


def transaction(
    services: Services, tenant: TenantId, transaction_id: TransactionId, *, raw: bool = False
) -> TransactionView:
    """One transaction. Raises NotFound, also for another tenant's."""
    with services.store.read(tenant) as uow:
        row = uow.transactions.get(transaction_id)
        messages: tuple[RawMessage, ...] = ()
        if raw:
            found = (uow.archive.get(each.id) for each in uow.archive.of(row.id))
            messages = tuple(RawMessage(archived=archived, payload=payload) for archived, payload in found)
        return TransactionView(
            row=row,
            case=uow.cases.get(row.case_id),
            history=tuple(answered(row, each) for each in uow.records.history(row.id)),
            exchanges=tuple(uow.exchanges.of(row.id)),
            work_items=tuple(uow.work_items.of(row.id)),
            messages=messages,
        )


def transactions(
    services: Services,
    tenant: TenantId,
    *,
    limit: int,
    after: TransactionId | None = None,
    kind: Transaction | None = None,
) -> Sequence[TransactionRow]:
    """A page of transactions (of one kind, where one is given), newest first."""
    with services.store.read(tenant) as uow:
        return uow.transactions.listed(limit=limit, after=after, kind=kind)


def work_items(services: Services, tenant: TenantId, state: WorkState | None = None) -> Sequence[WorkItemRow]:
    """Work items by due time."""
    with services.store.read(tenant) as uow:
        return uow.work_items.listed(state)


def work_item(services: Services, tenant: TenantId, work_item_id: WorkItemId) -> WorkItemRow:
    """One work item. Raises NotFound."""
    with services.store.read(tenant) as uow:
        return uow.work_items.get(work_item_id)


def unmatched(services: Services, tenant: TenantId) -> Sequence[UnmatchedRow]:
    """Answers that wait for a person."""
    with services.store.read(tenant) as uow:
        return uow.unmatched.listed()


def deliveries(services: Services, tenant: TenantId) -> Sequence[WebhookDeliveryRow]:
    """Webhook deliveries."""
    with services.store.read(tenant) as uow:
        return uow.webhooks.deliveries()
