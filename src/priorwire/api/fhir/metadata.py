"""``/fhir/metadata``: what this server can do, as a CapabilityStatement."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from priorwire.api.fhir.documents import FhirResponse, answer

router = APIRouter()

_PAS = "http://hl7.org/fhir/us/davinci-pas"
#: When this description last changed.
_DATE = "2026-11-21"


def capability_statement() -> dict[str, Any]:
    """What this server can do. It has no subscriptions: whoever waits asks, or takes the gateway's own webhooks."""
    claim = [
        _operation("submit", f"{_PAS}/OperationDefinition/Claim-submit"),
        _operation("inquire", f"{_PAS}/OperationDefinition/Claim-inquiry"),
    ]
    coverage = [_operation("submit", "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit")]
    profiles = ("claim", "claim-update", "claim-inquiry")
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "priorwire"},
        "implementation": {"description": "Prior authorization and eligibility over X12 278 and 270/271."},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "implementationGuide": [f"{_PAS}/ImplementationGuide/hl7.fhir.us.davinci-pas"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "An API key as a bearer token, with the scopes of the JSON API."},
                "resource": [
                    {
                        "type": "Claim",
                        "supportedProfile": [f"{_PAS}/StructureDefinition/profile-{each}" for each in profiles],
                        "operation": claim,
                    },
                    {
                        "type": "CoverageEligibilityRequest",
                        "interaction": [{"code": "create"}],
                        "operation": coverage,
                    },
                ],
            }
        ],
    }


def _operation(name: str, definition: str) -> dict[str, str]:
    return {"name": name, "definition": definition}


@router.get("/metadata")
def metadata() -> FhirResponse:
    """Needs no key: nobody's data stands in it."""
    return answer(capability_statement())
