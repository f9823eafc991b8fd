"""The X12 engine: bytes in, values out.

It opens no file, socket, clock or log, imports the standard library only, and never puts the
value of an element into a message. The guides are data in `priorwire.x12.guides` and are not
imported here: whoever needs one asks for it there.

Read: `read` (or a `Reader`, fed as bytes arrive) gives events; `place` and `validate` hold a
`TransactionSet` against a guide. Write: `make_segment`, then `write_interchange`. Answer:
`acknowledge` makes TA1 and 999 from what was found, `read_ta1` and `read_999` read them.
"""

from __future__ import annotations

from .acknowledge import Acknowledged, SetFindings, Strictness, acknowledge, acknowledge_group, make_ta1
from .acknowledgment import Acknowledgment999, Finding999, SetOutcome, Ta1, Trigger999, Verdict, read_999, read_ta1
from .arranging import place
from .envelope import GroupHeader, InterchangeHeader, group_header, gs_segment, interchange_header, isa_segment
from .events import (
    END,
    NEED_DATA,
    Event,
    GroupEnded,
    GroupStarted,
    InterchangeEnded,
    InterchangeStarted,
    Pause,
    Stray,
    Ta1Read,
    TransactionSet,
)
from .guide import Composite, Element, Guide, Loop, Relation, Syntax, Usage, Use
from .issues import ISSUE_CODES, Issue, IssueCode, Level, Place, Severity
from .loops import LoopNode, Placed
from .reader import Reader, read, read_one
from .segments import DEFAULT_DELIMITERS, Delimiters, Repeat, Segment, Value, make_segment
from .splitting import Part, Parts, split
from .validate import ALL_LEVELS, Checked, validate
from .writer import GroupToWrite, SetToWrite, segments_of, set_segments, write_events, write_interchange

__all__ = [
    "ALL_LEVELS",
    "DEFAULT_DELIMITERS",
    "END",
    "ISSUE_CODES",
    "NEED_DATA",
    "Acknowledged",
    "Acknowledgment999",
    "Checked",
    "Composite",
    "Delimiters",
    "Element",
    "Event",
    "Finding999",
    "GroupEnded",
    "GroupHeader",
    "GroupStarted",
    "GroupToWrite",
    "Guide",
    "InterchangeEnded",
    "InterchangeHeader",
    "InterchangeStarted",
    "Issue",
    "IssueCode",
    "Level",
    "Loop",
    "LoopNode",
    "Part",
    "Parts",
    "Pause",
    "Place",
    "Placed",
    "Reader",
    "Relation",
    "Repeat",
    "Segment",
    "SetFindings",
    "SetOutcome",
    "SetToWrite",
    "Severity",
    "Stray",
    "Strictness",
    "Syntax",
    "Ta1",
    "Ta1Read",
    "TransactionSet",
    "Trigger999",
    "Usage",
    "Use",
    "Value",
    "Verdict",
    "acknowledge",
    "acknowledge_group",
    "group_header",
    "gs_segment",
    "interchange_header",
    "isa_segment",
    "make_segment",
    "make_ta1",
    "place",
    "read",
    "read_999",
    "read_one",
    "read_ta1",
    "segments_of",
    "set_segments",
    "split",
    "validate",
    "write_events",
    "write_interchange",
]
