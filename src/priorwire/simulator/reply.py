"""The interchange that goes back, and what faults make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        reply: what to say; one that says nothing becomes a TA1 that accepts.
        number: ISA13; the groups are numbered from it.
        at: the time of the answer.
    """
    if not reply.sets and not reply.ta1:
        reply.ta1.append(ta1(received, reply.delimiters))
    header = received.start.header
    envelope = InterchangeHeader(
        sender_qualifier=header.element(7).strip() or "ZZ",
        sender=header.element(8).strip() or "SIMULATOR",
        receiver_qualifier=header.element(5).strip() or "ZZ",
        receiver=header.element(6).strip() or "UNKNOWN",
        at=at,
        control_number=number,
        usage="T",
    )
    groups = [
        GroupToWrite(header=_group_header(received, kind, number * 10 + index, at), sets=_sets(kind, bodies))
        for index, (kind, bodies) in enumerate(reply.sets.items())
    ]
    return write_interchange(envelope, groups, reply.delimiters, ta1=reply.ta1)


def _group_header(received: Received, kind: tuple[str, str, str], number: int, at: datetime) -> GroupHeader:
    codes = received.groups[0].start.header if received.groups else None
    return GroupHeader(
        functional_id=kind[0],
        sender=(codes.element(3).strip() if codes else "") or "SIMULATOR",
        receiver=(codes.element(2).strip() if codes else "") or "UNKNOWN",
        at=at,
        control_number=number,
        version=kind[2],
    )


def _sets(kind: tuple[str, str, str], bodies: Sequence[list[Segment]]) -> list[SetToWrite]:
    return [
        SetToWrite(transaction=kind[1], control_number=f"{n:04}", guide_id=kind[2], body=body)
        for n, body in enumerate(bodies, 1)
    ]


def misdirected(segments: Sequence[Segment]) -> list[Segment]:
    """The same answer under another reference and other traces: somebody else's, as far as anyone can tell."""
    number = {"BHT": 3, "TRN": 2}
    wrong: list[Segment] = []
    for segment in segments:
        elements = list(segment.elements)
        at = number.get(segment.id)
        if at:
            elements[at] = "OTHER" + elements[at][::-1][:20]
        wrong.append(Segment(elements, segment.delimiters))
    return wrong


def spoiled(payload: bytes, mishap: Mishap | None) -> bytes:
    """What a fault leaves of the bytes."""
    if mishap and mishap.fault is Fault.TWICE:
        return payload * 2
    if mishap and mishap.fault is Fault.TRUNCATED:
        return payload[: len(payload) * 3 // 5]
    return payload
