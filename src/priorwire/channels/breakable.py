"""Crash points around every call that leaves the house. Only where they are on (`crash_points`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from priorwire import crash_points
from priorwire.gateway.ways import (
    Channel,
    Document,
    DocumentChannel,
    Message,
    RenderContext,
    SendOutcome,
    WebhookTransport,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.payers.profile import ChannelKind


def breakable(channels: Mapping[ChannelKind, Channel]) -> Mapping[ChannelKind, Channel]:
    """The same channels; where crash points are on, with one before and one after each send."""
    if not crash_points.is_on():
        return channels
    return MappingProxyType({kind: _breakable(channel) for kind, channel in channels.items()})


def breakable_transport(transport: WebhookTransport) -> WebhookTransport:
    """As `breakable`, of webhooks."""
    return _BreakableTransport(transport) if crash_points.is_on() else transport


def _breakable(channel: Channel) -> Channel:
    if isinstance(channel, DocumentChannel):
        return _BreakableDocumentChannel(channel)
    return _BreakableChannel(channel)


class _BreakableChannel:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.kind = channel.kind

    def send(self, message: Message) -> SendOutcome:
        crash_points.reach("send.before")
        outcome = self._channel.send(message)
        crash_points.reach("send.after")
        return outcome


class _BreakableDocumentChannel(_BreakableChannel):
    def __init__(self, channel: DocumentChannel) -> None:
        super().__init__(channel)
        self._papers = channel

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:
        return self._papers.render(request, context)


class _BreakableTransport:
    def __init__(self, transport: WebhookTransport) -> None:
        self._transport = transport

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        crash_points.reach("post.before")
        status = self._transport.post(url, headers, body)
        crash_points.reach("post.after")
        return status
