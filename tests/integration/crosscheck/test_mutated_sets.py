"""A right message is accepted by all engines; of each kind of fault, both find it at its place or it is said why not.

These write maps to a temporary folder, which pyx12 reads.
"""

from __future__ import annotations

import pytest

from priorwire.crosscheck import Comparison, Row, crosscheck
from tests.unit.crosscheck.documents import KINDS, message

_R = "278-request"


def lines(compared: Comparison) -> list[str]:
    """Each row whole on one line: who finds it, where, our codes | theirs, and what explains it."""
    return [_line(row) for row in compared.rows]


def _line(row: Row) -> str:
    mine, theirs = (" ".join(dict.fromkeys(each.code for each in side)) or "-" for side in (row.ours, row.theirs))
    where = str(row.spot).replace("set 1 segment ", "")
    return f"{row.verdict.value} {where}: {mine} | {theirs}" + (f" ({row.fault.name})" if row.fault else "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_message_is_accepted_by_all(kind: str) -> None:
    for compared in crosscheck(message(kind)):
        assert compared.ours.accepted
        assert compared.theirs.accepted
        assert compared.rows == ()
        assert compared.theirs.sets == 1


def test_a_file_with_both_directions_is_read_with_both_guides() -> None:
    pyx12, _ = crosscheck(message("278-request", "278-response", "271"))
    assert pyx12.theirs.accepted
    assert pyx12.theirs.sets == 3


def test_a_fault_is_found_in_the_set_where_it_stands() -> None:
    pyx12, _ = crosscheck(message("278-request", "278-response", change=("UM*HS", "UM*ZZ")))
    found = [(row.verdict.value, str(row.spot)) for row in pyx12.rows]
    assert found == [("agreed", "set 1 segment 15 UM01"), ("agreed", "set 2 segment 12 UM01")]


#: What is replaced in the body of a 278 request -> the row of pyx12 that shows it.
IN_THE_BODY = [
    (("UM*HS*I", "UM*ZZ*I"), "agreed 15 UM01: E7 | IK4 7"),
    (("UM*HS*I", "UM**I"), "agreed 15 UM01: E1 | IK4 1"),
    (("****MI*XMPL0001", "****MI"), "agreed 8 NM109: E1 | IK4 1"),
    (("SAMPLE", "S" * 61), "agreed 8 NM103: E5 | IK4 5"),
    (("*9EXAMPLE01", "*9SHORT"), "agreed 14 TRN03: E4 | IK4 4"),
    (("UN*4", "UN*4X"), "agreed 19 SV104: E6 | IK4 6"),
    (("SAMPLE", "S\xc4MPLE"), "agreed 8 NM103: E6 | IK4 6"),
    (("19700402", "19700231"), "agreed 12 DMG02: E8 | IK4 8"),
    (("*1530~HL", "*2561~HL"), "agreed 2 BHT05: E9 | IK4 9"),
    (("20261214-20270313", "20261314-20270313"), "agreed 16 DTP03: E8 | IK4 8"),
    (("N3*1 EXAMPLE STREET", "N3*1 EXAMPLE STREET***X"), "agreed 10 N303: E3 | IK3 8"),
    (("REF*SY*000000001", "REF*SY*000000001*TEXT"), "agreed 9 REF03: E13 | IK4 10"),
    (("*PA*191030001", "*PA*191030001****ON"), "agreed 11 N407: E10 | IK3 8"),
    (("SAMPLE*", "SAMPLE:X*"), "agreed 8 NM103-2: E12 | IK4 6"),
    (("DMG*D8*19700402*F", "DMG"), "agreed 12 DMG: S8 | IK3 8"),
    (("DMG*D8*19700402*F", "DMG*D8*19700402*F**"), "agreed 12 DMG: S9 | SEG1"),
    (("UM*HS", "ZZZ*1~UM*HS"), "agreed 15 ZZZ: S5 | IK3 1"),
    (("UM*HS*I*1*11:B~", ""), "agreed 15 UM: S3 | IK3 3"),
    (("NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001~", ""), "agreed 12 NM1: L1 | IK3 3"),
    (("DMG*D8*19700402*F", "DMG*D8*19700402*F~DMG*D8*19700402*F"), "agreed 13 DMG: S4 | IK3 5"),
    (("HL*4*3*EV", "HL*4*9*EV"), "agreed 13 HL02: L5 | HL2"),
    (("NM1*IL*1", "NM1*ZZ*1"), "agreed 8 NM101: E7 | IK4 7"),
]

#: What is replaced in the whole of a 278 request -> the rows of pyx12 and badx12 that show it.
IN_THE_ENVELOPE = [
    (("SE*20*", "SE*19*"), "agreed 20 SE01: T3 | IK5 4", "agreed 20 SE01: T3 | SegmentCountError"),
    (("SE*20*0001", "SE*20*0002"), "agreed 20 SE02: T2 | IK5 3", "agreed 20 SE02: T2 | IDMismatchError"),
    (("GE*1*1", "GE*2*1"), "agreed GE01: G4 | AK9 5", "agreed GE01: G4 | SegmentCountError"),
    (("GE*1*1", "GE*1*2"), "agreed GE02: G3 | AK9 4", "agreed GE02: G3 | IDMismatchError"),
    (("IEA*1", "IEA*2"), "agreed IEA01: I6 | TA1 021", "agreed IEA01: I6 | SegmentCountError"),
    (("IEA*1*000000007", "IEA*1*000000008"), "agreed IEA02: I4 | TA1 001", "agreed IEA02: I4 | IDMismatchError"),
    (("IEA*1*000000007~", ""), "agreed IEA: I5 | TA1 023", "only ours IEA: I5 | - (not-finished-either)"),
    (("GE*1*1~", ""), "agreed GE: G2 | IK3 3", "only ours GE: G2 | - (no-missing-trailers)"),
    (("SE*20*0001~", ""), "agreed 20 SE: T1 | IK3 3", "only ours 20 SE: T1 | - (no-missing-trailers)"),
    (("GS*HI", "GS*HB"), "agreed set 1 GS01: G9 | IK4 7", "only ours set 1 GS01: G9 | - (no-guides)"),
    (("GS*HI", "GS*H"), "agreed GS01: G15 | IK4 4 IK4 7", "agreed GS01: G15 | FieldValidationError"),
    (("*SENDER*REC", "*S*REC"), "agreed GS02: G10 | IK4 4", "agreed GS02: G10 | FieldValidationError"),
    (("*RECEIVER*20261201", "**20261201"), "agreed GS03: G11 | IK4 1", "agreed GS03: G11 | FieldValidationError"),
    (("*20261201*1530*1*", "*20261301*1530*1*"), "agreed GS04: G12 | IK4 8", "only ours GS04: G12 | - (lengths-only)"),
    (("*20261201*1530*1*", "*261201*1530*1*"), "agreed GS04: G12 | IK4 4", "agreed GS04: G12 | FieldValidationError"),
    (("*1530*1*X", "*2530*1*X"), "agreed GS05: G13 | IK4 9", "only ours GS05: G13 | - (lengths-only)"),
    (("*1*X*", "*1*T*"), "agreed GS07: G14 | IK4 7", "only ours GS07: G14 | - (lengths-only)"),
    (("*X*005010X217~", "*X*FIVE~"), "agreed GS08: G7 | IK4 7", "only ours GS08: G7 | - (lengths-only)"),
    (
        ("~IEA", "~TA1*000000007*261201*3530*A*000~IEA"),
        "agreed TA103: E9 | IK4 9",
        "only ours TA103: E9 | - (no-guides)",
    ),
]


@pytest.mark.parametrize(("change", "row"), IN_THE_BODY)
def test_a_fault_in_a_body_is_found_by_both_and_nothing_is_unexplained(change: tuple[str, str], row: str) -> None:
    pyx12, badx12 = crosscheck(message(_R, change=change))
    assert row in lines(pyx12)
    assert not pyx12.theirs.accepted
    assert (pyx12.unexplained, badx12.unexplained) == ((), ())


@pytest.mark.parametrize(("after", "of_pyx12", "of_badx12"), IN_THE_ENVELOPE)
def test_a_fault_of_an_envelope_is_found_by_all(after: tuple[str, str], of_pyx12: str, of_badx12: str) -> None:
    pyx12, badx12 = crosscheck(message(_R, after=after))
    assert of_pyx12 in lines(pyx12)
    assert of_badx12 in lines(badx12)
    assert (pyx12.unexplained, badx12.unexplained) == ((), ())


@pytest.mark.parametrize("data", [b"", b"ISA", b"not X12", b"\x00" * 300, message(_R)[:150], message(_R)[:400]])
def test_what_nobody_can_read_is_an_opinion_and_no_crash(data: bytes) -> None:
    for compared in crosscheck(data):
        assert not compared.theirs.accepted


def test_no_row_carries_a_value() -> None:
    marked = message(_R, change=("SAMPLE*ROBIN", "CANARYLAST" * 9 + "*CANARYFIRST:X"))
    for compared in crosscheck(marked):
        assert "CANARY" not in repr(compared)
