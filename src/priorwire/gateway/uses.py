"""Services given under an authorization: recorded, voided, counted; and whether a claim would match.

Recording changes nothing at the payer and nothing in the transaction. Rows are never deleted: a
wrong one is voided, and both are in the audit trail. More may be recorded than was approved or is
left: it happened, and the ledger shows it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter

from priorwire.errors import IdempotencyConflict, NotFound
from priorwire.gateway.claim_match import match_claim
from priorwire.gateway.ledger import allowed_days, ledger_of
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AuditRow, IdempotencyRow, TransactionRow, UseRow
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ReviewStatus
from priorwire.model.identifiers import PayerId, TenantId, TransactionId, UseId
from priorwire.model.ledger import Claim, ClaimMatch, Ledger, LedgerLine, Use
from priorwire.payers.profile import Transaction

_USE = TypeAdapter(Use)
#: So many of a member's latest authorizations are looked at.
_LOOKED_AT = 50
#: What a payer that has not answered said.
_UNANSWERED = AuthorizationRecord(status=ReviewStatus.UNKNOWN)


@dataclass(frozen=True, kw_only=True, repr=False)
class UseCommand:
    """A use to record, as it came in; the id of `use` is given when it is stored."""

    tenant: TenantId
    #: Name of the API key or person.
    actor: str
    transaction_id: TransactionId
    use: Use
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of it."""

    row: UseRow
    #: The same use with the same key came before: this is what it led to.
    replayed: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class LedgerView:
    """An authorization's ledger, with every use as it was recorded."""

    row: TransactionRow
    ledger: Ledger
    uses: tuple[UseRow, ...]


def record_use(services: Services, command: UseCommand) -> Recorded:
    """Record a use.

    Raises:
        NotFound: there is no such authorization.
        IdempotencyConflict: the key was used for something else.
    """
    with services.store.work(command.tenant) as uow:
        key = command.idempotency_key
        if key is not None:
            uow.transactions.hold(f"key {key}")
            earlier = _earlier(uow, command, key)
            if earlier is not None:
                return Recorded(row=earlier, replayed=True)
        row = uow.transactions.get(command.transaction_id)
        if not isinstance(row.request, AuthorizationRequest):
            raise NotFound
        return Recorded(row=_store(services, uow, command, row), replayed=False)


def void_use(services: Services, tenant: TenantId, actor: str, transaction_id: TransactionId, use_id: UseId) -> UseRow:
    """Take a use back. Doing so twice changes nothing. Raises NotFound."""
    with services.store.work(tenant) as uow:
        row = uow.uses.get(use_id)
        if row.transaction_id != transaction_id:
            raise NotFound
        if row.voided_at is not None:
            return row
        now = services.clock.now()
        voided = replace(row, voided_by=actor, voided_at=now)
        uow.uses.update(voided)
        uow.audit.append(AuditRow(at=now, tenant=tenant, actor=actor, action="use.voided", subject=row.id))
        return voided


def ledger(services: Services, tenant: TenantId, transaction_id: TransactionId) -> LedgerView:
    """The ledger of an authorization; before the payer has answered, of what was asked for. Raises NotFound."""
    with services.store.read(tenant) as uow:
        return _view(uow, uow.transactions.get(transaction_id))


def of_member(
    services: Services, tenant: TenantId, member_id: str, *, on: date | None = None, payer_id: PayerId | None = None
) -> tuple[LedgerView, ...]:
    """The ledgers of a member's authorizations, newest first; of those with a service that may be given `on` a day.

    A service without dates may be given on any day, as far as anybody said.
    """
    with services.store.read(tenant) as uow:
        rows = uow.transactions.of_member(
            member_id, kind=Transaction.AUTHORIZATION, payer_id=payer_id, limit=_LOOKED_AT
        )
        views = [_view(uow, row) for row in rows]
    return tuple(each for each in views if on is None or any(_may_be_given(line, on) for line in each.ledger.lines))


def _may_be_given(line: LedgerLine, on: date) -> bool:
    first, last = allowed_days(line)
    return (first is None or first <= on) and (last is None or on <= last)


def _view(uow: UnitOfWork, row: TransactionRow) -> LedgerView:
    rows = tuple(uow.uses.of(row.id))
    return LedgerView(row=row, ledger=_ledger(uow, row, rows), uses=rows)


def claim_match(services: Services, tenant: TenantId, transaction_id: TransactionId, claim: Claim) -> ClaimMatch:
    """Would this claim match? Nothing is stored. Raises NotFound."""
    with services.store.read(tenant) as uow:
        row = uow.transactions.get(transaction_id)
        return match_claim(_ledger(uow, row, uow.uses.of(row.id), but=claim.claim_reference), claim)


def _ledger(uow: UnitOfWork, row: TransactionRow, uses: Sequence[UseRow], *, but: str | None = None) -> Ledger:
    """The ledger without voided uses and those of the claim `but`."""
    request = row.request
    if not isinstance(request, AuthorizationRequest):
        raise NotFound
    latest = uow.records.latest(row.id)
    said = latest.record if latest and isinstance(latest.record, AuthorizationRecord) else _UNANSWERED
    # The payer's number is kept by the transaction, also where a later reply does not repeat it.
    record = replace(said, authorization_number=said.authorization_number or row.authorization_number)
    held = (each.use for each in uses if each.voided_at is None)
    counted = [each for each in held if but is None or each.claim_reference != but]
    return ledger_of(request, record, counted, is_superseded=row.superseded_by is not None)


def _earlier(uow: UnitOfWork, command: UseCommand, key: str) -> UseRow | None:
    used = uow.idempotency.find(key)
    if used is None:
        return None
    earlier = uow.uses.by_key(key)
    if earlier is None or used.fingerprint != _fingerprint(uow, command):
        raise IdempotencyConflict
    return earlier


def _fingerprint(uow: UnitOfWork, command: UseCommand) -> str:
    said = dict(_USE.dump_python(command.use, mode="json"))
    said.pop("id")
    said["quantity"]["value"] = f"{command.use.quantity.value.normalize():f}"
    return uow.transactions.digest(f"use {command.transaction_id} {json.dumps(said, sort_keys=True)}")


def _store(services: Services, uow: UnitOfWork, command: UseCommand, row: TransactionRow) -> UseRow:
    now, use_id = services.clock.now(), UseId(services.ids.new("use"))
    stored = UseRow(
        id=use_id,
        tenant=command.tenant,
        transaction_id=row.id,
        use=replace(command.use, id=use_id),
        idempotency_key=command.idempotency_key,
        recorded_by=command.actor,
        recorded_at=now,
    )
    uow.uses.add(stored)
    uow.audit.append(
        AuditRow(at=now, tenant=command.tenant, actor=command.actor, action="use.recorded", subject=use_id)
    )
    if command.idempotency_key is not None:
        used = IdempotencyRow(
            tenant=command.tenant,
            key=command.idempotency_key,
            fingerprint=_fingerprint(uow, command),
            transaction_id=row.id,
            at=now,
        )
        uow.idempotency.add(used)
    return stored
