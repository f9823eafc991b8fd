"""Invented interchanges and a small guide, for the tests of the engine.

The guide has every kind of part that the engine treats differently: levels, loops told apart
by a code, brackets, composites, repeats, relations, and uses told apart by `when`.
"""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.x12 import (
    Composite,
    Delimiters,
    Element,
    Event,
    Guide,
    Issue,
    Loop,
    Relation,
    Syntax,
    TransactionSet,
    Usage,
    Use,
    read,
    segments_of,
)
from priorwire.x12.guide import N, R, S

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1530*^*00501*000000007*0*T*:~"
GS = "GS*HI*SENDER*RECEIVER*20261201*1530*7*X*005010X217~"
GE = "GE*1*7~"
IEA = "IEA*1*000000007~"
BODY = (
    "BHT*0007*13*REF1*20261201*1530~",
    "HL*1**20*1~",
    "NM1*X3*2*EXAMPLE PAYER*****PI*12345~",
    "HL*2*1*22*0~",
    "NM1*IL*1*SAMPLE*SAM****MI*W000~",
)


def transaction(*body: str, number: str = "0001", count: int | None = None) -> str:
    """ST to SE with a right count, each segment of `body` with its terminator."""
    lines = body or BODY
    return f"ST*278*{number}*005010X217~{''.join(lines)}SE*{count or len(lines) + 2}*{number}~"


def interchange(*sets: str) -> bytes:
    """ISA to IEA around one group of `sets`, by default one set."""
    inside = "".join(sets) if sets else transaction()
    return f"{ISA}{GS}{inside}GE*{len(sets) or 1}*7~{IEA}".encode("latin-1")


def events(*chunks: bytes) -> list[Event]:
    return list(read(chunks))


def shape(data: bytes) -> list[str]:
    """The events of an input in one word each, with their issue codes: ``ISA GS SET(7) GE IEA``."""
    return [_word(event) for event in read(data)]


def _word(event: Event) -> str:
    codes = ",".join(issue.code.code for issue in event.issues)
    name = {
        "InterchangeStarted": "ISA",
        "GroupStarted": "GS",
        "GroupEnded": "GE",
        "InterchangeEnded": "IEA",
        "Ta1Read": "TA1",
        "Stray": "STRAY",
    }.get(type(event).__name__, "")
    if isinstance(event, TransactionSet):
        name = f"SET{len(event.segments)}"
    return f"{name}:{codes}" if codes else name


def only_set(data: bytes) -> TransactionSet:
    (found,) = [event for event in read(data) if isinstance(event, TransactionSet)]
    return found


def fingerprint(found: Sequence[Event]) -> list[object]:
    """Everything about events that must not depend on the chunks, positions too."""
    return [
        (
            _word(event),
            event.issues,
            [(s.elements, s.delimiters, s.number, s.start, s.end) for s in segments_of(event)],
        )
        for event in found
    ]


def lines(found: Sequence[Issue]) -> list[str]:
    """Findings, each whole on one line: code, loop, segment, position, element, component, repeat."""
    return [
        f"{each.code.code} {each.place.loop or '-'} {each.place.segment or '-'} {each.place.position}"
        + "".join(f" {n or 0}" for n in (each.place.element, each.place.component, each.place.repeat))
        for each in found
    ]


def an(usage: Usage = S, size: int = 60, *, repeat: int = 1) -> Element:
    return Element(usage=usage, max=size, repeat=repeat)


def code(values: str, usage: Usage = R, *, repeat: int = 1) -> Element:
    allowed = frozenset(values.split())
    return Element(
        usage=usage,
        type="ID",
        min=min(map(len, allowed)),
        max=max(map(len, allowed)),
        codes=allowed,
        repeat=repeat,
    )


def when(element: int, values: str) -> tuple[tuple[int | tuple[int, int], frozenset[str]], ...]:
    return ((element, frozenset(values.split())),)


def hl(level: str) -> Use:
    parts = (an(R, 12), an(S, 12), code(level), code("0 1"))
    return Use(id="HL", usage=R, elements=parts, when=when(3, level))


