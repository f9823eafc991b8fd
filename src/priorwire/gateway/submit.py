"""Submit an authorization request: is it needed, is it complete, which way, and off it goes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from priorwire.errors import InvalidRequest, StaleFence
from priorwire.gateway import outbound
from priorwire.gateway.changes import save
from priorwire.gateway.intake import Command, Intake, profile_of, seen_before, take_in
from priorwire.gateway.known_coverage import KnownCoverage, known_coverage
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import RecordRow, TransactionRow
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ReviewStatus
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Delivery, Review
from priorwire.payers import Incomplete, NotRequired, review

#: How a sentence of the playbook begins to name the payer's answer about coverage.
_BY_COVERAGE = "the payer's answer to the eligibility check"


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
    seen = seen_before(services, command)
    if seen is not None:
        return seen
    profile = profile_of(services, command.request.payer_id)
    known = known_coverage(services, command.tenant, command.request)
    coverage = known.coverage if known else None
    verdict = review(command.request, profile, coverage, services.clock.now().date())
    if isinstance(verdict, Incomplete):
        raise InvalidRequest(verdict.faults)
    if isinstance(verdict, NotRequired):
        return take_in(services, command, partial(_not_needed, services, _with_check(verdict, known)))
    return send_now(services, take_in(services, command))


def _with_check(verdict: NotRequired, known: KnownCoverage | None) -> NotRequired:
    """With the eligibility check that was looked at, so that whoever doubts the verdict can read the answer."""
    if known is None or not any(_BY_COVERAGE in each for each in verdict.because):
        return verdict
    which = f"the answer is that of {known.check}, given on {known.at:%Y-%m-%d}"
    return NotRequired(because=(*verdict.because, which))


def send_now(services: Services, taken: Intake) -> Intake:
    """Send what was taken in, unless it is queued or was there before.

    A call that outlasted its lease is no error of the caller's: the row is in other hands, and shown as it stands.
    """
    if taken.lease is None:
        return taken
    try:
        return replace(taken, row=outbound.send(services, taken.lease))
    except StaleFence:
        with services.store.read(taken.row.tenant) as uow:
            return replace(taken, row=uow.transactions.get(taken.row.id))


def _not_needed(services: Services, verdict: NotRequired, uow: UnitOfWork, row: TransactionRow) -> TransactionRow:
    """Nothing is sent; that none is needed is kept as a record, with who says so.

    In the commit that takes the request in: a process that died after it would leave a row that is due to be sent.
    """
    now = services.clock.now()
    record = AuthorizationRecord(status=ReviewStatus.NOT_REQUIRED, messages=verdict.because)
    uow.records.append(
        RecordRow(
            tenant=row.tenant,
            transaction_id=row.id,
            version=1,
            record=record,
            sources={},
            evidence=Evidence.NONE,
            archive_id=None,
            at=now,
        )
    )
    after = replace(
        row,
        delivery=Delivery.FINAL,
        review=Review.NOT_REQUIRED,
        status=ReviewStatus.NOT_REQUIRED.value,
        decided_at=now,
    )
    return save(services, uow, row, after, "transaction.not_required")
