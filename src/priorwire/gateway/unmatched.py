"""The unmatched inbox, resolved by a person: one audited act that can be taken back.

What is joined is read again from the archive (the bytes are the truth) and placed on the chosen
request by the code that places every answer, under the request's own lease and fence. What
speaks against it is said first, and needs the person's word; what must never be is refused.
Undoing withdraws the version that came of it, which stays in the history, and the rule over
all that is left says what counts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.errors import Conflict, Fault, InvalidRequest, SafetyRefusal
from priorwire.gateway import precedence
from priorwire.gateway.arrived import Before, SetState, Suggestion, UnmatchedRow, UnmatchedState
from priorwire.gateway.changes import save
from priorwire.gateway.doubts import acknowledges, doubts_of, reading_of, refusal_of, set_of
from priorwire.gateway.inbound import read_collected
from priorwire.gateway.inbox import close_work, reopen_work
from priorwire.gateway.ports import Services, Store, UnitOfWork
from priorwire.gateway.reading import SetRead
from priorwire.gateway.received_sets import NEVER_SENT, asked_by
from priorwire.gateway.rows import (
    ArchiveRow,
    AuditRow,
    DueKind,
    DueRow,
    ExchangeRow,
    Purpose,
    RecordRow,
    TransactionRow,
    WorkState,
)
from priorwire.gateway.schedule import give_back, next_time
from priorwire.gateway.undoing import restored
from priorwire.gateway.visit import ByPerson, Collected, Visit
from priorwire.mapping import AcknowledgmentSaid
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.model.lifecycle import Delivery, Review

_BUSY = "Something is being done with this request at the moment: try again in a minute."


@dataclass(frozen=True, kw_only=True)
class Join:
    """A person says which request an answer is about."""

    tenant: TenantId
    actor: str
    unmatched_id: str
    transaction_id: TransactionId
    #: The person was shown what speaks against it, and means it.
    confirm: bool = False


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A request beside an unmatched answer."""

    row: TransactionRow
    score: int
    #: What agrees, in words; no values.
    agrees: tuple[str, ...]
    #: What speaks against it, in words.
    doubts: tuple[str, ...]
    #: Why it cannot be joined at all.
    refusal: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Shown:
    """One of the inbox, read again, beside what comes nearest."""

    row: UnmatchedRow
    archived: ArchiveRow
    payload: bytes
    #: ``278-response`` … ``TA1``; `None` where it cannot be read.
    kind: str | None
    #: What the status of a record of it would be.
    status: str | None
    compared: tuple[Compared, ...]


def listed(
    store: Store, tenant: TenantId, state: UnmatchedState | None = UnmatchedState.OPEN
) -> Sequence[UnmatchedRow]:
    """The inbox, oldest first; with `None` what was resolved, too."""
    with store.read(tenant) as uow:
        return uow.unmatched.listed(state)


def show(store: Store, tenant: TenantId, unmatched_id: str) -> Shown:
    """One of the inbox. Raises NotFound."""
    with store.read(tenant) as uow:
        row = uow.unmatched.get(unmatched_id)
        archived, payload = uow.archive.get(row.archive_id)
        said = set_of(row, payload)
        reading = reading_of(row, said) if said is not None else None
        return Shown(
            row=row,
            archived=archived,
            payload=payload,
            kind=said.kind if said is not None else None,
            status=str(reading.record.status.value) if reading is not None else None,
            compared=tuple(_compared(uow, row, archived, said, each) for each in row.candidates),
        )


def join(services: Services, command: Join) -> UnmatchedRow:
    """Place an unmatched answer on the request that a person names.

    Raises:
        NotFound: no such answer or request of this tenant.
        Conflict: it is resolved already, answers no request of that kind, crosses test and production, or the
            request is in other hands or in a state that takes no answer.
        InvalidRequest: something speaks against it and the person has not confirmed it; each thing is a fault.
    """
    now = services.clock.now()
    with services.store.read(command.tenant) as uow:
        uow.unmatched.get(command.unmatched_id)
        endpoint_id = uow.transactions.get(command.transaction_id).endpoint_id
    with services.store.work(command.tenant) as uow:
        held = _held(services, uow, command.transaction_id, endpoint_id)
        found = _still(uow, command.unmatched_id, UnmatchedState.OPEN)
        row = uow.transactions.get(command.transaction_id)
        archived, payload = uow.archive.get(found.archive_id)
        said = set_of(found, payload)
        refusal = refusal_of(uow, row, found, archived, said)
        if refusal is not None or said is None:
            raise Conflict(f"It cannot be joined: {refusal or 'it cannot be read'}.")
        _hear_doubts(command, doubts_of(uow, row, found, archived, said))
        counted = uow.records.latest(row.id)
        uow.archive.attribute(archived.id, row.id)
        visit = read_collected(services, uow, held, _collected(uow, command, found, archived, said))
        if visit.unmatched:
            raise Conflict(f"It cannot be joined: {visit.unmatched[0].reason}.")
        joined = replace(
            found,
            state=UnmatchedState.JOINED,
            resolved_by=command.actor,
            resolved_at=now,
            transaction_id=row.id,
            before=_before(visit, counted),
        )
        uow.unmatched.update(joined)
        _move_set(uow, joined, SetState.PLACED, now)
        close_work(services, uow, joined, command.actor)
        _audit(uow, now, command.actor, "unmatched.joined", joined.id, f"to {row.id}")
    return joined


