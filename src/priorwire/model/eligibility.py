"""What a practice asks about coverage, and what the payer answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from priorwire.model.authorization import Diagnosis, DiagnosisSaid, Rejection, TraceNumber
from priorwire.model.parties import Contact, Dependent, PartySaid, Provider, Subscriber
from priorwire.model.services import DateSpan, ProcedureCode


@dataclass(frozen=True, kw_only=True, repr=False)
class EligibilityInquiry:
    """A question about one patient's coverage."""

    payer_id: str
    provider: Provider
    subscriber: Subscriber
    dependent: Dependent | None = None
    #: Service type codes (element 1365); ``30`` asks for the plan's coverage as a whole.
    service_types: tuple[str, ...] = ("30",)
    #: Procedures asked about, each a question of its own.
    procedures: tuple[ProcedureCode, ...] = ()
    #: What the questions are asked for, up to eight; each procedure is asked with all of them.
    diagnoses: tuple[Diagnosis, ...] = ()
    #: Two-digit CMS place-of-service code.
    place_of_service: str | None = None
    #: True asks for the family's benefits beside the patient's.
    family: bool = False
    #: Numbers that the payer gave before, where the question is about what they cover.
    authorization_number: str | None = None
    referral_number: str | None = None
    #: US dollars that the patient must spend before Medicaid pays, and what was billed towards it.
    spend_down: Decimal | None = None
    spend_down_billed: Decimal | None = None
    #: The day or days the question is about; the payer takes today where it is absent.
    dates: DateSpan | None = None
    #: When the card was issued, where the payer finds a member by it.
    card_issued: date | None = None
    client_reference: str | None = None


class CoverageStatus(Enum):
    """Whether there is coverage (`Coverage.status`)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    #: The payer could not identify the person. Says nothing about coverage.
    NOT_FOUND = "not_found"
    #: The inquiry was refused for another reason. Says nothing about coverage.
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Answer(Enum):
    """A yes-or-no of the payer; absent is `NOT_STATED` and never `NO`."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_STATED = "not_stated"


class Network(Enum):
    """Which providers a benefit is for."""

    IN = "in"
    OUT = "out"
    BOTH = "both"
    UNKNOWN = "unknown"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, kw_only=True, repr=False)
class BenefitQuantity:
    """A count that goes with a benefit, e.g. visits."""

    value: Decimal
    #: Quantity qualifier in our words where known, else as sent.
    counts: str


@dataclass(frozen=True, kw_only=True, repr=False)
class BenefitDelivery:
    """How a benefit is spread over time: a quantity, every so many of a period, for so many of another.

    Words of ours where known, else the codes as sent.
    """

    value: Decimal | None = None
    counts: str | None = None
    per: str | None = None
    every: Decimal | None = None
    period: str | None = None
    periods: Decimal | None = None
    calendar: str | None = None
    time: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Benefit:
    """One statement of the payer about coverage."""

    #: What is stated, in our words (``active``, ``deductible``, ``co_payment`` …); the raw code where unknown.
    information: str
    service_types: tuple[str, ...] = ()
    procedure: ProcedureCode | None = None
    network: Network = Network.NOT_STATED
    #: Money in US dollars.
    amount: Decimal | None = None
    #: A fraction: 0.2 is twenty percent. A payer's 20 for 20 percent is read as 0.2, and the source says so.
    percent: Decimal | None = None
    quantity: BenefitQuantity | None = None
    #: The time the amount or quantity is for, in our words (``calendar_year``, ``remaining`` …), else as sent.
    period: str | None = None
    authorization_required: Answer = Answer.NOT_STATED
    #: ``individual``, ``family`` … or as sent.
    coverage_level: str | None = None
    insurance_type: str | None = None
    plan: str | None = None
    #: Place-of-service codes that the statement is limited to.
    places_of_service: tuple[str, ...] = ()
    dates: tuple[tuple[str, DateSpan], ...] = ()
    messages: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    deliveries: tuple[BenefitDelivery, ...] = ()
    #: Codes of the nature of an injury that the statement is limited to, as sent.
    injuries: tuple[str, ...] = ()
    #: Numbers that go with the statement: what kind, in our words where known, and the number.
    numbers: tuple[tuple[str, str], ...] = ()
    #: Whom the statement names: a primary care provider, another payer, a reviewer to ask.
    entities: tuple[PartySaid, ...] = ()
    #: One-based numbers of `Coverage.diagnoses` that the statement is for.
    diagnosis_numbers: tuple[int, ...] = ()
    rejections: tuple[Rejection, ...] = ()


class CautionKind(Enum):
    """A payer's habit that the guide does not know, read past and told."""

    #: A percentage above one where the guide wants a fraction: 20 was read as 0.2.
    PERCENT_ABOVE_ONE = "percent_above_one"
    #: More than a hundred percent: not read at all.
    PERCENT_NOT_READ = "percent_not_read"
    #: Several service types in one value, told apart by something else than the interchange's own sign.
    SERVICE_TYPES_JOINED = "service_types_joined"
    #: The name of a plan where the code of an insurance type belongs: read as the plan.
    PLAN_AS_INSURANCE_TYPE = "plan_as_insurance_type"


