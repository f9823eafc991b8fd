"""Ways to a payer: one module a transport, all behind `priorwire.gateway.ports.Channel`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from priorwire.channels.core_soap import CoreSoap
from priorwire.channels.directory import Directory
from priorwire.channels.efax import EFax, SmtpSettings
from priorwire.channels.fax_status import read_status
from priorwire.channels.http import Credentials, HttpClients
from priorwire.channels.portal import Portal
from priorwire.channels.rest_x12 import RestX12
from priorwire.channels.webhook_out import WebhookPoster
from priorwire.gateway.ways import Channel
from priorwire.payers.profile import ChannelKind

__all__ = [
    "CoreSoap",
    "Credentials",
    "Directory",
    "EFax",
    "HttpClients",
    "Portal",
    "RestX12",
    "SmtpSettings",
    "WebhookPoster",
    "make_channels",
    "read_status",
]


def make_channels(credentials: Credentials, smtp: SmtpSettings, clients: HttpClients) -> Mapping[ChannelKind, Channel]:
    """Every channel there is. The caller closes `clients` when it is done."""
    channels: tuple[Channel, ...] = (
        CoreSoap(clients, credentials),
        RestX12(clients, credentials),
        Directory(),
        EFax(credentials, smtp),
        Portal(),
    )
    return MappingProxyType({channel.kind: channel for channel in channels})
