"""The sweep: rows that nobody moves are found, counted, and given an owner.

Every use case leaves its rows with an owner, in the commit that moves them; so a row without one is
a defect of ours, or came of a hand in the database. It is mended where that is safe: a due row is
given at once (a look that finds nothing to do is harmless, and nothing is ever sent again for having
been looked at), and where a person is wanted, a work item says so. Each is logged and audited.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from priorwire.gateway.arrived import FileState
from priorwire.gateway.attachment_changes import ask_about
from priorwire.gateway.changes import GATEWAY, Task, ask_person
from priorwire.gateway.orphans import Lack, Orphan, Subject
from priorwire.gateway.ports import Services, Store, UnitOfWork
from priorwire.gateway.rows import AuditRow, DueKind, DueRow, Purpose, WorkKind
from priorwire.model.identifiers import AttachmentId, CaseId, DeliveryId, ExchangeId, TransactionId
from priorwire.model.lifecycle import CaseState

_log = logging.getLogger(__name__)

#: How often the sweep looks. A row without an owner is a defect: minutes do not matter, and a million rows are read.
EVERY = timedelta(minutes=15)
#: The due row of the sweep itself: one for all nodes.
_NAME = "owners"

_FOUND = Task(
    kind=WorkKind.WITHOUT_OWNER,
    instructions="This was found with nobody to move it on. Look up where it stands, with its history; do what is "
    "needed, or close it with a reason. An integration engineer finds out how it came about (audit: owner.missing).",
)


def ownerless(store: Store) -> Mapping[Subject, int]:
    """How many rows nobody moves at the moment, of all tenants; what has none is left out."""
    return Counter(each.subject for each in store.ownerless())


def open_sweep(services: Services) -> None:
    """Have the sweep run from now on. Harmless to repeat."""
    with services.store.work(services.mailbox_tenant) as uow:
        uow.due.hasten(DueKind.SWEEP, _NAME, _NAME, services.clock.now())


def sweep(services: Services, lease: DueRow) -> int:
    """Find rows without an owner and give each one, under `lease`; how many.

    Raises:
        StaleFence: another worker sweeps by now.
    """
    given = sum(mend(services, each) for each in services.store.ownerless())
    with services.store.work(lease.tenant) as uow:
        uow.due.settle(lease, services.clock.now() + EVERY)
    return given


def mend(services: Services, orphan: Orphan) -> bool:
    """Give a row an owner; whether it had none."""
    now, kind = services.clock.now(), orphan.subject
    with services.store.work(orphan.tenant) as uow:
        if not uow.owners.still_lacks(orphan):
            return False  # it was in somebody's hands
        _MENDS[orphan.subject, orphan.lacks](services, uow, orphan)
        detail = f"{kind.value}: a {orphan.lacks.value.replace('_', ' ')} was missing, and was given"
        uow.audit.append(
            AuditRow(
                at=now, tenant=orphan.tenant, actor=GATEWAY, action="owner.missing", subject=orphan.id, detail=detail
            )
        )
    _log.error(
        "A row had no owner; it was given one.",
        extra={"action": "owner.missing", "kind": kind.value, "subject": orphan.id},
    )
    return True


def _transaction_is_due(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    row = uow.transactions.get(TransactionId(orphan.id))
    uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, services.clock.now())


def _transaction_is_a_persons(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    ask_person(services, uow, uow.transactions.get(TransactionId(orphan.id)), _FOUND)


def _attachment_is_due(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    row = uow.attachments.get(AttachmentId(orphan.id))
    _document_is_due(services, uow, row.id, row.endpoint_id or _NAME)


def _document_is_due(services: Services, uow: UnitOfWork, attachment_id: AttachmentId, partition: str) -> None:
    uow.due.schedule(DueKind.ATTACHMENT, attachment_id, partition, services.clock.now())


def _attachment_is_a_persons(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    ask_about(services, uow, uow.attachments.get(AttachmentId(orphan.id)), "It was found with nobody to move it on.")


def _delivery_is_due(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    row = uow.webhooks.delivery(DeliveryId(orphan.id))
    uow.due.schedule(DueKind.WEBHOOK, row.id, f"webhook/{row.endpoint_id}", services.clock.now())


def _file_is_due(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    row = uow.received.file(orphan.id)
    kind, about = DueKind.RECEIVED_FILE, row.id
    if row.state is FileState.SIGHTED:
        kind, about = DueKind.MAILBOX, row.endpoint_id
    uow.due.schedule(kind, about, row.endpoint_id, services.clock.now())


def _set_is_due(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    row = uow.received.set(orphan.id)
    uow.due.schedule(DueKind.RECEIVED_SET, row.id, row.endpoint_id, services.clock.now())


def _exchange_is_due(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    """Whoever has the request, or the document, in hand next sees that the exchange's process died."""
    row = uow.exchanges.get(ExchangeId(orphan.id))
    if row.purpose is not Purpose.ATTACH:
        uow.due.schedule(DueKind.TRANSACTION, row.transaction_id, row.endpoint_id, services.clock.now())
        return
    for each in uow.attachments.of(row.transaction_id):
        if each.reference == row.reference:
            _document_is_due(services, uow, each.id, row.endpoint_id)


def _case_is_a_persons(services: Services, uow: UnitOfWork, orphan: Orphan) -> None:
    row = uow.transactions.latest_of(CaseId(orphan.id))
    if row is not None:
        ask_person(services, uow, row, _FOUND)
        return
    # A case that nothing was ever submitted for: nothing of it can be done or lost.
    uow.cases.update(replace(uow.cases.get(CaseId(orphan.id)), state=CaseState.CLOSED, updated_at=services.clock.now()))


_Mend = Callable[[Services, UnitOfWork, Orphan], None]

_MENDS: Mapping[tuple[Subject, Lack], _Mend] = {
    (Subject.TRANSACTION, Lack.DUE_ROW): _transaction_is_due,
    (Subject.TRANSACTION, Lack.WORK_ITEM): _transaction_is_a_persons,
    (Subject.ATTACHMENT, Lack.DUE_ROW): _attachment_is_due,
    (Subject.ATTACHMENT, Lack.WORK_ITEM): _attachment_is_a_persons,
    (Subject.DELIVERY, Lack.DUE_ROW): _delivery_is_due,
    (Subject.RECEIVED_FILE, Lack.DUE_ROW): _file_is_due,
    (Subject.RECEIVED_SET, Lack.DUE_ROW): _set_is_due,
    (Subject.EXCHANGE, Lack.DUE_ROW): _exchange_is_due,
    (Subject.CASE, Lack.WORK_ITEM): _case_is_a_persons,
}
