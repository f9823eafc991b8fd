"""What a document says in X12, and that its bytes arrive."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.errors import InvalidRequest
from priorwire.mapping import (
    CURRENT_275,
    FORMER_275,
    BuildContext,
    Document,
    DocumentFormat,
    announced,
    build_275,
    build_278,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.care import Attachment, AttachmentWay
from priorwire.x12 import Segment, validate
from priorwire.x12.guides import guides
from tests.strategies import authorization_requests, contexts, identifiers
from tests.unit.mapping.samples import CONTEXT, full_request, reread

#: Every byte, every delimiter, and what looks like the end of a set.
AWKWARD = b"%PDF-1.7 ~SE*3*0001~IEA*1*000000001~" + bytes(range(256)) + b"~"


def carried(segment: Segment) -> bytes:
    """The bytes in a BDS or BIN, by the rules of each, written down here once more."""
    if segment.id == "BIN":
        return segment.elements[2].encode("latin-1")
    assert segment.element(1) == "B64"
    return b64decode(segment.elements[3], validate=True)


@pytest.mark.parametrize("edition", [CURRENT_275, FORMER_275])
@settings(max_examples=20, deadline=None)
@given(
    request=authorization_requests(),
    context=contexts(),
    numbers=st.lists(identifiers(1, 50), min_size=1, max_size=3),
    content=st.binary(max_size=300),
    solicited=st.booleans(),
)
def test_every_document_arrives_byte_for_byte(
    edition: str,
    request: AuthorizationRequest,
    context: BuildContext,
    numbers: list[str],
    content: bytes,
    *,
    solicited: bool,
) -> None:
    documents = [Document(control_number=number, content=AWKWARD + content) for number in numbers]
    body = build_275(request, documents, context, edition=edition, solicited=solicited)
    rules = next(each for each in guides() if each.id == edition)
    checked = validate(reread(edition, body), rules)
    assert [issue.says for issue in checked.issues] == []
    found = checked.placed.root.find_loops("2000A")
    traces = [each.first("TRN") for each in found]
    assert [(each.element(1), each.element(2)) for each in traces if each] == [
        ("2" if solicited else "1", number) for number in numbers
    ]
    bytes_sent = [each for node in found for each in node.all_segments() if each.id in ("BDS", "BIN")]
    assert [carried(each) for each in bytes_sent] == [document.content for document in documents]
    for each in bytes_sent:
        assert int(each.elements[-2]) == len(each.elements[-1])


def built(*documents: Document, **more: str | bool) -> list[str]:
    body = build_275(full_request(), documents, CONTEXT, **more)  # type: ignore[arg-type]  # names of the builder's own
    return [each.text() for each in body]


def test_an_announced_document_is_sent_under_the_number_of_its_announcement() -> None:
    attachments = (
        Attachment(report_type="RR"),
        Attachment(report_type="PN", control_number="OWN1"),
        Attachment(report_type="OB", way=AttachmentWay.VOICE),
    )
    (line, *rest) = full_request().services
    request = replace(
        full_request(), attachments=attachments, services=(replace(line, attachments=attachments[:1]), *rest)
    )
    told = [each.element(6) for each in build_278(request, CONTEXT) if each.id == "PWK"]
    assert told == ["PWTRACE0001-D1", "OWN1", "", "PWTRACE0001-D1-1"]
    assert [each.control_number or "" for each in announced(request, CONTEXT)] == told


def test_a_made_up_number_never_exceeds_what_a_trace_may_hold_and_stays_different() -> None:
    context = replace(CONTEXT, trace_number="X" * 38 + "ABCDEFGHIJKL")
    numbers = {
        context.trace_number,
        *(context.line_trace(each) for each in range(1, 1000)),
        *(context.attachment_number(number, line) for number in range(1, 11) for line in range(40)),
    }
    assert len(numbers) == 1 + 999 + 400
    assert max(map(len, numbers)) == 50


def test_patient_provider_and_review_are_named() -> None:
    body = built(Document(control_number="A1", content=AWKWARD), authorization_number="AUTH9")
    assert body[:2] == ["BGN*02*PWREF0001*20261201", "NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*EXHP1"]
    assert "NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893" in body
    assert "NM1*QC*1*SAMPLE*KIM*R**II*MI*XMPL0001" in body
    assert "REF*BB*AUTH9" in body
    assert "DTP*472*RD8*20261210-20261220" in body


def test_an_answer_repeats_the_question() -> None:
    document = Document(control_number="PAYER7", content=b"plain", format=DocumentFormat.TEXT, loinc="11506-3")
    body = built(document, solicited=True)
    assert body[0].startswith("BGN*11*")
    assert body[-6:-2] == ["TRN*2*PAYER7", "STC*R4:11506-3::LOI", "DTP*368*D8*20261201", "CAT*AE*TX"]


@pytest.mark.parametrize(("content", "code"), [(b"", "required"), (b"<html>", "no_pdf")])
def test_what_is_no_pdf_is_refused_with_its_place(content: bytes, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        built(Document(control_number="A1", content=AWKWARD), Document(control_number="A2", content=content))
    assert [(each.pointer, each.code) for each in refused.value.faults] == [("/documents/1/content", code)]


def test_an_edition_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(ValueError, match="edition"):
        built(Document(control_number="A1", content=AWKWARD), edition="005010X210")
