"""005010X216: what the notice and its acknowledgment share.

The roles of the hierarchy are turned round: HL 20 is whoever sends the information (a
facility, or a review organization), HL 21 whoever receives it. Both sides are written down
as the same open loop, because samples show payers and providers on either. The level of a
patient may hold the trace that is answered, a rejection, and the number under which the
notice was received (public listings of the acknowledgment's segments).
"""

# fmt: off
from __future__ import annotations

from dataclasses import replace

from priorwire.x12.guide import Loop, Use
from priorwire.x12.guides import x217_response as x217
from priorwire.x12.guides.loosened import loosened
from priorwire.x12.guides.notation import el, loop, use
from priorwire.x12.guides.shapes import hl, n3, n4

#: The levels of a patient: whoever receives a notice may answer at either.
_PATIENTS = frozenset({"2000C", "2000D"})


def hierarchy() -> Loop:
    """2000A with everything under it."""
    return loop("2000A", "S>1", "who informs",
        hl("20", "0 1", parent="S"),
        _rejection(),
        _party("2010A", "name of who informs"),
        loop("2000B", "S>1", "who is informed",
            hl("21", "0 1", parent="S"),
            _rejection(),
            _party("2010B", "name of who is informed"),
            _received(loosened(x217.GUIDE.loops["2000C"]))))


def _received(part: Loop) -> Loop:
    """The same loop, where trace, rejection and receipt stand at a patient's level."""
    opener, *rest = (_received(each) if isinstance(each, Loop) else each for each in part.parts)
    own = (_trace(), _rejection(), _receipt()) if part.id in _PATIENTS else ()
    return replace(part, parts=(opener, *own, *rest))


def _trace() -> Use:
    return use("TRN", "S>1", "trace",
        el("R ID 1/2", "1 ours, 2 echoed"), el("R AN 1/50", "trace"), el("S AN 10", "company that assigned it"),
        el("S AN 1/50", "part of that company"))


def _receipt() -> Use:
    return use("REF", "S>1", "receipt", el("R ID 2/3", "kind of number"), el("S AN 1/50", "number"))


def _rejection() -> Use:
    return use("AAA", "S>1", "rejection",
        el("R ID 1", "was the request valid"), el("S ID 2"), el("S ID 2", "reason"), el("S ID 1", "what to do"))


def _party(name: str, label: str) -> Loop:
    return loop(name, "S>1", label,
        use("NM1", "R1", label,
            el("R ID 2/3", "role"),
            el("R ID 1", "person or organization"),
            el("S AN 1/60", "last or organization name"),
            el("S AN 1/35", "first name"),
            el("S AN 1/25", "middle name"),
            el("S AN 1/10", "name prefix"),
            el("S AN 1/10", "name suffix"),
            el("S ID 1/2", "kind of number"),
            el("S AN 2/80", "number")),
        use("REF", "S>1", "other numbers",
            el("R ID 2/3", "kind of number"), el("S AN 1/50", "number"), el("S AN 1/80", "text")),
        n3(),
        n4(),
        use("PER", "S>1", "contact",
            el("R ID 2", "function"),
            el("S AN 1/60", "name"),
            *(part for _ in range(3) for part in (el("S ID 2", "channel"), el("S AN 1/256", "address"))),
            el("S AN 1/20", "reference")),
        _rejection(),
        use("PRV", "S1", "provider's role and taxonomy",
            el("R ID 1/3", "role"), el("S ID 2/3", "kind of code"), el("S AN 1/50", "taxonomy")))
