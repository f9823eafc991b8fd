"""What waits, for an operator at four in the morning: by endpoint, by kind of work, and before people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from priorwire.gateway.endpoints import known_endpoints
from priorwire.gateway.endpoints_state import ALL_ENDPOINTS, Circuit, EndpointRow, PartitionBacklog
from priorwire.gateway.owners import ownerless
from priorwire.gateway.ports import Services

#: The partitions of subscribers are shown as one: each has its own, and operators look at payers.
_WEBHOOKS = "webhook/"
#: What a mailbox's endpoint is followed by in the partitions of what came from it (`received_files`).
_LANE = "/received-"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What waits at one endpoint, and how that is."""

    endpoint_id: str
    due: int
    #: In somebody's hands.
    held: int
    later: int
    #: Of those due or later, how many wait because an endpoint is paused or down.
    waits: int
    oldest_due_at: datetime | None
    next_due_at: datetime | None
    state: EndpointRow
    #: Whether a guide names it.
    is_known: bool
    #: Whether the endpoint is stopped, by name or by the kill switch.
    is_paused: bool
    is_paused_by_name: bool
    circuit: Circuit


@dataclass(frozen=True, kw_only=True)
class Queue:
    """All of it."""

    at: datetime
    #: The kill switch; `None` while it is off.
    all_paused: EndpointRow | None
    endpoints: Sequence[Line]
    #: Due, held and later together, by the kind of due row.
    kinds: Mapping[str, int]
    open_work_items: int
    overdue_work_items: int
    quarantined: int
    unmatched: int
    #: Rows that nobody would ever look at again, and that are not over, by what they are of. The sweep mends them.
    without_owner: Mapping[str, int]


def queue(services: Services) -> Queue:
    """Count what waits, over all tenants."""
    now = services.clock.now()
    backlog = services.store.backlog(now)
    with services.store.read(services.mailbox_tenant) as uow:
        rows = {row.endpoint_id: row for row in uow.endpoints.listed()}
    everything = rows.pop(ALL_ENDPOINTS, EndpointRow(endpoint_id=ALL_ENDPOINTS))
    all_paused = everything if everything.is_paused(now) else None
    by_endpoint: dict[str, list[PartitionBacklog]] = {each: [] for each in (*known_endpoints(services), *rows)}
    kinds = Counter[str]()
    for part in backlog.partitions:
        by_endpoint.setdefault(_shown_as(part.partition), []).append(part)
        kinds[part.kind.value] += part.due + part.held + part.later
    known = known_endpoints(services)
    return Queue(
        at=now,
        all_paused=all_paused,
        endpoints=[
            _line(name, parts, rows.get(name), now, is_known=name in known, all_paused=all_paused is not None)
            for name, parts in sorted(by_endpoint.items())
        ],
        kinds=dict(sorted(kinds.items())),
        open_work_items=backlog.open_work_items,
        overdue_work_items=backlog.overdue_work_items,
        quarantined=backlog.quarantined,
        unmatched=backlog.unmatched,
        without_owner={subject.value: count for subject, count in ownerless(services.store).items()},
    )


def _shown_as(partition: str) -> str:
    return "webhooks" if partition.startswith(_WEBHOOKS) else partition.partition(_LANE)[0]


def _line(
    name: str,
    parts: Sequence[PartitionBacklog],
    row: EndpointRow | None,
    now: datetime,
    *,
    is_known: bool,
    all_paused: bool,
) -> Line:
    state = row or EndpointRow(endpoint_id=name)
    return Line(
        endpoint_id=name,
        due=sum(each.due for each in parts),
        held=sum(each.held for each in parts),
        later=sum(each.later for each in parts),
        waits=sum(each.waits for each in parts),
        oldest_due_at=_first(each.oldest_due_at for each in parts),
        next_due_at=_first(each.next_due_at for each in parts),
        state=state,
        is_known=is_known,
        is_paused_by_name=state.is_paused(now),
        is_paused=state.is_paused(now) or (all_paused and is_known),
        circuit=state.circuit(now),
    )


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)
