"""One use of a segment as one regular expression over the raw text of a segment.

`segment_faults` says what is wrong with a segment; nearly always nothing is. A pattern made
here says so at once: where it matches, `segment_faults` finds nothing (a property test holds
the two against each other). Where it does not match, nobody knows yet: the exact check is
then made. So a pattern may be too strict (it knows no 29 February, and of a number with a point only
the usual forms), and never too lenient.

How the rules become a pattern:

* an element is its code list as a trie, or its type and length over the characters allowed;
* an element that may be absent is an optional group, and the text may end wherever nothing
  required follows; it never ends in a separator;
* a relational note is asked at its last element, by which groups before it took part
  (``(?(e8)…|…)``), and again wherever the text may end before it;
* an element that qualifies another has a group for each value that matters;
* what no pattern can tell (the order of two dates, a check digit, a list outside the guide) is a
  `Question` about the match.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import grammar
from .code_values import value_faults
from .elements import broken_notes, value_fault
from .guide import Composite, Element, Syntax, Told, Usage, Use
from .segments import Delimiters, Segment
from .situational import breaks

#: Asked of a match; false where the exact check must be made.
Question = Callable[["re.Match[str]"], bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a clean segment of one use looks like."""

    match: Callable[[str], re.Match[str] | None]
    question: Question | None = None

    def proves(self, text: str) -> bool:
        """Whether nothing is wrong with a segment, for certain."""
        found = self.match(text)
        return found is not None and (self.question is None or self.question(found))


def pattern_of(use: Use, delimiters: Delimiters) -> Pattern:
    """The pattern of a use; one that matches nothing where the rules or the delimiters are beyond it."""
    if not are_usual(delimiters) or use.id in grammar.COUNTED_DATA:
        return _NOTHING
    row = _Segment(use, delimiters)
    values, presences = _asked_about(use)
    row.watched |= values | presences
    made = re.compile(row.pattern())
    questions = list(row.questions)
    if values or presences:
        named = [sorted({f"e{each}" for each in numbers} & set(made.groupindex)) for numbers in (values, presences)]
        questions.append(_asked_of_segment(use, delimiters, *named))
    return Pattern(made.fullmatch, _all(questions))


def are_usual(delimiters: Delimiters) -> bool:
    """Whether the delimiters are four different characters that no number, date or word holds."""
    marks = str(delimiters)
    return len(set(marks)) == len(marks) and not any(each.isalnum() or each in " -." or each > "~" for each in marks)


_NOTHING = Pattern(re.compile(r"(?!)").fullmatch)


def _all(questions: Sequence[Question]) -> Question | None:
    if not questions:
        return None
    first, rest = questions[0], _all(questions[1:])
    return first if rest is None else lambda match: first(match) and rest(match)


# --- rows: the elements of a segment, the components of a composite ------------------------------------


class _Characters(NamedTuple):
    """The insides of character classes: what a value may hold, and what it may begin with."""

    inside: str
    first: str


