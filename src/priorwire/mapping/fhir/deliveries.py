"""Quantities and deliveries: PASQuantity, and a ServiceRequest with PASTiming."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from priorwire.mapping.fhir import systems, words
from priorwire.mapping.fhir.elements import (
    Entries,
    Json,
    coded_extension,
    filled_in,
    inverted,
    number,
    resource,
)
from priorwire.mapping.fhir.node import Node
from priorwire.mapping.fhir.parties import Lost
from priorwire.model.services import Delivery, Interval, Quantity, Unit

_INTERVALS: Mapping[str, Interval] = inverted(words.INTERVAL)
_TURNS = (Interval.DAY, Interval.WEEK, Interval.MONTH)
_CALENDAR, _TIME = systems.pas("timingcalendarpattern"), systems.pas("timingdeliverypattern")


def quantity_of(quantity: Quantity | None) -> Json | None:
    """PASQuantity: the unit is X12's code."""
    if quantity is None:
        return None
    element, code = words.QUANTITY_UNIT[quantity.unit]
    unit = quantity.unit.value.replace("_", " ")
    return {"value": number(quantity.value), "unit": unit, "system": systems.x12(element), "code": code}


def read_quantity(node: Node) -> Quantity | None:
    """A quantity; one without a unit counts units."""
    value = node["value"].number()
    if value is None:
        return None
    code, word = node["code"].text(), node["unit"].text()
    node["system"].seen()
    for said in (code, word, word.removesuffix("s") if word else None):
        if said is not None and said in words.UNIT_SPELLINGS:
            return Quantity(value=value, unit=words.UNIT_SPELLINGS[said])
    if code or word:
        node.fault("unit", "A quantity counts days, units, hours, months, visits, minutes or international units.")
    return Quantity(value=value, unit=Unit.UNITS)


def order_of(
    entries: Entries, delivery: Delivery | None, code: Json | None, patient: Json, path: str, lost: Lost
) -> Json | None:
    """A reference to the order that says how a service is spread over time."""
    if delivery is None:
        return None
    if _only_unsayable(delivery):
        lost(path)
        return None
    return entries.add(
        resource(
            "ServiceRequest",
            "servicerequest",
            status="active",
            intent="order",
            code=code,
            subject=patient,
            quantityQuantity=quantity_of(delivery.quantity),
            occurrenceTiming=_timing(delivery, path, lost),
        )
    )


def _only_unsayable(delivery: Delivery) -> bool:
    return delivery.period not in words.INTERVAL and not any(
        (delivery.quantity, delivery.per, delivery.calendar, delivery.time)
    )


def _timing(delivery: Delivery, path: str, lost: Lost) -> Json:
    """Each turn is one occurrence, in which the whole quantity is given."""
    bounds = words.INTERVAL.get(delivery.period) if delivery.period else None
    if delivery.period and bounds is None:
        lost(f"{path}.period")
        if delivery.periods is not None:
            lost(f"{path}.periods")
    if delivery.every is not None and (delivery.per is None or delivery.every == 1):
        lost(f"{path}.every", "moved")
    every = number(delivery.every or Decimal(1)) if delivery.per else None
    repeat = filled_in(
        boundsDuration=filled_in(value=delivery.periods, system=systems.UNITS, code=bounds) if bounds else None,
        count=_count(delivery),
        frequency=1 if delivery.per else None,
        period=every,
        periodUnit=words.INTERVAL[delivery.per] if delivery.per else None,
    )
    patterns = [
        *coded_extension(_CALENDAR, systems.x12(678), delivery.calendar),
        *coded_extension(_TIME, systems.x12(679), delivery.time),
    ]
    return filled_in(extension=patterns, repeat=repeat)


def _count(delivery: Delivery) -> int | None:
    """So many in all, where no turn is said (PAS: a timing says a count, a frequency or a pattern)."""
    if delivery.per or delivery.quantity is None or delivery.period is None:
        return None
    value = delivery.quantity.value
    return int(value) if value == value.to_integral_value() else None


def read_order(order: Node) -> Delivery | None:
    """How a ServiceRequest or a DeviceRequest is spread over time."""
    timing = order["occurrenceTiming"]
    repeat = timing["repeat"]
    quantity = read_quantity(order["quantityQuantity"])
    per = _read_turn(repeat)
    bounds = repeat["boundsDuration"]
    period = _INTERVALS.get(str(bounds["code"].peek()))
    if period:
        bounds["code"].seen()
        bounds["system"].seen()
        bounds["unit"].seen()
    if quantity and repeat["count"].peek() == quantity.value:
        repeat["count"].seen()
    every = repeat["period"].number() if per else None
    found = Delivery(
        quantity=quantity,
        per=per,
        every=None if every == 1 else every,
        period=period,
        periods=bounds["value"].whole() if period else None,
        calendar=timing.extension(_CALENDAR)["valueCodeableConcept"].code(systems.x12(678)),
        time=timing.extension(_TIME)["valueCodeableConcept"].code(systems.x12(679)),
    )
    return found if found != Delivery() else None


def _read_turn(repeat: Node) -> Interval | None:
    """The stretch that one occurrence is for. Several occurrences in it are not read as a quantity: in which unit?"""
    per = _INTERVALS.get(str(repeat["periodUnit"].peek()))
    if per not in _TURNS or repeat["frequency"].peek() not in (None, 1):
        return None
    for name in ("periodUnit", "frequency"):
        repeat[name].seen()
    return per
