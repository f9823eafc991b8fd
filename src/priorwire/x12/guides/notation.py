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
"""

from __future__ import annotations

import re

from priorwire.x12.guide import Composite, Element, Loop, Relation, Syntax, Usage, Use

#: What tells a use from others of its id, as `Use.when` holds it.
When = tuple[tuple[int | tuple[int, int], frozenset[str]], ...]

_ELEMENT = re.compile(r"(?P<usage>[RS]) (?P<type>AN|ID|DT|TM|R|B|N\d) (?P<min>\d+)(/(?P<max>\d+))?( x(?P<repeat>\d+))?")
_COMPOSITE = re.compile(r"(?P<usage>[RS])( x(?P<repeat>\d+))?")
_OCCURS = re.compile(r"(?P<usage>[RSN])(?P<max>\d+|>1)")
_WHEN = re.compile(r"(?P<element>\d+)(-(?P<component>\d+))?=(?P<codes>.+)")
_CODE = re.compile(r"'([^']+)'|(\S+)")
_SYNTAX = re.compile(r"(?P<relation>[PRECL])(?P<numbers>(\d\d){2,})")


def codes(text: str) -> frozenset[str]:
    """The codes of a blank-separated list; a code that holds a blank stands in single quotes."""
    return frozenset(quoted or plain for quoted, plain in _CODE.findall(text))


def el(spec: str, label: str = "", allowed: str = "") -> Element:
    """A simple element or a component.

    Args:
        spec: Usage, X12 type, length and repeat (``R ID 2/3``, ``S ID 1/2 x99``, ``R ID 1``), or ``N`` for not used.
        label: What it says, in our own words.
        allowed: The codes this use allows, blank-separated; none named means an open list.

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
    )


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


def use(segment: str, occurs: str, label: str, *elements: Element | Composite, when: str = "", syntax: str = "") -> Use:
    """One use of a segment: `occurs` is its usage and how often (``R1``, ``S9``, ``S>1``).

    Raises:
        ValueError: `occurs`, `when` or `syntax` is not in the notation.
    """
    usage, most = _occurs(occurs)
    return Use(
        id=segment,
        elements=elements,
        usage=usage,
        max=most,
        syntax=_relations(syntax),
        when=_when(when),
        label=label,
    )


def loop(name: str, occurs: str, label: str, *parts: Use | Loop) -> Loop:
    """A loop of `parts`, of which the first opens it.

    Raises:
        ValueError: `occurs` is not in the notation.
    """
    usage, most = _occurs(occurs)
    return Loop(id=name, usage=usage, max=most, label=label, parts=parts)


def _occurs(text: str) -> tuple[Usage, int | None]:
    found = _read(_OCCURS, text)
    return Usage(found["usage"]), None if found["max"] == ">1" else int(found["max"])


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
