"""A transaction as a FHIR reply: its latest record, or that there is none yet, joined to the items asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from priorwire.api.fhir.documents import told
from priorwire.clock import Clock
from priorwire.gateway.ports import Services
from priorwire.gateway.queries import TransactionView
from priorwire.mapping.fhir import (
    Loss,
    ReplyContext,
    Written,
    claim_type,
    match,
    with_inquirer,
    with_parties,
    write_eligibility_response,
    write_response,
)
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, PendedFor, ReviewStatus
from priorwire.model.eligibility import Coverage, CoverageStatus, EligibilityInquiry
from priorwire.model.lifecycle import Delivery

#: What a review that has no answer yet is told with: our words, and no payer's.
_WAITING = "The payer has not answered yet; the gateway keeps asking."
_NOT_TAKEN = "The request could not be delivered to the payer; a person looks after it."


def payer_name(services: Services, view: TransactionView) -> str:
    """What the payer of a transaction is called."""
    profile = services.profiles.get(view.row.payer_id)
    return profile.identity.name if profile else view.row.payer_id


def claim_reply(
    view: TransactionView,
    payer: str,
    clock: Clock,
    *,
    sequences: Sequence[int] | None = None,
    bundle: str | None = None,
    claim_url: str | None = None,
    is_inquiry: bool = False,
) -> Written:
    """A transaction as a response bundle.

    Args:
        view: the transaction.
        payer: the payer's name, where the reply does not say it.
        clock: for the bundle's time.
        sequences: the Claim's numbers of its items; without them, they are counted from 1.
        bundle: ``system|value`` of the bundle that is answered.
        claim_url: the full URL of the Claim, where it is known.
        is_inquiry: the answer is one to an inquiry.
    """
    request = view.row.request
    assert isinstance(request, AuthorizationRequest)
    record = with_parties(_record(view), request, payer)
    numbers = tuple(sequences or range(1, max(len(request.services), 1) + 1))
    matched = match(request.services, numbers, record.services, view.row.trace_number)
    context = ReplyContext(
        reference=f"{view.row.reference}/{len(view.history)}",
        at=clock.now(),
        bundle=bundle,
        claim=request.client_reference,
        claim_url=claim_url,
        claim_type=claim_type(request),
        sequences=matched.sequences,
        unnamed=matched.unnamed,
        is_inquiry=is_inquiry,
    )
    return write_response(record, context)


def _record(view: TransactionView) -> AuthorizationRecord:
    latest = view.latest.record if view.latest else None
    if isinstance(latest, AuthorizationRecord):
        return latest
    note = _NOT_TAKEN if view.row.delivery is Delivery.REFUSED else _WAITING
    return AuthorizationRecord(status=ReviewStatus.PENDED, pended_for=PendedFor.NOT_STATED, messages=(note,))


def coverage_reply(
    view: TransactionView, payer: str, clock: Clock, *, request: str | None, request_url: str | None
) -> Written:
    """An eligibility check as a CoverageEligibilityResponse in a bundle."""
    latest = view.latest.record if view.latest else None
    coverage = latest if isinstance(latest, Coverage) else Coverage(status=CoverageStatus.UNKNOWN)
    inquiry = view.row.request
    assert isinstance(inquiry, EligibilityInquiry)
    coverage = with_inquirer(coverage, inquiry, payer)
    context = ReplyContext(
        reference=f"{view.row.reference}/{len(view.history)}", at=clock.now(), claim=request, claim_url=request_url
    )
    return write_eligibility_response(coverage, context)


def with_losses(written: Written, losses: Sequence[Loss] = ()) -> dict[str, Any]:
    """The bundle, with an OperationOutcome as its last entry where something did not come over.

    Args:
        written: the bundle, and what it could not carry of the answer.
        losses: what the request that is answered could not say.
    """
    issues = told([*losses, *(replace(each, path=f"record.{each.path}") for each in written.losses)])
    if not issues:
        return written.document
    entry = {
        "fullUrl": written.document["entry"][0]["fullUrl"][:-1] + "-losses",
        "resource": {"resourceType": "OperationOutcome", "issue": issues},
    }
    return {**written.document, "entry": [*written.document["entry"], entry]}
