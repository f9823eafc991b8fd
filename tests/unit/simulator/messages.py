"""Requests of invented people to invented payers, as X12."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from priorwire.x12.envelope import GroupHeader, InterchangeHeader
from priorwire.x12.events import Ta1Read, TransactionSet
from priorwire.x12.reader import read
from priorwire.x12.segments import DEFAULT_DELIMITERS, Delimiters, Segment, Value, make_segment
from priorwire.x12.writer import SetToWrite, write_interchange

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
GUIDES = {"270": ("HS", "005010X279A1"), "13": ("HI", "005010X217"), "28": ("HI", "005010X215")}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a request says."""

    member: str = "EXM0001APPROVE"
    reference: str = "REF0001"
    trace: str = "TRACE0001"
    #: HCPCS codes with their units.
    services: Sequence[tuple[str, int]] = (("70551", 1), ("72148", 4))
    service_date: str = "20261201"
    dependent: bool = False
    days: int = 0
    #: REF*BB or REF*NT of the event.
    previous: tuple[str, str] | None = None
    kind: str = "I"
    requester: str = "1234567893"
    delimiters: Delimiters = DEFAULT_DELIMITERS
    usage: str = "T"
    payer: str = "EXPAYER"
    guide: str = ""
    ack_requested: bool = False


class _Writer:
    def __init__(self, delimiters: Delimiters) -> None:
        self.segments: list[Segment] = []
        self._delimiters = delimiters
        self._levels = 0

    def add(self, segment_id: str, *values: Value) -> None:
        self.segments.append(make_segment(self._delimiters, segment_id, *values))

    def level(self, parent: int, code: str, more: str = "1") -> int:
        self._levels += 1
        self.add("HL", str(self._levels), str(parent or ""), code, more)
        return self._levels


def _people(writer: _Writer, ask: Ask, *, source: str = "X3", more: bool = True) -> int:
    writer.level(0, "20")
    writer.add("NM1", source, "2", "EXAMPLE PAYER", "", "", "", "", "PI", "EXP01")
    writer.level(1, "21")
    writer.add("NM1", "1P", "2", "EXAMPLE CLINIC", "", "", "", "", "XX", ask.requester)
    return writer.level(2, "22", "1" if more else "0")


def _subscriber(writer: _Writer, ask: Ask) -> None:
    writer.add("NM1", "IL", "1", "ROWAN", "AVERY", "", "", "", "MI", ask.member)
    writer.add("DMG", "D8", "19700101", "F")


def eligibility(ask: Ask, *, service_types: Sequence[str] = ("30",)) -> bytes:
    """A 270 for the service types and every procedure."""
    writer = _Writer(ask.delimiters)
    writer.add("BHT", "0022", "13", ask.reference, "20261120", "1200")
    parent = _people(writer, ask, source="PR", more=ask.dependent)
    if not ask.dependent:
        writer.add("TRN", "1", ask.trace, "9PRIORWIRE")
    _subscriber(writer, ask)
    if ask.dependent:
        writer.level(parent, "23", "0")
        writer.add("TRN", "1", ask.trace, "9PRIORWIRE")
        writer.add("NM1", "03", "1", "ROWAN", "BLAKE")
    for code in service_types:
        writer.add("EQ", code)
    for code, _ in ask.services:
        writer.add("EQ", "", ("HC", code))
    return _interchange(writer, ask, "270", "270")


def review(ask: Ask, *, purpose: str = "13") -> bytes:
    """A 278: a request (BHT02 13, 01) or an inquiry (28)."""
    writer = _Writer(ask.delimiters)
    writer.add("BHT", "0007", purpose, ask.reference, "20261120", "1200")
    parent = _people(writer, ask)
    _subscriber(writer, ask)
    if ask.dependent:
        parent = writer.level(parent, "23")
        writer.add("NM1", "QC", "1", "ROWAN", "BLAKE")
    event = writer.level(parent, "EV", "1" if ask.services else "0")
    if ask.trace:
        writer.add("TRN", "1", ask.trace, "9PRIORWIRE")
    writer.add("UM", "HS", ask.kind, "4", ("11", "B"))
    if ask.previous:
        writer.add("REF", *ask.previous)
    writer.add("DTP", "AAH", "D8", ask.service_date)
    writer.add("HI", ("ABK", "M170"))
    if ask.days:
        writer.add("HSD", "DY", str(ask.days))
    writer.add("NM1", "SJ", "2", "EXAMPLE IMAGING", "", "", "", "", "XX", "1679576722")
    for number, (code, units) in enumerate(ask.services, 1):
        writer.level(event, "SS", "0")
        if ask.trace and purpose != "28":
            writer.add("TRN", "1", f"{ask.trace}L{number}", "9PRIORWIRE")
        writer.add("DTP", "472", "D8", ask.service_date)
        writer.add("SV1", ("HC", code), "", "UN", str(units))
    return _interchange(writer, ask, "278", "28" if purpose == "28" else "13")


def inquiry(ask: Ask) -> bytes:
    """A 278 inquiry."""
    return review(ask, purpose="28")


def _interchange(writer: _Writer, ask: Ask, transaction: str, guide: str) -> bytes:
    functional, usual = GUIDES[guide]
    header = InterchangeHeader(
        sender="PRIORWIRE",
        receiver=ask.payer,
        at=AT,
        control_number=1,
        usage=ask.usage,
        ack_requested=ask.ack_requested,
    )
    version = ask.guide or usual
    group = GroupHeader(
        functional_id=functional,
        sender="PRIORWIRE",
        receiver=ask.payer,
        at=AT,
        control_number=1,
        version=version,
    )
    body = SetToWrite(transaction=transaction, control_number="0001", guide_id=version, body=writer.segments)
    return write_interchange(header, [(group, [body])], ask.delimiters)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A reply, taken apart by the engine's reader."""

    sets: tuple[TransactionSet, ...]
    ta1: tuple[Segment, ...]
    isa: Segment

    @property
    def segments(self) -> list[Segment]:
        """Those of the only set."""
        (only,) = self.sets
        return list(only.segments)

    def all(self, segment_id: str, *first: str) -> list[str]:
        """Segments of that id (and first element) as text."""
        return [s.text() for s in self.segments if s.id == segment_id and (not first or s.element(1) in first)]

    def levels(self) -> list[str]:
        """HL as written."""
        return self.all("HL")

    def under(self, level: str) -> list[list[str]]:
        """For each HL of that code, the text of what stands under it."""
        found: list[list[str]] = []
        current: list[str] | None = None
        for segment in self.segments:
            if segment.id == "HL":
                current = [] if segment.element(3) == level else None
                if current is not None:
                    found.append(current)
            elif current is not None and segment.id != "SE":
                current.append(segment.text())
        return found


def said(payload: bytes) -> Said:
    """Read a reply; it must be well-formed."""
    events = list(read(payload))
    issues = [issue for event in events for issue in getattr(event, "issues", [])]
    assert issues == []
    return Said(
        sets=tuple(event for event in events if isinstance(event, TransactionSet)),
        ta1=tuple(event.segment for event in events if isinstance(event, Ta1Read)),
        isa=next(read(payload)).header,  # type: ignore[union-attr] # the first event of X12 is its ISA
    )
