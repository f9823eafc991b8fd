"""How a right transaction set is broken at one place: what every kind of fault needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from priorwire.x12 import Element, Guide, Loop, Use, grammar
from priorwire.x12.guide import Fact, Rule
from tests.strategies_x12 import Branch, Document, Leaf, applies

_T = TypeVar("_T")


@dataclass(frozen=True)
class Expected:
    """The one finding, and what called for it where it is a situational one."""

    code: str
    segment: str
    position: int
    loop: str | None
    element: int | None = None
    component: int | None = None
    repeat: int | None = None


@dataclass(frozen=True)
class Broken:
    """A set with one fault."""

    document: Document
    expected: Expected
    #: Which guide to hold it against, where the fault is one of the guide.
    guide: Guide


Kind = Callable[[Document, Random], Broken | None]
#: By name: the codes of the 999 (IK304 or IK403), then what was done.
KINDS: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    def keep(function: Kind) -> Kind:
        KINDS[name] = function
        return function

    return keep


@dataclass(frozen=True)
class At:
    """An element or a component that stands somewhere."""

    leaf: Leaf
    element: int
    component: int
    spec: Element

    @property
    def text(self) -> str:
        return self.leaf.get(self.element, self.component)

    @property
    def parts(self) -> list[str]:
        return self.leaf.values[self.element - 1][0]


def all_places(document: Document) -> Iterator[At]:
    """Every element and component that may be changed without changing what the segment is."""
    for leaf in checked_leaves(document):
        if leaf.use.id in grammar.COUNTED_DATA:
            continue
        told = told_by(leaf)
        for number, spec in enumerate(leaf.use.elements, 1):
            if leaf.use.id == "HL" and number < 4:
                continue
            if isinstance(spec, Element):
                if leaf.get(number) and (0, number) not in told:
                    yield At(leaf, number, 0, spec)
                continue
            for component, part in enumerate(spec.parts, 1):
                if leaf.get(number, component) and (number, component) not in told:
                    yield At(leaf, number, component, part)


def told_by(leaf: Leaf) -> set[tuple[int, int]]:
    """The (composite or 0, number) by which a use is told from others; HL04 where a rule asks for it."""
    return {(0, key) if isinstance(key, int) else key for key, _ in leaf.use.when}


def changed_value(
    document: Document, random: Random, code: str, fits: Callable[[At], bool], text: Callable[[At], str]
) -> Broken | None:
    at = one_of([each for each in all_places(document) if fits(each)], random)
    if at is None:
        return None
    repeat = 1 if at.spec.repeat > 1 and text(at) else None
    changed = text(at)
    if len(at.leaf.values[at.element - 1]) > 1:
        at.leaf.values[at.element - 1] = at.leaf.values[at.element - 1][:1]
        changed = text(at)
    at.leaf.set(at.element, changed, at.component)
    whole = code == "E6" and at.spec.type not in ("R", "N0")
    component = None if whole else at.component or None
    return broken_at(document, code, at.leaf, element=at.element, component=component, repeat=None if whole else repeat)


def inserted(document: Document, random: Random, code: str, name: Callable[[Leaf], str | None]) -> Broken | None:
    leaf = one_of([each for each in document.leaves if each.use.id != "SE"], random)
    chosen = name(leaf) if leaf else None
    if leaf is None or chosen is None:
        return None
    stray = Leaf(Use(id=chosen, elements=()), leaf.index, [[["1"]]], leaf.parent)
    at = next(n for n, item in enumerate(leaf.parent.items) if item is leaf)
    leaf.parent.items.insert(at + 1, stray)
    return broken_at(document, code, stray, segment="" if code == "S1" else chosen)


def checked_leaves(document: Document) -> Iterator[Leaf]:
    """What may be changed inside: header, trailer and brackets have findings of their own."""
    for leaf in document.leaves:
        if leaf.use.id not in ("ST", "SE", *grammar.BRACKETS):
            yield leaf


def inner_leaves(document: Document, *, openers: bool = False) -> Iterator[Leaf]:
    """What may be taken away without taking a loop away."""
    return (leaf for leaf in checked_leaves(document) if openers or leaf.index or not leaf.parent.parent)


def kept_rules(document: Document) -> Iterator[tuple[Branch, Rule]]:
    """The rules that apply somewhere in a set that keeps them all."""
    for branch in document.root.branches():
        for rule in branch.loop.rules:
            if applies(rule, branch) and not (rule.then[0].loop and rule.then[0].segment):
                yield branch, rule


def is_agreement(rule: Rule) -> bool:
    """Whether it is about two codes that must go together."""
    return rule.then[0].segment == "NM1" and rule.then[0].values is not None


def is_ruled(leaf: Leaf) -> bool:
    rules = [rule for branch in leaf.parent.branches() for rule in branch.loop.rules]
    return any(fact.segment == leaf.use.id for rule in rules for fact in (*rule.when, *rule.then))


def is_meant(fact: Fact, item: Leaf | Branch) -> bool:
    if isinstance(item, Branch):
        return not fact.segment and item.loop.id == fact.loop
    if item.use.id != fact.segment:
        return False
    return not fact.element or fact.values is None or item.get(fact.element, fact.component) in fact.values


def broken_at(
    document: Document,
    code: str,
    leaf: Leaf,
    *,
    segment: str | None = None,
    branch: Branch | None = None,
    element: int | None = None,
    component: int | None = None,
    repeat: int | None = None,
) -> Broken:
    if segment is not None or branch is not None or leaf.use.id != "HL":
        document.number()
    inside = branch or leaf.parent
    return Broken(
        document=document,
        guide=document.guide,
        expected=Expected(
            code=code,
            segment=leaf.use.id if segment is None else segment,
            position=document.position(leaf),
            loop=inside.loop.id if inside.parent else None,
            element=element,
            component=component,
            repeat=repeat,
        ),
    )


def with_part(guide: Guide, old: Use | Loop, new: Use | Loop) -> Guide:
    """The guide with one part in place of another, wherever that stands."""

    def changed(part: Use | Loop) -> Use | Loop:
        if part is old:
            return new
        return replace(part, parts=tuple(map(changed, part.parts))) if isinstance(part, Loop) else part

    root = changed(guide.root)
    assert isinstance(root, Loop)
    return replace(guide, root=root)


def one_of(found: Iterable[_T], random: Random) -> _T | None:
    choice = list(found)
    return random.choice(choice) if choice else None


#: More repeats than these, and longer sets, only take time.
FEW, SHORT = 30, 200
