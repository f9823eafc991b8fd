"""A request with everything in it. All people are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from priorwire.gateway.ways import RenderContext
from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    Diagnosis,
    DiagnosisKind,
    RequestKind,
    ReviewCategory,
    ServiceLine,
    Urgency,
)
from priorwire.model.parties import (
    Address,
    Contact,
    Dependent,
    Gender,
    PersonName,
    Provider,
    ProviderRole,
    Relationship,
    Subscriber,
)
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit
from priorwire.payers.profile import (
    ChannelKind,
    Endpoint,
    Environment,
    PayerIdentity,
    PayerProfile,
    PortalField,
    Route,
    Transaction,
)

AT = datetime(2026, 11, 20, 20, 0, 7, tzinfo=UTC)
REFERENCE = "PWR7K2M4QX9TPWR7K2M4QX9TAB"

REQUEST = AuthorizationRequest(
    payer_id="payer-x",
    requester=Provider(
        organization="Example Orthopedic Group",
        npi="1234567893",
        tax_id="123456789",
        contact=Contact(name="Front Desk", telephone="+12065550100", fax="+12065550101"),
    ),
    subscriber=Subscriber(
        member_id="CANARY4711",
        name=PersonName(last="Zebrawood", first="Quillon", middle="R", suffix="JR"),
        birth_date=date(1971, 3, 9),
        gender=Gender.MALE,
        group_number="GRP0815",
        address=Address(line1="12 Sandpiper Way", city="Springfield", state="WA", postal_code="98101"),
    ),
    dependent=Dependent(
        name=PersonName(last="Zebrawood", first="Ottoline"),
        relationship=Relationship.CHILD,
        birth_date=date(2011, 7, 4),
        gender=Gender.FEMALE,
    ),
    category=ReviewCategory.ADMISSION,
    kind=RequestKind.EXTENSION,
    urgency=Urgency.URGENT,
    service_type="2",
    place_of_service="21",
    diagnoses=(
        Diagnosis(code="M1711", kind=DiagnosisKind.PRINCIPAL),
        Diagnosis(code="I10", on=date(2026, 10, 1)),
    ),
    event_dates=DateSpan(start=date(2026, 12, 1)),
    admission=Admission(
        admitted=DateSpan(start=date(2026, 12, 1)), days=Quantity(value=Decimal("3.50"), unit=Unit.DAYS)
    ),
    providers=(
        Provider(person=PersonName(last="Example", first="Surgeon"), npi="1245319599", role=ProviderRole.OPERATING),
    ),
    services=(
        ServiceLine(
            procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="27447", modifiers=("RT", "22")),
            quantity=Quantity(value=Decimal(1), unit=Unit.UNITS),
            dates=DateSpan(start=date(2026, 12, 1), end=date(2026, 12, 31)),
            note="Tolerates no cortisone.",
        ),
        ServiceLine(
            procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110"),
            quantity=Quantity(value=Decimal(12), unit=Unit.VISITS),
        ),
    ),
    previous_authorization_number="AUTH0007",
    note="Stairs at home.",
    client_reference="PRACTICE-OWN-77",
)

PORTAL_FIELDS = (
    PortalField(label="Member number", source="subscriber.member_id"),
    PortalField(label="Patient's birth date", source="dependent?.birth_date"),
    PortalField(label="Procedures", source="services[].procedure"),
    PortalField(label="Diagnosis codes", source="diagnoses[].code"),
    PortalField(label="Requester's e-mail", source="requester.contact.email"),
    PortalField(label="Earlier reference", source="previous_administrative_reference", required=False),
)


def context(*, fax_number: str = "+12065550142", portal_fields: tuple[PortalField, ...] = ()) -> RenderContext:
    """What a document channel renders from."""
    endpoint = Endpoint(
        id="payer-x/main",
        environment=Environment.TEST,
        url="https://portal.example/start",
        fax_number=fax_number,
        portal_fields=portal_fields,
        portal_instructions="1. Log in.\n2. Choose New request.\n",
    )
    route = Route(
        id="main", channel=ChannelKind.EFAX, transactions=frozenset({Transaction.AUTHORIZATION}), endpoint=endpoint
    )
    payer = PayerProfile(
        id="payer-x",
        name="Payer X (example)",
        source="invented",
        edition="1",
        identity=PayerIdentity(name="PAYER X", identifier="PX1"),
        routes=(route,),
    )
    return RenderContext(payer=payer, endpoint=endpoint, reference=REFERENCE, at=AT)
