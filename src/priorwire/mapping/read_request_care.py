"""What single lines of care add to our own requests, read back: the inverse of `care_segments`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from priorwire.mapping import spelling
from priorwire.mapping.read_request_parties import address, text
from priorwire.mapping.request_codes import ATTACHMENT_WAY, CERTIFICATION, CONDITION, TRANSPORT_PLACE, TRIP, inverse
from priorwire.model.authorization import RequestKind
from priorwire.model.care import (
    AmbulanceTransport,
    Attachment,
    AttachmentWay,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    PatientCondition,
    SpinalManipulation,
    TransportPlace,
    Trip,
)
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode
from priorwire.x12 import LoopNode, Segment

_CONDITIONS, _PLACES = inverse(CONDITION), inverse(TRANSPORT_PLACE)
_TRIPS, _WAYS = inverse(TRIP), inverse(ATTACHMENT_WAY)


def number(segment: Segment, element: int) -> Decimal | None:
    """An element of type R."""
    return spelling.read_number(segment.element(element))


def texts(segment: Segment, *elements: int) -> tuple[str, ...]:
    """Those of the elements that are there."""
    return tuple(each for each in (text(segment, element) for element in elements) if each)


def conditions(event: LoopNode) -> tuple[PatientCondition, ...]:
    """CRC."""
    return tuple(
        PatientCondition(
            category=_CONDITIONS[each.element(1)],
            applies=each.element(2) == "Y",
            codes=texts(each, *range(3, 8)),
        )
        for each in event.all("CRC")
        if each.element(1) in _CONDITIONS
    )


def ambulance(event: LoopNode) -> AmbulanceTransport | None:
    """CR1 and 2010EB."""
    segment = event.first("CR1")
    if segment is None:
        return None
    return AmbulanceTransport(
        trip=_TRIPS.get(segment.element(3), Trip.INITIAL),
        reason=text(segment, 4),
        weight_pounds=number(segment, 2),
        distance_miles=number(segment, 6),
        round_trip_purpose=text(segment, 9),
        stretcher_purpose=text(segment, 10),
        places=tuple(filter(None, map(_place, event.loops("2010EB")))),
    )


def spinal_manipulation(event: LoopNode) -> SpinalManipulation | None:
    """CR2."""
    segment = event.first("CR2")
    if segment is None:
        return None
    return SpinalManipulation(
        nature=text(segment, 8) or "",
        complication=segment.element(9) == "Y",
        treatment_number=spelling.read_count(segment.element(1)),
        treatments_in_series=number(segment, 2),
        first_level=text(segment, 3),
        last_level=text(segment, 4),
        description=text(segment, 10),
        further_description=text(segment, 11),
        xrays_available=spelling.read_yes_no(segment.element(12)),
    )


def oxygen(event: LoopNode) -> OxygenTherapy | None:
    """CR5."""
    segment = event.first("CR5")
    if segment is None:
        return None
    return OxygenTherapy(
        equipment=texts(segment, 3, 4, 18),
        equipment_reason=text(segment, 5),
        flow_rate=number(segment, 6) or Decimal(0),
        portable_flow_rate=number(segment, 16),
        uses_per_day=number(segment, 7),
        hours_per_use=number(segment, 8),
        orders=text(segment, 9),
        arterial_blood_gas=number(segment, 10),
        saturation=number(segment, 11),
        test_condition=text(segment, 12),
        findings=texts(segment, 13, 14, 15),
        delivery_system=text(segment, 17) or "",
    )


def home_health(event: LoopNode, kind: RequestKind) -> HomeHealthCare | None:
    """CR6. A kind of certification that only repeats the request's kind is not the care's own."""
    segment = event.first("CR6")
    started = _day(segment, 2)
    if segment is None or started is None:
        return None
    certification, surgery = text(segment, 8), text(segment, 11)
    return HomeHealthCare(
        prognosis=text(segment, 1) or "",
        started=started,
        certification_period=_span(segment, 4),
        certification=None if certification == CERTIFICATION.get(kind) else certification,
        surgery_on=_day(segment, 9),
        surgery=ProcedureCode(system=CodeSystem.CPT_HCPCS, code=surgery) if surgery else None,
        ordered_on=_day(segment, 12),
        last_visit_on=_day(segment, 13),
        physician_contact_on=_day(segment, 14),
        last_stay=_span(segment, 16),
        discharged_from=text(segment, 17),
    )


def attachments(node: LoopNode) -> tuple[Attachment, ...]:
    """PWK of an event or a line."""
    return tuple(
        Attachment(
            report_type=text(each, 1) or "",
            way=_WAYS.get(each.element(2), AttachmentWay.ELECTRONIC),
            control_number=text(each, 6),
            description=text(each, 7),
        )
        for each in node.all("PWK")
    )


def other_reviews(event: LoopNode) -> tuple[OtherReview, ...]:
    """2010EC."""
    return tuple(filter(None, map(_other_review, event.loops("2010EC"))))


def _other_review(node: LoopNode) -> OtherReview | None:
    reference, denied = node.first("REF"), node.first("DTP")
    on = _day(denied, 3)
    if reference is None or on is None:
        return None
    further = (reference.component(4, part).strip() for part in (2, 4, 6))
    return OtherReview(
        role=text(node.opener, 1) or "",
        organization=text(node.opener, 3) or "",
        reasons=(*texts(reference, 2), *filter(None, further)),
        on=on,
    )


def _place(node: LoopNode) -> TransportPlace | None:
    where, role = address(node), _PLACES.get(node.opener.element(1)) if node.opener else None
    return TransportPlace(role=role, name=text(node.opener, 3), address=where) if role and where else None


def _day(segment: Segment | None, element: int) -> date | None:
    return spelling.read_day(segment.element(element)) if segment else None


def _span(segment: Segment, element: int) -> DateSpan | None:
    return spelling.read_span(segment.element(element))
