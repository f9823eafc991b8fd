"""X12 inside JSON over HTTPS: ``{"x12": "ISA*…"}`` out, and back.

The form that clearinghouses publish for raw X12 (Optum's prior authorization and
eligibility, Stedi's eligibility). Answers are found by a member called ``x12``, on the
top level or one level down (``{"submission": {"x12": …}}``).

The log-in is an API key. An endpoint says where it goes by extra headers with the words
``{secret}`` and ``{username}``, e.g. ``Authorization: Bearer {secret}``; an endpoint that
does not say gets ``X-API-Key: {secret}``.
"""

from __future__ import annotations

import json
import logging
from typing import Final

from priorwire.channels.http import Credentials, HttpClients, Reply, outcome_of_status
from priorwire.gateway.ways import (
    Accepted,
    Failure,
    Message,
    NotSent,
    SendOutcome,
    Uncertain,
)
from priorwire.gateway.ways import Final as FinalOutcome
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind

_LOG = logging.getLogger(__name__)
_KEY_HEADER: Final = "X-API-Key"
_INTERCHANGE: Final = "ISA"
#: What clearinghouses call their own number of a submission.
_REMOTE_IDS: Final = ("authorizationId", "id", "controlNumber")
#: Longer is not an identifier.
_MAX_REMOTE_ID: Final = 100


class RestX12:
    """Sends one interchange and waits for the answer."""

    kind: ChannelKind = ChannelKind.REST_X12

    def __init__(self, clients: HttpClients, credentials: Credentials) -> None:
        self._clients = clients
        self._credentials = credentials

    def send(self, message: Message) -> SendOutcome:
        """Send once (see `Channel.send`) to ``{url}/{transaction}``. The endpoint needs a credential."""
        endpoint = message.endpoint
        if endpoint.credential is None or endpoint.credential not in self._credentials:
            return NotSent(failure=Failure.CREDENTIAL, detail="the settings hold no credential for this endpoint")
        try:
            body = json.dumps({"x12": message.payload.decode("utf-8")}, ensure_ascii=True).encode("ascii")
        except UnicodeDecodeError:
            return NotSent(failure=Failure.CONFIGURATION, detail="the payload is not UTF-8, which JSON needs")
        headers = self._headers(endpoint.extra_headers, self._credentials[endpoint.credential])
        url = f"{endpoint.url.rstrip('/')}/{message.transaction.value}"
        reply = self._clients.post(endpoint, url, headers=headers, body=body)
        outcome = reply if not isinstance(reply, Reply) else _outcome(reply, message.payload)
        _LOG.info(
            "sent X12 over REST: %s",
            type(outcome).__name__,
            extra={"action": "rest_x12_sent", "endpoint": endpoint.id, "exchange": message.exchange_id},
        )
        return outcome

    def _headers(self, extra: tuple[tuple[str, str], ...], credential: tuple[str, str]) -> dict[str, str]:
        username, secret = credential
        if not any("{secret}" in value for _, value in extra):
            extra = (*extra, (_KEY_HEADER, "{secret}"))
        filled = {name: value.replace("{username}", username).replace("{secret}", secret) for name, value in extra}
        return {**filled, "Content-Type": "application/json", "Accept": "application/json"}


def _outcome(reply: Reply, sent: bytes) -> SendOutcome:
    """An answer in the body counts whatever the status: rejections inside X12 also come with 4xx."""
    said = _members(reply.body)
    payload = _x12(said).encode("utf-8", "surrogatepass")  # as it came: it is archived before anybody tidies it
    if payload.strip() not in (b"", sent.strip()):
        return FinalOutcome(payload=payload, remote_id=_remote_id(said), simulated=reply.simulated)
    if reply.status == 202:  # noqa: PLR2004  (Accepted)
        return Accepted(remote_id=_remote_id(said), evidence=Evidence.CARRIER_ACCEPTED, simulated=reply.simulated)
    if reply.status < 300:  # noqa: PLR2004  (success class of HTTP)
        return Uncertain(detail=f"HTTP {reply.status}, but no X12 in the reply")
    return outcome_of_status(reply.status)


def _members(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):  # the message would quote the reply
        return {}
    return said if isinstance(said, dict) else {}


def _x12(said: dict[str, object]) -> str:
    for holder in (said, *said.values()):
        text = holder.get("x12") if isinstance(holder, dict) else None
        if isinstance(text, str) and text.lstrip().startswith(_INTERCHANGE):
            return text
    return ""


def _remote_id(said: dict[str, object]) -> str | None:
    values = (said.get(name) for name in _REMOTE_IDS)
    return next((value for value in values if isinstance(value, str) and 0 < len(value) <= _MAX_REMOTE_ID), None)
