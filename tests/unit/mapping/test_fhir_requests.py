"""Requests for review as PAS bundles: there and back, nothing dropped in silence, faults at their places."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorwire.errors import InvalidRequest
from priorwire.mapping import BuildContext, build_278
from priorwire.mapping.fhir import read_request, settled, write_request
from priorwire.mapping.fhir.pas_request_read import RequestRead
from priorwire.mapping.fhir.request_losses import REQUEST
from priorwire.model.authorization import AuthorizationRequest, DiagnosisKind, RequestKind, ReviewCategory, Urgency
from priorwire.model.care import AttachmentWay
from priorwire.model.parties import Relationship
from priorwire.model.services import CodeSystem, DateSpan, Unit
from priorwire.payers.profile import PayerIdentity
from tests.strategies import contexts
from tests.strategies_fhir import any_requests
from tests.unit.mapping.fhir_support import exact_json, without
from tests.unit.mapping.pas_bundles import (
    BASE,
    COVERAGE,
    EVERYBODY,
    HCPCS,
    IN_ROLE,
    PAS,
    PATIENT,
    PRACTITIONER,
    X12,
    Json,
    bundle,
    claim,
    coded,
    ext,
    item,
)

PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAYERS = {"NW1": "northwind-health"}


def read(document: Json) -> RequestRead:
    return read_request(document, PAYERS)


def faults(document: Json) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as found:
        read(document)
    return {each.pointer: each.code for each in found.value.faults}


# --- there and back -----------------------------------------------------------------------------------------------


@PROPERTY
@given(any_requests(), contexts())
def test_a_request_comes_back_but_for_what_the_loss_report_names(
    request_: AuthorizationRequest, context: BuildContext
) -> None:
    written = write_request(request_, context)
    back = read_request(written.document, {context.payer.identifier: "example"})
    assert back.losses == ()
    assert back.request == without(settled(request_, context), written.losses)


@PROPERTY
@given(any_requests(), contexts())
def test_a_loss_is_declared_and_says_no_value(request_: AuthorizationRequest, context: BuildContext) -> None:
    for loss in write_request(request_, context).losses:
        assert loss.says in {*REQUEST.always.values(), *REQUEST.sometimes.values()}
        assert loss.code in {"no_place", "moved"}


@settings(PROPERTY, max_examples=40)
@given(any_requests(), contexts())
def test_every_bundle_is_r4_and_whole(request_: AuthorizationRequest, context: BuildContext) -> None:
    document = exact_json(write_request(request_, context).document)
    Bundle.model_validate(document)
    urls = [entry["fullUrl"] for entry in document["entry"]]
    assert len(urls) == len(set(urls))
    assert document["entry"][0]["resource"]["resourceType"] == "Claim"
    assert set(references(document)) <= set(urls)


@PROPERTY
@given(any_requests(), contexts(), st.randoms(use_true_random=False))
def test_what_is_added_anywhere_is_read_or_told(
    request_: AuthorizationRequest, context: BuildContext, random: Random
) -> None:
    document = exact_json(write_request(request_, context).document)
    place, holder = random.choice(list(extensible(document)))
    number = len(holder.setdefault("extension", []))
    holder["extension"].append({"url": "urn:example:unknown", "valueString": "A SECRET VALUE"})
    back = read_request(document, {context.payer.identifier: "example"})
    paths = [each.path for each in back.losses]
    assert any(f"{place}.extension[{number}]".startswith(path) for path in paths), (place, paths)
    assert "SECRET" not in repr(back.losses)


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [each for part in value.values() for each in references(part)]
    return [each for part in value for each in references(part)] if isinstance(value, list) else []


def extensible(document: Json) -> list[tuple[str, Json]]:
    """Resources, and the parts of a Claim that a list holds."""
    found = [(f"Bundle.entry[{n}].resource", entry["resource"]) for n, entry in enumerate(document["entry"])]
    place, first = found[0]
    for name in ("item", "diagnosis", "careTeam", "supportingInfo", "insurance"):
        found += [(f"{place}.{name}[{n}]", each) for n, each in enumerate(first.get(name, []))]
    return found


def test_a_bundle_gives_the_278_that_the_request_gives() -> None:
    back = read(bundle(claim()))
    context = BuildContext(
        reference="PW1",
        trace_number="PT1",
        trace_assigner="9EXAMPLE00",
        at=datetime(2026, 12, 1, tzinfo=UTC),
        payer=PayerIdentity(name="NORTHWIND", identifier="NW1"),
    )
    again = read_request(write_request(back.request, context).document, {"NW1": "northwind-health"})
    assert build_278(again.request, context) == build_278(back.request, context)
    assert {segment.id for segment in build_278(back.request, context)} >= {"UM", "SV1", "NM1", "TRN"}


# --- bundles as others make them ----------------------------------------------------------------------------------


def test_a_small_bundle_is_read() -> None:
    back = read(bundle(claim()))
    request, (service,) = back.request, back.request.services
    assert (request.payer_id, request.requester.npi) == ("northwind-health", "1234567893")
    assert (request.subscriber.member_id, request.subscriber.name.last) == ("EX0000001", "EXAMPLE")
    assert (request.category, request.kind) == (ReviewCategory.HEALTH_SERVICES, RequestKind.INITIAL)
    assert (request.service_type, request.place_of_service) == ("62", "22")
    assert (service.procedure.system, service.procedure.code) == (CodeSystem.CPT_HCPCS, "72148")
    assert (service.category, service.service_type, service.place_of_service) == (None, None, None)
    assert request.client_reference == "urn:example:requests|R-1"
    assert (back.claim, back.bundle) == ("urn:example:requests|R-1", "urn:example:transactions|A1")
    assert (back.claim_url, back.sequences, back.losses) == (f"{BASE}/Claim/1", (1,), ())


def test_the_rest_of_a_claim_is_read() -> None:
    temporary = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
    document_info = [{"url": "reportTypeCode", "valueCodeableConcept": coded(f"{X12}/755", "RR")}]
    asked = item(
        quantity={"value": 3, "unit": "visit"},
        servicedPeriod={"start": "2026-12-14", "end": "2026-12-28"},
        modifier=[coded(HCPCS, "RT")],
        diagnosisSequence=[7],
        careTeamSequence=[1, 2],
        informationSequence=[3],
        unitPrice={"value": 100, "currency": "USD"},
    )
    whole = claim(
        asked,
        extension=[ext("levelOfServiceCode", valueCodeableConcept=coded(f"{X12}/1338", "U"))],
        diagnosis=[
            {
                "sequence": 7,
                "diagnosisCodeableConcept": coded("http://hl7.org/fhir/sid/icd-10-cm", "G89.4"),
                "type": [coded(temporary, "principal")],
                "extension": [ext("diagnosisRecordedDate", valueDate="2026-11-10")],
            }
        ],
        careTeam=[
            {
                "extension": [ext("careTeamClaimScope", valueBoolean=True)],
                "sequence": 1,
                "provider": {"reference": "PractitionerRole/r"},
                "role": coded(f"{X12}/98", "DK"),
            },
            {
                "extension": [ext("careTeamClaimScope", valueBoolean=False)],
                "sequence": 2,
                "provider": {"reference": "Organization/clinic"},
                "role": coded(f"{X12}/98", "FA"),
            },
        ],
        supportingInfo=[
            {"sequence": 1, "category": coded(temporary, "patientEvent"), "timingDate": "2026-12-14"},
            {"sequence": 2, "category": coded(temporary, "freeFormMessage"), "valueString": "PLEASE HURRY"},
            {
                "sequence": 3,
                "category": coded(temporary, "additionalInformation"),
                "extension": [ext("documentInformation", extension=document_info)],
                "valueReference": {"reference": "DocumentReference/d"},
            },
        ],
    )
    report = {"resourceType": "DocumentReference", "id": "d", "status": "current", "content": [{"attachment": {}}]}
    back = read(bundle(whole, *EVERYBODY, PRACTITIONER, IN_ROLE, report))
    request, (service,) = back.request, back.request.services
    assert request.urgency is Urgency.URGENT
    assert [(each.code, each.kind) for each in request.diagnoses] == [("G894", DiagnosisKind.PRINCIPAL)]
    assert (request.note, request.event_dates) == ("PLEASE HURRY", DateSpan(start=service.dates.start))  # type: ignore[union-attr]
    assert [(each.npi, each.contact and each.contact.telephone) for each in request.providers] == [
        ("1999999984", "2025550101")
    ]
    assert [each.organization for each in service.providers] == ["EXAMPLE SPINE CLINIC"]
    assert (service.quantity and service.quantity.unit, service.charge) == (Unit.VISITS, Decimal(300))
    assert (service.diagnosis_numbers, service.procedure.modifiers) == ((1,), ("RT",))
    assert [(each.report_type, each.way) for each in service.attachments] == [("RR", AttachmentWay.ELECTRONIC)]
    assert [(each.path, each.code) for each in back.losses] == [("Bundle.entry[7].resource", "no_place")]


def test_a_dependent_is_a_patient_apart_from_the_subscriber() -> None:
    child = PATIENT | {"id": "2", "name": [{"family": "EXAMPLE", "given": ["CASEY"]}]}
    card = COVERAGE | {
        "beneficiary": {"reference": "Patient/2"},
        "relationship": coded("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "child"),
    }
    whole = claim(patient={"reference": "Patient/2"})
    request = read(bundle(whole, *EVERYBODY[:3], card, child)).request
    assert request.dependent is not None
    assert (request.dependent.relationship, request.dependent.name.first) == (Relationship.CHILD, "CASEY")
    assert (request.subscriber.name.first, request.subscriber.member_id) == ("AVERY", "EX0000001")


def test_an_item_with_a_service_type_only_is_a_request_without_services() -> None:
    alone = item(productOrService=coded(f"{X12}/1365", "62"))
    request = read(bundle(claim(alone))).request
    assert (request.services, request.service_type) == ((), "62")
    assert faults(bundle(claim(alone, item(2)))) == {"Bundle.entry[0].resource.item[0].productOrService": "procedure"}


def test_a_service_type_beside_a_revenue_code_is_the_revenue_code() -> None:
    stay = item(
        productOrService=coded(f"{X12}/1365", "62"),
        revenue=coded("https://www.nubc.org/CodeSystem/RevenueCodes", "0120"),
    )
    (service,) = read(bundle(claim(stay))).request.services
    assert (service.procedure.system, service.procedure.code) == (CodeSystem.REVENUE, "0120")


def test_the_code_of_an_ordered_device_is_what_is_asked_for() -> None:
    order = {
        "resourceType": "DeviceRequest",
        "id": "o",
        "status": "active",
        "intent": "order",
        "codeCodeableConcept": coded(HCPCS, "E1223"),
        "subject": {"reference": "Patient/1"},
    }
    asked = item(productOrService=coded(f"{X12}/1365", "62"))
    asked["extension"].append(ext("requestedService", valueReference={"reference": "DeviceRequest/o"}))
    back = read(bundle(claim(asked), *EVERYBODY, order))
    assert [each.procedure.code for each in back.request.services] == ["E1223"]
    assert back.losses == ()


# --- updates ------------------------------------------------------------------------------------------------------


def update(*items: Json) -> Json:
    earlier = claim(identifier=[{"system": "urn:example:requests", "value": "R-0"}]) | {"id": "0"}
    related = {
        "claim": {"reference": f"{BASE}/Claim/0"},
        "relationship": coded("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior"),
    }
    return bundle(claim(*items, related=[related]), *EVERYBODY, earlier)


def flagged(number: int, how: str, kind: str = "I", *, withdrawn: bool = False) -> Json:
    made = item(number)
    made["extension"][1] = ext("certificationType", valueCodeableConcept=coded(f"{X12}/1322", kind))
    made["extension"].append(ext("infoChanged", valueCode=how))
    if withdrawn:
        made["modifierExtension"] = [{"url": f"{PAS}/modifierextension-infoCancelled", "valueBoolean": True}]
    return made


def test_an_update_sends_what_it_changes_and_names_what_it_updates() -> None:
    back = read(update(item(1), flagged(2, "changed", "3", withdrawn=True), flagged(3, "added")))
    assert back.prior == "urn:example:requests|R-0"
    assert (back.request.kind, back.sequences) == (RequestKind.REVISED, (2, 3))
    assert [each.kind for each in back.request.services] == [RequestKind.CANCEL, RequestKind.INITIAL]
    assert [each.path for each in back.losses] == ["Bundle.entry[0].resource.item[0]"]


def test_an_update_that_withdraws_everything_is_a_cancellation() -> None:
    back = read(update(flagged(1, "changed", "3", withdrawn=True)))
    assert back.request.kind is RequestKind.CANCEL
    assert [each.kind for each in back.request.services] == [None]


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_modifier_that_is_not_known_is_refused() -> None:
    document = bundle(claim(item(modifierExtension=[{"url": "urn:example:not", "valueBoolean": True}])))
    assert faults(document) == {"Bundle.entry[0].resource.item[0].modifierExtension": "unknown_modifier"}


@pytest.mark.parametrize("document", [None, [], "x", 3, {}, {"resourceType": "Patient"}, {"entry": 4}])
def test_what_is_no_bundle_is_refused(document: Any) -> None:
    with pytest.raises(InvalidRequest):
        read_request(document)


CHANGES: list[tuple[str, Any, dict[str, str]]] = [
    ("use", "claim", {"Bundle.entry[0].resource.use": "use"}),
    ("status", "cancelled", {"Bundle.entry[0].resource.status": "status"}),
    ("identifier", [], {"Bundle.entry[0].resource.identifier": "required"}),
    ("item", [], {"Bundle.entry[0].resource.item": "required"}),
    ("provider", {"reference": "Organization/x"}, {"Bundle.entry[0].resource.provider": "unresolved_reference"}),
    ("insurer", {"reference": "Organization/clinic"}, {"Bundle.entry[1].resource.identifier": "unknown_payer"}),
    ("patient", None, {"Bundle.entry[0].resource.patient": "required"}),
    (
        "diagnosis",
        [{"sequence": 1, "diagnosisCodeableConcept": coded("http://terminology.hl7.org/CodeSystem/icd9cm", "401.9")}],
        {"Bundle.entry[0].resource.diagnosis[0].diagnosisCodeableConcept": "code_system"},
    ),
    (
        "item",
        [item(quantity={"value": 3, "unit": "bushel"})],
        {"Bundle.entry[0].resource.item[0].quantity": "unit"},
    ),
    ("item", [item(servicedDate="2026-12")], {"Bundle.entry[0].resource.item[0].servicedDate": "date"}),
    (
        "item",
        [item(servicedPeriod={"start": "2026-12-01"})],
        {"Bundle.entry[0].resource.item[0].servicedPeriod": "period"},
    ),
    ("item", [item(diagnosisSequence=[4])], {"Bundle.entry[0].resource.item[0].diagnosisSequence[0]": "sequence"}),
]


@pytest.mark.parametrize(("name", "value", "expected"), CHANGES)
def test_a_fault_names_its_place_and_its_rule(name: str, value: Any, expected: dict[str, str]) -> None:
    assert faults(bundle(claim() | {name: value})) == expected


def test_all_faults_come_at_once_and_none_tells_a_value() -> None:
    document = bundle(claim(use="CANARY", status="CANARY", provider={"reference": "CANARY"}))
    with pytest.raises(InvalidRequest) as found:
        read(document)
    assert len(found.value.faults) == 3
    assert "CANARY" not in repr(found.value.faults)


@pytest.mark.parametrize("name", ["item", "supportingInfo", "careTeam"])
def test_parts_have_numbers_of_their_own(name: str) -> None:
    twice = (
        [item(1), item(1)]
        if name == "item"
        else [{"sequence": 1, "provider": {"reference": "Organization/clinic"}}] * 2
    )
    assert faults(bundle(claim() | {name: twice}))[f"Bundle.entry[0].resource.{name}"] == "sequence"


def test_a_provider_that_no_item_points_to_is_told() -> None:
    alone = {
        "extension": [ext("careTeamClaimScope", valueBoolean=False)],
        "sequence": 1,
        "provider": {"reference": "Organization/clinic"},
    }
    back = read(bundle(claim(careTeam=[alone])))
    assert [each.path for each in back.losses] == ["Bundle.entry[0].resource.careTeam[0]"]


def test_without_a_member_id_nobody_is_found() -> None:
    document = bundle(claim())
    card = document["entry"][4]["resource"]
    del card["identifier"], card["subscriberId"]
    assert faults(document) == {"Bundle.entry[4].resource.identifier": "required"}


def test_reading_changes_nothing() -> None:
    document = bundle(claim())
    before = copy.deepcopy(document)
    read(document)
    assert document == before
