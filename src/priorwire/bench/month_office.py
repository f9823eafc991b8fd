"""The practice of a simulated month: what it asks for, and what its people make of their work list.

All chance is drawn from the seed and from what it is about, so that it does not matter in which
order things are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from priorwire.errors import Conflict, PriorwireError
from priorwire.gateway.intake import Command
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import TransactionRow, WorkItemRow, WorkKind, WorkState
from priorwire.gateway.submit import submit_authorization
from priorwire.gateway.work_items import Attachment, Completion, PersonOutcome, complete
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, ServiceLine, Urgency
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.model.parties import Contact, Gender, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit

TENANT = TenantId("month")
_REQUESTER = Provider(
    organization="EXAMPLE SPINE CLINIC", npi="1234567893", contact=Contact(telephone="2025550101", fax="2025550102")
)
#: Payer, service type, and of a hundred requests how many.
_PAYERS = (
    ("northwind-health", "62", 34),
    ("cascadia-mutual", "62", 30),
    ("meridian-medicaid", "12", 10),
    ("meridian-medicaid", "62", 4),
    ("harbor-county-plan", "62", 12),
    ("summit-benefit-trust", "62", 10),
)
#: How a member id ends, which is what a simulated payer goes by, and its weight.
_ENDINGS = {
    "APPROVE": 30,
    "MODIFY": 5,
    "DENY": 6,
    "MIXED": 2,
    "PARTIAL": 2,
    "NOTREQ": 2,
    "CONTACT": 2,
    "SILENT": 1,
    "PENDREVIEW": 12,
    "PENDINFO": 5,
    "PENDFORWARD": 5,
    "PENDDENY": 4,
    "PENDMODIFY": 3,
    "PENDLONG": 4,
    "REJECT72": 2,
    "REJECT57": 1,
    "REJECT33": 1,
    "PAYERDOWN": 1,
    "DROPAFTER": 2,
    "DROPBEFORE": 2,
    "DROPDURING": 1,
    "TRUNCATED": 1,
    "WRONGTRACE": 1,
    "TWICE": 1,
    "HTTP503": 1,
    "HTTP504": 1,
    "HTML": 1,
    "TA1REJECT": 1,
    "ACK999REJECT": 1,
}
#: In a hundred: sent again by the practice under the same key; urgent; queued and not waited for.
_AGAIN, _URGENT, _QUEUED = 4, 8, 40
_PROCEDURES = ("72148", "70553")
#: Characters of a member id before its ending.
_NUMBERED = 9
_PROOF = b"%PDF-1.4 what the payer showed"
#: The practice's own day, in hours of UTC.
_OPENS, _SHUTS = 13, 22


@dataclass(frozen=True, kw_only=True, repr=False)
class Visit:
    """A request for review, and when it is made."""

    at: datetime
    command: Command
    #: It is sent a second time under the same key, as programs do that heard nothing.
    again: bool


def visits(count: int, days: int, seed: int, began: datetime) -> list[Visit]:
    """So many requests in the practice's hours of the first two thirds of `days`, in order."""
    draw = Random(f"visits {seed}")  # noqa: S311 -- for data that is the same each time
    span = max(1, days * 2 // 3)
    opening = began.replace(hour=_OPENS)
    made = []
    for number in range(count):
        seconds = draw.randrange((_SHUTS - _OPENS) * 3600)
        at = opening + timedelta(days=draw.randrange(span), seconds=seconds)
        made.append(_visit(draw, number, at))
    return sorted(made, key=lambda each: (each.at, each.command.idempotency_key))


def _visit(draw: Random, number: int, at: datetime) -> Visit:
    payer, service_type, _ = draw.choices(_PAYERS, weights=[each[-1] for each in _PAYERS])[0]
    ending = draw.choices(list(_ENDINGS), weights=list(_ENDINGS.values()))[0]
    first_day = at.date() + timedelta(days=draw.randrange(2, 12))
    request = AuthorizationRequest(
        payer_id=payer,
        requester=_REQUESTER,
        subscriber=Subscriber(
            member_id=f"EX{number:07}{ending}",
            name=PersonName(last="EXAMPLE", first="AVERY"),
            birth_date=date(1980, 2, 29),
            gender=Gender.FEMALE,
        ),
        service_type=service_type,
        urgency=Urgency.URGENT if draw.randrange(100) < _URGENT else Urgency.ELECTIVE,
        diagnoses=(Diagnosis(code="M5416", kind=DiagnosisKind.PRINCIPAL),),
        event_dates=DateSpan(start=first_day, end=first_day + timedelta(days=draw.randrange(1, 15))),
        services=tuple(_service(draw, code) for code in _PROCEDURES[: draw.choice((1, 1, 2))]),
    )
    at_once = draw.randrange(100) >= _QUEUED
    key = f"visit-{number:06}"
    command = Command(tenant=TENANT, actor="front desk", request=request, idempotency_key=key, at_once=at_once)
    return Visit(at=at, command=command, again=draw.randrange(100) < _AGAIN)


def _service(draw: Random, code: str) -> ServiceLine:
    return ServiceLine(
        procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code=code),
        quantity=Quantity(value=Decimal(draw.randrange(1, 9)), unit=Unit.UNITS),
    )


