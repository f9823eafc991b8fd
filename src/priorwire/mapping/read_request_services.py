"""The services of our own requests, read back: the inverse of `service_segments`.

A quantity that SV1 or SV2 had no unit for stands in HSD. Read back it is the service's quantity
where HSD says nothing else, and that of its delivery where HSD spreads it over time. A dental
service always has a quantity (SV306 is required).
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.mapping import spelling
from priorwire.mapping.read_request_care import attachments, number
from priorwire.mapping.read_request_parties import provider, text
from priorwire.mapping.request_codes import (
    CATEGORY,
    DELIVERY_PER,
    DELIVERY_PERIOD,
    DELIVERY_UNIT,
    DENTAL_SYSTEM,
    INSTITUTIONAL_SYSTEM,
    INSTITUTIONAL_UNIT,
    PROFESSIONAL_SYSTEM,
    PROFESSIONAL_UNIT,
    PROVIDER_NUMBER,
    PROVIDER_ROLE,
    REQUEST_KIND,
    inverse,
)
from priorwire.model.authorization import ReviewCategory, ServiceLine
from priorwire.model.care import DentalDetail, Tooth
from priorwire.model.parties import Provider
from priorwire.model.services import CodeSystem, DateSpan, Delivery, ProcedureCode, Quantity, Unit
from priorwire.x12 import LoopNode, Segment

_CATEGORIES, _KINDS, _ROLES = inverse(CATEGORY), inverse(REQUEST_KIND), inverse(PROVIDER_ROLE)
_UNITS, _PER, _PERIODS = inverse(DELIVERY_UNIT), inverse(DELIVERY_PER), inverse(DELIVERY_PERIOD)


def service(node: LoopNode, category: ReviewCategory) -> ServiceLine:
    """2000F; `category` is what a line asks for that does not say it."""
    review = node.first("UM")
    asked = _CATEGORIES.get(review.element(1)) if review else None
    place, bill = facility(review)
    line = _service(node)
    quantity, spread = _amounts(node, line)
    return ServiceLine(
        procedure=line.procedure,
        category=None if asked is category else asked,
        kind=_KINDS.get(review.element(2)) if review else None,
        service_type=text(review, 3),
        place_of_service=place,
        bill_type=bill,
        revenue_code=line.revenue_code,
        quantity=quantity,
        delivery=spread,
        dates=span(node, "472"),
        charge=line.charge,
        unit_rate=line.unit_rate,
        diagnosis_numbers=line.diagnosis_numbers,
        epsdt=line.epsdt,
        nursing_level=line.nursing_level,
        nursing_home_status=line.nursing_home_status,
        dental=line.dental,
        attachments=attachments(node),
        providers=tuple(event_provider(each) for each in node.loops("2010F")),
        previous_authorization_number=text(node.first("REF", {1: "BB"}), 2),
        previous_administrative_reference=text(node.first("REF", {1: "NT"}), 2),
        note=text(node.first("MSG"), 1),
    )


def event_provider(node: LoopNode) -> Provider:
    """2010EA and 2010F."""
    role = _ROLES.get(node.opener.element(1)) if node.opener else None
    return provider(node, PROVIDER_NUMBER, role, tax=("24", "EI"))


def facility(review: Segment | None) -> tuple[str | None, str | None]:
    """UM04 as place of service and bill type, of which at most one is there."""
    if review is None:
        return None, None
    code = spelling.said(review.component(4, 1))
    return (None, code) if review.component(4, 2) == "A" else (code, None)


def span(node: LoopNode, qualifier: str) -> DateSpan | None:
    """A DTP of the node."""
    segment = node.first("DTP", {1: qualifier})
    return spelling.read_span(segment.element(3)) if segment else None


def delivery(node: LoopNode) -> Delivery | None:
    """HSD."""
    segment = node.first("HSD")
    if segment is None:
        return None
    unit, value = _UNITS.get(segment.element(1)), number(segment, 2)
    return Delivery(
        quantity=Quantity(value=value, unit=unit) if unit and value is not None else None,
        per=_PER.get(segment.element(3)),
        every=number(segment, 4),
        period=_PERIODS.get(segment.element(5)),
        periods=spelling.read_count(segment.element(6)),
        calendar=text(segment, 7),
        time=text(segment, 8),
    )


def _service(node: LoopNode) -> ServiceLine:
    for segment_id, read in (("SV1", _professional), ("SV2", _institutional), ("SV3", _dental)):
        segment = node.first(segment_id)
        if segment is not None:
            return read(segment, node)
    return ServiceLine(procedure=ProcedureCode(system=CodeSystem.OTHER, code=""))


def _amounts(node: LoopNode, line: ServiceLine) -> tuple[Quantity | None, Delivery | None]:
    spread = delivery(node)
    if line.quantity is None and spread is not None and spread == Delivery(quantity=spread.quantity):
        return spread.quantity, None
    return line.quantity, spread


def _professional(segment: Segment, _: LoopNode) -> ServiceLine:
    return ServiceLine(
        procedure=_procedure(segment, 1, PROFESSIONAL_SYSTEM),
        charge=number(segment, 2),
        quantity=_quantity(segment, 3, PROFESSIONAL_UNIT),
        diagnosis_numbers=tuple(int(each) for each in segment.components(7) if each.isdigit()),
        epsdt=spelling.read_yes_no(segment.element(11)),
        nursing_level=text(segment, 20),
    )


def _institutional(segment: Segment, _: LoopNode) -> ServiceLine:
    revenue = text(segment, 1)
    alone = not segment.element(2) and revenue is not None
    return ServiceLine(
        procedure=ProcedureCode(system=CodeSystem.REVENUE, code=revenue)
        if alone and revenue
        else _procedure(segment, 2, INSTITUTIONAL_SYSTEM),
        revenue_code=None if alone else revenue,
        charge=number(segment, 3),
        quantity=_quantity(segment, 4, INSTITUTIONAL_UNIT),
        unit_rate=number(segment, 6),
        nursing_home_status=text(segment, 9),
        nursing_level=text(segment, 10),
    )


def _dental(segment: Segment, node: LoopNode) -> ServiceLine:
    value = number(segment, 6)
    detail = DentalDetail(
        oral_cavity=tuple(filter(None, segment.components(4))),
        replacement={"R": True, "I": False}.get(segment.element(5)),
        teeth=tuple(
            Tooth(number=text(each, 2) or "", surfaces=tuple(filter(None, each.components(3))))
            for each in node.all("TOO")
        ),
        description=text(segment, 7),
    )
    return ServiceLine(
        procedure=_procedure(segment, 1, DENTAL_SYSTEM),
        charge=number(segment, 2),
        quantity=Quantity(value=value, unit=Unit.UNITS) if value is not None else None,
        dental=None if detail == DentalDetail() else detail,
    )


def _quantity(segment: Segment, element: int, units: Mapping[Unit, str]) -> Quantity | None:
    unit, value = inverse(units).get(segment.element(element)), number(segment, element + 1)
    return Quantity(value=value, unit=unit) if unit and value is not None else None


def _procedure(segment: Segment, element: int, systems: Mapping[CodeSystem, str]) -> ProcedureCode:
    return procedure(segment.components(element), systems)


def procedure(parts: list[str], systems: Mapping[CodeSystem, str]) -> ProcedureCode:
    """C003: code system, code, four modifiers, description, end of the range."""
    said = [spelling.said(each) for each in (*parts, *[""] * 8)]
    return ProcedureCode(
        system=inverse(systems).get(said[0] or "", CodeSystem.OTHER),
        code=said[1] or "",
        modifiers=tuple(filter(None, said[2:6])),
        description=said[6],
        through=said[7],
    )
