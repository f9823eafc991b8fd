"""One EB of a 271 with what stands under it (005010X279A1, 2110C and 2110D).

Payers' habits that are read past are told as `Caution`: a percentage of 20 for 0.2, service types
joined by commas, a plan's name where the code of an insurance type belongs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from priorwire.mapping import benefit_codes
from priorwire.mapping.said import messages, named_contacts, number, party, procedure, rejections, span, text, worded
from priorwire.mapping.trace import Found, Spot, Trace
from priorwire.model.eligibility import (
    Answer,
    Benefit,
    BenefitDelivery,
    BenefitQuantity,
    Caution,
    CautionKind,
    Network,
)
from priorwire.model.parties import Contact, PartySaid
from priorwire.model.services import DateSpan, ProcedureCode
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

T = TypeVar("T")

#: A dated statement: which date, in our words, and when.
Dated = tuple[str, DateSpan]

#: Codes of insurance types have at most so many characters (list 1336); what is longer is a text.
_INSURANCE_TYPE_LENGTH = 3
_WHOLE, _HUNDRED = Decimal(1), Decimal(100)


def benefit(node: LoopNode, above: list[Found[Dated]], trace: Trace) -> Benefit:
    """The statement of one EB.

    Args:
        node: the loop that the EB opens.
        above: dates of the patient and the subscriber, which hold where this EB has none of the same name.
        trace: where to write the sources down.
    """
    segment = node.segments[0]
    own, entities = _parts(node)
    # Most statements are an EB and nothing else: what stands beside one is only looked for where something does.
    beside = _beside(own, entities, trace) if own else {}
    deliveries = own.get("HSD", [])
    return Benefit(
        information=trace.must("information", _information(segment)),
        service_types=trace.take_all("service_types", service_types(segment)),
        procedure=trace.take("procedure", _procedure(segment)),
        network=_network(segment, trace),
        amount=trace.take("amount", number(segment, 7, "amount")),
        percent=trace.take("percent", _percent(segment)),
        quantity=trace.take("quantity", _quantity(segment, deliveries)),
        period=trace.take("period", _period(segment, deliveries)),
        authorization_required=_authorization_required(segment, trace),
        coverage_level=trace.take("coverage_level", worded(segment, 2, benefit_codes.COVERAGE_LEVEL, "coverage level")),
        insurance_type=trace.take("insurance_type", _insurance_type(segment)),
        plan=trace.take("plan", plan(segment)),
        dates=trace.take_all("dates", _with_inherited(dated(own.get("DTP", []), "date of the benefit"), above)),
        diagnosis_numbers=trace.take_all("diagnosis_numbers", _diagnosis_numbers(segment)),
        **beside,
    )


def _beside(own: dict[str, list[Segment]], entities: list[LoopNode], trace: Trace) -> dict[str, Any]:
    """What the segments after an EB say of its statement."""
    limits = own.get("III", [])
    return {
        "places_of_service": trace.take_all("places_of_service", _limited_to(limits, "ZZ", "place of service")),
        "messages": trace.take_all("messages", _messages(own.get("MSG", []), limits)),
        "contacts": trace.take_all("contacts", _contacts(entities)),
        "deliveries": trace.take_all("deliveries", _present(map(_delivery, own.get("HSD", [])))),
        "injuries": trace.take_all("injuries", _injuries(limits)),
        "numbers": trace.take_all("numbers", _present(map(_reference, own.get("REF", [])))),
        "entities": trace.take_all("entities", _present(map(_entity, entities))),
        "rejections": trace.take_all("rejections", rejections(own.get("AAA", []), "benefit")),
    }


def cautions(nodes: list[LoopNode]) -> list[Found[Caution]]:
    """What was read otherwise than it is written, over all statements."""
    return [
        Found(Caution(kind=kind, benefit=index), Spot(segment=node.segments[0], element=element), "habit of the payer")
        for index, node in enumerate(nodes)
        for kind, element in _habits(node.segments[0])
    ]


def _habits(segment: Segment) -> Iterator[tuple[CautionKind, int]]:
    types = segment.element(3)
    joins = "," in types or segment.delimiters.component in types
    if joins and len(service_types(segment)) > sum(bool(each.strip()) for each in segment.repeats(3)):
        yield CautionKind.SERVICE_TYPES_JOINED, 3
    if _is_plan_text(segment):
        yield CautionKind.PLAN_AS_INSURANCE_TYPE, 4
    sent = number(segment, 8, "")
    if sent and sent.value > _WHOLE:
        above = sent.value > _HUNDRED
        yield (CautionKind.PERCENT_NOT_READ if above else CautionKind.PERCENT_ABOVE_ONE), 8


def dated(segments: list[Segment], rule: str) -> list[Found[Dated]]:
    """Each readable DTP with its name; a name that no table has is kept as sent."""
    found = []
    for segment in segments:
        when = span(segment, rule)
        qualifier = segment.element(1).strip()
        if when and qualifier:
            name = Spot(segment=segment, element=1)
            found.append(
                Found((benefit_codes.DATE.get(qualifier, qualifier), when.value), when.spot, rule, {"[0]": name})
            )
    return found


def service_types(segment: Segment) -> list[Found[str]]:
    """EB03. It repeats; some payers join the codes by commas, or by the component separator, instead."""
    found = []
    for repeat, whole in enumerate(segment.repeats(3), 1):
        spot = Spot(segment, 3, None, repeat)
        joined = whole.replace(segment.delimiters.component, ",")
        parts = joined.split(",") if "," in joined else (joined,)
        found += [Found(part.strip(), spot, "service type") for part in parts if part.strip()]
    return found


def _information(segment: Segment) -> Found[str]:
    spot = Spot(segment=segment, element=1)
    code = spot.read()
    return Found(benefit_codes.BENEFIT.get(code, code), spot, "benefit information")


def _procedure(segment: Segment) -> Found[ProcedureCode] | None:
    return procedure(segment, 13, "procedure of the benefit") if segment.element(13).strip() else None


def _network(segment: Segment, trace: Trace) -> Network:
    said = text(segment, 12, "network")
    if said is None:
        return Network.NOT_STATED
    return trace.must("network", said.named(benefit_codes.NETWORK.get(said.value, Network.UNKNOWN)))


def _authorization_required(segment: Segment, trace: Trace) -> Answer:
    """EB11; absent is not stated, and never a no."""
    said = text(segment, 11, "authorization required")
    if said is None:
        return Answer.NOT_STATED
    return trace.must(
        "authorization_required", said.named(benefit_codes.AUTHORIZATION_REQUIRED.get(said.value, Answer.UNKNOWN))
    )


def _percent(segment: Segment) -> Found[Decimal] | None:
    """EB08 is a fraction; payers send 20 for 0.2 all the same. More than a hundred is nothing that could be meant."""
    sent = number(segment, 8, "percent, a fraction as sent")
    if sent is None or sent.value <= _WHOLE:
        return sent
    if sent.value > _HUNDRED:
        return None
    return sent.named(sent.value.scaleb(-2)).under("percent, sent as a number above one and divided by a hundred")


def _is_plan_text(segment: Segment) -> bool:
    return len(segment.element(4).strip()) > _INSURANCE_TYPE_LENGTH


def _insurance_type(segment: Segment) -> Found[str] | None:
    return None if _is_plan_text(segment) else text(segment, 4, "insurance type")


def plan(segment: Segment) -> Found[str] | None:
    """EB05; else the name that some payers send in EB04, where a code belongs."""
    named = text(segment, 5, "plan")
    if named or not _is_plan_text(segment):
        return named
    return text(segment, 4, "plan, sent where the insurance type belongs")


def _quantity(segment: Segment, deliveries: list[Segment]) -> Found[BenefitQuantity] | None:
    """EB09 and EB10, else the first HSD."""
    found = _counted(segment, 9, 10)
    for each in deliveries:
        found = found or _counted(each, 1, 2)
    return found


def _counted(segment: Segment, counts: int, value: int) -> Found[BenefitQuantity] | None:
    found = number(segment, value, "quantity")
    if found is None:
        return None
    code = segment.element(counts).strip()
    said = BenefitQuantity(value=found.value, counts=benefit_codes.COUNTS.get(code, code))
    return Found(said, found.spot, found.rule, {"counts": counts})


def _period(segment: Segment, deliveries: list[Segment]) -> Found[str] | None:
    """EB06, else HSD05."""
    found = worded(segment, 6, benefit_codes.PERIOD, "period")
    for each in deliveries:
        found = found or worded(each, 5, benefit_codes.PERIOD, "period")
    return found


def _delivery(segment: Segment) -> Found[BenefitDelivery] | None:
    """HSD: how many, of what, every so many of a time, for so many of another."""
    value, every, periods = (number(segment, element, "") for element in (2, 4, 6))
    words = {
        "counts": worded(segment, 1, benefit_codes.COUNTS, ""),
        "per": worded(segment, 3, benefit_codes.FREQUENCY, ""),
        "period": worded(segment, 5, benefit_codes.PERIOD, ""),
        "calendar": text(segment, 7, ""),
        "time": text(segment, 8, ""),
    }
    numbers = {"value": value, "every": every, "periods": periods}
    spots = {leaf: each.spot for leaf, each in (*words.items(), *numbers.items()) if each}
    if not spots:
        return None
    said = BenefitDelivery(
        value=value.value if value else None,
        every=every.value if every else None,
        periods=periods.value if periods else None,
        **{leaf: each.value if each else None for leaf, each in words.items()},
    )
    return Found(said, Spot(segment=segment, element=2), "delivery of the benefit", spots)


def _reference(segment: Segment) -> Found[tuple[str, str]] | None:
    qualifier, number = segment.element(1).strip(), text(segment, 2, "number of the benefit")
    if number is None or not qualifier:
        return None
    said = (benefit_codes.NUMBER.get(qualifier, qualifier), number.value)
    return Found(said, number.spot, number.rule, {"[0]": Spot(segment=segment, element=1)})


def _entity(node: LoopNode) -> Found[PartySaid] | None:
    """Whom a benefit names, with what it is to the patient."""
    found, role = party(node, "related name"), text(node.first("NM1"), 1, "role")
    if found is None or role is None:
        return found
    said = replace(found.value, role=benefit_codes.ENTITY.get(role.value, role.value))
    return Found(said, found.spot, found.rule, {**found.spots, "role": role.spot})


def _diagnosis_numbers(segment: Segment) -> list[Found[int]]:
    """EB14: which of the patient's diagnoses, up to four."""
    found: list[Found[int]] = []
    if not segment.element(14):
        return found
    for component, part in enumerate(segment.components(14), 1):
        if part.strip().isascii() and part.strip().isdigit():
            spot = Spot(segment=segment, element=14, component=component)
            found.append(Found(int(part), spot, "diagnosis that the benefit is for"))
    return found


