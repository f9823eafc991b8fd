"""What depends on what: the situational rules that a guide declares (`guide.Rule`), held against a tree.

A checker a kind of fact, none for a kind of segment. A rule that is broken gives one finding
at the part that is wrong, with the part that called for it beside it (`Issue.trigger`), as
the CTX of a 999 wants it. What was found wrong already is not looked at again: the caller
drops findings about an element that has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import issues
from .guide import Fact, Loop, Rule, Usage, Use
from .issues import Issue, IssueCode, Place, Severity, place_of
from .loops import LoopNode
from .segments import Segment


def situations(node: LoopNode) -> Iterator[Issue]:
    """Every rule of a loop, and of the uses directly in it, that one occurrence of the loop breaks."""
    if not node.guide.has_rules:
        return
    for rule in node.guide.rules:
        yield from _held(rule, node, None)
    for item, index in zip(node.items, node.known, strict=True):
        use = node.guide.parts[index] if index >= 0 else None
        if isinstance(item, Segment) and isinstance(use, Use):
            for rule in use.rules:
                yield from _held(rule, node, item)


def breaks(rule: Rule, segment: Segment) -> bool:
    """Whether one segment breaks a rule of its use that looks at nothing but the segment itself."""
    applies = all(_fits(fact, segment) != fact.absent for fact in rule.when)
    return applies and not any(_fits(fact, segment) != fact.absent for fact in rule.then)


def _held(rule: Rule, node: LoopNode, alone: Segment | None) -> Iterator[Issue]:
    """The finding where `rule` is broken in a loop, or in the one segment `alone` of it."""
    found = []
    for fact in rule.when:
        there = _first(fact, node, alone)
        if (there is None) != fact.absent:
            return
        found.append(there)
    for fact in rule.then:
        if (_first(fact, node, alone) is None) == fact.absent:
            return
    trigger = next(
        (_at(each, fact, node) for fact, each in zip(rule.when, found, strict=True) if each is not None),
        None,
    )
    target = rule.then[0]
    wrong = _forbidden(target, node, alone) if target.absent else _required(target, node, alone)
    if wrong is None:
        return
    code, at = wrong
    if code is issues.CODES_DISAGREE and trigger is not None:
        at, trigger = trigger, at
    yield Issue(code=code, place=at, detail=rule.says, weight=None if rule.firm else Severity.WARNING, trigger=trigger)


def _forbidden(fact: Fact, node: LoopNode, alone: Segment | None) -> tuple[IssueCode, Place] | None:
    """What stands and must not."""
    there = _first(fact, node, alone)
    if there is None:
        return None
    if not fact.segment:
        return issues.DEPENDENT_LOOP_PRESENT, _at(there, fact, node)
    code = issues.DEPENDENT_PRESENT if alone is not None else issues.DEPENDENT_SEGMENT_PRESENT
    return code, _at(there, fact, node, whole=alone is None)


def _required(fact: Fact, node: LoopNode, alone: Segment | None) -> tuple[IssueCode, Place] | None:
    """What must stand and does not. Of something absent the place is the segment that opened the loop."""
    if not fact.segment:
        begins = _opening(node.guide, fact.loop)
        if any(not each.is_known and each.opener and each.opener.id == begins for each in node.loops()):
            return None  # one stands that was not recognised: that is the finding
        return issues.DEPENDENT_LOOP_MISSING, _absent(begins, node, fact.loop)
    there = _first(Fact(segment=fact.segment, loop=fact.loop), node, alone)
    if there is None and any(use.usage is Usage.REQUIRED for use in _uses(fact, node)):
        return None  # its absence is a finding in any situation
    if there is None or (fact.values and alone is None and not _only_use(fact, node)):
        return issues.DEPENDENT_SEGMENT_MISSING, _absent(fact.segment, node, fact.loop or node.named)
    empty = Fact(segment=fact.segment, element=fact.element, component=fact.component, loop=fact.loop)
    disagrees = fact.values and _first(empty, node, alone) is not None
    return issues.CODES_DISAGREE if disagrees else issues.DEPENDENT_MISSING, _at(there, fact, node)


def _only_use(fact: Fact, node: LoopNode) -> bool:
    """Whether the loop has one place for that segment: the value is then wrong, no segment is absent."""
    uses = _uses(fact, node)
    return len(uses) == 1 and uses[0].max == 1


def _uses(fact: Fact, node: LoopNode) -> list[Use]:
    return [use for each in _where(fact, node) for _, use in each.guide.uses.get(fact.segment, ())]


def _first(fact: Fact, node: LoopNode, alone: Segment | None) -> Segment | LoopNode | None:
    """The first thing that the fact is about, `absent` aside."""
    if alone is not None:
        return alone if _fits(fact, alone) else None
    nodes = _where(fact, node) if fact.loop else (node,)
    if not fact.segment:
        return nodes[0] if nodes else None
    for inside in nodes:
        for item in inside.items:
            # Few have the id: to ask of each whether it fits would cost a call.
            if isinstance(item, Segment) and item.elements[0] == fact.segment and _fits(fact, item):
                return item
    return None


def _where(fact: Fact, node: LoopNode) -> Sequence[LoopNode]:
    if not fact.loop:
        return [node]
    around = node.ancestor(fact.loop)
    return [around] if around is not None else node.loops(fact.loop)


def _fits(fact: Fact, segment: Segment) -> bool:
    if segment.elements[0] != fact.segment:
        return False
    if not fact.element:
        return True
    text = segment.component(fact.element, fact.component) if fact.component else segment.element(fact.element)
    return text.strip() in fact.values if fact.values is not None else bool(text.strip())


def _opening(loop: Loop, loop_id: str) -> str:
    """The segment that begins the loop of that id directly inside `loop`."""
    return next((part.opener.id for part in loop.parts if isinstance(part, Loop) and part.id == loop_id), "")


def _at(there: Segment | LoopNode, fact: Fact, node: LoopNode, *, whole: bool = False) -> Place:
    inside = there if isinstance(there, LoopNode) else None
    segment = inside.opener if inside is not None else there
    assert isinstance(segment, Segment)
    return place_of(
        segment,
        element=None if whole else fact.element or None,
        component=None if whole else fact.component or None,
        loop=inside.named if inside is not None else _where(fact, node)[0].named,
    )


def _absent(segment_id: str, node: LoopNode, loop_id: str | None) -> Place:
    opener = node.opener
    return Place(
        segment=segment_id,
        position=opener.number if opener else 0,
        loop=loop_id,
        start=opener.start if opener else 0,
        end=opener.end + 1 if opener else 0,
    )
