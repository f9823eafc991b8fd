"""005010X215, 278 inquiry response: the events that the inquiry found.

Known from samples and vendors' documents only; derived from the X217 response. Many
subscribers and many events may come back, each with HCR, numbers and dates; UM may be
missing; nothing found is AAA. BHT02 49, BHT06 mostly RD.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide
from priorwire.x12.guides import x217_response as x217
from priorwire.x12.guides.loosened import loosened
from priorwire.x12.guides.notation import el, loop
from priorwire.x12.guides.shapes import bht, se, st

GUIDE = Guide(
    id="005010X215",
    kind="278-inquiry-response",
    transaction="278",
    functional_group="HI",
    purposes=frozenset({"49"}),
    certain=False,
    source="public samples; derived from 005010X217",
    root=loop("ST", "R1", "set",
        st("278", "005010X215"),
        bht("0007", "49", kind=el("S ID 2", "kind of transaction")),
        loosened(x217.GUIDE.loops["2000A"]),
        se()))
