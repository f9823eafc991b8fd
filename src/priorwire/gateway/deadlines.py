"""Every moment at which something must happen to a transaction by itself, each with the rule that sets it.

A transaction has one due row, due at the earliest of these. Beside the next act of the gateway
(send, ask) there are those that only pass: an acknowledgment that was to be here, a decision that
was to be made, the last day of a certification. `follow_up` acts on whichever are reached, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from priorwire.gateway.certification import is_used_up
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import ExchangeRow, ExchangeState, Purpose, TransactionRow, WorkItemRow, WorkKind, WorkState
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.lifecycle import CERTIFIED, Acknowledgment, CaseState, Delivery, Review
from priorwire.model.services import CodeSystem
from priorwire.payers import Deadline, acknowledgment_due, decision_due, escalate_at
from priorwire.payers.profile import Hours, PayerProfile, Route

#: A practice hears of a certification's end so long beforehand …
RENEW_BEFORE = timedelta(days=14)
#: … where it was given for at least so long: a shorter one is for a single service, and is not renewed.
_WORTH_RENEWING = 2 * RENEW_BEFORE
#: An exchange that ended so left nothing at the payer.
_NOTHING_LEFT = frozenset({ExchangeState.NOT_SENT, ExchangeState.REFUSED})
#: What left, or may have.
_LEFT = frozenset({Delivery.UNCERTAIN, Delivery.ACCEPTED, Delivery.FINAL})
#: What a person was asked for whom no decision is waited for any more by itself.
_FINDS_OUT = frozenset({WorkKind.STATUS_CHECK, WorkKind.UNCERTAIN_DELIVERY})
_UNACKNOWLEDGED = frozenset({Acknowledgment.NONE, Acknowledgment.INTERCHANGE_ACCEPTED})


class Matter(Enum):
    """What a deadline is about."""

    #: The gateway sends or asks.
    ACT = "act"
    ACKNOWLEDGMENT = "acknowledgment"
    DECISION = "decision"
    #: A certification is going to end.
    RENEWAL = "renewal"
    END = "end"


@dataclass(frozen=True, kw_only=True)
class Due:
    """One deadline of a transaction."""

    matter: Matter
    at: datetime
    #: Who set it, in words for a person.
    rule: str


def deadlines(services: Services, uow: UnitOfWork, row: TransactionRow, acts_at: datetime | None) -> tuple[Due, ...]:
    """What a transaction that nobody has in hand waits for, the earliest first; empty where it is over.

    Args:
        services: what every use case is handed.
        uow: in which the transaction was read.
        row: the transaction as it stands, or is about to be stored.
        acts_at: when the gateway sends or asks next; `None` where it does not by itself.
    """
    found = [Due(matter=Matter.ACT, at=acts_at, rule=_act_rule(row))] if acts_at is not None else []
    if not _may_pass(row) or uow.cases.get(row.case_id).state is CaseState.CLOSED:
        return tuple(found)
    if row.review in CERTIFIED:
        found += _of_certification(uow, row)
    else:
        found += _of_payer(services, uow, row)
    return tuple(sorted(found, key=lambda each: each.at))


def _act_rule(row: TransactionRow) -> str:
    if row.delivery is Delivery.READY:
        return "to be sent"
    return "ask_when_uncertain" if row.delivery is Delivery.UNCERTAIN else "ask_after"


def _may_pass(row: TransactionRow) -> bool:
    """Whether time alone may do anything to it, before any more is read."""
    if row.superseded_by is not None or row.delivery not in _LEFT:
        return False
    return row.delivery is Delivery.ACCEPTED or row.review in (Review.SUBMITTED, Review.PENDED) or _ends(row)


def _ends(row: TransactionRow) -> bool:
    return row.review in CERTIFIED and row.ends_at is not None


def _of_certification(uow: UnitOfWork, row: TransactionRow) -> list[Due]:
    if row.ends_at is None:
        return []
    found = [Due(matter=Matter.END, at=row.ends_at, rule="the certification's last day")]
    worth_it = row.decided_at is not None and row.ends_at - row.decided_at >= _WORTH_RENEWING
    is_told = any(each.kind is WorkKind.RENEW_OR_CLOSE for each in uow.work_items.of(row.id))
    if worth_it and not is_told and not is_used_up(uow, row):
        rule = f"{RENEW_BEFORE.days} days before the certification's last day"
        found.append(Due(matter=Matter.RENEWAL, at=row.ends_at - RENEW_BEFORE, rule=rule))
    return found


def _of_payer(services: Services, uow: UnitOfWork, row: TransactionRow) -> list[Due]:
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return []
    exchanges = uow.exchanges.of(row.id)
    found = []
    if row.review in (Review.SUBMITTED, Review.PENDED):
        items = uow.work_items.of(row.id)
        if not _is_asked(items):
            found.append(_decision(items, row, profile, exchanges))
    route = _route(profile, row)
    if row.delivery is Delivery.ACCEPTED and row.acknowledgment in _UNACKNOWLEDGED and route is not None:
        due = acknowledgment_due(profile, route, received_at(row, exchanges))
        if due is not None:
            found.append(Due(matter=Matter.ACKNOWLEDGMENT, at=due.at, rule=due.rule))
    return found


def _is_asked(items: Sequence[WorkItemRow]) -> bool:
    """Whether a person has it: their work item has a date of its own, and nobody is asked twice."""
    return any(each.kind in _FINDS_OUT and each.state is WorkState.OPEN for each in items)


def _decision(
    items: Sequence[WorkItemRow], row: TransactionRow, profile: PayerProfile, exchanges: Sequence[ExchangeRow]
) -> Due:
    """A person takes over when the payer's window has passed; once in each window."""
    received = received_at(row, exchanges)
    over = escalate_at(profile, _urgency(row), received, drug=_is_drug(row), hours=_hours(profile, row))
    asked = [item.created_at for item in items if item.kind is WorkKind.STATUS_CHECK]
    return Due(
        matter=Matter.DECISION,
        at=max([over.at, *(each + (over.at - received) for each in asked)]),
        rule=over.rule,
    )


