"""What is known of an endpoint: whether an operator has stopped it, and how it fared lately. Values and pure functions.

An endpoint belongs to the installation, not to a tenant. Two things keep a message from it, and
they do not mix: a *pause*, which a person sets and a person lifts (or its end, where one was
named), and an *outage*, which so many failures in a row open. After a back-off one message may
try it (a *probe*); an answer closes the outage, and another failure opens it for longer.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from priorwire.gateway.rows import DueKind
from priorwire.gateway.ways import Accepted, Failure, Final, HandedOver, NotSent, Refused, SendOutcome, Uncertain
from priorwire.payers import Health
from priorwire.payers.clocks import step_of
from priorwire.payers.profile import Endpoint

#: The row of the kill switch, which stops every endpoint. No endpoint is called so: ids are ``{payer}/{route}``.
ALL_ENDPOINTS = "*"
#: A row that waits for an endpoint is looked at again so often, so that people hear of what becomes overdue meanwhile.
LOOK_AGAIN = timedelta(hours=1)
#: Over how long what waits is spread where the end of a pause, or of an outage's back-off, is known beforehand.
_AFTER_PAUSE = timedelta(minutes=10)
_AFTER_OUTAGE = timedelta(seconds=30)
#: A refused log-in will be refused to the next message too: until it is mended, each would end with a person.
_COUNTS = frozenset({Failure.UNAVAILABLE, Failure.CREDENTIAL})
#: The finest step of a spread.
_PARTS = 1 << 16


class Circuit(Enum):
    """Whether messages go to an endpoint, as far as its failures decide it."""

    CLOSED = "closed"
    OPEN = "open"
    #: The next message tries it, or does so at the moment.
    HALF_OPEN = "half_open"


@dataclass(frozen=True, kw_only=True)
class EndpointRow:
    """One endpoint; or, under `ALL_ENDPOINTS`, the kill switch."""

    endpoint_id: str
    #: Since when, until when (`None`: until somebody resumes it), by whom and why. All `None` where it is not paused.
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    paused_by: str | None = None
    pause_reason: str | None = None
    #: Failures since the last answer.
    failures: int = 0
    first_failed_at: datetime | None = None
    last_failed_at: datetime | None = None
    #: Nothing is sent before then; `None` while it is not down.
    open_until: datetime | None = None
    #: One message tries it, and has so long for it.
    probe_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether a pause holds at that moment."""
        return self.paused_at is not None and (self.paused_until is None or now < self.paused_until)

    def circuit(self, now: datetime) -> Circuit:
        """Where its outage stands at that moment."""
        if self.open_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.open_until else Circuit.HALF_OPEN


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Why nothing may be sent to an endpoint now."""

    #: What is waited for: the endpoint's id, or `ALL_ENDPOINTS`.
    waits_for: str
    #: When it ends by itself; `None` where a person ends it.
    until: datetime | None
    #: Over how long after `until` what waits is spread.
    spread: timedelta
    #: In words, for a case's history.
    because: str

    def next_look(self, row_id: str, now: datetime) -> datetime:
        """When a row that waits for this is looked at next: spread by its id, so that not all come at once."""
        again = now + LOOK_AGAIN
        if self.until is not None and self.until <= again:
            return self.until + share(row_id) * self.spread
        return again + share(row_id) * LOOK_AGAIN


def share(row_id: str) -> float:
    """A fraction of one, evenly spread over ids and always the same for one: where in a span its row belongs."""
    return zlib.crc32(row_id.encode()) % _PARTS / _PARTS


def hold(endpoint: EndpointRow, everything: EndpointRow, now: datetime) -> Hold | None:
    """What keeps a message from an endpoint now; `None` where nothing does. `everything` is the kill switch."""
    if everything.is_paused(now):
        return _paused(everything, "an operator has stopped all sending")
    if endpoint.is_paused(now):
        return _paused(endpoint, "an operator has paused the endpoint")
    if endpoint.open_until is None:
        return None
    until = max(endpoint.open_until, endpoint.probe_until or endpoint.open_until)
    if until <= now:
        return None
    because = "the endpoint is down"
    return Hold(waits_for=endpoint.endpoint_id, until=until, spread=_AFTER_OUTAGE, because=because)


def _paused(row: EndpointRow, because: str) -> Hold:
    return Hold(waits_for=row.endpoint_id, until=row.paused_until, spread=_AFTER_PAUSE, because=because)


def health(endpoint: EndpointRow, everything: EndpointRow, now: datetime) -> Health:
    """What routing may count on."""
    if everything.is_paused(now) or endpoint.is_paused(now):
        return Health.PAUSED
    return Health.UP if hold(endpoint, everything, now) is None else Health.DOWN


class Told(Enum):
    """What an outcome tells of an endpoint."""

    LIVES = "lives"
    FAILED = "failed"
    #: The message never got so far: it was our own side that failed.
    NOTHING = "nothing"


def told_by(outcome: SendOutcome) -> Told:
    """What an outcome tells of the endpoint. Who answers at all lives, whatever the answer; silence is a failure."""
    match outcome:
        case Final() | Accepted() | HandedOver():
            return Told.LIVES
        case Uncertain():
            return Told.FAILED
        case Refused(failure=failure):
            return Told.FAILED if failure in _COUNTS else Told.LIVES
        case NotSent(failure=failure):
            return Told.FAILED if failure in _COUNTS else Told.NOTHING


def after_failure(row: EndpointRow, endpoint: Endpoint, now: datetime) -> EndpointRow:
    """The row after one more failure."""
    if row.open_until is not None and row.probe_until is None:
        return replace(row, last_failed_at=now)  # of a call that began before: it tells nothing new
    failures = row.failures + 1
    failed = replace(row, failures=failures, first_failed_at=row.first_failed_at or now, last_failed_at=now)
    if failures < endpoint.down_after:
        return failed
    pause = step_of(endpoint.probe_after, failures - endpoint.down_after + 1)
    return replace(failed, open_until=now + pause, probe_until=None)


def after_answer(row: EndpointRow) -> EndpointRow:
    """The row after an answer: nothing of its failures is left."""
    return replace(row, failures=0, first_failed_at=None, last_failed_at=None, open_until=None, probe_until=None)


@dataclass(frozen=True, kw_only=True)
class PartitionBacklog:
    """The due rows of one kind in one partition. Each is counted once: due, held or later."""

    partition: str
    kind: DueKind
    due: int
    #: Taken or claimed, and the lease runs.
    held: int
    later: int
    #: Of those due or later, how many wait for an endpoint that is paused or down.
    waits: int
    #: Of those that are due.
    oldest_due_at: datetime | None
    #: Of those that are due later.
    next_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits, over all tenants."""

    partitions: Sequence[PartitionBacklog]
    open_work_items: int
    overdue_work_items: int
    quarantined: int
    unmatched: int
