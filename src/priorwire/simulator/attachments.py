"""Documents that come for a review (275), by the payer's eyes.

Written on its own, as `asked` is. The bytes of a document are taken by their stated length, which
the reader has honoured: they may hold any delimiter. A payer files a document by its number alone:
the one that it asked with, or the one that the request announced. Whether it found a place for it
the journal says; a 999 speaks of the form only.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

from priorwire.x12.issues import ELEMENT_MISSING, Issue, Place
from priorwire.x12.segments import Segment

from .reviews import Review

#: ST01.
TRANSACTION = "275"
#: BGN01 and TRN01 of an answer to a payer's question.
_ANSWER, _ECHOED = "11", "2"
_PATIENT = frozenset({"QC", "IL", "03"})
#: Which element of a segment of bytes holds their length, and which the bytes.
_BYTES = {"BIN": (1, 2), "BDS": (2, 3)}


@dataclass(frozen=True, kw_only=True, repr=False)
class Filed:
    """One document."""

    #: TRN02.
    number: str
    #: Whether it says that it answers the payer's question (TRN01).
    is_answer: bool
    content: bytes
    #: Whether the length was as stated and the encoding could be undone.
    is_whole: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Delivered:
    """One 275."""

    #: BGN02.
    reference: str
    is_answer: bool
    #: The patient's member id.
    member: str
    documents: tuple[Filed, ...]


def read_delivered(segments: Sequence[Segment]) -> Delivered:
    """What a 275 brings; what it lacks is empty."""
    bgn = next((s for s in segments if s.id == "BGN"), None)
    patient = next((s for s in segments if s.id == "NM1" and s.element(1).strip() in _PATIENT), None)
    starts = [at for at, s in enumerate(segments) if s.id == "LX"]
    ends = [*starts[1:], len(segments)]
    return Delivered(
        reference=bgn.element(2).strip() if bgn else "",
        is_answer=bgn is not None and bgn.element(1).strip() == _ANSWER,
        member=patient.element(9).strip() if patient else "",
        documents=tuple(_filed(segments[start:end]) for start, end in zip(starts, ends[: len(starts)], strict=True)),
    )


def _filed(segments: Sequence[Segment]) -> Filed:
    trace = next((s for s in segments if s.id == "TRN"), None)
    held = next((s for s in segments if s.id in _BYTES), None)
    content, is_whole = _content(held) if held else (b"", False)
    return Filed(
        number=trace.element(2).strip() if trace else "",
        is_answer=trace is not None and trace.element(1).strip() == _ECHOED,
        content=content,
        is_whole=is_whole,
    )


def _content(held: Segment) -> tuple[bytes, bool]:
    at_length, at_bytes = _BYTES[held.id]
    raw = held.element(at_bytes).encode("latin-1", "replace")
    is_whole = held.element(at_length).strip() == str(len(raw))
    if held.id == "BDS" and held.element(1).strip() == "B64":
        try:
            return b64decode(raw, validate=True), is_whole
        except binascii.Error:
            return b"", False
    return raw, is_whole


def refused_by_order() -> Issue:
    """What an ordered rejection claims: the set's second segment has an element in error."""
    return Issue(code=ELEMENT_MISSING, place=Place(segment="BGN", position=2, element=1))


def wants(review: Review, document: Filed) -> bool:
    """Whether the payer asked for this document, under this number, and it says that it answers."""
    number = review.administrative_reference
    asked = review.scenario.first
    numbers = {number, *(f"{number}{report}" for report in asked.documents)}
    return document.is_answer and bool(asked.documents or asked.questions) and document.number in numbers


def announces(review: Review, document: Filed) -> bool:
    """Whether the request announced a document of this number (PWK06), and it says that it comes of itself."""
    levels = (review.event, *review.asked.services)
    numbers = {pwk.element(6).strip() for level in levels for pwk in level.every("PWK")}
    return not document.is_answer and document.number in numbers - {""}
