"""Rows to store, each whole and valid; a test changes what it is about. All people are invented."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from priorwire.gateway.arrived import (
    Before,
    FileState,
    ReceivedFileRow,
    ReceivedSetRow,
    SetState,
    Suggestion,
    UnmatchedRow,
    UnmatchedState,
)
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import (
    AnyRequest,
    ApiKeyRow,
    ArchiveRow,
    AttachmentRow,
    AuditRow,
    CaseRow,
    Direction,
    EventRow,
    ExchangeRow,
    ExchangeState,
    IdempotencyRow,
    Purpose,
    RecordRow,
    TransactionRow,
    UseRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
    WorkField,
    WorkItemRow,
    WorkKind,
    WorkState,
)
from priorwire.model.authorization import (
    AuthorizationRecord,
    AuthorizationRequest,
    ReviewStatus,
    ServiceDecision,
    ServiceLine,
)
from priorwire.model.eligibility import EligibilityInquiry
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
from priorwire.model.parties import Address, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit
from priorwire.payers.profile import ChannelKind, Environment, Transaction

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
TENANT = TenantId("north-clinic")
OTHER_TENANT = TenantId("south-clinic")
ENDPOINT = "example_payer/realtime"

CLINIC = Provider(organization="EXAMPLE NORTH CLINIC", npi="1234567893")
PATIENT = Subscriber(
    member_id="EXM0000417",
    name=PersonName(last="Canarysen", first="Zofia"),
    birth_date=date(1981, 7, 9),
    address=Address(line1="17 Invented Street", city="Nowhere", state="OH", postal_code="43000"),
)
AUTHORIZATION = AuthorizationRequest(
    payer_id="example_payer",
    requester=CLINIC,
    subscriber=PATIENT,
    services=(
        ServiceLine(
            procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="70551", modifiers=("26",)),
            quantity=Quantity(value=Decimal("1.50"), unit=Unit.UNITS),
            dates=DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 20)),
        ),
    ),
    client_reference="CHART-99817",
)
ELIGIBILITY = EligibilityInquiry(payer_id="example_payer", provider=CLINIC, subscriber=PATIENT)
DECISION = AuthorizationRecord(
    status=ReviewStatus.APPROVED_MODIFIED,
    authorization_number="AUTH55512",
    quantity=Quantity(value=Decimal("3.000"), unit=Unit.DAYS),
    services=(ServiceDecision(procedure=None, status=ReviewStatus.DENIED, messages=("Canarysen: see letter",)),),
)


def case(number: int = 1, tenant: TenantId = TENANT) -> CaseRow:
    return CaseRow(
        id=CaseId(f"case_{number}"),
        tenant=tenant,
        state=CaseState.IN_FLIGHT,
        owner="front desk",
        created_at=NOW,
        updated_at=NOW,
    )


def transaction(number: int = 1, tenant: TenantId = TENANT, request: AnyRequest = AUTHORIZATION) -> TransactionRow:
    checks = isinstance(request, EligibilityInquiry)
    return TransactionRow(
        id=TransactionId(f"auth_{number}"),
        tenant=tenant,
        case_id=CaseId("case_1"),
        kind=Transaction.ELIGIBILITY if checks else Transaction.AUTHORIZATION,
        payer_id=PayerId("example_payer"),
        request=request,
        environment=Environment.TEST,
        delivery=Delivery.READY,
        review=None if checks else Review.SUBMITTED,
        channel=ChannelKind.CORE_SOAP,
        route_id="realtime",
        endpoint_id=ENDPOINT,
        route_reasons=("the payer takes it in real time", "the route is healthy"),
        reference=f"REF{number:06}",
        trace_number=f"TRC{number:06}",
        meaning=f"meaning-{number}",
        created_at=NOW,
        updated_at=NOW,
    )


def exchange(number: int = 1, tenant: TenantId = TENANT) -> ExchangeRow:
    return ExchangeRow(
        id=ExchangeId(f"exch_{number}"),
        tenant=tenant,
        transaction_id=TransactionId("auth_1"),
        endpoint_id=ENDPOINT,
        purpose=Purpose.SUBMIT,
        state=ExchangeState.SENDING,
        fence=1,
        interchange_number=number,
        group_number=number,
        set_number="0001",
        reference="REF000001",
        trace_number="TRC000001",
        payload_id="7d0f2f0e-6d1d-4a53-9be5-4bb5f1e0a001",
        began_at=NOW,
    )


def archived(
    payload: bytes, number: int = 1, *, tenant: TenantId = TENANT, direction: Direction = Direction.IN
) -> ArchiveRow:
    return ArchiveRow(
        id=ArchiveId(f"arch_{number}"),
        tenant=tenant,
        direction=direction,
        content_type="application/edi-x12",
        endpoint_id=ENDPOINT,
        transaction_id=TransactionId("auth_1"),
        sha256=hashlib.sha256(payload).hexdigest(),
        size=len(payload),
        at=NOW,
    )


def record(version: int = 1, tenant: TenantId = TENANT) -> RecordRow:
    source = Source(
        interchange=1,
        transaction_set=1,
        segment="HCR",
        position=14,
        element=2,
        start=417,
        end=426,
        segment_start=410,
        segment_end=426,
        rule="decision",
    )
    return RecordRow(
        tenant=tenant,
        transaction_id=TransactionId("auth_1"),
        version=version,
        record=DECISION,
        sources={"authorization_number": source},
        evidence=Evidence.PAYER_DECIDED,
        archive_id=ArchiveId("arch_1"),
        interchange=1,
        transaction_set=1,
        matched_by="reference",
        at=NOW,
    )


def use(number: int = 1, tenant: TenantId = TENANT) -> UseRow:
    return UseRow(
        id=UseId(f"use_{number}"),
        tenant=tenant,
        transaction_id=TransactionId("auth_1"),
        use=Use(
            id=UseId(f"use_{number}"),
            on=date(2026, 12, 11),
            procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="70551"),
            quantity=Quantity(value=Decimal("1.50"), unit=Unit.UNITS),
            claim_reference="CLAIM-99817",
        ),
        idempotency_key=f"use-key-{number}",
        recorded_by="key_1",
        recorded_at=NOW,
    )


def attachment(number: int = 1, tenant: TenantId = TENANT) -> AttachmentRow:
    return AttachmentRow(
        id=AttachmentId(f"att_{number}"),
        tenant=tenant,
        transaction_id=TransactionId("auth_1"),
        state=Attachment.SENDING,
        evidence=Evidence.SENT,
        control_number="CANARYSEN-XRAY-1",
        solicited=True,
        report_type="RR",
        loinc="18776-5",
        description="X-ray of Zofia Canarysen",
        content_type="application/pdf",
        size=417,
        document_id=ArchiveId("arch_1"),
        meaning=f"document-{number}",
        reference=f"{'PD' if tenant == TENANT else 'PE'}{number:06}",
        route_id="realtime",
        endpoint_id=ENDPOINT,
        attempts=1,
        detail="It may have arrived.",
        work_item_id=WorkItemId("work_1"),
        idempotency_key=f"attachment-key-{number}",
        created_by="key_1",
        created_at=NOW,
        updated_at=NOW,
    )


def event(number: int = 1, tenant: TenantId = TENANT) -> EventRow:
    return EventRow(
        id=EventId(f"evt_{number}"),
        tenant=tenant,
        type="authorization.updated",
        transaction_id=TransactionId("auth_1"),
        data={"status": "approved", "previous": None},
        at=NOW,
    )


def webhook(number: int = 1, tenant: TenantId = TENANT) -> WebhookEndpointRow:
    return WebhookEndpointRow(
        id=f"whk_{number}",
        tenant=tenant,
        url="https://subscriber.example/hook",
        secret="whsec_Y2FuYXJ5LXNlY3JldA",
        created_at=NOW,
    )


def delivery(number: int = 1, tenant: TenantId = TENANT) -> WebhookDeliveryRow:
    return WebhookDeliveryRow(
        id=DeliveryId(f"dlv_{number}"), tenant=tenant, event_id=EventId("evt_1"), endpoint_id="whk_1", updated_at=NOW
    )


def work_item(number: int = 1, tenant: TenantId = TENANT) -> WorkItemRow:
    return WorkItemRow(
        id=WorkItemId(f"work_{number}"),
        tenant=tenant,
        kind=WorkKind.PORTAL_SUBMISSION,
        state=WorkState.OPEN,
        transaction_id=TransactionId("auth_1"),
        payer_id="example_payer",
        instructions="Enter the fields on the portal's second page.",
        fields=(WorkField(label="Member ID", value="EXM0000417"), WorkField(label="Fax", value="", required=False)),
        due_at=NOW,
        due_rule="portal: two working days",
        created_at=NOW,
    )


def unmatched(number: int = 1, tenant: TenantId = TENANT) -> UnmatchedRow:
    return UnmatchedRow(
        id=f"unm_{number}",
        tenant=tenant,
        archive_id=ArchiveId("arch_1"),
        interchange=1,
        transaction_set=2,
        reason="no open transaction has this reference",
        candidates=(
            Suggestion(transaction_id=TransactionId("auth_1"), score=40, agrees=("member number",)),
            Suggestion(transaction_id=TransactionId("auth_2"), score=10),
        ),
        review=1,
        at=NOW,
        note="CANARYSEN was told by telephone",
    )


def joined_unmatched(number: int = 1, tenant: TenantId = TENANT) -> UnmatchedRow:
    """One that a person joined to ``auth_1``."""
    return replace(
        unmatched(number, tenant),
        work_item_id=WorkItemId("work_1"),
        state=UnmatchedState.JOINED,
        resolved_by="ann",
        resolved_at=NOW,
        transaction_id=TransactionId("auth_1"),
        before=Before(
            delivery=Delivery.ACCEPTED,
            acknowledgment=Acknowledgment.NONE,
            acknowledged=Acknowledgment.ACCEPTED,
            review=Review.SUBMITTED,
            version=None,
            status="submitted",
            evidence=Evidence.SENT,
            decided_at=None,
            simulated=False,
            opened=(WorkItemId("work_1"),),
        ),
    )


def received_file(number: int = 1, tenant: TenantId = TENANT) -> ReceivedFileRow:
    return ReceivedFileRow(
        id=f"file_{number}",
        tenant=tenant,
        endpoint_id=ENDPOINT,
        name="CANARYSEN-answers.x12",
        size=len(PAYLOAD),
        modified="1700000000",
        state=FileState.DONE,
        sighted_at=NOW,
        sha256="e" * 64,
        archive_id=ArchiveId("arch_1"),
        moved_at=NOW,
        sets=2,
        cause="an interchange number in it came before",
        updated_at=NOW,
    )


def received_set(number: int = 1, tenant: TenantId = TENANT) -> ReceivedSetRow:
    return ReceivedSetRow(
        id=f"set_{tenant}_{number}",
        tenant=tenant,
        file_id="file_1",
        endpoint_id=ENDPOINT,
        archive_id=ArchiveId("arch_1"),
        interchange=1,
        transaction_set=number,
        interchange_number="ZZ PAYERX 000000001",
        state=SetState.PLACED,
        transaction_id=TransactionId("auth_1"),
        created_at=NOW,
        updated_at=NOW,
    )


def idempotency(key: str = "key-1", tenant: TenantId = TENANT) -> IdempotencyRow:
    return IdempotencyRow(tenant=tenant, key=key, fingerprint="f" * 64, transaction_id=TransactionId("auth_1"), at=NOW)


def api_key(number: int = 1, tenant: TenantId = TENANT) -> ApiKeyRow:
    return ApiKeyRow(
        id=f"key_{number}",
        tenant=tenant,
        name="practice system",
        digest=f"{number:064x}",
        scopes=frozenset({"authorizations:write", "work:read"}),
        created_at=NOW,
    )


def audited(action: str = "transaction.sent", tenant: TenantId = TENANT) -> AuditRow:
    return AuditRow(at=NOW, tenant=tenant, actor="key_1", action=action, subject="auth_1", detail="attempt 1")


PAYLOAD = b"ISA*00*          *00*          *ZZ*CANARYSEN      ~" * 40


def store_one_of_each(store: Store, tenant: TenantId = TENANT) -> None:
    """A whole story of one tenant, in one unit of work."""
    with store.work(tenant) as uow:
        add_one_of_each(uow)


def add_one_of_each(uow: UnitOfWork) -> None:
    """Every kind of row once, in an order in which most of them come before what they point to."""
    tenant = uow.tenant
    numbers = Numbers.of(tenant)
    uow.unmatched.add(unmatched(tenant=tenant))
    uow.received.add_file(received_file(tenant=tenant))
    uow.received.add_set(received_set(tenant=tenant))
    uow.records.append(record(tenant=tenant))
    uow.uses.add(use(tenant=tenant))
    uow.attachments.add(attachment(tenant=tenant))
    uow.webhooks.add_delivery(delivery(tenant=tenant))
    uow.webhooks.add_endpoint(webhook(tenant=tenant))
    uow.events.append(event(tenant=tenant))
    uow.archive.put(archived(PAYLOAD, tenant=tenant), PAYLOAD)
    sent = exchange(tenant=tenant)
    uow.exchanges.add(
        replace(sent, interchange_number=numbers.interchange, group_number=numbers.interchange, remote_id="REMOTE-1")
    )
    uow.work_items.add(work_item(tenant=tenant))
    uow.idempotency.add(idempotency(tenant=tenant))
    uow.api_keys.add(replace(api_key(tenant=tenant), digest=numbers.digest))
    uow.transactions.add(
        replace(
            transaction(tenant=tenant),
            reference=numbers.reference,
            trace_number=numbers.trace,
            authorization_number="AUTH55512",
            client_reference="CHART-99817",
        )
    )
    uow.cases.add(case(tenant=tenant))
    uow.audit.append(audited(tenant=tenant))


@dataclass(frozen=True)
class Numbers:
    """What has to differ between tenants, since it is unique in the whole installation."""

    interchange: int
    reference: str
    trace: str
    digest: str

    @classmethod
    def of(cls, tenant: TenantId) -> Numbers:
        first = tenant == TENANT
        number, letter = (1, "a") if first else (900_001, "b")
        return cls(interchange=number, reference=f"REF{number:06}", trace=f"TRC{number:06}", digest=letter * 64)
