"""Transactions and the cases that they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from priorwire.gateway.rows import CaseRow, TransactionRow
from priorwire.model.identifiers import CaseId, PayerId, TenantId, TransactionId
from priorwire.payers.profile import Transaction
from priorwire.store.row_tables import RowTable
from priorwire.store.sealed_values import REQUEST, TEXT
from priorwire.store.session import Session, execute
from priorwire.store.tables import CASES, TRANSACTIONS

CASE_ROWS = RowTable(table=CASES, type=CaseRow)
TRANSACTION_ROWS = RowTable(
    table=TRANSACTIONS,
    type=TransactionRow,
    sealed={
        "request": REQUEST,
        "administrative_reference": TEXT,
        "authorization_number": TEXT,
        "client_reference": TEXT,
    },
    indexed=("administrative_reference", "authorization_number", "member_id"),
)
#: What a payer's own number may be.
_PAYERS_NUMBERS = ("administrative_reference", "authorization_number")


class SqlTransactions:
    """`gateway.ports.Transactions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: TransactionRow) -> None:
        TRANSACTION_ROWS.add(self._session, row)

    def get(self, transaction_id: TransactionId) -> TransactionRow:
        return TRANSACTION_ROWS.get(self._session, id=transaction_id)

    def update(self, row: TransactionRow) -> None:
        TRANSACTION_ROWS.update(self._session, row)

    def by_reference(self, reference: str) -> TransactionRow | None:
        # Neither is locked: they look for others. Two answers that a payer mixed up each look for the other's request.
        return next(iter(TRANSACTION_ROWS.of(self._session, reference=reference)), None)

    def by_trace(self, trace_number: str) -> TransactionRow | None:
        return next(iter(TRANSACTION_ROWS.of(self._session, trace_number=trace_number)), None)

    def hold(self, name: str) -> None:
        # A lock on a name and no row: what two requests of one meaning would both look for is not there yet. SQLite
        # has one writer at a time.
        if self._session.connection.dialect.name == "postgresql":
            named = func.hashtextextended(f"{self._session.tenant}/{name}", 0)
            self._session.execute(select(func.pg_advisory_xact_lock(named)))

    def by_payer_reference(self, payer_id: str, number: str) -> Sequence[TransactionRow]:
        return self._numbered(number, {"payer_id": payer_id})

    def by_number(self, number: str) -> Sequence[TransactionRow]:
        return self._numbered(number, {})

    def _numbered(self, number: str, wanted: dict[str, str]) -> Sequence[TransactionRow]:
        # A look for each index. Of one look with an OR, SQLite makes a walk through all that the tenant has.
        found: dict[TransactionId, TransactionRow] = {}
        for field in _PAYERS_NUMBERS:
            for stored in self._session.vault.indexes(self._session.tenant, field, number):
                key = {**wanted, f"{field}_index": stored}
                found |= {row.id: row for row in TRANSACTION_ROWS.keyed(self._session, key)}
        return sorted(found.values(), key=lambda row: (row.created_at, row.id))

    def latest_of(self, case_id: CaseId) -> TransactionRow | None:
        chosen = TRANSACTION_ROWS.chosen(self._session, {"case_id": case_id})
        newest = chosen.order_by(TRANSACTIONS.c.seq.desc()).limit(1)
        return next(iter(TRANSACTION_ROWS.many(self._session, newest)), None)

    def by_meaning(self, meaning: str) -> Sequence[TransactionRow]:
        chosen = TRANSACTION_ROWS.chosen(self._session, {"meaning": meaning})
        return TRANSACTION_ROWS.many(self._session, chosen.order_by(TRANSACTIONS.c.seq.desc()))

    def of_member(
        self, member_id: str, *, kind: Transaction | None = None, payer_id: PayerId | None = None, limit: int
    ) -> Sequence[TransactionRow]:
        indexes = self._session.vault.indexes(self._session.tenant, "member_id", member_id)
        wanted = {name: value for name, value in (("kind", kind), ("payer_id", payer_id)) if value is not None}
        chosen = TRANSACTION_ROWS.chosen(self._session, wanted).where(TRANSACTIONS.c.member_id_index.in_(indexes))
        return TRANSACTION_ROWS.many(self._session, chosen.order_by(TRANSACTIONS.c.seq.desc()).limit(limit))

    def digest(self, text: str) -> str:
        return self._session.vault.digest(self._session.tenant, text)

    def listed(
        self, *, limit: int, after: TransactionId | None = None, kind: Transaction | None = None
    ) -> Sequence[TransactionRow]:
        wanted = {} if kind is None else {"kind": kind}
        chosen = TRANSACTION_ROWS.chosen(self._session, wanted).order_by(TRANSACTIONS.c.seq.desc()).limit(limit)
        if after is not None:
            # By place in the list, not by count: rows that are added between two pages shift nothing.
            place = select(TRANSACTIONS.c.seq).where(
                TRANSACTIONS.c.tenant == self._session.tenant, TRANSACTIONS.c.id == after
            )
            chosen = chosen.where(TRANSACTIONS.c.seq < place.scalar_subquery())
        return TRANSACTION_ROWS.many(self._session, chosen)


class SqlCases:
    """`gateway.ports.Cases`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: CaseRow) -> None:
        CASE_ROWS.add(self._session, row)

    def get(self, case_id: CaseId) -> CaseRow:
        return CASE_ROWS.get(self._session, id=case_id)

    def update(self, row: CaseRow) -> None:
        CASE_ROWS.update(self._session, row)


def owner_of(connection: Connection, reference: str) -> TenantId | None:
    """The tenant whose transaction carries this reference. Crosses tenants on purpose: the report names no tenant."""
    chosen = select(TRANSACTIONS.c.tenant).where(TRANSACTIONS.c.reference == reference)
    tenant: str | None = execute(connection, chosen).scalar_one_or_none()
    return None if tenant is None else TenantId(tenant)
