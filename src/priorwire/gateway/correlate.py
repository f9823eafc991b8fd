"""Whose answer is this? Identifiers only; a person's name and birth date never join anything.

Order of the keys, strongest first (facts of the field: X12 RFI 960, 1272, 2474):

1. our transaction reference, which the responder must echo (BHT03);
2. our trace number, given back as TRN*2;
3. the payer's own number of the review (certification or tracking number), if it is unique;
4. the very call that it came back on, if it carries none of the above.

Two keys that point to different requests join nothing. An answer on our own call that
names *another* request is not ours: servers under load mix up answers, and this is how it
shows. What joins nothing waits, with candidates ranked by what agrees, for a person.

This module compares what it is given. `whose` looks the candidates up, and lets what the reply
says of the care speak against a join (`resemblance`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from priorwire.gateway.arrived import Suggestion
from priorwire.model.identifiers import TransactionId

REFERENCE, TRACE, PAYER_NUMBER, SAME_CALL = "reference", "trace number", "payer's number", "same call"
#: An acknowledgment names what it is about by nothing else.
CONTROL_NUMBER = "control number"
#: What each key counts, strongest first.
SCORES = {REFERENCE: 100, TRACE: 90, PAYER_NUMBER: 70, SAME_CALL: 50}


@dataclass(frozen=True, kw_only=True)
class ReplyKeys:
    """What a reply says of itself."""

    reference: str | None
    #: Trace numbers that it gives back.
    traces: tuple[str, ...] = ()
    #: The payer's numbers in it.
    payer_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A request that it might answer."""

    transaction_id: TransactionId
    #: References of the request and of every inquiry about it.
    references: frozenset[str]
    trace_number: str
    payer_numbers: frozenset[str]
    #: Whether the reply came back on a call made for this request.
    same_call: bool


@dataclass(frozen=True, kw_only=True)
class Match:
    """It answers this request."""

    transaction_id: TransactionId
    #: The strongest key that agrees, and its score.
    by: str
    score: int
    #: Every key that agrees, strongest first.
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoMatch:
    """It cannot be joined; why, and what comes nearest."""

    reason: str
    #: Best first.
    candidates: tuple[Suggestion, ...] = ()


def correlate(keys: ReplyKeys, candidates: Sequence[Candidate]) -> Match | NoMatch:
    """Join a reply to exactly one request, or to none."""
    hits = {key: [c.transaction_id for c in candidates if _agrees(key, keys, c)] for key in SCORES}
    near = _ranked(hits)
    named = {hits[key][0] for key in (REFERENCE, TRACE) if len(set(hits[key])) == 1}
    if len(named) > 1:
        return NoMatch(reason="its reference and its trace number belong to different requests", candidates=near)
    if any(len(set(hits[key])) > 1 for key in (REFERENCE, TRACE)):
        return NoMatch(reason="its identifiers belong to several requests", candidates=near)
    for key in (REFERENCE, TRACE, PAYER_NUMBER):
        if len(set(hits[key])) == 1:
            return _match(hits, hits[key][0], key)
    return _by_call(keys, hits, near)


def _match(hits: dict[str, list[TransactionId]], found: TransactionId, by: str) -> Match:
    agreeing = tuple(key for key, ids in hits.items() if found in ids)
    return Match(transaction_id=found, by=by, score=SCORES[by], keys=agreeing)


def _by_call(keys: ReplyKeys, hits: dict[str, list[TransactionId]], near: tuple[Suggestion, ...]) -> Match | NoMatch:
    if keys.reference or keys.traces:
        return NoMatch(reason="it names a request that is not ours, or that is not known here", candidates=near)
    if len(set(hits[SAME_CALL])) == 1:
        return _match(hits, hits[SAME_CALL][0], SAME_CALL)
    return NoMatch(reason="it carries no identifier of a request", candidates=near)


def _agrees(key: str, keys: ReplyKeys, candidate: Candidate) -> bool:
    if key == REFERENCE:
        return keys.reference is not None and keys.reference.strip().upper() in candidate.references
    if key == TRACE:
        return candidate.trace_number in {trace.strip().upper() for trace in keys.traces}
    if key == PAYER_NUMBER:
        return bool(candidate.payer_numbers & {number.strip() for number in keys.payer_numbers})
    return candidate.same_call


def _ranked(hits: dict[str, list[TransactionId]]) -> tuple[Suggestion, ...]:
    agreeing: dict[TransactionId, dict[str, int]] = {}
    for key, found in hits.items():
        for transaction_id in found:
            agreeing.setdefault(transaction_id, {})[key] = SCORES[key]
    return ranked(agreeing)


def near(transaction_id: TransactionId, match: Match) -> Suggestion:
    """The request of a match that came to nothing, as a suggestion."""
    return Suggestion(transaction_id=transaction_id, score=match.score, agrees=match.keys)


def ranked(agreeing: Mapping[TransactionId, Mapping[str, int]]) -> tuple[Suggestion, ...]:
    """Suggestions out of what agrees with each, and its points: best first, and of equal ones the older first."""
    found = [
        Suggestion(transaction_id=each, score=sum(points.values()), agrees=tuple(points))
        for each, points in agreeing.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.score, each.transaction_id)))
