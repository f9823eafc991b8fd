"""A coverage as a person reads it: numbers put together, statements that contradict each other shown.

A payer spreads one deductible over several statements: the whole by year, what is left, what went
already, each once for every network and level, with the service types packed in one statement and
not in the next. Here they are joined by what they are limited to, one service type at a time, and
packed again where nothing differs.

Absent is never zero. The only thing worked out is what was met (the whole less what is left), and
it says so. Statements about the same thing that differ leave it absent and make a `Conflict`;
nobody here chooses between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from priorwire.mapping import benefit_codes
from priorwire.mapping.benefit_scopes import Numbered, packed, scopes
from priorwire.mapping.used_up import joined, shares
from priorwire.model.eligibility import (
    Answer,
    AuthorizationStated,
    Benefit,
    BenefitScope,
    Conflict,
    Coverage,
    CoverageStatus,
    CoverageSummary,
    RelatedParty,
    ServiceCovered,
    Told,
)
from priorwire.model.parties import PartySaid

_WHOLE_PLAN = "30"
_OTHER_PAYER, _PRIMARY_CARE, _RELATED = "other_payer", "primary_care_provider", "related"
_OTHER_PAYER_ROLES = frozenset({"primary_payer", "secondary_payer", "tertiary_payer"})
#: Whether the plan is active, by what a statement says.
_STATUS: Mapping[str, CoverageStatus] = {
    benefit_codes.BENEFIT[code]: status for code, status in benefit_codes.COVERAGE.items()
}
_NOT_COVERED, _EXCLUSIONS, _UNKNOWN = "not_covered", "exclusions", "unknown"


def summarize(coverage: Coverage) -> CoverageSummary:
    """The summary of a coverage. Pure; the indexes in it are those of `Coverage.benefits`."""
    rows = list(enumerate(coverage.benefits))
    status_because, status_conflicts = _status(coverage, rows)
    services, service_conflicts = _services(rows)
    deductibles, base_conflicts = joined("deductible", rows)
    out_of_pocket, pocket_conflicts = joined("out_of_pocket", rows)
    spend_downs, spend_conflicts = joined("spend_down", rows)
    limits, limit_conflicts = joined("limitations", rows)
    co_payments, payment_conflicts = shares("co_payment", rows)
    co_insurance, insurance_conflicts = shares("co_insurance", rows)
    parties = list(_parties(rows))
    types = (each.insurance_type for _, each in rows if each.information in _STATUS)
    return CoverageSummary(
        status=coverage.status,
        status_because=status_because,
        plan=coverage.plan,
        insurance_types=tuple(dict.fromkeys(each for each in types if each)),
        dates=coverage.plan_dates,
        deductibles=deductibles,
        out_of_pocket=out_of_pocket,
        spend_downs=spend_downs,
        limits=limits,
        co_payments=co_payments,
        co_insurance=co_insurance,
        services=services,
        authorizations=_authorizations(rows),
        other_payers=tuple(each for kind, each in parties if kind == _OTHER_PAYER),
        primary_care=tuple(each for kind, each in parties if kind == _PRIMARY_CARE),
        related=tuple(each for kind, each in parties if kind == _RELATED),
        messages=_messages(rows),
        conflicts=(
            *status_conflicts,
            *service_conflicts,
            *base_conflicts,
            *pocket_conflicts,
            *spend_conflicts,
            *limit_conflicts,
            *payment_conflicts,
            *insurance_conflicts,
        ),
    )


def _status(coverage: Coverage, rows: Sequence[Numbered]) -> tuple[tuple[int, ...], tuple[Conflict, ...]]:
    """The statements that decided whether the plan is active, and their contradiction where they do not agree."""
    stating = [(index, each) for index, each in rows if each.information in _STATUS]
    whole = [(index, each) for index, each in stating if not each.service_types or _WHOLE_PLAN in each.service_types]
    deciding = whole or stating
    because = tuple(index for index, _ in deciding)
    said = tuple(dict.fromkeys(_STATUS[each.information].value for _, each in deciding))
    if coverage.status is not CoverageStatus.UNKNOWN or len(said) < 2:  # noqa: PLR2004 -- two contradict each other
        return because, ()
    return because, (Conflict(about="status", scope=BenefitScope(), values=said, because=because),)


def _services(rows: Sequence[Numbered]) -> tuple[tuple[ServiceCovered, ...], tuple[Conflict, ...]]:
    """Whether each service is covered. An exclusion is told beside: it is of something within the service."""
    stated: dict[BenefitScope, dict[int, str]] = {}
    excluded: list[ServiceCovered] = []
    for index, each in rows:
        status = _covered(each)
        for scope in scopes(each) if status else ():
            if status == _EXCLUSIONS:
                excluded.append(ServiceCovered(scope=scope, status=status, because=(index,)))
            elif status:
                stated.setdefault(scope, {})[index] = status
    items, conflicts = [], []
    for scope, by_index in stated.items():
        said, because = tuple(dict.fromkeys(by_index.values())), tuple(by_index)
        items.append(ServiceCovered(scope=scope, status=said[0] if len(said) == 1 else _UNKNOWN, because=because))
        if len(said) > 1:
            conflicts.append(Conflict(about="services", scope=scope, values=said, because=because))
    return packed([*items, *excluded]), packed(conflicts)


def _covered(benefit: Benefit) -> str | None:
    if benefit.information in (_NOT_COVERED, _EXCLUSIONS):
        return benefit.information
    status = _STATUS.get(benefit.information)
    return status.value if status else None


def _authorizations(rows: Sequence[Numbered]) -> tuple[AuthorizationStated, ...]:
    return packed(
        AuthorizationStated(scope=scope, answer=each.authorization_required, because=(index,))
        for index, each in rows
        if each.authorization_required is not Answer.NOT_STATED
        for scope in scopes(each)
    )


def _parties(rows: Sequence[Numbered]) -> Iterator[tuple[str, RelatedParty]]:
    for index, each in rows:
        whole = packed(ServiceCovered(scope=scope, status="") for scope in scopes(each))[0].scope
        for party in each.entities or _unnamed(each):
            related = RelatedParty(
                information=each.information,
                party=party,
                scope=whole,
                dates=each.dates,
                numbers=each.numbers,
                because=(index,),
            )
            yield _kind(each, party), related


def _unnamed(benefit: Benefit) -> tuple[PartySaid, ...]:
    """Another payer of which only the plan's name is told, or not even that."""
    return (PartySaid(name=benefit.plan),) if benefit.information == _OTHER_PAYER else ()


def _kind(benefit: Benefit, party: PartySaid) -> str:
    if benefit.information == _OTHER_PAYER or party.role in _OTHER_PAYER_ROLES:
        return _OTHER_PAYER
    return _PRIMARY_CARE if _PRIMARY_CARE in (benefit.information, party.role) else _RELATED


def _messages(rows: Sequence[Numbered]) -> tuple[Told, ...]:
    because: dict[tuple[str, str], tuple[int, ...]] = {}
    for index, each in rows:
        for text in dict.fromkeys(each.messages):
            key = each.information, text
            because[key] = (*because.get(key, ()), index)
    return tuple(Told(information=key[0], text=key[1], because=indexes) for key, indexes in because.items())
