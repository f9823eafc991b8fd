"""Values of a request as a person in a practice or at a payer reads and types them.

Used by the two channels that speak to people: the fax form and the portal worksheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import singledispatch
from types import MappingProxyType
from typing import Final

from priorwire.model.authorization import AuthorizationRequest, Diagnosis
from priorwire.model.care import Tooth
from priorwire.model.parties import Address, MemberNumber, PersonName, Provider, ProviderNumber
from priorwire.model.services import CodeSystem, DateSpan, Delivery, Interval, ProcedureCode, Quantity
from priorwire.payers import paths

_SYSTEMS: Final[Mapping[CodeSystem, str]] = MappingProxyType(
    {
        CodeSystem.CPT_HCPCS: "CPT/HCPCS",
        CodeSystem.CDT: "CDT",
        CodeSystem.ICD10_PCS: "ICD-10-PCS",
        CodeSystem.NDC: "NDC",
        CodeSystem.REVENUE: "Revenue code",
        CodeSystem.HOME_INFUSION: "Home infusion code",
        CodeSystem.ABC: "ABC code",
        CodeSystem.OTHER: "Code",
    }
)


def at_path(request: AuthorizationRequest, path: str) -> str:
    """What stands at a path of the request (`priorwire.payers.paths`), in words; empty where it says nothing.

    Several places (``services[].procedure``) are joined by commas. Raises ValueError for a
    path that no request has; the loader of guides lets none through.
    """
    texts = []
    for found in paths.find(request, path):
        is_diagnosis = found.pointer.startswith("/diagnoses/") and found.pointer.endswith("/code")
        texts.append(diagnosis_code(str(found.value)) if is_diagnosis else words(found.value))
    return ", ".join(text for text in texts if text)


@singledispatch
def words(value: object) -> str:
    """A value of the request as a person reads it: ``01/31/2027``, ``3 visits``, ``Example, Pat``.

    A part that has no form of its own is told field by field.
    """
    if not is_dataclass(value):
        return str(value)
    told = ((each.name.replace("_", " "), words(getattr(value, each.name))) for each in fields(value))
    return "; ".join(f"{name}: {text}" for name, text in told if text)


@words.register
def _(_absent: None) -> str:
    return ""


@words.register(tuple)
def _(value: tuple[object, ...]) -> str:
    return ", ".join(text for text in map(words, value) if text)


@words.register
def _(value: bool) -> str:  # noqa: FBT001  (dispatched on its type)
    return "Yes" if value else "No"


@words.register
def _(value: date) -> str:
    return value.strftime("%m/%d/%Y")


@words.register
def _(value: Decimal) -> str:
    return f"{value.normalize():f}"


@words.register
def _(value: Enum) -> str:
    return str(value.value).replace("_", " ").capitalize()


@words.register
def _(value: CodeSystem) -> str:
    return _SYSTEMS[value]


@words.register
def _(value: DateSpan) -> str:
    return words(value.start) if value.end is None else f"{words(value.start)} to {words(value.end)}"


@words.register
def _(value: Quantity) -> str:
    return f"{words(value.value)} {words(value.unit).lower()}"


@words.register
def _(value: ProcedureCode) -> str:
    code = " ".join((words(value.system), "-".join((value.code, *value.modifiers))))
    return words((f"{code} to {value.through}" if value.through else code, value.description))


@words.register
def _(value: Delivery) -> str:
    """``3 visits every 2 weeks, for 3 months``, with the codes of a calendar pattern where one is given."""
    every = f"every {words(value.every)} {_many(value.per)}" if value.every and value.per else _each(value)
    count = words(value.quantity)
    lasts = (
        f"for {value.periods} {_many(value.period)}"
        if value.periods
        else value.period and f"by the {_one(value.period)}"
    )
    calendar = value.calendar and f"calendar pattern {value.calendar} (X12 code list 678)"
    time = value.time and f"time of day {value.time} (X12 code list 679)"
    return words((" ".join(filter(None, (count, every))), lasts, calendar, time))


def _each(value: Delivery) -> str:
    return words((value.per and f"every {_one(value.per)}", value.every and f"every {words(value.every)}"))


def _one(interval: Interval) -> str:
    return words(interval).lower()


def _many(interval: Interval | None) -> str:
    return f"{_one(interval)}(s)" if interval else ""


@words.register
def _(value: ProviderNumber) -> str:
    return words((value.number, value.state))


@words.register
def _(value: MemberNumber) -> str:
    return value.number


@words.register
def _(value: Tooth) -> str:
    return f"{value.number}, surfaces {', '.join(value.surfaces)}" if value.surfaces else value.number


@words.register
def _(value: Diagnosis) -> str:
    on = "" if value.on is None else f", {words(value.on)}"
    return f"{diagnosis_code(value.code)} ({words(value.kind).lower()}{on})"


@words.register
def _(value: PersonName) -> str:
    given = " ".join(part for part in (value.prefix, value.first, value.middle, value.suffix) if part)
    return f"{value.last}, {given}" if given else value.last


@words.register
def _(value: Address) -> str:
    state = " ".join(part for part in (value.state, value.postal_code) if part)
    return ", ".join(
        part for part in (value.line1, value.line2, value.city, state, value.subdivision, value.country) if part
    )


@words.register
def _(value: Provider) -> str:
    return words(value.person) or value.organization or ""


def diagnosis_code(code: str) -> str:
    """An ICD-10-CM code with its point after the third character, as it is printed everywhere but in X12."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code  # noqa: PLR2004
