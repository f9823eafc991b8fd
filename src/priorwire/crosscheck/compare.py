"""Two opinions laid side by side, finding by finding, and what explains each difference.

Findings are paired by place, not by code: two engines that point at one element mean one fault,
whatever each calls it. What nobody else finds is a difference; it is explained by a known fault of
one of the engines (`known_faults`), or it is not, and somebody should look.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from priorwire.crosscheck.badx12_peer import badx12_on
from priorwire.crosscheck.finding import SETS, STOPPED, Finding, Opinion, Spot
from priorwire.crosscheck.known_faults import KNOWN_FAULTS, KnownFault
from priorwire.crosscheck.layout import Layout, layout
from priorwire.crosscheck.opinions import OURS, opinion_on, ours
from priorwire.crosscheck.pyx12_peer import pyx12_on
from priorwire.crosscheck.recognising import Case
from priorwire.errors import X12Error
from priorwire.x12 import read


class Verdict(Enum):
    """Who finds it."""

    AGREED = "agreed"
    ONLY_OURS = "only ours"
    ONLY_THEIRS = "only theirs"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault, as both have it, or one."""

    verdict: Verdict
    ours: tuple[Finding, ...] = ()
    theirs: tuple[Finding, ...] = ()
    #: What explains the difference; `None` where they agree, or where nothing known does.
    fault: KnownFault | None = None

    @property
    def spot(self) -> Spot:
        """The most exact place that either names."""
        return max((each.spot for each in (*self.ours, *self.theirs)), key=lambda spot: (spot.element, spot.position))

    @property
    def is_explained(self) -> bool:
        """Whether nobody needs to look."""
        return self.verdict is Verdict.AGREED or self.fault is not None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Our opinion and a peer's."""

    ours: Opinion
    theirs: Opinion
    rows: tuple[Row, ...]

    def count(self, verdict: Verdict) -> int:
        """How many rows have a verdict."""
        return sum(each.verdict is verdict for each in self.rows)

    @property
    def unexplained(self) -> tuple[Row, ...]:
        """The differences that nothing known explains."""
        return tuple(each for each in self.rows if not each.is_explained)


def crosscheck(data: bytes) -> tuple[Comparison, ...]:
    """Ours against pyx12, and ours against badx12. Never raises for what the bytes are."""
    try:
        events = list(read(data))
    except X12Error:
        laid_out, mine = Layout(data=data), ours(data)
    else:
        laid_out = layout(events, data)
        mine = opinion_on(events, laid_out)
    return tuple(compare(mine, theirs, laid_out) for theirs in (pyx12_on(data, laid_out), badx12_on(data, laid_out)))


def compare(mine: Opinion, theirs: Opinion, laid_out: Layout) -> Comparison:
    """Pair the findings of two opinions on one input and explain the rest."""
    pairing = _Pairing([*mine.findings], [*_with_sets(theirs, mine)])
    pairing.run()
    case = Case(layout=laid_out, ours=mine, theirs=theirs)
    rows = [
        *pairing.rows,
        *(
            Row(verdict=Verdict.ONLY_OURS, ours=(each,), fault=_explained(case, each, theirs=False))
            for each in pairing.ours
        ),
        *(
            Row(verdict=Verdict.ONLY_THEIRS, theirs=(each,), fault=_explained(case, each, theirs=True))
            for each in pairing.theirs
        ),
    ]
    rows.sort(key=lambda row: row.spot)
    return Comparison(ours=mine, theirs=theirs, rows=tuple(rows))


def _with_sets(theirs: Opinion, mine: Opinion) -> Iterator[Finding]:
    """A peer's findings, and one more where it read another number of transaction sets than we did."""
    yield from theirs.findings
    if not theirs.stopped and not mine.stopped and theirs.sets != mine.sets:
        says = f"It read {theirs.sets} transaction sets where we read {mine.sets}."
        yield Finding(spot=Spot(), code=SETS, says=says)


def _explained(case: Case, finding: Finding, *, theirs: bool) -> KnownFault | None:
    engines = (OURS, case.theirs.engine)
    known = (each for each in KNOWN_FAULTS if each.engine in engines and each.theirs is theirs)
    return next((each for each in known if each.applies(case, finding)), None)


# --- pairing ----------------------------------------------------------------------------------------------


def _same_component(each: Finding) -> Hashable:
    spot = each.spot
    return (spot.set, spot.position, spot.element, spot.component) if spot.position and spot.element else None


def _same_element(each: Finding) -> Hashable:
    spot = each.spot
    return (spot.set, spot.position, spot.element) if spot.position and spot.element else None


def _same_segment(each: Finding) -> Hashable:
    """Something absent has a segment's place too, but not that segment's fault."""
    spot = each.spot
    meant = spot.position and not spot.element and each.reports not in _ABSENT
    return (spot.set, spot.position) if meant else None


def _same_report(each: Finding) -> Hashable:
    """Faults of an envelope: what a TA1 or 999 says of them, whatever place an engine gives it."""
    return (each.spot.set, each.reports) if each.reports[:3] in {"TA1", "AK9", "IK5"} else None


