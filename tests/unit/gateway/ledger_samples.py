"""Authorizations to use up; all people and numbers are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

from priorwire.model.authorization import (
    AuthorizationRecord,
    AuthorizationRequest,
    ReviewStatus,
    ServiceDecision,
    ServiceLine,
)
from priorwire.model.identifiers import UseId
from priorwire.model.ledger import Claim, Use
from priorwire.model.parties import PersonName, Provider, ProviderRole, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit

THERAPY = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110", modifiers=("GP",))
SCAN = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148")
MAY = DateSpan(start=date(2026, 5, 1), end=date(2026, 5, 31))
NPI, OTHER_NPI = "1234567893", "1245319599"

_IDS = count(1)


def visits(value: int | str) -> Quantity:
    return Quantity(value=Decimal(value), unit=Unit.VISITS)


def asked(*, therapy: Quantity | None = None, scan: Quantity | None = None) -> AuthorizationRequest:
    """Physical therapy and a scan, by one provider at one place."""
    return AuthorizationRequest(
        payer_id="example",
        requester=Provider(organization="EXAMPLE CLINIC", npi=NPI),
        subscriber=Subscriber(member_id="XMPL0001", name=PersonName(last="SAMPLE")),
        place_of_service="22",
        event_dates=MAY,
        providers=(Provider(organization="EXAMPLE THERAPY", npi=NPI, role=ProviderRole.RENDERING),),
        services=(
            ServiceLine(procedure=THERAPY, quantity=therapy or visits(12)),
            ServiceLine(procedure=SCAN, quantity=scan or Quantity(value=Decimal(1), unit=Unit.UNITS)),
        ),
    )


def decided(**therapy: object) -> AuthorizationRecord:
    """A certified reply about the therapy alone."""
    line = ServiceDecision(procedure=THERAPY, status=ReviewStatus.APPROVED, quantity=visits(12), dates=MAY)
    return AuthorizationRecord(
        status=ReviewStatus.APPROVED,
        authorization_number="AUTH7",
        effective_date=date(2026, 4, 15),
        expiration_date=date(2026, 6, 15),
        services=(replace(line, **therapy),),  # type: ignore[arg-type]  # what each test changes
    )


def use(
    day: int = 4, value: int | str = 1, *, unit: Unit = Unit.VISITS, procedure: ProcedureCode = THERAPY, month: int = 5
) -> Use:
    return Use(
        id=UseId(f"use_{next(_IDS)}"),
        on=date(2026, month, day),
        procedure=procedure,
        quantity=Quantity(value=Decimal(value), unit=unit),
    )


def claim(day: int = 4, value: int | str = 2, *, last: int | None = None, month: int = 5) -> Claim:
    """One that matches `decided`."""
    return Claim(
        procedure=THERAPY,
        dates=DateSpan(start=date(2026, month, day), end=date(2026, month, last) if last else None),
        quantity=visits(value),
        authorization_number="AUTH7",
        rendering_npi=NPI,
        place_of_service="22",
    )
