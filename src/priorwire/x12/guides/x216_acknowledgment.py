"""005010X216, 278 notice acknowledgment: AAA by level, and REF*NT as the receipt.

Known from vendors' documents only; derived from the X217. It cannot echo every trace of the
notice. BHT02 11.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides.notation import el, loop
from priorwire.x12.guides.shapes import bht, se, st
from priorwire.x12.guides.x216_parts import hierarchy

GUIDE = Guide(
    id="005010X216",
    kind="278-notice-ack",
    transaction="278",
    functional_group="HI",
    purposes=frozenset({"11"}),
    certain=False,
    source="public vendor documents; derived from 005010X217",
    root=loop("ST", "R1", "set",
        st("278", "005010X216"),
        bht("0007", "11", kind=el("S ID 2", "kind of transaction")),
        hierarchy(),
        se()))
