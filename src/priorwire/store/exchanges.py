"""Exchanges with payers: what was sent under which numbers, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.gateway.rows import ExchangeRow, Purpose
from priorwire.model.identifiers import ExchangeId, TransactionId
from priorwire.store.row_tables import RowTable
from priorwire.store.session import Session
from priorwire.store.tables import EXCHANGES

EXCHANGE_ROWS = RowTable(table=EXCHANGES, type=ExchangeRow)


class SqlExchanges:
    """`gateway.ports.Exchanges`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: ExchangeRow) -> None:
        """Raises Conflict where the endpoint has seen the interchange or group number before."""
        EXCHANGE_ROWS.add(self._session, row)

    def get(self, exchange_id: ExchangeId) -> ExchangeRow:
        return EXCHANGE_ROWS.get(self._session, id=exchange_id)

    def update(self, row: ExchangeRow) -> None:
        EXCHANGE_ROWS.update(self._session, row)

    def of(self, transaction_id: TransactionId) -> Sequence[ExchangeRow]:
        found = EXCHANGE_ROWS.of(self._session, EXCHANGES.c.seq, transaction_id=transaction_id)
        return [each for each in found if each.purpose is not Purpose.ATTACH]

    def carrying(self, reference: str) -> Sequence[ExchangeRow]:
        return EXCHANGE_ROWS.of(self._session, EXCHANGES.c.seq, reference=reference)

    def by_control_number(self, number: int) -> Sequence[ExchangeRow]:
        # A look for each index, as in `transactions`.
        found = (
            *EXCHANGE_ROWS.of(self._session, EXCHANGES.c.seq, interchange_number=number),
            *EXCHANGE_ROWS.of(self._session, EXCHANGES.c.seq, group_number=number),
        )
        return sorted({row.id: row for row in found}.values(), key=lambda row: (row.began_at, row.id))

    def by_interchange_number(self, endpoint_id: str, number: int) -> ExchangeRow | None:
        return EXCHANGE_ROWS.find(self._session, endpoint_id=endpoint_id, interchange_number=number)

    def by_group_number(self, endpoint_id: str, number: int) -> ExchangeRow | None:
        return EXCHANGE_ROWS.find(self._session, endpoint_id=endpoint_id, group_number=number)

    def by_remote_id(self, endpoint_id: str, remote_id: str) -> ExchangeRow | None:
        """The newest: it is the other side that names it, and nothing stops it from using a name again."""
        return self._newest(endpoint_id=endpoint_id, remote_id=remote_id)

    def by_reference(self, reference: str) -> ExchangeRow | None:
        """The newest: every attempt of a request carries the same reference."""
        return self._newest(reference=reference)

    def _newest(self, **key: str) -> ExchangeRow | None:
        chosen = EXCHANGE_ROWS.chosen(self._session, key).order_by(EXCHANGES.c.seq.desc()).limit(1)
        return next(iter(EXCHANGE_ROWS.many(self._session, EXCHANGE_ROWS.locked(self._session, chosen))), None)
