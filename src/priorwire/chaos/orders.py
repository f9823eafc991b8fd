"""What the practices of the harness ask for: invented, each about a member of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from random import Random
from types import MappingProxyType

from priorwire.gateway.attach import AttachCommand
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import AnyRequest
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, ServiceLine, Urgency
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.model.parties import Contact, Gender, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit

TENANT = TenantId("chaos")
#: As what a review of a member may end: a simulated payer goes by how the member id ends.
DECISIONS: Mapping[str, str] = MappingProxyType(
    {
        "APPROVE": "approved",
        "MODIFY": "approved_modified",
        "DENY": "denied",
        "PENDREVIEW": "approved",
        "PENDDENY": "denied",
        "PENDMODIFY": "approved_modified",
        "PENDINFO": "approved",
        "CONTACT": "contact_payer",
        "DROPAFTER": "approved",
        "DROPDURING": "approved",
        "DROPBEFORE": "approved",
        "HTTP503": "approved",
        "HTTP504": "approved",
        "RECEIVERDOWN": "approved",
        "TWICE": "approved",
        "TRUNCATED": "approved",
        "WRONGTRACE": "approved",
    }
)
_OVER_HTTP = tuple(DECISIONS)
#: A fault of the connection means nothing to a folder.
_IN_FILES = ("APPROVE", "MODIFY", "DENY", "PENDREVIEW", "PENDDENY", "PENDMODIFY", "CONTACT")
#: Its payer pends it, and asks for documents.
WANTS_DOCUMENT = "PENDINFO"


@dataclass(frozen=True, kw_only=True)
class _Sort:
    """One kind of order, and how often it comes among the others."""

    payer: str
    share: int
    endings: tuple[str, ...]
    procedure: str = "72148"
    service_type: str = "62"


class Sort(Enum):
    """Which way an order goes."""

    CORE = _Sort(payer="northwind-health", share=22, endings=_OVER_HTTP)
    REST = _Sort(payer="cascadia-mutual", share=18, endings=_OVER_HTTP)
    DOCUMENT = _Sort(payer="northwind-health", share=12, endings=(WANTS_DOCUMENT,))
    FOLDERS = _Sort(payer="meridian-medicaid", share=22, endings=_IN_FILES, procedure="E1390", service_type="12")
    FAX = _Sort(payer="harbor-county-plan", share=6, endings=("APPROVE",), procedure="27447")
    PORTAL = _Sort(payer="summit-benefit-trust", share=4, endings=("APPROVE",), procedure="27447")
    COVERAGE_CORE = _Sort(payer="northwind-health", share=8, endings=_OVER_HTTP)
    COVERAGE_REST = _Sort(payer="cascadia-mutual", share=8, endings=_OVER_HTTP)

    @property
    def is_coverage(self) -> bool:
        """Whether it asks about coverage (270), and not for a review."""
        return self in (Sort.COVERAGE_CORE, Sort.COVERAGE_REST)

    @property
    def decided_by_machine(self) -> bool:
        """Whether its payer's decision can reach us without a person."""
        return self not in (Sort.FAX, Sort.PORTAL)


_REQUESTER = Provider(
    organization="EXAMPLE SPINE CLINIC", npi="1234567893", contact=Contact(telephone="2025550101", fax="2025550102")
)
_PDF = b"%PDF-1.7 an example page of visit "


@dataclass(frozen=True, kw_only=True, repr=False)
class Order:
    """One request, sent under one key however often it takes."""

    key: str
    sort: Sort
    ending: str
    command: Command

    @property
    def expected(self) -> str:
        """The status that it ends with, where its payer got it and its decision can reach us."""
        return "active" if self.sort.is_coverage else DECISIONS[self.ending]


def order(draw: Random, number: int, sort: Sort | None = None) -> Order:
    """The `number`-th request; chance chooses its way, its fate, and whether its practice waits for the answer."""
    sort = sort or draw.choices(list(Sort), weights=[each.value.share for each in Sort])[0]
    ending = draw.choice(sort.value.endings)
    key = f"visit-{number:06}"
    make = _coverage if sort.is_coverage else _review
    request = make(sort.value, _subscriber(f"EX{number:07}{ending}"))
    at_once = draw.random() < 1 / 2
    command = Command(tenant=TENANT, actor="chaos", request=request, idempotency_key=key, at_once=at_once)
    return Order(key=key, sort=sort, ending=ending, command=command)


def document(order: Order, transaction_id: TransactionId, *, at_once: bool) -> AttachCommand:
    """The document that the payer of this order asks for."""
    return AttachCommand(
        tenant=TENANT,
        actor="chaos",
        transaction_id=transaction_id,
        content=_PDF + order.key.encode("ascii"),
        idempotency_key=f"document-{order.key}",
        at_once=at_once,
    )


def _subscriber(member: str) -> Subscriber:
    return Subscriber(
        member_id=member,
        name=PersonName(last="EXAMPLE", first="AVERY"),
        birth_date=date(1980, 2, 29),
        gender=Gender.FEMALE,
    )


def _coverage(sort: _Sort, subscriber: Subscriber) -> AnyRequest:
    return EligibilityInquiry(payer_id=sort.payer, provider=_REQUESTER, subscriber=subscriber)


def _review(sort: _Sort, subscriber: Subscriber) -> AnyRequest:
    return AuthorizationRequest(
        payer_id=sort.payer,
        requester=_REQUESTER,
        subscriber=subscriber,
        service_type=sort.service_type,
        urgency=Urgency.ELECTIVE,
        diagnoses=(Diagnosis(code="M5416", kind=DiagnosisKind.PRINCIPAL),),
        event_dates=DateSpan(start=date(2026, 12, 14), end=date(2026, 12, 28)),
        services=(
            ServiceLine(
                procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code=sort.procedure),
                quantity=Quantity(value=Decimal(1), unit=Unit.UNITS),
            ),
        ),
    )
