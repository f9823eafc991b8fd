"""A document's way out: numbers and bytes stored, sent once, and what came of it.

The same three commits as for a request (`outbound`): *prepare*, *keep*, *settle*; a crash between
any two is told apart afterwards. A document has a lease of its own, so that the review is asked
about meanwhile. What may have arrived is never sent again by itself: no inquiry tells whether a
document did, so a person asks the payer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.errors import (
    InvalidRequest,
    NoRoute,
    PriorwireError,
    SafetyRefusal,
    StaleFence,
)
from priorwire.gateway.attachment_answers import account_of, concluded, keep_strangers
from priorwire.gateway.attachment_changes import ask_about, hasten_review, move
from priorwire.gateway.defects import MAX_TRIES, is_defect
from priorwire.gateway.endpoints import follow_turn, health_of, held, note_outcome, put_off
from priorwire.gateway.messages import SET_NUMBER, Numbers, attachment_bytes
from priorwire.gateway.outbound import (
    UNSENDABLE,
    X12_TYPE,
    archive_row,
    ended,
    keep_answer,
    next_numbers,
    refuse_environment,
)
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.retry import Ask, Done, Person, SendAgain, after_send
from priorwire.gateway.rows import (
    ArchiveRow,
    AttachmentRow,
    Direction,
    DueRow,
    ExchangeRow,
    ExchangeState,
    Purpose,
    TransactionRow,
)
from priorwire.gateway.schedule import timing_of
from priorwire.gateway.ways import Document, Final, HandedOver, Message, SendOutcome, Uncertain, carries_x12
from priorwire.mapping import Document as Attached
from priorwire.mapping import DocumentFormat
from priorwire.model.authorization import AuthorizationRequest, Urgency
from priorwire.model.identifiers import AttachmentId, ExchangeId
from priorwire.model.lifecycle import Attachment, AttachmentEvent, CaseState, Delivery
from priorwire.payers import Deadline, acknowledgment_due, choose_route, try_again
from priorwire.payers.profile import ChannelKind, PayerProfile, Route, Transaction

_log = logging.getLogger(__name__)

FORMATS: Mapping[str, DocumentFormat] = {
    "application/pdf": DocumentFormat.PDF,
    "image/png": DocumentFormat.IMAGE,
    "image/jpeg": DocumentFormat.IMAGE,
    "text/plain": DocumentFormat.TEXT,
}
#: Why a document cannot follow its request yet, or not by machine.
_OBSTACLES = {
    Delivery.READY: "The request itself has not been sent yet.",
    Delivery.SENDING: "The request itself is just being sent.",
    Delivery.UNCERTAIN: "It is not known whether the payer has the request itself.",
    Delivery.REFUSED: "The request itself was not taken.",
    Delivery.WITH_PERSON: "A person submits the request itself, and its documents with it.",
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a document goes."""

    profile: PayerProfile
    route: Route


def way_of(services: Services, uow: UnitOfWork, row: TransactionRow) -> Way | str:
    """How a document goes to the review of `row` by machine; or why it cannot, in words."""
    if not carries_x12(services.channels[row.channel]):
        return "The request itself did not go as an X12 message: its documents go the way that it went."
    if row.delivery in _OBSTACLES:
        return _OBSTACLES[row.delivery]
    profile = services.profiles.get(row.payer_id)
    if profile is None:
        return "The payer's guide is not installed any more."
    service_type = row.request.service_type if isinstance(row.request, AuthorizationRequest) else None
    try:
        chosen = choose_route(
            profile,
            Transaction.ATTACHMENT,
            service_type=service_type,
            environment=row.environment,
            health=health_of(services, uow),
        )
    except (NoRoute, SafetyRefusal) as none:
        return none.message
    if not carries_x12(services.channels[chosen.route.channel]):
        return "The payer's way for documents carries no X12."
    return Way(profile=profile, route=chosen.route)


def document_bytes(attachment: AttachmentRow, content: bytes) -> Attached:
    """The document, as the builder wants it."""
    return Attached(
        control_number=attachment.control_number,
        content=content,
        format=FORMATS[attachment.content_type],
        loinc=attachment.loinc if attachment.solicited else None,
    )


def follow_document(services: Services, lease: DueRow) -> None:
    """Do the next thing for a document that is due, under `lease`.

    Raises:
        StaleFence: another worker has the row by now.
    """
    try:
        deliver_document(services, lease)
    except Exception as error:
        if is_defect(error):
            _note_defect(services, lease, error)
        raise


