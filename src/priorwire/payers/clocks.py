"""When to ask, when to try again, and by when the payer must decide: from tables, given the time.

All times are timezone-aware UTC and all spans calendar time. A deadline always names the
rule that set it, because a payer's promise and a federal rule are not the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from priorwire.model.authorization import Urgency
from priorwire.payers.classes import CLASSES, CMS_0057_F_EXPEDITED, CMS_0057_F_FROM, CMS_0057_F_STANDARD
from priorwire.payers.profile import PayerProfile, Timing

#: Levels of service whose clock is the expedited one.
EXPEDITED = frozenset({Urgency.EMERGENCY, Urgency.URGENT})
#: A routine request is followed up one day after the payer's window, never inside it.
GRACE = timedelta(days=1)
#: Up to here the field counts in hours: it says 72 hours and not three days.
_SAID_IN_HOURS = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A moment, and who set it."""

    at: datetime
    #: The rule and its source, in words for a person.
    rule: str


def next_ask(timing: Timing, nth: int, urgency: Urgency | None, now: datetime) -> datetime:
    """When to ask the `nth` time (from 1) where a pended review stands.

    The payer's cadence by its steps, the last repeating; an expedited request never waits
    longer than the shortest step.
    """
    step = min(timing.ask_after) if urgency in EXPEDITED else _step(timing.ask_after, nth)
    return now + step


def next_ask_uncertain(timing: Timing, nth: int, now: datetime) -> datetime:
    """When to ask the `nth` time (from 1) whether a request that may have arrived did."""
    return now + _step(timing.ask_when_uncertain, nth)


def try_again(timing: Timing, attempt: int, now: datetime) -> datetime:
    """When to send again after the `attempt`-th try (from 1) that provably left nothing at the payer."""
    return now + _step(timing.try_again_after, attempt)


def decision_due(
    profile: PayerProfile, urgency: Urgency | None, received_at: datetime, *, drug: bool = False
) -> Deadline:
    """By when the payer must have decided what it received at `received_at`.

    The payer's own window, or the federal one where that ends earlier. CMS-0057-F (72 hours
    expedited, 7 calendar days standard, from 2026) counts only for the payer classes that it
    names, and never for drugs.
    """
    expedited = urgency in EXPEDITED
    window = profile.timing.decides_urgent_within if expedited else profile.timing.decides_within
    own = Deadline(at=received_at + window, rule=_own_rule(profile, window, expedited=expedited))
    federal = _federal(profile, received_at, expedited=expedited, drug=drug)
    return federal if federal is not None and federal.at <= own.at else own


def escalate_at(
    profile: PayerProfile, urgency: Urgency | None, received_at: datetime, *, drug: bool = False
) -> Deadline:
    """When a person takes over from a payer that has not decided: never inside the payer's window.

    An expedited request at the end of the window, any other a day later.
    """
    due = decision_due(profile, urgency, received_at, drug=drug)
    if urgency in EXPEDITED:
        return due
    return Deadline(at=due.at + GRACE, rule=f"one day after: {due.rule}")


def _own_rule(profile: PayerProfile, window: timedelta, *, expedited: bool) -> str:
    kind = "expedited" if expedited else "standard"
    return f"payer window: {_spoken(window)}, {kind} ({profile.source}, {profile.edition})"


def _federal(profile: PayerProfile, received_at: datetime, *, expedited: bool, drug: bool) -> Deadline | None:
    payer_class = CLASSES.get(profile.payer_class)
    if drug or payer_class is None or not payer_class.impacted or received_at < CMS_0057_F_FROM:
        return None
    window = CMS_0057_F_EXPEDITED if expedited else CMS_0057_F_STANDARD
    kind = "72 hours, expedited" if expedited else "7 calendar days, standard"
    return Deadline(at=received_at + window, rule=f"CMS-0057-F: {kind}")


def _step(steps: tuple[timedelta, ...], number: int) -> timedelta:
    """The `number`-th step, the last one repeating."""
    if number < 1:
        raise ValueError("steps are counted from 1")
    return steps[min(number, len(steps)) - 1]


def _spoken(window: timedelta) -> str:
    if window % timedelta(days=1) == timedelta() and window > _SAID_IN_HOURS:
        return f"{window.days} days"
    if window % timedelta(hours=1) == timedelta():
        return f"{window // timedelta(hours=1)} hours"
    return f"{window // timedelta(minutes=1)} minutes"