def _same_envelope_element(each: Finding) -> Hashable:
    """Headers and trailers of groups and interchanges; engines differ in the set that they file them under."""
    spot = each.spot
    return (spot.segment, spot.element) if not spot.position and spot.element else None


def _same_stop(each: Finding) -> Hashable:
    return STOPPED if each.code == STOPPED else None


class _Pairing:
    """Findings being paired, the most exact places first."""

    def __init__(self, ours: list[Finding], theirs: list[Finding]) -> None:
        self.ours = ours
        self.theirs = theirs
        self.rows: list[Row] = []

    def run(self) -> None:
        """Pair what can be paired; what is left stays in `ours` and `theirs`."""
        for key in (_same_stop, _same_component, _same_element):
            self._by(key)
        self._in_turn(_NOTE_AGAINST_ELEMENT)
        for key in (_same_segment, _same_report, _same_envelope_element):
            self._by(key)
        for alike in (_BOTH_ABSENT, _TRAILER_MISSED, _PART_AGAINST_SEGMENT, _SEGMENT_AGAINST_PART):
            self._in_turn(alike)

    def _by(self, key: Callable[[Finding], Hashable]) -> None:
        """All findings of one key, on both sides, are one row."""
        mine, theirs = _grouped(self.ours, key), _grouped(self.theirs, key)
        both = mine.keys() & theirs.keys()
        self.rows += [
            Row(verdict=Verdict.AGREED, ours=tuple(mine[each]), theirs=tuple(theirs[each]))
            for each in mine
            if each in both
        ]
        self.ours = [each for each in self.ours if key(each) not in both]
        self.theirs = [each for each in self.theirs if key(each) not in both]

    def _in_turn(self, alike: _Alike) -> None:
        """Each of ours takes the first of theirs that waits at the same key; each is looked at once."""
        waiting: dict[Hashable, deque[Finding]] = {}
        for each in sorted((each for each in self.theirs if alike.theirs(each)), key=lambda each: each.spot):
            waiting.setdefault(alike.key(each), deque()).append(each)
        taken: set[int] = set()
        for mine in sorted((each for each in self.ours if alike.ours(each)), key=lambda each: each.spot):
            queue = waiting.get(alike.key(mine), deque())
            while alike.not_before and queue and queue[0].spot.position < mine.spot.position:
                queue.popleft()
            if queue:
                theirs = queue.popleft()
                taken |= {id(mine), id(theirs)}
                self.rows.append(Row(verdict=Verdict.AGREED, ours=(mine,), theirs=(theirs,)))
        self.ours = [each for each in self.ours if id(each) not in taken]
        self.theirs = [each for each in self.theirs if id(each) not in taken]


def _grouped(findings: Iterable[Finding], key: Callable[[Finding], Hashable]) -> dict[Hashable, list[Finding]]:
    found: dict[Hashable, list[Finding]] = {}
    for each in findings:
        said = key(each)
        if said is not None:
            found.setdefault(said, []).append(each)
    return found


@dataclass(frozen=True, kw_only=True)
class _Alike:
    """When one of ours and one of theirs are one fault, although they name different places."""

    ours: Callable[[Finding], bool]
    theirs: Callable[[Finding], bool]
    #: What both must share.
    key: Callable[[Finding], Hashable]
    #: Whether theirs stands at our place or behind it.
    not_before: bool = False


#: IK403 of a relational note: what others call for, and what others exclude.
_OF_A_NOTE = frozenset({"IK4 2", "IK4 10"})
#: IK304 of something that is not there: a segment, a loop.
_ABSENT = frozenset({"IK3 3", "IK3 I7"})
#: IK502, AK905 and TA105 of a trailer that is not there.
_TRAILER_ABSENT = frozenset({"IK5 2", "AK9 3", "TA1 023"})


def _is_absent(each: Finding) -> bool:
    return each.reports in _ABSENT


def _is_there(each: Finding) -> bool:
    return bool(each.spot.segment) and not _is_absent(each)


def _is_whole(each: Finding) -> bool:
    return _is_there(each) and not each.spot.element


def _at_segment(each: Finding) -> Hashable:
    return each.spot.set, each.spot.position, each.spot.segment


#: A relational note is broken at an element for us, and by the segment for others.
_NOTE_AGAINST_ELEMENT = _Alike(
    ours=lambda each: each.reports in _OF_A_NOTE and _is_there(each),
    theirs=lambda each: each.reports == "IK3 8" and _is_whole(each),
    key=_at_segment,
)
#: One engine names the element, the other the segment around it.
_PART_AGAINST_SEGMENT = _Alike(ours=_is_there, theirs=_is_whole, key=_at_segment)
_SEGMENT_AGAINST_PART = _Alike(ours=_is_whole, theirs=_is_there, key=_at_segment)
#: Both miss a segment; we place it where its loop begins, others where they noticed.
_BOTH_ABSENT = _Alike(
    ours=_is_absent, theirs=_is_absent, key=lambda each: (each.spot.set, each.spot.segment), not_before=True
)
#: Both miss a trailer, which is a segment like others for some.
_TRAILER_MISSED = _Alike(
    ours=lambda each: each.reports in _TRAILER_ABSENT, theirs=_is_absent, key=lambda each: each.spot.segment
)
