"""``docs/reference/fhir.md``: where each field stands in FHIR, and what has no place there.

``python -m tests.docs.pages`` writes it anew. The losses are those that the mapping itself
declares; the places are named here, and a test holds both against the fields of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from priorwire.mapping.fhir.eligibility_losses import COVERAGE, INQUIRY
from priorwire.mapping.fhir.loss import Declared
from priorwire.mapping.fhir.request_losses import REQUEST
from priorwire.mapping.fhir.response_losses import RECORD

REQUEST_PLACES: Mapping[str, str] = {
    "payer_id": "`insurer` → Organization, any `identifier` that an installed guide is known by",
    "requester": "`provider` → Organization, or PractitionerRole with its Practitioner",
    "subscriber": "`insurance.coverage` → Coverage: `identifier` (MB), `class` (group), `subscriber` → Patient",
    "dependent": "`patient` → Patient, with Coverage `relationship`",
    "category": "`item` extension serviceItemRequestType; the event takes after its first item",
    "kind": "extension certificationType, on the Claim and on each item",
    "service_type": "`item.category`; the event takes after its first item",
    "place_of_service": "`item.locationCodeableConcept` (place of service); the event takes after its first item",
    "bill_type": "`item.locationCodeableConcept` (type of bill); the event takes after its first item",
    "urgency": "extension levelOfServiceCode",
    "accident": "`accident`",
    "diagnoses": "`diagnosis`, extension diagnosisRecordedDate",
    "event_dates": "`supportingInfo` patientEvent",
    "admission": "`supportingInfo` admissionDates, dischargeDates; extension Claim.encounter → Encounter",
    "delivery": "extension requestedService → ServiceRequest, of a request without services",
    "conditions": "extension conditionCode",
    "home_health": "extension homeHealthCareInformation: prognosis and start",
    "attachments": "`supportingInfo` additionalInformation, extension documentInformation; no item points to it",
    "providers": "`careTeam`, extension careTeamClaimScope true",
    "services": "`item`",
    "previous_authorization_number": "extension authorizationNumber",
    "previous_administrative_reference": "extension administrationReferenceNumber",
    "note": "`supportingInfo` freeFormMessage; no item points to it",
    "client_reference": "`identifier`, written as `system|value`",
    "services[].procedure": "`item.productOrService`, `item.modifier`, extension productOrServiceCodeEnd",
    "services[].category": "extension serviceItemRequestType",
    "services[].kind": "extension certificationType",
    "services[].service_type": "`item.category`",
    "services[].place_of_service": "`item.locationCodeableConcept`",
    "services[].bill_type": "`item.locationCodeableConcept`",
    "services[].revenue_code": "`item.revenue`",
    "services[].quantity": "`item.quantity`, unit of X12 element 673",
    "services[].delivery": "extension requestedService → ServiceRequest: `quantityQuantity`, `occurrenceTiming`",
    "services[].dates": "`item.serviced[x]`",
    "services[].charge": "`item.net`; read from `item.unitPrice`, too",
    "services[].unit_rate": "extension revenueUnitRateLimit",
    "services[].diagnosis_numbers": "`item.diagnosisSequence`",
    "services[].epsdt": "extension epsdtIndicator",
    "services[].nursing_level": "extension nursingHomeLevelOfCare",
    "services[].nursing_home_status": "extension nursingHomeResidentialStatus",
    "services[].attachments": "`supportingInfo` additionalInformation, by `item.informationSequence`",
    "services[].providers": "`careTeam`, extension careTeamClaimScope false, by `item.careTeamSequence`",
    "services[].previous_authorization_number": "extension authorizationNumber",
    "services[].previous_administrative_reference": "extension administrationReferenceNumber",
    "services[].note": "`supportingInfo` freeFormMessage, by `item.informationSequence`",
}

RECORD_PLACES: Mapping[str, str] = {
    "status": "`adjudication` extension reviewAction (code); `outcome` error of a refusal before review",
    "decision_code": "`adjudication` extension reviewAction: code",
    "purpose": "the profile of the ClaimResponse",
    "pended_for": "follows from the reasons and from what is asked for",
    "authorization_number": "`preAuthRef`",
    "administrative_reference": "extension administrationReferenceNumber",
    "previous_authorization_number": "extension authorizationNumber",
    "effective_date": "`preAuthPeriod.start`",
    "expiration_date": "`preAuthPeriod.end`",
    "second_opinion": "reviewAction: secondSurgicalOpinionFlag",
    "admitted": "extension admissionDates, on each item",
    "discharged": "extension dischargeDate, on each item",
    "reasons": "reviewAction: reasonCode",
    "rejections": "`error`: code, extensions errorFollowupAction and errorElement, `itemSequence`",
    "messages": "`processNote`",
    "traces": "`identifier`; the payer's own with `use` official",
    "reference": "`Bundle.identifier`",
    "services": "`item`; what nobody asked for in `addItem`",
    "requested_documents": "`communicationRequest` → CommunicationRequest",
    "providers": "extension itemAuthorizedProvider",
    "contacts": "`insurer` → Organization.contact with purpose PAYOR",
    "payer": "`insurer` → Organization",
    "requester": "`requestor`",
    "subscriber": "`insurance.coverage` → Coverage.subscriber",
    "patient": "`patient`; Coverage.relationship",
    "services[].procedure": "extension itemAuthorizedDetail: productOrServiceCode, modifier, productOrServiceCodeEnd",
    "services[].revenue_code": "extension itemAuthorizedDetail: revenueCode",
    "services[].status": "`item.adjudication` extension reviewAction (code); A6 with an `addItem` of what was approved",
    "services[].decision_code": "`item.adjudication` extension reviewAction: code",
    "services[].pended_for": "follows from the reasons and from what is asked for",
    "services[].authorization_number": "reviewAction: number",
    "services[].administrative_reference": "extension administrationReferenceNumber",
    "services[].previous_authorization_number": "extension authorizationNumber",
    "services[].second_opinion": "reviewAction: secondSurgicalOpinionFlag",
    "services[].quantity": "extension itemAuthorizedDetail: quantity",
    "services[].delivery": "extension itemAuthorizedDetail: requestedService → ServiceRequest",
    "services[].dates": "extension itemRequestedServiceDate",
    "services[].issued_date": "extension itemPreAuthIssueDate",
    "services[].effective_date": "extension itemPreAuthPeriod: start",
    "services[].expiration_date": "extension itemPreAuthPeriod: end",
    "services[].reasons": "reviewAction: reasonCode",
    "services[].messages": "`processNote`, by `item.noteNumber`",
    "services[].traces": "extension itemTraceNumber",
    "services[].providers": "extension itemAuthorizedProvider",
}

INQUIRY_PLACES: Mapping[str, str] = {
    "payer_id": "`insurer`",
    "provider": "`provider`",
    "subscriber": "`insurance.coverage` → Coverage, `subscriber` → Patient",
    "dependent": "`patient`",
    "service_types": "`item.category`, an item each",
    "procedures": "`item.productOrService`, an item each",
    "diagnoses": "`item.diagnosis`, on each item",
    "place_of_service": "`item.facility` → Location.type, on each item",
    "dates": "`serviced[x]`",
    "client_reference": "`identifier`, written as `system|value`",
}

COVERAGE_PLACES: Mapping[str, str] = {
    "status": "`insurance.inforce`; `outcome` error and the codes of `error`",
    "payer": "`insurer`",
    "provider": "`requestor`",
    "subscriber": "`insurance.coverage` → Coverage.subscriber",
    "patient": "`patient`; Coverage.relationship",
    "plan": "Coverage `class` (plan)",
    "plan_dates": "Coverage `period`",
    "benefits": "`insurance.item`, one for each service type",
    "rejections": "`error`",
    "traces": "`identifier`",
    "reference": "`Bundle.identifier`",
    "benefits[].information": "`item.benefit.type`, code of X12 element 1390",
    "benefits[].service_types": "`item.category`",
    "benefits[].procedure": "`item.productOrService`, `item.modifier`",
    "benefits[].network": "`item.network`",
    "benefits[].amount": "`item.benefit.allowedMoney`",
    "benefits[].percent": "`item.benefit.allowedString`, such as `20%`",
    "benefits[].quantity": "`item.benefit` with a type of X12 element 673",
    "benefits[].period": "`item.term`, code of X12 element 615",
    "benefits[].authorization_required": "`item.authorizationRequired`",
    "benefits[].coverage_level": "`item.unit`, code of X12 element 1207",
    "benefits[].plan": "`item.name`",
    "benefits[].messages": "`item.description`, a line each",
}

#: Title, the resource whose elements are named, places, declared losses.
TABLES: tuple[tuple[str, str, Mapping[str, str], Declared], ...] = (
    ("A request for review", "Claim", REQUEST_PLACES, REQUEST),
    ("A review", "ClaimResponse", RECORD_PLACES, RECORD),
    ("A question about coverage", "CoverageEligibilityRequest", INQUIRY_PLACES, INQUIRY),
    ("A coverage", "CoverageEligibilityResponse", COVERAGE_PLACES, COVERAGE),
)

_HEAD = """# FHIR

