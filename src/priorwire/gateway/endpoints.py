"""Whether a message may go to an endpoint, and what its outcome says of that.

`held` is asked in the very transaction that stores ``sending``: a pause that committed before it
stops the message. A row that is held is given back, put off; nothing of it is used up. What comes
*from* an endpoint goes on whatever is paused: answers are read, folders are looked into.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from priorwire.gateway.endpoints_state import (
    ALL_ENDPOINTS,
    EndpointRow,
    Hold,
    Told,
    after_answer,
    after_failure,
    health,
    hold,
    told_by,
)
from priorwire.gateway.opening import closed
from priorwire.gateway.ports import Services, UnitOfWork
from priorwire.gateway.rows import AuditRow, DueRow
from priorwire.gateway.ways import SendOutcome
from priorwire.model.identifiers import PayerId
from priorwire.payers import Health
from priorwire.payers.profile import Endpoint

_log = logging.getLogger(__name__)

#: Who notes what no person did.
_GATEWAY = "gateway"


def known_endpoints(services: Services) -> Mapping[str, Endpoint]:
    """Every endpoint that a guide names, by its id."""
    return {route.endpoint.id: route.endpoint for profile in services.profiles.values() for route in profile.routes}


def held(services: Services, uow: UnitOfWork, endpoint_id: str) -> Hold | None:
    """What keeps a message from an endpoint now; `None` where it may go.

    To be asked where ``sending`` is stored. Where the endpoint is down and its back-off is over, the message
    becomes the one that tries it, and all others are held until it is known what became of that.
    """
    now = services.clock.now()
    endpoint, everything = uow.endpoints.standing(endpoint_id)
    found = hold(endpoint, everything, now) or closed(_endpoint(services, endpoint_id), now)
    if found is not None or endpoint.open_until is None:
        return found
    until = now + services.lease  # longer than the longest call
    if uow.endpoints.begin_probe(endpoint_id, now, until):
        return None
    return Hold(waits_for=endpoint_id, until=until, spread=timedelta(), because="the endpoint is being tried")


def waits(services: Services, uow: UnitOfWork, endpoint_id: str) -> Hold | None:
    """As `held`, for who will not send in this unit of work: nobody becomes the one who tries."""
    now = services.clock.now()
    return hold(*uow.endpoints.standing(endpoint_id), now) or closed(_endpoint(services, endpoint_id), now)


def _endpoint(services: Services, endpoint_id: str) -> Endpoint | None:
    """The endpoint as its guide describes it; an id begins with its payer's."""
    profile = services.profiles.get(PayerId(endpoint_id.partition("/")[0]))
    routes = profile.routes if profile is not None else ()
    return next((route.endpoint for route in routes if route.endpoint.id == endpoint_id), None)


def health_of(services: Services, uow: UnitOfWork, *, urgent: bool = False) -> Mapping[str, Health]:
    """What is known of each endpoint that is not in order, for `choose_route`.

    That one takes no messages at this time of day counts for an `urgent` request only: others wait.
    """
    now = services.clock.now()
    shut = _closed_now(services, now) if urgent else {}
    rows = {row.endpoint_id: row for row in uow.endpoints.not_in_order()}
    everything = rows.pop(ALL_ENDPOINTS, EndpointRow(endpoint_id=ALL_ENDPOINTS))
    if everything.is_paused(now):
        return dict.fromkeys(known_endpoints(services), Health.PAUSED)
    stands = {endpoint_id: health(row, everything, now) for endpoint_id, row in rows.items()}
    return {**shut} | {endpoint_id: each for endpoint_id, each in stands.items() if each is not Health.UP}


def _closed_now(services: Services, now: datetime) -> Mapping[str, Health]:
    known = known_endpoints(services)
    return {endpoint_id: Health.CLOSED for endpoint_id, each in known.items() if closed(each, now) is not None}


