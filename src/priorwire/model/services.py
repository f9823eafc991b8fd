"""How a service is named, counted, dated and spread over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


@dataclass(frozen=True, kw_only=True, repr=False)
class DateSpan:
    """One day (`end` is `None`) or a range of days, both inclusive."""

    start: date
    end: date | None = None


class CodeSystem(Enum):
    """Where a procedure code comes from."""

    CPT_HCPCS = "cpt_hcpcs"
    CDT = "cdt"
    ICD10_PCS = "icd10_pcs"
    NDC = "ndc"
    REVENUE = "revenue"
    #: Home infusion codes of the former HIEC list.
    HOME_INFUSION = "home_infusion"
    #: Advanced billing concepts.
    ABC = "abc"
    OTHER = "other"


class Unit(Enum):
    """What a quantity counts."""

    DAYS = "days"
    UNITS = "units"
    HOURS = "hours"
    MONTHS = "months"
    VISITS = "visits"
    MINUTES = "minutes"
    #: International units, of a drug.
    INTERNATIONAL_UNITS = "international_units"


@dataclass(frozen=True, kw_only=True, repr=False)
class ProcedureCode:
    """A procedure, product or revenue code."""

    system: CodeSystem
    code: str
    modifiers: tuple[str, ...] = ()
    #: Last code of a range that begins with `code`.
    through: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Quantity:
    """How much: a number and what it counts."""

    value: Decimal
    unit: Unit


class Interval(Enum):
    """A stretch of time that a delivery counts in."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EPISODE = "episode"
    VISIT = "visit"
    #: Of replies only: what is left.
    REMAINING = "remaining"


@dataclass(frozen=True, kw_only=True, repr=False)
class Delivery:
    """How a service is spread over time, e.g. 3 visits every 1 week for 8 weeks.

    ``quantity`` every ``every`` ``per``, for ``periods`` ``period``.
    """

    quantity: Quantity | None = None
    #: DAY, WEEK or MONTH.
    per: Interval | None = None
    #: How many of `per` make one turn; absent is one.
    every: Decimal | None = None
    period: Interval | None = None
    #: How many of `period`; absent where only the kind of period is said.
    periods: int | None = None
    #: Calendar pattern, code list 678, e.g. ``A`` Monday to Friday.
    calendar: str | None = None
    #: Time of day, code list 679, e.g. ``A`` first shift.
    time: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class DeliverySaid(Delivery):
    """A delivery as a payer's reply tells it."""

    #: Codes of it that we do not know, as sent: which one (``unit``, ``per``, ``period``), and the code.
    unknown: tuple[tuple[str, str], ...] = ()
