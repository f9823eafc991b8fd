"""Taking a request in: recognise it if it came before, choose its way, store it as due.

One commit makes the transaction, its case and its due row; from then on it is nobody's to
lose. What can be found wrong with a request is found before that commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum

from pydantic import TypeAdapter

from priorwire.errors import Conflict, Fault, IdempotencyConflict, InvalidRequest, UnknownPayer
from priorwire.gateway.changes import move_case, save, settle_tasks
from priorwire.gateway.endpoints import health_of, put_off, waits
from priorwire.gateway.messages import Numbers, request_bytes
from priorwire.gateway.opening import is_urgent, warn_of_late_opening
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AnyRequest, AuditRow, CaseRow, DueKind, DueRow, IdempotencyRow, TransactionRow
from priorwire.gateway.ways import DocumentChannel, RenderContext
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.identifiers import CaseId, PayerId, TenantId, TransactionId
from priorwire.model.lifecycle import CaseState, Delivery, Review
from priorwire.payers import Chosen, choose_route
from priorwire.payers.profile import PayerProfile, Transaction

_AUTHORIZATION = TypeAdapter(AuthorizationRequest)
_ELIGIBILITY = TypeAdapter(EligibilityInquiry)
#: A review in one of these states is over without having been approved or refused in substance:
#: the same request may be sent again by the practice's own will.
_MAY_REPEAT = frozenset({Review.REJECTED, Review.CANCELLED, Review.EXPIRED, Review.SUPERSEDED, Review.DENIED})


@dataclass(frozen=True, kw_only=True)
class Command:
    """A practice's request, as it came in."""

    tenant: TenantId
    #: Name of the API key or person.
    actor: str
    request: AnyRequest
    idempotency_key: str | None = None
    #: The earlier submission that this one corrects.
    corrects: TransactionId | None = None
    #: Send in this process at once; False leaves it to the dispatcher.
    at_once: bool = True
    #: The practice knows that it asks for the same thing twice, and means it.
    intended_duplicate: bool = False


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What became of a request at the door."""

    row: TransactionRow
    #: The same request with the same key came before: this is what it led to.
    replayed: bool
    #: The lease under which the caller must send now; `None` where it is queued, replayed, need not be sent, or
    #: waits because its endpoint is paused or down.
    lease: DueRow | None


#: Ends a transaction in the very commit that takes it in.
Conclude = Callable[[UnitOfWork, TransactionRow], TransactionRow]


def take_in(services: Services, command: Command, conclude: Conclude | None = None) -> Intake:
    """Store a request as a transaction that is due; or, where `conclude` is given, as one that is over already.

    Raises:
        UnknownPayer, NoRoute, SafetyRefusal: there is no way to send it.
        InvalidRequest: what would be sent breaks a rule of the guide or the payer.
        IdempotencyConflict: the key was used for another request.
        Conflict: the same request is under way already.
    """
    seen = seen_before(services, command)
    if seen is not None:
        return seen
    profile = profile_of(services, command.request.payer_id)
    chosen = _route(services, profile, command)
    rehearse(services, profile, chosen, command.request)
    with services.store.work(command.tenant) as uow:
        meaning = uow.transactions.digest(_meaning(command.request))
        # Of two that come at the same moment the second waits here, and then finds the first. The key before the
        # meaning, always: two that hold one of them each would wait for each other.
        if command.idempotency_key is not None:
            uow.transactions.hold(f"key {command.idempotency_key}")
        uow.transactions.hold(f"meaning {meaning}")
        earlier = _earlier(uow, command)
        if earlier is not None:
            return Intake(row=earlier, replayed=True, lease=None)
        if not command.intended_duplicate:
            _refuse_duplicate(uow, command, meaning)
        row = _new_row(services, uow, command, chosen, meaning)
        if conclude is not None:
            return Intake(row=conclude(uow, row), replayed=False, lease=None)
        return Intake(row=row, replayed=False, lease=_make_due(services, uow, row, at_once=command.at_once))


def seen_before(services: Services, command: Command) -> Intake | None:
    """What the same request with the same key led to; `None` for a new one.

    Asked before anything is judged: by today's date or guide the request might be refused, and was sent all the same.

    Raises:
        IdempotencyConflict: the key was used for another request.
    """
    with services.store.read(command.tenant) as uow:
        earlier = _earlier(uow, command)
    return Intake(row=earlier, replayed=True, lease=None) if earlier is not None else None


def profile_of(services: Services, payer_id: str) -> PayerProfile:
    """The payer's guide. Raises UnknownPayer."""
    profile = services.profiles.get(PayerId(payer_id))
    if profile is None:
        raise UnknownPayer(
            f"No companion guide has the payer id given. Installed: {', '.join(sorted(services.profiles))}."
        )
    return profile


