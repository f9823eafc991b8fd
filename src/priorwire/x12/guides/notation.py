"""How a guide is written down: short constructors in the notation of a printed guide.

A guide file reads like the table it was taken from: usage, type and length in one word,
repeat after it, then a label in our own words, then the codes::

    el("R ID 2/3", "who", "X3 PR 2B 36")      required, 2 to 3 characters, one of four codes
    el("S ID 1/2 x99", "service type", CODES) situational, repeats up to 99 times
    el("N")                                   in the dictionary, not used by this guide
    use("REF", "S9", "other numbers", ...)    situational, at most nine times
    loop("2000F", "S>1", "service", ...)      situational, without limit

`when="1=BB"` names the element that tells a use from others of its id, `syntax="P0304 R0203"`
is the relational note as X12 prints it.

A situational rule stands behind the parts of the loop or the elements of the use it belongs to::

    rule("UM01=AR", "DTP01=435", "…")         when UM01 is AR, a DTP with 435 must stand in the loop
    rule("NM102=1 NM103", "NM104", "…")       when all of these, an element
    rule("2000D", "!2000E", "…")              when that loop stands here, this one must not
    rule("UM02=3", "REF01=BB | REF01=NT", …)  one of several
    rule("AAA @2010C", …)                     the segment, sought in a loop in or around this one
"""

from __future__ import annotations

import re
from dataclasses import replace

from priorwire.x12.guide import Composite, Element, Fact, Loop, Relation, Rule, Syntax, Told, Usage, Use

#: What tells a use from others of its id, as `Use.when` holds it.
When = tuple[tuple[int | tuple[int, int], frozenset[str]], ...]

_ELEMENT = re.compile(r"(?P<usage>[RS]) (?P<type>AN|ID|DT|TM|R|B|N\d) (?P<min>\d+)(/(?P<max>\d+))?( x(?P<repeat>\d+))?")
_COMPOSITE = re.compile(r"(?P<usage>[RS])( x(?P<repeat>\d+))?")
_OCCURS = re.compile(r"(?P<usage>[RSN])(?P<max>\d+|>1)")
_WHEN = re.compile(r"(?P<element>\d+)(-(?P<component>\d+))?=(?P<codes>.+)")
_CODE = re.compile(r"'([^']+)'|(\S+)")
_FACT = re.compile(
    r"(?P<not>!)?((?P<loop>\d{4}[A-Z]*)|(?P<segment>[A-Z][A-Z0-9]{1,2}?)((?P<element>\d\d)(-(?P<component>\d+))?"
    r"(=(?P<values>[^ @|]+))?)?(@(?P<at>\d{4}[A-Z]*|ST))?)"
)
_SYNTAX = re.compile(r"(?P<relation>[PRECL])(?P<numbers>(\d\d){2,})")


def codes(text: str) -> frozenset[str]:
    """The codes of a blank-separated list; a code that holds a blank stands in single quotes."""
    return frozenset(quoted or plain for quoted, plain in _CODE.findall(text))


def el(spec: str, label: str = "", allowed: str = "", *, value: str | Told | None = None) -> Element:
    """A simple element or a component.

    Args:
        spec: Usage, X12 type, length and repeat (``R ID 2/3``, ``S ID 1/2 x99``, ``R ID 1``), or ``N`` for not used.
        label: What it says, in our own words.
        allowed: The codes this use allows, blank-separated; none named means an open list.
        value: The list outside the guide that it comes from, or what tells which (`told`).

    Raises:
        ValueError: `spec` is not in the notation; a guide that cannot be read must not load.
    """
    if spec == "N":
        return Element(usage=Usage.NOT_USED, label=label)
    found = _read(_ELEMENT, spec)
    return Element(
        usage=Usage(found["usage"]),
        type=found["type"],
        min=int(found["min"]),
        max=int(found["max"] or found["min"]),
        repeat=int(found["repeat"] or 1),
        codes=codes(allowed) if allowed else None,
        label=label,
        value=value,
    )


