"""Records as plain JSON: the one normalized shape that the API, the CLI and webhooks show.

Decimals travel as strings (a JSON number is a binary fraction to most readers), dates in ISO
8601, enumerations by value; what is absent is null, or an empty list. A quantity is two
members: ``quantity``, and ``unit`` in a review or ``counts`` in a benefit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum

from priorwire.model.authorization import (
    AuthorizationRecord,
    DateSpan,
    ProcedureCode,
    Quantity,
    Reason,
    Rejection,
    ServiceDecision,
    TraceNumber,
)
from priorwire.model.eligibility import AuthorizationNeed, Benefit, Coverage
from priorwire.model.evidence import Source
from priorwire.model.parties import Contact, PartySaid


def present_record(record: AuthorizationRecord | Coverage) -> dict[str, object]:
    """A record of either kind."""
    return present_authorization(record) if isinstance(record, AuthorizationRecord) else present_coverage(record)


def present_authorization(record: AuthorizationRecord) -> dict[str, object]:
    """A review."""
    return {
        "status": record.status.value,
        "pended_for": _word(record.pended_for),
        "authorization_number": record.authorization_number,
        "administrative_reference": record.administrative_reference,
        "previous_authorization_number": record.previous_authorization_number,
        "issued_date": _day(record.issued_date),
        "effective_date": _day(record.effective_date),
        "expiration_date": _day(record.expiration_date),
        **_quantity(record.quantity),
        "reasons": [_reason(each) for each in record.reasons],
        "rejections": [_rejection(each) for each in record.rejections],
        "messages": list(record.messages),
        "traces": [_trace(each) for each in record.traces],
        "reference": record.reference,
        "requested_documents": list(record.requested_documents),
        "contacts": [_contact(each) for each in record.contacts],
        "services": [_service(each) for each in record.services],
        "payer": _party(record.payer),
        "requester": _party(record.requester),
        "subscriber": _party(record.subscriber),
        "patient": _party(record.patient),
        "more_to_follow": record.more_to_follow,
    }


def present_coverage(coverage: Coverage) -> dict[str, object]:
    """A patient's coverage."""
    return {
        "status": coverage.status.value,
        "payer": _party(coverage.payer),
        "provider": _party(coverage.provider),
        "subscriber": _party(coverage.subscriber),
        "patient": _party(coverage.patient),
        "plan": coverage.plan,
        "plan_dates": [_dated(name, span) for name, span in coverage.plan_dates],
        "benefits": [_benefit(each) for each in coverage.benefits],
        "rejections": [_rejection(each) for each in coverage.rejections],
        "traces": [_trace(each) for each in coverage.traces],
        "reference": coverage.reference,
    }


def present_need(need: AuthorizationNeed) -> dict[str, object]:
    """Whether an authorization is needed; ``because`` are indexes into the coverage's benefits."""
    return {"answer": need.answer.value, "because": list(need.because)}


def present_sources(sources: Mapping[str, Source]) -> dict[str, object]:
    """Where each value of a record was read, by its dotted path in the record."""
    return {path: _source(source) for path, source in sorted(sources.items())}


def _source(source: Source) -> dict[str, object]:
    return {
        "interchange": source.interchange,
        "transaction_set": source.transaction_set,
        "segment": source.segment,
        "position": source.position,
        "element": source.element,
        "component": source.component,
        "repeat": source.repeat,
        "start": source.start,
        "end": source.end,
        "rule": source.rule,
    }


def _service(service: ServiceDecision) -> dict[str, object]:
    return {
        "procedure": _procedure(service.procedure),
        "status": service.status.value,
        "pended_for": _word(service.pended_for),
        "authorization_number": service.authorization_number,
        "administrative_reference": service.administrative_reference,
        "previous_authorization_number": service.previous_authorization_number,
        **_quantity(service.quantity),
        "dates": _span(service.dates),
        "issued_date": _day(service.issued_date),
        "effective_date": _day(service.effective_date),
        "expiration_date": _day(service.expiration_date),
        "reasons": [_reason(each) for each in service.reasons],
        "messages": list(service.messages),
        "traces": [_trace(each) for each in service.traces],
    }


def _benefit(benefit: Benefit) -> dict[str, object]:
    counted = benefit.quantity
    return {
        "information": benefit.information,
        "service_types": list(benefit.service_types),
        "procedure": _procedure(benefit.procedure),
        "network": benefit.network.value,
        "amount": _decimal(benefit.amount),
        "percent": _decimal(benefit.percent),
        "quantity": _decimal(counted.value) if counted else None,
        "counts": counted.counts if counted else None,
        "period": benefit.period,
        "authorization_required": benefit.authorization_required.value,
        "coverage_level": benefit.coverage_level,
        "insurance_type": benefit.insurance_type,
        "plan": benefit.plan,
        "places_of_service": list(benefit.places_of_service),
        "dates": [_dated(name, span) for name, span in benefit.dates],
        "messages": list(benefit.messages),
        "contacts": [_contact(each) for each in benefit.contacts],
    }


def _procedure(procedure: ProcedureCode | None) -> dict[str, object] | None:
    if procedure is None:
        return None
    return {"system": procedure.system.value, "code": procedure.code, "modifiers": list(procedure.modifiers)}


def _quantity(quantity: Quantity | None) -> dict[str, object]:
    if quantity is None:
        return {"quantity": None, "unit": None}
    return {"quantity": _decimal(quantity.value), "unit": quantity.unit.value}


def _reason(reason: Reason) -> dict[str, object]:
    return {"code": reason.code, "says": reason.says}


def _rejection(rejection: Rejection) -> dict[str, object]:
    return {
        "code": rejection.code,
        "says": rejection.says,
        "follow": rejection.follow.value,
        "about": rejection.about,
        "service": rejection.service,
    }


def _trace(trace: TraceNumber) -> dict[str, object]:
    return {"number": trace.number, "assigner": trace.assigner, "returned": trace.returned}


def _contact(contact: Contact) -> dict[str, object]:
    return {
        "name": contact.name,
        "telephone": contact.telephone,
        "fax": contact.fax,
        "email": contact.email,
        "url": contact.url,
    }


def _party(party: PartySaid | None) -> dict[str, object] | None:
    if party is None:
        return None
    return {
        "name": party.name,
        "first_name": party.first_name,
        "identifier": party.identifier,
        "identifier_kind": party.identifier_kind,
        "birth_date": _day(party.birth_date),
        "gender": _word(party.gender),
        "contacts": [_contact(each) for each in party.contacts],
    }


def _dated(name: str, span: DateSpan) -> dict[str, object]:
    return {"name": name, "start": _day(span.start), "end": _day(span.end)}


def _span(span: DateSpan | None) -> dict[str, object] | None:
    return {"start": _day(span.start), "end": _day(span.end)} if span else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _decimal(value: Decimal | None) -> str | None:
    return f"{value:f}" if value is not None else None


def _word(value: Enum | None) -> object:
    return value.value if value else None
