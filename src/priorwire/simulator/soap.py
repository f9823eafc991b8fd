"""CAQH CORE Connectivity vC2.2.0, SOAP 1.2 real time, from the server's side.

Sources: a public copy of the WSDL and working public clients (the rule's own schema file is not
public). Two habits of real servers are kept because clients trip over them: a TA1 comes back
with an *empty* ErrorCode, and ``Success`` stands over a 271 that holds nothing but an AAA.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from .clearinghouse import Credentials

SOAP = "http://www.w3.org/2003/05/soap-envelope"
CORE = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
_XOP = "http://www.w3.org/2004/08/xop/include"
_BOUNDARY = "MIMEBoundary_priorwire_simulator"

#: Metadata in the order of the schema, and what each must look like.
_FIELDS: Mapping[str, re.Pattern[str]] = {
    "PayloadType": re.compile(r"X12_(270|275|278)_\w{1,60}"),
    "ProcessingMode": re.compile(r"RealTime"),
    "PayloadID": re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    "TimeStamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "SenderID": re.compile(r".{1,50}"),
    "ReceiverID": re.compile(r".{1,50}"),
    "CORERuleVersion": re.compile(r"\d+\.\d+\.\d+"),
    "Payload": re.compile(r"[\s\S]+"),
}
#: ``4.0.0`` is the Phase IV rule of 2015, which some Medicaid systems still speak over the same envelope.
_RULE_VERSIONS = frozenset({"2.2.0", "4.0.0"})
#: PayloadType of a reply by the guide of its first answer.
_PAYLOAD_TYPES = {
    "005010X279A1": "X12_271_Response_005010X279A1",
    "005010X217": "X12_278_Response_005010X217E1_2",
    "005010X215": "X12_278_Response_005010X215",
    "005010X231A1": "X12_999_Response_005010X231A1",
    "TA1": "X12_TA1_Response_00501X231A1",
}
_SUCCESS = "Envelope was processed successfully."


class SoapFault(Exception):
    """The message cannot be taken as a SOAP message; answered by a SOAP 1.2 fault."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        #: ``Sender``, ``Receiver``, ``MustUnderstand`` or ``VersionMismatch``.
        self.code = code
        self.reason = reason

    @property
    def status(self) -> int:
        """The HTTP status that the SOAP 1.2 binding gives it."""
        return 400 if self.code == "Sender" else 500


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A COREEnvelopeRealTimeRequest, as far as it can be read."""

    #: Metadata by name; a field that is absent is absent here.
    fields: Mapping[str, str]
    username: str
    password: str
    #: Of the request's root; answered in the same.
    namespace: str = CORE

    def error(self, credentials: Credentials) -> tuple[str, str] | None:
        """The ErrorCode and ErrorMessage that refuse it; `None` for a good one."""
        for name in ("UserName", "Password"):
            if not (self.username if name == "UserName" else self.password):
                return f"{name}Required", f"{name} is required."
        if not _same(self.username, credentials.username) or not _same(self.password, credentials.password):
            return "UnAuthorized", "The username or password is not known here."
        for name, pattern in _FIELDS.items():
            value = self.fields.get(name, "")
            if not value:
                return f"{name}Required", f"{name} is required."
            if not pattern.fullmatch(value):
                return f"{name}Illegal", f"{name} is not in its form, or not one that is served here."
        if self.fields["CORERuleVersion"] not in _RULE_VERSIONS:
            return "VersionMismatch", "This version of the CORE rule is not spoken here."
        return None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def read_envelope(body: bytes) -> Envelope:
    """Read a request. Children are taken by local name, qualified or not, in any order.

    Raises:
        SoapFault: it is no SOAP 1.2 message with a real-time request in its body.
    """
    root = _parsed(body)
    if etree.QName(root).localname != "Envelope" or etree.QName(root).namespace != SOAP:
        raise SoapFault("VersionMismatch", "A SOAP 1.2 envelope is expected.")
    headers = root.find(f"{{{SOAP}}}Header")
    request = root.find(f"{{{SOAP}}}Body/*")
    for block in headers if headers is not None else ():
        if _must_be_understood(block):
            raise SoapFault("MustUnderstand", "A header block that must be understood is not.")
    if request is None or etree.QName(request).localname != "COREEnvelopeRealTimeRequest":
        raise SoapFault("Sender", "The body holds no COREEnvelopeRealTimeRequest; only real time is served here.")
    fields = {str(etree.QName(child).localname): (child.text or "").strip() for child in request}
    return Envelope(
        fields={name: text for name, text in fields.items() if text},
        username=_under(headers, "Username"),
        password=_under(headers, "Password"),
        namespace=request.nsmap.get(request.prefix) or CORE,
    )


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise SoapFault("Sender", "The message is not well-formed XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapFault("Sender", "A document type is not allowed in a SOAP message.")
    return root


def _must_be_understood(block: etree._Element) -> bool:
    demanded = block.get(f"{{{SOAP}}}mustUnderstand") in {"true", "1"}
    return demanded and etree.QName(block).localname != "Security"


def _under(headers: etree._Element | None, name: str) -> str:
    """The text of UsernameToken's child of that local name."""
    if headers is None:
        return ""
    for element in headers.iter():
        if etree.QName(element).localname == name:
            return (element.text or "").strip()
    return ""


