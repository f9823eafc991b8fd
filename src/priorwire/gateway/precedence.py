"""Which of several answers about one request counts: one rule over all of them, whatever order they came in.

Answers come twice, late, shuffled, on calls and in files, from machines and through people. All
are kept. Which one counts is a function of the *set* of them, never of the order in which they
happened to arrive, so that a replay, a crash and a shuffled mailbox end in the same place:

1. What a person withdrew counts no more.
2. A cancellation ends a review: where there is one, it counts.
3. A refusal before review, or an answer that decides nothing, never stands before a decision.
4. A pend of the payer's system never stands before a decision that a person entered.
5. Of what is left the newest counts, by the date and time that its *sender* put on it.
6. Of two of the same moment a decision counts before a pend, and the more cautious before the
   better news: an approval is never inferred. Every status has its place, so that none is left to arrival.

The page docs/decisions/one-answer-counts.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from priorwire.gateway.rows import RecordRow
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus
from priorwire.model.eligibility import CoverageStatus
from priorwire.model.evidence import Evidence

#: Answers that are a decision, from the best news to the most cautious.
DECISIONS: tuple[ReviewStatus | CoverageStatus, ...] = (
    ReviewStatus.APPROVED,
    ReviewStatus.NOT_REQUIRED,
    ReviewStatus.APPROVED_MODIFIED,
    ReviewStatus.PARTIALLY_APPROVED,
    ReviewStatus.DENIED,
    ReviewStatus.CANCELLED,
    CoverageStatus.ACTIVE,
    CoverageStatus.INACTIVE,
    CoverageStatus.NOT_FOUND,
)
#: Decisions that a service may be given under, in part at least.
_GRANTS = DECISIONS[:4]
#: Answers that say where a review stands and decide nothing, from the weakest.
_STANDS = (ReviewStatus.PENDED, ReviewStatus.CONTACT_PAYER)
#: And those that say nothing of a review, from the one that says least: of one moment a refusal counts before silence.
_SAY_NOTHING = (ReviewStatus.UNKNOWN, CoverageStatus.UNKNOWN, ReviewStatus.REJECTED, CoverageStatus.REJECTED)
_FROM_THE_WEAKEST: Sequence[ReviewStatus | CoverageStatus] = (*_SAY_NOTHING, *_STANDS, *DECISIONS)
#: A sender's clock may be so far ahead of ours, zones included; what is later proves nothing.
_AHEAD = timedelta(days=1)


def believed(said_at: datetime | None, came_at: datetime) -> datetime:
    """The moment that an answer counts from: its sender's own, where that can be."""
    return said_at if said_at is not None and said_at <= came_at + _AHEAD else came_at


def in_force(history: Iterable[RecordRow]) -> RecordRow | None:
    """The one of `history` that counts; `None` where there is none."""
    said = [each for each in history if each.withdrawn_at is None]
    for narrowed in (_cancelled, _spoken, _not_overruled):
        said = narrowed(said)
    return max(said, key=_rank, default=None)


def decides(row: RecordRow) -> bool:
    """Whether it is a decision; the others only say where the review stands, or less."""
    return row.record.status in DECISIONS


def grants(row: RecordRow) -> bool:
    """Whether a service may be given under it, in part at least."""
    return row.record.status in _GRANTS


def takes_back(before: RecordRow | None, after: RecordRow) -> bool:
    """Whether `after` is worse news than `before`, which was decided for."""
    if before is None or not grants(before) or not decides(after):
        return False
    return DECISIONS.index(after.record.status) > DECISIONS.index(before.record.status)


def reverses(before: RecordRow | None, after: RecordRow) -> bool:
    """Whether a decision gives way to another one."""
    return before is not None and decides(before) and decides(after) and before.record.status != after.record.status


def contradicted(row: RecordRow, history: Iterable[RecordRow]) -> bool:
    """Whether another decision says otherwise, and no date of one sender proves which is the newer.

    Between a payer's message and what a person entered no date proves it: each has its own clock.
    """
    others = (each for each in history if each.version != row.version and each.withdrawn_at is None)
    return decides(row) and any(
        decides(each)
        and each.record.status != row.record.status
        and (_moment(each) == _moment(row) or is_a_persons(each) != is_a_persons(row))
        for each in others
    )


def is_a_persons(row: RecordRow) -> bool:
    """Whether a person entered it: it was read from no interchange."""
    return row.interchange is None


def numbers(history: Iterable[RecordRow], counts: RecordRow | None) -> tuple[str | None, str | None]:
    """The authorization number and the administrative reference that stand, of all that was said.

    Those of what counts; what that does not say, the newest that does. What the payer's system gave is what it can
    be asked by: a person's reference may be the number of a call.
    """
    said = [each for each in history if each.withdrawn_at is None and isinstance(each.record, AuthorizationRecord)]
    said.sort(key=lambda each: (each is counts, _rank(each)), reverse=True)
    systems = sorted(said, key=is_a_persons)
    return _first(said, lambda each: each.authorization_number), _first(
        systems, lambda each: each.administrative_reference
    )


def level_of(row: RecordRow) -> Evidence:
    """Who stands behind it."""
    if is_a_persons(row):
        return row.evidence
    return Evidence.PAYER_DECIDED if decides(row) else Evidence.PAYER_ACKNOWLEDGED


def _first(said: Iterable[RecordRow], number: Callable[[AuthorizationRecord], str | None]) -> str | None:
    given = (number(each.record) for each in said if isinstance(each.record, AuthorizationRecord))
    return next((each for each in given if each), None)


def _moment(row: RecordRow) -> datetime:
    return row.said_at or row.at


def _rank(row: RecordRow) -> tuple[datetime, int, int]:
    return _moment(row), _FROM_THE_WEAKEST.index(row.record.status), row.version


def _cancelled(said: list[RecordRow]) -> list[RecordRow]:
    return [each for each in said if each.record.status is ReviewStatus.CANCELLED] or said


def _spoken(said: list[RecordRow]) -> list[RecordRow]:
    if not any(map(decides, said)):
        return said
    return [each for each in said if decides(each) or each.record.status in _STANDS]


def _not_overruled(said: list[RecordRow]) -> list[RecordRow]:
    if not any(decides(each) and is_a_persons(each) for each in said):
        return said
    return [each for each in said if decides(each) or is_a_persons(each)]
