"""What must hold however often a gateway was killed: the payers' journals against our tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from priorwire.chaos.payers import replies
from priorwire.chaos.records import FOR_EVER, Case, Exchanged, Payload, Records
from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.rows import DeliveryState, Direction, DueKind, ExchangeState
from priorwire.model.lifecycle import Attachment, Delivery, Review

_UNDECIDED = (None, Review.SUBMITTED, Review.PENDED)
#: Decided, and all the same something for a person to do.
_FOR_A_PERSON = (Review.DENIED, Review.CONTACT_PAYER, Review.REJECTED, Review.UNKNOWN)
_REQUESTS = ("278-request", "fax")
_NEVER_TWICE = (*_REQUESTS, "275")


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise: of how many things it was looked at, and of how many it was broken."""

    name: str
    checked: int
    #: Identifiers of what broke it; no values.
    broken: tuple[str, ...] = ()

    def present(self) -> dict[str, object]:
        """As plain JSON."""
        return {"name": self.name, "checked": self.checked, "broken": list(self.broken)}


def _promise(name: str, looked_at: dict[str, bool]) -> Promise:
    """By identifier: whether it was kept."""
    return Promise(name=name, checked=len(looked_at), broken=tuple(key for key, kept in looked_at.items() if not kept))


# ---------------------------------------------------------------- at every moment


def owned(records: Records) -> Promise:
    """Nothing without somebody who moves it on, and a date. Holds at every moment, also right after a crash."""
    return _promise("no case, document, file or event without owner and next date", dict(_owners(records)))


def _owners(records: Records) -> Iterator[tuple[str, bool]]:
    tables = records.tables
    for case in tables.cases:
        yield case.id, _is_over(case) or case.id in tables.with_person or (DueKind.TRANSACTION, case.id) in tables.due
    at_people = frozenset(item for items in tables.with_person.values() for item in items)
    for paper in tables.papers:
        sent = paper.state in (Attachment.SENT, Attachment.ACKNOWLEDGED)
        yield paper.id, sent or paper.work_item_id in at_people or (DueKind.ATTACHMENT, paper.id) in tables.due
    for file in tables.files:
        under_way = file.state in (FileState.ARCHIVED, FileState.SPLIT)
        yield file.id, not under_way or (DueKind.RECEIVED_FILE, file.id) in tables.due
    for each in tables.sets:
        yield each.id, each.state is not SetState.WAITING or (DueKind.RECEIVED_SET, each.id) in tables.due
    for told in tables.told:
        yield told.id, told.state is not DeliveryState.PENDING or (DueKind.WEBHOOK, told.id) in tables.due


def _is_over(case: Case) -> bool:
    if case.delivery is not Delivery.FINAL:
        return False
    if case.review is None:
        return case.status != "submitted"  # a question about coverage
    return case.review not in _UNDECIDED and case.review not in _FOR_A_PERSON


# ---------------------------------------------------------------- once all is at rest


def settled(records: Records) -> Iterator[Promise]:
    """All that must hold once every lease has run out and nothing is due any more."""
    yield _kept(records)
    yield _once(records)
    yield _ours(records)
    yield _stands(records)
    yield _ended(records)
    yield _archived(records)
    yield _placed(records)
    yield _filed(records)
    yield owned(records)
    yield _told(records)


def _kept(records: Records) -> Promise:
    stored = {case.id for case in records.tables.cases}
    looked_at = {key: len(ids) == 1 and ids <= stored for key, ids in records.acknowledged.items()}
    looked_at |= {key: False for key in records.orders if key not in records.acknowledged}
    looked_at |= {each: False for each in stored if each not in records.order_of}
    return _promise("every request is stored and acknowledged, and once", looked_at)


def _once(records: Records) -> Promise:
    """By reference, and by meaning: the simulator's own digest of what is asked, or of the document."""
    reached = [each for each in records.reached if each.kind in _NEVER_TWICE]
    references = Counter((each.kind, each.reference) for each in reached)
    meanings = Counter((each.kind, each.meaning) for each in reached if each.meaning)
    looked_at = {
        each.reference: references[each.kind, each.reference] == 1 and meanings[each.kind, each.meaning] <= 1
        for each in reached
    }
    return _promise("no payer got a request, a fax or a document twice", looked_at)


def _ours(records: Records) -> Promise:
    references = {each.id: each.reference for each in records.tables.exchanges}
    sent = {
        (references[each.exchange_id], each.sha256)
        for each in records.tables.archive
        if each.direction is Direction.OUT and each.exchange_id is not None
    }
    looked_at = {f"{each.kind} {each.reference}": (each.reference, each.sha256) in sent for each in records.reached}
    return _promise("what a payer got is in our archive, byte for byte", looked_at)


def _stands(records: Records) -> Promise:
    """Strict: whoever's payer holds the request stands as that payer decided. Only else may a person have it."""
    reached = {each.reference for each in records.reached}
    looked_at = {
        _described(records, case, reached=case.reference in reached): _stands_right(
            records, case, reached=case.reference in reached
        )
        for case in _known(records)
    }
    return _promise("every case stands as its payer decided; one that no payer got, with a person", looked_at)


