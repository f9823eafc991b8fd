"""005010X231A1, 999 implementation acknowledgment.

Read from the public rule file of X231A1 and an open implementation that agrees. One set
answers one functional group.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides.notation import comp, el, loop, not_used, use
from priorwire.x12.guides.shapes import se, st

_CURRENT, _BASE = "005010X231A1", "005010X231"

#: IK502 to IK506, why a set was rejected (element 618), and AK905 to AK909, why a group was (element 716).
_SET_ERRORS = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 23 24 25 26 27 I5 I6"
_GROUP_ERRORS = "1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 19 23 24 25 26"

_POSITION = comp("S", "place in the segment",
    el("R N0 1/2", "element"),
    el("S N0 1/2", "component"),
    el("S N0 1/4", "repeat"))

#: The dictionary gives it four characters. The loops of the guides that a 999 is about have up to six,
#: and whoever names them does so in full.
_LOOP = el("S AN 1/6", "loop")

_REFERENCE = comp("S", "element of the dictionary",
    el("R AN 1/4", "element or composite"),
    el("S N0 1/4", "component"))

_TRIGGER = comp("R", "context",
    el("R AN 1/35", "what it is", "'SITUATIONAL TRIGGER'"),
    el("N"))

segment_context = use("CTX", "S9", "segment that called for it",
    _TRIGGER,
    el("R ID 2/3", "segment"),
    el("R N0 1/10", "its position in the set"),
    _LOOP,
    _POSITION,
    _REFERENCE,
    when="1-1='SITUATIONAL TRIGGER'")

business_unit = use("CTX", "S1", "whose record it is",
    comp("R", "context",
        el("R AN 1/35", "which identifier"),
        el("R AN 1/35", "identifier")),
    *not_used(5))

element_context = use("CTX", "S10", "segment that called for it",
    _TRIGGER,
    el("R ID 2/3", "segment"),
    el("R N0 1/10", "its position in the set"),
    _LOOP,
    _POSITION,
    _REFERENCE,
    when="1-1='SITUATIONAL TRIGGER'")

GUIDE = Guide(
    id=_CURRENT,
    also=frozenset({_BASE}),
    kind="999",
    transaction="999",
    functional_group="FA",
    source="public rule file for 999 005010X231A1, and stupidedi's definition",
    root=loop("ST", "R1", "set",
        st("999", f"{_CURRENT} {_BASE}"),
        use("AK1", "R1", "group that is answered",
            el("R ID 2", "functional identifier"),
            el("R N0 1/9", "group control number"),
            el("R AN 1/12", "version")),
        loop("2000", "S>1", "one set of the group",
            use("AK2", "R1", "set that is answered",
                el("R ID 3", "transaction"),
                el("R AN 4/9", "set control number"),
                el("S AN 1/35", "guide")),
            loop("2100", "S>1", "one faulty segment",
                use("IK3", "R1", "segment",
                    el("R ID 2/3", "segment"),
                    el("R N0 1/10", "its position in the set"),
                    _LOOP,
                    el("R ID 1/3", "what is wrong", "1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9")),
                segment_context,
                business_unit,
                loop("2110", "S>1", "one faulty element",
                    use("IK4", "R1", "element",
                        comp("R", "place in the segment",
                            el("R N0 1/2", "element"),
                            el("S N0 1/2", "component"),
                            el("S N0 1/4", "repeat")),
                        el("S N0 1/4", "element of the dictionary"),
                        el("R ID 1/3", "what is wrong", "1 2 3 4 5 6 7 8 9 10 12 13 I6 I9 I10 I11 I12 I13"),
                        el("S AN 1/99", "copy of the element")),
                    element_context)),
            use("IK5", "R1", "the set as a whole",
                el("R ID 1", "accepted or rejected", "A E M R W X"),
                *(el("S ID 1/3", "why", _SET_ERRORS) for _ in range(5)))),
        use("AK9", "R1", "the group as a whole",
            el("R ID 1", "accepted or rejected", "A E M P R W X"),
            el("R N0 1/6", "sets announced"),
            el("R N0 1/6", "sets received"),
            el("R N0 1/6", "sets accepted"),
            *(el("S ID 1/3", "why", _GROUP_ERRORS) for _ in range(5))),
        se()))
