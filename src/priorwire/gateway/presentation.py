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

from priorwire.gateway.plain import plain
from priorwire.model.authorization import (
    AuthorizationRecord,
    DiagnosisSaid,
    Reason,
    Rejection,
    RequestedDocument,
    ServiceDecision,
    TraceNumber,
)
from priorwire.model.eligibility import AuthorizationNeed, Benefit, Coverage
from priorwire.model.evidence import Source
from priorwire.model.parties import AddressSaid, Contact, PartySaid
from priorwire.model.services import DateSpan, DeliverySaid, ProcedureCode, Quantity


def present_record(record: AuthorizationRecord | Coverage) -> dict[str, object]:
    """A record of either kind."""
    return present_authorization(record) if isinstance(record, AuthorizationRecord) else present_coverage(record)


def present_authorization(record: AuthorizationRecord) -> dict[str, object]:
    """A review."""
    return {
        "status": record.status.value,
        "decision_code": record.decision_code,
        "purpose": record.purpose.value,
        "pended_for": _word(record.pended_for),
        "category": record.category,
        "kind": record.kind,
        "service_type": record.service_type,
        "place_of_service": record.place_of_service,
        "bill_type": record.bill_type,
        "urgency": record.urgency,
        "authorization_number": record.authorization_number,
        "conflicting_numbers": list(record.conflicting_numbers),
        "administrative_reference": record.administrative_reference,
        "previous_authorization_number": record.previous_authorization_number,
        "issued_date": _day(record.issued_date),
        "effective_date": _day(record.effective_date),
        "expiration_date": _day(record.expiration_date),
        "second_opinion": record.second_opinion,
        **_quantity(record.quantity),
        "delivery": _delivery(record.delivery),
        "reviewed_quantity": plain(record.reviewed_quantity),
        "reviewed_delivery": _delivery(record.reviewed_delivery),
        "event_dates": _span(record.event_dates),
        "admitted": _span(record.admitted),
        "discharged": _day(record.discharged),
        "dates": [_dated(name, span) for name, span in record.dates],
        "diagnoses": [_diagnosis(each) for each in record.diagnoses],
        "reasons": [_reason(each) for each in record.reasons],
        "rejections": [_rejection(each) for each in record.rejections],
        "messages": list(record.messages),
        "traces": [_trace(each) for each in record.traces],
        "reference": record.reference,
        "requested_documents": [_document(each) for each in record.requested_documents],
        "repeated_documents": [_document(each) for each in record.repeated_documents],
        "contacts": [_contact(each) for each in record.contacts],
        "services": [_service(each) for each in record.services],
        "providers": [_party(each) for each in record.providers],
        "payer": _party(record.payer),
        "requester": _party(record.requester),
        "subscriber": _party(record.subscriber),
        "patient": _party(record.patient),
        "more_to_follow": record.more_to_follow,
        "cautions": [plain(each) for each in record.cautions],
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
        "diagnoses": [_diagnosis(each) for each in coverage.diagnoses],
        "corrected": coverage.corrected,
        "military": plain(coverage.military),
        "patient_provider": _party(coverage.patient_provider),
        "benefits": [_benefit(each) for each in coverage.benefits],
        "rejections": [_rejection(each) for each in coverage.rejections],
        "traces": [_trace(each) for each in coverage.traces],
        "reference": coverage.reference,
        "cautions": [plain(each) for each in coverage.cautions],
    }


def present_need(need: AuthorizationNeed) -> dict[str, object]:
    """Whether an authorization is needed; ``because`` and ``against`` are indexes into the coverage's benefits."""
    return {"answer": need.answer.value, "because": list(need.because), "against": list(need.against)}


def present_sources(sources: Mapping[str, Source]) -> dict[str, object]:
    """Where each value of a record was read, by its dotted path in the record."""
    return {path: present_source(source) for path, source in sorted(sources.items())}


def present_source(source: Source) -> dict[str, object]:
    """Where one value was read."""
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
        "segment_start": source.segment_start,
        "segment_end": source.segment_end,
        "rule": source.rule,
        "also": [present_source(each) for each in source.also],
    }


