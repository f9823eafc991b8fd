"""Who meets which fault.

A fault is applied to an exchange for one of three reasons, looked for in this order:

1. somebody ordered it (`FaultBook.order`; ``POST /_control/faults``), for the next so many
   exchanges that fit;
2. the member id's scenario carries it (`scenarios`), once for each member id and kind;
3. chance, by a `FaultPlan`: drawn from its seed, and from the message's own kind and reference,
   so that the same traffic meets the same faults, in whatever order its threads run.

A fault that cannot happen on the message's way, or to its kind, is never met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from random import Random
from types import MappingProxyType
from typing import Any

from .faults import FAULTS, Fault, FaultOrder, Meeting, Mishap, Way

_INQUIRY = "278-inquiry"
#: Faults that wait for somebody, or for a connection: never by chance.
ORDERED_ONLY = frozenset({Fault.DROP_UNREAD, Fault.HOLD})
_EVERY = "all"


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """Faults by chance, the same for the same seed whatever runs first.

    Raises:
        ValueError: a rate is not from 0 to 1, or a fault in it comes by order only.
    """

    seed: int
    #: The chance of each fault; together at most 1 (what is more is never met).
    rates: Mapping[Fault, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse what can never be."""
        if not all(0 <= rate <= 1 for rate in self.rates.values()):
            raise ValueError("a fault's rate is a number from 0 to 1")
        if self.rates.keys() & ORDERED_ONLY:
            raise ValueError("drop_unread and hold come by order only")

    def fault_of(self, meeting: Meeting, time: int = 1) -> Fault | None:
        """What a message meets when it comes for the `time`-th time (from 1)."""
        # Not for secrets: the draw has to be the same for the same seed and reference.
        draw = Random(f"{self.seed}:{meeting.kind}:{meeting.reference}:{time}").random()  # noqa: S311
        for fault, rate in sorted(self.rates.items(), key=lambda each: each[0].value):
            if not fault.goes(meeting.way, meeting.kind):
                continue
            if draw < rate:
                return fault
            draw -= rate
        return None


def read_rates(text: str) -> dict[Fault, float]:
    """Rates out of ``drop_after=0.02,late=0.05``; ``all=0.1`` shares 0.1 among those that are not named.

    Raises:
        ValueError: a name is no fault's, comes by order only, or a rate is none.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    given = {name.strip().lower(): _rate(value) for name, _, value in pairs}
    shared = given.pop(_EVERY, 0.0)
    unknown = [name for name in given if name not in {fault.value for fault in Fault}]
    if unknown:
        raise ValueError(f"there is no fault {unknown[0]!r}; docs/reference/simulator-faults.md lists them")
    rates = {Fault(name): rate for name, rate in given.items()}
    rest = [fault for fault in FAULTS if fault not in rates and fault not in ORDERED_ONLY]
    if shared:
        rates |= {fault: shared / len(rest) for fault in rest}
    return dict(FaultPlan(seed=0, rates=rates).rates)


def _rate(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a fault's rate is a number from 0 to 1, such as drop_after=0.02") from None


class FaultBook:
    """Who meets which fault. Not thread-safe: the clearinghouse calls it under its lock."""

    def __init__(self, seed: int) -> None:
        self.plan = FaultPlan(seed=seed)
        self._orders: list[FaultOrder] = []
        self._met: set[tuple[str, str]] = set()
        self._came: dict[tuple[str, str], int] = {}
        #: Grows with every change of what stands ordered.
        self.changes = 0

    def order(self, order: FaultOrder) -> None:
        """Put an order at the end of the row."""
        self._orders.append(order)
        self.changes += 1

    def follow(self, plan: FaultPlan) -> None:
        """From now on, chance is this plan's."""
        self.plan = plan
        self.changes += 1

    def rates(self, rates: Mapping[Fault, float]) -> None:
        """Set the chance of each fault, 0 to 1, under the seed that there is; one that is absent has none.

        Raises:
            ValueError: see `FaultPlan`.
        """
        self.follow(FaultPlan(seed=self.plan.seed, rates=dict(rates)))

    def clear(self) -> None:
        """Forget orders and rates. What member ids have met is kept."""
        self._orders.clear()
        self.rates({})

    def unread(self) -> bool:
        """Whether this connection is to close before its body is read. Uses up one such order."""
        return self._take(next((o for o in self._orders if o.fault is Fault.DROP_UNREAD), None)) is not None

    def meet(self, exchange: Meeting) -> Mishap | None:
        """The fault that this exchange meets."""
        time = self.came(exchange.kind, exchange.reference)
        ordered = self._take(next((o for o in self._orders if o.fits(exchange)), None))
        if ordered:
            return Mishap(fault=ordered.fault, seconds=ordered.seconds, cut_at=ordered.cut_at)
        found = self._from_scenario(exchange) or self.plan.fault_of(exchange, time)
        return Mishap(fault=found) if found else None

    def came(self, kind: str, reference: str) -> int:
        """Note that a message came; gives for which time."""
        time = self._came[kind, reference] = self._came.get((kind, reference), 0) + 1
        return time

    def has_met(self, kind: str, member: str) -> None:
        """Note that a member's scenario has had its fault for this kind."""
        self._met.add((kind, member))

    # ------------------------------------------------------------ outliving a restart

    def standing(self) -> dict[str, Any]:
        """Orders and rates, as plain JSON."""
        return {
            "seed": self.plan.seed,
            "rates": {fault.value: rate for fault, rate in self.plan.rates.items()},
            "orders": [_plain(order) for order in self._orders],
        }

    def restore(self, standing: Mapping[str, Any]) -> None:
        """Take orders and rates back from `standing`."""
        rates = {Fault(name): rate for name, rate in standing["rates"].items()}
        self.plan = FaultPlan(seed=standing["seed"], rates=rates)
        self._orders = [
            FaultOrder(**{**each, "fault": Fault(each["fault"]), "way": Way(each["way"]) if each["way"] else None})
            for each in standing["orders"]
        ]

    # ------------------------------------------------------------ looking

    def _take(self, order: FaultOrder | None) -> FaultOrder | None:
        if order is None or order.times is None:
            return order
        self.changes += 1
        at = self._orders.index(order)
        if order.times > 1:
            self._orders[at] = replace(order, times=order.times - 1)
        else:
            del self._orders[at]
        return order

    def _from_scenario(self, exchange: Meeting) -> Fault | None:
        fault = exchange.scenario_fault
        # Inquiries are how a sender finds out what became of a request: they go through.
        if fault is None or exchange.kind == _INQUIRY or not fault.goes(exchange.way, exchange.kind):
            return None
        if (exchange.kind, exchange.member) in self._met:
            return None
        self.has_met(exchange.kind, exchange.member)
        return fault


def _plain(order: FaultOrder) -> dict[str, Any]:
    return {**asdict(order), "fault": order.fault.value, "way": order.way.value if order.way else None}