class _Row(ABC):
    """Slots in order, with the notes over them. Groups are named after `prefix` and the number of a slot."""

    def __init__(
        self, slots: Sequence[Element | Composite], syntax: Sequence[Syntax], separator: str, prefix: str
    ) -> None:
        self.questions: list[Question] = []
        self.slots = slots
        self.syntax = syntax
        self.separator = re.escape(separator)
        self.prefix = prefix
        self.watched = {number for note in syntax for number in note.numbers}
        #: Slot -> the values of it that others ask for, with the group that tells each.
        self.marks: dict[int, dict[str, str]] = {}
        #: Slot -> the slot that qualifies it, and value of that -> pattern.
        self.qualified: dict[int, tuple[int, dict[str, str]]] = {}

    @abstractmethod
    def present(self, number: int) -> str:
        """The pattern of slot `number` where it is not empty."""

    def slot(self, number: int) -> str:
        """Slot `number`, empty or not, and the notes that it completes."""
        spec = self.slots[number - 1]
        if spec.usage is Usage.NOT_USED:
            text = f"(?P<{self.prefix}{number}>(?!))?" if number in self.watched else ""
        else:
            text = self.present(number)
            text = f"(?P<{self.prefix}{number}>{text})" if number in self.watched else f"(?:{text})"
            text = text if spec.usage is Usage.REQUIRED else f"(?:{text}|)"
        notes = [note for note in self.syntax if max(note.numbers) == number]
        return text + self._asked(notes, number)

    def rest(self, number: int, closing: str) -> str:
        """What may follow before slot `number`: it and more, or the end."""
        end = self._end(number, closing)
        if number > len(self.slots):
            return end or "(?!)"
        more = self.separator + self.slot(number) + self.rest(number + 1, closing)
        return f"(?:{more}|{end})" if end is not None else more

    def _end(self, number: int, closing: str) -> str | None:
        """The end before slot `number`; `None` where something required is still to come."""
        if any(spec.usage is Usage.REQUIRED for spec in self.slots[number - 1 :]):
            return None
        notes = [note for note in self.syntax if max(note.numbers) >= number]
        return f"(?<!{self.separator}){self._asked(notes, number - 1)}{closing}"

    def _asked(self, notes: Sequence[Syntax], last: int) -> str:
        """Nothing where the notes hold for the slots up to `last`, otherwise no match."""
        numbers = sorted({number for note in notes for number in note.numbers if number <= last})
        return self._tree(notes, numbers, {})

    def _tree(self, notes: Sequence[Syntax], numbers: Sequence[int], there: Mapping[int, bool]) -> str:
        if not numbers:
            present = [there.get(number, False) for number in range(max(there, default=0) + 1)]
            return "(?!)" if any(broken_notes(notes, present)) else ""
        first, *others = numbers
        yes = self._tree(notes, others, {**there, first: True})
        no = self._tree(notes, others, {**there, first: False})
        return yes if yes == no else f"(?({self.prefix}{first}){yes}|{no})"

    # --- values ------------------------------------------------------------------------------------------

    def value(self, number: int, spec: Element, characters: _Characters) -> str:
        """A simple value, with the groups that mark it and by what qualifies it."""
        plain = _plain(spec, characters)
        marks = self.marks.get(number)
        if marks:
            rest = _plain(spec, characters, without=frozenset(marks))
            if spec.codes is None:
                rest = f"(?!(?:{_any_of(marks)})(?:{self.separator}|\\Z)){rest}"
            told = (f"(?P<{group}>{re.escape(value)})" for value, group in marks.items() if _allows(spec, value))
            plain = f"(?:{'|'.join((*told, rest))})"
        if number in self.qualified:
            qualifier, by_value = self.qualified[number]
            for value, pattern in by_value.items():
                group = self.marks[qualifier][value]
                if _allows(self.slots[qualifier - 1], value):
                    plain = f"(?({group}){pattern}|{plain})"
        return plain

    def dated(self, number: int, qualifier: int) -> None:
        """Declare that slot `number` is a date in the format that slot `qualifier` names."""
        if not (self._is_plain(number) and self._is_plain(qualifier)):
            return
        marks = self.marks.setdefault(qualifier, {})
        formats = {}
        for name, (pattern, least, most) in _formats(f"{self.prefix}{number}").items():
            marks[name] = f"{self.prefix}{qualifier}{name}"
            formats[name] = pattern if self._holds(number, least, most) else "(?!)"
        self.qualified[number] = (qualifier, formats)
        if _allows(self.slots[qualifier - 1], "RD8"):
            self.questions.append(_in_order(f"{self.prefix}{number}"))

    def identified(self, number: int, qualifier: int, value: str) -> None:
        """Declare that slot `number` is a National Provider Identifier where slot `qualifier` says so."""
        if not (self._is_plain(number) and self._is_plain(qualifier)):
            return
        group = f"{self.prefix}{number}npi"
        self.marks.setdefault(qualifier, {})[value] = f"{self.prefix}{qualifier}npi"
        holds = self._holds(number, grammar.NPI_LENGTH, grammar.NPI_LENGTH)
        pattern = f"(?P<{group}>[0-9]{{{grammar.NPI_LENGTH}}})" if holds else "(?!)"
        self.qualified[number] = (qualifier, {value: pattern})
        if holds and _allows(self.slots[qualifier - 1], value):
            self.questions.append(_is_identifier(group))

    def _is_plain(self, number: int) -> bool:
        """Whether a slot can hold anything; where it qualifies or is qualified, it must not repeat."""
        spec = self.slots[number - 1] if number <= len(self.slots) else None
        if spec is None or spec.usage is Usage.NOT_USED:
            return False
        if isinstance(spec, Composite) or spec.repeat > 1:
            raise _BeyondPatterns
        return True

    def _holds(self, number: int, least: int, most: int) -> bool:
        spec = self.slots[number - 1]
        return (
            isinstance(spec, Element)
            and spec.codes is None
            and spec.type == "AN"
            and (spec.min <= least and most <= spec.max)
        )


class _BeyondPatterns(Exception):
    """The rules of a row cannot be said in a pattern."""


