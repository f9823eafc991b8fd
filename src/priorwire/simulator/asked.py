"""Reading a 270, a 278 request or a 278 inquiry, by the payer's eyes.

Written on its own, from the guides' structure (005010X279A1, X217, X215), and not from
`priorwire.mapping`: where the two disagree about what a message says, one of them is wrong,
and that is worth finding out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from priorwire.x12.segments import Segment

from .scenarios import HELD


class Kind(Enum):
    """What is asked; the value is its name in the journal, in control calls and in faults."""

    ELIGIBILITY = "270"
    REQUEST = "278-request"
    INQUIRY = "278-inquiry"


class Unreadable(Exception):
    """The set is none of the three, or lacks a level; `segment` and `position` say where a 999 points."""

    def __init__(self, rule: str, *, segment: str, position: int, missing: bool = True) -> None:
        super().__init__(rule)
        self.segment = segment
        self.position = position
        #: IK304: 3 a required segment is missing; I6 or 1 would need a guide.
        self.missing = missing


#: ST01 and BHT02 tell the kind. BHT02: 13 request, 01 cancellation, 36 authority to deduct, 28 query.
KINDS = {
    ("270", "13"): Kind.ELIGIBILITY,
    ("270", "01"): Kind.ELIGIBILITY,
    ("278", "13"): Kind.REQUEST,
    ("278", "01"): Kind.REQUEST,
    ("278", "36"): Kind.REQUEST,
    ("278", "28"): Kind.INQUIRY,
}
#: Levels that must be there once (HL03).
_REQUIRED = {
    Kind.ELIGIBILITY: ("20", "21", "22"),
    Kind.REQUEST: ("20", "21", "22", "EV"),
    Kind.INQUIRY: ("20", "21", "22"),
}


#: NM101 of the places of a transport, and of those who reviewed the case before; a response does not name the latter.
_PLACES = frozenset({"PW", "45", "FS", "ND", "R3"})
_REVIEWERS = frozenset({"00", "CA", "GG"})


@dataclass(frozen=True, kw_only=True)
class Level:
    """One HL and what stands before the next: a party, an event or a service."""

    #: HL03.
    code: str
    #: Without the HL itself.
    segments: tuple[Segment, ...]

    def first(self, segment_id: str, *values: str) -> Segment | None:
        """The first segment of that id whose first element is one of `values` (any, if none are given)."""
        return next(self.every(segment_id, *values), None)

    def every(self, segment_id: str, *values: str) -> Iterator[Segment]:
        """All of them."""
        return (s for s in self.segments if s.id == segment_id and (not values or s.element(1).strip() in values))

    def value(self, segment_id: str, number: int, *values: str) -> str:
        """An element of the first such segment, trimmed; ``""`` without one."""
        found = self.first(segment_id, *values)
        return found.element(number).strip() if found else ""

    @property
    def own(self) -> tuple[Segment, ...]:
        """What says something of the level itself: up to the first NM1 of an event or a service."""
        at = next((n for n, s in enumerate(self.segments) if s.id == "NM1"), len(self.segments))
        return self.segments[:at]

    @property
    def parties(self) -> tuple[tuple[Segment, ...], ...]:
        """Each NM1 of an event or a service with what belongs to it."""
        named = self.segments[len(self.own) :]
        marks = [*(n for n, s in enumerate(named) if s.id == "NM1"), len(named)]
        return tuple(named[start:end] for start, end in pairwise(marks))

    @property
    def providers(self) -> tuple[tuple[Segment, ...], ...]:
        """Those of the parties who treat the patient."""
        return tuple(party for party in self.parties if party[0].element(1).strip() not in _PLACES | _REVIEWERS)

    @property
    def places(self) -> tuple[tuple[Segment, ...], ...]:
        """Those of the parties that are places of a transport (2010EB of a request)."""
        return tuple(party for party in self.parties if party[0].element(1).strip() in _PLACES)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One transaction set as the payer reads it."""

    kind: Kind
    st: Segment
    bht: Segment
    payer: Level
    requester: Level
    subscriber: Level
    dependent: Level | None
    #: Of a 278. An inquiry may have none.
    event: Level | None
    services: tuple[Level, ...]

    @property
    def reference(self) -> str:
        """BHT03."""
        return self.bht.element(3).strip()

    @property
    def member(self) -> str:
        """The subscriber's member id."""
        return self.subscriber.value("NM1", 9)

    @property
    def requester_id(self) -> str:
        """The requester's identifier (an NPI as a rule)."""
        return self.requester.value("NM1", 9)

    @property
    def cancels(self) -> bool:
        """Whether it withdraws a review: BHT02 01, or UM02 3."""
        return self.bht.element(2).strip() == "01" or (self.event is not None and self.event.value("UM", 2) == "3")

    @property
    def certification_type(self) -> str:
        """UM02 of the event; ``I`` where it is not said."""
        return (self.event.value("UM", 2) if self.event else "") or "I"

    @property
    def traces(self) -> tuple[Segment, ...]:
        """Every TRN of the patient's levels, in order."""
        levels = [self.subscriber, self.dependent, self.event, *self.services]
        return tuple(trace for level in levels if level for trace in level.every("TRN"))

    @property
    def procedures(self) -> tuple[str, ...]:
        """Procedure codes asked for, in order: of EQ02 in a 270, of SV1 to SV3 in a 278."""
        if self.kind is Kind.ELIGIBILITY:
            patient = self.dependent or self.subscriber
            return tuple(code for eq in patient.every("EQ") if (code := eq.component(2, 2)))
        return tuple(code for service in self.services if (code := procedure_of(service)))

    @property
    def dates(self) -> tuple[tuple[str, str], ...]:
        """First and last day (CCYYMMDD) of every event, admission and service date."""
        levels = [level for level in (self.event, *self.services) if level]
        found = [dtp.element(3) for level in levels for dtp in level.every("DTP", "AAH", "435", "472")]
        days = [[day.strip() for day in text.split("-")] for text in found if text.strip()]
        return tuple((each[0], each[-1] or each[0]) for each in days)

    @property
    def previous(self) -> tuple[str, ...]:
        """Numbers of an earlier review: REF*BB (authorization) and REF*NT (administrative reference)."""
        levels = [level for level in (self.event, *self.services) if level]
        return tuple(ref.element(2).strip() for level in levels for ref in level.every("REF", "BB", "NT"))

    @property
    def names_held(self) -> bool:
        """Whether it names a review from before the simulator was started."""
        return any(number.startswith(HELD) for number in self.previous)


