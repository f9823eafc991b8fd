"""Another way to the payer where the one that a request was given is paused or down.

Only for a request of which provably nothing was sent: every attempt ended before a byte of it
left. After anything else (no answer, a refusal, a payer that said "not now") it keeps its way,
for two ways to one payer could make two requests of one. It stays the same request in the same
case, under the same reference; only the way is another, and the reason stands in its history.
"""

from __future__ import annotations

from dataclasses import replace

from priorwire.errors import GuideError, InvalidRequest, LocalX12Error, NoRoute, RouteError, SafetyRefusal
from priorwire.gateway.changes import GATEWAY, save
from priorwire.gateway.endpoints import health_of
from priorwire.gateway.endpoints_state import Hold
from priorwire.gateway.intake import rehearse
from priorwire.gateway.opening import is_urgent
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AuditRow, DueRow, ExchangeState, Purpose, TransactionRow
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.lifecycle import Delivery
from priorwire.payers import Chosen, choose_route

#: What a request may be found to be that one way can carry and another cannot.
_DOES_NOT_FIT = (InvalidRequest, GuideError, LocalX12Error, RouteError, SafetyRefusal)


def go_another_way(
    services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, hold: Hold
) -> TransactionRow | None:
    """Give a ready request the payer's next way, and have it due there at once; `None` where it keeps its own.

    Raises:
        StaleFence: another worker has the row by now.
    """
    if row.delivery is not Delivery.READY or not _never_left(uow, row):
        return None
    chosen = _chosen(services, uow, row)
    if chosen is None:
        return None
    now = services.clock.now()
    moved = replace(
        row,
        channel=chosen.route.channel,
        route_id=chosen.route.id,
        endpoint_id=chosen.route.endpoint.id,
        route_reasons=chosen.because,
    )
    uow.due.repartition(lease, moved.endpoint_id)
    uow.due.settle(lease, now)
    why = f"{row.endpoint_id} gave way to {moved.endpoint_id}: {hold.because}, and nothing of it had been sent"
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="transaction.route_left", subject=row.id, detail=why)
    )
    return save(services, uow, row, moved, "transaction.rerouted")


def _never_left(uow: UnitOfWork, row: TransactionRow) -> bool:
    sent = [each for each in uow.exchanges.of(row.id) if each.purpose is Purpose.SUBMIT]
    return all(each.state is ExchangeState.NOT_SENT for each in sent)


def _chosen(services: Services, uow: UnitOfWork, row: TransactionRow) -> Chosen | None:
    """A way that can be taken now, and that can carry the request."""
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return None
    service_type = row.request.service_type if isinstance(row.request, AuthorizationRequest) else None
    try:
        chosen = choose_route(
            profile,
            row.kind,
            service_type=service_type,
            environment=row.environment,
            health=health_of(services, uow, urgent=is_urgent(row.request)),
        )
        if not chosen.is_usable or chosen.route.id == row.route_id or chosen.route.channel not in services.channels:
            return None
        rehearse(services, profile, chosen, row.request)
    except (*_DOES_NOT_FIT, NoRoute):
        return None
    return chosen
