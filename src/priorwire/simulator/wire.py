"""Faults of the connection itself: closed unread, unanswered or half-way, late, held back.

uvicorn gives an application no way to close its connection without a response. So the server
runs with a protocol class of ours (`Connections.protocol`) that does what uvicorn's does and
also notes each connection's transport by the client's address. Nothing of uvicorn's inner
state is touched: `asyncio.Transport.abort` closes the socket, and uvicorn learns of it as it
learns of any lost client.

Run in one process without a server (a `TestClient`), there is no socket to close: then
`ConnectionDropped` is raised instead, which such a client lets through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .faults import Fault, Mishap

#: Says of every reply that a simulator made it.
SIMULATED_HEADER = "X-Priorwire-Simulated"
#: Seconds, where a slow or dripping reply is not told how slow.
SLOW = 1.0
#: In so many pieces a reply drips out.
_DROPS = 20


class ConnectionDropped(Exception):
    """The simulator dropped the connection, and there is no socket to show it by."""


class Connections:
    """The open connections of a server."""

    def __init__(self) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """The protocol class to run uvicorn with."""
        transports = self._transports

        class NotedProtocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
                transports[_address(transport)] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(_address(self.transport), None)
                super().connection_lost(exc)

        return NotedProtocol

    async def drop(self, scope: Scope, receive: Receive, *, after_writing: bool = False) -> None:
        """Close this request's connection. Returns once uvicorn knows.

        Args:
            scope: of the request.
            receive: of the request.
            after_writing: whether what was written is still to go out.

        Raises:
            ConnectionDropped: there is no socket.
        """
        transport = self._transports.get(tuple(scope.get("client") or ()))
        if transport is None:
            raise ConnectionDropped
        if after_writing:
            transport.close()
        else:
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            continue


def _address(transport: asyncio.BaseTransport) -> tuple[str, int]:
    host, port, *_ = transport.get_extra_info("peername") or ("", 0)
    return str(host), int(port)


class Holds:
    """The replies that are held back. Used on the server's event loop only."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[str, asyncio.Event]] = {}
        self._count = 0

    @property
    def references(self) -> tuple[str, ...]:
        """BHT03 of each, oldest first."""
        return tuple(reference for reference, _ in self._held.values())

    def release(self, reference: str | None = None) -> int:
        """Let one go (or all, for `None`); gives how many."""
        chosen = [event for held, event in self._held.values() if reference in (None, held)]
        for event in chosen:
            event.set()
        return len(chosen)

    async def wait(self, reference: str, seconds: float | None, receive: Receive) -> bool:
        """Hold until released, so many seconds, or until the client has gone; gives whether it is still there."""
        self._count += 1
        number, event = self._count, asyncio.Event()
        self._held[number] = (reference, event)
        released, gone = asyncio.create_task(event.wait()), asyncio.create_task(_gone(receive))
        try:
            done, _ = await asyncio.wait({released, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._held[number]
            released.cancel()
            gone.cancel()
        return gone not in done


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


class Spoiled(Response):
    """A reply that meets a fault of the connection on its way."""

    def __init__(self, reply: Response, mishap: Mishap, reference: str, connections: Connections, holds: Holds) -> None:
        super().__init__(status_code=reply.status_code)
        self._reply = reply
        self._mishap = mishap
        self._reference = reference
        self._connections = connections
        self._holds = holds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self._mishap.fault:
            case Fault.DROP_BEFORE | Fault.DROP_AFTER:
                await self._connections.drop(scope, receive)
            case Fault.SILENCE:
                await _gone(receive)
            case Fault.DROP_DURING:
                await self._some(send)
                await self._connections.drop(scope, receive, after_writing=True)
            case Fault.HOLD:
                if await self._holds.wait(self._reference, self._mishap.seconds, receive):
                    await self._reply(scope, receive, send)
            case Fault.SLOW:
                seconds = SLOW if self._mishap.seconds is None else self._mishap.seconds
                if await self._holds.wait(self._reference, seconds, receive):
                    await self._reply(scope, receive, send)
            case Fault.DRIP:
                await self._drip(send)
            case _:
                await self._reply(scope, receive, send)

    async def _some(self, send: Send) -> None:
        """The head and the body's beginning."""
        body = bytes(self._reply.body)
        cut_at = len(body) // 2 if self._mishap.cut_at is None else self._mishap.cut_at
        await self._head(send)
        await send({"type": "http.response.body", "body": body[:cut_at], "more_body": True})

    async def _drip(self, send: Send) -> None:
        """The whole of it, a little at a time."""
        body = bytes(self._reply.body)
        seconds = SLOW if self._mishap.seconds is None else self._mishap.seconds
        size = len(body) // _DROPS + 1
        await self._head(send)
        for start in range(0, len(body), size):
            await asyncio.sleep(seconds / _DROPS)
            await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _head(self, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self._reply.status_code,
                "headers": self._reply.raw_headers,
            }
        )


class Marked:
    """ASGI middleware: marks every reply as simulated, and drops unread what was ordered to be."""

    def __init__(self, app: ASGIApp, connections: Connections, unread: Callable[[], bool]) -> None:
        self.app = app
        self._connections = connections
        self._unread = unread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not scope["path"].startswith("/_control") and self._unread():
            await self._connections.drop(scope, receive)
            return

        async def marking(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (SIMULATED_HEADER.lower().encode(), b"1")]
            await send(message)

        await self.app(scope, receive, marking)
