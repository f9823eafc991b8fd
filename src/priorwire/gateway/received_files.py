"""A file from a mailbox, told apart: each set goes under the tenant whose request it names, and is due there.

Every set is a row of its own with a name made of its place in the file, so that telling a file
apart a second time, after a crash, adds nothing. A set that cannot even be read goes to the
mailbox's own tenant and is dealt with there; it keeps no other set from its way. What
acknowledges the file is stored, with its control numbers, before it is left in the folder.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import replace

from priorwire.errors import Conflict
from priorwire.gateway.acknowledging import acknowledge_received
from priorwire.gateway.arrived import FileState, ReceivedFileRow, ReceivedSetRow, SetState
from priorwire.gateway.changes import GATEWAY
from priorwire.gateway.endpoints import put_off, waits
from priorwire.gateway.mailboxes import X12_TYPE, Place, place_of, wrong_with
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import ArchiveRow, AuditRow, Direction, DueKind, DueRow
from priorwire.gateway.whose import keys_of
from priorwire.model.identifiers import ArchiveId, TenantId
from priorwire.payers.profile import Acknowledging
from priorwire.x12 import Part, split

_log = logging.getLogger(__name__)

#: The queue counts starts by partition: so many sets of one mailbox may go side by side.
_LANES = 16
_SEVERAL = "it answers requests of several tenants; none of them may see the others'"
_REPEATED = "an interchange number in it came before, with other bytes"
#: How `outbound` names an inquiry about a request.
_INQUIRY = re.compile(r"(?P<request>.+)Q\d+", re.ASCII)


def tell_apart(services: Services, lease: DueRow) -> None:
    """Take the next steps with an archived file, under `lease`.

    Raises:
        StaleFence: another worker has it by now.
        OSError: the acknowledgment cannot be left in the folder.
    """
    with services.store.read(lease.tenant) as uow:
        row = uow.received.file(lease.id)
    if row.state is FileState.ARCHIVED:
        row = _told_apart(services, lease, row)
    if row.state is FileState.SPLIT:
        if _is_held_back(services, lease, row):
            return
        _acknowledge(services, row)
        row = _done(services, lease, row)
    with services.store.work(lease.tenant) as uow:
        uow.due.settle(lease, None)


def _told_apart(services: Services, lease: DueRow, row: ReceivedFileRow) -> ReceivedFileRow:
    assert row.archive_id is not None
    with services.store.read(lease.tenant) as uow:
        archived, payload = uow.archive.get(row.archive_id)
    wrong = wrong_with(payload)
    if wrong is not None and not row.released:
        return _put_aside(services, lease, row, wrong)
    parts = split(payload).parts
    for part in parts:
        _stand(services, row, part, simulated=archived.simulated)
    numbers = {part.interchange_number for part in parts}
    repeated = any(services.store.knows_interchange(row.endpoint_id, each, outside=row.id) for each in sorted(numbers))
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        after = replace(
            uow.received.file(row.id), state=FileState.DONE, sets=len(parts), updated_at=services.clock.now()
        )
        if repeated:
            after = replace(after, cause=_REPEATED)
            _note_repeated(services, uow, after)
        place = place_of(services, row.endpoint_id)
        if place is not None and place.folders.acknowledge:
            after = _with_acknowledgment(services, uow, after, place, payload)
        uow.received.update_file(after)
    return after


def _put_aside(services: Services, lease: DueRow, row: ReceivedFileRow, cause: str) -> ReceivedFileRow:
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        after = replace(uow.received.file(row.id), state=FileState.QUARANTINED, cause=cause, updated_at=now)
        uow.received.update_file(after)
        uow.audit.append(
            AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="file.quarantined", subject=row.id, detail=cause)
        )
    return after


def _note_repeated(services: Services, uow: UnitOfWork, row: ReceivedFileRow) -> None:
    """Both files are kept and read: which of them the sender meant, a person finds out."""
    _log.warning(
        "A mailbox gave an interchange number a second time, with other bytes.",
        extra={"action": "file.interchange_repeated", "subject": row.id, "endpoint": row.endpoint_id},
    )
    uow.audit.append(
        AuditRow(
            at=services.clock.now(),
            tenant=row.tenant,
            actor=GATEWAY,
            action="file.interchange_repeated",
            subject=row.id,
            detail=_REPEATED,
        )
    )


# ---------------------------------------------------------------- one set


def _stand(services: Services, file: ReceivedFileRow, part: Part, *, simulated: bool) -> None:
    owners = _owners(services, file, part)
    tenant = next(iter(owners)) if len(owners) == 1 else file.tenant
    now = services.clock.now()
    archived = ArchiveRow(
        id=ArchiveId(services.ids.new("arch")),
        tenant=tenant,
        direction=Direction.IN,
        content_type=X12_TYPE,
        endpoint_id=file.endpoint_id,
        sha256=hashlib.sha256(part.payload).hexdigest(),
        size=len(part.payload),
        simulated=simulated,
        at=now,
    )
    row = ReceivedSetRow(
        id=f"set_{file.id.removeprefix('file_')}_{part.ordinal}",
        tenant=tenant,
        file_id=file.id,
        endpoint_id=file.endpoint_id,
        archive_id=archived.id,
        interchange=part.interchange,
        transaction_set=part.ordinal,
        interchange_number=part.interchange_number,
        state=SetState.QUARANTINED if len(owners) > 1 else SetState.WAITING,
        cause=_SEVERAL if len(owners) > 1 else None,
        created_at=now,
        updated_at=now,
    )
    try:
        with services.store.work(tenant) as uow:
            uow.archive.put(archived, part.payload)
            uow.received.add_set(row)
            if row.state is SetState.WAITING:
                lane = f"{file.endpoint_id}/received-{part.ordinal % _LANES}"
                uow.due.schedule(DueKind.RECEIVED_SET, row.id, lane, now)
    except Conflict:
        return  # it stands already: this file was being told apart when its process died


def _owners(services: Services, file: ReceivedFileRow, part: Part) -> frozenset[TenantId]:
    """Whose requests a set names. Nobody's, and it is the mailbox's own tenant's to deal with."""
    try:
        sets = [said for said in read_payload(part.payload) if isinstance(said, SetRead)]
        return frozenset(owner for said in sets for owner in _owners_of(services, file, said))
    except Exception as error:  # noqa: BLE001 -- it fails again where it is placed, is counted there, and quarantined
        _log.warning(
            "Whose a received set is could not be read.",
            extra={"action": "set.owner_unread", "subject": file.id, "error": type(error).__name__},
        )
        return frozenset()


