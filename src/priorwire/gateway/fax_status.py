"""What a fax carrier says became of a fax: transport, never receipt by the right desk."""

from __future__ import annotations

from dataclasses import dataclass, replace

from priorwire.errors import Conflict, NotFound
from priorwire.gateway.changes import Task, ask_person, save
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueKind, TransactionRow, WorkKind
from priorwire.gateway.schedule import next_time
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import DELIVERY, Delivery, DeliveryEvent, advance


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
    with services.store.work(tenant) as uow:
        row = uow.transactions.by_reference(status.reference)
        if row is None:
            raise NotFound("No fax has that reference.")
        if not status.final:
            return row
        if status.delivered:
            after = replace(row, evidence=max(row.evidence, Evidence.CARRIER_ACCEPTED))
            return save(services, uow, row, after, "transaction.carrier_accepted", "fax carrier")
        if row.delivery is Delivery.SENDING:
            raise Conflict("The sending of this fax is not concluded here yet. Report again in a moment.")
        if row.delivery is not Delivery.ACCEPTED:
            return row  # a person or a later report dealt with it already
        after = replace(row, delivery=advance(DELIVERY, row.delivery, DeliveryEvent.REFUSED))
        ask_person(services, uow, after, _failed(status))
        now = services.clock.now()
        lease = uow.due.take(DueKind.TRANSACTION, row.id, row.endpoint_id, next_time(services, row, now))
        uow.due.settle(lease, None)
        return save(services, uow, row, after, "transaction.carrier_failed", "fax carrier")


def _failed(status: FaxStatus) -> Task:
    why = {
        "busy": "the line was busy",
        "no_answer": "nobody answered",
        "no_fax_tone": "no fax machine answered",
        "bad_number": "the number does not exist",
        "partial_pages": "not every page went through",
    }
    return Task(
        kind=WorkKind.CARRIER_FAILED,
        instructions=f"The fax was not transmitted: {why.get(status.error or '', 'the carrier gives no known reason')}. "
        "Check the payer's fax number, then submit again with 'corrects' set to this id.",
    )
