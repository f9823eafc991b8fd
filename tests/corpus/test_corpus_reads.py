"""Every public sample is read with declared findings and nothing else, and every byte of it is accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from priorwire.x12 import (
    ISSUE_CODES,
    Event,
    InterchangeStarted,
    Issue,
    Reader,
    Stray,
    TransactionSet,
    acknowledge,
    grammar,
    read,
    segments_of,
    validate,
    write_events,
)
from priorwire.x12.guides import guide_for
from priorwire.x12.proving import Prover
from priorwire.x12.validate import exactly
from tests.corpus.conftest import CORPUS, needs_corpus

pytestmark = needs_corpus
FILES = sorted(CORPUS.glob("*.edi"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def data(request: pytest.FixtureRequest) -> bytes:
    """The bytes of one sample."""
    path: Path = request.param
    return path.read_bytes()


def findings(ts: TransactionSet) -> list[Issue]:
    guide = guide_for(ts.transaction, ts.guide_id, ts.purpose, ts.segment_ids, ts.source_role).guide
    return validate(ts, guide).issues if guide else ts.issues


def test_every_byte_is_in_one_event_or_is_padding(data: bytes) -> None:
    text = data.decode("latin-1")
    spans = []
    terminators = set()
    for event in read(data):
        if isinstance(event, InterchangeStarted):
            terminators.add(event.delimiters.segment)
        if isinstance(event, Stray) and not event.segments:
            spans.append((event.start, event.end))
        spans += [(segment.start, segment.end) for segment in segments_of(event)]
    at = 0
    for start, end in [*sorted(spans), (len(text), len(text))]:
        assert start >= at
        gap = text[at:start]
        for terminator in terminators:
            gap = gap.replace(terminator, "", 1)
        assert not gap.replace(grammar.BYTE_ORDER_MARK, "").strip(grammar.PADDING)
        at = end


def test_every_finding_is_a_declared_one(data: bytes) -> None:
    for event in read(data):
        found = findings(event) if isinstance(event, TransactionSet) else event.issues
        for issue in found:
            assert ISSUE_CODES[issue.code.code] is issue.code
            assert 0 <= issue.place.start < issue.place.end <= len(data) + 1


def test_every_segment_is_placed_once(data: bytes) -> None:
    for event in read(data):
        guide = (
            isinstance(event, TransactionSet)
            and guide_for(event.transaction, event.guide_id, event.purpose, event.segment_ids, event.source_role).guide
        )
        if isinstance(event, TransactionSet) and guide:
            placed = validate(event, guide).placed
            assert sorted(map(id, placed.root.all_segments())) == sorted(map(id, event.segments))


def test_chunks_do_not_matter(data: bytes) -> None:
    reader = Reader()
    found: list[Event] = []
    for at in range(0, len(data), 7):
        reader.feed(data[at : at + 7])
        found += reader.events()
    reader.close()
    found += reader.events()
    assert found == list(read(data))


def test_what_is_written_again_reads_the_same(data: bytes) -> None:
    written = write_events(read(data))
    assert write_events(read(written)) == written


def test_it_can_be_acknowledged(data: bytes) -> None:
    interchanges = sum(isinstance(event, InterchangeStarted) for event in read(data))
    assert len(list(acknowledge(read(data), findings))) == interchanges


def test_what_the_text_proves_is_what_the_tree_says(data: bytes) -> None:
    for event in (each for each in read(data) if isinstance(each, TransactionSet)):
        guide = guide_for(event.transaction, event.guide_id, event.purpose, event.segment_ids, event.source_role).guide
        if guide is None:
            continue
        quick = replace(guide)
        quick.compiled[event.delimiters] = Prover(quick, event.delimiters)
        assert validate(event, quick).issues == exactly(event, quick).issues
