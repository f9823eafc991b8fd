"""An operator's pause of an endpoint, the kill switch over all of them, and taking either back.

A pause stops what *leaves*: nothing new begins from its commit on, and calls that are under way
end by themselves. It stops neither reading nor filing: answers are read, folders looked into.
Taking it back repeats nothing: a row that failed for good, or that a person has, stays as it is;
what merely waits goes out one after the other, and is judged as it then stands.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.errors import Fault, InvalidRequest, NotFound
from priorwire.gateway.endpoints import known_endpoints, pace_of
from priorwire.gateway.endpoints_state import ALL_ENDPOINTS, EndpointRow
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import AuditRow

_log = logging.getLogger(__name__)

#: A reason is a line in a list.
LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an operator wants of an endpoint, or by `ALL_ENDPOINTS` of all of them."""

    endpoint_id: str
    #: The operator's name.
    actor: str
    #: In words; without a patient's data, for the audit shows it.
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of an order."""

    row: EndpointRow
    #: Whether it changed anything.
    changed: bool
    #: Rows that were put off, or brought back.
    moved: int
    #: Endpoints that stay paused by name although the kill switch is off; or `ALL_ENDPOINTS` where that still holds.
    still_paused: Sequence[str] = ()


def pause(services: Services, order: Order, until: datetime | None = None) -> Done:
    """Stop an endpoint, or all; until somebody resumes it or `until`. A pause that holds is replaced.

    Raises:
        NotFound: no guide names the endpoint; the message names those that there are.
        InvalidRequest: there is no reason, or `until` is over.
    """
    now = services.clock.now()
    _check(services, order, must_be_known=True)
    _check_words(order, until, now)
    with services.store.work(services.mailbox_tenant) as uow:
        before = uow.endpoints.changing(order.endpoint_id, stops=True)
        row = replace(before, paused_at=now, paused_until=until, paused_by=order.actor, pause_reason=order.reason)
        uow.endpoints.update(row)
        span = f"until {until.isoformat()}" if until is not None else "until it is resumed"
        uow.audit.append(_audit(services, order, now, "endpoint.paused", f"{span}: {order.reason}"))
    _log.warning("Sending was paused.", extra={"action": "endpoint.paused", "endpoint": order.endpoint_id})
    # From here on nothing is sent. That what waits stands in nobody's way is a matter of speed, and may be repeated.
    of = sorted(known_endpoints(services)) if order.endpoint_id == ALL_ENDPOINTS else [order.endpoint_id]
    pace = pace_of(services)
    moved = sum(services.store.put_off_due(each, now, pace(each), order.endpoint_id) for each in of)
    return Done(row=row, changed=True, moved=moved)


def resume(services: Services, order: Order) -> Done:
    """Take a pause back; an endpoint that is down is tried at once besides.

    The kill switch and the pause of an endpoint are two things: each is taken back by itself.

    Raises:
        NotFound: no guide names the endpoint, and nothing is noted of it.
    """
    now = services.clock.now()
    _check(services, order, must_be_known=False)
    with services.store.work(services.mailbox_tenant) as uow:
        before = uow.endpoints.changing(order.endpoint_id, stops=True)
        row = replace(
            before,
            paused_at=None,
            paused_until=None,
            paused_by=None,
            pause_reason=None,
            open_until=before.open_until and min(before.open_until, now),
        )
        changed = row != before
        if changed:
            uow.endpoints.update(row)
            uow.audit.append(_audit(services, order, now, "endpoint.resumed", order.reason))
        others = [each.endpoint_id for each in uow.endpoints.listed() if each.is_paused(now)]
    if changed:
        _log.warning("Sending was resumed.", extra={"action": "endpoint.resumed", "endpoint": order.endpoint_id})
    moved = services.store.bring_back(order.endpoint_id, now, pace_of(services))
    still = others if order.endpoint_id == ALL_ENDPOINTS else [each for each in others if each == ALL_ENDPOINTS]
    return Done(row=row, changed=changed, moved=moved, still_paused=still)


def _check(services: Services, order: Order, *, must_be_known: bool) -> None:
    known = known_endpoints(services)
    if order.endpoint_id == ALL_ENDPOINTS or order.endpoint_id in known:
        return
    if not must_be_known:  # its guide may have been taken away since
        with services.store.read(services.mailbox_tenant) as uow:
            if any(each.endpoint_id == order.endpoint_id for each in uow.endpoints.listed()):
                return
    raise NotFound(f"No companion guide names that endpoint. There are: {', '.join(sorted(known)) or 'none'}.")


def _check_words(order: Order, until: datetime | None, now: datetime) -> None:
    faults = []
    if not order.reason.strip() or len(order.reason) > LONGEST_REASON:
        detail = f"A pause needs a reason, of at most {LONGEST_REASON} characters."
        faults.append(Fault(pointer="/reason", code="required", detail=detail))
    if until is not None and until <= now:
        faults.append(Fault(pointer="/until", code="over", detail="The pause would be over already."))
    if faults:
        raise InvalidRequest(tuple(faults))


def _audit(services: Services, order: Order, now: datetime, action: str, detail: str) -> AuditRow:
    """Under the tenant of whoever runs the gateway: endpoints are everybody's."""
    return AuditRow(
        at=now,
        tenant=services.mailbox_tenant,
        actor=order.actor,
        action=action,
        subject=order.endpoint_id,
        detail=detail,
    )
