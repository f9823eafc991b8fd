"""Shapes of values: dates that exist, times of day, numbers, the NPI's check digit."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12 import grammar


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_day_is_a_date(day: date) -> None:
    text = f"{day.year:04}{day:%m%d}"
    assert grammar.is_date(text)
    assert grammar.is_day(text)
    assert grammar.is_day_range(f"{text}-{text}")


@pytest.mark.parametrize("text", ["", "2026", "20260230", "20261301", "2026010", "202601011", "2026O101", "٢٠٢٦٠١٠١"])
def test_what_is_no_date(text: str) -> None:
    assert not grammar.is_date(text)
    assert not grammar.is_day(text)


def test_six_digits_are_a_date_but_not_a_day() -> None:
    assert grammar.is_date("261201")
    assert not grammar.is_day("261201")


@pytest.mark.parametrize(
    ("text", "right"),
    [("0000", True), ("2359", True), ("235959", True), ("2359599", True), ("23595999", True), ("2400", False),
     ("2360", False), ("12", False), ("123", False), ("12345", False), ("235960", False), ("", False)],
)  # fmt: skip
def test_times(text: str, right: bool) -> None:
    assert grammar.is_time(text) is right


@pytest.mark.parametrize(
    ("text", "number", "decimal"),
    [("0", True, True), ("-12", True, True), ("1.5", False, True), (".5", False, True), ("5.", False, True),
     ("1,5", False, False), ("", False, False), ("-", False, False), ("1e5", False, False), ("--1", False, False)],
)  # fmt: skip
def test_numbers(text: str, number: bool, decimal: bool) -> None:
    assert (grammar.is_number(text), grammar.is_decimal(text)) == (number, decimal)


def test_ranges_run_forward() -> None:
    assert grammar.is_day_range("20260101-20260102")
    assert not grammar.is_day_range("20260102-20260101")
    assert not grammar.is_day_range("20260102")


def test_formats_by_their_qualifier() -> None:
    right = {"D6": "261201", "D8": "19991231", "DT": "199912311530", "RD8": "19991230-19991231", "TM": "1530"}
    assert set(right) == set(grammar.DATE_FORMATS)
    for qualifier, check in grammar.DATE_FORMATS.items():
        assert [other for other, text in right.items() if check(text)] == [qualifier]


@given(st.integers(0, 999_999_999))
def test_one_check_digit_in_ten_is_right(number: int) -> None:
    assert sum(grammar.is_npi(f"{number:09}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize("text", ["", "123456789", "12345678930", "123456789X", "1234567890"])
def test_what_is_no_npi(text: str) -> None:
    assert not grammar.is_npi(text)


def test_a_right_npi() -> None:
    assert grammar.is_npi("1234567893")


def test_character_sets() -> None:
    assert grammar.BASIC_CHARACTERS < grammar.EXTENDED_CHARACTERS
    assert all(not grammar.NOT_EXTENDED.search(each) for each in grammar.EXTENDED_CHARACTERS)
    assert all(grammar.NOT_EXTENDED.search(each) for each in "\u00e9\n\x7f\x1f")


@pytest.mark.parametrize(("text", "right"), [("ST", True), ("NM1", True), ("nm1", False), ("1ST", False),
                                             ("S", False), ("ABCD", False), ("", False), ("ST\n", False)])  # fmt: skip
def test_segment_ids(text: str, right: bool) -> None:
    assert grammar.is_segment_id(text) is right
