"""Where does a review stand? A 278 inquiry (005010X215).

By number where the payer has given one, else by example: the member, the dates, the principal
diagnosis (payers search by one), the providers and the services of the request itself. The
guide is known from samples only; what is sent here is what those samples have.
"""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Body, Draft
from priorwire.mapping.review_segments import (
    add_diagnoses,
    add_event_dates,
    add_event_provider,
    add_header,
    add_parties,
    add_review,
)
from priorwire.mapping.service_segments import add_example
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind


def build_278_inquiry(
    request: AuthorizationRequest,
    context: BuildContext,
    *,
    authorization_number: str | None = None,
    administrative_reference: str | None = None,
) -> Body:
    """The body of a 278 inquiry, BHT on, without ST and SE.

    Args:
        request: the request that is asked about.
        context: `reference` and `trace_number` are the inquiry's own. The payer gives both back, so a review
            in the answer is known for ours only by what the *request* carried, or by the payer's number.
        authorization_number: certification number, where the payer has given one.
        administrative_reference: the payer's tracking number, where it has given one.

    Raises:
        InvalidRequest: as `build_278`.
    """
    draft = Draft(context.delimiters)
    known = bool(authorization_number or administrative_reference)
    lines = () if known else request.services
    add_header(draft, "28", context)
    patient = add_parties(draft, request, context)
    event = draft.level("EV", parent=patient, children=bool(lines))
    draft.add("TRN", "1", context.trace_number, context.trace_assigner)
    add_review(draft, request, in_full=False)
    draft.reference("BB", authorization_number, "")
    draft.reference("NT", administrative_reference, "")
    add_event_dates(draft, request)
    if not known:
        _add_example(draft, request)
    for index, line in enumerate(lines):
        with draft.about("services", index):
            draft.level("SS", parent=event, children=False)
            draft.date("472", line.dates, "dates")
            add_example(draft, line)
    return draft.finish()


def _add_example(draft: Draft, request: AuthorizationRequest) -> None:
    add_diagnoses(draft, _principal(request.diagnoses))
    for index, provider in enumerate(request.providers):
        with draft.about("providers", index):
            add_event_provider(draft, provider)


def _principal(diagnoses: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """The one diagnosis to search by; the first where none is marked as principal."""
    marked = [each for each in diagnoses if each.kind is DiagnosisKind.PRINCIPAL]
    return tuple((marked or list(diagnoses))[:1])
