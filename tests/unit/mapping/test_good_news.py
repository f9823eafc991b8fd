"""Good news at an event that its services take back is not good news of the whole review."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.mapping.decisions import CERTIFIED, decided, settled
from priorwire.mapping.review_levels import branches
from priorwire.mapping.trace import Found, Spot
from priorwire.model.authorization import ReviewStatus
from priorwire.x12 import Segment
from tests.unit.mapping.samples import placed, response

GOOD_NEWS = CERTIFIED | {ReviewStatus.NOT_REQUIRED}
AGAINST = frozenset({ReviewStatus.DENIED, ReviewStatus.CANCELLED, ReviewStatus.REJECTED})


def read_status(event: str, *services: str) -> ReviewStatus:
    """The status of a review, by the segments of its event and of each of its services."""
    lines = (f"HL*{number}*4*SS*0\n{segments}" for number, segments in enumerate(services, 5))
    (branch,) = branches(placed("278-response", response("\n".join((event, *lines)))))
    whole = decided(branch.end.of("HCR"))
    assert whole is not None
    own = [each.status for level in branch.services if (each := decided(level.of("HCR")))]
    return settled(whole.status, own, others=len(own) < len(services)).value


@pytest.mark.parametrize(
    ("event", "services", "status"),
    [
        # For all services decided against: event and services contradict each other.
        ("HCR*A1*AUTH1", ("HCR*A3**0F",), ReviewStatus.UNKNOWN),
        ("HCR*A6*AUTH1", ("HCR*A3**0F", "HCR*A3**0F"), ReviewStatus.UNKNOWN),
        ("HCR*A2*AUTH1", ("HCR*A3**0F",), ReviewStatus.UNKNOWN),
        ("HCR*A1*AUTH1", ("HCR*A3**0F", "HCR*NA"), ReviewStatus.UNKNOWN),
        ("AAA*N**57*C\nHCR*NA", ("HCR*A3**0F",), ReviewStatus.UNKNOWN),
        # For some.
        ("HCR*A1*AUTH1", ("HCR*A3**0F", "HCR*A1*AUTH1"), ReviewStatus.PARTIALLY_APPROVED),
        ("HCR*A6*AUTH1", ("HCR*A3**0F", "HCR*A6*AUTH1"), ReviewStatus.PARTIALLY_APPROVED),
        ("HCR*A1*AUTH1", ("HCR*A3**0F", "SV1*HC:97110"), ReviewStatus.PARTIALLY_APPROVED),
        ("HCR*A2*AUTH1", ("HCR*A3**0F", "SV1*HC:97110"), ReviewStatus.PARTIALLY_APPROVED),
        ("HCR*NA", ("HCR*A3**0F", "HCR*A1*AUTH1"), ReviewStatus.PARTIALLY_APPROVED),
        ("HCR*NA", ("HCR*A3**0F", "SV1*HC:97110"), ReviewStatus.DENIED),
        # Not over yet, and nobody knows.
        ("HCR*A1*AUTH1", ("HCR*A4**0U", "HCR*A3**0F"), ReviewStatus.PENDED),
        ("HCR*A2*AUTH1", ("HCR*A4**0U", "HCR*A1*AUTH1"), ReviewStatus.PENDED),
        ("HCR*NA", ("HCR*CT",), ReviewStatus.CONTACT_PAYER),
        ("HCR*A1*AUTH1", ("HCR*I1", "HCR*A1*AUTH1"), ReviewStatus.UNKNOWN),
        ("HCR*A2*AUTH1", ("HCR*I1", "HCR*A1*AUTH1"), ReviewStatus.PARTIALLY_APPROVED),
        # No contradiction: the lesser certification; what needs none beside what is certified.
        ("HCR*A6*AUTH1", ("HCR*A1*AUTH1",), ReviewStatus.APPROVED_MODIFIED),
        ("HCR*A1*AUTH1", ("HCR*A6*AUTH1", "HCR*A1*AUTH1"), ReviewStatus.APPROVED_MODIFIED),
        ("HCR*A2*AUTH1", ("HCR*A1*AUTH1",), ReviewStatus.PARTIALLY_APPROVED),
        ("HCR*A1*AUTH1", ("HCR*NA",), ReviewStatus.APPROVED),
        ("HCR*NA", ("HCR*A1*AUTH1",), ReviewStatus.APPROVED),
        ("HCR*NA", ("HCR*NA",), ReviewStatus.NOT_REQUIRED),
        ("HCR*A1*AUTH1", ("SV1*HC:97110",), ReviewStatus.APPROVED),
        # What is no good news stands.
        ("HCR*A3**0F", ("HCR*A1*AUTH1",), ReviewStatus.DENIED),
        ("HCR*A4**0V", ("HCR*A1*AUTH1",), ReviewStatus.PENDED),
        ("HCR*C", ("HCR*A1*AUTH1",), ReviewStatus.CANCELLED),
    ],
)
def test_an_event_is_held_against_its_services(event: str, services: tuple[str, ...], status: ReviewStatus) -> None:
    assert read_status(event, *services) is status


@given(st.sampled_from(ReviewStatus), st.lists(st.sampled_from(ReviewStatus), max_size=4), st.booleans())
def test_a_review_never_promises_more_than_its_services_keep(
    event: ReviewStatus, services: list[ReviewStatus], others: bool
) -> None:
    spot = Spot(segment=Segment(["HCR", "A1"]), element=1)
    own = [Found(each, spot, "decision") for each in services]
    whole = settled(Found(event, spot, "decision"), own, others=others).value
    backwards = settled(Found(event, spot, "decision"), own[::-1], others=others).value
    said = set(services)
    assert whole is backwards
    if event not in GOOD_NEWS or not services:
        assert whole is event
    if whole in GOOD_NEWS and services:
        assert not said & {ReviewStatus.PENDED, ReviewStatus.CONTACT_PAYER}
        assert others or not said <= AGAINST
    if whole in CERTIFIED:
        assert event in CERTIFIED or said & CERTIFIED
    if whole is ReviewStatus.APPROVED:
        assert said <= {ReviewStatus.APPROVED, ReviewStatus.NOT_REQUIRED}
    if whole is ReviewStatus.NOT_REQUIRED:
        assert said <= {ReviewStatus.NOT_REQUIRED}


def test_what_decided_is_told() -> None:
    """The status rests on the event and on each service, so a change of any of them is traced to it."""
    event, denied, certified = (
        Found(status, Spot(Segment(["HCR", code]), 1), "decision")
        for status, code in (
            (ReviewStatus.APPROVED, "A1"),
            (ReviewStatus.DENIED, "A3"),
            (ReviewStatus.APPROVED, "A1"),
        )
    )
    whole = settled(event, [denied, certified], others=False)
    assert {id(each.spot) for each in (whole, *whole.also)} == {id(each.spot) for each in (event, denied, certified)}
    agreed = settled(event, [certified], others=False)
    assert (agreed.spot, agreed.rule, [each.spot for each in agreed.also]) == (event.spot, "decision", [certified.spot])
