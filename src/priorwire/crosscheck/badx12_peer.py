"""badx12 0.2.1: a reader of envelopes that knows no guide.

What it writes is never looked at: it loses separators (`known_faults`). What it reads, it holds against
the counts and lengths of the envelope; by the element that it names, each finding gets its place.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from typing import Any

from badx12 import Parser
from badx12.utils.errors import IDMismatchError, SegmentCountError

from priorwire.crosscheck.finding import Finding, Opinion, Spot, left_out, stopped, version_of
from priorwire.crosscheck.layout import Layout, layout
from priorwire.errors import X12Error
from priorwire.x12 import read

BADX12 = "badx12"

#: badx12 asks whether a file of this name exists before it takes a text for a message. No path is this long.
_NO_PATH = "\n" * 5_000


def badx12_opinion(data: bytes) -> Opinion:
    """What badx12 finds. Never raises for what the bytes are: where it stops, that is its opinion."""
    try:
        return badx12_on(data, layout(list(read(data))))
    except X12Error:
        return badx12_on(data, Layout())


def badx12_on(data: bytes, laid_out: Layout) -> Opinion:
    """What badx12 finds in an input whose layout is known already."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            document = Parser().parse_document(data[laid_out.start :].decode("latin-1") + _NO_PATH)
            report = document.validate()
    except Exception as error:  # noqa: BLE001 - a peer's crash, whatever it is, is what the peer says
        return stopped(BADX12, error)
    sets = [each for group in document.interchange.groups for each in group.transaction_sets]
    before = (left_out(),) if laid_out.start else ()
    found = (*before, *_findings(report.error_list, sets))
    return Opinion(engine=BADX12, version=version_of(BADX12), accepted=not found, findings=found, sets=len(sets))


def _findings(errors: Iterable[Any], sets: list[Any]) -> Iterator[Finding]:
    """Each error, filed under the set whose header or trailer holds the very element that it names; 0 for none."""
    numbers = {
        id(element): number
        for number, each in enumerate(sets, 1)
        for element in (*each.header.fields, *each.trailer.fields)
    }
    return (_finding(error, numbers.get(id(error.segment), 0)) for error in errors)


#: What does not agree, by the segment that badx12 names -> what a TA1 or 999 says of it.
_NUMBERS = {"ISA": "TA1 001", "GS": "AK9 4", "ST": "IK5 3"}
_COUNTS = {"IEA": "TA1 021", "GE": "AK9 5", "SE": "IK5 4"}


def _finding(error: Any, number: int) -> Finding:
    name = str(error.segment.name)
    segment = name.rstrip("0123456789")
    spot = Spot(set=number, segment=segment, element=int(name[len(segment) :] or 0))
    if isinstance(error, IDMismatchError):
        says, reports = "The control numbers of header and trailer differ.", _NUMBERS.get(segment, "")
    elif isinstance(error, SegmentCountError):
        says, reports = "The count is not right.", _COUNTS.get(segment, "")
    elif "too short" in error.msg:
        says, reports = "The element is too short.", "IK4 4"
    else:
        says, reports = "The element is too long.", "IK4 5"
    return Finding(spot=spot, code=type(error).__name__, says=says, reports=reports)
