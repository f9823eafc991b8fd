"""Faults of elements, and values that lists outside the guides cannot hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random

from priorwire.x12 import Composite, Element, Relation, Syntax, Usage, grammar
from tests.mutations_how_x12 import (
    SHORT,
    At,
    Broken,
    all_places,
    broken_at,
    changed_value,
    checked_leaves,
    inner_leaves,
    is_agreement,
    kind,
    one_of,
    told_by,
)
from tests.strategies_x12 import Document, Leaf, applies, holds, related

# --- elements ------------------------------------------------------------------------------------------------------


@kind("IK403-1 a required element absent")
def _element_absent(document: Document, random: Random) -> Broken | None:
    def fits(at: At) -> bool:
        kept = [each for n, each in enumerate(at.leaf.values, 1) if n != at.element and each]
        siblings = [part for n, part in enumerate(at.parts, 1) if n != at.component and part]
        return at.spec.usage is Usage.REQUIRED and bool(siblings if at.component else kept)

    return changed_value(document, random, "E1", fits, lambda _at: "")


@kind("IK403-1 a required composite absent")
def _composite_absent(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, number)
        for leaf in inner_leaves(document, openers=True)
        for number, spec in enumerate(leaf.use.elements, 1)
        if isinstance(spec, Composite) and spec.usage is Usage.REQUIRED and any(leaf.values[number:])
        and not any(isinstance(key, tuple) and key[0] == number for key, _ in leaf.use.when)
    ]  # fmt: skip
    at = one_of(found, random)
    if at is None:
        return None
    at[0].set(at[1], "")
    return broken_at(document, "E1", at[0], element=at[1])


@kind("IK403-2 a relation broken")
def _relation(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, component, number, note)
        for leaf in inner_leaves(document)
        for component, notes, parts, present in _notes(leaf)
        for note in notes
        for number in _breaking(note, parts, present)
        if _broken_by(notes, present, _gone(note, number)) == [note] and any(_left(present, _gone(note, number)))
        and not (told_by(leaf) & ({(component, n) for n in _gone(note, number)} | {(component, 0)}))
    ]  # fmt: skip
    at = one_of(found, random)
    if at is None:
        return None
    leaf, element, number, note = at
    for each in _gone(note, number):
        if element:
            leaf.set(element, "", each)
        else:
            leaf.set(each, "")
    if element:
        return broken_at(document, "E2", leaf, element=element, component=number)
    return broken_at(document, "E2", leaf, element=number)


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
    leaf = one_of([each for each in checked_leaves(document) if each.use.id not in grammar.COUNTED_DATA], random)
    if leaf is None:
        return None
    leaf.set(len(leaf.use.elements) + 1, "X")
    return broken_at(document, "E3", leaf, element=len(leaf.use.elements) + 1)


@kind("IK403-4 too short")
def _short(document: Document, random: Random) -> Broken | None:
    def fits(at: At) -> bool:
        return at.spec.min > 1 and at.spec.codes is None and at.spec.type in ("AN", "ID")

    return changed_value(document, random, "E4", fits, lambda _at: "A")


@kind("IK403-5 too long")
def _long(document: Document, random: Random) -> Broken | None:
    def fits(at: At) -> bool:
        return at.spec.max < SHORT * 2 and at.spec.codes is None and at.spec.type not in ("DT", "TM", "B")

    def text(at: At) -> str:
        return ("A" if at.spec.type in ("AN", "ID") else "1") * (at.spec.max + 1)

    return changed_value(document, random, "E5", fits, text)


@kind("IK403-6 a character that may not be")
def _character(document: Document, random: Random) -> Broken | None:
    return changed_value(document, random, "E6", lambda at: not at.component, lambda at: at.text[:-1] + "\u00e9")


@kind("IK403-6 no number")
def _no_number(document: Document, random: Random) -> Broken | None:
    return changed_value(document, random, "E6", lambda at: at.spec.type in ("R", "N0"), lambda _at: "X")


@kind("IK403-8 no day")
def _no_day(document: Document, random: Random) -> Broken | None:
    return changed_value(
        document,
        random,
        "E8",
        lambda at: at.spec.type == "DT" or _is_dated(at),
        lambda at: at.text.replace("2026", "2025")[:4] + "1301" + at.text[8:],
    )


def _is_dated(at: At) -> bool:
    segment = at.leaf.use.id
    if at.component:
        return segment in grammar.DATED_COMPONENTS and grammar.DATED_COMPONENTS[segment][0] == at.component
    return at.element in [number for number, _ in grammar.DATED_ELEMENTS.get(segment, ())]


@kind("IK403-9 no time of day")
def _no_time(document: Document, random: Random) -> Broken | None:
    return changed_value(document, random, "E9", lambda at: at.spec.type == "TM", lambda _at: "2561")


@kind("IK403-10 what excludes each other")
def _exclusion(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, note)
        for leaf in checked_leaves(document)
        for note in leaf.use.syntax
        if note.relation is Relation.EXCLUSION
    ]
    at = one_of(found, random)
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
    return broken_at(document, "E10", leaf, element=max(note.numbers))


@kind("IK403-12 one repeat too many")
def _repeats(document: Document, random: Random) -> Broken | None:
    at = one_of([each for each in all_places(document) if not each.component], random)
    if at is None:
        return None
    while len(at.leaf.values[at.element - 1]) <= at.spec.repeat:
        at.leaf.values[at.element - 1].append([at.text.partition("^")[0]])
    return broken_at(document, "E11", at.leaf, element=at.element, repeat=at.spec.repeat + 1)


@kind("IK403-13 one component too many")
def _components(document: Document, random: Random) -> Broken | None:
    found: list[tuple[Leaf, int, int, int | None]] = [
        (each.leaf, each.element, 2, 1 if each.spec.repeat > 1 else None)
        for each in all_places(document)
        if not each.component
    ]
    for leaf in checked_leaves(document):
        for number, spec in enumerate(leaf.use.elements, 1):
            if isinstance(spec, Composite) and leaf.values[number - 1]:
                found.append((leaf, number, len(spec.parts) + 1, None))
    at = one_of(found, random)
    if at is None:
        return None
    leaf, element, component, repeat = at
    leaf.set(element, "X", component)
    return broken_at(document, "E12", leaf, element=element, component=component, repeat=repeat)


@kind("IK403-I6 a code that is not allowed")
def _code(document: Document, random: Random) -> Broken | None:
    def text(at: At) -> str:
        length = max(at.spec.min, min(at.spec.max, 3))
        strange = ("".join(each) for each in product("Q9JX", repeat=length))
        return next(each for each in strange if each not in (at.spec.codes or ()))

    return changed_value(document, random, "E7", lambda at: at.spec.codes is not None, text)


@kind("IK403-I10 an element that is not used")
def _unused(document: Document, random: Random) -> Broken | None:
    found: list[tuple[Leaf, int, int]] = []
    for leaf in checked_leaves(document):
        related_ones = {n for note in leaf.use.syntax for n in note.numbers}
        for number, spec in enumerate(leaf.use.elements, 1):
            if isinstance(spec, Composite) and leaf.values[number - 1]:
                found += [(leaf, number, n) for n, p in enumerate(spec.parts, 1) if p.usage is Usage.NOT_USED]
            elif spec.usage is Usage.NOT_USED and number not in related_ones and leaf.use.id != "HL":
                found.append((leaf, number, 0))
    at = one_of(found, random)
    if at is None:
        return None
    leaf, element, component = at
    leaf.set(element, "X", component)
    return broken_at(document, "E13", leaf, element=element, component=component or None)


@kind("IK403-I9 an element that the situation calls for")
def _dependent_absent(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, rule.then[0])
        for leaf in inner_leaves(document, openers=True)
        for rule in leaf.use.rules
        if applies(rule, leaf) and not rule.then[0].absent
    ]
    at = one_of(found, random)
    if at is None:
        return None
    leaf, fact = at
    for note in leaf.use.syntax:
        if note.relation is Relation.PAIRED and fact.element in note.numbers:
            for number in note.numbers:
                leaf.set(number, "")
    leaf.set(fact.element, "")
    return broken_at(document, "E14", leaf, element=fact.element)


@kind("IK403-I13 an element that the situation forbids")
def _dependent_present(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, rule.then[0])
        for leaf in inner_leaves(document)
        for rule in leaf.use.rules
        if applies(rule, leaf) and rule.then[0].absent and leaf.get(rule.then[0].element)
    ]
    at = one_of(found, random)
    if at is None:
        return None
    leaf, fact = at
    leaf.set(fact.element, "PA", fact.component)
    return broken_at(document, "E16", leaf, element=fact.element, component=fact.component or None)


@kind("IK403-I6 codes that do not go together")
def _disagreeing(document: Document, random: Random) -> Broken | None:
    found = [
        (leaf, rule.when[0])
        for branch in document.root.branches()
        for rule in branch.loop.rules
        if is_agreement(rule) and not any(holds(fact, branch) for fact in rule.then)
        for leaf in branch.items
        if isinstance(leaf, Leaf) and leaf.use.id == rule.when[0].segment
    ]
    at = one_of(found, random)
    if at is None:
        return None
    leaf, fact = at
    assert fact.values is not None
    leaf.set(fact.element, min(fact.values))
    return broken_at(document, "E17", leaf, element=fact.element)


# --- lists outside the guides: no 999 has a code for them ----------------------------------------------------------

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
    at = one_of(found, random)
    if at is None:
        return None
    leaf, number, component, name = at
    leaf.set(number, NO_VALUE[name][0], component)
    return broken_at(document, NO_VALUE[name][1], leaf, element=number, component=component or None)
