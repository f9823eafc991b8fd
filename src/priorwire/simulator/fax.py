"""A fax carrier that is reached by mail: takes a PDF, and later reports by a signed call what became of it.

As at real carriers, the SMTP answer 250 means *queued* and never *delivered*. The report
follows Standard Webhooks 1.0: HMAC-SHA256 over ``id.timestamp.body`` with the secret that
follows ``whsec_`` in base64, sent as ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature``. Its body has the members that public carriers use: ``reference``,
``status`` (``COMPLETED`` or ``FAILURE``), ``numberOfPages``, ``pagesSentSuccessfully`` and, of a
failure, ``errorType``.

What becomes of a fax is decided by the end of its number (`OUTCOMES`), unless an outcome was
ordered for it.
"""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import io
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from enum import Enum
from typing import TYPE_CHECKING

import httpx2
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from .journal import Entry
from .wire import SIMULATED_HEADER

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

    from .clearinghouse import Simulator

#: Largest mail, as public carriers publish it (20 MB), in bytes.
MAX_MAIL_BYTES = 20_000_000
#: Most pages of one fax.
MAX_PAGES = 100
#: Real seconds before each further attempt to report: the receiver may just be starting.
RETRY_AFTER = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class FaxOutcome(Enum):
    """What becomes of a fax."""

    DELIVERED = "delivered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    PARTIAL = "partial"
    #: The carrier never says.
    NEVER = "never"
    #: The carrier does not take it: 550 at RCPT.
    REFUSED = "refused"


#: By the last four digits of the number; every other number is delivered.
OUTCOMES: Mapping[str, FaxOutcome] = {
    "0101": FaxOutcome.BUSY,
    "0102": FaxOutcome.NO_ANSWER,
    "0103": FaxOutcome.PARTIAL,
    "0104": FaxOutcome.NEVER,
    "0105": FaxOutcome.REFUSED,
}


@dataclass(frozen=True, kw_only=True)
class TakenFax:
    """One fax that the carrier took."""

    #: X-Priorwire-Reference.
    reference: str
    pages: int
    outcome: FaxOutcome
    #: HTTP status of the last report; 0 for none.
    reported: int = 0


@dataclass(kw_only=True)
class _Orders:
    waiting: list[tuple[str, FaxOutcome]] = field(default_factory=list)

    def outcome(self, number: str, *, use_up: bool) -> FaxOutcome:
        for at, (ending, outcome) in enumerate(self.waiting):
            if number.endswith(ending):
                if use_up:
                    del self.waiting[at]
                return outcome
        return next((outcome for ending, outcome in OUTCOMES.items() if number.endswith(ending)), FaxOutcome.DELIVERED)


