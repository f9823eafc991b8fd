"""A CoverageEligibilityResponse read as a coverage (FHIR R4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from priorwire.mapping import benefit_codes, codes
from priorwire.mapping.fhir import said_parties, systems
from priorwire.mapping.fhir.eligibility_request import opened
from priorwire.mapping.fhir.eligibility_response import PLAN, refused
from priorwire.mapping.fhir.items_read import read_procedure
from priorwire.mapping.fhir.loss import Loss
from priorwire.mapping.fhir.node import Document, Node
from priorwire.mapping.fhir.pas_request_read import named
from priorwire.mapping.fhir.reviews import read_trace
from priorwire.mapping.next_steps import next_step
from priorwire.model.authorization import Follow, Rejection
from priorwire.model.eligibility import Answer, Benefit, BenefitQuantity, Coverage, CoverageStatus, Network
from priorwire.model.parties import PartySaid
from priorwire.model.services import DateSpan

#: What HL7's own list of benefits says in our words.
_BENEFIT_TYPES = {
    "copay": "co_payment",
    "copay-percent": "co_insurance",
    "copay-maximum": "out_of_pocket",
    "deductible": "deductible",
}
_BENEFIT_TYPE = "http://terminology.hl7.org/CodeSystem/benefit-type"


@dataclass(frozen=True, kw_only=True)
class CoverageRead:
    """What a CoverageEligibilityResponse says."""

    coverage: Coverage
    losses: tuple[Loss, ...]
    #: ``system|value`` of the question that is answered.
    request: str | None


def read_eligibility_response(document: object) -> CoverageRead:
    """A response, alone or in a bundle, as a coverage.

    Raises:
        InvalidRequest: every fault with its FHIRPath.
    """
    reading = Document(document)
    response, _ = opened(reading, "CoverageEligibilityResponse")
    for name in ("status", "purpose", "created"):
        response[name].seen()
    insurance = response["insurance"].first()
    card = insurance["coverage"].target()
    rejections = tuple(_rejection(each) for each in response["error"].each())
    patient, subscriber = _people(response, card)
    coverage = Coverage(
        status=_status(response, insurance, rejections),
        payer=_party(response["insurer"]),
        provider=_party(response["requestor"]),
        subscriber=subscriber,
        patient=patient,
        plan=_plan(card) if card else None,
        plan_dates=_dates(card) if card else (),
        benefits=tuple(found for each in insurance["item"].each() for found in _benefits(each)),
        rejections=rejections,
        traces=tuple(found for each in response["identifier"].each() if (found := read_trace(each))),
        reference=_reference(reading.root),
    )
    request = response["request"]
    for name in ("reference", "type"):
        request[name].seen()
    if request.is_absent():
        request.seen()
    asked = named(request["identifier"])
    return CoverageRead(coverage=coverage, losses=reading.finish(), request=asked)


def _reference(root: Node) -> str | None:
    name = root["identifier"]
    if root.kind != "Bundle" or name["system"].peek() == systems.URI:
        return None
    value = name["value"].peek()
    return value if isinstance(value, str) else None


def _status(response: Node, insurance: Node, rejections: tuple[Rejection, ...]) -> CoverageStatus:
    force, outcome = insurance["inforce"].flag(), response["outcome"].text()
    if force is not None:
        return CoverageStatus.ACTIVE if force else CoverageStatus.INACTIVE
    return refused([each.code for each in rejections]) if outcome == "error" else CoverageStatus.UNKNOWN


def _party(reference: Node) -> PartySaid | None:
    if reference.is_absent():
        reference.seen()
    who = reference.target()
    return said_parties.read_party(who) if who else None


def _people(response: Node, card: Node | None) -> tuple[PartySaid | None, PartySaid | None]:
    """Patient and subscriber."""
    patient = _party(response["patient"])
    if card is None:
        return patient, None
    card["status"].seen()
    _party(card["beneficiary"])
    for each in card["payor"].each():
        _party(each)
    related = said_parties.read_relation(card["relationship"])
    return (replace(patient, relationship=related) if patient else None), _party(card["subscriber"])


def _plan(card: Node) -> str | None:
    for each in card["class"].each():
        if each["type"]["coding"].first()["code"].peek() == "plan":
            each["type"].seen()
            return each["value"].text()
    return None


def _dates(card: Node) -> tuple[tuple[str, DateSpan], ...]:
    start, end = card["period"]["start"].day(), card["period"]["end"].day()
    return ((PLAN, DateSpan(start=start, end=None if end == start else end)),) if start else ()


def _rejection(error: Node) -> Rejection:
    code = error["code"].code(systems.x12(901)) or error["code"].code() or ""
    return Rejection(
        code=code,
        says=codes.REJECTION.get(code),
        next_step=next_step(code, Follow.NOT_STATED),
        about="transaction",
    )


# --- benefits -----------------------------------------------------------------------------------------------------


@dataclass
class _Stated:
    """What the entries of one item say of one kind of benefit."""

    amount: Decimal | None = None
    percent: Decimal | None = None


def _benefits(item: Node) -> Iterator[Benefit]:
    """The statements of an item: one of each kind of benefit that it has."""
    stated: dict[str, _Stated] = {}
    quantity = None
    for each in item["benefit"].each():
        counted = each["type"].code(systems.x12(673))
        if counted:
            quantity = _quantity(each, counted)
        else:
            _read_amount(each, stated)
    whole = _whole(item, quantity)
    for number, (information, said) in enumerate(stated.items() or (("benefit_description", _Stated()),)):
        yield replace(
            whole,
            information=information,
            amount=said.amount,
            percent=said.percent,
            quantity=whole.quantity if number == 0 else None,
        )


def _whole(item: Node, quantity: BenefitQuantity | None) -> Benefit:
    """An item but for its amounts."""
    category = item["category"].code(systems.x12(1365))
    asked = item["productOrService"]
    procedure, _ = read_procedure(asked, None, asked, item["modifier"].each(), item["none"])
    item["excluded"].seen()
    description = item["description"].text()
    return Benefit(
        information="",
        service_types=(category,) if category else (),
        procedure=procedure,
        network=_network(item["network"]),
        quantity=quantity,
        period=_worded(item["term"], 615, benefit_codes.PERIOD),
        authorization_required=_answer(item),
        coverage_level=_worded(item["unit"], 1207, benefit_codes.COVERAGE_LEVEL),
        plan=item["name"].text(),
        messages=tuple(description.split("\n")) if description else (),
    )


def _read_amount(entry: Node, stated: dict[str, _Stated]) -> None:
    code = entry["type"].coded(systems.x12(1390), _BENEFIT_TYPE)
    if code is None:
        return
    table: Mapping[str, str] = _BENEFIT_TYPES if code[0] == _BENEFIT_TYPE else benefit_codes.BENEFIT
    said = stated.setdefault(table.get(code[1], code[1]), _Stated())
    dollars = entry["allowedMoney"]
    if dollars["currency"].peek() in (None, "USD"):
        dollars["currency"].seen()
        amount = dollars["value"].number()
        said.amount = amount if amount is not None else said.amount
    text = entry["allowedString"].peek()
    if isinstance(text, str) and text.endswith("%"):
        said.percent = _fraction(entry["allowedString"], text[:-1])


def _fraction(node: Node, text: str) -> Decimal | None:
    try:
        value = Decimal(text) / 100
    except InvalidOperation:
        return None
    node.seen()
    return value


def _quantity(entry: Node, counted: str) -> BenefitQuantity | None:
    value = entry["allowedUnsignedInt"].number()
    text = entry["allowedString"].peek()
    if value is None and isinstance(text, str):
        value = _fraction(entry["allowedString"], text)
        value = value * 100 if value is not None else None
    if value is None:
        return None
    return BenefitQuantity(value=value, counts=benefit_codes.COUNTS.get(counted, counted))


def _network(node: Node) -> Network:
    code = node.coded(systems.x12(1073), systems.NETWORK)
    if code is None:
        return Network.NOT_STATED
    if code[0] == systems.NETWORK:
        return {"in": Network.IN, "out": Network.OUT}.get(code[1], Network.UNKNOWN)
    return benefit_codes.NETWORK.get(code[1], Network.UNKNOWN)


def _worded(node: Node, element: int, table: Mapping[str, str]) -> str | None:
    """Our word for X12's code, else the code as it is."""
    code = node.code(systems.x12(element)) or node.code(systems.BENEFIT_UNIT, systems.BENEFIT_TERM)
    return table.get(code, code) if code else None


def _answer(item: Node) -> Answer:
    unsure = item["_authorizationRequired"]
    if unsure.is_absent():
        unsure.seen()
        return Answer.UNKNOWN
    needed = item["authorizationRequired"].flag()
    return Answer.NOT_STATED if needed is None else Answer.YES if needed else Answer.NO
