"""One EB of a 271 with what stands under it (005010X279A1, 2110C and 2110D)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from priorwire.mapping import codes, spelling
from priorwire.mapping.said import messages, named_contacts, procedure, span, text
from priorwire.mapping.trace import Found, Spot, Trace
from priorwire.model.authorization import DateSpan, ProcedureCode
from priorwire.model.eligibility import Answer, Benefit, BenefitQuantity, Network
from priorwire.model.parties import Contact
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

#: A dated statement: which date, in our words, and when.
Dated = tuple[str, DateSpan]


def benefit(node: LoopNode, above: list[Found[Dated]], trace: Trace) -> Benefit:
    """The statement of one EB.

    Args:
        node: the loop that the EB opens.
        above: dates of the patient and the subscriber, which hold where this EB has none of the same name.
        trace: where to write the sources down.
    """
    segment = node.segments[0]
    return Benefit(
        information=trace.must("information", _information(segment)),
        service_types=trace.take_all("service_types", service_types(segment)),
        procedure=trace.take("procedure", _procedure(segment)),
        network=_network(segment, trace),
        amount=trace.take("amount", _number(segment, 7, "amount")),
        percent=trace.take("percent", _number(segment, 8, "percent as sent")),
        quantity=trace.take("quantity", _quantity(node)),
        period=trace.take("period", _period(node)),
        authorization_required=_authorization_required(segment, trace),
        coverage_level=trace.take("coverage_level", _worded(segment, 2, codes.COVERAGE_LEVEL, "coverage level")),
        insurance_type=trace.take("insurance_type", text(segment, 4, "insurance type")),
        plan=trace.take("plan", text(segment, 5, "plan")),
        places_of_service=trace.take_all("places_of_service", _places(node)),
        dates=trace.take_all("dates", _with_inherited(dated(node.all("DTP"), "date of the benefit"), above)),
        messages=trace.take_all("messages", _messages(node)),
        contacts=trace.take_all("contacts", _contacts(node)),
    )


def dated(segments: list[Segment], rule: str) -> list[Found[Dated]]:
    """Each readable DTP with its name; a name that no table has is kept as sent."""
    found = []
    for segment in segments:
        when = span(segment, rule)
        qualifier = segment.element(1).strip()
        if when and qualifier:
            name = Spot(segment=segment, element=1)
            found.append(Found((codes.DATE.get(qualifier, qualifier), when.value), when.spot, rule, {"[0]": name}))
    return found


def service_types(segment: Segment) -> list[Found[str]]:
    """EB03. It repeats; some payers join the codes by commas, or by the component separator, instead."""
    found = []
    for repeat, whole in enumerate(segment.repeats(3), 1):
        spot = Spot(segment=segment, element=3, repeat=repeat)
        parts = whole.replace(segment.delimiters.component, ",").split(",")
        found += [Found(part.strip(), spot, "service type") for part in parts if part.strip()]
    return found


def _information(segment: Segment) -> Found[str]:
    spot = Spot(segment=segment, element=1)
    code = spot.read()
    return Found(codes.BENEFIT.get(code, code), spot, "benefit information")


def _procedure(segment: Segment) -> Found[ProcedureCode] | None:
    return procedure(segment, 13, "procedure of the benefit") if segment.element(13).strip() else None


def _network(segment: Segment, trace: Trace) -> Network:
    said = text(segment, 12, "network")
    if said is None:
        return Network.NOT_STATED
    return trace.must("network", said.named(codes.NETWORK.get(said.value, Network.UNKNOWN)))


def _authorization_required(segment: Segment, trace: Trace) -> Answer:
    """EB11; absent is not stated, and never a no."""
    said = text(segment, 11, "authorization required")
    if said is None:
        return Answer.NOT_STATED
    return trace.must(
        "authorization_required", said.named(codes.AUTHORIZATION_REQUIRED.get(said.value, Answer.UNKNOWN))
    )


def _number(segment: Segment, element: int, rule: str) -> Found[Decimal] | None:
    spot = Spot(segment=segment, element=element)
    value = spelling.read_number(spot.read())
    return Found(value, spot, rule) if value is not None else None


def _quantity(node: LoopNode) -> Found[BenefitQuantity] | None:
    """EB09 and EB10, else the first HSD."""
    found = _counted(node.segments[0], 9, 10)
    for segment in node.all("HSD"):
        found = found or _counted(segment, 1, 2)
    return found


def _counted(segment: Segment, counts: int, value: int) -> Found[BenefitQuantity] | None:
    kind, number = Spot(segment=segment, element=counts), _number(segment, value, "quantity")
    if number is None:
        return None
    code = kind.read()
    said = BenefitQuantity(value=number.value, counts=codes.COUNTS.get(code, code))
    return Found(said, number.spot, number.rule, {"counts": kind})


def _period(node: LoopNode) -> Found[str] | None:
    """EB06, else HSD05."""
    found = _worded(node.segments[0], 6, codes.PERIOD, "period")
    for segment in node.all("HSD"):
        found = found or _worded(segment, 5, codes.PERIOD, "period")
    return found


def _worded(segment: Segment, element: int, words: Mapping[str, str], rule: str) -> Found[str] | None:
    said = text(segment, element, rule)
    return said.named(words.get(said.value, said.value)) if said else None


def _inner(node: LoopNode, segment_id: str) -> list[Segment]:
    return [segment for each in node.walk() for segment in each.all(segment_id)]


def _places(node: LoopNode) -> list[Found[str]]:
    found = (text(each, 2, "place of service") for each in _inner(node, "III") if each.element(1).strip() == "ZZ")
    return [each for each in found if each]


def _messages(node: LoopNode) -> list[Found[str]]:
    limits = [each for each in (text(each, 4, "what it is limited to") for each in _inner(node, "III")) if each]
    return [*messages(node.all("MSG")), *limits]


def _contacts(node: LoopNode) -> list[Found[Contact]]:
    loops = (each for each in node.walk() if each is not node and each.first("NM1"))
    return [each for loop in loops for each in named_contacts(loop, "related name")]


def _with_inherited(own: list[Found[Dated]], above: list[Found[Dated]]) -> list[Found[Dated]]:
    named = {each.value[0] for each in own}
    return own + [each.under(f"inherited: {each.rule}") for each in above if each.value[0] not in named]
