"""PAS bundles as public test suites and the guide's examples shape them: absolute URLs, relative references.

Everybody in them is invented.
"""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]

BASE = "http://ehr.example/fhir"
PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition"
X12 = "https://codesystem.x12.org/005010"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": "shown, never read"}]}


def ext(name: str, **value: Any) -> Json:
    return {"url": f"{PAS}/extension-{name}", **value}


def item(sequence: int = 1, **more: Any) -> Json:
    """One item: an MRI, asked for the first time."""
    return {
        "extension": [
            ext("serviceItemRequestType", valueCodeableConcept=coded(f"{X12}/1525", "HS")),
            ext("certificationType", valueCodeableConcept=coded(f"{X12}/1322", "I")),
        ],
        "sequence": sequence,
        "category": coded(f"{X12}/1365", "62"),
        "productOrService": coded("http://www.ama-assn.org/go/cpt", "72148"),
        "locationCodeableConcept": coded(
            "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set", "22"
        ),
    } | more


def claim(*items: Json, **more: Any) -> Json:
    return {
        "resourceType": "Claim",
        "id": "1",
        "meta": {"profile": [f"{PAS}/profile-claim"]},
        "identifier": [{"system": "urn:example:requests", "value": "R-1"}],
        "status": "active",
        "type": coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        "use": "preauthorization",
        "patient": {"reference": "Patient/1"},
        "created": "2026-12-01",
        "insurer": {"reference": "Organization/payer"},
        "provider": {"reference": "Organization/clinic"},
        "priority": coded("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/1"}}],
        "item": list(items) or [item()],
    } | more


CLINIC: Json = {
    "resourceType": "Organization",
    "id": "clinic",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
    "active": True,
    "type": [coded(f"{X12}/98", "X3")],
    "name": "EXAMPLE SPINE CLINIC",
}
PAYER: Json = {
    "resourceType": "Organization",
    "id": "payer",
    "identifier": [{"system": "urn:example:payers", "value": "NW1"}],
    "active": True,
    "name": "NORTHWIND",
}
PATIENT: Json = {
    "resourceType": "Patient",
    "id": "1",
    "name": [{"family": "EXAMPLE", "given": ["AVERY"]}],
    "gender": "female",
    "birthDate": "1980-02-29",
}
COVERAGE: Json = {
    "resourceType": "Coverage",
    "id": "1",
    "status": "active",
    "identifier": [{"type": coded("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"), "value": "EX0000001"}],
    "subscriberId": "EX0000001",
    "subscriber": {"reference": "Patient/1"},
    "beneficiary": {"reference": "Patient/1"},
    "relationship": coded("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
    "payor": [{"reference": "Organization/payer"}],
}
PRACTITIONER: Json = {
    "resourceType": "Practitioner",
    "id": "p",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1999999984"}],
    "name": [{"family": "SAMPLE", "given": ["RILEY"]}],
}
IN_ROLE: Json = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/p"},
    "telecom": [{"system": "phone", "value": "(202) 555-0101"}],
}
EVERYBODY = (CLINIC, PAYER, PATIENT, COVERAGE)


def bundle(first: Json, *others: Json) -> Json:
    """A collection of resources, `first` first."""
    resources = copy.deepcopy([first, *(others or EVERYBODY)])
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:example:transactions", "value": "A1"},
        "type": "collection",
        "timestamp": "2026-12-01T10:00:00Z",
        "entry": [{"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources],
    }


def response(*items: Json, **more: Any) -> Json:
    """A response bundle."""
    said = {
        "resourceType": "ClaimResponse",
        "id": "9",
        "identifier": [{"system": "urn:trnorg:9012345678", "value": "111099"}],
        "status": "active",
        "type": coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        "use": "preauthorization",
        "patient": {"reference": f"{BASE}/Patient/1"},
        "created": "2026-12-01",
        "insurer": {"reference": f"{BASE}/Organization/payer"},
        "requestor": {"reference": f"{BASE}/Organization/clinic"},
        "request": {"reference": f"{BASE}/Claim/1"},
        "outcome": "complete",
    }
    return bundle(said | ({"item": list(items)} if items else {}) | more, CLINIC, PAYER, PATIENT)


def decided(code: str, number: str | None = None, *reasons: str) -> list[Json]:
    """An adjudication, as PAS has it."""
    action = [ext("reviewActionCode", valueCodeableConcept=coded(f"{X12}/306", code))]
    action += [{"url": "number", "valueString": number}] if number else []
    external = "https://codesystem.x12.org/external/886"
    action += [{"url": "reasonCode", "valueCodeableConcept": coded(external, each)} for each in reasons]
    return [
        {
            "extension": [ext("reviewAction", extension=action)],
            "category": coded("http://terminology.hl7.org/CodeSystem/adjudication", "submitted"),
        }
    ]