def deliver_document(services: Services, lease: DueRow) -> AttachmentRow:
    """Send a document, or read what came back, or tell that its process died: whatever its state asks for.

    Raises:
        StaleFence: another worker has the row by now; nothing of this call stands.
    """
    with services.store.read(lease.tenant) as uow:
        attachment = uow.attachments.get(AttachmentId(lease.id))
        exchanges = uow.exchanges.carrying(attachment.reference)
    unread = [each for each in exchanges if each.state is ExchangeState.ANSWERED]
    if unread:
        return _read_answer(services, lease, unread[0].id)
    acts = {Attachment.QUEUED: _send, Attachment.SENDING: _recover, Attachment.SENT: _overdue}
    act = acts.get(attachment.state, _rest)
    return act(services, lease, attachment)


# ---------------------------------------------------------------- out


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    row: TransactionRow
    exchange: ExchangeRow
    message: Message
    channel: ChannelKind
    attempts: int


def _send(services: Services, lease: DueRow, attachment: AttachmentRow) -> AttachmentRow:
    prepared = _prepare(services, lease, attachment)
    if isinstance(prepared, AttachmentRow):
        return prepared
    outcome = services.channels[prepared.channel].send(prepared.message)
    if isinstance(outcome, Final):
        keep_answer(services, lease, prepared.exchange, outcome)
        return _read_answer(services, lease, prepared.exchange.id)
    return _settle(services, lease, prepared, outcome)


def _prepare(services: Services, lease: DueRow, attachment: AttachmentRow) -> _Prepared | AttachmentRow:
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        attachment = uow.attachments.get(attachment.id)
        if attachment.state is not Attachment.QUEUED:
            raise StaleFence  # sent under this very lease already
        row = uow.transactions.get(attachment.transaction_id)
        way = way_of(services, uow, row)
        if uow.cases.get(row.case_id).state is CaseState.CLOSED:
            way = "The case was closed before the document was sent."
        if isinstance(way, str):
            uow.due.settle(lease, None)
            return move(services, uow, attachment, AttachmentEvent.HANDED_OVER, row, detail=way)
        hold = held(services, uow, way.route.endpoint.id)
        if hold is not None:
            put_off(services, uow, lease, hold, "attachment.held")
            return attachment
        sending = replace(
            attachment,
            attempts=attachment.attempts + 1,
            route_id=way.route.id,
            endpoint_id=way.route.endpoint.id,
        )
        sending = move(services, uow, sending, AttachmentEvent.SEND_BEGAN, row)
        try:
            refuse_environment(services, row, way.route)
            return _store(services, uow, lease, row, sending, way)
        except UNSENDABLE as wrong:
            uow.due.settle(lease, None)
            why = f"It was not sent: {_said_of(wrong)}"
            return move(services, uow, sending, AttachmentEvent.REFUSED, row, detail=why)


def _said_of(wrong: PriorwireError) -> str:
    faults = wrong.faults if isinstance(wrong, InvalidRequest) else ()
    return "; ".join(fault.detail for fault in faults) or wrong.message


def _store(
    services: Services, uow: UnitOfWork, lease: DueRow, row: TransactionRow, attachment: AttachmentRow, way: Way
) -> _Prepared:
    now = services.clock.now()
    numbers = next_numbers(uow, way.route, reference=attachment.reference, trace=attachment.reference)
    _, content = uow.archive.get(attachment.document_id)
    document = document_bytes(attachment, content)
    payload = attachment_bytes(row, document, way.profile, way.route, numbers, now, solicited=attachment.solicited)
    exchange = _exchange(services, lease, row, way.route, numbers, now)
    uow.exchanges.add(exchange)
    sent = Document(payload=payload, content_type=X12_TYPE)
    uow.archive.put(archive_row(services, exchange, Direction.OUT, sent, now), payload)
    message = Message(
        exchange_id=exchange.id,
        transaction=Transaction.ATTACHMENT,
        endpoint=way.route.endpoint,
        payload=payload,
        content_type=X12_TYPE,
        payload_id=exchange.payload_id,
        reference=numbers.reference,
        urgent=_urgency(row) in (Urgency.URGENT, Urgency.EMERGENCY),
        at=now,
    )
    return _Prepared(
        row=row, exchange=exchange, message=message, channel=way.route.channel, attempts=attachment.attempts
    )


