"""When to ask, when to try again, and by when the payer must decide: from tables, given the time.

All times are timezone-aware UTC and all spans calendar time. A deadline always names the
rule that set it, because a payer's promise and a federal rule are not the same thing.

What is due for thousands of rows at one moment (they came in one night's batch) is spread: a
step may be a little longer than the guide says, never shorter. How much longer follows from the
transaction's own reference, so that it is the same in every process and after every restart.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from priorwire.model.authorization import Urgency
from priorwire.payers.classes import CLASSES, CMS_0057_F_EXPEDITED, CMS_0057_F_FROM, CMS_0057_F_STANDARD
from priorwire.payers.profile import Hours, PayerProfile, Route, Timing
from priorwire.payers.rules import X12_CHANNELS
from priorwire.payers.windows import counts_from

#: Levels of service whose clock is the expedited one.
EXPEDITED = frozenset({Urgency.EMERGENCY, Urgency.URGENT})
#: A routine request is followed up one day after the payer's window, never inside it.
GRACE = timedelta(days=1)
#: A batch's acknowledgment is expected within this time unless the guide says otherwise. CAQH CORE allows one hour
#: from receipt; the client that carries the files may run once a night.
USUALLY_ACKNOWLEDGED_WITHIN = timedelta(days=1)
#: A step is lengthened by less than this part of it.
SPREAD = 10
#: What waited for a window to open is sent within a tenth of this.
_OPENING = timedelta(minutes=30)
#: Up to here the field counts in hours: it says 72 hours and not three days.
_SAID_IN_HOURS = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A moment, and who set it."""

    at: datetime
    #: The rule and its source, in words for a person.
    rule: str


def next_ask(
    timing: Timing,
    nth: int,
    urgency: Urgency | None,
    now: datetime,
    *,
    key: str | None = None,
    by: datetime | None = None,
) -> datetime:
    """When to ask the `nth` time (from 1) where a pended review stands.

    The payer's cadence by its steps, the last repeating; an expedited request never waits
    longer than the shortest step.

    Args:
        timing: the payer's.
        nth: which time it is.
        urgency: of the request.
        now: when the step begins.
        key: the transaction's own reference, by which the step is spread; `None` spreads nothing.
        by: a deadline that the spread does not reach beyond.
    """
    step = min(timing.ask_after) if urgency in EXPEDITED else step_of(timing.ask_after, nth)
    at = now + step
    spread_out = at + _spread(step, key, nth)
    return spread_out if by is None else min(spread_out, max(at, by))


def next_ask_uncertain(timing: Timing, nth: int, now: datetime, *, key: str | None = None) -> datetime:
    """When to ask the `nth` time (from 1) whether a request that may have arrived did."""
    return _after(timing.ask_when_uncertain, nth, now, key)


def try_again(timing: Timing, attempt: int, now: datetime, *, key: str | None = None) -> datetime:
    """When to send again after the `attempt`-th try (from 1) that provably left nothing at the payer."""
    return _after(timing.try_again_after, attempt, now, key)


def spread_opening(opens: datetime, key: str) -> datetime:
    """When to send a message that waited for a window that opens at `opens`: not all of them in its first second."""
    return opens + _spread(_OPENING, key, 1)


def acknowledgment_due(profile: PayerProfile, route: Route, sent_at: datetime) -> Deadline | None:
    """By when the form of a message sent at `sent_at` is to be acknowledged; `None` where nothing is to be expected.

    Only what is answered later is acknowledged beforehand: a batch. Where an endpoint has a cut-off, the time counts
    as its other deadlines do.
    """
    if route.channel not in X12_CHANNELS or route.real_time:
        return None
    stated = route.endpoint.acknowledges_within
    within = stated or USUALLY_ACKNOWLEDGED_WITHIN
    source = f"{profile.source}, {profile.edition}" if stated else "usual for batches"
    counted = counts_from(route.endpoint.hours, sent_at)
    return Deadline(at=counted + within, rule=f"acknowledgment expected within {_spoken(within)} ({source})")


def decision_due(
    profile: PayerProfile,
    urgency: Urgency | None,
    received_at: datetime,
    *,
    drug: bool = False,
    hours: Hours | None = None,
) -> Deadline:
    """By when the payer must have decided what it received at `received_at`.

    The payer's own window, or the federal one where that ends earlier. CMS-0057-F (72 hours
    expedited, 7 calendar days standard, from 2026) counts only for the payer classes that it
    names, and never for drugs. Where the endpoint's `hours` have a cut-off, the payer counts what
    comes after it from its next business day; the federal rule counts from receipt all the same.
    """
    expedited = urgency in EXPEDITED
    window = profile.timing.decides_urgent_within if expedited else profile.timing.decides_within
    counted = counts_from(hours, received_at)
    own = Deadline(at=counted + window, rule=_own_rule(profile, window, expedited=expedited))
    if counted != received_at:
        own = Deadline(at=own.at, rule=f"{own.rule}, from its next business day")
    federal = _federal(profile, received_at, expedited=expedited, drug=drug)
    return federal if federal is not None and federal.at <= own.at else own


def escalate_at(
    profile: PayerProfile,
    urgency: Urgency | None,
    received_at: datetime,
    *,
    drug: bool = False,
    hours: Hours | None = None,
) -> Deadline:
    """When a person takes over from a payer that has not decided: never inside the payer's window.

    An expedited request at the end of the window, any other a day later.
    """
    due = decision_due(profile, urgency, received_at, drug=drug, hours=hours)
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


def step_of(steps: tuple[timedelta, ...], number: int) -> timedelta:
    """The `number`-th step (from 1), the last one repeating. Raises ValueError for a number below 1."""
    if number < 1:
        raise ValueError("steps are counted from 1")
    return steps[min(number, len(steps)) - 1]


def _after(steps: tuple[timedelta, ...], number: int, now: datetime, key: str | None) -> datetime:
    step = step_of(steps, number)
    return now + step + _spread(step, key, number)


def _spread(step: timedelta, key: str | None, number: int) -> timedelta:
    """Whole seconds, less than a tenth of `step`: as good as random over many keys, and always the same for one."""
    if key is None:
        return timedelta()
    digest = hashlib.sha256(f"{key}/{number}".encode()).digest()
    room = int(step.total_seconds()) // SPREAD
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % room) if room else timedelta()


def _spoken(window: timedelta) -> str:
    if window % timedelta(days=1) == timedelta() and window > _SAID_IN_HOURS:
        return _counted(window.days, "day")
    if window % timedelta(hours=1) == timedelta():
        return _counted(window // timedelta(hours=1), "hour")
    return _counted(window // timedelta(minutes=1), "minute")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
