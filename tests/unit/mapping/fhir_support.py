"""What a value is without the places that a loss report names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from priorwire.api.fhir.documents import FhirResponse
from priorwire.mapping.fhir.loss import Loss
from priorwire.model.services import CodeSystem

T = TypeVar("T")

#: What a required field is where it could not be carried.
_INSTEAD = {"system": CodeSystem.OTHER}


def without(value: T, losses: Iterable[Loss], came_back: T | None = None) -> T:
    """The value as it must come back: what is lost is absent, what moved is as it came back."""
    # The last of a list first: what is taken out of it must not move the others.
    for loss in sorted(losses, key=lambda each: each.path, reverse=True):
        path = re.findall(r"[a-z_]+|\d+", loss.path)
        if loss.code != "moved":
            value = _cleared(value, path)
        elif came_back is not None:
            value = _copied(value, came_back, path)
    return value


def _cleared(value: Any, path: list[str]) -> Any:
    if value is None or not path:
        return None
    if isinstance(value, tuple):
        at = int(path[0])
        if len(path) == 1:
            return (*value[:at], *value[at + 1 :])
        return (*value[:at], _cleared(value[at], path[1:]), *value[at + 1 :])
    field = next(each for each in fields(value) if each.name == path[0])
    inner = _cleared(getattr(value, path[0]), path[1:]) if len(path) > 1 else _nothing(field)
    return replace(value, **{path[0]: inner})


def _copied(value: Any, other: Any, path: list[str]) -> Any:
    if not path:
        return other
    if isinstance(value, tuple):
        at = int(path[0])
        return (*value[:at], _copied(value[at], other[at], path[1:]), *value[at + 1 :])
    return replace(value, **{path[0]: _copied(getattr(value, path[0]), getattr(other, path[0]), path[1:])})


def _nothing(field: Field[Any]) -> Any:
    return _INSTEAD.get(field.name) if field.default is MISSING else field.default


def exact_json(document: Any) -> Any:
    """A document as it travels: through JSON text and back, numbers as decimals."""
    return json.loads(bytes(FhirResponse(document).body), parse_float=Decimal)