Generated; do not edit. `.venv/bin/python -m tests.docs.pages` writes it anew.

The gateway speaks FHIR R4 under `/fhir`, in JSON: Da Vinci Prior Authorization Support (PAS) 2.2 for reviews, and
CoverageEligibilityRequest for coverage. Key, tenant, `Idempotency-Key`, `Prefer: respond-async` and audit are those of
the [JSON API](api.md). Why it is built this way: [FHIR is a second way in](../decisions/fhir-is-a-second-way-in.md).

| Interaction | Scope | In | Out |
|---|---|---|---|
"""

#: Interaction, scope, what goes in, what comes out.
_INTERACTIONS = (
    (
        "`POST /fhir/Claim/$submit`",
        "`authorization.write`",
        "PAS request bundle",
        "PAS response bundle; pended (A4) where the payer does not answer at once",
    ),
    (
        "`POST /fhir/Claim/$inquire`",
        "`authorization.read`",
        "PAS inquiry bundle: payer, member id, and a number, the Claim's identifier or procedure codes",
        "Parameters with a response bundle for each review, as it stands now",
    ),
    (
        "`POST /fhir/CoverageEligibilityRequest`, also `…/$submit`",
        "`eligibility.write`",
        "the request in a bundle, or with what it names inside",
        "bundle with a CoverageEligibilityResponse",
    ),
    ("`GET /fhir/metadata`", "none", "", "CapabilityStatement"),
)

_RULES = """
A reply has status 200 whatever the payer decided. A failure is an OperationOutcome: `expression` names the place by
FHIRPath, `details.coding` our code of the rule; 4xx means that the same request will fail again. No value of a request
stands in it. `Location` names the same transaction in the JSON API.

