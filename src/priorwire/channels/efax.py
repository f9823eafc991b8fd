"""A fax through a carrier that takes mail: one mail, one PDF, addressed to ``{number}@{carrier's domain}``.

The endpoint's address is ``smtp://host:port?domain=fax.example`` (STARTTLS demanded) or
``smtps://…`` (TLS from the first byte). Without TLS nothing is sent, but to loopback.

A carrier's 250 means that the mail is queued there. It never means that a fax machine
rang, so the outcome is `Accepted` with the evidence `SENT`; what became of the fax comes
later, as a signed status (`fax_status`).
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from enum import Enum
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, urlsplit

import aiosmtplib

from priorwire.channels import fax_packet
from priorwire.channels.http import SIMULATED_HEADER, Credentials, is_loopback
from priorwire.gateway.ways import (
    Accepted,
    Document,
    Failure,
    Message,
    NotSent,
    Refused,
    RenderContext,
    SendOutcome,
    Uncertain,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind, Endpoint

_LOG = logging.getLogger(__name__)
CONTENT_TYPE: Final = "application/pdf"
REFERENCE_HEADER: Final = "X-Priorwire-Reference"
_NUMBER: Final = re.compile(r"\+?([1-9][0-9]{6,14})", re.ASCII)
_DOMAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_MAILBOX: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@(" + _DOMAIN.pattern + ")", re.ASCII)
_OPAQUE: Final = re.compile(r"[A-Za-z0-9._-]{1,50}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """Who we are to every fax carrier."""

    #: The address that the carriers know; mail from any other is dropped there without a word.
    sender: str = "fax@priorwire.invalid"
    #: Replaces the machine's default trust.
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, kw_only=True)
class _Target:
    """An endpoint's address, read."""

    host: str
    port: int
    #: TLS from the first byte.
    implicit_tls: bool
    recipient: str
    credential: tuple[str, str] | None
    connect_seconds: float
    read_seconds: float


class EFax:
    """Renders the fax and mails it to the carrier."""

    kind: ChannelKind = ChannelKind.EFAX

    def __init__(self, credentials: Credentials, settings: SmtpSettings) -> None:
        self._credentials = credentials
        self._settings = settings

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:
        """Cover sheet and form as PDF; the same input gives the same bytes. Raises InvalidRequest if too long."""
        return Document(payload=fax_packet.packet(request, context), content_type=CONTENT_TYPE)

    def send(self, message: Message) -> SendOutcome:
        """Send once (see `Channel.send`). The endpoint needs a fax number; its credential is optional."""
        target = self._target(message.endpoint)
        if isinstance(target, NotSent):
            return target
        mail = _mail(message, target.recipient, self._settings.sender)
        if isinstance(mail, NotSent):
            return mail
        # the mail library is asynchronous: its loop lives and dies inside this call
        outcome = asyncio.run(_deliver(target, self._settings, mail))
        _LOG.info(
            "mailed a fax: %s",
            type(outcome).__name__,
            extra={"action": "efax_sent", "endpoint": message.endpoint.id, "exchange": message.exchange_id},
        )
        return outcome

    def _target(self, endpoint: Endpoint) -> _Target | NotSent:
        number = _NUMBER.fullmatch(endpoint.fax_number or "")
        if number is None:
            return _not_set_up("the endpoint's fax number is not one in E.164 form")
        try:
            parts = urlsplit(endpoint.url)
            domain = parse_qs(parts.query).get("domain", [""])[0]
            port = parts.port
        except ValueError:
            return _not_set_up("the endpoint's address cannot be read")
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not _DOMAIN.fullmatch(domain):
            return _not_set_up("the endpoint's address is not 'smtp://host:port?domain=…'")
        if endpoint.credential is not None and endpoint.credential not in self._credentials:
            return NotSent(failure=Failure.CREDENTIAL, detail="the settings hold no credential for this endpoint")
        implicit = parts.scheme == "smtps"
        return _Target(
            host=parts.hostname,
            port=port or (465 if implicit else 587),
            implicit_tls=implicit,
            recipient=f"{number[1]}@{domain}",
            credential=self._credentials[endpoint.credential] if endpoint.credential is not None else None,
            connect_seconds=endpoint.connect_timeout.total_seconds(),
            read_seconds=endpoint.read_timeout.total_seconds(),
        )


def _not_set_up(detail: str) -> NotSent:
    return NotSent(failure=Failure.CONFIGURATION, detail=detail)


def _mail(message: Message, recipient: str, sender: str) -> EmailMessage | NotSent:
    """One mail with one attachment. Subject, names and headers carry the opaque reference and nothing else."""
    mailbox = _MAILBOX.fullmatch(sender)
    if mailbox is None:
        return _not_set_up("the sender's address in the settings is not a mail address")
    if not (_OPAQUE.fullmatch(message.reference) and _OPAQUE.fullmatch(message.payload_id)):
        return _not_set_up("the message's reference or id cannot stand in a mail header")
    domain = mailbox[1]
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    # the reference inside the address survives where a carrier's status mail keeps nothing else
    mail["Reply-To"] = f"{sender.partition('@')[0]}+{message.reference}@{domain}"
    mail["Subject"] = f"{fax_packet.SUBJECT} {message.reference}"
    mail["Message-ID"] = f"<{message.payload_id}@{domain}>"
    mail["Date"] = format_datetime(message.at)
    mail[REFERENCE_HEADER] = message.reference
    mail.add_attachment(message.payload, maintype="application", subtype="pdf", filename=f"{message.reference}.pdf")
    return mail


