"""Transaction sets made from the guides themselves: whatever a guide allows, at random.

A set is grown as a tree of the guide's loops (`Branch`) and segments (`Leaf`), by what the
guide declares and nothing else: usage, repeats, codes, types, relations, situational rules,
shapes of outside codes. The same seed gives the same set, a small `density` a short one.
How the rules of a guide are kept is written here a second time, on purpose: the checking of
the engine is not asked whether a set is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from hypothesis import strategies as st

from priorwire.x12 import Composite, Element, Guide, Loop, Relation, Syntax, Usage, Use, grammar
from priorwire.x12.guide import Fact, Rule, Told

#: Repeats of components, as an element holds them.
Values = list[list[str]]

#: What a set is grown from.
SEEDS = st.integers(0, 2**32)
DENSITIES = st.integers(0, 100)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SIGNS = _LETTERS + "0123456789"
#: A few right values of each kind of list outside the guides.
EXAMPLES = {
    "icd10cm": ("I10", "M5416", "S72001A", "E1165"),
    "icd9cm": ("4019", "V700", "E8120"),
    "hcpcs": ("70551", "97110", "E0601", "0042T"),
    "cdt": ("D2740", "D8080"),
    "ndc": ("00000000000",),
    "revenue": ("0120", "0360"),
    "place": ("11", "22"),
    "billtype": ("11", "21"),
    "taxonomy": ("207RC0000X",),
    "zip": ("19103", "191031234"),
    "state": ("PA", "NY"),
    "drg": ("470",),
    "loinc": ("18842-5", "11506-3"),
}
_NPI = "1234567893"
_DAYS = ("20260105", "20260228", "20261201")
#: Longest random text: what is longer says no more.
_TEXT = 12
#: Repeats of an element or a part that may repeat without end.
_MANY = 3


@dataclass
class Leaf:
    """One segment, and the use that it is of."""

    use: Use
    #: Index of the use in the parts of its loop.
    index: int
    #: Element n is ``values[n - 1]``; an absent one is empty.
    values: list[Values]
    parent: Branch

    def get(self, element: int, component: int = 0) -> str:
        """The first repeat of an element, or a component of it."""
        repeats = self.values[element - 1] if element <= len(self.values) else []
        parts = repeats[0] if repeats else []
        if component:
            return parts[component - 1] if component <= len(parts) else ""
        return ":".join(parts)

    def set(self, element: int, text: str, component: int = 0) -> None:
        """Write over an element, or a component of it."""
        while len(self.values) < element:
            self.values.append([])
        if not component:
            self.values[element - 1] = [[text]] if text else []
            return
        parts = self.values[element - 1][0] if self.values[element - 1] else []
        parts += [""] * (component - len(parts))
        parts[component - 1] = text
        self.values[element - 1] = [_trimmed(parts)] if _trimmed(parts) else []

    def text(self) -> str:
        """The segment, without its terminator."""
        repeats = (["^".join(":".join(_trimmed(parts)) for parts in each) for each in self.values]) or [""]
        return "*".join([self.use.id, *_trimmed(repeats)])


@dataclass
class Branch:
    """One occurrence of a loop."""

    loop: Loop
    index: int
    parent: Branch | None
    items: list[Leaf | Branch] = field(default_factory=list)

    @property
    def opener(self) -> Leaf:
        first = self.items[0]
        return first if isinstance(first, Leaf) else first.opener

    def leaves(self) -> Iterator[Leaf]:
        """Every segment here and below, in order."""
        for item in self.items:
            if isinstance(item, Leaf):
                yield item
            else:
                yield from item.leaves()

    def branches(self) -> Iterator[Branch]:
        """This one and all below, outermost first."""
        yield self
        for item in self.items:
            if isinstance(item, Branch):
                yield from item.branches()

    def put(self, item: Leaf | Branch) -> None:
        """In its place: behind everything that stands before it in the guide."""
        at = next((n for n, each in enumerate(self.items) if each.index > item.index), len(self.items))
        self.items.insert(at, item)

    def copy(self, parent: Branch | None = None) -> Branch:
        """The same again, to be changed."""
        made = Branch(self.loop, self.index, parent)
        for item in self.items:
            if isinstance(item, Branch):
                made.items.append(item.copy(made))
            else:
                values = [[list(parts) for parts in repeats] for repeats in item.values]
                made.items.append(Leaf(item.use, item.index, values, made))
        return made


@dataclass
class Document:
    """A transaction set of one guide."""

    guide: Guide
    root: Branch

    def copy(self) -> Document:
        return Document(self.guide, self.root.copy())

    @property
    def leaves(self) -> list[Leaf]:
        return list(self.root.leaves())

    def position(self, leaf: Leaf) -> int:
        """Number of the segment in the set, ST being 1."""
        return next(n for n, each in enumerate(self.root.leaves(), 1) if each is leaf)

    def number(self) -> None:
        """Number the levels, say of each whether levels follow, and count the segments."""
        numbers = count(1)
        _number_levels(self.root, "", numbers)
        for leaf in self.leaves:
            if leaf.use.id == "SE" and leaf.parent is self.root:
                leaf.set(1, str(len(self.leaves)))
                leaf.set(2, self.leaves[0].get(2))

    def data(self) -> bytes:
        """In an interchange of its own."""
        return enveloped(self.guide, "".join(f"{leaf.text()}~" for leaf in self.root.leaves()))


def enveloped(guide: Guide, text: str) -> bytes:
    """Segments from ST to SE in an interchange."""
    return (
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1530*^*00501*000000007*0*T*:~"
        f"GS*{guide.functional_group}*SENDER*RECEIVER*20261201*1530*7*X*{guide.id}~{text}GE*1*7~IEA*1*000000007~"
    ).encode("latin-1")


def grown(guide: Guide, seed: int, density: int) -> Document:
    """The set of that seed; `density` is how many of the hundred optional parts stand in it."""
    grower = _Grower(Random(seed), density / 100)
    document = Document(guide, grower.branch(guide.root, 0, None))
    document.root.items[0].set(3, guide.id)  # type: ignore[union-attr]  # the first of a set is its ST
    for _ in range(_ROUNDS):
        document.number()
        if not grower.mend(document):
            break
    document.number()
    return document


#: How often the rules are gone through until all are kept; keeping one may call for another.
_ROUNDS = 8


def _number_levels(branch: Branch, parent: str, numbers: Iterator[int]) -> None:
    for item in branch.items:
        if isinstance(item, Leaf):
            if item.use.id == "HL" and branch.items[0] is item:
                below = any(isinstance(each, Branch) and each.loop.opener.id == "HL" for each in branch.items)
                level, codes = str(next(numbers)), _codes(item.use.elements[3])
                stated = str(int(below))
                item.set(1, level)
                item.set(2, parent if item.use.elements[1].usage is not Usage.NOT_USED else "")
                item.set(4, stated if not codes or stated in codes else min(codes))
                parent = level
        else:
            _number_levels(item, parent, numbers)


class _Grower:
    """Chooses at random, within what the guide says."""

    def __init__(self, random: Random, density: float) -> None:
        self.random = random
        self.density = density

    # --- loops ------------------------------------------------------------------------------------

    def branch(self, loop: Loop, index: int, parent: Branch | None) -> Branch:
        made = Branch(loop, index, parent)
        for at, part in enumerate(loop.parts):
            if part.id in grammar.BRACKETS:
                continue
            for _ in range(self._how_often(part, opens=at == 0)):
                made.items.append(self.part(part, at, made))
        self.bracket(made)
        return made

    def part(self, part: Use | Loop, index: int, parent: Branch) -> Leaf | Branch:
        return self.branch(part, index, parent) if isinstance(part, Loop) else self.leaf(part, index, parent)

    def bracket(self, branch: Branch) -> None:
        """LS and LE stand around what is between them, and only then."""
        parts = branch.loop.parts
        for at, part in enumerate(parts):
            if part.id in grammar.BRACKETS and isinstance(part, Use):
                between = at + 1 if part.id == grammar.BRACKETS[0] else at - 1
                if any(item.index == between for item in branch.items):
                    branch.put(self.leaf(part, at, branch))

    def _how_often(self, part: Use | Loop, *, opens: bool) -> int:
        if opens or part.usage is Usage.NOT_USED:
            return int(opens)
        least = int(part.usage is Usage.REQUIRED)
        if not least and self.random.random() >= self.density:
            return 0
        most = min(part.max or _MANY, _MANY if isinstance(part, Use) else 2)
        return max(least, self.random.choice((1, 1, 1, self.random.randint(1, most))))

    # --- segments ---------------------------------------------------------------------------------

    def leaf(self, use: Use, index: int, parent: Branch) -> Leaf:
        present = [self._is_sent(element) for element in use.elements]
        if not any(present):
            present[next(n for n, each in enumerate(use.elements) if each.usage is not Usage.NOT_USED)] = True
        for key, _ in use.when:
            present[(key if isinstance(key, int) else key[0]) - 1] = True
        related(use.syntax, present, use.elements)
        made = Leaf(use, index, [], parent)
        only = _recognised(use, index, parent.loop)
        for number, (element, is_sent) in enumerate(zip(use.elements, present, strict=True), 1):
            made.values.append(self._values(element, number, only) if is_sent else [])
        self.settle(made)
        return made

    def _is_sent(self, part: Element | Composite) -> bool:
        if part.usage is Usage.SITUATIONAL:
            return self.random.random() < self.density
        return part.usage is Usage.REQUIRED

    def _values(self, element: Element | Composite, number: int, only: _Only) -> Values:
        repeats = self.random.choice((1, 1, min(element.repeat, _MANY)))
        if isinstance(element, Composite):
            present = [self._is_sent(part) for part in element.parts]
            for at, component in only:
                if at == number and component:
                    present[component - 1] = True
            if not any(present):
                present[0] = True
            related(element.syntax, present, element.parts)
            return [
                _trimmed(
                    [
                        self.value(part, only.get((number, component))) if is_sent else ""
                        for component, (part, is_sent) in enumerate(zip(element.parts, present, strict=True), 1)
                    ]
                )
            ]
        return [[self.value(element, only.get((number, 0)))] for _ in range(repeats)]

    def value(self, element: Element, rule: tuple[frozenset[str], frozenset[str]] | None = None) -> str:
        """A value of the type, one of the codes where there are some; `rule` is which to choose from and to avoid."""
        wanted, avoided = rule or (frozenset(), frozenset())
        allowed = (wanted & element.codes or element.codes if element.codes else wanted) - avoided
        if allowed:
            return self.random.choice(sorted(allowed))
        while True:
            made = self._free(element)
            if made not in avoided:
                return made

    def _free(self, element: Element) -> str:
        length = self.random.randint(element.min, max(element.min, min(element.max, _TEXT)))
        match element.type:
            case "DT":
                return self.random.choice(_DAYS)
            case "TM":
                return self.random.choice(("0830", "153059"))
            case "AN" | "ID" | "B":
                return "".join(self.random.choices(_SIGNS, k=length))
            case _:
                return str(self.random.randint(10 ** (length - 1), 10**length - 1))

    def settle(self, leaf: Leaf) -> None:
        """What one element says of another: formats of dates, lists outside, lengths of bytes."""
        segment = leaf.use.id
        for number, qualifier in grammar.DATED_ELEMENTS.get(segment, ()):
            if leaf.get(number):
                self._date(leaf, (number, 0), (qualifier, 0), leaf.use.elements[qualifier - 1])
        if segment in grammar.DATED_COMPONENTS:
            component, qualifier = grammar.DATED_COMPONENTS[segment]
            for number, element in enumerate(leaf.use.elements, 1):
                if isinstance(element, Composite) and leaf.get(number, component):
                    self._date(leaf, (number, component), (number, qualifier), element.parts[qualifier - 1])
        for number, component, kind in leaf.use.outside:
            self._outside(leaf, number, component, kind)
        if segment in grammar.NPI_ELEMENTS:
            number, qualifier, value = grammar.NPI_ELEMENTS[segment]
            if leaf.get(qualifier) == value:
                leaf.set(number, _NPI)
        if segment in grammar.COUNTED_DATA:
            length = grammar.COUNTED_DATA[segment]
            leaf.set(length, str(len(leaf.get(length + 1))))

    def _date(self, leaf: Leaf, at: tuple[int, int], qualifier: tuple[int, int], spec: Element | Composite) -> None:
        known = sorted(_codes(spec) & {"D8", "RD8"}) or ["D8"]
        which = leaf.get(*qualifier)
        if which not in known:
            which = self.random.choice(known)
            leaf.set(qualifier[0], which, qualifier[1])
        first, last = sorted(self.random.choices(_DAYS, k=2))
        leaf.set(at[0], first if which == "D8" else f"{first}-{last}", at[1])

    def _outside(self, leaf: Leaf, number: int, component: int, kind: str | Told) -> None:
        if not leaf.get(number, component):
            return
        if isinstance(kind, Told):
            says = leaf.get(number, kind.by) if component else leaf.get(kind.by)
            kind = dict(kind.kinds).get(says, "")
        if kind:
            leaf.set(number, self.random.choice(EXAMPLES[kind]), component)

    # --- situational rules ---------------------------------------------------------------------------

    def mend(self, document: Document) -> bool:
        """Keep each rule that is not kept yet; whether there was one."""
        changed = False
        for branch in list(document.root.branches()):
            for rule in branch.loop.rules:
                if applies(rule, branch) and not any(holds(fact, branch) for fact in rule.then):
                    changed = True
                    self._keep(rule.then[0], rule, branch)
            for leaf in [item for item in branch.items if isinstance(item, Leaf)]:
                for rule in leaf.use.rules:
                    if applies(rule, leaf) and not any(holds(fact, leaf) for fact in rule.then):
                        changed = True
                        self._keep_inside(rule.then[0], leaf)
        return changed

    def _keep_inside(self, fact: Fact, leaf: Leaf) -> None:
        if fact.absent:
            leaf.set(fact.element, "", fact.component)
            return
        spec = leaf.use.elements[fact.element - 1]
        assert isinstance(spec, Element)
        leaf.set(fact.element, self.value(spec))
        present = [bool(each) for each in leaf.values]
        related(leaf.use.syntax, present, leaf.use.elements)
        for number, (is_sent, element) in enumerate(zip(present, leaf.use.elements, strict=True), 1):
            if is_sent and not leaf.get(number) and isinstance(element, Element):
                leaf.set(number, self.value(element))
        self.settle(leaf)

    def _keep(self, fact: Fact, rule: Rule, branch: Branch) -> None:
        (inside,) = _where(fact, branch) if fact.segment else (branch,)
        if fact.absent:
            inside.items = [item for item in inside.items if not _is(fact, item)]
        elif not fact.segment:
            at, part = next((n, p) for n, p in enumerate(inside.loop.parts) if p.id == fact.loop)
            inside.put(self.part(part, at, inside))
        elif there := [item for item in inside.items if isinstance(item, Leaf) and item.use.id == fact.segment]:
            self._agree(fact, rule, inside, there)
        else:
            self._add(fact, inside)

    def _agree(self, fact: Fact, rule: Rule, branch: Branch, there: Sequence[Leaf]) -> None:
        """Something of that id stands: it has the wrong value, or another of its id is wanted."""
        if len(branch.loop.uses[fact.segment]) == 1 and there[0].use.max == 1 and fact.values:
            there[0].set(fact.element, min(fact.values), fact.component)
        else:
            assert rule.then
            self._add(fact, branch)

    def _add(self, fact: Fact, branch: Branch) -> None:
        for at, use in branch.loop.uses[fact.segment]:
            codes = _recognised(use, at, branch.loop).get((fact.element, 0), (_codes(use.elements[0]), None))[0]
            if not fact.values or fact.values & codes:
                branch.put(self.leaf(use, at, branch))
                return
        raise AssertionError(f"the guide has no {fact.segment} that a rule of it calls for")


# --- what rules say -----------------------------------------------------------------------------------------------


def applies(rule: Rule, at: Branch | Leaf) -> bool:
    return all(holds(fact, at) for fact in rule.when)


def holds(fact: Fact, at: Branch | Leaf) -> bool:
    if isinstance(at, Leaf):
        return _is(fact, at) is not fact.absent
    if not fact.segment:
        there = any(isinstance(item, Branch) and item.loop.id == fact.loop for item in at.items)
    else:
        there = any(_is(fact, item) for branch in _where(fact, at) for item in branch.items)
    return there is not fact.absent


def _where(fact: Fact, branch: Branch) -> list[Branch]:
    around: Branch | None = branch
    while around is not None and fact.loop and around.loop.id != fact.loop:
        around = around.parent
    if around is not None:
        return [around]
    return [item for item in branch.items if isinstance(item, Branch) and item.loop.id == fact.loop]


def _is(fact: Fact, item: Leaf | Branch) -> bool:
    if isinstance(item, Branch):
        return not fact.segment and item.loop.id == fact.loop
    if item.use.id != fact.segment:
        return False
    text = item.get(fact.element, fact.component) if fact.element else "it stands"
    return bool(text) and (fact.values is None or text in fact.values)


# --- what the guide says of one use -------------------------------------------------------------------------------

#: (element, component or 0) -> the values to choose from, and those to avoid.
_Only = dict[tuple[int, int], tuple[frozenset[str], frozenset[str]]]


def _recognised(use: Use, index: int, loop: Loop) -> _Only:
    """By which values a use is told from the others of its id in the loop."""
    only: _Only = {}
    for key, values in use.when:
        only[key if isinstance(key, tuple) else (key, 0)] = (values, frozenset())
    others = [part if isinstance(part, Use) else part.opener for part in loop.parts]
    for at, other in enumerate(others):
        if at != index and other.id == use.id and index > 0:
            for key, values in other.when:
                place = key if isinstance(key, tuple) else (key, 0)
                wanted, avoided = only.get(place, (frozenset(), frozenset()))
                if not wanted:
                    only[place] = (wanted, avoided | values)
    return only


def related(notes: Sequence[Syntax], present: list[bool], parts: Sequence[Element | Composite]) -> None:
    """Make what is present agree with the relational notes."""
    for _ in notes:
        for note in notes:
            _relate(note, present, parts)


def _relate(note: Syntax, present: list[bool], parts: Sequence[Element | Composite]) -> None:
    numbers = [each - 1 for each in note.numbers if parts[each - 1].usage is not Usage.NOT_USED]
    if not numbers:
        return
    first, rest = numbers[0], numbers[1:]
    there = [each for each in numbers if present[each]]
    match note.relation:
        case Relation.PAIRED if there:
            wanted = numbers
        case Relation.REQUIRED if not there:
            wanted = [first]
        case Relation.CONDITIONAL if present[first]:
            wanted = rest
        case Relation.LIST if present[first] and not any(present[each] for each in rest):
            wanted = rest[:1]
        case Relation.EXCLUSION:
            for each in there[1:]:
                present[each] = False
            return
        case _:
            return
    for each in wanted:
        present[each] = True


def _codes(part: Element | Composite) -> frozenset[str]:
    return (part.codes or frozenset()) if isinstance(part, Element) else frozenset()


def _trimmed(parts: Sequence[str]) -> list[str]:
    kept = list(parts)
    while kept and not kept[-1]:
        kept.pop()
    return kept
