"""The simulator reads and answers X12 by itself: what we build it must understand, what it answers we must read.

Where the two disagree about what a message says, one of them is wrong.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from priorwire.clock import FixedClock
from priorwire.mapping import (
    authorization_need,
    build_270,
    build_278,
    build_278_inquiry,
    read_271,
    read_278,
)
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, RequestKind, ReviewStatus
from priorwire.model.eligibility import Answer, Coverage, CoverageStatus, Network
from priorwire.simulator import SCENARIOS, Journal, Simulator
from priorwire.simulator.scenarios import Scenario
from priorwire.x12 import TransactionSet, read, validate
from priorwire.x12.guides import guide
from tests.unit.mapping.samples import AT, CONTEXT, full_inquiry, full_request, written

ANSWERING = [each for each in SCENARIOS.values() if each.fault is None]

#: What a verdict's action code means; written down here once more on purpose.
_MEANS = {
    "A1": ReviewStatus.APPROVED,
    "A2": ReviewStatus.PARTIALLY_APPROVED,
    "A3": ReviewStatus.DENIED,
    "A4": ReviewStatus.PENDED,
    "A6": ReviewStatus.APPROVED_MODIFIED,
    "C": ReviewStatus.CANCELLED,
    "CT": ReviewStatus.CONTACT_PAYER,
    "NA": ReviewStatus.NOT_REQUIRED,
}


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(clock=FixedClock(AT), journal=Journal(), seed=7)


def answers(simulator: Simulator, payload: bytes) -> list[TransactionSet]:
    reply = simulator.exchange(payload, "core").payload
    return [each for each in read(reply) if isinstance(each, TransactionSet)]


def asked(member: str) -> AuthorizationRequest:
    subscriber = replace(full_request().subscriber, member_id=member)
    return replace(full_request(), kind=RequestKind.INITIAL, subscriber=subscriber)


def reviewed(simulator: Simulator, member: str) -> AuthorizationRecord:
    request = asked(member)
    (ts,) = answers(simulator, written("278-request", build_278(request, CONTEXT)))
    checked = validate(ts, guide("278-response"))
    assert [issue.says for issue in checked.issues if issue.is_error] == []
    (reading,) = read_278(checked.placed.root)
    return reading.record


def covered(simulator: Simulator, member: str) -> Coverage:
    inquiry = replace(full_inquiry(), dependent=None, subscriber=replace(full_inquiry().subscriber, member_id=member))
    (ts,) = answers(simulator, written("270", build_270(inquiry, CONTEXT)))
    (reading,) = read_271(validate(ts, guide("271")).placed.root)
    return reading.record


@pytest.mark.parametrize("scenario", ANSWERING, ids=lambda each: each.suffix)
def test_every_verdict_is_read_as_it_was_meant(simulator: Simulator, scenario: Scenario) -> None:
    said, verdict = reviewed(simulator, f"EXM1{scenario.suffix}"), scenario.first
    assert said.reference == CONTEXT.reference
    if verdict.rejection:
        assert said.status is ReviewStatus.REJECTED
        assert [each.code for each in said.rejections] == [verdict.rejection.reason]
        return
    assert CONTEXT.trace_number in {each.number for each in said.traces if each.returned}
    if verdict.action:
        assert said.status is _MEANS[verdict.action]
    assert bool(said.authorization_number) == verdict.granted
    for service, line in zip(said.services, verdict.lines, strict=False):
        assert service.status is (ReviewStatus.REJECTED if line.rejection else _MEANS[line.action])
        assert tuple(each.code for each in service.reasons) == line.reasons
    if verdict.pended:
        assert said.administrative_reference
        assert said.more_to_follow


@pytest.mark.parametrize("scenario", ANSWERING, ids=lambda each: each.suffix)
def test_coverage_is_read_as_it_was_meant(simulator: Simulator, scenario: Scenario) -> None:
    said = covered(simulator, f"EXM1{scenario.suffix}")
    rejection = scenario.eligibility_rejection
    if rejection:
        not_found = rejection.reason in ("67", "75", "77")
        assert said.status is (CoverageStatus.NOT_FOUND if not_found else CoverageStatus.REJECTED)
        return
    expected = {"1": CoverageStatus.ACTIVE, "6": CoverageStatus.INACTIVE}
    assert said.status is expected.get(scenario.coverage.value, CoverageStatus.UNKNOWN)
    if scenario.authorization:
        asked = full_inquiry()
        # The simulator speaks of its own network, as payers do: of the other it has said nothing.
        need = authorization_need(
            said, procedure=asked.procedures[0], service_types=asked.service_types, network=Network.IN
        )
        assert need.answer is {"Y": Answer.YES, "N": Answer.NO, "U": Answer.UNKNOWN}[scenario.authorization]


@pytest.mark.parametrize("by_number", [True, False])
def test_an_inquiry_finds_the_review_by_number_and_by_example(simulator: Simulator, *, by_number: bool) -> None:
    request = asked("EXM1APPROVE")
    first = reviewed(simulator, "EXM1APPROVE")
    context = replace(CONTEXT, reference="PWREF0002")
    number = first.authorization_number if by_number else None
    body = build_278_inquiry(request, context, authorization_number=number)
    (ts,) = answers(simulator, written("278-inquiry", body))
    (reading,) = read_278(validate(ts, guide("278-inquiry-response")).placed.root)
    assert reading.record.status is ReviewStatus.APPROVED
    assert reading.record.authorization_number == first.authorization_number
    assert reading.record.reference == "PWREF0002"
