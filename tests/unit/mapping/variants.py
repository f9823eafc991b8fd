"""Every way to change one leaf of a value, with the leaf's path: to prove that a field is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any


def variants(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each leaf's path, and the whole value with only that leaf changed. Absent leaves give nothing."""
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            below = f"{path}.{each.name}" if path else each.name
            for leaf, changed in variants(getattr(value, each.name), below):
                yield leaf, replace(value, **{each.name: changed})
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            for leaf, changed in variants(item, f"{path}[{index}]"):
                yield leaf, (*value[:index], changed, *value[index + 1 :])
    elif value is not None:
        yield path, _other(value)


def _other(value: object) -> object:
    match value:
        case Enum():
            members = list(type(value))
            return members[(members.index(value) + 1) % len(members)]
        case str():
            return value[:-1] + ("8" if value[-1] != "8" else "9")
        case bytes():
            return value + b" "
        case bool():
            return not value
        case Decimal() | int():
            return value + 1
        case date():
            return value + timedelta(days=1)
        case _:
            raise TypeError(f"no other value is known for a {type(value).__name__}")


def field_names(value: Any) -> Iterator[tuple[str, str]]:
    """The class and field of every field that has something in it, here or below."""
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            inner = getattr(value, each.name)
            if inner is not None and inner != ():
                yield type(value).__name__, each.name
            yield from field_names(inner)
    elif isinstance(value, tuple):
        for item in value:
            yield from field_names(item)
