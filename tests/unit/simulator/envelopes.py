"""CORE envelopes as a client writes them."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from priorwire.simulator.clearinghouse import Credentials
from priorwire.simulator.soap import CORE, SOAP

_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_KNOWN = Credentials()
FIELDS = {
    "PayloadType": "X12_278_Request_005010X217E1_2",
    "ProcessingMode": "RealTime",
    "PayloadID": "5d3c7c52-7d0b-4a5e-9a0b-0f5b6a5c9f11",
    "TimeStamp": "2026-11-20T20:00:00Z",
    "SenderID": "PRIORWIRE",
    "ReceiverID": "EXPAYER",
    "CORERuleVersion": "2.2.0",
}


def envelope(
    payload: str,
    *,
    username: str = _KNOWN.username,
    password: str = _KNOWN.password,
    qualified: bool = False,
    changed: Mapping[str, str | None] | None = None,
) -> bytes:
    """A real-time request; a field that is changed to `None` is left out."""
    root = etree.Element(f"{{{SOAP}}}Envelope")
    security = etree.SubElement(etree.SubElement(root, f"{{{SOAP}}}Header"), f"{{{_WSSE}}}Security")
    security.set(f"{{{SOAP}}}mustUnderstand", "true")
    token = etree.SubElement(security, f"{{{_WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{_WSSE}}}Username").text = username
    etree.SubElement(token, f"{{{_WSSE}}}Password").text = password
    request = etree.SubElement(etree.SubElement(root, f"{{{SOAP}}}Body"), f"{{{CORE}}}COREEnvelopeRealTimeRequest")
    for name, value in {**FIELDS, **(changed or {}), "Payload": payload}.items():
        if value is not None:
            etree.SubElement(request, f"{{{CORE}}}{name}" if qualified else name).text = etree.CDATA(value)
    return etree.tostring(root)
