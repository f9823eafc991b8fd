"""What to do with a transaction that is due: a table from its state to the next act.

A row that is found in ``sending`` is one whose process died: whether its message left is
not known, so an authorization becomes ``uncertain`` and is inquired about, and only a
question (270) is asked again. An answer that was archived but not read is read first.

A row may also be due because a deadline has passed (`deadlines`): `passed` says what follows from that, and
the payer is asked no earlier than its cadence allows, but when an acknowledgment is overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from priorwire.errors import NoRoute, SafetyRefusal, StaleFence
from priorwire.gateway import inbound, outbound, passed
from priorwire.gateway.changes import Task, ask_person, save
from priorwire.gateway.deadlines import Matter
from priorwire.gateway.endpoints import health_of
from priorwire.gateway.ports import Services
from priorwire.gateway.retry import MAX_ASKS_WHEN_UNCERTAIN, MAX_ATTEMPTS, asked_enough
from priorwire.gateway.rows import DueRow, ExchangeRow, ExchangeState, TransactionRow, WorkKind
from priorwire.gateway.schedule import give_back, next_time, note_dead
from priorwire.gateway.ways import Accepted, Mailbox, NotSent, carries_x12
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import TransactionId
from priorwire.model.lifecycle import DELIVERY, CaseState, Delivery, DeliveryEvent, Review, advance
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
        closed = uow.cases.get(row.case_id).state is CaseState.CLOSED
        acts_at = uow.due.acts_at(lease.kind, lease.id)
        reached = passed.reached(services, uow, row, acts_at)
    unread = [each for each in exchanges if each.state is ExchangeState.ANSWERED]
    if unread:
        return inbound.read_answer(services, lease, unread[0].id)
    if row.delivery is not Delivery.SENDING:
        _note_dead_inquiries(services, lease, exchanges)
    if closed and row.delivery not in (Delivery.READY, Delivery.SENDING):
        return _rest(services, lease, row)  # a person ended it
    asks_now = False
    if reached:
        row, asks_now = _let_pass(services, lease, acts_at)
    early = acts_at is not None and acts_at > services.clock.now()
    if early and not asks_now and row.delivery is not Delivery.SENDING:
        return _rest(services, lease, row, acts_at)
    return _ACTS[row.delivery](services, lease, row)


def _let_pass(services: Services, lease: DueRow, acts_at: datetime | None) -> tuple[TransactionRow, bool]:
    """Act on the deadlines that have passed; the row afterwards, and whether the payer is to be asked at once."""
    asks_now = False
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(TransactionId(lease.id))
        for due in passed.reached(services, uow, row, acts_at):
            row = passed.act(services, uow, row, due)
            if due.matter is Matter.ACKNOWLEDGMENT:
                asks_now = _inquiry_route(services, row) is not None
                if not asks_now:
                    ask_person(services, uow, row, passed.no_acknowledgment(due))
    return row, asks_now


def _send(services: Services, lease: DueRow, _row: TransactionRow) -> TransactionRow:
    return outbound.send(services, lease)


def _recover(services: Services, lease: DueRow, row: TransactionRow) -> TransactionRow:
    """Its process died between storing the message and storing what came of it."""
    found = _found(services, lease, row)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(row.id)  # a carrier may have reported since `follow_up` looked
        if row.delivery is not Delivery.SENDING:
            uow.due.settle(lease, services.clock.now())
            return row  # an answer lay in a mailbox meanwhile
        if uow.exchanges.of(row.id)[-1].fence == lease.fence:
            raise StaleFence  # sent under this very lease: its process is at it, or a later lease finds it dead
        note_dead(services, uow, uow.exchanges.of(row.id), before=lease.fence)
        event = found or _after_death(row)
        after = replace(row, delivery=advance(DELIVERY, row.delivery, event))
        if event is DeliveryEvent.REFUSED:
            ask_person(services, uow, after, _DIES)
            give_back(services, uow, lease, after, None)
        elif event is DeliveryEvent.TAKEN:
            give_back(services, uow, lease, after, next_time(services, after, services.clock.now()))
        row = save(services, uow, row, after, "transaction.recovered")
    if event in (DeliveryEvent.REFUSED, DeliveryEvent.TAKEN):
        return row
    return _ACTS[row.delivery](services, lease, row)


def _note_dead_inquiries(services: Services, lease: DueRow, exchanges: Sequence[ExchangeRow]) -> None:
    """An inquiry whose process died is asked again, and is itself over: nobody waits for its answer any more."""
    if any(each.state is ExchangeState.SENDING and each.fence < lease.fence for each in exchanges):
        with services.store.work(lease.tenant) as uow:
            uow.due.check(lease)
            note_dead(services, uow, uow.exchanges.of(TransactionId(lease.id)), before=lease.fence)


def _found(services: Services, lease: DueRow, row: TransactionRow) -> DeliveryEvent | None:
    """What the place shows where the dead process would have left the message; `None` where no place does.

    From then on that process cannot leave it there any more, if it should live after all.
    """
    channel, profile = services.channels[row.channel], services.profiles.get(row.payer_id)
    if not isinstance(channel, Mailbox) or profile is None:
        return None
    with services.store.read(lease.tenant) as uow:
        last = uow.exchanges.of(row.id)[-1]
    if last.fence == lease.fence:
        raise StaleFence  # as below
    try:
        endpoint = outbound.route_of(profile, row).endpoint
    except NoRoute:
        return None
    outcome = channel.whereabouts(endpoint, last.reference, last.payload_id)
    if isinstance(outcome, Accepted):
        return DeliveryEvent.TAKEN
    if isinstance(outcome, NotSent):
        return DeliveryEvent.NOT_SENT if row.attempts < MAX_ATTEMPTS else DeliveryEvent.REFUSED
    return DeliveryEvent.LOST_SIGHT


def _after_death(row: TransactionRow) -> DeliveryEvent:
    """What a message may be taken for whose sender died."""
    # A question has no side effect, and a portal's worksheet goes to nobody but our own work list.
    if row.kind is Transaction.ELIGIBILITY or row.channel is ChannelKind.PORTAL:
        return DeliveryEvent.NOT_SENT if row.attempts < MAX_ATTEMPTS else DeliveryEvent.REFUSED
    if row.evidence >= Evidence.CARRIER_ACCEPTED:
        return DeliveryEvent.TAKEN
    return DeliveryEvent.LOST_SIGHT


def _ask(services: Services, lease: DueRow, row: TransactionRow) -> TransactionRow:
    if not _waits(row):
        return _rest(services, lease, row)
    route = _inquiry_route(services, row)
    if route is None:
        return _ask_a_person(services, lease, row)
    if row.delivery is Delivery.UNCERTAIN and _asked_enough(services, row):
        return _ask_a_person(services, lease, row)
    if row.delivery is Delivery.UNCERTAIN and row.asks >= MAX_ASKS_WHEN_UNCERTAIN:
        _ask_a_person_too(services, lease)
    return outbound.inquire(services, lease, route)


def _ask_a_person_too(services: Services, lease: DueRow) -> None:
    """The payer's system does not answer: whoever comes first, the machine that asks on or the person."""
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(TransactionId(lease.id))
        if row.delivery is Delivery.UNCERTAIN:
            ask_person(services, uow, row, _UNANSWERED)


