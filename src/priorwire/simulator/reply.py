"""The interchange that goes back, and what faults make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from priorwire.x12.envelope import GroupHeader, InterchangeHeader
from priorwire.x12.segments import Delimiters, Segment
from priorwire.x12.writer import GroupToWrite, SetToWrite, write_interchange

from .acknowledging import ta1
from .asked import Kind
from .faults import Fault, Mishap
from .journal import Entry
from .received import Received

#: GS01, ST01 and ST03 of the answer to each kind, and of an acknowledgment.
ANSWERS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.ELIGIBILITY: ("HB", "271", "005010X279A1"),
    Kind.REQUEST: ("HI", "278", "005010X217"),
    Kind.INQUIRY: ("HI", "278", "005010X215"),
}
ACKNOWLEDGMENT = ("FA", "999", "005010X231A1")


@dataclass(kw_only=True)
class Reply:
    """The reply to one interchange, while it is put together."""

    delimiters: Delimiters
    ta1: list[Segment] = field(default_factory=list)
    #: Bodies by GS01, ST01 and ST03, in the order in which they were first met.
    sets: dict[tuple[str, str, str], list[list[Segment]]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)

    def add(self, kind: tuple[str, str, str], body: list[Segment]) -> None:
        """Another transaction set."""
        self.sets.setdefault(kind, []).append(body)

    @property
    def guides(self) -> tuple[str, ...]:
        """ST03 of each kind of answer; last ``TA1``, where there is one."""
        return (*(kind[2] for kind in self.sets), *(["TA1"] if self.ta1 else []))

    @property
    def is_lost(self) -> bool:
        """Whether a fault left nothing to send."""
        unheard = any(not mishap.fault.reaches_payer for mishap in self.mishaps)
        return unheard and not self.sets and not any(segment.element(4) == "R" for segment in self.ta1)


def written(received: Received, reply: Reply, *, number: int, at: datetime) -> bytes:
    """The interchange: parties changed over, ISA15 ``T``, because what a simulator says is marked for ever.

    Args:
        received: what is answered.
        reply: what to say, and the faults that spoil its header; one that says nothing becomes a TA1 that accepts.
        number: ISA13; the groups are numbered from it.
        at: the time of the answer.
    """
    if not reply.sets and not reply.ta1:
        reply.ta1.append(ta1(received, reply.delimiters))
    header, faults = received.start.header, {mishap.fault for mishap in reply.mishaps}
    other = _OTHER if Fault.OTHER_SUBMITTER in faults else ""
    envelope = InterchangeHeader(
        sender_qualifier=header.element(7).strip() or "ZZ",
        sender=header.element(8).strip() or "SIMULATOR",
        receiver_qualifier=header.element(5).strip() or "ZZ",
        receiver=other or header.element(6).strip() or "UNKNOWN",
        at=at,
        control_number=number,
        usage="P" if Fault.WRONG_MODE in faults else "T",
    )
    groups = [
        GroupToWrite(header=_group_header(received, kind, number * 10 + index, at, other), sets=_sets(kind, bodies))
        for index, (kind, bodies) in enumerate(reply.sets.items())
    ]
    return write_interchange(envelope, groups, reply.delimiters, ta1=reply.ta1)


def _group_header(received: Received, kind: tuple[str, str, str], number: int, at: datetime, other: str) -> GroupHeader:
    codes = received.groups[0].start.header if received.groups else None
    return GroupHeader(
        functional_id=kind[0],
        sender=(codes.element(3).strip() if codes else "") or "SIMULATOR",
        receiver=other or (codes.element(2).strip() if codes else "") or "UNKNOWN",
        at=at,
        control_number=number,
        version=kind[2],
    )


def _sets(kind: tuple[str, str, str], bodies: Sequence[list[Segment]]) -> list[SetToWrite]:
    return [
        SetToWrite(transaction=kind[1], control_number=f"{n:04}", guide_id=kind[2], body=body)
        for n, body in enumerate(bodies, 1)
    ]


def bent(segments: Sequence[Segment], mishap: Mishap | None) -> list[Segment]:
    """An answer as a fault lets it name the request: by another reference, by other traces, or by none."""
    reference, trace = _NAMES.get(mishap.fault, (_kept, _kept)) if mishap else (_kept, _kept)
    if reference is _kept and trace is _kept:
        return list(segments)
    change = {"BHT": (3, reference), "TRN": (2, trace)}
    return [each for segment in segments if (each := _renamed(segment, *change.get(segment.id, (0, _kept))))]


def _renamed(segment: Segment, at: int, name: Callable[[str], str]) -> Segment | None:
    if name is _kept:
        return segment
    elements = list(segment.elements)
    elements[at] = name(elements[at])
    if not elements[at] and segment.id == "TRN":  # without a number there is no trace
        return None
    return Segment(elements, segment.delimiters)


def _kept(name: str) -> str:
    return name


def _altered(name: str) -> str:
    return "OTHER" + name[::-1][:20]


def _missing(_name: str) -> str:
    return ""


#: What a fault makes of the reference (BHT03) and of the traces (TRN02) that come back.
_NAMES: Mapping[Fault, tuple[Callable[[str], str], Callable[[str], str]]] = {
    Fault.OTHER_SUBMITTER: (_altered, _altered),
    Fault.WRONG_TRACE: (_altered, _altered),
    Fault.ALTERED_TRACE: (_kept, _altered),
    Fault.MISSING_TRACE: (_kept, _missing),
    Fault.ALTERED_REFERENCE: (_altered, _kept),
    Fault.MISSING_REFERENCE: (_missing, _kept),
    Fault.UNIDENTIFIED: (_missing, _missing),
}
#: ISA08 and GS03 of somebody else.
_OTHER = "OTHERSUBMITTER"
