"""Explain: any value of a record leads to its bytes, its element, its rule; and an unknown field to near ones."""

from __future__ import annotations

import json

import pytest

from priorwire.errors import InvalidRequest, RemoteX12Error
from priorwire.gateway.explain import Explanation, ShownSegment, explain, present_explanation

_ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1504*^*00501*000000001*0*T*:~"
_EVENT = (
    "UM*HS*I*2*11:B~HCR*A6*CERT0001*0L~REF*BB*CERT0000~DTP*007*RD8*20261201-20270601~HSD*VS*12~"
    "HL*5*4*SS*0~SV1*HC:97110:GP*100*UN*6~HL*6*4*SS*0~HCR*A3**0F~SV1*HC:97112"
)
ANSWER = (
    f"{_ISA}GS*HI*SENDER*RECEIVER*20261201*1504*1*X*005010X217~ST*278*0001*005010X217~"
    "BHT*0007*11*PWREF0001*20261201*1504*18~HL*1**20*1~NM1*X3*2*EXAMPLE HEALTH PLAN*****PI*EXHP1~HL*2*1*21*1~"
    "NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~HL*3*2*22*1~NM1*IL*1*SAMPLE*RÖBIN****MI*XMPL0001~"
    f"DMG*D8*19700402*F~HL*4*3*EV*1~{_EVENT}~SE*21*0001~GE*1*1~IEA*1*000000001~"
).encode()


def text(segment: ShownSegment) -> str:
    return "".join(each for each, _ in segment.pieces)


def marked(found: Explanation) -> list[str]:
    return [each for segment in found.segments for each, is_read in segment.pieces if is_read]


def test_a_value_is_shown_in_its_segment_between_its_neighbours() -> None:
    found = explain(ANSWER, "authorization_number")
    (leaf,) = found.leaves
    assert (leaf.value, leaf.place.source.segment, leaf.place.source.element) == ("CERT0001", "HCR", 2)
    assert (leaf.place.loop, leaf.place.label, leaf.place.names_patient) == ("2000E", "authorization number", False)
    assert marked(found) == ["CERT0001"]
    assert [each.position for each in found.segments] == [10, 11, 12, 13, 14]
    assert text(found.segments[2]) == "HCR*A6*CERT0001*0L"
    for segment in found.segments:
        assert ANSWER[segment.start : segment.end].decode() == text(segment)


@pytest.mark.parametrize(
    ("field", "paths"),
    [
        ("quantity", ["quantity.unit", "quantity.value"]),
        ("quantity.value", ["quantity.value"]),
        ("unit", ["quantity.unit"]),
        ("services[1].procedure.code", ["services[1].procedure.code"]),
    ],
)
def test_a_part_with_several_values_and_the_names_of_the_json_are_fields_too(field: str, paths: list[str]) -> None:
    assert [each.path for each in explain(ANSWER, field).leaves] == paths


def test_what_a_value_rests_on_beside_is_shown_too() -> None:
    found = explain(ANSWER, "services[0].quantity.value")
    (leaf,) = found.leaves
    assert (leaf.value, leaf.place.source.rule) == ("12", "inherited from the event")
    assert [each.source.segment for each in leaf.also] == ["HCR"]
    assert marked(found) == ["A6", "12"]


def test_bytes_of_letters_are_shown_as_letters_and_counted_as_bytes() -> None:
    (leaf,) = explain(ANSWER, "subscriber.first_name").leaves
    assert ANSWER[leaf.place.source.start : leaf.place.source.end] == "RÖBIN".encode()
    assert leaf.place.names_patient


def test_without_a_field_every_value_has_its_place() -> None:
    found = explain(ANSWER)
    assert len(found.leaves) > 40
    assert found.segments == ()
    assert all(each.place.label for each in found.leaves)


@pytest.mark.parametrize(
    ("field", "near"),
    [("authorisation_number", "authorization_number"), ("service[0].procedure.code", "services[0].procedure.code")],
)
def test_an_unknown_field_is_likened_to_others(field: str, near: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        explain(ANSWER, field)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/field", "unknown_field")
    assert near in fault.detail
    assert field not in fault.detail


def test_records_are_counted_over_the_whole_input() -> None:
    twice = ANSWER + ANSWER.replace(b"CERT0001", b"CERT0002")
    (leaf,) = explain(twice, "authorization_number", record=2).leaves
    assert leaf.value == "CERT0002"
    assert twice[leaf.place.source.start : leaf.place.source.end] == b"CERT0002"
    assert leaf.place.source.interchange == 2
    with pytest.raises(InvalidRequest) as refused:
        explain(twice, "authorization_number", record=3)
    assert refused.value.faults[0].pointer == "/record"


def test_what_is_no_x12_is_not_explained() -> None:
    with pytest.raises(RemoteX12Error):
        explain(b"nothing", "status")


def test_it_is_plain_json() -> None:
    shown = present_explanation(explain(ANSWER, "quantity"))
    assert json.loads(json.dumps(shown)) == shown
    assert [each["path"] for each in shown["leaves"]] == ["quantity.unit", "quantity.value"]  # type: ignore[attr-defined]
