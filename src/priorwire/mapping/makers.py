"""Making records fast: a frozen dataclass sets its fields one call each, and the wide ones have many.

`maker` gives what is called like the class, gives what the class gives, and fills it at once;
`changed` is `dataclasses.replace` for such a record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def maker(kind: Callable[P, R]) -> Callable[P, R]:
    """A faster way to call a frozen keyword-only dataclass. Every field must be given, or have a plain default.

    Raises:
        TypeError: the class does more when it is made than to set its fields.
    """
    wide = cast("Any", kind)
    if hasattr(wide, "__post_init__") or hasattr(wide, "__slots__"):
        raise TypeError(f"{wide.__name__} does more when it is made than to set its fields")
    defaults = {each.name: each.default for each in fields(wide) if each.default is not MISSING}
    new = object.__new__

    def make(*_: P.args, **values: P.kwargs) -> R:
        made = new(wide)
        held = made.__dict__
        held.update(defaults)
        held.update(values)
        return cast("R", made)

    return make


def changed(record: T, **values: Any) -> T:
    """The same record with other values."""
    made = object.__new__(record.__class__)
    held = made.__dict__
    held.update(record.__dict__)
    held.update(values)
    return made
