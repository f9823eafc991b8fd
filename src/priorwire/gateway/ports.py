"""What the use cases need from outside, and nothing about who provides it.

Two families: *ways to a payer* (`Channel`, provided by `priorwire.channels`) and *the
record* (`UnitOfWork` and its parts, provided by `priorwire.store`). `Services` is what
every use case is handed; `bootstrap` makes the real one, tests make their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from priorwire.clock import Clock, IdSource
from priorwire.gateway.arrived import (
    UnmatchedRow,
    UnmatchedState,
)
from priorwire.gateway.endpoints_port import Endpoints
from priorwire.gateway.endpoints_state import Backlog
from priorwire.gateway.orphans import Orphan
from priorwire.gateway.received_port import Received
from priorwire.gateway.rows import (
    ApiKeyRow,
    ArchiveRow,
    AttachmentRow,
    AuditRow,
    CaseRow,
    DueKind,
    DueRow,
    EventRow,
    ExchangeRow,
    IdempotencyRow,
    RecordRow,
    TransactionRow,
    UseRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
    WorkItemRow,
    WorkState,
)
from priorwire.gateway.ways import Channel, WebhookTransport
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
from priorwire.payers.profile import ChannelKind, Environment, PayerProfile, Transaction

# ---------------------------------------------------------------- the record


class Transactions(Protocol):
    def add(self, row: TransactionRow) -> None: ...
    def get(self, transaction_id: TransactionId) -> TransactionRow:
        """Raises NotFound (also for another tenant's)."""
        ...

    def update(self, row: TransactionRow) -> None: ...
    def by_reference(self, reference: str) -> TransactionRow | None:
        """Not locked: whoever changes it gets it by its id first."""
        ...

    def by_trace(self, trace_number: str) -> TransactionRow | None:
        """Not locked either."""
        ...

    def hold(self, name: str) -> None:
        """Wait until no other unit of work of the tenant holds `name`, and hold it until this one ends."""
        ...

    def by_payer_reference(self, payer_id: str, number: str) -> Sequence[TransactionRow]:
        """Those whose authorization number or administrative reference is `number` (by blind index)."""
        ...

    def latest_of(self, case_id: CaseId) -> TransactionRow | None:
        """The newest submission of a case."""
        ...

    def by_number(self, number: str) -> Sequence[TransactionRow]:
        """As `by_payer_reference`, whichever payer's number it is."""
        ...

    def by_meaning(self, meaning: str) -> Sequence[TransactionRow]:
        """Newest first."""
        ...

    def of_member(
        self, member_id: str, *, kind: Transaction | None = None, payer_id: PayerId | None = None, limit: int
    ) -> Sequence[TransactionRow]:
        """Those about the member with exactly this number (by blind index), newest first."""
        ...

    def digest(self, text: str) -> str:
        """The tenant's keyed digest of `text` (HMAC-SHA256, hex): equal texts, equal digests, not reversible."""
        ...

    def listed(
        self, *, limit: int, after: TransactionId | None = None, kind: Transaction | None = None
    ) -> Sequence[TransactionRow]:
        """Newest first."""
        ...


class Cases(Protocol):
    def add(self, row: CaseRow) -> None: ...
    def get(self, case_id: CaseId) -> CaseRow: ...
    def update(self, row: CaseRow) -> None: ...


class Exchanges(Protocol):
    def add(self, row: ExchangeRow) -> None: ...
    def get(self, exchange_id: ExchangeId) -> ExchangeRow: ...
    def update(self, row: ExchangeRow) -> None: ...
    def of(self, transaction_id: TransactionId) -> Sequence[ExchangeRow]:
        """Those about the transaction itself, oldest first; not those that carried its documents."""
        ...

    def carrying(self, reference: str) -> Sequence[ExchangeRow]:
        """Every attempt of the message with this reference, oldest first."""
        ...

    def by_reference(self, reference: str) -> ExchangeRow | None:
        """The newest exchange that carried this transaction reference (BHT03)."""
        ...

    def by_control_number(self, number: int) -> Sequence[ExchangeRow]:
        """Those whose interchange or group bore this number, at any endpoint; oldest first."""
        ...

    def by_interchange_number(self, endpoint_id: str, number: int) -> ExchangeRow | None: ...
    def by_group_number(self, endpoint_id: str, number: int) -> ExchangeRow | None: ...
    def by_remote_id(self, endpoint_id: str, remote_id: str) -> ExchangeRow | None: ...


class Archive(Protocol):
    def put(self, row: ArchiveRow, payload: bytes) -> None: ...
    def get(self, archive_id: ArchiveId) -> tuple[ArchiveRow, bytes]: ...
    def of(self, transaction_id: TransactionId) -> Sequence[ArchiveRow]:
        """Oldest first."""
        ...

    def attribute(self, archive_id: ArchiveId, transaction_id: TransactionId) -> None:
        """Note which transaction a payload turned out to be about, where none is noted yet."""
        ...

    def disown(self, archive_id: ArchiveId) -> None:
        """Note for a payload that came on no call of ours that it is about no transaction after all."""

    def since(self, at: datetime) -> Sequence[ArchiveRow]:
        """Inbound ones, oldest first."""
        ...


class ControlNumbers(Protocol):
    def next(self, endpoint_id: str, name: str) -> int:
        """The next number of a sequence (``interchange``, ``group``): unique over all workers, 1..999999999, wraps."""
        ...


class Due(Protocol):
    def schedule(self, kind: DueKind, row_id: str, partition: str, at: datetime) -> None:
        """Make a row due. A row that is there is moved, and its fence kept."""
        ...

    def hasten(self, kind: DueKind, row_id: str, partition: str, at: datetime) -> None:
        """As `schedule`, but a row that is due earlier stays so."""
        ...

    def take(self, kind: DueKind, row_id: str, partition: str, until: datetime) -> DueRow:
        """Take a row at once, under a new fence, as the dispatcher would when it is due.

        Raises SafetyRefusal where somebody else's lease on it still runs.
        """
        ...

    def check(self, row: DueRow) -> None:
        """Raises StaleFence unless `row` is still held. Locks it to the end of the unit of work."""
        ...

    def settle(self, row: DueRow, next_due_at: datetime | None, acts_at: datetime | None = None) -> None:
        """Give the row back: due again at `next_due_at`, or never. Raises StaleFence.

        `acts_at` is when the gateway acts by itself next, where the row is due earlier for another deadline.
        """
        ...

    def acts_at(self, kind: DueKind, row_id: str) -> datetime | None:
        """When the gateway is to act by itself on a row: the last `settle` or `schedule`; `None`: when it is due."""
        ...

    def due_at(self, kind: DueKind, row_id: str) -> datetime | None:
        """When a row is due, or its lease ends; `None` where it waits for nothing. Locked, where it may write."""
        ...

    def put_off(self, row: DueRow, next_due_at: datetime, acts_at: datetime, waits_for: str) -> bool:
        """As `settle`, because an endpoint is paused or down; whether the row was not waiting for that before.

        `Store.bring_back` makes it due when what it waits for is over.
        """
        ...

    def repartition(self, row: DueRow, partition: str) -> None:
        """Put a held row into another partition: it goes to another endpoint from now on. Raises StaleFence."""
        ...


class Records(Protocol):
    def append(self, row: RecordRow) -> None: ...
    def update(self, row: RecordRow) -> None:
        """Note beside a version when it was said again, or that it was withdrawn. Raises NotFound."""

    def put_in_force(self, transaction_id: TransactionId, version: int | None) -> None:
        """From now on this version counts, and no other; with `None` no version does."""

    def latest(self, transaction_id: TransactionId) -> RecordRow | None:
        """The version in force."""

    def history(self, transaction_id: TransactionId) -> Sequence[RecordRow]:
        """Oldest first."""
        ...

    def read_from(self, archive_id: ArchiveId) -> Sequence[RecordRow]: ...


class Uses(Protocol):
    def add(self, row: UseRow) -> None: ...
    def get(self, use_id: UseId) -> UseRow:
        """Raises NotFound."""
        ...

    def update(self, row: UseRow) -> None: ...
    def by_key(self, idempotency_key: str) -> UseRow | None: ...
    def of(self, transaction_id: TransactionId) -> Sequence[UseRow]:
        """As they were recorded, voided ones too."""
        ...


class Attachments(Protocol):
    def add(self, row: AttachmentRow) -> None: ...
    def get(self, attachment_id: AttachmentId) -> AttachmentRow:
        """Raises NotFound."""
        ...

    def update(self, row: AttachmentRow) -> None: ...
    def by_key(self, idempotency_key: str) -> AttachmentRow | None: ...
    def of(self, transaction_id: TransactionId) -> Sequence[AttachmentRow]:
        """Oldest first."""
        ...


class Events(Protocol):
    def append(self, row: EventRow) -> None: ...
    def get(self, event_id: EventId) -> EventRow: ...
    def of(self, transaction_id: TransactionId) -> Sequence[EventRow]: ...


class Webhooks(Protocol):
    def add_endpoint(self, row: WebhookEndpointRow) -> None: ...
    def endpoint(self, endpoint_id: str) -> WebhookEndpointRow: ...
    def update_endpoint(self, row: WebhookEndpointRow) -> None: ...
    def endpoints(self) -> Sequence[WebhookEndpointRow]: ...
    def subscribers(self) -> Sequence[str]:
        """Ids of the active ones, oldest first. Opens no secret: one that does not open keeps nobody else waiting."""
        ...

    def add_delivery(self, row: WebhookDeliveryRow) -> None: ...
    def delivery(self, delivery_id: DeliveryId) -> WebhookDeliveryRow: ...
    def update_delivery(self, row: WebhookDeliveryRow) -> None: ...
    def deliveries(self) -> Sequence[WebhookDeliveryRow]: ...


class WorkItems(Protocol):
    def add(self, row: WorkItemRow) -> None: ...
    def get(self, work_item_id: WorkItemId) -> WorkItemRow: ...
    def update(self, row: WorkItemRow) -> None: ...
    def listed(self, state: WorkState | None = None) -> Sequence[WorkItemRow]:
        """By due time."""
        ...

    def of(self, transaction_id: TransactionId) -> Sequence[WorkItemRow]: ...


class Unmatched(Protocol):
    def add(self, row: UnmatchedRow) -> None: ...
    def get(self, unmatched_id: str) -> UnmatchedRow:
        """Raises NotFound (also for another tenant's)."""
        ...

    def update(self, row: UnmatchedRow) -> None: ...
    def listed(self, state: UnmatchedState | None = UnmatchedState.OPEN) -> Sequence[UnmatchedRow]:
        """Oldest first; with `None` whatever became of them."""

    def of_work_item(self, work_item_id: WorkItemId) -> Sequence[UnmatchedRow]:
        """Those that one work item is about."""


class Owners(Protocol):
    """Rows that nobody moves."""

    def still_lacks(self, orphan: Orphan) -> bool:
        """Whether a row that was found without an owner still has none."""
        ...


class Idempotency(Protocol):
    def find(self, key: str) -> IdempotencyRow | None: ...
    def add(self, row: IdempotencyRow) -> None: ...


class ApiKeys(Protocol):
    def add(self, row: ApiKeyRow) -> None: ...


class Audit(Protocol):
    def append(self, row: AuditRow) -> None: ...


class UnitOfWork(Protocol):
    """One transaction of the record, for one tenant. Commits when its block ends well, else rolls back."""

    tenant: TenantId
    transactions: Transactions
    cases: Cases
    exchanges: Exchanges
    archive: Archive
    control_numbers: ControlNumbers
    due: Due
    endpoints: Endpoints
    records: Records
    uses: Uses
    attachments: Attachments
    events: Events
    webhooks: Webhooks
    work_items: WorkItems
    unmatched: Unmatched
    received: Received
    owners: Owners
    idempotency: Idempotency
    api_keys: ApiKeys
    audit: Audit

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    """The record as a whole."""

    def work(self, tenant: TenantId) -> UnitOfWork:
        """A unit of work that may write. Raises NoTenant for an empty tenant."""
        ...

    def read(self, tenant: TenantId) -> UnitOfWork:
        """A unit of work that cannot write: the database refuses it."""
        ...

    def claim(
        self, now: datetime, lease: timedelta, limit: int, enqueue: Callable[[object, DueRow], None]
    ) -> Sequence[DueRow]:
        """Claim due rows of all tenants and hand each to `enqueue` in the same database transaction.

        `enqueue` gets the open connection, so that the job and the claim commit together.
        """
        ...

    def next_due(self) -> datetime | None:
        """When the earliest row is due."""
        ...

    def put_off_due(self, partition: str, now: datetime, pace: timedelta, waits_for: str) -> int:
        """Spread what is due to leave for an endpoint over the time from now on, one row each `pace`; how many.

        In the order of their ids. For an endpoint at which nothing can go: its rows no longer stand before others'.
        """
        ...

    def bring_back(self, waits_for: str, now: datetime, pace: Callable[[str], timedelta]) -> int:
        """Make due what waits for an endpoint, one row each `pace` of its partition, by their ids; how many."""
        ...

    def backlog(self, now: datetime) -> Backlog:
        """What waits, counted over all tenants."""
        ...

    def owner_of(self, reference: str) -> TenantId | None:
        """Whose transaction carries this reference: for a carrier's report, which names nothing else."""
        ...

    def owners_of(
        self, endpoint_id: str, *, names: Sequence[str] = (), interchange: int | None = None, group: int | None = None
    ) -> frozenset[TenantId]:
        """Whose messages an answer names: by reference or trace number, or by a control number of ours.

        For what lies in a mailbox, which all tenants share.
        """
        ...

    def ownerless(self) -> Iterator[Orphan]:
        """Every row of every tenant that lacks what its state wants (`model.lifecycle.STATES`), as it is found."""
        ...

    def tenants(self) -> Sequence[TenantId]:
        """Everybody of whom anything is stored."""
        ...

    def knows_interchange(self, endpoint_id: str, number: str, *, outside: str) -> bool:
        """Whether a file of this mailbox other than `outside` held an interchange of this number."""
        ...

    def api_key(self, digest: str) -> ApiKeyRow | None:
        """The active key of that digest, whatever its tenant."""
        ...

    def beat(self, node: str, now: datetime) -> None:
        """Note that a node lives."""
        ...

    def tidy(self) -> int:
        """What the database wants done now and then, beside everybody's work; how many pages it moved.

        Nothing that is stored changes by it, nobody waits for it, and without it only some commits take longer.
        """
        ...

    def silent_nodes(self, before: datetime) -> Sequence[str]:
        """Nodes whose last beat is older, and that nobody has buried."""
        ...

    def bury(self, node: str) -> None:
        """Forget a dead node once its work was taken over."""
        ...


_DEFAULT_TENANT = TenantId("default")


@dataclass(frozen=True, kw_only=True)
class Services:
    """What every use case is handed."""

    store: Store
    clock: Clock
    ids: IdSource
    #: By the payer's id.
    profiles: Mapping[PayerId, PayerProfile]
    channels: Mapping[ChannelKind, Channel]
    webhook_transport: WebhookTransport
    environment: Environment
    #: Whose the mailboxes are: files are kept under this tenant, each set in them under that of its request.
    mailbox_tenant: TenantId = _DEFAULT_TENANT
    #: How long a claimed row is ours: longer than the longest call and its wait in the queue.
    lease: timedelta = timedelta(minutes=3)
    #: How old a payer's answer about coverage may be to be believed when an authorization is submitted.
    coverage_age: timedelta = timedelta(days=3)
