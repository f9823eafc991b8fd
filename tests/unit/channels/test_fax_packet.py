"""The fax, read back with another library."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from priorwire.channels.fax_packet import MAX_PAGES, _Line, _paged, packet
from priorwire.errors import InvalidRequest
from priorwire.model.authorization import AuthorizationRequest, Urgency
from tests.unit.channels.request_samples import REFERENCE, REQUEST, context

#: Everything that tells who the patient is or what ails them.
_PATIENT = (
    *("Zebrawood", "Quillon", "Ottoline", "CANARY4711", "GRP0815", "Sandpiper", "Springfield", "98101"),
    *(
        "03/09/1971",
        "1971",
        "07/04/2011",
        "M17",
        "I10",
        "27447",
        "97110",
        "cortisone",
        "Stairs",
        "AUTH0007",
        "12/01/2026",
    ),
)


def pages(request: AuthorizationRequest = REQUEST) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(packet(request, context()))).pages]


def test_the_cover_shows_no_value_of_the_patient() -> None:
    cover = pages()[0].lower()
    assert [value for value in _PATIENT if value.lower() in cover] == []


def test_the_cover_says_from_whom_to_whom_how_many_pages_and_how_urgent() -> None:
    cover, *behind = pages()
    for words in (
        "Payer X (example)",
        "+12065550142",
        "Example Orthopedic Group",
        "+12065550101",
        "+12065550100",
        f"{len(behind) + 1}, this one included",
        "EXPEDITED",
        "Prior authorization request",
        "11/20/2026 20:00 UTC",
        "CONFIDENTIAL",
        "destroy every page",
        "Disclosing it further",
    ):
        assert words in cover


@pytest.mark.parametrize(
    ("urgency", "says"),
    [
        (Urgency.EMERGENCY, "EXPEDITED"),
        (Urgency.URGENT, "EXPEDITED"),
        (Urgency.ELECTIVE, "Standard"),
        (None, "Standard"),
    ],
)
def test_the_cover_tells_expedited_from_standard(urgency: Urgency | None, says: str) -> None:
    assert says in pages(replace(REQUEST, urgency=urgency))[0]


def test_the_reference_and_the_page_number_stand_on_every_page() -> None:
    found = pages()
    for number, text in enumerate(found, 1):
        assert f"Reference {REFERENCE}" in text
        assert f"Page {number} of {len(found)}" in text


_BAR = re.compile(rb"([\d.]+) [\d.]+ ([\d.]+) [\d.]+ re")


def bars(reference: str) -> Iterator[list[tuple[float, float]]]:
    """Left edge and width of every filled rectangle, page by page: nothing but a barcode draws any."""
    rendered = packet(REQUEST, replace(context(), reference=reference))
    for page in PdfReader(io.BytesIO(rendered)).pages:
        contents = page.get_contents()
        assert contents is not None
        yield [(float(left), float(width)) for left, width in _BAR.findall(contents.get_data())]


@pytest.mark.parametrize("reference", ["PWR7K2M4QX9T", REFERENCE, "A" * 50])
def test_every_page_has_a_barcode_inside_its_margins(reference: str) -> None:
    for page in bars(reference):
        # three bars a character, one for the check character, start and stop
        assert len(page) >= 3 * (len(reference) + 2) + 4
        assert min(left for left, _ in page) >= 0
        assert max(left + width for left, width in page) <= 612 - 2 * 54


def test_the_bars_survive_the_raster_of_a_fax() -> None:
    dots = [width * 204 / 72 for page in bars("PWR7K2M4QX9T") for _, width in page]
    assert min(dots) >= 2.99


def test_the_request_stands_behind_the_cover_in_words() -> None:
    behind = "\n".join(pages()[1:])
    for words in (
        *("CANARY4711", "Zebrawood, Quillon R JR", "03/09/1971", "GRP0815", "12 Sandpiper Way, Springfield, WA 98101"),
        *("Zebrawood, Ottoline", "Child (to the member)", "07/04/2011"),
        *("1234567893", "Example, Surgeon", "Operating", "1245319599"),
        *("M17.11 (principal)", "I10 (other, 10/01/2026)"),
        *("CPT/HCPCS 27447-RT-22", "1 units", "12/01/2026 to 12/31/2026", "Tolerates no cortisone.", "12 visits"),
        *("3.5 days", "Extension", "Admission", "AUTH0007", "Stairs at home."),
    ):
        assert words in behind


def test_what_is_the_practices_own_stays_with_the_practice() -> None:
    assert "PRACTICE-OWN-77" not in "\n".join(pages())


def test_the_same_request_gives_the_same_bytes() -> None:
    assert packet(REQUEST, context()) == packet(REQUEST, context())


def test_neither_title_nor_file_properties_name_the_patient() -> None:
    properties = PdfReader(io.BytesIO(packet(REQUEST, context()))).metadata
    assert properties is not None
    assert properties.title == "Prior authorization request"
    assert not any(value.lower() in str(properties).lower() for value in _PATIENT)


def test_nothing_is_lost_over_a_page_break() -> None:
    words = [f"word{number:04d}" for number in range(2000)]
    found = "\n".join(pages(replace(REQUEST, note=" ".join(words))))
    assert [word for word in words if word not in found] == []
    assert "Page 9 of" in found


@given(st.lists(st.integers(min_value=1, max_value=90), max_size=20))
def test_no_heading_stands_alone_at_a_pages_foot_and_no_line_is_lost(sections: list[int]) -> None:
    lines = [
        line
        for number, rows in enumerate(sections)
        for line in (_Line(), _Line(text=f"S{number}", heading=True), *[_Line(text=f"{number}")] * rows)
    ]
    found = _paged(lines)
    assert [line for page in found for line in page if line.text] == [line for line in lines if line.text]
    assert not any(page[-1].heading for page in found if page)
    assert all(len(page) * 15 <= 792 - 54 - 104 for page in found)


def test_a_request_longer_than_a_fax_may_be_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        packet(replace(REQUEST, note="word\n" * 42 * MAX_PAGES), context())
    assert [fault.code for fault in refusal.value.faults] == ["fax_too_long"]


def test_letters_that_the_font_lacks_lose_their_marks_and_no_more() -> None:
    found = "\n".join(
        pages(replace(REQUEST, note="Dvo\N{LATIN SMALL LETTER R WITH CARON}ák \N{SNOWMAN} 5\N{EM SPACE}mg"))
    )
    assert "Dvorák ? 5 mg" in found


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_note_can_be_printed(note: str) -> None:
    assert packet(replace(REQUEST, note=note), context()).startswith(b"%PDF")


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=st.sampled_from("abcdefghij"), min_size=80, max_size=600))
def test_a_word_longer_than_the_line_is_cut_and_not_lost(word: str) -> None:
    found = "".join("".join(pages(replace(REQUEST, note=word))).split())
    assert word in found
