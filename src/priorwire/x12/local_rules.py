"""Situational rules that the text of a loop decides on its own, for `proving`.

A rule is local where each of its facts is about one occurrence of its loop: that a segment stands in it, that
the first element of one has a value, that a loop which is no level stands in it. Such a rule
is decided by how often the parts occurred and by which values were said. A set with any other
rule in it is left to the exact check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .guide import Fact, Guide, Loop, Use


def value_facts(loop: Loop) -> tuple[Fact, ...]:
    """The facts of a loop's rules about the value of a first element."""
    return tuple(fact for fact in _facts(loop) if fact.element)


def said_by(loop: Loop, segment_id: str, first: str) -> frozenset[int]:
    """Which of `value_facts` a segment makes true."""
    return frozenset(
        number
        for number, fact in enumerate(value_facts(loop))
        if fact.segment == segment_id and (first in fact.values if fact.values is not None else bool(first))
    )


def holds(loop: Loop, counts: Mapping[int, int], said: frozenset[int]) -> bool:
    """Whether every rule of a loop is kept; its rules are local."""
    facts = value_facts(loop)

    def is_so(fact: Fact) -> bool:
        if fact.element:
            there = facts.index(fact) in said
        else:
            there = any(counts.get(index, 0) for index in _parts_of(loop, fact))
        return there != fact.absent

    return all(not all(map(is_so, rule.when)) or any(map(is_so, rule.then)) for rule in loop.rules)


def beyond(guide: Guide) -> frozenset[int]:
    """The loops, by identity, that have a rule which is not local."""
    return frozenset(id(loop) for loop, around in _with_around(guide.root, frozenset()) if not _is_local(loop, around))


def _with_around(loop: Loop, around: frozenset[str]) -> Iterator[tuple[Loop, frozenset[str]]]:
    """Every loop, with the ids of itself and those around it."""
    inside = around | {loop.id}
    yield loop, inside
    for part in loop.parts:
        if isinstance(part, Loop):
            yield from _with_around(part, inside)


def _is_local(loop: Loop, around: frozenset[str]) -> bool:
    for fact in _facts(loop):
        if fact.segment == "HL" or fact.element > 1 or fact.component:
            return False
        if fact.segment and fact.loop:
            return False
        if fact.element and fact.values is None:
            return False
        inside = _parts_of(loop, fact)
        if not fact.segment and (fact.loop in around or any(_opens_level(loop, index) for index in inside)):
            return False
    return True


def _facts(loop: Loop) -> Iterator[Fact]:
    return (fact for rule in loop.rules for fact in (*rule.when, *rule.then))


def _opens_level(loop: Loop, index: int) -> bool:
    part = loop.parts[index]
    return isinstance(part, Loop) and part.opener.id == "HL"


def _parts_of(loop: Loop, fact: Fact) -> list[int]:
    """The parts of a loop that a fact without a value is about."""
    return [
        index
        for index, part in enumerate(loop.parts)
        if part.id == (fact.segment or fact.loop) and isinstance(part, Use if fact.segment else Loop)
    ]
