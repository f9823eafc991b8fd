"""The ways to a payer, as the use cases need them: what is handed to one, and what may become of it.

`priorwire.channels` provides them; `ports` names the other family, the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from priorwire.gateway.rows import WorkField
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import ExchangeId
from priorwire.payers.profile import ChannelKind, Endpoint, PayerProfile, Transaction


class Failure(Enum):
    """Why a payer's side did not take a message: decides what may be done next."""

    #: Log-in refused. Nothing is sent until somebody mends the credential.
    CREDENTIAL = "credential"
    #: Our side or the guide is set up wrongly. A person.
    CONFIGURATION = "configuration"
    #: The other side says that it is down, or could not be reached. Later, by itself.
    UNAVAILABLE = "unavailable"
    #: The other side took the message and cannot use it. A person.
    CONTENT = "content"


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a channel is to send. Archived before the channel sees it."""

    exchange_id: ExchangeId
    transaction: Transaction
    endpoint: Endpoint
    payload: bytes
    #: ``application/edi-x12``, ``application/pdf`` or ``application/json``.
    content_type: str
    #: Names this message to the other side; a UUID.
    payload_id: str
    #: Opaque, without meaning: may stand in a mail header, a fax page or a URL.
    reference: str
    urgent: bool = False
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Final:
    """The other side answered while we waited."""

    payload: bytes
    content_type: str = "application/edi-x12"
    remote_id: str | None = None
    #: The answer says of itself that a simulator made it.
    simulated: bool = False


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The other side took it and will answer later."""

    remote_id: str | None = None
    evidence: Evidence = Evidence.SENT
    simulated: bool = False
    #: The answer will be found in a mailbox, without being asked for.
    comes_by_itself: bool = False


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A person must do it; here is what they need."""

    instructions: str
    fields: tuple[WorkField, ...]
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The other side answered, and did not take it. The message is known not to have been processed."""

    failure: Failure
    detail: str


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """Proved: the other side did not get it (no connection, or not one byte of the request left)."""

    failure: Failure
    detail: str


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """It may have arrived. Whatever cannot be proved is this."""

    detail: str


SendOutcome = Final | Accepted | HandedOver | Refused | NotSent | Uncertain


@dataclass(frozen=True, kw_only=True)
class RenderContext:
    """What a rendered document needs beside the request."""

    payer: PayerProfile
    endpoint: Endpoint
    reference: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Document:
    """A rendered document."""

    payload: bytes
    content_type: str


class Channel(Protocol):
    """One way to a payer. Stateless but for its connections; retrying is a policy outside it."""

    kind: ChannelKind

    def send(self, message: Message) -> SendOutcome:
        """Send once. Never raises for what the other side or the network did: that is the outcome."""
        ...


@runtime_checkable
class DocumentChannel(Channel, Protocol):
    """A channel that carries a document for people. It renders that itself; every other channel carries X12."""

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:
        """The document to send. Pure: sends nothing."""
        ...


def carries_x12(channel: Channel) -> bool:
    """Whether what `channel` sends is X12, and not a document for people."""
    return not isinstance(channel, DocumentChannel)


@dataclass(frozen=True, kw_only=True, repr=False)
class WaitingFile:
    """A file that lies in a mailbox under its own name."""

    name: str
    size: int
    #: Its time, as text to compare.
    modified: str
    #: Its name says that a simulator made it.
    simulated: bool = False


@runtime_checkable
class Mailbox(Channel, Protocol):
    """A channel whose answers are left somewhere, to be fetched. Holds no memory of what it has seen."""

    def waiting(self, endpoint: Endpoint) -> Sequence[WaitingFile]:
        """What lies there, by name; files that are still being written are left out. Raises OSError."""
        ...

    def fetch(self, endpoint: Endpoint, name: str) -> bytes | None:
        """The whole file; `None` where it went away. Raises OSError."""
        ...

    def file_away(self, endpoint: Endpoint, name: str, sha256: str) -> bool:
        """Move it out of the mailbox; whether it is out and is what was archived.

        One that holds other bytes by now is left where it was. Raises OSError.
        """
        ...

    def leave(self, endpoint: Endpoint, name: str, payload: bytes) -> None:
        """Put a file there for the other side, once: one that is or was there under that name is not written again.

        Raises OSError.
        """
        ...

    def whereabouts(self, endpoint: Endpoint, reference: str, payload_id: str) -> Accepted | NotSent | Uncertain:
        """What became of a message whose sender died; from then on that sender cannot send it any more."""
        ...


class WebhookTransport(Protocol):
    """Posts to a subscriber."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The HTTP status; 0 where no answer came."""
        ...
