"""Checking: one finding, whole, on one line (code, loop, segment, position, element, component, repeat)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import Composite, Guide, Level, Loop, Relation, Severity, Syntax, Usage, Use, validate
from priorwire.x12.elements import segment_faults
from priorwire.x12.segments import DEFAULT_DELIMITERS, Repeat, make_segment
from tests.unit.x12.samples import BODY, GUIDE, an, code, interchange, lines, only_set, transaction

PATIENT = (*BODY[:3], "HL*2*1*22*1~", BODY[4])
EVENT = ("HL*3*2*EV*0~", "TRN*1*T1~", "UM*HS*I~")
NPI = "1234567893"


def found(*body: str, guide: Guide = GUIDE) -> list[str]:
    return lines(validate(only_set(interchange(transaction(*body))), guide).issues)


def in_event(*body: str) -> list[str]:
    """Findings of segments behind the UM of a right set; the first stands at position 10."""
    return found(*PATIENT, *EVENT, *body)


def test_a_right_set_has_no_finding() -> None:
    assert found(*BODY) == []
    assert in_event("REF*BB*1~", "REF*NT*2~", "HI*ABK:I10:D8:20260101*ABF:I11~", f"NM1*71*1*DOC*****XX*{NPI}~",
                    "LS*2120~", "NM1*P3*1*A*****MI*11~", "PER*IC~", "LE*2120~") == []  # fmt: skip


@pytest.mark.parametrize(
    ("segment", "finding"),
    [
        ("HCR~", "S8 2000E HCR 10 0 0 0"),
        ("HCR*A1*9*~", "S9 2000E HCR 10 0 0 0"),
        ("HCR**9~", "E1 2000E HCR 10 1 0 0"),
        ("HCR*A9*9~", "E7 2000E HCR 10 1 0 0"),
        ("HCR*A1*9**X~", "E3 2000E HCR 10 4 0 0"),
        (f"HCR*A1*{'9' * 51}~", "E5 2000E HCR 10 2 0 0"),
        ("HCR*A1*9:8~", "E12 2000E HCR 10 2 2 0"),
        ("HCR*A1*9^8~", "E11 2000E HCR 10 2 0 2"),
        ("HCR*A1*9*0F^9Z~", "E7 2000E HCR 10 3 0 2"),
        ("HCR*A1*9*0F^0U^0F^0U^0F^0U~", "E11 2000E HCR 10 3 0 6"),
        ("HCR*A1* 9~", "E15 2000E HCR 10 2 0 0"),
        ("HCR*A1*P\u00d1~", "E6 2000E HCR 10 2 0 0"),
        ("HCR*A1*P\x07~", "E6 2000E HCR 10 2 0 0"),
        ("DTP*AAH*D8*20260230~", "E8 2000E DTP 10 3 0 0"),
        ("DTP*AAH*D8*20260201-20260202~", "E8 2000E DTP 10 3 0 0"),
        ("DTP*AAH*RD8*20260201-20260131~", "E8 2000E DTP 10 3 0 0"),
        ("DTP*AAH*RD8*20260201-~", "E8 2000E DTP 10 3 0 0"),
        ("HI*ABK~", "E1 2000E HI 10 1 2 0"),
        ("HI*ABK:I10:D8~", "E2 2000E HI 10 1 4 0"),
        ("HI*ABK:I10:D8:20260230~", "E8 2000E HI 10 1 4 0"),
        ("HI*ABK:I10:::X~", "E12 2000E HI 10 1 5 0"),
        ("HI*ABK:I10*ZZ:I11~", "E7 2000E HI 10 2 1 0"),
        ("HSD*VS~", ""),
        ("HSD**3~", "E2 2000E HSD 10 1 0 0"),
        ("HSD*VS*3*DA*5~", "E10 2000E HSD 10 4 0 0"),
        ("HSD*VS*3***0830~", "E2 2000E HSD 10 3 0 0"),
        ("HSD*VS*3,5~", "E6 2000E HSD 10 2 0 0"),
        ("HSD*VS*-3.50~", ""),
        ("HSD*VS*3**1.5~", "E6 2000E HSD 10 4 0 0"),
        ("HSD*VS*3*DA**2460~", "E9 2000E HSD 10 5 0 0"),
        ("NM1*71*1*DOC*****XX~", "E2 2010EA NM1 10 9 0 0"),
        ("NM1*71*1*DOC******99~", "E2 2010EA NM1 10 8 0 0"),
        ("NM1*71*1*DOC*****XX*1234567890~", "C1 2010EA NM1 10 9 0 0"),
        ("NM1*71*1*DOC***DR~", "E13 2010EA NM1 10 6 0 0"),
        ("NM1*71*1*DOC*****MI*1~", "E4 2010EA NM1 10 9 0 0"),
        ("REF*BB*1~REF*BB*2~", "S4 2000E REF 11 0 0 0"),
        ("REF*G1*1~", "E7 2000E REF 10 1 0 0"),
        ("NM1*71*1~NM1*72*1~NM1*SJ*1~", "L2 2010EA NM1 12 0 0 0"),
        ("LS*2120~NM1*P3*1~", "L10 2000E LS 10 0 0 0"),
        ("LS*2120~NM1*P3*1~LE*2130~", "L10 2000E LS 10 0 0 0"),
        ("NM1*P3*1~LE*2120~", "L10 2000E LE 11 0 0 0"),
        ("HCR*A1*9~HCR*A3*9~", "S4 2000E HCR 11 0 0 0"),
        ("ZZZ*1~", "S5 2000E ZZZ 10 0 0 0"),
        ("BHT*0007*13*X*20260101*1530~", "S4 - BHT 10 0 0 0"),
    ],
)
def test_one_fault_one_finding(segment: str, finding: str) -> None:
    body = [each + "~" for each in segment.split("~") if each]
    assert in_event(*body) == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (BODY[1:], "S3 - BHT 1 0 0 0"),
        ((*BODY[:2], *BODY[3:]), "L1 2010A NM1 3 0 0 0"),
        (("BHT*0007*13*X*20260101*1530~", "HL*1**20*0~", BODY[2]), "L1 2000C HL 3 0 0 0"),
        ((*PATIENT, "HL*3*2*EV*0~", "TRN*1*T~"), "S3 2000E UM 7 0 0 0"),
        ((*BODY[:3], "HL*3*1*22*0~", BODY[4]), "L6 2000C HL 5 1 0 0"),
        (PATIENT, "L8 2000C HL 5 4 0 0"),
        ((*BODY[:3], "HL*2*1*22*2~", BODY[4]), "E7 2000C HL 5 4 0 0"),
        ((*BODY[:3], "HL*2*9*22*0~", BODY[4]), "L5 2000C HL 5 2 0 0"),
        (("BHT*0007*13*X*20261301*1530~", *BODY[1:]), "E8 - BHT 2 4 0 0"),
        (("BHT*0007*13*X*20260101*2530~", *BODY[1:]), "E9 - BHT 2 5 0 0"),
    ],
)
def test_what_only_the_whole_can_tell(body: tuple[str, ...], finding: str) -> None:
    assert found(*body) == [finding]


def test_an_unrecognised_loop_is_not_also_reported_as_absent() -> None:
    assert found(*BODY[:2], "NM1*ZZ*2*WHO~", *BODY[3:]) == ["L4 - NM1 4 1 0 0"]
    assert found(*BODY[:3], "HL*2*1*99*0~", BODY[4]) == ["L4 - HL 5 3 0 0"]


def test_padding_everywhere_is_one_finding() -> None:
    assert in_event("TRN*1*T2 ~", "HCR*A1*9 ~")[-1] == "E15 2000E TRN 10 2 0 0"
    assert sum(each.startswith("E15") for each in in_event("TRN*1*T2 ~", "HCR*A1*9 ~")) == 1


def test_the_readers_findings_are_among_them_and_in_order() -> None:
    ts = only_set(interchange(transaction(*BODY, "ZZZ*1~", count=3)))
    assert lines(validate(ts, GUIDE).issues) == ["S5 2010C ZZZ 7 0 0 0", "T3 - SE 8 1 0 0"]


def test_a_missing_se_is_reported_once() -> None:
    data = interchange().decode().replace("SE*7*0001~", "").encode()
    assert lines(validate(only_set(data), GUIDE).issues) == ["T1 - SE 7 0 0 0"]


def test_levels_choose_what_is_reported() -> None:
    ts = only_set(interchange(transaction(*PATIENT, *EVENT, "HCR*A9~", "NM1*71*1*D*****XX*1234567890~", "ZZZ*1~")))
    by_level = {level: lines(validate(ts, GUIDE, levels=frozenset({level})).issues) for level in Level}
    assert by_level[Level.SYNTAX] == ["S5 2010EA ZZZ 12 0 0 0"]
    assert by_level[Level.GUIDE] == ["E7 2000E HCR 10 1 0 0"]
    assert by_level[Level.CODES] == ["C1 2010EA NM1 11 9 0 0"]
    assert len(validate(ts, GUIDE).issues) == 3


def test_a_guide_known_from_samples_calls_nothing_an_error() -> None:
    ts = only_set(interchange(transaction(*PATIENT, *EVENT, "HCR*A9~", "ZZZ*1~", "NM1*QQ*1~")))
    checked = validate(ts, replace(GUIDE, certain=False))
    assert [each.severity for each in checked.issues] == [Severity.WARNING] * 3
    assert not checked.has_errors
    assert validate(ts, GUIDE).has_errors


def test_a_wrong_functional_group_is_a_warning() -> None:
    data = interchange().decode().replace("GS*HI*", "GS*HC*").encode()
    checked = validate(only_set(data), GUIDE)
    assert (lines(checked.issues), checked.has_errors) == (["G9 - GS 0 1 0 0"], False)


def _narrowed(rule: str) -> Guide:
    """The guide, with REF*BB of the event required and HCR01 cut to one code by a payer."""

    def loop(part: Loop) -> Loop:
        parts: list[Loop | Use] = []
        for each in part.parts:
            if isinstance(each, Loop):
                parts.append(loop(each))
            elif each.when and each.when[0][1] == frozenset({"BB"}):
                parts.append(replace(each, usage=Usage.REQUIRED, rule=rule))
            elif each.id == "HCR":
                first = replace(code("A4"), rule=rule)
                parts.append(replace(each, elements=(first, *each.elements[1:])))
            else:
                parts.append(each)
        return replace(part, parts=tuple(parts))

    return replace(GUIDE, root=loop(GUIDE.root))


def test_what_a_payer_narrowed_is_the_payers_rule() -> None:
    rule = "This payer wants the earlier number."
    issues = validate(only_set(interchange(transaction(*PATIENT, *EVENT, "HCR*A1*9~"))), _narrowed(rule)).issues
    assert lines(issues) == ["P1 2000E REF 7 0 0 0", "P1 2000E HCR 10 1 0 0"]
    assert {(each.detail, each.code.level) for each in issues} == {(rule, Level.PAYER)}
    assert issues[1].says.endswith(f"{rule} [P1]")


def test_parts_that_are_not_used() -> None:
    def loop(part: Loop) -> Loop:
        parts: list[Loop | Use] = []
        for each in part.parts:
            if isinstance(each, Loop):
                inner = loop(each)
                parts.append(replace(inner, usage=Usage.NOT_USED) if each.id == "2010EA" else inner)
            else:
                parts.append(replace(each, usage=Usage.NOT_USED) if each.id == "HCR" else each)
        return replace(part, parts=tuple(parts))

    without = replace(GUIDE, root=loop(GUIDE.root))
    assert found(*PATIENT, *EVENT, "HCR*A1*9~", "NM1*71*1*DOC~", guide=without) == [
        "S7 2000E HCR 10 0 0 0",
        "L3 2010EA NM1 11 0 0 0",
    ]


def test_a_component_at_fault_is_not_reported_again_by_its_relation() -> None:
    assert in_event("HI*ABK:I10::20260101~") == ["E2 2000E HI 10 1 3 0"]
    pair = Composite(parts=(an(), an(Usage.REQUIRED)), syntax=(Syntax(Relation.PAIRED, (1, 2)),))
    use = Use(id="ZZ", elements=(pair,))
    faults = list(segment_faults(make_segment(DEFAULT_DELIMITERS, "ZZ", ("A", "")), use))
    assert [(fault.code.code, fault.component) for fault in faults] == [("E1", 2)]
    assert in_event("HI*ABK:I10:ZZ~") == ["E7 2000E HI 10 1 3 0", "E2 2000E HI 10 1 4 0"]


def test_no_finding_shows_a_value() -> None:
    secret = "QZXJ"
    body = (
        *PATIENT[:4],
        f"NM1*IL*{secret}*{secret}*****{secret}*{secret}~",
        f"{secret}*{secret}~",
        f"DMG*D8*{secret}*{secret}~",
        f"HL*{secret}*{secret}*{secret}*{secret}~",
        f"NM1*{secret}*{secret}~",
        f"REF*{secret}*{secret}*{secret}~",
    )
    checked = validate(only_set(interchange(transaction(*body))), GUIDE)
    assert len(checked.issues) >= 6
    assert secret not in "".join(each.says + repr(each) for each in checked.issues) + repr(checked.placed)


VALUES = st.text("ABI10:^ .-X\u00e9", max_size=6)


@given(st.lists(VALUES, max_size=9), st.sampled_from(["HCR", "HI", "HSD", "NM1", "DTP", "REF"]))
def test_any_segment_can_be_checked(values: list[str], segment_id: str) -> None:
    for fault in validate(
        only_set(interchange(transaction(*PATIENT, *EVENT, "*".join([segment_id, *values]) + "~"))), GUIDE
    ).issues:
        assert fault.place.start < fault.place.end


@given(
    st.sampled_from(["A1", "A3", "A4"]),
    st.text("AZ09", max_size=50),
    st.lists(st.sampled_from(["0F", "0U"]), max_size=5),
)
def test_what_is_built_by_the_rules_has_no_fault(decision: str, number: str, reasons: list[str]) -> None:
    use = next(part for loop in GUIDE.root.walk() for part in loop.parts if isinstance(part, Use) and part.id == "HCR")
    segment = make_segment(DEFAULT_DELIMITERS, "HCR", decision, number, Repeat(reasons))
    assert list(segment_faults(segment, use)) == []
