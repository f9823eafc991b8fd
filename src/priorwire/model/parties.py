"""The people and organizations of a request or a reply.

None of these shows its values in a `repr`: a repr ends up in a log, in a traceback or in an
error report, and these name patients. The same holds for requests and records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Gender(Enum):
    """Administrative gender, as payers file it."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Relationship(Enum):
    """How a dependent is related to the subscriber."""

    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class ProviderRole(Enum):
    """What a provider does in the event or the service that is reviewed."""

    ATTENDING = "attending"
    OPERATING = "operating"
    ORDERING = "ordering"
    REFERRING = "referring"
    RENDERING = "rendering"
    FACILITY = "facility"
    SERVICE_LOCATION = "service_location"
    ADMITTING = "admitting"
    PRIMARY_CARE = "primary_care"


@dataclass(frozen=True, kw_only=True, repr=False)
class Address:
    """A postal address in the United States."""

    line1: str
    line2: str | None = None
    city: str
    state: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PersonName:
    """A person's name."""

    last: str
    first: str | None = None
    middle: str | None = None
    suffix: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Contact:
    """Whom to call, and how."""

    name: str | None = None
    telephone: str | None = None
    fax: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Provider:
    """A provider: the requester, or one with a role in the event or a service."""

    #: Exactly one of `person` and `organization` is given.
    person: PersonName | None = None
    organization: str | None = None
    npi: str | None = None
    #: Employer identification number, nine digits.
    tax_id: str | None = None
    #: Health care provider taxonomy code, ten characters.
    taxonomy: str | None = None
    #: `None` for the requester.
    role: ProviderRole | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Subscriber:
    """The person the insurance card is made out to."""

    member_id: str
    name: PersonName
    birth_date: date | None = None
    gender: Gender | None = None
    group_number: str | None = None
    address: Address | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Dependent:
    """The patient, where that is not the subscriber and has no member id of their own."""

    name: PersonName
    relationship: Relationship = Relationship.OTHER
    birth_date: date | None = None
    gender: Gender | None = None
    address: Address | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PartySaid:
    """A party as a payer's reply names it; everything may be absent."""

    name: str | None = None
    first_name: str | None = None
    identifier: str | None = None
    #: What kind of identifier, as the payer qualified it, in our words (``npi``, ``member_id`` …).
    identifier_kind: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    contacts: tuple[Contact, ...] = ()
