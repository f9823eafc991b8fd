"""The whole record of a review whose services take back what its event promises."""

from __future__ import annotations

import pytest

from priorwire.mapping import read_278
from priorwire.model.authorization import AuthorizationRecord, PendedFor, ReviewStatus
from tests.unit.mapping.samples import placed, response


def record(event: str, *services: str) -> AuthorizationRecord:
    lines = (f"HL*{number}*4*SS*0\n{segments}" for number, segments in enumerate(services, 5))
    (reading,) = read_278(placed("278-response", response("\n".join((event, *lines)))))
    return reading.record


def test_an_approval_that_its_only_service_denies_is_not_read_as_one() -> None:
    said = record("HCR*A1*AUTH1", "HCR*A3**0F")
    assert (said.status, said.decision_code, said.services[0].status) == (
        ReviewStatus.UNKNOWN, "A1", ReviewStatus.DENIED,
    )  # fmt: skip
    assert (said.authorization_number, said.services[0].authorization_number) == ("AUTH1", None)


@pytest.mark.parametrize("service", ["HCR*A3**0F", "AAA*N**AG*C"])
def test_an_approval_that_one_service_denies_is_in_part(service: str) -> None:
    assert record("HCR*A1*AUTH1", service, "HCR*A1*AUTH1").status is ReviewStatus.PARTIALLY_APPROVED


def test_nothing_needed_and_denied_is_not_nothing_needed() -> None:
    assert record("AAA*N**57*C\nHCR*NA", "HCR*A3**0F").status is ReviewStatus.UNKNOWN


def test_a_pend_of_one_service_keeps_the_review_open_and_no_other_service_waits() -> None:
    said = record("HCR*A1*AUTH1", "HCR*A4**0U", "SV1*HC:97110")
    assert (said.status, said.pended_for) == (ReviewStatus.PENDED, PendedFor.INFORMATION)
    assert [(each.status, each.pended_for) for each in said.services] == [
        (ReviewStatus.PENDED, PendedFor.INFORMATION),
        (ReviewStatus.APPROVED, None),
    ]


def test_a_service_of_which_nothing_is_said_does_not_wait_for_what_another_waits_for() -> None:
    said = record("UM*HS*I*1", "HCR*A4**0U", "SV1*HC:97110")
    assert (said.status, said.pended_for) == (ReviewStatus.PENDED, PendedFor.INFORMATION)
    assert (said.services[1].status, said.services[1].pended_for) == (ReviewStatus.UNKNOWN, None)
