"""The channels against the simulator, over real sockets: two readings of the same rules must agree.

The X12 here is only what the simulator needs to find a member; what it answers is not looked
into. That is the business of the acceptance tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx2
import pytest

from priorwire.channels import HttpClients, SmtpSettings, make_channels, read_status
from priorwire.clock import FixedClock
from priorwire.errors import Unauthorized
from priorwire.gateway.fax_status import FaxStatus
from priorwire.gateway.ways import Accepted, DocumentChannel, Failure, Final, Refused, SendOutcome, Uncertain
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind, Endpoint
from priorwire.simulator.clearinghouse import Credentials, Simulator
from priorwire.simulator.faults import FAULTS, Fault, FaultOrder, Seen, Way
from priorwire.simulator.fax import FaxCarrier, FaxOutcome, TakenFax
from priorwire.simulator.journal import Journal
from priorwire.simulator.server import Addresses, Service, serving
from tests.conformance import channel_messages as messages
from tests.unit.simulator.envelopes import envelope

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
KNOWN = Credentials()
ALIASES = {"payer": (KNOWN.username, KNOWN.password)}
_X12_CHANNELS = (ChannelKind.CORE_SOAP, ChannelKind.REST_X12)
_REQUEST = (
    b"ISA*00*          *00*          *ZZ*PRIORWIRE      *ZZ*NORTHWIND      *261120*2000*^*00501*000000001*0*T*:~"
    b"GS*HI*PRIORWIRE*NORTHWIND*20261120*2000*1*X*005010X217~ST*278*0001*005010X217~"
    b"BHT*0007*13*PWR7K2M4QX9T*20261120*2000~HL*1**20*1~NM1*X3*2*NORTHWIND HEALTH*****PI*NWH01~"
    b"HL*2*1*21*1~NM1*1P*2*EXAMPLE ORTHOPEDIC GROUP*****XX*1234567893~"
    b"HL*3*2*22*1~NM1*IL*1*EXAMPLE*PAT****MI*NWH000APPROVE~DMG*D8*19710309*M~"
    b"HL*4*3*EV*1~UM*HS*I*2~HI*ABK:M1711~HL*5*4*SS*0~TRN*1*PWT1*9PRIORWIRE~DTP*472*D8*20261201~"
    b"SV1*HC:27447*0*UN*1~SE*17*0001~GE*1*1~IEA*1*000000001~"
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[tuple[Simulator, Addresses]]:
    made = Simulator(clock=FixedClock(NOW), journal=Journal())
    with serving(Service(made)) as addresses:
        yield made, addresses


@pytest.fixture
def clients() -> Iterator[HttpClients]:
    made = HttpClients()
    yield made
    made.close()


def endpoint(kind: ChannelKind, at: Addresses) -> Endpoint:
    urls = {
        ChannelKind.CORE_SOAP: f"{at.url}/core/soap",
        ChannelKind.REST_X12: f"{at.url}/x12",
        ChannelKind.EFAX: f"smtp://{at.host}:{at.smtp}?domain=fax.simulator.invalid",
    }
    return messages.endpoint(urls[kind])


def send(
    kind: ChannelKind,
    at: Addresses,
    clients: HttpClients,
    aliases: dict[str, tuple[str, str]] | None = None,
    *,
    hasty: bool = False,
) -> SendOutcome:
    channel = make_channels(aliases or ALIASES, SmtpSettings(sender="fax@practice.example"), clients)[kind]
    to = messages.hasty(endpoint(kind, at)) if hasty else endpoint(kind, at)
    if isinstance(channel, DocumentChannel):
        document = channel.render(messages.REQUEST, messages.context(to))
        return channel.send(messages.message(to, document.payload, document.content_type))
    return channel.send(messages.message(to, _REQUEST))


@pytest.mark.parametrize("kind", _X12_CHANNELS)
def test_an_answer_comes_back_marked_as_simulated(
    kind: ChannelKind, simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    outcome = send(kind, simulator[1], clients)
    assert isinstance(outcome, Final)
    assert outcome.payload.startswith(b"ISA*")
    assert b"~ST*278*" in outcome.payload
    assert outcome.simulated


def test_a_fax_is_taken_and_marked_as_simulated(simulator: tuple[Simulator, Addresses], clients: HttpClients) -> None:
    outcome = send(ChannelKind.EFAX, simulator[1], clients)
    assert isinstance(outcome, Accepted)
    assert outcome.evidence is Evidence.SENT
    assert outcome.simulated
    entry = simulator[0].journal.entries()[-1]
    assert (entry.kind, entry.reference) == ("fax", messages.REFERENCE)


@pytest.mark.parametrize("kind", [*_X12_CHANNELS, ChannelKind.EFAX])
def test_a_wrong_credential_is_refused_as_one(
    kind: ChannelKind, simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    outcome = send(kind, simulator[1], clients, {"payer": ("somebody", "else")})
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.CREDENTIAL


#: What each fault must look like from here. Where the payer holds the request, nothing but `Uncertain` or an
#: answer will do: anything else lets it be sent a second time.
EXPECTED = {
    **dict.fromkeys((fault for fault, row in FAULTS.items() if row.seen is Seen.REPLY), Final),
    **dict.fromkeys((fault for fault, row in FAULTS.items() if row.seen is Seen.NOTHING), Uncertain),
    Fault.HTTP_401: Refused,
    Fault.HTTP_429: Refused,
    Fault.SOAP_SENDER: Refused,
}
_BY_HTTP = [
    (fault, kind)
    for fault in EXPECTED
    for kind, way in zip(_X12_CHANNELS, (Way.CORE, Way.REST), strict=True)
    if fault.goes(way, "278-request") and fault not in (Fault.RECEIVER_DOWN, Fault.HOLD)
]


@pytest.mark.parametrize(("fault", "kind"), _BY_HTTP)
def test_a_fault_is_seen_for_what_it_proves(
    fault: Fault, kind: ChannelKind, simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    simulator[0].faults.order(FaultOrder(fault=fault, seconds=0.01))
    outcome = send(kind, simulator[1], clients, hasty=fault is Fault.SILENCE)
    assert type(outcome) is EXPECTED[fault]
    if fault.reaches_payer:
        assert isinstance(outcome, Final | Uncertain)


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (Fault.HTTP_401, Failure.CREDENTIAL),
        (Fault.HTTP_429, Failure.UNAVAILABLE),
        (Fault.SOAP_SENDER, None),
    ],
)
@pytest.mark.parametrize("kind", _X12_CHANNELS)
def test_a_refusal_says_why(
    fault: Fault,
    failure: Failure | None,
    kind: ChannelKind,
    simulator: tuple[Simulator, Addresses],
    clients: HttpClients,
) -> None:
    simulator[0].faults.order(FaultOrder(fault=fault))
    outcome = send(kind, simulator[1], clients)
    assert isinstance(outcome, Refused)
    assert outcome.failure is failure or (failure is None and outcome.failure in _OUR_FAULT)


_OUR_FAULT = (Failure.CONFIGURATION, Failure.CONTENT)


def test_a_reply_that_drips_longer_than_a_caller_waits_is_uncertain(
    simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    simulator[0].faults.order(FaultOrder(fault=Fault.DRIP, seconds=20))
    outcome = send(ChannelKind.CORE_SOAP, simulator[1], clients, hasty=True)
    assert isinstance(outcome, Uncertain)


@pytest.mark.parametrize("kind", _X12_CHANNELS)
def test_a_reply_that_is_cut_at_any_byte_is_uncertain(
    kind: ChannelKind, simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    whole = len(_reply_body(kind, simulator[1]))
    assert whole > 500
    for cut_at in range(whole):
        simulator[0].faults.order(FaultOrder(fault=Fault.DROP_DURING, cut_at=cut_at))
        assert type(send(kind, simulator[1], clients)) is Uncertain, cut_at


def _reply_body(kind: ChannelKind, at: Addresses) -> bytes:
    """The reply to a request that came before: as every one after the first in this module."""
    if kind is ChannelKind.REST_X12:
        body, path = json.dumps({"x12": _REQUEST.decode()}).encode(), "/x12/authorization"
        headers = {"X-API-Key": KNOWN.api_key, "Content-Type": "application/json"}
    else:
        body, path, headers = envelope(_REQUEST.decode()), "/core/soap", {"Content-Type": "application/soap+xml"}
    reply = httpx2.post(at.url + path, content=body, headers=headers, trust_env=False)
    return reply.raise_for_status().content


@pytest.mark.parametrize("kind", _X12_CHANNELS)
def test_a_payer_that_is_down_says_so_over_core_alone(
    kind: ChannelKind, simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    simulator[0].faults.order(FaultOrder(fault=Fault.RECEIVER_DOWN))
    outcome = send(kind, simulator[1], clients)
    if kind is ChannelKind.CORE_SOAP:
        assert outcome == Refused(failure=Failure.UNAVAILABLE, detail="envelope code Receiver")
    else:
        assert outcome == Uncertain(detail="HTTP 502 and no answer that can be read")


def test_a_held_reply_is_uncertain(simulator: tuple[Simulator, Addresses], clients: HttpClients) -> None:
    simulator[0].faults.order(FaultOrder(fault=Fault.HOLD, seconds=5.0))
    to = messages.hasty(endpoint(ChannelKind.CORE_SOAP, simulator[1]))
    channel = make_channels(ALIASES, SmtpSettings(), clients)[ChannelKind.CORE_SOAP]
    assert isinstance(channel.send(messages.message(to, _REQUEST)), Uncertain)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (FaxOutcome.DELIVERED, FaxStatus(reference="R1", final=True, delivered=True, pages=4, error=None)),
        (FaxOutcome.BUSY, FaxStatus(reference="R1", final=True, delivered=False, pages=0, error="busy")),
        (FaxOutcome.NO_ANSWER, FaxStatus(reference="R1", final=True, delivered=False, pages=0, error="no_answer")),
        (FaxOutcome.PARTIAL, FaxStatus(reference="R1", final=True, delivered=False, pages=2, error="partial_pages")),
    ],
)
def test_the_carriers_signed_report_is_read(outcome: FaxOutcome, expected: FaxStatus) -> None:
    carrier = FaxCarrier(Simulator(clock=FixedClock(NOW), journal=Journal()), callback_url=None, secret=SECRET)
    body, headers = carrier.signed(TakenFax(reference="R1", pages=4, outcome=outcome), outcome)
    assert read_status(headers, body, SECRET, NOW) == expected
    forged = json.dumps({**json.loads(body), "reference": "R2"}).encode()
    with pytest.raises(Unauthorized):
        read_status(headers, forged, SECRET, NOW)


def test_every_fault_of_the_simulator_is_expected_here() -> None:
    assert set(EXPECTED) == set(Fault)
    tried = {fault for fault, _ in _BY_HTTP} | {Fault.RECEIVER_DOWN, Fault.HOLD}
    assert tried == {fault for fault, row in FAULTS.items() if row.ways & {Way.CORE, Way.REST}}


def test_the_request_of_this_file_is_answered_for_its_content(
    simulator: tuple[Simulator, Addresses], clients: HttpClients
) -> None:
    garbage = replace(messages.message(endpoint(ChannelKind.CORE_SOAP, simulator[1])), payload=b"not X12")
    channel = make_channels(ALIASES, SmtpSettings(), clients)[ChannelKind.CORE_SOAP]
    assert channel.send(garbage) == Refused(failure=Failure.CONTENT, detail="the envelope's Payload was refused")
