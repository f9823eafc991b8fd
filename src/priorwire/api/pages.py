"""Lists of transactions, a page at a time, by place and not by count."""

from __future__ import annotations

from priorwire.api.present import transaction_ref
from priorwire.api.schemas.responses import Page
from priorwire.errors import Fault, InvalidRequest, NotFound
from priorwire.gateway import queries
from priorwire.gateway.ports import Services
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.payers.profile import Transaction


def page_of(services: Services, tenant: TenantId, kind: Transaction, *, limit: int, token: str | None) -> Page:
    """Transactions of one kind, newest first, after the one that `token` names.

    Raises:
        InvalidRequest: the token is none of this list's.
    """
    after = _place(services, tenant, kind, token) if token else None
    rows = queries.transactions(services, tenant, limit=limit + 1, after=after, kind=kind)
    shown = [transaction_ref(row) for row in rows[:limit]]
    return Page(items=shown, next_page_token=shown[-1].id if len(rows) > limit else None)


def _place(services: Services, tenant: TenantId, kind: Transaction, token: str) -> TransactionId:
    fault = Fault(pointer="/query/page_token", code="page_token", detail="Take 'next_page_token' of the page before.")
    try:
        row = queries.transaction(services, tenant, TransactionId(token)).row
    except NotFound:
        raise InvalidRequest((fault,)) from None
    if row.kind is not kind:
        raise InvalidRequest((fault,))
    return row.id
