"""What one side cannot carry: a list of places, in our words, without values.

Two kinds of loss, and both are told. Writing FHIR, a field of the model has no element: the
path is one of the model (``services[0].dental``). Reading FHIR, an element has no field, or
none that this mapping uses: the path is FHIR's (``Bundle.entry[0].resource.item[0].detail[0]``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One place that did not come over, or not as exactly as it was said."""

    #: Into the model when FHIR was written, into the document when it was read.
    path: str
    #: ``no_place``: the other side has none; ``moved``: it stands elsewhere, and may be read differently;
    #: ``narrowed``: it came over less exactly; ``not_read``: not used here.
    code: str
    #: Why, in our words. Never holds a value.
    says: str


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a mapping says of itself: which fields it never carries, and which only sometimes."""

    #: Paths (``services[].dental``) without an element, and why. Whatever stands there is lost.
    always: Mapping[str, str]
    #: Paths that are lost in some cases; the writer says when.
    sometimes: Mapping[str, str]

    def losses_of(self, value: object) -> list[Loss]:
        """Those of `always` that have something in them."""
        return [
            Loss(path=path, code="no_place", says=says)
            for pattern, says in self.always.items()
            for path in filled(value, pattern)
        ]

    def sometimes_lost(self, path: str, code: str = "no_place") -> Loss:
        """A loss that the writer met. Raises KeyError for one that is not declared."""
        return Loss(path=path, code=code, says=self.sometimes[pattern_of(path)])


def pattern_of(path: str) -> str:
    """``services[0].note`` as ``services[].note``."""
    return re.sub(r"\[\d+\]", "[]", path)


def filled(value: object, pattern: str) -> Iterator[str]:
    """The places that a pattern names and where something stands that is not the field's default."""
    yield from _found(value, pattern.split("."), "")


def _found(value: Any, parts: list[str], path: str) -> Iterator[str]:
    if value is None:
        return
    name, is_list = parts[0].removesuffix("[]"), parts[0].endswith("[]")
    inner, at = getattr(value, name), f"{path}.{name}" if path else name
    if len(parts) == 1:
        default = next(each.default for each in fields(value) if each.name == name)
        if inner != default:
            yield at
    elif is_list:
        for index, each in enumerate(inner):
            yield from _found(each, parts[1:], f"{at}[{index}]")
    else:
        yield from _found(inner, parts[1:], at)
