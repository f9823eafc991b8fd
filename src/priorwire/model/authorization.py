"""What a practice asks of a reviewer, and what the reviewer decided: words, not segments.

Absent is `None` or an empty tuple and never zero, ``False`` or an empty string. Quantities
and money are `Decimal`. A code that we do not know is kept as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from priorwire.model.parties import Contact, Dependent, PartySaid, Provider, Subscriber


class ReviewCategory(Enum):
    """What kind of review is asked for."""

    ADMISSION = "admission"
    HEALTH_SERVICES = "health_services"
    SPECIALTY_CARE = "specialty_care"


class RequestKind(Enum):
    """What the request does to an earlier one."""

    INITIAL = "initial"
    APPEAL_IMMEDIATE = "appeal_immediate"
    APPEAL_STANDARD = "appeal_standard"
    CANCEL = "cancel"
    EXTENSION = "extension"
    RECONSIDERATION = "reconsideration"
    RENEWAL = "renewal"
    REVISED = "revised"


class Urgency(Enum):
    """Level of service: decides which clock runs."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ELECTIVE = "elective"


class CodeSystem(Enum):
    """Where a procedure code comes from."""

    CPT_HCPCS = "cpt_hcpcs"
    CDT = "cdt"
    ICD10_PCS = "icd10_pcs"
    NDC = "ndc"
    REVENUE = "revenue"
    OTHER = "other"


class Unit(Enum):
    """What a quantity counts."""

    DAYS = "days"
    UNITS = "units"
    HOURS = "hours"
    MONTHS = "months"
    VISITS = "visits"
    MINUTES = "minutes"


class DiagnosisKind(Enum):
    """The part a diagnosis plays."""

    PRINCIPAL = "principal"
    ADMITTING = "admitting"
    OTHER = "other"
    REASON_FOR_VISIT = "reason_for_visit"


@dataclass(frozen=True, kw_only=True, repr=False)
class DateSpan:
    """One day (`end` is `None`) or a range of days, both inclusive."""

    start: date
    end: date | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProcedureCode:
    """A procedure, product or revenue code."""

    system: CodeSystem
    code: str
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Quantity:
    """How much: a number and what it counts."""

    value: Decimal
    unit: Unit


@dataclass(frozen=True, kw_only=True, repr=False)
class Diagnosis:
    """An ICD-10-CM diagnosis, without its decimal point."""

    code: str
    kind: DiagnosisKind = DiagnosisKind.OTHER
    on: date | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceLine:
    """One service asked for."""

    procedure: ProcedureCode
    #: Revenue code of an institutional service, where one goes with the procedure.
    revenue_code: str | None = None
    quantity: Quantity | None = None
    dates: DateSpan | None = None
    providers: tuple[Provider, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Admission:
    """An inpatient stay asked for."""

    admitted: DateSpan
    #: Days asked for.
    days: Quantity | None = None
    discharged: date | None = None
    #: UB-04 type and source of admission, and patient status.
    type_code: str | None = None
    source_code: str | None = None
    patient_status: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class AuthorizationRequest:
    """A request for review: one patient, one event, any number of services."""

    payer_id: str
    requester: Provider
    subscriber: Subscriber
    dependent: Dependent | None = None
    category: ReviewCategory = ReviewCategory.HEALTH_SERVICES
    kind: RequestKind = RequestKind.INITIAL
    #: Service type code (element 1365), e.g. ``2`` surgical, ``4`` diagnostic imaging.
    service_type: str | None = None
    #: Two-digit CMS place-of-service code, or the first two digits of a UB-04 bill type for an admission.
    place_of_service: str | None = None
    urgency: Urgency | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    event_dates: DateSpan | None = None
    admission: Admission | None = None
    #: Providers of the whole event.
    providers: tuple[Provider, ...] = ()
    services: tuple[ServiceLine, ...] = ()
    #: Earlier certification number: needed for every `kind` but INITIAL once the payer has given one.
    previous_authorization_number: str | None = None
    #: Earlier tracking number of a review that has no certification number.
    previous_administrative_reference: str | None = None
    note: str | None = None
    #: The practice's own name for this request. Never sent to the payer.
    client_reference: str | None = None


class ReviewStatus(Enum):
    """What a payer said of an event or of one service (`AuthorizationRecord.status`)."""

    APPROVED = "approved"
    APPROVED_MODIFIED = "approved_modified"
    PARTIALLY_APPROVED = "partially_approved"
    DENIED = "denied"
    PENDED = "pended"
    CANCELLED = "cancelled"
    CONTACT_PAYER = "contact_payer"
    NOT_REQUIRED = "not_required"
    #: Not reviewed: the request was refused as it stood. Not a denial; no appeal rights.
    REJECTED = "rejected"
    #: The payer said nothing that decides. Never read as an approval.
    UNKNOWN = "unknown"


class PendedFor(Enum):
    """What a pended review waits for."""

    INFORMATION = "information"
    REVIEW = "review"
    FORWARDED = "forwarded"
    NOT_STATED = "not_stated"


class Follow(Enum):
    """What the payer says may be done after a rejection."""

    CORRECT_AND_RESUBMIT = "correct_and_resubmit"
    DO_NOT_RESUBMIT = "do_not_resubmit"
    RESUBMIT_ORIGINAL = "resubmit_original"
    RESUBMISSION_ALLOWED = "resubmission_allowed"
    WAIT_30_DAYS = "wait_30_days"
    WAIT_10_DAYS = "wait_10_days"
    AWAIT_THIRD_PARTY = "await_third_party"
    AWAIT_RESPONSE = "await_response"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, kw_only=True, repr=False)
