"""The crash harness: gateways that are killed at named points, and what is counted afterwards.

`harness` forks one gateway after the other out of a process that is ready, tells it at which crash
point to die, and passes the time; `promises` then compares the payers' own journal with our
tables. Everything is real but the clock: the stores, the HTTP calls, the kills.
"""

from priorwire.chaos.harness import Chaos
from priorwire.chaos.promises import Promise
from priorwire.chaos.report import Plan, Report

__all__ = ["Chaos", "Plan", "Promise", "Report"]
