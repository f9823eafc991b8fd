"""Out: store the numbers and the bytes, send once, store what came of it.

Three commits a message, and a crash between any two of them is told apart afterwards:

1. *prepare*: numbers, bytes and the state ``sending`` are stored. A crash after this leaves
   a row whose message may have left: `follow_up` treats it as uncertain.
2. *keep*: the answer's bytes are archived before anything reads them (state ``answered``).
   A crash after this leaves an answer to read, not one to ask for.
3. *settle*: what the answer says, the transaction's new state and when it is due next.

The fence is checked in each: whoever lost the lease drops out without a trace. And in the first
it is asked whether anything may go there: an endpoint may be paused or down (`endpoints`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.errors import (
    Fault,
    GuideError,
    InvalidRequest,
    LocalX12Error,
    NoRoute,
    PriorwireError,
    RouteError,
    SafetyRefusal,
    StaleFence,
    UnknownPayer,
)
from priorwire.gateway import inbound
from priorwire.gateway.changes import GATEWAY, Task, ask_person, is_overdue, save
from priorwire.gateway.deadlines import deadlines
from priorwire.gateway.endpoints import follow_turn, held, note_answer, note_outcome, put_off
from priorwire.gateway.endpoints_fallback import go_another_way
from priorwire.gateway.endpoints_state import Hold
from priorwire.gateway.messages import SET_NUMBER, Numbers, inquiry_bytes, request_bytes
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.retry import Ask, Done, Next, Person, SendAgain, after_send
from priorwire.gateway.rows import (
    ArchiveRow,
    AuditRow,
    Direction,
    DueRow,
    ExchangeRow,
    ExchangeState,
    Purpose,
    TransactionRow,
    WorkKind,
)
from priorwire.gateway.schedule import give_back, next_time, timing_of
from priorwire.gateway.ways import (
    Accepted,
    Document,
    DocumentChannel,
    Failure,
    Final,
    HandedOver,
    Message,
    RenderContext,
    SendOutcome,
)
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import ArchiveId, ExchangeId, TransactionId
from priorwire.model.lifecycle import DELIVERY, Acknowledgment, CaseState, Delivery, DeliveryEvent, advance
from priorwire.payers import refuse_crossing
from priorwire.payers.profile import PayerProfile, Route, Transaction

X12_TYPE = "application/edi-x12"
#: What building a message may find wrong with it, or with the payer's guide.
UNSENDABLE = (InvalidRequest, GuideError, LocalX12Error, RouteError, SafetyRefusal)
_CANNOT_ASK = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="The payer cannot be asked by machine at the moment: see the latest exchange for the reason. "
    "Look up where the review stands (portal or telephone) and record it.",
)
_OVERDUE = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="The payer should have decided by now, and its system says nothing new. It is still asked by "
    "machine; call the payer, and record what it says.",
)


_HELD = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="The payer should have decided by now, and the request has not even been sent: the way to the payer "
    "is paused or down. Ask the payer for a decision by telephone or portal, and record it.",
)


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    row: TransactionRow
    exchange: ExchangeRow
    message: Message


def send(services: Services, lease: DueRow) -> TransactionRow:
    """Send a transaction's request, once, under `lease`.

    Raises:
        StaleFence: another worker has the row by now; nothing of this call stands.
    """
    prepared = _prepare(services, lease)
    if isinstance(prepared, TransactionRow):
        return prepared  # what would be sent breaks a rule: stopped, with a work item
    channel = services.channels[prepared.row.channel]
    return _conclude(services, lease, prepared, channel.send(prepared.message))


def inquire(services: Services, lease: DueRow, route: Route) -> TransactionRow:
    """Ask the payer where an authorization stands (278 inquiry), under `lease`. Harmless to repeat."""
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(TransactionId(lease.id))
        hold = held(services, uow, route.endpoint.id)
        if hold is not None:
            return _hold_back(services, uow, lease, row, hold, _OVERDUE)
        number = row.asks + 1
        numbers = next_numbers(uow, route, reference=f"{row.reference}Q{number}", trace=f"{row.trace_number}Q{number}")
        try:
            refuse_environment(services, row, route)
            payload = inquiry_bytes(row, services.profiles[row.payer_id], route, numbers, now)
        except UNSENDABLE:
            ask_person(services, uow, row, _CANNOT_ASK)
            give_back(services, uow, lease, row, None)
            return row
        prepared = _store(
            services, uow, lease, row, route, Purpose.INQUIRE, Document(payload=payload, content_type=X12_TYPE), numbers
        )
        row = save(services, uow, row, replace(row, asks=number), "transaction.inquiry_began")
    outcome = services.channels[route.channel].send(prepared.message)
    if isinstance(outcome, Final):
        keep_answer(services, lease, prepared.exchange, outcome)
        return inbound.read_answer(services, lease, prepared.exchange.id)
    return _ask_later(services, lease, prepared, outcome)


def _hold_back(
    services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, hold: Hold, overdue: Task
) -> TransactionRow:
    """Nothing can go there now. Nothing is used up, and people hear of what becomes overdue meanwhile."""
    awaited = row.kind is Transaction.AUTHORIZATION and row.delivery is not Delivery.UNCERTAIN
    if awaited and is_overdue(services, uow, row):
        ask_person(services, uow, row, overdue)
    if any(each.state is ExchangeState.ANSWERED for each in uow.exchanges.of(row.id)):
        give_back(services, uow, lease, row, services.clock.now())  # an answer is to be read, whatever is paused
    else:
        put_off(
            services, uow, lease, hold, "transaction.held", lambda acts_at: deadlines(services, uow, row, acts_at)[0].at
        )
    return row


def keep_answer(services: Services, lease: DueRow, exchange: ExchangeRow, answer: Final) -> None:
    """Archive an answer's bytes. Whatever happens next, they are here.

    Raises:
        StaleFence: another worker has the row by now. The answer is archived all the same, and the row is due for it.
    """
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        is_ours = _is_held(uow, lease)
        if not is_ours:
            uow.due.schedule(lease.kind, lease.id, lease.partition, now)
        document = Document(payload=answer.payload, content_type=answer.content_type)
        archived = archive_row(services, exchange, Direction.IN, document, now)
        uow.archive.put(replace(archived, simulated=answer.simulated), answer.payload)
        uow.exchanges.update(replace(exchange, state=ExchangeState.ANSWERED, remote_id=answer.remote_id, ended_at=now))
        turn = note_answer(uow, exchange.endpoint_id)
    follow_turn(services, turn)
    if not is_ours:
        raise StaleFence


def _is_held(uow: UnitOfWork, lease: DueRow) -> bool:
    try:
        uow.due.check(lease)
    except StaleFence:
        return False
    return True


def _prepare(services: Services, lease: DueRow) -> _Prepared | TransactionRow:
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(TransactionId(lease.id))
        if row.delivery is not Delivery.READY:
            raise StaleFence  # sent under this very lease already: a job that runs twice does nothing the second time
        if row.superseded_by is not None or uow.cases.get(row.case_id).state is CaseState.CLOSED:
            return _withdraw(services, uow, lease, row)
        sending = replace(
            row,
            delivery=advance(DELIVERY, row.delivery, DeliveryEvent.SEND_BEGAN),
            acknowledgment=Acknowledgment.NONE,
            attempts=row.attempts + 1,
        )
        try:
            profile = _profile_of(services, row)
            route = route_of(profile, row)
            refuse_environment(services, row, route)
            hold = held(services, uow, route.endpoint.id)
            if hold is not None:
                other_way = go_another_way(services, uow, lease, row, hold)
                return other_way or _hold_back(services, uow, lease, row, hold, _HELD)
            numbers = next_numbers(uow, route, reference=row.reference, trace=row.trace_number)
            document = _document(services, sending, profile, route, numbers, now)
        except UNSENDABLE as wrong:
            return stop(services, uow, lease, row, wrong)
        prepared = _store(services, uow, lease, sending, route, Purpose.SUBMIT, document, numbers)
        return replace(prepared, row=save(services, uow, row, sending, "transaction.send_began"))


def refuse_environment(services: Services, row: TransactionRow, route: Route) -> None:
    """Test and production never meet.

    Neither by a guide that changed while a row waited, nor by a gateway of one environment that was
    started on the other's database. Raises SafetyRefusal.
    """
    refuse_crossing(route.endpoint, row.environment)
    if row.environment is not services.environment:
        ours, its = services.environment.value, row.environment.value
        raise SafetyRefusal(f"Refused: this gateway runs in {ours}, the record belongs to {its}.")


def _profile_of(services: Services, row: TransactionRow) -> PayerProfile:
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        raise UnknownPayer
    return profile


def route_of(profile: PayerProfile, row: TransactionRow) -> Route:
    """The route that a transaction was given. Raises NoRoute where the guide has it no more."""
    for route in profile.routes:
        if route.id == row.route_id:
            return route
    raise NoRoute


def next_numbers(uow: UnitOfWork, route: Route, *, reference: str, trace: str) -> Numbers:
    """The next numbers of a sender and receiver pair: several payers behind one clearinghouse share it."""
    to = route.endpoint.x12
    scope = f"{to.sender}>{to.receiver}" if to is not None else route.endpoint.id
    return Numbers(
        interchange=uow.control_numbers.next(scope, "interchange"),
        group=uow.control_numbers.next(scope, "group"),
        reference=reference,
        trace=trace,
    )


def _document(
    services: Services, row: TransactionRow, profile: PayerProfile, route: Route, numbers: Numbers, now: datetime
) -> Document:
    channel = services.channels[row.channel]
    if not isinstance(channel, DocumentChannel):
        return Document(payload=request_bytes(row.request, profile, route, numbers, now), content_type=X12_TYPE)
    if not isinstance(row.request, AuthorizationRequest):
        raise InvalidRequest(
            (Fault(pointer="/payer_id", code="no_document", detail="Only a request for review is rendered."),)
        )
    return channel.render(
        row.request, RenderContext(payer=profile, endpoint=route.endpoint, reference=row.reference, at=now)
    )


def stop(
    services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, wrong: PriorwireError
) -> TransactionRow:
    """Refuse to send a ready transaction: since it was taken in, its payer's guide or our own code has changed."""
    sending = advance(DELIVERY, row.delivery, DeliveryEvent.SEND_BEGAN)
    stopped = replace(row, delivery=advance(DELIVERY, sending, DeliveryEvent.REFUSED), attempts=row.attempts + 1)
    faults = wrong.faults if isinstance(wrong, InvalidRequest) else ()
    why = "; ".join(fault.detail for fault in faults) or wrong.message
    ask_person(services, uow, stopped, Task(kind=WorkKind.REFUSED, instructions=f"It was not sent: {why}"))
    give_back(services, uow, lease, stopped, None)
    return save(services, uow, row, stopped, "transaction.stopped")


