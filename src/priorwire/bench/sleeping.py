"""Pending authorizations by the million: invented, the same each time, sealed and indexed as the gateway stores them.

Written in bulk, which nothing else does; how a row is stored is decided where the gateway decides it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, func, insert, select, text, update

from priorwire.bench.loopback import PAYERS, endpoint_of, profiles
from priorwire.clock import FixedClock
from priorwire.gateway.messages import Numbers, inquiry_bytes
from priorwire.gateway.rows import CaseRow, DueKind, ExchangeRow, ExchangeState, Purpose, TransactionRow
from priorwire.model.authorization import AuthorizationRequest, ServiceLine
from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import CaseId, ExchangeId, PayerId, TenantId, TransactionId
from priorwire.model.lifecycle import CaseState, Delivery, Review
from priorwire.model.parties import PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode
from priorwire.payers.profile import ChannelKind, Environment, Transaction
from priorwire.store.engines import open_engines, parsed_url
from priorwire.store.exchanges import EXCHANGE_ROWS
from priorwire.store.session import Session
from priorwire.store.tables import DUE_INDEX
from priorwire.store.transactions import CASE_ROWS, TRANSACTION_ROWS
from priorwire.store.unit_of_work import writing
from priorwire.store.vault import Vault
from priorwire.write_lock import NoLock

TENANTS = tuple(TenantId(f"practice-{number}") for number in range(1, 9))
#: Authorizations of one commit.
_A_COMMIT = 8_000
#: Control numbers that the gateway gives out in a run begin at 1 and stay below.
_NUMBERS_FROM = 500_000_000
_LAST = ("SAMPLE", "EXAMPLE", "SPECIMEN", "MODEL", "PATTERN", "TRIAL", "MUSTER", "PRUEBA")
_FIRST = ("ALEX", "KIM", "ROBIN", "SAM", "JO", "CHRIS", "PAT", "LEE", "TONI", "MAX")
_PROCEDURES = ("97110", "70551", "72148", "E0601", "29881", "27447", "90837", "K0823", "22612", "64483", "J1745")
_CLINIC = Provider(organization="EXAMPLE CLINIC", npi="1234567893")
#: They sleep for a day to a month; a factor that has none in common with the spread scatters neighbours.
_SLEEP_AT_LEAST, _SPREAD_SECONDS, _SCATTER = timedelta(days=1), 29 * 86_400, 7_919


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """One pending authorization; everything about it follows from its number."""

    number: int

    @property
    def tenant(self) -> TenantId:
        """Whose it is."""
        return TENANTS[self.number % len(TENANTS)]

    @property
    def id(self) -> TransactionId:
        """Its id."""
        return TransactionId(f"auth_bench{self.number:08}")

    @property
    def payer(self) -> PayerId:
        """Each tenant has some with each payer."""
        return PAYERS[self.number // len(TENANTS) % len(PAYERS)]

    @property
    def endpoint(self) -> str:
        """Where it was sent, which is its partition of the queue."""
        return endpoint_of(self.payer)

    @property
    def member_id(self) -> str:
        """A member has three at a practice."""
        return f"XMP{100_000_000 + self.person * _SCATTER % 899_999_999}"

    @property
    def person(self) -> int:
        """Number of the member."""
        return self.number // (3 * len(TENANTS))

    @property
    def authorization_number(self) -> str:
        """What the payer calls it."""
        return f"NT{self.number:010}"

    @property
    def trace_number(self) -> str:
        """What we call it to the payer."""
        return f"PTBENCH{self.number:013}"

    @property
    def control_number(self) -> int:
        """Of the interchange that it was sent in."""
        return _NUMBERS_FROM + self.number

    @property
    def sleeps(self) -> timedelta:
        """How long from now."""
        return _SLEEP_AT_LEAST + timedelta(seconds=self.number * _SCATTER % _SPREAD_SECONDS)


def fill(url: str, vault: Vault, count: int, now: datetime) -> Iterator[int]:
    """Store so many sleepers, each with its case, the exchange that sent it and its due time; how many so far.

    Durable like everything else, some thousands a commit. The tables must be there and empty.
    """
    engine = open_engines(parsed_url(url)).writing
    try:
        numbers = iter(range(count))
        stored = 0
        while some := [Sleeper(number=number) for number in islice(numbers, _A_COMMIT)]:
            with writing(engine, NoLock()) as connection:
                _store(connection, vault, some, now)
            stored += len(some)
            yield stored
        _analyze(engine.connect())
    finally:
        engine.dispose()


def _store(connection: Connection, vault: Vault, some: Sequence[Sleeper], now: datetime) -> None:
    by_tenant: dict[TenantId, list[Sleeper]] = defaultdict(list)
    for each in some:
        by_tenant[each.tenant].append(each)
    for tenant, own in by_tenant.items():
        session = Session(connection, tenant, vault, FixedClock(now), writes=True)
        CASE_ROWS.add_all(session, (_case(each, now) for each in own))
        TRANSACTION_ROWS.add_all(session, (_transaction(each, now) for each in own))
        EXCHANGE_ROWS.add_all(session, (_exchange(each, now) for each in own))
    due = [
        {
            "tenant": each.tenant,
            "kind": DueKind.TRANSACTION,
            "id": each.id,
            "partition": each.endpoint,
            "next_due_at": now + each.sleeps,
            "fence": 1,
        }
        for each in some
    ]
    connection.execute(insert(DUE_INDEX), due)


def _analyze(connection: Connection) -> None:
    """What PostgreSQL's own housekeeping does after so many new rows. Nobody does it for SQLite."""
    with connection:
        if connection.dialect.name != "postgresql":
            return
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _case_id(sleeper: Sleeper) -> CaseId:
    return CaseId(f"case_bench{sleeper.number:08}")


