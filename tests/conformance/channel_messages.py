"""Messages, endpoints and envelopes that the conformance tests send. All people are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from priorwire.gateway.ways import Message, RenderContext
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, ServiceLine, Urgency
from priorwire.model.identifiers import ExchangeId
from priorwire.model.parties import Address, Contact, Gender, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit
from priorwire.payers.profile import (
    ChannelKind,
    CoreSettings,
    Endpoint,
    Environment,
    PayerIdentity,
    PayerProfile,
    Route,
    Transaction,
    X12Address,
)

AT = datetime(2026, 11, 20, 20, 0, 7, 123456, tzinfo=UTC)
PAYLOAD_ID = "5d3c7c52-7d0b-4a5e-9a0b-0f5b6a5c9f11"
REFERENCE = "PWR7K2M4QX9T"
#: Values of the invented patient: none of them may turn up outside a payload.
MARKED = ("ZEBRAWOOD", "Quillon", "CANARY4711", "1971", "M1711")

REQUEST_X12 = (
    "ISA*00*          *00*          *ZZ*PRIORWIRE      *ZZ*PAYERX         *261120*2000*^*00501*000000001*0*T*:~"
    "GS*HI*PRIORWIRE*PAYERX*20261120*2000*1*X*005010X217~ST*278*0001*005010X217~"
    "NM1*IL*1*ZEBRAWOOD*QUILLON****MI*CANARY4711~SE*3*0001~GE*1*1~IEA*1*000000001~"
).encode("ascii")
REPLY_X12 = REQUEST_X12.replace(b"PRIORWIRE      *ZZ*PAYERX         ", b"PAYERX         *ZZ*PRIORWIRE      ")

PAYLOAD_TYPES = (
    (Transaction.ELIGIBILITY, "X12_270_Request_005010X279A1"),
    (Transaction.AUTHORIZATION, "X12_278_Request_005010X217E1_2"),
)
CREDENTIALS = {"payer": ("GWTEST", "s3cret-canary")}

REQUEST = AuthorizationRequest(
    payer_id="payer-x",
    requester=Provider(
        organization="Example Orthopedic Group",
        npi="1234567893",
        contact=Contact(name="Front Desk", telephone="+12065550100", fax="+12065550101"),
    ),
    subscriber=Subscriber(
        member_id="CANARY4711",
        name=PersonName(last="ZEBRAWOOD", first="Quillon"),
        birth_date=date(1971, 3, 9),
        gender=Gender.MALE,
        address=Address(line1="12 Example Way", city="Springfield", state="WA", postal_code="98101"),
    ),
    urgency=Urgency.URGENT,
    diagnoses=(Diagnosis(code="M1711", kind=DiagnosisKind.PRINCIPAL),),
    event_dates=DateSpan(start=date(2026, 12, 1)),
    services=(
        ServiceLine(
            procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="27447", modifiers=("RT",)),
            quantity=Quantity(value=Decimal("1.0"), unit=Unit.UNITS),
            dates=DateSpan(start=date(2026, 12, 1), end=date(2026, 12, 31)),
            note="Zebrawood tolerates no cortisone.",
        ),
    ),
)


def endpoint(url: str) -> Endpoint:
    """An endpoint at `url` that waits as short as tests can bear."""
    return Endpoint(
        id="payer-x/main",
        environment=Environment.TEST,
        url=url,
        credential="payer",
        x12=X12Address(
            sender_qualifier="ZZ",
            sender="PRIORWIRE",
            receiver_qualifier="ZZ",
            receiver="PAYERX",
            group_sender="PRIORWIRE",
            group_receiver="PAYERX",
            trace_assigner="9PRIORWIRE",
        ),
        core=CoreSettings(payload_types=PAYLOAD_TYPES),
        extra_headers=(("X-Client-Id", "example"),),
        connect_timeout=timedelta(seconds=2),
        read_timeout=timedelta(seconds=2),
        fax_number="+12065550142",
    )


def hasty(of: Endpoint) -> Endpoint:
    """The same endpoint, for tests in which a time-out is the point."""
    return replace(of, connect_timeout=timedelta(seconds=0.3), read_timeout=timedelta(seconds=0.3))


def message(to: Endpoint, payload: bytes = REQUEST_X12, content_type: str = "application/edi-x12") -> Message:
    """An authorization request on its way to an endpoint."""
    return Message(
        exchange_id=ExchangeId("exch_01example"),
        transaction=Transaction.AUTHORIZATION,
        endpoint=to,
        payload=payload,
        content_type=content_type,
        payload_id=PAYLOAD_ID,
        reference=REFERENCE,
        urgent=True,
        at=AT,
    )


def context(of: Endpoint) -> RenderContext:
    """What a document channel renders from."""
    route = Route(id="main", channel=ChannelKind.EFAX, transactions=frozenset({Transaction.AUTHORIZATION}), endpoint=of)
    payer = PayerProfile(
        id="payer-x",
        name="Payer X (example)",
        source="invented",
        edition="1",
        identity=PayerIdentity(name="PAYER X", identifier="PX1"),
        routes=(route,),
    )
    return RenderContext(payer=payer, endpoint=of, reference=REFERENCE, at=AT)


def core_reply(payload: str, error_code: str = "Success", *, prefix: str = "") -> bytes:
    """A CORE real-time response. `prefix` qualifies the children, as some servers do."""
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        '<c:COREEnvelopeRealTimeResponse xmlns:c="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd">'
        f"<{prefix}PayloadType>X12_278_Response_005010X217E1_2</{prefix}PayloadType>"
        f"<{prefix}ProcessingMode>RealTime</{prefix}ProcessingMode>"
        f"<{prefix}PayloadID>aa5b0b9a-0000-4000-8000-000000000001</{prefix}PayloadID>"
        f"<{prefix}Payload>{payload}</{prefix}Payload>"
        f"<{prefix}ErrorCode>{error_code}</{prefix}ErrorCode>"
        f"<{prefix}ErrorMessage>Envelope was processed successfully.</{prefix}ErrorMessage>"
        "</c:COREEnvelopeRealTimeResponse></s:Body></s:Envelope>"
    ).encode()
