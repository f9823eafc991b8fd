"""Faults of segments, loops and levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from priorwire.x12 import Element, Loop, Usage, Use, grammar
from priorwire.x12.guide import Fact, Rule
from tests.mutations_how_x12 import (
    FEW,
    KINDS,
    SHORT,
    Broken,
    broken_at,
    inner_leaves,
    inserted,
    is_agreement,
    is_meant,
    is_ruled,
    kept_rules,
    kind,
    one_of,
    with_part,
)
from tests.strategies_x12 import Branch, Document, Leaf, holds

# --- segments and loops --------------------------------------------------------------------------------------------


@kind("IK304-1 no segment id")
def _no_id(document: Document, random: Random) -> Broken | None:
    return inserted(document, random, "S1", lambda _leaf: "9z")


@kind("IK304-2 a segment of another place")
def _elsewhere(document: Document, random: Random) -> Broken | None:
    def stray(leaf: Leaf) -> str | None:
        known: set[str] = {"HL", "ST", "SE", *grammar.COUNTED_DATA, *grammar.BRACKETS}
        branch: Branch | None = leaf.parent
        while branch is not None:
            known |= {*branch.loop.uses, *branch.loop.openings}
            branch = branch.parent if branch.loop.opener.id != "HL" else None
        known |= {*document.root.loop.uses, *document.root.loop.openings}
        return one_of(sorted(document.guide.segment_ids - known), random)

    return inserted(document, random, "S2", stray)


@kind("IK304-6 a segment of no place")
def _nowhere(document: Document, random: Random) -> Broken | None:
    return inserted(document, random, "S5", lambda _leaf: "ZZZ")


@kind("IK304-3 a required segment absent")
def _absent(document: Document, random: Random) -> Broken | None:
    leaf = one_of([each for each in inner_leaves(document) if _is_alone(each)], random)
    if leaf is None:
        return None
    opener, branch = leaf.parent.opener, leaf.parent
    branch.items.remove(leaf)
    return broken_at(document, "S3", opener, segment=leaf.use.id, branch=branch)


def _is_alone(leaf: Leaf) -> bool:
    same = [item for item in leaf.parent.items if item.index == leaf.index]
    return leaf.use.usage is Usage.REQUIRED and len(same) == 1


@kind("IK304-4 a loop too often")
def _loop_too_often(document: Document, random: Random) -> Broken | None:
    def fits(branch: Branch) -> bool:
        """Whether the next of it cannot be taken for a loop inside the one before."""
        inside = {each.opener.id for each in branch.loop.walk() if each is not branch.loop}
        return bool(branch.parent and branch.loop.max and branch.loop.max <= FEW) and (
            branch.loop.opener.id == "HL" or branch.loop.opener.id not in inside
        )

    loops = [each for each in document.root.branches() if fits(each)]
    branch = one_of([each for each in loops if len(list(each.leaves())) * (each.loop.max or 0) < SHORT], random)
    if branch is None or branch.parent is None:
        return None
    parent, most = branch.parent, branch.loop.max or 0
    there = [item for item in parent.items if item.index == branch.index]
    while len(there) <= most:
        there.append(branch.copy(parent))
        parent.items.insert(parent.items.index(there[0]) + len(there) - 1, there[-1])
    extra = there[most]
    assert isinstance(extra, Branch)
    return broken_at(document, "L2", extra.opener, branch=extra)


@kind("IK304-5 a segment too often")
def _segment_too_often(document: Document, random: Random) -> Broken | None:
    def is_told(leaf: Leaf) -> bool:
        """Whether no other use of its id, for any code, would take one too many."""
        return all(other is leaf.use or other.when for _, other in leaf.parent.loop.uses[leaf.use.id])

    inner = [each for each in inner_leaves(document) if each.use.max and each.use.max <= FEW and is_told(each)]
    leaf = one_of(inner, random)
    if leaf is None:
        return None
    parent, most = leaf.parent, leaf.use.max or 0
    there = [item for item in parent.items if item.index == leaf.index]
    while len(there) <= most:
        there.append(Leaf(leaf.use, leaf.index, [list(each) for each in leaf.values], parent))
        parent.items.insert(parent.items.index(there[0]) + len(there) - 1, there[-1])
    extra = there[most]
    assert isinstance(extra, Leaf)
    return broken_at(document, "S4", extra)


@kind("IK304-7 two segments changed places")
def _out_of_sequence(document: Document, random: Random) -> Broken | None:
    inner = {id(leaf) for leaf in inner_leaves(document)}

    def pairs() -> Iterator[tuple[Leaf, Leaf]]:
        for branch in document.root.branches():
            for first, second in zip(branch.items, branch.items[1:], strict=False):
                if isinstance(first, Leaf) and isinstance(second, Leaf) and {id(first), id(second)} <= inner:
                    ranks = branch.loop.ranks
                    if ranks[first.index] < ranks[second.index]:
                        yield first, second

    pair = one_of(list(pairs()), random)
    if pair is None:
        return None
    items = pair[0].parent.items
    at = next(n for n, item in enumerate(items) if item is pair[0])
    items[at : at + 2] = [pair[1], pair[0]]
    return broken_at(document, "S6", pair[0])


@kind("IK304-8 a segment of nothing but its id")
def _empty(document: Document, random: Random) -> Broken | None:
    leaf = one_of([each for each in inner_leaves(document) if not each.use.when and not is_ruled(each)], random)
    if leaf is None:
        return None
    leaf.values = []
    return broken_at(document, "S8", leaf)


@kind("IK304-I4 a segment that is not used")
def _not_used(document: Document, random: Random) -> Broken | None:
    leaf = one_of([each for each in inner_leaves(document) if each.use.usage is Usage.SITUATIONAL], random)
    if leaf is None:
        return None
    first = next(item for item in leaf.parent.items if item.index == leaf.index)
    assert isinstance(first, Leaf)
    guide = with_part(document.guide, leaf.use, replace(leaf.use, usage=Usage.NOT_USED))
    broken = broken_at(document, "S7", first)
    elsewhere = [each for each in document.leaves if each.use is leaf.use and each.parent is not leaf.parent]
    return None if elsewhere else replace(broken, guide=guide)


@kind("IK304-I4 a loop that is not used")
def _loop_not_used(document: Document, random: Random) -> Broken | None:
    branches = [each for each in document.root.branches() if each.loop.usage is Usage.SITUATIONAL]
    branch = one_of(branches, random)
    if branch is None or branch.parent is None:
        return None
    if any(each.loop is branch.loop and each.parent is not branch.parent for each in branches):
        return None
    first = next(item for item in branch.parent.items if item.index == branch.index)
    assert isinstance(first, Branch)
    guide = with_part(document.guide, branch.loop, replace(branch.loop, usage=Usage.NOT_USED))
    return replace(broken_at(document, "L3", first.opener, branch=first), guide=guide)


@kind("IK304-I7 a required loop absent")
def _loop_absent(document: Document, random: Random) -> Broken | None:
    def is_alone(branch: Branch) -> bool:
        same = [item for item in branch.parent.items if item.index == branch.index] if branch.parent else []
        return branch.loop.usage is Usage.REQUIRED and len(same) == 1

    branch = one_of([each for each in document.root.branches() if is_alone(each)], random)
    if branch is None or branch.parent is None:
        return None
    branch.parent.items.remove(branch)
    return broken_at(document, "L1", branch.parent.opener, segment=branch.loop.opener.id, branch=branch)


@kind("IK304-I6 what the situation calls for is absent")
def _situation_absent(document: Document, random: Random) -> Broken | None:
    kept = [each for each in kept_rules(document) if not each[1].then[0].absent and not is_agreement(each[1])]
    broken = one_of(kept, random)
    if broken is None:
        return None
    branch, rule = broken
    target = rule.then[0]
    for fact in rule.then:
        branch.items = [item for item in branch.items if not is_meant(fact, item)]
    code = "S12" if target.segment else "L11"
    loop = next((p for p in branch.loop.parts if isinstance(p, Loop) and p.id == target.loop), branch.loop)
    segment = target.segment or loop.opener.id
    made = broken_at(document, code, branch.opener, segment=segment, branch=branch)
    return replace(made, expected=replace(made.expected, loop=loop.id))


@kind("IK304-I9 what the situation forbids is present")
def _situation_present(document: Document, random: Random) -> Broken | None:
    found = [
        (branch, rule)
        for branch in document.root.branches()
        for rule in branch.loop.rules
        if rule.then[0].absent and _fulfil(rule, branch, document, try_only=True)
    ]
    broken = one_of(found, random)
    if broken is None:
        return None
    branch, rule = broken
    _fulfil(rule, branch, document, try_only=False)
    added = next(item for item in branch.items if is_meant(rule.then[0], item))
    if isinstance(added, Branch):
        return broken_at(document, "L12", added.opener, branch=added)
    return broken_at(document, "S13", added)


def _fulfil(rule: Rule, branch: Branch, document: Document, *, try_only: bool) -> bool:
    """Add what makes a forbidding rule apply, and what it forbids; whether there is something to add it from."""
    wanted = [replace(rule.then[0], absent=False), *rule.when]
    for fact in wanted:
        if holds(fact, branch):
            continue
        made = None if fact.absent else _made(fact, branch, document)
        if made is None:
            return False
        if not try_only:
            branch.put(made)
    return True


def _made(fact: Fact, branch: Branch, document: Document) -> Leaf | Branch | None:
    for index, part in enumerate(branch.loop.parts):
        if isinstance(part, Loop) and not fact.segment and part.id == fact.loop:
            same = next((each for each in document.root.branches() if each.loop.id == fact.loop), None)
            if same is None:
                return None
            copy = same.copy(branch)
            return Branch(part, index, branch, copy.items)
        if isinstance(part, Use) and part.id == fact.segment and index and not fact.loop:
            values = [[[min(fact.values)]], [["123456789"]]] if fact.values else [[["2120"]]]
            return Leaf(part, index, values, branch) if len(values) > 1 or part.id in grammar.BRACKETS else None
    return None


# --- the hierarchy -------------------------------------------------------------------------------------------------


def _levels(document: Document) -> list[Leaf]:
    return [leaf for leaf in document.leaves if leaf.use.id == "HL"]


@kind("IK403-7 a level numbered twice")
def _numbered_twice(document: Document, _random: Random) -> Broken | None:
    levels = _levels(document)
    return _renumbered(document, "L7", 1, levels[-1], "1") if len(levels) > 1 else None


@kind("IK403-7 a level numbered past its place")
def _numbered_wrong(document: Document, _random: Random) -> Broken | None:
    levels = _levels(document)
    return _renumbered(document, "L6", 1, levels[-1], "99") if levels else None


@kind("IK403-7 a level under none")
def _orphan(document: Document, random: Random) -> Broken | None:
    leaf = one_of([each for each in _levels(document) if each.get(2)], random)
    return _renumbered(document, "L5", 2, leaf, "99") if leaf else None


@kind("IK403-7 a level that says what is not so below")
def _wrong_child_code(document: Document, random: Random) -> Broken | None:
    def fits(leaf: Leaf) -> bool:
        spec = leaf.use.elements[3]
        asked = any(fact.segment == "HL" for b in document.root.branches() for r in b.loop.rules for fact in r.when)
        return isinstance(spec, Element) and spec.codes in (None, frozenset("01")) and not asked

    leaf = one_of([each for each in _levels(document) if fits(each)], random)
    return _renumbered(document, "L8", 4, leaf, "1" if leaf.get(4) == "0" else "0") if leaf else None


def _renumbered(document: Document, code: str, element: int, leaf: Leaf, text: str) -> Broken:
    document.number()
    leaf.set(element, text)
    return broken_at(document, code, leaf, element=element)


#: The names of the kinds that stand here.
STRUCTURE = tuple(KINDS)
