"""Sets cut out of the text at once are the sets that would be read segment by segment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.bench.batches import alone, batch
from priorwire.x12 import Event, Segment, TransactionSet, read
from priorwire.x12.set_text import SegmentsOfText
from tests.unit.x12.samples import interchange, transaction


def told(events: list[Event]) -> list[object]:
    """Everything that the events say, place by place."""
    return [
        (type(event).__name__, event.issues, [_place(each) for each in getattr(event, "segments", ())])
        for event in events
    ]


def _place(segment: Segment) -> tuple[object, ...]:
    return segment.number, segment.start, segment.end, segment.text()


def bytewise(data: bytes) -> list[Event]:
    return list(read(data[at : at + 1] for at in range(len(data))))


@pytest.mark.parametrize("joint", ["~", "~\n", "~\r\n", "\n"])
def test_a_set_is_the_same_whatever_ends_its_segments(joint: str) -> None:
    data = alone("271").replace(b"~", joint.encode())
    assert told(list(read(data))) == told(bytewise(data))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(106, 3_000),
    st.sampled_from([b"\n", b"~", b"~~", b"\r\n", b"SE*", b"~ST*", b"~ISA*", b"~BIN*3*", b" ", b"~\n"]),
)
def test_what_breaks_into_a_set_gives_the_same_events(at: int, what: bytes) -> None:
    data = b"".join(batch("271", 2_500))
    data = data[:at] + what + data[at:]
    sizes = (7, 64, 1_000)
    expected = told(list(read(data)))
    for size in sizes:
        assert told(list(read(data[each : each + size] for each in range(0, len(data), size)))) == expected


def test_segments_of_text_behave_like_a_list() -> None:
    (ts,) = (event for event in read(interchange(transaction())) if isinstance(event, TransactionSet))
    segments = ts.segments
    assert isinstance(segments, SegmentsOfText)
    made = list(segments)
    assert segments == made
    assert made == segments
    assert [segments[index] for index in range(-len(made), len(made))] == made + made
    assert segments[1:4] == made[1:4]
    assert segments[-1] is made[-1]
    assert segments.ids == {each.id for each in made} == ts.segment_ids
    with pytest.raises(IndexError):
        segments[len(made)]
