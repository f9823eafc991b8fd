"""The pictures of an active member's benefits that a 271 (005010X279A1) can draw, row by row.

The plain picture is the least that the guide asks for. The others show what richer payers tell:
amounts of the period (EB06 23) beside what is left of them (29), in the network and out of it,
for the person and for the family; percents as fractions; visits with their pattern (HSD);
limits by age; other payers and whom to ask, between LS and LE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from priorwire.x12.segments import Repeat, Value

from .body import Body
from .scenarios import Picture

#: Service types that a payer reports on when asked for 30 (the set of the guide's own examples).
GENERAL = ("1", "33", "35", "47", "86", "88", "98", "AL", "MH", "UC")

#: EB06: the calendar year, what is left of it, one visit.
_YEAR, _LEFT, _VISIT = "23", "29", "27"
#: EB12.
_IN, _OUT, _EITHER = "Y", "N", "W"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One EB and what stands under it."""

    #: EB01.
    kind: str
    #: EB03, and EB04.
    services: tuple[str, ...] = ("30",)
    insurance: str = ""
    #: EB02.
    level: str = "IND"
    #: EB05.
    plan: str = ""
    #: EB06 to EB10.
    period: str = ""
    amount: str = ""
    percent: str = ""
    counted: str = ""
    quantity: str = ""
    #: EB11, EB12 and EB13.
    authorization: str = ""
    network: str = ""
    procedure: tuple[str, ...] = ()
    #: HSD, REF, DTP, MSG and III, in that order.
    then: tuple[tuple[Value, ...], ...] = ()
    #: NM1, N3, N4, PER and PRV of those named, which LS and LE are put around.
    named: tuple[tuple[Value, ...], ...] = ()

    def write(self, body: Body) -> None:
        """The segments."""
        services: Value = Repeat(self.services) if len(self.services) > 1 else "".join(self.services)
        money = (self.period, self.amount, self.percent, self.counted, self.quantity)
        terms = (self.authorization, self.network, self.procedure or "")
        body.add("EB", self.kind, self.level, services, self.insurance, self.plan, *money, *terms)
        for segment in (*self.then, *((("LS", "2120"), *self.named, ("LE", "2120")) if self.named else ())):
            body.add(str(segment[0]), *segment[1:])


def _both(kind: str, *, level: str, insurance: str, inside: tuple[str, str], outside: tuple[str, str]) -> Iterable[Row]:
    """An amount of the year and what is left of it, in the network and out of it."""
    for network, amounts in ((_IN, inside), (_OUT, outside)):
        for period, amount in zip((_YEAR, _LEFT), amounts, strict=True):
            yield Row(kind=kind, level=level, insurance=insurance, period=period, amount=amount, network=network)


def _visits(
    service: str, insurance: str, *, limit: str, left: str, pattern: tuple[str, ...], message: str
) -> Iterable[Row]:
    """A limit on the visits of the year, how they may lie, and how many are left."""
    row = Row(kind="F", services=(service,), insurance=insurance, counted="VS", network=_IN)
    yield replace(row, period=_YEAR, quantity=limit, then=(("HSD", *pattern), ("MSG", message)))
    yield replace(row, period=_LEFT, quantity=left)


_REVIEWER = (
    ("NM1", "X3", "2", "EXAMPLE REVIEW ORGANIZATION", "", "", "", "", "PI", "EXREV"),
    ("PER", "IC", "UTILIZATION MANAGEMENT", "TE", "8005550100", "UR", "REVIEW.EXAMPLE"),
)

_PLAIN = (
    Row(kind="1", insurance="HM", plan="EXAMPLE HEALTH PLAN GOLD"),
    Row(kind="1", services=GENERAL, insurance="HM"),
    Row(kind="C", insurance="HM", period=_YEAR, amount="1500", network=_IN),
    Row(kind="C", insurance="HM", period=_LEFT, amount="420.5", network=_IN),
    Row(kind="B", services=("98",), insurance="HM", period=_VISIT, amount="30", authorization="N", network=_IN),
)

_RICH = (
    Row(kind="1", insurance="PR", plan="EXAMPLE HEALTH PLAN PPO"),
    Row(kind="1", services=GENERAL, insurance="PR"),
    *_both("C", level="IND", insurance="PR", inside=("1500", "420.5"), outside=("3000", "2650")),
    *_both("C", level="FAM", insurance="PR", inside=("3000", "1100.75"), outside=("6000", "5650")),
    *_both("G", level="IND", insurance="PR", inside=("6000", "3875.25"), outside=("12000", "11650")),
    Row(kind="A", insurance="PR", percent=".2", network=_IN),
    Row(kind="A", insurance="PR", percent=".4", network=_OUT),
    Row(kind="B", services=("98",), insurance="PR", period=_VISIT, amount="30", network=_IN),
    Row(kind="B", services=("98",), insurance="PR", period=_VISIT, amount="60", network=_OUT),
    Row(kind="B", services=("86",), insurance="PR", period=_VISIT, amount="250", network=_EITHER),
    *_visits("PT", "PR", limit="30", left="12", pattern=("VS", "3", "WK"), message="MORE VISITS NEED A REVIEW"),
    Row(kind="H", insurance="PR", period="32", network=_EITHER),
    Row(kind="E", services=("BS",), insurance="PR", then=(("MSG", "COSMETIC SURGERY IS NOT COVERED"),)),
)

