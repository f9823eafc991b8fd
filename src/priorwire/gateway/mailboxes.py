"""Looking into a mailbox: what lies there is waited for, archived, noted, and only then moved away.

What was seen is kept in the record, so that any node may look next: a file is complete when
two looks far enough apart found the same size and time, *and* it ends where its last
interchange does. Each file is archived, and then moved, in commits of its own; after a crash
between any two of them the next look goes on from what the record and the folder show.

The same bytes again are a duplicate, whatever they are called: noted and moved, not read.
The same name with other bytes is another file.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from priorwire.errors import RemoteX12Error
from priorwire.gateway.arrived import FileState, ReceivedFileRow
from priorwire.gateway.changes import GATEWAY
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import ArchiveRow, AuditRow, Direction, DueKind, DueRow
from priorwire.gateway.ways import Mailbox, WaitingFile
from priorwire.model.identifiers import ArchiveId
from priorwire.payers.profile import Endpoint, FolderSettings
from priorwire.x12 import split

_log = logging.getLogger(__name__)

X12_TYPE = "application/edi-x12"
#: How many files one look takes; the rest at once afterwards, under a fresh lease.
_AT_ONCE = 50
#: When a mailbox is looked for again whose guide was taken away.
_NO_GUIDE = timedelta(days=1)
_CUT_OFF = "it ends before its last interchange does"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A mailbox, and who keeps it."""

    mailbox: Mailbox
    endpoint: Endpoint
    folders: FolderSettings
    payer_id: str


def places(services: Services) -> Iterator[Place]:
    """Every mailbox of this gateway's environment that a guide names."""
    for payer_id, profile in services.profiles.items():
        for route in profile.routes:
            mailbox = services.channels.get(route.channel)
            if isinstance(mailbox, Mailbox) and route.endpoint.environment is services.environment:
                folders = route.endpoint.folders or FolderSettings()
                yield Place(mailbox=mailbox, endpoint=route.endpoint, folders=folders, payer_id=payer_id)


def place_of(services: Services, endpoint_id: str) -> Place | None:
    """The mailbox of an endpoint; `None` where no guide names it any more."""
    return next((each for each in places(services) if each.endpoint.id == endpoint_id), None)


def open_mailboxes(services: Services) -> int:
    """Have every mailbox looked into from now on; how many. Harmless to repeat."""
    now = services.clock.now()
    found = [each.endpoint.id for each in places(services)]
    if found:
        with services.store.work(services.mailbox_tenant) as uow:
            for endpoint_id in found:
                uow.due.schedule(DueKind.MAILBOX, endpoint_id, endpoint_id, now)
    return len(found)


def look(services: Services, lease: DueRow) -> None:
    """Look into a mailbox once, under `lease`.

    Raises:
        StaleFence: another worker looks by now.
    """
    place = place_of(services, lease.id)
    if place is None:
        _settle(services, lease, services.clock.now() + _NO_GUIDE)
        return
    try:
        listed = place.mailbox.waiting(place.endpoint)
    except OSError as error:
        _log.warning(
            "A mailbox cannot be looked into.",
            extra={"action": "mailbox.unavailable", "endpoint": place.endpoint.id, "error": type(error).__name__},
        )
        _settle(services, lease, services.clock.now() + place.folders.poll_every)
        return
    _Look(services, lease, place, listed).run()


def _settle(services: Services, lease: DueRow, at: datetime) -> None:
    with services.store.work(lease.tenant) as uow:
        uow.due.settle(lease, at)


