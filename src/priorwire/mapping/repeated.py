"""Which documents of a reply the request itself announced: told apart from those that the reviewer wants.

A response repeats the request's PWK where some payers echo what they were sent, and asks for documents with the
same segment (005010X217, 2000E and 2000F PWK). Only beside the request can the two be told apart: a PWK with the
report type, the way and the control number of an announcement is that announcement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from priorwire.mapping import spelling
from priorwire.mapping.trace import Reading
from priorwire.model.authorization import (
    AuthorizationRecord,
    DocumentKind,
    PendedFor,
    RequestedDocument,
    ServiceDecision,
)
from priorwire.model.care import Attachment
from priorwire.model.evidence import Source

_Key = tuple[str, str, str]
#: Where a document is asked for; what a pend waits for stands in HCR where a reason says it.
_ASKING = frozenset({"PWK", "HI"})
_IN_LIST = re.compile(r"requested_documents\[(\d+)\](.*)")
_RULE = "document announced by the request"


def told_apart(reading: Reading[AuthorizationRecord], announced: Sequence[Attachment]) -> Reading[AuthorizationRecord]:
    """The same reading, with what the request announced among `AuthorizationRecord.repeated_documents`.

    A review that seemed to wait for such a document, and for no other and by no reason, waits for what is not stated.

    Args:
        reading: of a reply to the request.
        announced: the documents that the request announced, with the numbers that they went out with.
    """
    record, keys = reading.record, {_announced(each) for each in announced}
    asked = record.requested_documents
    kept = [index for index, each in enumerate(asked) if _said(each) not in keys]
    if len(kept) == len(asked):
        return reading
    moved = [index for index in range(len(asked)) if index not in kept]
    before = len(record.repeated_documents)
    places = {
        **{old: f"requested_documents[{new}]" for new, old in enumerate(kept)},
        **{old: f"repeated_documents[{new}]" for new, old in enumerate(moved, before)},
    }
    sources = dict(_moved(reading.sources, places))
    wanted = {f"requested_documents[{new}]": asked[old] for new, old in enumerate(kept)}
    apart = replace(
        record,
        requested_documents=tuple(wanted.values()),
        repeated_documents=(*record.repeated_documents, *(asked[index] for index in moved)),
        pended_for=_pended_for(record, "", wanted, sources),
    )
    lines = [_line(each, number, wanted, sources) for number, each in enumerate(record.services, 1)]
    return Reading(record=replace(apart, services=tuple(lines)), sources=sources)


def _announced(each: Attachment) -> _Key:
    number = spelling.identifier(each.control_number) or ""
    return spelling.code(each.report_type) or "", each.way.value, number.upper()


def _said(each: RequestedDocument) -> _Key | None:
    """`None` for a question by LOINC, which no request announces."""
    if each.kind is not DocumentKind.REPORT_TYPE:
        return None
    return each.code, each.way or "", (each.control_number or "").upper()


def _moved(sources: Mapping[str, Source], places: Mapping[int, str]) -> list[tuple[str, Source]]:
    found = []
    for path, source in sources.items():
        listed = _IN_LIST.fullmatch(path)
        if listed is None:
            found.append((path, source))
            continue
        place = places[int(listed[1])]
        is_repeated = place.startswith("repeated")
        found.append((place + listed[2], replace(source, rule=_RULE) if is_repeated else source))
    return found


def _line(
    line: ServiceDecision, number: int, wanted: Mapping[str, RequestedDocument], sources: dict[str, Source]
) -> ServiceDecision:
    # A service without a decision of its own waits for what the event waits for.
    own = {path: each for path, each in wanted.items() if line.decision_code is None or each.service == number}
    return replace(line, pended_for=_pended_for(line, f"services[{number - 1}].", own, sources))


def _pended_for(
    decided: AuthorizationRecord | ServiceDecision,
    below: str,
    wanted: Mapping[str, RequestedDocument],
    sources: dict[str, Source],
) -> PendedFor | None:
    source = sources.get(f"{below}pended_for")
    if source is None or source.segment not in _ASKING:
        return decided.pended_for
    first = next(iter(wanted), None)
    stands = f"{below}status" if first is None else f"{first}.code"
    rule = "no reason given for the pend" if first is None else source.rule
    sources[f"{below}pended_for"] = replace(sources[stands], rule=rule)
    return PendedFor.NOT_STATED if first is None else decided.pended_for
