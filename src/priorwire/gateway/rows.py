"""The values that the use cases keep: what a row means, whatever stores it.

All are frozen; a change is `dataclasses.replace` and an update. Times are UTC. A field
that may name a patient or a member is marked *sealed*: the store encrypts it and no log,
event, metric or URL carries it; a row that has one shows nothing in its `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest
from priorwire.model.eligibility import Coverage, EligibilityInquiry
from priorwire.model.evidence import Evidence, Source
from priorwire.model.identifiers import (
    ArchiveId,
    AttachmentId,
    CaseId,
    DeliveryId,
    EventId,
    ExchangeId,
    PayerId,
    TenantId,
    TransactionId,
    UseId,
    WorkItemId,
)
from priorwire.model.ledger import Use
from priorwire.model.lifecycle import Acknowledgment, Attachment, CaseState, Delivery, Review
from priorwire.payers.profile import ChannelKind, Environment, Transaction

AnyRequest = AuthorizationRequest | EligibilityInquiry
AnyRecord = AuthorizationRecord | Coverage


@dataclass(frozen=True, kw_only=True, repr=False)
class TransactionRow:
    """One submission to a payer: an eligibility check or an authorization."""

    id: TransactionId
    tenant: TenantId
    case_id: CaseId
    #: ELIGIBILITY or AUTHORIZATION.
    kind: Transaction
    payer_id: PayerId
    #: Sealed.
    request: AnyRequest
    environment: Environment
    delivery: Delivery
    acknowledgment: Acknowledgment = Acknowledgment.NONE
    #: `None` for an eligibility check.
    review: Review | None = None
    #: What a reader sees: a `ReviewStatus` or `CoverageStatus` value once answered, else ``submitted``.
    status: str = "submitted"
    evidence: Evidence = Evidence.NONE
    channel: ChannelKind
    route_id: str
    endpoint_id: str
    #: Why this route, in words.
    route_reasons: tuple[str, ...] = ()
    #: Our transaction reference (BHT03) and trace number (TRN02): made once, reused by every attempt and inquiry.
    reference: str
    trace_number: str
    #: What the payer gave us to follow up with. Sealed.
    administrative_reference: str | None = None
    authorization_number: str | None = None
    #: Keyed digest of what the request means, to recognise the same request sent twice.
    meaning: str
    #: How often we tried to send, and how often we asked.
    attempts: int = 0
    asks: int = 0
    #: The submission that this one corrects, and the one that took this one's place.
    corrects: TransactionId | None = None
    superseded_by: TransactionId | None = None
    #: An answer of a simulator marks it for ever.
    simulated: bool = False
    client_reference: str | None = None
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None = None
    #: When the certification in force is over everywhere; `None` where there is none, or it states no last day.
    ends_at: datetime | None = None

    @property
    def member_id(self) -> str | None:
        """The member's number, as the request has it: rows are found by it, through a blind index."""
        return self.request.subscriber.member_id or None


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """The practice's need for a service, over every submission and channel."""

    id: CaseId
    tenant: TenantId
    state: CaseState
    owner: str | None = None
    created_at: datetime
    updated_at: datetime


class Purpose(Enum):
    """What an exchange with a payer is for."""

    SUBMIT = "submit"
    #: A 278 inquiry.
    INQUIRE = "inquire"
    #: A document to a review (275).
    ATTACH = "attach"


class ExchangeState(Enum):
    """How an exchange ended, or that it has not."""

    SENDING = "sending"
    #: The answer is archived and not read yet: reading it is the next thing, also after a crash.
    ANSWERED = "answered"
    FINAL = "final"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNCERTAIN = "uncertain"
    #: Its process died before it could tell: what became of it is as uncertain.
    DIED = "died"


