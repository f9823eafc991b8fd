"""What stands in the path, the query and the headers: its shapes, and what its absence or excess means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import Depends, Header, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AfterValidator

from priorwire.errors import Fault, InvalidRequest, NotFound
from priorwire.model.identifiers import TransactionId, WorkItemId

_KEY = r'^([\x21\x23-\x7e]{1,255}|"[\x20\x21\x23-\x7e]{1,255}")$'


def _bare(key: str | None) -> str | None:
    """Without the quotes that the header's definition (a structured field's string) puts on it."""
    return key.strip('"') if key is not None else None


IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Makes a repeated POST answer with the first one's result instead of asking the payer twice. "
        "1 to 255 visible ASCII characters, quoted or bare.",
        pattern=_KEY,
    ),
    AfterValidator(_bare),
]
Prefer = Annotated[
    str | None, Header(description="'respond-async' (RFC 7240) queues the request instead of sending at once.")
]
#: A view beside the record: the messages as sent and received, or where each value was read.
Include = Annotated[
    list[Literal["x12", "sources"]] | None,
    Query(description="'x12' adds every message, byte for byte; 'sources' where each value was read."),
]
Limit = Annotated[int, Query(ge=1, le=200)]
PageToken = Annotated[
    str | None, Query(description="'next_page_token' of the page before.", pattern=r"^(auth|elig)_[0-9a-z]{1,40}$")
]


def wants_async(prefer: str | None) -> bool:
    """Whether a Prefer header asks not to wait; other preferences may stand beside it (RFC 7240, section 2)."""
    asked = (each.partition(";")[0].strip().lower() for each in (prefer or "").split(","))
    return "respond-async" in asked


def _identifier(prefix: str, text: str) -> str:
    """Our own ids only; what is none is not looked up at all. Raises NotFound."""
    if not re.fullmatch(rf"{prefix}_[0-9A-Za-z]{{1,40}}", text, re.ASCII):
        raise NotFound
    return text


def _authorization(authorization_id: str) -> TransactionId:
    return TransactionId(_identifier("auth", authorization_id))


def _eligibility_check(eligibility_check_id: str) -> TransactionId:
    return TransactionId(_identifier("elig", eligibility_check_id))


def _work_item(work_item_id: str) -> WorkItemId:
    return WorkItemId(_identifier("work", work_item_id))


AuthorizationPath = Annotated[TransactionId, Depends(_authorization)]
EligibilityCheckPath = Annotated[TransactionId, Depends(_eligibility_check)]
WorkItemPath = Annotated[WorkItemId, Depends(_work_item)]


def refuse_unknown(request: Request) -> None:
    """A query parameter that the route does not have is a typing error, and silence would hide it.

    Raises:
        InvalidRequest: without the name, which is the caller's own text.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = set(_query_parameters(route.dependant))
    if set(request.query_params) - known:
        names = ", ".join(sorted(known)) or "none at all"
        detail = f"There is a query parameter that this path does not have. It has: {names}."
        raise InvalidRequest((Fault(pointer="/query", code="unknown_parameter", detail=detail),))


def _query_parameters(dependant: Dependant) -> Iterator[str]:
    yield from (each.alias for each in dependant.query_params)
    for part in dependant.dependencies:
        yield from _query_parameters(part)
