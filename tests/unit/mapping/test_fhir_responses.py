"""Reviews as PAS response bundles: there and back, and as others answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings

from priorwire.errors import InvalidRequest
from priorwire.mapping.fhir import ReplyContext, match, read_response, write_response
from priorwire.mapping.fhir.pas_response_read import ResponseRead
from priorwire.mapping.fhir.response_losses import RECORD
from priorwire.model.authorization import (
    AuthorizationRecord,
    DocumentKind,
    Follow,
    PendedFor,
    Reason,
    ReviewStatus,
    ServiceDecision,
    ServiceLine,
    TraceNumber,
)
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit
from tests.strategies_fhir import any_records
from tests.unit.mapping.fhir_support import exact_json, without
from tests.unit.mapping.pas_bundles import BASE, PAS, X12, Json, coded, decided, ext, response

PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CONTEXT = ReplyContext(reference="PW1", at=datetime(2026, 12, 1, tzinfo=UTC))
MRI = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148")
VISIT = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110", modifiers=("GP",))


# --- there and back -----------------------------------------------------------------------------------------------


@PROPERTY
@given(any_records())
def test_a_review_comes_back_but_for_what_the_loss_report_names(record: AuthorizationRecord) -> None:
    written = write_response(record, CONTEXT)
    back = read_response(written.document)
    assert back.losses == ()
    assert back.record == without(record, written.losses, back.record)


@PROPERTY
@given(any_records())
def test_a_loss_is_declared_and_says_no_value(record: AuthorizationRecord) -> None:
    for loss in write_response(record, CONTEXT).losses:
        assert loss.says in {*RECORD.always.values(), *RECORD.sometimes.values()}


@settings(PROPERTY, max_examples=40)
@given(any_records())
def test_every_bundle_is_r4(record: AuthorizationRecord) -> None:
    document = exact_json(write_response(record, CONTEXT).document)
    Bundle.model_validate(document)
    first = document["entry"][0]["resource"]
    assert first["resourceType"] == "ClaimResponse"
    assert first["outcome"] in {"complete", "error", "partial"}


# --- as others answer ---------------------------------------------------------------------------------------------


def item(sequence: int, *said: Any, **more: Any) -> Json:
    return {"itemSequence": sequence, "adjudication": decided(*said)} | more


def read(document: Json) -> ResponseRead:
    return read_response(document)


def test_an_approval() -> None:
    valid = {"start": "2026-12-01", "end": "2027-01-01"}
    dates = [
        ext("itemPreAuthIssueDate", valueDate="2026-12-01"),
        ext("itemPreAuthPeriod", valuePeriod=valid),
    ]
    back = read(response(item(1, "A1", "AUTH0001", extension=dates), preAuthRef="AUTH0001", preAuthPeriod=valid))
    (service,) = back.record.services
    assert back.losses == ()
    assert (back.record.status, back.record.authorization_number) == (ReviewStatus.APPROVED, "AUTH0001")
    assert (service.status, service.authorization_number) == (ReviewStatus.APPROVED, "AUTH0001")
    assert (service.issued_date, service.expiration_date) == (date(2026, 12, 1), date(2027, 1, 1))
    assert back.record.traces == (TraceNumber(number="111099", assigner="9012345678", returned=True),)
    assert (back.record.payer and back.record.payer.name) == "NORTHWIND"


def test_a_denial_with_its_reason() -> None:
    record = read(response(item(1, "A3", None, "0F"))).record
    assert (record.status, record.services[0].status) == (ReviewStatus.DENIED, ReviewStatus.DENIED)
    assert record.services[0].reasons == (Reason(code="0F", says="not medically necessary"),)


@pytest.mark.parametrize("outcome", ["complete", "partial", "queued"])
def test_a_pend_is_its_code_and_not_its_outcome(outcome: str) -> None:
    reference = [ext("administrationReferenceNumber", valueString="PEND0001")]
    record = read(response(item(1, "A4", None, "0U", extension=reference), outcome=outcome)).record
    assert (record.status, record.authorization_number) == (ReviewStatus.PENDED, None)
    (service,) = record.services
    assert (service.pended_for, service.administrative_reference) == (PendedFor.INFORMATION, "PEND0001")


def test_a_modification_is_the_item_and_what_was_approved_in_its_place() -> None:
    added = {
        "itemSequence": [1],
        "productOrService": coded("http://www.ama-assn.org/go/cpt", "97110"),
        "quantity": {"value": 8, "unit": "visit"},
        "adjudication": decided("A1", "AUTH0002"),
    }
    record = read(response(item(1, "A6"), addItem=[added])).record
    assert record.status is ReviewStatus.APPROVED_MODIFIED
    (service,) = record.services
    assert (service.status, service.authorization_number) == (ReviewStatus.APPROVED_MODIFIED, "AUTH0002")
    assert (service.procedure and service.procedure.code) == "97110"
    assert service.quantity == Quantity(value=Decimal(8), unit=Unit.VISITS)


def test_what_nobody_asked_for_is_a_service_of_its_own() -> None:
    added = {
        "itemSequence": [2],
        "productOrService": coded("http://www.ama-assn.org/go/cpt", "97110"),
        "adjudication": decided("A1"),
    }
    record = read(response(item(1, "A3"), addItem=[added])).record
    assert [each.status for each in record.services] == [ReviewStatus.DENIED, ReviewStatus.APPROVED]
    assert record.status is ReviewStatus.PARTIALLY_APPROVED


def test_two_that_were_approved_for_one_item_are_both_read() -> None:
    instead = [
        {
            "itemSequence": [1],
            "productOrService": coded("http://www.ama-assn.org/go/cpt", code),
            "adjudication": decided("A1"),
        }
        for code in ("97110", "97112")
    ]
    record = read(response(item(1, "A6"), addItem=instead)).record
    assert [each.procedure and each.procedure.code for each in record.services] == ["97110", "97112"]


def test_an_error_is_a_refusal_before_review() -> None:
    error = {
        "code": coded(f"{X12}/901", "72"),
        "extension": [
            ext("errorFollowupAction", valueCodeableConcept=coded(f"{X12}/889", "C")),
            ext("errorElement", extension=[{"url": "error", "valueString": "2010C-NM109"}]),
        ],
    }
    record = read(response(outcome="error", error=[error])).record
    assert record.status is ReviewStatus.REJECTED
    (rejection,) = record.rejections
    assert (rejection.code, rejection.about, rejection.follow) == ("72", "subscriber", Follow.CORRECT_AND_RESUBMIT)
    assert rejection.says
    assert rejection.next_step


def test_documents_that_are_asked_for() -> None:
    wanted = {
        "resourceType": "CommunicationRequest",
        "id": "w",
        "status": "active",
        "identifier": [{"system": "urn:example:controls", "value": "C-1"}],
        "category": [coded(f"{X12}/755", "15")],
        "extension": [ext("serviceLineNumber", valuePositiveInt=1)],
    }
    document = response(item(1, "A4"), communicationRequest=[{"reference": f"{BASE}/CommunicationRequest/w"}])
    document["entry"].append({"fullUrl": f"{BASE}/CommunicationRequest/w", "resource": wanted})
    record = read(document).record
    (asked,) = record.requested_documents
    assert (asked.kind, asked.code, asked.control_number, asked.service) == (
        DocumentKind.REPORT_TYPE, "15", "C-1", 1,
    )  # fmt: skip
    assert record.services[0].pended_for is PendedFor.INFORMATION


def test_a_decision_that_is_not_known_is_never_an_approval() -> None:
    record = read(response(item(1, "QQ"))).record
    assert (record.status, record.services[0].status) == (ReviewStatus.UNKNOWN, ReviewStatus.UNKNOWN)
    assert record.services[0].decision_code == "QQ"
    assert read(response()).record.status is ReviewStatus.UNKNOWN


def test_what_is_not_used_is_told() -> None:
    back = read(response(item(1, "A1"), payeeType=coded("urn:example:payees", "x")))
    assert [each.path for each in back.losses] == ["Bundle.entry[0].resource.payeeType"]


@pytest.mark.parametrize("document", [None, [], {}, {"resourceType": "Bundle"}, {"resourceType": "ClaimResponse"}])
def test_what_is_no_response_bundle_is_refused(document: Any) -> None:
    with pytest.raises(InvalidRequest):
        read_response(document)


# --- as we answer -------------------------------------------------------------------------------------------------


def said(record: AuthorizationRecord, **more: Any) -> Json:
    context = ReplyContext(reference="PW1", at=CONTEXT.at, **more)
    first: Json = exact_json(write_response(record, context).document)["entry"][0]["resource"]
    return first


def action_of(holder: Json) -> str | None:
    """The code of an adjudication."""
    for each in holder["adjudication"]:
        for extension in each.get("extension", ()):
            for part in extension["extension"]:
                if part["url"] == f"{PAS}/extension-reviewActionCode":
                    code: str = part["valueCodeableConcept"]["coding"][0]["code"]
                    return code
    return None


ACTIONS = [
    (ReviewStatus.APPROVED, "A1", "complete"),
    (ReviewStatus.PARTIALLY_APPROVED, "A2", "complete"),
    (ReviewStatus.DENIED, "A3", "complete"),
    (ReviewStatus.PENDED, "A4", "partial"),
    (ReviewStatus.APPROVED_MODIFIED, "A6", "complete"),
    (ReviewStatus.CANCELLED, "C", "complete"),
    (ReviewStatus.CONTACT_PAYER, "CT", "partial"),
    (ReviewStatus.NOT_REQUIRED, "NA", "complete"),
    (ReviewStatus.REJECTED, None, "error"),
    (ReviewStatus.UNKNOWN, None, "partial"),
]


@pytest.mark.parametrize(("status", "code", "outcome"), ACTIONS)
def test_each_status_has_its_action_and_its_outcome(status: ReviewStatus, code: str | None, outcome: str) -> None:
    record = AuthorizationRecord(status=status, services=(ServiceDecision(procedure=MRI, status=status),))
    made = said(record)
    assert (action_of(made["item"][0]), made["outcome"]) == (code, outcome)


def test_a_modified_service_is_told_twice_under_one_number() -> None:
    service = ServiceDecision(
        procedure=VISIT,
        status=ReviewStatus.APPROVED_MODIFIED,
        authorization_number="AUTH0002",
        quantity=Quantity(value=Decimal(8), unit=Unit.VISITS),
        dates=DateSpan(start=date(2026, 12, 1)),
    )
    made = said(AuthorizationRecord(status=ReviewStatus.APPROVED_MODIFIED, services=(service,)), sequences=(4,))
    (asked,), (added,) = made["item"], made["addItem"]
    assert (asked["itemSequence"], action_of(asked)) == (4, "A6")
    assert (added["itemSequence"], action_of(added)) == ([4], "A1")
    assert added["quantity"] == {"value": 8, "unit": "visits", "system": f"{X12}/673", "code": "VS"}


def test_items_that_a_decision_on_the_whole_covers_say_it() -> None:
    made = said(AuthorizationRecord(status=ReviewStatus.DENIED), unnamed=(1, 2))
    assert [(each["itemSequence"], action_of(each)) for each in made["item"]] == [(1, "A3"), (2, "A3")]


def test_an_item_that_a_reply_leaves_out_is_not_decided() -> None:
    record = AuthorizationRecord(
        status=ReviewStatus.APPROVED, services=(ServiceDecision(procedure=MRI, status=ReviewStatus.APPROVED),)
    )
    made = said(record, sequences=(2,), unnamed=(1,))
    assert [(each["itemSequence"], action_of(each)) for each in made["item"]] == [(1, None), (2, "A1")]


# --- which item is which ------------------------------------------------------------------------------------------


def answered(procedure: ProcedureCode | None, *numbers: str) -> ServiceDecision:
    traces = tuple(TraceNumber(number=each, returned=True) for each in numbers)
    return ServiceDecision(procedure=procedure, status=ReviewStatus.APPROVED, traces=traces)


def test_services_are_joined_by_trace_then_by_code() -> None:
    asked = (ServiceLine(procedure=MRI), ServiceLine(procedure=VISIT), ServiceLine(procedure=MRI))
    by_code = match(asked, (1, 2, 3), (answered(VISIT), answered(MRI)))
    assert (by_code.sequences, by_code.unnamed) == ((2, 1), (3,))
    traced = match(asked, (1, 2, 3), (answered(MRI, "PT1-3"), answered(MRI)), "PT1")
    assert (traced.sequences, traced.unnamed) == ((3, 1), (2,))


def test_a_service_that_nobody_asked_for_has_no_number() -> None:
    joined = match((ServiceLine(procedure=MRI),), (5,), (answered(VISIT), answered(MRI)))
    assert (joined.sequences, joined.unnamed) == ((None, 5), ())


def test_a_request_without_services_is_answered_at_its_one_item() -> None:
    assert match((), (1,), ()).unnamed == (1,)
    assert match((), (1,), (answered(MRI),)).sequences == (1,)