@dataclass(frozen=True, kw_only=True)
class ExchangeRow:
    """One message to a payer and what came of it. Stored, with its numbers, before a byte leaves."""

    id: ExchangeId
    tenant: TenantId
    transaction_id: TransactionId
    endpoint_id: str
    purpose: Purpose
    state: ExchangeState
    #: The fence under which it was sent.
    fence: int
    #: ISA13, GS06 and ST02 of what we sent; `None` on a channel without X12.
    interchange_number: int | None = None
    group_number: int | None = None
    set_number: str | None = None
    reference: str
    trace_number: str
    #: Identifies the message to the channel (CORE PayloadID, Message-ID).
    payload_id: str
    #: What the other side calls it.
    remote_id: str | None = None
    #: Class of a failure and a sentence about it, never with a patient's value.
    failure: str | None = None
    detail: str | None = None
    began_at: datetime
    ended_at: datetime | None = None


class Direction(Enum):
    """Which way a payload went."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, kw_only=True)
class ArchiveRow:
    """A payload as it left or came, byte for byte. The payload itself is sealed."""

    id: ArchiveId
    tenant: TenantId
    direction: Direction
    content_type: str
    endpoint_id: str
    transaction_id: TransactionId | None = None
    exchange_id: ExchangeId | None = None
    sha256: str
    size: int
    simulated: bool = False
    at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordRow:
    """One version of a normalized record; versions are appended, never overwritten."""

    tenant: TenantId
    transaction_id: TransactionId
    #: From 1.
    version: int
    #: Sealed.
    record: AnyRecord
    #: Sealed with it: where each leaf was read, by dotted path.
    sources: Mapping[str, Source]
    evidence: Evidence
    #: The payload that it was read from; the attached document for one entered by a person.
    archive_id: ArchiveId | None
    #: Ordinals of the interchange and the set inside that payload.
    interchange: int | None = None
    transaction_set: int | None = None
    #: By which key the reply was joined to the request.
    matched_by: str | None = None
    at: datetime
    #: When whoever says this said so, by its own clock: of several replies this orders them (`precedence`).
    #: Raised where the same is said again. `None` counts as `at`.
    said_at: datetime | None = None
    #: Whether this is the version that counts. At most one of a transaction does.
    in_force: bool = True
    #: The unmatched answer that a person joined, where this came of one.
    unmatched_id: str | None = None
    #: Who took that back, and when: the version stays in the history and counts no more.
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class UseRow:
    """A service that was given under an authorization. Never deleted: a wrong one is voided."""

    id: UseId
    tenant: TenantId
    transaction_id: TransactionId
    #: Sealed.
    use: Use
    idempotency_key: str | None = None
    recorded_by: str
    recorded_at: datetime
    voided_by: str | None = None
    voided_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class AttachmentRow:
    """A document that goes to a review after the request. Its bytes are archived, and never here."""

    id: AttachmentId
    tenant: TenantId
    transaction_id: TransactionId
    state: Attachment
    evidence: Evidence = Evidence.NONE
    #: The number that the payer finds it by: of our announcement, or of its own question. Sealed.
    control_number: str
    #: Whether the payer asked for it.
    solicited: bool
    #: Report type (code list 755) and LOINC of what it is, where known.
    report_type: str | None = None
    loinc: str | None = None
    #: Sealed.
    description: str | None = None
    content_type: str
    #: Bytes of the document.
    size: int
    #: Where the document itself is archived.
    document_id: ArchiveId
    #: Keyed digest of the document and of what it answers, to recognise the same one sent twice.
    meaning: str
    #: Our reference of the message (BGN02): made once, reused by every attempt.
    reference: str
    #: The way taken last; `None` before any was found.
    route_id: str | None = None
    endpoint_id: str | None = None
    #: How often we tried to send.
    attempts: int = 0
    #: Why it stands where it stands, in words; never with a patient's value.
    detail: str | None = None
    #: What a person was asked to do about it.
    work_item_id: WorkItemId | None = None
    simulated: bool = False
    idempotency_key: str | None = None
    created_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """A change that subscribers are told of. Carries identifiers and states only."""

    id: EventId
    tenant: TenantId
    #: e.g. ``authorization.updated``.
    type: str
    transaction_id: TransactionId
    data: dict[str, str | None]
    at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class WebhookEndpointRow:
    """Where a tenant wants to be told."""

    id: str
    tenant: TenantId
    url: str
    #: ``whsec_…``. Sealed.
    secret: str
    active: bool = True
    created_at: datetime


class DeliveryState(Enum):
    """Where the delivery of an event stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class WebhookDeliveryRow:
    """One event on its way to one subscriber."""

    id: DeliveryId
    tenant: TenantId
    event_id: EventId
    endpoint_id: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_status: int | None = None
    last_detail: str | None = None
    updated_at: datetime


