"""Any value of the model as plain JSON, by its own field names.

The shapes are those of `priorwire.gateway.presentation`: decimals as strings, dates in ISO 8601,
enumerations by value, absence as null or an empty list.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from priorwire.model.services import DateSpan

#: Fields that hold pairs, and the names of the two.
_PAIRS = {"numbers": ("kind", "number"), "number_notes": ("kind", "note")}


def plain(value: Any) -> Any:
    """`value` as JSON has it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _field(each.name, getattr(value, each.name)) for each in fields(value)}
    return value


def _field(name: str, value: Any) -> Any:
    if name == "dates" and isinstance(value, tuple):
        return [dated(each_name, span) for each_name, span in value]
    if name in _PAIRS:
        names = _PAIRS[name]
        return [dict(zip(names, each, strict=True)) for each in value]
    return plain(value)


def dated(name: str, span: DateSpan) -> dict[str, object]:
    """A date with its name."""
    return {"name": name, "start": plain(span.start), "end": plain(span.end)}
