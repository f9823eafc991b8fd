"""Does the service asked about need an authorization? As the payer's own statements say, and no further.

A more specific statement outweighs a general one: one about the procedure, then one about the
service type, then one about the plan as a whole; within each, one for the place of service,
then one for the network. Statements of the same weight that differ give ``unknown``, and so does
a *no* beside a message that speaks of an authorization. Silence is ``not_stated``, never *no*.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from priorwire.model.authorization import ProcedureCode
from priorwire.model.eligibility import Answer, AuthorizationNeed, Benefit, Coverage, Network

_WHOLE_PLAN = "30"

#: Words by which payers say it in free text; such a message is a doubt and never an answer.
_SPOKEN_OF = re.compile(r"PRE-?\s?CERT|PRE-?\s?AUTH|PRIOR\s+AUTH|AUTHORIZATION\s+(IS\s+)?REQ", re.IGNORECASE)
_SPOKEN_AGAINST = re.compile(r"\bNOT?\b[^.]*(REQ|NEED|NECESSARY)|(CERT|AUTH)[A-Z]*\s+(IS\s+)?NOT\b", re.IGNORECASE)


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
    matching = {
        index: each
        for index, each in enumerate(coverage.benefits)
        if _matches(each, procedure, service_types, network, place_of_service)
    }
    stated = [index for index, each in matching.items() if each.authorization_required is not Answer.NOT_STATED]
    best = max((_weight(matching[index], procedure) for index in stated), default=None)
    because = tuple(index for index in stated if _weight(matching[index], procedure) == best)
    said = {matching[index].authorization_required for index in because}
    answer = said.pop() if len(said) == 1 else Answer.UNKNOWN if said else Answer.NOT_STATED
    doubts = tuple(index for index, each in matching.items() if _speaks_of_authorization(each))
    if doubts and answer in (Answer.NO, Answer.NOT_STATED):
        return AuthorizationNeed(answer=Answer.UNKNOWN, because=tuple(sorted({*because, *doubts})))
    return AuthorizationNeed(answer=answer, because=because)


def _matches(
    benefit: Benefit,
    procedure: ProcedureCode | None,
    service_types: Collection[str],
    network: Network,
    place: str | None,
) -> bool:
    return (
        _matches_service(benefit, procedure, service_types)
        and _matches_network(benefit.network, network)
        and (not benefit.places_of_service or place is None or place in benefit.places_of_service)
    )


def _matches_service(benefit: Benefit, procedure: ProcedureCode | None, service_types: Collection[str]) -> bool:
    if benefit.procedure is not None:
        return procedure is not None and _same(benefit.procedure, procedure)
    types = set(benefit.service_types)
    return not types or _WHOLE_PLAN in types or bool(types & set(service_types))


def _same(stated: ProcedureCode, asked: ProcedureCode) -> bool:
    return stated.code.upper() == asked.code.upper() and set(stated.modifiers) <= set(asked.modifiers)


def _matches_network(stated: Network, asked: Network) -> bool:
    if stated in (Network.IN, Network.OUT) and asked in (Network.IN, Network.OUT):
        return stated is asked
    return True


def _weight(benefit: Benefit, procedure: ProcedureCode | None) -> tuple[int, int, int]:
    specific = bool(benefit.service_types) and _WHOLE_PLAN not in benefit.service_types
    service = 2 if benefit.procedure is not None and procedure is not None else int(specific)
    return service, int(bool(benefit.places_of_service)), int(benefit.network in (Network.IN, Network.OUT))


def _speaks_of_authorization(benefit: Benefit) -> bool:
    return any(_SPOKEN_OF.search(each) and not _SPOKEN_AGAINST.search(each) for each in benefit.messages)