def _withdraw(services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow) -> TransactionRow:
    """While it waited a person ended its case, or a later submission took its place: it is not sent any more."""
    sending = advance(DELIVERY, row.delivery, DeliveryEvent.SEND_BEGAN)
    over = replace(row, delivery=advance(DELIVERY, sending, DeliveryEvent.REFUSED))
    case = uow.cases.get(row.case_id)
    give_back(services, uow, lease, row, None)
    saved = save(services, uow, row, over, "transaction.withdrawn")
    uow.cases.update(case)  # it stays as the person left it
    return saved


def _store(
    services: Services,
    uow: UnitOfWork,
    lease: DueRow,
    row: TransactionRow,
    route: Route,
    purpose: Purpose,
    document: Document,
    numbers: Numbers,
) -> _Prepared:
    now = services.clock.now()
    is_x12 = document.content_type == X12_TYPE
    exchange = ExchangeRow(
        id=ExchangeId(services.ids.new("exch")),
        tenant=row.tenant,
        transaction_id=row.id,
        endpoint_id=route.endpoint.id,
        purpose=purpose,
        state=ExchangeState.SENDING,
        fence=lease.fence,
        interchange_number=numbers.interchange if is_x12 else None,
        group_number=numbers.group if is_x12 else None,
        set_number=SET_NUMBER if is_x12 else None,
        reference=numbers.reference,
        trace_number=numbers.trace,
        payload_id=services.ids.uuid(),
        began_at=now,
    )
    uow.exchanges.add(exchange)
    uow.archive.put(archive_row(services, exchange, Direction.OUT, document, now), document.payload)
    message = Message(
        exchange_id=exchange.id,
        transaction=row.kind if purpose is Purpose.SUBMIT else Transaction.INQUIRY,
        endpoint=route.endpoint,
        payload=document.payload,
        content_type=document.content_type,
        payload_id=exchange.payload_id,
        reference=numbers.reference,
        urgent=isinstance(row.request, AuthorizationRequest)
        and row.request.urgency in (Urgency.URGENT, Urgency.EMERGENCY),
        at=now,
    )
    return _Prepared(row=row, exchange=exchange, message=message)