def _service(service: ServiceDecision) -> dict[str, object]:
    return {
        "procedure": _procedure(service.procedure),
        "revenue_code": service.revenue_code,
        "category": service.category,
        "kind": service.kind,
        "service_type": service.service_type,
        "place_of_service": service.place_of_service,
        "bill_type": service.bill_type,
        "status": service.status.value,
        "decision_code": service.decision_code,
        "pended_for": _word(service.pended_for),
        "authorization_number": service.authorization_number,
        "conflicting_numbers": list(service.conflicting_numbers),
        "administrative_reference": service.administrative_reference,
        "previous_authorization_number": service.previous_authorization_number,
        "second_opinion": service.second_opinion,
        **_quantity(service.quantity),
        "delivery": _delivery(service.delivery),
        "reviewed_quantity": plain(service.reviewed_quantity),
        "reviewed_delivery": _delivery(service.reviewed_delivery),
        "dates": _span(service.dates),
        "issued_date": _day(service.issued_date),
        "effective_date": _day(service.effective_date),
        "expiration_date": _day(service.expiration_date),
        "reasons": [_reason(each) for each in service.reasons],
        "messages": list(service.messages),
        "traces": [_trace(each) for each in service.traces],
        "providers": [_party(each) for each in service.providers],
        "teeth": [{"number": each.number, "surfaces": list(each.surfaces)} for each in service.teeth],
    }


def _delivery(delivery: DeliverySaid | None) -> dict[str, object] | None:
    if delivery is None:
        return None
    return {
        **_quantity(delivery.quantity),
        "per": _word(delivery.per),
        "every": _decimal(delivery.every),
        "period": _word(delivery.period),
        "periods": delivery.periods,
        "calendar": delivery.calendar,
        "time": delivery.time,
        "unknown": [{"kind": kind, "code": code} for kind, code in delivery.unknown],
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
        "deliveries": [plain(each) for each in benefit.deliveries],
        "injuries": list(benefit.injuries),
        "numbers": [{"kind": kind, "number": number} for kind, number in benefit.numbers],
        "entities": [_party(each) for each in benefit.entities],
        "diagnosis_numbers": list(benefit.diagnosis_numbers),
        "rejections": [_rejection(each) for each in benefit.rejections],
    }


def _procedure(procedure: ProcedureCode | None) -> dict[str, object] | None:
    if procedure is None:
        return None
    return {
        "system": procedure.system.value,
        "code": procedure.code,
        "modifiers": list(procedure.modifiers),
        "through": procedure.through,
        "description": procedure.description,
    }


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
        "follow_code": rejection.follow_code,
        "request_valid": rejection.request_valid,
        "next_step": rejection.next_step,
        "about": rejection.about,
        "service": rejection.service,
    }


def _document(document: RequestedDocument) -> dict[str, object]:
    return {
        "kind": document.kind.value,
        "code": document.code,
        "says": document.says,
        "way": document.way,
        "control_number": document.control_number,
        "description": document.description,
        "service": document.service,
    }


def _diagnosis(diagnosis: DiagnosisSaid) -> dict[str, object]:
    return {"code": diagnosis.code, "kind": diagnosis.kind, "on": _day(diagnosis.on)}


def _trace(trace: TraceNumber) -> dict[str, object]:
    return {"number": trace.number, "assigner": trace.assigner, "returned": trace.returned}


def _contact(contact: Contact) -> dict[str, object]:
    return {
        "name": contact.name,
        "telephone": contact.telephone,
        "extension": contact.extension,
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
        "middle_name": party.middle_name,
        "suffix": party.suffix,
        "role": party.role,
        "identifier": party.identifier,
        "identifier_kind": party.identifier_kind,
        "taxonomy": party.taxonomy,
        "birth_date": _day(party.birth_date),
        "gender": _word(party.gender),
        "address": _address(party.address),
        "numbers": [{"kind": kind, "number": number} for kind, number in party.numbers],
        "number_notes": [{"kind": kind, "note": note} for kind, note in party.number_notes],
        "relationship": party.relationship,
        "contacts": [_contact(each) for each in party.contacts],
    }


def _address(address: AddressSaid | None) -> dict[str, object] | None:
    if address is None:
        return None
    return {
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "state": address.state,
        "postal_code": address.postal_code,
        "country": address.country,
        "subdivision": address.subdivision,
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
