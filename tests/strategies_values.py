"""Hypothesis strategies for single values: numbers, words, days. All people and numbers are invented."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from priorwire.model.identifiers import npi_is_valid
from priorwire.model.services import DateSpan

_T = TypeVar("_T")

_LETTERS = string.ascii_letters + "ÄÖÜßáéèêñøçŁ"
_CODE = string.ascii_uppercase + string.digits


@cache
def maybe(strategy: st.SearchStrategy[_T]) -> st.SearchStrategy[_T | None]:
    """The value, or nothing."""
    return st.none() | strategy


@cache
def words(longest: int) -> st.SearchStrategy[str]:
    """A name or a word, letters beyond ASCII and a few signs included; never nothing but signs."""
    middle = st.text(_LETTERS + " -'.", max_size=min(longest, 16) - 2)
    letter = st.sampled_from(string.ascii_letters)
    return st.builds(lambda first, rest, last: f"{first}{rest}{last}", letter, middle, letter)


@cache
def identifiers(shortest: int = 2, longest: int = 20) -> st.SearchStrategy[str]:
    """A number or a code as somebody's system makes them."""
    return st.text(_CODE, min_size=shortest, max_size=longest)


@cache
def digits(length: int) -> st.SearchStrategy[str]:
    """Exactly so many digits."""
    return st.integers(0, 10**length - 1).map(lambda number: f"{number:0{length}}")


@cache
def days() -> st.SearchStrategy[date]:
    """Any day of the time that requests are about."""
    return st.dates(date(1920, 1, 1), date(2035, 12, 31))


@cache
@st.composite
def npis(draw: st.DrawFn) -> str:
    """A National Provider Identifier with a right check digit."""
    body = "1" + draw(digits(8))
    return next(npi for npi in (f"{body}{check}" for check in range(10)) if npi_is_valid(npi))


@cache
@st.composite
def spans(draw: st.DrawFn) -> DateSpan:
    """A day or a range of days."""
    first, last = sorted((draw(days()), draw(days())))
    return DateSpan(start=first, end=draw(st.none() | st.just(last)))


@cache
@st.composite
def ranges(draw: st.DrawFn) -> DateSpan:
    """A range of days, of one day at least."""
    first, last = sorted((draw(days()), draw(days())))
    return DateSpan(start=first, end=last)


@cache
def amounts() -> st.SearchStrategy[Decimal]:
    """A quantity as a person would ask for it."""
    return st.decimals(Decimal("0.5"), Decimal(999), places=1)


@cache
def money() -> st.SearchStrategy[Decimal]:
    """US dollars and cents."""
    return st.decimals(Decimal(0), Decimal(99_999), places=2)


@cache
def coded(codes: str) -> st.SearchStrategy[str]:
    """One of the codes of a blank-separated list."""
    return st.sampled_from(sorted(codes.split()))
