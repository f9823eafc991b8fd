"""What is in quarantine, and what a person may do with it: have it read again, or read as far as it goes, or end it.

Nothing here reads or sends: it makes things due, and the worker does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.clock import Clock
from priorwire.errors import Conflict
from priorwire.gateway.arrived import FileState, ReceivedFileRow, ReceivedSetRow, SetState
from priorwire.gateway.ports import Store, UnitOfWork
from priorwire.gateway.rows import ArchiveRow, AuditRow, DueKind
from priorwire.model.identifiers import ArchiveId, TenantId

#: How many a list shows of each kind.
SHOWN = 500


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """One thing in quarantine. Its file's name is not here: it may name a patient."""

    id: str
    #: ``file`` or ``set``.
    kind: str
    endpoint_id: str
    cause: str
    archive_id: ArchiveId | None
    #: How often our own code failed over it.
    failures: int
    at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Shown:
    """One of them, whole."""

    item: Quarantined
    #: Of a set: the file that it came in, and its place there.
    file_id: str | None = None
    transaction_set: int | None = None
    archived: ArchiveRow
    payload: bytes


def quarantined(store: Store, tenant: TenantId) -> Sequence[Quarantined]:
    """What is in quarantine, files first; the oldest of each first."""
    with store.read(tenant) as uow:
        files = [_of_file(row) for row in uow.received.files(FileState.QUARANTINED, limit=SHOWN)]
        return [*files, *(_of_set(row) for row in uow.received.sets(SetState.QUARANTINED, limit=SHOWN))]


def show(store: Store, tenant: TenantId, item_id: str) -> Shown:
    """One thing with its bytes. Raises NotFound, and Conflict where it is not in quarantine."""
    with store.read(tenant) as uow:
        if _is_file(item_id):
            file = _file(uow, item_id)
            assert file.archive_id is not None
            archived, payload = uow.archive.get(file.archive_id)
            return Shown(item=_of_file(file), archived=archived, payload=payload)
        row = _set(uow, item_id)
        archived, payload = uow.archive.get(row.archive_id)
        return Shown(
            item=_of_set(row),
            file_id=row.file_id,
            transaction_set=row.transaction_set,
            archived=archived,
            payload=payload,
        )


def retry(store: Store, clock: Clock, tenant: TenantId, item_id: str, actor: str) -> None:
    """Have it read again by the same rules: what was wrong with us may have been mended.

    Raises:
        NotFound, Conflict: as `show`.
    """
    _again(store, clock, tenant, item_id, actor, release=False)


def release(store: Store, clock: Clock, tenant: TenantId, item_id: str, actor: str) -> None:
    """Have it read as far as it goes, although parts of it are missing. A person answers for that.

    Raises:
        NotFound, Conflict: as `show`.
    """
    _again(store, clock, tenant, item_id, actor, release=True)


def dismiss(store: Store, clock: Clock, tenant: TenantId, item_id: str, actor: str) -> None:
    """End it: a person has dealt with it elsewhere. Its bytes stay in the archive.

    Raises:
        NotFound, Conflict: as `show`.
    """
    now = clock.now()
    with store.work(tenant) as uow:
        if _is_file(item_id):
            uow.received.update_file(replace(_file(uow, item_id), state=FileState.DONE, updated_at=now))
        else:
            uow.received.update_set(replace(_set(uow, item_id), state=SetState.DISMISSED, updated_at=now))
        _audit(uow, now, actor, "quarantine.dismissed", item_id)


def _again(store: Store, clock: Clock, tenant: TenantId, item_id: str, actor: str, *, release: bool) -> None:
    now = clock.now()
    with store.work(tenant) as uow:
        if _is_file(item_id):
            file = _file(uow, item_id)
            uow.due.schedule(DueKind.RECEIVED_FILE, item_id, file.endpoint_id, now)
            after = replace(file, state=FileState.ARCHIVED, failures=0, updated_at=now)
            uow.received.update_file(replace(after, released=file.released or release))
        else:
            row = _set(uow, item_id)
            uow.due.schedule(DueKind.RECEIVED_SET, item_id, row.endpoint_id, now)
            waiting = replace(row, state=SetState.WAITING, failures=0, updated_at=now)
            uow.received.update_set(replace(waiting, released=row.released or release))
        _audit(uow, now, actor, "quarantine.released" if release else "quarantine.retried", item_id)


def _is_file(item_id: str) -> bool:
    return item_id.startswith("file_")


def _file(uow: UnitOfWork, item_id: str) -> ReceivedFileRow:
    row = uow.received.file(item_id)
    if row.state is not FileState.QUARANTINED:
        raise Conflict("It is not in quarantine.")
    return row


def _set(uow: UnitOfWork, item_id: str) -> ReceivedSetRow:
    row = uow.received.set(item_id)
    if row.state is not SetState.QUARANTINED:
        raise Conflict("It is not in quarantine.")
    return row


def _of_file(row: ReceivedFileRow) -> Quarantined:
    return Quarantined(
        id=row.id,
        kind="file",
        endpoint_id=row.endpoint_id,
        cause=row.cause or "",
        archive_id=row.archive_id,
        failures=row.failures,
        at=row.updated_at,
    )


def _of_set(row: ReceivedSetRow) -> Quarantined:
    return Quarantined(
        id=row.id,
        kind="set",
        endpoint_id=row.endpoint_id,
        cause=row.cause or "",
        archive_id=row.archive_id,
        failures=row.failures,
        at=row.updated_at,
    )


def _audit(uow: UnitOfWork, at: datetime, actor: str, action: str, subject: str) -> None:
    uow.audit.append(AuditRow(at=at, tenant=uow.tenant, actor=actor, action=action, subject=subject))
