"""The page about the implementation guides, made from the guides themselves."""

from __future__ import annotations

from collections.abc import Iterator

from priorwire.x12 import Element, Guide, Loop, Usage, Use
from priorwire.x12.guide import Rule
from priorwire.x12.guides import guide, guides
from priorwire.x12.guides.ta1 import NOTES, VERDICTS

#: How deep a loop stands is shown by so many of these before its id.
_DEEPER = "· "
_SENT = {Usage.REQUIRED: "required", Usage.SITUATIONAL: "situational", Usage.NOT_USED: "not used"}


def guides_page(made: str) -> str:
    """The whole page; `made` says how it is made anew."""
    return "\n".join(
        (
            "# Implementation guides",
            "",
            made,
            "",
            "What the engine reads, checks and writes by. *Known* says whether the structure rests on a published",
            "source; a guide known from samples only calls nothing an error. How a set is matched to a guide:",
            "ST01, for a 278 then BHT02, then ST03 or GS08. How to add one: [Add a guide](../how-to/add-a-guide.md).",
            "",
            "| Kind | Guide | ST01 | GS01 | BHT02 | Known | Loops | Segments | Rules |",
            "|---|---|---|---|---|---|---|---|---|",
            *(_row(each) for each in guides()),
            "",
            "Below, `R` is required, `S` situational, `N` not used; the number is how often it may stand, `>1` without",
            "limit. A code behind a segment tells it from others of its id.",
            "",
            *(line for each in guides() for line in _section(each)),
            *_ta1(guide("TA1")),
        )
    )


def _ta1(guide: Guide) -> Iterator[str]:
    """What is no transaction set: one segment, element by element, and what its codes mean."""
    yield from (f"## {guide.id}", "", f"Source: {guide.source}.", "")
    yield from (
        "One segment between ISA and IEA, before the groups, without ST and SE; it is checked as it is read.",
        "",
    )
    yield from ("| Element | What it is | Type and length | Sent |", "|---|---|---|---|")
    for number, element in enumerate(guide.root.opener.elements, 1):
        assert isinstance(element, Element)
        yield f"| TA1{number:02} | {element.label} | {element.type} {element.min} | {_SENT[element.usage]} |"
    yield ""
    for title, codes in (("TA104", VERDICTS), ("TA105", NOTES)):
        yield from (f"| {title} | Says that |", "|---|---|")
        yield from (f"| `{code}` | {says} |" for code, says in codes.items())
        yield ""
    yield from ("| Rule |", "|---|", *(f"| {each.says} |" for each in guide.root.opener.rules), "")


def _row(guide: Guide) -> str:
    cells = (
        f"[{guide.kind}](#{_anchor(guide)})",
        f"`{guide.id}`",
        guide.transaction,
        guide.functional_group,
        " ".join(sorted(guide.purposes)) or "any",
        "published" if guide.certain else "samples",
        str(len(guide.loops)),
        str(sum(len(list(_uses(loop))) for loop in guide.root.walk())),
        str(sum(1 for loop in guide.root.walk() for _ in _rules(loop))),
    )
    return f"| {' | '.join(cells)} |"


def _title(guide: Guide) -> str:
    return f"{guide.kind} {guide.id}"


def _anchor(guide: Guide) -> str:
    return _title(guide).lower().replace(" ", "-")


def _section(guide: Guide) -> Iterator[str]:
    yield from (f"## {_title(guide)}", "", f"Source: {guide.source}.", "")
    if guide.also:
        yield from (f"Also sent as {', '.join(f'`{each}`' for each in sorted(guide.also))}.", "")
    yield from ("| Loop | What it is | Sent | Segments |", "|---|---|---|---|")
    yield from (_loop(loop, depth) for loop, depth in _walk(guide.root, 0))
    yield ""
    rules = list(dict.fromkeys(_rule(loop, rule) for loop in guide.root.walk() for rule in _rules(loop)))
    if rules:
        yield from ("| Loop | Situational rule | To break it is |", "|---|---|---|", *rules, "")


def _walk(loop: Loop, depth: int) -> Iterator[tuple[Loop, int]]:
    yield loop, depth
    for part in loop.parts:
        if isinstance(part, Loop):
            yield from _walk(part, depth + 1)


def _loop(loop: Loop, depth: int) -> str:
    segments = " ".join(_use(use) for use in _uses(loop))
    return f"| {_DEEPER * depth}`{loop.id}` | {loop.label} | {_SENT[loop.usage]}, {_most(loop.max)} | {segments} |"


def _use(use: Use) -> str:
    """``DTP=435 S1``: the id, by what it is told from others, its usage and how often."""
    told = "/".join(code for _, codes in use.when for code in sorted(codes)) if len(use.when) == 1 else ""
    shown = f"={told}" if told and use.id not in ("HL", "NM1") and len(told) < len("SITUATIONAL TRIGGER ") else ""
    return f"{use.id}{shown}&nbsp;{use.usage.value}{_most(use.max)}".replace(" ", "&nbsp;")


def _uses(loop: Loop) -> Iterator[Use]:
    return (part for part in loop.parts if isinstance(part, Use))


def _rules(loop: Loop) -> Iterator[Rule]:
    yield from loop.rules
    for use in _uses(loop):
        yield from use.rules


def _rule(loop: Loop, rule: Rule) -> str:
    return f"| `{loop.id}` | {rule.says} | {'an error' if rule.firm else 'a warning'} |"


def _most(most: int | None) -> str:
    return ">1" if most is None else str(most)
