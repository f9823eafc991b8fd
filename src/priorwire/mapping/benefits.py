"""One EB of a 271 with what stands under it (005010X279A1, 2110C and 2110D).

Payers' habits that are read past are told as `Caution`: a percentage of 20 for 0.2, service types
joined by commas, a plan's name where the code of an insurance type belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from priorwire.mapping import benefit_codes, spelling
from priorwire.mapping.makers import changed, maker
from priorwire.mapping.said import (
    coded,
    messages,
    named_contacts,
    number,
    party,
    procedure,
    rejections,
    span,
    text,
    worded,
)
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
from priorwire.x12.segments import BLANKS, Segment

T = TypeVar("T")

#: A dated statement: which date, in our words, and when.
Dated = tuple[str, DateSpan]

#: Codes of insurance types have at most so many characters (list 1336); what is longer is a text.
_INSURANCE_TYPE_LENGTH = 3
_WHOLE, _HUNDRED = Decimal(1), Decimal(100)


_NO_NAMES: AbstractSet[str] = frozenset()


class Stated:
    """The statement of one EB, as far as it is its own: what it takes from above comes after (`Inherited`)."""

    __slots__ = ("benefit", "dated", "habits")

    def __init__(self, benefit: Benefit, habits: Sequence[tuple[CautionKind, int]]) -> None:
        self.benefit = benefit
        #: Names of the dates that it has itself.
        self.dated = {name for name, _ in benefit.dates} if benefit.dates else _NO_NAMES
        #: The habits of the payer in its EB, and in which element.
        self.habits = habits


def stated(node: LoopNode, trace: Trace) -> Stated:
    """The statement of one EB by itself, its sources written down.

    Args:
        node: the loop that the EB opens; nothing outside it is looked at, so that it may be remembered by its text.
        trace: where to write the sources down.
    """
    segment = opening(node)
    own, entities = _parts(node)
    # Most statements are an EB and nothing else: what stands beside one is only looked for where something does.
    beside = _beside(own, entities, trace) if own else {}
    deliveries = own.get("HSD", [])
    said = _benefit(
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
        dates=trace.take_all("dates", dated(own["DTP"], "date of the benefit")) if "DTP" in own else (),
        diagnosis_numbers=trace.take_all("diagnosis_numbers", _diagnosis_numbers(segment)),
        **beside,
    )
    return Stated(said, _habits(segment))


_benefit = maker(Benefit)


def opening(node: LoopNode) -> Segment:
    """The EB of its loop."""
    first = node.items[0]
    assert isinstance(first, Segment), "what begins a loop stands first in it"
    return first


class Inherited:
    """The dates that hold for every benefit which has none of the same name: the patient's and the subscriber's."""

    __slots__ = ("_found", "_names", "_said")

    def __init__(self, above: Sequence[Found[Dated]]) -> None:
        self._found = [each.under(f"inherited: {each.rule}") for each in above]
        self._said = tuple([each.value for each in above])
        self._names = frozenset([name for name, _ in self._said])

    def given_to(self, said: Stated, path: str, trace: Trace) -> Benefit:
        """A statement with these dates, noted under its path."""
        benefit = said.benefit
        if not self._said:
            return benefit
        if not said.dated:
            trace.note(f"{path}.dates", self._found)
            return changed(benefit, dates=self._said)
        if self._names <= said.dated:
            return benefit
        more = [each for each in self._found if each.value[0] not in said.dated]
        for index, each in enumerate(more, len(benefit.dates)):
            trace.take(f"{path}.dates[{index}]", each)
        return changed(benefit, dates=(*benefit.dates, *(each.value for each in more)))


def _beside(own: dict[str, list[Segment]], entities: list[LoopNode], trace: Trace) -> dict[str, Any]:
    """What the segments after an EB say of its statement; nothing of what has no segment here."""
    said: dict[str, Any] = {}
    limits = own.get("III", [])
    if limits:
        said["places_of_service"] = trace.take_all("places_of_service", _limited_to(limits, "ZZ", "place of service"))
        said["injuries"] = trace.take_all("injuries", _injuries(limits))
    if limits or "MSG" in own:
        said["messages"] = trace.take_all("messages", _messages(own.get("MSG", []), limits))
    if entities:
        said["contacts"] = trace.take_all("contacts", _contacts(entities))
        said["entities"] = trace.take_all("entities", _present(map(_entity, entities)))
    if "HSD" in own:
        said["deliveries"] = trace.take_all("deliveries", _present(map(_delivery, own["HSD"])))
    if "REF" in own:
        said["numbers"] = trace.take_all("numbers", _present(map(_reference, own["REF"])))
    if "AAA" in own:
        said["rejections"] = trace.take_all("rejections", rejections(own["AAA"], "benefit"))
    return said


def cautions(nodes: Sequence[LoopNode], said: Sequence[Stated]) -> list[Found[Caution]]:
    """What was read otherwise than it is written, over all statements."""
    return [
        Found(Caution(kind=kind, benefit=index), Spot(opening(nodes[index]), element), "habit of the payer")
        for index, each in enumerate(said)
        for kind, element in each.habits
    ]


def _habits(segment: Segment) -> list[tuple[CautionKind, int]]:
    found = []
    types = segment.element(3)
    if ("," in types or segment.delimiters.component in types) and len(service_types(segment)) > sum(
        bool(each.strip()) for each in segment.repeats(3)
    ):
        found.append((CautionKind.SERVICE_TYPES_JOINED, 3))
    if _is_plan_text(segment):
        found.append((CautionKind.PLAN_AS_INSURANCE_TYPE, 4))
    sent = number(segment, 8, "")
    if sent and sent.value > _WHOLE:
        above = sent.value > _HUNDRED
        found.append((CautionKind.PERCENT_NOT_READ if above else CautionKind.PERCENT_ABOVE_ONE, 8))
    return found


def dated(segments: list[Segment], rule: str) -> list[Found[Dated]]:
    """Each readable DTP with its name; a name that no table has is kept as sent."""
    found = []
    for segment in segments:
        when = span(segment, rule)
        qualifier = segment.element(1).strip()
        if when and qualifier:
            said = benefit_codes.DATE.get(qualifier, qualifier), when.value
            found.append(Found(said, when.spot, rule, _FIRST_IS_QUALIFIER))
    return found


_FIRST_IS_QUALIFIER: Mapping[str, int] = MappingProxyType({"[0]": 1})


def service_types(segment: Segment) -> list[Found[str]]:
    """EB03. It repeats; some payers join the codes by commas, or by the component separator, instead."""
    found = []
    component = segment.delimiters.component
    for repeat, whole in enumerate(segment.repeats(3), 1):
        parts = whole.replace(component, ",").split(",") if component in whole or "," in whole else (whole,)
        spot = Spot(segment, 3, None, repeat)
        found += [Found(code, spot, "service type") for each in parts if (code := each.strip())]
    return found


def _information(segment: Segment) -> Found[str]:
    code = segment.element(1).strip(BLANKS)
    return Found(benefit_codes.BENEFIT.get(code, code), Spot(segment, 1), "benefit information")


def _procedure(segment: Segment) -> Found[ProcedureCode] | None:
    has_one = len(segment.elements) > 13 and segment.elements[13].strip()  # noqa: PLR2004 - EB13
    return procedure(segment, 13, "procedure of the benefit") if has_one else None


def _network(segment: Segment, trace: Trace) -> Network:
    found = coded(segment, 12, benefit_codes.NETWORK, Network.UNKNOWN, "network")
    return trace.must("network", found) if found else Network.NOT_STATED


def _authorization_required(segment: Segment, trace: Trace) -> Answer:
    """EB11; absent is not stated, and never a no."""
    found = coded(segment, 11, benefit_codes.AUTHORIZATION_REQUIRED, Answer.UNKNOWN, "authorization required")
    return trace.must("authorization_required", found) if found else Answer.NOT_STATED


def _percent(segment: Segment) -> Found[Decimal] | None:
    """EB08 is a fraction; payers send 20 for 0.2 all the same. More than a hundred is nothing that could be meant."""
    sent = number(segment, 8, "percent, a fraction as sent")
    if sent is None or sent.value <= _WHOLE:
        return sent
    if sent.value > _HUNDRED:
        return None
    return sent.named(sent.value.scaleb(-2)).under("percent, sent as a number above one and divided by a hundred")


def _is_plan_text(segment: Segment) -> bool:
    elements = segment.elements
    return len(elements) > 4 and len(elements[4].strip()) > _INSURANCE_TYPE_LENGTH  # noqa: PLR2004 - EB04


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
    said, spots = _delivery_of(tuple(segment.elements))
    return Found(said, Spot(segment, 2), "delivery of the benefit", spots) if said is not None else None


@lru_cache(maxsize=1_024)  # the same few patterns come again and again, and they are nobody's
def _delivery_of(elements: tuple[str, ...]) -> tuple[BenefitDelivery | None, Mapping[str, int]]:
    """What the elements of an HSD say, and in which element each leaf stands."""
    values: dict[str, Any] = {}
    spots: dict[str, int] = {}
    for element, leaf, words in _DELIVERED:
        sent = elements[element].strip(BLANKS) if element < len(elements) else ""
        value = spelling.read_number(sent) if words is None else words.get(sent, sent) or None
        if value is not None:
            values[leaf], spots[leaf] = value, element
    return (BenefitDelivery(**values) if values else None), spots


#: Elements of an HSD, the leaf that each is, and its words; `None` for a number.
_DELIVERED: Sequence[tuple[int, str, Mapping[str, str] | None]] = (
    (1, "counts", benefit_codes.COUNTS),
    (2, "value", None),
    (3, "per", benefit_codes.FREQUENCY),
    (4, "every", None),
    (5, "period", benefit_codes.PERIOD),
    (6, "periods", None),
    (7, "calendar", {}),
    (8, "time", {}),
)


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
    """The segments of a benefit by id, and the loops of those whom it names; nothing for an EB and nothing else."""
    own: dict[str, list[Segment]] = {}
    entities: list[LoopNode] = []
    if len(node.items) > 1:
        _sort(node, own, entities, is_entity=False)
    return own, entities


def _sort(node: LoopNode, own: dict[str, list[Segment]], entities: list[LoopNode], *, is_entity: bool) -> None:
    inner = []
    for item in node.items:
        if not isinstance(item, Segment):
            inner.append(item)
        elif not is_entity or item.elements[0] not in _OF_AN_ENTITY:
            own.setdefault(item.elements[0], []).append(item)
    for each in inner:
        names = each.first("NM1") is not None
        if names:
            entities.append(each)
        _sort(each, own, entities, is_entity=names)


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
