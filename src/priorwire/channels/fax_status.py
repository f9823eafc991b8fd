"""What a fax carrier says became of a fax: a signed callback, checked and read.

The body is JSON with the members that carriers use: ``reference`` (ours, given back),
``status`` (``QUEUED``, ``IN_PROGRESS``, ``COMPLETED`` or ``FAILURE``), ``numberOfPages``,
``pagesSentSuccessfully`` and ``errorType``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway.fax_status import FaxStatus
from priorwire.gateway.signatures import verify

_UNDER_WAY: Final = ("QUEUED", "IN_PROGRESS")
_COMPLETED: Final = "COMPLETED"
_FAILURE: Final = "FAILURE"
#: What carriers call it -> what we say. Anything else is ``failed``: a carrier's text may hold anything.
_ERRORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BUSY": "busy",
        "LINE_BUSY": "busy",
        "NO_ANSWER": "no_answer",
        "NO_FAX_TONE": "no_fax_tone",
        "NOT_A_FAX": "no_fax_tone",
        "BAD_NUMBER": "bad_number",
        "INVALID_NUMBER": "bad_number",
        "PARTIAL": "partial_pages",
        "PARTIAL_PAGES": "partial_pages",
    }
)
_LONGEST_REFERENCE: Final = 50


def read_status(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> FaxStatus:
    """Check a callback's signature (Standard Webhooks) and read it.

    Raises Unauthorized for a bad signature or one older than five minutes, and
    InvalidRequest for a signed body that is no status.
    """
    verify(secret, headers, body, now)
    return _status(_members(body))


def _members(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _wrong("", "not_json_object", "A fax status is a JSON object.")
    return said


def _status(said: Mapping[str, object]) -> FaxStatus:
    reference, status = said.get("reference"), said.get("status")
    if not isinstance(reference, str) or not 0 < len(reference) <= _LONGEST_REFERENCE:
        raise _wrong("/reference", "required", "A fax status names the reference of its fax.")
    sent, total = _count(said, "pagesSentSuccessfully"), _count(said, "numberOfPages")
    if status in _UNDER_WAY:
        return FaxStatus(reference=reference, final=False, delivered=False, pages=sent, error=None)
    if status not in (_COMPLETED, _FAILURE):
        raise _wrong("/status", "unknown", "A fax status is QUEUED, IN_PROGRESS, COMPLETED or FAILURE.")
    error = _error(said.get("errorType")) if status == _FAILURE else None
    if sent is not None and total is not None and 0 < sent < total:
        # a request without its last pages is no request, whatever the carrier calls it
        error = "partial_pages"
    elif status == _COMPLETED and sent == 0:
        error = "failed"
    return FaxStatus(reference=reference, final=True, delivered=error is None, pages=sent, error=error)


def _count(said: Mapping[str, object], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(f"/{name}", "not_a_count", "A number of pages is a whole number from 0.")
    return value


def _error(given: object) -> str:
    return _ERRORS.get(given.upper(), "failed") if isinstance(given, str) else "failed"


def _wrong(pointer: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest((Fault(pointer=pointer, code=code, detail=detail),), "The fax status cannot be read.")
