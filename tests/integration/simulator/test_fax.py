from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import aiosmtplib
import httpx2
import pytest
from reportlab.pdfgen.canvas import Canvas

from priorwire.clock import FixedClock
from priorwire.simulator import Addresses, Credentials, Journal, Service, Simulator, serving
from priorwire.simulator.fax import MAX_PAGES
from tests.integration.simulator.waiting import until
from tests.unit.simulator.messages import AT

_SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ....").decode()
_KNOWN = Credentials()


class _Receiver(BaseHTTPRequestHandler):
    """Takes reports."""

    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    statuses: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.statuses.pop(0) if self.statuses else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    _Receiver.got.clear()
    _Receiver.statuses.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/fax"
        server.shutdown()
        thread.join()


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(clock=FixedClock(AT), journal=Journal())


@pytest.fixture
def carrier(simulator: Simulator, receiver: str) -> Iterator[Addresses]:
    with serving(Service(simulator, callback_url=receiver, fax_secret=_SECRET)) as addresses:
        yield addresses


def pdf(pages: int) -> bytes:
    """A document."""
    made = io.BytesIO()
    canvas = Canvas(made, invariant=1)
    for number in range(pages):
        canvas.drawString(72, 720, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def _mail(number: str, *documents: bytes, reference: str = "FAX-REF-1") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "fax@example.invalid", f"{number}@fax.example", "Prior authorization"
    mail["X-Priorwire-Reference"] = reference
    mail.set_content("One document follows.")
    for document in documents:
        mail.add_attachment(document, maintype="application", subtype="pdf", filename=f"{reference}.pdf")
    return mail


def _send(carrier: Addresses, mail: EmailMessage, username: str | None = None, password: str | None = None) -> str:
    sending = aiosmtplib.send(
        mail,
        hostname=carrier.host,
        port=carrier.smtp,
        local_hostname="practice.invalid",
        username=username,
        password=password,
    )
    return asyncio.run(sending)[1]


def _report() -> dict[str, object]:
    until(lambda: bool(_Receiver.got))
    report: dict[str, object] = json.loads(_Receiver.got[-1][1])
    return report


def test_a_delivered_fax_is_journalled_then_reported_with_a_good_signature(
    carrier: Addresses, simulator: Simulator
) -> None:
    said = _send(carrier, _mail("12025550142", pdf(3)))
    assert said.startswith("2.0.0 queued")
    assert "X-Priorwire-Simulated" in said
    assert _report() == {
        "reference": "FAX-REF-1",
        "status": "COMPLETED",
        "numberOfPages": 3,
        "pagesSentSuccessfully": 3,
    }
    headers, body = _Receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(_SECRET.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert headers["x-priorwire-simulated"] == "1"
    (entry,) = simulator.journal.entries("fax")
    assert (entry.reference, entry.scenario, entry.sha256) == (
        "FAX-REF-1",
        "delivered",
        hashlib.sha256(pdf(3)).hexdigest(),
    )


@pytest.mark.parametrize(
    ("number", "error", "arrived"),
    [("12025550101", "BUSY", 0), ("12025550102", "NO_ANSWER", 0), ("12025550103", "PARTIAL", 2)],
)
def test_a_failed_fax_says_why_and_how_far_it_got(carrier: Addresses, number: str, error: str, arrived: int) -> None:
    _send(carrier, _mail(number, pdf(4)))
    report = _report()
    assert (report["status"], report["errorType"], report["pagesSentSuccessfully"]) == ("FAILURE", error, arrived)


def test_a_fax_that_is_never_reported_on_can_be_reported_later(carrier: Addresses) -> None:
    _send(carrier, _mail("12025550104", pdf(1)))
    with httpx2.Client(base_url=carrier.url, trust_env=False) as client:
        (fax,) = client.get("/_control/faxes").json()["faxes"]
        assert (fax["outcome"], fax["reported"], _Receiver.got) == ("never", 0, [])
        told = client.post("/_control/faxes/FAX-REF-1/report", json={"outcome": "delivered"}).json()
        assert told == {"status": 204}
        assert client.post("/_control/faxes/NONE/report", json={"outcome": "busy"}).status_code == 404
    assert _report()["status"] == "COMPLETED"


def test_an_ordered_outcome_is_for_the_next_fax_to_that_number(carrier: Addresses, simulator: Simulator) -> None:
    order = {"number": "0142", "outcome": "busy"}
    httpx2.post(f"{carrier.url}/_control/faxes/orders", json=order, trust_env=False).raise_for_status()
    for number in ("12025550199", "12025550142", "12025550142"):
        _send(carrier, _mail(number, pdf(1)))
    assert [entry.scenario for entry in simulator.journal.entries("fax")] == ["delivered", "busy", "delivered"]


def test_a_report_that_is_not_taken_comes_again_with_the_same_id(carrier: Addresses) -> None:
    _Receiver.statuses += [503, 500]
    _send(carrier, _mail("12025550142", pdf(1)))
    until(lambda: len(_Receiver.got) == 3)
    assert len({headers["webhook-id"] for headers, _ in _Receiver.got}) == 1


def test_a_number_that_is_not_taken_is_refused_at_the_recipient(carrier: Addresses, simulator: Simulator) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        _send(carrier, _mail("12025550105", pdf(1)))
    assert simulator.journal.entries("fax") == ()


@pytest.mark.parametrize("documents", [(), (b"not a PDF",), (b"%PDF-1.4 broken",), (pdf(1), pdf(1)), (pdf(101),)])
def test_what_is_not_one_readable_document_is_refused(
    carrier: Addresses, simulator: Simulator, documents: tuple[bytes, ...]
) -> None:
    assert MAX_PAGES == 100
    with pytest.raises(aiosmtplib.SMTPDataError) as caught:
        _send(carrier, _mail("12025550142", *documents))
    assert caught.value.code == 554
    assert simulator.journal.entries("fax") == ()


def test_a_log_in_is_not_demanded_but_must_be_right(carrier: Addresses) -> None:
    assert _send(carrier, _mail("12025550142", pdf(1)), username=_KNOWN.username, password=_KNOWN.password)
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        _send(carrier, _mail("12025550142", pdf(1)), username=_KNOWN.username, password="wrong")
