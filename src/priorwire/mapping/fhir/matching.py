"""Which item of a Claim a service of the reply is about: by its procedure, never by its place in a list alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from priorwire.model.authorization import ServiceDecision, ServiceLine
from priorwire.model.services import ProcedureCode


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The Claim's numbers of the services of a reply."""

    #: Of each service, in order; `None` for one that was not asked for.
    sequences: tuple[int | None, ...]
    #: Items that the reply does not name.
    unnamed: tuple[int, ...]


def match(
    asked: Sequence[ServiceLine], sequences: Sequence[int], said: Sequence[ServiceDecision], trace: str | None = None
) -> Matched:
    """Join the services of a reply to the items that were asked for.

    A payer may answer in another order, name some services only, or add one. A trace number of ours that comes
    back decides; then the same code with the same modifiers is the same service, the first one first; then the same
    code; a service without a code is the next one that is left.

    Args:
        asked: the services of the request.
        sequences: the Claim's numbers of them; one number for a request without services.
        said: the services of the reply.
        trace: the request's trace number; its services were sent under it with ``-1``, ``-2`` … behind it.
    """
    left: dict[int, ProcedureCode | None] = dict.fromkeys(sequences)
    left |= {number: each.procedure for number, each in zip(sequences, asked, strict=False)}
    traced = {f"{trace}-{nth}": number for nth, number in enumerate(sequences, 1)} if trace else {}
    found: list[int | None] = []
    for each in said:
        number = next((traced[one.number] for one in each.traces if one.number in traced), None)
        if number not in left:
            number = _number(left, each.procedure)
        found.append(number)
        left.pop(number, None) if number is not None else None
    return Matched(sequences=tuple(found), unnamed=tuple(left))


def _number(left: dict[int, ProcedureCode | None], said: ProcedureCode | None) -> int | None:
    if said is None or None in left.values():
        return next(iter(left), None)
    same = [number for number, each in left.items() if each and each.code.upper() == said.code.upper()]
    exact = [number for number in same if (each := left[number]) and set(each.modifiers) == set(said.modifiers)]
    return next(iter([*exact, *same]), None)
