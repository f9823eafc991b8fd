"""The bare cost: the same durable commits and the same calls, and nothing else.

Straight through the database's driver: each commit is one INSERT of a kilobyte into a table without an index, waited
for as the gateway waits for its own. The calls go through the gateway's own channel, with bytes that were made before.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe

import psycopg
from sqlalchemy import make_url

from priorwire.bench.loopback import CREDENTIALS, PAYERS, profiles
from priorwire.bench.site import Site
from priorwire.bench.timing import now
from priorwire.channels import HttpClients, RestX12
from priorwire.clock import SystemClock
from priorwire.gateway.ways import Final, Message
from priorwire.model.identifiers import ExchangeId
from priorwire.payers.profile import Transaction

#: What a commit writes: about a message with its row.
_PAYLOAD = bytes(range(256)) * 4
_CREATE = "CREATE TABLE IF NOT EXISTS bench_bare (payload {kind})"


@dataclass(frozen=True, kw_only=True)
class BareWork:
    """What is done over and over."""

    site: Site
    transaction: Transaction
    #: What is sent in each call.
    payload: bytes
    #: Commits to each call, on average.
    commits: float
    calls: int
    threads: int


def bare_rate(work: BareWork, processes: int = 1) -> float:
    """Calls a second, each with its commits, by so many processes of so many threads."""
    _make_table(work.site)
    context = get_context("spawn")
    pipes: list[Pipe] = []
    running = []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        process = context.Process(target=_bare, args=(work, work.calls // processes, theirs), daemon=True)
        process.start()
        running.append(process)
        pipes.append(ours)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send("go")
    took = max(float(pipe.recv()) for pipe in pipes)
    for process in running:
        process.join()
    return work.calls // processes * processes / took


def _bare(work: BareWork, calls: int, tell: Pipe) -> None:
    clients = HttpClients()
    call = bare_call(work, clients)
    lock = threading.Lock()
    shares = [range(calls)[thread :: work.threads] for thread in range(work.threads)]

    def share(numbers: range) -> None:
        with _commits(work.site, lock) as commit:
            for number in numbers:
                for _ in range(int((number + 1) * work.commits) - int(number * work.commits)):
                    commit()
                call()

    call()
    tell.send("ready")
    tell.recv()
    began = now()
    with ThreadPoolExecutor(work.threads) as pool:
        for done in [pool.submit(share, numbers) for numbers in shares]:
            done.result()
    tell.send(now() - began)
    clients.close()


def bare_call(work: BareWork, clients: HttpClients) -> Callable[[], None]:
    """The call alone. Raises TimeoutError where the payer on this machine does not answer."""
    payer = PAYERS[0]
    channel = RestX12(clients, CREDENTIALS)
    message = Message(
        exchange_id=ExchangeId("exch_bare"),
        transaction=work.transaction,
        endpoint=profiles(work.site.port, concurrency=work.threads)[payer].routes[0].endpoint,
        payload=work.payload,
        content_type="application/edi-x12",
        payload_id="bare",
        reference="BARE",
        at=SystemClock().now(),
    )

    def call() -> None:
        if not isinstance(channel.send(message), Final):
            raise TimeoutError("the payer on this machine does not answer")

    return call


@contextmanager
def _commits(site: Site, lock: threading.Lock) -> Iterator[Callable[[], None]]:
    """What commits once, for one thread; on SQLite one thread at a time, as in the gateway."""
    if site.is_postgresql:
        with _postgresql(site) as connection:
            yield lambda: _insert(connection)
        return
    file = _sqlite(site)

    def commit() -> None:
        with lock:
            file.execute("INSERT INTO bench_bare VALUES (?)", (_PAYLOAD,))

    try:
        yield commit
    finally:
        file.close()


def _insert(connection: psycopg.Connection[object]) -> None:
    connection.execute("INSERT INTO bench_bare VALUES (%s)", (_PAYLOAD,))


def _make_table(site: Site) -> None:
    if site.is_postgresql:
        with _postgresql(site) as connection:
            connection.execute(_CREATE.format(kind="BYTEA").encode("ascii"))
    else:
        file = _sqlite(site)
        file.execute(_CREATE.format(kind="BLOB"))
        file.close()


def _postgresql(site: Site) -> psycopg.Connection[object]:
    url = make_url(site.url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


def _sqlite(site: Site) -> sqlite3.Connection:
    file = sqlite3.connect(make_url(site.url).database or "", isolation_level=None, check_same_thread=False)
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL"):
        file.execute(f"PRAGMA {pragma}")
    return file
