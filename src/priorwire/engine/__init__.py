"""Durable work: the rows that are due, dispatched, run under a fence, and taken over when a node dies.

The row in the store is the truth; this room only wakes up and hands rows on. Importing
it does not import DBOS, which takes a second: `Worker.start` does.
"""

from priorwire.engine.attempt import Attempt
from priorwire.engine.dispatcher import Dispatcher
from priorwire.engine.jobs import EndpointLimits, Jobs, Limits
from priorwire.engine.reaper import Reaper
from priorwire.engine.worker import Intervals, Worker

__all__ = ["Attempt", "Dispatcher", "EndpointLimits", "Intervals", "Jobs", "Limits", "Reaper", "Worker"]
