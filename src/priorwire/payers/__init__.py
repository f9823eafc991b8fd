"""The payers: who they are, which way leads to them, what they want and when they answer.

A payer is data: `load_profiles` reads its companion guide, and everything else here is a
pure function of that. Only `loader` touches files.
"""

from priorwire.payers.clocks import (
    EXPEDITED,
    Deadline,
    acknowledgment_due,
    decision_due,
    escalate_at,
    next_ask,
    next_ask_uncertain,
    spread_opening,
    try_again,
)
from priorwire.payers.loader import load_profile, load_profiles
from priorwire.payers.overlay import narrow
from priorwire.payers.playbook import Incomplete, NotRequired, Ready, Review, review
from priorwire.payers.profile import (
    ChannelKind,
    CoreSettings,
    Endpoint,
    Environment,
    Hours,
    Narrowing,
    PayerIdentity,
    PayerProfile,
    Playbook,
    PortalField,
    Route,
    Timing,
    Transaction,
    Weekday,
    X12Address,
)
from priorwire.payers.routing import Chosen, Health, choose_route, refuse_crossing
from priorwire.payers.windows import counts_from, is_open, opens_at

__all__ = [
    "EXPEDITED",
    "ChannelKind",
    "Chosen",
    "CoreSettings",
    "Deadline",
    "Endpoint",
    "Environment",
    "Health",
    "Hours",
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
    "Weekday",
    "X12Address",
    "acknowledgment_due",
    "choose_route",
    "counts_from",
    "decision_due",
    "escalate_at",
    "is_open",
    "load_profile",
    "load_profiles",
    "narrow",
    "next_ask",
    "next_ask_uncertain",
    "opens_at",
    "refuse_crossing",
    "review",
    "spread_opening",
    "try_again",
]
