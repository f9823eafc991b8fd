"""Small readings that the 271 and the 278 share: parties, contacts, traces, rejections, dates, procedures.

Each looks at segments and gives a `Found`, or nothing. None of them raises for what a payer
sent: what cannot be read is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from priorwire.mapping import codes, spelling
from priorwire.mapping.makers import maker
from priorwire.mapping.next_steps import next_step, rests_on_action_alone
from priorwire.mapping.trace import Found, Spot, Where
from priorwire.model.authorization import Follow, Rejection, TraceNumber
from priorwire.model.parties import AddressSaid, Contact, PartySaid
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import BLANKS, Segment

T = TypeVar("T")

# --- moving in the tree -------------------------------------------------------------------------------------


def inner_loops(level: LoopNode) -> Iterator[LoopNode]:
    """The loops inside one level at any depth, not those of the levels below it; the level itself first."""
    yield level
    for item in level.items:
        if isinstance(item, LoopNode) and not item.is_level:
            yield from inner_loops(item)


def level_segments(level: LoopNode, segment_id: str) -> list[Segment]:
    """Every segment of that id between this HL and the next, in whichever loop it was placed.

    Payers put decisions after names (HCR after HI, or after NM1), so a decision is looked for in
    the whole level and not only in its place.
    """
    found: list[Segment] = []
    _collect(level, segment_id, found)
    return found


def _collect(node: LoopNode, segment_id: str, found: list[Segment]) -> None:
    inner = []
    for item in node.items:
        if isinstance(item, Segment):
            if item.elements[0] == segment_id:
                found.append(item)
        elif not item.is_level:
            inner.append(item)
    for each in inner:
        _collect(each, segment_id, found)


def own_segments(node: LoopNode) -> dict[str, list[Segment]]:
    """The segments directly in a node, by id."""
    found: dict[str, list[Segment]] = {}
    for item in node.items:
        if isinstance(item, Segment):
            found.setdefault(item.elements[0], []).append(item)
    return found


def text(segment: Segment | None, element: int, rule: str, *, component: int | None = None) -> Found[str] | None:
    """An element that says something."""
    if segment is None or element >= len(segment.elements):
        return None
    if component is None:
        value = segment.elements[element].strip(BLANKS)
    else:
        value = segment.component(element, component).strip(BLANKS)
    return Found(value, Spot(segment, element, component), rule) if value else None


def worded(
    segment: Segment | None, element: int, words: Mapping[str, str], rule: str, *, component: int | None = None
) -> Found[str] | None:
    """A code in our words; one that we do not know as sent."""
    found = text(segment, element, rule, component=component)
    if found is not None:
        found.value = words.get(found.value, found.value)
    return found


def coded(segment: Segment, element: int, words: Mapping[str, T], otherwise: T, rule: str) -> Found[T] | None:
    """A code as a value of ours; `otherwise` for one that we do not know."""
    if element >= len(segment.elements):
        return None
    code = segment.elements[element].strip(BLANKS)
    return Found(words.get(code, otherwise), Spot(segment, element), rule) if code else None


def first_reference(level: LoopNode, qualifier: str, rule: str) -> Found[str] | None:
    """REF02 of the first REF with that qualifier: in its own place, else anywhere in the level."""
    return reference(level_segments(level, "REF"), qualifier, rule)


def reference(segments: Iterable[Segment], qualifier: str, rule: str) -> Found[str] | None:
    """REF02 of the first REF with that qualifier that has one."""
    for segment in segments:
        if segment.element(1).strip(BLANKS) == qualifier:
            found = text(segment, 2, rule)
            if found:
                return found
    return None


# --- parties ------------------------------------------------------------------------------------------------

#: Leaves of a party that stand in its NM1.
_IN_NAME: Mapping[str, int] = {
    "first_name": 4,
    "middle_name": 5,
    "suffix": 7,
    "role": 1,
    "identifier": 9,
    "identifier_kind": 8,
}
#: REF01 that numbers a review and not the party, wherever a payer puts it.
_OF_THE_REVIEW = frozenset({"BB", "NT", "G1", "9F"})


_party_said = maker(PartySaid)


def party(level: LoopNode | None, rule: str) -> Found[PartySaid] | None:
    """The party that a level names: its first NM1, with what follows it in its loop."""
    if level is None:
        return None
    for node in inner_loops(level):
        own = own_segments(node)
        if "NM1" in own:
            if "DMG" not in own and node is not level and (born := level_segments(level, "DMG")):
                own["DMG"] = born
            return _party(own, rule)
    return None


def _party(own: dict[str, list[Segment]], rule: str) -> Found[PartySaid]:
    name = own["NM1"][0]
    parts = [each.strip(BLANKS) or None for each in name.elements[:10]]
    if len(parts) < 10:  # noqa: PLR2004 - NM109
        parts += [None] * (10 - len(parts))
    _, role, _, last, first, middle, _, suffix, kind, number = parts
    values: dict[str, Any] = {}
    spots: Mapping[str, Where] = _IN_NAME
    if len(own) > 1:
        beside = _beside_name(own, rule)
        values = {leaf: each.value for leaf, each in beside.items()}
        more: dict[str, Where] = {**_IN_NAME, **beside}
        for plural, segment_id, read in _SEVERAL:
            if segment_id in own and (found := read(own[segment_id], rule)):
                values[plural] = tuple([each.value for each in found])
                more.update({f"{plural}[{index}]": each for index, each in enumerate(found)})
        spots = more
    said = _party_said(
        name=last,
        first_name=first,
        middle_name=middle,
        suffix=suffix,
        role=codes.PARTY_ROLE.get(role, role) if role else None,
        identifier=number,
        identifier_kind=codes.IDENTIFIER_KIND.get(kind, kind) if kind and number else None,
        **values,
    )
    return Found(said, Spot(name, 3), rule, spots)


def _beside_name(own: dict[str, list[Segment]], rule: str) -> dict[str, Found[Any]]:
    """What the segments after an NM1 say of a party, one value each."""
    found: dict[str, Found[Any]] = {}
    if ("N3" in own or "N4" in own) and (where := address(own, rule)):
        found["address"] = where
    if "DMG" in own:
        segment = own["DMG"][0]
        born = spelling.read_day(segment.element(2))
        gender = codes.GENDER_SAID.get(segment.element(3).strip(BLANKS))
        if born:
            found["birth_date"] = Found(born, Spot(segment, 2), rule)
        if gender:
            found["gender"] = Found(gender, Spot(segment, 3), rule)
    if "PRV" in own and (trade := text(own["PRV"][0], 3, rule)):
        found["taxonomy"] = trade
    if "INS" in own and (related := worded(own["INS"][0], 2, codes.RELATIONSHIP, rule)):
        found["relationship"] = related
    return found


def _numbers(segments: Iterable[Segment], rule: str) -> list[Found[tuple[str, str]]]:
    found = []
    for segment in segments:
        kind, number = segment.element(1).strip(BLANKS), segment.element(2).strip(BLANKS)
        if kind and number and kind not in _OF_THE_REVIEW:
            said = codes.NUMBER.get(kind, kind), number
            found.append(Found(said, Spot(segment, 2), rule, _FIRST_IS_QUALIFIER))
    return found


def _number_notes(segments: Iterable[Segment], rule: str) -> list[Found[tuple[str, str]]]:
    """REF03."""
    found = []
    for segment in segments:
        kind, note = segment.element(1).strip(BLANKS), segment.element(3).strip(BLANKS)
        if kind and note and kind not in _OF_THE_REVIEW:
            found.append(Found((codes.NUMBER.get(kind, kind), note), Spot(segment, 3), rule, _FIRST_IS_QUALIFIER))
    return found


_FIRST_IS_QUALIFIER: Mapping[str, int] = MappingProxyType({"[0]": 1})


def address(own: Mapping[str, list[Segment]], rule: str) -> Found[AddressSaid] | None:
    """N3 and N4."""
    spots: dict[str, Spot] = {}
    values: dict[str, str] = {}
    for segment_id, leaves in _ADDRESS.items():
        if segment_id in own:
            segment = own[segment_id][0]
            for leaf, element in leaves.items():
                if value := segment.element(element).strip(BLANKS):
                    values[leaf], spots[leaf] = value, Spot(segment, element)
    return Found(AddressSaid(**values), next(iter(spots.values())), rule, spots) if values else None


_ADDRESS: Mapping[str, Mapping[str, int]] = {
    "N3": {"line1": 1, "line2": 2},
    "N4": {"city": 1, "state": 2, "postal_code": 3, "country": 4, "subdivision": 7},
}


def _contacts(segments: Iterable[Segment], rule: str) -> list[Found[Contact]]:
    return [each.under(rule) for each in map(contact, segments) if each]


#: What a party may have several of, the segments that say it, and how they are read.
_SEVERAL: Sequence[tuple[str, str, Callable[[Iterable[Segment], str], Sequence[Found[Any]]]]] = (
    ("numbers", "REF", _numbers),
    ("number_notes", "REF", _number_notes),
    ("contacts", "PER", _contacts),
)


def contact(segment: Segment) -> Found[Contact] | None:
    """A PER; `None` where it names nobody and nothing."""
    said: dict[str, str] = {}
    spots: dict[str, int] = {}
    name = segment.element(2).strip(BLANKS)
    if name:
        said["name"], spots["name"] = name, 2
    for element in (3, 5, 7):
        channel, number = segment.element(element).strip(BLANKS), segment.element(element + 1).strip(BLANKS)
        leaf = "extension" if channel == codes.EXTENSION else codes.CHANNEL.get(channel)
        if leaf and number and leaf not in said:
            said[leaf], spots[leaf] = number, element + 1
    return Found(Contact(**said), Spot(segment, 2), "contact", spots) if said else None


def named_contacts(node: LoopNode, rule: str) -> list[Found[Contact]]:
    """The contacts of a loop with NM1 and PER: each PER, under the NM1's name where it has none of its own."""
    opener = node.first("NM1")
    name = _full_name(opener)
    found = [each for each in map(contact, node.all("PER")) if each]
    if not found:
        return [Found(Contact(name=name.value), name.spot, rule, {"name": name})] if name else []
    return [_with_name(each, name).under(rule) for each in found]


