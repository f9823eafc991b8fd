"""Takes over from nodes that died.

A dead node's unfinished jobs hold the slots of their endpoints for ever: the queue counts
them as running, and nothing in it notices that the node is gone. So every node beats, and
every node looks for those that stopped.

What the reaper frees is the *slots*. It does not repeat the work: a job that was started
ends at once when another node takes it, and its row is due again under a higher fence when
the lease ends (`dbos_queue`). A node that was only slow is therefore harmed by nothing:
no two nodes ever act under one fence.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from priorwire.clock import Clock
from priorwire.engine.jobs import Jobs
from priorwire.gateway.ports import Store

_log = logging.getLogger(__name__)


class Reaper:
    """Finds silent nodes and frees what they held. Safe to run on every node at once.

    `clock` must be the machine's: whether a node lives is a matter of real time, whatever
    the injected clock of the business is set to.
    """

    def __init__(self, *, store: Store, jobs: Jobs, clock: Clock, silence: timedelta) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._silence = silence

    def reap(self) -> int:
        """Free the jobs of every node that has been silent for too long; how many jobs."""
        return sum(self._take_over(node) for node in self._store.silent_nodes(self._clock.now() - self._silence))

    def _take_over(self, node: str) -> int:
        freed = self._jobs.free(node)
        # Last: whoever dies before this line leaves the node to be found again.
        self._store.bury(node)
        _log.warning(
            "A node fell silent; its slots are free.", extra={"action": "node.buried", "node": node, "count": freed}
        )
        return freed
