"""The shape of an implementation guide, as data.

A guide in `priorwire.x12.guides` reads from top to bottom like the guide itself: loops
hold segment uses and loops, a use holds elements. Nothing here knows any one guide; the
placing (`loops`) and the checking (`validate`) only walk these tables.

A loop is recognised by its first use: by segment id and, where several loops begin with
the same id, by the values that its `Use.when` declares (StAEDI calls it a discriminator).
An HL loop is recognised by HL03 the same way.

What a guide says in words ("required when …") stands as `Rule`s of a loop or of a use: if
one fact holds, another must or must not. What comes from a list outside the guide is marked
with the kind of list (`Element.value`, `Told`), of which only the shape is known here.

Labels are our own short words. The guides' prose is licensed and is not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum


class Usage(Enum):
    """Whether a part of the guide must, may or must not be sent."""

    REQUIRED = "R"
    SITUATIONAL = "S"
    NOT_USED = "N"


R, S, N = Usage.REQUIRED, Usage.SITUATIONAL, Usage.NOT_USED


class Relation(Enum):
    """The X12 relational conditions between elements of one segment or components of one composite."""

    PAIRED = "P"  # if any is present, all are
    REQUIRED = "R"  # at least one is present
    EXCLUSION = "E"  # at most one is present
    CONDITIONAL = "C"  # if the first is present, all the others are
    LIST = "L"  # if the first is present, at least one of the others is


@dataclass(frozen=True, slots=True)
class Syntax:
    """One relational note: a relation over element (or component) numbers."""

    relation: Relation
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A value whose kind another element of the segment (or component of the composite) tells."""

    #: Number of the element that tells; inside a composite the number of the component.
    by: int
    #: What the other element says (``""`` where it is absent) -> the kind, a key of `code_values.SHAPES`.
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that stands in a message or does not: a loop, a segment, an element, one of some values.

    In a rule of a loop it is sought in that occurrence of the loop, in one of the loops that
    stand directly in it, or around it; in a rule of a use, in that one segment.
    """

    #: ``""`` for a loop as a whole.
    segment: str = ""
    #: 0 for the segment as a whole.
    element: int = 0
    #: 0 for the element as a whole.
    component: int = 0
    #: Any of these values; `None` for whichever.
    values: frozenset[str] | None = None
    #: The loop to look in; ``""`` for the one that the rule belongs to.
    loop: str = ""
    #: Whether the fact is that it does not stand there.
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A situational rule: when all of some facts hold, one of others must hold too."""

    when: tuple[Fact, ...]
    #: One of them must hold. Where it is one and `Fact.absent`, the rule forbids.
    then: tuple[Fact, ...]
    #: The rule in our own words, for whoever has to mend the message.
    says: str
    #: False where senders break it without harm or its source is weak: the finding is then a warning.
    firm: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A simple element, or a component of a composite."""

    usage: Usage = S
    #: AN, ID, DT, TM, R, B or Nd (d implied decimals, ``N0``).
    type: str = "AN"
    min: int = 1
    max: int = 80
    #: The codes that this use allows; `None` where the list is open or not known.
    codes: frozenset[str] | None = None
    #: How often it may repeat.
    repeat: int = 1
    label: str = ""
    #: The payer's sentence where a companion guide narrowed this (`payers.overlay`); what then fails is level PAYER.
    rule: str | None = None
    #: The list outside the guide that the value comes from: a key of `code_values.SHAPES`, or what tells it.
    value: str | Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """A composite element: its components in order."""

    parts: tuple[Element, ...]
    usage: Usage = S
    repeat: int = 1
    syntax: tuple[Syntax, ...] = ()
    label: str = ""
    #: The payer's sentence where a companion guide narrowed this (`payers.overlay`); what then fails is level PAYER.
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a segment in a loop."""

    id: str
    elements: tuple[Element | Composite, ...]
    usage: Usage = S
    #: How often it may stand here; `None` for no limit.
    max: int | None = 1
    syntax: tuple[Syntax, ...] = ()
    #: Element number (or ``(element, component)``) and the values that tell this use from others of its id.
    when: tuple[tuple[int | tuple[int, int], frozenset[str]], ...] = ()
    label: str = ""
    #: The payer's sentence where a companion guide narrowed this (`payers.overlay`); what then fails is level PAYER.
    rule: str | None = None
    #: What depends on what inside one such segment.
    rules: tuple[Rule, ...] = ()
    #: Derived: (element, component or 0, kind) of each value that comes from a list outside the guide.
    outside: tuple[tuple[int, int, str | Told], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: list[tuple[int, int, str | Told]] = []
        for number, element in enumerate(self.elements, 1):
            parts = enumerate(element.parts, 1) if isinstance(element, Composite) else [(0, element)]
            found += [(number, component, part.value) for component, part in parts if part.value]
        object.__setattr__(self, "outside", tuple(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop: the first of its parts is the use that opens it."""

    id: str
    parts: tuple[Use | Loop, ...]
    usage: Usage = S
    max: int | None = 1
    label: str = ""
    #: The payer's sentence where a companion guide narrowed this (`payers.overlay`); what then fails is level PAYER.
    rule: str | None = None
    #: What depends on what among the segments and loops of one occurrence.
    rules: tuple[Rule, ...] = ()
    #: Derived: the use that begins each occurrence.
    opener: Use = field(init=False, repr=False, compare=False)
    #: Derived: segment id -> the uses of it here, as (index in `parts`, use), in order.
    uses: dict[str, tuple[tuple[int, Use], ...]] = field(init=False, repr=False, compare=False)
    #: Derived: segment id -> the loops here that begin with it, as (index in `parts`, loop), in order.
    openings: dict[str, tuple[tuple[int, Loop], ...]] = field(init=False, repr=False, compare=False)
    #: Derived: whether a situational rule stands here or in a use directly in it.
    has_rules: bool = field(init=False, repr=False, compare=False)
    #: Derived: the loops, by their id, that those rules look at beside this one.
    looked_at: frozenset[str] = field(init=False, repr=False, compare=False)
    #: Derived: the parts that must stand, by their index.
    required: tuple[int, ...] = field(init=False, repr=False, compare=False)
    #: Derived: the place of each part in the order of the loop; parts that may change places share one.
    ranks: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first = self.parts[0]
        object.__setattr__(self, "opener", first if isinstance(first, Use) else first.opener)
        uses: dict[str, tuple[tuple[int, Use], ...]] = {}
        openings: dict[str, tuple[tuple[int, Loop], ...]] = {}
        for index, part in enumerate(self.parts):
            if isinstance(part, Use):
                uses[part.id] = (*uses.get(part.id, ()), (index, part))
            else:
                openings[part.opener.id] = (*openings.get(part.opener.id, ()), (index, part))
        object.__setattr__(self, "uses", uses)
        object.__setattr__(self, "openings", openings)
        ruled = any(isinstance(part, Use) and part.rules for part in self.parts)
        object.__setattr__(self, "has_rules", bool(self.rules) or ruled)
        facts = (fact for rule in self.rules for fact in (*rule.when, *rule.then))
        object.__setattr__(self, "looked_at", frozenset(fact.loop for fact in facts if fact.loop))
        required = tuple(index for index, part in enumerate(self.parts) if part.usage is Usage.REQUIRED)
        object.__setattr__(self, "required", required)
        object.__setattr__(self, "ranks", self._ranked())

    def _ranked(self) -> tuple[int, ...]:
        """Neighbours that begin with the same segment id (the DTPs of an event, say) may stand in any order."""
        ids = [part.id if isinstance(part, Use) else part.opener.id for part in self.parts]
        ranks, rank = [], 0
        for index, name in enumerate(ids):
            rank = rank if index and name == ids[index - 1] else index
            ranks.append(rank)
        return tuple(ranks)

    def walk(self) -> Iterator[Loop]:
        """This loop and every loop inside it, outermost first."""
        yield self
        for part in self.parts:
            if isinstance(part, Loop):
                yield from part.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One transaction of one implementation guide."""

    #: As sent in GS08 and ST03, e.g. ``005010X217``.
    id: str
    #: What `inspect` calls it: ``278-request``, ``271`` …
    kind: str
    #: ST01.
    transaction: str
    #: GS01.
    functional_group: str
    #: BHT02 values by which a 278 tells its direction; empty where ST01 alone decides.
    purposes: frozenset[str] = frozenset()
    #: The whole set, ST to SE.
    root: Loop
    #: Other GS08/ST03 values seen for the same guide (a base version before its errata).
    also: frozenset[str] = frozenset()
    #: False where the tree is known only from samples: unknown parts are then findings of severity warning.
    certain: bool = True
    #: Where the structure was read from.
    source: str = ""
    loops: dict[str, Loop] = field(init=False, repr=False, compare=False)
    #: Derived: every segment id that occurs in the transaction.
    segment_ids: frozenset[str] = field(init=False, repr=False, compare=False)
    #: Derived: HL03 -> the loops that it opens, outermost first.
    levels: dict[str, tuple[Loop, ...]] = field(init=False, repr=False, compare=False)
    #: What was compiled from this guide, kept beside it for as long as it lives (`proving`).
    compiled: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        loops = list(self.root.walk())
        levels: dict[str, tuple[Loop, ...]] = {}
        for loop in loops[1:]:
            for value in _levels_of(loop.opener):
                levels[value] = (*levels.get(value, ()), loop)
        object.__setattr__(self, "levels", levels)
        object.__setattr__(self, "loops", {loop.id: loop for loop in loops})
        object.__setattr__(self, "segment_ids", frozenset(name for loop in loops for name in loop.uses))


#: HL03 tells which level.
_HL_LEVEL = 3


def _levels_of(use: Use) -> frozenset[str]:
    """The values of HL03 by which a level is recognised, or else the codes that it allows."""
    if use.id != "HL":
        return frozenset()
    told = next((values for key, values in use.when if key == _HL_LEVEL), None)
    declared = use.elements[_HL_LEVEL - 1] if len(use.elements) >= _HL_LEVEL else None
    return told or getattr(declared, "codes", None) or frozenset()