def _with_name(found: Found[Contact], name: Found[str] | None) -> Found[Contact]:
    said = found.value
    if said.name or name is None:
        return found
    whole = Contact(
        name=name.value,
        telephone=said.telephone,
        extension=said.extension,
        fax=said.fax,
        email=said.email,
        url=said.url,
    )
    return Found(whole, found.spot, found.rule, {**found.spots, "name": name})


def _full_name(segment: Segment | None) -> Found[str] | None:
    """Given name and last name, as one."""
    last = text(segment, 3, "name")
    first = text(segment, 4, "name")
    if first is None:
        return last
    if last is None:
        return first
    return Found(f"{first.value} {last.value}", last.spot, "name", also=(first,))


# --- numbers, dates, codes ----------------------------------------------------------------------------------

_IN_TRACE: Mapping[str, int] = MappingProxyType({"assigner": 3, "returned": 1})


def traces(segments: Iterable[Segment]) -> list[Found[TraceNumber]]:
    """TRN: 2 gives back a number of ours (or of a clearinghouse's), 1 is the payer's own."""
    found = []
    for segment in segments:
        number = segment.element(2).strip(BLANKS)
        if number:
            said = TraceNumber(
                number=number,
                assigner=segment.element(3).strip(BLANKS) or None,
                returned=segment.element(1).strip(BLANKS) == "2",
            )
            found.append(Found(said, Spot(segment, 2), "trace number", _IN_TRACE))
    return found


