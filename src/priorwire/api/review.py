"""One answer for all faults: what a payer misses is listed beside what the schema found wrong.

A body with a schema's fault never becomes a request, so nothing beyond the schema could be
said about it. Here the faulty places are mended from a complete example or taken away, the
rest is reviewed as it stands, and what the review says about the mended places is dropped.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Coroutine, Iterable, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ValidationError

from priorwire.api.auth import services_of
from priorwire.api.problems import faults_in, place_of, route_faults
from priorwire.api.schemas.examples import FULL_AUTHORIZATION, RARE_PARTS
from priorwire.api.schemas.requests import AuthorizationIn
from priorwire.errors import Fault, InvalidRequest, UnknownPayer
from priorwire.gateway.intake import profile_of
from priorwire.gateway.ports import Services
from priorwire.payers import Incomplete, review

Place = tuple[str | int, ...]
#: Faults that hide others (a part that is wrong in itself is not held against its neighbours) are few layers deep.
_ROUNDS = 8
#: Parts that the complete example does not have at every place that may hold them.
_PARTS: dict[str, Any] = {
    "address": FULL_AUTHORIZATION["requester"]["address"],
    "contact": FULL_AUTHORIZATION["requester"]["contact"],
    "person": FULL_AUTHORIZATION["subscriber"]["name"],
    "organization": FULL_AUTHORIZATION["requester"]["organization"],
    "npi": FULL_AUTHORIZATION["requester"]["npi"],
    "providers": FULL_AUTHORIZATION["providers"],
    **RARE_PARTS,
}


class ReviewedRoute(APIRoute):
    """A route for requests for review: its faults are the schema's and the playbook's together."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that FastAPI makes, with the playbook's faults added where a body is refused."""
        handle = super().get_route_handler()

        async def reviewed(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                faults = faults_in(error.errors())
                raise InvalidRequest((*faults, *_beyond(services_of(request), error, faults))) from None

        return reviewed


def _beyond(services: Services, error: RequestValidationError, known: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults of a body that its schema did not come to: those behind other faults, and the payer's."""
    if not isinstance(error.body, dict):
        return ()
    body, found = copy.deepcopy(error.body), list(known)
    wrong: list[Place] = [place_of(each) for each in error.errors() if each["loc"][0] == "body"]
    mended, tried = [each.pointer for each in known], set[Place]()
    for _ in range(_ROUNDS):
        for place in wrong:
            # What is still wrong with its stand-in does not go with what is around it.
            at = _untried(tuple(place), tried)
            tried.add(at)
            mended.append(_pointer(_mend(body, at)))
        try:
            request = AuthorizationIn.model_validate(body)
        except ValidationError as still:
            found += _new(faults_in(still.errors()), mended)
            wrong = [place_of(each) for each in still.errors()]
        else:
            found += _new(_reviewed(services, request), mended)
            break
    return tuple(found[len(known) :])


def _untried(place: Place, tried: Container[Place]) -> Place:
    while len(place) > 1 and place in tried:
        place = place[:-1]
    return place


def _new(faults: Iterable[Fault], mended: Iterable[str]) -> list[Fault]:
    """Without those that lie at or in a place that was mended: what is said of a stand-in is said of nobody's."""
    return [each for each in faults if not any(f"{each.pointer}/".startswith(f"{one}/") for one in mended)]


def _pointer(place: Place) -> str:
    return "".join(f"/{part}" for part in place)


def _reviewed(services: Services, body: AuthorizationIn) -> tuple[Fault, ...]:
    try:
        profile = profile_of(services, body.payer_id)
    except UnknownPayer as unknown:
        return route_faults(unknown)
    verdict = review(body.to_model(), profile, None, services.clock.now().date())
    return verdict.faults if isinstance(verdict, Incomplete) else ()


def _mend(body: dict[str, Any], place: Place) -> Place:
    """Put the example's part at `place`, or take away what has none; returns the place that is another now.

    What is required and has no stand-in goes with the part that requires it.
    """
    *way, last = place or ("",)
    at: Any = body
    for part in way:
        if not _has(at, part):
            return place  # it lies in a part that is missing as a whole, and stands in that one's stand-in
        at = at[part]
    stand_in = _example(place)
    if stand_in is not None and (isinstance(at, dict) or _has(at, last)):
        at[last] = stand_in
    elif isinstance(at, dict) and last in at:
        del at[last]
    elif way:
        return _mend(body, tuple(way))
    return place


def _has(container: object, part: str | int) -> bool:
    if isinstance(container, list):
        return isinstance(part, int) and part < len(container)
    return isinstance(container, dict) and part in container


def _example(place: Place) -> object:
    """What a complete request has at a place, the last of a list standing for all of them; `None` where nothing."""
    at: Any = FULL_AUTHORIZATION
    for part in place:
        if isinstance(part, int) and isinstance(at, list) and at:
            at = at[-1]
        elif isinstance(at, dict):
            at = at.get(str(part), _PARTS.get(str(part)))
        else:
            return None
    return copy.deepcopy(at)
