"""The table of findings: each code once, with its sentence, its level and what an acknowledgment calls it."""

from __future__ import annotations

import re

import pytest

from priorwire.x12 import ISSUE_CODES, Issue, Level, Place, Severity, issues
from priorwire.x12.segments import Segment

TA105 = {f"{number:03}" for number in range(32)}
AK905 = {*map(str, range(1, 7)), *map(str, range(10, 20)), *map(str, range(23, 27))}
IK502 = {*map(str, range(1, 20)), *map(str, range(23, 28)), "I5", "I6"}
IK304 = {*map(str, range(1, 9)), "I4", "I6", "I7", "I8", "I9"}
IK403 = {*map(str, range(1, 11)), "12", "13", "I6", "I9", "I10", "I11", "I12", "I13"}
FAMILY = {"I": "ta105", "G": "ak905", "T": "ik502", "S": "ik304", "L": "ik304", "E": "ik403", "C": None, "P": None}
#: Codes that something else than their family's segment reports, and what.
BY_ANOTHER = {
    **dict.fromkeys(("G1", "G10", "G11", "G12", "G13", "G14", "G16"), "ta105"),  # AK905 has nothing for a wrong GS
    "G9": "ik502",  # the set that does not belong in its group
    "S11": "ta105",  # it belongs to no set
}


@pytest.mark.parametrize("code", ISSUE_CODES.values(), ids=ISSUE_CODES.keys())
def test_a_code_is_complete(code: issues.IssueCode) -> None:
    assert ISSUE_CODES[code.code] is code
    assert re.fullmatch(r"[IGTSLECP][1-9][0-9]*", code.code)
    assert re.fullmatch(r"[A-Z].*\.", code.says)
    told = {"ta105": TA105, "ak905": AK905, "ik502": IK502, "ik304": IK304, "ik403": IK403}
    for name, known in told.items():
        assert getattr(code, name) is None or getattr(code, name) in known
    family = FAMILY[code.code[0]]
    assert family is None or getattr(code, family) or code.code in BY_ANOTHER
    if code.code in BY_ANOTHER:
        assert getattr(code, BY_ANOTHER[code.code])
    if family is None:
        assert not any(getattr(code, name) for name in told)


def test_every_constant_is_registered_and_every_number_follows() -> None:
    constants = {id(value) for value in vars(issues).values() if isinstance(value, issues.IssueCode)}
    assert constants == {id(code) for code in ISSUE_CODES.values()}
    for family in FAMILY:
        numbers = [int(name[1:]) for name in ISSUE_CODES if name[0] == family]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_code_cannot_be_given_twice() -> None:
    with pytest.raises(ValueError, match="E1 is taken"):
        issues._code("E1", "Again.")


def test_a_finding_says_where_which_rule_and_what_to_do() -> None:
    place = Place(segment="NM1", position=14, element=9, component=2, repeat=3, loop="2010C")
    issue = Issue(code=ISSUE_CODES["E1"], place=place, detail="Send the member number.")
    assert issue.says == (
        "2010C NM109-2 repeat 3 (segment 14): A required element is absent. Send the member number. [E1]"
    )
    assert Issue(code=ISSUE_CODES["I5"], place=Place()).says == "The interchange ends without an IEA. [I5]"


def test_the_severity_is_the_codes_unless_the_guide_is_uncertain() -> None:
    issue = Issue(code=ISSUE_CODES["E1"], place=Place())
    assert (issue.severity, issue.is_error) == (Severity.ERROR, True)
    softened = Issue(code=ISSUE_CODES["E1"], place=Place(), weight=Severity.WARNING)
    assert (softened.severity, softened.is_error) == (Severity.WARNING, False)


def test_what_is_no_segment_id_is_not_shown() -> None:
    assert issues.place_of(Segment(["SMITH", "JOHN"], number=3)).segment == ""
    assert "SMITH" not in repr(Segment(["SMITH", "JOHN"]))


def test_levels_are_the_snip_types() -> None:
    assert {level.name: level.value for level in Level} == {
        "SYNTAX": 1, "GUIDE": 2, "SITUATIONAL": 4, "CODES": 5, "PAYER": 7,
    }  # fmt: skip
