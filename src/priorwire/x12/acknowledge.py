"""TA1 and 999, made from findings.

Making one is a projection: each `IssueCode` says what a TA1 (TA105) or a 999 (AK905, IK502,
IK304, IK403) calls it, and nothing is looked at a second time. A finding whose code has none of
these (a check digit, a payer's rule) is left out, as the guide 005010X231A1 wants it.

IK404 and the business unit of CTX would copy what the sender wrote, and that names patients:
they are left out unless asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import overload

from . import issues
from .acknowledgment import (
    MAX_CODES,
    SITUATIONAL_TRIGGER,
    Acknowledgment999,
    Finding999,
    SetOutcome,
    Ta1,
    Trigger999,
    Verdict,
    read_999,
    read_ta1,
)
from .events import (
    Event,
    GroupEnded,
    GroupStarted,
    InterchangeEnded,
    InterchangeStarted,
    Stray,
    Ta1Read,
    TransactionSet,
)
from .issues import Issue, Level
from .patterns import are_usual
from .segments import DEFAULT_DELIMITERS, Delimiters, Segment, make_segment
from .writer import SetToWrite

#: GS08 and ST03 of the 999 that is made here.
GUIDE_999 = "005010X231A1"
#: GS01 of the groups that carry a 999. They are never acknowledged with a 999 in turn.
FUNCTIONAL_GROUP_999 = "FA"

#: TA105 of an interchange without a finding.
NO_ERROR = "000"


class Strictness(Enum):
    """When a set with findings is rejected."""

    #: Any error rejects the set: for the requests that we would answer.
    STRICT = "strict"
    #: Only a set that is cut off or has no id is rejected: a payer's answer is read past its other faults.
    TOLERANT = "tolerant"


@dataclass(frozen=True, kw_only=True)
class SetFindings:
    """A transaction set that was read, in the few words that its acknowledgment needs."""

    #: ST01, ST02, ST03 as sent.
    transaction: str
    control_number: str
    guide_id: str
    issues: Sequence[Issue]
    #: The set itself, only where copies of bad data are asked for.
    segments: Sequence[Segment] = ()


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """What to send back for one interchange."""

    interchange: InterchangeStarted
    ta1: Segment
    #: One 999 a group, those of 999s left out, with ST02 counted from 0001.
    sets: list[SetToWrite] = field(default_factory=list)
    verdict: Verdict = Verdict.ACCEPTED

    @property
    def is_accepted(self) -> bool:
        """Whether the interchange and all of every group in it go on to be processed."""
        ends = (segment.element(1) for each in self.sets for segment in each.body if segment.id == "AK9")
        good = (Verdict.ACCEPTED.value, Verdict.ACCEPTED_WITH_ERRORS.value)
        return self.verdict.is_accepted and all(end in good for end in ends)


def acknowledge(
    events: Iterable[Event],
    check: Callable[[TransactionSet], Sequence[Issue]] | None = None,
    *,
    strictness: Strictness = Strictness.STRICT,
    delimiters: Delimiters = DEFAULT_DELIMITERS,
    copy_bad_data: bool = False,
) -> Iterator[Acknowledged]:
    """The acknowledgments of an input, one `Acknowledged` an interchange, as it ends.

    Args:
        events: what the reader gave.
        check: all findings of a set (`validate`), the reader's own among them; without it the reader's alone.
        strictness: when a set is rejected.
        delimiters: of the interchange that will carry the acknowledgments.
        copy_bad_data: fill IK404 with what was sent. It may name a patient.
    """
    find = check or (lambda ts: ts.issues)
    strays: list[Issue] = []  # what a TA1 reports and no group
    body = _GroupBody(strictness, delimiters)
    sets: list[SetToWrite] = []
    for event in events:
        match event:
            case TransactionSet():
                strays += _of_interchange(event.issues)
                body.add(_findings(event, find(event), keep=copy_bad_data))
            case InterchangeStarted():
                strays, sets = [], []
            case Stray():
                strays += event.issues
            case GroupStarted():
                strays += _of_interchange(event.issues)
                body = _GroupBody(strictness, delimiters)
            case GroupEnded():
                strays += _of_interchange(event.issues)
                if event.group.functional_group.strip() != FUNCTIONAL_GROUP_999:
                    sets.append(_numbered(body.ended(event), len(sets) + 1))
            case Ta1Read():
                strays += _of_interchange(event.issues)
            case InterchangeEnded():
                every = [*event.interchange.issues, *strays, *event.issues]
                ta1 = make_ta1(event.interchange, every, delimiters)
                yield Acknowledged(interchange=event.interchange, ta1=ta1, sets=sets, verdict=read_ta1(ta1).verdict)


def _of_interchange(found: Iterable[Issue]) -> Iterator[Issue]:
    """What only a TA1 can say, wherever it was found."""
    return (each for each in found if each.code.ta105)


def make_ta1(
    interchange: InterchangeStarted, found: Sequence[Issue], delimiters: Delimiters = DEFAULT_DELIMITERS
) -> Segment:
    """The TA1 of an interchange: its number, date and time, a verdict, and the gravest of what was found."""
    reported = sorted(_of_interchange(found), key=lambda each: not each.is_error)
    verdict = Verdict.ACCEPTED
    if reported:
        verdict = Verdict.REJECTED if reported[0].is_error else Verdict.ACCEPTED_WITH_ERRORS
    header = interchange.header
    code = reported[0].code.ta105 if reported else NO_ERROR
    numbers = (header.element(13), header.element(9), header.element(10))
    return make_segment(delimiters, "TA1", *(_plain(each) for each in numbers), verdict.value, code)


def acknowledge_group(
    ended: GroupEnded,
    sets: Sequence[SetFindings],
    *,
    strictness: Strictness = Strictness.STRICT,
    delimiters: Delimiters = DEFAULT_DELIMITERS,
) -> list[Segment]:
    """The body of a 999 about one group: AK1, then AK2 to IK5 for each set, then AK9."""
    body = _GroupBody(strictness, delimiters)
    for each in sets:
        body.add(each)
    return list(body.ended(ended))


class _GroupBody:
    """The body of a 999 as its sets are read: what was said of each is kept as text, and nothing else of it."""

    def __init__(self, strictness: Strictness, delimiters: Delimiters) -> None:
        self._strictness = strictness
        self._delimiters = delimiters
        self._is_usual = are_usual(delimiters)
        self._texts: list[str] = []
        self._verdicts: Counter[Verdict] = Counter()

    def add(self, each: SetFindings) -> None:
        """AK2 to IK5 of one set."""
        if self._is_usual and each.transaction and not each.issues:
            self._add_clean(each)
            return
        verdict = _set_verdict(each.issues, self._strictness)
        self._verdicts[verdict] += 1
        said = _set_body(each, verdict, self._delimiters)
        self._texts.append(self._delimiters.segment.join(segment.text() for segment in said))

    def _add_clean(self, each: SetFindings) -> None:
        """The same where there is nothing to say: an AK2 and an accepting IK5."""
        separator = self._delimiters.element
        named = (_plain(each.transaction), _plain(each.control_number) or _NO_NUMBER, _plain(each.guide_id))
        self._verdicts[Verdict.ACCEPTED] += 1
        start = separator.join(("AK2", *named)).rstrip(separator)
        self._texts.append(f"{start}{self._delimiters.segment}IK5{separator}{Verdict.ACCEPTED.value}")

    def ended(self, ended: GroupEnded) -> Sequence[Segment]:
        """AK1, the sets, AK9."""
        group, delimiters = ended.group, self._delimiters
        start = (_plain(group.functional_group), _plain(group.control_number) or _NO_NUMBER, _plain(group.guide_id))
        first = make_segment(delimiters, "AK1", *start)
        codes = _codes(issue.code.ak905 for issue in (*group.issues, *ended.issues))
        stated = ended.trailer.element(1).strip() if ended.trailer else ""
        counts = (
            str(int(stated)) if stated.isascii() and stated.isdigit() else str(ended.sets),
            str(ended.sets),
            str(sum(count for verdict, count in self._verdicts.items() if verdict.is_accepted)),
        )
        verdict = _group_verdict(list(self._verdicts), codes)
        last = make_segment(delimiters, "AK9", verdict.value, *counts, *codes)
        return _SegmentsInTexts([first.text(), *self._texts, last.text()], delimiters)


class _SegmentsInTexts(Sequence[Segment]):
    """Segments kept as text, several in one: a batch of a hundred thousand sets has an AK2 and an IK5 for each."""

    __slots__ = ("_delimiters", "_texts")

    def __init__(self, texts: list[str], delimiters: Delimiters) -> None:
        self._texts = texts
        self._delimiters = delimiters

    def __len__(self) -> int:
        return sum(text.count(self._delimiters.segment) + 1 for text in self._texts)

    def __iter__(self) -> Iterator[Segment]:
        for text in self._texts:
            for segment in text.split(self._delimiters.segment):
                yield Segment(segment.split(self._delimiters.element), self._delimiters)

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> list[Segment]: ...
    def __getitem__(self, index: int | slice) -> Segment | list[Segment]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | _SegmentsInTexts) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared like the list it stands for


#: What is answered about where it has no control number, so that AK1 and AK2 are never empty.
_NO_NUMBER = "0000"


def _findings(ts: TransactionSet, found: Sequence[Issue], *, keep: bool) -> SetFindings:
    return SetFindings(
        transaction=ts.transaction,
        control_number=ts.control_number,
        guide_id=ts.segments[0].element(3).strip(),
        issues=found,
        segments=ts.segments if keep else (),
    )


def _numbered(body: Sequence[Segment], number: int) -> SetToWrite:
    return SetToWrite(transaction="999", control_number=f"{number:04}", guide_id=GUIDE_999, body=body)


def _set_verdict(found: Sequence[Issue], strictness: Strictness) -> Verdict:
    reported = [each for each in found if _is_reported(each)]
    if any(each.is_error and (strictness is Strictness.STRICT or each.code in _UNREADABLE) for each in reported):
        return Verdict.REJECTED
    return Verdict.ACCEPTED_WITH_ERRORS if reported else Verdict.ACCEPTED


#: Why even a payer's answer is rejected: it is cut off, or nobody can say what it is.
_UNREADABLE = frozenset({issues.SE_MISSING, issues.SET_ID_INVALID})


def _is_reported(issue: Issue) -> bool:
    return bool(issue.code.ik502 or issue.code.ik304 or issue.code.ik403)


def _group_verdict(verdicts: Sequence[Verdict], codes: Sequence[str]) -> Verdict:
    accepted = [verdict for verdict in verdicts if verdict.is_accepted]
    if len(accepted) < len(verdicts):
        return Verdict.PARTIALLY_ACCEPTED if accepted else Verdict.REJECTED
    if codes or Verdict.ACCEPTED_WITH_ERRORS in verdicts:
        return Verdict.ACCEPTED_WITH_ERRORS
    return Verdict.ACCEPTED


def _set_body(each: SetFindings, verdict: Verdict, delimiters: Delimiters) -> Iterator[Segment]:
    named = (_plain(each.transaction), _plain(each.control_number) or _NO_NUMBER, _plain(each.guide_id))
    yield make_segment(delimiters, "AK2", *named)
    segment_level = [issue for issue in each.issues if issue.code.ik304 or issue.code.ik403]
    places: dict[tuple[int, str], list[Issue]] = {}
    for issue in segment_level:
        places.setdefault((issue.place.position, issue.place.segment), []).append(issue)
    for (position, segment_id), found in places.items():
        yield from _segment_body(position, segment_id, found, each.segments, delimiters)
    codes = list(_codes(issue.code.ik502 for issue in each.issues))
    if segment_level:
        guide_alone = all(issue.code.level is Level.GUIDE for issue in segment_level)
        codes.append(_GUIDE_SEGMENTS_IN_ERROR if guide_alone else _SEGMENTS_IN_ERROR)
    yield make_segment(delimiters, "IK5", verdict.value, *codes[:MAX_CODES])


#: IK502: one or more segments in error; the same where only the implementation guide was broken.
_SEGMENTS_IN_ERROR, _GUIDE_SEGMENTS_IN_ERROR = "5", "I5"
#: IK304: the segment has data element errors, which IK4 then lists.
_HAS_ELEMENT_ERRORS = "8"


def _segment_body(
    position: int, segment_id: str, found: Sequence[Issue], segments: Sequence[Segment], delimiters: Delimiters
) -> Iterator[Segment]:
    """IK3 once for each different segment fault, the element faults below an 8."""
    elements = [issue for issue in found if issue.code.ik403 and issue.place.element]
    rest = [issue for issue in found if issue not in elements]
    for code in _codes(issue.code.ik304 or _HAS_ELEMENT_ERRORS for issue in rest):
        if code != _HAS_ELEMENT_ERRORS or not elements:
            yield _ik3(found[0], segment_id, position, code, delimiters)
            same = (issue for issue in rest if (issue.code.ik304 or _HAS_ELEMENT_ERRORS) == code)
            yield from _triggers(same, delimiters)
    if not elements:
        return
    yield _ik3(found[0], segment_id, position, _HAS_ELEMENT_ERRORS, delimiters)
    for issue in elements:
        place = issue.place
        at = (str(place.element), _number(place.component), _number(place.repeat))
        yield make_segment(delimiters, "IK4", at, None, issue.code.ik403, _copied(issue, segments))
        yield from _triggers((issue,), delimiters)


#: How many CTX may stand below one IK3; below an IK4 there is never more than one here.
_MAX_TRIGGERS = 9


def _triggers(found: Iterable[Issue], delimiters: Delimiters) -> Iterator[Segment]:
    """What called for something: CTX01 says so, CTX02 to CTX05 name the segment, its loop and the element."""
    for trigger in list(dict.fromkeys(issue.trigger for issue in found if issue.trigger))[:_MAX_TRIGGERS]:
        at = (_number(trigger.element), _number(trigger.component)) if trigger.element else None
        loop = (trigger.loop or "")[:_LOOP_ID_MAX]
        where = (_plain(trigger.segment) or "UNK", str(trigger.position), loop, at)
        yield make_segment(delimiters, "CTX", SITUATIONAL_TRIGGER, *where)


def _ik3(issue: Issue, segment_id: str, position: int, code: str, delimiters: Delimiters) -> Segment:
    loop = (issue.place.loop or "")[:_LOOP_ID_MAX]
    return make_segment(delimiters, "IK3", _plain(segment_id) or "UNK", str(position), loop, code)


#: IK303 holds at most six characters.
_LOOP_ID_MAX = 6
#: IK404 holds at most 99 characters.
_COPY_MAX = 99


def _copied(issue: Issue, segments: Sequence[Segment]) -> str | None:
    """What was sent, without anything that could break the 999; `None` where copies were not asked for."""
    place = issue.place
    if not segments or not place.element or not 0 < place.position <= len(segments):
        return None
    segment, repeat = segments[place.position - 1], place.repeat or 1
    if place.component:
        return _plain(segment.component(place.element, place.component, repeat))[:_COPY_MAX]
    repeats = segment.repeats(place.element)
    return _plain(repeats[repeat - 1])[:_COPY_MAX] if repeat <= len(repeats) else None


def _codes(codes: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))[:MAX_CODES]


def _number(value: int | None) -> str:
    return str(value) if value else ""


def _plain(text: str) -> str:
    """Text of the other side that an acknowledgment repeats: letters, digits and blanks, `-` and `.`."""
    return text if text.isascii() and text.isalnum() else _NOT_PLAIN.sub("", text).strip()


_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 .\-]")


#: What is read stands in `acknowledgment`; whoever makes one usually reads one too.
__all__ = [
    "Acknowledged",
    "Acknowledgment999",
    "Finding999",
    "SetFindings",
    "SetOutcome",
    "Strictness",
    "Ta1",
    "Trigger999",
    "Verdict",
    "acknowledge",
    "acknowledge_group",
    "make_ta1",
    "read_999",
    "read_ta1",
]
