"""CAQH CORE connectivity vC2.2.0, SOAP 1.2, real time.

An envelope that says `Success` is no success of the business, and one that says nothing
is no failure: a TA1 reject has come with an empty code, and a reply about an unknown
member with `Success`. So what decides is whether the payload begins as an interchange
does; the envelope's code is asked only where there is no such payload.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from priorwire.channels import core_envelope
from priorwire.channels.http import Credentials, HttpClients, Reply, outcome_of_status
from priorwire.gateway.ways import (
    Accepted,
    Failure,
    Message,
    NotSent,
    Refused,
    SendOutcome,
    Uncertain,
)
from priorwire.gateway.ways import Final as FinalOutcome
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind, CoreSettings, X12Address

_LOG = logging.getLogger(__name__)
_CONTENT_TYPE: Final = 'application/soap+xml; charset=UTF-8; action="RealTimeTransaction"'
#: Envelope codes name a metadata field: ``SenderIDIllegal``, ``PayloadTypeRequired`` …
_FIELD_CODE: Final = re.compile(r"(?P<field>\w+?)(?:Illegal|Required|NotUnderstood)", re.ASCII)
_CREDENTIAL_FIELDS: Final = frozenset({"UserName", "Password"})
#: Subcodes of the WS-Security fault family that are about the log-in.
_CREDENTIAL_FAULTS: Final = frozenset(
    {"FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "UnsupportedSecurityToken", "UnAuthorized"}
)
#: SOAP 1.2 fault codes, and the SOAP 1.1 name of `Sender`, that say "not as you sent it".
_CONFIGURATION_FAULTS: Final = frozenset(
    {"Sender", "Client", "MustUnderstand", "VersionMismatch", "DataEncodingUnknown"}
)
_ACCEPTED: Final = 202


class CoreSoap:
    """Sends one interchange and waits for the answer."""

    kind: ChannelKind = ChannelKind.CORE_SOAP

    def __init__(self, clients: HttpClients, credentials: Credentials) -> None:
        self._clients = clients
        self._credentials = credentials

    def send(self, message: Message) -> SendOutcome:
        """Send once (see `Channel.send`). The endpoint needs X12 and CORE settings and a credential."""
        request = self._request(message)
        if isinstance(request, NotSent):
            return request
        endpoint = message.endpoint
        headers = {**dict(endpoint.extra_headers), "Content-Type": _CONTENT_TYPE, "Accept": "*/*"}
        reply = self._clients.post(endpoint, endpoint.url, headers=headers, body=core_envelope.write(request))
        outcome = reply if not isinstance(reply, Reply) else _outcome(reply, message.payload)
        _LOG.info(
            "sent a CORE real-time request: %s",
            type(outcome).__name__,
            extra={"action": "core_soap_sent", "endpoint": endpoint.id, "exchange": message.exchange_id},
        )
        return outcome

    def _request(self, message: Message) -> core_envelope.RealTimeRequest | NotSent:
        endpoint = message.endpoint
        core, address = endpoint.core, endpoint.x12
        payload_type = dict(core.payload_types).get(message.transaction) if core else None
        if core is None or address is None or payload_type is None:
            return _not_set_up("the endpoint has no CORE settings or no payload type for this transaction")
        if endpoint.credential is None or endpoint.credential not in self._credentials:
            return NotSent(failure=Failure.CREDENTIAL, detail="the settings hold no credential for this endpoint")
        if not core_envelope.carries(message.payload):
            return _not_set_up("the payload has characters or line breaks that XML does not carry unchanged")
        return _built(message, core, address, payload_type, self._credentials[endpoint.credential])


def _built(
    message: Message, core: CoreSettings, address: X12Address, payload_type: str, credential: tuple[str, str]
) -> core_envelope.RealTimeRequest:
    username, password = credential
    return core_envelope.RealTimeRequest(
        namespace=core.namespace,
        rule_version=core.rule_version,
        payload_type=payload_type,
        payload_id=message.payload_id,
        at=message.at,
        sender=address.sender,
        receiver=address.receiver,
        payload=message.payload,
        username=username,
        password=password,
        must_understand=core.must_understand,
    )


def _not_set_up(detail: str) -> NotSent:
    return NotSent(failure=Failure.CONFIGURATION, detail=detail)


def _outcome(reply: Reply, sent: bytes) -> SendOutcome:
    """What an HTTP answer says, whatever its status: a SOAP fault comes with 500, HTML may come with 200."""
    try:
        answer = core_envelope.read(reply.content_type, reply.body)
    except core_envelope.EnvelopeError as problem:
        return _without_envelope(reply, str(problem))
    if isinstance(answer, core_envelope.Fault):
        return _of_fault(reply, answer)
    # an envelope that hands our own payload back is an error report, not an answer
    if core_envelope.is_interchange(answer.payload) and answer.payload.strip() != sent.strip():
        return FinalOutcome(payload=answer.payload, remote_id=answer.payload_id, simulated=reply.simulated)
    return _of_error_code(answer.error_code)


def _without_envelope(reply: Reply, problem: str) -> SendOutcome:
    if reply.status == _ACCEPTED:
        return Accepted(evidence=Evidence.CARRIER_ACCEPTED, simulated=reply.simulated)
    if reply.status < 300:  # noqa: PLR2004  (success class of HTTP)
        return Uncertain(detail=f"HTTP {reply.status}, but the reply is no envelope: {problem}")
    return outcome_of_status(reply.status)


def _of_fault(reply: Reply, fault: core_envelope.Fault) -> Refused | Uncertain:
    """A SOAP fault.

    `Receiver` is not read as "the payer is down, send again", unlike the envelope code of that
    name: server frameworks raise this fault for any failure of their own, also for one that
    came after they had passed the request on.
    """
    if reply.status in (401, 403):
        return outcome_of_status(reply.status)
    if _CREDENTIAL_FAULTS.intersection(fault.codes):
        return Refused(failure=Failure.CREDENTIAL, detail="SOAP fault: the log-in was refused")
    known = [code for code in fault.codes if code in _CONFIGURATION_FAULTS]
    if known:
        return Refused(failure=Failure.CONFIGURATION, detail=f"SOAP fault {known[0]}")
    return Uncertain(detail="a SOAP fault that does not say whether the request was processed")


def _of_error_code(code: str) -> Refused | Uncertain:
    """An envelope without an interchange in it: its error code (vC2.2.0 section 4.3.3) decides."""
    if code == "UnAuthorized":
        return Refused(failure=Failure.CREDENTIAL, detail="envelope code UnAuthorized")
    if code in ("VersionMismatch", "Sender"):
        return Refused(failure=Failure.CONFIGURATION, detail=f"envelope code {code}")
    if code in ("Receiver", "ChecksumMismatched"):
        return Refused(failure=Failure.UNAVAILABLE, detail=f"envelope code {code}")
    match = _FIELD_CODE.fullmatch(code)
    if match is None:
        # the code is not repeated: a server may put anything into it
        return Uncertain(detail="an envelope without an answer, and without an error code that says why")
    return Refused(failure=_about(match["field"]), detail=f"the envelope's {_known_field(match['field'])} was refused")


_FIELDS: Final = frozenset(
    {
        "PayloadType",
        "ProcessingMode",
        "PayloadID",
        "PayloadLength",
        "TimeStamp",
        "UserName",
        "Password",
        "SenderID",
        "ReceiverID",
        "CORERuleVersion",
        "CheckSum",
        "Payload",
    }
)


def _known_field(field: str) -> str:
    return field if field in _FIELDS else "metadata"


def _about(field: str) -> Failure:
    if field in _CREDENTIAL_FIELDS:
        return Failure.CREDENTIAL
    return Failure.CONTENT if field == "Payload" else Failure.CONFIGURATION