def rejections(segments: Iterable[Segment], about: str, service: int | None = None) -> list[Found[Rejection]]:
    """AAA. Some payers put the reason into AAA02 (and the action into AAA03)."""
    return [_rejection(segment, about, service) for segment in segments]


_YES_NO: Mapping[str, bool] = MappingProxyType({"Y": True, "N": False})


def _rejection(segment: Segment, about: str, service: int | None) -> Found[Rejection]:
    second, third, fourth = (segment.element(number).strip(BLANKS) for number in (2, 3, 4))
    element, action, action_element = 3, fourth, 4
    shifted = third in codes.FOLLOW and third not in codes.REJECTION
    if second and (not third or (shifted and second in codes.REJECTION)):
        element, action, action_element = 2, third or fourth, 3 if third else 4
    # Some write a text of their own behind the code, as a second component.
    coded = Spot(segment, element, 1)
    reason = coded.read()
    follow = codes.FOLLOW.get(action, Follow.NOT_STATED)
    said = Rejection(
        code=reason,
        says=codes.REJECTION.get(reason),
        follow=follow,
        follow_code=action or None if follow is Follow.NOT_STATED else None,
        request_valid=_YES_NO.get(segment.element(1).strip(BLANKS)),
        next_step=next_step(reason, follow),
        about=about,
        service=service,
    )
    stands = Spot(segment, 0)
    acts = Found(follow, Spot(segment, action_element), "rejection")
    if rests_on_action_alone(follow):
        step = Found(said.next_step, acts.spot, "what the action calls for")
    else:
        step = Found(said.next_step, coded, "what the reason and the action call for", also=(acts,))
    spots: dict[str, Where] = {
        "follow": acts,
        "follow_code": acts,
        "request_valid": 1,
        "next_step": step,
        "about": stands,
        "service": stands,
    }
    return Found(said, coded, "rejection", spots)


