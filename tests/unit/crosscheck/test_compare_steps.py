"""Comparing takes steps in proportion to the findings: the lines that run are counted, not the time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from priorwire.crosscheck import Finding, Opinion, Spot, Verdict, compare
from priorwire.crosscheck import compare as _public
from priorwire.crosscheck.layout import Layout, layout
from priorwire.x12 import read
from tests.unit.crosscheck.documents import message

_ROOM = _public.__module__.rpartition(".")[0].replace(".", "/")


def steps(run: Callable[[], object], room: str = _ROOM) -> int:
    """Lines of the room that run, loops inside expressions among them."""
    count = 0

    def line(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, _event: str, _arg: Any) -> Any:
        return line if room in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def finding(code: str, reports: str, spot: Spot) -> Finding:
    return Finding(spot=spot, code=code, says="Something.", reports=reports)


def opinion(engine: str, found: list[Finding], sets: int, stopped: str = "") -> Opinion:
    return Opinion(engine=engine, version="1", accepted=False, findings=tuple(found), sets=sets, stopped=stopped)


def in_many_sets(size: int) -> Iterator[tuple[list[Finding], list[Finding]]]:
    for number in range(1, size + 1):
        at = Spot(set=number, position=8, segment="NM1", element=3)
        whole = Spot(set=number, position=9, segment="REF")
        yield (
            [finding("E7", "IK4 I6", at),
             finding("E2", "IK4 2", Spot(set=number, position=9, segment="REF", element=2)),
             finding("S3", "IK3 3", Spot(set=number, position=10, segment="DMG")),
             finding("T1", "IK5 2", Spot(set=number, position=20, segment="SE")),
             finding("C1", "", Spot(set=number, position=5, segment="NM1", element=9))],
            [finding("IK4 7", "IK4 7", at), finding("IK3 8", "IK3 8", whole),
             finding("IK3 3", "IK3 3", Spot(set=number, position=12, segment="DMG")),
             finding("IK3 3", "IK3 3", Spot(set=number, segment="SE")),
             finding("HL1", "IK3 8", Spot(set=number, position=14, segment="HL")),
             finding("IK4 10", "IK4 10", Spot(set=number, position=15, segment="TRN", element=2)),
             finding("SegmentCountError", "IK5 4", Spot(set=number, segment="SE", element=1))],
        )  # fmt: skip


def in_one_set(size: int) -> Iterator[tuple[list[Finding], list[Finding]]]:
    for number in range(size):
        at = 10 * number
        yield (
            [finding("S3", "IK3 3", Spot(set=1, position=at + 1, segment="N3")),
             finding("E7", "IK4 I6", Spot(set=1, position=at + 3, segment="HI", element=2)),
             finding("E12", "IK4 13", Spot(set=1, position=at + 4, segment="SV1", element=1))],
            [finding("IK3 3", "IK3 3", Spot(set=1, position=at + 2, segment="N3")),
             finding("IK3 1", "IK3 1", Spot(set=1, position=at + 3, segment="HI")),
             finding("IK3 2", "IK3 2", Spot(set=1, position=at + 5, segment="REF"))],
        )  # fmt: skip


def in_the_envelope(size: int) -> Iterator[tuple[list[Finding], list[Finding]]]:
    for number in range(size):
        yield (
            [finding("G9", "IK5 18", Spot(set=number + 1, segment="GS", element=1)),
             finding("G2", "AK9 3", Spot(segment="GE"))],
            [finding("AK9 3", "AK9 3", Spot(segment="GE")), finding("TA1 024", "TA1 024", Spot()),
             finding("FieldValidationError", "IK4 5", Spot(segment="GS", element=5)),
             finding("IK4 7", "IK4 7", Spot(segment="ISA", element=15))],
        )  # fmt: skip


Made = Callable[[int], Iterator[tuple[list[Finding], list[Finding]]]]
SIZE = 40


@pytest.fixture(scope="module")
def laid_out() -> dict[int, Layout]:
    kinds = {size: message(*["278-request"] * size) for size in (SIZE, 2 * SIZE)}
    return {size: layout(list(read(data)), data) for size, data in kinds.items()}


@pytest.mark.parametrize("engine", ["pyx12", "badx12"])
@pytest.mark.parametrize("stopped", ["", "ValueError"])
@pytest.mark.parametrize("made", [in_many_sets, in_one_set, in_the_envelope])
def test_twice_the_findings_take_twice_the_steps(
    made: Made, engine: str, stopped: str, laid_out: dict[int, Layout]
) -> None:
    taken = {}
    for size, layout_ in laid_out.items():
        pairs = list(made(size))
        mine = opinion("priorwire", [each for ours, _ in pairs for each in ours], size)
        theirs = opinion(engine, [each for _, theirs in pairs for each in theirs], size, stopped)
        taken[size] = steps(lambda mine=mine, theirs=theirs, at=layout_: compare(mine, theirs, at))  # type: ignore[misc]
    assert taken[SIZE] > SIZE
    assert taken[2 * SIZE] <= 2.2 * taken[SIZE]


def test_the_counter_sees_what_is_not_linear() -> None:
    def each_against_each(size: int) -> int:
        return sum(any(other == one for other in range(size)) for one in range(size))

    once, twice = (steps(lambda size=size: each_against_each(size), __file__) for size in (SIZE, 2 * SIZE))  # type: ignore[misc]
    assert twice > 3 * once


def test_each_absence_takes_the_nearest_that_is_noticed_behind_it() -> None:
    mine, theirs = zip(*in_one_set(5), strict=True)
    compared = compare(
        opinion("priorwire", [each for every in mine for each in every], 1),
        opinion("pyx12", [each for every in theirs for each in every], 1),
        Layout(),
    )
    absent = [row for row in compared.rows if row.ours and row.ours[0].code == "S3"]
    assert [(row.ours[0].spot.position + 1, row.verdict) for row in absent] == [
        (row.theirs[0].spot.position, Verdict.AGREED) for row in absent
    ]
