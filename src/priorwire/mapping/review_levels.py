"""Where in a 278 its reviews stand: one branch of levels a review, and who is named on the way.

A payer answers at the level where a request failed and sends nothing below; it may also answer
one request with several events. So each level without a level below it (services apart) is the
end of one branch, and one review.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from priorwire.mapping.said import inner_loops, rejections
from priorwire.mapping.trace import Found
from priorwire.model.authorization import Rejection
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import BLANKS, Segment

_PATIENT, _EVENT, _SERVICE = "2000C", "2000E", "2000F"
_BRANCHING = frozenset({"2000A", "2000B", "2000C", "2000D", "2000E"})
_REVIEWERS = frozenset({"X3", "PR", "2B", "36"})

#: Which part was at fault, by the loop that the rejection stands in.
_ABOUT = {
    "2000A": "payer",
    "2010A": "payer",
    "2000B": "requester",
    "2010B": "requester",
    "2000C": "subscriber",
    "2010C": "subscriber",
    "2000D": "dependent",
    "2010D": "dependent",
    "2000E": "event",
    "2010EA": "event_provider",
    "2010EB": "event_contact",
    "2010EC": "transport",
    "2000F": "service",
    "2010FA": "service_provider",
    "2010FB": "service_contact",
}


class Level:
    """One level with everything up to the next, looked through once.

    Payers put segments out of their place (HCR after HI, or after NM1), so what a level says is
    looked for in all its loops.
    """

    __slots__ = ("below", "loops", "node", "segments")

    def __init__(self, node: LoopNode) -> None:
        self.node = node
        #: The levels directly below.
        self.below: list[LoopNode] = []
        #: Id -> the segments: the level's own first, then those of its loops.
        self.segments: dict[str, list[Segment]] = {}
        #: The loops in it at any depth; not itself, and not those of the levels below.
        self.loops: list[LoopNode] = []
        self._gather(node)

    def _gather(self, node: LoopNode) -> None:
        segments, inner = self.segments, []
        for item in node.items:
            if isinstance(item, Segment):
                name = item.elements[0]
                if name in segments:
                    segments[name].append(item)
                else:
                    segments[name] = [item]
            elif item.is_level:
                self.below.append(item)
            else:
                inner.append(item)
        for each in inner:
            self.loops.append(each)
            self._gather(each)

    def of(self, segment_id: str) -> Sequence[Segment]:
        """Its segments of that id."""
        return self.segments.get(segment_id, ())

    def named(self) -> Iterator[LoopNode]:
        """Its loops that begin by naming somebody."""
        return (each for each in self.loops if (opener := each.opener) is not None and opener.elements[0] == "NM1")


class Branch:
    """The levels of one review, from the set down."""

    __slots__ = ("_turned", "end", "levels", "payer", "requester", "services")

    def __init__(self, levels: Sequence[Level], strays: Sequence[LoopNode] = ()) -> None:
        """`strays` are services under no event, as in guides before 5010; they belong to the one review there is."""
        #: The set, then each level; the last one is the event, or the level where the answer stops.
        self.levels = levels
        #: The level that holds the decision: the event, where the answer gets that far.
        self.end = levels[-1]
        #: The service levels of the event, in order.
        self.services = [Level(node) for node in (*_services(self.end), *strays)]
        upper, lower = self.level("2000A"), self.level("2000B")
        #: Whether the payer stands at HL 21 and the provider at HL 20, as in a notice (005010X216).
        self._turned = _role(upper) not in _REVIEWERS and _role(lower) in _REVIEWERS
        #: The level that names the payer or its reviewer, and the one that names the provider.
        self.payer, self.requester = (lower, upper) if self._turned else (upper, lower)

    def level(self, loop_id: str) -> Level | None:
        """The level of that id on the way."""
        return next((level for level in self.levels if level.node.guide.id == loop_id), None)

    def rejections(self) -> list[Found[Rejection]]:
        """Every rejection that bears on this review: of its levels, then of its services."""
        found = [each for level in self.levels for each in self._rejections(level, None)]
        for number, service in enumerate(self.services, 1):
            found += self._rejections(service, number)
        return found

    def service_rejections(self, service: Level, number: int) -> list[Found[Rejection]]:
        """Those of one service."""
        return self._rejections(service, number)

    def _rejections(self, level: Level, number: int | None) -> list[Found[Rejection]]:
        if "AAA" not in level.segments:
            return []
        found: list[Found[Rejection]] = []
        nearest = _ABOUT.get(level.node.id, "transaction")
        for node in inner_loops(level.node):
            about = _ABOUT.get(node.id, nearest)
            if self._turned:
                about = {"payer": "requester", "requester": "payer"}.get(about, about)
            found += rejections(node.all("AAA"), about, number)
        return found


def branches(root: LoopNode) -> list[Branch]:
    """Every review of a set, in order; at least one.

    A level above the patient that ends a branch is a review only where it says something, or
    where no branch gets further.
    """
    strays: list[LoopNode] = []
    every = list(_ends((Level(root),), strays))
    deep = [each for each in every if any(level.node.guide.id == _PATIENT for level in each)]
    kept = [each for each in every if each in deep or _answers(each[-1].node)] if deep else every
    held = [node for levels in kept for node in _services(levels[-1])] if strays else []
    strays = [each for each in strays if not any(each is node for node in held)]
    if not strays:
        return [Branch(levels) for levels in kept]
    if len(kept) == 1:
        return [Branch(kept[0], strays)]
    return [*(Branch(levels) for levels in kept), Branch((Level(root),), strays)]


def _answers(level: LoopNode) -> bool:
    return any(segment.id in ("AAA", "HCR") for segment in level.all_segments())


def _ends(so_far: tuple[Level, ...], strays: list[LoopNode]) -> Iterator[tuple[Level, ...]]:
    """The levels from the set down to each end; services that stand under no event go to `strays`."""
    level = so_far[-1]
    if level.node.guide.id != _EVENT:
        strays += _services(level)
    below = [each for each in level.below if each.guide.id in _BRANCHING]
    if not below:
        yield so_far
    for each in below:
        yield from _ends((*so_far, Level(each)), strays)


def _services(level: Level) -> list[LoopNode]:
    return [each for each in level.below if each.guide.id == _SERVICE]


def _role(level: Level | None) -> str:
    names = level.of("NM1") if level is not None else ()
    return names[0].element(1).strip(BLANKS) if names else ""
