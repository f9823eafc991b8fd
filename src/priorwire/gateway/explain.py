"""Explain: where in the bytes a value of a record stands, what stands around it, and the rule that read it.

Reads the payload anew (a file, or what the archive holds) and never anything else: what is
shown is what came, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from operator import attrgetter

from priorwire.errors import Fault, InvalidRequest
from priorwire.gateway.answered import answered
from priorwire.gateway.ports import Services
from priorwire.gateway.presentation import present_source
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.gateway.rows import AnyRecord
from priorwire.mapping import patient_segments
from priorwire.model.evidence import Source
from priorwire.model.identifiers import TenantId, TransactionId
from priorwire.x12 import LoopNode, Segment, Ta1Read, TransactionSet, place, read
from priorwire.x12.guide import Composite, Use
from priorwire.x12.guides import guide_for

#: How many segments are shown before and behind one that a value was read from.
_AROUND = 2
#: How many fields an unknown one is likened to.
_NEAR = 8
_ALIKE = 0.5


@dataclass(frozen=True, kw_only=True, repr=False)
class Place:
    """One place that a value was read from, in words."""

    source: Source
    #: What the element says, in our own words; `None` where the guide has no such element.
    label: str | None
    #: The loop it stands in, and what that is; `None` where the guide has none for it.
    loop: str | None
    loop_label: str | None
    #: Whether its segment says who the patient is.
    names_patient: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Leaf:
    """One value of a record, and where it was read."""

    #: Dotted path in the record.
    path: str
    #: As the record's JSON shows it.
    value: str
    place: Place
    #: The further places that it rests on.
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class ShownSegment:
    """One segment of the message, as it stands in the bytes."""

    #: Number in its set (ST is 1).
    position: int
    #: Byte range in the payload, without the terminator.
    start: int
    end: int
    #: Its text in pieces, and whether the value was read from each.
    pieces: tuple[tuple[str, bool], ...]
    names_patient: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanation:
    """A field of a record, explained."""

    field: str
    #: The kind of message and the guide that it was read by.
    kind: str
    guide: str
    leaves: tuple[Leaf, ...]
    #: Their segments with some around each, in order.
    segments: tuple[ShownSegment, ...]


def explain(data: bytes, field: str | None = None, *, record: int = 1) -> Explanation:
    """Explain a field of a record that a payload says.

    Args:
        data: whole interchanges.
        field: dotted path in the record, of one value or of a part with several; `None` for all of it.
        record: which of the records that the payload gives, from 1.

    Raises:
        RemoteX12Error: it cannot be read as X12 at all.
        InvalidRequest: there is no such record, or no such field in it; near ones are named.
    """
    seen = 0
    for said in read_payload(data):
        for reading in said.readings if isinstance(said, SetRead) else ():
            seen += 1
            if seen == record:
                return _explained(data, reading.record, reading.sources, field)
    detail = f"It gives {seen} records, counted from 1." if seen else "It gives no record: nothing in it answers."
    raise InvalidRequest((Fault(pointer="/record", code="not_found", detail=detail),))


def explain_stored(services: Services, tenant: TenantId, transaction_id: TransactionId, field: str) -> Explanation:
    """Explain a field of the latest record of a transaction, from the archived bytes that it was read from.

    Raises:
        NotFound: no such transaction, also for another tenant's.
        InvalidRequest: it has no record yet, or one that a person entered, or no such field.
    """
    with services.store.read(tenant) as uow:
        row = uow.transactions.get(transaction_id)
        latest = next(reversed(uow.records.history(transaction_id)), None)
        if latest is None or latest.archive_id is None or not latest.sources:
            detail = "There is no record that was read from a message."
            raise InvalidRequest((Fault(pointer="/field", code="not_read", detail=detail),))
        _, payload = uow.archive.get(latest.archive_id)
    latest = answered(row, latest)
    return _explained(payload, latest.record, latest.sources, field)


def _explained(data: bytes, record: AnyRecord, sources: Mapping[str, Source], field: str | None) -> Explanation:
    chosen = list(sources) if field is None else _paths_of(field, sources)
    if not chosen:
        raise InvalidRequest((_unknown(sources, field or ""),))
    message = _Message(data, sources[chosen[0]].transaction_set)
    leaves = tuple(_leaf(message, path, record, sources[path]) for path in sorted(chosen, key=_by_number))
    segments = message.around([each for leaf in leaves for each in (leaf.place, *leaf.also)]) if field else ()
    return Explanation(
        field=field or "", kind=message.kind, guide=message.guide_id, leaves=leaves, segments=tuple(segments)
    )


def _leaf(message: _Message, path: str, record: AnyRecord, source: Source) -> Leaf:
    return Leaf(
        path=path,
        value=_shown(_value(record, path)),
        place=message.place(source),
        also=tuple(message.place(each) for each in source.also),
    )


# --- fields -----------------------------------------------------------------------------------------------------

#: How the JSON of a record names what the record itself names otherwise: the end of a path, and what it becomes.
_NAMED_OTHERWISE = (
    (re.compile(r"\bquantity\.unit$"), "unit"),
    (re.compile(r"\bquantity\.counts$"), "counts"),
    (re.compile(r"(dates\[\d+\])\[0\]$"), r"\1.name"),
    (re.compile(r"(dates\[\d+\])\[1\]"), r"\1"),
    (re.compile(r"(numbers\[\d+\])\[0\]$"), r"\1.kind"),
    (re.compile(r"(numbers\[\d+\])\[1\]$"), r"\1.number"),
    (re.compile(r"(number_notes\[\d+\])\[0\]$"), r"\1.kind"),
    (re.compile(r"(number_notes\[\d+\])\[1\]$"), r"\1.note"),
)


def _in_json(path: str) -> str:
    for named, other in _NAMED_OTHERWISE:
        path = named.sub(other, path)
    return path


def _paths_of(field: str, sources: Mapping[str, Source]) -> list[str]:
    """The leaves at or below a field, by the names of the record or of its JSON."""
    return [path for path in sources if any(_is_below(each, field) for each in {path, _in_json(path)})]


def _is_below(path: str, field: str) -> bool:
    return path == field or (path.startswith(field) and path[len(field)] in ".[")


def _unknown(sources: Mapping[str, Source], field: str) -> Fault:
    """The fault of a field that the record does not have, with those that are spelled most like it."""
    known = sorted({_in_json(path) for path in sources}, key=_by_number)
    last = field.rpartition(".")[2]
    near = [
        *get_close_matches(field, known, n=_NEAR, cutoff=_ALIKE),
        *(path for path in known if path.rpartition(".")[2] == last),
    ]
    listed = ", ".join(dict.fromkeys(near[:_NEAR])) or ", ".join(known[:_NEAR])
    return Fault(
        pointer="/field",
        code="unknown_field",
        detail=f"The record has no such field, or the message says nothing for it. Near: {listed}.",
    )


def _by_number(path: str) -> list[tuple[int, str]]:
    return [(int(each), "") if each.isdigit() else (0, each) for each in re.split(r"(\d+)", path)]


def _value(record: object, path: str) -> object:
    for name, index in re.findall(r"([a-z_0-9]+)|\[(\d+)\]", path):
        record = attrgetter(name)(record) if name else _item(record, int(index))
    return record


def _item(several: object, index: int) -> object:
    assert isinstance(several, Sequence), "a path with an index leads to something that has items"
    return several[index]


def _shown(value: object) -> str:
    match value:
        case Enum():
            return str(value.value)
        case Decimal():
            return f"{value:f}"
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            assert not is_dataclass(value), "a leaf is one value"
            return str(value)


# --- the message ------------------------------------------------------------------------------------------------


class _Message:
    """One transaction set of a payload, placed."""

    def __init__(self, data: bytes, ordinal: int) -> None:
        found = _set_of(data, ordinal)
        chosen = guide_for(found.transaction, found.guide_id, found.purpose, found.segment_ids)
        assert chosen.guide is not None, "a record was read from it"
        self.kind = chosen.kind
        self.guide_id = found.guide_id or chosen.guide.id
        self._data = data
        root = place(found, chosen.guide).root
        self._segments = found.segments
        self._uses = dict(_uses(root))
        self._patient = patient_segments(root)

    def place(self, source: Source) -> Place:
        """A place, in words."""
        use, node = self._uses.get(source.position, (None, None))
        return Place(
            source=source,
            label=_label(use, source) if use else None,
            loop=node.named if node else None,
            loop_label=(node.guide.label or None) if node and node.named else None,
            names_patient=source.position in self._patient,
        )

    def around(self, places: Sequence[Place]) -> Iterator[ShownSegment]:
        """The segments of some places, with a few before and behind each."""
        ranges: dict[int, list[tuple[int, int]]] = {}
        for each in places:
            ranges.setdefault(each.source.position, []).append((each.source.start, each.source.end))
        near = {at for position in ranges for at in range(position - _AROUND, position + _AROUND + 1)}
        for position in sorted(near):
            if 1 <= position <= len(self._segments):
                yield self._segment(self._segments[position - 1], position, ranges.get(position, []))

    def _segment(self, segment: Segment, position: int, ranges: list[tuple[int, int]]) -> ShownSegment:
        pieces: list[tuple[str, bool]] = []
        at = segment.start
        for start, end in sorted(set(ranges)):
            if start < at:
                continue
            pieces.append((_text(self._data[at:start]), False))
            pieces.append((_text(self._data[start:end]), True))
            at = end
        pieces.append((_text(self._data[at : segment.end]), False))
        return ShownSegment(
            position=position,
            start=segment.start,
            end=segment.end,
            pieces=tuple(each for each in pieces if each[0]),
            names_patient=position in self._patient,
        )


def _set_of(data: bytes, ordinal: int) -> TransactionSet:
    """The set of that ordinal; a TA1 counts as one, as everywhere."""
    counted = (event for event in read(data) if isinstance(event, TransactionSet | Ta1Read))
    found = next((event for number, event in enumerate(counted, 1) if number == ordinal), None)
    if not isinstance(found, TransactionSet):
        detail = "The message no longer reads as it did when the record was made."
        raise InvalidRequest((Fault(pointer="/field", code="not_read", detail=detail),))
    return found


def _uses(root: LoopNode) -> Iterator[tuple[int, tuple[Use | None, LoopNode]]]:
    """Number of a segment -> the use of the guide that it is, and its loop."""
    for node in root.walk():
        for item, index in zip(node.items, node.known, strict=True):
            if isinstance(item, Segment):
                part = node.guide.parts[index] if index >= 0 else None
                yield item.number, (part if isinstance(part, Use) else None, node)


def _label(use: Use, source: Source) -> str | None:
    if source.element == 0:
        return use.label or None
    element = use.elements[source.element - 1] if source.element <= len(use.elements) else None
    labels = [element.label] if element else []
    if isinstance(element, Composite) and source.component and source.component <= len(element.parts):
        labels.append(element.parts[source.component - 1].label)
    return ": ".join(each for each in labels if each) or None


def present_explanation(explanation: Explanation) -> dict[str, object]:
    """As plain JSON: it holds what the message holds, patients' values too."""
    return {
        "field": explanation.field,
        "kind": explanation.kind,
        "guide": explanation.guide,
        "leaves": [
            {
                "path": leaf.path,
                "value": leaf.value,
                **_place(leaf.place),
                "also": [_place(each) for each in leaf.also],
            }
            for leaf in explanation.leaves
        ],
        "segments": [
            {
                "position": each.position,
                "start": each.start,
                "end": each.end,
                "pieces": [{"text": text, "read": was_read} for text, was_read in each.pieces],
            }
            for each in explanation.segments
        ],
    }


def _place(place: Place) -> dict[str, object]:
    source = {name: value for name, value in present_source(place.source).items() if name != "also"}
    return {"label": place.label, "loop": place.loop, "loop_label": place.loop_label, "source": source}


def _text(data: bytes) -> str:
    """Bytes to show: UTF-8 where they are that, else one character a byte; a line break as a blank."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return re.sub(r"[\r\n]+", " ", text)
