"""What a text may be is what a segment can carry."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from priorwire.api.schemas.texts import City, Email, MemberId, Name, Note, Reference, WebAddress
from priorwire.mapping import spelling
from priorwire.x12.segments import DEFAULT_DELIMITERS, make_segment

TEXT = st.text(max_size=300) | st.text(string.printable, max_size=90)
FREE = {"Name": (Name, 1, 60), "City": (City, 2, 30), "Note": (Note, 1, 264)}
FIXED = {"MemberId": MemberId, "Reference": Reference, "Email": Email}


def taken(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", FREE)
@given(text=TEXT)
def test_free_text_that_is_taken_fits_when_it_is_spelled(name: str, text: str) -> None:
    kind, shortest, longest = FREE[name]
    if taken(kind, text):
        sent = spelling.free_text(text, DEFAULT_DELIMITERS) or ""
        assert shortest <= len(sent) <= longest
        make_segment(DEFAULT_DELIMITERS, "NM1", sent)


@pytest.mark.parametrize("name", FIXED)
@given(text=TEXT)
def test_an_identifier_that_is_taken_can_be_carried_unchanged(name: str, text: str) -> None:
    if taken(FIXED[name], text):
        make_segment(DEFAULT_DELIMITERS, "NM1", spelling.identifier(text) or "x").text().encode("ascii")


@given(text=st.text(string.ascii_letters + "*:^~/.", max_size=40))
def test_a_web_address_that_is_taken_can_be_carried_without_its_scheme(text: str) -> None:
    if taken(WebAddress, f"https://{text}"):
        make_segment(DEFAULT_DELIMITERS, "PER", spelling.web_address(f"https://{text}") or "x")


@pytest.mark.parametrize("text", ["EX*1", "EX:1", "EX^1", "EX~1", "EX|1", "EX\x001", "EX\n1", "\u00c9X1"])
def test_an_identifier_with_a_separator_is_refused(text: str) -> None:
    assert not taken(MemberId, text)


@pytest.mark.parametrize("text", ["EX0000001", "ex-1/2.3", "A B", "#12_3"])
def test_identifiers_as_payers_make_them_are_taken(text: str) -> None:
    assert taken(MemberId, text)


@pytest.mark.parametrize("text", ["M\u00fcller", "O'Neil-\u00d8rsted", "\u0141ukasz", "100 % of it"])
def test_names_of_other_alphabets_are_taken_where_they_can_be_spelled(text: str) -> None:
    assert taken(Name, text)


@pytest.mark.parametrize("text", ["\u65e5\u672c", "^^^", "%" * 30, "\u2764"])
def test_names_that_cannot_be_spelled_or_become_too_long_are_refused(text: str) -> None:
    assert not taken(Name, text)
