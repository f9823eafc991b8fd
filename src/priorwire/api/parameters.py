"""What stands in the path, the query and the headers: its shapes, and what its absence or excess means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Header, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AfterValidator, StringConstraints

from priorwire.errors import Fault, InvalidRequest, NotFound
from priorwire.gateway.needs import NeedQuestion
from priorwire.model.eligibility import Network
from priorwire.model.identifiers import AttachmentId, TransactionId, UseId, WorkItemId
from priorwire.model.services import CodeSystem, ProcedureCode

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
#: Which value, or part with several, of a record is explained.
Field = Annotated[
    str,
    Query(
        description="Path in the record, e.g. 'services[0].quantity'.",
        min_length=1,
        max_length=200,
        pattern=r"^[a-z][a-z0-9_.\[\]]*$",
    ),
]
Limit = Annotated[int, Query(ge=1, le=200)]
PageToken = Annotated[
    str | None, Query(description="'next_page_token' of the page before.", pattern=r"^(auth|elig)_[0-9a-z]{1,40}$")
]


@dataclass(frozen=True)
class NeedQuery:
    """A service, as the query names it: codes only, which say nothing of whose it is."""

    procedure: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9.]{0,19}$")] = None
    system: Annotated[CodeSystem, Query(description="Of the procedure's code.")] = CodeSystem.CPT_HCPCS
    modifier: Annotated[list[Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]] | None, Query()] = None
    service_type: Annotated[list[Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,2}$")]] | None, Query()] = None
    network: Annotated[Literal["in", "out"] | None, Query(description="Left out where it is not known.")] = None
    place_of_service: Annotated[str | None, Query(pattern=r"^[0-9]{2}$")] = None

    def to_model(self) -> NeedQuestion:
        """The question. Raises InvalidRequest where no service is named."""
        if self.procedure is None and not self.service_type:
            detail = "Name a 'procedure' or a 'service_type' to ask about."
            raise InvalidRequest((Fault(pointer="/query/procedure", code="required", detail=detail),))
        code = (
            ProcedureCode(system=self.system, code=self.procedure, modifiers=tuple(self.modifier or ()))
            if (self.procedure)
            else None
        )
        return NeedQuestion(
            procedure=code,
            service_types=tuple(self.service_type or ()),
            network=Network(self.network) if self.network else Network.NOT_STATED,
            place_of_service=self.place_of_service,
        )


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


def _use(use_id: str) -> UseId:
    return UseId(_identifier("use", use_id))


def _attachment(attachment_id: str) -> AttachmentId:
    return AttachmentId(_identifier("att", attachment_id))


def _unmatched(unmatched_id: str) -> str:
    return _identifier("unm", unmatched_id)


AuthorizationPath = Annotated[TransactionId, Depends(_authorization)]
EligibilityCheckPath = Annotated[TransactionId, Depends(_eligibility_check)]
AttachmentPath = Annotated[AttachmentId, Depends(_attachment)]
UsePath = Annotated[UseId, Depends(_use)]
WorkItemPath = Annotated[WorkItemId, Depends(_work_item)]
UnmatchedPath = Annotated[str, Depends(_unmatched)]


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
