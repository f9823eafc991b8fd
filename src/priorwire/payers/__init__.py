"""The payers: who they are, which way leads to them, what they want and when they answer.

A payer is data: `load_profiles` reads its companion guide, and everything else here is a
pure function of that. Only `loader` touches files.
"""

from priorwire.payers.clocks import Deadline, decision_due, escalate_at, next_ask, next_ask_uncertain, try_again
from priorwire.payers.loader import load_profile, load_profiles
from priorwire.payers.overlay import narrow
from priorwire.payers.playbook import Incomplete, NotRequired, Ready, Review, review
from priorwire.payers.profile import (
    ChannelKind,
    CoreSettings,
    Endpoint,
    Environment,
    Narrowing,
    PayerIdentity,
    PayerProfile,
    Playbook,
    PortalField,
    Route,
    Timing,
    Transaction,
    X12Address,
)
from priorwire.payers.routing import Chosen, Health, choose_route, refuse_crossing

__all__ = [
    "ChannelKind",
    "Chosen",
    "CoreSettings",
    "Deadline",
    "Endpoint",
    "Environment",
    "Health",
    "Incomplete",
    "Narrowing",
    "NotRequired",
    "PayerIdentity",
    "PayerProfile",
    "Playbook",
    "PortalField",
    "Ready",
    "Review",
    "Route",
    "Timing",
    "Transaction",
    "X12Address",
    "choose_route",
    "decision_due",
    "escalate_at",
    "load_profile",
    "load_profiles",
    "narrow",
    "next_ask",
    "next_ask_uncertain",
    "refuse_crossing",
    "review",
    "try_again",
]
