"""What the API answers when asked where a value was read; the shape is that of `gateway.explain`."""

from __future__ import annotations

from pydantic import BaseModel


class SourceOut(BaseModel):
    """One place in the message: as X12 counts it, and in bytes."""

    interchange: int
    transaction_set: int
    segment: str
    #: Number of the segment in its set; ST is 1.
    position: int
    #: 0 is the segment itself, by standing where it does.
    element: int
    component: int | None
    repeat: int | None
    #: Byte range of the value, and of its segment: first byte, one past the last.
    start: int
    end: int
    segment_start: int
    segment_end: int
    #: Which rule read it.
    rule: str


class PlaceOut(BaseModel):
    """The place, and what stands there by the guide; null where the guide has no such element or loop."""

    label: str | None
    loop: str | None
    loop_label: str | None
    source: SourceOut


class LeafOut(PlaceOut):
    """One value of the record, where it was read, and the further places that it rests on."""

    path: str
    value: str
    also: list[PlaceOut]


class PieceOut(BaseModel):
    """A piece of a segment's text, and whether a value was read from it."""

    text: str
    read: bool


class SegmentOut(BaseModel):
    """A segment of the message as it stands in the bytes."""

    position: int
    start: int
    end: int
    pieces: list[PieceOut]


class ExplanationOut(BaseModel):
    """A field of the latest record, explained from the archived bytes."""

    field: str
    kind: str
    guide: str
    leaves: list[LeafOut]
    segments: list[SegmentOut]