class _Segment(_Row):
    """The elements of a segment."""

    def __init__(self, use: Use, delimiters: Delimiters) -> None:
        super().__init__(use.elements, use.syntax, delimiters.element, "e")
        self._use = use
        self._delimiters = delimiters
        marks = delimiters.element + delimiters.component + (delimiters.repetition or "")
        self._characters = _Characters(_class(marks), _class(marks + " "))

    def pattern(self) -> str:
        """The whole segment, its id first."""
        try:
            for number, qualifier in grammar.DATED_ELEMENTS.get(self._use.id, ()):
                self.dated(number, qualifier)
            if self._use.id in grammar.NPI_ELEMENTS:
                self.identified(*grammar.NPI_ELEMENTS[self._use.id])
            if not self.slots:
                return "(?!)"
            return re.escape(self._use.id) + self.separator + self.slot(1) + self.rest(2, r"\Z")
        except _BeyondPatterns:
            return "(?!)"

    def present(self, number: int) -> str:
        """The pattern of an element, its repeats among it."""
        spec = self.slots[number - 1]
        if isinstance(spec, Composite):
            row = _Components(spec, self._delimiters, f"e{number}c", self._use.id, self._characters)
            text, repeatable = row.pattern(), not row.has_groups
            self.questions += row.questions
        else:
            text, repeatable = self.value(number, spec, self._characters), True
        mark = self._delimiters.repetition
        if mark and spec.repeat > 1 and repeatable:
            text = f"(?:{text})(?:{re.escape(mark)}(?:{text})){{0,{spec.repeat - 1}}}"
        return text


class _Components(_Row):
    """The components of a composite."""

    def __init__(
        self, spec: Composite, delimiters: Delimiters, prefix: str, segment_id: str, characters: _Characters
    ) -> None:
        super().__init__(spec.parts, spec.syntax, delimiters.component, prefix)
        self._characters = characters
        if segment_id in grammar.DATED_COMPONENTS:
            self.dated(*grammar.DATED_COMPONENTS[segment_id])
        #: Groups remember what an earlier repeat said: such a composite is only known where it stands once.
        self.has_groups = bool(self.watched or self.marks)
        self._outside = re.escape(delimiters.element + (delimiters.repetition or ""))

    def pattern(self) -> str:
        """One occurrence, not empty."""
        return self.slot(1) + self.rest(2, f"(?<![{self._outside}])")

    def present(self, number: int) -> str:
        """The pattern of a component."""
        spec = self.slots[number - 1]
        assert isinstance(spec, Element), "a component has no components"
        return self.value(number, spec, self._characters)


# --- simple values -----------------------------------------------------------------------------------------


def _allows(spec: Element | Composite, value: str) -> bool:
    """Whether an element may hold `value` without a finding."""
    return isinstance(spec, Element) and value_fault(value, spec) is None


#: The most characters of a value that a pattern looks at.
_LONGEST = 65_535


def _plain(spec: Element, characters: _Characters, *, without: frozenset[str] = frozenset()) -> str:
    """A value by its code list, or else by its type and length."""
    if spec.codes is not None:
        one = re.compile(f"[{characters.inside}]+")
        return _any_of(code for code in spec.codes - without if one.fullmatch(code) and value_fault(code, spec) is None)
    if spec.type in ("AN", "ID", "B"):
        least, most = max(spec.min, 1) - 1, min(spec.max, _LONGEST) - 1
        more = f"[{characters.inside}]{{{least},{most}}}+(?<! )" if most else ""
        return f"[{characters.first}]{more}"
    if spec.type == "DT":
        return _fitting(spec, {8: _DAY, 6: _SHORT_DAY})
    if spec.type == "TM":
        seconds = _HOUR + _SIXTY
        return _fitting(spec, {8: f"{seconds}[0-9]{{2}}", 7: f"{seconds}[0-9]", 6: seconds, 4: _HOUR})
    if spec.type == "R":
        return _decimal(spec)
    return f"-?[0-9]{{{max(spec.min, 1)},{spec.max}}}+"


def _fitting(spec: Element, by_length: Mapping[int, str]) -> str:
    return _either([text for length, text in by_length.items() if spec.min <= length <= spec.max])


