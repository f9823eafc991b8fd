"""What a practice asks about coverage, and what the payer answered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from priorwire.model.authorization import DateSpan, ProcedureCode, Rejection, TraceNumber
from priorwire.model.parties import Contact, Dependent, PartySaid, Provider, Subscriber


@dataclass(frozen=True, kw_only=True, repr=False)
class EligibilityInquiry:
    """A question about one patient's coverage."""

    payer_id: str
    provider: Provider
    subscriber: Subscriber
    dependent: Dependent | None = None
    #: Service type codes (element 1365); ``30`` asks for the plan's coverage as a whole.
    service_types: tuple[str, ...] = ("30",)
    procedure: ProcedureCode | None = None
    #: Two-digit CMS place-of-service code.
    place_of_service: str | None = None
    #: The day or days the question is about; the payer takes today where it is absent.
    dates: DateSpan | None = None
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
class Benefit:
    """One statement of the payer about coverage."""

    #: What is stated, in our words (``active``, ``deductible``, ``co_payment`` …); the raw code where unknown.
    information: str
    service_types: tuple[str, ...] = ()
    procedure: ProcedureCode | None = None
    network: Network = Network.NOT_STATED
    #: Money in US dollars.
    amount: Decimal | None = None
    #: A fraction: 0.2 is twenty percent. As sent: a payer that sends 20 is reported in the findings.
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
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    traces: tuple[TraceNumber, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class AuthorizationNeed:
    """Whether the service asked about needs an authorization, and which statements decided."""

    answer: Answer
    #: Indexes into `Coverage.benefits`.
    because: tuple[int, ...] = ()
