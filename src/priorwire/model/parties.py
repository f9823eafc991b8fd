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
    OTHER_PHYSICIAN = "other_physician"
    ASSISTANT_SURGEON = "assistant_surgeon"
    SUPERVISING = "supervising"
    CLINIC = "clinic"
    GROUP_PRACTICE = "group_practice"
    PURCHASED_SERVICE = "purchased_service"


class ProviderNumberKind(Enum):
    """What else a provider may be known by, beside its NPI and its tax number."""

    STATE_LICENSE = "state_license"
    UPIN = "upin"
    FACILITY = "facility"
    SITE = "site"
    PLAN_NETWORK = "plan_network"
    FACILITY_NETWORK = "facility_network"
    #: Given by the payer itself.
    PAYER_ASSIGNED = "payer_assigned"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    CONTRACT = "contract"
    SUBMITTER = "submitter"


class MemberNumberKind(Enum):
    """What else a member may be known by, beside the member id."""

    GROUP = "group"
    GROUP_OR_POLICY = "group_or_policy"
    POLICY = "policy"
    PLAN = "plan"
    CARD = "card"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    BRANCH = "branch"
    DEPARTMENT = "department"
    PLAN_NETWORK = "plan_network"
    #: The practice's own number of the patient; payers give it back.
    PATIENT_ACCOUNT = "patient_account"
    MEDICAL_RECORD = "medical_record"
    CASE = "case"
    CONTRACT = "contract"


class MilitaryStatus(Enum):
    """What a subscriber is in the armed forces."""

    ACTIVE_OVERSEAS = "active_overseas"
    ACTIVE = "active"
    DECEASED = "deceased"
    PREVIOUS = "previous"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True, repr=False)
class Address:
    """A postal address."""

    line1: str
    line2: str | None = None
    city: str
    state: str | None = None
    postal_code: str | None = None
    #: ISO 3166-1 alpha-2; `None` in the United States.
    country: str | None = None
    #: ISO 3166-2 without the country, where the country has such parts and is not the United States.
    subdivision: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PersonName:
    """A person's name."""

    last: str
    first: str | None = None
    middle: str | None = None
    prefix: str | None = None
    suffix: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Contact:
    """Whom to call, and how."""

    name: str | None = None
    telephone: str | None = None
    extension: str | None = None
    fax: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderNumber:
    """One further number of a provider."""

    kind: ProviderNumberKind
    number: str
    #: The state that gave a licence (two letters).
    state: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class MemberNumber:
    """One further number of a member."""

    kind: MemberNumberKind
    number: str


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
    numbers: tuple[ProviderNumber, ...] = ()
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Subscriber:
    """The person the insurance card is made out to."""

    #: Absent only in a question about coverage that looks a person up by other means.
    member_id: str | None
    name: PersonName
    birth_date: date | None = None
    gender: Gender | None = None
    group_number: str | None = None
    numbers: tuple[MemberNumber, ...] = ()
    military_status: MilitaryStatus | None = None
    #: Which of several born together, from 1.
    birth_order: int | None = None
    address: Address | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Dependent:
    """The patient, where that is not the subscriber and has no member id of their own."""

    name: PersonName
    relationship: Relationship = Relationship.OTHER
    birth_date: date | None = None
    gender: Gender | None = None
    numbers: tuple[MemberNumber, ...] = ()
    #: Which of several born together, from 1.
    birth_order: int | None = None
    address: Address | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class AddressSaid:
    """An address as a payer's reply tells it: any part may be absent."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PartySaid:
    """A party as a payer's reply names it; everything may be absent."""

    name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    #: What the party does in the review or the coverage, in our words where known, else the code as sent.
    role: str | None = None
    identifier: str | None = None
    #: What kind of identifier, as the payer qualified it, in our words (``npi``, ``member_id`` …).
    identifier_kind: str | None = None
    #: Health care provider taxonomy code, of a provider.
    taxonomy: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    address: AddressSaid | None = None
    #: Further numbers: what kind, in our words where known, and the number.
    numbers: tuple[tuple[str, str], ...] = ()
    #: What is said beside a number, by its kind: the name of a group or plan, the state of a license.
    number_notes: tuple[tuple[str, str], ...] = ()
    #: How the patient is related to the subscriber, in our words where known, else as sent.
    relationship: str | None = None
    contacts: tuple[Contact, ...] = ()
