"""Does the service asked about need an authorization? As the payer's own statements say, and no further.

A more specific statement outweighs a general one: one about the procedure (the more so with its
modifiers), then one about the service type, then one about the plan as a whole; within each, one
for the place of service, then one for the network. A place or a network that the question does
not name makes no statement more specific.

Statements of the same weight that differ give ``unknown``. So does a *no* that holds for less
than was asked (one network, one place, one of several service types), and a *no* or a silence
beside a doubt: a message that speaks of an authorization, the number of one, a primary care
provider who must authorize, a referral, a reviewer to ask. The last two doubt no statement that is
more specific than they are; nor does a primary care provider, or a restriction to one provider,
which leave a silence as it is. Silence is ``not_stated``, never *no*.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from priorwire.model.eligibility import Answer, AuthorizationNeed, Benefit, Coverage, Network
from priorwire.model.services import ProcedureCode

_WHOLE_PLAN = "30"
_ONE_NETWORK = frozenset({Network.IN, Network.OUT})

#: Words by which payers say it in free text; such a message is a doubt and never an answer.
_SPOKEN_OF = re.compile(
    r"PRE-?\s?CERT|PRE-?\s?AUTH|PRIOR\s+AUTH|AUTH(ORIZATION)?S?\s+(IS\s+|ARE\s+|MAY\s+BE\s+)?(REQ|NEED)"
    r"|REQ[A-Z]*\s+(AN?\s+|PRIOR\s+)?AUTH|CERTIFICATION\s+(IS\s+)?REQ",
    re.IGNORECASE,
)
_SPOKEN_AGAINST = re.compile(r"\bNOT?\b[^.]*(REQ|NEED|NECESSARY)|(CERT|AUTH)[A-Z]*\s+(IS\s+)?NOT\b", re.IGNORECASE)
#: What a benefit's number or rejection is, where it tells of an authorization.
_AUTHORIZATION, _REFERRAL = "prior_authorization", "referral"
#: Reject reason (list 901): the primary care provider must authorize it.
_PRIMARY_CARE_MUST = "AE"
_REVIEWER = "utilization_management_organization"
#: Statements that send the patient through somebody: the primary care provider, or one provider alone.
_GATED = frozenset({"primary_care_provider", "restricted_to_provider"})


@dataclass(frozen=True, kw_only=True)
class _Question:
    procedure: ProcedureCode | None
    service_types: frozenset[str]
    network: Network
    place: str | None

    @property
    def specific_types(self) -> frozenset[str]:
        return self.service_types - {_WHOLE_PLAN}


def authorization_need(
    coverage: Coverage,
    *,
    procedure: ProcedureCode | None = None,
    service_types: Collection[str] = (),
    network: Network = Network.NOT_STATED,
    place_of_service: str | None = None,
) -> AuthorizationNeed:
    """What a coverage says about the need for an authorization.

    Args:
        coverage: as `read_271` gives it.
        procedure: the service, where its code is known.
        service_types: its service type codes (element 1365).
        network: which providers it would be given by; `NOT_STATED` where that is not known.
        place_of_service: two-digit code, where known.
    """
    asked = _Question(
        procedure=procedure, service_types=frozenset(service_types), network=network, place=place_of_service
    )
    matching = {index: each for index, each in enumerate(coverage.benefits) if _matches(each, asked)}
    weights = {
        index: _weight(each, asked)
        for index, each in matching.items()
        if each.authorization_required is not Answer.NOT_STATED
    }
    best = max(weights.values(), default=None)
    decided = _decided({index: matching[index] for index, weight in weights.items() if weight == best}, asked)
    service = best[0] if best else None
    doubts = tuple(index for index, each in matching.items() if _is_doubt(each, asked, service))
    return _doubted(decided, doubts)


def _decided(rows: Mapping[int, Benefit], asked: _Question) -> AuthorizationNeed:
    """What statements of one weight say together."""
    by_answer: dict[Answer, tuple[int, ...]] = {}
    for index, each in rows.items():
        by_answer[each.authorization_required] = (*by_answer.get(each.authorization_required, ()), index)
    if not by_answer:
        return AuthorizationNeed(answer=Answer.NOT_STATED)
    if len(by_answer) == 1:
        ((answer, because),) = by_answer.items()
        holds = answer is not Answer.NO or _covers([rows[index] for index in because], asked)
        return AuthorizationNeed(answer=answer if holds else Answer.UNKNOWN, because=because)
    # They contradict each other: those that do not know come first, then those that say yes.
    leading = Answer.UNKNOWN if Answer.UNKNOWN in by_answer else Answer.YES
    others = sorted(index for answer, found in by_answer.items() if answer is not leading for index in found)
    return AuthorizationNeed(answer=Answer.UNKNOWN, because=by_answer[leading], against=tuple(others))


def _doubted(decided: AuthorizationNeed, doubts: tuple[int, ...]) -> AuthorizationNeed:
    """A doubt takes away a *no* and breaks a silence; a *yes* stands."""
    if not doubts or decided.answer is Answer.YES:
        return decided
    if decided.answer is Answer.NOT_STATED:
        return AuthorizationNeed(answer=Answer.UNKNOWN, because=doubts)
    against = sorted({*decided.against, *doubts} - set(decided.because))
    return AuthorizationNeed(answer=Answer.UNKNOWN, because=decided.because, against=tuple(against))


# --- which statements are about the question ----------------------------------------------------------------------


def _matches(benefit: Benefit, asked: _Question) -> bool:
    return (
        _matches_service(benefit, asked)
        and _matches_network(benefit.network, asked.network)
        and (not benefit.places_of_service or asked.place is None or asked.place in benefit.places_of_service)
    )


def _matches_service(benefit: Benefit, asked: _Question) -> bool:
    if benefit.procedure is not None:
        return asked.procedure is not None and _same(benefit.procedure, asked.procedure)
    return _is_general(benefit) or bool(asked.service_types.intersection(benefit.service_types))


def _is_general(benefit: Benefit) -> bool:
    return not benefit.service_types or _WHOLE_PLAN in benefit.service_types


def _same(stated: ProcedureCode, asked: ProcedureCode) -> bool:
    """The code asked about, or a range that it lies in; with no modifier that was not asked about."""
    code, first = asked.code.upper(), stated.code.upper()
    last = (stated.through or stated.code).upper()
    return len(code) == len(first) and first <= code <= last and set(stated.modifiers) <= set(asked.modifiers)


def _matches_network(stated: Network, asked: Network) -> bool:
    return stated is asked or not {stated, asked} <= _ONE_NETWORK


# --- how much a statement counts, and for how much it holds ---------------------------------------------------


def _weight(benefit: Benefit, asked: _Question) -> tuple[int, int, int, int]:
    if benefit.procedure is not None:
        service, modifiers = 2, len(benefit.procedure.modifiers)
    else:
        service, modifiers = int(not _is_general(benefit)), 0
    place = bool(benefit.places_of_service) and asked.place is not None
    network = benefit.network in _ONE_NETWORK and asked.network in _ONE_NETWORK
    return service, modifiers, int(place), int(network)


def _covers(rows: Collection[Benefit], asked: _Question) -> bool:
    """Whether statements hold for all that was asked: every network, place and service type that is left open."""
    networks = {each.network for each in rows}
    if asked.network not in _ONE_NETWORK and networks <= _ONE_NETWORK and not networks >= _ONE_NETWORK:
        return False
    if asked.place is None and all(each.places_of_service for each in rows):
        return False
    if any(each.procedure is not None or _is_general(each) for each in rows):
        return True
    return asked.specific_types <= {code for each in rows for code in each.service_types}


def _is_doubt(benefit: Benefit, asked: _Question, decided: int | None) -> bool:
    """Whether a statement doubts those that decided by a weight of `decided`, or a silence (`None`)."""
    if _speaks_of_it(benefit):
        return True
    if decided is None:
        return _hints_at_it(benefit)
    return _weight(benefit, asked)[0] >= decided and (_hints_at_it(benefit) or _is_gated(benefit))


def _speaks_of_it(benefit: Benefit) -> bool:
    return (
        any(_SPOKEN_OF.search(each) and not _SPOKEN_AGAINST.search(each) for each in benefit.messages)
        or any(kind == _AUTHORIZATION for kind, _ in benefit.numbers)
        or any(each.code == _PRIMARY_CARE_MUST for each in benefit.rejections)
    )


def _hints_at_it(benefit: Benefit) -> bool:
    referred = any(kind == _REFERRAL for kind, _ in benefit.numbers)
    return referred or any(each.role == _REVIEWER for each in benefit.entities)


def _is_gated(benefit: Benefit) -> bool:
    return benefit.information in _GATED