def _exchange(
    services: Services, lease: DueRow, row: TransactionRow, route: Route, numbers: Numbers, now: datetime
) -> ExchangeRow:
    return ExchangeRow(
        id=ExchangeId(services.ids.new("exch")),
        tenant=row.tenant,
        transaction_id=row.id,
        endpoint_id=route.endpoint.id,
        purpose=Purpose.ATTACH,
        state=ExchangeState.SENDING,
        fence=lease.fence,
        interchange_number=numbers.interchange,
        group_number=numbers.group,
        set_number=SET_NUMBER,
        reference=numbers.reference,
        trace_number=numbers.trace,
        payload_id=services.ids.uuid(),
        began_at=now,
    )


def _urgency(row: TransactionRow) -> Urgency:
    urgency = row.request.urgency if isinstance(row.request, AuthorizationRequest) else None
    return urgency or Urgency.ELECTIVE


def _settle(services: Services, lease: DueRow, prepared: _Prepared, outcome: SendOutcome) -> AttachmentRow:
    """What an outcome without an answer means."""
    now = services.clock.now()
    timing = timing_of(services, prepared.row)
    key = prepared.exchange.reference
    following = after_send(Transaction.ATTACHMENT, outcome, prepared.attempts, timing, now, key=key)
    taken = isinstance(following, Ask) and not isinstance(outcome, Uncertain)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        if taken:
            hasten_review(services, uow, prepared.row, now)
        attachment = uow.attachments.get(AttachmentId(lease.id))
        row = uow.transactions.get(attachment.transaction_id)
        uow.exchanges.update(ended(prepared.exchange, outcome, now))
        attachment = replace(attachment, simulated=attachment.simulated or getattr(outcome, "simulated", False))
        event, detail = _meant(following, outcome)
        turn = note_outcome(services, uow, prepared.message.endpoint, outcome)
        moved = move(services, uow, attachment, event, row, detail=detail)
        due = _acknowledgment_due(services, uow, moved)
        awaited = due.at if due is not None else None
        uow.due.settle(lease, following.at if isinstance(following, SendAgain) else awaited)
    follow_turn(services, turn)
    return moved


def _meant(following: Done | SendAgain | Ask | Person, outcome: SendOutcome) -> tuple[AttachmentEvent, str]:
    match following:
        case SendAgain(because=because):
            return AttachmentEvent.NOT_SENT, f"Not sent yet: {because}."
        case Ask(because=because) if isinstance(outcome, Uncertain):
            return AttachmentEvent.LOST_SIGHT, f"It may have arrived: {because}."
        case Person(because=because) if isinstance(outcome, HandedOver):
            return AttachmentEvent.HANDED_OVER, f"{because.capitalize()}."
        case Person(because=because):
            return AttachmentEvent.REFUSED, f"It was not taken: {because}."
        case Ask() | Done():
            return AttachmentEvent.TAKEN, "Taken; the other side has said nothing of its form yet."


# ---------------------------------------------------------------- back


def _read_answer(services: Services, lease: DueRow, exchange_id: ExchangeId) -> AttachmentRow:
    """Read the archived answer and do what it says, in one commit."""
    now = services.clock.now()
    with services.store.read(lease.tenant) as uow:
        exchange = uow.exchanges.get(exchange_id)
        archived, payload = uow.archive.get(_answer_of(uow, exchange).id)
        reviewed = uow.transactions.get(exchange.transaction_id)
    account = account_of(exchange, payload)
    event, detail = concluded(account)
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        if event in (AttachmentEvent.ACKNOWLEDGED, AttachmentEvent.TAKEN):
            hasten_review(services, uow, reviewed, now)
        attachment = uow.attachments.get(AttachmentId(lease.id))
        row = uow.transactions.get(attachment.transaction_id)
        keep_strangers(services, uow, row, archived, account)
        placed = f"read: {len(account.ours)} joined, {len(account.strangers)} unmatched"
        uow.exchanges.update(replace(exchange, state=ExchangeState.FINAL, detail=placed, ended_at=now))
        attachment = replace(attachment, simulated=attachment.simulated or archived.simulated)
        moved = move(services, uow, attachment, event, row, detail=detail)
        due = _acknowledgment_due(services, uow, moved)
        uow.due.settle(lease, due.at if due is not None else None)
        return moved


