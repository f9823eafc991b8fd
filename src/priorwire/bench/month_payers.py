"""The other side of a simulated month: payers, a fax carrier and a batch clearinghouse, all in one clock.

The simulated payers answer in place of the network. What a connection would have shown of a
mishap is what the gateway is told: an answer that did not come back whole is `Uncertain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from priorwire.channels.directory import Directory
from priorwire.channels.portal import Portal
from priorwire.clock import Clock
from priorwire.gateway.ways import (
    Accepted,
    Channel,
    Document,
    Failure,
    Final,
    Message,
    NotSent,
    Refused,
    RenderContext,
    SendOutcome,
    Uncertain,
)
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.identifiers import PayerId
from priorwire.payers.profile import ChannelKind, PayerProfile
from priorwire.simulator.clearinghouse import Simulator
from priorwire.simulator.faults import Seen

#: Why the other side did not take it, by what it shows.
_REFUSALS = {
    Seen.NOT_NOW: Failure.UNAVAILABLE,
    Seen.LOCKED_OUT: Failure.CREDENTIAL,
    Seen.REFUSED: Failure.CONFIGURATION,
}


@dataclass(frozen=True, kw_only=True)
class Outage:
    """Nothing can be reached over a channel from one moment to another."""

    kind: ChannelKind
    begins: datetime
    ends: datetime


@dataclass(kw_only=True)
class AtHand:
    """`Channel` for X12: calls the simulated payers in place of the network."""

    kind: ChannelKind
    simulator: Simulator
    clock: Clock
    outages: Sequence[Outage] = ()
    calls: int = 0

    def send(self, message: Message) -> SendOutcome:
        """Send once (see `Channel.send`)."""
        now = self.clock.now()
        if any(each.kind is self.kind and each.begins <= now < each.ends for each in self.outages):
            return NotSent(failure=Failure.UNAVAILABLE, detail="the endpoint could not be reached")
        self.calls += 1
        exchange = self.simulator.exchange(message.payload, self.kind.value)
        if exchange.seen is Seen.REPLY:
            return Final(payload=exchange.payload, simulated=True)
        if exchange.seen is Seen.NOTHING:
            return Uncertain(detail="the connection ended before an answer came")
        return Refused(failure=_REFUSALS[exchange.seen], detail="the other side did not take it")


@dataclass(kw_only=True)
class FaxAtHand:
    """`DocumentChannel` for a fax: the carrier takes every one, and reports later what became of it."""

    kind: ChannelKind = ChannelKind.EFAX
    #: References of what was taken and not yet reported, oldest first.
    taken: list[str] = field(default_factory=list)

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:  # noqa: ARG002 -- as the port has it
        """A page that says which request it is; what real packets look like is not measured here."""
        return Document(payload=f"%PDF-1.4 {context.reference}".encode("ascii"), content_type="application/pdf")

    def send(self, message: Message) -> SendOutcome:
        """Send once (see `Channel.send`)."""
        self.taken.append(message.reference)
        return Accepted(remote_id=f"<{message.payload_id}@carrier.example>", simulated=True)


def channels_at_hand(simulator: Simulator, clock: Clock, outages: Sequence[Outage]) -> dict[ChannelKind, Channel]:
    """A channel for every kind."""
    channels: tuple[Channel, ...] = (
        AtHand(kind=ChannelKind.CORE_SOAP, simulator=simulator, clock=clock, outages=outages),
        AtHand(kind=ChannelKind.REST_X12, simulator=simulator, clock=clock, outages=outages),
        Directory(),
        FaxAtHand(),
        Portal(),
    )
    return {each.kind: each for each in channels}


def with_folders_at(profiles: dict[PayerId, PayerProfile], root: Path) -> dict[PayerId, PayerProfile]:
    """The same payers; each folder pair under `root`."""
    return {payer_id: _moved(profile, root) for payer_id, profile in profiles.items()}


def _moved(profile: PayerProfile, root: Path) -> PayerProfile:
    routes = tuple(
        replace(route, endpoint=replace(route.endpoint, url=(root / route.id).as_uri()))
        if route.endpoint.folders
        else route
        for route in profile.routes
    )
    return replace(profile, routes=routes)


def outages_of(began: datetime) -> tuple[Outage, ...]:
    """One payer is away for an afternoon, another for a night."""
    return (
        Outage(
            kind=ChannelKind.REST_X12,
            begins=began + timedelta(days=4, hours=6),
            ends=began + timedelta(days=4, hours=10),
        ),
        Outage(
            kind=ChannelKind.CORE_SOAP,
            begins=began + timedelta(days=11, hours=12),
            ends=began + timedelta(days=12),
        ),
    )