def _route(services: Services, profile: PayerProfile, command: Command) -> Chosen:
    request = command.request
    is_authorization = isinstance(request, AuthorizationRequest)
    with services.store.read(command.tenant) as uow:
        health = health_of(services, uow, urgent=is_urgent(request))
    return choose_route(
        profile,
        Transaction.AUTHORIZATION if is_authorization else Transaction.ELIGIBILITY,
        service_type=request.service_type if isinstance(request, AuthorizationRequest) else None,
        environment=services.environment,
        health=health,
    )


def rehearse(services: Services, profile: PayerProfile, chosen: Chosen, request: AnyRequest) -> None:
    """Build once with numbers that are never sent, so that a fault is the caller's answer and not a stuck row."""
    now = services.clock.now()
    channel = services.channels[chosen.route.channel]
    if not isinstance(channel, DocumentChannel):
        numbers = Numbers(interchange=1, group=1, reference="REHEARSAL", trace="REHEARSAL")
        request_bytes(request, profile, chosen.route, numbers, now)
    elif isinstance(request, AuthorizationRequest):
        channel.render(
            request, RenderContext(payer=profile, endpoint=chosen.route.endpoint, reference="REHEARSAL", at=now)
        )
    else:
        raise InvalidRequest(
            (
                Fault(
                    pointer="/payer_id",
                    code="no_electronic_eligibility",
                    detail="This payer answers no eligibility checks.",
                ),
            )
        )


def _meaning(request: AnyRequest) -> str:
    """The request as canonical JSON: what is said to the payer, however it is spelled here.

    What is absent is left out, so that the meaning of a request stays the same when requests learn to say more.
    Neither the practice's own name for it nor what it corrects changes what the payer is asked.
    """
    adapter: TypeAdapter[AuthorizationRequest] | TypeAdapter[EligibilityInquiry]
    adapter = _AUTHORIZATION if isinstance(request, AuthorizationRequest) else _ELIGIBILITY
    said = adapter.dump_python(request)  # type: ignore[arg-type]  # the adapter of its own type
    said.pop("client_reference")
    return json.dumps(_canonical(said), sort_keys=True, separators=(",", ":"))


def _canonical(said: object) -> object:
    """Numbers without trailing zeros, text in capitals and single blanks: as X12 carries both."""
    if isinstance(said, dict):
        return {str(key): _canonical(value) for key, value in said.items() if value not in (None, ())}
    if isinstance(said, list | tuple):
        return [_canonical(value) for value in said]
    if isinstance(said, str):
        return " ".join(said.upper().split())
    return format(said.normalize(), "f") if isinstance(said, Decimal) else _plain(said)


def _plain(said: object) -> object:
    if isinstance(said, Enum):
        return said.value
    return said.isoformat() if isinstance(said, date) else said


def _fingerprint(uow: UnitOfWork, command: Command) -> str:
    """What a client's key stands for: the meaning, and which submission it corrects."""
    return uow.transactions.digest(f"{_meaning(command.request)} {command.corrects or ''}")


def _earlier(uow: UnitOfWork, command: Command) -> TransactionRow | None:
    if command.idempotency_key is None:
        return None
    used = uow.idempotency.find(command.idempotency_key)
    if used is None:
        return None
    if used.fingerprint != _fingerprint(uow, command):
        raise IdempotencyConflict
    return uow.transactions.get(used.transaction_id)