#: What tells of those whom a benefit names; whatever else payers put among them belongs to the benefit.
_OF_AN_ENTITY = frozenset({"NM1", "N2", "N3", "N4", "PER", "PRV", "REF"})


def _parts(node: LoopNode) -> tuple[dict[str, list[Segment]], list[LoopNode]]:
    """The segments of a benefit by id, and the loops of those whom it names."""
    own: dict[str, list[Segment]] = {}
    entities: list[LoopNode] = []
    if len(node.items) == 1:
        return own, entities
    for each in node.walk():
        is_entity = each is not node and each.first("NM1") is not None
        if is_entity:
            entities.append(each)
        for segment in each.segments:
            if not is_entity or segment.id not in _OF_AN_ENTITY:
                own.setdefault(segment.id, []).append(segment)
    return own, entities


def _present(found: Iterator[Found[T] | None]) -> list[Found[T]]:
    return [each for each in found if each]


def _limited_to(limits: list[Segment], qualifier: str, rule: str) -> list[Found[str]]:
    return _present(text(each, 2, rule) for each in limits if each.element(1).strip() == qualifier)


def _injuries(limits: list[Segment]) -> list[Found[str]]:
    return [each for qualifier in ("GR", "NI") for each in _limited_to(limits, qualifier, "nature of injury")]


def _messages(said: list[Segment], limits: list[Segment]) -> list[Found[str]]:
    return [*messages(said), *_present(text(each, 4, "what it is limited to") for each in limits)]


def _contacts(entities: list[LoopNode]) -> list[Found[Contact]]:
    return [each for loop in entities for each in named_contacts(loop, "related name")]


def _with_inherited(own: list[Found[Dated]], above: list[Found[Dated]]) -> list[Found[Dated]]:
    named = {each.value[0] for each in own}
    return own + [each.under(f"inherited: {each.rule}") for each in above if each.value[0] not in named]
