"""People and organizations as segments: NM1 and what follows it in its loop."""

from __future__ import annotations

from datetime import date

from priorwire.mapping import codes, spelling
from priorwire.mapping.draft import Draft
from priorwire.model.parties import Address, Contact, Gender, PersonName, Provider, Subscriber
from priorwire.payers.profile import PayerIdentity


def add_payer(draft: Draft, role: str, payer: PayerIdentity) -> None:
    """NM1 of the payer or its reviewer; `role` is NM101."""
    name, number = draft.text(payer.name), spelling.identifier(payer.identifier)
    draft.add("NM1", role, "2", name, None, None, None, None, payer.qualifier, number)


def add_person(draft: Draft, role: str, name: PersonName, kind: str | None = None, number: str | None = None) -> None:
    """NM1 of a person; `kind` and `number` are NM108 and NM109."""
    parts = (draft.text(name.last), draft.text(name.first), draft.text(name.middle))
    known = spelling.identifier(number)
    draft.add("NM1", role, "1", *parts, None, draft.text(name.suffix), kind if known else None, known)


def add_provider_name(draft: Draft, role: str, provider: Provider, *, tax_qualifier: str, tax_reference: str) -> None:
    """NM1 of a provider, and REF with the tax number where the NPI already took NM109.

    Args:
        draft: where to add.
        role: NM101.
        provider: whom to name.
        tax_qualifier: NM108 of a provider without an NPI: ``24`` in a 278, ``FI`` in a 270.
        tax_reference: REF01 of the tax number: ``EI`` in a 278, ``TJ`` in a 270.
    """
    npi, tax = spelling.identifier(provider.npi), spelling.identifier(provider.tax_id)
    kind, number = ("XX", npi) if npi else (tax_qualifier, tax)
    if provider.person:
        add_person(draft, role, provider.person, kind, number)
    else:
        name = draft.text(provider.organization)
        draft.add("NM1", role, "2", name, None, None, None, None, kind if number else None, number)
    if npi:
        draft.reference(tax_reference, tax)


def add_address(draft: Draft, address: Address | None) -> None:
    """N3 and N4, unless there is no address."""
    if address is None:
        return
    lines = draft.text(address.line1), draft.text(address.line2)
    if any(lines):
        draft.add("N3", *lines)
    postal = (spelling.identifier(address.postal_code) or "").replace("-", "").replace(" ", "")
    place = draft.text(address.city), draft.text(address.state), postal or None
    if any(place):
        draft.add("N4", *place)


def add_contact(draft: Draft, contact: Contact | None) -> None:
    """PER, unless there is nothing in it.

    PER has room for three numbers; they are taken in the order telephone, its extension, fax,
    e-mail, web address, and a fourth is not sent.
    """
    if contact is None:
        return
    main, extension = spelling.telephone(contact.telephone)
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
        draft.add("PER", "IC", name, *(part for pair in pairs for part in pair))


def add_taxonomy(draft: Draft, role: str | None, provider: Provider) -> None:
    """PRV, where the role has a PRV01 and the taxonomy is known."""
    taxonomy = spelling.code(provider.taxonomy)
    if role and taxonomy:
        draft.add("PRV", role, "PXC", taxonomy)


def add_birth_and_gender(draft: Draft, birth_date: date | None, gender: Gender | None) -> None:
    """DMG, where the birth date is known: it is required in it (005010X217)."""
    if birth_date:
        draft.add("DMG", "D8", spelling.day(birth_date), codes.GENDER[gender] if gender else None)


def add_subscriber_name(draft: Draft, subscriber: Subscriber) -> None:
    """NM1, REF, N3 and N4 of the subscriber, as the 270 and the 278 share them."""
    add_person(draft, "IL", subscriber.name, "MI", subscriber.member_id)
    draft.reference("6P", subscriber.group_number)
    add_address(draft, subscriber.address)
