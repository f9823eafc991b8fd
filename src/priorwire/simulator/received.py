"""A payload as the clearinghouse takes it apart: interchanges, groups, sets, and what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass, field

from priorwire.x12 import (
    GroupEnded,
    GroupStarted,
    InterchangeEnded,
    InterchangeStarted,
    Issue,
    Place,
    Severity,
    Stray,
    Ta1Read,
    TransactionSet,
    issues,
    read,
)


@dataclass(kw_only=True)
class ReceivedGroup:
    """One functional group."""

    start: GroupStarted
    sets: list[TransactionSet] = field(default_factory=list)
    #: What ended it; until then, as if nothing had.
    end: GroupEnded

    @property
    def is_broken(self) -> bool:
        """Whether the group itself is in error: then none of its sets is looked at."""
        return any(issue.is_error and issue.code.ak905 for issue in (*self.start.issues, *self.end.issues))


@dataclass(kw_only=True)
class Received:
    """One interchange."""

    start: InterchangeStarted
    groups: list[ReceivedGroup] = field(default_factory=list)
    #: Of the interchange itself.
    found: list[Issue] = field(default_factory=list)
    acknowledgments: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether a TA1 rejects it."""
        return any(issue.is_error and issue.code.ta105 for issue in self.found)

    @property
    def wants_ta1(self) -> bool:
        """ISA14: the sender wants to hear of the interchange itself."""
        return self.start.header.element(14).strip() == "1"

    def close(self) -> None:
        """Add what this clearinghouse itself minds, once everything is there."""
        place = Place(segment="ISA")
        if self.start.header.element(15).strip() == "P":  # a simulator never takes production traffic
            self.found.append(Issue(code=issues.USAGE_INDICATOR, place=place, weight=Severity.ERROR))
        if not self.groups and not self.acknowledgments:
            self.found.append(Issue(code=issues.NO_GROUPS, place=place, weight=Severity.ERROR))


def receive(payload: bytes) -> list[Received]:
    """Take a payload apart.

    Raises:
        RemoteX12Error: there is no interchange in it.
    """
    interchanges: list[Received] = []
    for event in read(payload):
        if isinstance(event, InterchangeStarted):
            interchanges.append(Received(start=event, found=list(event.issues)))
        elif interchanges:
            _take(interchanges[-1], event)
    for each in interchanges:
        each.close()
    return interchanges


def _take(received: Received, event: object) -> None:
    match event:
        case GroupStarted():
            ended = GroupEnded(trailer=None, group=event, sets=0)
            received.groups.append(ReceivedGroup(start=event, end=ended))
        case TransactionSet() if event.group is None:
            received.found += event.issues  # GS_MISSING is among them
        case TransactionSet():
            received.groups[-1].sets.append(event)
        case GroupEnded():
            received.groups[-1].end = event
        case InterchangeEnded() | Stray():
            received.found += event.issues
        case Ta1Read():
            received.acknowledgments += 1
        case _:
            pass  # nothing else follows an ISA
