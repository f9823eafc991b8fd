"""Values in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.channels.wording import at_path, diagnosis_code, words
from priorwire.model.parties import Address, PersonName
from priorwire.model.services import DateSpan, Quantity, Unit
from tests.unit.channels.request_samples import REQUEST


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("subscriber.member_id", "CANARY4711"),
        ("subscriber.name", "Zebrawood, Quillon R JR"),
        ("subscriber.name.first", "Quillon"),
        ("subscriber.birth_date", "03/09/1971"),
        ("subscriber.gender", "Male"),
        ("dependent?.birth_date", "07/04/2011"),
        ("diagnoses", "M17.11 (principal), I10 (other, 10/01/2026)"),
        ("diagnoses[].code", "M17.11, I10"),
        ("services[].procedure", "CPT/HCPCS 27447-RT-22, CPT/HCPCS 97110"),
        ("services[].procedure.code", "27447, 97110"),
        ("services[].quantity", "1 units, 12 visits"),
        ("services[].dates", "12/01/2026 to 12/31/2026"),
        ("event_dates", "12/01/2026"),
        ("providers", "Example, Surgeon"),
        ("requester", "Example Orthopedic Group"),
        ("requester.contact.email", ""),
        ("urgency", "Urgent"),
        ("previous_administrative_reference", ""),
    ],
)
def test_a_path_is_read_in_words(path: str, says: str) -> None:
    assert at_path(REQUEST, path) == says


def test_a_path_that_no_request_has_is_an_error() -> None:
    with pytest.raises(ValueError, match="no field at its step 2"):
        at_path(REQUEST, "subscriber.shoe_size")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, ""),
        (True, "Yes"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.50"), "0.5"),
        (PersonName(last="Example"), "Example"),
        (Address(line1="1 A St", city="B"), "1 A St, B"),
        (Quantity(value=Decimal("2.0"), unit=Unit.HOURS), "2 hours"),
        (DateSpan(start=date(2027, 1, 31)), "01/31/2027"),
    ],
)
def test_a_value_is_put_into_words(value: object, says: str) -> None:
    assert words(value) == says


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=10**6))
def test_a_number_keeps_its_value_and_shows_no_exponent(value: Decimal) -> None:
    assert Decimal(words(value)) == value
    assert "E" not in words(value)


@given(st.from_regex(r"[A-Z][0-9][0-9A-Z]{1,5}", fullmatch=True))
def test_a_diagnosis_code_gains_its_point_and_nothing_else(code: str) -> None:
    assert diagnosis_code(code).replace(".", "") == code
    assert diagnosis_code(diagnosis_code(code)) == diagnosis_code(code)
