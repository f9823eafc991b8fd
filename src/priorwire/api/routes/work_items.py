"""``/v1/work-items``: what people must do, and what they did."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from priorwire.api.auth import TheServices, WorkReader, WorkWriter
from priorwire.api.present import work_item_out
from priorwire.api.schemas.requests import CompletionIn
from priorwire.api.schemas.responses import UnmatchedOut, WorkItemOut
from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway import queries
from priorwire.gateway.rows import WorkState
from priorwire.gateway.work_items import Attachment, Completion, complete
from priorwire.model.identifiers import WorkItemId

router = APIRouter(prefix="/v1", tags=["work"])


@router.get("/work-items")
def listed(
    caller: WorkReader, services: TheServices, state: Annotated[Literal["open", "done"] | None, Query()] = "open"
) -> list[WorkItemOut]:
    """Work items by due time."""
    wanted = WorkState(state) if state else None
    return [work_item_out(item) for item in queries.work_items(services, caller.tenant, wanted)]


@router.get("/work-items/{work_item_id}")
def read(work_item_id: str, caller: WorkReader, services: TheServices) -> WorkItemOut:
    """One work item with its prefilled fields."""
    return work_item_out(queries.work_item(services, caller.tenant, WorkItemId(work_item_id)))


@router.post("/work-items/{work_item_id}/complete")
def finish(work_item_id: str, body: CompletionIn, caller: WorkWriter, services: TheServices) -> WorkItemOut:
    """Close a work item: what the payer's portal or desk said becomes the same kind of record as an electronic answer."""
    entered = body.model_dump(exclude={"attachments"})
    item = complete(
        services,
        Completion(
            tenant=caller.tenant,
            actor=caller.name,
            work_item_id=WorkItemId(work_item_id),
            attachments=_attachments(body.attachments),
            **entered,
        ),
    )
    return work_item_out(item)


@router.get("/unmatched")
def unmatched(caller: WorkReader, services: TheServices) -> list[UnmatchedOut]:
    """Answers that could not be joined to a request, with the reason and the nearest candidates."""
    return [
        UnmatchedOut(id=row.id, archive_id=row.archive_id, reason=row.reason, candidates=list(row.candidates), at=row.at)
        for row in queries.unmatched(services, caller.tenant)
    ]


def _attachments(texts: list[str]) -> tuple[Attachment, ...]:
    faults, files = [], []
    for index, text in enumerate(texts):
        try:
            files.append(Attachment(payload=base64.b64decode(text, validate=True)))
        except binascii.Error:
            faults.append(Fault(pointer=f"/attachments/{index}", code="base64", detail="This is not base64."))
    if faults:
        raise InvalidRequest(tuple(faults))
    return tuple(files)