@dataclass(frozen=True, kw_only=True)
class Served:
    """What goes back over HTTP."""

    body: bytes
    content_type: str
    status: int = 200


def reply_envelope(
    request: Envelope, *, payload: bytes, answers: tuple[str, ...], payload_id: str, at: datetime, multipart: bool
) -> Served:
    """A COREEnvelopeRealTimeResponse around the payload.

    Args:
        request: what is answered.
        payload: the X12.
        answers: guides of the answers in it (see `Exchange.answers`).
        payload_id: the server's own, not the request's.
        at: for TimeStamp.
        multipart: whether the payload goes in a part of its own (XOP), as some real servers do.
    """
    first = answers[0] if answers else "TA1"
    code, message = ("", "") if first == "TA1" else ("Success", _SUCCESS)
    metadata = _metadata(request, _PAYLOAD_TYPES[first], payload_id, at)
    text = payload.decode("ascii")
    if not multipart:
        return _served(request.namespace, {**metadata, "Payload": text, "ErrorCode": code, "ErrorMessage": message})
    root = _enveloped(request.namespace, {**metadata, "Payload": "", "ErrorCode": code, "ErrorMessage": message})
    holder = next(element for element in root.iter("Payload"))
    etree.SubElement(holder, f"{{{_XOP}}}Include", href="cid:payload@simulator", nsmap={"xop": _XOP})
    return _parts(etree.tostring(root), payload)


def error_envelope(request: Envelope | None, code: str, message: str, *, payload_id: str, at: datetime) -> Served:
    """A COREEnvelopeRealTimeResponse that refuses: HTTP 200, no payload, the reason in ErrorCode."""
    request = request or Envelope(fields={}, username="", password="")
    metadata = _metadata(request, "CoreEnvelopeError", payload_id, at)
    return _served(request.namespace, {**metadata, "ErrorCode": code, "ErrorMessage": message})


def fault_envelope(fault: SoapFault) -> Served:
    """A SOAP 1.2 fault."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    holder = etree.SubElement(etree.SubElement(root, f"{{{SOAP}}}Body"), f"{{{SOAP}}}Fault")
    code = etree.SubElement(holder, f"{{{SOAP}}}Code")
    etree.SubElement(code, f"{{{SOAP}}}Value").text = f"soap:{fault.code}"
    reason = etree.SubElement(etree.SubElement(holder, f"{{{SOAP}}}Reason"), f"{{{SOAP}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    reason.text = fault.reason
    return Served(body=etree.tostring(root), content_type="application/soap+xml; charset=UTF-8", status=fault.status)


def _metadata(request: Envelope, payload_type: str, payload_id: str, at: datetime) -> dict[str, str]:
    return {
        "PayloadType": payload_type,
        "ProcessingMode": "RealTime",
        "PayloadID": payload_id,
        "TimeStamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "SenderID": request.fields.get("ReceiverID", "SIMULATOR"),
        "ReceiverID": request.fields.get("SenderID", ""),
        "CORERuleVersion": request.fields.get("CORERuleVersion", "2.2.0"),
    }


def _served(namespace: str, fields: Mapping[str, str]) -> Served:
    return Served(
        body=etree.tostring(_enveloped(namespace, fields)),
        content_type='application/soap+xml; charset=UTF-8; action="RealTimeTransaction"',
    )


def _enveloped(namespace: str, fields: Mapping[str, str]) -> etree._Element:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    response = etree.SubElement(body, f"{{{namespace}}}COREEnvelopeRealTimeResponse", nsmap={"cor": namespace})
    for name, text in fields.items():
        child = etree.SubElement(response, name)  # children are unqualified in every working exchange
        child.text = etree.CDATA(text) if name == "Payload" and text and "]]>" not in text else text
    return root


def _parts(root: bytes, payload: bytes) -> Served:
    def part(content_type: str, content_id: str, content: bytes) -> bytes:
        head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{content_id}>"
        return f"--{_BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"

    body = part('application/xop+xml; charset=UTF-8; type="application/soap+xml"', "root@simulator", root)
    body += part("application/octet-stream", "payload@simulator", payload)
    kind = f'multipart/related; type="application/xop+xml"; start="<root@simulator>"; boundary="{_BOUNDARY}"'
    return Served(
        body=body + f"--{_BOUNDARY}--\r\n".encode(), content_type=f'{kind}; start-info="application/soap+xml"'
    )
