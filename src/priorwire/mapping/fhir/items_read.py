"""The items of a Claim read: what each asks for, and what all of them ask for together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from priorwire.mapping import request_codes
from priorwire.mapping.fhir import systems, words
from priorwire.mapping.fhir.deliveries import read_order, read_quantity
from priorwire.mapping.fhir.elements import inverted
from priorwire.mapping.fhir.node import Node
from priorwire.model.authorization import RequestKind, ReviewCategory, ServiceLine
from priorwire.model.care import Attachment, AttachmentWay
from priorwire.model.parties import Provider
from priorwire.model.services import CodeSystem, DateSpan, Delivery, ProcedureCode, Quantity

T = TypeVar("T")

CATEGORIES: Mapping[str, ReviewCategory] = inverted(request_codes.CATEGORY)
KINDS: Mapping[str, RequestKind] = inverted(request_codes.REQUEST_KIND)
_WAYS: Mapping[str, AttachmentWay] = inverted(request_codes.ATTACHMENT_WAY)
#: A 278 points from a service to four diagnoses.
_POINTERS = 4


@dataclass(frozen=True, kw_only=True)
class Supported:
    """Supporting information that items may point to, by its number."""

    attachments: Mapping[int, Attachment]
    messages: Mapping[int, Node]


@dataclass(frozen=True, kw_only=True)
class ItemRead:
    """One item: whole, before it is set against the event."""

    node: Node
    procedure: ProcedureCode | None
    revenue_code: str | None
    category: ReviewCategory | None
    kind: RequestKind | None
    service_type: str | None
    place_of_service: str | None
    bill_type: str | None
    delivery: Delivery | None
    quantity: Quantity | None


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """What the numbers of an item stand for."""

    providers: Mapping[int, Provider]
    supported: Supported
    #: Position of a diagnosis in the request, by its sequence.
    diagnoses: Mapping[int, int]


def read_span(node: Node, name: str) -> DateSpan | None:
    """A choice of date and period. A period with one end is not read: it is no range of days."""
    single = node[f"{name}Date"].day()
    if single:
        return DateSpan(start=single)
    return read_period(node[f"{name}Period"])


def read_period(node: Node) -> DateSpan | None:
    """A range of days."""
    if not node:
        return None
    start, end = node["start"].day(), node["end"].day()
    if start is None or end is None:
        node.fault("period", "A period needs both ends, as whole dates.")
        return None
    return DateSpan(start=start, end=end)


def read_item(item: Node) -> ItemRead:
    """One item of a Claim."""
    order = _order(item)
    delivery = read_order(order) if order else None
    procedure, revenue = _procedure(item, order)
    _same_code(item["productOrService"], order)
    place, bill_type = _location(item["locationCodeableConcept"])
    item["sequence"].seen()
    return ItemRead(
        node=item,
        procedure=procedure,
        revenue_code=revenue,
        category=_coded(item, "serviceItemRequestType", CATEGORIES, 1525),
        kind=_coded(item, "certificationType", KINDS, 1322),
        service_type=item["category"].code(systems.x12(1365)),
        place_of_service=place,
        bill_type=bill_type,
        delivery=delivery,
        quantity=read_quantity(item["quantity"]) if item["quantity"] else None,
    )


def _coded(item: Node, name: str, table: Mapping[str, T], element: int) -> T | None:
    """A code that an item must have in PAS; an unknown one is a fault, for it says what is asked."""
    node = item.extension(systems.pas(name))["valueCodeableConcept"]
    word = node.one_of(table, systems.x12(element))
    if node and word is None:
        node.fault("code", "A code of X12's list is needed here.")
    return word


def _order(item: Node) -> Node | None:
    return read_order_of(item.extension(systems.pas("requestedService"))["valueReference"])


def read_order_of(reference: Node) -> Node | None:
    """The order that a reference names."""
    order = reference.target() if reference else None
    if order is None:
        return None
    for name in ("status", "intent"):
        order[name].seen()
    for name in ("subject", "requester"):
        order[name].target()
        if order[name].is_absent():
            order[name].seen()
    return order


def _procedure(item: Node, order: Node | None) -> tuple[ProcedureCode | None, str | None]:
    end = item.extension(systems.pas("productOrServiceCodeEnd"))["valueCodeableConcept"]
    return read_procedure(item["productOrService"], order, item["revenue"], item["modifier"].each(), end)


def read_procedure(
    asked: Node, order: Node | None, revenue_place: Node, modifier_places: Sequence[Node], end: Node
) -> tuple[ProcedureCode | None, str | None]:
    """A procedure and the revenue code beside it; a revenue code alone is what is asked for."""
    revenue = revenue_place.code(systems.REVENUE)
    named = _named(asked) or _ordered(asked, order)
    if named is None and revenue is not None and asked:
        _not_applicable(asked)
        named, revenue = (CodeSystem.REVENUE, revenue), None
    if named is None:
        return None, revenue
    system, code = named
    description = asked["text"].text() if system is not CodeSystem.OTHER else None
    found = ProcedureCode(
        system=system,
        code=code,
        modifiers=tuple(one for each in modifier_places if (one := each.code())),
        through=end.code() if system is not CodeSystem.OTHER else None,
        description=description,
    )
    return found, revenue


def _named(asked: Node) -> tuple[CodeSystem, str] | None:
    """A procedure's code list and code; a text without any code is a code of a list that FHIR does not name."""
    description = asked["text"].peek()
    found = asked.coded(*words.PROCEDURE_SYSTEM)
    if found:
        return words.PROCEDURE_SYSTEM[found[0]], found[1]
    if isinstance(description, str) and not asked["coding"].each():
        text = asked["text"].text()
        return (CodeSystem.OTHER, text) if text else None
    return None


