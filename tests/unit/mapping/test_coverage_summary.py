"""A coverage put together for a person: nothing invented, nothing lost, contradictions shown."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.coverage_text import present_summary, summary_lines
from priorwire.mapping import read_271, summarize
from priorwire.model.eligibility import (
    Answer,
    Benefit,
    BenefitDelivery,
    BenefitQuantity,
    Conflict,
    Coverage,
    CoverageStatus,
    CoverageSummary,
    Network,
    UsedUp,
)
from tests.unit.mapping.samples import coverage, placed


def summary(benefits: str) -> CoverageSummary:
    return summarize(read(benefits))


def read(benefits: str) -> Coverage:
    (reading,) = read_271(placed("271", coverage(benefits)))
    return reading.record


def amounts(item: UsedUp) -> tuple[str | None, str | None, str | None]:
    def said(value: Decimal | None) -> str | None:
        return f"{value.normalize():f}" if value is not None else None

    return said(item.base), said(item.remaining), said(item.used)


@pytest.mark.parametrize(
    ("rows", "expected", "worked_out"),
    [
        ("EB*C*IND*30***23*1500", ("1500", None, None), False),
        ("EB*C*IND*30***29*400", (None, "400", None), False),
        ("EB*C*IND*30***23*1500\nEB*C*IND*30***29*400", ("1500", "400", "1100"), True),
        ("EB*C*IND*30***23*1500\nEB*C*IND*30***29*0", ("1500", "0", "1500"), True),
        ("EB*C*IND*30***23*1500\nEB*C*IND*30***24*1100", ("1500", None, "1100"), False),
        ("EB*C*IND*30***23*1500\nEB*C*IND*30***29*400\nEB*C*IND*30***24*1100", ("1500", "400", "1100"), False),
        ("EB*C*IND*30***23*0", ("0", None, None), False),
        ("EB*C*IND*30***23*3000\nEB*C*IND*30***29*0\nEB*C*IND*30***24*3025.9", ("3000", "0", "3025.9"), False),
    ],
)
def test_a_deductible_is_put_together(rows: str, expected: tuple[str | None, ...], *, worked_out: bool) -> None:
    found = summary(rows)
    (item,) = found.deductibles
    assert amounts(item) == expected
    assert item.used_worked_out is worked_out
    assert item.because == tuple(range(rows.count("EB*")))
    assert found.conflicts == ()


def test_networks_levels_services_and_insurance_types_are_kept_apart() -> None:
    found = summary(
        """EB*C*IND*30***23*1500*****Y
        EB*C*IND*30***23*3000*****N
        EB*C*FAM*30***23*4500*****Y
        EB*C*IND*98***23*100*****Y
        EB*C*IND*30*MB**23*226*****Y
        EB*C*IND*30***29*700*****Y"""
    )
    shown = {
        (each.scope.network, each.scope.coverage_level, each.scope.service_types, each.scope.insurance_type): amounts(
            each
        )
        for each in found.deductibles
    }
    assert shown == {
        (Network.IN, "individual", ("30",), None): ("1500", "700", "800"),
        (Network.OUT, "individual", ("30",), None): ("3000", None, None),
        (Network.IN, "family", ("30",), None): ("4500", None, None),
        (Network.IN, "individual", ("98",), None): ("100", None, None),
        (Network.IN, "individual", ("30",), "MB"): ("226", None, None),
    }


def test_packed_service_types_meet_single_ones_and_are_packed_again() -> None:
    found = summary("EB*G*IND*30^33^98***23*6000\nEB*G*IND*33^98***29*5000")
    assert [(each.scope.service_types, amounts(each), each.because) for each in found.out_of_pocket] == [
        (("30",), ("6000", None, None), (0,)),
        (("33", "98"), ("6000", "5000", "1000"), (0, 1)),
    ]


def test_a_lifetime_limit_is_no_yearly_one() -> None:
    found = summary("EB*F*IND*35***23*1500\nEB*F*IND*35***29*900\nEB*F*IND*35***32*5000\nEB*F*IND*35***33*4400")
    assert {each.period: amounts(each) for each in found.limits} == {
        "calendar_year": ("1500", "900", "600"),
        "lifetime": ("5000", "4400", "600"),
    }


def test_what_is_left_of_one_of_several_periods_is_not_guessed() -> None:
    found = summary("EB*F*IND*35***23*1500\nEB*F*IND*35***26*300\nEB*F*IND*35***29*100")
    assert {each.period: amounts(each) for each in found.limits} == {
        "calendar_year": ("1500", None, None),
        "episode": ("300", None, None),
        None: (None, "100", None),
    }


@pytest.mark.parametrize(
    "rows",
    [
        "EB*F*IND*PT***23***VS*20\nEB*F*IND*PT***29***VS*8",
        "EB*F*IND*PT\nHSD*VS*20***23\nHSD*VS*8***29",
        "EB*F*IND*PT***23***VS*20\nEB*F*IND*PT***23***99*12\nEB*F*IND*PT***29***VS*8",
    ],
)
def test_visits_are_counted_however_they_are_sent(rows: str) -> None:
    (item,) = summary(rows).limits
    assert (item.counts, item.period, amounts(item)) == ("visits", "calendar_year", ("20", "8", "12"))


def test_a_pattern_is_no_limit_of_the_year() -> None:
    (item,) = summary("EB*F*IND*PT\nHSD*VS*3*WK**34*2").limits
    assert (item.period, amounts(item)) == ("week", ("3", None, None))


@pytest.mark.parametrize(
    ("rows", "about", "values"),
    [
        ("EB*C*IND*30***23*1500\nEB*C*IND*30***23*2000", "deductible.base", ("1500", "2000")),
        ("EB*C*IND*30***29*1\nEB*C*IND*30***29*2", "deductible.remaining", ("1", "2")),
        ("EB*C*IND*30***23*100\nEB*C*IND*30***29*200", "deductible.used", ("100", "200")),
        ("EB*C*IND*30***23*100\nEB*C*IND*30***29*60\nEB*C*IND*30***24*50", "deductible.used", ("100", "60", "50")),
        ("EB*B*IND*98***27*20\nEB*B*IND*98***27*30", "co_payment", ("20", "30")),
        ("EB*A*IND*98*****.2\nEB*A*IND*98*****.3", "co_insurance", ("0.2", "0.3")),
        ("EB*1**98\nEB*I**98", "services", ("active", "not_covered")),
        ("EB*1**30\nEB*6**30", "status", ("active", "inactive")),
    ],
)
def test_a_contradiction_is_shown_and_not_settled(rows: str, about: str, values: tuple[str, ...]) -> None:
    found = summary(rows)
    conflict = next(each for each in found.conflicts if each.about == about)
    assert conflict.values == values
    assert conflict.because == tuple(range(rows.count("EB*")))
    for each in found.deductibles:
        assert about.removeprefix("deductible.") != "base" or each.base is None
    assert {each.status for each in found.services} <= {"unknown"}
    assert any(line.startswith("CONFLICT") for line in summary_lines(read(rows)))


def test_texts_tell_tiers_apart_where_numbers_differ() -> None:
    rows = """EB*C*FAM*30***23*0*****Y
        MSG*HIGHEST BENEFIT
        MSG*FAMILY
        EB*C*FAM*30***29*0*****Y
        MSG*HIGHEST BENEFIT
        MSG*FAMILY
        EB*C*FAM*30***23*3200*****Y
        MSG*FAMILY
        EB*C*FAM*30***29*200*****Y
        MSG*FAMILY
        EB*A*IND*98*****.2
        MSG*TIER 1
        EB*A*IND*98*****.4
        MSG*TIER 2"""
    found = summary(rows)
    assert found.conflicts == ()
    assert [(amounts(each), each.told) for each in found.deductibles] == [
        (("0", "0", "0"), ("HIGHEST BENEFIT",)),
        (("3200", "200", "3000"), ()),
    ]
    assert [(each.percent, each.told) for each in found.co_insurance] == [
        (Decimal("0.2"), ("TIER 1",)),
        (Decimal("0.4"), ("TIER 2",)),
    ]
    assert any("(TIER 1)" in line for line in summary_lines(read(rows)))


def test_texts_do_not_divide_what_agrees() -> None:
    found = summary("EB*C*IND*30***23*1500\nMSG*A\nEB*C*IND*30***29*400\nMSG*B")
    assert [(amounts(each), each.told) for each in found.deductibles] == [(("1500", "400", "1100"), ())]


def test_the_same_said_twice_is_no_contradiction() -> None:
    found = summary("EB*C*IND*30***23*1500\nEB*C*IND*30***23*1500.00\nEB*B*IND*98***27*20\nEB*B*IND*98***27*20.0")
    assert found.conflicts == ()
    assert found.deductibles[0].because == (0, 1)
    assert [each.because for each in found.co_payments] == [(2, 3)]


def test_payers_primary_care_and_others_are_told_apart() -> None:
    found = summary(
        """EB*R**30*MA*MEDICARE PART A
        EB*R**30
        LS*2120
        NM1*PRP*2*OTHER PLAN
        LE*2120
        EB*L
        LS*2120
        NM1*P3*1*DOE*JAN
        PER*IC**TE*5555550100
        LE*2120
        EB*X**88
        LS*2120
        NM1*VN*2*EXAMPLE PHARMACY BENEFITS
        LE*2120"""
    )
    assert [(each.party.name, each.because) for each in found.other_payers] == [
        ("MEDICARE PART A", (0,)),
        ("OTHER PLAN", (1,)),
    ]
    assert [(each.party.name, each.because) for each in found.primary_care] == [("DOE", (2,))]
    assert [(each.information, each.party.role) for each in found.related] == [("facility", "vendor")]


def test_messages_are_told_once_with_every_statement() -> None:
    found = summary("EB*1**30\nMSG*CALL FIRST\nEB*1**33\nMSG*CALL FIRST\nEB*F**33\nMSG*CALL FIRST")
    assert [(each.information, each.because) for each in found.messages] == [("active", (0, 1)), ("limitations", (2,))]


def test_a_person_reads_it_line_by_line() -> None:
    lines = summary_lines(
        read(
            """EB*1**30*HM*GOLD PLAN
            EB*C*IND*30***23*1500*****Y
            EB*C*IND*30***29*400*****Y
            EB*B*IND*98***27*25*****Y
            EB*A*IND*30*****.2****N
            EB*F*IND*PT***23***VS*20
            EB*1**62********Y*Y*HC:70551"""
        )
    )
    assert lines == (
        "Coverage active: GOLD PLAN [1]",
        "  Insurance type health maintenance organization",
        (
            "Deductible (calendar year), plan as a whole, in network, individual: "
            "$1,500.00 in all, $400.00 left, $1,100.00 met [2, 3]"
        ),
        "Limit (calendar year), physical therapy, individual: 20 visits in all [6]",
        "Co-payment, physician, office visits, in network, individual: $25.00 per visit [4]",
        "Co-insurance, plan as a whole, out of network, individual: 20 % [5]",
        "Active, plan as a whole, health maintenance organization [1]",
        "Active, MRI and CT, 70551, in network [7]",
        "Authorization required: yes, MRI and CT, 70551, in network [7]",
    )


def test_the_summary_as_json_keeps_every_field_and_names_services() -> None:
    shown = present_summary(read("EB*1**30*HM\nEB*C*IND*98***23*1500.50"))
    assert set(shown) == {each.name for each in fields(CoverageSummary)}
    assert shown["insurance_types"] == [{"code": "HM", "says": "health maintenance organization"}]
    items = shown["deductibles"]
    assert isinstance(items, list)
    (item,) = items
    assert (item["base"], item["remaining"], item["because"]) == ("1500.50", None, [1])
    assert item["scope"]["services_say"] == ["physician, office visits"]


# --- whatever a payer sends ------------------------------------------------------------------------------------

_MONEY = st.none() | st.sampled_from([Decimal(0), Decimal("0.2"), Decimal(100), Decimal("250.50")])
_BENEFITS = st.builds(
    Benefit,
    information=st.sampled_from(
        [
            "active",
            "inactive",
            "deductible",
            "out_of_pocket",
            "limitations",
            "co_payment",
            "co_insurance",
            "not_covered",
        ]
    ),
    service_types=st.sampled_from([(), ("30",), ("98",), ("30", "98", "33")]),
    network=st.sampled_from(Network),
    amount=_MONEY,
    percent=_MONEY,
    period=st.sampled_from(
        [None, "calendar_year", "lifetime", "remaining", "lifetime_remaining", "year_to_date", "ZZ"]
    ),
    quantity=st.none()
    | st.builds(BenefitQuantity, value=st.just(Decimal(5)), counts=st.sampled_from(["visits", "used"])),
    deliveries=st.lists(
        st.builds(BenefitDelivery, value=_MONEY, counts=st.sampled_from([None, "visits"])), max_size=2
    ).map(tuple),
    coverage_level=st.sampled_from([None, "individual"]),
    messages=st.sampled_from([(), ("CALL",)]),
)
_COVERAGES = st.lists(_BENEFITS, max_size=8).map(
    lambda rows: Coverage(status=CoverageStatus.ACTIVE, benefits=tuple(rows))
)


def every_item(found: CoverageSummary) -> list[Any]:
    return [each for field in fields(found) for each in _items(getattr(found, field.name)) if hasattr(each, "because")]


def _items(value: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


@given(_COVERAGES)
def test_every_item_points_at_statements_that_are_there(coverage: Coverage) -> None:
    found = summarize(coverage)
    for each in every_item(found):
        assert each.because
        assert set(each.because) <= set(range(len(coverage.benefits)))
    assert present_summary(coverage)["conflicts"] is not None
    assert summary_lines(coverage)


@given(_COVERAGES)
def test_no_number_is_invented(coverage: Coverage) -> None:
    """Every number stands in a statement that the item names, but for what was met."""
    found = summarize(coverage)
    for item in (*found.deductibles, *found.out_of_pocket, *found.limits):
        said = {
            number
            for index in item.because
            for each in (coverage.benefits[index],)
            for number in (each.amount, each.quantity and each.quantity.value, *(d.value for d in each.deliveries))
        }
        assert {item.base, item.remaining} - {None} <= said
        if item.used_worked_out:
            assert item.base is not None
            assert item.remaining is not None
            assert item.used == item.base - item.remaining >= 0


@given(_COVERAGES)
def test_every_amount_stands_in_the_summary_or_in_a_conflict(coverage: Coverage) -> None:
    found = summarize(coverage)
    told = {index for each in every_item(found) for index in each.because}
    for index, each in enumerate(coverage.benefits):
        kinds = ("deductible", "out_of_pocket", "limitations", "co_payment", "co_insurance")
        if each.information in kinds and each.amount is not None:
            assert index in told


@given(_COVERAGES, st.randoms())
def test_the_order_of_statements_changes_no_number(coverage: Coverage, random: Any) -> None:
    shuffled = list(coverage.benefits)
    random.shuffle(shuffled)
    one, other = summarize(coverage), summarize(replace(coverage, benefits=tuple(shuffled)))
    assert _numbers(one) == _numbers(other)
    assert {_about(each) for each in one.conflicts} == {_about(each) for each in other.conflicts}


def _numbers(found: CoverageSummary) -> set[Any]:
    return {
        (replace(item.scope, service_types=()), each, item.counts, item.period, item.base, item.remaining, item.used)
        for item in (*found.deductibles, *found.out_of_pocket, *found.limits)
        for each in item.scope.service_types or (None,)
    }


def _about(conflict: Conflict) -> tuple[str, frozenset[str]]:
    return conflict.about, frozenset(conflict.values)


def test_statements_about_authorization_are_listed() -> None:
    found = summary("EB*1**30********N\nEB*1**62********Y\nEB*1**98")
    assert [(each.answer, each.scope.service_types, each.because) for each in found.authorizations] == [
        (Answer.NO, ("30",), (0,)),
        (Answer.YES, ("62",), (1,)),
    ]
