"""The payers' own clock: it runs ahead of another by as much as somebody says, and moves nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from priorwire.clock import Clock


class PayersClock:
    """A clock of the payers alone, over the one that was handed in. Thread-safe.

    Pends are decided, late answers come and decisions are reversed by this clock. Moving it does
    not move `base`; moving `base` (a test's clock, or one that processes share) moves both.
    """

    def __init__(self, base: Clock) -> None:
        self.base = base
        self._ahead = timedelta()
        self._lock = threading.Lock()
        #: Called with the new lead whenever it changes.
        self.on_change: Callable[[timedelta], None] | None = None

    @property
    def ahead(self) -> timedelta:
        """How far it runs ahead of `base`; negative: behind."""
        return self._ahead

    def now(self) -> datetime:
        """The payers' time, UTC."""
        return self.base.now() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move the payers' time, and nobody else's."""
        self.run_ahead(self._ahead + by)

    def set(self, at: datetime) -> None:
        """Let it be this moment for the payers.

        Raises:
            ValueError: `at` has no time zone.
        """
        if at.tzinfo is None:
            raise ValueError("a clock needs a timezone-aware time")
        self.run_ahead(at - self.base.now())

    def run_ahead(self, ahead: timedelta) -> None:
        """Run ahead of `base` by exactly so much."""
        with self._lock:
            self._ahead = ahead
        if self.on_change is not None:
            self.on_change(ahead)