class Reason:
    """Why the reviewer decided so: a code of the health care service decision list, open-ended."""

    code: str
    #: In our own words; `None` for a code we do not know.
    says: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Rejection:
    """A request refused before review, or in part."""

    #: Reject reason (list 901), as sent.
    code: str
    says: str | None = None
    follow: Follow = Follow.NOT_STATED
    #: Which part was at fault: ``payer``, ``requester``, ``subscriber``, ``dependent``, ``event``, ``service`` …
    about: str
    #: One-based number of the service it is about; `None` above the services.
    service: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class TraceNumber:
    """A trace number of a reply."""

    number: str
    #: Ten characters naming who assigned it; `None` where absent.
    assigner: str | None = None
    #: True where it is ours (or a clearinghouse's) given back, False where the payer assigned it.
    returned: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceDecision:
    """What was decided of one service."""

    procedure: ProcedureCode | None
    status: ReviewStatus
    pended_for: PendedFor | None = None
    authorization_number: str | None = None
    administrative_reference: str | None = None
    previous_authorization_number: str | None = None
    quantity: Quantity | None = None
    dates: DateSpan | None = None
    issued_date: date | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    reasons: tuple[Reason, ...] = ()
    messages: tuple[str, ...] = ()
    traces: tuple[TraceNumber, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class AuthorizationRecord:
    """A review, as the payer (or a person with a document) reported it."""

    status: ReviewStatus
    pended_for: PendedFor | None = None
    #: The certification number, from the decision itself. Never a tracking number.
    authorization_number: str | None = None
    #: The payer's tracking number of a review without certification number.
    administrative_reference: str | None = None
    #: The earlier certification that this reply refers to.
    previous_authorization_number: str | None = None
    issued_date: date | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    quantity: Quantity | None = None
    reasons: tuple[Reason, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    messages: tuple[str, ...] = ()
    traces: tuple[TraceNumber, ...] = ()
    #: Our own transaction reference, given back (the strongest key of correlation).
    reference: str | None = None
    services: tuple[ServiceDecision, ...] = ()
    #: Documents that the reviewer asks for: report type codes and LOINC codes as sent.
    requested_documents: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    payer: PartySaid | None = None
    requester: PartySaid | None = None
    subscriber: PartySaid | None = None
    patient: PartySaid | None = None
    #: Whether the payer says that more is to come.
    more_to_follow: bool | None = None
