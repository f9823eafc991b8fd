"""A worker that takes a row, begins to write, says so, and is killed. Run by test_unit_of_work."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from priorwire.clock import FixedClock
from priorwire.gateway.rows import DueKind
from priorwire.store import KeyRing, SqlStore, Vault
from tests.integration.store import samples


def main(url: str) -> None:
    """Hold the row until standard input ends, which it does not before we are killed."""
    store = SqlStore(url, Vault(KeyRing.generate()), FixedClock(samples.NOW))
    with store.work(samples.TENANT) as uow:
        uow.due.take(DueKind.TRANSACTION, "auth_1", samples.ENDPOINT, samples.NOW + timedelta(minutes=3))
    with store.work(samples.TENANT) as uow:
        samples.add_one_of_each(uow)
        sys.stdout.write("held and half way\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
