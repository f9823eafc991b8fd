"""The translation between our words and X12: the only room where a segment's name meets a business word.

Building: `build_270`, `build_275`, `build_278` and `build_278_inquiry` make the body of a transaction
set from a request and a `BuildContext`. What X12 cannot carry is refused with its place in the
request, and `Body.pointer` leads from a finding back to it. `read_278_request` and `read_270` are
their inverse. Reading: `read_271` and `read_278` make records from a placed set, each value with
its source; `say_ta1` and `say_999` put acknowledgments in the words of the lifecycle, and `said_when` dates a set.
`authorization_need` reads a coverage once more: does the service need an authorization? `summarize`
puts it together for a person to read.
"""

from __future__ import annotations

from priorwire.mapping.build_270 import build_270
from priorwire.mapping.build_275 import CURRENT_275, FORMER_275, Document, DocumentFormat, announced, build_275
from priorwire.mapping.build_278 import build_278
from priorwire.mapping.build_278_inquiry import build_278_inquiry
from priorwire.mapping.context import BuildContext
from priorwire.mapping.coverage_summary import summarize
from priorwire.mapping.draft import Body
from priorwire.mapping.need import authorization_need
from priorwire.mapping.patient_segments import patient_segments
from priorwire.mapping.read_270 import read_270
from priorwire.mapping.read_271 import read_271
from priorwire.mapping.read_278 import read_278
from priorwire.mapping.read_278_request import read_278_request
from priorwire.mapping.read_acknowledgments import AcknowledgmentFinding, AcknowledgmentSaid, say_999, say_ta1
from priorwire.mapping.repeated import told_apart
from priorwire.mapping.stamp import said_when
from priorwire.mapping.trace import Reading

__all__ = [
    "CURRENT_275",
    "FORMER_275",
    "AcknowledgmentFinding",
    "AcknowledgmentSaid",
    "Body",
    "BuildContext",
    "Document",
    "DocumentFormat",
    "Reading",
    "announced",
    "authorization_need",
    "build_270",
    "build_275",
    "build_278",
    "build_278_inquiry",
    "patient_segments",
    "read_270",
    "read_271",
    "read_278",
    "read_278_request",
    "said_when",
    "say_999",
    "say_ta1",
    "summarize",
    "told_apart",
]