_OTHER = (
    Row(kind="1", insurance="HM", plan="EXAMPLE HEALTH PLAN GOLD"),
    Row(kind="1", services=GENERAL, insurance="HM"),
    Row(kind="C", insurance="HM", period=_YEAR, amount="500", network=_IN),
    Row(kind="C", insurance="HM", period=_LEFT, amount="0", network=_IN),
    Row(
        kind="L",
        insurance="HM",
        then=(("DTP", "295", "D8", "20260301"),),
        named=(
            ("NM1", "P3", "1", "SAMPLE", "ALEX", "", "", "", "XX", "1999999927"),
            ("PER", "IC", "", "TE", "2025550111"),
        ),
    ),
    Row(
        kind="R",
        insurance="GP",
        then=(("REF", "6P", "GRP-0042", "EXAMPLE WORKS"), ("DTP", "290", "D8", "20250101")),
        named=(
            ("NM1", "PRP", "2", "EXAMPLE MUTUAL", "", "", "", "", "PI", "EXMUT"),
            ("N3", "5 EXAMPLE PLAZA"),
            ("N4", "SAMPLETON", "WA", "98101"),
            ("PER", "IC", "COORDINATION OF BENEFITS", "TE", "8005550160"),
            ("NM1", "IL", "1", "SAMPLE", "ROBIN", "", "", "", "MI", "EXMUT0042"),
        ),
    ),
    Row(
        kind="R",
        insurance="MC",
        then=(("REF", "NQ", "EXMCD00042"), ("DTP", "290", "D8", "20260701")),
        named=(("NM1", "TTP", "2", "EXAMPLE MEDICAID", "", "", "", "", "PI", "EXMCD"),),
    ),
    Row(
        kind="U",
        services=("MH",),
        then=(("MSG", "ASK THE VENDOR ABOUT BENEFITS OF BEHAVIORAL HEALTH"),),
        named=(
            ("NM1", "VN", "2", "EXAMPLE BEHAVIORAL NETWORK", "", "", "", "", "PI", "EXBHN"),
            ("PER", "IC", "", "TE", "8005550170", "UR", "NETWORK.EXAMPLE"),
        ),
    ),
)

_FAMILY = (
    Row(kind="1", level="FAM", insurance="HM", plan="EXAMPLE HEALTH PLAN FAMILY"),
    Row(kind="1", services=GENERAL, insurance="HM"),
    *_both("C", level="IND", insurance="HM", inside=("750", "0"), outside=("1500", "1500")),
    *_both("C", level="FAM", insurance="HM", inside=("2250", "980.4"), outside=("4500", "4500")),
    *_both("G", level="IND", insurance="HM", inside=("3000", "1240"), outside=("6000", "6000")),
    *_both("G", level="FAM", insurance="HM", inside=("9000", "6310.6"), outside=("18000", "18000")),
    *_visits("AF", "HM", limit="40", left="7", pattern=("VS", "2", "WK", "", "34", "6"), message="FOR CHILDREN ONLY"),
    Row(kind="F", services=("38",), insurance="HM", counted="S7", quantity="19", then=(("MSG", "UP TO THIS AGE"),)),
    Row(kind="B", services=("98",), insurance="HM", period=_VISIT, amount="20", network=_IN),
)

PICTURES: Mapping[Picture, tuple[Row, ...]] = {
    Picture.PLAIN: _PLAIN,
    Picture.RICH: _RICH,
    Picture.OTHER_PAYERS: _OTHER,
    Picture.FAMILY: _FAMILY,
}


def about_procedure(picture: Picture, procedure: tuple[str, ...], says: str) -> Iterable[Row]:
    """What a payer says of a procedure asked about; `says` is EB11.

    The rich picture tells it by place and by network: in an office nothing is needed, outside the network always.
    """
    row = Row(kind="1", services=(), authorization=says, network=_IN, procedure=procedure)
    if picture is not Picture.RICH:
        return (row,)
    return (
        replace(row, then=(("III", "ZZ", "22"),), named=_REVIEWER),
        replace(row, authorization="N", then=(("III", "ZZ", "11"),)),
        replace(row, authorization="Y", network=_OUT),
    )


def about_service_type(picture: Picture, service_type: str, says: str) -> Row:
    """What a payer says of a service type asked about; `says` is EB11."""
    insurance = PICTURES[picture][0].insurance
    return Row(kind="1", services=(service_type,), insurance=insurance, authorization=says, network=_IN)
