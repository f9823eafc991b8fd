"""A request for review as a 278 (005010X217): one patient, one event, its services.

Deliberately not sent: `client_reference` and `payer_id` (ours alone); a gender without a birth
date (DMG02 is required); the taxonomy of a facility or a service location (PRV01 has no code
for them); the earlier numbers of an initial request (it has no predecessor); a fourth number of
a contact (PER holds three); the modifiers of a revenue code (SV201 is no composite).
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
    add_service_provider,
    add_stay,
)
from priorwire.model.authorization import AuthorizationRequest, RequestKind, ServiceLine
from priorwire.x12.segments import Segment


def build_278(request: AuthorizationRequest, context: BuildContext) -> list[Segment]:
    """The body of a 278 request, BHT on, without ST and SE.

    A cancellation is told twice: by BHT02 and by UM02 (005010X217).

    Raises:
        LocalX12Error: an identifier holds a delimiter of the interchange, or a code system or a
            unit has no code in a 278.
    """
    draft = Draft(context.delimiters)
    add_header(draft, "01" if request.kind is RequestKind.CANCEL else "13", context)
    patient = add_parties(draft, request, context)
    event = draft.level("EV", parent=patient, children=bool(request.services))
    _add_event(draft, request, context)
    for line in request.services:
        draft.level("SS", parent=event, children=False)
        _add_line(draft, line)
    return draft.segments


def _add_event(draft: Draft, request: AuthorizationRequest, context: BuildContext) -> None:
    draft.add("TRN", "1", context.trace_number, context.trace_assigner)
    add_review(draft, request)
    if request.kind is not RequestKind.INITIAL:
        draft.reference("BB", request.previous_authorization_number)
        draft.reference("NT", request.previous_administrative_reference)
    add_event_dates(draft, request)
    add_diagnoses(draft, request.diagnoses)
    add_stay(draft, request.admission)
    draft.message(request.note)
    for provider in request.providers:
        add_event_provider(draft, provider)


def _add_line(draft: Draft, line: ServiceLine) -> None:
    draft.date("472", line.dates)
    add_service(draft, line)
    draft.message(line.note)
    for provider in line.providers:
        add_service_provider(draft, provider)
