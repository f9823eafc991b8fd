"""Parties as a payer's reply names them: `PartySaid` as resources, and back."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.mapping import codes
from priorwire.mapping.fhir import parties, systems, words
from priorwire.mapping.fhir.elements import Entries, Json, coding, concept, day, filled_in, identifier, resource
from priorwire.mapping.fhir.node import Node
from priorwire.mapping.fhir.parties import Lost
from priorwire.model.parties import Contact, PartySaid

#: X12's codes by our words for what a party is, and for how a patient is related; the first code of a word stands.
_ROLE_CODES = {word: code for code, word in reversed(list(codes.PARTY_ROLE.items()))} | {"rendering": "SJ"}
_RELATION_CODES = {word: code for code, word in codes.RELATIONSHIP.items()}
#: Marks a number that stands beside the one that identifies the party.
_BESIDE = "secondary"
#: Purpose of a contact that is the review's and not the organization's.
REVIEW_CONTACT = "PAYOR"
#: Stands for a payer that is not named, where there are contacts all the same.
NOBODY = PartySaid()


def role_of(role: str | None) -> Json | None:
    """What a party does: X12's code where our word has one, else the word (or the code as it was sent)."""
    code = _ROLE_CODES.get(role or "")
    return concept(systems.x12(98), code) if code else _text(role)


def read_role(node: Node) -> str | None:
    """The role in our words, else as sent."""
    text, code = node["text"].peek(), node.code(systems.x12(98))
    if code:
        return codes.PARTY_ROLE.get(code, code)
    return node["text"].text() if isinstance(text, str) else None


def _text(text: str | None) -> Json | None:
    return {"text": text} if text else None


def relation_of(word: str | None) -> Json | None:
    """How the patient is related to the subscriber."""
    code = _RELATION_CODES.get(word or "")
    return {"coding": [coding(systems.x12(1069), code)], "text": word} if code else _text(word)


def read_relation(node: Node) -> str | None:
    """The same, in our words where known."""
    text, code = node["text"].peek(), node.code(systems.x12(1069)) or node.code(systems.RELATIONSHIP)
    if isinstance(text, str):
        return node["text"].text()
    return codes.RELATIONSHIP.get(code, code) if code else None


# --- numbers ------------------------------------------------------------------------------------------------------


def _identifiers(party: PartySaid) -> list[Json]:
    own = [_number(party.identifier_kind, party.identifier)] if party.identifier else []
    return [*own, *(_number(kind, text, use=_BESIDE) for kind, text in party.numbers)]


def _number(kind: str | None, text: str, **more: str) -> Json:
    system = {"npi": systems.NPI, "tax_id": systems.TAX_ID}.get(kind or "")
    typed = {"member_id": [coding(systems.IDENTIFIER_TYPE, "MB")]}.get(kind or "")
    said = filled_in(coding=typed, text=kind) if kind else None
    return identifier(system, text, type_=said, **more)


def _read_kind(each: Node) -> str | None:
    system, text = each["system"].peek(), each["type"]["text"].peek()
    code = each["type"]["coding"].first()["code"].peek()
    if isinstance(text, str):
        return text
    if system == systems.NPI:
        return "npi"
    if system in systems.TAX_IDS:
        return "tax_id"
    return {"MB": "member_id", "payerid": "payer_id"}.get(str(code))


def _read_numbers(node: Node) -> tuple[str | None, str | None, tuple[tuple[str, str], ...]]:
    """The identifier, its kind, and the further numbers of a known kind; others stay unread."""
    number, kind, beside = None, None, []
    for each in node["identifier"].each():
        said, is_beside = _read_kind(each), each["use"].peek() == _BESIDE
        if number is None and not is_beside:
            number, kind = each["value"].text(), said
        elif said:
            beside.append((said, each["value"].text() or ""))
        else:
            continue
        for part in ("use", "system", "_system", "type"):
            each[part].seen()
    return number, kind, tuple(beside)


# --- a party ------------------------------------------------------------------------------------------------------