def archive_row(
    services: Services, exchange: ExchangeRow, direction: Direction, document: Document, now: datetime
) -> ArchiveRow:
    """How a payload of `exchange` is archived."""
    return ArchiveRow(
        id=ArchiveId(services.ids.new("arch")),
        tenant=exchange.tenant,
        direction=direction,
        content_type=document.content_type,
        endpoint_id=exchange.endpoint_id,
        transaction_id=exchange.transaction_id,
        exchange_id=exchange.id,
        sha256=hashlib.sha256(document.payload).hexdigest(),
        size=len(document.payload),
        at=now,
    )


def _conclude(services: Services, lease: DueRow, prepared: _Prepared, outcome: SendOutcome) -> TransactionRow:
    if isinstance(outcome, Final):
        keep_answer(services, lease, prepared.exchange, outcome)
        return inbound.read_answer(services, lease, prepared.exchange.id)
    now = services.clock.now()
    timing = timing_of(services, prepared.row)
    following = after_send(prepared.row.kind, outcome, prepared.row.attempts, timing, now, key=prepared.row.reference)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(prepared.row.id)
        uow.exchanges.update(ended(prepared.exchange, outcome, now))
        after = replace(_gained(outcome, row), delivery=advance(DELIVERY, row.delivery, _seen(row, following.event)))
        if isinstance(following, Person):
            ask_person(services, uow, after, _task(outcome, following))
        give_back(services, uow, lease, after, _due(following))
        turn = note_outcome(services, uow, prepared.message.endpoint, outcome)
        saved = save(services, uow, row, after, f"transaction.{following.event.value}")
    follow_turn(services, turn)
    return saved


