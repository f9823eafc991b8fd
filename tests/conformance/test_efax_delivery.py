"""One mail, one PDF, no patient's value in an envelope or header, and nothing without TLS."""

from __future__ import annotations

import email
import email.policy
import io
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from priorwire.channels import EFax, SmtpSettings
from priorwire.gateway.ways import Accepted, Failure, NotSent, Refused, SendOutcome, Uncertain
from priorwire.payers.profile import Endpoint
from tests.conformance import channel_messages as messages
from tests.conformance import loopback_peers as peers
from tests.conformance.loopback_peers import Carrier, Peer

_SENDER = "fax@practice.example"
_PDF = "application/pdf"


def to(port: int, scheme: str = "smtp") -> Endpoint:
    return replace(messages.endpoint(f"{scheme}://127.0.0.1:{port}?domain=fax.example"), credential=None)


def fax(endpoint: Endpoint, settings: SmtpSettings | None = None) -> SendOutcome:
    channel = EFax(messages.CREDENTIALS, settings or SmtpSettings(sender=_SENDER))
    document = channel.render(messages.REQUEST, messages.context(endpoint))
    return channel.send(messages.message(endpoint, document.payload, document.content_type))


def test_the_mail_is_addressed_to_the_number_and_carries_the_reference_only() -> None:
    carrier = Carrier()
    with Peer(carrier) as peer:
        assert isinstance(fax(to(peer.port)), Accepted)
    (received,) = peer.received
    mail = email.message_from_bytes(received, policy=email.policy.default)
    assert carrier.senders == ["MAIL FROM:<fax@practice.example>"]
    assert carrier.recipients == ["RCPT TO:<12065550142@fax.example>"]
    assert mail["From"] == _SENDER
    assert mail["To"] == "12065550142@fax.example"
    assert mail["Reply-To"] == f"fax+{messages.REFERENCE}@practice.example"
    assert mail["Subject"] == f"Prior authorization request {messages.REFERENCE}"
    assert mail["Message-ID"] == f"<{messages.PAYLOAD_ID}@practice.example>"
    assert mail["X-Priorwire-Reference"] == messages.REFERENCE
    assert mail["Date"] == "Fri, 20 Nov 2026 20:00:07 +0000"
    header = received.partition(b"\r\n\r\n")[0].decode("ascii").lower()
    assert not any(marked.lower() in header for marked in messages.MARKED)


def test_the_pdf_is_the_single_attachment_and_arrives_unchanged() -> None:
    endpoint = to(0)
    rendered = EFax({}, SmtpSettings()).render(messages.REQUEST, messages.context(endpoint)).payload
    with Peer(Carrier()) as peer:
        fax(to(peer.port))
    mail = email.message_from_bytes(peer.received[0], policy=email.policy.default)
    (part,) = mail.iter_parts()
    assert part.get_content_type() == _PDF
    assert part.get_filename() == f"{messages.REFERENCE}.pdf"
    assert part.get_payload(decode=True) == rendered
    assert len(PdfReader(io.BytesIO(rendered)).pages) >= 2


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({"greeting": "421 busy"}, NotSent(failure=Failure.UNAVAILABLE, detail="SMTP 421 about the connection")),
        ({"greeting": "554 no"}, Refused(failure=Failure.CONFIGURATION, detail="SMTP 554 about the connection")),
        ({"MAIL": "550 who?"}, Refused(failure=Failure.CONFIGURATION, detail="SMTP 550 about the sender")),
        ({"MAIL": "530 log in"}, Refused(failure=Failure.CREDENTIAL, detail="SMTP 530 about the sender")),
        ({"MAIL": "552 too big"}, Refused(failure=Failure.CONTENT, detail="SMTP 552 about the sender")),
        ({"RCPT": "550 no such"}, Refused(failure=Failure.CONFIGURATION, detail="SMTP 550 about the recipient")),
        ({"RCPT": "450 later"}, NotSent(failure=Failure.UNAVAILABLE, detail="SMTP 450 about the recipient")),
        ({"DATA": "451 later"}, NotSent(failure=Failure.UNAVAILABLE, detail="SMTP 451 about the mail itself")),
        ({".": "451 later"}, NotSent(failure=Failure.UNAVAILABLE, detail="SMTP 451 about the mail itself")),
        ({".": "554 unreadable"}, Refused(failure=Failure.CONTENT, detail="SMTP 554 about the mail itself")),
        ({".": "299 perhaps"}, Uncertain(detail="SMTP 299 about the mail itself")),
    ],
)
def test_a_carriers_reply_code_decides(says: dict[str, str], expected: SendOutcome) -> None:
    with Peer(Carrier(says)) as peer:
        assert fax(to(peer.port)) == expected