def _owners_of(services: Services, file: ReceivedFileRow, said: SetRead) -> Iterator[TenantId]:
    store, endpoint_id = services.store, file.endpoint_id
    if said.acknowledgment is not None:
        about = said.acknowledgment
        yield from store.owners_of(endpoint_id, interchange=about.interchange_number, group=about.group_number)
    payer_id = endpoint_id.partition("/")[0]
    for reading in said.readings:
        keys = keys_of(reading.record)
        found = store.owners_of(endpoint_id, names=[*_names(keys.reference, *keys.traces)])
        yield from found or _owners_by_number(services, payer_id, keys.payer_numbers)


def _names(*given: str | None) -> Iterator[str]:
    """Each as it stands, and as the request that it would be an inquiry about."""
    for each in given:
        if each is not None and each.strip():
            name = each.strip().upper()
            yield name
            inquiry = _INQUIRY.fullmatch(name)
            if inquiry:
                yield inquiry["request"]


def _owners_by_number(services: Services, payer_id: str, numbers: tuple[str, ...]) -> frozenset[TenantId]:
    """By the payer's own numbers. Each tenant's are looked up with its own keys: nobody else can."""
    if not numbers:
        return frozenset()
    found = set()
    for tenant in services.store.tenants():
        with services.store.read(tenant) as uow:
            if any(uow.transactions.by_payer_reference(payer_id, number) for number in numbers):
                found.add(tenant)
    return frozenset(found)


# ---------------------------------------------------------------- the acknowledgment


def _with_acknowledgment(
    services: Services, uow: UnitOfWork, row: ReceivedFileRow, place: Place, payload: bytes
) -> ReceivedFileRow:
    now, to = services.clock.now(), place.endpoint.x12
    scope = f"{to.sender}>{to.receiver}" if to is not None else place.endpoint.id
    said = acknowledge_received(
        payload,
        now,
        lambda: (uow.control_numbers.next(scope, "interchange"), uow.control_numbers.next(scope, "group")),
        ta1=Acknowledging.TA1 in place.folders.acknowledge,
        ack_999=Acknowledging.ACK_999 in place.folders.acknowledge,
    )
    if not said:
        return row
    kept = ArchiveRow(
        id=ArchiveId(services.ids.new("arch")),
        tenant=row.tenant,
        direction=Direction.OUT,
        content_type=X12_TYPE,
        endpoint_id=row.endpoint_id,
        sha256=hashlib.sha256(said).hexdigest(),
        size=len(said),
        at=now,
    )
    uow.archive.put(kept, said)
    name = f"ACK-{row.id.removeprefix('file_')}{place.folders.suffix}"
    return replace(row, state=FileState.SPLIT, acknowledgment_name=name, acknowledgment_archive_id=kept.id)


def _is_held_back(services: Services, lease: DueRow, row: ReceivedFileRow) -> bool:
    """Whether nothing may leave for the mailbox now, our acknowledgments included. The file is due again later."""
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        hold = waits(services, uow, row.endpoint_id) if row.acknowledgment_name is not None else None
        if hold is not None:
            put_off(services, uow, lease, hold, "file.acknowledgment_held")
        return hold is not None


def _acknowledge(services: Services, row: ReceivedFileRow) -> None:
    place = place_of(services, row.endpoint_id)
    if place is None or row.acknowledgment_archive_id is None or row.acknowledgment_name is None:
        return
    with services.store.read(row.tenant) as uow:
        payload = uow.archive.get(row.acknowledgment_archive_id)[1]
    place.mailbox.leave(place.endpoint, row.acknowledgment_name, payload)


def _done(services: Services, lease: DueRow, row: ReceivedFileRow) -> ReceivedFileRow:
    now = services.clock.now()
    with services.store.work(lease.tenant) as uow:
        uow.due.check(lease)
        after = replace(uow.received.file(row.id), state=FileState.DONE, updated_at=now)
        uow.received.update_file(after)
        uow.audit.append(AuditRow(at=now, tenant=row.tenant, actor=GATEWAY, action="file.acknowledged", subject=row.id))
    return after
