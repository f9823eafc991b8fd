"""Coverage as CoverageEligibilityRequest and -Response: there and back, and as others write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings

from priorwire.errors import InvalidRequest
from priorwire.mapping import BuildContext
from priorwire.mapping.fhir import (
    ReplyContext,
    read_eligibility_request,
    read_eligibility_response,
    write_eligibility_request,
    write_eligibility_response,
)
from priorwire.mapping.fhir.eligibility_request import settled_inquiry
from priorwire.mapping.fhir.eligibility_response import settled_coverage
from priorwire.model.authorization import Rejection
from priorwire.model.eligibility import Answer, Benefit, Coverage, CoverageStatus, EligibilityInquiry, Network
from tests.strategies import contexts
from tests.strategies_fhir import any_coverages, any_inquiries
from tests.unit.mapping.fhir_support import exact_json, without
from tests.unit.mapping.pas_bundles import CLINIC, COVERAGE, EVERYBODY, PATIENT, PAYER, X12, Json, bundle, coded

PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CONTEXT = ReplyContext(reference="PW1", at=datetime(2026, 12, 1, tzinfo=UTC))
PAYERS = {"NW1": "northwind-health"}


@PROPERTY
@given(any_inquiries(), contexts())
def test_a_question_comes_back_but_for_what_the_loss_report_names(
    inquiry: EligibilityInquiry, context: BuildContext
) -> None:
    written = write_eligibility_request(inquiry, context)
    back = read_eligibility_request(written.document, {context.payer.identifier: "example"})
    assert back.losses == ()
    assert back.inquiry == without(settled_inquiry(inquiry, context), written.losses)


@PROPERTY
@given(any_coverages())
def test_a_coverage_comes_back_but_for_what_the_loss_report_names(coverage: Coverage) -> None:
    written = write_eligibility_response(coverage, CONTEXT)
    back = read_eligibility_response(written.document)
    assert back.losses == ()
    # What is lost is named in the coverage as it was given, before its statements are taken apart.
    lost = [each for each in written.losses if each.code != "moved"]
    moved = [each for each in written.losses if each.code == "moved"]
    assert back.coverage == without(settled_coverage(without(coverage, lost)), moved, back.coverage)


@settings(PROPERTY, max_examples=30)
@given(any_inquiries(), any_coverages(), contexts())
def test_every_bundle_is_r4(inquiry: EligibilityInquiry, coverage: Coverage, context: BuildContext) -> None:
    Bundle.model_validate(exact_json(write_eligibility_request(inquiry, context).document))
    Bundle.model_validate(exact_json(write_eligibility_response(coverage, CONTEXT).document))


def asked(**more: Any) -> Json:
    return {
        "resourceType": "CoverageEligibilityRequest",
        "id": "1",
        "status": "active",
        "purpose": ["benefits"],
        "patient": {"reference": "Patient/1"},
        "created": "2026-12-01",
        "provider": {"reference": "Organization/clinic"},
        "insurer": {"reference": "Organization/payer"},
        "insurance": [{"focal": True, "coverage": {"reference": "Coverage/1"}}],
    } | more


def test_a_question_without_items_asks_for_the_plan() -> None:
    back = read_eligibility_request(bundle(asked(), *EVERYBODY), PAYERS)
    assert (back.inquiry.service_types, back.inquiry.payer_id) == (("30",), "northwind-health")
    assert (back.inquiry.subscriber.member_id, back.losses) == ("EX0000001", ())


def test_a_question_may_hold_what_it_names_inside() -> None:
    inside = [each | {"id": f"{each['resourceType']}{each['id']}"} for each in (CLINIC, PAYER, PATIENT, COVERAGE)]
    for each in inside[3:]:
        each.update(
            subscriber={"reference": "#Patient1"},
            beneficiary={"reference": "#Patient1"},
            payor=[{"reference": "#Organizationpayer"}],
        )
    alone = asked(
        contained=inside,
        patient={"reference": "#Patient1"},
        provider={"reference": "#Organizationclinic"},
        insurer={"reference": "#Organizationpayer"},
        insurance=[{"focal": True, "coverage": {"reference": "#Coverage1"}}],
        item=[{"category": coded(f"{X12}/1365", "1")}],
    )
    back = read_eligibility_request(alone, PAYERS)
    assert (back.inquiry.service_types, back.request_url) == (("1",), None)
    assert back.places["/payer_id"] == "CoverageEligibilityRequest.contained[1]"


@pytest.mark.parametrize("name", ["provider", "insurer", "patient"])
def test_what_is_missing_is_a_fault(name: str) -> None:
    with pytest.raises(InvalidRequest) as found:
        read_eligibility_request(bundle(asked() | {name: None}, *EVERYBODY), PAYERS)
    assert f"Bundle.entry[0].resource.{name}" in [each.pointer for each in found.value.faults]


def answered(*items: Json, **more: Any) -> Json:
    insurance: Json = {"coverage": {"reference": "Coverage/1"}, "inforce": True, "item": list(items)}
    made = {
        "resourceType": "CoverageEligibilityResponse",
        "id": "9",
        "status": "active",
        "purpose": ["benefits"],
        "patient": {"reference": "Patient/1"},
        "created": "2026-12-01",
        "request": {"reference": "CoverageEligibilityRequest/1"},
        "outcome": "complete",
        "insurer": {"reference": "Organization/payer"},
        "insurance": [insurance],
    }
    return bundle(made | more, *EVERYBODY)


def test_a_response_of_another_server_is_read_by_its_own_lists() -> None:
    kinds = "http://terminology.hl7.org/CodeSystem/benefit-type"
    item = {
        "category": coded(f"{X12}/1365", "98"),
        "network": coded("http://terminology.hl7.org/CodeSystem/benefit-network", "in"),
        "unit": coded("http://terminology.hl7.org/CodeSystem/benefit-unit", "individual"),
        "authorizationRequired": True,
        "benefit": [
            {"type": coded(kinds, "copay"), "allowedMoney": {"value": 25, "currency": "USD"}},
            {"type": coded(kinds, "deductible"), "allowedMoney": {"value": 500, "currency": "USD"}},
        ],
    }
    coverage = read_eligibility_response(answered(item)).coverage
    assert coverage.status is CoverageStatus.ACTIVE
    assert [(each.information, each.amount) for each in coverage.benefits] == [
        ("co_payment", Decimal(25)),
        ("deductible", Decimal(500)),
    ]
    assert {each.authorization_required for each in coverage.benefits} == {Answer.YES}
    assert {(each.network, each.coverage_level) for each in coverage.benefits} == {(Network.IN, "individual")}


@pytest.mark.parametrize(("code", "status"), [("75", CoverageStatus.NOT_FOUND), ("42", CoverageStatus.REJECTED)])
def test_an_error_is_no_word_about_coverage(code: str, status: CoverageStatus) -> None:
    document = answered(outcome="error", error=[{"code": coded(f"{X12}/901", code)}], insurance=[])
    assert read_eligibility_response(document).coverage.status is status


def test_a_share_is_a_percentage_and_absent_is_not_zero() -> None:
    share = Benefit(information="co_insurance", percent=Decimal("0.2"))
    written = write_eligibility_response(Coverage(status=CoverageStatus.ACTIVE, benefits=(share,)), CONTEXT)
    (item,) = exact_json(written.document)["entry"][0]["resource"]["insurance"][0]["item"]
    assert [each.get("allowedString") for each in item["benefit"]] == [None, "20%"]
    assert not any("Money" in key for each in item["benefit"] for key in each)


def test_a_refusal_is_an_error_with_the_payers_code() -> None:
    refused = Coverage(status=CoverageStatus.NOT_FOUND, rejections=(Rejection(code="75", about="subscriber"),))
    first = exact_json(write_eligibility_response(refused, CONTEXT).document)["entry"][0]["resource"]
    assert (first["outcome"], first["error"][0]["code"]["coding"][0]["code"]) == ("error", "75")
    assert "inforce" not in first["insurance"][0]
