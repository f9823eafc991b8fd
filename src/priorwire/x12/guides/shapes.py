"""Segments as the guides share them: each function is one segment's row of elements.

What differs from use to use (which codes, how often, required or not) is an argument, so
that a guide file shows the difference and nothing else. Types and lengths are those of the
005010 dictionary. An element that every guide here marks not used stands as such.
"""

from __future__ import annotations

from priorwire.x12.guide import Composite, Element, Use
from priorwire.x12.guides.notation import comp, el, not_used, told, use

#: Contact channels (element 365) as PER03 allows them, and the extension that may follow as PER05 or PER07.
REVIEW_CHANNELS = "EM FX TE UR"
EXTENSION = "EX"


# --- envelope of the set ----------------------------------------------------------------------------------


def st(transaction: str, guides: str) -> Use:
    """ST of a 5010 or later set; `guides` are the values ST03 may have."""
    return use(
        "ST", "R1", "set header",
        el("R ID 3", "transaction", transaction),
        el("R AN 4/9", "set control number"),
        el("R AN 1/35", "guide", guides),
    )  # fmt: skip


def bht(structure: str, purposes: str, *, reference: str = "R", kind: Element) -> Use:
    """BHT; `reference` is the usage of BHT03 and `kind` the whole of BHT06."""
    return use(
        "BHT", "R1", "what this set is for",
        el("R ID 4", "hierarchy", structure),
        el("R ID 2", "purpose", purposes),
        el(f"{reference} AN 1/50", "reference of the transaction"),
        el("R DT 8", "created on"),
        el("R TM 4/8", "created at"),
        kind,
    )  # fmt: skip


def se() -> Use:
    """SE."""
    return use("SE", "R1", "set trailer", el("R N0 1/10", "segments"), el("R AN 4/9", "set control number"))


# --- hierarchy --------------------------------------------------------------------------------------------


def hl(level: str, children: str, *, parent: str = "R", also: str = "") -> Use:
    """HL of one level.

    Args:
        level: HL03.
        children: HL04 values allowed here.
        parent: Usage of HL02; ``N`` at the top.
        also: Other HL03 values by which senders mean this level; they are placed, and then reported.
    """
    return use(
        "HL", "R1", "level",
        el("R AN 1/12", "number"),
        el("N") if parent == "N" else el(f"{parent} AN 1/12", "number of the parent"),
        el("R ID 1/2", "level", level),
        el("R ID 1", "has children", children),
        when=f"3={level} {also}",
    )  # fmt: skip


def trn(occurs: str, types: str) -> Use:
    """TRN: who asks or answers, under which number."""
    return use(
        "TRN", occurs, "trace",
        el("R ID 1/2", "1 ours, 2 echoed", types),
        el("R AN 1/50", "trace number"),
        el("R AN 10", "company that assigned it"),
        el("S AN 1/50", "part of that company"),
    )  # fmt: skip


# --- people and organizations -----------------------------------------------------------------------------


def nm1(
    label: str,
    who: str,
    *,
    entity: str = "1 2",
    last: str = "S",
    given: str = "S",
    prefix: str = "N",
    suffix: str = "S",
    number: str = "R",
    qualifiers: str = "",
    relation: str = "",
    when: str = "",
) -> Use:
    """NM1, always the opener of its loop.

    Args:
        label: Whose name.
        who: NM101 values.
        entity: NM102 values: 1 a person, 2 anything else.
        last: Usage of NM103; ``given`` of NM104 and NM105; ``prefix`` of NM106; ``suffix`` of NM107.
        given: See `last`.
        prefix: See `last`.
        suffix: See `last`.
        number: Usage of NM108 and NM109; ``N`` where a number may not be sent.
        qualifiers: NM108 values.
        relation: NM110 values, where that is used.
        when: NM101 values by which this loop is told from its siblings; aliases seen in the field included.
    """
    return use(
        "NM1", "R1", label,
        el("R ID 2/3", "role", who),
        el("R ID 1", "person or organization", entity),
        _maybe(last, "AN 1/60", "last or organization name"),
        _maybe(given, "AN 1/35", "first name"),
        _maybe(given, "AN 1/25", "middle name"),
        _maybe(prefix, "AN 1/10", "name prefix"),
        _maybe(suffix, "AN 1/10", "name suffix"),
        _maybe(number, "ID 1/2", "kind of number", qualifiers),
        _maybe(number, "AN 2/80", "number"),
        el("S ID 2", "relation", relation) if relation else el("N"),
        *not_used(2),
        when=f"1={when}" if when else "",
        syntax="P0809",
    )  # fmt: skip


