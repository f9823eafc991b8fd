"""Which question or announcement a document answers, and under which number it goes: pure.

A document that the request announced goes under the number that the announcement gave it. One
that the payer asks for goes under the payer's own number, else nobody there finds it. What
neither announced nor asked for would be filed nowhere, and is refused here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway.answered import answered
from priorwire.gateway.rows import RecordRow, TransactionRow
from priorwire.mapping import BuildContext, announced
from priorwire.model.authorization import (
    AuthorizationRecord,
    AuthorizationRequest,
    DocumentKind,
    RequestedDocument,
)
from priorwire.model.care import Attachment, AttachmentWay
from priorwire.model.lifecycle import Review


@dataclass(frozen=True, kw_only=True, repr=False)
class Wanted:
    """How the practice says what its document is for. Nothing at all will do where there is only one choice."""

    #: Number of the announcement, or the one that the payer asks with.
    control_number: str | None = None
    #: Place of the announcement among those of the event and then of each service, from 0.
    announced: int | None = None
    #: Report type (code list 755).
    report_type: str | None = None
    #: Of the payer's question.
    loinc: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Target:
    """What a document answers."""

    control_number: str
    #: Whether the payer asked for it.
    solicited: bool
    report_type: str | None
    loinc: str | None


def target_of(row: TransactionRow, history: Sequence[RecordRow], context: BuildContext, wanted: Wanted) -> Target:
    """What the document is for.

    Args:
        row: an authorization.
        history: versions of its record, oldest first.
        context: with which the request was built: its trace number makes the numbers of what has none of its own.
        wanted: what the practice says.

    Raises:
        InvalidRequest: nothing, or more than one thing, is what the practice says.
    """
    offered = _announced(row, context)
    if wanted.announced is not None:
        return _at(offered, wanted.announced)
    asked = _asked(row, history)
    found = [each for each in asked if _fits(each, wanted)]
    if len(found) > 1 and wanted.control_number is None:
        raise _fault("control_number", "ambiguous", "The payer asks for several documents like this: name the number.")
    if found:
        return found[0]
    ours = [each for each in offered if each is not None and _fits(each, wanted)]
    if len(ours) > 1 and wanted.control_number is None:
        raise _fault("announced", "ambiguous", "Several such documents were announced: say which, counted from 0.")
    if ours:
        return ours[0]
    if asked or any(offered):
        raise _fault(_named(wanted), "not_wanted", "Neither announced by the request nor asked for by the payer.")
    detail = "The request announced no document to be sent electronically, and the payer asks for none."
    raise _fault(_named(wanted), "not_wanted", detail)


def _announced(row: TransactionRow, context: BuildContext) -> list[Target | None]:
    """In the order in which they stand; `None` for one that goes another way."""
    if not isinstance(row.request, AuthorizationRequest):
        return []
    return [_target(each) for each in announced(row.request, context)]


def _target(attachment: Attachment) -> Target | None:
    if attachment.way is not AttachmentWay.ELECTRONIC or attachment.control_number is None:
        return None
    return Target(
        control_number=attachment.control_number, solicited=False, report_type=attachment.report_type, loinc=None
    )


def _at(offered: Sequence[Target | None], index: int) -> Target:
    if index >= len(offered):
        raise _fault("announced", "not_found", "The request announced fewer documents; they count from 0.")
    found = offered[index]
    if found is None:
        raise _fault("announced", "other_way", "This one was announced to go another way than electronically.")
    return found


def _asked(row: TransactionRow, history: Sequence[RecordRow]) -> list[Target]:
    """What the payer asks for, while it waits: the answer to an inquiry need not repeat it."""
    if row.review is not Review.PENDED:
        return []
    for version in reversed(history):
        record = answered(row, version).record
        if isinstance(record, AuthorizationRecord) and record.requested_documents:
            return [target for each in record.requested_documents if (target := _answer(each, record, row))]
    return []


def _answer(asked: RequestedDocument, record: AuthorizationRecord, row: TransactionRow) -> Target | None:
    """A question without a number of its own goes by the payer's number of the review."""
    own = next((trace.number for trace in record.traces if not trace.returned), None)
    number = asked.control_number or own or row.administrative_reference or row.authorization_number
    if number is None:
        return None
    is_report = asked.kind is DocumentKind.REPORT_TYPE
    return Target(
        control_number=number,
        solicited=True,
        report_type=asked.code if is_report else None,
        loinc=None if is_report else asked.code,
    )


def _fits(target: Target, wanted: Wanted) -> bool:
    """Whether it is what the practice says, as far as that goes."""
    return (
        wanted.control_number in (None, target.control_number)
        and wanted.report_type in (None, target.report_type)
        and wanted.loinc in (None, target.loinc)
    )


def _named(wanted: Wanted) -> str:
    return next((name for name in ("report_type", "loinc") if getattr(wanted, name)), "control_number")


def _fault(name: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest((Fault(pointer=f"/{name}", code=code, detail=detail),))
