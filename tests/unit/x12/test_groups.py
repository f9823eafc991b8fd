"""The GS: each element held against what X12 fixes, one finding an element; which set may stand in which group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import Segment
from priorwire.x12.groups import FUNCTIONAL_GROUPS, group_header_issues, holds, is_version
from priorwire.x12.guides import guides
from tests.unit.x12.samples import GS, interchange, lines, transaction
from tests.unit.x12.test_reader import reads

RIGHT = GS.rstrip("~").split("*")


def found(**changes: str) -> list[str]:
    elements = [*RIGHT]
    for name, value in changes.items():
        elements[int(name[2:])] = value
    return lines(group_header_issues(Segment(elements)))


@pytest.mark.parametrize(
    ("element", "value", "code"),
    [
        (1, "", "G15"), (1, "H", "G15"), (1, "HIX", "G15"), (1, "H-", "G15"), (1, "Hk", ""), (1, "FA", ""),
        (2, "", "G10"), (2, "S", "G10"), (2, " S ", "G10"), (2, "S" * 16, "G10"), (2, "SS", ""), (2, "S" * 15, ""),
        (3, "", "G11"), (3, "R", "G11"), (3, "R" * 16, "G11"), (3, "R" * 15, ""),
        (4, "", "G12"), (4, "20261301", "G12"), (4, "20270229", "G12"), (4, "261201", "G12"), (4, "...", "G12"),
        (4, "20280229", ""),
        (5, "", "G13"), (5, "2460", "G13"), (5, "15", "G13"), (5, "153060", "G13"), (5, "15:30", "G13"),
        (5, "153059", ""), (5, "1530599", ""), (5, "15305999", ""), (5, "153059999", "G13"),
        (6, "", "G5"), (6, "0", "G5"), (6, "000000000", "G5"), (6, "-7", "G5"), (6, "7A", "G5"), (6, "\u0667", "G5"),
        (6, "1234567890", "G5"), (6, "000000007", ""), (6, "999999999", ""),
        (7, "", "G14"), (7, "T", "G14"), (7, "XX", "G14"),
        (8, "", "G7"), (8, "005010X217A1Z", "G7"), (8, "5010", "G7"), (8, "005010:217", "G7"), (8, "005010", ""),
        (8, "006020X316", ""), (8, "004010X092A1 ", ""),
    ],
)  # fmt: skip
def test_each_element_has_its_finding(element: int, value: str, code: str) -> None:
    assert found(**{f"GS{element}": value}) == ([f"{code} - GS 0 {element} 0 0"] if code else [])


def test_before_00400_a_date_has_six_digits_or_eight() -> None:
    assert found(GS4="261201", GS8="003050") == []
    assert found(GS4="20261201", GS8="003050") == []
    assert found(GS4="261301", GS8="003050") == ["G12 - GS 0 4 0 0"]


def test_a_ninth_element_is_one_finding_and_separators_alone_are_none() -> None:
    assert lines(group_header_issues(Segment([*RIGHT, "1", "2"]))) == ["G16 - GS 0 9 0 0"]
    assert group_header_issues(Segment([*RIGHT, ""])) == []


@given(st.lists(st.text("AX019 *-", max_size=17), min_size=1, max_size=11))
def test_no_element_has_two_findings(elements: list[str]) -> None:
    numbers = [each.place.element for each in group_header_issues(Segment(["GS", *elements]))]
    assert len(numbers) == len(set(numbers))


@given(st.text("0123456789XAZ", min_size=1, max_size=14))
def test_a_version_is_six_digits_and_at_most_six_more(text: str) -> None:
    assert is_version(text) == (len(text) <= 12 and len(text) >= 6 and text[:6].isdigit())


def test_every_guide_travels_under_the_code_of_its_transaction() -> None:
    assert {(each.transaction, each.functional_group) for each in guides()} <= FUNCTIONAL_GROUPS.items()


@pytest.mark.parametrize(
    ("group", "transaction", "right"),
    [("HI", "278", True), ("HS", "271", False), ("HB", "271", True), ("FA", "999", True), ("HC", "270", False),
     ("HN", "277", True), ("HR", "277", False), ("ZZ", "864", True), ("", "278", True), ("H", "278", True)],
)  # fmt: skip
def test_a_set_belongs_in_its_group(group: str, transaction: str, right: bool) -> None:
    assert holds(group, transaction) is right


def test_a_set_without_a_guide_is_held_against_its_group_too() -> None:
    claim = transaction().replace("ST*278*", "ST*837*")
    reads(interchange(claim), "ISA", "GS", "SET7:G9", "GE", "IEA")
    reads(interchange(claim).replace(b"GS*HI", b"GS*HC"), "ISA", "GS", "SET7", "GE", "IEA")


def test_a_group_that_is_none_is_no_fault_of_its_sets() -> None:
    reads(interchange(transaction(), transaction(number="0002")).replace(b"GS*HI", b"GS*"),
          "ISA", "GS:G15", "SET7", "SET7", "GE", "IEA")  # fmt: skip
    reads(interchange().replace(b"X*005010X217~ST", b"X*X217~ST"), "ISA", "GS:G7", "SET7", "GE", "IEA")
