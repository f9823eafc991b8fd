"""Each path's own bound."""

from __future__ import annotations

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from priorwire.api.body_limit import MAX_BODY_BYTES, MAX_COMPLETION_BYTES, BodyLimit


def statuses(path: str, size: int, declared: str | None) -> list[object]:
    """The statuses that are sent for a body of `size` bytes whose length is said to be `declared`."""
    sent: list[object] = []

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})

    left = size

    async def receive() -> Message:
        nonlocal left
        part = min(left, 1 << 20)
        left -= part
        return {"type": "http.request", "body": b" " * part, "more_body": left > 0}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    headers = [] if declared is None else [(b"content-length", declared.encode())]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(BodyLimit(reading)(scope, receive, send))
    return sent


COMPLETE = "/v1/work-items/work_0/complete"


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/v1/authorizations", MAX_BODY_BYTES), (COMPLETE, MAX_COMPLETION_BYTES), (f"{COMPLETE}/", MAX_BODY_BYTES)],
)
def test_the_limit_is_let_through_and_one_byte_more_is_not(path: str, limit: int) -> None:
    assert statuses(path, limit, str(limit)) == [204]
    assert statuses(path, limit, str(limit + 1)) == [413]
    assert statuses(path, limit, None) == [204]
    with pytest.raises(HTTPException) as refused:
        statuses(path, limit + 1, None)
    assert refused.value.status_code == 413


@pytest.mark.parametrize("declared", ["", "-1", "abc", "\u00b2", "1"])
def test_a_length_that_is_not_true_does_not_open_the_way(declared: str) -> None:
    with pytest.raises(HTTPException):
        statuses("/v1/authorizations", MAX_BODY_BYTES + 1, declared)


def test_a_length_of_a_thousand_digits_is_too_large() -> None:
    assert statuses("/v1/authorizations", 0, "9" * 1000) == [413]
