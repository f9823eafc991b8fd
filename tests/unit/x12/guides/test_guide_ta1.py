"""The TA1 as a guide of one segment: its lists, and what is found in one that was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import ISSUE_CODES, Element, Segment, Ta1Read, Verdict, read
from priorwire.x12.acknowledgment import ta1_issues
from priorwire.x12.guides import guide, guides
from priorwire.x12.guides.ta1 import GUIDE, NOTES, SEGMENT, VERDICTS
from tests.unit.x12.samples import GE, GS, IEA, ISA, interchange, lines, transaction

RIGHT = ("000000007", "261201", "1530", "A", "000")


def found(*elements: str) -> list[str]:
    return lines(ta1_issues(Segment(["TA1", *elements])))


def test_it_is_asked_for_like_any_guide_and_is_no_transaction_set() -> None:
    assert guide("TA1") is GUIDE
    assert GUIDE.root.parts == (SEGMENT,)
    assert GUIDE not in guides()


def test_the_lists_are_whole_and_each_code_has_its_own_words() -> None:
    assert list(NOTES) == [f"{number:03}" for number in range(32)]
    assert set(VERDICTS) == {Verdict.ACCEPTED.value, Verdict.ACCEPTED_WITH_ERRORS.value, Verdict.REJECTED.value}
    assert len(set(NOTES.values())) == len(NOTES)
    elements = [each for each in SEGMENT.elements if isinstance(each, Element)]
    assert (elements[3].codes, elements[4].codes) == (frozenset(VERDICTS), frozenset(NOTES))
    assert all(each.label for each in elements)


def test_every_note_that_a_finding_of_ours_is_told_by_is_in_the_list() -> None:
    assert {code.ta105 for code in ISSUE_CODES.values() if code.ta105} <= set(NOTES)


@pytest.mark.parametrize(
    ("element", "value", "code"),
    [
        (1, "", "E1"), (1, "7", "E4"), (1, "0000000007", "E5"), (1, "00000000A", "E6"),
        (2, "", "E1"), (2, "261301", "E8"), (2, "20261201", "E5"), (2, "2612", "E8"),
        (3, "", "E1"), (3, "3339", "E9"), (3, "153000", "E5"), (3, "15", "E9"),
        (4, "", "E1"), (4, "Q", "E7"), (4, "P", "E7"),
        (5, "", "E1"), (5, "032", "E7"), (5, "abc", "E7"), (5, "0", "E7"),
    ],
)  # fmt: skip
def test_each_element_has_its_finding_and_only_that(element: int, value: str, code: str) -> None:
    elements = [*RIGHT]
    elements[element - 1] = value
    rest = [each for each in found(*elements) if not each.startswith("S9")]
    assert rest == [f"{code} - TA1 0 {element} 0 0"]


@pytest.mark.parametrize(
    ("verdict", "note", "says"),
    [
        ("A", "000", []),
        ("E", "020", []),
        ("R", "001", []),
        ("A", "001", ["E17 - TA1 0 4 0 0"]),
        ("R", "000", ["E17 - TA1 0 5 0 0"]),
        ("E", "000", ["E17 - TA1 0 5 0 0"]),
    ],
)
def test_the_verdict_and_the_note_agree(verdict: str, note: str, says: list[str]) -> None:
    assert found(*RIGHT[:3], verdict, note) == says


def test_a_sixth_element_and_a_bare_id() -> None:
    assert found(*RIGHT, "X") == ["E3 - TA1 0 6 0 0"]
    assert found() == ["S8 - TA1 0 0 0 0"]


@given(st.lists(st.text("AER0129 ^:", max_size=10), max_size=7))
def test_no_element_has_two_findings(elements: list[str]) -> None:
    numbers = [each.place.element for each in ta1_issues(Segment(["TA1", *elements])) if each.place.element]
    assert len(numbers) == len(set(numbers))


def test_it_is_checked_wherever_it_is_read() -> None:
    wrong = "TA1*000000007*261201*3339*R*015~"
    for data in (f"{ISA}{wrong}{GS}{transaction()}{GE}{IEA}".encode(), interchange() + wrong.encode()):
        (ta1,) = [event for event in read(data) if isinstance(event, Ta1Read)]
        assert lines(ta1.issues) == ["E9 - TA1 0 3 0 0"]
