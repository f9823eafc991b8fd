"""The check digit of a National Provider Identifier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.model.identifiers import npi_is_valid
from tests.strategies import npis


@given(npis(), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(npi: str, place: int, shift: int) -> None:
    wrong = f"{npi[:place]}{(int(npi[place]) + shift) % 10}{npi[place + 1 :]}"
    assert npi_is_valid(npi)
    assert not npi_is_valid(wrong)


@given(st.text(st.sampled_from("0123456789"), min_size=9, max_size=9))
def test_nine_digits_have_exactly_one_check_digit(body: str) -> None:
    assert sum(npi_is_valid(f"{body}{check}") for check in range(10)) == 1


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert npi_is_valid(text) in (True, False)


@pytest.mark.parametrize("npi", ["1234567893", "1245319599"])
def test_known_examples_pass(npi: str) -> None:
    assert npi_is_valid(npi)


@pytest.mark.parametrize("npi", ["1234567890", "123456789", "12345678933", "123456789x", "", "١٢٣٤٥٦٧٨٩٣"])
def test_what_is_no_npi_fails(npi: str) -> None:
    assert not npi_is_valid(npi)