class WorkKind(Enum):
    """Why a person is needed."""

    PORTAL_SUBMISSION = "portal_submission"
    CONTACT_PAYER = "contact_payer"
    CORRECT_AND_RESUBMIT = "correct_and_resubmit"
    UNCERTAIN_DELIVERY = "uncertain_delivery"
    UNREADABLE_ANSWER = "unreadable_answer"
    UNMATCHED_ANSWER = "unmatched_answer"
    REFUSED = "refused"
    CARRIER_FAILED = "carrier_failed"
    #: Look up where a review stands that no machine can be asked about.
    STATUS_CHECK = "status_check"
    REVIEW_DENIAL = "review_denial"
    #: A document that cannot go by machine, was refused, or may have arrived.
    DOCUMENT = "document"
    #: A certification ends, or has ended, and its services are not recorded as given.
    RENEW_OR_CLOSE = "renew_or_close"
    #: The sweep found it with nobody to move it.
    WITHOUT_OWNER = "without_owner"
    #: The payer took back what it had decided for.
    DECISION_REVERSED = "decision_reversed"
    #: Two answers say opposite things, and nothing in them proves which is the newer.
    ANSWERS_CONTRADICT = "answers_contradict"
    #: A decision came for a request that is over: a later one took its place, or it was cancelled.
    LATE_ANSWER = "late_answer"
    #: A subscriber cannot be told: its secret cannot be opened.
    SUBSCRIBER_FAILED = "subscriber_failed"


class WorkState(Enum):
    """Where a work item stands."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkField:
    """One prefilled field, in the order of the portal's own page."""

    label: str
    #: Sealed.
    value: str
    required: bool = True


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkItemRow:
    """One thing that a person must do."""

    id: WorkItemId
    tenant: TenantId
    kind: WorkKind
    state: WorkState
    transaction_id: TransactionId | None
    payer_id: str
    #: What to do, in words; no patient value.
    instructions: str
    url: str | None = None
    #: Sealed.
    fields: tuple[WorkField, ...] = ()
    due_at: datetime
    #: Which rule set `due_at`.
    due_rule: str
    #: Who did it, and when.
    completed_by: str | None = None
    completed_at: datetime | None = None
    created_at: datetime


class DueKind(Enum):
    """What a due row is about."""

    TRANSACTION = "transaction"
    WEBHOOK = "webhook"
    ATTACHMENT = "attachment"
    #: A mailbox to look into.
    MAILBOX = "mailbox"
    #: A file from one, to be told apart and acknowledged.
    RECEIVED_FILE = "received_file"
    #: A set from such a file, to be placed.
    RECEIVED_SET = "received_set"
    #: Looking for rows without an owner.
    SWEEP = "sweep"


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A claimed row: whoever holds the fence may act until the lease ends."""

    kind: DueKind
    #: The id of what it is about: a transaction, a delivery, an attachment, an endpoint with a mailbox, a file, a set.
    id: str
    tenant: TenantId
    #: The endpoint (or subscriber): the unit of concurrency.
    partition: str
    fence: int
    lease_until: datetime


@dataclass(frozen=True, kw_only=True)
class IdempotencyRow:
    """A key that a client used, and what for."""

    tenant: TenantId
    key: str
    #: Digest of the request that came with it.
    fingerprint: str
    transaction_id: TransactionId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ApiKeyRow:
    """An API key; only its digest is kept."""

    id: str
    tenant: TenantId
    name: str
    digest: str
    scopes: frozenset[str]
    active: bool = True
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """Who did what to which row; rows form a hash chain."""

    at: datetime
    tenant: TenantId
    #: A key's or a process's name.
    actor: str
    #: e.g. ``transaction.sent``.
    action: str
    #: Id of what it was done to.
    subject: str
    #: Never a patient's value.
    detail: str = ""