def _asked_enough(services: Services, row: TransactionRow) -> bool:
    with services.store.read(row.tenant) as uow:
        return asked_enough(row.asks, uow.exchanges.of(row.id))


def _waits(row: TransactionRow) -> bool:
    if row.kind is Transaction.ELIGIBILITY:
        return row.delivery in (Delivery.ACCEPTED, Delivery.UNCERTAIN)  # its answer was to lie in a mailbox by now
    return row.delivery is Delivery.UNCERTAIN or row.review in (Review.SUBMITTED, Review.PENDED)


def _inquiry_route(services: Services, row: TransactionRow) -> Route | None:
    """How to ask about it by machine; `None` where there is no way, or the payer never got an X12 request."""
    if not carries_x12(services.channels[row.channel]) or row.kind is not Transaction.AUTHORIZATION:
        return None
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return None
    service_type = row.request.service_type if isinstance(row.request, AuthorizationRequest) else None
    with services.store.read(row.tenant) as uow:
        health = health_of(services, uow)
    try:
        chosen = choose_route(
            profile,
            Transaction.INQUIRY,
            service_type=service_type,
            environment=row.environment,
            health=health,
        )
    except (NoRoute, SafetyRefusal):
        return None
    return chosen.route if carries_x12(services.channels[chosen.route.channel]) else None


_DIES = Task(
    kind=WorkKind.REFUSED,
    instructions="Each process that tried to send this one died over it. It is not tried again by itself: "
    "an integration engineer finds out why.",
)
_UNCERTAIN = Task(
    kind=WorkKind.UNCERTAIN_DELIVERY,
    instructions="It is not known whether the payer got this request, and it cannot be asked by machine. "
    "Ask the payer by telephone. It is not sent again by itself.",
)
_UNANSWERED = Task(
    kind=WorkKind.UNCERTAIN_DELIVERY,
    instructions="It is not known whether the payer got this request, and its system does not answer our inquiries. "
    "It is still asked by machine; ask the payer by telephone. It is not sent again by itself.",
)
_NO_CONFIRMATION = Task(
    kind=WorkKind.CARRIER_FAILED,
    instructions="The fax carrier took the fax and has not confirmed its transmission. "
    "Look it up at the carrier, and call the payer's desk.",
)
_STATUS_CHECK = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="This payer cannot be asked by machine. "
    "Look up where the review stands (portal or telephone) and record it.",
)


def _ask_a_person(services: Services, lease: DueRow, row: TransactionRow) -> TransactionRow:
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(row.id)
        if _waits(row):
            ask_person(services, uow, row, question_of(row))
        give_back(services, uow, lease, row, None)
    return row


def question_of(row: TransactionRow) -> Task:
    """What a person is asked to find out about a transaction that waits."""
    if row.delivery is Delivery.UNCERTAIN:
        return _UNCERTAIN
    if row.channel is ChannelKind.EFAX and row.evidence < Evidence.CARRIER_ACCEPTED:
        return _NO_CONFIRMATION
    return _STATUS_CHECK


def _rest(services: Services, lease: DueRow, row: TransactionRow, acts_at: datetime | None = None) -> TransactionRow:
    """Nothing to do: it is decided, a person has it, or its time has not come."""
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        give_back(services, uow, lease, uow.transactions.get(row.id), acts_at)
    return row


_Act = Callable[[Services, DueRow, TransactionRow], TransactionRow]

_ACTS: Mapping[Delivery, _Act] = {
    Delivery.READY: _send,
    Delivery.SENDING: _recover,
    Delivery.UNCERTAIN: _ask,
    Delivery.ACCEPTED: _ask,
    Delivery.FINAL: _ask,
    Delivery.REFUSED: _rest,
    Delivery.WITH_PERSON: _rest,
}
