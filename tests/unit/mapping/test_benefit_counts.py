"""What a benefit counts is named after what it is, and the number stays a number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from priorwire.mapping import read_271
from tests.unit.mapping.samples import coverage, placed


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("D3", "co_insurance_days"),
        ("DB", "deductible_blood_units"),
        ("LA", "lifetime_reserve_actual"),
        ("P6", "procedures"),
        ("99", "used"),
        ("ZQ", "ZQ"),
    ],
)
def test_a_quantity_of_a_benefit_is_counted_in_its_own_kind(code: str, counts: str) -> None:
    (reading,) = read_271(placed("271", coverage(f"EB*F**48***29***{code}*30")))
    (benefit,) = reading.record.benefits
    assert benefit.quantity is not None
    assert (benefit.quantity.value, benefit.quantity.counts, benefit.period) == (Decimal(30), counts, "remaining")
