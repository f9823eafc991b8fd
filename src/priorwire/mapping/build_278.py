"""A request for review as a 278 (005010X217): one patient, one event, its services.

What the request says and the guide has no place for is refused with its place (`InvalidRequest`).
Deliberately not sent, because it only describes a party and the guide has no place for it there
(all but the first the JSON schema refuses at the door):

* `client_reference` and `payer_id`, which are ours alone;
* a gender without a birth date (DMG02 is required), a subscriber's order of birth (INS17 is the
  dependent's), the prefix of a requester's or a dependent's name (NM106);
* the taxonomy of a role that PRV01 has no code for (a facility, a place, a group), and the role of
  a requester that is neither a facility nor one of PRV01;
* a fourth number of a contact (PER holds three).

A reservation of medical services is told by UM01 (IN) and BHT06 (RU). BHT02 stays a request (13), as
in the published example of the guide; the code for an authority to deduct (36) stands in lists
of the guide without an example, and a payer that knows either knows RU.
"""

from __future__ import annotations

from functools import partial

from priorwire.mapping.care_segments import (
    add_admission,
    add_ambulance,
    add_attachments,
    add_conditions,
    add_home_health,
    add_other_reviews,
    add_oxygen,
    add_spinal_manipulation,
    add_transport_places,
)
from priorwire.mapping.context import BuildContext
from priorwire.mapping.draft import Body, Draft
from priorwire.mapping.review_segments import (
    add_diagnoses,
    add_event_dates,
    add_event_provider,
    add_header,
    add_history_dates,
    add_parties,
    add_pattern,
    add_review,
    add_service_provider,
    diagnosis_order,
)
from priorwire.mapping.service_segments import add_line_review, add_service
from priorwire.model.authorization import AuthorizationRequest, RequestKind, ReviewCategory
from priorwire.model.services import Unit

#: These change a certification that exists: without its number, or that of the review, nobody knows which. An appeal
#: or a reconsideration may be about a denial that was given no number.
_NAMES_EARLIER = frozenset({RequestKind.CANCEL, RequestKind.EXTENSION, RequestKind.RENEWAL, RequestKind.REVISED})


def build_278(request: AuthorizationRequest, context: BuildContext) -> Body:
    """The body of a 278 request, BHT on, without ST and SE.

    A cancellation is told twice: by BHT02 and by UM02 (005010X217).

    Raises:
        InvalidRequest: an identifier holds a delimiter of the interchange, or the request holds what a 278 has no
            place for. Each fault has its JSON pointer.
    """
    draft = Draft(context.delimiters)
    purpose = "01" if request.kind is RequestKind.CANCEL else "13"
    add_header(draft, purpose, context, "RU" if request.category is ReviewCategory.RESERVATION else None)
    patient = add_parties(draft, request, context)
    event = draft.level("EV", parent=patient, children=bool(request.services))
    _add_event(draft, request, context)
    for index in range(len(request.services)):
        with draft.about("services", index):
            draft.level("SS", parent=event, children=False)
            _add_line(draft, request, index, context)
    return draft.finish()


def _add_event(draft: Draft, request: AuthorizationRequest, context: BuildContext) -> None:
    draft.add("TRN", "1", context.trace_number, context.trace_assigner)
    add_review(draft, request)
    earlier = request.previous_authorization_number or request.previous_administrative_reference
    if request.kind in _NAMES_EARLIER and not (earlier or "").strip():
        detail = "Which review this is about: its authorization number, or previous_administrative_reference."
        draft.refuse("previous_authorization_number", "required", detail)
    draft.reference("BB", request.previous_authorization_number, "previous_authorization_number")
    draft.reference("NT", request.previous_administrative_reference, "previous_administrative_reference")
    add_history_dates(draft, request)
    add_event_dates(draft, request)
    add_diagnoses(draft, request.diagnoses)
    _add_amount(draft, request)
    _add_care(draft, request)
    add_attachments(draft, request.attachments, context.attachment_number)
    draft.message(request.note)
    _add_event_parties(draft, request)


def _add_amount(draft: Draft, request: AuthorizationRequest) -> None:
    """HSD of the event: the days of a stay, or whatever the pattern says."""
    days = request.admission.days if request.admission else None
    if days and days.unit is not Unit.DAYS:
        draft.refuse("admission/days/unit", "no_such_unit_here", "A stay is asked for in days.")
    add_pattern(draft, days, request.delivery, "admission/days")


def _add_care(draft: Draft, request: AuthorizationRequest) -> None:
    add_conditions(draft, request.conditions)
    if request.admission:
        add_admission(draft, request.admission)
    if request.ambulance:
        with draft.about("ambulance"):
            add_ambulance(draft, request.ambulance)
    if request.spinal_manipulation:
        with draft.about("spinal_manipulation"):
            add_spinal_manipulation(draft, request.spinal_manipulation)
    if request.oxygen:
        with draft.about("oxygen"):
            add_oxygen(draft, request.oxygen)
    if request.home_health:
        with draft.about("home_health"):
            add_home_health(draft, request.home_health, request.kind)


def _add_event_parties(draft: Draft, request: AuthorizationRequest) -> None:
    for index, provider in enumerate(request.providers):
        with draft.about("providers", index):
            add_event_provider(draft, provider)
    if request.ambulance:
        with draft.about("ambulance"):
            add_transport_places(draft, request.ambulance)
    add_other_reviews(draft, request.other_reviews)


def _add_line(draft: Draft, request: AuthorizationRequest, index: int, context: BuildContext) -> None:
    line = request.services[index]
    draft.add("TRN", "1", context.line_trace(index + 1), context.trace_assigner)
    add_line_review(draft, request, line)
    draft.reference("BB", line.previous_authorization_number, "previous_authorization_number")
    draft.reference("NT", line.previous_administrative_reference, "previous_administrative_reference")
    draft.date("472", line.dates, "dates")
    add_service(draft, line, diagnosis_order(request.diagnoses))
    add_attachments(draft, line.attachments, partial(context.attachment_number, line=index + 1))
    draft.message(line.note)
    for number, provider in enumerate(line.providers):
        with draft.about("providers", number):
            add_service_provider(draft, provider)
