"""What a reply authorizes, apart from what it only repeats, and which of its numbers is the number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import Reading, read_278
from priorwire.mapping.decisions import CERTIFIED
from priorwire.model.authorization import (
    AuthorizationRecord,
    DiagnosisSaid,
    PendedFor,
    ReviewCaution,
    ReviewCautionKind,
    ReviewStatus,
)
from priorwire.model.services import Quantity, Unit
from tests.unit.mapping.samples import placed, response

INQUIRY_ANSWER = "BHT*0007*49*PWREF0001*20261201*1504*RD"
PERIOD = "DTP*007*RD8*20261201-20270601\nHSD*VS*12"
TWELVE = Quantity(value=Decimal(12), unit=Unit.VISITS)
NOT_CERTIFYING = ("A3", "A4", "C", "CT", "NA", "I1")


def reading(event: str, *services: str) -> Reading[AuthorizationRecord]:
    lines = (f"HL*{number}*4*SS*0\n{segments}" for number, segments in enumerate(services, 5))
    (found,) = read_278(placed("278-response", response("\n".join((event, *lines)))))
    return found


def record(event: str, *services: str) -> AuthorizationRecord:
    return reading(event, *services).record


def inquiry_answer(event: str, *services: str) -> AuthorizationRecord:
    lines = (f"HL*{number}*4*SS*0\n{segments}" for number, segments in enumerate(services, 5))
    text = response("\n".join((event, *lines)), header=INQUIRY_ANSWER)
    (found,) = read_278(placed("278-inquiry-response", text))
    return found.record


# --- what an event was not given, its services do not take ------------------------------------------------------------


@pytest.mark.parametrize("code", NOT_CERTIFYING)
def test_a_service_approved_under_an_event_that_is_not_takes_nothing_of_it(code: str) -> None:
    (service,) = record(f"HCR*{code}*N1\n{PERIOD}", "HCR*A1\nSV1*HC:97110**UN*3").services
    assert service.status is ReviewStatus.APPROVED
    assert (service.authorization_number, service.effective_date, service.expiration_date) == (None, None, None)
    assert service.quantity == Quantity(value=Decimal(3), unit=Unit.UNITS)
    assert (service.delivery, service.reviewed_quantity, service.reviewed_delivery) == (None, None, None)


def test_nor_of_an_event_of_which_nothing_is_decided() -> None:
    said = record(f"UM*HS*I*1\n{PERIOD}", "HCR*A1*N1\nSV1*HC:97110")
    (service,) = said.services
    assert (service.effective_date, service.quantity, service.delivery) == (None, None, None)
    assert (said.effective_date, said.quantity, said.reviewed_quantity) == (date(2026, 12, 1), None, TWELVE)


@pytest.mark.parametrize("code", ["A1", "A2", "A6"])
def test_a_service_approved_under_an_event_that_is_takes_its_number_period_and_quantity(code: str) -> None:
    said = record(f"HCR*{code}*N1\n{PERIOD}", "HCR*A1\nSV1*HC:97110**UN*3")
    (service,) = said.services
    assert (service.authorization_number, service.effective_date, service.expiration_date) == (
        "N1", date(2026, 12, 1), date(2027, 6, 1),
    )  # fmt: skip
    assert (service.quantity, service.delivery and service.delivery.quantity) == (TWELVE, TWELVE)
    assert (said.quantity, said.reviewed_quantity) == (TWELVE, None)


# --- what was asked does not read as what is authorized --------------------------------------------------------------


@pytest.mark.parametrize("code", NOT_CERTIFYING)
def test_a_quantity_beside_a_decision_that_certifies_nothing_is_what_was_reviewed(code: str) -> None:
    said = record(f"HCR*{code}\n{PERIOD}", "SV1*HC:97110**UN*3", f"HCR*{code}\nHSD*VS*12*WK*1\nSV1*HC:97110")
    assert (said.quantity, said.delivery) == (None, None)
    assert (said.reviewed_quantity, said.reviewed_delivery and said.reviewed_delivery.quantity) == (TWELVE, TWELVE)
    echoed, own = said.services
    assert [(each.quantity, each.delivery) for each in said.services] == [(None, None), (None, None)]
    assert (echoed.reviewed_quantity, echoed.reviewed_delivery) == (Quantity(value=Decimal(3), unit=Unit.UNITS), None)
    assert (own.reviewed_quantity, own.reviewed_delivery and own.reviewed_delivery.quantity) == (TWELVE, TWELVE)


def test_the_explanation_says_that_it_is_only_repeated_and_rests_on_the_decision() -> None:
    source = reading(f"HCR*A4**0U\n{PERIOD}").sources["reviewed_quantity.value"]
    assert (source.segment, source.element) == ("HSD", 2)
    assert "does not certify" in source.rule
    assert [(each.segment, each.element) for each in source.also] == [("HCR", 1)]


_LEVELS = st.tuples(
    st.sampled_from(["", "HCR*A1*N1", "HCR*A2*N1", "HCR*A3**0F", "HCR*A4**0U", "HCR*A6*N1", "HCR*NA", "HCR*I1"]),
    st.sampled_from(["", "HSD*VS*12"]),
)


@settings(max_examples=150, deadline=None)
@given(_LEVELS, st.lists(_LEVELS, max_size=3))
def test_a_quantity_stands_only_where_the_payer_certifies(
    event: tuple[str, str], services: list[tuple[str, str]]
) -> None:
    lines = ["\n".join(filter(None, (*each, "SV1*HC:97110**UN*3"))) for each in services]
    said = record("\n".join(filter(None, ("UM*HS*I*1", *event))), *lines)
    assert bool(said.quantity) is (bool(event[1]) and event[0][4:6] in {"A1", "A2", "A6"})
    assert bool(said.reviewed_quantity) is (bool(event[1]) and not said.quantity)
    for each in said.services:
        assert bool(each.quantity) is (each.status in CERTIFIED)
        assert bool(each.reviewed_quantity) is (each.status not in CERTIFIED)


# --- the number, the earlier number, and several numbers --------------------------------------------------------------


def test_a_number_is_not_its_own_predecessor() -> None:
    for said in (record("HCR*A1*N1\nREF*BB*N1"), inquiry_answer("HCR*A1*N1\nREF*BB*N1", "HCR*A1*N1\nREF*BB*N1")):
        found = [(each.authorization_number, each.previous_authorization_number) for each in said.services]
        assert {(said.authorization_number, said.previous_authorization_number), *found} == {("N1", None)}


def test_an_earlier_number_is_another_one() -> None:
    said = record("HCR*A1*N1\nREF*BB*N0", "HCR*A1*N0", "HCR*A1*N2")
    assert said.previous_authorization_number == "N0"
    assert [each.previous_authorization_number for each in said.services] == [None, "N0"]


def test_of_two_numbers_of_one_decision_none_is_the_number_and_both_are_told() -> None:
    said = record("HCR*A1*N1\nHCR*A1*N2", "SV1*HC:97110", "HCR*A1*N3\nSV1*HC:97112")
    assert (said.status, said.authorization_number, said.conflicting_numbers) == (
        ReviewStatus.APPROVED, None, ("N1", "N2"),
    )  # fmt: skip
    assert said.cautions == (ReviewCaution(kind=ReviewCautionKind.NUMBERS_DIFFER, service=None),)
    assert [each.authorization_number for each in said.services] == [None, "N3"]


def test_two_numbers_of_a_service_do_not_make_it_take_the_events() -> None:
    said = record("HCR*A1*N1", "HCR*A1*N2\nHCR*A1*N3")
    (service,) = said.services
    assert (said.authorization_number, service.authorization_number) == ("N1", None)
    assert service.conflicting_numbers == ("N2", "N3")
    assert said.cautions == (ReviewCaution(kind=ReviewCautionKind.NUMBERS_DIFFER, service=1),)
    alone = record("UM*HS*I*1", "HCR*A1*N2\nHCR*A1*N3", "HCR*A1*N2")
    assert alone.authorization_number is None


def test_the_same_number_twice_is_the_number() -> None:
    said = record("HCR*A1*N1\nHCR*A1*N1")
    assert (said.authorization_number, said.conflicting_numbers, said.cautions) == ("N1", (), ())


def test_two_decisions_that_differ_are_told() -> None:
    said = record("HCR*A1*N1\nHCR*A3**0F")
    assert (said.status, said.authorization_number) == (ReviewStatus.UNKNOWN, "N1")
    assert said.cautions == (ReviewCaution(kind=ReviewCautionKind.DECISIONS_DIFFER, service=None),)


def test_each_of_several_numbers_is_traced_to_its_own_bytes() -> None:
    sources = reading("HCR*A1*N1\nHCR*A1*N2").sources
    first, second = (sources[f"conflicting_numbers[{index}]"] for index in (0, 1))
    assert (first.segment, first.element, second.segment, second.element) == ("HCR", 2, "HCR", 2)
    assert second.position == first.position + 1
    assert "cautions[0].kind" in sources


# --- diagnoses and rejections -----------------------------------------------------------------------------------


def test_a_diagnosis_compares_without_the_decimal_point_that_a_payer_sends() -> None:
    found = reading("HCR*A1*N1\nHI*ABK:M54.16*ABF:E1165")
    assert found.record.diagnoses == (
        DiagnosisSaid(code="M5416", kind="principal"),
        DiagnosisSaid(code="E1165", kind="other"),
    )
    source = found.sources["diagnoses[0].code"]
    assert source.end - source.start == len("M54.16")


@pytest.mark.parametrize(("sent", "valid"), [("Y", True), ("N", False), ("", None), ("X", None)])
def test_a_rejection_says_whether_the_request_was_valid(sent: str, valid: bool | None) -> None:
    found = reading(f"AAA*{sent}**57*C")
    (rejection,) = found.record.rejections
    assert (rejection.code, rejection.request_valid) == ("57", valid)
    if valid is not None:
        assert found.sources["rejections[0].request_valid"].element == 1


def test_what_stands_beside_a_number_of_a_party_is_kept() -> None:
    found = reading("HCR*A1*N1\nNM1*SJ*1*MODEL*KIM\nREF*EI*123456789\nREF*0B*LIC1*TX")
    (provider,) = found.record.providers
    assert provider.numbers == (("tax_id", "123456789"), ("state_license", "LIC1"))
    assert provider.number_notes == (("state_license", "TX"),)
    source = found.sources["providers[0].number_notes[0][1]"]
    assert (source.segment, source.element) == ("REF", 3)


def test_a_pend_waits_as_before() -> None:
    said = record(f"HCR*A4**0U\n{PERIOD}", "SV1*HC:97110")
    assert (said.status, said.pended_for) == (ReviewStatus.PENDED, PendedFor.INFORMATION)
