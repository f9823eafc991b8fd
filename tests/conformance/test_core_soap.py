"""What CORE servers really say, and what it means."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from priorwire.channels import CoreSoap, HttpClients
from priorwire.gateway.ways import Accepted, Failure, Final, Message, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import CoreSettings, Endpoint, Transaction
from tests.conformance import channel_messages as messages
from tests.conformance import loopback_peers as peers
from tests.conformance.channel_messages import REPLY_X12, core_reply
from tests.conformance.loopback_peers import Peer

_SOAP = "application/soap+xml; charset=UTF-8"
_REPLY = REPLY_X12.decode("ascii")
_ACKNOWLEDGED = _REPLY.partition("~")[0] + "~TA1*000000001*261120*2000*R*006~IEA*0*000000001~"


@pytest.fixture
def clients() -> Iterator[HttpClients]:
    made = HttpClients()
    yield made
    made.close()


def exchange(
    clients: HttpClients, reply: bytes, *, change: dict[str, object] | None = None
) -> tuple[SendOutcome, list[bytes]]:
    with Peer(peers.answers(reply)) as peer:
        to = messages.endpoint(f"http://127.0.0.1:{peer.port}/core/soap")
        outcome = CoreSoap(clients, messages.CREDENTIALS).send(_changed(messages.message(to), change or {}))
    return outcome, peer.received


def _changed(message: Message, change: dict[str, object]) -> Message:
    on_endpoint = {name: value for name, value in change.items() if name in Endpoint.__dataclass_fields__}
    on_message = {name: value for name, value in change.items() if name not in on_endpoint}
    to = replace(message.endpoint, **on_endpoint)  # type: ignore[arg-type]  # the keys are the fields' own
    return replace(message, endpoint=to, **on_message)  # type: ignore[arg-type]  # the keys are the fields' own


def fault(code: str, subcode: str = "") -> bytes:
    inner = f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode>" if subcode else ""
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault>'
        f"<s:Code><s:Value>s:{code}</s:Value>{inner}</s:Code>"
        "<s:Reason><s:Text>ZEBRAWOOD</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"
    ).encode()


# ---------------------------------------------------------------- what is sent


def test_the_request_is_the_one_that_strict_servers_take(clients: HttpClients) -> None:
    _, (received,) = exchange(clients, peers.response(200, core_reply(_REPLY), _SOAP))
    head, _, body = received.partition(b"\r\n\r\n")
    headers = head.decode("latin-1").lower()
    assert headers.startswith("post /core/soap http/1.1\r\n")
    assert '\r\ncontent-type: application/soap+xml; charset=utf-8; action="realtimetransaction"\r\n' in headers
    assert "\r\nx-client-id: example\r\n" in headers
    assert "x-api-key" not in headers
    root = etree.fromstring(body)[1][0]
    assert root.tag == "{http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd}COREEnvelopeRealTimeRequest"
    assert [(child.tag, child.text) for child in root] == [
        ("PayloadType", "X12_278_Request_005010X217E1_2"),
        ("ProcessingMode", "RealTime"),
        ("PayloadID", messages.PAYLOAD_ID),
        ("TimeStamp", "2026-11-20T20:00:07Z"),
        ("SenderID", "PRIORWIRE"),
        ("ReceiverID", "PAYERX"),
        ("CORERuleVersion", "2.2.0"),
        ("Payload", messages.REQUEST_X12.decode("ascii")),
    ]
    assert b"<Payload><![CDATA[ISA*" in body


def test_the_login_is_a_username_token_with_a_plain_password(clients: HttpClients) -> None:
    _, (received,) = exchange(clients, peers.response(200, core_reply(_REPLY), _SOAP))
    security = etree.fromstring(received.partition(b"\r\n\r\n")[2])[0][0]
    wsse = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
    assert security.tag == f"{wsse}Security"
    assert len(security.attrib) == 0
    token = security[0]
    assert [(child.tag, child.text) for child in token] == [
        (f"{wsse}Username", "GWTEST"),
        (f"{wsse}Password", "s3cret-canary"),
    ]
    assert str(token[1].get("Type")).endswith("#PasswordText")


def test_must_understand_is_said_where_the_guide_wants_it(clients: HttpClients) -> None:
    core = CoreSettings(must_understand=True, payload_types=messages.PAYLOAD_TYPES)
    _, (received,) = exchange(clients, peers.response(200, core_reply(_REPLY), _SOAP), change={"core": core})
    security = etree.fromstring(received.partition(b"\r\n\r\n")[2])[0][0]
    assert security.get("{http://www.w3.org/2003/05/soap-envelope}mustUnderstand") == "true"


def test_namespace_and_rule_version_are_two_settings(clients: HttpClients) -> None:
    core = CoreSettings(
        namespace="http://www.caqh.org/SOAP/WSDL/CORERule4.0.0.xsd",
        rule_version="4.0.0",
        payload_types=messages.PAYLOAD_TYPES,
    )
    _, (received,) = exchange(clients, peers.response(200, core_reply(_REPLY), _SOAP), change={"core": core})
    root = etree.fromstring(received.partition(b"\r\n\r\n")[2])[1][0]
    assert root.tag == "{http://www.caqh.org/SOAP/WSDL/CORERule4.0.0.xsd}COREEnvelopeRealTimeRequest"
    assert root.findtext("CORERuleVersion") == "4.0.0"


@pytest.mark.parametrize(
    "change",
    [
        {"core": None},
        {"x12": None},
        {"transaction": Transaction.INQUIRY},
        {"payload": messages.REQUEST_X12.replace(b"~", b"~\r\n")},
        {"payload": messages.REQUEST_X12.replace(b"*", b"\x1d")},
        {"payload": messages.REQUEST_X12.replace(b"QUILLON", b"QUILL\xd3N")},
        {"payload": messages.REQUEST_X12.replace(b"QUILLON", b"QUIL]]>N")},
    ],
    ids=["no core", "no address", "no payload type", "line breaks", "control characters", "not utf-8", "cdata end"],
)
def test_what_cannot_be_sent_as_it_is_is_not_sent(clients: HttpClients, change: dict[str, object]) -> None:
    outcome, received = exchange(clients, b"", change=change)
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION
    assert received == []


# ---------------------------------------------------------------- what comes back with an answer


def _multipart(payload: str, *, href: str = "cid:payload%40payer", start: str = "<root@payer>") -> bytes:
    include = f'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="{href}"/>'
    parts = [
        b"--B1\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
        b"Content-ID: <payload@payer>\r\n\r\n" + payload.encode(),
        b'\r\n--B1\r\nContent-Type: application/xop+xml; type="application/soap+xml"\r\n'
        b"Content-ID: <root@payer>\r\n\r\n" + core_reply(include),
        b"\r\n--B1--\r\n",
    ]
    content_type = f'multipart/related; type="application/xop+xml"; start="{start}"; boundary="B1"'
    return peers.response(200, b"".join(parts), content_type)


ANSWERS = {
    "CDATA": peers.response(200, core_reply(f"<![CDATA[{_REPLY}]]>"), _SOAP),
    "escaped text": peers.response(200, core_reply(_REPLY), _SOAP),
    "base64": peers.response(200, core_reply(base64.b64encode(REPLY_X12).decode()), _SOAP),
    "qualified children": peers.response(200, core_reply(_REPLY, prefix="c:"), _SOAP),
    "text/xml": peers.response(200, core_reply(_REPLY), "text/xml"),
    "no content type that helps": peers.response(200, core_reply(_REPLY), "text/html"),
    "multipart": _multipart(_REPLY),
    "empty code": peers.response(200, core_reply(_REPLY, ""), _SOAP),
    "a code that complains": peers.response(200, core_reply(_REPLY, "PayloadIllegal"), _SOAP),
    "status 500": peers.response(500, core_reply(_REPLY), _SOAP),
}


@pytest.mark.parametrize("reply", ANSWERS.values(), ids=ANSWERS)
def test_an_interchange_in_the_envelope_is_the_answer(clients: HttpClients, reply: bytes) -> None:
    outcome, _ = exchange(clients, reply)
    assert outcome == Final(payload=REPLY_X12, remote_id="aa5b0b9a-0000-4000-8000-000000000001")


@pytest.mark.parametrize(("before", "after"), [("\n    ", "\n  "), ("\ufeff", ""), ("", "\n\n")])
@pytest.mark.parametrize("how", ["text", "base64", "part"])
def test_what_stands_around_an_interchange_is_kept_as_it_came(
    clients: HttpClients, before: str, after: str, how: str
) -> None:
    whole = f"{before}{_REPLY}{after}"
    if how == "part":
        reply = _multipart(whole)
    else:
        inline = whole if how == "text" else base64.b64encode(whole.encode()).decode()
        reply = peers.response(200, core_reply(inline), _SOAP)
    outcome, _ = exchange(clients, reply)
    assert isinstance(outcome, Final)
    assert outcome.payload == whole.encode()


def test_a_ta1_with_an_empty_code_is_an_answer(clients: HttpClients) -> None:
    outcome, _ = exchange(clients, peers.response(200, core_reply(_ACKNOWLEDGED, ""), _SOAP))
    assert isinstance(outcome, Final)
    assert outcome.payload == _ACKNOWLEDGED.encode()


def test_a_simulated_answer_stays_marked(clients: HttpClients) -> None:
    reply = peers.response(200, core_reply(_REPLY), _SOAP, [("X-Priorwire-Simulated", "1")])
    outcome, _ = exchange(clients, reply)
    assert isinstance(outcome, Final)
    assert outcome.simulated


def test_accepted_without_an_envelope_is_not_an_answer(clients: HttpClients) -> None:
    outcome, _ = exchange(clients, peers.response(202, b"", "text/plain"))
    assert outcome == Accepted(evidence=Evidence.CARRIER_ACCEPTED)


# ---------------------------------------------------------------- what comes back without one


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("UnAuthorized", Failure.CREDENTIAL),
        ("UserNameIllegal", Failure.CREDENTIAL),
        ("PasswordRequired", Failure.CREDENTIAL),
        ("VersionMismatch", Failure.CONFIGURATION),
        ("Sender", Failure.CONFIGURATION),
        ("SenderIDIllegal", Failure.CONFIGURATION),
        ("PayloadTypeNotUnderstood", Failure.CONFIGURATION),
        ("CORERuleVersionRequired", Failure.CONFIGURATION),
        ("PayloadIllegal", Failure.CONTENT),
        ("Receiver", Failure.UNAVAILABLE),
        ("ChecksumMismatched", Failure.UNAVAILABLE),
    ],
)
def test_an_error_code_says_whose_fault_it_is(clients: HttpClients, code: str, failure: Failure) -> None:
    outcome, _ = exchange(clients, peers.response(200, core_reply("", code), _SOAP))
    assert isinstance(outcome, Refused)
    assert outcome.failure is failure


@pytest.mark.parametrize("code", ["Success", "", "Zebrawood", "Illegal", "success"])
def test_an_envelope_that_says_nothing_of_use_is_uncertain(clients: HttpClients, code: str) -> None:
    outcome, _ = exchange(clients, peers.response(200, core_reply("", code), _SOAP))
    assert isinstance(outcome, Uncertain)
    assert "zebrawood" not in outcome.detail.lower()


def test_our_own_payload_handed_back_is_no_answer(clients: HttpClients) -> None:
    reply = core_reply(messages.REQUEST_X12.decode("ascii"), "Sender")
    outcome, _ = exchange(clients, peers.response(200, reply, _SOAP))
    assert outcome == Refused(failure=Failure.CONFIGURATION, detail="envelope code Sender")


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (fault("Sender"), Failure.CONFIGURATION),
        (fault("MustUnderstand"), Failure.CONFIGURATION),
        (fault("VersionMismatch"), Failure.CONFIGURATION),
        (fault("Sender", "wsse:FailedAuthentication"), Failure.CREDENTIAL),
        (fault("Sender", "wsse:InvalidSecurityToken"), Failure.CREDENTIAL),
        (b"<E xmlns='x'><Body><Fault><faultcode>soap:Client</faultcode></Fault></Body></E>", Failure.CONFIGURATION),
    ],
)
def test_a_soap_fault_about_the_request_is_a_refusal(clients: HttpClients, body: bytes, failure: Failure) -> None:
    outcome, _ = exchange(clients, peers.response(500, body, _SOAP))
    assert isinstance(outcome, Refused)
    assert outcome.failure is failure


@pytest.mark.parametrize(
    "body",
    [
        fault("Receiver"),
        fault("Novel"),
        b"<E xmlns='x'><Body><Fault><faultcode>soap:Server</faultcode></Fault></Body></E>",
    ],
)
def test_a_soap_fault_of_the_server_itself_proves_nothing(clients: HttpClients, body: bytes) -> None:
    outcome, _ = exchange(clients, peers.response(500, body, _SOAP))
    assert outcome == Uncertain(detail="a SOAP fault that does not say whether the request was processed")


_BOMB = b'<!DOCTYPE s [<!ENTITY a "ISA"><!ENTITY b "&a;&a;">]>' + core_reply("&b;").partition(b"?>")[2]
_FILE = b'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + core_reply("ISA&a;").partition(b"?>")[2]

UNREADABLE = {
    "html": peers.response(200, b"<html><body>Down for maintenance<br></body></html>", "text/html"),
    "other xml": peers.response(200, b"<status>ok</status>", "text/xml"),
    "empty": peers.response(200, b"", _SOAP),
    "entities": peers.response(200, _BOMB, _SOAP),
    "a file of ours": peers.response(200, _FILE, _SOAP),
    "a multipart without parts": peers.response(200, b"nothing", 'multipart/related; boundary="B1"'),
    "a part that is missing": _multipart(_REPLY, href="cid:elsewhere"),
    "half an envelope": peers.response(200, core_reply(_REPLY)[:200], _SOAP),
    "nearly base64": peers.response(200, core_reply("SVNB***"), _SOAP),
}


@pytest.mark.parametrize("reply", UNREADABLE.values(), ids=UNREADABLE)
def test_a_success_that_cannot_be_read_is_uncertain(clients: HttpClients, reply: bytes) -> None:
    outcome, _ = exchange(clients, reply)
    assert isinstance(outcome, Uncertain)


@pytest.mark.parametrize("status", [302, 303, 408, 409, 500, 502, 503, 504])
def test_a_status_that_may_come_from_on_the_way_is_uncertain(clients: HttpClients, status: int) -> None:
    outcome, _ = exchange(clients, peers.response(status, b"<html>", "text/html"))
    assert isinstance(outcome, Uncertain)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (301, Failure.CONFIGURATION),
        (400, Failure.CONTENT),
        (401, Failure.CREDENTIAL),
        (403, Failure.CREDENTIAL),
        (404, Failure.CONFIGURATION),
        (415, Failure.CONFIGURATION),
        (429, Failure.UNAVAILABLE),
    ],
)
def test_a_status_that_refuses_is_a_refusal(clients: HttpClients, status: int, failure: Failure) -> None:
    outcome, _ = exchange(clients, peers.response(status, b"<html>", "text/html"))
    assert isinstance(outcome, Refused)
    assert outcome.failure is failure


def test_a_refused_login_stays_one_when_a_fault_comes_with_it(clients: HttpClients) -> None:
    outcome, _ = exchange(clients, peers.response(401, fault("Receiver"), _SOAP))
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.CREDENTIAL
