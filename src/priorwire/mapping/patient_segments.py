"""Which segments of a set say who the patient is: those that are masked where a message is shown unasked."""

from __future__ import annotations

from priorwire.mapping.said import inner_loops
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

_PERSONS = ("2000C", "2000D")
#: What stands at a person's level and names nobody.
_NAME_NOBODY = frozenset({"HL", "AAA", "DTP"})


def patient_segments(root: LoopNode) -> frozenset[int]:
    """The numbers in the set of the segments that tell who the subscriber or the dependent is."""
    found: set[int] = set()
    for level in (node for node in root.walk() if node.guide.id in _PERSONS):
        for node in inner_loops(level):
            if node is level or (node.parent is level and _names(node)):
                found.update(each.number for each in node.segments if each.elements[0] not in _NAME_NOBODY)
    return frozenset(found)


def _names(node: LoopNode) -> bool:
    opener = node.opener
    return isinstance(opener, Segment) and opener.elements[0] == "NM1"