def _decimal(spec: Element) -> str:
    """A number with or without a point: of all the ways to share the digits around it, the usual ones."""
    ways = [f"[0-9]{{{max(spec.min, 1)},{spec.max}}}+(?![.])"]
    behind = min(4, spec.max // 2)
    if spec.min <= 1 and behind:
        ways.append(f"[0-9]{{0,{spec.max - behind}}}[.][0-9]{{1,{behind}}}(?![0-9])")
    return f"-?{_either(ways)}"


def _either(ways: Sequence[str]) -> str:
    return f"(?:{'|'.join(ways)})" if ways else "(?!)"


def _any_of(words: Iterable[str]) -> str:
    """Exactly one of some words, as a trie: a long list of codes is then not tried one by one."""
    known = set(words)
    if not known:
        return "(?!)"
    by_first: dict[str, set[str]] = {}
    for word in known - {""}:
        by_first.setdefault(word[0], set()).add(word[1:])
    by_rest: dict[frozenset[str], str] = {}
    for first in sorted(by_first):
        rest = frozenset(by_first[first])
        by_rest[rest] = by_rest.get(rest, "") + first
    ways = [f"[{re.escape(firsts)}]{_any_of(rest) if rest != {''} else ''}" for rest, firsts in by_rest.items()]
    if not ways:
        return ""
    return f"(?:{'|'.join(ways)}){'?' if '' in known else ''}"


def _class(excluded: str) -> str:
    """The inside of a character class: X12's characters without the delimiters, as ranges."""
    codes = [code for code in range(0x20, 0x7F) if chr(code) not in excluded]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\x{first:02x}-\\x{last:02x}" for first, last in ranges)


# --- dates, times and what a pattern cannot tell ------------------------------------------------------------

#: A day of any month but the last days that not every year has; the exact check knows those.
_MONTH_DAY = "(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
_DAY = f"[12][0-9]{{3}}{_MONTH_DAY}"
_SHORT_DAY = f"[0-9]{{2}}{_MONTH_DAY}"
_SIXTY = "[0-5][0-9]"
_HOUR = f"(?:[01][0-9]|2[0-3]){_SIXTY}"


def _formats(group: str) -> dict[str, tuple[str, int, int]]:
    """Each of `grammar.DATE_FORMATS`: its pattern, and how short and long it is."""
    seconds = f"(?:{_SIXTY}[0-9]{{0,2}})?"
    return {
        "D6": (_SHORT_DAY, 6, 6),
        "D8": (_DAY, 8, 8),
        "DT": (f"{_DAY}{_HOUR}{seconds}", 12, 16),
        "RD8": (f"(?P<{group}from>{_DAY})-(?P<{group}to>{_DAY})", 17, 17),
        "TM": (f"{_HOUR}{seconds}", 4, 8),
    }


def _in_order(group: str) -> Question:
    """A period does not end before it begins."""
    first, last = f"{group}from", f"{group}to"

    def question(match: re.Match[str]) -> bool:
        began, ended = match.group(first, last)
        return began is None or began <= ended

    return question


#: Identifiers seen to be right: a batch names the same few providers again and again.
_RIGHT_IDENTIFIERS: set[str] = set()
_REMEMBERED = 4_096


def _is_identifier(group: str) -> Question:
    def question(match: re.Match[str]) -> bool:
        text = match[group]
        if text is None or text in _RIGHT_IDENTIFIERS:
            return True
        if not grammar.is_npi(text):
            return False
        if len(_RIGHT_IDENTIFIERS) >= _REMEMBERED:
            _RIGHT_IDENTIFIERS.clear()
        _RIGHT_IDENTIFIERS.add(text)
        return True

    return question


def _asked_about(use: Use) -> tuple[set[int], set[int]]:
    """The elements that outside lists or the use's own rules ask about: their values, and whether they stand."""
    facts = [fact for rule in use.rules for fact in (*rule.when, *rule.then)]
    values = {number for number, _, _ in use.outside}
    values |= {kind.by for _, component, kind in use.outside if isinstance(kind, Told) and not component}
    values |= {fact.element for fact in facts if fact.values is not None or fact.component}
    return values - {0}, {fact.element for fact in facts} - values - {0}


def _asked_of_segment(use: Use, delimiters: Delimiters, values: Sequence[str], presences: Sequence[str]) -> Question:
    """Its own situational rules, and the values of lists outside the guide.

    What was seen to be right is not looked at again: a batch has few different codes.
    """
    right: set[object] = set()
    separator = delimiters.element

    def question(match: re.Match[str]) -> bool:
        key: object = match.group(*values) if values else None
        if presences:
            key = (key, *[match.start(name) >= 0 for name in presences])
        if key in right:
            return True
        segment = Segment(match.string.split(separator), delimiters)
        if any(value_faults(segment, use, set())) or any(breaks(rule, segment) for rule in use.rules):
            return False
        if len(right) >= _REMEMBERED:
            right.clear()
        right.add(key)
        return True

    return question
