"""The simulator as a process, or as a thread of a test: HTTP and SMTP on one event loop."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from priorwire.clock import Clock

from .app import create_app
from .clearinghouse import Credentials, Simulator
from .fault_book import FaultPlan
from .fax import FaxCarrier
from .journal import Journal
from .wire import Connections

#: Real seconds that a server in a thread may take to start or to stop.
_PATIENCE = 20.0


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where a running simulator listens."""

    host: str
    http: int
    smtp: int

    @property
    def url(self) -> str:
        """The base of every HTTP address."""
        return f"http://{self.host}:{self.http}"


class _Server(uvicorn.Server):
    """uvicorn's server, telling when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


class Service:
    """A simulator with its servers, not yet running."""

    def __init__(
        self,
        simulator: Simulator,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        smtp_port: int = 0,
        callback_url: str | None = None,
        fax_secret: str | None = None,
    ) -> None:
        self.simulator = simulator
        self.fax = FaxCarrier(simulator, callback_url=callback_url, secret=fax_secret)
        self._host = host
        self._smtp_port = smtp_port
        self._socket = socket.create_server((host, port), backlog=512)
        connections = Connections()
        config = uvicorn.Config(
            create_app(simulator, connections=connections, fax=self.fax),
            http=connections.protocol(),
            loop="asyncio",
            lifespan="off",
            log_config=None,  # how to log is for the process to say
            log_level="warning",
            access_log=False,  # a request line says nothing that the journal does not say better
            timeout_graceful_shutdown=2,  # a held reply must not hold up the end
        )
        self._ready: Callable[[Addresses], None] = _nobody
        self._smtp: asyncio.Server | None = None
        self._server = _Server(config, self._announce)

    async def serve(self, ready: Callable[[Addresses], None]) -> None:
        """Serve until told to stop (SIGINT, SIGTERM or `stop`); `ready` is called once both ports listen."""
        self._ready = ready
        self._smtp = await self.fax.start(self._host, self._smtp_port)
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._smtp.close()
            self._socket.close()

    def stop(self) -> None:
        """Ask it to end. From any thread."""
        self._server.should_exit = True

    def _announce(self) -> None:
        smtp = self._smtp.sockets[0].getsockname()[1] if self._smtp else 0
        self._ready(Addresses(host=self._host, http=self._socket.getsockname()[1], smtp=smtp))


def _nobody(_addresses: Addresses) -> None:
    """Nobody waits for it."""


def run(
    host: str,
    port: int,
    *,
    journal: Path,
    clock: Clock,
    seed: int,
    callback_url: str | None,
    fax_secret: str | None,
    smtp_port: int,
    ready_file: Path | None = None,
    credentials: Credentials | None = None,
    faults: FaultPlan | None = None,
    ready: Callable[[Addresses], None] = _nobody,
) -> None:
    """Run a simulator until SIGINT or SIGTERM.

    Args:
        host: to listen on; loopback unless there is a reason.
        port: for HTTP; 0 for any that is free.
        journal: JSON Lines file, appended to.
        clock: what the payers' own clock starts from (`PayersClock`); ``/_control/advance`` moves it, where it is
            one that can be moved, else theirs alone.
        seed: of chance and of the numbers that payers give.
        callback_url: where the fax carrier reports; `None` for no reports.
        fax_secret: ``whsec_…``, signs those reports.
        smtp_port: for mail; 0 for any that is free.
        ready_file: written (as JSON: host, http, smtp, pid) once both ports listen.
        credentials: what opens it; `Credentials()` unless given.
        faults: what goes wrong by chance from the start; unless given, what an earlier run of the journal had.
        ready: called with the addresses at the same moment.

    Raises:
        OSError: a port is taken, or a file cannot be written.
        JournalUnreadable: the journal, or what lies beside it, is not what a simulator wrote.
    """
    book = Journal(journal)
    simulator = Simulator(clock=clock, journal=book, seed=seed, credentials=credentials)
    if faults is not None:
        simulator.follow(faults)
    service = Service(
        simulator, host=host, port=port, smtp_port=smtp_port, callback_url=callback_url, fax_secret=fax_secret
    )

    def announce(addresses: Addresses) -> None:
        if ready_file is not None:
            write_ready_file(ready_file, addresses)
        ready(addresses)

    # aiosmtpd warns of a deprecated attribute of its own at every log-in.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    try:
        asyncio.run(service.serve(announce))
    finally:
        book.close()


def write_ready_file(path: Path, addresses: Addresses) -> None:
    """Say where a simulator listens; whoever sees the file sees the whole of it."""
    content = {"host": addresses.host, "http": addresses.http, "smtp": addresses.smtp, "pid": os.getpid()}
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(content) + "\n", encoding="ascii")
    beside.replace(path)


@contextmanager
def serving(service: Service) -> Iterator[Addresses]:
    """A simulator in a thread, for as long as the block runs: the test double that speaks real HTTP and SMTP.

    Raises:
        TimeoutError: it did not start or end in time.
    """
    found: list[Addresses] = []
    started = threading.Event()

    def ready(addresses: Addresses) -> None:
        found.append(addresses)
        started.set()

    thread = threading.Thread(target=lambda: asyncio.run(service.serve(ready)), name="simulator", daemon=True)
    thread.start()
    if not started.wait(_PATIENCE):
        raise TimeoutError("the simulator did not start")
    try:
        yield found[0]
    finally:
        service.stop()
        thread.join(_PATIENCE)
        if thread.is_alive():
            raise TimeoutError("the simulator did not end")
