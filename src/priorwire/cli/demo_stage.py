"""The gateway and the simulated payers, as processes of their own over one folder, with one clock."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from priorwire import bootstrap
from priorwire.cli.demo_client import Practice
from priorwire.cli.demo_processes import Processes, clean_environment, free_port
from priorwire.clock import OffsetClock, RandomIds
from priorwire.config import Settings, data_folder
from priorwire.gateway.api_keys import SCOPES, issue_key
from priorwire.model.identifiers import TenantId

#: What the clock shows when it begins: so the dates in the stories lie a little ahead, whenever they are played.
BEGINS = datetime(2026, 12, 1, 15, tzinfo=UTC)
TENANT = TenantId("default")


@dataclass(kw_only=True)
class Stage:
    """What runs, and how to reach it."""

    home: Path
    processes: Processes
    companion_guides: Path = field(default_factory=lambda: data_folder("companion_guides"))
    #: Addresses, once known.
    simulator: str = ""
    gateway: str = ""
    key: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    _port: int = field(default_factory=free_port)
    _fax_secret: str = field(
        default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    )

    @property
    def clock(self) -> OffsetClock:
        """The clock that all of them share."""
        return OffsetClock(self.home / "clock")

    @property
    def journal(self) -> Path:
        """What reached the payers, by their own account."""
        return self.home / "journal.jsonl"

    def open(self) -> Practice:
        """Start the simulator and the gateway with a worker in it, and hand over a practice's access."""
        self.begin_simulator()
        self.make_store()
        self.await_simulator()
        self.begin_gateway()
        return self.practice()

    def begin_simulator(self) -> None:
        """Set the clock and start the simulator; does not wait for it."""
        self.clock.advance(BEGINS - self.clock.now())
        # The carrier is told where to report before the gateway runs: that is why its port is chosen beforehand.
        carrier = f"http://127.0.0.1:{self._port}/v1/inbound/fax-status"
        simulated = ["sim", "--port", "0", "--journal", str(self.journal), "--callback-url", carrier]
        self.processes.start("simulator", simulated, self._environment())

    def await_simulator(self) -> None:
        """Wait until the simulator listens."""
        found = self.processes.await_ready("simulator")
        self.simulator = f"http://127.0.0.1:{found['http']}"
        self._names = {"simulator_url": self.simulator, "simulator_smtp": f"smtp://127.0.0.1:{found['smtp']}"}

    def make_store(self) -> None:
        """Make the key ring, the database and an API key."""
        settings = Settings(home=self.home, database_url="", key_ring="", test_clock=self.home / "clock")
        store = bootstrap.initialize(settings)
        try:
            ids = RandomIds(self.clock)
            self.key = issue_key(store, self.clock, ids, tenant=TENANT, name="demo practice", scopes=SCOPES)
        finally:
            store.close()

    def begin_gateway(self) -> None:
        """Start the gateway, with a worker in it, and wait until it answers."""
        self.processes.start("gateway", ["serve", "--port", str(self._port)], self._environment())
        self.processes.await_ready("gateway")
        self.gateway = f"http://127.0.0.1:{self._port}"

    def practice(self) -> Practice:
        """A practice's access to the gateway."""
        return Practice(self.gateway, self.key, self.simulator)

    def _environment(self) -> Mapping[str, str]:
        return {
            **clean_environment(),
            "PRIORWIRE_HOME": str(self.home),
            "PRIORWIRE_COMPANION_GUIDES": str(self.companion_guides.absolute()),
            "PRIORWIRE_TEST_CLOCK": str(self.home / "clock"),
            "PRIORWIRE_NAMES": json.dumps(self._names),
            "PRIORWIRE_CREDENTIALS_FILE": str(self._credentials()),
            "PRIORWIRE_FAX_SECRET": self._fax_secret,
            "PRIORWIRE_WEBHOOKS_TO_LOOPBACK": "1",
            "PRIORWIRE_DISPATCH_SECONDS": "0.1",
        }

    def _credentials(self) -> Path:
        """The file with what opens the simulator."""
        from priorwire.simulator import Credentials

        path = self.home / "credentials.json"
        if not path.exists():
            path.touch(mode=0o600)
            known = Credentials()
            path.write_text(json.dumps({"simulator": [known.username, known.password]}), encoding="utf-8")
        return path
