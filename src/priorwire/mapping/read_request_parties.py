"""The parties of our own requests, read back: the inverse of `party_segments`.

What is read is in the spelling that is sent: text in capitals, telephones as digits, postal codes
without hyphens, web addresses without their scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from priorwire.mapping import spelling
from priorwire.mapping.request_codes import GENDER, MILITARY, inverse
from priorwire.model.parties import (
    Address,
    Contact,
    Dependent,
    Gender,
    MemberNumber,
    MemberNumberKind,
    MilitaryStatus,
    PersonName,
    Provider,
    ProviderNumber,
    ProviderNumberKind,
    ProviderRole,
    Relationship,
    Subscriber,
)
from priorwire.x12 import LoopNode, Segment

_GENDERS, _MILITARY = inverse(GENDER), inverse(MILITARY)
_PERSON = "1"


def text(segment: Segment | None, element: int) -> str | None:
    """An element without blanks around it; `None` where it is absent."""
    return spelling.said(segment.element(element)) if segment else None


def name(opener: Segment | None) -> PersonName:
    """A person's name from NM1."""
    return PersonName(
        last=text(opener, 3) or "",
        first=text(opener, 4),
        middle=text(opener, 5),
        prefix=text(opener, 6),
        suffix=text(opener, 7),
    )


def address(node: LoopNode) -> Address | None:
    """N3 and N4."""
    street, place = node.first("N3"), node.first("N4")
    if street is None and place is None:
        return None
    return Address(
        line1=text(street, 1) or "",
        line2=text(street, 2),
        city=text(place, 1) or "",
        state=text(place, 2),
        postal_code=text(place, 3),
        country=text(place, 4),
        subdivision=text(place, 7),
    )


def contact(node: LoopNode) -> Contact | None:
    """PER."""
    segment = node.first("PER")
    if segment is None:
        return None
    channels = {segment.element(kind): text(segment, kind + 1) for kind in (3, 5, 7)}
    return Contact(
        name=text(segment, 2),
        telephone=channels.get("TE"),
        extension=channels.get("EX"),
        fax=channels.get("FX"),
        email=channels.get("EM"),
        url=channels.get("UR"),
    )


def provider(
    node: LoopNode, qualifiers: Mapping[ProviderNumberKind, str], role: ProviderRole | None, *, tax: tuple[str, str]
) -> Provider:
    """A provider; `tax` is NM108 and REF01 of a tax number, `role` what NM101 or PRV01 says."""
    opener, kinds = node.opener, inverse(qualifiers)
    person = opener is not None and opener.element(2) == _PERSON
    number, kind = text(opener, 9), opener.element(8) if opener else ""
    return Provider(
        person=name(opener) if person else None,
        organization=None if person else text(opener, 3),
        npi=number if kind == "XX" else None,
        tax_id=number if kind == tax[0] else text(node.first("REF", {1: tax[1]}), 2),
        taxonomy=text(node.first("PRV"), 3),
        role=role,
        numbers=tuple(
            ProviderNumber(kind=kinds[each.element(1)], number=each.element(2).strip(), state=text(each, 3))
            for each in node.all("REF")
            if each.element(1) in kinds
        ),
        address=address(node),
        contact=contact(node),
    )


def member_numbers(node: LoopNode, qualifiers: Mapping[MemberNumberKind, str]) -> tuple[MemberNumber, ...]:
    """REF of a member."""
    kinds = inverse(qualifiers)
    return tuple(
        MemberNumber(kind=kinds[each.element(1)], number=each.element(2).strip())
        for each in node.all("REF")
        if each.element(1) in kinds
    )


def subscriber(node: LoopNode, qualifiers: Mapping[MemberNumberKind, str]) -> Subscriber:
    """2010C or 2100C. The first group number is the subscriber's own; further ones stay among the numbers."""
    numbers = member_numbers(node, qualifiers)
    group = next((each for each in numbers if each.kind is MemberNumberKind.GROUP), None)
    birth, gender = _birth_and_gender(node)
    return Subscriber(
        member_id=text(node.opener, 9),
        name=name(node.opener),
        birth_date=birth,
        gender=gender,
        group_number=group.number if group else None,
        numbers=tuple(each for each in numbers if each is not group),
        military_status=_military(node.first("INS")),
        birth_order=_birth_order(node.first("INS")),
        address=address(node),
    )


def dependent(
    node: LoopNode, qualifiers: Mapping[MemberNumberKind, str], relationships: Mapping[Relationship, str]
) -> Dependent:
    """2010D or 2100D."""
    insured = node.first("INS")
    birth, gender = _birth_and_gender(node)
    relationship = inverse(relationships).get(insured.element(2)) if insured else None
    return Dependent(
        name=name(node.opener),
        relationship=relationship or Relationship.OTHER,
        birth_date=birth,
        gender=gender,
        numbers=member_numbers(node, qualifiers),
        birth_order=_birth_order(insured),
        address=address(node),
    )


def _birth_and_gender(node: LoopNode) -> tuple[date | None, Gender | None]:
    segment = node.first("DMG")
    if segment is None:
        return None, None
    return spelling.read_day(segment.element(2)), _GENDERS.get(segment.element(3))


def _military(insured: Segment | None) -> MilitaryStatus | None:
    return _MILITARY.get(insured.element(8)) if insured else None


def _birth_order(insured: Segment | None) -> int | None:
    return spelling.read_count(insured.element(17)) if insured else None
