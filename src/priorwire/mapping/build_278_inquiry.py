"""Where does a review stand? A 278 inquiry (005010X215).

By number where the payer has given one, else by example: the member, the dates, the principal
diagnosis (payers search by one), the providers and the services of the request itself. The
guide is known from samples only; what is sent here is what those samples have.
"""

from __future__ import annotations

from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Draft
from priorwire.mapping.review_segments import (
    add_diagnoses,
    add_event_dates,
    add_event_provider,
    add_header,
    add_parties,
    add_review,
    add_service,
)
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, ServiceLine
from priorwire.x12.segments import Segment


def build_278_inquiry(
    request: AuthorizationRequest,
    context: BuildContext,
    *,
    authorization_number: str | None = None,
    administrative_reference: str | None = None,
) -> list[Segment]:
    """The body of a 278 inquiry, BHT on, without ST and SE.

    Args:
        request: the request that is asked about.
        context: `reference` and `trace_number` are the inquiry's own. The payer gives both back, so a review
            in the answer is known for ours only by what the *request* carried, or by the payer's number.
        authorization_number: certification number, where the payer has given one.
        administrative_reference: the payer's tracking number, where it has given one.

    Raises:
        LocalX12Error: as `build_278`.
    """
    draft = Draft(context.delimiters)
    known = bool(authorization_number or administrative_reference)
    lines = () if known else request.services
    add_header(draft, "28", context)
    patient = add_parties(draft, request, context)
    event = draft.level("EV", parent=patient, children=bool(lines))
    draft.add("TRN", "1", context.trace_number, context.trace_assigner)
    add_review(draft, request)
    draft.reference("BB", authorization_number)
    draft.reference("NT", administrative_reference)
    add_event_dates(draft, request)
    if not known:
        _add_example(draft, request)
    for line in lines:
        draft.level("SS", parent=event, children=False)
        _add_line(draft, line)
    return draft.segments


def _add_example(draft: Draft, request: AuthorizationRequest) -> None:
    add_diagnoses(draft, _principal(request.diagnoses))
    for provider in request.providers:
        add_event_provider(draft, provider)


def _principal(diagnoses: tuple[Diagnosis, ...]) -> tuple[Diagnosis, ...]:
    """The one diagnosis to search by; the first where none is marked as principal."""
    marked = [each for each in diagnoses if each.kind is DiagnosisKind.PRINCIPAL]
    return tuple((marked or list(diagnoses))[:1])


def _add_line(draft: Draft, line: ServiceLine) -> None:
    draft.date("472", line.dates)
    # Without the quantity: the payer may have changed it, and a search by it would then miss.
    add_service(draft, line, with_quantity=False)
