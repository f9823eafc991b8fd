"""Submit an authorization request: is it needed, is it complete, which way, and off it goes."""

from __future__ import annotations

from dataclasses import replace

from priorwire.errors import InvalidRequest
from priorwire.gateway import outbound
from priorwire.gateway.changes import save
from priorwire.gateway.intake import Command, Intake, profile_of, take_in
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import RecordRow, TransactionRow
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ReviewStatus
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Delivery, Review
from priorwire.payers import Incomplete, NotRequired, review


def submit_authorization(services: Services, command: Command) -> Intake:
    """Take a request in and, unless it is queued, send it in this process.

    Returns:
        The transaction as it stands afterwards: decided, pended, uncertain, with a person …

    Raises:
        InvalidRequest: every fault with its JSON pointer.
        UnknownPayer, NoRoute, SafetyRefusal, IdempotencyConflict, Conflict: see `intake.take_in`.
    """
    if not isinstance(command.request, AuthorizationRequest):
        raise TypeError("an eligibility check goes through check_eligibility")
    profile = profile_of(services, command.request.payer_id)
    verdict = review(command.request, profile, None, services.clock.now().date())
    if isinstance(verdict, Incomplete):
        raise InvalidRequest(verdict.faults)
    needed = not isinstance(verdict, NotRequired)
    taken = take_in(services, command if needed else replace(command, at_once=True))
    if taken.lease is None:
        return taken
    if isinstance(verdict, NotRequired):
        return replace(taken, row=_not_needed(services, taken, verdict))
    return replace(taken, row=outbound.send(services, taken.lease))


def _not_needed(services: Services, taken: Intake, verdict: NotRequired) -> TransactionRow:
    """Nothing is sent; that none is needed is kept as a record, with who says so."""
    now = services.clock.now()
    record = AuthorizationRecord(status=ReviewStatus.NOT_REQUIRED, messages=verdict.because)
    with services.store.work(taken.row.tenant) as uow:
        uow.records.append(
            RecordRow(
                tenant=taken.row.tenant,
                transaction_id=taken.row.id,
                version=1,
                record=record,
                sources={},
                evidence=Evidence.NONE,
                archive_id=None,
                at=now,
            )
        )
        after = replace(
            taken.row,
            delivery=Delivery.FINAL,
            review=Review.NOT_REQUIRED,
            status=ReviewStatus.NOT_REQUIRED.value,
            decided_at=now,
        )
        if taken.lease is not None:
            uow.due.settle(taken.lease, None)
        return save(services, uow, taken.row, after, "transaction.not_required")
