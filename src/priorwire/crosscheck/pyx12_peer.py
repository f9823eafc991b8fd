"""pyx12 4, over maps exported from our guides.

pyx12 is called as it ships, through its own `x12n_document`, and is told nothing of what we found:
our reader only tells which maps to lay out, and which set a line belongs to. It logs the values that
it finds fault with; its loggers are silenced here for good, since nothing else in this process uses
them. What it says is taken from its JSON report, and from its callback what that report leaves out:
element faults of the envelope's own segments.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyx12.params import params
from pyx12.x12n_document import x12n_document

from priorwire.crosscheck.export import Entry, is_exportable, map_folder
from priorwire.crosscheck.finding import UNSAID, Finding, Opinion, Spot, left_out, stopped, version_of
from priorwire.crosscheck.layout import Layout, layout
from priorwire.errors import X12Error
from priorwire.x12 import Guide, TransactionSet, grammar, read

PYX12 = "pyx12"

_LOGGER = logging.getLogger(PYX12)
_LOGGER.propagate = False
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.setLevel(logging.CRITICAL + 1)


def pyx12_validate(data: bytes) -> bool:
    """Whether pyx12 accepts an input: its validation and its 999, as its own command runs them.

    The guide is chosen by the first transaction set. For measuring: what it found is thrown away.

    Raises:
        RemoteX12Error: there is no interchange to choose a map by.
        Exception: whatever pyx12 raises.
    """
    first = next((event for event in read(data) if isinstance(event, TransactionSet)), None)
    (reading,) = rounds(layout([first] if first else []))
    return bool(x12n_document(params(), text_of(data), io.StringIO(), None, map_path=reading.folder()))


def pyx12_opinion(data: bytes) -> Opinion:
    """What pyx12 finds. Never raises for what the bytes are: where it stops, that is its opinion."""
    try:
        return pyx12_on(data, layout(list(read(data))))
    except X12Error:
        return pyx12_on(data, Layout())


def pyx12_on(data: bytes, laid_out: Layout) -> Opinion:
    """What pyx12 finds in an input whose layout is known already."""
    planned = rounds(laid_out)
    readings = [_read(data, laid_out, each) for each in planned]
    if len(readings) == 1:
        return readings[0]
    broken = next((each for each in readings if each.stopped), None)
    return broken or _joined(planned, readings)


def text_of(data: bytes) -> io.StringIO:
    """The bytes as pyx12 takes them: a file it would open as ASCII, and stop at the first other byte."""
    return io.StringIO(data.decode("latin-1"))


# --- which maps -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Round:
    """One reading of a file: the index that it needs, and the sets that are read with the right guide."""

    entries: tuple[Entry, ...]
    sets: frozenset[int]

    def folder(self) -> str | None:
        """The exported maps; pyx12's own (it ships 5010 maps for 999 and 277) where none of ours would do."""
        return str(map_folder(self.entries)) if self.entries else None


def rounds(laid_out: Layout) -> tuple[Round, ...]:
    """As few readings as keep apart the guides that one GS01 and GS08 stand for in this file; at least one."""
    taken: list[dict[tuple[str, str], Entry]] = [{}]
    numbers: list[set[int]] = [set()]
    for number, ts in enumerate(laid_out.sets, 1):
        entry = _entry(ts, laid_out.guide(number))
        if entry is None:
            numbers[0].add(number)
            continue
        key = entry.group, entry.name
        at = next((at for at, each in enumerate(taken) if each.get(key, entry).file == entry.file), len(taken))
        if at == len(taken):
            taken.append({})
            numbers.append(set())
        taken[at][key] = entry
        numbers[at].add(number)
    # A name that is free in a later reading keeps its first guide: every group needs some map to be read at all.
    whole = [{**taken[0], **each} for each in taken]
    return tuple(
        Round(entries=tuple(each.values()), sets=frozenset(which)) for each, which in zip(whole, numbers, strict=True)
    )


#: A GS01 or GS08 that can stand in an index; what else is sent there names no version.
_NAME = re.compile(r"[A-Za-z0-9]{1,12} {0,3}")


