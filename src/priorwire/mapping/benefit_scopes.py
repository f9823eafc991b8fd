"""What statements of a coverage are limited to: one service type at a time, and packed again where nothing differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, Protocol, TypeVar

from priorwire.model.eligibility import Benefit, BenefitScope

#: A statement with its index into `Coverage.benefits`.
Numbered = tuple[int, Benefit]


class Scoped(Protocol):
    """An item of the summary that is limited to something."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def scope(self) -> BenefitScope: ...


S = TypeVar("S", bound=Scoped)


def scopes(benefit: Benefit) -> Iterator[BenefitScope]:
    """The scope of a statement, once for every service type that it names."""
    whole = BenefitScope(
        procedure=benefit.procedure,
        network=benefit.network,
        coverage_level=benefit.coverage_level,
        insurance_type=benefit.insurance_type,
        places_of_service=tuple(sorted(set(benefit.places_of_service))),
    )
    if not benefit.service_types:
        yield whole
    for each in dict.fromkeys(benefit.service_types):
        yield replace(whole, service_types=(each,))


def packed(items: Iterable[S]) -> tuple[S, ...]:
    """Items that differ in nothing but the service type as one, in the order of the first."""
    types: dict[S, tuple[str, ...]] = {}
    for each in items:
        bare: S = replace(each, scope=replace(each.scope, service_types=()))
        types[bare] = (*types.get(bare, ()), *each.scope.service_types)
    return tuple(
        replace(bare, scope=replace(bare.scope, service_types=tuple(dict.fromkeys(every))))
        for bare, every in types.items()
    )


def shown(value: Decimal) -> str:
    """A number as a conflict names it: without exponent and needless zeros, so that equal numbers look alike."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
