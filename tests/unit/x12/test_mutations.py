"""One fault, one finding: at its place, with its 999 code, and nothing that follows from it.

Sets that a guide allows (`tests.strategies_x12`) are broken at one place in each way that a
999 can report (`tests.mutations_x12`), for every guide.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.x12 import (
    ISSUE_CODES,
    Finding999,
    Guide,
    Issue,
    Place,
    Segment,
    Trigger999,
    acknowledge,
    read,
    read_999,
    read_one,
    validate,
    write_events,
)
from priorwire.x12.code_values import SHAPES
from priorwire.x12.guides import guides
from tests.mutations_x12 import KINDS, NO_VALUE, Broken
from tests.strategies_x12 import DENSITIES, EXAMPLES, SEEDS, grown
from tests.unit.x12.samples import interchange, only_set, transaction

GUIDES = pytest.mark.parametrize("guide", guides(), ids=lambda each: f"{each.kind}-{each.id}")
#: Sets of each guide that are broken in every way, and of how many hundredths of its optional parts.
SETS = tuple((seed, (0, 20, 45, 80, 100)[seed % 5]) for seed in range(10))

#: Codes of IK304 and IK403 that no finding has, and why.
NEVER_REPORTED = {
    ("ik304", "I8"): "no guide here asks for a segment more than once",
    ("ik403", "I11"): "no guide here asks for an element more than once",
    ("ik403", "I12"): "no guide here declares a pattern beyond type, length and codes",
}
IK304 = ["1", "2", "3", "4", "5", "6", "7", "8", "I4", "I6", "I7", "I8", "I9"]
IK403 = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "13", "I6", "I9", "I10", "I11", "I12", "I13"]

#: Kinds of fault that a guide has no place for, and why. What is not here must have been tried.
_OPEN = "known from samples only: nothing but what opens a loop is required, closed, counted or dependent"
_FLAT = "it has no levels"
_CALLED, _FORBIDDEN, _TOGETHER = (
    "IK304-I6 what the situation calls for is absent",
    "IK304-I9 what the situation forbids is present",
    "IK403-I6 codes that do not go together",
)
_INSIDE = ("IK403-I9 an element that the situation calls for", "IK403-I13 an element that the situation forbids")
_DEMANDS = (
    "IK304-4 a loop too often", "IK304-I7 a required loop absent", "IK403-1 a required composite absent", _CALLED,
    _FORBIDDEN, _TOGETHER, *_INSIDE,
)  # fmt: skip
_LEVELS = tuple(name for name in KINDS if name.startswith("IK403-7"))
NO_PLACE: dict[str, dict[str, str]] = {
    "270": {
        **dict.fromkeys((_FORBIDDEN, _TOGETHER, *_INSIDE), "it has no such rule"),
        "IK403-7 a level that says what is not so below": "HL04 decides there where the question stands",
    },
    "271": dict.fromkeys((_CALLED, _TOGETHER, *_INSIDE), "it has no such rule that one change breaks"),
    "278-request": {},
    "278-response": dict.fromkeys((_CALLED, _FORBIDDEN, _INSIDE[0]), "it has no such rule"),
    "278-inquiry": dict.fromkeys((*_DEMANDS, "IK403-I10 an element that is not used"), _OPEN),
    "278-inquiry-response": dict.fromkeys((*_DEMANDS, "IK403-I10 an element that is not used"), _OPEN),
    "278-notice": dict.fromkeys(_DEMANDS, _OPEN),
    "278-notice-ack": dict.fromkeys(_DEMANDS, _OPEN),
    "275": dict.fromkeys((*_DEMANDS, "IK403-I6 a code that is not allowed"), _OPEN) | dict.fromkeys(_LEVELS, _FLAT),
    "999": {
        **dict.fromkeys(_LEVELS, _FLAT),
        **dict.fromkeys((_CALLED, _FORBIDDEN, _TOGETHER, *_INSIDE), "it has no such rule"),
        "IK304-4 a loop too often": "its loops are not counted",
        "IK304-I7 a required loop absent": "a group without findings has none",
        "IK403-2 a relation broken": "its segments have no relational notes",
        "IK403-8 no day": "it has no dates",
        "IK403-9 no time of day": "it has no times",
        "IK403-10 what excludes each other": "its segments have no relational notes",
        "not in a 999: a value that its list cannot hold": "it has no codes of other lists",
    },
}


def findings(broken: Broken) -> list[Issue]:
    return list(validate(only_set(broken.document.data()), broken.guide).issues)


def said(found: list[Issue]) -> list[tuple[object, ...]]:
    return [
        (i.code.code, i.place.segment, i.place.position, i.place.loop, i.place.element, i.place.component,
         i.place.repeat)
        for i in found
    ]  # fmt: skip


def assert_alone(broken: Broken) -> None:
    """Exactly the expected finding, and in the 999 exactly its codes there."""
    wanted = broken.expected
    found = findings(broken)
    assert said(found) == [
        (wanted.code, wanted.segment, wanted.position, wanted.loop, wanted.element, wanted.component, wanted.repeat)
    ]
    if broken.guide.functional_group != "FA":  # a 999 is not answered with one
        assert acknowledged(broken, found) == expected_999(broken, found[0].trigger)


def acknowledged(broken: Broken, found: list[Issue]) -> tuple[Finding999, ...]:
    """What the 999 about the set says when it is read back."""
    (answer,) = acknowledge(read(broken.document.data()), lambda _ts: found)
    (body,) = answer.sets
    (told,) = read_999(read_one(wrapped(list(body.body)))).sets
    return told.findings


def wrapped(body: list[Segment]) -> bytes:
    text = "".join(f"{segment.text()}~" for segment in body)
    return interchange(f"ST*999*0001*005010X231A1~{text}SE*{len(body) + 2}*0001~")


def expected_999(broken: Broken, trigger: Place | None) -> tuple[Finding999, ...]:
    wanted = broken.expected
    code = ISSUE_CODES[wanted.code]
    if not (code.ik304 or code.ik403):
        return ()
    at_element = bool(code.ik403 and wanted.element)
    return (
        Finding999(
            segment=wanted.segment or "UNK",
            position=wanted.position,
            loop=wanted.loop or "",
            segment_code="8" if at_element else code.ik304 or "",
            element=wanted.element or 0 if at_element else 0,
            component=wanted.component or 0 if at_element else 0,
            repeat=wanted.repeat or 0 if at_element else 0,
            element_code=code.ik403 or "" if at_element else "",
            triggers=(_said_trigger(trigger),) if trigger else (),
        ),
    )


def _said_trigger(trigger: Place) -> Trigger999:
    return Trigger999(
        segment=trigger.segment,
        position=trigger.position,
        loop=trigger.loop or "",
        element=trigger.element or 0,
        component=trigger.component or 0,
    )


@cache
def tried(guide: Guide) -> dict[str, list[Broken]]:
    """Every kind of fault in every one of `SETS`, where it has a place."""
    found: dict[str, list[Broken]] = {}
    for seed, density in SETS:
        document = grown(guide, seed, density)
        for name, kind in KINDS.items():
            broken = kind(document.copy(), Random(seed))
            if broken is not None:
                found.setdefault(name, []).append(broken)
    return found


@GUIDES
def test_one_fault_is_one_finding_there_with_its_code(guide: Guide) -> None:
    for every in tried(guide).values():
        for broken in every:
            assert_alone(broken)


@GUIDES
def test_every_kind_of_fault_was_tried_or_has_no_place(guide: Guide) -> None:
    assert set(KINDS) - set(tried(guide)) == set(NO_PLACE[guide.kind])


@GUIDES
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, density=DENSITIES, name=st.sampled_from(sorted(KINDS)))
def test_any_fault_in_any_set_is_one_finding(guide: Guide, seed: int, density: int, name: str) -> None:
    broken = KINDS[name](grown(guide, seed, density), Random(seed))
    if broken is not None:
        assert_alone(broken)


def test_every_code_of_ik304_and_ik403_is_tried_or_never_reported() -> None:
    codes = {ISSUE_CODES[each.expected.code] for guide in guides() for every in tried(guide).values() for each in every}
    assert {code.ik304 for code in codes} >= set(IK304) - {code for where, code in NEVER_REPORTED if where == "ik304"}
    assert {code.ik403 for code in codes} >= set(IK403) - {code for where, code in NEVER_REPORTED if where == "ik403"}
    assert not {("ik304", code.ik304) for code in ISSUE_CODES.values()} & set(NEVER_REPORTED)
    assert not {("ik403", code.ik403) for code in ISSUE_CODES.values()} & set(NEVER_REPORTED)


def test_every_list_outside_the_guides_has_values_that_are_right_and_wrong() -> None:
    assert set(EXAMPLES) == set(NO_VALUE) == set(SHAPES)
    for name, check in SHAPES.items():
        assert all(check(value) is None for value in EXAMPLES[name])
        wrong, code = NO_VALUE[name]
        assert check(wrong) is ISSUE_CODES[code]


def test_a_decimal_point_in_a_diagnosis_has_a_sentence_of_its_own() -> None:
    for name in ("icd10cm", "icd9cm"):
        assert SHAPES[name]("M54.16" if name == "icd10cm" else "401.9") is ISSUE_CODES["C3"]


# --- the envelope: AK905, IK502, TA105 ------------------------------------------------------------------------

Edit = Callable[[bytes], bytes]


def put(old: str, new: str) -> Edit:
    def edited(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return edited


#: Finding -> one edit of a right interchange that brings it, and no other finding of the envelope.
ENVELOPE: dict[str, Edit] = {
    "I1": put("*SENDER         *", "*SENDER*"),
    "I2": put("*T*:~", "*T**~"),
    "I3": put("*^*00501*", "*U*00501*"),
    "I4": put("IEA*1*000000007", "IEA*1*000000008"),
    "I5": put("IEA*1*000000007~", ""),
    "I6": put("IEA*1*", "IEA*2*"),
    "I8": put("ISA*00*", "ISA*99*"),
    "I9": put("*00*          *ZZ*SENDER", "*99*          *ZZ*SENDER"),
    "I10": put("*ZZ*SENDER ", "*QQ*SENDER "),
    "I11": put("*SENDER         *", "*               *"),
    "I12": put("*ZZ*RECEIVER ", "*QQ*RECEIVER "),
    "I13": put("*RECEIVER       *", "*               *"),
    "I14": put("*261201*", "*261301*"),
    "I15": put("*1530*^", "*2561*^"),
    "I16": put("*00501*0", "*A0501*0"),
    "I17": put("*0*T*:~", "*2*T*:~"),
    "I18": put("*0*T*:~", "*0*X*:~"),
    "I19": put("GE*1*7~", "GE*1*7~(no segment)~"),
    "I20": put("GE*1*7~", "GE*1*7~REF*BB*1~"),
    "I21": put("IEA*1*000000007~", "IEA*1*000000007"),
    "I22": put("*EXAMPLE PAYER*", "*EXAMPLE\n PAYER*"),
    "I24": put("GE*1*7~", "GE*1*7~GE*1*7~"),
    "I27": put("ISA*00*", "ISA*03*"),
    "I28": put("*00*          *ZZ*SENDER", "*01*          *ZZ*SENDER"),
    "I29": put("*00501*0", "*00401*0"),
    "S11": put("GE*1*7~", "GE*1*7~~"),
    "I31": put("ST*278*0001*005010X217~", "ST*278*0001*005010X217~" * 2),
    "G2": put("GE*1*7~", ""),
    "G3": put("GE*1*7~", "GE*1*8~"),
    "G4": put("GE*1*7~", "GE*2*7~"),
    "G7": put("*X*005010X217~", "*X~"),
    "G9": put("GS*HI*", "GS*HB*"),
    "G10": put("GS*HI*SENDER*", "GS*HI*S*"),
    "G11": put("*RECEIVER*20261201", "**20261201"),
    "G12": put("*20261201*1530*7*X", "*20261301*1530*7*X"),
    "G13": put("*1530*7*X", "*2530*7*X"),
    "G14": put("*7*X*", "*7*T*"),
    "G15": put("GS*HI*", "GS*H*"),
    "G16": put("*X*005010X217~", "*X*005010X217*1~"),
    "T1": put("SE*7*0001~", ""),
    "T2": put("SE*7*0001~", "SE*7*0002~"),
    "T3": put("SE*7*0001~", "SE*8*0001~"),
    "T4": put("ST*278*", "ST*2X8*"),
    "T7": put("0001*005010X217~", "0001*005010X215~"),
}  # fmt: skip
#: The same for inputs that one edit does not make.
INPUTS: dict[str, bytes] = {
    "I7": interchange().replace(b"000000007", b"00000000A"),
    "I25": interchange()[:106] + b"IEA*0*000000007~",
    "G1": interchange().replace(b"GS*HI*SENDER*RECEIVER*20261201*1530*7*X*005010X217~", b"").replace(b"GE*1*7~", b"")
        .replace(b"IEA*1*", b"IEA*0*"),
    "G5": interchange().replace(b"*7*X*", b"*A*X*").replace(b"GE*1*7~", b"GE*1*A~"),
    "G6": interchange().replace(b"IEA*1*", interchange()[106:].split(b"IEA")[0] + b"IEA*2*"),
    "G8": interchange().replace(transaction().encode(), b"").replace(b"GE*1*", b"GE*0*"),
    "I26": b"\xef\xbb\xbf" + interchange(),
    "I30": interchange() * 2,
    "T5": interchange().replace(b"*0001", b"*1"),
    "T6": interchange(transaction(), transaction()),
}  # fmt: skip
#: Codes of the envelope that are tried elsewhere, and where.
ELSEWHERE = {
    "I23": "an ISA of too few elements: test_reader",
    "T8": "no guide is asked: reported by whoever chooses one",
    "T9": "another guide is asked: reported by whoever chooses one",
}


def envelope_findings(data: bytes) -> list[Issue]:
    return [issue for event in read(data) for issue in event.issues]


@pytest.mark.parametrize("code", [*ENVELOPE, *INPUTS])
def test_a_fault_of_the_envelope_is_one_finding(code: str) -> None:
    data = INPUTS[code] if code in INPUTS else ENVELOPE[code](interchange())
    found = [issue.code.code for issue in envelope_findings(data)]
    assert found == [code]


@pytest.mark.parametrize("code", [*ENVELOPE, *INPUTS])
def test_a_fault_of_the_envelope_is_acknowledged_by_its_code(code: str) -> None:
    data = INPUTS[code] if code in INPUTS else ENVELOPE[code](interchange())
    issue = ISSUE_CODES[code]
    answers = list(acknowledge(read(data)))
    assert answers
    ta1 = {answer.ta1.element(5) for answer in answers}
    bodies = [segment for answer in answers for each in answer.sets for segment in each.body]
    if issue.ta105:
        assert issue.ta105 in ta1
    if issue.ak905:
        assert any(issue.ak905 in segment.elements[5:] for segment in bodies if segment.id == "AK9")
    if issue.ik502:
        assert any(issue.ik502 in segment.elements[2:] for segment in bodies if segment.id == "IK5")


def test_every_finding_of_the_envelope_is_tried() -> None:
    codes = {code.code for code in ISSUE_CODES.values() if code.ta105 or code.ak905 or code.ik502}
    assert codes == {*ENVELOPE, *INPUTS, *ELSEWHERE}


@pytest.mark.parametrize("code", ["T3", "G4", "I6"])
def test_what_is_wrong_is_written_again_as_it_was(code: str) -> None:
    data = ENVELOPE[code](interchange())
    assert write_events(read(data)) == data
