"""Who a reply is about where the payer does not say it: as the request named them.

FHIR wants a patient, an insurer and a requestor of every response; many payers' replies, and all
that are still to come, name none of them.
"""

from __future__ import annotations

from dataclasses import replace

from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest
from priorwire.model.eligibility import Coverage, EligibilityInquiry
from priorwire.model.parties import Dependent, PartySaid, Provider, Subscriber


def with_parties(record: AuthorizationRecord, request: AuthorizationRequest, payer: str) -> AuthorizationRecord:
    """The record with the parties that it does not name."""
    subscriber = record.subscriber or _member(request.subscriber)
    return replace(
        record,
        payer=record.payer or PartySaid(name=payer),
        requester=record.requester or _provider(request.requester),
        subscriber=subscriber,
        patient=record.patient or (_dependent(request.dependent) if request.dependent else subscriber),
    )


def with_inquirer(coverage: Coverage, inquiry: EligibilityInquiry, payer: str) -> Coverage:
    """The coverage with the parties that it does not name."""
    subscriber = coverage.subscriber or _member(inquiry.subscriber)
    return replace(
        coverage,
        payer=coverage.payer or PartySaid(name=payer),
        provider=coverage.provider or _provider(inquiry.provider),
        subscriber=subscriber,
        patient=coverage.patient or (_dependent(inquiry.dependent) if inquiry.dependent else subscriber),
    )


def _member(person: Subscriber) -> PartySaid:
    kind = "member_id" if person.member_id else None
    return replace(_dependent(person), identifier=person.member_id, identifier_kind=kind, relationship=None)


def _dependent(person: Dependent | Subscriber) -> PartySaid:
    return PartySaid(
        name=person.name.last,
        first_name=person.name.first,
        middle_name=person.name.middle if person.name.first else None,
        suffix=person.name.suffix,
        birth_date=person.birth_date,
        gender=person.gender,
        relationship=person.relationship.value if isinstance(person, Dependent) else None,
    )


def _provider(provider: Provider) -> PartySaid:
    number, kind = (provider.npi, "npi") if provider.npi else (provider.tax_id, "tax_id")
    person = provider.person
    return PartySaid(
        name=person.last if person else provider.organization,
        first_name=person.first if person else None,
        identifier=number,
        identifier_kind=kind if number else None,
    )
