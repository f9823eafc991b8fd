"""One answer being worked through: what stands around it, and what came of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from priorwire.gateway.arrived import UnmatchedRow
from priorwire.gateway.changes import GATEWAY, Task
from priorwire.gateway.correlate import Match
from priorwire.gateway.decide import Decision
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.reading import SetRead
from priorwire.gateway.rows import AnyRecord, ArchiveRow, ExchangeRow, TransactionRow, WorkKind
from priorwire.mapping import Reading
from priorwire.model.identifiers import WorkItemId
from priorwire.model.lifecycle import AcknowledgmentEvent

#: By which key an answer was joined that a person joined.
PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A review or a coverage that answers this transaction."""

    said: SetRead
    reading: Reading[AnyRecord]
    match: Match


@dataclass(frozen=True, kw_only=True)
class ByPerson:
    """Who joined an answer that no rule could join, and the row of the unmatched that it was."""

    actor: str
    unmatched_id: str


@dataclass(frozen=True, kw_only=True)
class Collected:
    """A set that came by itself or was joined by a person, as far as it is about one transaction."""

    #: The message of ours that it answers.
    exchange: ExchangeRow
    #: The set as archived, alone or with others.
    archived: ArchiveRow
    said: SetRead
    #: Those of the set's reviews that are this transaction's.
    readings: tuple[Reading[AnyRecord], ...] = ()
    #: `None` where its identifiers joined it.
    by: ByPerson | None = None


@dataclass(kw_only=True)
class Visit:
    """One answer being worked through: what stands around it, and what came of it so far."""

    services: Services
    uow: UnitOfWork
    exchange: ExchangeRow
    archived: ArchiveRow
    #: As stored, and as changed by what was read so far.
    before: TransactionRow
    row: TransactionRow
    by: ByPerson | None = None
    #: How many sets were joined to this transaction.
    joined: int = 0
    #: How many sets, and findings outside any set, were not.
    unmatched: list[UnmatchedRow] = field(default_factory=list)
    strays: int = 0
    #: Why the payload cannot be read to its end.
    unreadable: str | None = None
    acknowledged: list[AcknowledgmentEvent] = field(default_factory=list)
    answers: list[Joined] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    #: Kinds of work that cannot wait, since the service is near.
    urgent: set[WorkKind] = field(default_factory=set)
    #: What the subscribers are told beside the row; `None` where nothing of it is news.
    news: Mapping[str, str] | None = None
    #: Work items that it opened, and that it made needless.
    opened: list[WorkItemId] = field(default_factory=list)
    closed: list[WorkItemId] = field(default_factory=list)

    @property
    def actor(self) -> str:
        """Who answers for what is done here."""
        return self.by.actor if self.by is not None else GATEWAY
