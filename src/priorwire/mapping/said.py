"""Small readings that the 271 and the 278 share: parties, contacts, traces, rejections, dates, procedures.

Each looks at segments and gives a `Found`, or nothing. None of them raises for what a payer
sent: what cannot be read is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from priorwire.mapping import codes, spelling
from priorwire.mapping.trace import Found, Spot
from priorwire.model.authorization import (
    CodeSystem,
    DateSpan,
    Follow,
    ProcedureCode,
    Quantity,
    Rejection,
    TraceNumber,
)
from priorwire.model.parties import Contact, Gender, PartySaid
from priorwire.x12.loops import LoopNode
from priorwire.x12.segments import Segment

# --- moving in the tree -------------------------------------------------------------------------------------


def is_level(node: LoopNode) -> bool:
    """Whether a node is one HL level (or the set itself), not a loop inside a level."""
    opener = node.opener
    return opener is not None and opener.id in ("HL", "ST")


def inner_loops(level: LoopNode) -> Iterator[LoopNode]:
    """The loops inside one level at any depth, not those of the levels below it; the level itself first."""
    yield level
    for node in level.loops():
        if not is_level(node):
            yield from inner_loops(node)


def level_segments(level: LoopNode, segment_id: str) -> list[Segment]:
    """Every segment of that id between this HL and the next, in whichever loop it was placed.

    Payers put decisions after names (HCR after HI, or after NM1), so a decision is looked for in
    the whole level and not only in its place.
    """
    own = level.all(segment_id)
    return own + [segment for node in inner_loops(level) if node is not level for segment in node.all(segment_id)]


def text(segment: Segment | None, element: int, rule: str, *, component: int | None = None) -> Found[str] | None:
    """An element that says something."""
    if segment is None:
        return None
    spot = Spot(segment=segment, element=element, component=component)
    value = spot.read()
    return Found(value, spot, rule) if value else None


def first_reference(level: LoopNode, qualifier: str, rule: str) -> Found[str] | None:
    """REF02 of the first REF with that qualifier: in its own place, else anywhere in the level."""
    for segment in level_segments(level, "REF"):
        if segment.element(1).strip() == qualifier:
            found = text(segment, 2, rule)
            if found:
                return found
    return None


# --- parties ------------------------------------------------------------------------------------------------


def party(level: LoopNode | None, rule: str) -> Found[PartySaid] | None:
    """The party that a level names: NM1, DMG and PER."""
    if level is None:
        return None
    names = level_segments(level, "NM1")
    if not names:
        return None
    name = names[0]
    holder = next((node for node in inner_loops(level) if name in node.all("NM1")), level)
    contacts = [each for each in map(contact, holder.all("PER")) if each]
    birth, gender = _demographics(level)
    spots = {
        "first_name": Spot(segment=name, element=4),
        "identifier": Spot(segment=name, element=9),
        "identifier_kind": Spot(segment=name, element=8),
        **({"birth_date": birth.spot} if birth else {}),
        **({"gender": gender.spot} if gender else {}),
    }
    for index, each in enumerate(contacts):
        spots.update({f"contacts[{index}].{leaf}": spot for leaf, spot in each.spots.items()})
    number, kind = spelling.said(name.element(9)), spelling.said(name.element(8))
    said = PartySaid(
        name=spelling.said(name.element(3)),
        first_name=spelling.said(name.element(4)),
        identifier=number,
        identifier_kind=codes.IDENTIFIER_KIND.get(kind, kind) if kind and number else None,
        birth_date=birth.value if birth else None,
        gender=gender.value if gender else None,
        contacts=tuple(each.value for each in contacts),
    )
    return Found(said, Spot(segment=name, element=3), rule, spots)


def _demographics(level: LoopNode) -> tuple[Found[date] | None, Found[Gender] | None]:
    for segment in level_segments(level, "DMG"):
        born, gender = spelling.read_day(segment.element(2)), codes.GENDER_SAID.get(segment.element(3).strip())
        return (
            Found(born, Spot(segment=segment, element=2), "birth date") if born else None,
            Found(gender, Spot(segment=segment, element=3), "gender") if gender else None,
        )
    return None, None


def contact(segment: Segment) -> Found[Contact] | None:
    """A PER; `None` where it names nobody and nothing. An extension is joined to its telephone number."""
    said: dict[str, str] = {}
    spots: dict[str, Spot] = {}
    name = spelling.said(segment.element(2))
    if name:
        said["name"], spots["name"] = name, Spot(segment=segment, element=2)
    for element in (3, 5, 7):
        channel, number = segment.element(element).strip(), segment.element(element + 1).strip()
        leaf = codes.CHANNEL.get(channel)
        if channel == "EX" and number and "telephone" in said:
            said["telephone"] += f" x{number}"
        elif leaf and number and leaf not in said:
            said[leaf], spots[leaf] = number, Spot(segment=segment, element=element + 1)
    return Found(Contact(**said), Spot(segment=segment, element=2), "contact", spots) if said else None


def named_contacts(node: LoopNode, rule: str) -> list[Found[Contact]]:
    """The contacts of a loop with NM1 and PER: each PER, under the NM1's name where it has none of its own."""
    opener = node.first("NM1")
    name = _full_name(opener)
    found = [each for each in map(contact, node.all("PER")) if each]
    if not found:
        return [Found(Contact(name=name.value), name.spot, rule)] if name else []
    return [_with_name(each, name).under(rule) for each in found]


