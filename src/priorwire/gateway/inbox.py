"""The unmatched inbox: what could be joined to nothing is kept there, with its reason, and somebody is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from priorwire.gateway.arrived import UnmatchedRow, UnmatchedState
from priorwire.gateway.changes import GATEWAY, Task
from priorwire.gateway.correlate import NoMatch
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import SetRead
from priorwire.gateway.rows import AnyRecord, AuditRow, WorkItemRow, WorkKind, WorkState
from priorwire.mapping import Reading
from priorwire.model.identifiers import ArchiveId, WorkItemId

#: How long an answer that came by itself may wait for the person who finds its request.
_WAITS = timedelta(days=1)
_RULE = "an answer that names no request: a day after it came"


@dataclass(frozen=True, kw_only=True)
class SetPlace:
    """Where a set, or one of its reviews, stands in the archive."""

    archive_id: ArchiveId
    #: Ordinals from 1 in the archived payload; 0 where it could not be read at all.
    interchange: int
    transaction_set: int
    #: From 1; `None` for the set as a whole.
    review: int | None = None


def review_of(said: SetRead, reading: Reading[AnyRecord] | None) -> int | None:
    """Which of a set's reviews a reading is, from 1; `None` for none of them."""
    return next((number for number, each in enumerate(said.readings, 1) if each is reading), None)


def unmatched_task(reason: str) -> Task:
    """What a person is asked to do about an answer that was joined to no request."""
    return Task(
        kind=WorkKind.UNMATCHED_ANSWER,
        instructions=f"An answer came and was joined to no request: {reason}. Look at it and at what comes nearest "
        "(priorwire unmatched show), and join it or dismiss it.",
    )


def keep_unmatched(services: Services, uow: UnitOfWork, place: SetPlace, why: NoMatch) -> UnmatchedRow:
    """Keep what could be joined to nothing."""
    now = services.clock.now()
    kept = UnmatchedRow(
        id=services.ids.new("unm"),
        tenant=uow.tenant,
        archive_id=place.archive_id,
        interchange=place.interchange,
        transaction_set=place.transaction_set,
        reason=why.reason,
        candidates=why.candidates,
        review=place.review,
        at=now,
    )
    uow.unmatched.add(kept)
    uow.audit.append(
        AuditRow(
            at=now, tenant=kept.tenant, actor=GATEWAY, action="answer.unmatched", subject=kept.id, detail=why.reason
        )
    )
    return kept


def ask_about(services: Services, uow: UnitOfWork, row: UnmatchedRow, endpoint_id: str) -> None:
    """Ask a person about what came by itself: no request of ours has a work list that it could stand on."""
    now = services.clock.now()
    task = unmatched_task(row.reason)
    item = WorkItemRow(
        id=WorkItemId(services.ids.new("work")),
        tenant=row.tenant,
        kind=task.kind,
        state=WorkState.OPEN,
        transaction_id=None,
        payer_id=endpoint_id.partition("/")[0],
        instructions=task.instructions,
        due_at=now + _WAITS,
        due_rule=_RULE,
        created_at=now,
    )
    uow.work_items.add(item)
    uow.unmatched.update(replace(row, work_item_id=item.id))
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action=f"work_item.{task.kind.value}", subject=item.id)
    )


def close_work(services: Services, uow: UnitOfWork, row: UnmatchedRow, actor: str) -> None:
    """Close the work item of a resolved row, once no other row waits under it."""
    if row.work_item_id is None:
        return
    others = [each for each in uow.unmatched.of_work_item(row.work_item_id) if each.id != row.id]
    item = uow.work_items.get(row.work_item_id)
    if item.state is WorkState.OPEN and all(each.state is not UnmatchedState.OPEN for each in others):
        now = services.clock.now()
        uow.work_items.update(replace(item, state=WorkState.DONE, completed_by=actor, completed_at=now))
        uow.audit.append(
            AuditRow(at=now, tenant=row.tenant, actor=actor, action="work_item.made_needless", subject=item.id)
        )


def reopen_work(services: Services, uow: UnitOfWork, work_item_id: WorkItemId, actor: str) -> None:
    """Open a work item again: what had made it needless was taken back."""
    item = uow.work_items.get(work_item_id)
    if item.state is WorkState.DONE:
        uow.work_items.update(replace(item, state=WorkState.OPEN, completed_by=None, completed_at=None))
        uow.audit.append(
            AuditRow(
                at=services.clock.now(),
                tenant=item.tenant,
                actor=actor,
                action="work_item.reopened",
                subject=item.id,
            )
        )
