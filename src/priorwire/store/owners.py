"""Rows that nobody moves, found by the lifecycle's own tables: one statement a table, on both databases.

What a row in a state must have stands in `model.lifecycle.STATES`; here it becomes SQL. A table is
read in slices of its insertion order, each in a transaction of its own, so that a million rows are
walked through without holding anything up. Every condition looks up by a key or an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.orphans import Lack, Orphan, Subject
from priorwire.gateway.rows import DeliveryState, DueKind, ExchangeState, Purpose, WorkKind, WorkState
from priorwire.model.identifiers import TenantId
from priorwire.model.lifecycle import STATES, Attachment, CaseState, Delivery, Mover, Review
from priorwire.store.session import Session, execute
from priorwire.store.tables import (
    ATTACHMENTS,
    CASES,
    DUE_INDEX,
    EXCHANGES,
    RECEIVED_FILES,
    RECEIVED_SETS,
    TRANSACTIONS,
    WEBHOOK_DELIVERIES,
    WORK_ITEMS,
)

#: Rows of a table in one look.
_SLICE = 20_000

_Condition = ColumnElement[bool]


@dataclass(frozen=True, kw_only=True)
class _Question:
    """Which rows of a table lack what."""

    table: Table
    subject: Subject
    lacks: Mapping[Lack, _Condition]


def _in(column: Column[object], states: type[Enum], mover: Mover) -> _Condition:
    """The column holds a state that names this mover."""
    return column.in_([each for each in states if STATES[each].mover is mover])  # type: ignore[index]  # one of the four


def _is_due(kind: DueKind, table: Table, column: Column[str]) -> _Condition:
    """A due row stands, waiting or held: one that is held is due at its lease's end."""
    return exists().where(
        DUE_INDEX.c.tenant == table.c.tenant,
        DUE_INDEX.c.kind == kind,
        DUE_INDEX.c.id == column,
        DUE_INDEX.c.next_due_at.is_not(None),
    )


def _before_a_person(table: Table, column: Column[str]) -> _Condition:
    """An open work item about the transaction itself: one about a document of it moves the document."""
    return exists().where(
        WORK_ITEMS.c.tenant == table.c.tenant,
        WORK_ITEMS.c.transaction_id == column,
        WORK_ITEMS.c.state == WorkState.OPEN,
        WORK_ITEMS.c.kind != WorkKind.DOCUMENT,
    )


def _transactions() -> _Question:
    row = TRANSACTIONS.c
    due = _is_due(DueKind.TRANSACTION, TRANSACTIONS, row.id)
    item = _before_a_person(TRANSACTIONS, row.id)
    closed = exists().where(CASES.c.tenant == row.tenant, CASES.c.id == row.case_id, CASES.c.state == CaseState.CLOSED)
    over = or_(row.superseded_by.is_not(None), closed)
    # What the delivery must have; where that names its review, what the review must have.
    by_review = _in(row.delivery, Delivery, Mover.TRANSACTION)
    either = or_(
        _in(row.delivery, Delivery, Mover.DUE_ROW_OR_WORK_ITEM),
        and_(by_review, _in(row.review, Review, Mover.DUE_ROW_OR_WORK_ITEM)),
    )
    person = or_(
        _in(row.delivery, Delivery, Mover.WORK_ITEM), and_(by_review, _in(row.review, Review, Mover.WORK_ITEM))
    )
    ends = and_(by_review, _in(row.review, Review, Mover.DUE_ROW_TO_THE_END), row.ends_at.is_not(None))
    return _Question(
        table=TRANSACTIONS,
        subject=Subject.TRANSACTION,
        lacks={
            Lack.DUE_ROW: or_(
                and_(_in(row.delivery, Delivery, Mover.DUE_ROW), not_(due)),
                and_(either, not_(due), not_(item), not_(over)),
                and_(ends, not_(due), not_(over)),
            ),
            Lack.WORK_ITEM: and_(person, not_(item), not_(over)),
        },
    )


def _attachments() -> _Question:
    row = ATTACHMENTS.c
    return _Question(
        table=ATTACHMENTS,
        subject=Subject.ATTACHMENT,
        lacks={
            Lack.DUE_ROW: and_(
                _in(row.state, Attachment, Mover.DUE_ROW), not_(_is_due(DueKind.ATTACHMENT, ATTACHMENTS, row.id))
            ),
            # An item that is done is a person's word that no more needs to be done.
            Lack.WORK_ITEM: and_(_in(row.state, Attachment, Mover.WORK_ITEM), row.work_item_id.is_(None)),
        },
    )


