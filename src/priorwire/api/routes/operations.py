"""Health, metrics, the payers that can be reached, and the door for carriers' reports."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from priorwire.api.auth import EligibilityReader, TheServices
from priorwire.api.schemas.responses import PayerOut
from priorwire.channels.fax_status import read_status
from priorwire.errors import Unauthorized
from priorwire.gateway.fax_status import note_fax_status

router = APIRouter(tags=["operations"])


@router.get("/health")
def health(services: TheServices) -> dict[str, str | None]:
    """Whether the gateway and its store answer, and when the next row is due."""
    due = services.store.next_due()
    return {"status": "ok", "next_due_at": due.isoformat() if due else None}


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Prometheus metrics. Labels are states and actions, never identifiers."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/payers")
def payers(caller: EligibilityReader, services: TheServices) -> list[PayerOut]:
    """The payers whose companion guides are installed."""
    return [
        PayerOut(
            id=profile.id,
            name=profile.name,
            transactions=sorted({t.value for route in profile.routes for t in route.transactions}),
            channels=list(dict.fromkeys(route.channel.value for route in profile.routes)),
        )
        for profile in services.profiles.values()
    ]


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(
    "/v1/inbound/fax-status",
    status_code=HTTPStatus.NO_CONTENT,
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "Signed with the headers webhook-id, webhook-timestamp and webhook-signature.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
def fax_status(request: Request, services: TheServices, body: Annotated[bytes, Depends(_body)]) -> Response:
    """A fax carrier's signed report (Standard Webhooks). Proves transport, not receipt by the right desk."""
    secret: str | None = request.app.state.fax_secret
    if secret is None:
        raise Unauthorized("No fax carrier is configured here.")
    status = read_status(dict(request.headers), body, secret, services.clock.now())
    note_fax_status(services, status)
    return Response(status_code=HTTPStatus.NO_CONTENT)
