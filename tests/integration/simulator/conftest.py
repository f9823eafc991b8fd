"""A simulator that listens: real HTTP and SMTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from priorwire.clock import FixedClock
from priorwire.simulator import Addresses, Credentials, Journal, Service, Simulator, serving
from tests.unit.simulator.messages import AT, Said, said

KNOWN = Credentials()


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running simulator and a client of it."""

    simulator: Simulator
    addresses: Addresses
    client: httpx2.Client
    clock: FixedClock
    journal: Path

    def order(self, fault: str, **order: object) -> None:
        """Order a fault."""
        self.client.post("/_control/faults", json={"fault": fault, **order}).raise_for_status()

    def raw(self, payload: bytes, transaction: str = "authorization") -> httpx2.Response:
        """Send over REST."""
        return self.client.post(
            f"/x12/{transaction}", json={"x12": payload.decode()}, headers={"X-API-Key": KNOWN.api_key}
        )

    def ask(self, payload: bytes) -> Said:
        """Send over REST and read the reply."""
        return said(self.raw(payload).json()["x12"].encode())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A simulator in a thread."""
    clock = FixedClock(AT)
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    simulator = Simulator(clock=clock, journal=journal, seed=7)
    with (
        serving(Service(simulator)) as addresses,
        httpx2.Client(base_url=addresses.url, timeout=20, trust_env=False) as client,
    ):
        yield Running(simulator=simulator, addresses=addresses, client=client, clock=clock, journal=path)
    journal.close()