def _refuse_duplicate(uow: UnitOfWork, command: Command, meaning: str) -> None:
    if not isinstance(command.request, AuthorizationRequest):
        return
    for row in uow.transactions.by_meaning(meaning):
        if row.review not in _MAY_REPEAT and row.delivery is not Delivery.REFUSED:
            raise Conflict(
                f"The same request is {row.id} already ({row.status}). Read that one; "
                "to ask for the service a second time, send 'intended_duplicate': true."
            )


def _new_row(services: Services, uow: UnitOfWork, command: Command, chosen: Chosen, meaning: str) -> TransactionRow:
    now = services.clock.now()
    is_authorization = isinstance(command.request, AuthorizationRequest)
    corrected = uow.transactions.get(command.corrects) if command.corrects else None
    case_id = corrected.case_id if corrected else CaseId(services.ids.new("case"))
    if corrected is None:
        uow.cases.add(CaseRow(id=case_id, tenant=command.tenant, state=CaseState.READY, created_at=now, updated_at=now))
    elif (case := uow.cases.get(case_id)).state is CaseState.CLOSED:
        # Opened again: what waits in a closed case is not sent.
        uow.cases.update(replace(case, state=CaseState.READY, updated_at=now))
    row = TransactionRow(
        id=TransactionId(services.ids.new("auth" if is_authorization else "elig")),
        tenant=command.tenant,
        case_id=case_id,
        kind=Transaction.AUTHORIZATION if is_authorization else Transaction.ELIGIBILITY,
        payer_id=PayerId(command.request.payer_id),
        request=command.request,
        environment=services.environment,
        delivery=Delivery.READY,
        review=Review.SUBMITTED if is_authorization else None,
        channel=chosen.route.channel,
        route_id=chosen.route.id,
        endpoint_id=chosen.route.endpoint.id,
        route_reasons=chosen.because,
        reference="PW" + services.ids.token(18),
        trace_number="PT" + services.ids.token(18),
        meaning=meaning,
        corrects=command.corrects,
        client_reference=command.request.client_reference,
        created_at=now,
        updated_at=now,
    )
    uow.transactions.add(row)
    uow.audit.append(
        AuditRow(at=now, tenant=row.tenant, actor=command.actor, action="transaction.received", subject=row.id)
    )
    if command.idempotency_key is not None:
        uow.idempotency.add(
            IdempotencyRow(
                tenant=row.tenant,
                key=command.idempotency_key,
                fingerprint=_fingerprint(uow, command),
                transaction_id=row.id,
                at=now,
            )
        )
    if corrected is not None:
        _supersede(services, uow, corrected, row, command.actor)
        move_case(uow, row, now)
    return row


def _supersede(services: Services, uow: UnitOfWork, old: TransactionRow, new: TransactionRow, actor: str) -> None:
    if old.review not in (Review.REJECTED, Review.DENIED) and old.delivery is not Delivery.REFUSED:
        raise Conflict(
            f"{old.id} is {old.status}: only a rejected, denied or refused submission can be corrected by a new one."
        )
    if old.superseded_by is not None:
        raise Conflict(f"{old.id} was corrected by {old.superseded_by} already.")
    moved = replace(old, review=Review.SUPERSEDED, superseded_by=new.id)
    save(services, uow, old, moved, "transaction.superseded", actor)
    settle_tasks(services, uow, old, actor)


def _make_due(services: Services, uow: UnitOfWork, row: TransactionRow, *, at_once: bool) -> DueRow | None:
    now = services.clock.now()
    hold = waits(services, uow, row.endpoint_id)
    if hold is None and not at_once:
        uow.due.schedule(DueKind.TRANSACTION, row.id, row.endpoint_id, now)
        return None
    lease = uow.due.take(DueKind.TRANSACTION, row.id, row.endpoint_id, now + services.lease)
    if hold is None:
        return lease
    warn_of_late_opening(services, uow, row, hold)
    put_off(services, uow, lease, hold, "transaction.held")
    return None
