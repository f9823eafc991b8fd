"""Placing: each segment in one node, levels by HL02, names by who they are, one fault one finding."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import Loop, LoopNode, Placed, Segment, place
from tests.unit.x12.samples import BODY, GUIDE, interchange, lines, only_set, transaction

PATIENT = (*BODY[:3], "HL*2*1*22*1~", BODY[4])
EVENT = ("HL*3*2*EV*0~", "TRN*1*T1~", "UM*HS*I~")


def placed(*body: str) -> Placed:
    return place(only_set(interchange(transaction(*(body or BODY)))), GUIDE)


def tree(node: LoopNode) -> str:
    """Ids and loops of a node in order: ``ST BHT 2000A(HL …) SE``."""
    return " ".join(item.id if isinstance(item, Segment) else f"{item.id or '?'}({tree(item)})" for item in node.items)


def test_a_clean_set_has_the_shape_of_its_guide() -> None:
    found = placed(*PATIENT, *EVENT, "REF*BB*9~", "NM1*71*1*DOC~", "N3*1 ROAD~")
    assert tree(found.root) == (
        "ST BHT 2000A(HL 2010A(NM1) 2000C(HL 2010C(NM1) 2000E(HL TRN UM REF 2010EA(NM1 N3)))) SE"
    )
    assert (found.issues, found.unplaced) == ([], [])


def test_looking_things_up() -> None:
    root = placed(*PATIENT, *EVENT, "REF*BB*9~", "REF*NT*8~", "NM1*71*1*DOC~", "NM1*72*1*CUT~").root
    event = root.find_loops("2000E")[0]
    assert event.first("REF", {1: "NT"}) == Segment(["REF", "NT", "8"])
    assert event.first("REF", {1: {"BB", "ZZ"}}) == Segment(["REF", "BB", "9"])
    assert event.first("REF", {(1, 1): "NT"}) is event.first("REF", {1: "NT"})
    assert (event.first("AAA"), event.first("REF", {1: "G1"}), event.loop("2010C")) == (None, None, None)
    assert [segment.element(1) for segment in event.all("REF")] == ["BB", "NT"]
    assert [segment.element(2) for segment in event.all("REF", {1: "BB"})] == ["9"]
    assert [node.segments[0].element(1) for node in event.loops("2010EA")] == ["71", "72"]
    assert len(event.loops()) == 2
    patient = event.ancestor("2000C")
    assert patient is not None
    assert patient.loop("2000E") is event
    assert patient.ancestor("2000D") is None
    assert [segment.id for segment in event.segments] == ["HL", "TRN", "UM", "REF", "REF"]
    assert len(list(root.all_segments())) == 14
    assert "DOC" not in repr(event.loops()[0])


def test_the_tree_follows_hl02_and_not_the_order() -> None:
    dependent = ("HL*3*2*23*1~", "NM1*QC*1*KID~")
    found = placed(*PATIENT, *dependent, "HL*4*3*EV*0~", "UM*HS*I~", "HL*5*2*EV*0~", "UM*AR*I~")
    assert tree(found.root.find_loops("2000C")[0]) == ("HL 2010C(NM1) 2000D(HL 2010D(NM1) 2000E(HL UM)) 2000E(HL UM)")
    assert found.issues == []


def test_a_parent_that_is_not_there_falls_back_to_the_order() -> None:
    found = placed(*PATIENT, "HL*3*9*EV*0~", "UM*HS*I~")
    assert lines(found.issues) == ["L5 2000E HL 7 2 0 0"]
    assert len(found.root.find_loops("2000C")[0].loops("2000E")) == 1


def test_a_level_that_is_its_own_parent() -> None:
    found = placed(*PATIENT, "HL*3*3*EV*0~", "UM*HS*I~")
    assert lines(found.issues) == ["L5 2000E HL 7 2 0 0"]


def test_two_levels_that_hold_each_other() -> None:
    found = placed(BODY[0], "HL*1*2*20*1~", BODY[2], "HL*2*1*22*0~", BODY[4])
    assert lines(found.issues) == ["L5 2000A HL 3 2 0 0"]
    assert tree(found.root).startswith("ST BHT 2000A(HL 2010A(NM1) 2000C(HL 2010C(NM1)))")


def test_a_level_under_a_level_that_cannot_hold_it() -> None:
    found = placed(*PATIENT, "HL*3*1*EV*0~", "UM*HS*I~")
    assert lines(found.issues) == ["L5 2000E HL 7 2 0 0"]
    assert len(found.root.find_loops("2000C")[0].loops("2000E")) == 1


def test_a_level_whose_holder_is_nowhere() -> None:
    found = placed(BODY[0], "HL*1**EV*0~", "UM*HS*I~")
    assert lines(found.issues) == ["L9 2000E HL 3 2 0 0"]
    assert tree(found.root) == "ST BHT 2000E(HL UM) SE"


def test_a_number_given_twice_is_one_finding() -> None:
    found = placed(*PATIENT, "HL*2*1*22*1~", BODY[4], "HL*3*2*EV*0~", "UM*HS*I~")
    assert lines(found.issues) == ["L7 2000C HL 7 1 0 0"]
    assert [len(node.loops("2000E")) for node in found.root.find_loops("2000C")] == [0, 1]


def test_an_unknown_level_keeps_what_belongs_to_it_apart() -> None:
    found = placed(*PATIENT, "HL*3*2*PA*1~", "NM1*IL*1*OTHER~", "DTP*AAH*D8*20260101~", "HL*4*3*EV*0~", "UM*HS*I~")
    assert lines(found.issues) == ["L4 - HL 7 3 0 0"]
    assert "?(HL NM1 DTP)" in tree(found.root)
    assert len(found.root.find_loops("2010C")) == 1
    assert len(found.root.find_loops("2000C")[0].loops("2000E")) == 1


def test_an_unknown_name_opens_nothing_and_keeps_its_address() -> None:
    found = placed(*PATIENT, *EVENT, "NM1*71*1*DOC~", "NM1*ZZ*1*WHO~", "N3*2 LANE~", "REF*EJ*5~", "NM1*72*1*CUT~")
    assert lines(found.issues) == ["L4 - NM1 11 1 0 0"]
    assert tree(found.root.find_loops("2000E")[0]) == "HL TRN UM 2010EA(NM1) ?(NM1 N3 REF) 2010EA(NM1)"
    assert [segment.id for segment in found.unplaced] == ["NM1"]


def test_after_an_unknown_name_the_level_goes_on() -> None:
    found = placed(*PATIENT, *EVENT, "NM1*ZZ*1*WHO~", "LS*2120~", "NM1*P3*1*X~", "LE*2120~")
    assert lines(found.issues) == ["L4 - NM1 10 1 0 0"]
    assert tree(found.root.find_loops("2000E")[0]) == "HL TRN UM ?(NM1) LS 2120(NM1) LE"


def test_out_of_sequence_is_one_finding_and_placed() -> None:
    before = placed(*PATIENT, "HL*3*2*EV*0~", "HCR*A1*9~", "UM*HS*I~", "REF*BB*1~")
    assert lines(before.issues) == ["S6 2000E UM 9 0 0 0"]
    after = placed(*PATIENT, *EVENT, "HI*ABK:I10~", "HCR*A1*9~", "HSD*VS*3~")
    assert lines(after.issues) == ["S6 2000E HCR 11 0 0 0"]
    assert tree(after.root.find_loops("2000E")[0]) == "HL TRN UM HI HCR HSD"


def test_a_segment_of_the_level_after_its_names_goes_back_to_the_level() -> None:
    found = placed(*PATIENT, *EVENT, "NM1*71*1*DOC~", "REF*NT*8~", "REF*EJ*5~")
    assert tree(found.root.find_loops("2000E")[0]) == "HL TRN UM 2010EA(NM1) REF REF"
    assert lines(found.issues)[0] == "S6 2000E REF 11 0 0 0"


def test_a_name_before_the_segments_of_its_level() -> None:
    found = placed(*PATIENT, "HL*3*2*EV*0~", "NM1*71*1*DOC~", "UM*HS*I~")
    assert tree(found.root.find_loops("2000E")[0]) == "HL 2010EA(NM1) UM"
    assert lines(found.issues) == ["S6 2000E UM 9 0 0 0"]


def test_an_unexpected_segment_stays_where_it_was_found() -> None:
    found = placed(*PATIENT, "UM*HS*I~", "ZZZ*1~", "nm*1~")
    assert lines(found.issues) == ["S2 2010C UM 7 0 0 0", "S5 2010C ZZZ 8 0 0 0", "S1 2010C - 9 0 0 0"]
    assert tree(found.root.find_loops("2010C")[0]) == "NM1 UM ZZZ nm"
    assert [segment.id for segment in found.unplaced] == ["UM", "ZZZ", "nm"]


def test_a_code_that_tells_uses_apart_and_fits_none_is_placed_by_its_id() -> None:
    found = placed(*PATIENT, *EVENT, "REF*G1*7~")
    assert found.issues == []
    assert tree(found.root.find_loops("2000E")[0]) == "HL TRN UM REF"


def test_a_level_can_be_told_by_its_codes_alone() -> None:
    def loop(part: Loop) -> Loop:
        parts = (loop(each) if isinstance(each, Loop) else replace(each, when=()) for each in part.parts)
        return replace(part, parts=tuple(parts))

    without_when = replace(GUIDE, root=replace(GUIDE.root, parts=tuple(
        loop(each) if isinstance(each, Loop) and each.id == "2000A" else each for each in GUIDE.root.parts
    )))  # fmt: skip
    found = place(only_set(interchange(transaction(*PATIENT, *EVENT))), without_when)
    assert tree(found.root) == "ST BHT 2000A(HL 2010A(NM1) 2000C(HL 2010C(NM1) 2000E(HL TRN UM))) SE"


def test_segments_before_the_first_level() -> None:
    found = placed(BODY[0], "AAA*N**15*C~", *BODY[1:])
    assert lines(found.issues) == ["S2 - AAA 3 0 0 0"]


SEGMENTS = st.sampled_from(
    [*BODY, "HL*2*1*22*1~", "HL*3*2*EV*0~", "HL*3*3*EV*0~", "HL*9*8*23*0~", "HL***ZZ~", "HL~", "NM1*71*1*A~", "NM1*ZZ~",
     "NM1*QC*1~", "REF*BB*1~", "REF*NT*1~", "REF~", "UM*HS*I~", "HCR*A1~", "LS*2120~", "LE*2120~", "NM1*P3*1~", "ZZ*1~",
     "*~", "SE*1*1~", "PER*IC~", "N3*A~"]
)  # fmt: skip


@given(st.lists(SEGMENTS, max_size=25))
def test_every_segment_ends_up_in_one_node_in_order(body: list[str]) -> None:
    ts = only_set(interchange(transaction("BHT*0007*13~", *(each for each in body if not each.startswith("SE")))))
    found = place(ts, GUIDE)
    inside = list(found.root.all_segments())
    assert sorted(map(id, inside)) == sorted(map(id, ts.segments))
    for node in found.root.walk():
        numbers = [item.number for item in node.items if isinstance(item, Segment)]
        assert numbers == sorted(numbers)
        assert len(node.items) == len(node.known)
    reported = [(each.code.code, each.place.position) for each in found.issues]
    assert len(reported) == len(set(reported))
