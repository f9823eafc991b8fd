"""Where in a 278 its reviews stand: one branch of levels a review, and who is named on the way.

A payer answers at the level where a request failed and sends nothing below; it may also answer
one request with several events. So each level without a level below it (services apart) is the
end of one branch, and one review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from priorwire.mapping.said import inner_loops, is_level, level_segments, rejections
from priorwire.mapping.trace import Found
from priorwire.model.authorization import Rejection
from priorwire.x12.loops import LoopNode

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


@dataclass(frozen=True, kw_only=True)
class Branch:
    """The levels of one review, from the set down."""

    #: The set, then each level; the last one is the event, or the level where the answer stops.
    levels: tuple[LoopNode, ...]
    #: Services that stand under no event, as in guides before 5010; they belong to the one review there is.
    stray_services: tuple[LoopNode, ...] = ()

    @property
    def end(self) -> LoopNode:
        """The level that holds the decision: the event, where the answer gets that far."""
        return self.levels[-1]

    @property
    def services(self) -> list[LoopNode]:
        """The service levels of the event, in order."""
        return [*self.end.loops(_SERVICE), *self.stray_services]

    def level(self, loop_id: str) -> LoopNode | None:
        """The level of that id on the way."""
        return next((node for node in self.levels if node.id == loop_id), None)

    @property
    def _turned(self) -> bool:
        """Whether the payer stands at HL 21 and the provider at HL 20, as in a notice (005010X216)."""
        upper, lower = _role(self.level("2000A")), _role(self.level("2000B"))
        return upper not in _REVIEWERS and lower in _REVIEWERS

    @property
    def payer(self) -> LoopNode | None:
        """The level that names the payer or its reviewer."""
        return self.level("2000B" if self._turned else "2000A")

    @property
    def requester(self) -> LoopNode | None:
        """The level that names the provider."""
        return self.level("2000A" if self._turned else "2000B")

    def rejections(self) -> list[Found[Rejection]]:
        """Every rejection that bears on this review: of its levels, then of its services."""
        found = [each for level in self.levels for each in self._rejections(level, None)]
        for number, service in enumerate(self.services, 1):
            found += self._rejections(service, number)
        return found

    def service_rejections(self, service: LoopNode, number: int) -> list[Found[Rejection]]:
        """Those of one service."""
        return self._rejections(service, number)

    def _rejections(self, level: LoopNode, number: int | None) -> list[Found[Rejection]]:
        found: list[Found[Rejection]] = []
        nearest = _ABOUT.get(level.id, "transaction")
        for node in inner_loops(level):
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
    every = [Branch(levels=levels) for levels in _ends(root, (root,))]
    deep = [each for each in every if each.level(_PATIENT)]
    kept = [each for each in every if each in deep or _answers(each.end)] if deep else every
    strays = tuple(each for each in root.find_loops(_SERVICE) if each.ancestor(_EVENT) is None)
    strays = tuple(each for each in strays if not any(each in branch.services for branch in kept))
    if not strays:
        return kept
    if len(kept) == 1:
        return [Branch(levels=kept[0].levels, stray_services=strays)]
    return [*kept, Branch(levels=(root,), stray_services=strays)]


def _answers(level: LoopNode) -> bool:
    return any(segment.id in ("AAA", "HCR") for segment in level.all_segments())


def _ends(node: LoopNode, so_far: tuple[LoopNode, ...]) -> Iterator[tuple[LoopNode, ...]]:
    below = [each for each in node.loops() if each.id in _BRANCHING and is_level(each)]
    if not below:
        yield so_far
    for each in below:
        yield from _ends(each, (*so_far, each))


def _role(level: LoopNode | None) -> str:
    names = level_segments(level, "NM1") if level is not None else []
    return names[0].element(1).strip() if names else ""
