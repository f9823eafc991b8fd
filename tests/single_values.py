"""The single values of a request, each of which can be changed in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

Place = tuple[str | int, ...]


def leaves(value: object, at: Place = ()) -> Iterator[tuple[Place, object]]:
    """Every single value of a request and where it stands; what is absent is not one."""
    if is_dataclass(value):
        for each in fields(value):
            yield from leaves(getattr(value, each.name), (*at, each.name))
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from leaves(each, (*at, number))
    elif value is not None:
        yield at, value


def put(value: Any, at: Place, new: object) -> Any:
    """A copy of `value` with `new` at a place."""
    step, *further = at or (None,)
    if step is None:
        return new
    if isinstance(step, int):
        return (*value[:step], put(value[step], tuple(further), new), *value[step + 1 :])
    return replace(value, **{step: put(getattr(value, step), tuple(further), new)})


def another(value: object) -> object:
    """Another value of the same kind, that no request has."""
    match value:
        case bool():
            return not value
        case Enum():
            kinds = list(type(value))
            return kinds[(kinds.index(value) + 1) % len(kinds)]
        case str():
            return "QX7Z9"
        case date():
            return date(1909, 9, 9)
        case Decimal():
            return Decimal(77777)
        case _:
            return 77777