@pytest.mark.parametrize("moment", ["greeting", "MAIL", "RCPT"])
@pytest.mark.parametrize("how", ["cut", "hold"])
def test_a_conversation_lost_before_the_mail_is_not_sent(moment: str, how: str) -> None:
    with Peer(Carrier({moment: how})) as peer:
        outcome = fax(messages.hasty(to(peer.port)))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.UNAVAILABLE


@pytest.mark.parametrize("says", [{"DATA": "cut"}, {"half": "cut"}, {".": "cut"}, {".": "hold"}, {"DATA": "hold"}])
def test_a_conversation_lost_from_the_mail_on_is_uncertain(says: dict[str, str]) -> None:
    with Peer(Carrier(says)) as peer:
        assert isinstance(fax(messages.hasty(to(peer.port))), Uncertain)


def test_a_goodbye_that_fails_does_not_undo_what_was_accepted() -> None:
    with Peer(Carrier({"QUIT": "cut"})) as peer:
        assert isinstance(fax(to(peer.port)), Accepted)


def test_a_simulated_carrier_says_so() -> None:
    with Peer(Carrier({".": "250 2.0.0 queued (X-Priorwire-Simulated)"})) as peer:
        outcome = fax(to(peer.port))
    assert isinstance(outcome, Accepted)
    assert outcome.simulated


# ---------------------------------------------------------------- TLS


def test_starttls_is_used_where_it_is_offered(tmp_path: Path) -> None:
    server, client = peers.certificate(tmp_path)
    with Peer(Carrier(ehlo=("STARTTLS",), starttls=server)) as peer:
        outcome = fax(to(peer.port), SmtpSettings(sender=_SENDER, tls=client))
    assert isinstance(outcome, Accepted)
    assert len(peer.received) == 1


def test_a_carrier_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    server, _ = peers.certificate(tmp_path)
    with Peer(Carrier(ehlo=("STARTTLS",), starttls=server)) as peer:
        outcome = fax(to(peer.port))
    assert isinstance(outcome, NotSent)
    assert peer.received == []


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    server, client = peers.certificate(tmp_path)
    with Peer(Carrier(), tls=server) as peer:
        outcome = fax(to(peer.port, "smtps"), SmtpSettings(sender=_SENDER, tls=client))
    assert isinstance(outcome, Accepted)


def test_without_tls_nothing_goes_further_than_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("priorwire.channels.efax.is_loopback", lambda _host: False)
    carrier = Carrier()
    with Peer(carrier) as peer:
        outcome = fax(to(peer.port))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION
    assert carrier.senders == []


def test_a_login_that_the_carrier_does_not_offer_sends_nothing() -> None:
    with Peer(Carrier()) as peer:
        outcome = fax(replace(to(peer.port), credential="payer"))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CREDENTIAL


# ---------------------------------------------------------------- set up wrongly


@pytest.mark.parametrize(
    "change",
    [
        {"fax_number": None},
        {"fax_number": "call us"},
        {"fax_number": "+1206555014\n2"},
        {"url": "smtp://127.0.0.1:25"},
        {"url": "smtp://127.0.0.1:25?domain=fax.example%3E%0d%0aRCPT"},
        {"url": "smtp://127.0.0.1:99999?domain=fax.example"},
        {"url": "http://127.0.0.1:25?domain=fax.example"},
    ],
)
def test_an_endpoint_that_is_no_fax_gets_nothing(change: dict[str, str | None]) -> None:
    endpoint = replace(to(25), **change)  # type: ignore[arg-type]  # the keys are the fields' own
    channel = EFax({}, SmtpSettings(sender=_SENDER))
    outcome = channel.send(messages.message(endpoint, b"%PDF", _PDF))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION


@pytest.mark.parametrize("sender", ["", "nobody", "a@b@c", "fax@practice.example\r\nBcc: x@y.example"])
def test_a_sender_that_is_no_mailbox_gets_nothing_sent(sender: str) -> None:
    outcome = fax(to(25), SmtpSettings(sender=sender))
    assert outcome == NotSent(
        failure=Failure.CONFIGURATION, detail="the sender's address in the settings is not a mail address"
    )


def test_a_reference_that_is_not_opaque_stays_out_of_the_headers() -> None:
    channel = EFax({}, SmtpSettings(sender=_SENDER))
    outcome = channel.send(replace(messages.message(to(25), b"%PDF", _PDF), reference="a\r\nBcc: x@y.example"))
    assert isinstance(outcome, NotSent)
    assert outcome.failure is Failure.CONFIGURATION
