"""TA1 and 999 as values, and reading them.

Reading is lenient: whatever the order and whatever is absent, what is there is kept. A verdict
that is none of the standard's letters is `Verdict.UNKNOWN`, which neither accepts nor rejects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from .elements import segment_faults
from .events import TransactionSet
from .issues import Issue, place_of
from .loops import LoopNode
from .segments import Segment
from .situational import situations

#: How many error codes AK9 and IK5 have room for.
MAX_CODES = 5
#: CTX01 where the segment says what called for something.
SITUATIONAL_TRIGGER = "SITUATIONAL TRIGGER"


class Verdict(Enum):
    """What an acknowledgment says of a set, a group or an interchange: AK901, IK501, TA104."""

    ACCEPTED = "A"
    ACCEPTED_WITH_ERRORS = "E"
    #: A group of which some sets were accepted and some not.
    PARTIALLY_ACCEPTED = "P"
    REJECTED = "R"
    #: Refused for its authentication, its assurance or its decryption.
    REJECTED_MAC = "M"
    REJECTED_ASSURANCE = "W"
    REJECTED_DECRYPTION = "X"
    #: Any other letter, or none: the acknowledgment says nothing that counts.
    UNKNOWN = ""

    @property
    def is_accepted(self) -> bool:
        """Whether what it is about goes on to be processed, all of it."""
        return self in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS)

    @property
    def is_rejected(self) -> bool:
        """Whether nothing of what it is about goes on."""
        return self in _REJECTED


_REJECTED = (Verdict.REJECTED, Verdict.REJECTED_MAC, Verdict.REJECTED_ASSURANCE, Verdict.REJECTED_DECRYPTION)


@dataclass(frozen=True, kw_only=True)
class Ta1:
    """A TA1 as read."""

    #: TA101: ISA13 of the interchange that it is about.
    control_number: str
    #: TA102, TA103: its date and time, as sent.
    date: str
    time: str
    verdict: Verdict
    #: TA105.
    note: str


@dataclass(frozen=True, kw_only=True)
class Trigger999:
    """A CTX that says what called for something: CTX02 to CTX05. Any other CTX names a record, a patient's too."""

    segment: str
    position: int
    loop: str = ""
    #: 0 where the whole segment is meant.
    element: int = 0
    component: int = 0


