"""Whose is it? A reply's identifiers are looked up in the tenant's record, compared, and checked against the care.

`correlate` compares identifiers, `resemblance` what the reply says of the care. Here stands the
order of the two: identifiers alone join; the care may only speak against that, and it ranks
what a person is shown of a reply that joined nothing. All look-ups are the tenant's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from priorwire.gateway.arrived import Suggestion
from priorwire.gateway.correlate import (
    REFERENCE,
    SCORES,
    TRACE,
    Candidate,
    Match,
    NoMatch,
    ReplyKeys,
    correlate,
    ranked,
)
from priorwire.gateway.ports import UnitOfWork
from priorwire.gateway.resemblance import (
    MEMBER_NUMBER,
    PERSON,
    Care,
    agreements,
    asked,
    differences,
    member_numbers,
    said,
)
from priorwire.gateway.rows import AnyRecord, TransactionRow
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.identifiers import PayerId, TransactionId
from priorwire.model.lifecycle import Review
from priorwire.payers.profile import Transaction

#: How many requests about one member are looked at: more than any member has open.
_LOOKED_AT = 50
#: How many suggestions are kept.
_SHOWN = 5
#: Of a person's number, birth date and first name so many may be wrong in a reply and it is still about them.
_MAY_DIFFER = 1
#: Reference and trace number.
_BOTH = 2
#: Points of a key that what the reply says speaks against.
_DOUBTED = 10
#: Points of a request that waits for an answer, and of one whose identifier the reply gives back almost.
_WAITS, _ALMOST = 5, 45
#: What counts as almost: so many characters otherwise, or left out at the end of a longer one.
_SLIPS, _CUT_AT = 2, 8
_ABOUT_ANOTHER = "by its identifiers it answers a request, and what it says is about another person or service"


def keys_of(record: AnyRecord) -> ReplyKeys:
    """The identifiers that a reply carries."""
    numbers: tuple[str | None, ...] = ()
    if isinstance(record, AuthorizationRecord):
        numbers = (record.authorization_number, record.administrative_reference)
    return ReplyKeys(
        reference=record.reference,
        traces=tuple(trace.number for trace in record.traces if trace.returned),
        payer_numbers=tuple(number for number in numbers if number),
    )


def whose(
    uow: UnitOfWork, record: AnyRecord, keys: ReplyKeys, payer_id: PayerId, call: TransactionRow | None = None
) -> Match | NoMatch:
    """Join a reply to exactly one request of the tenant, or to none.

    `keys` are those of `keys_of` that count for this reply; `call` is the request that it came
    back on the call of, `None` for a reply that came by itself.
    """
    found = _found(uow, keys, payer_id, call)
    joined = correlate(keys, [_candidate(uow, row, call) for row in found.values()])
    reply = said(record)
    if isinstance(joined, NoMatch):
        alike = _of_the_members(uow, record, member_numbers(record), payer_id)
        by_keys = {each.transaction_id: {key: SCORES[key] for key in each.agrees} for each in joined.candidates}
        return NoMatch(reason=joined.reason, candidates=_suggested(keys, reply, {**found, **alike}, by_keys))
    row = found[joined.transaction_id]
    if not differences(asked(row.request), reply):
        return joined
    # By the number on the card, too: payers give it back with a suffix.
    alike = _of_the_members(uow, record, (*member_numbers(record), row.member_id or ""), payer_id)
    if not _speaks_against(reply, joined, row, alike):
        return joined
    # Its identifiers are in doubt as a whole: what it says goes before them.
    doubted = {joined.transaction_id: dict.fromkeys(joined.keys, _DOUBTED)}
    return NoMatch(reason=_ABOUT_ANOTHER, candidates=_suggested(keys, reply, {**found, **alike}, doubted))


def _found(
    uow: UnitOfWork, keys: ReplyKeys, payer_id: PayerId, call: TransactionRow | None
) -> dict[TransactionId, TransactionRow]:
    """The requests that an identifier of the reply names, and the one of the call."""
    found = {call.id: call} if call is not None else _inquired(uow, keys)
    look_ups: list[tuple[Callable[[str], TransactionRow | None], tuple[str, ...]]] = [
        (uow.transactions.by_reference, (keys.reference,) if keys.reference else ()),
        (uow.transactions.by_trace, keys.traces),
    ]
    for look_up, values in look_ups:
        for value in values:
            row = look_up(value.strip().upper())
            if row is not None:
                found.setdefault(row.id, row)
    for number in keys.payer_numbers:
        for row in uow.transactions.by_payer_reference(payer_id, number):
            found.setdefault(row.id, row)
    return found


def _inquired(uow: UnitOfWork, keys: ReplyKeys) -> dict[TransactionId, TransactionRow]:
    """What came by itself may give back the reference of an inquiry."""
    asked = uow.exchanges.by_reference(keys.reference.strip().upper()) if keys.reference else None
    return {} if asked is None else {asked.transaction_id: uow.transactions.get(asked.transaction_id)}


def _candidate(uow: UnitOfWork, row: TransactionRow, call: TransactionRow | None) -> Candidate:
    references = {row.reference, *(each.reference for each in uow.exchanges.of(row.id))}
    numbers = {number for number in (row.authorization_number, row.administrative_reference) if number}
    return Candidate(
        transaction_id=row.id,
        references=frozenset(references),
        trace_number=row.trace_number,
        payer_numbers=frozenset(numbers),
        same_call=call is not None and row.id == call.id,
    )


def _of_the_members(
    uow: UnitOfWork, record: AnyRecord, numbers: Sequence[str], payer_id: PayerId
) -> dict[TransactionId, TransactionRow]:
    """The requests to this payer about members with exactly these numbers, of the kind that `record` answers."""
    kind = Transaction.AUTHORIZATION if isinstance(record, AuthorizationRecord) else Transaction.ELIGIBILITY
    return {
        row.id: row
        for number in numbers
        for row in uow.transactions.of_member(number, kind=kind, payer_id=payer_id, limit=_LOOKED_AT)
    }


def _speaks_against(
    reply: Care, joined: Match, row: TransactionRow, alike: Mapping[TransactionId, TransactionRow]
) -> bool:
    """Whether what a reply says forbids the join that its identifiers propose.

    It may say something else in little things: payers mend names, dates and codes. It is not
    ours if it describes another person; or if anything differs and another request about the
    member that it names fits better.
    """
    differing = differences(asked(row.request), reply)
    on_one_word = len({REFERENCE, TRACE} & set(joined.keys)) < _BOTH
    if len(differing & PERSON) > _MAY_DIFFER or (on_one_word and MEMBER_NUMBER in differing):
        return True
    ours = _likeness(row, reply)
    return any(_likeness(other, reply) > ours for other in alike.values() if other.id != row.id)


def _likeness(row: TransactionRow, reply: Care) -> int:
    return sum(agreements(asked(row.request), reply).values())


def _suggested(
    keys: ReplyKeys,
    reply: Care,
    rows: Mapping[TransactionId, TransactionRow],
    by_keys: Mapping[TransactionId, Mapping[str, int]],
) -> tuple[Suggestion, ...]:
    """The requests that came into view, ranked by all that agrees."""
    agreeing = {}
    for row in rows.values():
        points = {**by_keys.get(row.id, {}), **agreements(asked(row.request), reply)}
        if _almost(row.reference, [keys.reference or ""]) or _almost(row.trace_number, keys.traces):
            points["almost its identifier"] = _ALMOST
        if points and row.review in (Review.SUBMITTED, Review.PENDED):
            points["waits for an answer"] = _WAITS
        agreeing[row.id] = points
    return ranked(agreeing)[:_SHOWN]


def _almost(ours: str, given: Sequence[str]) -> bool:
    """Whether one of `given` is ours with a slip or two, or cut off."""
    return any(_is_almost(ours, each.strip().upper()) for each in given)


def _is_almost(ours: str, given: str) -> bool:
    if given == ours or len(given) < _CUT_AT:
        return False
    if len(given) == len(ours):
        return sum(one != other for one, other in zip(ours, given, strict=True)) <= _SLIPS
    return ours.startswith(given) or given.startswith(ours)
