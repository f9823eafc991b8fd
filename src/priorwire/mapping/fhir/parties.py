"""People and organizations: the model's parties as resources of US Core and PAS, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from priorwire.mapping import codes, request_codes
from priorwire.mapping.fhir import systems, words
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    absent,
    coded_extension,
    coding,
    concept,
    extension,
    filled_in,
    identifier,
    inverted,
    resource,
)
from priorwire.mapping.fhir.node import Node
from priorwire.model.parties import (
    Address,
    AddressSaid,
    Contact,
    Gender,
    MemberNumber,
    PersonName,
    Provider,
    ProviderNumber,
    ProviderRole,
)


class Lost(Protocol):
    """Told of a path of the model, and of the kind of loss, when something cannot be said."""

    def __call__(self, path: str, code: str = "no_place") -> None: ...


_UNITED_STATES = frozenset({"US", "USA"})
#: Digits of a telephone number, with and without the country code.
_NATIONAL, _INTERNATIONAL = 10, 11
#: NM101 of a requester that is a provider and nothing special.
_PROVIDER = "1P"
#: What senders write of a requester that says no more than that: provider, and the code of a reviewer.
_PROVIDER_CODES = frozenset({"1P", "X3"})
_NUMBER_KINDS = inverted(words.PROVIDER_NUMBER)
_MEMBER_NUMBER_KINDS = inverted(words.MEMBER_NUMBER)
_GENDERS: Mapping[str, Gender] = inverted(words.GENDER)
ROLES: Mapping[str, ProviderRole] = codes.PROVIDER_ROLE_SAID


# --- written ------------------------------------------------------------------------------------------------------


def name_of(name: PersonName, path: str, lost: Lost) -> list[Json]:
    """HumanName. FHIR lists given names in order: a middle name without a first one would become the first."""
    if name.middle and not name.first:
        lost(f"{path}.middle")
    given = [each for each in (name.first, name.middle if name.first else None) if each]
    return [
        filled_in(
            family=name.last,
            given=given,
            prefix=[name.prefix] if name.prefix else None,
            suffix=[name.suffix] if name.suffix else None,
        )
    ]


def address_of(address: Address | AddressSaid | None) -> list[Json]:
    """Address; a part of a country that is not the United States is its district, as N4 has it apart too."""
    if address is None:
        return []
    said = [
        filled_in(
            line=[each for each in (address.line1, address.line2) if each],
            city=address.city,
            district=address.subdivision,
            state=address.state,
            postalCode=address.postal_code,
            country=address.country,
        )
    ]
    return said if said != [{}] else []


def telecoms(contact: Contact | None) -> list[Json]:
    """How to reach somebody."""
    if contact is None:
        return []
    extended = extension(systems.TELEPHONE_EXTENSION, valueString=contact.extension)
    every = (
        filled_in(extension=extended, system="phone", value=contact.telephone) if contact.telephone else None,
        {"system": "fax", "value": contact.fax} if contact.fax else None,
        {"system": "email", "value": contact.email} if contact.email else None,
        {"system": "url", "value": contact.url} if contact.url else None,
    )
    return [each for each in every if each]


def contact_of(contact: Contact | None, **more: object) -> list[Json]:
    """A contact of an organization."""
    if contact is None:
        return []
    name = {"text": contact.name} if contact.name else None
    return [filled_in(**more, name=name, telecom=telecoms(contact))]


def _number(each: ProviderNumber) -> Json:
    state = coded_extension(systems.pas("identifierJurisdiction"), "https://www.usps.com/", each.state)
    kind = concept(systems.x12(128), words.PROVIDER_NUMBER[each.kind])
    return identifier(None, each.number, type_=kind, extension=state)


def _identifiers(provider: Provider) -> list[Json]:
    npi = [identifier(systems.NPI, provider.npi)] if provider.npi else []
    tax = [identifier(systems.TAX_ID, provider.tax_id)] if provider.tax_id else []
    return [*npi, *tax, *map(_number, provider.numbers)]


def provider_of(entries: Entries, provider: Provider, path: str, lost: Lost, *, is_requester: bool = False) -> Json:
    """A reference to an organization, or to a person in a role."""
    role = request_codes.PROVIDER_ROLE[provider.role] if provider.role else _PROVIDER
    kind = [concept(systems.x12(98), role)] if is_requester else None
    if provider.person is None:
        if is_requester and provider.taxonomy:
            lost(f"{path}.taxonomy")
        return entries.add(
            resource(
                "Organization",
                "requestor" if is_requester else "organization",
                identifier=_identifiers(provider),
                active=True,
                type=kind,
                name=provider.organization,
                address=address_of(provider.address),
                contact=contact_of(provider.contact),
            )
        )
    if provider.contact and provider.contact.name:
        lost(f"{path}.contact.name")
    person = entries.add(
        resource(
            "Practitioner",
            "practitioner",
            identifier=_identifiers(provider),
            name=name_of(provider.person, f"{path}.person", lost),
            address=address_of(provider.address),
        )
    )
    specialty = [concept(systems.TAXONOMY, provider.taxonomy)] if is_requester and provider.taxonomy else None
    in_role = resource(
        "PractitionerRole",
        "practitionerrole",
        practitioner=person,
        code=kind,
        specialty=specialty,
        telecom=telecoms(provider.contact),
    )
    return entries.add(in_role)


def member_numbers(numbers: tuple[MemberNumber, ...]) -> list[Json]:
    """Further numbers of a member, typed as the 278 types them."""
    return [
        identifier(None, each.number, type_=concept(systems.x12(128), words.MEMBER_NUMBER[each.kind]))
        for each in numbers
    ]


def member_id(number: str | None) -> list[Json]:
    """The member id."""
    kind = {"coding": [coding(systems.IDENTIFIER_TYPE, "MB")]}
    return [identifier(None, number, type_=kind)] if number else []


def insurer_of(entries: Entries, name: str | None, number: str, **more: object) -> Json:
    """The payer."""
    kind = {"coding": [coding(systems.PAYER_IDENTIFIER_TYPE, "payerid")]}
    return entries.add(
        resource(
            "Organization",
            "insurer",
            identifier=[identifier(None, number, type_=kind)],
            active=True,
            type=[concept(systems.x12(98), "PR")],
            name=name,
            _name=None if name else absent(),
            **more,
        )
    )


# --- read ---------------------------------------------------------------------------------------------------------


def read_name(node: Node) -> PersonName | None:
    """The first of the names; a family name is needed."""
    name = node["name"].first()
    last = name["family"].text()
    if last is None:
        node["name"].fault("required", "A family name is required.")
        return None
    given = name["given"].each()
    name["use"].seen()
    return PersonName(
        last=last,
        first=given[0].text() if given else None,
        middle=given[1].text() if len(given) > 1 else None,
        prefix=name["prefix"].first().text(),
        suffix=name["suffix"].first().text(),
    )


def read_address(node: Node) -> Address | None:
    """An address with a street and a city; of less, nothing is read."""
    address = node if not isinstance(node.peek(), list) else node.first()
    lines = address["line"].each()
    if not lines or not address["city"]:
        return None
    line1, city = lines[0].text(), address["city"].text()
    if line1 is None or city is None:
        return None
    country = address["country"].text()
    abroad = country is not None and country.upper() not in _UNITED_STATES
    for name in ("use", "type", "text"):
        address[name].seen()
    district = address["district"].text() if abroad or not country else None
    return Address(
        line1=line1,
        line2=lines[1].text() if len(lines) > 1 else None,
        city=city,
        state=None if abroad and not district else address["state"].text(),
        postal_code=address["postalCode"].text(),
        country=country if abroad else None,
        subdivision=district or (address["state"].text() if abroad else None),
    )


def read_address_said(node: Node) -> AddressSaid | None:
    """An address with whatever parts it has."""
    address = node.first()
    lines = address["line"].each()
    found = AddressSaid(
        line1=lines[0].text() if lines else None,
        line2=lines[1].text() if len(lines) > 1 else None,
        city=address["city"].text(),
        state=address["state"].text(),
        postal_code=address["postalCode"].text(),
        country=address["country"].text(),
        subdivision=address["district"].text(),
    )
    return found if found != AddressSaid() else None


def _digits(text: str | None) -> str | None:
    """Ten digits of a telephone number of this country; another one as it is."""
    digits = re.sub(r"[^0-9]", "", text or "")
    if len(digits) == _INTERNATIONAL and digits.startswith("1"):
        digits = digits[1:]
    return digits if len(digits) == _NATIONAL else text


def read_contact(telecom: Node, name: str | None = None) -> Contact | None:
    """The first of each way to reach somebody."""
    found: dict[str, Node] = {}
    for each in telecom.each():
        kind = each["system"].peek()
        if isinstance(kind, str) and kind in ("phone", "fax", "email", "url") and kind not in found and each["value"]:
            each["system"].seen()
            each["use"].seen()
            each["rank"].seen()
            found[kind] = each
    said = {kind: each["value"].text() for kind, each in found.items()}
    if name is None and not any(said.values()):
        return None
    extended = found["phone"].extension(systems.TELEPHONE_EXTENSION)["valueString"].text() if "phone" in found else None
    return Contact(
        name=name,
        telephone=_digits(said.get("phone")),
        extension=extended,
        fax=_digits(said.get("fax")),
        email=said.get("email"),
        url=said.get("url"),
    )


def read_contact_name(node: Node) -> str | None:
    """A name as one text."""
    whole = node["text"].text()
    if whole:
        return whole
    parts = [*(each.text() for each in node["given"].each()), node["family"].text()]
    return " ".join(each for each in parts if each) or None


def _typed(node: Node, table: Mapping[str, object]) -> list[tuple[object, str, Node]]:
    """Identifiers whose type is one of the table's codes."""
    found = []
    for each in node["identifier"].each():
        kind = each["type"].code(systems.x12(128))
        number = each["value"].text() if kind in table else None
        if kind is not None and number:
            each["_system"].seen()
            each["system"].seen()
            found.append((table[kind], number, each))
    return found


