"""Which way to the payer, and why: a total, pure function of the guide, the need and the endpoints' health.

Routes are tried in the order in which the guide lists them, which `rules` keeps to X12
before portal before fax for the same services. Every route is judged, and the judgment is
kept in words: an operator who asks "why did this go by fax?" reads the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from priorwire.errors import NoRoute, SafetyRefusal
from priorwire.payers.profile import ChannelKind, Endpoint, Environment, PayerProfile, Route, Transaction


class Health(Enum):
    """What is known of an endpoint lately."""

    UP = "up"
    #: It failed lately, often enough not to be tried while another way is open.
    DOWN = "down"
    #: An operator has stopped it: nothing is sent there until it is resumed.
    PAUSED = "paused"
    #: It takes no messages at this time of day, and the request is too urgent to wait while another way is open.
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The route taken."""

    route: Route
    #: One sentence for each route of the guide, in its order: taken, or why not.
    because: tuple[str, ...]
    #: Whether it may be tried now: neither down nor paused, as far as is known.
    is_usable: bool = True


class _Verdict(Enum):
    """How one route stands to the need. The value is the sentence's second half."""

    OTHER_TRANSACTION = "does not carry this kind of transaction"
    OTHER_SERVICE = "is for other service types"
    OTHER_ENVIRONMENT = "belongs to the other environment"
    DOWN = "is down, and another way follows"
    PAUSED = "is paused by an operator, and another way follows"
    CLOSED = "takes no messages at this time, and another way follows"
    #: The last way that is left is taken even when it is down: what waits there is tried again.
    LAST = "taken: down, but no other way is left"
    #: Where all are paused, the first: what waits goes by the payer's first choice once that is resumed.
    WAITS = "taken: paused by an operator, and no other way is left; it waits until that is resumed"
    OPENS = "taken: takes no messages at this time, and no other way is left; it waits until it does"
    ALSO_DOWN = "is down"
    ALSO_PAUSED = "is paused by an operator"
    ALSO_CLOSED = "takes no messages at this time"
    TAKEN = "taken: the first in the guide's order that fits"
    NOT_NEEDED = "not needed: an earlier one was taken"


_WORDS: Mapping[ChannelKind, str] = {
    ChannelKind.CORE_SOAP: "CAQH CORE SOAP",
    ChannelKind.REST_X12: "X12 over REST",
    ChannelKind.DIRECTORY: "X12 in folders",
    ChannelKind.PORTAL: "portal",
    ChannelKind.EFAX: "fax",
}


def choose_route(
    profile: PayerProfile,
    transaction: Transaction,
    *,
    service_type: str | None,
    environment: Environment,
    health: Mapping[str, Health],
) -> Chosen:
    """The first usable route in the guide's order, with the reason for each.

    Args:
        profile: The payer.
        transaction: What is to be exchanged.
        service_type: Service type code of the request; `None` fits only routes that are for all services.
        environment: Where the record lives. A route of the other environment is never taken.
        health: What is known of endpoints, by `Endpoint.id`; one that is not named counts as up.

    Raises:
        NoRoute: no route of the guide carries this transaction for this service.
        SafetyRefusal: routes would, but all of them belong to the other environment.
    """
    verdicts = [_fits(route, transaction, service_type, environment) for route in profile.routes]
    fitting = [number for number, verdict in enumerate(verdicts) if verdict is _Verdict.TAKEN]
    if not fitting:
        _refuse(profile, transaction, verdicts)
    stands = {number: health.get(profile.routes[number].endpoint.id, Health.UP) for number in fitting}
    taken = _taken(stands)
    for number in fitting:
        if number != taken:
            verdicts[number] = _passed_over(stands[number], before=number < taken, up=stands[taken] is Health.UP)
    verdicts[taken] = _TAKEN[stands[taken]]
    return Chosen(
        route=profile.routes[taken], because=_sentences(profile, verdicts), is_usable=stands[taken] is Health.UP
    )


_TAKEN: Mapping[Health, _Verdict] = {
    Health.UP: _Verdict.TAKEN,
    Health.DOWN: _Verdict.LAST,
    Health.PAUSED: _Verdict.WAITS,
    Health.CLOSED: _Verdict.OPENS,
}
#: Of a way that was passed over while another one follows, and while none does.
_PASSED_OVER: Mapping[Health, tuple[_Verdict, _Verdict]] = {
    Health.UP: (_Verdict.NOT_NEEDED, _Verdict.NOT_NEEDED),
    Health.DOWN: (_Verdict.DOWN, _Verdict.ALSO_DOWN),
    Health.PAUSED: (_Verdict.PAUSED, _Verdict.ALSO_PAUSED),
    Health.CLOSED: (_Verdict.CLOSED, _Verdict.ALSO_CLOSED),
}


def _taken(stands: Mapping[int, Health]) -> int:
    """The first that is up; else the last that is down, where what waits is tried again.

    Else the first that opens by itself, and else the first.
    """
    up = [number for number, health in stands.items() if health is Health.UP]
    down = [number for number, health in stands.items() if health is Health.DOWN]
    closed = [number for number, health in stands.items() if health is Health.CLOSED]
    return up[0] if up else down[-1] if down else min(closed or stands)


def _passed_over(health: Health, *, before: bool, up: bool) -> _Verdict:
    follows, alone = _PASSED_OVER[health]
    if before:
        return follows
    return _Verdict.NOT_NEEDED if up else alone


def refuse_crossing(endpoint: Endpoint, environment: Environment) -> None:
    """The last guard before a send: an endpoint only takes records of its own environment.

    Raises:
        SafetyRefusal: `endpoint` belongs to the other environment.
    """
    if endpoint.environment is not environment:
        raise SafetyRefusal(
            f"Refused: a {environment.value} record cannot go to endpoint '{endpoint.id}', "
            f"which is a {endpoint.environment.value} endpoint."
        )


def _fits(route: Route, transaction: Transaction, service_type: str | None, environment: Environment) -> _Verdict:
    if transaction not in route.transactions:
        return _Verdict.OTHER_TRANSACTION
    if route.service_types and service_type not in route.service_types:
        return _Verdict.OTHER_SERVICE
    if route.endpoint.environment is not environment:
        return _Verdict.OTHER_ENVIRONMENT
    return _Verdict.TAKEN


def _refuse(profile: PayerProfile, transaction: Transaction, verdicts: list[_Verdict]) -> NoReturn:
    reasons = "; ".join(_sentences(profile, verdicts))
    if _Verdict.OTHER_ENVIRONMENT in verdicts:
        raise SafetyRefusal(f"Refused: '{profile.id}' has no endpoint in this record's environment: {reasons}.")
    raise NoRoute(f"'{profile.id}' has no route for this {transaction.value}: {reasons or 'its guide lists none'}.")


def _sentences(profile: PayerProfile, verdicts: list[_Verdict]) -> tuple[str, ...]:
    pairs = zip(profile.routes, verdicts, strict=True)
    return tuple(f"{route.id} ({_WORDS[route.channel]}): {verdict.value}" for route, verdict in pairs)