class _Stage(Enum):
    """How far a delivery got. Only from `DATA` on may the carrier have the fax."""

    CONNECTION = "the connection"
    LOGIN = "the log-in"
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    DATA = "the mail itself"


class _Delivery:
    """One conversation with the carrier."""

    def __init__(self, target: _Target, client: aiosmtplib.SMTP) -> None:
        self._target = target
        self._client = client
        self.stage = _Stage.CONNECTION

    async def run(self, mail: EmailMessage) -> str:
        """Deliver; the carrier's last words. Raises what aiosmtplib raises."""
        quick = self._target.connect_seconds
        await self._client.connect(timeout=quick)
        if self._target.credential is not None:
            self.stage = _Stage.LOGIN
            await self._client.login(*self._target.credential, timeout=quick)
        self.stage = _Stage.SENDER
        await self._client.mail(str(mail["From"]), timeout=quick)
        self.stage = _Stage.RECIPIENT
        await self._client.rcpt(self._target.recipient, timeout=quick)
        self.stage = _Stage.DATA
        response = await self._client.data(mail.as_bytes(), timeout=self._target.read_seconds)
        return response.message


async def _deliver(target: _Target, settings: SmtpSettings, mail: EmailMessage) -> SendOutcome:
    client = aiosmtplib.SMTP(
        hostname=target.host,
        port=target.port,
        use_tls=target.implicit_tls,
        start_tls=None if target.implicit_tls or is_loopback(target.host) else True,
        tls_context=settings.tls,
        # or else the library asks the name service for this machine's name, and tells it
        local_hostname=settings.sender.rpartition("@")[2],
    )
    delivery = _Delivery(target, client)
    try:
        async with asyncio.timeout(2 * target.connect_seconds + target.read_seconds):
            said = await delivery.run(mail)
    except aiosmtplib.SMTPResponseException as refusal:
        return _of_code(delivery.stage, refusal.code)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return _of_break(delivery.stage, error)
    finally:
        await _part(client)
    return Accepted(
        remote_id=str(mail["Message-ID"]).strip("<>"),
        evidence=Evidence.SENT,
        simulated=SIMULATED_HEADER.lower() in said.lower(),
    )


async def _part(client: aiosmtplib.SMTP) -> None:
    """Say goodbye where that still works. Whatever fails here, the outcome stands already."""
    transport = client.transport
    with suppress(aiosmtplib.SMTPException, OSError):
        if client.is_connected:
            await client.quit(timeout=1)
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        # Closing TLS waits for the other side's goodbye, and this loop ends with this call: the socket would stay open.
        transport.abort()
        await asyncio.sleep(0)


#: What a lasting refusal (5yz) is about, by the stage at which it came.
_ABOUT: Final[Mapping[_Stage, Failure]] = MappingProxyType(
    {
        _Stage.CONNECTION: Failure.CONFIGURATION,
        _Stage.LOGIN: Failure.CREDENTIAL,
        _Stage.SENDER: Failure.CONFIGURATION,
        _Stage.RECIPIENT: Failure.CONFIGURATION,
        _Stage.DATA: Failure.CONTENT,
    }
)
#: Codes that name their cause wherever they come (RFC 4954 section 6, RFC 5321 section 4.2.3).
_BY_CODE: Final[Mapping[int, Failure]] = MappingProxyType(
    {530: Failure.CREDENTIAL, 534: Failure.CREDENTIAL, 535: Failure.CREDENTIAL, 552: Failure.CONTENT}
)


def _of_code(stage: _Stage, code: int) -> NotSent | Refused | Uncertain:
    """An SMTP reply that is no success. Its text is not repeated: it may quote the mail."""
    detail = f"SMTP {code} about {stage.value}"
    if 500 <= code <= 599:  # noqa: PLR2004  (RFC 5321 section 4.2.1)
        return Refused(failure=_BY_CODE.get(code, _ABOUT[stage]), detail=detail)
    if 400 <= code <= 499:  # noqa: PLR2004  (the same: "the requested action did not occur")
        return NotSent(failure=Failure.UNAVAILABLE, detail=detail)
    return _unknown(stage, Failure.UNAVAILABLE, detail)


def _of_break(stage: _Stage, error: Exception) -> NotSent | Uncertain:
    """A conversation that broke off: lost connection, time-out, TLS not agreed, a missing extension."""
    failure = Failure.UNAVAILABLE
    if stage is _Stage.LOGIN and type(error) is aiosmtplib.SMTPException:
        failure = Failure.CREDENTIAL  # the carrier offers no log-in that we know
    elif type(error) in (aiosmtplib.SMTPException, ValueError):
        failure = Failure.CONFIGURATION  # no STARTTLS on offer, or an address that SMTP forbids
    return _unknown(stage, failure, f"the exchange ended at {stage.value} ({type(error).__name__})")


def _unknown(stage: _Stage, failure: Failure, detail: str) -> NotSent | Uncertain:
    return Uncertain(detail=detail) if stage is _Stage.DATA else NotSent(failure=failure, detail=detail)
