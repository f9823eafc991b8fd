"""Our own 278 request, read back: the inverse of `build_278` (005010X217).

`read_278_request` of what `build_278` made is the request again, in the spelling that is sent
and in its normal form:

* text in capitals of the basic character set, codes without points, blanks around taken off;
* the principal diagnosis first and the admitting one second, `diagnosis_numbers` along with them;
* the days of a stay in `Admission.days` and not in the delivery; for a service, see `read_request_services`;
* a provider of an event or a service without a role renders it; conditions and causes in the
  order of the guide; a document that needs a number has the one that was made for it;
* what `build_278` deliberately does not send is absent.

Building what was read gives the same segments again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from priorwire.mapping import read_request_care, spelling
from priorwire.mapping.read_request_parties import dependent, provider, subscriber, text
from priorwire.mapping.read_request_services import delivery, event_provider, facility, service, span
from priorwire.mapping.request_codes import (
    CATEGORY,
    DEPENDENT_NUMBER_278,
    DIAGNOSIS,
    PROVIDER_PRV,
    RELATED_CAUSE,
    RELATIONSHIP_278,
    REQUEST_KIND,
    REQUESTER_NUMBER,
    SUBSCRIBER_NUMBER_278,
    URGENCY,
    inverse,
)
from priorwire.mapping.service_segments import line_category
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    Diagnosis,
    RequestKind,
    ReviewCategory,
)
from priorwire.model.care import Accident
from priorwire.model.parties import Provider, ProviderRole
from priorwire.model.services import Delivery, Quantity, Unit
from priorwire.x12 import LoopNode, Segment

_CATEGORIES, _KINDS, _URGENCIES = inverse(CATEGORY), inverse(REQUEST_KIND), inverse(URGENCY)
_DIAGNOSES, _CAUSES = inverse(DIAGNOSIS), inverse(RELATED_CAUSE)
_REQUESTER_ROLES = {code: role for role, code in PROVIDER_PRV.items() if code != "PE"}


def read_278_request(root: LoopNode, payer_id: str) -> AuthorizationRequest:
    """The request that a placed 278 request holds.

    Args:
        root: the set, placed by the guide of a 278 request.
        payer_id: our id of the payer, which no transaction carries.

    Raises:
        ValueError: there is no requester, no subscriber or no event.
    """
    names = {loop_id: next(iter(root.find_loops(loop_id)), None) for loop_id in ("2010B", "2010C", "2010D", "2000E")}
    requester, insured, patient, event = names.values()
    if requester is None or insured is None or event is None:
        raise ValueError("not a request for review: a level is missing")
    review = event.first("UM") or Segment(["UM"])
    category = _CATEGORIES.get(review.element(1), ReviewCategory.HEALTH_SERVICES)
    kind = _KINDS.get(review.element(2), RequestKind.INITIAL)
    place, bill = facility(review)
    admission, spread = _stay(event)
    asked = AuthorizationRequest(
        payer_id=payer_id,
        requester=_requester(requester),
        subscriber=subscriber(insured, SUBSCRIBER_NUMBER_278),
        dependent=dependent(patient, DEPENDENT_NUMBER_278, RELATIONSHIP_278) if patient else None,
        category=category,
        kind=kind,
        service_type=text(review, 3),
        place_of_service=place,
        bill_type=bill,
        urgency=_URGENCIES.get(review.element(6)),
        accident=_accident(event, review),
        health_condition=text(review, 7),
        prognosis=text(review, 8),
        information_release=text(review, 9),
        delay_reason=text(review, 10),
        diagnoses=_diagnoses(event),
        event_dates=span(event, "AAH"),
        onset=_day(event, "431"),
        last_menstrual_period=_day(event, "484"),
        estimated_birth=_day(event, "ABC"),
        admission=admission,
        delivery=spread,
        attachments=read_request_care.attachments(event),
        providers=tuple(event_provider(each) for each in event.loops("2010EA")),
        previous_authorization_number=text(event.first("REF", {1: "BB"}), 2),
        previous_administrative_reference=text(event.first("REF", {1: "NT"}), 2),
        note=text(event.first("MSG"), 1),
    )
    return _with_care(asked, event)


def _with_care(asked: AuthorizationRequest, event: LoopNode) -> AuthorizationRequest:
    own = line_category(asked)
    return replace(
        asked,
        conditions=read_request_care.conditions(event),
        ambulance=read_request_care.ambulance(event),
        spinal_manipulation=read_request_care.spinal_manipulation(event),
        oxygen=read_request_care.oxygen(event),
        home_health=read_request_care.home_health(event, asked.kind),
        other_reviews=read_request_care.other_reviews(event),
        services=tuple(service(each, own) for each in event.loops("2000F")),
    )


def _requester(node: LoopNode) -> Provider:
    told = node.first("PRV")
    role = _REQUESTER_ROLES.get(told.element(1)) if told else None
    if node.opener is not None and node.opener.element(1) == "FA":
        role = ProviderRole.FACILITY
    return provider(node, REQUESTER_NUMBER, role, tax=("24", "EI"))


def _accident(event: LoopNode, review: Segment) -> Accident | None:
    codes = (review.component(5, part) for part in (1, 2, 3))
    accident = Accident(
        causes=tuple(_CAUSES[code] for code in codes if code in _CAUSES),
        on=_day(event, "439"),
        state=spelling.said(review.component(5, 4)),
        country=spelling.said(review.component(5, 5)),
    )
    return None if accident == Accident() else accident


def _diagnoses(event: LoopNode) -> tuple[Diagnosis, ...]:
    segment = event.first("HI")
    if segment is None:
        return ()
    return tuple(
        Diagnosis(
            code=segment.component(element, 2).strip(),
            kind=_DIAGNOSES[segment.component(element, 1)],
            on=spelling.read_day(segment.component(element, 4)),
        )
        for element in range(1, len(segment.elements))
        if segment.component(element, 1) in _DIAGNOSES
    )


def _stay(event: LoopNode) -> tuple[Admission | None, Delivery | None]:
    """The admission, where one is dated, and what HSD says beside its days."""
    spread, admitted = delivery(event), span(event, "435")
    if admitted is None:
        return None, spread
    described = event.first("CL1")
    days: Quantity | None = None
    if spread and spread.quantity and spread.quantity.unit is Unit.DAYS:
        days, spread = spread.quantity, replace(spread, quantity=None)
    admission = Admission(
        admitted=admitted,
        days=days,
        discharged=_day(event, "096"),
        type_code=text(described, 1),
        source_code=text(described, 2),
        patient_status=text(described, 3),
        nursing_home_status=text(described, 4),
    )
    return admission, None if spread == Delivery() else spread


def _day(event: LoopNode, qualifier: str) -> date | None:
    when = span(event, qualifier)
    return when.start if when else None
