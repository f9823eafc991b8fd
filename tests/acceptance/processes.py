"""A gateway in several processes on one database, beside its simulated payers, for tests that break things.

Everything is real: `House` starts ``priorwire sim``, ``serve --no-worker`` and as many ``worker`` nodes as a test
wants, each a process of its own on loopback, all with one shared test clock. A process is ended by the
id under which it was started, whatever becomes of the test.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from priorwire import bootstrap
from priorwire.cli.demo_processes import Processes, Watch, clean_environment, free_port
from priorwire.clock import OffsetClock, RandomIds
from priorwire.config import Settings
from priorwire.gateway.api_keys import SCOPES, issue_key
from priorwire.model.identifiers import TenantId
from priorwire.simulator import Credentials, Entry, read_journal

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "sample_transactions"
#: What the shared clock shows at first: the dates in the stories lie a little ahead of it.
BEGINS = datetime(2026, 12, 1, 15, tzinfo=UTC)
#: The gateway's own default, with a second to spare.
LEASE = timedelta(seconds=181)

#: A transaction as the API shows it.
View = dict[str, Any]


def story_request(name: str, file: str = "request.json") -> dict[str, Any]:
    """The request of a story, by the number that its folder begins with."""
    (folder,) = STORIES.glob(f"{name}-*")
    content: dict[str, Any] = json.loads((folder / file).read_text(encoding="utf-8"))
    return content


class House:
    """The processes, and a practice's access to them. Leaving the block ends every one."""

    def __init__(self, home: Path, database_url: str, *, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are further environment variables for all processes."""
        self.home = home
        self.clock = OffsetClock(home / "clock")
        self.clock.advance(BEGINS - self.clock.now())
        self.key = ""
        self._database_url = database_url
        self._watch = Watch()
        self._ending = ExitStack()
        self._processes = Processes(home, self._watch)
        self._environment = {**clean_environment(), **self._own_settings(), **(settings or {})}
        self._port = free_port()
        self._client = httpx2.Client(timeout=60, trust_env=False)
        self.payers: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._ending.callback(self._client.close)
        self._ending.enter_context(self._processes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.close()

    def _own_settings(self) -> dict[str, str]:
        known = Credentials()
        credentials = self.home / "credentials.json"
        credentials.touch(mode=0o600)
        credentials.write_text(json.dumps({"simulator": [known.username, known.password]}), encoding="utf-8")
        return {
            "PRIORWIRE_HOME": str(self.home),
            "PRIORWIRE_DATABASE_URL": self._database_url,
            "PRIORWIRE_KEY_RING": str(self.home / "keys.json"),
            "PRIORWIRE_COMPANION_GUIDES": str(ROOT / "companion_guides"),
            "PRIORWIRE_TEST_CLOCK": str(self.home / "clock"),
            "PRIORWIRE_CREDENTIALS_FILE": str(credentials),
            "PRIORWIRE_WEBHOOKS_TO_LOOPBACK": "1",
            "PRIORWIRE_DISPATCH_SECONDS": "0.1",
        }

    # ------------------------------------------------------------ processes

    def open(self, *workers: str) -> None:
        """Start the payers, the API and some workers; returns when all of them are ready."""
        self.begin_payers()
        self.make_store()
        self.await_payers()
        self.set_names(self.payer_names())
        self.begin_gateway()
        for node in workers:
            self.begin_worker(node)
        self.await_ready("gateway", *workers)

    def begin_payers(self, *options: str) -> None:
        """Start the simulator, without waiting; on the same ports and journal as before, if it ran before."""
        ports = ["--port", str(self.payers.get("http", 0)), "--smtp-port", str(self.payers.get("smtp", 0))]
        self._processes.start(
            "payers", ["sim", *ports, "--journal", str(self.journal_file), *options], self._environment
        )

    def await_payers(self) -> None:
        self.payers = self._processes.await_ready("payers")

    def payer_names(self) -> dict[str, str]:
        """What the companion guides' addresses are made of."""
        return {
            "simulator_url": f"http://127.0.0.1:{self.payers['http']}",
            "simulator_smtp": f"smtp://127.0.0.1:{self.payers['smtp']}",
        }

    def set_names(self, names: Mapping[str, str]) -> None:
        self._environment["PRIORWIRE_NAMES"] = json.dumps(dict(names))

    def make_store(self) -> None:
        """Make the key ring and the schema as ``db init`` does, and an API key."""
        settings = Settings(
            home=self.home,
            database_url=self._database_url,
            key_ring=str(self.home / "keys.json"),
            test_clock=self.home / "clock",
        )
        store = bootstrap.initialize(settings)
        try:
            ids = RandomIds(self.clock)
            self.key = issue_key(store, self.clock, ids, tenant=TenantId("default"), name="test", scopes=SCOPES)
        finally:
            store.close()

    @property
    def url(self) -> str:
        """Where the API answers, before and after its process was replaced."""
        return f"http://127.0.0.1:{self._port}"

    def begin_gateway(self, settings: Mapping[str, str] | None = None) -> None:
        """Start the API alone, without waiting."""
        arguments = ["serve", "--no-worker", "--port", str(self._port)]
        self._processes.start("gateway", arguments, {**self._environment, **(settings or {})})

    def begin_worker(self, node: str, settings: Mapping[str, str] | None = None) -> None:
        """Start a worker under a node's name, without waiting."""
        environment = {**self._environment, "PRIORWIRE_NODE": node, **(settings or {})}
        self._processes.start(node, ["worker"], environment)

    def await_ready(self, *names: str) -> None:
        for name in names:
            self._processes.await_ready(name)

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would; returns when the process is gone."""
        self._processes.kill(name)

    def freeze(self, name: str) -> None:
        """SIGSTOP: it takes connections and bytes (the kernel does), and reads none of them."""
        os.kill(self._processes.pids()[name], signal.SIGSTOP)

    def environment(self) -> dict[str, str]:
        """For a command beside the processes."""
        return {**self._environment, "PRIORWIRE_URL": self.url, "PRIORWIRE_API_KEY": self.key}

    # ------------------------------------------------------------ time

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait, within a bound, for something that another process does."""
        self._watch.until(condition, what)

    def pass_lease(self) -> None:
        """Let every lease run out that is held now."""
        self.clock.advance(LEASE)

    # ------------------------------------------------------------ a practice's side

    def call(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """Call the API with the key, whatever it answers."""
        headers = {"Authorization": f"Bearer {self.key}", **how.pop("headers", {})}
        return self._client.request(method, self.url + path, headers=headers, **how)

    def submit(self, request: dict[str, Any], *, later: bool = False, idempotency_key: str | None = None) -> View:
        """Submit for review; `later` leaves the sending to a worker."""
        headers = {"Prefer": "respond-async"} if later else {}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return dict(self.call("POST", "/v1/authorizations", json=request, headers=headers).raise_for_status().json())

    def read(self, view: View) -> View:
        """An authorization as it stands."""
        return dict(self.call("GET", f"/v1/authorizations/{view['id']}").raise_for_status().json())

    def await_state(self, view: View, **wanted: object) -> View:
        """Wait until an authorization shows these values; how it stands then."""
        last: View = {}

        def is_so() -> bool:
            last.update(self.read(view))
            return all(last[name] == value for name, value in wanted.items())

        shown = ", ".join(f"{name} {value}" for name, value in wanted.items())
        self.until(is_so, f"an authorization to be {shown}")
        return last

    def await_answers(self, view: View, count: int) -> None:
        """Wait until so many answers about an authorization came in and the last of them was read, all committed.

        Not before may the clock be moved: an attempt that is under way would lose its lease.
        """

        def is_read() -> bool:
            path = f"/v1/authorizations/{view['id']}"
            now = self.call("GET", path, params={"include": "x12"}).raise_for_status().json()
            answers = [each for each in now["messages"] if each["direction"] == "in"]
            if len(answers) < count:
                return False
            return datetime.fromisoformat(now["updated_at"]) >= datetime.fromisoformat(answers[-1]["at"])

        self.until(is_read, f"{count} answers to be archived and read")

    # ------------------------------------------------------------ the payers' side

    @property
    def journal_file(self) -> Path:
        return self.home / "journal.jsonl"

    def journal(self) -> list[Entry]:
        """What reached the payers, by their own account on disk."""
        return list(read_journal(self.journal_file))

    def kinds(self) -> list[str]:
        """The kinds of what reached the payers, in order."""
        return [entry.kind for entry in self.journal() if entry.reached_payer]

    def order_fault(self, fault: str, kind: str) -> None:
        """Let the next exchange of a kind meet a fault."""
        self._control("POST", "faults", json={"fault": fault, "kind": kind})

    def await_held(self) -> str:
        """Wait until a payer has taken a message and holds its reply back; the message's reference."""
        found: list[str] = []

        def holds() -> bool:
            found[:] = self._control("GET", "held")["held"]
            return bool(found)

        self.until(holds, "a payer to take the message and hold its reply")
        return found[0]

    def _control(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        answer = self._client.request(method, f"http://127.0.0.1:{self.payers['http']}/_control/{path}", **how)
        return dict(answer.raise_for_status().json())