def is_person(party: PartySaid) -> bool:
    """Whether a party is named like a person."""
    return bool(party.first_name or party.middle_name or party.suffix or party.birth_date or party.gender)


def _names(party: PartySaid, path: str, lost: Lost) -> list[Json]:
    if party.middle_name and not party.first_name:
        lost(f"{path}.middle_name")
    given = [each for each in (party.first_name, party.middle_name if party.first_name else None) if each]
    said = filled_in(family=party.name, given=given, suffix=[party.suffix] if party.suffix else None)
    return [said] if said else []


def person_of(kind: str, profile: str, party: PartySaid, path: str, lost: Lost, **more: object) -> Json:
    """A Practitioner or a Patient. One contact without a name is how to reach the person; others have no place."""
    contact = party.contacts[0] if len(party.contacts) == 1 and not party.contacts[0].name else None
    if party.contacts and contact is None:
        lost(f"{path}.contacts")
    return resource(
        kind,
        profile,
        identifier=_identifiers(party),
        name=_names(party, path, lost),
        telecom=parties.telecoms(contact),
        gender=words.GENDER[party.gender] if party.gender else None,
        birthDate=day(party.birth_date),
        address=parties.address_of(party.address),
        **more,
    )


def provider_of(entries: Entries, party: PartySaid, path: str, lost: Lost, profile: str = "organization") -> Json:
    """A Practitioner, where the party is named like a person, else an Organization."""
    if is_person(party):
        return entries.add(person_of("Practitioner", "practitioner", party, path, lost))
    return entries.add(organization_of(party, profile))


def organization_of(party: PartySaid, profile: str, contacts: Sequence[Contact] = ()) -> Json:
    """An Organization; `contacts` are the review's, beside its own."""
    purpose = concept(systems.CONTACT_PURPOSE, REVIEW_CONTACT)
    return resource(
        "Organization",
        profile,
        identifier=_identifiers(party),
        active=True,
        name=party.name,
        address=parties.address_of(party.address),
        contact=[
            *(each for contact in party.contacts for each in parties.contact_of(contact)),
            *(each for contact in contacts for each in parties.contact_of(contact, purpose=purpose)),
        ],
    )


def read_party(node: Node, *, role: str | None = None, taxonomy: str | None = None) -> PartySaid:
    """Any of the resources that a party may be."""
    node["active"].seen()
    # What kind of organization it is follows from where it stands.
    _ = node["type"].first().code(systems.x12(98))
    number, kind, beside = _read_numbers(node)
    named = node["name"]
    name = named.first() if isinstance(named.peek(), list) else None
    given = name["given"].each() if name else []
    contacts = _own_contacts(node)
    return PartySaid(
        name=name["family"].text() if name else named.text(),
        first_name=given[0].text() if given else None,
        middle_name=given[1].text() if len(given) > 1 else None,
        suffix=name["suffix"].first().text() if name else None,
        identifier=number,
        identifier_kind=kind,
        birth_date=node["birthDate"].day(),
        gender=parties.read_gender(node),
        address=parties.read_address_said(node["address"]),
        numbers=beside,
        contacts=contacts,
        role=role,
        taxonomy=taxonomy,
    )


def _own_contacts(node: Node) -> tuple[Contact, ...]:
    if node.kind != "Organization":
        reached = parties.read_contact(node["telecom"])
        return (reached,) if reached else ()
    return tuple(_contacts(node, of_review=False))


def review_contacts(node: Node) -> tuple[Contact, ...]:
    """The contacts of an organization that are marked as the review's."""
    return tuple(_contacts(node, of_review=True))


def _contacts(node: Node, *, of_review: bool) -> list[Contact]:
    found = []
    for each in node["contact"].each():
        marked = each["purpose"]["coding"].first()["code"].peek() == REVIEW_CONTACT
        if marked is of_review:
            each["purpose"].seen()
            contact = parties.read_contact(each["telecom"], parties.read_contact_name(each["name"]))
            found += [contact] if contact else []
    return found
