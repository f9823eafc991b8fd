"""Reading a payload: from bytes to what each set in it says. One way for inbound, `inspect` and `replay`.

Nothing is stored, sent or correlated here, and no database is needed. A fault of the
payload is a finding on its set; only what cannot be read as X12 at all raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from priorwire.gateway.rows import AnyRecord
from priorwire.mapping import AcknowledgmentSaid, Reading, read_271, read_278, said_when, say_999, say_ta1
from priorwire.payers.profile import Environment
from priorwire.x12 import (
    GroupEnded,
    GroupStarted,
    InterchangeEnded,
    InterchangeStarted,
    Issue,
    Place,
    Segment,
    Stray,
    Ta1Read,
    TransactionSet,
    read,
    read_999,
    read_ta1,
    validate,
)
from priorwire.x12.guides import Chosen, guide_for
from priorwire.x12.issues import GUIDE_ASSUMED, GUIDE_UNKNOWN, IssueCode


class Read(Enum):
    """How well a set could be read."""

    CLEAN = "clean"
    FINDINGS = "findings"
    #: No guide for it: its segments are there, what they mean is not.
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class SetRead:
    """One transaction set (or TA1) of a payload, read."""

    #: Ordinals from 1: of the interchange in the payload, of the set in the payload.
    interchange: int
    ordinal: int
    #: Control numbers as sent: ISA13, GS06, ST02.
    interchange_number: str
    group_number: str
    set_number: str
    #: ``270`` … ``999``, ``TA1``, ``other``.
    kind: str
    #: As declared by the sender.
    guide_id: str
    read: Read
    issues: tuple[Issue, ...]
    #: One a review or a patient; empty for a request.
    readings: tuple[Reading[AnyRecord], ...] = ()
    acknowledgment: AcknowledgmentSaid | None = None
    #: When its sender made it, by its own clock.
    said_at: datetime | None = None
    #: Whether it is marked as test (``T``) or production (``P``) data: ISA15.
    usage: str = ""


def crosses(said: SetRead, environment: Environment) -> str | None:
    """Why a set must decide nothing in `environment`; `None` where it may. Test and production never meet.

    What is marked as neither is a fault of the envelope, which the reading has found, and crosses nothing.
    """
    if said.usage == "T" and environment is Environment.PRODUCTION:
        return "it is marked as test data, and the request was sent in production"
    if said.usage == "P" and environment is Environment.TEST:
        return "it is marked as production data, and the request was sent in test"
    return None


@dataclass(kw_only=True)
class _Cursor:
    """Where in the payload we are."""

    interchange: int = 0
    ordinal: int = 0
    interchange_number: str = ""
    group_number: str = ""
    usage: str = ""


def read_payload(data: bytes | Iterable[bytes]) -> Iterator[SetRead | Issue]:
    """What a payload says, set by set; a finding outside any set comes as a bare `Issue`.

    Raises:
        RemoteX12Error: there is no interchange in it, or it passes a limit.
    """
    cursor = _Cursor()
    for event in read(data):
        match event:
            case InterchangeStarted(header=header):
                cursor.interchange += 1
                cursor.interchange_number = header.element(13).strip()
                cursor.usage = header.element(15).strip().upper()
                yield from event.issues
            case GroupStarted(header=header):
                cursor.group_number = header.element(6).strip()
                yield from event.issues
            case TransactionSet():
                cursor.ordinal += 1
                yield _set(cursor, event)
            case Ta1Read(segment=segment):
                cursor.ordinal += 1
                yield _ta1(cursor, segment, event.issues)
            case GroupEnded() | InterchangeEnded() | Stray():
                yield from event.issues


def _ta1(cursor: _Cursor, segment: Segment, issues: Iterable[Issue]) -> SetRead:
    found = tuple(issues)
    return SetRead(
        interchange=cursor.interchange,
        ordinal=cursor.ordinal,
        interchange_number=cursor.interchange_number,
        group_number="",
        set_number="",
        kind="TA1",
        guide_id="",
        read=Read.FINDINGS if found else Read.CLEAN,
        issues=found,
        acknowledgment=say_ta1(read_ta1(segment)),
        usage=cursor.usage,
    )


def _set(cursor: _Cursor, the_set: TransactionSet) -> SetRead:
    ids = frozenset(segment.id for segment in the_set.segments)
    chosen = guide_for(the_set.transaction, the_set.guide_id, the_set.purpose, ids, the_set.source_role)
    issues, readings, said = _contents(cursor, the_set, chosen)
    if chosen.guide is None:
        state = Read.REFUSED
    else:
        state = Read.FINDINGS if issues else Read.CLEAN
    return SetRead(
        interchange=cursor.interchange,
        ordinal=cursor.ordinal,
        interchange_number=cursor.interchange_number,
        group_number=cursor.group_number,
        set_number=the_set.control_number,
        kind=chosen.kind,
        guide_id=the_set.guide_id,
        read=state,
        issues=issues,
        readings=readings,
        acknowledgment=said,
        said_at=said_when(the_set),
        usage=cursor.usage,
    )


def _contents(
    cursor: _Cursor, the_set: TransactionSet, chosen: Chosen
) -> tuple[tuple[Issue, ...], tuple[Reading[AnyRecord], ...], AcknowledgmentSaid | None]:
    if chosen.guide is None:
        return (*the_set.issues, _about_guide(the_set, GUIDE_UNKNOWN)), (), None
    checked = validate(the_set, chosen.guide)
    assumed = (_about_guide(the_set, GUIDE_ASSUMED, each.value) for each in chosen.deviations)
    readings: tuple[Reading[AnyRecord], ...] = ()
    said = None
    root, where = checked.placed.root, (cursor.interchange, cursor.ordinal)
    if chosen.kind == "271":
        readings = tuple(read_271(root, interchange=where[0], transaction_set=where[1], kept=the_set.interchange.kept))
    elif chosen.kind.startswith("278"):
        readings = tuple(read_278(root, interchange=where[0], transaction_set=where[1], kept=the_set.interchange.kept))
    elif chosen.kind == "999":
        said = say_999(read_999(the_set))
    return (*checked.issues, *assumed), readings, said


def _about_guide(the_set: TransactionSet, code: IssueCode, detail: str = "") -> Issue:
    """A finding about which guide a set is read with; its place is the ST."""
    start = the_set.segments[0]
    place = Place(segment=start.id, position=start.number, start=start.start, end=start.end)
    return Issue(code=code, place=place, detail=detail)
