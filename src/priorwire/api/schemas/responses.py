"""What the API answers. Records keep the shape of `gateway.presentation`; states and ids stand around them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class RouteOut(BaseModel):
    """Which way was chosen, and why."""

    id: str
    channel: str
    because: list[str]


class MessageOut(BaseModel):
    """One payload as it left or came; X12 as text, documents as base64."""

    archive_id: str
    direction: str
    at: datetime
    content_type: str
    sha256: str
    size: int
    simulated: bool
    text: str | None = None
    base64: str | None = None


class TransactionOut(BaseModel):
    """An authorization or an eligibility check, with the latest record."""

    id: str
    case_id: str
    case_state: str
    kind: str
    payer_id: str
    #: What the payer last said.
    status: str
    #: Where the review stands, of an authorization: ``expired`` where what was approved is over.
    review: str | None
    delivery: str
    acknowledgment: str
    evidence: str
    environment: str
    simulated: bool
    route: RouteOut
    attempts: int
    inquiries: int
    corrects: str | None
    superseded_by: str | None
    client_reference: str | None
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None
    #: When what was approved is over, everywhere in the country; null where the payer stated no last day.
    ends_at: datetime | None
    record: dict[str, Any] | None
    record_version: int | None
    record_read_at: datetime | None
    matched_by: str | None
    open_work_items: list[str]
    sources: dict[str, Any] | None = None
    messages: list[MessageOut] | None = None


class NeedOut(BaseModel):
    """Whether a service needs an authorization: yes, no, unknown or not_stated; numbers of benefits count from 0."""

    answer: str
    #: Numbers of the benefits that decided, and of those that say otherwise.
    because: list[int]
    against: list[int]


class ProcedureNeedOut(NeedOut):
    """The need of one procedure that was asked about."""

    procedure: dict[str, Any]


class EligibilityOut(TransactionOut):
    """An eligibility check: its summary for a person, and whether what was asked about needs an authorization."""

    #: 'yes' where any procedure needs one, 'no' where the payer says so of all.
    authorization_required: str | None = None
    #: Numbers of the benefits (from 0) that decided.
    authorization_required_because: list[int] | None = None
    #: For each procedure that was asked about.
    authorization_needs: list[ProcedureNeedOut] = []
    summary: dict[str, Any] | None = None


class TransactionRef(BaseModel):
    """A line of a list."""

    id: str
    kind: str
    payer_id: str
    status: str
    review: str | None
    delivery: str
    evidence: str
    client_reference: str | None
    created_at: datetime
    updated_at: datetime


class Page(BaseModel):
    """A page of a list; `next_page_token` is absent on the last one."""

    items: list[TransactionRef]
    next_page_token: str | None = None


class WorkFieldOut(BaseModel):
    label: str
    value: str
    required: bool


class WorkItemOut(BaseModel):
    """One thing that a person must do."""

    id: str
    kind: str
    state: str
    transaction_id: str | None
    payer_id: str
    instructions: str
    url: str | None
    fields: list[WorkFieldOut]
    due_at: datetime
    due_rule: str
    completed_by: str | None
    completed_at: datetime | None
    created_at: datetime


class SuggestionOut(BaseModel):
    """A transaction that an unmatched answer may belong to."""

    transaction_id: str
    #: Only to compare with the others of the same answer.
    score: int
    #: What agrees, by name.
    agrees: list[str]


class UnmatchedOut(BaseModel):
    """An answer that was joined to no request by rule."""

    id: str
    archive_id: str
    reason: str
    candidates: list[SuggestionOut]
    at: datetime
    #: ``open``, ``joined`` or ``dismissed``.
    state: str
    work_item_id: str | None
    transaction_id: str | None
    resolved_by: str | None
    resolved_at: datetime | None


class ComparedOut(SuggestionOut):
    """A request beside an unmatched answer: why it may be the one, and what speaks against it."""

    status: str
    created_at: datetime
    #: What speaks against it: needs a confirmation.
    against: list[str]
    #: Why it cannot be joined at all.
    refused: str | None


class UnmatchedWholeOut(UnmatchedOut):
    """An unmatched answer, read again, beside what comes nearest."""

    #: e.g. ``278-response``; absent where it cannot be read.
    kind: str | None
    #: What it says, as the status of a record would.
    says: str | None
    endpoint_id: str
    #: Why it was dismissed.
    note: str | None
    compared: list[ComparedOut]


class SubscriptionOut(BaseModel):
    """A subscription; the secret is shown once."""

    id: str
    url: str
    secret: str


class DeliveryOut(BaseModel):
    """The delivery of an event."""

    id: str
    event_id: str
    endpoint_id: str
    state: str
    attempts: int
    last_status: int | None
    updated_at: datetime


class PayerOut(BaseModel):
    """A payer that can be reached."""

    id: str
    name: str
    transactions: list[str]
    channels: list[str]


class FaultOut(BaseModel):
    """One thing wrong: where, which rule, what to do."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem document: the one shape of every failure."""

    type: str
    title: str
    status: int
    detail: str
    correlation_id: str
    errors: list[FaultOut] = []
