"""One fault of each kind that a 999 can report, put into a right transaction set.

Each kind is a function that changes a set at one place, chosen at random among those where
the fault is possible, and says which finding it expects there; `None` where the set has no
such place. Nothing here asks the engine what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import TypeVar

from priorwire.x12 import Composite, Element, Guide, Loop, Relation, Syntax, Usage, Use, grammar
from priorwire.x12.guide import Fact, Rule
from tests.strategies_x12 import Branch, Document, Leaf, applies, holds, related

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


# --- segments and loops ---------------------------------------------------------------------------------------


@kind("IK304-1 no segment id")
def _no_id(document: Document, random: Random) -> Broken | None:
    return _insert(document, random, "S1", lambda _leaf: "9z")


@kind("IK304-2 a segment of another place")
def _elsewhere(document: Document, random: Random) -> Broken | None:
    def stray(leaf: Leaf) -> str | None:
        known: set[str] = {"HL", "ST", "SE", *grammar.COUNTED_DATA, *grammar.BRACKETS}
        branch: Branch | None = leaf.parent
        while branch is not None:
            known |= {*branch.loop.uses, *branch.loop.openings}
            branch = branch.parent if branch.loop.opener.id != "HL" else None
        known |= {*document.root.loop.uses, *document.root.loop.openings}
        return _one(sorted(document.guide.segment_ids - known), random)

    return _insert(document, random, "S2", stray)


@kind("IK304-6 a segment of no place")
def _nowhere(document: Document, random: Random) -> Broken | None:
    return _insert(document, random, "S5", lambda _leaf: "ZZZ")


@kind("IK304-3 a required segment absent")
def _absent(document: Document, random: Random) -> Broken | None:
    leaf = _one([each for each in _inner(document) if _is_alone(each)], random)
    if leaf is None:
        return None
    opener, branch = leaf.parent.opener, leaf.parent
    branch.items.remove(leaf)
    return _found(document, "S3", opener, segment=leaf.use.id, branch=branch)


def _is_alone(leaf: Leaf) -> bool:
    same = [item for item in leaf.parent.items if item.index == leaf.index]
    return leaf.use.usage is Usage.REQUIRED and len(same) == 1


@kind("IK304-4 a loop too often")
def _loop_too_often(document: Document, random: Random) -> Broken | None:
    def fits(branch: Branch) -> bool:
        """Whether the next of it cannot be taken for a loop inside the one before."""
        inside = {each.opener.id for each in branch.loop.walk() if each is not branch.loop}
        return bool(branch.parent and branch.loop.max and branch.loop.max <= _FEW) and (
            branch.loop.opener.id == "HL" or branch.loop.opener.id not in inside
        )

    loops = [each for each in document.root.branches() if fits(each)]
    branch = _one([each for each in loops if len(list(each.leaves())) * (each.loop.max or 0) < _SHORT], random)
    if branch is None or branch.parent is None:
        return None
    parent, most = branch.parent, branch.loop.max or 0
    there = [item for item in parent.items if item.index == branch.index]
    while len(there) <= most:
        there.append(branch.copy(parent))
        parent.items.insert(parent.items.index(there[0]) + len(there) - 1, there[-1])
    extra = there[most]
    assert isinstance(extra, Branch)
    return _found(document, "L2", extra.opener, branch=extra)


#: More repeats than these, and longer sets, only take time.
_FEW, _SHORT = 30, 200


@kind("IK304-5 a segment too often")
def _segment_too_often(document: Document, random: Random) -> Broken | None:
    def is_told(leaf: Leaf) -> bool:
        """Whether no other use of its id, for any code, would take one too many."""
        return all(other is leaf.use or other.when for _, other in leaf.parent.loop.uses[leaf.use.id])

    inner = [each for each in _inner(document) if each.use.max and each.use.max <= _FEW and is_told(each)]
    leaf = _one(inner, random)
    if leaf is None:
        return None
    parent, most = leaf.parent, leaf.use.max or 0
    there = [item for item in parent.items if item.index == leaf.index]
    while len(there) <= most:
        there.append(Leaf(leaf.use, leaf.index, [list(each) for each in leaf.values], parent))
        parent.items.insert(parent.items.index(there[0]) + len(there) - 1, there[-1])
    extra = there[most]
    assert isinstance(extra, Leaf)
    return _found(document, "S4", extra)


@kind("IK304-7 two segments changed places")
def _out_of_sequence(document: Document, random: Random) -> Broken | None:
    inner = {id(leaf) for leaf in _inner(document)}

    def pairs() -> Iterator[tuple[Leaf, Leaf]]:
        for branch in document.root.branches():
            for first, second in zip(branch.items, branch.items[1:], strict=False):
                if isinstance(first, Leaf) and isinstance(second, Leaf) and {id(first), id(second)} <= inner:
                    ranks = branch.loop.ranks
                    if ranks[first.index] < ranks[second.index]:
                        yield first, second

    pair = _one(list(pairs()), random)
    if pair is None:
        return None
    items = pair[0].parent.items
    at = next(n for n, item in enumerate(items) if item is pair[0])
    items[at : at + 2] = [pair[1], pair[0]]
    return _found(document, "S6", pair[0])


@kind("IK304-8 a segment of nothing but its id")
def _empty(document: Document, random: Random) -> Broken | None:
    leaf = _one([each for each in _inner(document) if not each.use.when and not _ruled(each)], random)
    if leaf is None:
        return None
    leaf.values = []
    return _found(document, "S8", leaf)


@kind("IK304-I4 a segment that is not used")
def _not_used(document: Document, random: Random) -> Broken | None:
    leaf = _one([each for each in _inner(document) if each.use.usage is Usage.SITUATIONAL], random)
    if leaf is None:
        return None
    first = next(item for item in leaf.parent.items if item.index == leaf.index)
    assert isinstance(first, Leaf)
    guide = _with(document.guide, leaf.use, replace(leaf.use, usage=Usage.NOT_USED))
    broken = _found(document, "S7", first)
    elsewhere = [each for each in document.leaves if each.use is leaf.use and each.parent is not leaf.parent]
    return None if elsewhere else replace(broken, guide=guide)


@kind("IK304-I4 a loop that is not used")
def _loop_not_used(document: Document, random: Random) -> Broken | None:
    branches = [each for each in document.root.branches() if each.loop.usage is Usage.SITUATIONAL]
    branch = _one(branches, random)
    if branch is None or branch.parent is None:
        return None
    if any(each.loop is branch.loop and each.parent is not branch.parent for each in branches):
        return None
    first = next(item for item in branch.parent.items if item.index == branch.index)
    assert isinstance(first, Branch)
    guide = _with(document.guide, branch.loop, replace(branch.loop, usage=Usage.NOT_USED))
    return replace(_found(document, "L3", first.opener, branch=first), guide=guide)


@kind("IK304-I7 a required loop absent")
def _loop_absent(document: Document, random: Random) -> Broken | None:
    def is_alone(branch: Branch) -> bool:
        same = [item for item in branch.parent.items if item.index == branch.index] if branch.parent else []
        return branch.loop.usage is Usage.REQUIRED and len(same) == 1

    branch = _one([each for each in document.root.branches() if is_alone(each)], random)
    if branch is None or branch.parent is None:
        return None
    branch.parent.items.remove(branch)
    return _found(document, "L1", branch.parent.opener, segment=branch.loop.opener.id, branch=branch)


@kind("IK304-I6 what the situation calls for is absent")
def _situation_absent(document: Document, random: Random) -> Broken | None:
    broken = _one([each for each in _kept(document) if not each[1].then[0].absent and not _agrees(each[1])], random)
    if broken is None:
        return None
    branch, rule = broken
    target = rule.then[0]
    for fact in rule.then:
        branch.items = [item for item in branch.items if not _meant(fact, item)]
    code = "S12" if target.segment else "L11"
    loop = next((p for p in branch.loop.parts if isinstance(p, Loop) and p.id == target.loop), branch.loop)
    segment = target.segment or loop.opener.id
    made = _found(document, code, branch.opener, segment=segment, branch=branch)
    return replace(made, expected=replace(made.expected, loop=loop.id))


@kind("IK304-I9 what the situation forbids is present")
def _situation_present(document: Document, random: Random) -> Broken | None:
    found = [
        (branch, rule)
        for branch in document.root.branches()
        for rule in branch.loop.rules
        if rule.then[0].absent and _fulfil(rule, branch, document, try_only=True)
    ]
    broken = _one(found, random)
    if broken is None:
        return None
    branch, rule = broken
    _fulfil(rule, branch, document, try_only=False)
    added = next(item for item in branch.items if _meant(rule.then[0], item))
    if isinstance(added, Branch):
        return _found(document, "L12", added.opener, branch=added)
    return _found(document, "S13", added)


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


# --- elements -------------------------------------------------------------------------------------------------


@kind("IK403-1 a required element absent")
def _element_absent(document: Document, random: Random) -> Broken | None:
    def fits(at: _At) -> bool:
        kept = [each for n, each in enumerate(at.leaf.values, 1) if n != at.element and each]
        siblings = [part for n, part in enumerate(at.parts, 1) if n != at.component and part]
        return at.spec.usage is Usage.REQUIRED and bool(siblings if at.component else kept)

    return _change(document, random, "E1", fits, lambda _at: "")


@kind("IK403-1 a required composite absent")
def _composite_absent(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, number)
        for leaf in _inner(document)
        for number, spec in enumerate(leaf.use.elements, 1)
        if isinstance(spec, Composite) and spec.usage is Usage.REQUIRED and any(leaf.values[number:])
        and not any(isinstance(key, tuple) and key[0] == number for key, _ in leaf.use.when)
    ]  # fmt: skip
    at = _one(found, random)
    if at is None:
        return None
    at[0].set(at[1], "")
    return _found(document, "E1", at[0], element=at[1])


@kind("IK403-2 a relation broken")
def _relation(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, component, number, note)
        for leaf in _inner(document)
        for component, notes, parts, present in _notes(leaf)
        for note in notes
        for number in _breaking(note, parts, present)
        if _broken_by(notes, present, _gone(note, number)) == [note] and any(_left(present, _gone(note, number)))
        and not (_told_by(leaf) & ({(component, n) for n in _gone(note, number)} | {(component, 0)}))
    ]  # fmt: skip
    at = _one(found, random)
    if at is None:
        return None
    leaf, element, number, note = at
    for each in _gone(note, number):
        if element:
            leaf.set(element, "", each)
        else:
            leaf.set(each, "")
    if element:
        return _found(document, "E2", leaf, element=element, component=number)
    return _found(document, "E2", leaf, element=number)


def _notes(leaf: Leaf) -> Iterator[tuple[int, Sequence[Syntax], Sequence[Element | Composite], list[bool]]]:
    """The relational notes of a segment (under 0) and of each composite, with what is present."""
    yield 0, leaf.use.syntax, leaf.use.elements, [bool(each) for each in leaf.values]
    for number, spec in enumerate(leaf.use.elements, 1):
        if isinstance(spec, Composite) and leaf.values[number - 1]:
            there = [bool(leaf.get(number, n)) for n in range(1, len(spec.parts) + 1)]
            yield number, spec.syntax, spec.parts, there


def _breaking(note: Syntax, parts: Sequence[Element | Composite], present: list[bool]) -> list[int]:
    """The numbers at which it can be broken by leaving something out."""
    free = [n for n in note.numbers if parts[n - 1].usage is Usage.SITUATIONAL]
    there = all(n <= len(present) and present[n - 1] for n in note.numbers)
    match note.relation:
        case Relation.PAIRED:
            return free if there else []
        case Relation.CONDITIONAL:
            return [n for n in free if n != note.numbers[0]] if there else []
        case Relation.REQUIRED:
            return [note.numbers[0]] if set(free) == set(note.numbers) else []
        case Relation.LIST:
            used = [n for n in note.numbers[1:] if parts[n - 1].usage is not Usage.NOT_USED]
            return [note.numbers[1]] if present[note.numbers[0] - 1] and set(used) <= set(free) else []
        case _:
            return []


def _gone(note: Syntax, number: int) -> tuple[int, ...]:
    match note.relation:
        case Relation.REQUIRED:
            return note.numbers
        case Relation.LIST:
            return note.numbers[1:]
        case _:
            return (number,)


def _left(present: list[bool], gone: Sequence[int]) -> list[bool]:
    return [each and n not in gone for n, each in enumerate(present, 1)]


def _broken_by(notes: Sequence[Syntax], present: list[bool], gone: Sequence[int]) -> list[Syntax]:
    left = [False, *_left(present, gone)]
    return [note for note in notes if not _is_kept(note, left)]


def _is_kept(note: Syntax, present: list[bool]) -> bool:
    there = [n < len(present) and present[n] for n in note.numbers]
    match note.relation:
        case Relation.PAIRED:
            return all(there) or not any(there)
        case Relation.REQUIRED:
            return any(there)
        case Relation.EXCLUSION:
            return sum(there) <= 1
        case Relation.CONDITIONAL:
            return not there[0] or all(there)
        case Relation.LIST:
            return not there[0] or any(there[1:])


@kind("IK403-3 one element too many")
def _too_many_elements(document: Document, random: Random) -> Broken | None:
    leaf = _one([each for each in _checked(document) if each.use.id not in grammar.COUNTED_DATA], random)
    if leaf is None:
        return None
    leaf.set(len(leaf.use.elements) + 1, "X")
    return _found(document, "E3", leaf, element=len(leaf.use.elements) + 1)


@kind("IK403-4 too short")
def _short(document: Document, random: Random) -> Broken | None:
    def fits(at: _At) -> bool:
        return at.spec.min > 1 and at.spec.codes is None and at.spec.type in ("AN", "ID")

    return _change(document, random, "E4", fits, lambda _at: "A")


@kind("IK403-5 too long")
def _long(document: Document, random: Random) -> Broken | None:
    def fits(at: _At) -> bool:
        return at.spec.max < _SHORT * 2 and at.spec.codes is None and at.spec.type not in ("DT", "TM", "B")

    def text(at: _At) -> str:
        return ("A" if at.spec.type in ("AN", "ID") else "1") * (at.spec.max + 1)

    return _change(document, random, "E5", fits, text)


@kind("IK403-6 a character that may not be")
def _character(document: Document, random: Random) -> Broken | None:
    return _change(document, random, "E6", lambda at: not at.component, lambda at: at.text[:-1] + "\u00e9")


@kind("IK403-6 no number")
def _no_number(document: Document, random: Random) -> Broken | None:
    return _change(document, random, "E6", lambda at: at.spec.type in ("R", "N0"), lambda _at: "X")


@kind("IK403-8 no day")
def _no_day(document: Document, random: Random) -> Broken | None:
    return _change(
        document,
        random,
        "E8",
        lambda at: at.spec.type == "DT" or _is_dated(at),
        lambda at: at.text.replace("2026", "2025")[:4] + "1301" + at.text[8:],
    )


def _is_dated(at: _At) -> bool:
    segment = at.leaf.use.id
    if at.component:
        return segment in grammar.DATED_COMPONENTS and grammar.DATED_COMPONENTS[segment][0] == at.component
    return at.element in [number for number, _ in grammar.DATED_ELEMENTS.get(segment, ())]


@kind("IK403-9 no time of day")
def _no_time(document: Document, random: Random) -> Broken | None:
    return _change(document, random, "E9", lambda at: at.spec.type == "TM", lambda _at: "2561")


@kind("IK403-10 what excludes each other")
def _exclusion(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, note) for leaf in _checked(document) for note in leaf.use.syntax if note.relation is Relation.EXCLUSION
    ]
    at = _one(found, random)
    if at is None:
        return None
    leaf, note = at
    wanted = [n in note.numbers or bool(leaf.get(n)) for n in range(1, len(leaf.use.elements) + 1)]
    related([each for each in leaf.use.syntax if each is not note], wanted, leaf.use.elements)
    for number, (spec, is_sent) in enumerate(zip(leaf.use.elements, wanted, strict=True), 1):
        if is_sent and not leaf.get(number):
            assert isinstance(spec, Element)
            leaf.set(number, min(spec.codes) if spec.codes else "Q" * spec.min)
    for number, _, told in leaf.use.outside:
        # A country that is none of those whose codes are known: its states and postal codes may be any.
        if not isinstance(told, str):
            leaf.set(told.by, "QQQ")
            assert leaf.get(number) or number not in note.numbers
    return _found(document, "E10", leaf, element=max(note.numbers))


@kind("IK403-12 one repeat too many")
def _repeats(document: Document, random: Random) -> Broken | None:
    at = _one([each for each in _places(document) if not each.component], random)
    if at is None:
        return None
    while len(at.leaf.values[at.element - 1]) <= at.spec.repeat:
        at.leaf.values[at.element - 1].append([at.text.partition("^")[0]])
    return _found(document, "E11", at.leaf, element=at.element, repeat=at.spec.repeat + 1)


@kind("IK403-13 one component too many")
def _components(document: Document, random: Random) -> Broken | None:
    found: list[tuple[Leaf, int, int, int | None]] = [
        (each.leaf, each.element, 2, 1 if each.spec.repeat > 1 else None)
        for each in _places(document)
        if not each.component
    ]
    for leaf in _checked(document):
        for number, spec in enumerate(leaf.use.elements, 1):
            if isinstance(spec, Composite) and leaf.values[number - 1]:
                found.append((leaf, number, len(spec.parts) + 1, None))
    at = _one(found, random)
    if at is None:
        return None
    leaf, element, component, repeat = at
    leaf.set(element, "X", component)
    return _found(document, "E12", leaf, element=element, component=component, repeat=repeat)


@kind("IK403-I6 a code that is not allowed")
def _code(document: Document, random: Random) -> Broken | None:
    def text(at: _At) -> str:
        length = max(at.spec.min, min(at.spec.max, 3))
        strange = ("".join(each) for each in product("Q9JX", repeat=length))
        return next(each for each in strange if each not in (at.spec.codes or ()))

    return _change(document, random, "E7", lambda at: at.spec.codes is not None, text)


@kind("IK403-I10 an element that is not used")
def _unused(document: Document, random: Random) -> Broken | None:
    found: list[tuple[Leaf, int, int]] = []
    for leaf in _checked(document):
        related_ones = {n for note in leaf.use.syntax for n in note.numbers}
        for number, spec in enumerate(leaf.use.elements, 1):
            if isinstance(spec, Composite) and leaf.values[number - 1]:
                found += [(leaf, number, n) for n, p in enumerate(spec.parts, 1) if p.usage is Usage.NOT_USED]
            elif spec.usage is Usage.NOT_USED and number not in related_ones and leaf.use.id != "HL":
                found.append((leaf, number, 0))
    at = _one(found, random)
    if at is None:
        return None
    leaf, element, component = at
    leaf.set(element, "X", component)
    return _found(document, "E13", leaf, element=element, component=component or None)


@kind("IK403-I9 an element that the situation calls for")
def _dependent_absent(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, rule.then[0])
        for leaf in _inner(document, openers=True)
        for rule in leaf.use.rules
        if applies(rule, leaf) and not rule.then[0].absent
    ]
    at = _one(found, random)
    if at is None:
        return None
    leaf, fact = at
    for note in leaf.use.syntax:
        if note.relation is Relation.PAIRED and fact.element in note.numbers:
            for number in note.numbers:
                leaf.set(number, "")
    leaf.set(fact.element, "")
    return _found(document, "E14", leaf, element=fact.element)


@kind("IK403-I13 an element that the situation forbids")
def _dependent_present(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, rule.then[0])
        for leaf in _inner(document)
        for rule in leaf.use.rules
        if applies(rule, leaf) and rule.then[0].absent and leaf.get(rule.then[0].element)
    ]
    at = _one(found, random)
    if at is None:
        return None
    leaf, fact = at
    leaf.set(fact.element, "PA", fact.component)
    return _found(document, "E16", leaf, element=fact.element, component=fact.component or None)


@kind("IK403-I6 codes that do not go together")
def _disagreeing(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, rule.when[0])
        for branch in document.root.branches()
        for rule in branch.loop.rules
        if _agrees(rule) and not any(holds(fact, branch) for fact in rule.then)
        for leaf in branch.items
        if isinstance(leaf, Leaf) and leaf.use.id == rule.when[0].segment
    ]
    at = _one(found, random)
    if at is None:
        return None
    leaf, fact = at
    assert fact.values is not None
    leaf.set(fact.element, min(fact.values))
    return _found(document, "E17", leaf, element=fact.element)


# --- the hierarchy --------------------------------------------------------------------------------------------


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
    leaf = _one([each for each in _levels(document) if each.get(2)], random)
    return _renumbered(document, "L5", 2, leaf, "99") if leaf else None


@kind("IK403-7 a level that says what is not so below")
def _wrong_child_code(document: Document, random: Random) -> Broken | None:
    def fits(leaf: Leaf) -> bool:
        spec = leaf.use.elements[3]
        asked = any(fact.segment == "HL" for b in document.root.branches() for r in b.loop.rules for fact in r.when)
        return isinstance(spec, Element) and spec.codes in (None, frozenset("01")) and not asked

    leaf = _one([each for each in _levels(document) if fits(each)], random)
    return _renumbered(document, "L8", 4, leaf, "1" if leaf.get(4) == "0" else "0") if leaf else None


def _renumbered(document: Document, code: str, element: int, leaf: Leaf, text: str) -> Broken:
    document.number()
    leaf.set(element, text)
    return _found(document, code, leaf, element=element)


# --- lists outside the guides: no 999 has a code for them -----------------------------------------------------

#: Kind of list -> a value that is none, and the finding.
NO_VALUE = {
    "icd10cm": ("123", "C2"),
    "icd9cm": ("A99", "C4"),
    "hcpcs": ("X1", "C5"),
    "cdt": ("X2740", "C6"),
    "ndc": ("0000-0000-00", "C7"),
    "revenue": ("12", "C8"),
    "place": ("1", "C9"),
    "billtype": ("0A", "C10"),
    "taxonomy": ("207RC0000Y", "C11"),
    "zip": ("1910", "C12"),
    "state": ("ZZ", "C13"),
    "drg": ("4700", "C14"),
    "loinc": ("18842-6", "C15"),
}


@kind("not in a 999: a value that its list cannot hold")
def _no_value(document: Document, random: Random) -> Broken | None:
    def kind_of(leaf: Leaf, number: int, component: int, told: object) -> str:
        if isinstance(told, str):
            return told
        by = getattr(told, "by", 0)
        says = leaf.get(number, by) if component else leaf.get(by)
        kinds: dict[str, str] = dict(getattr(told, "kinds", ()))
        return kinds.get(says, "")

    found = [
        (leaf, number, component, name)
        for leaf in document.leaves
        for number, component, told in leaf.use.outside
        if leaf.get(number, component) and (name := kind_of(leaf, number, component, told))
    ]
    at = _one(found, random)
    if at is None:
        return None
    leaf, number, component, name = at
    leaf.set(number, NO_VALUE[name][0], component)
    return _found(document, NO_VALUE[name][1], leaf, element=number, component=component or None)


# --- how ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _At:
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


def _places(document: Document) -> Iterator[_At]:
    """Every element and component that may be changed without changing what the segment is."""
    for leaf in _checked(document):
        if leaf.use.id in grammar.COUNTED_DATA:
            continue
        told = _told_by(leaf)
        for number, spec in enumerate(leaf.use.elements, 1):
            if leaf.use.id == "HL" and number < 4:
                continue
            if isinstance(spec, Element):
                if leaf.get(number) and (0, number) not in told:
                    yield _At(leaf, number, 0, spec)
                continue
            for component, part in enumerate(spec.parts, 1):
                if leaf.get(number, component) and (number, component) not in told:
                    yield _At(leaf, number, component, part)


def _told_by(leaf: Leaf) -> set[tuple[int, int]]:
    """The (composite or 0, number) by which a use is told from others; HL04 where a rule asks for it."""
    return {(0, key) if isinstance(key, int) else key for key, _ in leaf.use.when}


def _change(
    document: Document, random: Random, code: str, fits: Callable[[_At], bool], text: Callable[[_At], str]
) -> Broken | None:
    at = _one([each for each in _places(document) if fits(each)], random)
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
    return _found(document, code, at.leaf, element=at.element, component=component, repeat=None if whole else repeat)


def _insert(document: Document, random: Random, code: str, name: Callable[[Leaf], str | None]) -> Broken | None:
    leaf = _one([each for each in document.leaves if each.use.id != "SE"], random)
    chosen = name(leaf) if leaf else None
    if leaf is None or chosen is None:
        return None
    stray = Leaf(Use(id=chosen, elements=()), leaf.index, [[["1"]]], leaf.parent)
    at = next(n for n, item in enumerate(leaf.parent.items) if item is leaf)
    leaf.parent.items.insert(at + 1, stray)
    return _found(document, code, stray, segment="" if code == "S1" else chosen)


def _checked(document: Document) -> Iterator[Leaf]:
    """What may be changed inside: header, trailer and brackets have findings of their own."""
    for leaf in document.leaves:
        if leaf.use.id not in ("ST", "SE", *grammar.BRACKETS):
            yield leaf


def _inner(document: Document, *, openers: bool = False) -> Iterator[Leaf]:
    """What may be taken away without taking a loop away."""
    return (leaf for leaf in _checked(document) if openers or leaf.index or not leaf.parent.parent)


def _kept(document: Document) -> Iterator[tuple[Branch, Rule]]:
    """The rules that apply somewhere in a set that keeps them all."""
    for branch in document.root.branches():
        for rule in branch.loop.rules:
            if applies(rule, branch) and not (rule.then[0].loop and rule.then[0].segment):
                yield branch, rule


def _agrees(rule: Rule) -> bool:
    """Whether it is about two codes that must go together."""
    return rule.then[0].segment == "NM1" and rule.then[0].values is not None


def _ruled(leaf: Leaf) -> bool:
    rules = [rule for branch in leaf.parent.branches() for rule in branch.loop.rules]
    return any(fact.segment == leaf.use.id for rule in rules for fact in (*rule.when, *rule.then))


def _meant(fact: Fact, item: Leaf | Branch) -> bool:
    if isinstance(item, Branch):
        return not fact.segment and item.loop.id == fact.loop
    if item.use.id != fact.segment:
        return False
    return not fact.element or fact.values is None or item.get(fact.element, fact.component) in fact.values


def _found(
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


def _with(guide: Guide, old: Use | Loop, new: Use | Loop) -> Guide:
    """The guide with one part in place of another, wherever that stands."""

    def changed(part: Use | Loop) -> Use | Loop:
        if part is old:
            return new
        return replace(part, parts=tuple(map(changed, part.parts))) if isinstance(part, Loop) else part

    root = changed(guide.root)
    assert isinstance(root, Loop)
    return replace(guide, root=root)


def _one(found: Iterable[_T], random: Random) -> _T | None:
    choice = list(found)
    return random.choice(choice) if choice else None
