"""005010X215, 278 inquiry: what became of an earlier request.

Known from samples and vendors' documents only; derived from the X217 request. It asks by
example: member, REF*BB or REF*NT, dates, provider, services. BHT02 28.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides import x217_request as x217
from priorwire.x12.guides.loosened import loosened
from priorwire.x12.guides.notation import el, loop
from priorwire.x12.guides.shapes import bht, se, st

GUIDE = Guide(
    id="005010X215",
    kind="278-inquiry",
    transaction="278",
    functional_group="HI",
    purposes=frozenset({"28"}),
    certain=False,
    source="public samples; derived from 005010X217",
    root=loop("ST", "R1", "set",
        st("278", "005010X215"),
        bht("0007", "28", kind=el("S ID 2", "kind of transaction")),
        loosened(x217.GUIDE.loops["2000A"]),
        se()))
