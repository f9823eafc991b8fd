"""A stored record beside the request that it answers: what only the two together say."""

from __future__ import annotations

from dataclasses import replace

from priorwire.gateway.rows import RecordRow, TransactionRow
from priorwire.mapping import BuildContext, Reading, announced, told_apart
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest
from priorwire.payers.profile import PayerIdentity


def answered(row: TransactionRow, found: RecordRow) -> RecordRow:
    """The record with the documents that its own request announced told apart from those that the payer wants."""
    record, request = found.record, row.request
    if not isinstance(record, AuthorizationRecord) or not isinstance(request, AuthorizationRequest):
        return found
    if not record.requested_documents:
        return found
    reading = Reading(record=record, sources=found.sources)
    apart = told_apart(reading, announced(request, announcing_context(row)))
    return found if apart is reading else replace(found, record=apart.record, sources=apart.sources)


def announcing_context(row: TransactionRow) -> BuildContext:
    """What the numbers of the request's announcements were made of: its trace number."""
    return BuildContext(
        reference=row.reference,
        trace_number=row.trace_number,
        trace_assigner="",
        at=row.created_at,
        payer=PayerIdentity(name="", identifier=""),
    )