def read_member_numbers(node: Node) -> tuple[MemberNumber, ...]:
    """Further numbers of a member."""
    return tuple(
        MemberNumber(kind=kind, number=number)  # type: ignore[arg-type]  # the table's own kind
        for kind, number, _ in _typed(node, _MEMBER_NUMBER_KINDS)
    )


def read_member_id(node: Node) -> str | None:
    """The identifier of type ``MB``."""
    for each in node["identifier"].each():
        if each["type"]["coding"].first()["code"].peek() == "MB":
            each.seen()
            return each["value"].text()
    return None


def read_gender(node: Node) -> Gender | None:
    """Administrative gender. The X12 side has no fourth word."""
    text = node["gender"].text()
    if text and text not in _GENDERS:
        node["gender"].lost("narrowed", "X12 has no word for it: it is sent as unknown.")
    return _GENDERS.get(text, Gender.UNKNOWN) if text else None


def _system_number(node: Node, *names: str) -> str | None:
    for each in node["identifier"].each():
        if each["system"].peek() in names and each["value"]:
            for part in ("system", "use", "type"):
                each[part].seen()
            return each["value"].text()
    return None


def read_provider(node: Node, role: ProviderRole | None, taxonomy: str | None = None) -> Provider | None:
    """An organization, a person, or a person in a role."""
    in_role = node if node.kind == "PractitionerRole" else None
    holder: Node | None = node
    if in_role:
        holder = in_role["practitioner"].needed() if in_role["practitioner"] else None
        if holder is None:
            holder = in_role["organization"].needed()
    if holder is None:
        return None
    taxonomy = taxonomy or (in_role["specialty"].first().code(systems.TAXONOMY) if in_role else None)
    is_person = holder.kind == "Practitioner"
    tax_id = _system_number(holder, *systems.TAX_IDS)
    address = read_address(holder["address"])
    holder["active"].seen()
    return Provider(
        person=read_name(holder) if is_person else None,
        organization=None if is_person else _organization_name(holder),
        npi=_system_number(holder, systems.NPI),
        tax_id=tax_id.replace("-", "") if tax_id else None,
        taxonomy=taxonomy,
        role=role or _own_role(in_role["code"] if in_role else holder["type"]),
        numbers=_provider_numbers(holder),
        address=address,
        contact=_provider_contact(holder, in_role),
    )


def _organization_name(node: Node) -> str | None:
    name = node["name"].text()
    if name is None:
        node["name"].fault("required", "The name of the organization is required.")
    return name


def _own_role(types: Node) -> ProviderRole | None:
    if types.first()["coding"].first()["code"].word() in _PROVIDER_CODES:
        types.first()["coding"].first().seen()
    return types.first().one_of(ROLES, systems.x12(98))


def _provider_numbers(node: Node) -> tuple[ProviderNumber, ...]:
    found = []
    for kind, number, each in _typed(node, _NUMBER_KINDS):
        state = each.extension(systems.pas("identifierJurisdiction"))["valueCodeableConcept"].code()
        found.append(ProviderNumber(kind=kind, number=number, state=state))  # type: ignore[arg-type]
    return tuple(found)


def _provider_contact(holder: Node, in_role: Node | None) -> Contact | None:
    contact = holder["contact"].first()
    if contact:
        name = read_contact_name(contact["name"])
        reached = read_contact(contact["telecom"]) or read_contact(holder["telecom"])
        return replace(reached, name=name) if reached else read_contact(contact["telecom"], name)
    own = read_contact(in_role["telecom"]) if in_role else None
    return own or read_contact(holder["telecom"])
