"""Dotted paths into an authorization request, as companion guides write them.

``subscriber.birth_date`` is one value; ``services[].quantity`` is one of each service;
``diagnoses`` is the whole list; ``dependent?.birth_date`` is asked only where there is a
dependent. Names are those of `AuthorizationRequest`, which are those of the practice-facing
JSON, so every place that a path leads to has a JSON pointer (RFC 6901) too.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from priorwire.model.authorization import AuthorizationRequest

_STEP = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?P<mark>\[\]|\?)?")


@dataclass(frozen=True, kw_only=True)
class Found:
    """One place that a path leads to."""

    #: JSON pointer into the request.
    pointer: str
    #: What stands there; `None` where it is absent, or something on the way to it is.
    value: object

    @property
    def is_filled(self) -> bool:
        """Whether anything stands there: an empty text or list is nothing, zero and false are something."""
        return self.value not in (None, "", ())


def find(request: AuthorizationRequest, path: str) -> tuple[Found, ...]:
    """Every place of `request` that `path` leads to.

    Raises:
        ValueError: the request has no such path; `problem` says why.
    """
    wrong = problem(path)
    if wrong:
        raise ValueError(wrong)
    return tuple(_follow(request, "", path.split(".")))


def problem(path: str) -> str | None:
    """What is wrong with `path`, in words; `None` for a path that the request has."""
    kind: Any = AuthorizationRequest
    steps = path.split(".")
    for number, step in enumerate(steps, start=1):
        matched = _STEP.fullmatch(step)
        if matched is None:
            return "is no path: names joined by dots, '[]' after a list and '?' after what may be absent"
        fields = get_type_hints(kind) if dataclasses.is_dataclass(kind) else {}
        if matched["name"] not in fields:
            return f"has no field at its step {number}; names are those of the request's JSON"
        kind, many = _inside(fields[matched["name"]])
        if many != (matched["mark"] == "[]") and not (many and number == len(steps)):
            return f"needs '[]' after its step {number}" if many else f"has a '[]' at step {number}, which is no list"
    return None


def _inside(hint: Any) -> tuple[Any, bool]:
    """The type that `hint` holds, without its `None`, and whether it holds many."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not types.NoneType)
    return (get_args(hint)[0], True) if get_origin(hint) is tuple else (hint, False)


def _follow(node: object, pointer: str, steps: list[str]) -> Iterator[Found]:
    if not steps:
        yield Found(pointer=pointer, value=node)
        return
    name = steps[0].rstrip("[]?")
    value = getattr(node, name) if node is not None else None
    below = f"{pointer}/{name}"
    if value is None and steps[0].endswith("?"):
        return
    if steps[0].endswith("[]"):
        for number, item in enumerate(value or ()):
            yield from _follow(item, f"{below}/{number}", steps[1:])
        return
    yield from _follow(value, below, steps[1:])