def _exchanges() -> _Question:
    row = EXCHANGES.c
    document = exists().where(
        ATTACHMENTS.c.reference == row.reference, _is_due(DueKind.ATTACHMENT, ATTACHMENTS, ATTACHMENTS.c.id)
    )
    request = _is_due(DueKind.TRANSACTION, EXCHANGES, row.transaction_id)
    attended = or_(and_(row.purpose == Purpose.ATTACH, document), and_(row.purpose != Purpose.ATTACH, request))
    open_ones = row.state.in_([ExchangeState.SENDING, ExchangeState.ANSWERED])
    return _Question(table=EXCHANGES, subject=Subject.EXCHANGE, lacks={Lack.DUE_ROW: and_(open_ones, not_(attended))})


def _cases() -> _Question:
    row = CASES.c
    moves = exists().where(
        TRANSACTIONS.c.tenant == row.tenant,
        TRANSACTIONS.c.case_id == row.id,
        or_(
            _is_due(DueKind.TRANSACTION, TRANSACTIONS, TRANSACTIONS.c.id),
            _before_a_person(TRANSACTIONS, TRANSACTIONS.c.id),
        ),
    )
    return _Question(
        table=CASES,
        subject=Subject.CASE,
        lacks={Lack.WORK_ITEM: and_(_in(row.state, CaseState, Mover.TRANSACTION), not_(moves))},
    )


def _files() -> _Question:
    row = RECEIVED_FILES.c
    # One that is only sighted is looked at with its mailbox.
    mailbox = _is_due(DueKind.MAILBOX, RECEIVED_FILES, row.endpoint_id)
    due = _is_due(DueKind.RECEIVED_FILE, RECEIVED_FILES, row.id)
    taken = and_(row.state.in_([FileState.ARCHIVED, FileState.SPLIT]), not_(due))
    sighted = and_(row.state == FileState.SIGHTED, not_(mailbox))
    return _Question(table=RECEIVED_FILES, subject=Subject.RECEIVED_FILE, lacks={Lack.DUE_ROW: or_(taken, sighted)})


def _simple(table: Table, subject: Subject, kind: DueKind, state: DeliveryState | SetState) -> _Question:
    waits = and_(table.c.state == state, not_(_is_due(kind, table, table.c.id)))
    return _Question(table=table, subject=subject, lacks={Lack.DUE_ROW: waits})


_QUESTIONS: Mapping[Subject, _Question] = {
    each.subject: each
    for each in (
        _transactions(),
        _attachments(),
        _simple(WEBHOOK_DELIVERIES, Subject.DELIVERY, DueKind.WEBHOOK, DeliveryState.PENDING),
        _files(),
        _simple(RECEIVED_SETS, Subject.RECEIVED_SET, DueKind.RECEIVED_SET, SetState.WAITING),
        _exchanges(),
        _cases(),
    )
}


def ownerless(reading: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Orphan]:
    """Every row of every tenant that lacks what its state wants. `reading` opens a transaction for each slice."""
    for question in _QUESTIONS.values():
        place = 0
        with reading() as connection:
            last = execute(connection, select(func.max(question.table.c.seq))).scalar_one() or 0
        while place < last:
            with reading() as connection:
                found = _lacking(connection, question, place, place + _SLICE)
            yield from found
            place += _SLICE


def _lacking(connection: Connection, question: _Question, after: int, to: int) -> list[Orphan]:
    row = question.table.c
    parts = [
        select(literal(lack.value).label("lack"), row.tenant, row.id, row.seq).where(
            row.seq > after, row.seq <= to, condition
        )
        for lack, condition in question.lacks.items()
    ]
    found = execute(connection, union_all(*parts).order_by("seq"))
    return [
        Orphan(subject=question.subject, lacks=Lack(each.lack), tenant=TenantId(each.tenant), id=each.id)
        for each in found
    ]


class SqlOwners:
    """`gateway.ports.Owners`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def still_lacks(self, orphan: Orphan) -> bool:
        question = _QUESTIONS[orphan.subject]
        row = question.table.c
        mine = (row.tenant == self._session.tenant, row.id == orphan.id, question.lacks[orphan.lacks])
        return self._session.execute(select(row.id).where(*mine)).one_or_none() is not None
