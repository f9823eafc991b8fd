"""Both sides as they stand: our tables, read with statements of their own, and the payers' journals.

The harness must not trust the code that it judges, so nothing here goes through the gateway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from priorwire.chaos.orders import Order
from priorwire.chaos.payers import Place
from priorwire.gateway.arrived import FileState, SetState
from priorwire.gateway.rows import DeliveryState, Direction, DueKind, ExchangeState, Purpose, WorkState
from priorwire.model.lifecycle import Attachment, Delivery, Review
from priorwire.payers.profile import Transaction
from priorwire.simulator import Entry, read_journal
from priorwire.store.tables import (
    ARCHIVE,
    ATTACHMENTS,
    DUE_INDEX,
    EVENTS,
    EXCHANGES,
    RECEIVED_FILES,
    RECEIVED_SETS,
    TRANSACTIONS,
    UNMATCHED,
    WEBHOOK_DELIVERIES,
    WORK_ITEMS,
)

#: What is due again and again as long as a gateway lives: mailboxes, and the sweep for rows without an owner.
FOR_EVER = frozenset({DueKind.MAILBOX, DueKind.SWEEP})


@dataclass(frozen=True, kw_only=True)
class Case:
    """A transaction, as far as it is judged."""

    id: str
    kind: Transaction
    delivery: Delivery
    review: Review | None
    status: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """A message to a payer and what came of it."""

    id: str
    purpose: Purpose
    state: ExchangeState
    reference: str
    #: How it ended, in words.
    detail: str | None


@dataclass(frozen=True, kw_only=True)
class Payload:
    """An archived payload, without its bytes."""

    id: str
    direction: Direction
    exchange_id: str | None
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document to a review."""

    id: str
    state: Attachment
    reference: str
    document_id: str
    work_item_id: str | None


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a mailbox."""

    id: str
    state: FileState
    archive_id: str | None
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class ReceivedSet:
    """A set of such a file."""

    id: str
    state: SetState
    archive_id: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event on its way to the subscriber."""

    id: str
    event_id: str
    state: DeliveryState


class Tables:
    """What our tables hold, each read once. All of it is one tenant's."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    def _rows(self, chosen: sa.Select[Any]) -> Sequence[Mapping[str, Any]]:
        engine = sa.create_engine(self._url, hide_parameters=True, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]

    def _read(self, table: sa.Table, shape: type[Any]) -> list[Any]:
        names = shape.__dataclass_fields__
        chosen = sa.select(*(table.c[name] for name in names)).order_by(table.c.seq)
        return [shape(**row) for row in self._rows(chosen)]

    @cached_property
    def cases(self) -> list[Case]:
        return self._read(TRANSACTIONS, Case)

    @cached_property
    def exchanges(self) -> list[Exchanged]:
        return self._read(EXCHANGES, Exchanged)

    @cached_property
    def archive(self) -> list[Payload]:
        return self._read(ARCHIVE, Payload)

    @cached_property
    def papers(self) -> list[Paper]:
        return self._read(ATTACHMENTS, Paper)

    @cached_property
    def files(self) -> list[File]:
        return self._read(RECEIVED_FILES, File)

    @cached_property
    def sets(self) -> list[ReceivedSet]:
        return self._read(RECEIVED_SETS, ReceivedSet)

    @cached_property
    def told(self) -> list[Told]:
        return self._read(WEBHOOK_DELIVERIES, Told)

    @cached_property
    def events(self) -> frozenset[str]:
        return frozenset(row["id"] for row in self._rows(sa.select(EVENTS.c.id)))

    @cached_property
    def unmatched(self) -> frozenset[str]:
        """The payloads of which something could be joined to nothing."""
        return frozenset(row["archive_id"] for row in self._rows(sa.select(UNMATCHED.c.archive_id)))

    @cached_property
    def due(self) -> frozenset[tuple[DueKind, str]]:
        """What will be looked at again."""
        waits = sa.select(DUE_INDEX.c.kind, DUE_INDEX.c.id).where(DUE_INDEX.c.next_due_at.is_not(None))
        return frozenset((row["kind"], row["id"]) for row in self._rows(waits))

    @cached_property
    def with_person(self) -> Mapping[str, frozenset[str]]:
        """A transaction's id -> its open work items; each has a date."""
        is_open = WORK_ITEMS.c.state == WorkState.OPEN, WORK_ITEMS.c.due_at.is_not(None)
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._rows(sa.select(WORK_ITEMS.c.id, WORK_ITEMS.c.transaction_id).where(*is_open)):
            found[row["transaction_id"]].add(row["id"])
        return {key: frozenset(items) for key, items in found.items()}

    def next_due(self) -> Any:
        """When the first row is due that is not looked at for ever."""
        passing = DUE_INDEX.c.kind.not_in(FOR_EVER)
        first = sa.select(sa.func.min(DUE_INDEX.c.next_due_at).label("at")).where(passing)
        return self._rows(first)[0]["at"]


@dataclass(kw_only=True)
class Records:
    """Both sides, as they stand at one moment."""

    tables: Tables
    place: Place
    #: The ids of the events that the subscriber has on disk.
    told: Path
    #: Every order, and key of an order -> the ids of transactions that were acknowledged for it.
    orders: Mapping[str, Order]
    acknowledged: Mapping[str, frozenset[str]]

    @cached_property
    def journal(self) -> tuple[Entry, ...]:
        """What the payers' side was given, by every way in."""
        return (*read_journal(self.place.journal), *read_journal(self.place.folder_journal))

    @cached_property
    def reached(self) -> tuple[Entry, ...]:
        """Of that, what the payers hold."""
        return tuple(each for each in self.journal if each.reached_payer)

    @cached_property
    def order_of(self) -> Mapping[str, Order]:
        """A transaction's id -> the order that it is."""
        return {each: self.orders[key] for key, ids in self.acknowledged.items() for each in ids}