def _case(sleeper: Sleeper, now: datetime) -> CaseRow:
    return CaseRow(id=_case_id(sleeper), tenant=sleeper.tenant, state=CaseState.WAITING, created_at=now, updated_at=now)


def _transaction(sleeper: Sleeper, now: datetime) -> TransactionRow:
    """Taken by the payer, numbered by it, not decided."""
    return TransactionRow(
        id=sleeper.id,
        tenant=sleeper.tenant,
        case_id=_case_id(sleeper),
        kind=Transaction.AUTHORIZATION,
        payer_id=sleeper.payer,
        request=_request(sleeper),
        environment=Environment.TEST,
        delivery=Delivery.FINAL,
        review=Review.PENDED,
        status="pended",
        evidence=Evidence.PAYER_ACKNOWLEDGED,
        channel=ChannelKind.REST_X12,
        route_id="rest",
        endpoint_id=sleeper.endpoint,
        reference=f"PWBENCH{sleeper.number:013}",
        trace_number=sleeper.trace_number,
        administrative_reference=f"AD{sleeper.number:010}",
        authorization_number=sleeper.authorization_number,
        meaning=f"{sleeper.number:064}",
        attempts=1,
        simulated=True,
        created_at=now,
        updated_at=now,
    )


def _request(sleeper: Sleeper) -> AuthorizationRequest:
    number = sleeper.number
    begins = date(2026, 12, 5) + timedelta(days=number % 25)
    person = sleeper.person
    return AuthorizationRequest(
        payer_id=sleeper.payer,
        requester=_CLINIC,
        subscriber=Subscriber(
            member_id=sleeper.member_id,
            name=PersonName(last=_LAST[person % len(_LAST)], first=_FIRST[person % len(_FIRST)]),
            birth_date=date(1950, 1, 1) + timedelta(days=person % 9_000),
        ),
        service_type="2",
        event_dates=DateSpan(start=begins, end=begins + timedelta(days=number % 10)),
        services=(
            ServiceLine(
                procedure=ProcedureCode(system=CodeSystem.CPT_HCPCS, code=_PROCEDURES[number % len(_PROCEDURES)])
            ),
        ),
    )


def _exchange(sleeper: Sleeper, now: datetime) -> ExchangeRow:
    return ExchangeRow(
        id=ExchangeId(f"exch_bench{sleeper.number:08}"),
        tenant=sleeper.tenant,
        transaction_id=sleeper.id,
        endpoint_id=sleeper.endpoint,
        purpose=Purpose.SUBMIT,
        state=ExchangeState.FINAL,
        fence=1,
        interchange_number=sleeper.control_number,
        group_number=sleeper.control_number,
        set_number="0001",
        reference=f"PWBENCH{sleeper.number:013}",
        trace_number=sleeper.trace_number,
        payload_id=f"{sleeper.number:036}",
        began_at=now,
        ended_at=now,
    )


def wake(connection: Connection, numbers: Sequence[int], at: datetime) -> None:
    """Make these sleepers due at that moment."""
    for begin in range(0, len(numbers), 500):
        some = [Sleeper(number=number).id for number in numbers[begin : begin + 500]]
        due = DUE_INDEX.c.tenant.in_(TENANTS) & (DUE_INDEX.c.kind == DueKind.TRANSACTION) & DUE_INDEX.c.id.in_(some)
        connection.execute(update(DUE_INDEX).where(due).values(next_due_at=at, lease_until=None))


def due_count(connection: Connection, now: datetime) -> int:
    """How many rows are due."""
    counted: int = connection.execute(
        select(func.count()).select_from(DUE_INDEX).where(DUE_INDEX.c.next_due_at <= now)
    ).scalar_one()
    return counted


def inquiry_of(sleeper: Sleeper, port: int) -> bytes:
    """The 278 inquiry about it, as the gateway would send it."""
    at = datetime(2026, 12, 1, 15, tzinfo=UTC)
    profile = profiles(port, concurrency=1)[sleeper.payer]
    row = _transaction(sleeper, at)
    numbers = Numbers(interchange=1, group=1, reference=f"{row.reference}Q1", trace=f"{row.trace_number}Q1")
    return inquiry_bytes(row, profile, profile.routes[0], numbers, at)
