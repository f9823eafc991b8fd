"""The simulator over HTTP: CORE SOAP, raw X12 in JSON, and the controls of whoever plays with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from priorwire.clock import RandomIds
from priorwire.errors import RemoteX12Error

from . import soap
from .clearinghouse import Exchange, Simulator
from .control import control_routes
from .faults import Fault
from .fax import FaxCarrier
from .wire import Connections, Holds, Marked, Spoiled

#: What ``/x12/{transaction}`` may be called; the content decides, as it does everywhere.
_TRANSACTIONS = frozenset(
    {
        *("270", "278", "278-request", "278-inquiry"),
        *("eligibility", "authorization", "inquiry", "submission", "275", "attachment"),
    }
)
_WRONG_TYPE = "text/plain; charset=utf-8"
_PAGE = "<!DOCTYPE html><html><head><title>Notice</title></head><body><h1>Scheduled maintenance</h1></body></html>"


class RawX12(BaseModel):
    """The body of a raw X12 call."""

    model_config = ConfigDict(extra="ignore")

    x12: str


def create_app(
    simulator: Simulator, *, connections: Connections | None = None, fax: FaxCarrier | None = None
) -> FastAPI:
    """The application.

    Args:
        simulator: whom it serves.
        connections: of the server that will run it; without one, a dropped connection raises `ConnectionDropped`.
        fax: for the controls of the fax carrier, if one runs beside.
    """
    app = FastAPI(title="Priorwire simulated clearinghouse", docs_url="/_control/docs", redoc_url=None)
    wires, holds = connections or Connections(), Holds()

    def unread() -> bool:
        with simulator.lock:
            return simulator.faults.unread()

    app.add_middleware(Marked, connections=wires, unread=unread)
    app.include_router(control_routes(simulator, holds, fax))
    core, rest = _CoreDoor(simulator, wires, holds), _RestDoor(simulator, wires, holds)

    @app.post("/core/soap")
    def core_soap(body: bytes = _BODY) -> Response:
        """CAQH CORE vC2.2.0, SOAP 1.2, RealTimeTransaction."""
        return core.serve(body)

    @app.post("/x12/{transaction}")
    def raw_x12(transaction: str, content: RawX12, request: Request) -> Response:
        """An interchange in JSON, answered by one."""
        return rest.serve(transaction, content.x12, request)

    return app


async def _body(request: Request) -> bytes:
    return await request.body()


_BODY = Depends(_body)


class _Door:
    """What both ways in have in common: the reply that a fault spoils."""

    def __init__(self, simulator: Simulator, connections: Connections, holds: Holds) -> None:
        self._simulator = simulator
        self._connections = connections
        self._holds = holds
        self._ids = RandomIds(simulator.clock)

    def _sent(self, exchange: Exchange, reply: Response) -> Response:
        if exchange.mishap is None:
            return reply
        return Spoiled(reply, exchange.mishap, exchange.reference, self._connections, self._holds)


class _CoreDoor(_Door):
    """SOAP."""

    def serve(self, body: bytes) -> Response:
        """Answer a request body."""
        try:
            envelope = soap.read_envelope(body)
        except soap.SoapFault as fault:
            return _served(soap.fault_envelope(fault))
        error = envelope.error(self._simulator.credentials)
        if error:
            return self._refused(envelope, *error)
        try:
            exchange = self._simulator.exchange(envelope.fields["Payload"].encode("latin-1", "replace"), "core")
        except RemoteX12Error:
            return self._refused(envelope, "PayloadIllegal", "The payload is not an X12 interchange.")
        return self._sent(exchange, self._answered(envelope, exchange))

    def _answered(self, envelope: soap.Envelope, exchange: Exchange) -> Response:
        fault = exchange.mishap.fault if exchange.mishap else None
        if fault is Fault.SOAP_FAULT:
            return _served(soap.fault_envelope(soap.SoapFault("Receiver", "The service failed.")))
        if fault is Fault.SOAP_SENDER:
            return _served(soap.fault_envelope(soap.SoapFault("Sender", "The message is not one that is taken.")))
        if fault is Fault.RECEIVER_DOWN:
            return self._refused(envelope, "Receiver", "The payer's system is not available.")
        if fault in _PLAIN:
            return _PLAIN[fault]()
        served = soap.reply_envelope(
            envelope,
            payload=exchange.payload,
            answers=exchange.answers,
            payload_id=self._ids.uuid(),
            at=self._simulator.clock.now(),
            multipart=fault is Fault.MULTIPART,
        )
        return _served(replace(served, content_type=_WRONG_TYPE) if fault is Fault.WRONG_TYPE else served)

    def _refused(self, envelope: soap.Envelope, code: str, message: str) -> Response:
        at = self._simulator.clock.now()
        return _served(soap.error_envelope(envelope, code, message, payload_id=self._ids.uuid(), at=at))


class _RestDoor(_Door):
    """Raw X12 in JSON."""

    def serve(self, transaction: str, x12: str, request: Request) -> Response:
        """Answer an interchange."""
        if not _has_key(request, self._simulator.credentials.api_key):
            return _problem(401, "UNAUTHORIZED", "An API key is required, as X-API-Key or a Bearer token.")
        if transaction not in _TRANSACTIONS:
            return _problem(404, "NOT_FOUND", "There is no such transaction here.")
        try:
            exchange = self._simulator.exchange(x12.encode("latin-1", "replace"), "rest")
        except RemoteX12Error:
            return _problem(400, "INVALID_X12", "The field x12 holds no interchange.")
        return self._sent(exchange, self._answered(exchange))

    def _answered(self, exchange: Exchange) -> Response:
        fault = exchange.mishap.fault if exchange.mishap else None
        if fault is Fault.SOAP_FAULT:
            return _problem(500, "INTERNAL", "The service failed.")
        if fault is Fault.SOAP_SENDER:
            return _problem(400, "BAD_REQUEST", "The message is not one that is taken.")
        if fault is Fault.RECEIVER_DOWN:
            return _problem(502, "PAYER_UNAVAILABLE", "The payer's system is not available.")
        if fault in _PLAIN:
            return _PLAIN[fault]()
        reply = JSONResponse({"id": self._ids.uuid(), "x12": exchange.payload.decode("ascii")})
        if fault is Fault.WRONG_TYPE:
            reply.headers["Content-Type"] = _WRONG_TYPE
        return reply


def _served(served: soap.Served) -> Response:
    return Response(content=served.body, status_code=served.status, headers={"Content-Type": served.content_type})


def _has_key(request: Request, key: str) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = request.headers.get("X-API-Key") or (token if scheme.lower() in {"bearer", "key"} else "")
    return secrets.compare_digest(given.encode(), key.encode())


def _problem(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def _plain(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(HTTPStatus(status).phrase, status_code=status, headers=headers, media_type="text/plain")


#: Faults that look alike whatever was called.
_PLAIN: dict[Fault | None, Callable[[], Response]] = {
    Fault.HTTP_401: lambda: _plain(401, {"WWW-Authenticate": "Bearer"}),
    Fault.HTTP_429: lambda: _plain(429, {"Retry-After": "30"}),
    Fault.HTTP_500: lambda: _plain(500),
    Fault.HTTP_502: lambda: _plain(502),
    Fault.HTTP_503: lambda: _plain(503),
    Fault.HTTP_504: lambda: _plain(504),
    Fault.HTML: lambda: HTMLResponse(_PAGE),
    Fault.DROP_BEFORE: lambda: Response(status_code=500),  # never sent: the connection closes
}