def nm1(who: str, *, syntax: tuple[Syntax, ...] = ()) -> Use:
    number = Element(type="AN", min=2, max=80)
    parts = (code(who), code("1 2"), an(), an(), an(), an(N), an(), code("24 46 MI PI XX", S), number)
    return Use(id="NM1", usage=R, elements=parts, when=when(1, who), syntax=syntax)


def name_loop(loop_id: str, who: str, *, usage: Usage = R, most: int | None = 1) -> Loop:
    paired = (Syntax(Relation.PAIRED, (8, 9)),)
    return Loop(
        id=loop_id,
        usage=usage,
        max=most,
        parts=(
            nm1(who, syntax=paired),
            Use(id="REF", elements=(code("1L EJ SY"), an(R)), max=2),
            Use(id="N3", elements=(an(R), an())),
            Use(id="DMG", elements=(code("D8"), an(R, 35), code("F M U", S))),
        ),
    )


DIAGNOSES = Composite(
    usage=R,
    parts=(code("ABK ABF"), an(R, 30), code("D8 RD8", S), an(S, 35)),
    syntax=(Syntax(Relation.PAIRED, (3, 4)),),
)

EVENT = Loop(
    id="2000E",
    usage=S,
    max=None,
    parts=(
        hl("EV"),
        Use(id="TRN", elements=(code("1 2"), an(R, 50), Element(usage=S, min=10, max=10)), max=2),
        Use(id="AAA", elements=(code("N Y"), an(N), code("15 33 72"), code("C N")), max=9),
        Use(id="UM", usage=R, elements=(code("AR HS"), code("I 1 2"), an(S, 2))),
        Use(id="HCR", elements=(code("A1 A3 A4"), an(S, 50), code("0F 0U", S, repeat=5))),
        Use(id="REF", elements=(code("BB"), an(R, 50)), when=when(1, "BB")),
        Use(id="REF", elements=(code("NT"), an(R, 50)), when=when(1, "NT")),
        Use(id="DTP", elements=(code("AAH"), code("D8 RD8"), an(R, 35)), when=when(1, "AAH")),
        Use(id="HI", elements=(DIAGNOSES, Composite(parts=DIAGNOSES.parts))),
        Use(
            id="HSD",
            elements=(
                code("DY VS", S),
                Element(type="R", max=15),
                an(S, 2),
                Element(type="N0", min=1, max=3),
                Element(type="TM", min=4, max=8),
            ),
            syntax=(
                Syntax(Relation.REQUIRED, (1, 4)),
                Syntax(Relation.EXCLUSION, (3, 4)),
                Syntax(Relation.CONDITIONAL, (2, 1)),
                Syntax(Relation.LIST, (5, 3, 4)),
            ),
        ),
        name_loop("2010EA", "71 72 SJ", usage=S, most=2),
        Use(id="LS", elements=(an(R, 4),)),
        Loop(id="2120", max=3, parts=(nm1("P3"), Use(id="PER", elements=(code("IC"), an()), max=3))),
        Use(id="LE", elements=(an(R, 4),)),
    ),
)

DEPENDENT = Loop(id="2000D", usage=S, parts=(hl("23"), name_loop("2010D", "QC"), EVENT))
SUBSCRIBER = Loop(id="2000C", usage=R, parts=(hl("22"), name_loop("2010C", "IL"), DEPENDENT, EVENT))
SOURCE = Loop(id="2000A", usage=R, parts=(hl("20"), name_loop("2010A", "X3 PR"), SUBSCRIBER))

GUIDE = Guide(
    id="005010X217",
    kind="278-request",
    transaction="278",
    functional_group="HI",
    root=Loop(
        id="ST",
        usage=R,
        parts=(
            Use(id="ST", usage=R, elements=(code("278"), an(R, 9), an(S, 35))),
            Use(
                id="BHT",
                usage=R,
                elements=(
                    code("0007"),
                    code("13 11"),
                    an(R, 50),
                    Element(usage=R, type="DT", min=8, max=8),
                    Element(usage=R, type="TM", min=4, max=8),
                ),
            ),
            SOURCE,
            Use(id="SE", usage=R, elements=(Element(usage=R, type="N0", max=10), an(R, 9))),
        ),
    ),
)

OTHER_DELIMITERS = Delimiters(element="|", repetition="{", component=">", segment="\n")