def told(by: int, **kinds: str) -> Told:
    """A value whose kind element (or component) `by` tells: ``told(1, hcpcs="HC", revenue="NU NR")``.

    Args:
        by: Number of the element or component that tells.
        kinds: The kind, and what the other then says; ``-`` stands for nothing.
    """
    return Told(by, tuple((code.strip("-"), kind) for kind, said in kinds.items() for code in said.split()))


def comp(spec: str, label: str, *parts: Element, syntax: str = "") -> Composite:
    """A composite element of `parts`; `spec` is its usage and repeat (``R``, ``S``, ``S x10``).

    Raises:
        ValueError: `spec` or `syntax` is not in the notation.
    """
    found = _read(_COMPOSITE, spec)
    return Composite(
        parts=parts,
        usage=Usage(found["usage"]),
        repeat=int(found["repeat"] or 1),
        syntax=_relations(syntax),
        label=label,
    )


def not_used(count: int) -> tuple[Element, ...]:
    """A run of `count` elements that the dictionary has and this guide does not use."""
    return (Element(usage=Usage.NOT_USED),) * count


def rule(when: str, then: str, says: str, *, firm: bool = True) -> Rule:
    """A situational rule.

    Args:
        when: The facts, blank-separated, that must all hold for it to apply.
        then: The facts, separated by ``|``, of which one must then hold; `!` before one that must not.
        says: The rule in our own words.
        firm: Whether to break it is an error.

    Raises:
        ValueError: a fact is not in the notation.
    """
    return Rule(
        when=tuple(_fact(each) for each in when.split()),
        then=tuple(_fact(each.strip()) for each in then.split("|")),
        says=says,
        firm=firm,
    )


def ruled(part: Use, *rules: Rule) -> Use:
    """The same use with rules about what depends on what inside it."""
    return replace(part, rules=(*part.rules, *rules))


def use(
    segment: str, occurs: str, label: str, *parts: Element | Composite | Rule, when: str = "", syntax: str = ""
) -> Use:
    """One use of a segment: `occurs` is its usage and how often (``R1``, ``S9``, ``S>1``).

    Raises:
        ValueError: `occurs`, `when` or `syntax` is not in the notation.
    """
    usage, most = _occurs(occurs)
    return Use(
        id=segment,
        elements=tuple(part for part in parts if not isinstance(part, Rule)),
        rules=tuple(part for part in parts if isinstance(part, Rule)),
        usage=usage,
        max=most,
        syntax=_relations(syntax),
        when=_when(when),
        label=label,
    )


def loop(name: str, occurs: str, label: str, *parts: Use | Loop | Rule) -> Loop:
    """A loop of `parts`, of which the first opens it, and its rules.

    Raises:
        ValueError: `occurs` is not in the notation.
    """
    usage, most = _occurs(occurs)
    return Loop(
        id=name,
        usage=usage,
        max=most,
        label=label,
        parts=tuple(part for part in parts if not isinstance(part, Rule)),
        rules=tuple(part for part in parts if isinstance(part, Rule)),
    )


def _occurs(text: str) -> tuple[Usage, int | None]:
    found = _read(_OCCURS, text)
    return Usage(found["usage"]), None if found["max"] == ">1" else int(found["max"])


def _fact(text: str) -> Fact:
    found = _read(_FACT, text)
    values = found["values"]
    return Fact(
        segment=found["segment"] or "",
        element=int(found["element"] or 0),
        component=int(found["component"] or 0),
        values=frozenset(values.split(",")) if values else None,
        loop=found["loop"] or found["at"] or "",
        absent=bool(found["not"]),
    )


def _relations(text: str) -> tuple[Syntax, ...]:
    return tuple(_relation(note) for note in text.split())


def _relation(note: str) -> Syntax:
    found = _read(_SYNTAX, note)
    pairs = re.findall(r"\d\d", found["numbers"])
    return Syntax(Relation(found["relation"]), tuple(int(pair) for pair in pairs))


def _when(text: str) -> When:
    if not text:
        return ()
    found = _read(_WHEN, text)
    element = int(found["element"])
    place = (element, int(found["component"])) if found["component"] else element
    return ((place, codes(found["codes"])),)


def _read(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"not in the notation of guides: {text!r}")
    return found
