from __future__ import annotations

import pytest

from tests.unit.simulator.conftest import Exchange
from tests.unit.simulator.messages import Ask, eligibility


def test_a_member_is_active_and_authorization_is_required_for_the_procedure_asked(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1ELIG1", services=(("70551", 1),))))
    assert reply.sets[0].guide_id == "005010X279A1"
    assert reply.all("BHT") == ["BHT*0022*11*REF0001*20261120*120000"]
    assert reply.all("TRN") == ["TRN*2*TRACE0001*9PRIORWIRE"]
    assert "EB*1*IND*30*HM*EXAMPLE HEALTH PLAN GOLD" in reply.all("EB")
    assert reply.all("EB")[-1] == "EB*1*IND*********Y*Y*HC:70551"


@pytest.mark.parametrize(
    ("member", "procedure", "says"),
    [
        ("EXM1ELIG0", "70551", "N"),
        ("EXM1ELIGU", "70551", "U"),
        ("EXM1", "70551", "Y"),
        ("EXM1", "99213", "N"),
        ("EXM1", "12345", "U"),
    ],
)
def test_eb11_is_decided_by_the_member_and_else_by_the_procedure(
    exchange: Exchange, member: str, procedure: str, says: str
) -> None:
    reply = exchange(eligibility(Ask(member=member, services=((procedure, 1),))))
    assert reply.all("EB")[-1] == f"EB*1*IND*********{says}*Y*HC:{procedure}"


def test_each_service_type_asked_gets_its_own_benefit_and_30_gets_the_general_ones(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1", services=()), service_types=("30", "48", "98")))
    assert reply.all("EB")[-2:] == ["EB*1*IND*48*HM*******Y*Y", "EB*1*IND*98*HM*******N*Y"]
    assert "EB*1*IND*1^33^35^47^86^88^98^AL^MH^UC*HM" in reply.all("EB")


@pytest.mark.parametrize(("member", "eb"), [("EXM1INACTIVE", "EB*6**30"), ("EXM1CANNOT", "EB*V**30")])
def test_coverage_that_is_not_active_is_one_benefit_row(exchange: Exchange, member: str, eb: str) -> None:
    assert exchange(eligibility(Ask(member=member))).all("EB") == [eb]


def test_silence_has_neither_benefit_nor_rejection(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1SILENT")))
    assert (reply.all("EB"), reply.all("AAA")) == ([], [])


@pytest.mark.parametrize(
    ("member", "aaa", "levels"),
    [
        ("EXM1NOTFOUND", "AAA*N**75*C", ["HL*1**20*1", "HL*2*1*21*1", "HL*3*2*22*0"]),
        ("EXM1BIRTHDATE", "AAA*N**71*C", ["HL*1**20*1", "HL*2*1*21*1", "HL*3*2*22*0"]),
        ("EXM1PAYERDOWN", "AAA*N**42*P", ["HL*1**20*0"]),
    ],
)
def test_a_rejection_stops_where_it_stands_and_has_no_benefits(
    exchange: Exchange, member: str, aaa: str, levels: list[str]
) -> None:
    reply = exchange(eligibility(Ask(member=member)))
    assert (reply.all("AAA"), reply.levels(), reply.all("EB")) == ([aaa], levels, [])


def test_an_aaa_stands_before_the_birth_date(exchange: Exchange) -> None:
    (subscriber,) = exchange(eligibility(Ask(member="EXM1NOTFOUND"))).under("22")
    assert [text[:3] for text in subscriber] == ["TRN", "NM1", "AAA", "DMG"]


def test_a_dependents_benefits_and_trace_stand_at_the_dependent(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1ELIG1", dependent=True)))
    assert reply.levels() == ["HL*1**20*1", "HL*2*1*21*1", "HL*3*2*22*1", "HL*4*3*23*0"]
    (subscriber,), (dependent,) = reply.under("22"), reply.under("23")
    assert not any(text.startswith(("EB", "TRN")) for text in subscriber)
    assert dependent[0] == "TRN*2*TRACE0001*9PRIORWIRE"
    assert any(text.startswith("EB*1") for text in dependent)


def test_a_rich_answer_tells_the_networks_apart_and_what_is_left_of_each_amount(exchange: Exchange) -> None:
    rows = exchange(eligibility(Ask(member="EXM1ELIGRICH", services=()))).all("EB", "C")
    assert [row.split("*")[2] for row in rows] == ["IND"] * 4 + ["FAM"] * 4
    told = [(row.split("*")[6], row.split("*")[12]) for row in rows]
    assert told == [("23", "Y"), ("29", "Y"), ("23", "N"), ("29", "N")] * 2


def test_a_rich_answer_counts_visits_and_shares_costs_by_fractions(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1ELIGRICH", services=())))
    assert reply.all("EB", "A") == ["EB*A*IND*30*PR****.2****Y", "EB*A*IND*30*PR****.4****N"]
    assert [row.split("*")[9:11] for row in reply.all("EB", "F")] == [["VS", "30"], ["VS", "12"]]
    assert reply.all("HSD") == ["HSD*VS*3*WK"]


def test_a_rich_answer_tells_of_a_procedure_by_place_and_network_and_whom_to_call(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1ELIGRICH", services=(("72148", 1),)), service_types=("PT",)))
    texts = [segment.text() for segment in reply.segments]
    assert texts[texts.index("EB*1*IND*PT*PR*******U*Y") + 1 : -1] == [
        "EB*1*IND*********Y*Y*HC:72148",
        "III*ZZ*22",
        "LS*2120",
        "NM1*X3*2*EXAMPLE REVIEW ORGANIZATION*****PI*EXREV",
        "PER*IC*UTILIZATION MANAGEMENT*TE*8005550100*UR*REVIEW.EXAMPLE",
        "LE*2120",
        "EB*1*IND*********N*Y*HC:72148",
        "III*ZZ*11",
        "EB*1*IND*********Y*N*HC:72148",
    ]


def test_other_payers_and_the_primary_care_provider_stand_between_ls_and_le(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1ELIGOTHER", services=())))
    assert len(reply.all("EB", "R")) == 2
    assert [text[:7] for text in reply.all("NM1", "P3", "PRP", "TTP", "VN")] == [
        "NM1*P3*",
        "NM1*PRP",
        "NM1*TTP",
        "NM1*VN*",
    ]
    assert (len(reply.all("LS")), len(reply.all("LE"))) == (4, 4)


def test_the_familys_amounts_stand_beside_the_persons_and_nothing_left_is_zero(exchange: Exchange) -> None:
    reply = exchange(eligibility(Ask(member="EXM1ELIGFAMILY", dependent=True, services=())))
    (dependent,) = reply.under("23")
    assert "EB*C*IND*30*HM**29*0*****Y" in dependent
    assert "EB*C*FAM*30*HM**29*980.4*****Y" in dependent
    assert "EB*F*IND*AF*HM**29***VS*7**Y" in dependent
    assert "EB*F*IND*38*HM*****S7*19" in dependent
