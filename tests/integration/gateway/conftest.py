"""The whole gateway on a real store of each kind, with the simulated payers in the same process.

The channel here hands bytes straight to the simulator; what it does to a transport (drop,
hold, refuse) is scripted by the test as the outcome that a real channel would report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from priorwire.clock import FixedClock, SeededIds
from priorwire.engine.attempt import Attempt
from priorwire.gateway.intake import Command
from priorwire.gateway.ports import Services
from priorwire.gateway.rows import DueRow, TransactionRow, WorkField
from priorwire.gateway.steps import run_due
from priorwire.gateway.submit import submit_authorization
from priorwire.gateway.ways import (
    Accepted,
    Document,
    Final,
    HandedOver,
    Message,
    RenderContext,
    SendOutcome,
)
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, ServiceLine, Urgency
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.model.parties import Contact, Gender, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit
from priorwire.payers import load_profiles
from priorwire.payers.profile import ChannelKind, Environment, Transaction
from priorwire.simulator.clearinghouse import Simulator
from priorwire.simulator.journal import Journal
from priorwire.store import SqlStore

TENANT = TenantId("practice")
GUIDES = Path(__file__).parents[3] / "companion_guides"
NAMES = {"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:9"}
Fate = Callable[[Message, bytes], SendOutcome]


@dataclass
class SimulatedChannel:
    """Hands X12 to the simulator. `fates` says, call by call, what the sender sees of it."""

    kind: ChannelKind
    simulator: Simulator
    fates: list[Fate | None] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> SendOutcome:
        self.sent.append(message)
        fate = self.fates.pop(0) if self.fates else None
        if fate is not None:
            return fate(message, b"")
        return Final(payload=self.simulator.exchange(message.payload, "test").payload, simulated=True)


@dataclass
class DocumentChannel:
    """A fax or a portal: keeps what it was given."""

    kind: ChannelKind
    outcome: SendOutcome
    sent: list[Message] = field(default_factory=list)

    def render(self, request: AuthorizationRequest, context: RenderContext) -> Document:
        return Document(payload=b"%PDF-1.4 packet", content_type="application/pdf")

    def send(self, message: Message) -> SendOutcome:
        self.sent.append(message)
        return self.outcome


@dataclass
class Listener:
    """A webhook subscriber that answers as told."""

    statuses: list[int] = field(default_factory=list)
    posts: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.posts.append((url, headers, body))
        return self.statuses.pop(0) if self.statuses else 204


@dataclass
class World:
    """Everything that a test drives."""

    services: Services
    store: SqlStore
    clock: FixedClock
    simulator: Simulator
    core: SimulatedChannel
    rest: SimulatedChannel
    fax: DocumentChannel
    portal: DocumentChannel
    subscriber: Listener

    def submit(self, request: AuthorizationRequest, *, at_once: bool = True, **more: object) -> TransactionRow:
        command = Command(tenant=TENANT, actor="test", request=request, at_once=at_once)
        return submit_authorization(self.services, replace(command, **more)).row  # type: ignore[arg-type]  # a test's shorthand

    def row(self, transaction_id: TransactionId) -> TransactionRow:
        with self.store.read(TENANT) as uow:
            return uow.transactions.get(transaction_id)

    def claim(self) -> list[DueRow]:
        rows = self.store.claim(self.clock.now(), self.services.lease, 100, lambda _connection, _row: None)
        return list(rows)

    def tick(self) -> int:
        """What a worker does: claim what is due, and do it."""
        rows = self.claim()
        for row in rows:
            run_due(self.services, row)
        return len(rows)

    def engine_tick(self) -> int:
        """As `tick`, by way of the engine's `Attempt`: what a step raises is noted, and the lease does the rest."""
        rows = self.claim()
        for row in rows:
            Attempt(partial(run_due, self.services))(row)
        return len(rows)

    def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)
        while self.tick():
            pass

    def x217s(self) -> int:
        """How many requests for review reached a payer."""
        return sum(e.kind == "278-request" and e.reached_payer for e in self.simulator.journal.entries())


@pytest.fixture
def world(store: SqlStore, clock: FixedClock, ids: SeededIds) -> World:
    simulator = Simulator(clock=clock, journal=Journal(None), seed=7)
    core = SimulatedChannel(ChannelKind.CORE_SOAP, simulator)
    rest = SimulatedChannel(ChannelKind.REST_X12, simulator)
    fax = DocumentChannel(ChannelKind.EFAX, Accepted(remote_id="<mail@test>"))
    handed = HandedOver(instructions="Do it.", fields=(WorkField(label="Member", value="EX1"),))
    portal = DocumentChannel(ChannelKind.PORTAL, handed)
    subscriber = Listener()
    services = Services(
        store=store,
        clock=clock,
        ids=ids,
        profiles=dict(load_profiles(GUIDES, NAMES)),
        channels={each.kind: each for each in (core, rest, fax, portal)},
        webhook_transport=subscriber,
        environment=Environment.TEST,
        lease=timedelta(minutes=3),
    )
    return World(
        services=services,
        store=store,
        clock=clock,
        simulator=simulator,
        core=core,
        rest=rest,
        fax=fax,
        portal=portal,
        subscriber=subscriber,
    )


REQUESTER = Provider(
    organization="EXAMPLE SPINE CLINIC", npi="1234567893", contact=Contact(telephone="2025550101", fax="2025550102")
)


def request_for(ending: str, payer: str = "northwind-health", **more: object) -> AuthorizationRequest:
    """A complete request; how its member id ends chooses what the simulated payer does."""
    made = AuthorizationRequest(
        payer_id=payer,
        requester=REQUESTER,
        subscriber=Subscriber(
            member_id=f"EX0000001{ending}",
            name=PersonName(last="EXAMPLE", first="AVERY"),
            birth_date=date(1980, 2, 29),
            gender=Gender.FEMALE,
        ),
        service_type="62",
        urgency=Urgency.ELECTIVE,
        diagnoses=(Diagnosis(code="M5416", kind=DiagnosisKind.PRINCIPAL),),
        event_dates=DateSpan(start=date(2026, 12, 14), end=date(2026, 12, 28)),
        services=(
            ServiceLine(
                procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148"),
                quantity=Quantity(value=Decimal(1), unit=Unit.UNITS),
            ),
        ),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # a test's shorthand


def inquiry_for(ending: str) -> EligibilityInquiry:
    request = request_for(ending)
    return EligibilityInquiry(
        payer_id=request.payer_id,
        provider=request.requester,
        subscriber=request.subscriber,
        procedures=(request.services[0].procedure,),
    )


__all__ = ["TENANT", "Transaction", "World", "inquiry_for", "request_for"]