def _answer_of(uow: UnitOfWork, exchange: ExchangeRow) -> ArchiveRow:
    rows = uow.archive.of(exchange.transaction_id)
    return [each for each in rows if each.exchange_id == exchange.id and each.direction is Direction.IN][-1]


# ---------------------------------------------------------------- what went wrong with us


def _recover(services: Services, lease: DueRow, attachment: AttachmentRow) -> AttachmentRow:
    """Its process died between storing the message and storing what came of it."""
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        attachment = uow.attachments.get(attachment.id)
        exchanges = uow.exchanges.carrying(attachment.reference)
        if attachment.state is not Attachment.SENDING or exchanges[-1].fence == lease.fence:
            raise StaleFence  # sent under this very lease: its process is at it, or a later lease finds it dead
        _note_death(services, uow, attachment)
        row = uow.transactions.get(attachment.transaction_id)
        uow.due.settle(lease, None)
        why = "It may have arrived: the process that sent it died before it could tell."
        return move(services, uow, attachment, AttachmentEvent.LOST_SIGHT, row, detail=why)


def _rest(services: Services, lease: DueRow, attachment: AttachmentRow) -> AttachmentRow:
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        _note_death(services, uow, attachment)
        uow.due.settle(lease, None)
    return attachment


def _overdue(services: Services, lease: DueRow, attachment: AttachmentRow) -> AttachmentRow:
    """It was taken, and nothing has acknowledged it in time: a person asks. It is not sent again."""
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        attachment = uow.attachments.get(attachment.id)
        _note_death(services, uow, attachment)
        due = _acknowledgment_due(services, uow, attachment)
        late = attachment.state is Attachment.SENT and due is not None and due.at <= now
        if late and due is not None and attachment.work_item_id is None:
            attachment = ask_about(services, uow, attachment, f"Nothing has acknowledged it ({due.rule}).")
        uow.due.settle(lease, due.at if due is not None and not late else None)
    return attachment


def _acknowledgment_due(services: Services, uow: UnitOfWork, attachment: AttachmentRow) -> Deadline | None:
    """By when a document that was sent is to be acknowledged; `None` where nothing is to be expected."""
    row = uow.transactions.get(attachment.transaction_id)
    profile = services.profiles.get(row.payer_id)
    routes = profile.routes if profile is not None else ()
    route = next((each for each in routes if each.id == attachment.route_id), None)
    sent = uow.exchanges.carrying(attachment.reference)
    if profile is None or route is None or not sent or attachment.state is not Attachment.SENT:
        return None
    return acknowledgment_due(profile, route, sent[-1].began_at)


def _note_death(services: Services, uow: UnitOfWork, attachment: AttachmentRow) -> None:
    """Exchanges whose process died are over."""
    for each in uow.exchanges.carrying(attachment.reference):
        if each.state is ExchangeState.SENDING:
            dead = "the process that sent it died before it could tell"
            uow.exchanges.update(replace(each, state=ExchangeState.DIED, detail=dead, ended_at=services.clock.now()))


def _note_defect(services: Services, lease: DueRow, error: Exception) -> None:
    """Our own code failed over it: later again, so many times, and then a person has it."""
    # The kind only: a message of a library can quote whatever it was given.
    _log.error(
        "A document's step failed.",
        extra={"action": "document_defect", "subject": lease.id, "fence": lease.fence, "error": type(error).__name__},
    )
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        attachment = uow.attachments.get(AttachmentId(lease.id))
        row = uow.transactions.get(attachment.transaction_id)
        exchanges = uow.exchanges.carrying(attachment.reference)
        tries = lease.fence - (exchanges[-1].fence if exchanges else 0)
        if tries < MAX_TRIES:
            uow.due.settle(lease, try_again(timing_of(services, row), max(tries, 1), now, key=attachment.reference))
            return
        uow.due.settle(lease, None)
        for each in exchanges:
            if each.state is ExchangeState.ANSWERED:  # kept as it came, and not read again by itself
                uow.exchanges.update(replace(each, state=ExchangeState.FINAL, detail="priorwire failed over it"))
        event = _GIVEN_UP.get(attachment.state)
        if event is not None:
            why = "priorwire itself failed over it, several times: an integration engineer finds the defect in the log."
            move(services, uow, attachment, event, row, detail=why)


#: What is left of a document that our own code fails over.
_GIVEN_UP = {
    Attachment.QUEUED: AttachmentEvent.HANDED_OVER,
    Attachment.SENDING: AttachmentEvent.LOST_SIGHT,
}