def n3(occurs: str = "S1") -> Use:
    """N3."""
    return use("N3", occurs, "street", el("R AN 1/55", "first line"), el("S AN 1/55", "second line"))


def n4(occurs: str = "S1", *, city: str = "R", location: str = "") -> Use:
    """N4; `city` is the usage of N401, `location` the N405 values where N405 and N406 are used."""
    return use(
        "N4", occurs, "city, state, postal code",
        el(f"{city} AN 2/30", "city"),
        el("S ID 2", "state or province", value=told(4, state="- US CA")),
        el("S ID 3/15", "postal code", value=told(4, zip="- US")),
        el("S ID 2/3", "country"),
        el("S ID 1/2", "kind of location", location) if location else el("N"),
        el("S AN 1/30", "location") if location else el("N"),
        el("S ID 1/3", "country subdivision"),
        syntax="E0207 C0704 C0605" if location else "E0207 C0704",
    )  # fmt: skip


def per(occurs: str, channels: str, more: str = "") -> Use:
    """PER; `channels` are the PER03 values, `more` those that PER05 and PER07 allow (the same and an extension)."""
    later = more or f"{channels} {EXTENSION}"
    return use(
        "PER", occurs, "contact",
        el("R ID 2", "function", "IC"),
        el("S AN 1/60", "name"),
        el("S ID 2", "first channel", channels),
        el("S AN 1/256", "first address"),
        el("S ID 2", "second channel", later),
        el("S AN 1/256", "second address"),
        el("S ID 2", "third channel", later),
        el("S AN 1/256", "third address"),
        el("N"),
        syntax="P0304 P0506 P0708",
    )  # fmt: skip


def prv(occurs: str, roles: str, *, qualifiers: str = "PXC", taxonomy: str = "S") -> Use:
    """PRV; `taxonomy` is the usage of PRV02 and PRV03."""
    return use(
        "PRV", occurs, "provider's role and taxonomy",
        el("R ID 1/3", "role", roles),
        el(f"{taxonomy} ID 2/3", "kind of code", qualifiers),
        el(f"{taxonomy} AN 1/50", "taxonomy", value=told(2, taxonomy="PXC")),
        *not_used(3),
        syntax="P0203",
    )  # fmt: skip


def ref(occurs: str, label: str, qualifiers: str, *, text: str = "N", when: str = "") -> Use:
    """REF; `text` is the usage of REF03, `when` the REF01 values where several uses stand together."""
    return use(
        "REF", occurs, label,
        el("R ID 2/3", "kind of number", qualifiers),
        el("R AN 1/50", "number"),
        _maybe(text, "AN 1/80", "text"),
        el("N"),
        when=f"1={when}" if when else "",
        syntax="R0203",
    )  # fmt: skip


def dmg(genders: str, *, birth: str = "S") -> Use:
    """DMG; `birth` is the usage of DMG01 and DMG02."""
    return use(
        "DMG", "S1", "birth date and gender",
        el(f"{birth} ID 2/3", "format", "D8"),
        el(f"{birth} AN 1/35", "birth date"),
        el("S ID 1", "gender", genders),
        *not_used(8),
        syntax="P0102",
    )  # fmt: skip


def ins(
    insured: str,
    relations: str,
    *,
    change: str = "N",
    military: str = "",
    birth: str = "N",
) -> Use:
    """INS.

    Args:
        insured: INS01.
        relations: INS02 values.
        change: Usage of INS03 and INS04, by which a payer says that it changed an identifying element.
        military: INS08 values where it is used; it is required then.
        birth: Usage of INS17, the place in a multiple birth.
    """
    return use(
        "INS", "S1", "relationship",
        el("R ID 1", "is the subscriber", insured),
        el("R ID 2", "relationship", relations),
        _maybe(change, "ID 3", "kind of change", "001"),
        _maybe(change, "ID 2/3", "reason of change", "25"),
        *not_used(3),
        el("R ID 2", "military status", military) if military else el("N"),
        *not_used(8),
        _maybe(birth, "N0 1/9", "birth sequence"),
    )  # fmt: skip


