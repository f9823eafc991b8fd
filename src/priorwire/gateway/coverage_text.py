"""The summary of a coverage as JSON, and as lines that a person reads at a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from priorwire.gateway.plain import plain
from priorwire.mapping import summarize
from priorwire.mapping.coverage_words import INSURANCE_TYPE, SERVICE_TYPE
from priorwire.model.eligibility import (
    BenefitScope,
    Coverage,
    CoverageSummary,
    Network,
    PatientShare,
    RelatedParty,
    UsedUp,
)
from priorwire.model.parties import PartySaid
from priorwire.model.services import DateSpan

_NETWORKS: Mapping[Network, str] = {
    Network.IN: "in network",
    Network.OUT: "out of network",
    Network.BOTH: "in and out of network",
}
_OF_OURS = re.compile(r"[a-z]+(_[a-z0-9]+)+")
#: So many service types are spelled out on a line; of more, the first ones and how many more.
_SPELLED_OUT = 3


def present_summary(coverage: Coverage) -> dict[str, object]:
    """The summary as JSON; service and insurance types stand beside their words."""
    shown = _named(plain(summarize(coverage)))
    assert isinstance(shown, dict)
    types = shown["insurance_types"]
    shown["insurance_types"] = [{"code": each, "says": INSURANCE_TYPE.get(each)} for each in types]
    return shown


def _named(value: Any) -> Any:
    """With the words of the service types in every scope."""
    if isinstance(value, list):
        return [_named(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = {name: _named(each) for name, each in value.items()}
    if "service_types" in named:
        named["services_say"] = [SERVICE_TYPE.get(each) for each in named["service_types"]]
    return named


def summary_lines(coverage: Coverage) -> tuple[str, ...]:
    """The summary as text: one statement a line, the numbers of the benefits it comes from in brackets.

    It names related parties and messages of the payer, so it is shown only where the record may be.
    """
    return tuple(_lines(summarize(coverage)))


def _lines(summary: CoverageSummary) -> Iterator[str]:
    plan = f": {summary.plan}" if summary.plan else ""
    yield f"Coverage {_words(summary.status.value)}{plan}{_because(summary.status_because)}"
    for each in summary.insurance_types:
        yield f"  Insurance type {INSURANCE_TYPE.get(each, each)}"
    for name, span in summary.dates:
        yield f"  {_words(name).capitalize()} {_span(span)}"
    for title, used_up in (
        ("Deductible", summary.deductibles),
        ("Out of pocket", summary.out_of_pocket),
        ("Spend-down", summary.spend_downs),
        ("Limit", summary.limits),
    ):
        yield from (_used_up(title, each) for each in used_up)
    for title, shares in (("Co-payment", summary.co_payments), ("Co-insurance", summary.co_insurance)):
        yield from (_share(title, each) for each in shares)
    for service in summary.services:
        yield f"{_words(service.status).capitalize()}{_scope(service.scope)}{_because(service.because)}"
    for need in summary.authorizations:
        yield f"Authorization required: {_words(need.answer.value)}{_scope(need.scope)}{_because(need.because)}"
    for title, parties in (
        ("Other payer", summary.other_payers),
        ("Primary care", summary.primary_care),
        ("", summary.related),
    ):
        yield from (_party(title or _words(each.information).capitalize(), each) for each in parties)
    for told in summary.messages:
        yield f"{_words(told.information).capitalize()}: {told.text}{_because(told.because)}"
    for conflict in summary.conflicts:
        values = " against ".join(map(_if_ours, conflict.values))
        yield f"CONFLICT about {_words(conflict.about)}: {values}{_scope(conflict.scope)}{_because(conflict.because)}"


def _used_up(title: str, item: UsedUp) -> str:
    parts = [
        f"{_counted(value, item.counts)} {name}"
        for value, name in ((item.base, "in all"), (item.remaining, "left"), (item.used, "met"))
        if value is not None
    ]
    period = f" ({_words(item.period)})" if item.period else ""
    said = f"{', '.join(parts) or 'not clear'}{_told(item.told)}{_because(item.because)}"
    return f"{title}{period}{_scope(item.scope)}: {said}"


def _share(title: str, share: PatientShare) -> str:
    values = [f"${share.amount:,.2f}"] if share.amount is not None else []
    if share.percent is not None:
        values.append(f"{(share.percent * 100).normalize():f} %")
    period = f" per {_words(share.period)}" if share.period else ""
    told = f"{_told(share.told)}{_because(share.because)}"
    return f"{title}{_scope(share.scope)}: {' and '.join(values)}{period}{told}"


def _told(texts: Sequence[str]) -> str:
    return f" ({'; '.join(texts)})" if texts else ""


def _party(title: str, related: RelatedParty) -> str:
    party = related.party
    role = f" ({_words(party.role)})" if party.role else ""
    calls = (call for each in party.contacts for call in (each.telephone, each.url, each.email) if call)
    told = ", ".join((_name(party), *calls))
    return f"{title}{role}{_scope(related.scope)}: {told or 'not named'}{_because(related.because)}"


def _name(party: PartySaid) -> str:
    return " ".join(each for each in (party.first_name, party.name) if each) or party.identifier or "not named"


def _scope(scope: BenefitScope) -> str:
    types = scope.service_types
    spelled = [SERVICE_TYPE.get(each, each) for each in types[:_SPELLED_OUT]]
    more = [f"{len(types) - _SPELLED_OUT} more"] if len(types) > _SPELLED_OUT else []
    parts = (
        " / ".join([*spelled, *more]),
        scope.procedure.code if scope.procedure else "",
        _NETWORKS.get(scope.network, ""),
        _words(scope.coverage_level or ""),
        INSURANCE_TYPE.get(scope.insurance_type or "", scope.insurance_type or ""),
        f"place of service {', '.join(scope.places_of_service)}" if scope.places_of_service else "",
    )
    told = ", ".join(each for each in parts if each)
    return f", {told}" if told else ""


def _counted(value: Decimal, counts: str) -> str:
    return f"${value:,.2f}" if counts == "usd" else f"{value:f} {_words(counts)}"


def _span(span: DateSpan) -> str:
    return f"{span.start}" if span.end is None else f"{span.start} to {span.end}"


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", ", ")


def _if_ours(value: str) -> str:
    """A word of ours as a person writes it; amounts and a payer's texts as they are."""
    return value.replace("_", " ") if _OF_OURS.fullmatch(value) else value


def _because(indexes: Sequence[int]) -> str:
    """Benefits are counted from 1 for people."""
    return f" [{', '.join(str(each + 1) for each in indexes)}]" if indexes else ""
