"""Reading a companion guide's tables: every fault is noted with its path, and reading goes on.

A `Table` hands out typed values. Where one is missing or of the wrong kind it notes a
`Fault` and hands out a stand-in, so that one pass finds everything that is wrong. The
stand-ins never leave the loader: it raises when any fault was noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import Enum
from typing import TypeVar

from priorwire.errors import Fault
from priorwire.payers.durations import parse_duration

_Value = TypeVar("_Value")
_Member = TypeVar("_Member", bound=Enum)

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Table:
    """One table of the file, its place, and the faults found so far in the whole file."""

    def __init__(self, data: Mapping[str, object], path: str, faults: list[Fault]) -> None:
        self._data = data
        self._path = path
        self._faults = faults
        self._read: set[str] = set()

    def fault(self, key: str, code: str, detail: str) -> None:
        """Note that something is wrong at `key` of this table (the table itself where `key` is empty)."""
        self._faults.append(Fault(pointer=self.where(key), code=code, detail=detail))

    def where(self, key: str) -> str:
        """The dotted path of `key`."""
        return ".".join(filter(None, (self._path, key)))

    def has(self, key: str) -> bool:
        """Whether the file gives `key`."""
        return key in self._data

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; required unless there is a default."""
        value = self._take(key, str, "text in quotes", default, "")
        if not value and self.has(key):
            self.fault(key, "empty", "is empty; give a text or leave the key out")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text that is not empty, or `None` where the file has none."""
        return self.text(key) if key in self._data else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        return self._take(key, bool, "true or false", default, default)

    def whole(self, key: str, default: int) -> int:
        """A whole number of at least one."""
        return self.optional_whole(key) or default

    def optional_whole(self, key: str) -> int | None:
        """A whole number of at least one, or `None` where the file has none."""
        if key not in self._data:
            return None
        value = self._take(key, int, "a whole number", 1, 1)
        if value < 1:
            self.fault(key, "too_small", "must be at least 1")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts without repeats; empty where the file has none."""
        items = self._list(key, str, "a list of texts in quotes")
        if len(set(items)) < len(items):
            self.fault(key, "repeated", "names the same thing twice; name it once")
        return items

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of texts by name, in the file's order."""
        inner = self.table(key)
        return tuple((name, inner.text(name)) for name in inner.names())

    def names(self) -> tuple[str, ...]:
        """The keys that the file gives, in its order."""
        return tuple(self._data)

    def choice(self, key: str, kind: type[_Member], default: _Member | None = None) -> _Member:
        """One of an enumeration's values."""
        if default is not None and key not in self._data:
            return default
        members = {str(member.value): member for member in kind}
        return self._one_of(key, self.text(key), members)

    def choices(self, key: str, kind: type[_Member]) -> frozenset[_Member]:
        """A list of at least one of an enumeration's values."""
        members = {str(member.value): member for member in kind}
        found = frozenset(self._one_of(key, item, members) for item in self.texts(key))
        if not found:
            self.fault(key, "required", f"is required: a list of {_listed(members)}")
        return found

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of the texts in `allowed`."""
        text = self.text(key, default)
        return self._one_of(key, text, {each: each for each in allowed}) if text else text

    def duration(self, key: str, default: timedelta) -> timedelta:
        """A duration longer than nothing, written like ``PT4H``."""
        return self._durations(key, (self.text(key),))[0] if key in self._data else default

    def durations(self, key: str, default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        """A list of at least one duration."""
        if key not in self._data:
            return default
        items = self._list(key, str, "a list of durations such as PT4H")
        if not items:
            self.fault(key, "empty", "is empty; give at least one duration or leave the key out")
        return self._durations(key, items)

    def filled(self, key: str, names: Mapping[str, str]) -> str:
        """A text whose ``{names}`` are replaced by settings."""
        text = self.text(key)
        for name in dict.fromkeys(_NAME.findall(text)):
            if name not in names:
                self.fault(key, "setting_missing", f"needs the setting '{name}'; give it, or write the address out")
        filled = _NAME.sub(lambda found: names.get(found[1], ""), text)
        if "{" in filled or "}" in filled:
            self.fault(key, "placeholder", "has a brace that is no {name}; names are small letters, digits and _")
        return filled

    def table(self, key: str) -> Table:
        """The table at `key`; an empty one where the file has none."""
        return Table(self._take(key, dict, "a table", {}, {}), self.where(key), self._faults)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The list of tables at `key`; empty where the file has none."""
        items: tuple[dict[str, object], ...] = self._list(key, dict, f"a list of tables, each headed [[{key}]]")
        return tuple(Table(item, f"{self.where(key)}[{n}]", self._faults) for n, item in enumerate(items))

    def finish(self) -> None:
        """Note every key that nothing asked for: a misspelt rule must not pass as an absent one."""
        for key in self._data:
            if key not in self._read:
                known = _listed(sorted(self._read))
                self.fault(key, "unknown_key", f"is not a key of this table; it takes {known}")

    def _take(self, key: str, kind: type[_Value], wanted: str, default: _Value | None, stand_in: _Value) -> _Value:
        self._read.add(key)
        if key not in self._data:
            if default is None:
                self.fault(key, "required", f"is required: {wanted}")
            return stand_in if default is None else default
        value = self._data[key]
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.fault(key, "type", f"must be {wanted}")
        return stand_in

    def _list(self, key: str, kind: type[_Value], wanted: str) -> tuple[_Value, ...]:
        items: list[object] = self._take(key, list, wanted, [], [])
        right = tuple(item for item in items if isinstance(item, kind))
        if len(right) < len(items):
            self.fault(key, "type", f"must be {wanted}")
        return right

    def _one_of(self, key: str, text: str, members: Mapping[str, _Value]) -> _Value:
        if text in members:
            return members[text]
        if text:
            self.fault(key, "unknown_value", f"must be one of {_listed(members)}")
        return next(iter(members.values()))

    def _durations(self, key: str, texts: tuple[str, ...]) -> tuple[timedelta, ...]:
        return tuple(_parsed(text, lambda detail: self.fault(key, "duration", detail)) for text in texts)


def _parsed(text: str, note: Callable[[str], None]) -> timedelta:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        note(str(error))
        return timedelta()
    if not duration:
        note("must be longer than nothing")
    return duration


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
