"""What an inquiry about a review says in X12."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import BuildContext, build_278_inquiry
from priorwire.model.authorization import AuthorizationRequest
from priorwire.x12 import validate
from priorwire.x12.guides import guide
from tests.strategies import authorization_requests, contexts, identifiers, maybe
from tests.unit.mapping.samples import CONTEXT, full_request, reread


@settings(max_examples=20, deadline=None)
@given(authorization_requests(), contexts(), maybe(identifiers()), maybe(identifiers()))
def test_whatever_is_inquired_passes_the_guide(
    request: AuthorizationRequest, context: BuildContext, number: str | None, tracking: str | None
) -> None:
    body = build_278_inquiry(request, context, authorization_number=number, administrative_reference=tracking)
    checked = validate(reread("278-inquiry", body), guide("278-inquiry"))
    assert [issue.says for issue in checked.issues] == []
    event = checked.placed.root.find_loops("2000E")[0]
    trace = event.first("TRN")
    assert trace is not None
    assert trace.element(2) == context.trace_number


def inquired(**numbers: str) -> list[str]:
    return [each.text() for each in build_278_inquiry(full_request(), CONTEXT, **numbers)]


def test_by_number_it_asks_for_nothing_else() -> None:
    body = inquired(authorization_number="AUTH0009", administrative_reference="TRACK0009")
    assert body[0].startswith("BHT*0007*28*")
    assert {"REF*BB*AUTH0009", "REF*NT*TRACK0009"} <= set(body)
    assert not [text for text in body if text.startswith(("HI", "SV", "HL*6"))]


def test_by_example_it_gives_dates_one_diagnosis_providers_and_services() -> None:
    body = inquired()
    assert not [text for text in body if text.startswith(("REF*BB", "REF*NT", "HSD"))]
    assert "HI*ABK:E1165:D8:20260105" in body
    assert "DTP*AAH*RD8*20261210-20261220" in body
    assert [text for text in body if text.startswith("SV")] == ["SV1*HC:97110:GP:59", "SV2*0360*HC:33510"]


def test_it_never_claims_to_be_a_request() -> None:
    for number in (None, "AUTH0009"):
        body = build_278_inquiry(replace(full_request()), CONTEXT, authorization_number=number)
        assert body[0].element(2) == "28"


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_the_member_is_always_named(data: st.DataObject) -> None:
    request = data.draw(authorization_requests())
    body = build_278_inquiry(request, CONTEXT)
    member = next(each for each in body if each.id == "NM1" and each.element(1) == "IL")
    assert member.element(9) == request.subscriber.member_id
