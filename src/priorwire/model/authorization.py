"""What a practice asks of a reviewer, and what the reviewer decided: words, not segments.

Absent is `None` or an empty tuple and never zero, ``False`` or an empty string. Quantities
and money are `Decimal`. A code that we do not know is kept as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from priorwire.model.care import (
    Accident,
    AmbulanceTransport,
    Attachment,
    DentalDetail,
    HomeHealthCare,
    OtherReview,
    OxygenTherapy,
    PatientCondition,
    SpinalManipulation,
    Tooth,
)
from priorwire.model.parties import Contact, Dependent, PartySaid, Provider, Subscriber
from priorwire.model.services import DateSpan, Delivery, DeliverySaid, ProcedureCode, Quantity


class ReviewCategory(Enum):
    """What kind of review is asked for."""

    ADMISSION = "admission"
    HEALTH_SERVICES = "health_services"
    SPECIALTY_CARE = "specialty_care"
    #: Medical services set aside for the patient, to be drawn on later.
    RESERVATION = "reservation"


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


class DiagnosisKind(Enum):
    """The part a diagnosis plays."""

    PRINCIPAL = "principal"
    ADMITTING = "admitting"
    OTHER = "other"
    REASON_FOR_VISIT = "reason_for_visit"
    #: A diagnosis related group, not a diagnosis code.
    DRG = "drg"


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
    #: What is asked for this service where it differs from the event: category (HEALTH_SERVICES or
    #: SPECIALTY_CARE), kind, service type and place.
    category: ReviewCategory | None = None
    kind: RequestKind | None = None
    service_type: str | None = None
    #: Two-digit CMS place-of-service code, or first two digits of a UB-04 bill type: at most one of the two.
    place_of_service: str | None = None
    bill_type: str | None = None
    #: Revenue code of an institutional service, where one goes with the procedure.
    revenue_code: str | None = None
    quantity: Quantity | None = None
    #: How the service is spread over time.
    delivery: Delivery | None = None
    dates: DateSpan | None = None
    #: US dollars for the whole line; and for one unit, of an institutional service.
    charge: Decimal | None = None
    unit_rate: Decimal | None = None
    #: One-based numbers of the request's diagnoses that this service is for, most important first, up to four.
    diagnosis_numbers: tuple[int, ...] = ()
    #: Early and periodic screening of a child, under Medicaid.
    epsdt: bool | None = None
    #: Code list 1337 nursing home level of care, and code list 1345 nursing home residential status.
    nursing_level: str | None = None
    nursing_home_status: str | None = None
    dental: DentalDetail | None = None
    attachments: tuple[Attachment, ...] = ()
    providers: tuple[Provider, ...] = ()
    #: Earlier certification or tracking number of this very service.
    previous_authorization_number: str | None = None
    previous_administrative_reference: str | None = None
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
    #: Code list 1345.
    nursing_home_status: str | None = None


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
    #: Two-digit CMS place-of-service code, or first two digits of a UB-04 bill type: at most one of the two.
    place_of_service: str | None = None
    bill_type: str | None = None
    urgency: Urgency | None = None
    accident: Accident | None = None
    #: Code list 1213 current health condition, and code list 923 prognosis.
    health_condition: str | None = None
    prognosis: str | None = None
    #: Whether the patient's release of information is on file (``Y``), or not asked of this provider (``M``).
    information_release: str | None = None
    #: Code list 1514: why the request comes late.
    delay_reason: str | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    event_dates: DateSpan | None = None
    onset: date | None = None
    last_menstrual_period: date | None = None
    estimated_birth: date | None = None
    admission: Admission | None = None
    #: Quantity and pattern of the whole event; of a stay the days are `Admission.days`.
    delivery: Delivery | None = None
    #: At most one of each category.
    conditions: tuple[PatientCondition, ...] = ()
    ambulance: AmbulanceTransport | None = None
    spinal_manipulation: SpinalManipulation | None = None
    oxygen: OxygenTherapy | None = None
    home_health: HomeHealthCare | None = None
    attachments: tuple[Attachment, ...] = ()
    #: Providers of the whole event.
    providers: tuple[Provider, ...] = ()
    other_reviews: tuple[OtherReview, ...] = ()
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
    #: What may follow, as sent, where it is a code that we do not know.
    follow_code: str | None = None
    #: Whether the request itself was valid and was refused for another reason; `None` where neither is said.
    request_valid: bool | None = None
    #: What to do now, in plain words: from the reason and from what the payer says may follow.
    next_step: str | None = None
    #: Which part was at fault: ``payer``, ``requester``, ``subscriber``, ``dependent``, ``event``, ``service`` …
    about: str
    #: One-based number of the service it is about; `None` above the services.
    service: int | None = None


class ReviewCautionKind(Enum):
    """What a payer said twice and not alike at one level, so that nobody here chooses."""

    #: More than one authorization number: none of them is given as *the* number (`conflicting_numbers`).
    NUMBERS_DIFFER = "numbers_differ"
    #: More than one decision: together they decide nothing.
    DECISIONS_DIFFER = "decisions_differ"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReviewCaution:
    """Something in the answer that a person must look at before relying on it."""

    kind: ReviewCautionKind
    #: One-based number of the service it is about; `None` for the event.
    service: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class TraceNumber:
    """A trace number of a reply."""

    number: str
    #: Ten characters naming who assigned it; `None` where absent.
    assigner: str | None = None
    #: True where it is ours (or a clearinghouse's) given back, False where the payer assigned it.
    returned: bool


class DocumentKind(Enum):
    """How a reviewer names a document it wants."""

    REPORT_TYPE = "report_type"
    LOINC = "loinc"


@dataclass(frozen=True, kw_only=True, repr=False)
class RequestedDocument:
    """One thing that the reviewer wants to see."""

    kind: DocumentKind
    #: Report type (code list 755) or LOINC code, as sent.
    code: str
    #: In our own words; `None` for a code we do not know.
    says: str | None = None
    #: How it is to come, in our words where known, else as sent.
    way: str | None = None
    #: Number to send it under.
    control_number: str | None = None
    description: str | None = None
    #: One-based number of the service it is about; `None` for the event.
    service: int | None = None


class ReplyPurpose(Enum):
    """What kind of message a record was read from."""

    RESPONSE = "response"
    INQUIRY_ANSWER = "inquiry_answer"
    #: Sent unasked: an admission, a discharge, or a review that was decided elsewhere.
    NOTICE = "notice"
    ACKNOWLEDGMENT = "acknowledgment"


@dataclass(frozen=True, kw_only=True, repr=False)
class DiagnosisSaid:
    """A diagnosis as a reply repeats it; the kind in our words where known, else as sent."""

    #: Without its decimal point, which payers send and the guide does not, so that it compares with `Diagnosis.code`.
    code: str
    kind: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceDecision:
    """What was decided of one service."""

    procedure: ProcedureCode | None
    revenue_code: str | None = None
    #: What was reviewed, as the reply repeats it, where that differs from the event.
    category: str | None = None
    kind: str | None = None
    service_type: str | None = None
    place_of_service: str | None = None
    bill_type: str | None = None
    status: ReviewStatus
    #: The decision of this very service as sent (code list 306); `None` where it has none of its own.
    decision_code: str | None = None
    pended_for: PendedFor | None = None
    authorization_number: str | None = None
    #: The numbers of a decision that gives several: none of them is `authorization_number`.
    conflicting_numbers: tuple[str, ...] = ()
    administrative_reference: str | None = None
    previous_authorization_number: str | None = None
    #: Whether the payer wants a second surgical opinion.
    second_opinion: bool | None = None
    #: Authorized: absent where this service is not certified.
    quantity: Quantity | None = None
    delivery: DeliverySaid | None = None
    #: Repeated beside a decision that does not certify: what was reviewed, and not what is authorized.
    reviewed_quantity: Quantity | None = None
    reviewed_delivery: DeliverySaid | None = None
    dates: DateSpan | None = None
    issued_date: date | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    reasons: tuple[Reason, ...] = ()
    messages: tuple[str, ...] = ()
    traces: tuple[TraceNumber, ...] = ()
    providers: tuple[PartySaid, ...] = ()
    teeth: tuple[Tooth, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class AuthorizationRecord:
    """A review, as the payer (or a person with a document) reported it."""

    status: ReviewStatus
    #: The event's decision as sent (code list 306); `None` where it has none, or a person reported it.
    decision_code: str | None = None
    purpose: ReplyPurpose = ReplyPurpose.RESPONSE
    pended_for: PendedFor | None = None
    #: What was reviewed, as the reply repeats it: in our words where known, else as sent.
    category: str | None = None
    kind: str | None = None
    service_type: str | None = None
    place_of_service: str | None = None
    bill_type: str | None = None
    urgency: str | None = None
    #: The certification number, from the decision itself. Never a tracking number.
    authorization_number: str | None = None
    #: The numbers of a decision that gives several: none of them is `authorization_number`.
    conflicting_numbers: tuple[str, ...] = ()
    #: The payer's tracking number of a review without certification number.
    administrative_reference: str | None = None
    #: The earlier certification that this reply refers to; never the number that it gives itself.
    previous_authorization_number: str | None = None
    issued_date: date | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    #: Whether the payer wants a second surgical opinion.
    second_opinion: bool | None = None
    #: Authorized: absent where the event's own decision does not certify.
    quantity: Quantity | None = None
    delivery: DeliverySaid | None = None
    #: Repeated where the event's own decision does not certify: what was reviewed, and not what is authorized.
    reviewed_quantity: Quantity | None = None
    reviewed_delivery: DeliverySaid | None = None
    event_dates: DateSpan | None = None
    admitted: DateSpan | None = None
    discharged: date | None = None
    #: Other dates by name, in our words where known, else the qualifier as sent.
    dates: tuple[tuple[str, DateSpan], ...] = ()
    diagnoses: tuple[DiagnosisSaid, ...] = ()
    reasons: tuple[Reason, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    messages: tuple[str, ...] = ()
    traces: tuple[TraceNumber, ...] = ()
    #: Our own transaction reference, given back (the strongest key of correlation).
    reference: str | None = None
    services: tuple[ServiceDecision, ...] = ()
    #: Documents that the reviewer asks for.
    requested_documents: tuple[RequestedDocument, ...] = ()
    #: Documents that the request announced and the reply repeats: nobody asks for them.
    repeated_documents: tuple[RequestedDocument, ...] = ()
    #: Providers of the event, then places of a transport.
    providers: tuple[PartySaid, ...] = ()
    contacts: tuple[Contact, ...] = ()
    payer: PartySaid | None = None
    requester: PartySaid | None = None
    subscriber: PartySaid | None = None
    patient: PartySaid | None = None
    #: Whether the payer says that more is to come.
    more_to_follow: bool | None = None
    #: What the payer says twice and not alike.
    cautions: tuple[ReviewCaution, ...] = ()
