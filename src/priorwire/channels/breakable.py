"""Crash points around every call that leaves the house. Only where they are on (`crash_points`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from priorwire import crash_points
from priorwire.gateway.ways import (
    Accepted,
    Channel,
    Document,
    DocumentChannel,
    Mailbox,
    Message,
    NotSent,
    RenderContext,
    SendOutcome,
    Uncertain,
    WaitingFile,
    WebhookTransport,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.payers.profile import ChannelKind, Endpoint, Transaction


def breakable(channels: Mapping[ChannelKind, Channel]) -> Mapping[ChannelKind, Channel]:
    """The same channels; where crash points are on, with one before and one after each call."""
    if not crash_points.is_on():
        return channels
    return MappingProxyType({kind: _breakable(channel) for kind, channel in channels.items()})


def breakable_transport(transport: WebhookTransport) -> WebhookTransport:
    """As `breakable`, of webhooks."""
    return _BreakableTransport(transport) if crash_points.is_on() else transport


def _breakable(channel: Channel) -> Channel:
    # What a channel is, the gateway asks by its protocol: the wrapper must be that and nothing more.
    if isinstance(channel, DocumentChannel):
        return _BreakableDocumentChannel(channel)
    if isinstance(channel, Mailbox):
        return _BreakableMailbox(channel)
    return _BreakableChannel(channel)


class _BreakableChannel:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.kind = channel.kind

    def send(self, message: Message) -> SendOutcome:
        crash_points.at_work(_work(message, self.kind))
        crash_points.reach("send.before")
        outcome = self._channel.send(message)
        crash_points.reach("send.after")
        return outcome


def _work(message: Message, way: ChannelKind) -> str:
    is_request = message.transaction is Transaction.AUTHORIZATION
    return f"request {way.value}" if is_request else message.transaction.value


class _BreakableDocumentChannel(_BreakableChannel):
    def __init__(self, channel: DocumentChannel) -> None:
        super().__init__(channel)
        self._papers = channel

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:
        return self._papers.render(request, context)


class _BreakableMailbox(_BreakableChannel):
    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(mailbox)
        self._mailbox = mailbox

    def waiting(self, endpoint: Endpoint) -> Sequence[WaitingFile]:
        crash_points.reach("list.before")
        found = self._mailbox.waiting(endpoint)
        crash_points.reach("list.after")
        return found

    def fetch(self, endpoint: Endpoint, name: str) -> bytes | None:
        crash_points.reach("fetch.before")
        payload = self._mailbox.fetch(endpoint, name)
        crash_points.reach("fetch.after")
        return payload

    def file_away(self, endpoint: Endpoint, name: str, sha256: str) -> bool:
        crash_points.reach("move.before")
        moved = self._mailbox.file_away(endpoint, name, sha256)
        crash_points.reach("move.after")
        return moved

    def leave(self, endpoint: Endpoint, name: str, payload: bytes) -> None:
        crash_points.reach("leave.before")
        self._mailbox.leave(endpoint, name, payload)
        crash_points.reach("leave.after")

    def whereabouts(self, endpoint: Endpoint, reference: str, payload_id: str) -> Accepted | NotSent | Uncertain:
        crash_points.reach("seek.before")
        found = self._mailbox.whereabouts(endpoint, reference, payload_id)
        crash_points.reach("seek.after")
        return found


class _BreakableTransport:
    def __init__(self, transport: WebhookTransport) -> None:
        self._transport = transport

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        crash_points.reach("post.before")
        status = self._transport.post(url, headers, body)
        crash_points.reach("post.after")
        return status
