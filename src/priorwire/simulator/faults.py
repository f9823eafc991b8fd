"""What can go wrong between the gateway and a payer, on purpose.

Every fault is a row of `FAULTS`. The column that matters most is `reaches_payer`: after a
fault that does, the payer holds the request although the sender may never learn it, and a
278 must not be sent again; after one that does not, the payer knows nothing.

A fault is applied to an exchange for one of three reasons, looked for in this order:

1. somebody ordered it (`FaultBook.order`; ``POST /_control/faults``), for the next so many
   exchanges that fit;
2. the member id's scenario carries it (`scenarios`), once for each member id and kind;
3. chance, by rates that somebody set, drawn from the seed and the transaction's reference so
   that the same traffic meets the same faults, in whatever order its threads run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from random import Random


class Fault(Enum):
    """One thing that goes wrong. The value is its name in control calls and in the journal."""

    DROP_UNREAD = "drop_unread"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    DROP_DURING = "drop_during"
    HOLD = "hold"
    SLOW = "slow"
    TWICE = "twice"
    TRUNCATED = "truncated"
    WRONG_TRACE = "wrong_trace"
    HTTP_503 = "http_503"
    HTTP_504 = "http_504"
    HTML = "html"
    SOAP_FAULT = "soap_fault"
    RECEIVER_DOWN = "receiver_down"
    TA1_REJECT = "ta1_reject"
    ACK_999_REJECT = "ack_999_reject"
    MULTIPART = "multipart"

    @property
    def reaches_payer(self) -> bool:
        """Whether the payer holds the request all the same."""
        return FAULTS[self].reaches_payer


@dataclass(frozen=True, kw_only=True)
class FaultRow:
    """What a fault does."""

    #: Whether the payer acts on the request (records the review) all the same.
    reaches_payer: bool
    #: What the sender sees.
    says: str


FAULTS: Mapping[Fault, FaultRow] = {
    Fault.DROP_UNREAD: FaultRow(
        reaches_payer=False, says="the connection closes before the body is read; by order only, never journalled"
    ),
    Fault.DROP_BEFORE: FaultRow(reaches_payer=False, says="the body is read and lost: the connection closes"),
    Fault.DROP_AFTER: FaultRow(
        reaches_payer=True, says="the payer takes the request; the connection closes unanswered"
    ),
    Fault.DROP_DURING: FaultRow(reaches_payer=True, says="the connection closes in the middle of the reply"),
    Fault.HOLD: FaultRow(reaches_payer=True, says="the reply waits until it is released, or so many seconds"),
    Fault.SLOW: FaultRow(reaches_payer=True, says="the reply comes so many seconds late (1 unless told)"),
    Fault.TWICE: FaultRow(reaches_payer=True, says="the reply holds the same interchange twice"),
    Fault.TRUNCATED: FaultRow(reaches_payer=True, says="the X12 of the reply ends in its middle"),
    Fault.WRONG_TRACE: FaultRow(reaches_payer=True, says="the reply answers another reference and trace"),
    Fault.HTTP_503: FaultRow(reaches_payer=False, says="HTTP 503 before the payer sees anything"),
    Fault.HTTP_504: FaultRow(reaches_payer=True, says="HTTP 504 although the payer took the request"),
    Fault.HTML: FaultRow(reaches_payer=False, says="HTTP 200 with an HTML page"),
    Fault.SOAP_FAULT: FaultRow(reaches_payer=False, says="a SOAP 1.2 fault; over REST, HTTP 500 with JSON"),
    Fault.RECEIVER_DOWN: FaultRow(
        reaches_payer=False, says="a CORE envelope with ErrorCode Receiver; over REST, HTTP 502 with JSON"
    ),
    Fault.TA1_REJECT: FaultRow(reaches_payer=False, says="a TA1 that rejects the interchange (note code 006)"),
    Fault.ACK_999_REJECT: FaultRow(reaches_payer=False, says="a 999 that rejects the transaction set"),
    Fault.MULTIPART: FaultRow(reaches_payer=True, says="over SOAP, the reply is multipart/related with an XOP part"),
}


@dataclass(frozen=True, kw_only=True)
class FaultOrder:
    """A fault for the next exchanges that fit."""

    fault: Fault
    #: ``270``, ``278-request``, ``278-inquiry``, ``275``; `None` for any.
    kind: str | None = None
    #: ISA08 of the request; `None` for any.
    payer: str | None = None
    #: A whole member id; `None` for any.
    member: str | None = None
    #: How many more exchanges; `None` for ever.
    times: int | None = 1
    #: Real seconds, for hold and slow.
    seconds: float | None = None

    def fits(self, exchange: Meeting) -> bool:
        """Whether this exchange is meant."""
        return (
            self.fault is not Fault.DROP_UNREAD
            and self.kind in (None, exchange.kind)
            and self.payer in (None, exchange.payer)
            and self.member in (None, exchange.member)
        )


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What about an exchange decides which fault it meets."""

    kind: str
    payer: str
    member: str
    #: BHT03.
    reference: str
    #: The fault of the member id's scenario.
    scenario_fault: Fault | None


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """A fault that an exchange has met."""

    fault: Fault
    seconds: float | None = None


class FaultBook:
    """Who meets which fault. Not thread-safe: the clearinghouse calls it under its lock."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._orders: list[FaultOrder] = []
        self._rates: dict[Fault, float] = {}
        self._met: dict[tuple[str, str], int] = {}
        self._seen: dict[str, int] = {}

    def order(self, order: FaultOrder) -> None:
        """Put an order at the end of the row."""
        self._orders.append(order)

    def rates(self, rates: Mapping[Fault, float]) -> None:
        """Set the chance of each fault, 0 to 1; one that is absent has none."""
        self._rates = dict(rates)

    def clear(self) -> None:
        """Forget orders and rates. What member ids have met is kept."""
        self._orders.clear()
        self._rates.clear()

    def unread(self) -> bool:
        """Whether this connection is to close before its body is read. Uses up one such order."""
        return self._take(next((o for o in self._orders if o.fault is Fault.DROP_UNREAD), None)) is not None

    def meet(self, exchange: Meeting) -> Mishap | None:
        """The fault that this exchange meets."""
        ordered = self._take(next((o for o in self._orders if o.fits(exchange)), None))
        if ordered:
            return Mishap(fault=ordered.fault, seconds=ordered.seconds)
        return self._from_scenario(exchange) or self._by_chance(exchange)

    def _take(self, order: FaultOrder | None) -> FaultOrder | None:
        if order is None or order.times is None:
            return order
        at = self._orders.index(order)
        if order.times > 1:
            self._orders[at] = replace(order, times=order.times - 1)
        else:
            del self._orders[at]
        return order

    def _from_scenario(self, exchange: Meeting) -> Mishap | None:
        if exchange.scenario_fault is None:
            return None
        # Inquiries are how a sender finds out what became of a request: they go through.
        key = (exchange.kind, exchange.member)
        if exchange.kind == "278-inquiry" or self._met.get(key):
            return None
        self._met[key] = 1
        return Mishap(fault=exchange.scenario_fault)

    def _by_chance(self, exchange: Meeting) -> Mishap | None:
        if not self._rates:
            return None
        again = self._seen[exchange.reference] = self._seen.get(exchange.reference, 0) + 1
        # Not for secrets: the draw has to be the same for the same seed and reference.
        draw = Random(f"{self._seed}:{exchange.reference}:{again}").random()  # noqa: S311
        for fault, rate in sorted(self._rates.items(), key=lambda each: each[0].value):
            if draw < rate:
                return Mishap(fault=fault)
            draw -= rate
        return None
