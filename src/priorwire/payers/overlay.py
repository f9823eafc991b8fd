"""Lays a payer's narrowings over an implementation guide. They may only narrow.

A companion guide may require what is situational, forbid what is situational, drop codes,
shorten, and cap repeats. Anything that would allow what the guide does not allow, or make
what the guide requires impossible, is refused with its path and the rule it breaks
(45 CFR 162.915 forbids trading-partner agreements that change the standard).

Whatever is narrowed carries the payer's sentence in `rule`, by which the validator reports
it as the payer's rule (level `PAYER`) and not as the guide's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from priorwire.errors import Fault, GuideError
from priorwire.payers.profile import Narrowing
from priorwire.x12.guide import Composite, Element, Guide, Loop, Usage, Use

Node = Loop | Use | Composite | Element

_PATH = re.compile(
    r"(?P<loop>[0-9A-Z]+)(/(?P<segment>[A-Z][A-Z0-9]{1,2})(\[(?P<told_by>[^\[\]/]+)\])?"
    r"(/(?P<element>\d{2})(-(?P<component>\d{1,2}))?)?)?"
)


@dataclass(frozen=True, kw_only=True)
class _Target:
    """A path, taken apart."""

    loop: str
    segment: str | None
    #: A value of `Use.when` that names one of several uses of the segment.
    told_by: str | None
    element: int | None
    component: int | None


@dataclass(frozen=True, kw_only=True)
class _Refusal:
    """Why a narrowing cannot be applied."""

    rule: str
    detail: str


def narrow(guide: Guide, narrowings: Sequence[Narrowing]) -> Guide:
    """A copy of `guide` as one payer narrows it; without narrowings, the guide itself.

    Raises:
        GuideError: a narrowing names a place that the guide does not have, or widens the guide; all are listed.
    """
    root = guide.root
    faults: list[Fault] = []
    for each in narrowings:
        target = _parsed(each.path)
        refusals = tuple(_refusals(guide, root, each, target))
        faults += (_fault(guide, each, refusal) for refusal in refusals)
        if target is not None and not refusals:
            root = _over_loop(root, target, each)
    if faults:
        lines = "".join(f"\n  {fault.pointer}: {fault.detail} [{fault.code}]" for fault in faults)
        raise GuideError(f"Narrowings of guide {guide.id} cannot be applied.{lines}", tuple(faults))
    return replace(guide, root=root) if narrowings else guide


def _fault(guide: Guide, narrowing: Narrowing, refusal: _Refusal) -> Fault:
    return Fault(pointer=f"{guide.kind} {narrowing.path}", code=refusal.rule, detail=refusal.detail)


def _parsed(path: str) -> _Target | None:
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    element, component = found["element"], found["component"]
    return _Target(
        loop=found["loop"],
        segment=found["segment"],
        told_by=found["told_by"],
        element=int(element) if element else None,
        component=int(component) if component else None,
    )


# ---------------------------------------------------------------- what is refused


def _refusals(guide: Guide, root: Loop, narrowing: Narrowing, target: _Target | None) -> Iterator[_Refusal]:
    if narrowing.guide != guide.kind:
        yield _Refusal(rule="guide", detail="belongs to another guide")
        return
    if target is None:
        yield _Refusal(rule="path", detail="is no path: LOOP, LOOP/SEG, LOOP/SEG/03 or LOOP/SEG/03-2")
        return
    loops = tuple(loop for loop in root.walk() if loop.id == target.loop)
    if not loops:
        yield _Refusal(rule="path", detail="names a loop that the guide does not have")
    for loop in dict.fromkeys(loops):
        yield from _in_loop(loop, narrowing, target)


def _in_loop(loop: Loop, narrowing: Narrowing, target: _Target) -> Iterator[_Refusal]:
    if target.segment is None:
        yield from _widenings(loop, narrowing)
        return
    uses = tuple(part for part in loop.parts if isinstance(part, Use) and _is_named(part, target))
    if len(uses) != 1:
        yield _no_single_use(uses, target)
        return
    node = _inside(uses[0], target)
    if node is None:
        yield _Refusal(rule="path", detail="names an element or a component that the segment does not have")
        return
    if node is loop.opener and (narrowing.forbid or narrowing.max_use is not None):
        yield _Refusal(rule="opener", detail="opens its loop: forbid or cap the loop and not the segment")
        return
    yield from _widenings(node, narrowing)


def _no_single_use(uses: tuple[Use, ...], target: _Target) -> _Refusal:
    if not uses:
        return _Refusal(rule="path", detail="names a segment that the loop does not have")
    told = sorted({value for use in uses for _, values in use.when for value in values})
    hint = f"; say which by one of {', '.join(f'{target.segment}[{value}]' for value in told)}" if told else ""
    return _Refusal(rule="ambiguous", detail=f"names {len(uses)} uses of the segment{hint}")


def _widenings(node: Node, narrowing: Narrowing) -> Iterator[_Refusal]:
    """Every way in which `narrowing` would widen or contradict `node`."""
    if node.usage is Usage.NOT_USED:
        if not narrowing.forbid:
            yield _Refusal(rule="widens", detail="is not used by the guide, and a payer cannot bring it back")
        return
    if narrowing.forbid and node.usage is Usage.REQUIRED:
        yield _Refusal(rule="widens", detail="is required by the guide, and a payer cannot forbid it")
    if narrowing.codes is not None:
        yield from _code_refusals(node, narrowing.codes)
    if narrowing.max_length is not None:
        yield from _length_refusals(node, narrowing.max_length)
    most = _most(node)
    if narrowing.max_use is not None and most is not None and narrowing.max_use > most:
        yield _Refusal(rule="widens", detail=f"may occur {most} times in the guide; a payer may allow fewer, not more")


def _code_refusals(node: Node, codes: frozenset[str]) -> Iterator[_Refusal]:
    if not isinstance(node, Element):
        yield _Refusal(rule="not_an_element", detail="takes no codes: name an element or a component")
    elif not codes:
        yield _Refusal(rule="empty", detail="would be left without any code; forbid it instead")
    elif node.codes is not None and not codes <= node.codes:
        yield _Refusal(rule="widens", detail="would allow a code that the guide does not allow")


def _length_refusals(node: Node, length: int) -> Iterator[_Refusal]:
    if not isinstance(node, Element):
        yield _Refusal(rule="not_an_element", detail="has no length: name an element or a component")
    elif length > node.max:
        yield _Refusal(rule="widens", detail=f"may be {node.max} long in the guide; a payer may allow less, not more")
    elif length < node.min:
        yield _Refusal(rule="contradicts", detail=f"must be at least {node.min} long in the guide")


def _most(node: Node) -> int | None:
    return node.max if isinstance(node, (Loop, Use)) else node.repeat


# ---------------------------------------------------------------- finding the place


def _is_named(use: Use, target: _Target) -> bool:
    told_by = target.told_by
    return use.id == target.segment and (told_by is None or any(told_by in values for _, values in use.when))


def _inside(use: Use, target: _Target) -> Node | None:
    if target.element is None:
        return use
    if not 1 <= target.element <= len(use.elements):
        return None
    element = use.elements[target.element - 1]
    if target.component is None:
        return element
    if not isinstance(element, Composite) or not 1 <= target.component <= len(element.parts):
        return None
    return element.parts[target.component - 1]


# ---------------------------------------------------------------- the copy


def _over_loop(loop: Loop, target: _Target, narrowing: Narrowing) -> Loop:
    parts = tuple(
        _over_loop(part, target, narrowing)
        if isinstance(part, Loop)
        else _over_use(part, target, narrowing)
        if loop.id == target.loop and target.segment is not None and _is_named(part, target)
        else part
        for part in loop.parts
    )
    copy = loop if parts == loop.parts else replace(loop, parts=parts)
    if loop.id != target.loop or target.segment is not None:
        return copy
    return replace(
        copy,
        usage=_usage(copy, narrowing),
        max=copy.max if narrowing.max_use is None else narrowing.max_use,
        rule=_rule(copy, narrowing),
    )


def _over_use(use: Use, target: _Target, narrowing: Narrowing) -> Use:
    if target.element is None:
        return replace(
            use,
            usage=_usage(use, narrowing),
            max=use.max if narrowing.max_use is None else narrowing.max_use,
            rule=_rule(use, narrowing),
        )
    elements = list(use.elements)
    elements[target.element - 1] = _over_element(elements[target.element - 1], target, narrowing)
    return replace(use, elements=tuple(elements))


def _over_element(element: Element | Composite, target: _Target, narrowing: Narrowing) -> Element | Composite:
    if isinstance(element, Element):
        return _narrowed_element(element, narrowing)
    if target.component is None:
        return replace(
            element,
            usage=_usage(element, narrowing),
            repeat=narrowing.max_use or element.repeat,
            rule=_rule(element, narrowing),
        )
    parts = list(element.parts)
    parts[target.component - 1] = _narrowed_element(parts[target.component - 1], narrowing)
    return replace(element, parts=tuple(parts))


def _narrowed_element(element: Element, narrowing: Narrowing) -> Element:
    return replace(
        element,
        usage=_usage(element, narrowing),
        codes=element.codes if narrowing.codes is None else narrowing.codes,
        max=narrowing.max_length or element.max,
        repeat=narrowing.max_use or element.repeat,
        rule=_rule(element, narrowing),
    )


def _usage(node: Node, narrowing: Narrowing) -> Usage:
    if narrowing.forbid:
        return Usage.NOT_USED
    return Usage.REQUIRED if narrowing.require else node.usage


def _rule(node: Node, narrowing: Narrowing) -> str:
    """The payer's sentences about this node so far, each once."""
    said = (node.rule, narrowing.because)
    return " ".join(dict.fromkeys(sentence for sentence in said if sentence))
