"""What is wrong with a message that we would send is told at the place of the request that it comes from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from priorwire.errors import InvalidRequest
from priorwire.gateway.messages import request_bytes
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.services import Quantity, Unit
from priorwire.payers.profile import Narrowing
from tests import maximal
from tests.example_payer import NUMBERS, PROFILE, ROUTE
from tests.single_values import put

EVENT, STAY = maximal.event(), maximal.admission()
LINE = EVENT.services[0]


def pointers(request: AuthorizationRequest | EligibilityInquiry, *narrowings: Narrowing) -> list[str]:
    payer = replace(PROFILE, narrowings=narrowings)
    try:
        request_bytes(request, payer, ROUTE, NUMBERS, maximal.CONTEXT.at)
    except InvalidRequest as refusal:
        return [fault.pointer for fault in refusal.faults]
    return []


def narrowed(path: str, guide: str = "278-request", **how: Any) -> Narrowing:
    return Narrowing(guide=guide, path=path, because="It is so.", **how)


@pytest.mark.parametrize(
    ("request_", "narrowing", "expected"),
    [
        (replace(EVENT, subscriber=replace(EVENT.subscriber, birth_date=None)), narrowed("2010C/DMG", require=True),
         "/subscriber/birth_date"),
        (replace(EVENT, diagnoses=(), services=()), narrowed("2000E/HI", require=True), "/diagnoses"),
        (EVENT, narrowed("2000E/MSG/01", max_length=5), "/note"),
        (EVENT, narrowed("2000F/MSG/01", max_length=5), "/services/0/note"),
        (replace(EVENT, services=(LINE, LINE, LINE)), narrowed("2000F", max_use=2), "/services/2"),
        (EVENT, narrowed("2000F/SV1/02", forbid=True), "/services/0/charge"),
        (EVENT, narrowed("2000E/UM/06", codes=frozenset("E")), "/urgency"),
        (replace(EVENT, requester=replace(EVENT.requester, address=None)), narrowed("2010B/N3", require=True),
         "/requester/address"),
        (EVENT, narrowed("2000E/CR1/06", forbid=True), "/ambulance/distance_miles"),
        (maximal.inquiry(), narrowed("2110C/III", "270", forbid=True), "/place_of_service"),
    ],
)  # fmt: skip
def test_a_payers_rule_names_the_field(
    request_: AuthorizationRequest | EligibilityInquiry, narrowing: Narrowing, expected: str
) -> None:
    assert set(pointers(request_, narrowing)) == {expected}
    assert pointers(request_) == []


@pytest.mark.parametrize(
    ("at", "wrong", "expected"),
    [
        (("subscriber", "address", "city"), "X", "/subscriber/address/city"),
        (("services", 0, "nursing_level"), "9", "/services/0/nursing_level"),
        (("services", 2, "dental", "teeth", 1, "surfaces"), ("Z",), "/services/2/dental/teeth/1/surfaces"),
        (("oxygen", "delivery_system"), "Z", "/oxygen/delivery_system"),
        (("home_health", "prognosis"), "9", "/home_health/prognosis"),
        (("attachments", 0, "report_type"), "ZZ", "/attachments/0/report_type"),
        (("ambulance", "places", 1, "address", "city"), "X", "/ambulance/places/1/address/city"),
        (("services", 0, "quantity"), Quantity(value=Decimal(10) ** 16, unit=Unit.UNITS), "/services/0/quantity"),
    ],
)
def test_a_rule_of_the_guide_names_the_field(at: tuple[str | int, ...], wrong: object, expected: str) -> None:
    assert pointers(put(EVENT, at, wrong)) == [expected]


def test_what_the_maximal_requests_say_is_sent() -> None:
    for request in maximal.requests():
        assert pointers(request) == []
    for inquiry in maximal.inquiries():
        assert pointers(inquiry) == []
