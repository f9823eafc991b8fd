"""A worker that takes control numbers and prints them. Run by test_control_numbers."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from priorwire.clock import FixedClock
from priorwire.model.identifiers import TenantId
from priorwire.store import KeyRing, SqlStore, Vault


def main(url: str, tenant: str, how_many: int) -> None:
    """Take `how_many` numbers, one a commit."""
    store = SqlStore(url, Vault(KeyRing.generate()), FixedClock(datetime(2026, 12, 1, tzinfo=UTC)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for _ in range(how_many):
        with store.work(TenantId(tenant)) as uow:
            number = uow.control_numbers.next("example_payer/realtime", "interchange")
        sys.stdout.write(f"{number}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
