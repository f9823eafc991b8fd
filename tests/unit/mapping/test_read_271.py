"""What a 271 says: active, inactive, not found, refused; and each statement about benefits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from priorwire.mapping import read_271
from priorwire.model.authorization import TraceNumber
from priorwire.model.eligibility import (
    Answer,
    Benefit,
    BenefitDelivery,
    BenefitQuantity,
    CautionKind,
    Coverage,
    CoverageStatus,
    MilitarySaid,
    Network,
)
from priorwire.model.parties import Contact, PartySaid
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode
from tests.unit.mapping.samples import coverage, placed


def record(benefits: str, *, subscriber: str = "") -> Coverage:
    (reading,) = read_271(placed("271", coverage(benefits, subscriber=subscriber)))
    return reading.record


def benefit(text: str) -> Benefit:
    return record(text).benefits[0]


@pytest.mark.parametrize("code", "12345")
def test_one_to_five_are_active(code: str) -> None:
    assert record(f"EB*{code}**30").status is CoverageStatus.ACTIVE


@pytest.mark.parametrize("code", "678")
def test_six_to_eight_are_inactive(code: str) -> None:
    assert record(f"EB*{code}**30").status is CoverageStatus.INACTIVE


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("75", CoverageStatus.NOT_FOUND),
        ("67", CoverageStatus.NOT_FOUND),
        ("77", CoverageStatus.NOT_FOUND),
        ("72", CoverageStatus.REJECTED),
        ("42", CoverageStatus.REJECTED),
        ("Q9", CoverageStatus.REJECTED),
    ],
)
def test_a_refusal_is_not_found_or_rejected_and_never_inactive(code: str, status: CoverageStatus) -> None:
    said = record("", subscriber=f"AAA*N**{code}*C")
    assert said.status is status
    assert [(each.code, each.about) for each in said.rejections] == [(code, "subscriber")]


def test_nothing_said_is_unknown() -> None:
    assert record("").status is CoverageStatus.UNKNOWN
    assert record("EB*C*IND*30***23*600").status is CoverageStatus.UNKNOWN
    assert record("EB*I**35").status is CoverageStatus.UNKNOWN


def test_a_refusal_beside_a_statement_leaves_the_statement() -> None:
    said = record("EB*1**30\nAAA*N**52*C", subscriber="AAA*Y**42*C")
    assert said.status is CoverageStatus.ACTIVE
    assert [each.about for each in said.rejections] == ["subscriber", "benefit"]


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ("EB*1**30\nEB*6**30", CoverageStatus.UNKNOWN),
        ("EB*1**30\nEB*6**35", CoverageStatus.ACTIVE),
        ("EB*6**30\nEB*1**35", CoverageStatus.INACTIVE),
        ("EB*1**33\nEB*6**35", CoverageStatus.ACTIVE),
        ("EB*1**33\nEB*6**33", CoverageStatus.UNKNOWN),
        ("EB*6\nEB*1**33", CoverageStatus.INACTIVE),
        ("EB*6**33\nEB*6**35", CoverageStatus.INACTIVE),
    ],
)
def test_the_plan_as_a_whole_outweighs_single_services(rows: str, status: CoverageStatus) -> None:
    assert record(rows).status is status


@pytest.mark.parametrize(
    ("code", "answer"),
    [("Y", Answer.YES), ("N", Answer.NO), ("U", Answer.UNKNOWN), ("X", Answer.UNKNOWN), ("", Answer.NOT_STATED)],
)
def test_absent_is_not_stated_and_never_no(code: str, answer: Answer) -> None:
    assert benefit(f"EB*1**30********{code}*Y").authorization_required is answer


@pytest.mark.parametrize(
    ("code", "network"),
    [
        ("Y", Network.IN),
        ("N", Network.OUT),
        ("W", Network.BOTH),
        ("U", Network.UNKNOWN),
        ("Q", Network.UNKNOWN),
        ("", Network.NOT_STATED),
    ],
)
def test_the_network_is_read(code: str, network: Network) -> None:
    assert benefit(f"EB*1**30********Y*{code}*HC:78452").network is network


@pytest.mark.parametrize("packed", ["1^33^98", "1,33,98", "1:33:98", "1^33,98"])
def test_service_types_are_read_however_they_are_packed(packed: str) -> None:
    assert benefit(f"EB*1**{packed}").service_types == ("1", "33", "98")


def test_a_whole_statement() -> None:
    said = benefit(
        """EB*A*IND*98*HM*GOLD PLAN*27**.2*VS*12*Y*Y*HC:78452:26
        DTP*348*D8*20260101
        MSG*AFTER DEDUCTIBLE
        III*ZZ*11
        III*ZZ*22
        III***44*OUTPATIENT ONLY
        LS*2120
        NM1*X3*2*EXAMPLE REVIEW
        PER*IC**TE*5555550100
        LE*2120"""
    )
    assert said == Benefit(
        information="co_insurance",
        service_types=("98",),
        procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="78452", modifiers=("26",)),
        network=Network.IN,
        percent=Decimal("0.2"),
        quantity=BenefitQuantity(value=Decimal(12), counts="visits"),
        period="visit",
        authorization_required=Answer.YES,
        coverage_level="individual",
        insurance_type="HM",
        plan="GOLD PLAN",
        places_of_service=("11", "22"),
        dates=(("benefit_begin", DateSpan(start=date(2026, 1, 1))),),
        messages=("AFTER DEDUCTIBLE", "OUTPATIENT ONLY"),
        contacts=(Contact(name="EXAMPLE REVIEW", telephone="5555550100"),),
        entities=(
            PartySaid(
                name="EXAMPLE REVIEW",
                role="utilization_management_organization",
                contacts=(Contact(telephone="5555550100"),),
            ),
        ),
    )


def test_what_no_table_has_is_kept_as_sent() -> None:
    said = benefit("EB*QQ*XYZ*98***77***ZZ*3")
    assert (said.information, said.coverage_level, said.period) == ("QQ", "XYZ", "77")
    assert said.quantity == BenefitQuantity(value=Decimal(3), counts="ZZ")


@pytest.mark.parametrize(
    ("sent", "read", "caution"),
    [
        (".2", "0.2", None),
        ("0", "0", None),
        ("1", "1", None),
        ("20", "0.2", CautionKind.PERCENT_ABOVE_ONE),
        ("100", "1", CautionKind.PERCENT_ABOVE_ONE),
        ("12.5", "0.125", CautionKind.PERCENT_ABOVE_ONE),
        ("250", None, CautionKind.PERCENT_NOT_READ),
        ("X", None, None),
    ],
)
def test_a_percentage_is_a_fraction_also_where_it_is_sent_as_a_number(
    sent: str, read: str | None, caution: CautionKind | None
) -> None:
    (reading,) = read_271(placed("271", coverage(f"EB*1**30\nEB*A*IND*98*****{sent}")))
    assert reading.record.benefits[1].percent == (Decimal(read) if read else None)
    assert [each.kind for each in reading.record.cautions] == ([caution] if caution else [])
    assert all(each.benefit == 1 for each in reading.record.cautions)
    if caution is CautionKind.PERCENT_ABOVE_ONE:
        assert "divided by a hundred" in reading.sources["benefits[1].percent"].rule
        assert reading.sources["cautions[0].kind"].element == 8


def test_a_plan_s_name_in_the_place_of_the_insurance_type_is_the_plan() -> None:
    said = record("EB*1**30*GOLD PLAN PPO")
    assert (said.plan, said.benefits[0].plan, said.benefits[0].insurance_type) == (
        "GOLD PLAN PPO",
        "GOLD PLAN PPO",
        None,
    )
    assert [each.kind for each in said.cautions] == [CautionKind.PLAN_AS_INSURANCE_TYPE]
    assert record("EB*1**30*PR*GOLD PLAN").cautions == ()


def test_joined_service_types_are_told() -> None:
    assert [each.kind for each in record("EB*1**1,33").cautions] == [CautionKind.SERVICE_TYPES_JOINED]
    assert record("EB*1**1^33").cautions == ()


def test_deliveries_are_whole() -> None:
    said = benefit("EB*F*IND*PT\nHSD*VS*3*WK*1*34*2*A*B\nHSD*VS*20***23\nHSD*QQ*1*ZZ**99")
    assert said.deliveries == (
        BenefitDelivery(
            value=Decimal(3),
            counts="visits",
            per="week",
            every=Decimal(1),
            period="month",
            periods=Decimal(2),
            calendar="A",
            time="B",
        ),
        BenefitDelivery(value=Decimal(20), counts="visits", period="calendar_year"),
        BenefitDelivery(value=Decimal(1), counts="QQ", per="ZZ", period="99"),
    )


def test_numbers_diagnoses_injuries_and_rejections_of_a_benefit() -> None:
    said = record(
        """EB*1**98***********1:3
        REF*G1*AUTH7
        REF*XX*OTHER
        AAA*N**AE*C
        III*NI*3
        III*ZZ*11""",
        subscriber="HI*ABK:M5416*ABF:E1165*BF:Z9",
    )
    found = said.benefits[0]
    assert found.numbers == (("prior_authorization", "AUTH7"), ("XX", "OTHER"))
    assert found.diagnosis_numbers == (1, 3)
    assert [(each.code, each.about) for each in found.rejections] == [("AE", "benefit")]
    assert (found.injuries, found.places_of_service) == (("3",), ("11",))
    assert [(each.code, each.kind) for each in said.diagnoses] == [
        ("M5416", "principal"),
        ("E1165", "other"),
        ("Z9", "other"),
    ]


def test_those_whom_a_benefit_names_are_whole_and_take_nothing_from_it() -> None:
    found = benefit(
        """EB*R**30*MA
        REF*IG*POLICY1
        DTP*290*D8*20260101
        MSG*PRIMARY
        LS*2120
        NM1*PRP*2*OTHER PLAN*****PI*OP1
        N3*1 EXAMPLE ST
        N4*DAYTON*OH*45402
        PER*IC*DESK*TE*5555550199
        NM1*P3*1*DOE*JAN****XX*1234567893
        PRV*PC*PXC*207Q00000X
        LE*2120"""
    )
    payer, physician = found.entities
    assert (payer.role, payer.name, payer.identifier) == ("primary_payer", "OTHER PLAN", "OP1")
    assert payer.address is not None
    assert (payer.address.city, payer.contacts[0].telephone) == ("DAYTON", "5555550199")
    assert (physician.role, physician.taxonomy) == ("primary_care_provider", "207Q00000X")
    assert found.numbers == (("policy", "POLICY1"),)
    assert found.dates == (("coordination_of_benefits", DateSpan(start=date(2026, 1, 1))),)
    assert found.messages == ("PRIMARY",)


def test_related_names_are_read_without_brackets_too() -> None:
    found = benefit("EB*L**30\nNM1*P3*1*DOE*JAN\nDTP*295*D8*20260101")
    assert [each.role for each in found.entities] == ["primary_care_provider"]
    assert found.dates == (("primary_care_provider", DateSpan(start=date(2026, 1, 1))),)


def test_what_else_the_payer_has_of_the_patient() -> None:
    said = record(
        "EB*1**30",
        subscriber="""PRV*PC*PXC*207Q00000X
        INS*Y*18*001*25
        MPI*C*AO*A*RESERVE*E5*RD8*20200101-20241231""",
    )
    assert said.corrected is True
    assert said.patient_provider == PartySaid(role="primary_care", taxonomy="207Q00000X")
    assert said.patient is not None
    assert said.patient.taxonomy is None
    assert said.military == MilitarySaid(
        information="current",
        employment="AO",
        branch="A",
        description="RESERVE",
        rank="E5",
        dates=DateSpan(start=date(2020, 1, 1), end=date(2024, 12, 31)),
    )
    assert record("EB*1**30", subscriber="INS*Y*18").corrected is None


def test_delivery_fills_in_where_eb_has_no_quantity() -> None:
    said = benefit("EB*F*IND*98\nHSD*VS*20***23*1")
    assert said.quantity == BenefitQuantity(value=Decimal(20), counts="visits")
    assert said.period == "calendar_year"


def test_dates_of_the_patient_hold_for_a_benefit_without_its_own() -> None:
    said = record(
        "EB*1**30\nDTP*291*D8*20260701\nEB*B**98", subscriber="DTP*291*RD8*20260101-20261231\nDTP*356*D8*20200101"
    )
    year = DateSpan(start=date(2026, 1, 1), end=date(2026, 12, 31))
    since = ("eligibility_begin", DateSpan(start=date(2020, 1, 1)))
    assert said.plan_dates == (("plan", year), since)
    assert said.benefits[0].dates == (("plan", DateSpan(start=date(2026, 7, 1))), since)
    assert said.benefits[1].dates == (("plan", year), since)


def test_plan_reference_and_traces() -> None:
    said = record("EB*B**98**NOT THIS\nEB*1**98**NOR THIS\nEB*1**30**GOLD PLAN")
    assert said.plan == "GOLD PLAN"
    assert said.reference == "PWREF0001"
    assert said.traces == (TraceNumber(number="PWTRACE0001", assigner="9EXAMPLE01", returned=True),)


def dependents(benefits: str) -> str:
    text = coverage("", subscriber="").replace("HL*3*2*22*0", "HL*3*2*22*1")
    return f"""{text}
        {benefits}
        HL*4*3*23*0
        TRN*2*PWTRACE0002*9EXAMPLE01
        NM1*03*1*SAMPLE*KIM
        DMG*D8*20010503*M
        EB*1**30
        HL*5*3*23*0
        NM1*03*1*SAMPLE*LEE
        AAA*N**67*C"""


def test_each_dependent_is_a_patient_of_their_own() -> None:
    found = [each.record for each in read_271(placed("271", dependents("")))]
    assert [each.status for each in found] == [CoverageStatus.ACTIVE, CoverageStatus.NOT_FOUND]
    assert [each.patient.first_name for each in found if each.patient] == ["KIM", "LEE"]
    assert [each.subscriber.identifier for each in found if each.subscriber] == ["XMPL0001", "XMPL0001"]
    assert [each.number for each in found[0].traces] == ["PWTRACE0002", "PWTRACE0001"]


def test_a_subscriber_with_benefits_above_dependents_is_a_patient_too() -> None:
    found = [each.record.status for each in read_271(placed("271", dependents("EB*6**30")))]
    assert found == [CoverageStatus.INACTIVE, CoverageStatus.ACTIVE, CoverageStatus.NOT_FOUND]


def test_an_answer_that_stops_at_the_payer_is_rejected() -> None:
    text = "BHT*0022*11*PWREF0001*20261201*1504\nHL*1**20*0\nAAA*N**42*P\nNM1*PR*2*EXAMPLE HEALTH PLAN*****PI*EXHP1"
    (reading,) = read_271(placed("271", text))
    assert reading.record.status is CoverageStatus.REJECTED
    assert [(each.code, each.about) for each in reading.record.rejections] == [("42", "payer")]
    assert reading.record.patient is None
