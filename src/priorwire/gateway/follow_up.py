"""What to do with a transaction that is due: a table from its state to the next act.

A row that is found in ``sending`` is one whose process died: whether its message left is
not known, so an authorization becomes ``uncertain`` and is inquired about, and only a
question (270) is asked again. An answer that was archived but not read is read first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from priorwire.errors import NoRoute
from priorwire.gateway import inbound, outbound
from priorwire.gateway.changes import Task, ask_person, save
from priorwire.gateway.ports import PayloadFormat, Services
from priorwire.gateway.retry import MAX_ASKS_WHEN_UNCERTAIN
from priorwire.gateway.rows import DueRow, ExchangeRow, ExchangeState, TransactionRow, WorkKind
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import TransactionId
from priorwire.model.lifecycle import DELIVERY, Delivery, DeliveryEvent, Review, advance
from priorwire.payers import choose_route
from priorwire.payers.profile import ChannelKind, Route, Transaction


def follow_up(services: Services, lease: DueRow) -> TransactionRow:
    """Do the next thing for a transaction, under `lease`.

    Raises:
        StaleFence: another worker has the row by now.
    """
    with services.store.read(lease.tenant) as uow:
        row = uow.transactions.get(TransactionId(lease.id))
        exchanges = uow.exchanges.of(row.id)
    unread = [each for each in exchanges if each.state is ExchangeState.ANSWERED]
    if unread:
        return inbound.read_answer(services, lease, unread[-1].id)
    return _ACTS[row.delivery](services, lease, row, exchanges[-1] if exchanges else None)


def _send(services: Services, lease: DueRow, row: TransactionRow, last: ExchangeRow | None) -> TransactionRow:
    return outbound.send(services, lease)


def _recover(services: Services, lease: DueRow, row: TransactionRow, last: ExchangeRow | None) -> TransactionRow:
    """Its process died between storing the message and storing what came of it."""
    is_question = row.kind is Transaction.ELIGIBILITY
    event = DeliveryEvent.NOT_SENT if is_question else DeliveryEvent.LOST_SIGHT
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        if last is not None and last.state is ExchangeState.SENDING:
            uow.exchanges.update(
                replace(
                    last,
                    state=ExchangeState.UNCERTAIN,
                    detail="the process that sent it died before it could tell",
                    ended_at=services.clock.now(),
                )
            )
        after = replace(row, delivery=advance(DELIVERY, row.delivery, event))
        row = save(services, uow, row, after, "transaction.recovered")
    return _ACTS[row.delivery](services, lease, row, None)


def _ask(services: Services, lease: DueRow, row: TransactionRow, last: ExchangeRow | None) -> TransactionRow:
    if not _waits(row):
        return _rest(services, lease, row, last)
    route = _inquiry_route(services, row)
    if route is None:
        return _ask_a_person(services, lease, row)
    if row.delivery is Delivery.UNCERTAIN and row.asks >= MAX_ASKS_WHEN_UNCERTAIN:
        return _ask_a_person(services, lease, row)
    return outbound.inquire(services, lease, route)


def _waits(row: TransactionRow) -> bool:
    return row.delivery is Delivery.UNCERTAIN or row.review in (Review.SUBMITTED, Review.PENDED)


def _inquiry_route(services: Services, row: TransactionRow) -> Route | None:
    """How to ask about it by machine; `None` where the payer takes no 278 inquiry or never got an X12 request."""
    if services.channels[row.channel].format is not PayloadFormat.X12 or row.kind is not Transaction.AUTHORIZATION:
        return None
    service_type = row.request.service_type if isinstance(row.request, AuthorizationRequest) else None
    try:
        chosen = choose_route(
            services.profiles[row.payer_id],
            Transaction.INQUIRY,
            service_type=service_type,
            environment=row.environment,
            health={},
        )
    except NoRoute:
        return None
    return chosen.route if services.channels[chosen.route.channel].format is PayloadFormat.X12 else None


_UNCERTAIN = Task(
    kind=WorkKind.UNCERTAIN_DELIVERY,
    instructions="It is not known whether the payer got this request, and it cannot be asked by machine. "
    "Ask the payer by telephone. It is not sent again by itself.",
)
_NO_CONFIRMATION = Task(
    kind=WorkKind.CARRIER_FAILED,
    instructions="The fax carrier took the fax and has not confirmed its transmission. "
    "Look it up at the carrier, and call the payer's desk.",
)
_STATUS_CHECK = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="This payer cannot be asked by machine. Look up where the review stands (portal or telephone) and record it.",
)


def _ask_a_person(services: Services, lease: DueRow, row: TransactionRow) -> TransactionRow:
    if row.delivery is Delivery.UNCERTAIN:
        task = _UNCERTAIN
    elif row.channel is ChannelKind.EFAX and row.evidence < Evidence.CARRIER_ACCEPTED:
        task = _NO_CONFIRMATION
    else:
        task = _STATUS_CHECK
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        ask_person(services, uow, row, task)
        uow.due.settle(lease, None)
    return row


def _rest(services: Services, lease: DueRow, row: TransactionRow, last: ExchangeRow | None) -> TransactionRow:
    """Nothing to do: it is decided, or a person has it."""
    with services.store.work(lease.tenant) as uow:
        uow.due.settle(lease, None)
    return row


_Act = Callable[[Services, DueRow, TransactionRow, ExchangeRow | None], TransactionRow]

_ACTS: Mapping[Delivery, _Act] = {
    Delivery.READY: _send,
    Delivery.SENDING: _recover,
    Delivery.UNCERTAIN: _ask,
    Delivery.ACCEPTED: _ask,
    Delivery.FINAL: _ask,
    Delivery.REFUSED: _rest,
    Delivery.WITH_PERSON: _rest,
}
