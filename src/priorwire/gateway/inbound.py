"""In: one road for every answer, whichever way it came.

The bytes are archived before this begins. Everything in them is then placed: joined to its
request, kept as unmatched with a reason, or put before a person; a test counts them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from priorwire.errors import IllegalTransition, RemoteX12Error, StoreError, VaultError
from priorwire.gateway.arrived import Suggestion
from priorwire.gateway.changes import Task, ask_person, save
from priorwire.gateway.correlate import SAME_CALL, Match, NoMatch, near
from priorwire.gateway.decide import only_says_not_now
from priorwire.gateway.inbox import SetPlace, keep_unmatched, review_of, unmatched_task
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import SetRead, crosses, read_payload
from priorwire.gateway.retry import MAX_ATTEMPTS, asked_enough
from priorwire.gateway.rows import (
    AnyRecord,
    ArchiveRow,
    Direction,
    DueRow,
    ExchangeRow,
    ExchangeState,
    Purpose,
    TransactionRow,
    WorkKind,
)
from priorwire.gateway.schedule import give_back, next_time, timing_of
from priorwire.gateway.taking import hasten, take
from priorwire.gateway.visit import PERSON, Collected, Joined, Visit
from priorwire.gateway.whose import keys_of, whose
from priorwire.mapping import AcknowledgmentSaid, Reading
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus
from priorwire.model.eligibility import Coverage
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import ExchangeId
from priorwire.model.lifecycle import (
    ACKNOWLEDGMENT,
    DELIVERY,
    REVIEW,
    AcknowledgmentEvent,
    Delivery,
    DeliveryEvent,
    Review,
    advance,
)
from priorwire.payers import try_again
from priorwire.payers.profile import Transaction
from priorwire.x12.issues import SE_MISSING, SEGMENT_COUNT_WRONG

_log = logging.getLogger(__name__)
ANSWERS = frozenset({"271", "278-response", "278-inquiry-response", "278-notice"})


#: A set with one of these has lost segments, and what it lost may be the denial of a line: X12 has such a set
#: rejected whole, and what is left of it decides nothing.
NOT_WHOLE = frozenset({SE_MISSING.code, SEGMENT_COUNT_WRONG.code})
NOT_WHOLE_SAID = "segments of it are missing"
WRONG_KIND = "it answers another kind of question"
#: How often our own code may fail over an answer before a person has it.
MAX_READS = 4
#: From the weakest to the strongest: of several acknowledgments of one message the worst counts.
_WORSE = (
    AcknowledgmentEvent.INTERCHANGE_ACCEPTED,
    AcknowledgmentEvent.SET_ACCEPTED,
    AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS,
    AcknowledgmentEvent.REJECTED,
)


_SENT = (Delivery.SENDING, Delivery.UNCERTAIN, Delivery.ACCEPTED)


def read_answer(services: Services, lease: DueRow, exchange_id: ExchangeId) -> TransactionRow:
    """Read the archived answer of an exchange and do what it says, in one commit.

    Raises:
        StaleFence: another worker has the row by now; nothing of this call stands.
    """
    try:
        with services.store.work(lease.tenant) as uow:
            visit = _arrived(services, uow, lease, exchange_id)
            _, payload = uow.archive.get(visit.archived.id)
            _work_through(visit, payload)
            return _leave(visit, lease)
    except Exception as error:
        if isinstance(error, StoreError) and not isinstance(error, VaultError):
            raise  # the database's trouble, or another worker has the row
        # The kind only: its message may quote the answer.
        _log.error("An answer could not be read.", extra={"action": "read_defect", "error": type(error).__name__})
        return _put_off(services, lease, exchange_id)


def read_collected(
    services: Services,
    uow: UnitOfWork,
    lease: DueRow,
    collected: Collected,
) -> Visit:
    """Do what a set that came by itself, or was joined by a person, says of the transaction that `lease` holds.

    The lease is given back in the same commit.
    """
    row = uow.transactions.get(collected.exchange.transaction_id)
    visit = Visit(
        services=services,
        uow=uow,
        exchange=collected.exchange,
        archived=collected.archived,
        before=row,
        row=row,
        by=collected.by,
    )
    if collected.said.acknowledgment is not None:
        _acknowledge(visit, collected.said, collected.said.acknowledgment)
    for reading in collected.readings:
        _answer(visit, collected.said, reading)
    _act(visit)
    if visit.acknowledged and visit.row.delivery is Delivery.UNCERTAIN:
        visit.row = replace(visit.row, delivery=advance(DELIVERY, visit.row.delivery, DeliveryEvent.FOUND))
    _leave(visit, lease, ended=bool(collected.readings))
    return visit


def _arrived(services: Services, uow: UnitOfWork, lease: DueRow, exchange_id: ExchangeId) -> Visit:
    uow.due.check(lease)
    exchange = uow.exchanges.get(exchange_id)
    row = uow.transactions.get(exchange.transaction_id)
    archived = _answer_of(uow, exchange)
    return Visit(services=services, uow=uow, exchange=exchange, archived=archived, before=row, row=row)


def _leave(visit: Visit, lease: DueRow, *, ended: bool = True) -> TransactionRow:
    """What the answer means as a whole, all of it stored. `ended`: nothing more is awaited of the exchange."""
    _conclude(visit)
    for task in visit.tasks:
        _ask(visit, task)
    if visit.by is None:
        state = ExchangeState.FINAL if ended else visit.exchange.state
        visit.uow.exchanges.update(replace(visit.exchange, state=state, detail=_account(visit)))
    action = "transaction.answered" if visit.by is None else "transaction.joined_by_person"
    row = save(visit.services, visit.uow, visit.before, visit.row, action, visit.actor, news=visit.news)
    give_back(visit.services, visit.uow, lease, row, _due_at(visit))
    return row


def _ask(visit: Visit, task: Task) -> None:
    """One need, one item; an answer that was joined to nothing knows the item that is about it."""
    now = visit.services.clock.now()
    item = ask_person(visit.services, visit.uow, visit.row, task)
    if item.created_at == now and item.id not in visit.opened:
        visit.opened.append(item.id)
    hasten(visit, item)
    if task.kind is WorkKind.UNMATCHED_ANSWER:
        for row in visit.unmatched:
            visit.uow.unmatched.update(replace(row, work_item_id=item.id))


def _account(visit: Visit) -> str:
    """How the contents of the answer were placed: counts and rules, no values."""
    parts = [f"read: {visit.joined} joined, {len(visit.unmatched)} unmatched"]
    if visit.strays:
        parts.append(f"{visit.strays} findings outside any transaction set")
    if visit.unreadable:
        parts.append(visit.unreadable)
    return "; ".join(parts)


def _put_off(services: Services, lease: DueRow, exchange_id: ExchangeId) -> TransactionRow:
    """Our own code failed over an answer. It is tried again, for the defect may be mended; then a person has it."""
    with services.store.work(lease.tenant) as uow:
        visit = _arrived(services, uow, lease, exchange_id)
        tries = lease.fence - visit.exchange.fence + 1
        if tries < MAX_READS:
            timing, row = timing_of(services, visit.row), visit.row
            uow.due.settle(lease, try_again(timing, tries, services.clock.now(), key=row.reference))
            return visit.row
        visit.unreadable = "priorwire failed over it; it is kept as it came"
        visit.tasks.append(_unreadable(visit.unreadable))
        _keep(visit, 0, 0, NoMatch(reason=visit.unreadable, candidates=_of_the_call(visit)))
        return _leave(visit, lease)


def _unreadable(why: str) -> Task:
    return Task(kind=WorkKind.UNREADABLE_ANSWER, instructions=f"The answer cannot be read: {why}")


def _answer_of(uow: UnitOfWork, exchange: ExchangeRow) -> ArchiveRow:
    rows = uow.archive.of(exchange.transaction_id)
    return [each for each in rows if each.exchange_id == exchange.id and each.direction is Direction.IN][-1]


def _work_through(visit: Visit, payload: bytes) -> None:
    """Everything in it is placed first, and only then acted upon: the order of its sets means nothing."""
    try:
        for said in read_payload(payload):
            if isinstance(said, SetRead):
                _place(visit, said)
            else:
                visit.strays += 1
    except RemoteX12Error as unreadable:
        visit.unreadable = unreadable.message
        if visit.row.kind is Transaction.AUTHORIZATION:  # a question is asked again
            visit.tasks.append(_unreadable(unreadable.message))
    _act(visit)


def _act(visit: Visit) -> None:
    """What was placed, taken as a whole."""
    _note_acknowledgments(visit)
    for joined in _in_force(visit.answers):
        why_not = take(visit, joined)
        if why_not is not None:
            _unmatched(visit, joined.said, why_not, joined.reading)
    if AcknowledgmentEvent.REJECTED in visit.acknowledged and not visit.decisions:
        _form_rejected(visit)


def _in_force(answers: Sequence[Joined]) -> Iterator[Joined]:
    """Beside an answer, "not now" is the word of some system on the way, and no leave to send again."""
    said = [each for each in answers if not only_says_not_now(each.reading.record)]
    yield from said or answers[:1]


def _place(visit: Visit, said: SetRead) -> None:
    """Every set goes somewhere: joined, acknowledged, or unmatched."""
    wrong = crosses(said, visit.row.environment)
    if wrong is not None:
        _unmatched(visit, said, NoMatch(reason=wrong, candidates=_of_the_call(visit)))
    elif any(issue.code.code in NOT_WHOLE for issue in said.issues):
        why = NoMatch(reason=NOT_WHOLE_SAID, candidates=_of_the_call(visit))
        _keep(visit, said.interchange, said.ordinal, why)  # the payer is asked again: nobody need read it
    elif said.acknowledgment is not None:
        _acknowledge(visit, said, said.acknowledgment)
    elif said.kind in ANSWERS and said.readings:
        for reading in said.readings:
            _answer(visit, said, reading)
    else:
        _unmatched(visit, said, NoMatch(reason=f"a {said.kind} is no answer to what was sent"))


def _acknowledge(visit: Visit, said: SetRead, acknowledgment: AcknowledgmentSaid) -> None:
    exchange = visit.exchange
    ours = (
        acknowledgment.interchange_number == exchange.interchange_number
        if acknowledgment.interchange_number is not None
        else acknowledgment.group_number == exchange.group_number
    )
    if not ours and visit.by is None:
        _unmatched(visit, said, NoMatch(reason="it acknowledges a control number that this call did not send"))
        return
    visit.joined += 1
    if exchange.purpose is Purpose.SUBMIT:
        visit.acknowledged.append(acknowledgment.event)
    elif acknowledgment.event is AcknowledgmentEvent.REJECTED:
        visit.tasks.append(_QUESTION_REJECTED)  # the form of our question; of the request it says nothing


_QUESTION_REJECTED = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="The payer's translator refused the form of our inquiry: an integration engineer reads its "
    "acknowledgment. Until then look up where the review stands (portal or telephone) and record it.",
)


def _note_acknowledgments(visit: Visit) -> None:
    if not visit.acknowledged:
        return
    row = visit.row
    worst = max(visit.acknowledged, key=_WORSE.index)
    try:
        state = advance(ACKNOWLEDGMENT, row.acknowledgment, worst)
    except IllegalTransition:
        state = row.acknowledgment  # a late one, of an earlier attempt: what was said of this one stands
    visit.row = replace(row, acknowledgment=state, evidence=max(row.evidence, Evidence.PAYER_ACKNOWLEDGED))


def _form_rejected(visit: Visit) -> None:
    """A TA1 or 999 that rejects: the request never reached a reviewer. Not a denial."""
    row = visit.row
    if row.delivery not in _SENT or row.review not in (None, Review.SUBMITTED):
        return  # something later was said already
    review = advance(REVIEW, row.review, ReviewStatus.REJECTED) if row.review is not None else None
    visit.row = replace(
        row, delivery=advance(DELIVERY, row.delivery, DeliveryEvent.REFUSED), review=review, status="rejected"
    )
    visit.tasks.append(
        Task(
            kind=WorkKind.REFUSED,
            instructions="The payer's translator refused the form of the message; no reviewer has seen it. "
            "An integration engineer reads the acknowledgment with 'priorwire inspect'.",
        )
    )


def _answer(visit: Visit, said: SetRead, reading: Reading[AnyRecord]) -> None:
    joined = _join(visit, reading.record, several=len(said.readings) > 1)
    if isinstance(joined, NoMatch):
        _unmatched(visit, said, joined, reading)
        return
    visit.joined += 1
    if visit.exchange.purpose is Purpose.INQUIRE and _decides_nothing(reading.record):
        return  # "not found" and "cannot answer" are about our question; they say nothing of the review
    visit.answers.append(Joined(said=said, reading=reading, match=joined))


def _decides_nothing(record: AnyRecord) -> bool:
    return isinstance(record, AuthorizationRecord) and record.status in (ReviewStatus.REJECTED, ReviewStatus.UNKNOWN)


def _join(visit: Visit, record: AnyRecord, *, several: bool) -> Match | NoMatch:
    wanted = Coverage if visit.row.kind is Transaction.ELIGIBILITY else AuthorizationRecord
    if not isinstance(record, wanted):
        return NoMatch(reason=WRONG_KIND)
    if visit.by is not None:
        return Match(transaction_id=visit.row.id, by=PERSON, score=0, keys=(PERSON,))
    joined = _one_of_several(visit, record) if several else _by_identifiers(visit, record)
    if isinstance(joined, Match) and joined.transaction_id != visit.row.id:
        nearest = (near(joined.transaction_id, joined),)
        return NoMatch(reason=f"by its {joined.by} it answers another request", candidates=nearest)
    return joined


def _one_of_several(visit: Visit, record: AnyRecord) -> Match | NoMatch:
    """The reference is the set's, and the call is the payload's: neither says which of its reviews is ours."""
    keys = replace(keys_of(record), reference=None)
    joined = whose(visit.uow, record, keys, visit.row.payer_id, visit.row)
    if isinstance(joined, Match) and joined.by == SAME_CALL:
        alike = (near(visit.row.id, joined),)
        return NoMatch(reason="one of several in the answer, without a number of ours", candidates=alike)
    return joined


def _by_identifiers(visit: Visit, record: AnyRecord) -> Match | NoMatch:
    keys = keys_of(record)
    if visit.exchange.purpose is Purpose.SUBMIT or _decides_nothing(record) or _asked_by_number(visit.row):
        return whose(visit.uow, record, keys, visit.row.payer_id, visit.row)
    # Asked by example, the payer lists whatever looks alike, and gives the inquiry's own reference and trace back
    # with each: only the trace number of the request itself says which review is ours.
    asked = visit.exchange
    others = tuple(trace for trace in keys.traces if trace.strip().upper() != asked.trace_number)
    keys = replace(keys, reference=None, traces=others)
    joined = whose(visit.uow, record, keys, visit.row.payer_id, visit.row)
    if isinstance(joined, Match) and joined.by == SAME_CALL:
        alike = (near(visit.row.id, joined),)
        return NoMatch(reason="it looks like ours and does not give our trace number back", candidates=alike)
    return joined


def _asked_by_number(row: TransactionRow) -> bool:
    return bool(row.authorization_number or row.administrative_reference)


def _of_the_call(visit: Visit) -> tuple[Suggestion, ...]:
    return (Suggestion(transaction_id=visit.row.id, score=0, agrees=(SAME_CALL,)),)


def _unmatched(visit: Visit, said: SetRead, why: NoMatch, reading: Reading[AnyRecord] | None = None) -> None:
    _keep(visit, said.interchange, said.ordinal, why, review_of(said, reading))
    if visit.exchange.purpose is Purpose.SUBMIT:  # an inquiry by example lists what looks alike
        visit.tasks.append(unmatched_task(why.reason))


def _keep(visit: Visit, interchange: int, ordinal: int, why: NoMatch, review: int | None = None) -> None:
    place = SetPlace(archive_id=visit.archived.id, interchange=interchange, transaction_set=ordinal, review=review)
    visit.unmatched.append(keep_unmatched(visit.services, visit.uow, place, why))


def _conclude(visit: Visit) -> None:
    """What the answer as a whole means, where no set of it decided."""
    row = visit.row
    if visit.decisions or row.delivery is Delivery.REFUSED:
        return
    if row.delivery is not Delivery.SENDING:
        if _stays_uncertain(visit):
            visit.tasks.append(_CANNOT_TELL)
        return
    if row.kind is Transaction.AUTHORIZATION:
        # Positive acknowledgments say that it arrived. Anything else on our call says nothing: inquire.
        event = DeliveryEvent.TAKEN if visit.joined else DeliveryEvent.LOST_SIGHT
    elif row.attempts < MAX_ATTEMPTS:
        event = DeliveryEvent.NOT_SENT  # a question without an answer may be asked again
    else:
        event = DeliveryEvent.REFUSED
        visit.tasks.append(_unreadable(f"{row.attempts} times nothing in it answered the question"))
    visit.row = replace(row, delivery=advance(DELIVERY, row.delivery, event))


def _stays_uncertain(visit: Visit) -> bool:
    row = visit.row
    return row.delivery is Delivery.UNCERTAIN and asked_enough(row.asks, visit.uow.exchanges.of(row.id))


_CANNOT_TELL = Task(
    kind=WorkKind.UNCERTAIN_DELIVERY,
    instructions="The connection broke after the request may have arrived, and the payer's system does not find it. "
    "Ask the payer by telephone whether it has the request. It is not sent again by itself.",
)


def _due_at(visit: Visit) -> datetime | None:
    now = visit.services.clock.now()
    row = visit.row
    timing = timing_of(visit.services, row)
    if visit.decisions:
        last = visit.decisions[-1]
        return next_time(visit.services, row, now) if last.ask_next else last.due_at
    if row.delivery is Delivery.READY:
        return try_again(timing, row.attempts, now, key=row.reference)
    if _stays_uncertain(visit):
        return None
    waiting = row.review in (Review.SUBMITTED, Review.PENDED)
    return next_time(visit.services, row, now) if waiting and row.delivery is not Delivery.REFUSED else None