def _described(records: Records, case: Case, *, reached: bool) -> str:
    """Enough to look for what went wrong: which way it went, how its payer is, and where it stands."""
    order = records.order_of[case.id]
    payer = "has it" if reached else "never got it"
    return (
        f"{case.id}: {order.sort.name.lower()} {order.ending}, its payer {payer}; {case.status} ({case.delivery.value})"
    )


def _known(records: Records) -> Iterator[Case]:
    return (case for case in records.tables.cases if case.id in records.order_of)


def _stands_right(records: Records, case: Case, *, reached: bool) -> bool:
    order = records.order_of[case.id]
    if reached and order.sort.decided_by_machine:
        return case.status == order.expected
    return case.status == "submitted" and case.id in records.tables.with_person


def _ended(records: Records) -> Promise:
    under_way = (ExchangeState.SENDING, ExchangeState.ANSWERED)
    looked_at = {each.id: each.state not in under_way for each in records.tables.exchanges}
    looked_at |= {f"{kind.value} {each}": kind in FOR_EVER for kind, each in records.tables.due}
    return _promise("every exchange ended, every answer was read, and nothing is due", looked_at)


def _archived(records: Records) -> Promise:
    """Of the calls that were answered: what the payers' side logged as its reply, once and unaltered."""
    sent, came = _by_exchange(records, Direction.OUT), _by_exchange(records, Direction.IN)
    answers = replies(records.place)
    looked_at = {
        each.id: len(came.get(each.id, ())) == 1 and came[each.id][0].sha256 in answers.get(sent[each.id][0].sha256, ())
        for each in records.tables.exchanges
        if each.state is ExchangeState.FINAL and sent[each.id][0].sha256 in answers
    }
    return _promise("every reply is in our archive, byte for byte and once", looked_at)


def _by_exchange(records: Records, direction: Direction) -> dict[str, list[Payload]]:
    found: dict[str, list[Payload]] = {}
    for each in records.tables.archive:
        if each.direction is direction and each.exchange_id is not None:
            found.setdefault(each.exchange_id, []).append(each)
    return found


def _placed(records: Records) -> Promise:
    """Every payload that came in is joined, unmatched or in quarantine."""
    tables = records.tables
    exchanges = {each.id: each for each in tables.exchanges}
    places = {each.document_id: True for each in tables.papers}
    places |= {each.archive_id: each.state is not FileState.SPLIT for each in tables.files if each.archive_id}
    places |= {each.archive_id: each.state is not SetState.WAITING for each in tables.sets}
    came = [each for each in tables.archive if each.direction is Direction.IN]
    looked_at = {each.id: places.get(each.id, False) or _read(exchanges, each, tables.unmatched) for each in came}
    return _promise("every payload that came in is joined, unmatched or in quarantine", looked_at)


def _read(exchanges: dict[str, Exchanged], payload: Payload, unmatched: frozenset[str]) -> bool:
    """What the account of its exchange says: so many joined, so many unmatched, or why it cannot be read."""
    exchange = exchanges.get(payload.exchange_id or "")
    if exchange is None or not (exchange.detail or "").startswith("read: "):
        return False
    assert exchange.detail is not None
    counts, *more = exchange.detail.removeprefix("read: ").split("; ")
    joined, not_joined = (int(each.split()[0]) for each in counts.split(", "))
    return bool(more) or joined > 0 or (not_joined > 0 and payload.id in unmatched)


def _filed(records: Records) -> Promise:
    """Every file that the other side left was archived once and moved; its like, a duplicate, is noted."""
    place = records.place.folders
    archived = Counter(each.sha256 for each in records.tables.files if each.archive_id is not None)
    looked_at = {
        each.name: archived[hashlib.sha256(each.read_bytes()).hexdigest()] == 1
        for each in sorted((place / "processed").glob("*"))
    }
    looked_at |= {each.name: False for each in (place / "inbound").glob("*.x12")}
    looked_at |= {each.name: False for each in (place / "outbound").glob("*.x12")}
    return _promise("every file that came is archived once and moved, and every file of ours was taken", looked_at)


def _told(records: Records) -> Promise:
    """Every change was told, and what counts as delivered arrived."""
    arrived = frozenset(records.told.read_text(encoding="ascii").split()) if records.told.exists() else frozenset()
    looked_at = dict.fromkeys(records.tables.events, False)
    for each in records.tables.told:
        looked_at[each.event_id] = each.state is DeliveryState.DELIVERED and each.event_id in arrived
    return _promise("the practice was told of every change", looked_at)


def with_people(records: Records) -> int:
    """How many cases only a person can take further: nobody can be asked by machine what became of them."""
    return sum(case.status == "submitted" and case.id in records.tables.with_person for case in records.tables.cases)