def _entry(ts: TransactionSet, guide: Guide | None) -> Entry | None:
    header = ts.group.header if ts.group else None
    if guide is None or header is None or not is_exportable(guide.transaction):
        return None
    group, name = header.element(1), header.element(8)
    if not (_NAME.fullmatch(group) and _NAME.fullmatch(name)):
        return None
    return Entry(group=group, name=name, purpose=ts.purpose if name.startswith("004010X094") else "", guide=guide)


# --- one reading ------------------------------------------------------------------------------------------


def _read(data: bytes, laid_out: Layout, plan: Round) -> Opinion:
    report, envelope = io.StringIO(), _Envelope(laid_out)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            text, hear = text_of(data[laid_out.start :]), envelope.segment
            accepted = x12n_document(params(), text, None, None, fd_json=report, map_path=plan.folder(), callback=hear)
        if not report.getvalue():
            return stopped(PYX12, X12Error("not taken for X12"))
        said = json.loads(report.getvalue())
    except Exception as error:  # noqa: BLE001 - a peer's crash, whatever it is, is what the peer says
        return stopped(PYX12, error)
    found = [*envelope.found, *_Report(laid_out).findings(said)]
    if not accepted and not found:
        found.append(Finding(spot=Spot(), code=UNSAID, says="It refuses the input and does not say for what."))
    sets = sum(len(group["transactions"]) for each in said["interchanges"] for group in each["groups"])
    if laid_out.start:
        found.append(left_out())
        accepted = False
    found.sort(key=lambda each: each.spot)
    return Opinion(
        engine=PYX12,
        version=version_of(PYX12),
        accepted=bool(accepted),
        findings=tuple(found),
        sets=sets,
    )


def _joined(planned: Sequence[Round], readings: Sequence[Opinion]) -> Opinion:
    """Several readings as one: of each set what was found with its own guide, of the rest what the first found."""
    found: list[Finding] = []
    judged = frozenset().union(*(each.sets for each in planned))
    for plan, reading in zip(planned, readings, strict=True):
        rest = reading is readings[0]
        found += [
            each for each in reading.findings if each.spot.set in plan.sets or (rest and each.spot.set not in judged)
        ]
    found.sort(key=lambda each: each.spot)
    return Opinion(
        engine=PYX12,
        version=readings[0].version,
        accepted=not found,
        findings=tuple(found),
        sets=max(each.sets for each in readings),
    )


# --- what its report says ---------------------------------------------------------------------------------

#: IK3, IK4, IK5, AK9 and TA1 codes as pyx12 gives them, in our own words.
_SAYS = {
    "IK3 1": "It does not know the segment here.",
    "IK3 2": "The segment or loop is not used.",
    "IK3 3": "A required segment or loop is absent.",
    "IK3 4": "The loop stands here too often.",
    "IK3 5": "The segment stands here too often.",
    "IK3 8": "The segment has faulty elements.",
    "IK4 1": "A required element is absent.",
    "IK4 2": "An element that others call for is absent.",
    "IK4 3": "There are too many elements.",
    "IK4 4": "The element is too short.",
    "IK4 5": "The element is too long.",
    "IK4 6": "The element has a character that is not allowed.",
    "IK4 7": "The code is not allowed.",
    "IK4 8": "The date is not right.",
    "IK4 9": "The time is not right.",
    "IK4 10": "The element is not used, or excluded by another.",
    "IK5 2": "The SE is absent.",
    "IK5 3": "The control numbers in ST02 and SE02 differ.",
    "IK5 4": "SE01 is not the number of segments.",
    "IK5 23": "ST02 stands in an earlier set.",
    "AK9 3": "The GE is absent, or something in the group was left open.",
    "AK9 4": "The control numbers in GS06 and GE02 differ.",
    "AK9 5": "GE01 is not the number of sets.",
    "AK9 6": "GS06 stands in an earlier group.",
    "TA1 001": "The control numbers in ISA13 and IEA02 differ.",
    "TA1 021": "IEA01 is not the number of groups.",
    "TA1 023": "The IEA is absent.",
    "TA1 024": "Something in the interchange was left open.",
    "TA1 025": "ISA13 stands in an earlier interchange.",
    "HL1": "HL01 does not count from 1 without gaps.",
    "HL2": "HL02 names no level that is open.",
    "SEG1": "The segment ends in separators.",
    "LEAD": "The segment begins with a blank.",
}
#: A fault that pyx12 files under the code of an unknown segment, and how it words it.
_LEADING, _LEADING_SAID = "LEAD", "Segment contains a leading space"

