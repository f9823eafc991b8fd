"""The only readers of time and randomness.

Everything else is handed a `Clock` and an `IdSource`. Times are timezone-aware UTC
`datetime` values everywhere; a naive one is a defect.

`OffsetClock` is the test clock: processes that name the same file share one clock, and
writing the file moves all of them. It exists for the demo, the simulator and tests;
`config` refuses it together with production endpoints.
"""

from __future__ import annotations

import os
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The current moment, timezone-aware UTC."""
        ...


class IdSource(Protocol):
    """Gives identifiers and unguessable tokens."""

    def new(self, prefix: str) -> str:
        """An identifier such as ``auth_0k3v…``: the prefix, an underscore, 26 characters; sorts by creation."""
        ...

    def uuid(self) -> str:
        """A random UUID in its hyphenated form."""
        ...

    def token(self, length: int) -> str:
        """`length` unguessable characters out of A-Z and 2-7: safe in X12, in URLs and read aloud."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OffsetClock:
    """The machine's clock plus a number of seconds read from a file that several processes share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far this clock runs ahead. A file that is absent means not at all."""
        try:
            text = self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return timedelta()
        return timedelta(seconds=float(text or 0))

    def advance(self, by: timedelta) -> None:
        """Move every process that shares the file forward."""
        seconds = (self.offset() + by).total_seconds()
        beside = self._path.with_suffix(f".{os.getpid()}")
        beside.write_text(f"{seconds:.3f}\n", encoding="ascii")
        beside.replace(self._path)  # atomic: a reader sees the old or the new figure, never half of one


class FixedClock:
    """Stands still until it is moved. For tests."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs a timezone-aware time")
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def _sortable(milliseconds: int, randomness: int) -> str:
    """48 bits of time, 80 of randomness, as 26 characters that sort like the number (the ULID layout)."""
    number = (milliseconds << 80) | randomness
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


class RandomIds:
    """Identifiers from the operating system's randomness."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self, prefix: str) -> str:
        return f"{prefix}_{_sortable(int(self._clock.now().timestamp() * 1000), secrets.randbits(80))}"

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def token(self, length: int) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(length))


class SeededIds:
    """The same identifiers for the same seed. For tests and for byte-identical examples."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 -- for examples and tests; secrets come from `RandomIds`
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{_sortable(self._count, self._random.getrandbits(80))}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def token(self, length: int) -> str:
        return "".join(self._random.choice(_ALPHABET) for _ in range(length))