## What does not come over

Nothing is dropped in silence. A bundle that is read is walked to its last element: what a request of ours has no place
for is told with its FHIRPath. A record that is written tells the fields that FHIR has no place for. Both stand in the
reply as the last entry of the bundle, an OperationOutcome of `informational` issues, whose code is one of

| Code | Means |
|---|---|
| `no_place` | The other side has no place for it. |
| `moved` | It stands elsewhere, or is worked out again, and may be read differently. |
| `narrowed` | It came over less exactly than it was said. |
| `not_read` | An element that is not used here. |

What names or shows a thing (`id`, `meta`, `fullUrl`, a coding's `display`, a generated narrative) is no loss. An
element in `modifierExtension` that is not known is refused. Codes are carried as codes of `codesystem.x12.org`; X12's
and the AMA's texts are licensed and are not here.

An update (a Claim with `related`) sends the items that are marked as changed or added; one that names the Claim it
updates gets the number that the payer gave that one.
"""


def fhir_page() -> str:
    """The whole page."""
    rows = (f"| {' | '.join(each)} |" for each in _INTERACTIONS)
    return "\n".join((_HEAD.rstrip("\n"), *rows, _RULES, *(line for table in TABLES for line in _section(*table))))


def _section(title: str, resource: str, places: Mapping[str, str], losses: Declared) -> Iterator[str]:
    yield from (f"## {title}", "", f"| Field | In {resource} |", "|---|---|")
    yield from (f"| `{field}` | {place} |" for field, place in places.items())
    yield from ("", "| Never carried | Why |", "|---|---|")
    yield from (f"| `{field}` | {why} |" for field, why in losses.always.items())
    yield from ("", "| Not always carried | When not, and why |", "|---|---|")
    yield from (f"| `{field}` | {why} |" for field, why in losses.sometimes.items())
    yield ""
