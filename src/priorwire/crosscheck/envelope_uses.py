"""The envelope, in the notation of the guides: pyx12 wants ISA to IEA in every map, our guides begin at the ST.

Widths, qualifiers and codes are those of `priorwire.x12.grammar`; the rest is X12.5 as public companion
guides restate it.
"""

# fmt: off
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from priorwire.x12 import Usage, Use, grammar
from priorwire.x12.guides import guide
from priorwire.x12.guides.notation import el, use


def isa() -> Use:
    """ISA. ISA12 names 5010 first: pyx12 takes the first code for the version of the whole map."""
    return use("ISA", "R1", "interchange header",
        el("R ID 2", "kind of authorization", " ".join(sorted(grammar.AUTHORIZATION_QUALIFIERS))),
        el("R AN 10", "authorization"),
        el("R ID 2", "kind of security", " ".join(sorted(grammar.SECURITY_QUALIFIERS))),
        el("R AN 10", "security"),
        el("R ID 2", "kind of sender", " ".join(sorted(grammar.ID_QUALIFIERS))),
        el("R AN 15", "sender"),
        el("R ID 2", "kind of receiver", " ".join(sorted(grammar.ID_QUALIFIERS))),
        el("R AN 15", "receiver"),
        el("R DT 6", "date"),
        el("R TM 4", "time"),
        el("R AN 1", "repetition separator"),
        el("R ID 5", "version", "00501 00401"),
        el("R N0 9", "control number"),
        el("R ID 1", "acknowledgment wanted", "0 1"),
        el("R ID 1", "production or test", " ".join(sorted(grammar.USAGE_INDICATORS))),
        el("R AN 1", "component separator"))


def gs(functional_group: str, versions: Iterable[str]) -> Use:
    """GS of one guide; no group and no versions where any will do."""
    return use("GS", "R1", "group header",
        el("R ID 2", "functional group", functional_group),
        el("R AN 2/15", "sender"),
        el("R AN 2/15", "receiver"),
        el("R DT 8", "date"),
        el("R TM 4/8", "time"),
        el("R N0 1/9", "control number"),
        el("R ID 1/2", "agency", "X"),
        el("R AN 1/12", "version", " ".join(sorted(versions))))


def ta1() -> Use:
    """TA1, which may stand in an interchange or not, and several times."""
    return replace(guide("TA1").root.opener, usage=Usage.SITUATIONAL, max=None)


def ge() -> Use:
    """GE."""
    return use("GE", "R1", "group trailer", el("R N0 1/6", "sets"), el("R N0 1/9", "control number"))


def iea() -> Use:
    """IEA."""
    return use("IEA", "R1", "interchange trailer", el("R N0 1/5", "groups"), el("R N0 9", "control number"))