def span(segment: Segment, rule: str) -> Found[DateSpan] | None:
    """A DTP's day or range."""
    elements = segment.elements
    value = _span(elements[3]) if len(elements) > 3 else None  # noqa: PLR2004 - DTP03
    return Found(value, Spot(segment, 3), rule) if value is not None else None


@lru_cache(maxsize=4_096)  # days of a plan or of a review, of which a file repeats a few
def _span(text: str) -> DateSpan | None:
    return spelling.read_span(text)


def dates(level: LoopNode, qualifier: str, rule: str) -> Found[DateSpan] | None:
    """The first readable DTP with that qualifier in a level."""
    return dated(level_segments(level, "DTP"), qualifier, rule)


def dated(segments: Iterable[Segment], qualifier: str, rule: str) -> Found[DateSpan] | None:
    """The first readable DTP with that qualifier."""
    for segment in segments:
        if segment.element(1).strip(BLANKS) == qualifier:
            found = span(segment, rule)
            if found:
                return found
    return None


def number(segment: Segment, element: int, rule: str) -> Found[Decimal] | None:
    """A number of type R, as a decimal."""
    if element >= len(segment.elements) or not segment.elements[element]:
        return None
    value = _number(segment.elements[element])
    return Found(value, Spot(segment, element), rule) if value is not None else None


@lru_cache(maxsize=4_096)  # an amount by itself is nobody's, and most come again
def _number(text: str) -> Decimal | None:
    return spelling.read_number(text)


def counted(segment: Segment, unit_element: int, value_element: int, rule: str) -> Found[Quantity] | None:
    """A number and its unit; `None` where either is absent or not known."""
    said = _quantity(segment.element(unit_element), segment.element(value_element))
    return Found(said, Spot(segment, value_element), rule, {"unit": unit_element}) if said is not None else None


@lru_cache(maxsize=4_096)  # as many of the same say the same of whomever
def _quantity(unit: str, value: str) -> Quantity | None:
    counts, many = codes.UNIT.get(unit.strip(BLANKS)), spelling.read_number(value)
    return Quantity(value=many, unit=counts) if counts is not None and many is not None else None


#: Leaves of a procedure by their component, where none of the modifiers before is absent.
_IN_PROCEDURE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "system": (0, 1),
        **{f"modifiers[{index}]": (0, 3 + index) for index in range(4)},
        "description": (0, 7),
        "through": (0, 8),
    }
)


def procedure(
    segment: Segment, element: int, rule: str, *, otherwise: CodeSystem = CodeSystem.OTHER
) -> Found[ProcedureCode] | None:
    """A procedure composite; `otherwise` is the system of a qualifier that no table has."""
    said, spots = _procedure(tuple(segment.components(element)), otherwise)
    if said is None:
        return None
    if spots:
        return Found(said, Spot(segment, element, 2), rule, spots)
    # Only one component: the sender left the qualifier out.
    return Found(said, Spot(segment, element), rule, {"system": Spot(segment, 0)})


@lru_cache(maxsize=4_096)  # a code says the same of whomever it is sent
def _procedure(
    components: tuple[str, ...], otherwise: CodeSystem
) -> tuple[ProcedureCode | None, Mapping[str, tuple[int, int]]]:
    """The code that some components are, and in which each leaf stands; nothing of the latter for a bare code."""
    parts = [part.strip(BLANKS) for part in components]
    if len(parts) == 1 and parts[0]:
        return ProcedureCode(system=CodeSystem.OTHER, code=parts[0]), {}
    if len(parts) < 2 or not parts[1]:  # noqa: PLR2004 - the qualifier and the code
        return None, {}
    spots = _IN_PROCEDURE
    modifiers = tuple(parts[2:6])
    if "" in modifiers:
        kept = [(component, part) for component, part in enumerate(modifiers, 3) if part]
        modifiers = tuple(part for _, part in kept)
        spots = {**spots, **{f"modifiers[{index}]": (0, component) for index, (component, _) in enumerate(kept)}}
    said = ProcedureCode(
        system=codes.PROCEDURE_SYSTEM.get(parts[0], otherwise),
        code=parts[1],
        modifiers=modifiers,
        description=(parts[6] or None) if len(parts) > 6 else None,  # noqa: PLR2004 - its seventh component
        through=(parts[7] or None) if len(parts) > 7 else None,  # noqa: PLR2004 - its eighth component
    )
    return said, spots


def messages(segments: Iterable[Segment], rule: str = "message") -> list[Found[str]]:
    """MSG01 of each MSG that says something."""
    return [each for each in (text(segment, 1, rule) for segment in segments) if each]