def put_off(
    services: Services,
    uow: UnitOfWork,
    lease: DueRow,
    hold: Hold,
    action: str,
    first_deadline: Callable[[datetime], datetime] = lambda acts_at: acts_at,
) -> None:
    """Give a row back that `hold` keeps from being sent. The audit has it once, however often it is looked at.

    `first_deadline` says when the row is due that would be sent at the moment given, where something may come before.

    Raises:
        StaleFence: another worker has the row by now.
    """
    now = services.clock.now()
    acts_at = hold.next_look(lease.id, now)
    if uow.due.put_off(lease, first_deadline(acts_at), acts_at, hold.waits_for):
        uow.audit.append(
            AuditRow(
                at=now,
                tenant=lease.tenant,
                actor=_GATEWAY,
                action=action,
                subject=lease.id,
                detail=f"{lease.partition}: not sent, because {hold.because}",
            )
        )


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An endpoint went down, or came back. What follows for the rows that wait for it follows after the commit."""

    endpoint_id: str
    #: Until when it is left alone; `None` where it came back.
    down_until: datetime | None
    failures: int


def note_outcome(services: Services, uow: UnitOfWork, endpoint: Endpoint, outcome: SendOutcome) -> Turn | None:
    """Feed an outcome into the endpoint's health, in the commit that stores the outcome."""
    told = told_by(outcome)
    if told is Told.LIVES:
        return note_answer(uow, endpoint.id)
    if told is Told.NOTHING:
        return None
    before = uow.endpoints.changing(endpoint.id)
    after = after_failure(before, endpoint, services.clock.now())
    uow.endpoints.update(after)
    if after.open_until is None or after.open_until == before.open_until:
        return None
    return Turn(endpoint_id=endpoint.id, down_until=after.open_until, failures=after.failures)


def note_answer(uow: UnitOfWork, endpoint_id: str) -> Turn | None:
    """An endpoint answered: it is in order."""
    if not uow.endpoints.ails(endpoint_id):
        return None
    before = uow.endpoints.changing(endpoint_id)
    uow.endpoints.update(after_answer(before))
    if before.open_until is None:
        return None
    return Turn(endpoint_id=endpoint_id, down_until=None, failures=before.failures)


def follow_turn(services: Services, turn: Turn | None) -> None:
    """What an outage, or its end, means for the rows that wait there. In commits of its own: they may be many.

    A process that dies before this leaves rows that are looked at all the same, only at another time.
    """
    if turn is None:
        return
    now = services.clock.now()
    if turn.down_until is None:
        moved = services.store.bring_back(turn.endpoint_id, now, pace_of(services))
        action = "endpoint.up"
        _log.warning(
            "An endpoint answers again.", extra={"action": action, "endpoint": turn.endpoint_id, "count": moved}
        )
    else:
        pace = pace_of(services)(turn.endpoint_id)
        moved = services.store.put_off_due(turn.endpoint_id, now, pace, turn.endpoint_id)
        action = "endpoint.down"
        _log.warning(
            "An endpoint is down, and is left alone for a while.",
            extra={"action": action, "endpoint": turn.endpoint_id, "count": moved},
        )
    with services.store.work(services.mailbox_tenant) as uow:
        told = f"{turn.failures} failures in a row"
        if turn.down_until is not None:
            told += f"; left alone until {turn.down_until:%Y-%m-%d %H:%M:%S}"
        uow.audit.append(
            AuditRow(
                at=now,
                tenant=services.mailbox_tenant,
                actor=_GATEWAY,
                action=action,
                subject=turn.endpoint_id,
                detail=told,
            )
        )


def pace_of(services: Services) -> Callable[[str], timedelta]:
    """How far apart what waits for an endpoint is brought back: half of what it takes, so that new work gets through.

    Of a partition that no guide names any more, the usual pace.
    """
    known = known_endpoints(services)

    def pace(partition: str) -> timedelta:
        endpoint = known.get(partition)
        return timedelta(seconds=2 / (endpoint.starts_per_second if endpoint else Endpoint.starts_per_second))

    return pace
