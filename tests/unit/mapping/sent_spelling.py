"""A request in the spelling in which it is sent: what reading our own message back gives.

Text in capitals of the basic character set, codes without points, telephones as digits; numbers
and identifiers as they are. Which of them a field is, its name tells here once more, on purpose.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from priorwire.mapping import spelling
from priorwire.x12 import Delimiters

_TEXT = frozenset(
    {
        *("line1", "line2", "city", "state", "last", "first", "middle", "prefix", "suffix", "organization", "name"),
        *("note", "description", "further_description", "round_trip_purpose", "stretcher_purpose", "equipment_reason"),
        *("orders", "reasons"),
    }
)
_IDENTIFIER = frozenset(
    {
        *("payer_id", "member_id", "group_number", "number", "npi", "tax_id", "control_number", "email"),
        *("authorization_number", "referral_number"),
        *("previous_authorization_number", "previous_administrative_reference"),
    }
)
_OURS = frozenset({"client_reference"})


def as_sent(value: Any, delimiters: Delimiters, name: str = "") -> Any:
    """The same value as it is spelled between these delimiters; what is ours alone is absent."""
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: as_sent(getattr(value, each.name), delimiters, each.name) for each in fields(value)}
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(as_sent(each, delimiters, name) for each in value)
    return _spelled(value, delimiters, name) if isinstance(value, str) else value


def _spelled(text: str, delimiters: Delimiters, name: str) -> str | None:
    if name in _OURS:
        return None
    if name in _TEXT:
        return spelling.free_text(text, delimiters)
    if name in _IDENTIFIER:
        return text.strip()
    if name == "url":
        return re.sub(r"^https?://", "", text)
    return text.strip().upper().replace(".", "")
