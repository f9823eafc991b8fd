"""Whatever a request says stands on paper and on the worksheet: each value of a maximal request is changed in turn."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import get_type_hints

import pytest
from pypdf import PdfReader

from priorwire.channels.fax_packet import packet
from priorwire.channels.fax_sections import sections
from priorwire.channels.glosses import coded
from priorwire.channels.wording import at_path, words
from priorwire.model.authorization import AuthorizationRequest
from priorwire.payers import paths
from tests import maximal
from tests.single_values import another, leaves, put
from tests.unit.channels.request_samples import context

#: What is not printed, and why.
NOT_PRINTED: Mapping[str, str] = {
    "payer_id": "our name of the payer's guide; the cover names the payer",
    "client_reference": "the practice's own",
}


def printed(request: AuthorizationRequest) -> str:
    return "\n".join(f"{title} {label} {value}" for title, rows in sections(request) for label, value in rows if value)


@pytest.mark.parametrize("request_number", range(len(maximal.requests())))
def test_no_value_of_a_maximal_request_is_missing(request_number: int) -> None:
    request = maximal.requests()[request_number]
    before, missing = printed(request), []
    for at, value in leaves(request):
        new = another(value)
        after = printed(put(request, at, new))
        shows = isinstance(new, bool | Enum) or words(new) in after.replace("QX7.Z9", "QX7Z9")
        if (after == before or not shows) and at[0] not in NOT_PRINTED:
            missing.append(at)
    assert missing == []


def parts(value: object) -> Iterator[tuple[type, str]]:
    """Every kind of part in a value, with each of its fields that says something."""
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            inner = getattr(value, each.name)
            if inner not in (None, ()):
                yield type(value), each.name
            yield from parts(inner)
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)


def test_the_maximal_requests_say_everything_that_the_model_has() -> None:
    said = {each for request in maximal.requests() for each in parts(request)}
    kinds = {kind for kind, _ in said}
    assert {(kind, each.name) for kind in kinds for each in fields(kind)} - said == set()


def every_path(kind: type, before: str = "") -> Iterator[str]:
    """Every path that a companion guide may write, parts and lists as a whole included."""
    for name, hint in get_type_hints(kind).items():
        inner, many = paths._inside(hint)
        here = f"{before}{name}"
        yield here
        if is_dataclass(inner) and isinstance(inner, type):
            yield from every_path(inner, f"{here}[]." if many else f"{here}.")


@pytest.mark.parametrize("path", sorted(every_path(AuthorizationRequest)))
def test_every_field_can_be_asked_for_by_a_guide_and_is_read_in_words(path: str) -> None:
    assert paths.problem(path) is None
    told = [at_path(request, path) for request in maximal.requests()]
    assert not any("object at" in each or "None" in each for each in told)


def test_a_maximal_request_is_a_fax_that_names_no_patient_on_its_cover() -> None:
    request = maximal.event()
    cover, *behind = (page.extract_text() for page in PdfReader(io.BytesIO(packet(request, context()))).pages)
    for person in (request.subscriber, request.dependent):
        assert person is not None
        for at, value in leaves(person):
            if isinstance(value, str) and len(value) > 3 and at[0] != "address":
                assert value.lower() not in cover.lower(), at
    text = " ".join(" ".join(behind).split())
    for words_of_it in (
        "Auto accident, Another party, Employment",
        "to the nearest place that could treat the symptoms (A)",
        "3 visits every 2 week(s), for 3 month(s)",
        "radiology reports (RR), Radiology report, comes: fax, number LINE4",
        "CPT/HCPCS 97110-GP-59-RT-LT to 97112, Exercises",
        "14, surfaces M, O, D, B, L",
        "another insurer (00)",
        "CPT/HCPCS 27130, 12/10/2026",
    ):
        assert words_of_it in text


def test_a_code_without_words_of_ours_names_its_list() -> None:
    assert coded("C", 1342) == "C (X12 code list 1342)"
    assert coded("1", 923) == "poor (1)"
    assert coded(None, 923) == ""
