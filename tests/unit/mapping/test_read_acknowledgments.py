"""TA1 and 999 in the words of the lifecycle."""

from __future__ import annotations

import json

import pytest

from priorwire.mapping import AcknowledgmentFinding, AcknowledgmentSaid, say_999, say_ta1
from priorwire.model.lifecycle import AcknowledgmentEvent
from priorwire.x12 import read_999, read_ta1
from priorwire.x12.segments import Segment
from tests.unit.mapping.samples import reread, segments

ACCEPTED, WITH_ERRORS, REJECTED = (
    AcknowledgmentEvent.SET_ACCEPTED,
    AcknowledgmentEvent.SET_ACCEPTED_WITH_ERRORS,
    AcknowledgmentEvent.REJECTED,
)


def ta1(verdict: str, note: str = "000", number: str = "000000042") -> AcknowledgmentSaid | None:
    return say_ta1(read_ta1(Segment(["TA1", number, "261201", "1504", verdict, note])))


def ack(sets: str, group: str) -> AcknowledgmentSaid | None:
    text = f"AK1*HI*0042*005010X217\n{sets}\n{group}"
    return say_999(read_999(reread("999", segments(text))))


@pytest.mark.parametrize(
    ("verdict", "event"),
    [
        ("A", AcknowledgmentEvent.INTERCHANGE_ACCEPTED),
        ("E", AcknowledgmentEvent.INTERCHANGE_ACCEPTED),
        ("R", REJECTED),
    ],
)
def test_a_ta1_speaks_of_the_interchange(verdict: str, event: AcknowledgmentEvent) -> None:
    said = ta1(verdict, "025" if verdict != "A" else "000")
    assert said is not None
    assert (said.event, said.interchange_number, said.group_number) == (event, 42, None)
    assert [each.code for each in said.findings] == ([] if verdict == "A" else ["025"])


@pytest.mark.parametrize("verdict", ["", "Q"])
def test_a_verdict_that_is_none_says_nothing(verdict: str) -> None:
    assert ta1(verdict) is None
    assert ack(f"AK2*278*0001*005010X217\nIK5*{verdict or 'Z'}", "AK9*Z*1*1*1") is None


@pytest.mark.parametrize(
    ("verdict", "group", "event"),
    [
        ("A", "A", ACCEPTED),
        ("E", "E", WITH_ERRORS),
        ("R", "R", REJECTED),
        ("R", "P", REJECTED),
        ("X", "X", REJECTED),
        ("A", "R", REJECTED),
        ("R", "A", REJECTED),
        ("A", "P", ACCEPTED),
    ],
)
def test_a_999_speaks_of_the_set_by_its_worst_word(verdict: str, group: str, event: AcknowledgmentEvent) -> None:
    said = ack(f"AK2*278*0001*005010X217\nIK5*{verdict}", f"AK9*{group}*1*1*1")
    assert said is not None
    assert (said.event, said.group_number, said.interchange_number) == (event, 42, None)
    assert [number for number, _ in said.sets] == ["0001"]


def test_a_999_without_sets_stands_for_the_group() -> None:
    said = ack("", "AK9*A*1*1*1")
    assert said is not None
    assert (said.event, said.sets) == (ACCEPTED, ())


def test_findings_name_places_and_codes_and_no_values() -> None:
    said = ack(
        "AK2*278*0001*005010X217\nIK3*NM1*10*2010C*8\nIK4*9*67*1*SECRET\nIK3*UM*14*2000E*3\nIK5*R*5", "AK9*R*1*1*0*5"
    )
    assert said is not None
    assert said.findings == (
        AcknowledgmentFinding(code="5", list="AK905"),
        AcknowledgmentFinding(code="5", list="IK502"),
        AcknowledgmentFinding(segment="NM1", position=10, loop="2010C", element=9, code="1", list="IK403"),
        AcknowledgmentFinding(segment="UM", position=14, loop="2000E", code="3", list="IK304"),
    )
    assert "SECRET" not in json.dumps(said.present())


def test_a_number_that_is_none_is_absent() -> None:
    said = ta1("A", number="ABC")
    assert said is not None
    assert said.interchange_number is None
