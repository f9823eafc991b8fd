"""One attempt at a due row, as the queue runs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from priorwire.engine.failures import described
from priorwire.errors import StaleFence
from priorwire.gateway.rows import DueRow

_log = logging.getLogger(__name__)


class Attempt:
    """Runs a row once and never raises: the queue is told a word, and the lease does the rest.

    The queue must not retry by itself. A row that failed is due again when its lease is
    over, under the next fence, and only the gateway knows what may be repeated then.
    """

    def __init__(self, run_due: Callable[[DueRow], None], at_once: int = 16) -> None:
        """`at_once` is how many may run in this node, whatever queues they come from."""
        self._run_due = run_due
        self._slots = threading.BoundedSemaphore(at_once)
        self._refusing = threading.Event()
        self._counting = threading.Lock()
        #: How many run.
        self.running = 0

    def refuse(self) -> None:
        """Begin nothing from now on. What runs goes on."""
        self._refusing.set()

    def __call__(self, row: DueRow) -> str:
        """``done``, ``stale`` (somebody else has the row by now), ``failed``, or ``stopping``: it was not begun."""
        with self._slots:
            if self._refusing.is_set():
                return "stopping"
            with self._counted():
                return self._run(row)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self.running += 1
        try:
            yield
        finally:
            with self._counting:
                self.running -= 1

    def _run(self, row: DueRow) -> str:
        about = {"kind": row.kind.value, "subject": row.id, "fence": row.fence}
        try:
            self._run_due(row)
        except StaleFence:
            _log.info("A row was taken by another worker meanwhile.", extra={"action": "due.stale", **about})
            return "stale"
        except Exception as error:  # noqa: BLE001 -- whatever it was, the row is due again after its lease
            # Not `exception`: a traceback prints the message, and a message may carry a patient's value.
            _log.error(
                "An attempt at a row failed; it is due again when its lease ends.",
                extra={"action": "due.failed", **about, **described(error)},
            )
            return "failed"
        return "done"
