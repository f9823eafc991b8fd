"""The SOAP 1.2 envelope of CAQH CORE connectivity vC2.2.0, written and read by hand.

Eight fixed operations of one schema do not need a SOAP library. What is written is the
strictest reading (children unqualified, in the schema's order); what is read is the most
lenient (by local name, qualified or not, with or without multipart packaging), because
servers differ. Sources: the published WSDL, and the clients and servers described in the
project's connectivity notes.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote

from lxml import etree

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
PASSWORD_TEXT: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"  # noqa: S105  (the name of a password's form, not a password)

#: Characters that XML 1.0 cannot carry at all, and the line breaks that it rewrites.
_NOT_CARRIED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]|\]\]>")
#: How every X12 interchange begins, and the same three letters in base64.
_INTERCHANGE: Final = b"ISA"
_INTERCHANGE_BASE64: Final = "SVNB"


@dataclass(frozen=True, kw_only=True)
class RealTimeRequest:
    """What one real-time call says."""

    namespace: str
    rule_version: str
    payload_type: str
    payload_id: str
    at: datetime
    sender: str
    receiver: str
    payload: bytes
    username: str
    password: str
    #: Some payers demand the attribute, some refuse it.
    must_understand: bool

    def __repr__(self) -> str:
        """Without the password and the payload."""
        return f"RealTimeRequest(payload_type={self.payload_type!r}, payload_id={self.payload_id!r})"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A SOAP fault: its codes, outermost first, by local name (``Sender``, ``FailedAuthentication`` …)."""

    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The envelope that came back."""

    #: As sent; empty where absent or empty, which says nothing at all.
    error_code: str
    #: The payload, or nothing.
    payload: bytes
    payload_id: str | None


class EnvelopeError(ValueError):
    """What came back is not an envelope that can be read."""


def carries(payload: bytes) -> bool:
    """Whether XML carries this payload byte for byte.

    It turns CR LF into LF, has no form for control characters (some partners use them as
    separators), and ends CDATA at ``]]>``.
    """
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _NOT_CARRIED.search(text)


def is_interchange(payload: bytes) -> bool:
    """Whether X12 is in it, whatever blanks and byte order mark come before."""
    return payload.lstrip().removeprefix(codecs.BOM_UTF8).lstrip().startswith(_INTERCHANGE)


def write(request: RealTimeRequest) -> bytes:
    """The envelope's bytes. Raises ValueError where `carries` says no."""
    envelope = etree.Element(etree.QName(SOAP, "Envelope"), nsmap={"soap": SOAP, "cor": request.namespace})
    _security(etree.SubElement(envelope, etree.QName(SOAP, "Header")), request)
    body = etree.SubElement(envelope, etree.QName(SOAP, "Body"))
    root = etree.SubElement(body, etree.QName(request.namespace, "COREEnvelopeRealTimeRequest"))
    # xsd:sequence: the order is part of the rule
    for name, value in (
        ("PayloadType", request.payload_type),
        ("ProcessingMode", "RealTime"),
        ("PayloadID", request.payload_id),
        ("TimeStamp", request.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("SenderID", request.sender),
        ("ReceiverID", request.receiver),
        ("CORERuleVersion", request.rule_version),
        ("Payload", etree.CDATA(request.payload.decode("utf-8"))),
    ):
        etree.SubElement(root, name).text = value
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def read(content_type: str, body: bytes) -> Answer | Fault:
    """The answer in a reply's body. Raises EnvelopeError for anything else, HTML with status 200 included."""
    parts: dict[str, bytes] = {}
    if content_type.lstrip().lower().startswith("multipart/"):
        body, parts = _unpacked(content_type, body)
    root = _parsed(body)
    names = {_name(element): element for element in reversed(list(root.iter(etree.Element)))}
    if "Fault" in names:
        return Fault(codes=_fault_codes(names["Fault"]))
    if not any(name.startswith("COREEnvelope") for name in names):
        raise EnvelopeError("no CORE envelope in it")
    payload = names.get("Payload")
    return Answer(
        error_code=_text(names.get("ErrorCode")),
        payload=b"" if payload is None else _payload(payload, parts),
        payload_id=_text(names.get("PayloadID")) or None,
    )


def _security(header: etree._Element, request: RealTimeRequest) -> None:
    security = etree.SubElement(header, etree.QName(WSSE, "Security"), nsmap={"wsse": WSSE})
    if request.must_understand:
        security.set(etree.QName(SOAP, "mustUnderstand"), "true")
    token = etree.SubElement(security, etree.QName(WSSE, "UsernameToken"))
    etree.SubElement(token, etree.QName(WSSE, "Username")).text = request.username
    password = etree.SubElement(token, etree.QName(WSSE, "Password"), Type=PASSWORD_TEXT)
    password.text = request.password


def _unpacked(content_type: str, body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The root part and the others by Content-ID of a multipart reply (RFC 2387; real-time replies use it too)."""
    message: EmailMessage = email.message_from_bytes(
        b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    found: list[tuple[str, bytes]] = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found.append((str(part.get("Content-ID", "")).strip().strip("<>"), content))
    if not found:
        raise EnvelopeError("a multipart reply without parts")
    start = str(message.get_param("start", "")).strip("<>")
    root = next((content for identifier, content in found if start and identifier == start), found[0][1])
    return root, dict(found)


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
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        # the parser's own message quotes the document
        raise EnvelopeError("not XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise EnvelopeError("a document type declaration, which no envelope has")
    return root


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _text(element: etree._Element | None) -> str:
    return "" if element is None else _whole_text(element).strip()


def _whole_text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext(with_tail=False)))


def _payload(element: etree._Element, parts: dict[str, bytes]) -> bytes:
    """Payload bytes: inline text, base64 (a part that was not taken out), or a part referred to.

    With the blanks around them: they are archived as they came.
    """
    for child in element.iter(etree.Element):
        if _name(child) == "Include":
            identifier = unquote((child.get("href") or "").removeprefix("cid:"))
            if identifier not in parts:
                raise EnvelopeError("the payload's part is not there")
            return parts[identifier]
    text = _whole_text(element)
    payload = text.encode("utf-8")
    if is_interchange(payload):
        return payload
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):  # ValueError: it is not even ASCII
        if text.lstrip().startswith(_INTERCHANGE_BASE64):
            raise EnvelopeError("a payload that is neither X12 nor base64") from None
        return payload
    return decoded if is_interchange(decoded) else payload


def _fault_codes(fault: etree._Element) -> tuple[str, ...]:
    """Codes of a SOAP 1.2 fault (Code/Value, Subcode/Value …), or of a SOAP 1.1 one (faultcode)."""
    codes: list[str] = []
    for element in fault.iter(etree.Element):
        inside_code = any(_name(above) == "Code" for above in element.iterancestors())
        if _name(element) == "faultcode" or (_name(element) == "Value" and inside_code):
            codes.append(_text(element).rpartition(":")[2])
    return tuple(codes)
