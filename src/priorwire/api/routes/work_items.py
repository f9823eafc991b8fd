"""``/v1/work-items``: what people must do, and what they did."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from priorwire.api.auth import TheServices, WorkReader, WorkWriter
from priorwire.api.parameters import UnmatchedPath, WorkItemPath
from priorwire.api.present import unmatched_fields, unmatched_whole_out, work_item_out
from priorwire.api.schemas.requests import CompletionIn, ResolutionIn
from priorwire.api.schemas.responses import UnmatchedOut, UnmatchedWholeOut, WorkItemOut
from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway import queries
from priorwire.gateway import unmatched as inbox
from priorwire.gateway.arrived import UnmatchedState
from priorwire.gateway.rows import WorkState
from priorwire.gateway.work_items import Attachment, Completion, complete
from priorwire.model.identifiers import TransactionId

router = APIRouter(prefix="/v1", tags=["work"])


@router.get("/work-items")
def listed(
    caller: WorkReader, services: TheServices, state: Annotated[Literal["open", "done", "all"], Query()] = "open"
) -> list[WorkItemOut]:
    """Work items by due time."""
    wanted = None if state == "all" else WorkState(state)
    return [work_item_out(item) for item in queries.work_items(services, caller.tenant, wanted)]


@router.get("/work-items/{work_item_id}")
def read(caller: WorkReader, work_item_id: WorkItemPath, services: TheServices) -> WorkItemOut:
    """One work item with its prefilled fields."""
    return work_item_out(queries.work_item(services, caller.tenant, work_item_id))


@router.post("/work-items/{work_item_id}/complete")
def finish(caller: WorkWriter, work_item_id: WorkItemPath, body: CompletionIn, services: TheServices) -> WorkItemOut:
    """Close a work item: what the payer's portal or desk said becomes the same kind of record as any answer."""
    files = [_decoded(text) for text in body.attachments]
    try:
        item = complete(
            services,
            Completion(
                tenant=caller.tenant,
                actor=caller.name,
                work_item_id=work_item_id,
                attachments=tuple(Attachment(payload=each or b"") for each in files),
                **body.model_dump(exclude={"attachments"}),
            ),
        )
    except InvalidRequest as wrong:
        raise InvalidRequest(_told_apart(wrong.faults, files), wrong.message) from None
    return work_item_out(item)


@router.get("/unmatched")
def unmatched(
    caller: WorkReader,
    services: TheServices,
    state: Annotated[Literal["open", "joined", "dismissed", "all"], Query()] = "open",
) -> list[UnmatchedOut]:
    """Answers that could not be joined to a request, with the reason and the nearest candidates."""
    wanted = None if state == "all" else UnmatchedState(state)
    rows = inbox.listed(services.store, caller.tenant, wanted)
    return [UnmatchedOut.model_validate(unmatched_fields(row)) for row in rows]


@router.get("/unmatched/{unmatched_id}")
def read_unmatched(caller: WorkReader, unmatched_id: UnmatchedPath, services: TheServices) -> UnmatchedWholeOut:
    """One of them, read again, with what agrees and what speaks against each candidate."""
    return unmatched_whole_out(inbox.show(services.store, caller.tenant, unmatched_id))


@router.post("/unmatched/{unmatched_id}/resolution")
def resolve(
    caller: WorkWriter, unmatched_id: UnmatchedPath, body: ResolutionIn, services: TheServices
) -> UnmatchedWholeOut:
    """Join one to the request that it answers, or dismiss it. What speaks against a join must be confirmed."""
    if body.action == "dismiss":
        inbox.dismiss(services, caller.tenant, caller.name, unmatched_id, body.reason or "")
    elif body.transaction_id is None:
        missing = Fault(pointer="/transaction_id", code="required", detail="To join it needs the request it answers.")
        raise InvalidRequest((missing,))
    else:
        wanted = inbox.Join(
            tenant=caller.tenant,
            actor=caller.name,
            unmatched_id=unmatched_id,
            transaction_id=TransactionId(body.transaction_id),
            confirm=body.confirm,
        )
        inbox.join(services, wanted)
    return unmatched_whole_out(inbox.show(services.store, caller.tenant, unmatched_id))


@router.delete("/unmatched/{unmatched_id}/resolution")
def take_back(caller: WorkWriter, unmatched_id: UnmatchedPath, services: TheServices) -> UnmatchedWholeOut:
    """Take a resolution back: the answer waits again, and what came of it counts no more."""
    inbox.undo(services, caller.tenant, caller.name, unmatched_id)
    return unmatched_whole_out(inbox.show(services.store, caller.tenant, unmatched_id))


def _decoded(text: str) -> bytes | None:
    """A file out of its base64; `None` where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error, and what is said of text beyond ASCII
        return None


def _told_apart(faults: tuple[Fault, ...], files: list[bytes | None]) -> tuple[Fault, ...]:
    """What could not be decoded reached the use case as an empty file, which it refuses; here stands why."""
    undecoded = {f"/attachments/{index}" for index, each in enumerate(files) if each is None}
    return tuple(
        Fault(pointer=fault.pointer, code="base64", detail="This is not base64.")
        if fault.pointer in undecoded
        else fault
        for fault in faults
    )