class FaxCarrier:
    """The carrier. Thread-safe; `start` and what it serves run on an event loop."""

    def __init__(self, simulator: Simulator, *, callback_url: str | None, secret: str | None) -> None:
        self._simulator = simulator
        self._callback_url = callback_url
        self._secret = base64.b64decode(secret.removeprefix("whsec_")) if secret else b""
        self._lock = threading.Lock()
        self._orders = _Orders()
        self._faxes: dict[int, TakenFax] = {}
        self._reports: set[asyncio.Task[int]] = set()

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listen for mail (port 0: any that is free)."""
        loop = asyncio.get_running_loop()
        handler = _Handler(self)
        return await loop.create_server(
            lambda: SMTP(
                handler,
                loop=loop,
                data_size_limit=MAX_MAIL_BYTES,
                hostname="fax.simulator.invalid",
                authenticator=self._log_in,  # not demanded; but who logs in must do it right
                auth_require_tls=False,  # loopback
            ),
            host,
            port,
        )

    def _log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        known = self._simulator.credentials
        given = data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace")
        # `handled=False` lets the server say 535; without it the client waits for ever.
        return AuthResult(success=given == (known.username, known.password), handled=False)

    def faxes(self) -> tuple[TakenFax, ...]:
        """What was taken, oldest first."""
        with self._lock:
            return tuple(self._faxes.values())

    def order(self, number: str, outcome: FaxOutcome) -> None:
        """Let the next fax to a number that ends so meet an outcome."""
        with self._lock:
            self._orders.waiting.append((number, outcome))

    def refuses(self, number: str) -> bool:
        """Whether a number is not taken."""
        with self._lock:
            if self._orders.outcome(number, use_up=False) is not FaxOutcome.REFUSED:
                return False
            self._orders.outcome(number, use_up=True)
            return True

    def take(self, number: str, content: bytes) -> str:
        """Take a mail; gives the SMTP reply, having journalled the fax before."""
        reference, documents = _parts(content)
        if len(documents) != 1:
            return "554 5.6.0 exactly one PDF attachment is needed"
        pages = _pages(documents[0])
        if not 0 < pages <= MAX_PAGES:
            return "554 5.6.1 the attachment is not a readable PDF of 1 to 100 pages"
        with self._lock:
            outcome = self._orders.outcome(number, use_up=True)
        self._simulator.journal.write(
            Entry(
                at=self._simulator.clock.now().isoformat(),
                kind="fax",
                via="smtp",
                reference=reference,
                sha256=hashlib.sha256(documents[0]).hexdigest(),
                scenario=outcome.value,
                answered=f"250, {pages} pages",
                duplicate=any(each.reference == reference for each in self.faxes()),
            )
        )
        with self._lock:
            self._faxes[len(self._faxes)] = TakenFax(reference=reference, pages=pages, outcome=outcome)
        return f"250 2.0.0 queued ({SIMULATED_HEADER})"

    def report_soon(self) -> None:
        """Report the newest fax, from the event loop, once this mail is answered."""
        fax = self.faxes()[-1]
        if fax.outcome is FaxOutcome.NEVER or self._callback_url is None:
            return
        task = asyncio.create_task(self._keep_reporting(fax))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _keep_reporting(self, fax: TakenFax) -> int:
        status = await asyncio.to_thread(self.report, fax, fax.outcome)
        for pause in RETRY_AFTER:
            if 200 <= status < 300:  # noqa: PLR2004 - any 2xx is a success by Standard Webhooks
                break
            await asyncio.sleep(pause)
            status = await asyncio.to_thread(self.report, fax, fax.outcome)
        return status

    def report(self, fax: TakenFax, outcome: FaxOutcome) -> int:
        """Call back with an outcome once; gives the HTTP status, 0 where nobody answered or none is to be called."""
        if self._callback_url is None:
            return 0
        body, headers = self.signed(fax, outcome)
        try:
            status = httpx2.post(
                self._callback_url, content=body, headers=headers, timeout=10, trust_env=False
            ).status_code
        except httpx2.TransportError:
            status = 0
        with self._lock:
            for at, each in self._faxes.items():
                if each.reference == fax.reference:
                    self._faxes[at] = replace(each, reported=status)
        return status

    def signed(self, fax: TakenFax, outcome: FaxOutcome) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a report."""
        delivered = outcome is FaxOutcome.DELIVERED
        report: dict[str, object] = {
            "reference": fax.reference,
            "status": "COMPLETED" if delivered else "FAILURE",
            "numberOfPages": fax.pages,
            "pagesSentSuccessfully": _sent(fax, outcome),
        }
        if not delivered:
            report["errorType"] = outcome.value.upper()
        body = json.dumps(report, separators=(",", ":")).encode()
        # The same report has the same id, so that a receiver can tell a repetition.
        message = "msg_" + hashlib.sha256(body).hexdigest()[:24]
        at = str(int(self._simulator.clock.now().timestamp()))
        signature = hmac.new(self._secret, b".".join((message.encode(), at.encode(), body)), "sha256").digest()
        return body, {
            "Content-Type": "application/json",
            "webhook-id": message,
            "webhook-timestamp": at,
            "webhook-signature": "v1," + base64.b64encode(signature).decode(),
            SIMULATED_HEADER: "1",
        }


def _sent(fax: TakenFax, outcome: FaxOutcome) -> int:
    """Pages that arrived."""
    if outcome is FaxOutcome.DELIVERED:
        return fax.pages
    return fax.pages // 2 if outcome is FaxOutcome.PARTIAL else 0


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, carrier: FaxCarrier) -> None:
        self._carrier = carrier

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 one number a mail"
        if self._carrier.refuses(address.partition("@")[0]):
            return "550 5.1.1 this number is not taken"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        content = envelope.original_content or b""
        number = envelope.rcpt_tos[0].partition("@")[0]
        answer = await asyncio.to_thread(self._carrier.take, number, content)
        if answer.startswith("250"):
            self._carrier.report_soon()
        return answer


def _parts(content: bytes) -> tuple[str, list[bytes]]:
    """X-Priorwire-Reference and every PDF of a mail."""
    message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    documents = [
        bytes(part.get_payload(decode=True) or b"")
        for part in message.walk()
        if part.get_content_type() == "application/pdf"
    ]
    return str(message.get("X-Priorwire-Reference", "")).strip(), documents


def _pages(document: bytes) -> int:
    """The number of pages; 0 for what is no PDF, or one that only a password opens."""
    if not document.startswith(b"%PDF"):
        return 0
    try:
        reader = PdfReader(io.BytesIO(document))
        return 0 if reader.is_encrypted else len(reader.pages)
    except (PyPdfError, ValueError, KeyError, RecursionError):
        return 0
