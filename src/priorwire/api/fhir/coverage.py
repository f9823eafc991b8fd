"""``/fhir/CoverageEligibilityRequest``: a question about coverage, answered with a CoverageEligibilityResponse."""

from __future__ import annotations

from fastapi import APIRouter

from priorwire.api.auth import EligibilityWriter, TheServices
from priorwire.api.fhir.checked import Places, checked_inquiry, placed
from priorwire.api.fhir.documents import FhirResponse, Posted, answer, payer_ids
from priorwire.api.fhir.replies import coverage_reply, payer_name, with_losses
from priorwire.api.parameters import IdempotencyKey, Prefer, wants_async
from priorwire.gateway import queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.mapping.fhir import read_eligibility_request

router = APIRouter(prefix="/CoverageEligibilityRequest")


@router.post("")
@router.post("/$submit")
def ask(
    document: Posted,
    caller: EligibilityWriter,
    services: TheServices,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> FhirResponse:
    """A CoverageEligibilityRequest (in a bundle, or with what it names inside it) in, the response in a bundle out."""
    read = read_eligibility_request(document, payer_ids(services))
    whole = "Bundle.entry[0].resource" if read.request_url else "CoverageEligibilityRequest"
    places = Places(read.places, whole)
    with placed(places):
        inquiry, losses = checked_inquiry(read.inquiry, places)
        command = Command(
            tenant=caller.tenant,
            actor=caller.name,
            request=inquiry,
            idempotency_key=idempotency_key,
            at_once=not wants_async(prefer),
        )
        taken = check_eligibility(services, command)
    view = queries.transaction(services, caller.tenant, taken.row.id)
    written = coverage_reply(
        view, payer_name(services, view), services.clock, request=read.request, request_url=read.request_url
    )
    return answer(with_losses(written, [*read.losses, *losses]), Location=f"/v1/eligibility-checks/{taken.row.id}")
