"""``/_control``: how a test, a demo or a person tells the simulator what to do, and asks what it did."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Protocol, runtime_checkable

from fastapi import APIRouter, HTTPException
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from .clearinghouse import Simulator
from .desk import ScenarioOrder
from .fault_book import FaultPlan
from .faults import FAULTS, Fault, FaultOrder, FaultRow, Way
from .fax import FaxCarrier, FaxOutcome
from .scenarios import PROCEDURES, SCENARIOS
from .wire import Holds


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SetScenario(_Command):
    """Which row members meet from now on."""

    scenario: str
    payer: str | None = None
    member: str | None = None
    times: Annotated[int, Field(ge=1)] | None = None


class OrderFault(_Command):
    """Which fault the next exchanges meet."""

    fault: Fault
    kind: str | None = None
    payer: str | None = None
    member: str | None = None
    way: Way | None = None
    times: Annotated[int, Field(ge=1)] | None = 1
    seconds: Annotated[float, Field(ge=0, le=600)] | None = None
    cut_at: Annotated[int, Field(ge=0)] | None = None


class SetRates(_Command):
    """The chance of each fault, and the seed of chance (unless given, the one that there is)."""

    rates: dict[Fault, Annotated[float, Field(ge=0, le=1)]]
    seed: int | None = None


class Release(_Command):
    """Which held replies go."""

    reference: str | None = None


class Advance(_Command):
    """How far the clock goes forward."""

    days: float = 0
    hours: float = 0
    seconds: float = 0


class SetClock(_Command):
    """The payers' time: a moment, or how far it runs ahead of the clock that the simulator was started with."""

    now: AwareDatetime | None = None
    ahead_seconds: float | None = None


class Overturn(_Command):
    """Of which request (BHT03) the review is decided the other way round."""

    reference: str


class OrderFax(_Command):
    """What becomes of the next fax to a number."""

    outcome: FaxOutcome
    #: The end of the number; none: any.
    number: str = ""


class ReportFax(_Command):
    """What the carrier reports now of a fax that it took."""

    outcome: FaxOutcome


@runtime_checkable
class _MovableClock(Protocol):
    def advance(self, by: timedelta) -> None: ...


def control_routes(simulator: Simulator, holds: Holds, fax: FaxCarrier | None) -> APIRouter:
    """Every control."""
    router = APIRouter(prefix="/_control", tags=["control"])
    _record(router, simulator)
    _time(router, simulator)
    _behaviour(router, simulator)
    _held(router, holds)
    if fax is not None:
        _faxes(router, fax)
    return router


def _record(router: APIRouter, simulator: Simulator) -> None:
    @router.get("/health")
    def health() -> dict[str, str]:
        """Whether it runs, and its time."""
        return {"status": "ok", "now": simulator.clock.now().isoformat()}

    @router.get("/journal")
    def journal(kind: str | None = None, reference: str | None = None) -> dict[str, Any]:
        """What came in and what was answered, oldest first."""
        entries = simulator.journal.entries(kind, reference)
        counts: dict[str, int] = {}
        for entry in entries:
            counts[entry.kind] = counts.get(entry.kind, 0) + 1
        return {"entries": [asdict(entry) for entry in entries], "counts": counts}

    @router.get("/receipts")
    def counted(kind: str = "278-request") -> dict[str, int]:
        """How many messages of a kind reached a payer, with how many meanings, and how many had come before."""
        counts = simulator.journal.receipts(kind)
        return {"received": sum(counts.values()), "meanings": len(counts), "again": sum(counts.values()) - len(counts)}


def _time(router: APIRouter, simulator: Simulator) -> None:
    @router.post("/advance")
    def advance(by: Advance) -> dict[str, str]:
        """Move the clock forward: the one that processes share, if it is one, else the payers' own alone."""
        base, amount = simulator.clock.base, timedelta(days=by.days, hours=by.hours, seconds=by.seconds)
        (base if isinstance(base, _MovableClock) else simulator.clock).advance(amount)
        return {"now": simulator.clock.now().isoformat()}

    @router.get("/clock")
    def clock() -> dict[str, Any]:
        """The payers' time, and how far it runs ahead of the clock that the simulator was started with."""
        return {"now": simulator.clock.now().isoformat(), "ahead_seconds": simulator.clock.ahead.total_seconds()}

    @router.put("/clock")
    def set_clock(to: SetClock) -> dict[str, Any]:
        """Set the payers' own time; nobody else's moves."""
        if (to.now is None) == (to.ahead_seconds is None):
            raise HTTPException(422, "Give either now or ahead_seconds.")
        if to.now is not None:
            simulator.clock.set(to.now)
        if to.ahead_seconds is not None:
            simulator.clock.run_ahead(timedelta(seconds=to.ahead_seconds))
        return clock()


