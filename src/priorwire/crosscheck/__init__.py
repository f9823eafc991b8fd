"""Second opinions: pyx12, over maps exported from our guides, and badx12 read the same bytes as our engine.

`crosscheck` lays ours beside each of theirs, finding by finding, with what explains each difference.
Nothing that a peer makes is ever sent or stored. Importing this takes a moment: it imports both.
"""

from __future__ import annotations

from priorwire.crosscheck.badx12_peer import badx12_opinion
from priorwire.crosscheck.compare import Comparison, Row, Verdict, compare, crosscheck
from priorwire.crosscheck.export import write_maps
from priorwire.crosscheck.finding import Finding, Opinion, Spot
from priorwire.crosscheck.known_faults import KNOWN_FAULTS, KnownFault
from priorwire.crosscheck.opinions import ours
from priorwire.crosscheck.pyx12_peer import pyx12_opinion, pyx12_validate

__all__ = [
    "KNOWN_FAULTS",
    "Comparison",
    "Finding",
    "KnownFault",
    "Opinion",
    "Row",
    "Spot",
    "Verdict",
    "badx12_opinion",
    "compare",
    "crosscheck",
    "ours",
    "pyx12_opinion",
    "pyx12_validate",
    "write_maps",
]