def _with_name(found: Found[Contact], name: Found[str] | None) -> Found[Contact]:
    said = found.value
    if said.name or name is None:
        return found
    whole = Contact(name=name.value, telephone=said.telephone, fax=said.fax, email=said.email, url=said.url)
    return Found(whole, found.spot, found.rule, {**found.spots, "name": name.spot})


def _full_name(segment: Segment | None) -> Found[str] | None:
    if segment is None:
        return None
    parts = (segment.element(number).strip() for number in (4, 3))
    name = " ".join(part for part in parts if part)
    return Found(name, Spot(segment=segment, element=3), "name") if name else None


# --- numbers, dates, codes ----------------------------------------------------------------------------------


def traces(segments: Iterable[Segment]) -> list[Found[TraceNumber]]:
    """TRN: 2 gives back a number of ours (or of a clearinghouse's), 1 is the payer's own."""
    found = []
    for segment in segments:
        number = segment.element(2).strip()
        if number:
            said = TraceNumber(
                number=number,
                assigner=spelling.said(segment.element(3)),
                returned=segment.element(1).strip() == "2",
            )
            spots = {"assigner": Spot(segment=segment, element=3), "returned": Spot(segment=segment, element=1)}
            found.append(Found(said, Spot(segment=segment, element=2), "trace number", spots))
    return found


def rejections(segments: Iterable[Segment], about: str, service: int | None = None) -> list[Found[Rejection]]:
    """AAA. Some payers put the reason into AAA02 (and the action into AAA03)."""
    return [_rejection(segment, about, service) for segment in segments]


def _rejection(segment: Segment, about: str, service: int | None) -> Found[Rejection]:
    second, third, fourth = (segment.element(number).strip() for number in (2, 3, 4))
    element, action, action_element = 3, fourth, 4
    shifted = third in codes.FOLLOW and third not in codes.REJECTION
    if second and (not third or (shifted and second in codes.REJECTION)):
        element, action, action_element = 2, third or fourth, 3 if third else 4
    # Some write a text of their own behind the code, as a second component.
    coded = Spot(segment=segment, element=element, component=1)
    reason = coded.read()
    said = Rejection(
        code=reason,
        says=codes.REJECTION.get(reason),
        follow=codes.FOLLOW.get(action, Follow.NOT_STATED),
        about=about,
        service=service,
    )
    spots = {"follow": Spot(segment=segment, element=action_element)}
    return Found(said, coded, "rejection", spots)


def span(segment: Segment, rule: str) -> Found[DateSpan] | None:
    """A DTP's day or range."""
    value = spelling.read_span(segment.element(3))
    return Found(value, Spot(segment=segment, element=3), rule) if value else None


def dates(level: LoopNode, qualifier: str, rule: str) -> Found[DateSpan] | None:
    """The first readable DTP with that qualifier in a level."""
    for segment in level_segments(level, "DTP"):
        if segment.element(1).strip() == qualifier:
            found = span(segment, rule)
            if found:
                return found
    return None


def delivery(segment: Segment, rule: str) -> Found[Quantity] | None:
    """HSD01 and HSD02. What remains (HSD05 29) is not what was authorized."""
    if segment.element(5).strip() == "29":
        return None
    return counted(segment, 1, 2, rule)


def counted(segment: Segment, unit_element: int, value_element: int, rule: str) -> Found[Quantity] | None:
    """A number and its unit; `None` where either is absent or not known."""
    unit = codes.UNIT.get(segment.element(unit_element).strip())
    value = spelling.read_number(segment.element(value_element))
    if unit is None or value is None:
        return None
    spots = {"unit": Spot(segment=segment, element=unit_element)}
    return Found(Quantity(value=value, unit=unit), Spot(segment=segment, element=value_element), rule, spots)


def procedure(
    segment: Segment, element: int, rule: str, *, otherwise: CodeSystem = CodeSystem.OTHER
) -> Found[ProcedureCode] | None:
    """A procedure composite; `otherwise` is the system of a qualifier that no table has."""
    parts = [part.strip() for part in segment.components(element)]
    if len(parts) == 1 and parts[0]:
        # Only one component: the sender left the qualifier out.
        bare = Spot(segment=segment, element=element)
        return Found(ProcedureCode(system=CodeSystem.OTHER, code=parts[0]), bare, rule)
    if not any(parts[1:2]):
        return None
    modifiers = [(number, part) for number, part in enumerate(parts[2:6], 3) if part]
    said = ProcedureCode(
        system=codes.PROCEDURE_SYSTEM.get(parts[0], otherwise),
        code=parts[1],
        modifiers=tuple(part for _, part in modifiers),
    )
    spots = {"system": Spot(segment=segment, element=element, component=1)}
    for index, (number, _) in enumerate(modifiers):
        spots[f"modifiers[{index}]"] = Spot(segment=segment, element=element, component=number)
    return Found(said, Spot(segment=segment, element=element, component=2), rule, spots)


def messages(segments: Iterable[Segment], rule: str = "message") -> list[Found[str]]:
    """MSG01 of each MSG that says something."""
    return [each for each in (text(segment, 1, rule) for segment in segments) if each]
