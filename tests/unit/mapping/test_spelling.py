"""How our text becomes X12 text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.mapping import spelling
from priorwire.model.services import DateSpan
from priorwire.x12 import DEFAULT_DELIMITERS, Delimiters, make_segment

BASIC = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?=")
OTHERS = Delimiters(element="|", repetition="+", component=">", segment="!")


def cleaned(text: str) -> str | None:
    return spelling.free_text(text, DEFAULT_DELIMITERS)


@given(st.text(), st.sampled_from([DEFAULT_DELIMITERS, OTHERS]))
def test_any_text_can_be_sent_once_it_is_cleaned(text: str, delimiters: Delimiters) -> None:
    plain = spelling.free_text(text, delimiters)
    if plain is None:
        return
    assert set(plain) <= BASIC - set(str(delimiters))
    assert make_segment(delimiters, "MSG", plain).element(1) == plain
    assert spelling.free_text(plain, delimiters) == plain
    assert plain == " ".join(plain.split())


@given(st.text(st.sampled_from(sorted(BASIC - set("*:")))))
def test_text_in_the_basic_set_is_only_tidied(text: str) -> None:
    assert cleaned(text) == (" ".join(text.split()) or None)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Müller-Łukasz", "MULLER-LUKASZ"),
        ("Weiß", "WEISS"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", "O'BRIEN"),
        ("SpO2 < 88% at rest", "SPO2 LESS THAN 88 PERCENT AT REST"),
        ("pain ≥ 7", "PAIN AT LEAST 7"),
        ("50 µg β-blocker", "50 MCG BETA-BLOCKER"),
        ("2½ tablets", "2 1/2 TABLETS"),
        ("10² cells", "10 2 CELLS"),
        ("see https://example.org", "SEE HTTPS //EXAMPLE.ORG"),
        ("a\tb\r\nc", "A B C"),
        ("日本", None),
        ("  ", None),
    ],
)
def test_what_a_note_says_survives_its_spelling(text: str, spelled: str | None) -> None:
    assert cleaned(text) == spelled


@pytest.mark.parametrize(
    ("text", "number", "extension"),
    [
        ("+1 (555) 555-0100", "5555550100", None),
        ("555.555.0100 ext. 12", "5555550100", "12"),
        ("5555550100x7", "5555550100", "7"),
        ("none", None, None),
    ],
)
def test_telephone_numbers_are_digits(text: str, number: str | None, extension: str | None) -> None:
    assert spelling.telephone(text) == (number, extension)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_numbers_come_back(value: Decimal) -> None:
    text = spelling.number(value)
    assert spelling.read_number(text) == value
    assert "E" not in text
    assert not text.startswith(("0.", "-0."))


@pytest.mark.parametrize(
    ("value", "text"), [("0.20", ".2"), ("12.0", "12"), ("100", "100"), ("0", "0"), ("1E+3", "1000")]
)
def test_numbers_have_no_needless_zeros(value: str, text: str) -> None:
    assert spelling.number(Decimal(value)) == text


@pytest.mark.parametrize("text", ["", "MANY", "1,000", "1e3", "٣", "--1", "."])
def test_what_is_no_number_is_absent(text: str) -> None:
    assert spelling.read_number(text) is None


@given(st.dates(date(1900, 1, 1)), st.none() | st.integers(0, 4000))
def test_dates_and_ranges_come_back(start: date, length: int | None) -> None:
    end = None if length is None else date.fromordinal(min(start.toordinal() + length, date.max.toordinal()))
    _, text = spelling.span(DateSpan(start=start, end=end))
    assert spelling.read_span(text) == DateSpan(start=start, end=end)


@given(st.text())
def test_reading_a_date_never_raises(text: str) -> None:
    spelling.read_day(text)
    spelling.read_span(text)
    spelling.read_number(text)
