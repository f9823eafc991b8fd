"""TA1 and 999 as projections: every code has its place there or a reason why not, and what is said is what is read.

What ought to be said is told here in values, by the table of codes alone; the engine writes
segments, and they are read back from bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import (
    ISSUE_CODES,
    Acknowledged,
    Acknowledgment999,
    Event,
    Finding999,
    GroupEnded,
    GroupHeader,
    GroupStarted,
    InterchangeEnded,
    InterchangeHeader,
    InterchangeStarted,
    Issue,
    IssueCode,
    Level,
    Place,
    SetOutcome,
    Stray,
    Ta1,
    Ta1Read,
    TransactionSet,
    Trigger999,
    Verdict,
    acknowledge,
    read,
    read_999,
    read_ta1,
    write_interchange,
)
from tests.unit.x12.samples import interchange

AT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
#: Families of codes that no acknowledgment reports, and why.
UNREPORTED = {
    "C": "a 999 has no code for values of lists outside the guide: the answer to the transaction reports them",
    "P": "a payer's own rule is none of X12's",
}
CODES = tuple(ISSUE_CODES.values())
MOST = 5  # IK502 to IK506, AK905 to AK909


def with_findings(interchange_: Sequence[Issue], group: Sequence[Issue], extra: Sequence[Event] = ()) -> list[Event]:
    """The events of a right interchange, with what was found in its envelopes."""
    events: list[Event] = []
    for event in read(interchange()):
        if isinstance(event, GroupEnded):
            events.append(replace(event, issues=list(group)))
        elif isinstance(event, InterchangeEnded):
            events += [*extra, replace(event, issues=list(interchange_))]
        else:
            events.append(event)
    return events


def read_back(found: Acknowledged) -> tuple[Ta1, Acknowledgment999]:
    """What was made, sent as bytes and read again."""
    header = InterchangeHeader(sender="RECEIVER", receiver="SENDER", at=AT, control_number=1, usage="T")
    group = GroupHeader(
        functional_id="FA", sender="RECEIVER", receiver="SENDER", at=AT, control_number=1, version="005010X231A1"
    )
    events = list(read(write_interchange(header, [(group, found.sets)], ta1=[found.ta1])))
    (ta1,) = [event for event in events if isinstance(event, Ta1Read)]
    (ts,) = [event for event in events if isinstance(event, TransactionSet)]
    assert [issue for event in events for issue in event.issues] == []
    return read_ta1(ta1.segment), read_999(ts)


# --- the table ------------------------------------------------------------------------------------------------


def said_of(code: IssueCode) -> set[str]:
    """Every code that the acknowledgments of an input with this one finding carry, wherever it was found."""
    place = Place(segment="NM1", position=4, element=3)
    issue = Issue(code=code, place=place)
    whole = Issue(code=code, place=replace(place, element=None))
    said: set[str] = set()
    for each in (issue, whole):
        (answer,) = acknowledge(with_findings([each], [each]), lambda _, each=each: [each])  # type: ignore[misc]
        ta1, acknowledgment = read_back(answer)
        (outcome,) = acknowledgment.sets
        said |= {f"TA1 {ta1.note}"} - {"TA1 000"}
        said |= {f"AK9 {each}" for each in acknowledgment.codes} | {f"IK5 {each}" for each in outcome.codes}
        said |= {f"IK3 {each.segment_code}" for each in outcome.findings}
        said |= {f"IK4 {each.element_code}" for each in outcome.findings if each.element_code}
    return said


@pytest.mark.parametrize("code", CODES, ids=ISSUE_CODES.keys())
def test_every_code_is_reported_by_exactly_what_the_table_says(code: IssueCode) -> None:
    expected = {"TA1": code.ta105, "AK9": code.ak905, "IK5": code.ik502, "IK3": code.ik304, "IK4": code.ik403}
    wanted = {f"{name} {said}" for name, said in expected.items() if said}
    follows = {"IK3 8", "IK5 5", "IK5 I5"}  # that a segment has a finding, told of the segment and of the set
    assert said_of(code) - follows == wanted - follows
    assert bool(wanted) == (code.code[0] not in UNREPORTED)


@pytest.mark.parametrize("where", ["group header", "group trailer", "set", "TA1", "stray", "header"])
def test_what_only_a_ta1_can_say_is_said_wherever_it_was_found(where: str) -> None:
    issue = Issue(code=ISSUE_CODES["I22"], place=Place(segment="X"))
    events = list(read(interchange()))
    ta1 = next(event for event in read(interchange()[:106] + b"TA1*000000007*261201*1530*A*000~")
               if isinstance(event, Ta1Read))  # fmt: skip
    events[-1:-1] = [ta1, Stray(start=0, end=1)]
    kinds = {"group header": GroupStarted, "group trailer": GroupEnded, "set": TransactionSet, "TA1": Ta1Read,
             "stray": Stray, "header": InterchangeStarted}  # fmt: skip
    events = [replace(event, issues=[issue]) if isinstance(event, kinds[where]) else event for event in events]
    if where == "header":
        events[-1] = replace(events[-1], interchange=events[0])  # type: ignore[arg-type]  # the one just replaced
    (answer,) = acknowledge(events)
    assert (read_ta1(answer.ta1).verdict, read_ta1(answer.ta1).note) == (Verdict.ACCEPTED_WITH_ERRORS, "022")


# --- project, write, read back ----------------------------------------------------------------------------------


def expected_ta1(found: Sequence[Issue]) -> Ta1:
    told = [each for each in found if each.code.ta105]
    errors = [each for each in told if each.is_error]
    verdict = Verdict.REJECTED if errors else Verdict.ACCEPTED_WITH_ERRORS if told else Verdict.ACCEPTED
    note = next((each.code.ta105 or "" for each in (*errors, *told)), "000")
    return Ta1(control_number="000000007", date="261201", time="1530", verdict=verdict, note=note)


def expected_999(found: Sequence[Issue], group: Sequence[Issue]) -> Acknowledgment999:
    told = [each for each in found if each.code.ik502 or each.code.ik304 or each.code.ik403]
    rejected = any(each.is_error for each in told)
    verdict = Verdict.REJECTED if rejected else Verdict.ACCEPTED_WITH_ERRORS if told else Verdict.ACCEPTED
    of_segments = [each for each in told if each.code.ik304 or each.code.ik403]
    codes = distinct(each.code.ik502 for each in told)
    if of_segments:
        codes = (*codes, "I5" if all(each.code.level is Level.GUIDE for each in of_segments) else "5")
    of_group = distinct(each.code.ak905 for each in group)
    whole = Verdict.ACCEPTED_WITH_ERRORS if of_group and verdict is Verdict.ACCEPTED else verdict
    return Acknowledgment999(
        functional_group="HI",
        group_control_number="7",
        guide_id="005010X217",
        verdict=whole,
        codes=of_group,
        sets_stated=1,
        sets_received=1,
        sets_accepted=int(not rejected),
        sets=(
            SetOutcome(
                transaction="278",
                control_number="0001",
                guide_id="005010X217",
                verdict=verdict,
                codes=codes[:MOST],
                findings=tuple(expected_findings(of_segments)),
            ),
        ),
    )


def expected_findings(found: Sequence[Issue]) -> Iterator[Finding999]:
    """One finding for each different fault of a segment, and one for each fault of an element."""
    for position, segment in dict.fromkeys((each.place.position, each.place.segment) for each in found):
        here = [each for each in found if (each.place.position, each.place.segment) == (position, segment)]
        at = Finding999(segment=segment or "UNK", position=position, loop=here[0].place.loop or "", segment_code="8")
        elements = [each for each in here if each.code.ik403 and each.place.element]
        rest = [each for each in here if each not in elements]
        for code in distinct(each.code.ik304 or "8" for each in rest):
            same = [each for each in rest if (each.code.ik304 or "8") == code]
            if code != "8" or not elements:
                yield replace(at, segment_code=code, triggers=triggers(same))
        for each in elements:
            place = each.place
            yield replace(
                at,
                element=place.element or 0,
                component=place.component or 0,
                repeat=place.repeat or 0,
                element_code=each.code.ik403 or "",
                triggers=triggers([each]),
            )


def triggers(found: Sequence[Issue]) -> tuple[Trigger999, ...]:
    places = list(dict.fromkeys(each.trigger for each in found if each.trigger))
    return tuple(
        Trigger999(
            segment=place.segment or "UNK",
            position=place.position,
            loop=place.loop or "",
            element=place.element or 0,
            component=(place.component or 0) if place.element else 0,
        )
        for place in places
    )


def distinct(codes: Iterator[str | None] | Sequence[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))[:MOST]


PLACES = st.builds(
    Place,
    segment=st.sampled_from(["NM1", "HI", "REF", ""]),
    position=st.integers(0, 5),
    element=st.none() | st.integers(1, 9),
    component=st.none() | st.integers(1, 9),
    repeat=st.none() | st.integers(1, 9),
    loop=st.none() | st.sampled_from(["2010EA", "2000E"]),
)
ISSUES = st.builds(Issue, code=st.sampled_from(CODES), place=PLACES, trigger=st.none() | PLACES)


@given(of_interchange=st.lists(ISSUES, max_size=4), of_group=st.lists(ISSUES, max_size=8),
       of_set=st.lists(ISSUES, max_size=8))  # fmt: skip
def test_what_was_found_is_written_and_read_back_as_it_was_said(
    of_interchange: list[Issue], of_group: list[Issue], of_set: list[Issue]
) -> None:
    (answer,) = acknowledge(with_findings(of_interchange, of_group), lambda _: of_set)
    ta1, acknowledgment = read_back(answer)
    assert ta1 == expected_ta1([*of_group, *of_interchange])
    assert acknowledgment == expected_999(of_set, of_group)
