"""What may follow a send: a total function from what happened to what is allowed.

No design gives exactly-once delivery to a payer: between its receipt and our commit there
is a window. So the rule is not "retry with care" but a table (design, section 5):

=========================  ==========================================
what happened              what follows
=========================  ==========================================
proved not sent            send again, later
270, no answer             send again: a question has no side effect
278, no answer             **inquire**; never send again
refused: payer is down     send again, later
refused otherwise          stop; a person
=========================  ==========================================

The functions here are pure: outcome, attempt, timing and time in; a decision out. The type
checker proves that no outcome is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from priorwire.gateway.rows import ExchangeRow, ExchangeState, Purpose
from priorwire.gateway.ways import Accepted, Failure, Final, HandedOver, NotSent, Refused, SendOutcome, Uncertain
from priorwire.model.authorization import Follow, Rejection
from priorwire.model.lifecycle import DeliveryEvent
from priorwire.payers import next_ask, next_ask_uncertain, try_again
from priorwire.payers.profile import Timing, Transaction

#: After so many sends that provably did not arrive, a person is asked: an endpoint that is
#: down for hours is an incident, and a surgery date may need the telephone.
MAX_ATTEMPTS = 8
#: After so many inquiries a person is asked whether it arrived. The machine asks no more once so many were answered,
#: and found nothing …
MAX_ASKS_WHEN_UNCERTAIN = 5
#: … or once so many were made in all: whether nobody answers or each kills the process that makes it, more do no good.
MAX_ASKS_IN_VAIN = 20
_ANSWERED = (ExchangeState.ANSWERED, ExchangeState.FINAL)
#: Reject reasons by which a payer says that it cannot answer at all at the moment (list 901).
PAYER_IS_DOWN = frozenset({"42", "80"})
_MAY_SEND_AGAIN = frozenset({Follow.RESUBMIT_ORIGINAL, Follow.RESUBMISSION_ALLOWED})


@dataclass(frozen=True, kw_only=True)
class Done:
    """The answer is here: read it."""

    event: DeliveryEvent = DeliveryEvent.ANSWERED


@dataclass(frozen=True, kw_only=True)
class SendAgain:
    """Send the same message again, with the same reference, not before `at`."""

    at: datetime
    because: str
    event: DeliveryEvent = DeliveryEvent.NOT_SENT


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask the payer what became of it, not before `at`."""

    at: datetime
    because: str
    event: DeliveryEvent


@dataclass(frozen=True, kw_only=True)
class Person:
    """Stop; a person decides."""

    because: str
    event: DeliveryEvent


Next = Done | SendAgain | Ask | Person


def asked_enough(asks: int, exchanges: Sequence[ExchangeRow]) -> bool:
    """Whether a person alone is to find out what became of a request, after `asks` inquiries, among `exchanges`.

    One that was not answered, because the connection broke or our own process died, has found nothing out.
    """
    answered = sum(each.purpose is Purpose.INQUIRE and each.state in _ANSWERED for each in exchanges)
    return answered >= MAX_ASKS_WHEN_UNCERTAIN or asks >= MAX_ASKS_IN_VAIN


def after_send(
    kind: Transaction, outcome: SendOutcome, attempt: int, timing: Timing, now: datetime, *, key: str | None = None
) -> Next:
    """What may follow the `attempt`-th send (from 1) of a request; `key`, its reference, spreads what comes later."""
    match outcome:
        case Final():
            return Done()
        case Accepted(comes_by_itself=False) if kind is Transaction.ELIGIBILITY:
            # Nothing fetches a late 271: a question that is not answered at once is asked again.
            return _after_silence(kind, "taken, and not answered", attempt, timing, now, key)
        case Accepted():
            at = next_ask(timing, 1, None, now, key=key)
            return Ask(at=at, because="taken; the answer comes later", event=DeliveryEvent.TAKEN)
        case HandedOver():
            return Person(because="a person does this one", event=DeliveryEvent.HANDED_OVER)
        case NotSent(failure=failure, detail=detail) | Refused(failure=failure, detail=detail):
            return _after_failure(failure, detail, attempt, timing, now, key)
        case Uncertain(detail=detail):
            return _after_silence(kind, detail, attempt, timing, now, key)
        case _:
            assert_never(outcome)


def _after_failure(failure: Failure, detail: str, attempt: int, timing: Timing, now: datetime, key: str | None) -> Next:
    if failure is not Failure.UNAVAILABLE:
        return Person(because=detail, event=DeliveryEvent.REFUSED)
    if attempt >= MAX_ATTEMPTS:
        return Person(because=f"{detail} ({attempt} attempts)", event=DeliveryEvent.REFUSED)
    return SendAgain(at=try_again(timing, attempt, now, key=key), because=detail)


def _after_silence(
    kind: Transaction, detail: str, attempt: int, timing: Timing, now: datetime, key: str | None
) -> Next:
    if kind is Transaction.ELIGIBILITY:
        return _after_failure(Failure.UNAVAILABLE, detail, attempt, timing, now, key)
    return Ask(at=next_ask_uncertain(timing, 1, now, key=key), because=detail, event=DeliveryEvent.LOST_SIGHT)


def payer_is_down(rejections: tuple[Rejection, ...]) -> bool:
    """Whether a rejection only says "not now", and allows the same request later.

    Every reject reason must be one of `PAYER_IS_DOWN` and its follow-up must allow the
    original again; "we will hold your request and respond" (Y) must not be answered by a resend.
    """
    return bool(rejections) and all(r.code in PAYER_IS_DOWN and r.follow in _MAY_SEND_AGAIN for r in rejections)
