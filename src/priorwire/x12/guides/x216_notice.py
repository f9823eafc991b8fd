"""005010X216, 278 notice: an admission, a discharge or a finished review, pushed one way.

Known from samples and vendors' documents only; derived from the X217. BHT02 CN completion,
14 advance, 22 information copy, 01 cancel.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides.notation import el, loop
from priorwire.x12.guides.shapes import bht, se, st
from priorwire.x12.guides.x216_parts import hierarchy

GUIDE = Guide(
    id="005010X216",
    kind="278-notice",
    transaction="278",
    functional_group="HI",
    purposes=frozenset({"CN", "14", "22", "01"}),
    certain=False,
    source="public samples; derived from 005010X217",
    root=loop("ST", "R1", "set",
        st("278", "005010X216"),
        bht("0007", "CN 14 22 01", kind=el("S ID 2", "kind of transaction")),
        hierarchy(),
        se()))
