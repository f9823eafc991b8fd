"""What the practices of the harness ask for: invented, each about a member of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from types import MappingProxyType

from priorwire.gateway.intake import Command
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, ServiceLine, Urgency
from priorwire.model.identifiers import TenantId
from priorwire.model.parties import Contact, Gender, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit

TENANT = TenantId("chaos")
#: One that is reached over CORE, one over plain HTTPS.
_PAYERS = ("northwind-health", "cascadia-mutual")
#: How a member id ends, which is what a simulated payer goes by, and as what a review of it may end.
DECISIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "APPROVE": frozenset({"approved"}),
        "MODIFY": frozenset({"approved_modified"}),
        "DENY": frozenset({"denied"}),
        "PENDREVIEW": frozenset({"approved"}),
        "PENDDENY": frozenset({"denied"}),
        "PENDMODIFY": frozenset({"approved_modified"}),
        "CONTACT": frozenset({"contact_payer"}),
        "DROPAFTER": frozenset({"approved"}),
        "DROPDURING": frozenset({"approved"}),
        "DROPBEFORE": frozenset({"approved"}),
        "HTTP503": frozenset({"approved"}),
        "HTTP504": frozenset({"approved"}),
        "RECEIVERDOWN": frozenset({"approved"}),
        "TWICE": frozenset({"approved"}),
    }
)
_REQUESTER = Provider(
    organization="EXAMPLE SPINE CLINIC", npi="1234567893", contact=Contact(telephone="2025550101", fax="2025550102")
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Order:
    """One request for review, sent under one key however often it takes."""

    key: str
    ending: str
    command: Command


def order(draw: Random, number: int) -> Order:
    """The `number`-th request; chance chooses payer, fate, and whether its practice waits for the answer."""
    ending = draw.choice(list(DECISIONS))
    key = f"visit-{number:06}"
    request = AuthorizationRequest(
        payer_id=draw.choice(_PAYERS),
        requester=_REQUESTER,
        subscriber=Subscriber(
            member_id=f"EX{number:07}{ending}",
            name=PersonName(last="EXAMPLE", first="AVERY"),
            birth_date=date(1980, 2, 29),
            gender=Gender.FEMALE,
        ),
        service_type="62",
        urgency=Urgency.ELECTIVE,
        diagnoses=(Diagnosis(code="M5416", kind=DiagnosisKind.PRINCIPAL),),
        event_dates=DateSpan(start=date(2026, 12, 14), end=date(2026, 12, 28)),
        services=(
            ServiceLine(
                procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148"),
                quantity=Quantity(value=Decimal(1), unit=Unit.UNITS),
            ),
        ),
    )
    at_once = draw.random() < 1 / 2
    command = Command(tenant=TENANT, actor="chaos", request=request, idempotency_key=key, at_once=at_once)
    return Order(key=key, ending=ending, command=command)
