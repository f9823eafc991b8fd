from __future__ import annotations

import pytest
from lxml import etree

from priorwire.simulator.clearinghouse import Credentials
from priorwire.simulator.soap import CORE, SOAP, Envelope, SoapFault, read_envelope, reply_envelope
from tests.unit.simulator.envelopes import FIELDS, envelope
from tests.unit.simulator.messages import AT

_KNOWN = Credentials()


def _error(**fields: str | None) -> tuple[str, str] | None:
    return read_envelope(envelope("ISA", changed=fields)).error(_KNOWN)


def test_a_good_request_is_read_and_has_no_error() -> None:
    read = read_envelope(envelope("ISA*00~"))
    assert read.fields["Payload"] == "ISA*00~"
    assert (read.namespace, read.error(_KNOWN)) == (CORE, None)


def test_qualified_children_are_taken_too() -> None:
    qualified = envelope("ISA*00~", qualified=True)
    assert read_envelope(qualified).error(_KNOWN) is None


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "Payload"])
def test_metadata_that_is_absent_is_required(name: str) -> None:
    error = _error(**{name: None})
    assert error is not None
    assert error[0] == f"{name}Required"


def test_a_payload_that_is_absent_is_required() -> None:
    error = read_envelope(envelope("")).error(_KNOWN)
    assert error is not None
    assert error[0] == "PayloadRequired"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PayloadType", "X12_837_Request_005010X222A1"),
        ("ProcessingMode", "Batch"),
        ("PayloadID", "1"),
        ("TimeStamp", "yesterday"),
        ("SenderID", "X" * 51),
        ("CORERuleVersion", "two"),
    ],
)
def test_metadata_not_in_its_form_is_illegal(name: str, value: str) -> None:
    error = _error(**{name: value})
    assert error is not None
    assert error[0] == f"{name}Illegal"


def test_another_rule_version_is_a_version_mismatch() -> None:
    error = _error(CORERuleVersion="1.1.0")
    assert error is not None
    assert error[0] == "VersionMismatch"


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        ("", _KNOWN.password, "UserNameRequired"),
        (_KNOWN.username, "", "PasswordRequired"),
        (_KNOWN.username, "wrong", "UnAuthorized"),
        ("wrong", _KNOWN.password, "UnAuthorized"),
    ],
)
def test_the_username_token_is_checked(username: str, password: str, code: str) -> None:
    error = read_envelope(envelope("ISA", username=username, password=password)).error(_KNOWN)
    assert error is not None
    assert error[0] == code


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"hello", "Sender", 400),
        (b"<!DOCTYPE x [<!ENTITY e 'v'>]><x>&e;</x>", "Sender", 400),
        (b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>", "VersionMismatch", 500),
        (f"<s:Envelope xmlns:s='{SOAP}'><s:Body><x/></s:Body></s:Envelope>".encode(), "Sender", 400),
        (f"<s:Envelope xmlns:s='{SOAP}'/>".encode(), "Sender", 400),
        (
            f"<s:Envelope xmlns:s='{SOAP}'><s:Header><x s:mustUnderstand='true'/></s:Header></s:Envelope>".encode(),
            "MustUnderstand",
            500,
        ),
    ],
)
def test_what_is_no_soap_request_is_a_fault(body: bytes, code: str, status: int) -> None:
    with pytest.raises(SoapFault) as caught:
        read_envelope(body)
    assert (caught.value.code, caught.value.status) == (code, status)


def _reply(*answers: str) -> dict[str, str]:
    served = reply_envelope(
        Envelope(fields=FIELDS, username="", password=""),
        payload=b"ISA*00~",
        answers=answers,
        payload_id="p",
        at=AT,
        multipart=False,
    )
    (response,) = etree.fromstring(served.body).iter(f"{{{CORE}}}COREEnvelopeRealTimeResponse")
    return {str(child.tag): child.text or "" for child in response}


def test_the_reply_has_unqualified_children_in_the_order_of_the_schema() -> None:
    assert list(_reply("005010X217").items()) == [
        ("PayloadType", "X12_278_Response_005010X217E1_2"),
        ("ProcessingMode", "RealTime"),
        ("PayloadID", "p"),
        ("TimeStamp", "2026-11-20T12:00:00Z"),
        ("SenderID", "EXPAYER"),
        ("ReceiverID", "PRIORWIRE"),
        ("CORERuleVersion", "2.2.0"),
        ("Payload", "ISA*00~"),
        ("ErrorCode", "Success"),
        ("ErrorMessage", "Envelope was processed successfully."),
    ]


def test_a_ta1_comes_with_an_empty_error_code_as_real_servers_send_it() -> None:
    reply = _reply("TA1")
    assert (reply["PayloadType"], reply["ErrorCode"], reply["ErrorMessage"]) == ("X12_TA1_Response_00501X231A1", "", "")