@dataclass(frozen=True, kw_only=True, repr=False)
class Caution:
    """Something in the answer that was read otherwise than it is written."""

    kind: CautionKind
    #: Index into `Coverage.benefits`.
    benefit: int


@dataclass(frozen=True, kw_only=True, repr=False)
class MilitarySaid:
    """What the payer has on file of a person's service in the armed forces. Codes are kept as sent."""

    #: How current it is: ``active``, ``current``, ``prior`` …
    information: str | None = None
    employment: str | None = None
    branch: str | None = None
    description: str | None = None
    rank: str | None = None
    dates: DateSpan | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Coverage:
    """A payer's answer about one patient."""

    status: CoverageStatus
    payer: PartySaid | None = None
    provider: PartySaid | None = None
    subscriber: PartySaid | None = None
    #: The dependent where there is one, else the subscriber.
    patient: PartySaid | None = None
    plan: str | None = None
    plan_dates: tuple[tuple[str, DateSpan], ...] = ()
    diagnoses: tuple[DiagnosisSaid, ...] = ()
    #: Whether the payer gives back data of the patient that differ from what was asked with; absent is not stated.
    corrected: bool | None = None
    military: MilitarySaid | None = None
    #: Who the payer says takes care of the patient, beside the providers that single benefits name.
    patient_provider: PartySaid | None = None
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    traces: tuple[TraceNumber, ...] = ()
    reference: str | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class AuthorizationNeed:
    """Whether the service asked about needs an authorization, and which statements decided."""

    answer: Answer
    #: Indexes into `Coverage.benefits`: the statements that decided.
    because: tuple[int, ...] = ()
    #: Those that say otherwise: as specific ones that contradict, or a message that raises a doubt.
    against: tuple[int, ...] = ()


# --- the summary: a coverage as a person reads it ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, repr=False)
class BenefitScope:
    """What a statement is limited to; what is empty or absent is not limited in that way."""

    service_types: tuple[str, ...] = ()
    procedure: ProcedureCode | None = None
    network: Network = Network.NOT_STATED
    coverage_level: str | None = None
    insurance_type: str | None = None
    places_of_service: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class UsedUp:
    """An amount or a count that is used up over a period: a deductible, an out-of-pocket limit, visits.

    Absent is not stated, and never zero; what statements contradict each other about is absent too,
    and stands among the conflicts.
    """

    scope: BenefitScope
    #: ``usd``, or what is counted: ``visits``, ``days`` …
    counts: str
    period: str | None = None
    #: The whole, what is left of it, and what went already.
    base: Decimal | None = None
    remaining: Decimal | None = None
    used: Decimal | None = None
    #: True where `used` is `base` less `remaining`, not said by the payer itself.
    used_worked_out: bool = False
    #: Texts by which the payer tells it apart from another one of the same scope: tiers, kinds of providers.
    told: tuple[str, ...] = ()
    #: Indexes into `Coverage.benefits`, here and below: the statements that this comes from.
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class PatientShare:
    """What the patient pays of a service: a co-payment's amount or a co-insurance's fraction."""

    scope: BenefitScope
    amount: Decimal | None = None
    percent: Decimal | None = None
    period: str | None = None
    #: As `UsedUp.told`.
    told: tuple[str, ...] = ()
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceCovered:
    """Whether services are covered."""

    scope: BenefitScope
    #: ``active``, ``inactive``, ``not_covered``, ``exclusions``; ``unknown`` where statements contradict each other.
    status: str
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class AuthorizationStated:
    """A statement about the need for an authorization."""

    scope: BenefitScope
    answer: Answer
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class RelatedParty:
    """Someone whom a benefit names, and what that benefit is about."""

    information: str
    party: PartySaid
    scope: BenefitScope
    dates: tuple[tuple[str, DateSpan], ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Told:
    """A text of the payer's."""

    information: str
    text: str
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Conflict:
    """Statements that contradict each other about one thing. Nobody here chooses between them."""

    #: ``status``, ``deductible.base`` …
    about: str
    scope: BenefitScope
    #: What each says, in the order of the answer.
    values: tuple[str, ...]
    because: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class CoverageSummary:
    """A coverage for a person to read; every item points to the statements that it comes from."""

    status: CoverageStatus
    status_because: tuple[int, ...] = ()
    plan: str | None = None
    insurance_types: tuple[str, ...] = ()
    dates: tuple[tuple[str, DateSpan], ...] = ()
    deductibles: tuple[UsedUp, ...] = ()
    out_of_pocket: tuple[UsedUp, ...] = ()
    spend_downs: tuple[UsedUp, ...] = ()
    #: Other limits, in US dollars or counted.
    limits: tuple[UsedUp, ...] = ()
    co_payments: tuple[PatientShare, ...] = ()
    co_insurance: tuple[PatientShare, ...] = ()
    services: tuple[ServiceCovered, ...] = ()
    authorizations: tuple[AuthorizationStated, ...] = ()
    other_payers: tuple[RelatedParty, ...] = ()
    primary_care: tuple[RelatedParty, ...] = ()
    related: tuple[RelatedParty, ...] = ()
    messages: tuple[Told, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
