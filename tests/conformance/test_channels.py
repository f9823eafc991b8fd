"""The same cases for every channel that sends: a transport is done when it passes these.

Nothing is mocked: the other side is a socket on loopback that behaves as told.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from priorwire.channels import HttpClients, SmtpSettings, make_channels
from priorwire.gateway.ways import (
    Accepted,
    Channel,
    DocumentChannel,
    Failure,
    Final,
    HandedOver,
    Message,
    NotSent,
    Refused,
    SendOutcome,
    Uncertain,
    carries_x12,
)
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind, Endpoint
from tests.conformance import channel_messages as messages
from tests.conformance import loopback_peers as peers
from tests.conformance.loopback_peers import Carrier, Peer, Talk

_HTML = "text/html"
_JSON = "application/json"
_SOAP = "application/soap+xml; charset=UTF-8"
_CORE_OK = peers.response(200, messages.core_reply(f"<![CDATA[{messages.REPLY_X12.decode()}]]>"), _SOAP)
_JSON_OK = peers.response(200, json.dumps({"x12": messages.REPLY_X12.decode()}).encode(), _JSON)
_UNAUTHORIZED = peers.response(401, b"who are you, ZEBRAWOOD?", _HTML)


@dataclass(frozen=True, kw_only=True)
class Transport:
    """How one channel's other side behaves in each of the cases."""

    kind: ChannelKind
    #: With ``{port}``.
    url: str
    takes: Callable[[], Talk]
    refuses: Callable[[], Talk]
    refuses_the_login: Callable[[], Talk]
    is_busy: Callable[[], Talk]
    breaks_off_half_way: Callable[[], Talk]
    breaks_off_before_answering: Callable[[], Talk]
    stays_silent: Callable[[], Talk]


def _http(kind: ChannelKind, path: str, good: bytes, refusal: bytes) -> Transport:
    busy = peers.response(429, b"later", _HTML)
    return Transport(
        kind=kind,
        url=f"http://127.0.0.1:{{port}}/{path}",
        takes=lambda: peers.answers(good),
        refuses=lambda: peers.answers(refusal),
        refuses_the_login=lambda: peers.answers(_UNAUTHORIZED),
        is_busy=lambda: peers.answers(busy),
        breaks_off_half_way=lambda: peers.breaks_off_half_way,
        breaks_off_before_answering=lambda: peers.closes_unanswered,
        stays_silent=lambda: peers.stays_silent,
    )


_LOGIN = ("AUTH PLAIN",)
TRANSPORTS = (
    _http(
        ChannelKind.CORE_SOAP,
        "core/soap",
        _CORE_OK,
        peers.response(200, messages.core_reply("", "PayloadRequired"), _SOAP),
    ),
    _http(ChannelKind.REST_X12, "x12", _JSON_OK, peers.response(422, b'{"error": "no"}', _JSON)),
    Transport(
        kind=ChannelKind.EFAX,
        url="smtp://127.0.0.1:{port}?domain=fax.example",
        takes=lambda: Carrier(ehlo=_LOGIN),
        refuses=lambda: Carrier({".": "554 5.6.0 no such document"}, ehlo=_LOGIN),
        refuses_the_login=lambda: Carrier({"AUTH": "535 5.7.8 no"}, ehlo=_LOGIN),
        is_busy=lambda: Carrier({"RCPT": "451 4.3.0 later"}, ehlo=_LOGIN),
        breaks_off_half_way=lambda: Carrier({"half": "cut"}, ehlo=_LOGIN),
        breaks_off_before_answering=lambda: Carrier({".": "cut"}, ehlo=_LOGIN),
        stays_silent=lambda: Carrier({".": "hold"}, ehlo=_LOGIN),
    ),
)

every_transport = pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda transport: transport.kind.value)


@pytest.fixture
def clients() -> Iterator[HttpClients]:
    made = HttpClients()
    yield made
    made.close()


def channel_of(transport: Transport, clients: HttpClients, credentials: dict[str, tuple[str, str]]) -> Channel:
    smtp = SmtpSettings(sender="fax@practice.example")
    return make_channels(credentials, smtp, clients)[transport.kind]


def endpoint_of(transport: Transport, port: int) -> Endpoint:
    return messages.endpoint(transport.url.format(port=port))


def message_of(channel: Channel, to: Endpoint) -> Message:
    if not isinstance(channel, DocumentChannel):
        return messages.message(to)
    document = channel.render(messages.REQUEST, messages.context(to))
    return messages.message(to, document.payload, document.content_type)


def sent(transport: Transport, clients: HttpClients, to: Endpoint) -> SendOutcome:
    channel = channel_of(transport, clients, messages.CREDENTIALS)
    return channel.send(message_of(channel, to))


