"""What may follow a send. The first tests are the ones that must never send again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.retry import MAX_ATTEMPTS, Ask, Done, Person, SendAgain, after_send, payer_is_down
from priorwire.gateway.ways import Accepted, Failure, Final, HandedOver, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.authorization import Follow, Rejection
from priorwire.model.lifecycle import DeliveryEvent
from priorwire.payers.profile import Timing, Transaction

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
TIMING = Timing()
AUTH, ELIG = Transaction.AUTHORIZATION, Transaction.ELIGIBILITY


@given(detail=st.text(), attempt=st.integers(1, 100))
def test_an_authorization_that_may_have_arrived_is_asked_about_and_never_sent_again(detail: str, attempt: int) -> None:
    found = after_send(AUTH, Uncertain(detail=detail), attempt, TIMING, NOW)
    assert isinstance(found, Ask)
    assert found.event is DeliveryEvent.LOST_SIGHT


@pytest.mark.parametrize("failure", [each for each in Failure if each is not Failure.UNAVAILABLE])
@pytest.mark.parametrize("kind", [AUTH, ELIG])
def test_a_permanent_failure_stops_and_asks_a_person(failure: Failure, kind: Transaction) -> None:
    for outcome in (Refused(failure=failure, detail="no"), NotSent(failure=failure, detail="no")):
        assert after_send(kind, outcome, 1, TIMING, NOW) == Person(because="no", event=DeliveryEvent.REFUSED)


def test_what_was_proved_not_sent_is_sent_again_later_and_later() -> None:
    waits = []
    for attempt in range(1, MAX_ATTEMPTS):
        found = after_send(AUTH, NotSent(failure=Failure.UNAVAILABLE, detail="down"), attempt, TIMING, NOW)
        assert isinstance(found, SendAgain)
        waits.append(found.at - NOW)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=90)  # no retransmission sooner than 90 s after the original (CORE 153)


def test_a_question_without_an_answer_may_be_asked_again() -> None:
    assert isinstance(after_send(ELIG, Uncertain(detail="timeout"), 1, TIMING, NOW), SendAgain)


def test_an_endpoint_that_stays_down_becomes_a_persons_work() -> None:
    down = Refused(failure=Failure.UNAVAILABLE, detail="down")
    assert isinstance(after_send(AUTH, down, MAX_ATTEMPTS, TIMING, NOW), Person)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Final(payload=b""), Done),
        (Accepted(), Ask),
        (HandedOver(instructions="", fields=()), Person),
    ],
)
def test_every_outcome_has_one_consequence(outcome: SendOutcome, kind: type) -> None:
    assert isinstance(after_send(AUTH, outcome, 1, TIMING, NOW), kind)


def rejected(code: str, follow: Follow) -> Rejection:
    return Rejection(code=code, follow=follow, about="payer")


@pytest.mark.parametrize(
    ("rejections", "down"),
    [
        ((rejected("42", Follow.RESUBMIT_ORIGINAL),), True),
        ((rejected("80", Follow.RESUBMISSION_ALLOWED), rejected("42", Follow.RESUBMIT_ORIGINAL)), True),
        (
            (rejected("42", Follow.AWAIT_RESPONSE),),
            False,
        ),  # "we will hold your request": a resend would be a second one
        ((rejected("42", Follow.NOT_STATED),), False),
        ((rejected("42", Follow.RESUBMIT_ORIGINAL), rejected("72", Follow.CORRECT_AND_RESUBMIT)), False),
        ((rejected("72", Follow.RESUBMIT_ORIGINAL),), False),
        ((), False),
    ],
)
def test_only_a_payer_that_says_not_now_and_again_is_down(rejections: tuple[Rejection, ...], *, down: bool) -> None:
    assert payer_is_down(rejections) is down