# --- dates, texts, counts ---------------------------------------------------------------------------------


def dtp(occurs: str, label: str, qualifiers: str, formats: str = "D8 RD8", *, alone: bool = False) -> Use:
    """DTP; `alone` where no other DTP stands beside it, so that nothing has to be told apart."""
    return use(
        "DTP", occurs, label,
        el("R ID 3", "which date", qualifiers),
        el("R ID 2/3", "format", formats),
        el("R AN 1/35", "date or period"),
        when="" if alone else f"1={qualifiers}",
    )  # fmt: skip


def msg(occurs: str) -> Use:
    """MSG."""
    return use("MSG", occurs, "text", el("R AN 1/264", "text"), *not_used(2))


def aaa(occurs: str, reasons: str, actions: str, *, valid: str = "N") -> Use:
    """AAA; `valid` are the AAA01 values."""
    return use(
        "AAA", occurs, "rejection",
        el("R ID 1", "was the request valid", valid),
        el("N"),
        el("R ID 2", "reason", reasons),
        el("R ID 1", "what to do", actions),
    )  # fmt: skip


def hsd(occurs: str, *, units: str, per_unit: str, periods: str, patterns: str) -> Use:
    """HSD: how much, how often."""
    return use(
        "HSD", occurs, "amount and frequency of service",
        el("S ID 2", "unit", units),
        el("S R 1/15", "quantity"),
        el("S ID 2", "per", per_unit),
        el("S R 1/6", "every so many"),
        el("S ID 1/2", "period", periods),
        el("S N0 1/3", "number of periods"),
        el("S ID 1/2", "days of the pattern", patterns),
        el("S ID 1", "time of day", "A B C D E F G Y"),
        syntax="P0102 C0605",
    )  # fmt: skip


#: By code system: CPT and HCPCS, CDT, NDC. The others are lists of somebody's own.
_PROCEDURE = told(1, hcpcs="HC", cdt="AD", ndc="N4")
#: By code list. ICD-9-CM is under the names without an A.
_DIAGNOSIS = told(1, icd10cm="ABK ABF ABJ APR", icd9cm="BK BF BJ PR", drg="DR", loinc="LOI")


# --- composites -------------------------------------------------------------------------------------------


def procedure(usage: str, systems: str, *, description: bool = False, end: bool = False) -> Composite:
    """C003, a procedure: code system, code, four modifiers, and where used a description and the end of a range."""
    return comp(
        usage, "procedure",
        el("R ID 2", "code system", systems),
        el("R AN 1/48", "code", value=_PROCEDURE),
        *(el("S AN 2", "modifier") for _ in range(4)),
        el("S AN 1/80", "description") if description else el("N"),
        el("S AN 1/48", "end of the range", value=_PROCEDURE) if end else el("N"),
    )  # fmt: skip


def pointers(usage: str = "S") -> Composite:
    """C004, which of the diagnoses of HI."""
    return comp(
        usage, "diagnosis pointers",
        el("R N0 1/2", "first diagnosis"),
        *(el("S N0 1/2", "further diagnosis") for _ in range(3)),
    )  # fmt: skip


def diagnosis(usage: str, lists: str, *, dated: bool = False) -> Composite:
    """C022, a code of HI; `dated` where a date may follow it."""
    return comp(
        usage, "code",
        el("R ID 1/3", "code list", lists),
        el("R AN 1/30", "code", value=_DIAGNOSIS),
        el("S ID 2/3", "format", "D8") if dated else el("N"),
        el("S AN 1/35", "date") if dated else el("N"),
        *not_used(5),
        syntax="P0304" if dated else "",
    )  # fmt: skip


def _maybe(usage: str, shape: str, label: str, allowed: str = "") -> Element:
    return el("N") if usage == "N" else el(f"{usage} {shape}", label, allowed)
