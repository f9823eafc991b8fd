"""What one level of a 278 says beside its decision: the review repeated, dates, quantities, services, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from priorwire.mapping import codes, review_codes, spelling
from priorwire.mapping.review_levels import Level
from priorwire.mapping.said import counted, number, party, procedure, span, text, worded
from priorwire.mapping.trace import Found, Spot, Where
from priorwire.model.authorization import DiagnosisSaid, DocumentKind, RequestedDocument
from priorwire.model.care import AttachmentWay, Tooth
from priorwire.model.parties import PartySaid
from priorwire.model.services import CodeSystem, DateSpan, DeliverySaid, Interval, ProcedureCode, Quantity, Unit
from priorwire.x12.segments import BLANKS, Segment

# --- what is reviewed ---------------------------------------------------------------------------------------


class Reviewed:
    """UM as a reply repeats it; nothing where there is none."""

    __slots__ = ("bill_type", "category", "kind", "place", "service_type", "urgency")

    def __init__(self, segment: Segment | None) -> None:
        self.category = worded(segment, 1, review_codes.CATEGORY, "category of the review")
        self.kind = worded(segment, 2, review_codes.KIND, "kind of the request")
        self.service_type = text(segment, 3, "service type")
        self.urgency = worded(segment, 6, review_codes.URGENCY, "level of service")
        self.place, self.bill_type = _facility(segment)


def _facility(segment: Segment | None) -> tuple[Found[str] | None, Found[str] | None]:
    """UM04: a place of service, or with qualifier A a bill type."""
    code = text(segment, 4, "place of service", component=1)
    if code is None:
        return None, None
    qualifier = text(segment, 4, "kind of place", component=2)
    if qualifier is None:
        return code, None
    if qualifier.value == _BILL_TYPE:
        return None, code.under("bill type", qualifier)
    return code.under("place of service", qualifier), None


_BILL_TYPE = "A"


_NOT_REPEATED = Reviewed(None)


def reviewed(level: Level) -> Reviewed:
    """What the first UM of a level says."""
    said = level.of("UM")
    return Reviewed(said[0]) if said else _NOT_REPEATED


def diagnoses(level: Level) -> list[Found[DiagnosisSaid]]:
    """HI, but for what asks for information."""
    found = []
    for segment in level.of("HI"):
        for element in range(1, len(segment.elements)):
            parts = [part.strip(BLANKS) for part in segment.components(element)]
            kind, code = parts[0] if parts else "", parts[1] if len(parts) > 1 else ""
            if code and kind != review_codes.QUESTION:
                day = spelling.read_day(parts[3]) if len(parts) > 3 else None  # noqa: PLR2004 - its fourth component
                said = DiagnosisSaid(code=spelling.read_code(code), kind=review_codes.DIAGNOSIS.get(kind, kind), on=day)
                found.append(Found(said, Spot(segment, element, 2), "diagnosis", _IN_DIAGNOSIS))
    return found


_IN_DIAGNOSIS: Mapping[str, tuple[int, int]] = MappingProxyType({"kind": (0, 1), "on": (0, 4)})


# --- dates --------------------------------------------------------------------------------------------------


class Dates:
    """DTP of one level by what they date; the first readable of each."""

    __slots__ = ("_first", "others")

    def __init__(self, level: Level) -> None:
        self._first: dict[str, Found[DateSpan]] = {}
        #: Those that have no field of their own, in our words where known.
        self.others: list[Found[tuple[str, DateSpan]]] = []
        for segment in level.of("DTP"):
            qualifier = segment.element(1).strip(BLANKS)
            rule = _DATED.get(qualifier)
            found = span(segment, rule or "date")
            if found is None or not qualifier:
                continue
            if rule is not None:
                self._first.setdefault(qualifier, found)
            else:
                said = (review_codes.DATE.get(qualifier, qualifier), found.value)
                self.others.append(Found(said, found.spot, "date", _FIRST_IS_QUALIFIER))

    @property
    def issued(self) -> Found[DateSpan] | None:
        """When it was decided."""
        return self._first.get("102")

    @property
    def effective(self) -> Found[DateSpan] | None:
        """From when the decision holds; a range says until when, too."""
        return self._first.get("007")

    @property
    def expires(self) -> Found[DateSpan] | None:
        """Until when the decision holds."""
        effective = self.effective
        if "036" not in self._first and effective is not None and effective.value.end is not None:
            return effective.under("end of the effective period")
        return self._first.get("036")

    @property
    def event(self) -> Found[DateSpan] | None:
        """When the event is to be."""
        return self._first.get("AAH")

    @property
    def admitted(self) -> Found[DateSpan] | None:
        """When the patient is to be, or was, admitted."""
        return self._first.get("435")

    @property
    def discharged(self) -> Found[DateSpan] | None:
        """When the patient left."""
        return self._first.get("096")

    @property
    def service(self) -> Found[DateSpan] | None:
        """When the service is to be given."""
        return self._first.get("472")


#: DTP01 of the dates with a field of their own.
_DATED: Mapping[str, str] = {
    "102": "issue date",
    "007": "effective date",
    "036": "expiration date",
    "AAH": "date of the event",
    "435": "date of admission",
    "096": "date of discharge",
    "472": "date of service",
}
_FIRST_IS_QUALIFIER: Mapping[str, int] = MappingProxyType({"[0]": 1})


# --- how much -----------------------------------------------------------------------------------------------

_REMAINS = "29"


def authorized(level: Level) -> Found[Quantity] | None:
    """HSD01 and HSD02. What remains (HSD05 29) is not what was authorized."""
    for segment in level.of("HSD"):
        period = text(segment, 5, "period")
        if period is not None and period.value == _REMAINS:
            continue
        found = counted(segment, 1, 2, "authorized quantity")
        if found:
            return found if period is None else found.under(found.rule, period)
    return None


def delivery(level: Level) -> Found[DeliverySaid] | None:
    """The first HSD, whole."""
    for segment in level.of("HSD"):
        said, spots = _delivery_of(tuple(segment.elements))
        if said is not None:
            return Found(said, Spot(segment, 2), "delivery", spots)
    return None


@lru_cache(maxsize=1_024)  # the same few patterns come again and again, and they are nobody's
def _delivery_of(elements: tuple[str, ...]) -> tuple[DeliverySaid | None, Mapping[str, Where]]:
    """What the elements of an HSD say, and in which element each leaf stands."""
    said = [each.strip(BLANKS) for each in elements[1:9]] + [""] * 8
    values: dict[str, Any] = {}
    spots: dict[str, Where] = {}
    unit, value = codes.UNIT.get(said[0]), spelling.read_number(said[1])
    if unit is not None and value is not None:
        values["quantity"] = Quantity(value=value, unit=unit)
        spots |= {"quantity.value": 2, "quantity.unit": 1}
    unknown: list[tuple[str, str]] = []
    for element, leaf, words in _DELIVERY_CODES:
        code = said[element - 1]
        if words is None or code in words:
            if code and leaf != "unit":
                values[leaf], spots[leaf] = words[code] if words else code, element
        elif code:
            spots |= {f"unknown[{len(unknown)}][{part}]": element for part in (0, 1)}
            unknown.append((leaf, code))
    every, periods = spelling.read_number(said[3]), spelling.read_number(said[5])
    if every is not None:
        values["every"], spots["every"] = every, 4
    if periods is not None and periods == int(periods):
        values["periods"], spots["periods"] = int(periods), 6
    if unknown:
        values["unknown"] = tuple(unknown)
    return (DeliverySaid(**values) if values else None), spots


_DELIVERY_CODES: Sequence[tuple[int, str, Mapping[str, Unit] | Mapping[str, Interval] | None]] = (
    (1, "unit", codes.UNIT),
    (3, "per", review_codes.PER),
    (5, "period", review_codes.PERIOD),
    (7, "calendar", None),
    (8, "time", None),
)


# --- services -----------------------------------------------------------------------------------------------


def service_segment(level: Level) -> Segment | None:
    """The segment that names the service."""
    for segment_id in ("SV1", "SV2", "SV3"):
        for segment in level.of(segment_id):
            return segment
    return None


def service_procedure(segment: Segment | None) -> Found[ProcedureCode] | None:
    """What the service is; of an institutional one without procedure, its revenue code."""
    if segment is None:
        return None
    if segment.id != "SV2":
        return procedure(segment, 1, "service")
    found = procedure(segment, 2, "service", otherwise=_institutional_system(segment))
    revenue = revenue_code(segment)
    if found or revenue is None:
        return found
    code = ProcedureCode(system=CodeSystem.REVENUE, code=revenue.value)
    return Found(code, revenue.spot, revenue.rule, {"system": Spot(segment, 0)})


def revenue_code(segment: Segment | None) -> Found[str] | None:
    """SV201."""
    return text(segment, 1, "revenue code") if segment is not None and segment.id == "SV2" else None


def _institutional_system(segment: Segment) -> CodeSystem:
    # ZZ in SV2 is where ICD-10-PCS goes, for want of a qualifier of its own.
    return CodeSystem.ICD10_PCS if segment.component(2, 1).strip(BLANKS) == "ZZ" else CodeSystem.OTHER


def count_of_service(segment: Segment | None) -> Found[Quantity] | None:
    """How many, as the service itself says."""
    if segment is None:
        return None
    if segment.id == "SV3":
        found = number(segment, 6, "quantity of the service")
        # A dental service is counted in units, and says so by being one.
        spots = {"unit": Spot(segment, 0)}
        return Found(Quantity(value=found.value, unit=Unit.UNITS), found.spot, found.rule, spots) if found else None
    unit, value = (3, 4) if segment.id == "SV1" else (4, 5)
    return counted(segment, unit, value, "quantity of the service")


def teeth(level: Level) -> list[Found[Tooth]]:
    """TOO: the tooth, and its surfaces."""
    found = []
    for segment in level.of("TOO"):
        tooth = segment.element(2).strip(BLANKS)
        if tooth:
            parts = ((place, part.strip(BLANKS)) for place, part in enumerate(segment.components(3), 1))
            surfaces = [(place, part) for place, part in parts if part]
            said = Tooth(number=tooth, surfaces=tuple(part for _, part in surfaces))
            spots = {f"surfaces[{index}]": (3, place) for index, (place, _) in enumerate(surfaces)}
            found.append(Found(said, Spot(segment, 2), "tooth", spots))
    return found


def providers(level: Level, contact_loop: str) -> list[Found[PartySaid]]:
    """Whom a level names, whom to call about it apart; places of a transport last."""
    if "NM1" not in level.segments:
        return []
    found, places = [], []
    for node in level.named():
        if node.guide.id == contact_loop:
            continue
        said = party(node, "provider")
        if said is None:
            continue
        opener = node.opener
        is_place = opener is not None and opener.element(1).strip(BLANKS) in codes.TRANSPORT_PLACE
        if is_place:
            places.append(said.under("place of the transport"))
        else:
            found.append(said)
    return found + places


# --- what the reviewer wants to see ------------------------------------------------------------------------------


def documents_of(level: Level, service: int | None) -> list[Found[RequestedDocument]]:
    """PWK and the questions in HI.

    Args:
        level: an event or a service.
        service: number of the service from 1; `None` for the event.
    """
    if "PWK" not in level.segments and "HI" not in level.segments:
        return []
    found = [each for segment in level.of("PWK") if (each := _report(segment, service))]
    for segment in level.of("HI"):
        for element in range(1, len(segment.elements)):
            if segment.component(element, 1).strip(BLANKS) != review_codes.QUESTION:
                continue
            code = text(segment, element, "question", component=2)
            if code:
                said = RequestedDocument(
                    kind=DocumentKind.LOINC,
                    code=code.value,
                    says=review_codes.LOINC.get(code.value),
                    service=service,
                )
                spots: dict[str, Where] = {"kind": (0, 1), "service": Spot(segment, 0)}
                found.append(Found(said, code.spot, "document asked for", spots))
    return found


def asked_for(found: Sequence[Found[RequestedDocument]]) -> list[Found[RequestedDocument]]:
    """Those that a reviewer can mean. PWK02 AA, available on request, a reply does not have (005010X217, response)."""
    ways = _ways(found)
    return [each.under(each.rule, *ways) for each in found if each.value.way != _AVAILABLE]


def repeated(found: Sequence[Found[RequestedDocument]]) -> list[Found[RequestedDocument]]:
    """Those that only who made the request can have said, which the reply repeats."""
    ways, rule = _ways(found), "document announced by the request"
    return [each.by(rule).under(rule, *ways) for each in found if each.value.way == _AVAILABLE]


def _ways(found: Sequence[Found[RequestedDocument]]) -> list[Found[str]]:
    """What decides which of several documents are asked for, and so the number of each among them."""
    return [Found(each.value.way, Spot(each.spot.segment, 2), "way of a document") for each in found if each.value.way]


_AVAILABLE = AttachmentWay.ON_REQUEST.value


def _report(segment: Segment, service: int | None) -> Found[RequestedDocument] | None:
    code = text(segment, 1, "document asked for")
    if code is None:
        return None
    way = worded(segment, 2, review_codes.WAY, code.rule)
    said = RequestedDocument(
        kind=DocumentKind.REPORT_TYPE,
        code=code.value,
        says=review_codes.REPORT.get(code.value),
        way=way.value if way else None,
        control_number=segment.element(6).strip(BLANKS) or None,
        description=segment.element(7).strip(BLANKS) or None,
        service=service,
    )
    stands = Spot(segment, 0)
    spots: dict[str, Where] = {"kind": stands, "service": stands, "way": 2, "control_number": 6, "description": 7}
    return Found(said, code.spot, code.rule, spots)
