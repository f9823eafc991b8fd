"""People and organizations as segments: NM1 and what follows it in its loop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from priorwire.mapping import request_codes, spelling
from priorwire.mapping.draft import Draft
from priorwire.model.parties import (
    Address,
    Contact,
    Dependent,
    Gender,
    MemberNumber,
    MemberNumberKind,
    PersonName,
    Provider,
    ProviderNumberKind,
    Subscriber,
)
from priorwire.payers.profile import PayerIdentity


def add_payer(draft: Draft, role: str, payer: PayerIdentity) -> None:
    """NM1 of the payer or its reviewer; `role` is NM101."""
    name, number = draft.text(payer.name), spelling.identifier(payer.identifier)
    draft.add("NM1", role, "2", name, None, None, None, None, payer.qualifier, number)


def add_person(
    draft: Draft,
    role: str,
    name: PersonName,
    kind: str | None = None,
    number: str | None = None,
    *,
    prefix: bool = False,
) -> None:
    """NM1 of a person; `kind` and `number` are NM108 and NM109, `prefix` is whether the guide has NM106 here."""
    parts = (draft.text(name.last), draft.text(name.first), draft.text(name.middle))
    title = draft.text(name.prefix) if prefix else None
    known = spelling.identifier(number)
    draft.add("NM1", role, "1", *parts, title, draft.text(name.suffix), kind if known else None, known)


def add_provider_name(
    draft: Draft, role: str, provider: Provider, *, tax_qualifier: str, tax_reference: str, prefix: bool = False
) -> None:
    """NM1 of a provider, and REF with the tax number where the NPI already took NM109.

    Args:
        draft: where to add.
        role: NM101.
        provider: whom to name.
        tax_qualifier: NM108 of a provider without an NPI: ``24`` in a 278, ``FI`` in a 270.
        tax_reference: REF01 of the tax number: ``EI`` in a 278, ``TJ`` in a 270.
        prefix: whether the guide has NM106 here.
    """
    npi, tax = spelling.identifier(provider.npi), spelling.identifier(provider.tax_id)
    kind, number = ("XX", npi) if npi else (tax_qualifier, tax)
    if provider.person:
        add_person(draft, role, provider.person, kind, number, prefix=prefix)
    else:
        name = draft.text(provider.organization)
        draft.add("NM1", role, "2", name, None, None, None, None, kind if number else None, number)
    if npi:
        draft.reference(tax_reference, tax, "tax_id")


def add_provider_numbers(draft: Draft, provider: Provider, qualifiers: Mapping[ProviderNumberKind, str]) -> None:
    """REF with the further numbers; a licence names its state in REF03."""
    for index, each in enumerate(provider.numbers):
        licensed = each.kind is ProviderNumberKind.STATE_LICENSE
        if each.kind not in qualifiers:
            draft.refuse(f"numbers/{index}/kind", "no_such_number_here", "Cannot be sent for this provider.")
        elif each.state and not licensed:
            draft.refuse(f"numbers/{index}/state", "no_state_here", "Only a licence is of a state.")
        else:
            text = draft.text(each.state) if licensed else None
            draft.reference(qualifiers[each.kind], each.number, f"numbers/{index}", text)


def add_member_numbers(
    draft: Draft, numbers: tuple[MemberNumber, ...], qualifiers: Mapping[MemberNumberKind, str]
) -> None:
    """REF with the further numbers of a member."""
    for index, each in enumerate(numbers):
        if each.kind in qualifiers:
            draft.reference(qualifiers[each.kind], each.number, f"numbers/{index}")
        else:
            draft.refuse(f"numbers/{index}/kind", "no_such_number_here", "Cannot be sent for this person.")


def add_address(draft: Draft, address: Address | None) -> None:
    """N3 and N4, unless there is no address."""
    if address is None:
        return
    lines = draft.text(address.line1), draft.text(address.line2)
    postal = (spelling.identifier(address.postal_code) or "").replace("-", "").replace(" ", "")
    place = draft.text(address.city), draft.text(address.state), postal or None
    abroad = spelling.code(address.country), None, None, spelling.code(address.subdivision)
    with draft.about("address"):
        if any(lines):
            draft.add("N3", *lines)
        if any((*place, *abroad)):
            draft.add("N4", *place, *abroad)


def add_contact(draft: Draft, contact: Contact | None) -> None:
    """PER, unless there is nothing in it.

    PER has room for three numbers; they are taken in the order telephone, its extension, fax,
    e-mail, web address, and a fourth is not sent.
    """
    if contact is None:
        return
    main, in_text = spelling.telephone(contact.telephone)
    extension = spelling.identifier(contact.extension) or in_text
    channels = (
        ("TE", main),
        ("EX", extension if main else None),
        ("FX", spelling.telephone(contact.fax)[0]),
        ("EM", spelling.identifier(contact.email)),
        ("UR", spelling.web_address(contact.url)),
    )
    pairs = [(kind, number) for kind, number in channels if number][:3]
    name = draft.text(contact.name)
    if name or pairs:
        with draft.about("contact"):
            draft.add("PER", "IC", name, *(part for pair in pairs for part in pair))


def add_taxonomy(draft: Draft, role: str | None, provider: Provider) -> None:
    """PRV, where the role has a PRV01 and the taxonomy is known."""
    taxonomy = spelling.code(provider.taxonomy)
    if role and taxonomy:
        draft.add("PRV", role, "PXC", taxonomy)


def add_birth_and_gender(draft: Draft, birth_date: date | None, gender: Gender | None) -> None:
    """DMG, where the birth date is known: it is required in it (005010X217)."""
    if birth_date:
        draft.add("DMG", "D8", spelling.day(birth_date), request_codes.GENDER[gender] if gender else None)


def add_subscriber_name(
    draft: Draft, subscriber: Subscriber, qualifiers: Mapping[MemberNumberKind, str], *, prefix: bool = False
) -> None:
    """NM1, REF, N3 and N4 of the subscriber, as the 270 and the 278 share them."""
    add_person(draft, "IL", subscriber.name, "MI", subscriber.member_id, prefix=prefix)
    draft.reference("6P", subscriber.group_number, "group_number")
    add_member_numbers(draft, subscriber.numbers, qualifiers)
    add_address(draft, subscriber.address)


def add_dependent_name(
    draft: Draft, role: str, dependent: Dependent, qualifiers: Mapping[MemberNumberKind, str]
) -> None:
    """NM1, REF, N3 and N4 of the dependent: named without a member number in both guides (NM108 and NM109 not used)."""
    add_person(draft, role, dependent.name)
    add_member_numbers(draft, dependent.numbers, qualifiers)
    add_address(draft, dependent.address)


def add_relationship(
    draft: Draft,
    insured: str,
    relationship: str,
    *,
    military: str | None = None,
    birth_order: int | None = None,
) -> None:
    """INS: how the person stands to the insured; `military` is INS08, `birth_order` INS17."""
    between = (None,) * 5, (None,) * 8
    order = str(birth_order) if birth_order is not None else None
    draft.add("INS", insured, relationship, *between[0], military, *between[1], order)
