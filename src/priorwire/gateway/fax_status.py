"""What a fax carrier says became of a fax: transport, never receipt by the right desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from priorwire.errors import Conflict, NotFound
from priorwire.gateway.changes import Task, ask_person, save
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import DueKind, TransactionRow, WorkKind
from priorwire.gateway.schedule import next_time
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import DELIVERY, Delivery, DeliveryEvent, advance

#: A fax in one of these states may still turn out either way.
_TRAVELS = (Delivery.ACCEPTED, Delivery.UNCERTAIN)


@dataclass(frozen=True, kw_only=True)
class FaxStatus:
    """A carrier's report, its signature checked."""

    #: Our own opaque reference, which the mail carried.
    reference: str
    #: Whether the carrier is done with it; a status on the way decides nothing.
    final: bool
    #: Every page arrived at the number. It does not say that the right desk has it.
    delivered: bool
    #: Pages that arrived; `None` where the carrier does not say.
    pages: int | None
    #: ``busy``, ``no_answer``, ``no_fax_tone``, ``bad_number``, ``partial_pages`` or ``failed``; `None` if delivered.
    error: str | None


def note_fax_status(services: Services, status: FaxStatus) -> TransactionRow:
    """Raise the evidence of a fax from *sent* to *carrier accepted*, or put its failure before a person.

    A report that comes twice changes nothing the second time.

    Raises:
        NotFound: no fax of ours has that reference.
        Conflict: the mail is still being sent; carriers repeat their reports.
    """
    tenant = services.store.owner_of(status.reference)
    if tenant is None:
        raise NotFound("No fax has that reference.")
    with services.store.read(tenant) as uow:
        seen = uow.transactions.by_reference(status.reference)
    if seen is None:
        raise NotFound("No fax has that reference.")
    if not status.final:
        return seen
    with services.store.work(tenant) as uow:
        if status.delivered:
            return _delivered(services, uow, seen)
        return _not_delivered(services, uow, seen, status)


def _delivered(services: Services, uow: UnitOfWork, seen: TransactionRow) -> TransactionRow:
    if seen.delivery is Delivery.UNCERTAIN:
        _look_at(uow, seen, next_time(services, seen, services.clock.now()))
    row = uow.transactions.get(seen.id)
    delivery = row.delivery
    if delivery is Delivery.UNCERTAIN:
        delivery = advance(DELIVERY, delivery, DeliveryEvent.FOUND)
    after = replace(row, delivery=delivery, evidence=max(row.evidence, Evidence.CARRIER_ACCEPTED))
    if after == row:
        return row
    if delivery is Delivery.REFUSED and row.superseded_by is None:
        ask_person(services, uow, after, _AFTER_ALL)
    return save(services, uow, row, after, "transaction.carrier_accepted", "fax carrier")


def _not_delivered(services: Services, uow: UnitOfWork, seen: TransactionRow, status: FaxStatus) -> TransactionRow:
    if seen.delivery is Delivery.SENDING:
        raise Conflict("The sending of this fax is not concluded here yet. Report again in a moment.")
    if seen.delivery not in _TRAVELS:
        return seen  # a person or an earlier report dealt with it already
    _look_at(uow, seen, services.clock.now())
    row = uow.transactions.get(seen.id)
    if row.delivery not in _TRAVELS:
        return row
    after = replace(row, delivery=advance(DELIVERY, row.delivery, DeliveryEvent.REFUSED))
    ask_person(services, uow, after, _failed(status))
    return save(services, uow, row, after, "transaction.carrier_failed", "fax carrier")


def _look_at(uow: UnitOfWork, row: TransactionRow, at: datetime) -> None:
    """Have the row looked at then. A worker that has it in hand keeps it: what it finds out goes beside this report.

    Before the row itself is read: whoever has its lease locks the two in this order.
    """
    uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, at)


_AFTER_ALL = Task(
    kind=WorkKind.STATUS_CHECK,
    instructions="The carrier reported that this fax failed, and then that it was delivered. "
    "Call the payer's desk before it is submitted again.",
)


def _failed(status: FaxStatus) -> Task:
    why = {
        "busy": "the line was busy",
        "no_answer": "nobody answered",
        "no_fax_tone": "no fax machine answered",
        "bad_number": "the number does not exist",
        "partial_pages": "not every page went through",
    }
    reason = why.get(status.error or "", "the carrier gives no known reason")
    return Task(
        kind=WorkKind.CARRIER_FAILED,
        instructions=f"The fax was not transmitted: {reason}. "
        "Check the payer's fax number, then submit again with 'corrects' set to this id.",
    )
