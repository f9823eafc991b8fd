"""A payer on this machine that does nothing but answer, so that what is measured is the gateway.

A process of its own: it takes X12 in JSON as a clearinghouse does, echoes whom and what it was asked about, and
says "pended" to every 278 inquiry and "active", with a page of benefits, to every 270. It looks at nothing else.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import BinaryIO

from priorwire.bench.batches import benefits
from priorwire.model.identifiers import PayerId
from priorwire.payers.profile import (
    ChannelKind,
    Endpoint,
    Environment,
    PayerIdentity,
    PayerProfile,
    Route,
    Timing,
    Transaction,
    X12Address,
)

#: A payer is an endpoint of its own, and so a partition of the queue.
PAYERS = tuple(PayerId(f"bench-{number:02}") for number in range(1, 41))
CREDENTIALS = {"bench": ("bench", "bench")}
#: Never asked again within a run.
_LATER = (timedelta(days=2),)


def endpoint_of(payer: PayerId) -> str:
    """The id of the payer's endpoint."""
    return f"{payer}/rest"


def profiles(port: int, *, concurrency: int) -> dict[PayerId, PayerProfile]:
    """Guides of the payers behind `port`, each of which takes so many calls at once."""
    return {payer: _profile(payer, port, concurrency) for payer in PAYERS}


def _profile(payer: PayerId, port: int, concurrency: int) -> PayerProfile:
    name = payer.upper()
    return PayerProfile(
        id=payer,
        name=name,
        source="none: it is measured with",
        edition="1",
        identity=PayerIdentity(name=name, identifier=name),
        routes=(
            Route(
                id="rest",
                channel=ChannelKind.REST_X12,
                transactions=frozenset((Transaction.ELIGIBILITY, Transaction.AUTHORIZATION, Transaction.INQUIRY)),
                real_time=True,
                endpoint=Endpoint(
                    id=endpoint_of(payer),
                    environment=Environment.TEST,
                    url=f"http://127.0.0.1:{port}",
                    credential="bench",
                    concurrency=concurrency,
                    x12=X12Address(
                        sender_qualifier="ZZ",
                        sender="PRIORWIRE",
                        receiver_qualifier="ZZ",
                        receiver=name,
                        group_sender="PRIORWIRE",
                        group_receiver=name,
                        trace_assigner="9PRIORWIRE",
                    ),
                ),
            ),
        ),
        timing=Timing(ask_after=_LATER),
    )


@contextmanager
def loopback_payer() -> Iterator[int]:
    """The payers, in a process that ends with the block; the port that they listen at."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(tell: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=256) as server:
        tell.send(server.getsockname()[1])
        while True:
            taken, _ = server.accept()
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_converse, args=(taken,), daemon=True).start()


def _converse(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as requests:
        while body := _body(requests):
            asked = json.loads(body)["x12"]
            reply = json.dumps({"x12": answer(asked)}).encode("ascii")
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(reply)}\r\n"
            connection.sendall(head.encode("ascii") + b"X-Priorwire-Simulated: 1\r\n\r\n" + reply)


def _body(requests: BinaryIO) -> bytes:
    """The body of the next request; empty where the other side closed."""
    length = 0
    while (line := requests.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return requests.read(length)


def answer(asked: str) -> str:
    """The interchange that answers `asked`, a 270 or a 278 inquiry of one set."""
    said = [line.split("*") for line in asked.strip().rstrip("~").split("~")]
    isa, gs = said[0], said[1]
    made, guide = (_benefits, "005010X279A1") if gs[1] == "HS" else (_pended, "005010X215")
    lines = list(made(said))
    interchange = ["ISA", *isa[1:5], *isa[7:9], *isa[5:7], *isa[9:]]
    group = ["GS", "HB" if gs[1] == "HS" else "HI", gs[3], gs[2], *gs[4:]]
    kind = "271" if gs[1] == "HS" else "278"
    return (
        "~".join(
            (
                "*".join(interchange),
                "*".join(group),
                f"ST*{kind}*0001*{guide}",
                *lines,
                f"SE*{len(lines) + 2}*0001",
                f"GE*1*{gs[6]}",
                f"IEA*1*{isa[13]}",
            )
        )
        + "~"
    )


def _pended(said: list[list[str]]) -> Iterator[str]:
    first = _finder(said)
    bht = first("BHT")
    yield f"BHT*0007*49*{bht[3]}*{bht[4]}*{bht[5]}*19"
    for line in said[4:]:
        if line[0] in {"HL", "NM1", "DMG", "UM"}:
            yield "*".join(line)
        if line[0] == "TRN":
            yield "*".join(("TRN", "2", *line[2:]))
        if line[0] == "UM":
            yield "HCR*A4"


def _benefits(said: list[list[str]]) -> Iterator[str]:
    first = _finder(said)
    echoed = {name: "*".join(first(name)) for name in ("DMG",)}
    member = next(line for line in said if line[:2] == ["NM1", "IL"])
    trace, reference = first("TRN"), first("BHT")[3]
    for line in benefits(int(trace[2][-6:], 36)):
        if line.startswith("BHT*"):
            yield "*".join(("BHT*0022*11", reference, *line.split("*")[4:]))
        elif line.startswith("TRN*"):
            yield "*".join(("TRN", "2", *trace[2:]))
        elif line.startswith("NM1*IL*"):
            yield "*".join(member)
        else:
            yield echoed.get(line.partition("*")[0], line)


def _finder(said: list[list[str]]) -> Callable[[str], list[str]]:
    return lambda name: next(line for line in said if line[0] == name)
