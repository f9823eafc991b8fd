"""Arranging by what was learnt gives the same tree as placing each segment anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.bench.batches import batch
from priorwire.x12 import LoopNode, Segment, TransactionSet, place, read
from priorwire.x12.guide import Guide
from priorwire.x12.guides import guide
from priorwire.x12.loops import place as place_exactly


def shape(node: LoopNode) -> object:
    """A tree as plain values: what stands where, and as which part."""
    items = [each.number if isinstance(each, Segment) else shape(each) for each in node.items]
    return node.id, node.is_known, node.known, node.counts, node.reached, items


def same(ts: TransactionSet, rules: Guide) -> bool:
    one, other = place(ts, rules), place_exactly(ts, rules)
    return shape(one.root) == shape(other.root) and (one.issues, one.unplaced) == (other.issues, other.unplaced)


def sets(kind: str, *, faulty: bool = False) -> list[TransactionSet]:
    return [each for each in read(batch(kind, 60_000, faulty=faulty)) if isinstance(each, TransactionSet)]


def test_every_set_of_a_batch_is_arranged_as_it_is_placed() -> None:
    for kind in ("271", "278-response"):
        for faulty in (False, True):
            assert all(same(each, guide(kind)) for each in sets(kind, faulty=faulty))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["271", "278-response"]), st.data())
def test_sets_with_segments_lost_moved_or_doubled_are_too(kind: str, data: st.DataObject) -> None:
    whole = sets(kind)[data.draw(st.integers(0, 5))]
    segments = [Segment(list(each.elements), each.delimiters, number=each.number) for each in whole.segments]
    for _ in range(data.draw(st.integers(1, 4))):
        at, to = (data.draw(st.integers(1, len(segments) - 2)) for _ in range(2))
        match data.draw(st.sampled_from(["lose", "move", "double", "blank", "strange"])):
            case "lose":
                del segments[at]
            case "move":
                segments.insert(to, segments.pop(at))
            case "double":
                segments.insert(to, segments[at])
            case "blank":
                segments[at].elements[1] = f" {segments[at].elements[1]}"  # type: ignore[index]  # a list, made above
            case _:
                segments[at].elements[1] = data.draw(st.sampled_from(["", "ZZ", "1", "QC", "L5"]))  # type: ignore[index]
    numbered = [Segment(each.elements, each.delimiters, number=number) for number, each in enumerate(segments, 1)]
    assert same(TransactionSet(segments=numbered, interchange=whole.interchange, group=whole.group), guide(kind))
