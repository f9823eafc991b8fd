"""The 275 in its editions: one minimal shape, enough to find the patient, the trace and the document.

Known from samples and public descriptions only, the order within a party from the public
listing of the standard's own 275. Who is who stands in NM101; each document is
a loop of LX with its trace, its question, its date and its bytes. The bytes may hold any
delimiter: their length is in the element before them.
"""

# fmt: off
from __future__ import annotations

from priorwire.x12.guide import Guide, Loop, Use
from priorwire.x12.guides.notation import comp, el, loop, use
from priorwire.x12.guides.shapes import n3, n4, se, st


def attachment(guide: str, *, document: tuple[Use, ...], also: str = "") -> Guide:
    """The 275 of one guide; `document` are the segments that carry the bytes, `also` other ids it goes by."""
    return Guide(
        id=guide,
        also=frozenset(also.split()),
        kind="275",
        transaction="275",
        functional_group="PI",
        certain=False,
        source="public samples and descriptions",
        root=loop("ST", "R1", "set",
            st("275", f"{guide} {also}"),
            use("BGN", "R1", "what this set is for",
                el("R ID 2", "02 unasked, 11 answer"),
                el("R AN 1/50", "reference"),
                el("R DT 8", "created on"),
                el("S TM 4/8", "created at"),
                *(el("S AN 1/50") for _ in range(5))),
            _party("1000A", "payer", "PR 40 X3 2B 36"),
            _party("1000B", "submitter", "41"),
            _party("1000C", "provider", "1P 85 FA 82 77 SJ DK DN 71 72 73"),
            _party("1000D", "patient", "QC IL 03"),
            loop("2000A", "S>1", "one document",
                use("LX", "R1", "number of the document", el("R N0 1/6", "number")),
                _trace(),
                _question(),
                _numbers(),
                _date(),
                loop("2100A", "S>1", "kind of document",
                    use("CAT", "R1", "kind of document", el("S ID 1/2", "how reported"), el("S ID 1/2", "format"),
                        el("S AN 1/30", "version"), el("S AN 1/30", "code")),
                    loop("2110A", "S>1", "bytes of the document", *document))),
            se()))


def _party(name: str, label: str, roles: str) -> Loop:
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
            el("S AN 2/80", "number"),
            when=f"1={roles}"),
        use("DMG", "S1", "birth date and gender",
            el("S ID 2/3", "format"), el("S AN 1/35", "birth date"), el("S ID 1", "gender")),
        use("PRV", "S1", "provider's role and taxonomy",
            el("R ID 1/3", "role"), el("S ID 2/3", "kind of code"), el("S AN 1/50", "taxonomy")),
        use("PER", "S>1", "contact",
            el("R ID 2", "function"),
            el("S AN 1/60", "name"),
            *(part for _ in range(3) for part in (el("S ID 2", "channel"), el("S AN 1/256", "address")))),
        _numbers(),
        _trace(),
        _date(),
        use("NX1", "S>1", "kind of address", el("R ID 2/3", "role")),
        n3("S>1"),
        n4("S>1"))


def _numbers() -> Use:
    return use("REF", "S>1", "other numbers",
        el("R ID 2/3", "kind of number"), el("S AN 1/50", "number"), el("S AN 1/80", "text"))


def _trace() -> Use:
    return use("TRN", "S>1", "attachment control number",
        el("R ID 1/2", "1 ours, 2 echoed"), el("R AN 1/50", "attachment control number"),
        el("S AN 10", "company that assigned it"), el("S AN 1/50", "part of that company"))


def _question() -> Use:
    code = comp("S", "question", el("S AN 1/30", "category"), el("S AN 1/30", "code"),
                el("S ID 2/3", "entity"), el("S ID 1/3", "code list"))
    return use("STC", "S>1", "question that is answered",
        code, el("S DT 8", "on"), *(el("S AN 1/80") for _ in range(7)), code, code, el("S AN 1/264", "text"))


def _date() -> Use:
    return use("DTP", "S>1", "date", el("R ID 3", "which date"), el("R ID 2/3", "format"), el("R AN 1/35", "date"))
