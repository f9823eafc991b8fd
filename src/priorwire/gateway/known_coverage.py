"""What the payer last said of a member's coverage, where that may be believed today.

Found by the payer and the member's number within the tenant, and by nothing else: a name and a
birth date never join two requests. A dependent shares the subscriber's number, so that no answer
about a dependent, and none for one, is found at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import TransactionRow
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import Coverage, EligibilityInquiry
from priorwire.model.identifiers import PayerId, TenantId, TransactionId
from priorwire.payers.profile import Environment, Transaction

#: So many of a member's latest checks are looked at: some may be unanswered, or about a dependent.
_LOOKED_AT = 20


@dataclass(frozen=True, kw_only=True, repr=False)
class KnownCoverage:
    """An answer, and when and by which check it was given."""

    coverage: Coverage
    check: TransactionId
    at: datetime


def known_coverage(services: Services, tenant: TenantId, request: AuthorizationRequest) -> KnownCoverage | None:
    """The payer's latest answer about the subscriber who is the patient, no older than `Services.coverage_age`."""
    member_id = (request.subscriber.member_id or "").strip()
    if request.dependent is not None or not member_id:
        return None
    earliest = services.clock.now() - services.coverage_age
    with services.store.read(tenant) as uow:
        rows = uow.transactions.of_member(
            member_id,
            kind=Transaction.ELIGIBILITY,
            payer_id=PayerId(request.payer_id),
            limit=_LOOKED_AT,
        )
        answered = (_answer(uow, row) for row in rows if _may_be_believed(row, services.environment))
        fresh = [each for each in answered if each is not None and each.at >= earliest]
    return max(fresh, key=lambda each: each.at, default=None)


def _may_be_believed(row: TransactionRow, environment: Environment) -> bool:
    """Of the same environment; what a simulator answered counts in tests only."""
    about_subscriber = isinstance(row.request, EligibilityInquiry) and row.request.dependent is None
    real = not row.simulated or environment is not Environment.PRODUCTION
    return about_subscriber and real and row.environment is environment


def _answer(uow: UnitOfWork, row: TransactionRow) -> KnownCoverage | None:
    latest = uow.records.latest(row.id)
    if latest is None or not isinstance(latest.record, Coverage):
        return None
    return KnownCoverage(coverage=latest.record, check=row.id, at=latest.at)
