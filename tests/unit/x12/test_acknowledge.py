"""TA1 and 999: projected from findings, without what was sent, and read back as they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import (
    ISSUE_CODES,
    Acknowledged,
    Acknowledgment999,
    Finding999,
    GroupHeader,
    InterchangeHeader,
    Issue,
    Place,
    Segment,
    SetOutcome,
    Strictness,
    Ta1,
    TransactionSet,
    Verdict,
    acknowledge,
    read,
    read_999,
    read_one,
    read_ta1,
    validate,
    write_interchange,
)
from tests.unit.x12.samples import BODY, GS, GUIDE, IEA, ISA, interchange, transaction

PATIENT = (*BODY[:3], "HL*2*1*22*1~", BODY[4])
EVENT = ("HL*3*2*EV*0~", "TRN*1*T1~", "UM*HS*I~")
AT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)


def check(ts: TransactionSet) -> Sequence[Issue]:
    return validate(ts, GUIDE).issues


def answer(data: bytes, strictness: Strictness = Strictness.STRICT, *, copy_bad_data: bool = False) -> Acknowledged:
    (only,) = acknowledge(read(data), check, strictness=strictness, copy_bad_data=copy_bad_data)
    return only


def texts(segments: Sequence[Segment]) -> list[str]:
    return [segment.text() for segment in segments]


def body(data: bytes, *, copy_bad_data: bool = False) -> list[str]:
    (only,) = answer(data, copy_bad_data=copy_bad_data).sets
    return texts(only.body)


def test_a_clean_interchange_is_accepted() -> None:
    found = answer(interchange(transaction(), transaction(number="0002")))
    assert found.ta1.text() == "TA1*000000007*261201*1530*A*000"
    assert found.verdict is Verdict.ACCEPTED
    assert texts(found.sets[0].body) == [
        "AK1*HI*7*005010X217",
        "AK2*278*0001*005010X217",
        "IK5*A",
        "AK2*278*0002*005010X217",
        "IK5*A",
        "AK9*A*2*2*2",
    ]


def test_an_element_fault() -> None:
    assert body(interchange(transaction(*PATIENT, *EVENT, "HCR*A9*1*0F^9Z~"))) == [
        "AK1*HI*7*005010X217",
        "AK2*278*0001*005010X217",
        "IK3*HCR*10*2000E*8",
        "IK4*1**I6",
        "IK4*3::2**I6",
        "IK5*R*I5",
        "AK9*R*1*1*0",
    ]


def test_a_segment_fault_and_a_component_fault() -> None:
    assert body(interchange(transaction(*PATIENT, *EVENT, "HI*ABK:I10:D8~", "ZZZ*1~")))[2:6] == [
        "IK3*HI*10*2000E*8",
        "IK4*1:4**2",
        "IK3*ZZZ*11*2000E*6",
        "IK5*R*5",
    ]


def test_copies_are_given_only_when_asked_for() -> None:
    data = interchange(transaction(*PATIENT, *EVENT, "HCR*QZ^\u00e9*1*0F^QX~"))
    assert not any("Q" in line.removeprefix("AK1*HI") for line in body(data))
    assert "IK4*3::2**I6*QX" in body(data, copy_bad_data=True)


def test_warnings_alone_are_accepted_with_errors() -> None:
    found = body(interchange(transaction(*PATIENT, *EVENT, "HCR*A1*9*~")))
    assert found[2:] == ["IK3*HCR*10*2000E*8", "IK5*E*5", "AK9*E*1*1*1"]


def test_a_group_of_which_some_are_accepted() -> None:
    bad = transaction(*PATIENT, *EVENT, "HCR*A9~", number="0002")
    assert body(interchange(transaction(), bad))[-1] == "AK9*P*2*2*1"


def test_the_envelope_of_a_set() -> None:
    assert body(interchange(transaction(count=9)))[2:] == ["IK5*R*4", "AK9*R*1*1*0"]
    wrong = interchange().decode().replace("SE*7*0001", "SE*9*0009").encode()
    assert body(wrong)[2] == "IK5*R*4*3"


def test_the_envelope_of_a_group() -> None:
    wrong = interchange().decode().replace("GE*1*7", "GE*3*8").encode()
    assert body(wrong)[-1] == "AK9*E*3*1*1*5*4"
    missing = f"{ISA}{GS}{transaction()}{IEA}".encode()
    assert body(missing)[-1] == "AK9*E*1*1*1*3"


def test_a_tolerant_reader_rejects_only_what_cannot_be_read() -> None:
    bad = interchange(transaction(*PATIENT, *EVENT, "HCR*A9~", count=2))
    assert body(bad)[-2].startswith("IK5*R")
    (only,) = answer(bad, Strictness.TOLERANT).sets
    assert texts(only.body)[-2:] == ["IK5*E*4*I5", "AK9*E*1*1*1"]
    cut = interchange().decode().replace("SE*7*0001~", "").encode()
    (only,) = answer(cut, Strictness.TOLERANT).sets
    assert texts(only.body)[-2:] == ["IK5*R*2", "AK9*R*1*1*0"]


@pytest.mark.parametrize(
    ("old", "new", "ta1"),
    [
        ("IEA*1*000000007", "IEA*1*000000008", "R*001"),
        ("IEA*1*000000007", "IEA*2*000000007", "R*021"),
        ("IEA*1*000000007~", "", "R*023"),
        ("*0*T*", "*0*X*", "E*020"),
        ("*SENDER         *", "*               *", "R*006"),
        ("ST*278", "ZZ*1~ST*278", "R*024"),
    ],
)
def test_the_interchange_is_judged_by_its_ta1(old: str, new: str, ta1: str) -> None:
    found = answer(interchange().decode().replace(old, new).encode())
    assert found.ta1.text() == f"TA1*000000007*261201*1530*{ta1}"


def test_an_error_outweighs_a_warning() -> None:
    data = interchange().decode().replace("*0*T*", "*0*X*").replace("IEA*1*", "IEA*2*").encode()
    assert answer(data).ta1.element(5) == "021"


def test_a_999_is_never_acknowledged_with_a_999() -> None:
    data = interchange().decode().replace("GS*HI", "GS*FA").encode()
    found = answer(data)
    assert (found.sets, found.ta1.element(4)) == ([], "A")


def test_a_group_that_says_nothing_of_itself_is_answered() -> None:
    data = interchange().replace(GS.encode(), b"GS*~").replace(b"ST*278*0001*005010X217~", b"ST*~")
    texts_of = body(data)
    assert texts_of[0] == "AK1**0000"
    assert "AK2**0000" in texts_of


def test_each_interchange_has_its_answer() -> None:
    assert len(list(acknowledge(read(interchange() + interchange())))) == 2


def test_findings_without_a_999_code_are_left_out() -> None:
    data = interchange(transaction(*PATIENT, *EVENT, "NM1*71*1*DOC*****XX*1234567890~"))
    assert body(data)[2] == "IK5*A"


def test_a_situational_finding_names_its_trigger() -> None:
    place = Place(segment="UM", position=9, element=1, loop="2000E")
    absent = Place(segment="DTP", position=7, loop="2000E")
    found = [
        Issue(code=ISSUE_CODES["S12"], place=absent, trigger=place),
        Issue(code=ISSUE_CODES["E14"], place=place, trigger=replace(place, segment="HI", element=1, component=2)),
    ]
    (only,) = acknowledge(read(interchange()), lambda _: found)
    assert texts(only.sets[0].body)[2:7] == [
        "IK3*DTP*7*2000E*I6",
        "CTX*SITUATIONAL TRIGGER*UM*9*2000E*1",
        "IK3*UM*9*2000E*8",
        "IK4*1**I9",
        "CTX*SITUATIONAL TRIGGER*HI*9*2000E*1:2",
    ]


def sent(found: Acknowledged) -> bytes:
    header = InterchangeHeader(sender="R", receiver="S", at=AT, control_number=1, usage="T")
    group = GroupHeader(
        functional_id="FA", sender="RECEIVER", receiver="SENDER", at=AT, control_number=1, version="005010X231A1"
    )
    return write_interchange(header, [(group, found.sets)], ta1=[found.ta1])


def test_what_was_made_reads_back() -> None:
    written = sent(
        answer(interchange(transaction(*PATIENT, *EVENT, "HCR*A9*1*0F^9Z~", "ZZZ*1~"), transaction(number="0002")))
    )
    assert read_999(read_one(written)) == Acknowledgment999(
        functional_group="HI",
        group_control_number="7",
        guide_id="005010X217",
        verdict=Verdict.PARTIALLY_ACCEPTED,
        sets_stated=2,
        sets_received=2,
        sets_accepted=1,
        sets=(
            SetOutcome(
                transaction="278",
                control_number="0001",
                guide_id="005010X217",
                verdict=Verdict.REJECTED,
                codes=("5",),
                findings=(
                    Finding999(
                        segment="HCR", position=10, loop="2000E", segment_code="8", element=1, element_code="I6"
                    ),
                    Finding999(
                        segment="HCR",
                        position=10,
                        loop="2000E",
                        segment_code="8",
                        element=3,
                        repeat=2,
                        element_code="I6",
                    ),
                    Finding999(segment="ZZZ", position=11, loop="2000E", segment_code="6"),
                ),
            ),
            SetOutcome(transaction="278", control_number="0002", guide_id="005010X217", verdict=Verdict.ACCEPTED),
        ),
    )


def test_an_outcome_is_found_by_its_control_number() -> None:
    found = read_999(read_one(sent(answer(interchange()))))
    outcome = found.outcome_of("0001")
    assert outcome is not None
    assert outcome.verdict.is_accepted
    assert found.outcome_of("0009") is None


def test_a_ta1_reads_back() -> None:
    assert read_ta1(answer(interchange()).ta1) == Ta1(
        control_number="000000007", date="261201", time="1530", verdict=Verdict.ACCEPTED, note="000"
    )
    short = read_ta1(Segment(["TA1", "1", "", "", "Q"]))
    assert (short.verdict, short.note) == (Verdict.UNKNOWN, "")


def test_a_997_and_a_999_without_its_ends_read() -> None:
    ts = read_one(interchange())
    lines = ("ST*997*0001", "AK1*HI*7", "AK2*278*0001", "AK3*UM*9**8", "AK4*1*1*7", "AK5*R*5", "AK2*278*0002")
    old = replace(ts, segments=[Segment(line.split("*")) for line in lines])
    found = read_999(old)
    assert [(each.verdict, len(each.findings)) for each in found.sets] == [(Verdict.REJECTED, 1), (Verdict.UNKNOWN, 0)]
    assert (found.verdict, found.sets_stated) == (Verdict.UNKNOWN, None)
    alone = replace(ts, segments=[Segment(["ST", "999"]), Segment(["IK4", "1", "", "7"]), Segment(["IK5", "A"])])
    assert read_999(alone) == Acknowledgment999(functional_group="", group_control_number="")


def test_verdicts_are_clear() -> None:
    accepted = {each for each in Verdict if each.is_accepted}
    rejected = {each for each in Verdict if each.is_rejected}
    assert accepted == {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS}
    assert not accepted & rejected
    assert set(Verdict) - accepted - rejected == {Verdict.PARTIALLY_ACCEPTED, Verdict.UNKNOWN}


CODES = st.sampled_from(list(ISSUE_CODES.values()))
PLACES = st.builds(
    Place,
    segment=st.sampled_from(["NM1", "HI", ""]),
    position=st.integers(0, 9),
    element=st.none() | st.integers(1, 9),
    component=st.none() | st.integers(1, 9),
    repeat=st.none() | st.integers(1, 9),
    loop=st.none() | st.sampled_from(["2010EA", "2000E"]),
)


@given(st.lists(st.builds(Issue, code=CODES, place=PLACES), max_size=6), st.sampled_from(Strictness))
def test_any_findings_make_a_999_that_can_be_sent_and_read(found: list[Issue], strictness: Strictness) -> None:
    (only,) = acknowledge(read(interchange()), lambda _: found, strictness=strictness, copy_bad_data=True)
    (outcome,) = read_999(read_one(sent(only))).sets
    told = [each for each in found if each.code.ik304 or each.code.ik403]
    assert bool(outcome.findings) == bool(told)
    wrong = [each for each in found if each.code.ik502 or each in told]
    assert (outcome.verdict is Verdict.ACCEPTED) == (not wrong)