def dismiss(services: Services, tenant: TenantId, actor: str, unmatched_id: str, reason: str) -> UnmatchedRow:
    """End one that is about nothing of ours, or was dealt with elsewhere. Its bytes stay in the archive.

    Raises:
        NotFound: no such answer of this tenant.
        Conflict: it is resolved already.
        InvalidRequest: no reason was given.
    """
    if not reason.strip():
        raise InvalidRequest((Fault(pointer="/reason", code="required", detail="To dismiss it needs a reason."),))
    now = services.clock.now()
    with services.store.work(tenant) as uow:
        found = _still(uow, unmatched_id, UnmatchedState.OPEN)
        ended = replace(found, state=UnmatchedState.DISMISSED, resolved_by=actor, resolved_at=now, note=reason.strip())
        uow.unmatched.update(ended)
        _move_set(uow, ended, SetState.DISMISSED, now)
        close_work(services, uow, ended, actor)
        _audit(uow, now, actor, "unmatched.dismissed", ended.id)
    return ended


def undo(services: Services, tenant: TenantId, actor: str, unmatched_id: str) -> UnmatchedRow:
    """Take a resolution back: the answer waits again, and what came of it counts no more.

    Raises:
        NotFound: no such answer of this tenant.
        Conflict: nobody has resolved it, or its request is in other hands.
    """
    now = services.clock.now()
    with services.store.read(tenant) as uow:
        seen = uow.unmatched.get(unmatched_id)
        about = uow.transactions.get(seen.transaction_id) if seen.transaction_id is not None else None
    with services.store.work(tenant) as uow:
        held = _held(services, uow, about.id, about.endpoint_id) if about is not None else None
        found = uow.unmatched.get(unmatched_id)
        if found.state is UnmatchedState.OPEN:
            raise Conflict("There is nothing to take back: it waits for a person.")
        if found.transaction_id != seen.transaction_id:
            raise Conflict(_BUSY)
        if held is not None:
            _withdraw(services, uow, held, found, actor)
        opened = replace(
            found,
            state=UnmatchedState.OPEN,
            resolved_by=None,
            resolved_at=None,
            note=None,
            transaction_id=None,
            before=None,
        )
        uow.unmatched.update(opened)
        _move_set(uow, opened, SetState.UNMATCHED, now)
        if opened.work_item_id is not None:
            reopen_work(services, uow, opened.work_item_id, actor)
        _audit(uow, now, actor, "unmatched.undone", opened.id)
    return opened


# ---------------------------------------------------------------- parts of a join


def _held(services: Services, uow: UnitOfWork, transaction_id: TransactionId, endpoint_id: str) -> DueRow:
    until = services.clock.now() + services.lease
    try:
        return uow.due.take(DueKind.TRANSACTION, transaction_id, endpoint_id, until)
    except SafetyRefusal:
        raise Conflict(_BUSY) from None


def _still(uow: UnitOfWork, unmatched_id: str, state: UnmatchedState) -> UnmatchedRow:
    """The row, locked, as long as nobody else was first."""
    found = uow.unmatched.get(unmatched_id)
    if found.state is not state:
        raise Conflict(f"It is {found.state.value} already: undo that first.")
    return found


def _hear_doubts(command: Join, doubts: Sequence[str]) -> None:
    if doubts and not command.confirm:
        faults = tuple(
            Fault(pointer="/confirm", code="contradicts", detail=f"{each[0].upper()}{each[1:]}.") for each in doubts
        )
        raise InvalidRequest(faults, "Something speaks against this join. Look at it; confirm it if you mean it.")


def _collected(uow: UnitOfWork, command: Join, found: UnmatchedRow, archived: ArchiveRow, said: SetRead) -> Collected:
    reading = reading_of(found, said)
    exchanges = uow.exchanges.of(command.transaction_id)
    exchange = (
        asked_by(exchanges, reading.record) if reading is not None else _acknowledged(exchanges, said.acknowledgment)
    )
    if exchange is None:
        raise Conflict(f"It cannot be joined: {NEVER_SENT}.")
    return Collected(
        exchange=exchange,
        archived=archived,
        said=said,
        readings=(reading,) if reading is not None else (),
        by=ByPerson(actor=command.actor, unmatched_id=found.id),
    )


