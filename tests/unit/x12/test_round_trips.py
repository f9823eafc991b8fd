"""What is written reads as it was, for trees made from every guide, in whatever chunks it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from priorwire.x12 import (
    Delimiters,
    Event,
    GroupHeader,
    Guide,
    InterchangeHeader,
    LoopNode,
    Reader,
    Segment,
    SetToWrite,
    TransactionSet,
    make_segment,
    place,
    read,
    validate,
    write_events,
    write_interchange,
)
from priorwire.x12.guides import guides
from priorwire.x12.segments import DEFAULT_DELIMITERS, Repeat
from tests.strategies_x12 import DENSITIES, SEEDS, Branch, Document, Leaf, grown
from tests.unit.x12.samples import fingerprint, only_set

GUIDES = pytest.mark.parametrize("guide", guides(), ids=lambda each: f"{each.kind}-{each.id}")
AT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
OTHERS = Delimiters(element="|", repetition="{", component=">", segment="\n")
#: For each guide so many sets: each is as long as a real one, and there are a dozen guides.
EXAMPLES = 30
#: Index of its part in the guide's loop, then the loop's id and what is in it, or the text of the segment.
Outline = tuple[int, str, tuple["Outline", ...]]


def grown_by(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with any seed and any density."""
    return settings(max_examples=EXAMPLES, deadline=None)(given(seed=SEEDS, density=DENSITIES)(test))


def grown_outline(branch: Branch) -> tuple[Outline, ...]:
    return tuple(
        (item.index, item.loop.id, grown_outline(item)) if isinstance(item, Branch) else (item.index, item.text(), ())
        for item in branch.items
    )


def read_outline(node: LoopNode) -> tuple[Outline, ...]:
    return tuple(
        (index, item.id, read_outline(item)) if isinstance(item, LoopNode) else (index, item.text(), ())
        for item, index in zip(node.items, node.known, strict=True)
    )


def segment_of(leaf: Leaf, delimiters: Delimiters) -> Segment:
    values = [Repeat(tuple(parts) for parts in repeats) if repeats else None for repeats in leaf.values]
    return make_segment(delimiters, leaf.use.id, *values)


def written(document: Document, delimiters: Delimiters = DEFAULT_DELIMITERS) -> bytes:
    guide, leaves = document.guide, document.leaves
    header = InterchangeHeader(sender="SENDER", receiver="RECEIVER", at=AT, control_number=7, usage="T")
    group = GroupHeader(
        functional_id=guide.functional_group, sender="SENDER", receiver="RECEIVER", at=AT, control_number=7,
        version=guide.id,
    )  # fmt: skip
    body = [segment_of(leaf, delimiters) for leaf in leaves[1:-1]]
    one = SetToWrite(
        transaction=leaves[0].get(1), control_number=leaves[0].get(2), guide_id=leaves[0].get(3), body=body
    )
    return write_interchange(header, [(group, [one])], delimiters)


@GUIDES
@grown_by
def test_a_tree_that_is_written_is_read_again(guide: Guide, seed: int, density: int) -> None:
    document = grown(guide, seed, density)
    ts = only_set(written(document))
    placed = place(ts, guide)
    assert placed.issues == []
    assert placed.unplaced == []
    assert read_outline(placed.root) == grown_outline(document.root)


@GUIDES
@grown_by
def test_what_the_guide_allows_has_no_finding(guide: Guide, seed: int, density: int) -> None:
    ts = only_set(written(grown(guide, seed, density)))
    assert [issue.says for issue in validate(ts, guide).issues] == []


@GUIDES
@grown_by
def test_the_choice_of_delimiters_changes_nothing(guide: Guide, seed: int, density: int) -> None:
    document = grown(guide, seed, density)
    ts = only_set(written(document, OTHERS))
    assert validate(ts, guide).issues == []
    assert ts.segments == only_set(written(document)).segments


@GUIDES
@grown_by
def test_bytes_that_are_read_are_written_again(guide: Guide, seed: int, density: int) -> None:
    payload = grown(guide, seed, density).data()
    assert write_events(read(payload)) == payload
    # Padding between segments is the normalization that is declared: nothing else changes. Where a length is
    # declared, the bytes after a terminator are counted from there, so that padding is safe after every one.
    padded = payload.replace(b"~", b"~\r\n")
    assert write_events(read(padded)) == payload


@GUIDES
@pytest.mark.parametrize("seed", range(3))
def test_chunks_do_not_matter(guide: Guide, seed: int) -> None:
    """Whole, byte by byte, and with something behind it."""
    payload = grown(guide, seed, 30 * seed).data()
    whole = list(read(payload))
    assert any(isinstance(event, TransactionSet) for event in whole)
    assert fingerprint(bytewise(payload)) == fingerprint(whole)
    assert fingerprint(list(read(payload + b"\r\n"))) == fingerprint(whole)
    assert fingerprint(list(read(payload + payload)))[: len(whole)] == fingerprint(whole)


def bytewise(payload: bytes) -> list[Event]:
    reader = Reader()
    found: list[Event] = []
    for byte in payload:
        reader.feed(bytes([byte]))
        found += reader.events()
    reader.close()
    return found + list(reader.events())
