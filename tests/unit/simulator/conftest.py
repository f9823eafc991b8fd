"""A simulator without a server, a file or a moving clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from priorwire.clock import FixedClock
from priorwire.simulator import Journal, Simulator
from tests.unit.simulator.messages import AT, Said, said

Exchange = Callable[[bytes], Said]


@pytest.fixture
def clock() -> FixedClock:
    """The payers' clock."""
    return FixedClock(AT)


@pytest.fixture
def simulator(clock: FixedClock) -> Simulator:
    """One clearinghouse."""
    return Simulator(clock=clock, journal=Journal(), seed=7)


@pytest.fixture
def exchange(simulator: Simulator) -> Exchange:
    """Send a payload and read the reply."""
    return lambda payload: said(simulator.exchange(payload, "core").payload)
