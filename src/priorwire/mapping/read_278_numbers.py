"""Which number of a 278 is which.

The authorization number is, the strongest first:

* HCR02, of the service, else of the event. One known payer sends the number of the line (one to
  three digits) in a service's HCR02; then the event's longer one holds;
* the one number that all services share, for the review as a whole;
* in an inquiry response (005010X215) with a certifying decision and no HCR02, REF*BB;
* beside a certifying decision that has none of these, REF*G1, where the guide has no such number.

A decision that gives several different numbers gives none of them here: which one is billed by, nobody
can tell from the message. In every other place REF*BB is the earlier authorization, unless it repeats
the number that the decision gives: nothing is its own predecessor. REF*NT is a tracking number, and
never becomes an authorization number.
"""

from __future__ import annotations

from collections.abc import Sequence

from priorwire.mapping.decisions import CERTIFIED, Decided
from priorwire.mapping.review_levels import Level
from priorwire.mapping.said import reference
from priorwire.mapping.trace import Found
from priorwire.model.authorization import ReplyPurpose

#: How long the number of a line can be; authorization numbers are longer.
_LINE_DIGITS = 3


def own_number(level: Level, decision: Decided | None, purpose: ReplyPurpose) -> Found[str] | None:
    """The authorization number that a level itself gives."""
    if decision is None or decision.conflicting:
        return None
    if decision.number is not None or decision.status.value not in CERTIFIED:
        return decision.number
    found = None
    if purpose is ReplyPurpose.INQUIRY_ANSWER:
        found = reference(level.of("REF"), "BB", "authorization number in REF of an inquiry response without HCR02")
    if found is None:
        found = reference(level.of("REF"), "G1", "authorization number in a REF that the guide does not have there")
    return found.under(found.rule, decision.status) if found else None


def shared(numbers: Sequence[Found[str] | None]) -> Found[str] | None:
    """The one number of all services that have one."""
    given = [each for each in numbers if each is not None]
    if not given or len({each.value for each in given}) > 1:
        return None
    return given[0].under("the one number of all services", *given[1:])


def is_line_count(own: Found[str], event: Found[str] | None) -> bool:
    """Whether what a service gives is the number of its line, beside an authorization number of the event."""
    number = own.value
    return (
        event is not None
        and len(number) <= _LINE_DIGITS
        and number.isascii()
        and number.isdigit()
        and len(event.value) > len(number)
    )


def previous(level: Level, decision: Decided | None, number: Found[str] | None) -> Found[str] | None:
    """REF*BB, unless it was read as the authorization number, or says the same."""
    found = reference(level.of("REF"), "BB", "earlier authorization")
    if found is None:
        return None
    return unlike(found if decision is None else found.under(found.rule, decision.status), number)


def unlike(found: Found[str] | None, number: Found[str] | None) -> Found[str] | None:
    """An earlier number, where it is another one than the number given."""
    if found is None or number is None:
        return found
    return None if found.value == number.value else found.under(found.rule, number)


def tracking(level: Level) -> Found[str] | None:
    """REF*NT."""
    return reference(level.of("REF"), "NT", "administrative reference")
