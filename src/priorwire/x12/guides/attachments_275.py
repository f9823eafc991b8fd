"""275 attachments: 006020X316 and 005010X211 to a 278, 005010X210 and 006020X314 to a claim."""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Use
from priorwire.x12.guides.attachment_parts import attachment
from priorwire.x12.guides.notation import el, use

#: A document is bytes: as long as its length says.
_BYTES = "R B 1/999999999999999"

_FORMAT = use("EFI", "R1", "format of the bytes",
    el("R ID 2", "security"), *(el("S AN 1/264") for _ in range(15)))

_RAW: tuple[Use, ...] = (
    _FORMAT,
    use("BIN", "S1", "bytes", el("R N0 1/15", "length"), el(_BYTES, "bytes")),
)

_ENCODED: tuple[Use, ...] = (
    use("OOI", "R1", "identity of the document", *(el("S AN 1/80") for _ in range(4))),
    use("BDS", "S1", "bytes",
        el("R ID 3", "encoding", "B64 ASC"), el("R N0 1/15", "length"), el(_BYTES, "bytes")),
)

X316 = attachment("006020X316", document=_ENCODED, also="006020X314")
X211 = attachment("005010X211", document=_RAW)
X210 = attachment("005010X210", document=_RAW)
