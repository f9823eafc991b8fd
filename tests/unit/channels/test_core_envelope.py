"""The envelope, as bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from priorwire.channels.core_envelope import Answer, EnvelopeError, RealTimeRequest, carries, read, write

_AT = datetime(2026, 11, 20, 20, 0, 7, 999999, tzinfo=UTC)


def request(
    payload: bytes = b"ISA*00*~", *, at: datetime = _AT, username: str = "GWTEST", password: str = "s3cret"
) -> RealTimeRequest:
    return RealTimeRequest(
        namespace="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd",
        rule_version="2.2.0",
        payload_type="X12_278_Request_005010X217E1_2",
        payload_id="5d3c7c52-7d0b-4a5e-9a0b-0f5b6a5c9f11",
        at=at,
        sender="PRIORWIRE",
        receiver="PAYERX",
        payload=payload,
        username=username,
        password=password,
        must_understand=False,
    )


@given(st.text(min_size=1).map(str.encode) | st.binary())
def test_what_xml_carries_arrives_byte_for_byte_and_the_rest_is_known_before(payload: bytes) -> None:
    if carries(payload):
        text = etree.fromstring(write(request(payload))).findtext(".//Payload") or ""
        assert text.encode("utf-8") == payload


@pytest.mark.parametrize(
    "payload", [b"a\r\nb", b"a\nb", b"a\tb", b"a\x1db", b"a]]>b", b"\xff", b"a\xc2\x85b", "\uffff".encode()]
)
def test_what_xml_would_change_or_refuse_is_not_carried(payload: bytes) -> None:
    assert not carries(payload)


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=50))
def test_a_password_survives_whatever_it_holds(password: str) -> None:
    token = etree.fromstring(write(request(password=password)))[0][0][0]
    assert (token[1].text or "") == password


def test_the_time_is_utc_in_whole_seconds() -> None:
    pacific = timezone(timedelta(hours=-8))
    body = etree.fromstring(write(request(at=_AT.astimezone(pacific))))
    assert body.findtext(".//TimeStamp") == "2026-11-20T20:00:07Z"


def test_neither_password_nor_payload_stands_in_a_repr() -> None:
    assert repr(request()) == (
        "RealTimeRequest(payload_type='X12_278_Request_005010X217E1_2', "
        "payload_id='5d3c7c52-7d0b-4a5e-9a0b-0f5b6a5c9f11')"
    )


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n")), st.binary())
def test_reading_anything_gives_an_envelope_or_says_that_it_is_none(content_type: str, body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read(content_type, body)


@given(st.binary())
def test_a_multipart_of_anything_is_no_envelope(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read('multipart/related; boundary="B1"', b"--B1\r\n\r\n" + body + b"\r\n--B1--\r\n")


def test_comments_and_instructions_are_no_part_of_a_value() -> None:
    body = (
        b"<COREEnvelopeRealTimeResponse><ErrorCode>Suc<!-- x --><?y z?>cess</ErrorCode></COREEnvelopeRealTimeResponse>"
    )
    assert read("text/xml", body) == Answer(error_code="Success", payload=b"", payload_id=None)


def test_what_is_wrong_with_a_document_does_not_quote_it() -> None:
    with pytest.raises(EnvelopeError) as problem:
        read("text/xml", b"<Zebrawood>")
    assert "Zebrawood" not in str(problem.value)
    assert problem.value.__cause__ is None
