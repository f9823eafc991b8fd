"""From the read side's views to the API's schemas."""

from __future__ import annotations

import base64

from priorwire.api.schemas.explanations import ExplanationOut
from priorwire.api.schemas.responses import (
    ComparedOut,
    EligibilityOut,
    MessageOut,
    RouteOut,
    SuggestionOut,
    TransactionOut,
    TransactionRef,
    UnmatchedWholeOut,
    WorkFieldOut,
    WorkItemOut,
)
from priorwire.gateway.arrived import UnmatchedRow
from priorwire.gateway.coverage_text import present_summary
from priorwire.gateway.explain import Explanation, present_explanation
from priorwire.gateway.needs import needs_of, overall
from priorwire.gateway.plain import plain
from priorwire.gateway.presentation import present_need, present_record, present_sources
from priorwire.gateway.queries import RawMessage, TransactionView
from priorwire.gateway.rows import TransactionRow, WorkItemRow, WorkState
from priorwire.gateway.unmatched import Shown
from priorwire.model.eligibility import Coverage, EligibilityInquiry


def transaction_out(view: TransactionView, *, sources: bool = False) -> TransactionOut:
    """An authorization, as the API shows it."""
    return TransactionOut.model_validate(_fields(view, sources=sources))


def eligibility_out(view: TransactionView, *, sources: bool = False) -> EligibilityOut:
    """An eligibility check, with its summary and the answer to "is an authorization required?"."""
    fields = _fields(view, sources=sources)
    request, latest = view.row.request, view.latest
    if isinstance(request, EligibilityInquiry) and latest and isinstance(latest.record, Coverage):
        needs = needs_of(latest.record, request)
        fields["authorization_required"] = overall(needs.values()).value
        fields["authorization_required_because"] = sorted({index for each in needs.values() for index in each.because})
        fields["authorization_needs"] = [
            {"procedure": plain(procedure), **present_need(each)}
            for procedure, each in needs.items()
            if procedure is not None
        ]
        fields["summary"] = present_summary(latest.record)
    return EligibilityOut.model_validate(fields)


def _fields(view: TransactionView, *, sources: bool) -> dict[str, object]:
    row, latest = view.row, view.latest
    return {
        "id": row.id,
        "case_id": row.case_id,
        "case_state": view.case.state.value,
        "kind": row.kind.value,
        "payer_id": row.payer_id,
        "status": row.status,
        "review": row.review.value if row.review else None,
        "delivery": row.delivery.value,
        "acknowledgment": row.acknowledgment.value,
        "evidence": row.evidence.name.lower(),
        "environment": row.environment.value,
        "simulated": row.simulated,
        "route": RouteOut(id=row.route_id, channel=row.channel.value, because=list(row.route_reasons)),
        "attempts": row.attempts,
        "inquiries": row.asks,
        "corrects": row.corrects,
        "superseded_by": row.superseded_by,
        "client_reference": row.client_reference,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "decided_at": row.decided_at,
        "ends_at": row.ends_at,
        "record": present_record(latest.record) if latest else None,
        "record_version": latest.version if latest else None,
        "record_read_at": latest.at if latest else None,
        "matched_by": latest.matched_by if latest else None,
        "open_work_items": [item.id for item in view.work_items if item.state is WorkState.OPEN],
        "sources": present_sources(latest.sources) if sources and latest else None,
        "messages": [message_out(each) for each in view.messages] or None,
    }


def explanation_out(explanation: Explanation) -> ExplanationOut:
    """Where a value was read, as the API shows it."""
    return ExplanationOut.model_validate(present_explanation(explanation))


def message_out(message: RawMessage) -> MessageOut:
    """A payload: X12 as text (every byte is one character), anything else as base64."""
    archived = message.archived
    is_text = archived.content_type in ("application/edi-x12", "application/json")
    return MessageOut(
        archive_id=archived.id,
        direction=archived.direction.value,
        at=archived.at,
        content_type=archived.content_type,
        sha256=archived.sha256,
        size=archived.size,
        simulated=archived.simulated,
        text=message.payload.decode("latin-1") if is_text else None,
        base64=None if is_text else base64.b64encode(message.payload).decode("ascii"),
    )


def transaction_ref(row: TransactionRow) -> TransactionRef:
    """A line of a list."""
    return TransactionRef(
        id=row.id,
        kind=row.kind.value,
        payer_id=row.payer_id,
        status=row.status,
        review=row.review.value if row.review else None,
        delivery=row.delivery.value,
        evidence=row.evidence.name.lower(),
        client_reference=row.client_reference,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def work_item_out(item: WorkItemRow) -> WorkItemOut:
    """A work item with its prefilled fields."""
    return WorkItemOut(
        id=item.id,
        kind=item.kind.value,
        state=item.state.value,
        transaction_id=item.transaction_id,
        payer_id=item.payer_id,
        instructions=item.instructions,
        url=item.url,
        fields=[WorkFieldOut(label=f.label, value=f.value, required=f.required) for f in item.fields],
        due_at=item.due_at,
        due_rule=item.due_rule,
        completed_by=item.completed_by,
        completed_at=item.completed_at,
        created_at=item.created_at,
    )


def unmatched_fields(row: UnmatchedRow) -> dict[str, object]:
    """An unmatched answer, as the list shows it."""
    return {
        "id": row.id,
        "archive_id": row.archive_id,
        "reason": row.reason,
        "candidates": [
            SuggestionOut(transaction_id=each.transaction_id, score=each.score, agrees=list(each.agrees))
            for each in row.candidates
        ],
        "at": row.at,
        "state": row.state.value,
        "work_item_id": row.work_item_id,
        "transaction_id": row.transaction_id,
        "resolved_by": row.resolved_by,
        "resolved_at": row.resolved_at,
    }


def unmatched_whole_out(shown: Shown) -> UnmatchedWholeOut:
    """An unmatched answer beside what comes nearest."""
    compared = [
        ComparedOut(
            transaction_id=each.row.id,
            score=each.score,
            agrees=list(each.agrees),
            status=each.row.status,
            created_at=each.row.created_at,
            against=list(each.doubts),
            refused=each.refusal,
        )
        for each in shown.compared
    ]
    return UnmatchedWholeOut.model_validate(
        {
            **unmatched_fields(shown.row),
            "kind": shown.kind,
            "says": shown.status,
            "endpoint_id": shown.archived.endpoint_id,
            "note": shown.row.note,
            "compared": compared,
        }
    )
