"""Transaction sets for the tests of mapping, written and placed. All people and numbers are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from priorwire.mapping import BuildContext
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
from priorwire.model.eligibility import EligibilityInquiry
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
from priorwire.payers.profile import PayerIdentity
from priorwire.x12 import (
    DEFAULT_DELIMITERS,
    Delimiters,
    GroupHeader,
    InterchangeHeader,
    LoopNode,
    Segment,
    SetToWrite,
    TransactionSet,
    place,
    read_one,
    write_interchange,
)
from priorwire.x12.guides import guide, guides

AT = datetime(2026, 12, 1, 15, 4, tzinfo=UTC)

CONTEXT = BuildContext(
    reference="PWREF0001",
    trace_number="PWTRACE0001",
    trace_assigner="9EXAMPLE01",
    at=AT,
    payer=PayerIdentity(name="Example Health Plan", identifier="EXHP1"),
)


def written(kind: str, body: Sequence[Segment], delimiters: Delimiters = DEFAULT_DELIMITERS) -> bytes:
    """A whole interchange around a body; `kind` may be the id of one edition."""
    rules = next((each for each in guides() if each.id == kind), None) or guide(kind)
    interchange = InterchangeHeader(
        sender="EXAMPLESENDER",
        receiver="EXAMPLERECEIVER",
        at=AT,
        control_number=1,
        usage="T",
        version=rules.id[:5],
    )
    group = GroupHeader(
        functional_id=rules.functional_group,
        sender="SENDER",
        receiver="RECEIVER",
        at=AT,
        control_number=1,
        version=rules.id,
    )
    the_set = SetToWrite(transaction=rules.transaction, control_number="0001", guide_id=rules.id, body=body)
    return write_interchange(interchange, [(group, [the_set])], delimiters)


def reread(kind: str, body: Sequence[Segment], delimiters: Delimiters = DEFAULT_DELIMITERS) -> TransactionSet:
    """A body after writing and reading."""
    return read_one(written(kind, body, delimiters))


def segments(text: str) -> list[Segment]:
    """Segments from lines, with the usual delimiters."""
    lines = (line.strip() for line in text.strip().splitlines())
    return [Segment(line.removesuffix("~").split("*")) for line in lines if line]


def placed(kind: str, text: str) -> LoopNode:
    """The tree of a set whose body is given as lines, BHT on."""
    return place(reread(kind, segments(text)), guide(kind)).root


def response(event: str, *, kind: str = "278-response", header: str = "BHT*0007*11*PWREF0001*20261201*1504*18") -> str:
    """A 278 response down to the event, then `event`, which continues after its HL."""
    return f"""
        {header}
        HL*1**20*1
        NM1*X3*2*EXAMPLE HEALTH PLAN*****PI*EXHP1
        HL*2*1*21*1
        NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893
        HL*3*2*22*1
        NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001
        DMG*D8*19700402*F
        HL*4*3*EV*1
        {event}
    """


def coverage(benefits: str, *, subscriber: str = "") -> str:
    """A 271 about a subscriber, then its benefits."""
    return f"""
        BHT*0022*11*PWREF0001*20261201*1504
        HL*1**20*1
        NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*EXHP1
        HL*2*1*21*1
        NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893
        HL*3*2*22*0
        TRN*2*PWTRACE0001*9EXAMPLE01
        NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0001
        {subscriber}
        {benefits}
    """


def _address(line1: str) -> Address:
    return Address(line1=line1, line2="Suite 2", city="Springfield", state="PA", postal_code="19087")


def _provider(name: str, role: ProviderRole | None, contact: Contact | None = None) -> Provider:
    return Provider(
        organization=name,
        npi="1234567893",
        tax_id="123456789",
        taxonomy="207RC0000X",
        role=role,
        address=_address("1 Example Street"),
        contact=contact,
    )


def full_request() -> AuthorizationRequest:
    """A request with something in every field of the model."""
    person = Provider(
        person=PersonName(last="Muster", first="Alex", middle="B", suffix="Jr"),
        npi="1234567893",
        role=ProviderRole.RENDERING,
        contact=Contact(telephone="5555550111", url="https://example.org/clinic"),
    )
    return AuthorizationRequest(
        payer_id="example",
        requester=_provider(
            "Example Clinic",
            None,
            Contact(name="Front Desk", telephone="5555550100", fax="5555550101", email="a@example.org"),
        ),
        subscriber=Subscriber(
            member_id="XMPL0001",
            name=PersonName(last="Sample", first="Robin", middle="Q", suffix="Sr"),
            birth_date=date(1970, 4, 2),
            gender=Gender.FEMALE,
            group_number="GRP77",
            address=_address("2 Example Street"),
        ),
        dependent=Dependent(
            name=PersonName(last="Sample", first="Kim", middle="R", suffix="II"),
            relationship=Relationship.CHILD,
            birth_date=date(2001, 5, 3),
            gender=Gender.MALE,
            address=_address("3 Example Street"),
        ),
        category=ReviewCategory.HEALTH_SERVICES,
        kind=RequestKind.EXTENSION,
        service_type="2",
        place_of_service="22",
        urgency=Urgency.URGENT,
        diagnoses=(
            Diagnosis(code="M54.16", kind=DiagnosisKind.OTHER),
            Diagnosis(code="E11.65", kind=DiagnosisKind.PRINCIPAL, on=date(2026, 1, 5)),
        ),
        event_dates=DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 20)),
        admission=Admission(
            admitted=DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 11)),
            days=Quantity(value=Decimal(5), unit=Unit.DAYS),
            discharged=date(2026, 12, 15),
            type_code="3",
            source_code="1",
            patient_status="30",
        ),
        providers=(person, _provider("Example Hospital", ProviderRole.ATTENDING)),
        services=(
            ServiceLine(
                procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110", modifiers=("GP", "59")),
                quantity=Quantity(value=Decimal(12), unit=Unit.VISITS),
                dates=DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 20)),
                providers=(_provider("Example Lab", ProviderRole.OPERATING),),
                note="Twice a week",
            ),
            ServiceLine(
                procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="33510"),
                revenue_code="0360",
                quantity=Quantity(value=Decimal(2), unit=Unit.UNITS),
            ),
        ),
        previous_authorization_number="AUTH0001",
        previous_administrative_reference="TRACK0001",
        note="Please call before noon",
        client_reference="CHART-1",
    )


def full_inquiry() -> EligibilityInquiry:
    """An inquiry with something in every field of the model."""
    request = full_request()
    return EligibilityInquiry(
        payer_id="example",
        provider=request.requester,
        subscriber=request.subscriber,
        dependent=request.dependent,
        service_types=("30", "98"),
        procedures=(ProcedureCode(system=CodeSystem.CPT_HCPCS, code="78452", modifiers=("26",)),),
        place_of_service="11",
        dates=DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 20)),
        client_reference="CHART-1",
    )