def decision_overdue_at(services: Services, uow: UnitOfWork, row: TransactionRow) -> Due | None:
    """When a person takes over from the payer, whether or not the request has left; `None` where its guide is gone."""
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return None
    return _decision(uow.work_items.of(row.id), row, profile, uow.exchanges.of(row.id))


def received_at(row: TransactionRow, exchanges: Sequence[ExchangeRow]) -> datetime:
    """When the payer got the request, as far as is known: the payer's deadlines count from there."""
    left = [each for each in exchanges if each.purpose is Purpose.SUBMIT and each.state not in _NOTHING_LEFT]
    return left[-1].began_at if left else row.created_at


def decided_by(services: Services, row: TransactionRow, exchanges: Sequence[ExchangeRow], now: datetime) -> Deadline:
    """By when the payer must have decided, and by whose rule."""
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return Deadline(at=now, rule="the payer's guide is not installed any more")
    received = received_at(row, exchanges)
    return decision_due(profile, _urgency(row), received, drug=_is_drug(row), hours=_hours(profile, row))


def _urgency(row: TransactionRow) -> Urgency:
    urgency = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    return urgency or Urgency.ELECTIVE


def _is_drug(row: TransactionRow) -> bool:
    """Drugs have clocks of their own: the federal decision window does not cover them."""
    request = row.request
    services = request.services if isinstance(request, AuthorizationRequest) else ()
    return any(service.procedure.system is CodeSystem.NDC for service in services)


def _route(profile: PayerProfile, row: TransactionRow) -> Route | None:
    return next((each for each in profile.routes if each.id == row.route_id), None)


def _hours(profile: PayerProfile, row: TransactionRow) -> Hours | None:
    route = _route(profile, row)
    return route.endpoint.hours if route is not None else None
