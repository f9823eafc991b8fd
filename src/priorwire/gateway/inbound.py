"""In: one road for every answer, whichever way it came.

The bytes are archived before this begins. Everything in them is then placed: joined to its
request, kept as unmatched with a reason, or put before a person; a test counts them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from priorwire.errors import IllegalTransition, RemoteX12Error, StoreError, VaultError
from priorwire.gateway.arrived import Suggestion, UnmatchedRow
from priorwire.gateway.changes import GATEWAY, Task, ask_person, save
from priorwire.gateway.correlate import SAME_CALL, Match, NoMatch
from priorwire.gateway.decide import Decision, decide, only_says_not_now, was_overtaken
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.retry import MAX_ASKS_WHEN_UNCERTAIN, MAX_ATTEMPTS, nth
from priorwire.gateway.rows import (
    AnyRecord,
    ArchiveRow,
    AuditRow,
    Direction,
    DueRow,
    ExchangeRow,
    ExchangeState,
    Purpose,
    RecordRow,
    TransactionRow,
    WorkKind,
)
from priorwire.gateway.schedule import give_back, next_time, timing_of
from priorwire.gateway.whose import keys_of, whose
from priorwire.mapping import AcknowledgmentSaid, Reading
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus
from priorwire.model.eligibility import Coverage
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import ExchangeId, TransactionId
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
from priorwire.payers.profile import Transaction
from priorwire.x12.issues import SE_MISSING, SEGMENT_COUNT_WRONG

_log = logging.getLogger(__name__)
ANSWERS = frozenset({"271", "278-response", "278-inquiry-response", "278-notice"})


#: A set with one of these has lost segments, and what it lost may be the denial of a line: X12 has such a set
#: rejected whole, and what is left of it decides nothing.
NOT_WHOLE = frozenset({SE_MISSING.code, SEGMENT_COUNT_WRONG.code})
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


@dataclass(frozen=True, kw_only=True)
class _Joined:
    """A review or a coverage that answers this transaction."""

    said: SetRead
    reading: Reading[AnyRecord]
    match: Match


@dataclass(frozen=True, kw_only=True)
class Collected:
    """A set from a mailbox, as far as it is about one transaction."""

    #: The message of ours that it answers.
    exchange: ExchangeRow
    #: The set as archived, alone.
    archived: ArchiveRow
    said: SetRead
    #: Those of the set's reviews that are this transaction's.
    readings: tuple[Reading[AnyRecord], ...] = ()


@dataclass(kw_only=True)
class _Visit:
    """One answer being worked through: what stands around it, and what came of it so far."""

    services: Services
    uow: UnitOfWork
    exchange: ExchangeRow
    archived: ArchiveRow
    #: As stored, and as changed by what was read so far.
    before: TransactionRow
    row: TransactionRow
    #: How many sets were joined to this transaction.
    joined: int = 0
    #: How many sets, and findings outside any set, were not.
    unmatched: int = 0
    strays: int = 0
    #: Why the payload cannot be read to its end.
    unreadable: str | None = None
    acknowledged: list[AcknowledgmentEvent] = field(default_factory=list)
    answers: list[_Joined] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


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
) -> int:
    """Do what a set from a mailbox says of the transaction that `lease` holds; how much of it was joined.

    The lease is given back in the same commit.
    """
    row = uow.transactions.get(collected.exchange.transaction_id)
    visit = _Visit(
        services=services, uow=uow, exchange=collected.exchange, archived=collected.archived, before=row, row=row
    )
    if collected.said.acknowledgment is not None:
        _acknowledge(visit, collected.said, collected.said.acknowledgment)
    for reading in collected.readings:
        _answer(visit, collected.said, reading)
    _act(visit)
    if visit.acknowledged and visit.row.delivery is Delivery.UNCERTAIN:
        visit.row = replace(visit.row, delivery=advance(DELIVERY, visit.row.delivery, DeliveryEvent.FOUND))
    _leave(visit, lease, ended=bool(collected.readings))
    return visit.joined


def _arrived(services: Services, uow: UnitOfWork, lease: DueRow, exchange_id: ExchangeId) -> _Visit:
    uow.due.check(lease)
    exchange = uow.exchanges.get(exchange_id)
    row = uow.transactions.get(exchange.transaction_id)
    archived = _answer_of(uow, exchange)
    return _Visit(services=services, uow=uow, exchange=exchange, archived=archived, before=row, row=row)


def _leave(visit: _Visit, lease: DueRow, *, ended: bool = True) -> TransactionRow:
    """What the answer means as a whole, all of it stored. `ended`: nothing more is awaited of the exchange."""
    _conclude(visit)
    for task in visit.tasks:
        ask_person(visit.services, visit.uow, visit.row, task)
    state = ExchangeState.FINAL if ended else visit.exchange.state
    visit.uow.exchanges.update(replace(visit.exchange, state=state, detail=_account(visit)))
    give_back(visit.services, visit.uow, lease, visit.row, _due_at(visit))
    return save(visit.services, visit.uow, visit.before, visit.row, "transaction.answered")


def _account(visit: _Visit) -> str:
    """How the contents of the answer were placed: counts and rules, no values."""
    parts = [f"read: {visit.joined} joined, {visit.unmatched} unmatched"]
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
            again = nth(timing_of(services, visit.row).try_again_after, tries)
            uow.due.settle(lease, services.clock.now() + again)
            return visit.row
        visit.unreadable = "priorwire failed over it; it is kept as it came"
        visit.tasks.append(_unreadable(visit.unreadable))
        _keep_unmatched(
            visit,
            0,
            0,
            NoMatch(reason=visit.unreadable, candidates=_of_the_call(visit)),
        )
        return _leave(visit, lease)


def _unreadable(why: str) -> Task:
    return Task(kind=WorkKind.UNREADABLE_ANSWER, instructions=f"The answer cannot be read: {why}")


def _answer_of(uow: UnitOfWork, exchange: ExchangeRow) -> ArchiveRow:
    rows = uow.archive.of(exchange.transaction_id)
    return [each for each in rows if each.exchange_id == exchange.id and each.direction is Direction.IN][-1]


def _work_through(visit: _Visit, payload: bytes) -> None:
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


def _act(visit: _Visit) -> None:
    """What was placed, taken as a whole."""
    _note_acknowledgments(visit)
    for joined in _in_force(visit.answers):
        _take(visit, joined)
    if AcknowledgmentEvent.REJECTED in visit.acknowledged and not visit.decisions:
        _form_rejected(visit)


def _in_force(answers: Sequence[_Joined]) -> Iterator[_Joined]:
    """Beside an answer, "not now" is the word of some system on the way, and no leave to send again."""
    said = [each for each in answers if not only_says_not_now(each.reading.record)]
    yield from said or answers[:1]


def _place(visit: _Visit, said: SetRead) -> None:
    """Every set goes somewhere: joined, acknowledged, or unmatched."""
    if any(issue.code.code in NOT_WHOLE for issue in said.issues):
        why = NoMatch(reason="segments of it are missing", candidates=_of_the_call(visit))
        _keep_unmatched(visit, said.interchange, said.ordinal, why)  # the payer is asked again: nobody need read it
    elif said.acknowledgment is not None:
        _acknowledge(visit, said, said.acknowledgment)
    elif said.kind in ANSWERS and said.readings:
        for reading in said.readings:
            _answer(visit, said, reading)
    else:
        _unmatched(visit, said, NoMatch(reason=f"a {said.kind} is no answer to what was sent"))


def _acknowledge(visit: _Visit, said: SetRead, acknowledgment: AcknowledgmentSaid) -> None:
    exchange = visit.exchange
    ours = (
        acknowledgment.interchange_number == exchange.interchange_number
        if acknowledgment.interchange_number is not None
        else acknowledgment.group_number == exchange.group_number
    )
    if not ours:
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


def _note_acknowledgments(visit: _Visit) -> None:
    if not visit.acknowledged:
        return
    row = visit.row
    worst = max(visit.acknowledged, key=_WORSE.index)
    try:
        state = advance(ACKNOWLEDGMENT, row.acknowledgment, worst)
    except IllegalTransition:
        state = row.acknowledgment  # a late one, of an earlier attempt: what was said of this one stands
    visit.row = replace(row, acknowledgment=state, evidence=max(row.evidence, Evidence.PAYER_ACKNOWLEDGED))


def _form_rejected(visit: _Visit) -> None:
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


def _answer(visit: _Visit, said: SetRead, reading: Reading[AnyRecord]) -> None:
    joined = _join(visit, reading.record, several=len(said.readings) > 1)
    if isinstance(joined, NoMatch):
        _unmatched(visit, said, joined)
        return
    visit.joined += 1
    if visit.exchange.purpose is Purpose.INQUIRE and _decides_nothing(reading.record):
        return  # "not found" and "cannot answer" are about our question; they say nothing of the review
    if was_overtaken(visit.row, reading.record, visit.exchange.began_at):
        return
    visit.answers.append(_Joined(said=said, reading=reading, match=joined))


def _decides_nothing(record: AnyRecord) -> bool:
    return isinstance(record, AuthorizationRecord) and record.status in (ReviewStatus.REJECTED, ReviewStatus.UNKNOWN)


def _join(visit: _Visit, record: AnyRecord, *, several: bool) -> Match | NoMatch:
    wanted = Coverage if visit.row.kind is Transaction.ELIGIBILITY else AuthorizationRecord
    if not isinstance(record, wanted):
        return NoMatch(reason="it answers another kind of question")
    joined = _one_of_several(visit, record) if several else _by_identifiers(visit, record)
    if isinstance(joined, Match) and joined.transaction_id != visit.row.id:
        nearest = (_near(joined.transaction_id, joined),)
        return NoMatch(reason=f"by its {joined.by} it answers another request", candidates=nearest)
    return joined


def _one_of_several(visit: _Visit, record: AnyRecord) -> Match | NoMatch:
    """The reference is the set's, and the call is the payload's: neither says which of its reviews is ours."""
    keys = replace(keys_of(record), reference=None)
    joined = whose(visit.uow, record, keys, visit.row.payer_id, visit.row)
    if isinstance(joined, Match) and joined.by == SAME_CALL:
        alike = (_near(visit.row.id, joined),)
        return NoMatch(reason="one of several in the answer, without a number of ours", candidates=alike)
    return joined


def _by_identifiers(visit: _Visit, record: AnyRecord) -> Match | NoMatch:
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
        alike = (_near(visit.row.id, joined),)
        return NoMatch(reason="it looks like ours and does not give our trace number back", candidates=alike)
    return joined


def _asked_by_number(row: TransactionRow) -> bool:
    return bool(row.authorization_number or row.administrative_reference)


def _of_the_call(visit: _Visit) -> tuple[Suggestion, ...]:
    return (Suggestion(transaction_id=visit.row.id, score=0, agrees=(SAME_CALL,)),)


def _near(transaction_id: TransactionId, match: Match) -> Suggestion:
    return Suggestion(transaction_id=transaction_id, score=match.score, agrees=match.keys)


def _take(visit: _Visit, joined: _Joined) -> None:
    if visit.row.kind is Transaction.ELIGIBILITY and visit.row.delivery is Delivery.READY:
        return  # a late answer to a question that is about to be asked again
    now = visit.services.clock.now()
    timing = timing_of(visit.services, visit.row)
    try:
        decision = decide(visit.row, joined.reading.record, timing, now, simulated=visit.archived.simulated)
    except IllegalTransition as illegal:
        nearest = (_near(visit.row.id, joined.match),)
        _unmatched(visit, joined.said, NoMatch(reason=illegal.message, candidates=nearest))
        return
    visit.row = decision.row
    visit.decisions.append(decision)
    if decision.task is not None:
        visit.tasks.append(decision.task)
    if decision.keep_record:
        _append(visit, joined.said, joined.reading, joined.match.by)


def _append(visit: _Visit, said: SetRead, reading: Reading[AnyRecord], matched_by: str) -> None:
    history = visit.uow.records.history(visit.row.id)
    if history and _substance(history[-1].record) == _substance(reading.record):
        return  # asked again, answered the same: the archive keeps the bytes, the history needs no new version
    visit.uow.records.append(
        RecordRow(
            tenant=visit.row.tenant,
            transaction_id=visit.row.id,
            version=len(history) + 1,
            record=reading.record,
            sources=dict(reading.sources),
            evidence=visit.row.evidence,
            archive_id=visit.archived.id,
            interchange=said.interchange,
            transaction_set=said.ordinal,
            matched_by=matched_by,
            at=visit.services.clock.now(),
        )
    )


def _substance(record: AnyRecord) -> AnyRecord:
    """A record without what differs between two tellings of the same thing."""
    return replace(record, reference=None, traces=())


def _unmatched(visit: _Visit, said: SetRead, why: NoMatch) -> None:
    _keep_unmatched(visit, said.interchange, said.ordinal, why)
    if visit.exchange.purpose is Purpose.SUBMIT:  # an inquiry by example lists what looks alike
        visit.tasks.append(
            Task(
                kind=WorkKind.UNMATCHED_ANSWER,
                instructions=f"Something came back with the answer and was joined to no request: {why.reason}. "
                "Read it (see the unmatched answers) and tell the payer, or record what it says.",
            )
        )


def _keep_unmatched(visit: _Visit, interchange: int, ordinal: int, why: NoMatch) -> None:
    visit.unmatched += 1
    now = visit.services.clock.now()
    kept = UnmatchedRow(
        id=visit.services.ids.new("unm"),
        tenant=visit.row.tenant,
        archive_id=visit.archived.id,
        interchange=interchange,
        transaction_set=ordinal,
        reason=why.reason,
        candidates=why.candidates,
        at=now,
    )
    visit.uow.unmatched.add(kept)
    visit.uow.audit.append(
        AuditRow(
            at=now, tenant=kept.tenant, actor=GATEWAY, action="answer.unmatched", subject=kept.id, detail=why.reason
        )
    )


def _conclude(visit: _Visit) -> None:
    """What the answer as a whole means, where no set of it decided."""
    row = visit.row
    if visit.decisions or row.delivery is Delivery.REFUSED:
        return
    if row.delivery is not Delivery.SENDING:
        if row.delivery is Delivery.UNCERTAIN and row.asks >= MAX_ASKS_WHEN_UNCERTAIN:
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


_CANNOT_TELL = Task(
    kind=WorkKind.UNCERTAIN_DELIVERY,
    instructions="The connection broke after the request may have arrived, and the payer's system does not find it. "
    "Ask the payer by telephone whether it has the request. It is not sent again by itself.",
)


def _due_at(visit: _Visit) -> datetime | None:
    now = visit.services.clock.now()
    row = visit.row
    timing = timing_of(visit.services, row)
    if visit.decisions:
        last = visit.decisions[-1]
        return next_time(visit.services, row, now) if last.ask_next else last.due_at
    if row.delivery is Delivery.READY:
        return now + nth(timing.try_again_after, row.attempts)
    if row.delivery is Delivery.UNCERTAIN and row.asks >= MAX_ASKS_WHEN_UNCERTAIN:
        return None
    waiting = row.review in (Review.SUBMITTED, Review.PENDED)
    return next_time(visit.services, row, now) if waiting and row.delivery is not Delivery.REFUSED else None
