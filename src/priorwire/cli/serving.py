"""``serve``, ``worker``, ``sim``: the long-running processes. Each ends on Ctrl-C or SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from priorwire import observability
from priorwire.cli.exits import Exit
from priorwire.clock import OffsetClock, SystemClock
from priorwire.config import load_settings

Host = Annotated[str, typer.Option(help="Address to listen on; loopback unless there is a reason.")]
ReadyFile = Annotated[
    Path | None, typer.Option(help="Write the address and the process id here as JSON once it listens.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the address as one JSON object instead of text.")]


def add_to(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command("serve", epilog="Example: priorwire db init && priorwire serve --port 8470")(serve)
    app.command("worker", epilog="Example: PRIORWIRE_NODE=worker-2 priorwire worker")(worker)
    app.command("sim", epilog="Example: priorwire sim --port 9000 --journal journal.jsonl --seed 7")(sim)


def serve(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes any free port.")] = 8470,
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Run a worker in this process too.")] = True,
    ready_file: ReadyFile = None,
    as_json: AsJson = False,
) -> int:
    """Serve the API, with a worker in the same process unless told otherwise."""
    os.environ["PRIORWIRE_WORKER_IN_PROCESS"] = "1" if with_worker else "0"
    settings = load_settings()
    listener = _listen(host, port)
    config = uvicorn.Config(
        "priorwire.asgi:create",
        factory=True,
        log_config=None,
        access_log=False,
        # A payer has 20 s for an answer in real time (CAQH CORE); whoever waits for one gets it.
        timeout_graceful_shutdown=30,
    )
    server = _Announcing(config, listener, ready_file, as_json=as_json)
    observability.configure(settings.log_level, settings.log_format)
    server.run(sockets=[listener])
    return Exit.WELL if server.started else Exit.FAULT


def worker(ready_file: ReadyFile = None, as_json: AsJson = False) -> int:
    """Work on what is due: poll, inquire, send what was queued, deliver webhooks. Run as many as needed."""
    from priorwire import bootstrap

    settings = load_settings()
    observability.configure(settings.log_level, settings.log_format)
    running = bootstrap.make_worker(settings, bootstrap.make_services(settings))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    running.start()
    _announce(
        ready_file, {"node": settings.node, "pid": os.getpid()}, f"Worker {settings.node} is running.", as_json=as_json
    )
    stopped.wait()
    running.stop(timedelta(seconds=50))  # less than the minute that a service manager gives it
    return Exit.WELL


def sim(
    journal: Annotated[
        Path, typer.Option(help="JSON Lines file of everything the payers received; one that is there is gone on with.")
    ],
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes any free port.")] = 9000,
    smtp_port: Annotated[int, typer.Option(help="Port of the fax carrier's mail server; 0 takes any.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same payers and the same faults.")] = 1,
    faults: Annotated[
        str | None,
        typer.Option(
            help="What goes wrong by chance, drawn from the seed and each message's reference: name=rate,… "
            "(all=rate shares a rate among all others; docs/reference/simulator-faults.md)."
        ),
    ] = None,
    test_clock: Annotated[Path | None, typer.Option(envvar="PRIORWIRE_TEST_CLOCK", help="Clock file to share.")] = None,
    callback_url: Annotated[str | None, typer.Option(help="Where the fax carrier reports.")] = None,
    fax_secret: Annotated[str | None, typer.Option(envvar="PRIORWIRE_FAX_SECRET", help="Signs those reports.")] = None,
    ready_file: ReadyFile = None,
    as_json: AsJson = False,
) -> int:
    """Run the simulated clearinghouse, its payers and the fax carrier. Answers depend on how a member id ends."""
    from priorwire.simulator.fault_book import FaultPlan, read_rates
    from priorwire.simulator.server import Addresses, run

    try:
        plan = None if faults is None else FaultPlan(seed=seed, rates=read_rates(faults))
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--faults") from None
    observability.configure("WARNING", "text")

    def announce(addresses: Addresses) -> None:
        where = f"http://{addresses.host}:{addresses.http}"
        text = f"The simulator answers at {where}, its fax carrier at port {addresses.smtp}."
        plain = {"host": addresses.host, "http": addresses.http, "smtp": addresses.smtp, "pid": os.getpid()}
        _announce(None, plain, text, as_json=as_json)

    run(
        host,
        port,
        journal=journal,
        clock=OffsetClock(test_clock) if test_clock else SystemClock(),
        seed=seed,
        callback_url=callback_url,
        fax_secret=fax_secret,
        smtp_port=smtp_port,
        ready_file=ready_file,
        faults=plan,
        ready=announce,
    )
    return Exit.WELL


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise typer.BadParameter(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port.") from None
    return listener


def _announce(ready_file: Path | None, plain: dict[str, object], text: str, *, as_json: bool) -> None:
    if ready_file is not None:
        beside = ready_file.with_suffix(".part")
        beside.write_text(json.dumps(plain), encoding="utf-8")
        beside.replace(ready_file)
    Console(highlight=False).print(json.dumps(plain) if as_json else text, markup=False, soft_wrap=True)


class _Announcing(uvicorn.Server):
    """Says where it listens once the application is up."""

    def __init__(
        self, config: uvicorn.Config, listener: socket.socket, ready_file: Path | None, *, as_json: bool
    ) -> None:
        super().__init__(config)
        self._listener, self._ready_file, self._as_json = listener, ready_file, as_json

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self._listener.getsockname()[:2]
            plain: dict[str, object] = {"host": host, "http": port, "pid": os.getpid()}
            text = f"The gateway answers at http://{host}:{port} (its interface is described at /docs)."
            _announce(self._ready_file, plain, text, as_json=self._as_json)