class _Look:
    """One look into one mailbox."""

    def __init__(self, services: Services, lease: DueRow, place: Place, listed: Sequence[WaitingFile]) -> None:
        self._services = services
        self._lease = lease
        self._place = place
        self._listed = {each.name: each for each in listed}
        #: Whether a file lies there that is not complete, as far as is known.
        self._watched = False

    def run(self) -> None:
        ready = self._sight()
        for row in ready[:_AT_ONCE]:
            try:
                self._take(row)
            except OSError as error:  # this file's trouble; the others go on
                _log.warning(
                    "A file in a mailbox cannot be fetched or moved.",
                    extra={"action": "mailbox.file_failed", "subject": row.id, "error": type(error).__name__},
                )
        _settle(self._services, self._lease, self._next(more=len(ready) > _AT_ONCE))

    def _next(self, *, more: bool) -> datetime:
        """At once where files are left to take; soon where one may be complete by then; else when the guide says."""
        now, folders = self._services.clock.now(), self._place.folders
        if more:
            return now
        return now + (min(folders.poll_every, folders.stable_for) if self._watched else folders.poll_every)

    # ------------------------------------------------------------ what lies there

    def _sight(self) -> list[ReceivedFileRow]:
        """Note what lies there; those files that are archived and to be moved, or have stood still for long enough."""
        now = self._services.clock.now()
        ready: list[ReceivedFileRow] = []
        with self._services.store.work(self._lease.tenant) as uow:
            uow.due.check(self._lease)
            known = {row.name: row for row in uow.received.files_there(self._place.endpoint.id)}
            for row in known.values():
                if row.name not in self._listed:
                    self._note_gone(uow, row, now)
            for name, found in self._listed.items():
                row = self._seen(uow, known.get(name), found, now)
                if row.state is not FileState.SIGHTED or now - row.sighted_at >= self._place.folders.stable_for:
                    ready.append(row)
                else:
                    self._watched = True
        return ready

    def _note_gone(self, uow: UnitOfWork, row: ReceivedFileRow, now: datetime) -> None:
        if row.state is FileState.SIGHTED:
            uow.received.update_file(replace(row, state=FileState.GONE, updated_at=now))
        else:  # moved by a process that died before it could say so
            current = uow.received.file(row.id)  # it may have been told apart meanwhile
            uow.received.update_file(replace(current, moved_at=now, updated_at=now))

    def _seen(self, uow: UnitOfWork, row: ReceivedFileRow | None, found: WaitingFile, now: datetime) -> ReceivedFileRow:
        if row is None:
            row = ReceivedFileRow(
                id=self._services.ids.new("file"),
                tenant=self._lease.tenant,
                endpoint_id=self._place.endpoint.id,
                name=found.name,
                size=found.size,
                modified=found.modified,
                sighted_at=now,
                updated_at=now,
            )
            uow.received.add_file(row)
        elif row.state is FileState.SIGHTED and (row.size, row.modified) != (found.size, found.modified):
            row = replace(row, size=found.size, modified=found.modified, sighted_at=now, updated_at=now)
            uow.received.update_file(row)
        return row

    # ------------------------------------------------------------ one file

    def _take(self, row: ReceivedFileRow) -> None:
        """Archive a file, unless that is done, and move it."""
        if row.state is FileState.SIGHTED:
            payload = self._place.mailbox.fetch(self._place.endpoint, row.name)
            if payload is None:
                return
            wrong = wrong_with(payload)
            age = self._services.clock.now() - row.sighted_at
            if wrong is not None and age < self._place.folders.incomplete_after:
                return
            row = self._keep(row, payload, wrong)
        assert row.sha256 is not None
        moved = self._place.mailbox.file_away(self._place.endpoint, row.name, row.sha256)
        self._note_moved(row, moved=moved)

    def _keep(self, row: ReceivedFileRow, payload: bytes, wrong: str | None) -> ReceivedFileRow:
        """From here on its bytes are ours."""
        now, sha256 = self._services.clock.now(), hashlib.sha256(payload).hexdigest()
        with self._services.store.work(self._lease.tenant) as uow:
            uow.due.check(self._lease)
            if uow.received.file_of(row.endpoint_id, sha256) is not None:
                row = replace(row, state=FileState.DUPLICATE, sha256=sha256, updated_at=now)
                _audit(uow, row, "file.duplicate", now)
            else:
                row = self._archived(uow, row, payload, sha256, now)
                if wrong is not None:
                    row = replace(row, state=FileState.QUARANTINED, cause=wrong)
                    _audit(uow, row, "file.quarantined", now)
                else:
                    uow.due.schedule(DueKind.RECEIVED_FILE, row.id, row.endpoint_id, now)
                    _audit(uow, row, "file.archived", now)
            uow.received.update_file(row)
        _log.info(
            "A file was taken from a mailbox.",
            extra={"action": f"file.{row.state.value}", "subject": row.id, "endpoint": row.endpoint_id},
        )
        return row

    def _archived(
        self, uow: UnitOfWork, row: ReceivedFileRow, payload: bytes, sha256: str, now: datetime
    ) -> ReceivedFileRow:
        kept = ArchiveRow(
            id=ArchiveId(self._services.ids.new("arch")),
            tenant=row.tenant,
            direction=Direction.IN,
            content_type=X12_TYPE,
            endpoint_id=row.endpoint_id,
            sha256=sha256,
            size=len(payload),
            simulated=self._listed[row.name].simulated,
            at=now,
        )
        uow.archive.put(kept, payload)
        return replace(
            row, state=FileState.ARCHIVED, size=len(payload), sha256=sha256, archive_id=kept.id, updated_at=now
        )

    def _note_moved(self, row: ReceivedFileRow, *, moved: bool) -> None:
        now = self._services.clock.now()
        with self._services.store.work(self._lease.tenant) as uow:
            uow.due.check(self._lease)
            current = uow.received.file(row.id)  # it may have been told apart meanwhile
            note = current.cause if moved else current.cause or "another file took its name before it was moved"
            uow.received.update_file(replace(current, moved_at=now, cause=note, updated_at=now))


def wrong_with(payload: bytes) -> str | None:
    """Why these bytes are no whole file; `None` where they are."""
    try:
        return None if split(payload).is_whole else _CUT_OFF
    except RemoteX12Error as unreadable:
        return unreadable.message
    except Exception as error:  # noqa: BLE001 -- it fails again where it is told apart, is counted there, and quarantined
        _log.error(
            "A file in a mailbox could not be read.",
            extra={"action": "mailbox.file_unread", "error": type(error).__name__},
        )
        return None


def _audit(uow: UnitOfWork, row: ReceivedFileRow, action: str, now: datetime) -> None:
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action=action, subject=row.id, detail=row.cause or "")
    )