def _seen(row: TransactionRow, event: DeliveryEvent) -> DeliveryEvent:
    """A carrier that has confirmed it meanwhile knows more than our broken connection."""
    confirmed = row.evidence >= Evidence.CARRIER_ACCEPTED
    return DeliveryEvent.TAKEN if confirmed and event is DeliveryEvent.LOST_SIGHT else event


def _gained(outcome: SendOutcome, row: TransactionRow) -> TransactionRow:
    """What an outcome adds to the row beside its delivery state."""
    if not isinstance(outcome, Accepted):
        return row
    evidence = max(row.evidence, outcome.evidence)
    return replace(row, evidence=evidence, simulated=row.simulated or outcome.simulated)


def ended(exchange: ExchangeRow, outcome: SendOutcome, now: datetime) -> ExchangeRow:
    """The exchange after an outcome that is no answer."""
    state = {
        "Accepted": ExchangeState.ACCEPTED,
        "HandedOver": ExchangeState.ACCEPTED,
        "Refused": ExchangeState.REFUSED,
        "NotSent": ExchangeState.NOT_SENT,
        "Uncertain": ExchangeState.UNCERTAIN,
    }[type(outcome).__name__]
    failure = getattr(outcome, "failure", None)
    return replace(
        exchange,
        state=state,
        remote_id=getattr(outcome, "remote_id", None),
        failure=failure.value if failure else None,
        detail=getattr(outcome, "detail", None),
        ended_at=now,
    )


def _task(outcome: SendOutcome, following: Person) -> Task:
    if isinstance(outcome, HandedOver):
        return Task(
            kind=WorkKind.PORTAL_SUBMISSION, instructions=outcome.instructions, url=outcome.url, fields=outcome.fields
        )
    return Task(kind=WorkKind.REFUSED, instructions=f"It was not sent: {following.because}")


def _due(following: Next) -> datetime | None:
    match following:
        case SendAgain(at=at) | Ask(at=at):
            return at
        case Done() | Person():
            return None


def _ask_later(services: Services, lease: DueRow, prepared: _Prepared, outcome: SendOutcome) -> TransactionRow:
    """An inquiry without an answer changes nothing but when the next one is due."""
    now, exchange = services.clock.now(), prepared.exchange
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.transactions.get(exchange.transaction_id)
        uow.exchanges.update(ended(exchange, outcome, now))
        uow.audit.append(
            AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="transaction.inquiry_unanswered", subject=row.id)
        )
        if getattr(outcome, "failure", Failure.UNAVAILABLE) is not Failure.UNAVAILABLE:
            ask_person(services, uow, row, _CANNOT_ASK)
        give_back(services, uow, lease, row, next_time(services, row, now))
        turn = note_outcome(services, uow, prepared.message.endpoint, outcome)
    follow_turn(services, turn)
    return row