def _behaviour(router: APIRouter, simulator: Simulator) -> None:
    @router.get("/scenarios")
    def table() -> dict[str, Any]:
        """The rows, the procedures, and the faults."""
        return {
            "scenarios": {row.suffix: row.says for row in SCENARIOS.values()},
            "procedures": {code: asdict(each) for code, each in PROCEDURES.items()},
            "faults": {fault.value: _row(row) for fault, row in FAULTS.items()},
        }

    @router.put("/scenarios")
    def set_scenario(order: SetScenario) -> dict[str, str]:
        """Let members meet another row."""
        row = SCENARIOS.get(order.scenario.upper())
        if row is None:
            raise HTTPException(422, "There is no such scenario; GET /_control/scenarios lists them.")
        simulator.order_scenario(ScenarioOrder(scenario=row, payer=order.payer, member=order.member, times=order.times))
        return {"scenario": row.suffix}

    @router.post("/faults")
    def order_fault(order: OrderFault) -> dict[str, str]:
        """Let the next exchanges that fit meet a fault."""
        simulator.order_fault(FaultOrder(**order.model_dump()))
        return {"fault": order.fault.value}

    @router.put("/faults/rates")
    def set_rates(rates: SetRates) -> dict[str, str]:
        """Let exchanges meet faults by chance, drawn from the seed and each message's own reference."""
        seed = simulator.faults.plan.seed if rates.seed is None else rates.seed
        try:
            simulator.follow(FaultPlan(seed=seed, rates=rates.rates))
        except ValueError as problem:
            raise HTTPException(422, str(problem)) from None
        return {"status": "ok"}

    @router.post("/overturn")
    def overturn(which: Overturn) -> dict[str, str]:
        """Let a payer think again of a review: deny what it granted, approve what it did not."""
        try:
            simulator.overturn(which.reference)
        except LookupError as problem:
            raise HTTPException(404, str(problem)) from None
        return {"status": "ok"}

    @router.delete("/orders")
    def clear() -> dict[str, str]:
        """Forget every order of a scenario or a fault, and all rates."""
        simulator.clear_orders()
        return {"status": "ok"}


def _row(row: FaultRow) -> dict[str, Any]:
    return {
        "reaches_payer": row.reaches_payer,
        "ways": sorted(way.value for way in row.ways),
        "kinds": None if row.kinds is None else sorted(row.kinds),
        "says": row.says,
    }


def _held(router: APIRouter, holds: Holds) -> None:
    # `async`: the holds live on the event loop.
    @router.get("/held")
    async def held() -> dict[str, list[str]]:
        """BHT03 of each reply that is held back."""
        return {"held": list(holds.references)}

    @router.post("/release")
    async def release(which: Release) -> dict[str, int]:
        """Let held replies go."""
        return {"released": holds.release(which.reference)}


def _faxes(router: APIRouter, fax: FaxCarrier) -> None:
    @router.get("/faxes")
    def faxes() -> dict[str, Any]:
        """What the carrier took, and what it has reported of each."""
        return {"faxes": [asdict(each) for each in fax.faxes()]}

    @router.post("/faxes/orders")
    def order(outcome: OrderFax) -> dict[str, str]:
        """Let the next fax to a number meet an outcome."""
        fax.order(outcome.number, outcome.outcome)
        return {"outcome": outcome.outcome.value}

    @router.post("/faxes/{reference}/report")
    def report(reference: str, outcome: ReportFax) -> dict[str, int]:
        """Report an outcome now; gives the HTTP status that the callback met (0: none)."""
        taken = next((each for each in fax.faxes() if each.reference == reference), None)
        if taken is None:
            raise HTTPException(404, "No fax of that reference was taken.")
        return {"status": fax.report(taken, outcome.outcome)}