def _acknowledged(exchanges: Sequence[ExchangeRow], said: AcknowledgmentSaid | None) -> ExchangeRow | None:
    """The message that bears the number; else the last that submitted the request."""
    if said is None:
        return None
    submitted = [each for each in exchanges if each.purpose is Purpose.SUBMIT]
    numbered = [each for each in exchanges if acknowledges(said, each)]
    return next(iter([*reversed(numbered), *reversed(submitted)]), None)


def _before(visit: Visit, counted: RecordRow | None) -> Before:
    row = visit.before
    return Before(
        delivery=row.delivery,
        acknowledgment=row.acknowledgment,
        acknowledged=visit.row.acknowledgment,
        review=row.review,
        version=counted.version if counted is not None else None,
        status=row.status,
        evidence=row.evidence,
        decided_at=row.decided_at,
        simulated=row.simulated,
        opened=tuple(visit.opened),
        closed=tuple(visit.closed),
    )


def _compared(
    uow: UnitOfWork, found: UnmatchedRow, archived: ArchiveRow, said: SetRead | None, near: Suggestion
) -> Compared:
    row = uow.transactions.get(near.transaction_id)
    refusal = refusal_of(uow, row, found, archived, said)
    against = doubts_of(uow, row, found, archived, said) if said is not None else ()
    return Compared(row=row, score=near.score, agrees=near.agrees, doubts=against, refusal=refusal)


# ---------------------------------------------------------------- parts of an undo


def _withdraw(services: Services, uow: UnitOfWork, held: DueRow, found: UnmatchedRow, actor: str) -> None:
    """Take out of force what the join brought in, and have the rule say what counts of the rest."""
    assert found.before is not None
    now = services.clock.now()
    row = uow.transactions.get(TransactionId(held.id))
    for each in uow.records.history(row.id):
        if each.unmatched_id == found.id and each.withdrawn_at is None:
            uow.records.update(replace(each, in_force=False, withdrawn_by=actor, withdrawn_at=now))
    history = list(uow.records.history(row.id))
    counts = precedence.in_force(history)
    uow.records.put_in_force(row.id, counts.version if counts is not None else None)
    after = restored(row, found.before, history, counts, now)
    _give_work_back(services, uow, found.before, counts, actor)
    if not any(each.archive_id == found.archive_id and each.withdrawn_at is None for each in history):
        uow.archive.disown(found.archive_id)
    give_back(services, uow, held, after, _due_at(services, after, now))
    save(services, uow, row, after, "transaction.join_undone", actor, news={"undone": "join"})


def _give_work_back(services: Services, uow: UnitOfWork, before: Before, counts: RecordRow | None, actor: str) -> None:
    """What the join asked of people is needless again; what it took from them is theirs again.

    Unless another answer counts by now: then that one has made it needless.
    """
    for item_id in before.opened:
        item = uow.work_items.get(item_id)
        if item.state is WorkState.OPEN:
            done = replace(item, state=WorkState.DONE, completed_by=actor, completed_at=services.clock.now())
            uow.work_items.update(done)
            _audit(uow, services.clock.now(), actor, "work_item.made_needless", item.id)
    if (counts.version if counts is not None else None) == before.version:
        for item_id in before.closed:
            reopen_work(services, uow, item_id, actor)


def _due_at(services: Services, row: TransactionRow, now: datetime) -> datetime | None:
    if row.delivery in (Delivery.READY, Delivery.SENDING):
        return now
    if row.delivery in (Delivery.REFUSED, Delivery.WITH_PERSON):
        return None
    waits = row.delivery is Delivery.UNCERTAIN or row.review in (Review.SUBMITTED, Review.PENDED)
    return next_time(services, row, now) if waits else None


# ---------------------------------------------------------------- both


def _move_set(uow: UnitOfWork, row: UnmatchedRow, state: SetState, now: datetime) -> None:
    """The set of a file goes where its row goes, unless another review of it stands elsewhere."""
    the_set = uow.received.set_in(row.archive_id)
    if the_set is None:
        return
    placed = any(each.withdrawn_at is None for each in uow.records.read_from(row.archive_id))
    uow.received.update_set(replace(the_set, state=SetState.PLACED if placed else state, updated_at=now))


def _audit(uow: UnitOfWork, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:
    uow.audit.append(AuditRow(at=at, tenant=uow.tenant, actor=actor, action=action, subject=subject, detail=detail))
