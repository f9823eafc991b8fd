"""What one segment must be by its use in a guide: each element, and the relations between them.

A checker a kind of rule, in tables: `_TYPES` by the type of an element, `_RELATIONS` by the
relational condition, `grammar.DATED_ELEMENTS` and its neighbours by the element that
qualifies another. No segment is named here. One fault of an element gives one finding: the
first that applies in the order usage, repeats, components, type, length, code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from . import grammar, issues
from .code_values import value_faults
from .faults import Fault
from .guide import Composite, Element, Relation, Syntax, Usage, Use
from .issues import IssueCode
from .segments import Segment

__all__ = ["Fault", "segment_faults"]


def segment_faults(segment: Segment, use: Use) -> Iterator[Fault]:
    """Everything wrong with a segment as `use` has it, element by element.

    Where what tells the use from others of its id is wrong, that is all: nobody knows what the rest should be.
    """
    wrong = [key for key, values in use.when if not _is_told(segment, key, values)] if use.when else []
    if not wrong:
        return _faults(segment, use)
    found = list(_faults(segment, use))
    return iter([fault for fault in found if any(_is_of(fault, key) for key in wrong)] or found)


def _is_of(fault: Fault, key: int | tuple[int, int]) -> bool:
    if isinstance(key, int):
        return fault.element == key
    return fault.element == key[0] and fault.component in (None, key[1])


def _is_told(segment: Segment, key: int | tuple[int, int], values: Collection[str]) -> bool:
    return (segment.element(key) if isinstance(key, int) else segment.component(*key)).strip() in values


def _faults(segment: Segment, use: Use) -> Iterator[Fault]:
    elements = segment.elements
    if not any(elements[1:]):
        yield Fault(issues.SEGMENT_EMPTY)
        return
    faulty: set[int] = set()
    for fault in _each_element(segment, use):
        if fault.element:
            faulty.add(fault.element)
        yield fault
    present = [bool(each) for each in elements]
    for number, code in broken_notes(use.syntax, present):
        if number not in faulty:
            faulty.add(number)
            yield Fault(code, number)
    yield from (fault for fault in _qualified(segment) if fault.element not in faulty)
    if use.outside:
        yield from value_faults(segment, use, faulty)


def _each_element(segment: Segment, use: Use) -> Iterator[Fault]:
    elements, last = segment.elements, len(segment.elements) - 1
    # The separators of this interchange are no part of the data, whatever characters they are.
    data = str.maketrans("", "", segment.delimiters.component + (segment.delimiters.repetition or ""))
    clean = not grammar.NOT_EXTENDED.search(segment.text())
    for number, spec in enumerate(use.elements, 1):
        text = elements[number] if number <= last else ""
        if not text:
            if spec.usage is Usage.REQUIRED:
                yield Fault(issues.ELEMENT_MISSING, number, rule=spec.rule)
        elif spec.usage is Usage.NOT_USED:
            yield Fault(issues.ELEMENT_NOT_USED, number, rule=spec.rule)
        elif isinstance(spec, Element) and spec.type == _BINARY:
            continue  # bytes, counted and not delimited: a separator in them is none
        elif not clean and grammar.NOT_EXTENDED.search(text.translate(data)):
            yield Fault(issues.CHARACTER_INVALID, number)
        else:
            yield from _element(segment, number, text, spec)
    if last > len(use.elements) and any(elements[len(use.elements) + 1 :]):
        yield Fault(issues.TOO_MANY_ELEMENTS, len(use.elements) + 1)
    elif not elements[-1]:
        yield Fault(issues.TRAILING_SEPARATORS)


#: The type of an element that holds bytes.
_BINARY = "B"


def _element(segment: Segment, number: int, text: str, spec: Element | Composite) -> Iterator[Fault]:
    if not text.strip(" ") and spec.usage is not Usage.REQUIRED:
        yield Fault(issues.BLANKS_AROUND, number)  # a sender that pads: it says nothing
        return
    mark = segment.delimiters.repetition
    repeats = text.split(mark) if mark and mark in text else [text]
    if len(repeats) > spec.repeat:
        yield Fault(issues.TOO_MANY_REPEATS, number, repeat=spec.repeat + 1, rule=spec.rule)
    for repeat, value in enumerate(repeats[: spec.repeat], 1):
        counted = repeat if spec.repeat > 1 else None
        parts = value.split(segment.delimiters.component)
        if isinstance(spec, Composite):
            yield from _composite(number, counted, parts, spec)
        elif len(parts) > 1:
            yield Fault(issues.TOO_MANY_COMPONENTS, number, 2, counted)
        elif code := value_fault(value, spec):
            yield Fault(code, number, None, counted, spec.rule)


def _composite(number: int, repeat: int | None, parts: Sequence[str], spec: Composite) -> Iterator[Fault]:
    faulty: set[int] = set()
    for component, part in enumerate(spec.parts, 1):
        text = parts[component - 1] if component <= len(parts) else ""
        code = _part(text, part)
        if code:
            faulty.add(component)
            yield Fault(code, number, component, repeat, part.rule)
    if any(parts[len(spec.parts) :]):
        yield Fault(issues.TOO_MANY_COMPONENTS, number, len(spec.parts) + 1, repeat)
    present = [False, *map(bool, parts)]
    for component, broken in broken_notes(spec.syntax, present):
        if component not in faulty:
            yield Fault(broken, number, component, repeat)


def _part(text: str, spec: Element) -> IssueCode | None:
    if not text:
        return issues.ELEMENT_MISSING if spec.usage is Usage.REQUIRED else None
    return issues.ELEMENT_NOT_USED if spec.usage is Usage.NOT_USED else value_fault(text, spec)


def value_fault(text: str, spec: Element) -> IssueCode | None:
    """The first thing wrong with one value, or `None`."""
    bare = text.strip(" ")
    if not bare:
        return issues.ELEMENT_MISSING if spec.usage is Usage.REQUIRED else issues.BLANKS_AROUND
    if spec.codes is not None and bare not in spec.codes and text not in spec.codes:
        return issues.CODE_NOT_ALLOWED
    check = _TYPES.get(spec.type)
    if check and not check.right(bare):
        return check.code
    length = len(bare) if check is None else check.length(bare)
    if length > spec.max:
        return issues.ELEMENT_LONG
    if length < spec.min:
        return issues.ELEMENT_SHORT if length == len(text) or check else issues.BLANKS_AROUND
    return issues.BLANKS_AROUND if bare != text and text not in (spec.codes or ()) else None


@dataclass(frozen=True, slots=True)
class _Type:
    """How values of one element type look, and what counts towards their length."""

    right: Callable[[str], bool]
    code: IssueCode
    length: Callable[[str], int] = len


def _digits(text: str) -> int:
    """A minus and a point do not count towards the length of a number (X12.6)."""
    return sum(each.isdigit() for each in text)


_IMPLIED = _Type(grammar.is_number, issues.CHARACTER_INVALID, _digits)
#: AN, ID and B have no shape of their own.
_TYPES: dict[str, _Type] = {
    "DT": _Type(grammar.is_date, issues.DATE_INVALID),
    "TM": _Type(grammar.is_time, issues.TIME_INVALID),
    "R": _Type(grammar.is_decimal, issues.CHARACTER_INVALID, _digits),
    **{f"N{decimals}": _IMPLIED for decimals in range(10)},
    "N": _IMPLIED,
}


# --- relations ---------------------------------------------------------------------------

#: Numbers of a relational note, and which elements are present (by number) -> the number at fault, or `None`.
_Check = Callable[[Sequence[int], Sequence[bool]], int | None]


def broken_notes(syntax: Sequence[Syntax], present: Sequence[bool]) -> Iterator[tuple[int, IssueCode]]:
    for note in syntax:
        check, code = _RELATIONS[note.relation]
        number = check(note.numbers, present)
        if number is not None:
            yield number, code


def _has(number: int, present: Sequence[bool]) -> bool:
    return number < len(present) and present[number]


def _paired(numbers: Sequence[int], present: Sequence[bool]) -> int | None:
    absent = [number for number in numbers if not _has(number, present)]
    return absent[0] if absent and len(absent) < len(numbers) else None


def _at_least_one(numbers: Sequence[int], present: Sequence[bool]) -> int | None:
    return None if any(_has(number, present) for number in numbers) else numbers[0]


def _at_most_one(numbers: Sequence[int], present: Sequence[bool]) -> int | None:
    there = [number for number in numbers if _has(number, present)]
    return there[1] if len(there) > 1 else None


def _conditional(numbers: Sequence[int], present: Sequence[bool]) -> int | None:
    if not _has(numbers[0], present):
        return None
    return next((number for number in numbers[1:] if not _has(number, present)), None)


def _list_conditional(numbers: Sequence[int], present: Sequence[bool]) -> int | None:
    if not _has(numbers[0], present) or any(_has(number, present) for number in numbers[1:]):
        return None
    return numbers[1]


_RELATIONS: dict[Relation, tuple[_Check, IssueCode]] = {
    Relation.PAIRED: (_paired, issues.CONDITIONAL_MISSING),
    Relation.REQUIRED: (_at_least_one, issues.CONDITIONAL_MISSING),
    Relation.EXCLUSION: (_at_most_one, issues.EXCLUSION_BROKEN),
    Relation.CONDITIONAL: (_conditional, issues.CONDITIONAL_MISSING),
    Relation.LIST: (_list_conditional, issues.CONDITIONAL_MISSING),
}


# --- values that another element qualifies ----------------------------------------------------


def _qualified(segment: Segment) -> Iterator[Fault]:
    for number, qualifier in grammar.DATED_ELEMENTS.get(segment.id, ()):
        if code := _dated(segment.element(qualifier), segment.element(number)):
            yield Fault(code, number)
    if segment.id in grammar.DATED_COMPONENTS:
        number, qualifier = grammar.DATED_COMPONENTS[segment.id]
        for element in range(1, len(segment.elements)):
            if code := _dated(segment.component(element, qualifier), segment.component(element, number)):
                yield Fault(code, element, number)
    if segment.id in grammar.NPI_ELEMENTS:
        number, qualifier, value = grammar.NPI_ELEMENTS[segment.id]
        text = segment.element(number).strip()
        if text and segment.element(qualifier).strip() == value and not grammar.is_npi(text):
            yield Fault(issues.NPI_CHECK_DIGIT, number)


def _dated(qualifier: str, text: str) -> IssueCode | None:
    right = grammar.DATE_FORMATS.get(qualifier.strip())
    if not text or right is None or right(text.strip()):
        return None
    return issues.TIME_INVALID if qualifier.strip() == "TM" else issues.DATE_INVALID