@dataclass(frozen=True, kw_only=True)
class Finding999:
    """One IK3 with nothing below, or one IK4."""

    #: IK301, IK302 and IK303: segment id, its number in the set (ST is 1), loop.
    segment: str
    position: int
    loop: str = ""
    #: IK304.
    segment_code: str = ""
    #: IK401: element, component, repeat; 0 where the finding is about the segment.
    element: int = 0
    component: int = 0
    repeat: int = 0
    #: IK403.
    element_code: str = ""
    triggers: tuple[Trigger999, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SetOutcome:
    """What a 999 says of one set."""

    #: AK201, AK202, AK203.
    transaction: str
    control_number: str
    guide_id: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    #: IK502 to IK506.
    codes: tuple[str, ...] = ()
    findings: tuple[Finding999, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Acknowledgment999:
    """A 999 as read."""

    #: AK101, AK102, AK103: of the group that it is about.
    functional_group: str
    group_control_number: str
    guide_id: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    #: AK905 to AK909.
    codes: tuple[str, ...] = ()
    #: AK902, AK903, AK904; `None` where not a number.
    sets_stated: int | None = None
    sets_received: int | None = None
    sets_accepted: int | None = None
    sets: tuple[SetOutcome, ...] = ()

    def outcome_of(self, control_number: str) -> SetOutcome | None:
        """What it says of the set with that ST02; `None` where it does not name it."""
        return next((each for each in self.sets if each.control_number == control_number), None)


def ta1_issues(segment: Segment) -> list[Issue]:
    """What is wrong with a TA1, element by element. Nobody acknowledges it: these findings are for its reader."""
    from .guides import guide  # noqa: PLC0415 - a guide is loaded when it is first asked for

    node = LoopNode(guide("TA1").root, None)
    node.items.append(segment)
    node.known.append(0)
    found: dict[int | None, Issue] = {}  # the first of each element
    for fault in segment_faults(segment, node.guide.opener):
        issue = Issue(code=fault.code, place=place_of(segment, element=fault.element, component=fault.component))
        found.setdefault(fault.element, issue)
    return [*found.values(), *(each for each in situations(node) if not found.keys() & _elements_of(each))]


def _elements_of(issue: Issue) -> set[int | None]:
    """The elements that a broken rule is about: nothing follows from one that has a finding."""
    return {place.element for place in (issue.place, issue.trigger) if place}


def read_ta1(segment: Segment) -> Ta1:
    """A TA1's five elements. Lenient: whatever is absent is empty."""
    number, date, time, verdict, note = (segment.element(n).strip() for n in range(1, 6))
    return Ta1(control_number=number, date=date, time=time, verdict=_verdict(verdict), note=note)


def read_999(ts: TransactionSet) -> Acknowledgment999:
    """A 999's content, whatever its order: each AK2 opens a set, IK5 closes it. A 997 (AK3, AK4, AK5) reads too."""
    reading = _Reading999()
    for segment in ts.segments:
        step = _STEPS_999.get(segment.id)
        if step:
            step(reading, segment)
    return reading.result()


class _Reading999:
    """What was read of a 999 so far."""

    def __init__(self) -> None:
        self.start: Segment | None = None
        self.end: Segment | None = None
        self._sets: list[SetOutcome] = []
        self._set: Segment | None = None
        self._findings: list[Finding999] = []
        self._at: Segment | None = None
        self._triggers: list[Trigger999] = []  # of the segment that no element was named of yet

    def ak1(self, segment: Segment) -> None:
        self.start = segment

    def ak2(self, segment: Segment) -> None:
        self._close(None)
        self._set = segment

    def ik3(self, segment: Segment) -> None:
        self._keep_segment()
        self._at = segment

    def ik4(self, segment: Segment) -> None:
        at, self._at = self._at, None
        at = at or self._last
        if at is None:
            return
        self._last = at
        element, component, repeat = ((_int(part) or 0) for part in (segment.component(1, n) for n in (1, 2, 3)))
        found = _finding(at, self._triggers)
        code = segment.element(3).strip()
        self._findings.append(replace(found, element=element, component=component, repeat=repeat, element_code=code))
        self._triggers = []

    _last: Segment | None = None

    def ctx(self, segment: Segment) -> None:
        if segment.component(1, 1).strip() != SITUATIONAL_TRIGGER:
            return
        trigger = Trigger999(
            segment=segment.element(2).strip(),
            position=_int(segment.element(3)) or 0,
            loop=segment.element(4).strip(),
            element=_int(segment.component(5, 1)) or 0,
            component=_int(segment.component(5, 2)) or 0,
        )
        if self._at is not None:
            self._triggers.append(trigger)
        elif self._findings:
            last = self._findings[-1]
            self._findings[-1] = replace(last, triggers=(*last.triggers, trigger))

    def ik5(self, segment: Segment) -> None:
        self._close(segment)

    def ak9(self, segment: Segment) -> None:
        self._close(None)
        self.end = segment

    def _keep_segment(self) -> None:
        if self._at is not None:
            self._findings.append(_finding(self._at, self._triggers))
        self._at = self._last = None
        self._triggers = []

    def _close(self, segment: Segment | None) -> None:
        self._keep_segment()
        if self._set is not None:
            self._sets.append(
                SetOutcome(
                    transaction=self._set.element(1).strip(),
                    control_number=self._set.element(2).strip(),
                    guide_id=self._set.element(3).strip(),
                    verdict=_verdict(segment.element(1)) if segment else Verdict.UNKNOWN,
                    codes=_listed(segment, 2),
                    findings=tuple(self._findings),
                )
            )
        self._set = None
        self._findings = []

    def result(self) -> Acknowledgment999:
        self._close(None)
        start, end = self.start or _NOTHING, self.end or _NOTHING
        return Acknowledgment999(
            functional_group=start.element(1).strip(),
            group_control_number=start.element(2).strip(),
            guide_id=start.element(3).strip(),
            verdict=_verdict(end.element(1)),
            codes=_listed(end, 5),
            sets_stated=_int(end.element(2)),
            sets_received=_int(end.element(3)),
            sets_accepted=_int(end.element(4)),
            sets=tuple(self._sets),
        )


_NOTHING = Segment([""])
_STEPS_999: dict[str, Callable[[_Reading999, Segment], None]] = {
    "AK1": _Reading999.ak1,
    "AK2": _Reading999.ak2,
    "IK3": _Reading999.ik3,
    "AK3": _Reading999.ik3,
    "IK4": _Reading999.ik4,
    "AK4": _Reading999.ik4,
    "CTX": _Reading999.ctx,
    "IK5": _Reading999.ik5,
    "AK5": _Reading999.ik5,
    "AK9": _Reading999.ak9,
}


def _finding(at: Segment, triggers: Sequence[Trigger999]) -> Finding999:
    return Finding999(
        segment=at.element(1).strip(),
        position=_int(at.element(2)) or 0,
        loop=at.element(3).strip(),
        segment_code=at.element(4).strip(),
        triggers=tuple(triggers),
    )


def _verdict(text: str) -> Verdict:
    text = text.strip()
    return next((each for each in Verdict if each.value == text), Verdict.UNKNOWN)


def _listed(segment: Segment | None, first: int) -> tuple[str, ...]:
    if segment is None:
        return ()
    return tuple(text.strip() for text in segment.elements[first : first + MAX_CODES] if text.strip())


def _int(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else None