@every_transport
def test_sends_exactly_once(transport: Transport, clients: HttpClients) -> None:
    with Peer(transport.takes()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    assert isinstance(outcome, Final | Accepted)
    assert len(peer.received) == 1
    assert peer.connections == 1


@every_transport
def test_a_reply_while_we_wait_is_final_and_a_carriers_receipt_is_only_sent(
    transport: Transport, clients: HttpClients
) -> None:
    with Peer(transport.takes()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    if transport.kind is ChannelKind.EFAX:
        assert outcome == Accepted(
            remote_id=f"{messages.PAYLOAD_ID}@practice.example", evidence=Evidence.SENT, simulated=False
        )
    else:
        assert isinstance(outcome, Final)
        assert outcome.payload == messages.REPLY_X12
        assert not outcome.simulated


@every_transport
def test_a_refusal_is_reported_as_a_refusal(transport: Transport, clients: HttpClients) -> None:
    with Peer(transport.refuses()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.CONTENT
    assert len(peer.received) == 1


@every_transport
def test_a_refused_login_is_about_the_credential(transport: Transport, clients: HttpClients) -> None:
    with Peer(transport.refuses_the_login()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.CREDENTIAL


@every_transport
def test_a_credential_that_the_settings_lack_stops_before_anything_is_sent(
    transport: Transport, clients: HttpClients
) -> None:
    with Peer(transport.takes()) as peer:
        channel = channel_of(transport, clients, {})
        outcome = channel.send(message_of(channel, endpoint_of(transport, peer.port)))
    assert outcome == NotSent(failure=Failure.CREDENTIAL, detail="the settings hold no credential for this endpoint")
    assert peer.connections == 0


@every_transport
def test_a_busy_other_side_may_be_tried_again(transport: Transport, clients: HttpClients) -> None:
    with Peer(transport.is_busy()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    assert isinstance(outcome, Refused | NotSent)
    assert outcome.failure is Failure.UNAVAILABLE


@every_transport
def test_nothing_listening_is_proved_not_sent(transport: Transport, clients: HttpClients) -> None:
    outcome = sent(transport, clients, endpoint_of(transport, peers.unused_port()))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.UNAVAILABLE


@every_transport
def test_a_connection_cut_half_way_is_uncertain(transport: Transport, clients: HttpClients) -> None:
    with Peer(transport.breaks_off_half_way()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    assert isinstance(outcome, Uncertain)
    assert peer.received == []


@every_transport
def test_a_connection_cut_before_the_answer_is_uncertain(transport: Transport, clients: HttpClients) -> None:
    with Peer(transport.breaks_off_before_answering()) as peer:
        outcome = sent(transport, clients, endpoint_of(transport, peer.port))
    assert isinstance(outcome, Uncertain)
    assert len(peer.received) == 1


@every_transport
def test_silence_after_the_body_is_uncertain_and_nothing_is_sent_again(
    transport: Transport, clients: HttpClients
) -> None:
    with Peer(transport.stays_silent()) as peer:
        outcome = sent(transport, clients, messages.hasty(endpoint_of(transport, peer.port)))
    assert isinstance(outcome, Uncertain)
    assert len(peer.received) == 1
    assert peer.connections == 1


def _given(record: logging.LogRecord) -> dict[str, object]:
    """What the caller said; the moment and the thread's number may hold any digits, a year of birth among them."""
    counted = {"created", "msecs", "relativeCreated", "thread", "process"}
    return {name: value for name, value in vars(record).items() if name not in counted}


@every_transport
@pytest.mark.parametrize(
    "behaviour",
    [
        "takes",
        "refuses",
        "refuses_the_login",
        "is_busy",
        "breaks_off_half_way",
        "breaks_off_before_answering",
        "stays_silent",
    ],
)
def test_no_outcome_and_no_log_line_carries_a_patients_value_or_a_secret(
    transport: Transport, behaviour: str, clients: HttpClients, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="priorwire")
    with Peer(getattr(transport, behaviour)()) as peer:
        outcome = sent(transport, clients, messages.hasty(endpoint_of(transport, peer.port)))
    said = repr(outcome) if not isinstance(outcome, Final) else repr(replace(outcome, payload=b""))
    said += "".join(f"{record.getMessage()} {_given(record)}" for record in caplog.records)
    for marked in (*messages.MARKED, "s3cret-canary"):
        assert marked.lower() not in said.lower()


def test_the_portal_sends_nothing_and_hands_over() -> None:
    clients = HttpClients()
    portal = make_channels({}, SmtpSettings(), clients)[ChannelKind.PORTAL]
    with Peer(peers.answers(_JSON_OK)) as peer:
        to = messages.endpoint(f"http://127.0.0.1:{peer.port}/portal")
        assert isinstance(portal, DocumentChannel)
        document = portal.render(messages.REQUEST, messages.context(to))
        outcome = portal.send(messages.message(to, document.payload, document.content_type))
    clients.close()
    assert isinstance(outcome, HandedOver)
    assert outcome.url == to.url
    assert peer.connections == 0


def test_there_is_a_channel_for_every_kind() -> None:
    clients = HttpClients()
    channels = make_channels({}, SmtpSettings(), clients)
    clients.close()
    assert set(channels) == set(ChannelKind)
    assert all(channel.kind is kind for kind, channel in channels.items())


@pytest.mark.parametrize("kind", [ChannelKind.CORE_SOAP, ChannelKind.REST_X12, ChannelKind.DIRECTORY])
def test_a_channel_of_x12_carries_nothing_else(kind: ChannelKind) -> None:
    clients = HttpClients()
    channel = make_channels({}, SmtpSettings(), clients)[kind]
    clients.close()
    assert carries_x12(channel)
