"""Where an AAA stands in a 278 response (005010X217): at the loop at fault, else at the nearest one above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .asked import Asked, Level
from .scenarios import Rejection

#: Every loop of a 278 response that can hold an AAA, but for the places of a transport.
LOOPS = ("2000A", "2010A", "2010B", "2010C", "2010D", "2000E", "2010EA", "2000F", "2010FA")
#: Who answers for what is not there: a dependent's AAA is then the subscriber's, a provider's the requester's.
_ABOVE: Mapping[str, str] = {"2010FA": "2010EA", "2010EA": "2010B", "2000F": "2000E", "2010D": "2010C"}


def placed(asked: Asked, rejection: Rejection) -> Rejection:
    """The rejection at a loop that the answer to this request has."""
    loop = rejection.loop
    while loop in _ABOVE and not _has(asked, loop):
        loop = _ABOVE[loop]
    return replace(rejection, loop=loop)


def refused_line(asked: Asked, rejection: Rejection) -> Level | None:
    """The service line at which, or at whose provider, the AAA stands."""
    if rejection.loop == "2000F":
        return next(iter(asked.services), None)
    if rejection.loop == "2010FA":
        return next((service for service in asked.services if service.providers), None)
    return None


def _has(asked: Asked, loop: str) -> bool:
    if loop == "2010D":
        return asked.dependent is not None
    if loop == "2010EA":
        return asked.event is not None and bool(asked.event.providers)
    return refused_line(asked, Rejection(loop=loop, reason="", follow_up="")) is not None