#: How pyx12 words the faults of a segment that it files without an element -> the element's number.
_WORDED = (
    (re.compile(r"^Too many elements in segment .* should have (\d+)$"), 1),
    (re.compile(r'^Mandatory composite ".*" \([A-Z0-9]{2,3}(\d\d)\) is missing$'), 0),
    (re.compile(r'^Composite ".*" \([A-Z0-9]{2,3}(\d\d)\) is marked as Not Used$'), 0),
    (re.compile(r'^Too many sub-elements in composite ".*" \([A-Z0-9]{2,3}(\d\d)\)$'), 0),
)


def _worded_element(text: str) -> int:
    for pattern, more in _WORDED:
        if found := pattern.match(text):
            return int(found[1]) + more
    return 0


def _finding(spot: Spot, code: str) -> Finding:
    reports = code if " " in code else "IK3 8"
    return Finding(spot=spot, code=code, says=_SAYS.get(code, "It finds a fault here."), reports=reports)


#: A part of pyx12's JSON report.
_Part = dict[str, Any]


@dataclass(frozen=True)
class _Report:
    """pyx12's JSON report as findings; its lines count every segment of the input from 1."""

    laid_out: Layout

    def findings(self, said: _Part) -> Iterator[Finding]:
        for interchange in said["interchanges"]:
            yield from (_finding(Spot(), f"TA1 {each['err_cde']}") for each in interchange["errors"])
            for group in interchange["groups"]:
                yield from (_finding(Spot(), f"AK9 {each['err_cde']}") for each in group["errors"])
                for the_set in group["transactions"]:
                    yield from self._of_set(the_set)

    def _of_set(self, the_set: _Part) -> Iterator[Finding]:
        number, _ = self.laid_out.line(the_set["cur_line"])
        yield from (_finding(Spot(set=number), f"IK5 {each['err_cde']}") for each in the_set["errors"])
        for segment in the_set["segments"]:
            yield from self._of_segment(segment)

    def _of_segment(self, segment: _Part) -> Iterator[Finding]:
        number, position = self.laid_out.line(segment["cur_line"])
        name = str(segment["seg_id"] or "")
        name = name if grammar.is_segment_id(name) else ""  # what is no id may be a name
        for each in segment["errors"]:
            spot = Spot(set=number, position=position, segment=name, element=_worded_element(each["err_str"]))
            code = _LEADING if each["err_str"] == _LEADING_SAID else str(each["err_cde"])
            yield _finding(spot, f"IK3 {code}" if code.isdigit() else code)
        for element in segment["elements"]:
            spot = Spot(
                set=number,
                position=position,
                segment=name,
                element=int(element["ele_pos"] or 0),
                component=int(element["subele_pos"] or 0),
            )
            yield from (_finding(spot, f"IK4 {each['err_cde']}") for each in element["errors"])


#: The segments of the envelope, whose element faults pyx12 counts and does not report.
ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})


@dataclass
class _Envelope:
    """Hears of each segment as pyx12 goes, and asks its map again about those that its report leaves out."""

    laid_out: Layout
    found: list[Finding] = field(default_factory=list)

    def segment(self, segment: Any, source: Any, node: Any, _valid: object) -> None:
        """What `x12n_document` calls back with: the segment, the reader, the place in the map."""
        name = segment.get_seg_id()
        if name not in ENVELOPE or node is None or node.id != name:
            return
        number, position = self.laid_out.line(source.get_cur_line())
        _, faults = node.is_valid_errors(segment)
        for fault in faults:
            element = int(fault.refdes[-2:]) if fault.map_node is not None else 0
            spot = Spot(set=number, position=position, segment=name, element=element)
            self.found.append(_finding(spot, f"IK4 {fault.err_cde}" if element else "IK3 8"))
