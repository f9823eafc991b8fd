"""What the dispatcher and the reaper need of a queue, and how much such a queue may hold.

`dbos_queue` is the one that runs; another engine would be another file beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from priorwire.gateway.rows import DueRow

#: Of what could be started within a lease, how much may be waiting at once. The rest is
#: for calls that are slower than usual and for two nodes that dispatch at the same moment.
_HEADROOM = 0.5
#: The part of all waiting jobs that one endpoint may fill, so that a slow payer does not stop the others.
_SHARE = 8


class Jobs(Protocol):
    """A durable queue that all nodes share, partitioned by endpoint."""

    def enqueue(self, connection: object, row: DueRow) -> None:
        """Add the job of a claimed row, inside the open transaction that claims it."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """How many jobs wait, by partition."""
        ...

    def running(self, node: str) -> int:
        """How many jobs a node has taken and not finished."""
        ...

    def free(self, node: str) -> int:
        """Put the unfinished jobs of a dead node back, which frees their partitions' slots; how many."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the jobs made before that moment (real time) that nobody is running; how many."""
        ...


@dataclass(frozen=True, kw_only=True)
class EndpointLimits:
    """What one endpoint takes, over all nodes."""

    #: Calls at once.
    calls: int = 4
    #: It sees no more starts than this in any second. The queue is told half, because its own
    #: count is of a window that it may straddle: told five a second it let nine through.
    starts_per_second: int = 10

    @property
    def queue_rate(self) -> int:
        """Starts a second to tell the queue, so that `starts_per_second` holds."""
        return max(1, (self.starts_per_second + 1) // 2)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How hard the queue works. The same on all nodes; of one queue the node that started last decides."""

    #: Calls at once to one endpoint, and starts in any second, where it has no limits of its own.
    endpoint_calls: int = 4
    starts_per_second: int = 10
    #: The limits of endpoints that have their own, by partition.
    own: Mapping[str, EndpointLimits] = field(default_factory=dict)
    #: Calls at once in one node, over all endpoints.
    node_calls: int = 16
    #: How long a call usually takes; only to reckon how many fit into a lease.
    usual_call: timedelta = timedelta(seconds=2)

    @property
    def usual(self) -> EndpointLimits:
        """The limits of an endpoint that has none of its own."""
        return EndpointLimits(calls=self.endpoint_calls, starts_per_second=self.starts_per_second)

    def of(self, partition: str) -> EndpointLimits:
        """The limits of an endpoint."""
        return self.own.get(partition, self.usual)

    @property
    def queue_rate(self) -> int:
        """The usual starts a second to tell the queue."""
        return self.usual.queue_rate

    def node_room(self, lease: timedelta) -> int:
        """How many jobs may wait at once: what one node starts within a lease, less headroom."""
        return max(1, int(_HEADROOM * self.node_calls * (lease / self.usual_call)))

    def endpoint_room(self, lease: timedelta, partition: str = "") -> int:
        """How many jobs may wait at once for one endpoint.

        More than it can start within a lease would be worse than useless: each would be
        claimed again under a new fence, and the stale ones would still have to be started,
        at the endpoint's rate, before the fresh ones behind them.
        """
        limits = self.of(partition)
        by_calls = limits.calls * (lease / self.usual_call)
        by_rate = limits.queue_rate * lease.total_seconds()
        fair = self.node_room(lease) // _SHARE
        return max(1, min(int(_HEADROOM * min(by_calls, by_rate)), fair))