class Office:
    """The people who work the work list."""

    def __init__(self, services: Services, seed: int) -> None:
        self._services = services
        self._seed = seed
        #: What was done, by kind of work and outcome.
        self.done: dict[str, int] = {}

    def sit_down(self) -> int:
        """Work through what is open, as far as somebody gets; how many items were closed."""
        with self._services.store.read(TENANT) as uow:
            waiting = [each for each in uow.work_items.listed(WorkState.OPEN) if self._gets_to(each)]
        return sum(self._work(item) for item in waiting)

    def _draw(self, *about: object) -> Random:
        return Random(f"{self._seed} {about}")  # noqa: S311 -- chance that is the same each time

    def _gets_to(self, item: WorkItemRow) -> bool:
        """Half of what is open gets done at a sitting; one in fifteen stays for ever."""
        now = self._services.clock.now()
        if self._draw(item.id).randrange(15) == 0:
            return False
        return self._draw(item.id, now.isoformat()).randrange(2) == 0

    def _work(self, item: WorkItemRow) -> int:
        row = self._subject(item)
        outcome = self._outcome(item, row)
        number = self._draw(item.id).randrange(10**8)
        needs_proof = outcome in (PersonOutcome.APPROVED, PersonOutcome.DENIED, PersonOutcome.NOT_REQUIRED)
        entered = Completion(
            tenant=TENANT,
            actor="nurse",
            work_item_id=item.id,
            outcome=outcome,
            reference=f"P{number:08}",
            authorization_number=f"A{number:08}" if outcome is PersonOutcome.APPROVED else None,
            note="seen to",
            attachments=(Attachment(payload=_PROOF),) if needs_proof else (),
        )
        try:
            complete(self._services, entered)
        except Conflict:
            return 0  # an answer came while somebody was at it
        name = f"{item.kind.value}: {outcome.value}"
        self.done[name] = self.done.get(name, 0) + 1
        if item.kind is WorkKind.CORRECT_AND_RESUBMIT and row is not None:
            self._corrected(row)
        return 1

    def _subject(self, item: WorkItemRow) -> TransactionRow | None:
        if item.transaction_id is None:
            return None
        with self._services.store.read(TENANT) as uow:
            return uow.transactions.get(item.transaction_id)

    def _outcome(self, item: WorkItemRow, row: TransactionRow | None) -> PersonOutcome:
        draw = self._draw("outcome", item.id)
        match item.kind:
            case WorkKind.PORTAL_SUBMISSION:
                return PersonOutcome.SUBMITTED
            case WorkKind.CONTACT_PAYER:
                return draw.choice((PersonOutcome.APPROVED, PersonOutcome.DENIED))
            case WorkKind.STATUS_CHECK if row is not None:
                return draw.choice((PersonOutcome.APPROVED, PersonOutcome.DENIED, PersonOutcome.PENDED))
            case WorkKind.UNCERTAIN_DELIVERY:
                return draw.choice((PersonOutcome.SUBMITTED, PersonOutcome.DISMISSED))
            case _:
                return PersonOutcome.DISMISSED

    def _corrected(self, row: TransactionRow) -> None:
        """The practice sends the request again, mended."""
        request = row.request
        if not isinstance(request, AuthorizationRequest) or row.superseded_by is not None:
            return
        member = f"{(request.subscriber.member_id or '')[:_NUMBERED]}APPROVE"
        mended = replace(request, subscriber=replace(request.subscriber, member_id=member))
        submit(self._services, Command(tenant=TENANT, actor="nurse", request=mended, corrects=row.id))


def submit(services: Services, command: Command) -> TransactionId | None:
    """As the API does; `None` where the request was refused at the door."""
    try:
        return submit_authorization(services, command).row.id
    except PriorwireError:
        return None
