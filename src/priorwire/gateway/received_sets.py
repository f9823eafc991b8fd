"""A set from a mailbox: joined to what it answers, acted upon, and done, in one commit; or kept with the reason.

It came on no call of ours, so only what it says of itself joins it: control numbers for an
acknowledgment, reference, trace and the payer's numbers for an answer. The order in which sets
come means nothing: an answer may stand before its acknowledgment, and a decision may come long
after a pend without having been asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from priorwire.errors import RemoteX12Error, SafetyRefusal
from priorwire.gateway.arrived import ReceivedSetRow, SetState, Suggestion
from priorwire.gateway.attachment_receipts import note_receipt
from priorwire.gateway.changes import GATEWAY
from priorwire.gateway.correlate import CONTROL_NUMBER, SCORES, TRACE, NoMatch, near
from priorwire.gateway.inbound import ANSWERS, NOT_WHOLE, NOT_WHOLE_SAID, read_collected
from priorwire.gateway.inbox import SetPlace, ask_about, keep_unmatched, review_of
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import Read, SetRead, crosses, read_payload
from priorwire.gateway.rows import AnyRecord, AuditRow, DueKind, DueRow, ExchangeRow, Purpose
from priorwire.gateway.visit import Collected
from priorwire.gateway.whose import keys_of, whose
from priorwire.mapping import AcknowledgmentSaid, Reading
from priorwire.model.identifiers import PayerId, TransactionId
from priorwire.payers.profile import Environment

_log = logging.getLogger(__name__)

NEVER_SENT = "the request that it names was never sent"
#: When a set is looked at again whose transaction somebody else has in hand.
_BUSY = timedelta(seconds=30)


@dataclass(kw_only=True)
class _Answered:
    """One transaction that a set is about."""

    exchange: ExchangeRow
    readings: list[Reading[AnyRecord]] = field(default_factory=list)


@dataclass(kw_only=True)
class _Findings:
    """What a set is, and what it is about."""

    said: SetRead | None = None
    #: Why it cannot be used at all.
    cause: str | None = None
    answered: dict[TransactionId, _Answered] = field(default_factory=dict)
    #: What in it could be joined to nothing: why, and which of its reviews.
    unmatched: list[tuple[NoMatch, int | None]] = field(default_factory=list)


def place(services: Services, lease: DueRow) -> None:
    """Place a received set, under `lease`.

    Raises:
        StaleFence: another worker has it by now.
    """
    with services.store.read(lease.tenant) as uow:
        row = uow.received.set(lease.id)
        found = _findings(services, uow, row) if row.state is SetState.WAITING else None
    if found is None:
        _settle(services, lease)
    elif found.cause is not None:
        quarantine(services, lease, found.cause)
    else:
        _place(services, lease, found)


def _settle(services: Services, lease: DueRow, after: timedelta | None = None) -> None:
    with services.store.work(lease.tenant) as uow:
        uow.due.settle(lease, None if after is None else services.clock.now() + after)


def quarantine(services: Services, lease: DueRow, cause: str) -> None:
    """Put a set aside for a person; nothing of it is acted upon."""
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        row = uow.received.set(lease.id)
        uow.received.update_set(replace(row, state=SetState.QUARANTINED, cause=cause, updated_at=now))
        uow.audit.append(
            AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="set.quarantined", subject=row.id, detail=cause)
        )
        uow.due.settle(lease, None)
    _log.warning("A received set was put into quarantine.", extra={"action": "set.quarantined", "subject": lease.id})


# ---------------------------------------------------------------- what it is about


def _findings(services: Services, uow: UnitOfWork, row: ReceivedSetRow) -> _Findings:
    _, payload = uow.archive.get(row.archive_id)
    try:
        said = next((each for each in read_payload(payload) if isinstance(each, SetRead)), None)
    except RemoteX12Error as unreadable:
        return _Findings(cause=unreadable.message)
    found = _Findings(said=said, cause=_unusable(row, said, services.environment))
    if said is None or found.cause is not None:
        return found
    if said.acknowledgment is not None:
        _about_message(services, uow, row, said.acknowledgment, found)
    for reading in said.readings:
        _about_review(uow, row, reading, found)
    return found


def _unusable(row: ReceivedSetRow, said: SetRead | None, environment: Environment) -> str | None:
    if said is None:
        return "there is no transaction set in it"
    wrong = crosses(said, environment)
    if wrong is not None:
        return wrong  # no release makes a test answer one that decides
    if any(issue.code.code in NOT_WHOLE for issue in said.issues) and not row.released:
        return f"{NOT_WHOLE_SAID}: what it lost may be the denial of a line"
    if said.read is Read.REFUSED:
        return "no implementation guide is known for it"
    if said.acknowledgment is None and not (said.kind in ANSWERS and said.readings):
        return f"a {said.kind} that answers nothing"
    return None


def _about_message(
    services: Services, uow: UnitOfWork, row: ReceivedSetRow, said: AcknowledgmentSaid, found: _Findings
) -> None:
    exchange = _acknowledged(uow, row.endpoint_id, said)
    if exchange is None:
        reason = "it acknowledges a control number that was not sent to this mailbox"
        elsewhere = _sent_elsewhere(services, uow, row, said)
        found.unmatched.append((NoMatch(reason=reason, candidates=elsewhere), None))
    else:
        found.answered[exchange.transaction_id] = _Answered(exchange=exchange)


def _acknowledged(uow: UnitOfWork, endpoint_id: str, said: AcknowledgmentSaid) -> ExchangeRow | None:
    if said.interchange_number is not None:
        return uow.exchanges.by_interchange_number(endpoint_id, said.interchange_number)
    if said.group_number is not None:
        return uow.exchanges.by_group_number(endpoint_id, said.group_number)
    return None


def _sent_elsewhere(
    services: Services, uow: UnitOfWork, row: ReceivedSetRow, said: AcknowledgmentSaid
) -> tuple[Suggestion, ...]:
    """What bore the number on another way to the same payer: a clearinghouse may acknowledge by another mailbox."""
    payer_id = PayerId(row.endpoint_id.partition("/")[0])
    profile = services.profiles.get(payer_id)
    ways = {route.endpoint.id for route in profile.routes} - {row.endpoint_id} if profile is not None else set()
    found = (_acknowledged(uow, each, said) for each in sorted(ways))
    ids = dict.fromkeys(each.transaction_id for each in found if each is not None)
    return tuple(Suggestion(transaction_id=each, score=SCORES[TRACE], agrees=(CONTROL_NUMBER,)) for each in ids)


def _about_review(uow: UnitOfWork, row: ReceivedSetRow, reading: Reading[AnyRecord], found: _Findings) -> None:
    assert found.said is not None
    keys = keys_of(reading.record)
    if len(found.said.readings) > 1:  # the reference is the set's: it does not say which of its reviews is whose
        keys = replace(keys, reference=None)
    joined = whose(uow, reading.record, keys, PayerId(row.endpoint_id.partition("/")[0]))
    if isinstance(joined, NoMatch):
        found.unmatched.append((joined, review_of(found.said, reading)))
        return
    exchange = asked_by(uow.exchanges.of(joined.transaction_id), reading.record)
    if exchange is None:
        why = NoMatch(reason=NEVER_SENT, candidates=(near(joined.transaction_id, joined),))
        found.unmatched.append((why, review_of(found.said, reading)))
        return
    found.answered.setdefault(joined.transaction_id, _Answered(exchange=exchange)).readings.append(reading)


def asked_by(exchanges: Sequence[ExchangeRow], record: AnyRecord) -> ExchangeRow | None:
    """The message of ours that an answer echoes; where it echoes none, the last that submitted the request."""
    named = {(record.reference or "").strip().upper(), *(trace.number.strip().upper() for trace in record.traces)}
    inquiries = [each for each in exchanges if each.purpose is Purpose.INQUIRE]
    echoed = [each for each in inquiries if {each.reference, each.trace_number} & named]
    submitted = [each for each in exchanges if each.purpose is Purpose.SUBMIT]
    return next(iter([*reversed(echoed), *reversed(submitted)]), None)


# ---------------------------------------------------------------- and what it does


def _place(services: Services, lease: DueRow, found: _Findings) -> None:
    try:
        with services.store.work(lease.tenant) as uow:
            uow.due.check(lease)
            row = uow.received.set(lease.id)
            joined = sum(_tell(services, uow, row, found, transaction_id) for transaction_id in sorted(found.answered))
            for why, review in found.unmatched:
                place = SetPlace(archive_id=row.archive_id, interchange=1, transaction_set=1, review=review)
                ask_about(services, uow, keep_unmatched(services, uow, place, why), row.endpoint_id)
            state = SetState.PLACED if joined else SetState.UNMATCHED
            only = next(iter(found.answered)) if len(found.answered) == 1 else None
            uow.received.update_set(
                replace(row, state=state, transaction_id=only, cause=None, updated_at=services.clock.now())
            )
            uow.due.settle(lease, None)
    except SafetyRefusal:  # somebody is at one of its transactions, and what it does stands first
        _settle(services, lease, _BUSY)


def _tell_document(
    services: Services, uow: UnitOfWork, row: ReceivedSetRow, found: _Findings, exchange: ExchangeRow
) -> int:
    """What acknowledges a message with a document moves the document. Raises SafetyRefusal."""
    assert found.said is not None
    if found.said.acknowledgment is None:
        return 0
    archived, _ = uow.archive.get(row.archive_id)
    return note_receipt(services, uow, exchange, found.said.acknowledgment, simulated=archived.simulated)


def _tell(
    services: Services, uow: UnitOfWork, row: ReceivedSetRow, found: _Findings, transaction_id: TransactionId
) -> int:
    """Take the transaction, do what the set says of it, and give it back. Raises SafetyRefusal."""
    answered = found.answered[transaction_id]
    if answered.exchange.purpose is Purpose.ATTACH:
        return _tell_document(services, uow, row, found, answered.exchange)
    until = services.clock.now() + services.lease
    held = uow.due.take(DueKind.TRANSACTION, transaction_id, answered.exchange.endpoint_id, until)
    uow.archive.attribute(row.archive_id, transaction_id)
    archived, _ = uow.archive.get(row.archive_id)
    assert found.said is not None
    collected = Collected(
        exchange=uow.exchanges.get(answered.exchange.id),
        archived=archived,
        said=found.said,
        readings=tuple(answered.readings),
    )
    return read_collected(services, uow, held, collected).joined
