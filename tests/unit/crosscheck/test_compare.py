"""How findings are paired: every one is in one row, whatever the engines say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.crosscheck import Finding, Opinion, Row, Spot, Verdict, compare
from priorwire.crosscheck.layout import Layout

_SPOTS = st.builds(
    Spot,
    set=st.integers(0, 2),
    position=st.integers(0, 3),
    segment=st.sampled_from(["", "NM1", "SE", "HL"]),
    element=st.integers(0, 2),
    component=st.integers(0, 1),
)
_CODES = ["E7", "S3", "IK3 3", "IK3 8", "IK4 7", "L1", "stopped", "unsaid"]
_REPORTS = ["", "IK3 3", "IK3 I7", "IK3 8", "IK4 7", "IK5 4", "AK9 3", "TA1 001"]


def _finding(code: str, spot: Spot, reports: str) -> Finding:
    return Finding(spot=spot, code=code, says="Something.", reports=reports)


_FINDINGS = st.lists(st.builds(_finding, st.sampled_from(_CODES), _SPOTS, st.sampled_from(_REPORTS)), max_size=8)


def opinion(engine: str, *findings: Finding, stopped: str = "") -> Opinion:
    return Opinion(engine=engine, version="1", accepted=not findings, findings=tuple(findings), sets=1, stopped=stopped)


def rows(ours: list[Finding], theirs: list[Finding]) -> tuple[Row, ...]:
    return compare(opinion("priorwire", *ours), opinion("pyx12", *theirs), Layout()).rows


@given(ours=_FINDINGS, theirs=_FINDINGS)
def test_every_finding_is_in_one_row(ours: list[Finding], theirs: list[Finding]) -> None:
    found = rows(ours, theirs)
    assert sorted(map(id, ours)) == sorted(id(each) for row in found for each in row.ours)
    assert sorted(map(id, theirs)) == sorted(id(each) for row in found for each in row.theirs)


@given(ours=_FINDINGS, theirs=_FINDINGS)
def test_a_row_is_agreed_when_both_are_in_it_and_only_then(ours: list[Finding], theirs: list[Finding]) -> None:
    for row in rows(ours, theirs):
        assert (row.verdict is Verdict.AGREED) == (bool(row.ours) and bool(row.theirs))
        assert row.fault is None or row.verdict is not Verdict.AGREED


@given(found=_FINDINGS)
def test_one_who_says_nothing_agrees_with_nothing(found: list[Finding]) -> None:
    assert all(row.verdict is Verdict.ONLY_OURS for row in rows(found, []))
    assert all(row.verdict is Verdict.ONLY_THEIRS for row in rows([], found))


@given(found=st.lists(st.builds(_finding, st.just("E7"), _SPOTS, st.just("IK4 7")), max_size=8))
def test_two_who_say_the_same_of_elements_differ_in_nothing(found: list[Finding]) -> None:
    placed = [each for each in found if each.spot.position and each.spot.element]
    assert all(row.verdict is Verdict.AGREED for row in rows(placed, [*placed]))


_AT = Spot(set=1, position=4, segment="NM1")


@pytest.mark.parametrize(
    ("mine", "theirs", "agreed"),
    [
        pytest.param(
            _finding("E7", Spot(set=1, position=4, segment="NM1", element=8), "IK4 I6"),
            _finding("IK4 7", Spot(set=1, position=4, segment="NM1", element=8), "IK4 7"),
            True,
            id="one element, two codes",
        ),
        pytest.param(
            _finding("E7", Spot(set=1, position=4, segment="NM1", element=8), "IK4 I6"),
            _finding("IK4 7", Spot(set=2, position=4, segment="NM1", element=8), "IK4 7"),
            False,
            id="one element of two sets",
        ),
        pytest.param(
            _finding("E7", Spot(set=1, position=4, segment="NM1", element=8), "IK4 I6"),
            _finding("IK4 7", Spot(set=1, position=4, segment="NM1", element=9), "IK4 7"),
            False,
            id="two elements of one segment",
        ),
        pytest.param(
            _finding("E7", Spot(set=1, position=4, segment="NM1", element=1), "IK4 I6"),
            _finding("IK3 1", _AT, "IK3 1"),
            True,
            id="an element and the segment around it",
        ),
        pytest.param(
            _finding("S3", Spot(set=1, position=2, segment="NM1"), "IK3 3"),
            _finding("IK3 3", _AT, "IK3 3"),
            True,
            id="an absence, noticed later",
        ),
        pytest.param(
            _finding("S3", Spot(set=1, position=4, segment="DMG"), "IK3 3"),
            _finding("IK3 5", Spot(set=1, position=4, segment="DMG"), "IK3 5"),
            False,
            id="an absence and a fault at one place",
        ),
        pytest.param(
            _finding("T3", Spot(set=1, position=9, segment="SE", element=1), "IK5 4"),
            _finding("IK5 4", Spot(set=1), "IK5 4"),
            True,
            id="a count, wherever it is placed",
        ),
        pytest.param(
            _finding("T1", Spot(set=1, position=9, segment="SE"), "IK5 2"),
            _finding("IK3 3", Spot(segment="SE"), "IK3 3"),
            True,
            id="a trailer that is not there",
        ),
    ],
)
def test_what_is_one_fault(mine: Finding, theirs: Finding, agreed: bool) -> None:
    assert (len(rows([mine], [theirs])) == 1) is agreed


def test_another_number_of_sets_is_a_difference() -> None:
    mine = opinion("priorwire")
    theirs = Opinion(engine="pyx12", version="1", accepted=True, findings=(), sets=0)
    (row,) = compare(mine, theirs, Layout()).rows
    assert (row.verdict, row.is_explained) == (Verdict.ONLY_THEIRS, False)


def test_an_engine_that_stopped_explains_what_it_did_not_say_and_not_that_it_stopped() -> None:
    mine = opinion("priorwire", _finding("E7", _AT, ""))
    theirs = opinion("pyx12", _finding("stopped", Spot(), ""), stopped="KeyError")
    compared = compare(mine, theirs, Layout())
    assert [row.verdict for row in compared.unexplained] == [Verdict.ONLY_THEIRS]
    assert compared.count(Verdict.ONLY_OURS) == 1


@pytest.mark.parametrize(
    ("spot", "says"),
    [
        (Spot(), "the whole input"),
        (Spot(segment="GE", element=2), "GE02"),
        (Spot(set=2), "set 2"),
        (Spot(set=1, position=17, segment="HI", element=1, component=4), "set 1 segment 17 HI01-4"),
    ],
)
def test_a_place_as_a_person_reads_it(spot: Spot, says: str) -> None:
    assert str(spot) == says