def procedure_of(service: Level) -> str:
    """The code of a service line: SV101-2, SV202-2 or, without one, the revenue code of SV201, SV301-2."""
    line = next((s for s in service.segments if s.id in {"SV1", "SV2", "SV3"}), None)
    if line is None:
        return ""
    if line.id == "SV2":
        return line.component(2, 2).strip() or line.element(1).strip()
    return line.component(1, 2).strip()


def read_asked(segments: Sequence[Segment]) -> Asked:
    """What a transaction set asks.

    Args:
        segments: ST to SE.

    Raises:
        Unreadable: it is no 270, 278 request or 278 inquiry, or a level that each has is absent.
    """
    st = segments[0]
    bht = next((s for s in segments[1:3] if s.id == "BHT"), None)
    if bht is None:
        raise Unreadable("BHT is absent", segment="BHT", position=2)
    kind = KINDS.get((st.element(1).strip(), bht.element(2).strip()))
    if kind is None:
        raise Unreadable("ST01 and BHT02 name no request", segment="BHT", position=2, missing=False)
    levels = _levels(segments)
    for code in _REQUIRED[kind]:
        if not any(level.code == code for level in levels):
            raise Unreadable("an HL level is absent", segment="HL", position=len(segments))
    return Asked(
        kind=kind,
        st=st,
        bht=bht,
        payer=_only(levels, "20"),
        requester=_only(levels, "21"),
        subscriber=_only(levels, "22"),
        dependent=next((level for level in levels if level.code == "23"), None),
        event=next((level for level in levels if level.code == "EV"), None),
        services=tuple(level for level in levels if level.code == "SS"),
    )


def _only(levels: Sequence[Level], code: str) -> Level:
    return next(level for level in levels if level.code == code)


def _levels(segments: Sequence[Segment]) -> list[Level]:
    starts = [n for n, s in enumerate(segments) if s.id == "HL"]
    ends = [*starts[1:], next((n for n, s in enumerate(segments) if s.id == "SE"), len(segments))]
    return [
        Level(code=segments[start].element(3).strip(), segments=tuple(segments[start + 1 : end]))
        for start, end in zip(starts, ends[: len(starts)], strict=True)
    ]