def _ordered(asked: Node, order: Node | None) -> tuple[CodeSystem, str] | None:
    """The code of the order, where the item names a service type only."""
    if order is None:
        return None
    for name in ("code", "codeCodeableConcept", "medicationCodeableConcept"):
        found = order[name].coded(*words.PROCEDURE_SYSTEM)
        if found:
            asked.code(systems.x12(1365))
            return words.PROCEDURE_SYSTEM[found[0]], found[1]
    return None


def _same_code(asked: Node, order: Node | None) -> None:
    """An order that repeats the item's code is no loss."""
    if order and order["code"].peek() == asked.peek():
        order["code"].seen()


def _not_applicable(asked: Node) -> None:
    """A service type, or that no procedure code applies, beside a revenue code."""
    _ = asked.code(systems.ABSENT_CODES) or asked.code(systems.x12(1365))


def _location(node: Node) -> tuple[str | None, str | None]:
    found = node.coded(systems.PLACE_OF_SERVICE, systems.BILL_TYPE)
    if found is None:
        return None, None
    # A type of bill may come with its leading zero and its last digit; a 278 has the two in between.
    code = found[1].lstrip("0")[:2] if found[0] == systems.BILL_TYPE else found[1]
    return (found[1], None) if found[0] == systems.PLACE_OF_SERVICE else (None, code)


def line_of(read: ItemRead, numbered: Numbered) -> ServiceLine | None:
    """The item as a service; `None` (and a fault) where nothing says which."""
    item = read.node
    if read.procedure is None:
        item["productOrService"].fault(
            "procedure", "Which service? One that is asked for by its service type only stands alone in a request."
        )
        return None
    information = [each.whole() for each in item["informationSequence"].each()]
    team = [each.whole() for each in item["careTeamSequence"].each()]
    # One message a service: a further one stays unread, and so is told.
    messages = [found for each in information if each and (found := numbered.supported.messages.get(each))]
    return ServiceLine(
        procedure=read.procedure,
        category=read.category,
        kind=read.kind,
        service_type=read.service_type,
        place_of_service=read.place_of_service,
        bill_type=read.bill_type,
        revenue_code=read.revenue_code,
        quantity=read.quantity,
        delivery=read.delivery,
        dates=read_span(item, "serviced"),
        charge=_charge(item, read.quantity),
        unit_rate=item.extension(systems.pas("revenueUnitRateLimit"))["valueDecimal"].number(),
        diagnosis_numbers=_diagnoses(item, numbered.diagnoses),
        epsdt=item.extension(systems.pas("epsdtIndicator"))["valueBoolean"].flag(),
        nursing_level=item.extension(systems.pas("nursingHomeLevelOfCare"))["valueCodeableConcept"].code(),
        nursing_home_status=item.extension(systems.pas("nursingHomeResidentialStatus"))["valueCodeableConcept"].code(),
        attachments=tuple(one for each in information if each and (one := numbered.supported.attachments.get(each))),
        providers=tuple(who for each in team if each and (who := numbered.providers.get(each))),
        previous_authorization_number=item.extension(systems.pas("authorizationNumber"))["valueString"].text(),
        previous_administrative_reference=item.extension(systems.pas("administrationReferenceNumber"))[
            "valueString"
        ].text(),
        note=messages[0].text() if messages else None,
    )


def _diagnoses(item: Node, positions: Mapping[int, int]) -> tuple[int, ...]:
    found: list[int] = []
    for each in item["diagnosisSequence"].each():
        number = each.whole()
        if number is None or number not in positions:
            each.fault("sequence", "There is no diagnosis of this number.")
        elif len(found) == _POINTERS:
            each.lost("no_place", "A 278 points from a service to four diagnoses.")
        else:
            found.append(positions[number])
    return tuple(found)


def _charge(item: Node, quantity: Quantity | None) -> Decimal | None:
    """The whole line in US dollars: the net, else the price of each unit as often as it is asked for."""
    net, price = _dollars(item["net"]), _dollars(item["unitPrice"])
    if net is not None:
        if price not in (None, net):
            item["unitPrice"].lost("narrowed", "A 278 has the charge for the whole line.")
        return net
    if price is None:
        return None
    return price * (quantity.value if quantity else 1)


def _dollars(node: Node) -> Decimal | None:
    if node["currency"].peek() not in (None, "USD"):
        return None
    node["currency"].seen()
    return node["value"].number()


def read_attachment(info: Node) -> Attachment | None:
    """An announced document."""
    told = info.extension(systems.pas("documentInformation"))
    report = told.extension("reportTypeCode")["valueCodeableConcept"].code(systems.x12(755))
    if report is None:
        return None
    way = told.extension("transmissionMethod")["valueCodeableConcept"].one_of(_WAYS, systems.x12(756))
    return Attachment(
        report_type=report,
        way=way or AttachmentWay.ELECTRONIC,
        control_number=told.extension("controlNumber")["valueString"].text(),
        description=told.extension("description")["valueString"].text(),
    )
