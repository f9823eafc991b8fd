"""A worker that is told to stop in the middle of a call: it takes nothing new, ends what it runs, and says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from priorwire import bootstrap
from priorwire.config import load_settings
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import ExchangeState
from priorwire.gateway.submit import submit_authorization
from priorwire.model.identifiers import TenantId
from priorwire.model.lifecycle import Delivery
from tests.integration.engine.nodes import eventually
from tests.integration.gateway.conftest import request_for

TENANT = TenantId("practice")


class SlowPayer:
    """Keeps every caller waiting until it is let go, and then says that it is down."""

    def __init__(self) -> None:
        payer = self
        self.calls = 0
        self.let_go = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                payer.calls += 1
                payer.let_go.wait(timeout=60)
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name for it
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def payer() -> Iterator[SlowPayer]:
    slow = SlowPayer()
    serving = threading.Thread(target=slow.server.serve_forever, daemon=True)
    serving.start()
    yield slow
    slow.let_go.set()
    slow.server.shutdown()
    slow.server.server_close()
    serving.join(timeout=10)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.mark.parametrize("database", ["empty_sqlite_url", "empty_postgres_url"], indirect=True)
def test_a_worker_that_gets_sigterm_ends_its_call_and_takes_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payer: SlowPayer, database: str
) -> None:
    credentials = tmp_path / "credentials.json"
    credentials.write_text(json.dumps({"simulator": ["user", "word"]}), encoding="ascii")
    credentials.chmod(0o600)
    monkeypatch.setenv("PRIORWIRE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PRIORWIRE_DATABASE_URL", database)
    monkeypatch.setenv("PRIORWIRE_CREDENTIALS_FILE", str(credentials))
    names = {"simulator_url": payer.url, "simulator_smtp": "smtp://127.0.0.1:9"}
    monkeypatch.setenv("PRIORWIRE_NAMES", json.dumps(names))
    bootstrap.initialize(load_settings()).close()
    services = bootstrap.make_services(load_settings())
    request = request_for("APPROVE", "cascadia-mutual")
    command = Command(tenant=TENANT, actor="test", request=request, at_once=False, intended_duplicate=True)
    with closing(services.store):  # type: ignore[type-var]  # the real one
        first = submit_authorization(services, command).row
        worker = subprocess.Popen(
            [sys.executable, "-m", "priorwire", "worker"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        try:
            eventually(lambda: payer.calls == 1, "the worker is in the middle of a call")
            worker.send_signal(signal.SIGTERM)
            assert worker.stderr is not None
            said = []
            for line in worker.stderr:
                said.append(line)
                if "engine.stopping" in line:
                    break
            second = submit_authorization(services, command).row
            assert worker.poll() is None
            payer.let_go.set()
            _, rest = worker.communicate(timeout=60)
        finally:
            if worker.poll() is None:
                worker.kill()
                worker.communicate()
        assert worker.returncode == 0
        assert "action=engine.stopped" in rest
        assert payer.calls == 1
        with services.store.read(TENANT) as uow:
            assert uow.transactions.get(first.id).delivery is Delivery.UNCERTAIN, "the payer's 503 was read and stored"
            assert [each.state for each in uow.exchanges.of(first.id)] == [ExchangeState.UNCERTAIN]
            assert uow.transactions.get(second.id).delivery is Delivery.READY
