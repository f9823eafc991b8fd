"""A guide known only from samples, made from one that is known.

X215 and X216 share the X217's hierarchy and segments, but their own usage, repeats and code
lists were not to be had. What is derived here keeps the places and the lengths and gives up
the demands: nothing but what opens a loop is required, nothing is forbidden, no list of codes
is closed, nothing is counted, nothing depends on
anything else; beside the dates and numbers that the X217 names, any other may
stand. So a reading never rests on a rule that nobody could check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from priorwire.x12.guide import Composite, Element, Loop, Usage, Use


def loosened(part: Loop) -> Loop:
    """The same loop without its demands; what tells loops and uses apart stays."""
    opener, *rest = part.parts
    opening = _loose(opener) if isinstance(opener, Use) else loosened(opener)
    if isinstance(opening, Use):
        opening = replace(opening, usage=Usage.REQUIRED, max=1)
    return replace(part, usage=Usage.SITUATIONAL, max=None, parts=(opening, *_with_others(rest)), rules=())


def _with_others(parts: list[Use | Loop]) -> Iterator[Use | Loop]:
    """The parts, and behind the uses that only their qualifiers tell apart one that takes any qualifier."""
    for number, part in enumerate(parts, 1):
        yield loosened(part) if isinstance(part, Loop) else _loose(part)
        ends = number == len(parts) or parts[number].id != part.id
        if isinstance(part, Use) and part.when and ends:
            yield replace(_loose(part), when=(), label=f"another {part.id}")


def _loose(use: Use) -> Use:
    return replace(use, usage=Usage.SITUATIONAL, max=None, elements=tuple(map(_loose_element, use.elements)), rules=())


def _loose_element(element: Element | Composite) -> Element | Composite:
    if isinstance(element, Composite):
        parts = tuple(_loose_simple(part) for part in element.parts)
        return replace(element, usage=Usage.SITUATIONAL, parts=parts, syntax=())
    return _loose_simple(element)


def _loose_simple(element: Element) -> Element:
    return replace(element, usage=Usage.SITUATIONAL, codes=None)
