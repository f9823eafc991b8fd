"""What speaks against a join that a person wants, and what forbids it: in words, without a value."""

from __future__ import annotations

from collections.abc import Iterator

from priorwire.errors import RemoteX12Error
from priorwire.gateway.arrived import UnmatchedRow
from priorwire.gateway.inbound import ANSWERS, NOT_WHOLE, NOT_WHOLE_SAID, WRONG_KIND
from priorwire.gateway.ports import UnitOfWork
from priorwire.gateway.reading import SetRead, crosses, read_payload
from priorwire.gateway.resemblance import asked, differences, said
from priorwire.gateway.rows import AnyRecord, ArchiveRow, ExchangeRow, TransactionRow
from priorwire.gateway.whose import keys_of
from priorwire.mapping import AcknowledgmentSaid, Reading
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.eligibility import Coverage
from priorwire.model.lifecycle import Review
from priorwire.payers.profile import Environment, Transaction


def set_of(row: UnmatchedRow, payload: bytes) -> SetRead | None:
    """The set that an unmatched row is about, read again; `None` where it cannot be read."""
    try:
        sets = [each for each in read_payload(payload) if isinstance(each, SetRead)]
    except RemoteX12Error:
        return None
    return next((each for each in sets if each.ordinal == row.transaction_set), None)


def reading_of(row: UnmatchedRow, the_set: SetRead) -> Reading[AnyRecord] | None:
    """The review that it is about; `None` for an acknowledgment, or where the set has several and none is named."""
    if row.review is None and len(the_set.readings) > 1:
        return None
    number = row.review or 1
    return the_set.readings[number - 1] if number <= len(the_set.readings) else None


def acknowledges(about: AcknowledgmentSaid, exchange: ExchangeRow) -> bool:
    """Whether an acknowledgment names a message of ours by its control number."""
    if about.interchange_number is not None:
        return about.interchange_number == exchange.interchange_number
    return about.group_number is not None and about.group_number == exchange.group_number


# ---------------------------------------------------------------- what forbids it


def refusal_of(
    uow: UnitOfWork, row: TransactionRow, found: UnmatchedRow, archived: ArchiveRow, the_set: SetRead | None
) -> str | None:
    """Why `found` must not be joined to `row`, whatever a person says; `None` where it may."""
    if the_set is None:
        return "it cannot be read"
    if the_set.acknowledgment is None and (the_set.kind not in ANSWERS or reading_of(found, the_set) is None):
        return f"a {the_set.kind} answers no request"
    crossing = crosses(the_set, row.environment)
    if crossing is not None:
        return crossing
    if archived.simulated and row.environment is Environment.PRODUCTION:
        return "a simulator answered it, and the request was sent in production"
    reading = reading_of(found, the_set)
    if reading is not None and isinstance(reading.record, Coverage) is not (row.kind is Transaction.ELIGIBILITY):
        return WRONG_KIND
    return _stands_already(uow, found, the_set)


def _stands_already(uow: UnitOfWork, found: UnmatchedRow, the_set: SetRead) -> str | None:
    if len(the_set.readings) > 1:
        return None  # another review of the set may stand where it belongs
    stands = any(
        each.withdrawn_at is None and each.transaction_set == found.transaction_set
        for each in uow.records.read_from(found.archive_id)
    )
    return "this set is joined to a request already" if stands else None


# ---------------------------------------------------------------- what speaks against it


def doubts_of(
    uow: UnitOfWork, row: TransactionRow, found: UnmatchedRow, archived: ArchiveRow, the_set: SetRead
) -> tuple[str, ...]:
    """What a person is to hear before `found` is joined to `row`."""
    return tuple(_doubts(uow, row, found, archived, the_set))


def _doubts(
    uow: UnitOfWork, row: TransactionRow, found: UnmatchedRow, archived: ArchiveRow, the_set: SetRead
) -> Iterator[str]:
    if any(issue.code.code in NOT_WHOLE for issue in the_set.issues):
        yield f"{NOT_WHOLE_SAID}: what it lost may be the denial of a line"
    if archived.endpoint_id.partition("/")[0] != row.payer_id:
        yield "it came from another payer's endpoint"
    if row.review in (Review.SUPERSEDED, Review.CANCELLED):
        yield f"the request is {row.review.value}: the answer would be kept and move nothing"
    reading = reading_of(found, the_set)
    if reading is not None:
        yield from _identifiers_against(uow, row, reading.record)
        yield from _care_against(row, reading.record)
    elif the_set.acknowledgment is not None:
        sent = uow.exchanges.of(row.id)
        if not any(acknowledges(the_set.acknowledgment, each) for each in sent):
            yield "the control number that it acknowledges was not sent for this request"
    points = {each.transaction_id: each.score for each in found.candidates}
    if max(points.values(), default=0) > points.get(row.id, 0):
        yield "another request comes nearer"


def _identifiers_against(uow: UnitOfWork, row: TransactionRow, record: AnyRecord) -> Iterator[str]:
    keys = keys_of(record)
    sent = uow.exchanges.of(row.id)
    ours = {row.reference, *(each.reference for each in sent)}
    if keys.reference is not None and keys.reference.strip().upper() not in ours:
        another = uow.transactions.by_reference(keys.reference.strip().upper())
        yield _named("reference", another)
    traces = {each.strip().upper() for each in keys.traces}
    if traces and not traces & {row.trace_number, *(each.trace_number for each in sent)}:
        found = (uow.transactions.by_trace(each) for each in sorted(traces))
        yield _named("trace number", next((each for each in found if each is not None), None))
    for number in keys.payer_numbers:
        holders = {each.id for each in uow.transactions.by_payer_reference(row.payer_id, number)}
        if holders and row.id not in holders:
            yield "the payer's number in it belongs to another request"
    given = record.authorization_number if isinstance(record, AuthorizationRecord) else None
    if given and row.authorization_number and given != row.authorization_number:
        yield "it gives another authorization number than the one that stands"


def _named(what: str, another: TransactionRow | None) -> str:
    return f"its {what} is that of another request" if another is not None else f"its {what} is not this request's"


def _care_against(row: TransactionRow, record: AnyRecord) -> Iterator[str]:
    for name in sorted(differences(asked(row.request), said(record))):
        yield f"what it says of the {name} is not what was asked"
