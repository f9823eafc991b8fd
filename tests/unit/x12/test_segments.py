"""Segments: built with every separator in its place, read by X12's own numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import LocalX12Error
from priorwire.x12 import DEFAULT_DELIMITERS, Delimiters, Repeat, Segment, Value, make_segment
from tests.unit.x12.samples import OTHER_DELIMITERS

TEXT = st.text("ABC 019.-", max_size=5)
VALUES: st.SearchStrategy[Value] = (
    TEXT | st.tuples(TEXT, TEXT, TEXT) | st.lists(TEXT, max_size=3).map(Repeat) | st.none()
)


def make(*values: Value, delimiters: Delimiters = DEFAULT_DELIMITERS) -> Segment:
    return make_segment(delimiters, "NM1", *values)


def test_empty_elements_keep_their_place() -> None:
    assert make("1P", "2", "ORG", None, "", None, None, "XX", "1").text() == "NM1*1P*2*ORG*****XX*1"


def test_trailing_separators_are_not_sent() -> None:
    assert make("A", None, "").text() == "NM1*A"
    assert make(("A", "", ""), Repeat(["B", ""])).text() == "NM1*A*B"


def test_components_and_repeats() -> None:
    segment = make(("HC", "99213", "", "25"), Repeat(["98", "86"]), "X")
    assert segment.text() == "NM1*HC:99213::25*98^86*X"
    assert segment.components(1) == ["HC", "99213", "", "25"]
    assert (segment.component(1, 2), segment.component(1, 3), segment.component(1, 9)) == ("99213", "", "")
    assert segment.repeats(2) == ["98", "86"]
    assert (segment.component(2, 1, 2), segment.components(2, 3)) == ("86", [])
    assert (segment.element(3), segment.element(9), segment.repeats(9)) == ("X", "", [])


def test_without_a_repetition_separator_nothing_repeats() -> None:
    four = Delimiters(repetition=None)
    assert Segment(["EB", "98^86"], four).repeats(1) == ["98^86"]
    assert make(Repeat(["98"]), delimiters=four).text() == "NM1*98"
    with pytest.raises(LocalX12Error, match="NM101: repeats"):
        make(Repeat(["98", "86"]), delimiters=four)


@pytest.mark.parametrize("bad", ["A*B", "A~", ":", "^", "A\nB", "\x7f"])
def test_a_value_that_would_break_the_segment_is_refused_unseen(bad: str) -> None:
    with pytest.raises(LocalX12Error, match="NM102") as refused:
        make("QZXJ", "QZXJ" + bad)
    assert "QZXJ" not in str(refused.value)
    with pytest.raises(LocalX12Error, match="NM101-2"):
        make(("A", bad))


@pytest.mark.parametrize("nothing", [(), (None,), ("", None), ((), Repeat([]))])
def test_a_segment_without_data_is_refused(nothing: tuple[Value, ...]) -> None:
    with pytest.raises(LocalX12Error, match="without a data element"):
        make(*nothing)


def test_segments_are_equal_in_what_they_say() -> None:
    assert Segment(["NM1", "A:B::", ""], number=3, start=9) == Segment(["NM1", "A>B"], OTHER_DELIMITERS)
    assert hash(Segment(["NM1", "A", ""])) == hash(Segment(["NM1", "A"]))
    assert Segment(["NM1", "A"]) != Segment(["NM1", "", "A"])
    assert Segment(["NM1", "A"]) != Segment(["REF", "A"])
    assert Segment(["NM1", "A"]) != "NM1*A"


def test_a_repr_shows_the_place_and_nothing_else() -> None:
    assert repr(Segment(["NM1", "SECRET"], number=3, start=5, end=9)) == "<Segment NM1 #3 at 5..9>"


@given(st.lists(VALUES, max_size=6), st.sampled_from([DEFAULT_DELIMITERS, OTHER_DELIMITERS]))
def test_what_was_put_in_comes_out(values: list[Value], delimiters: Delimiters) -> None:
    segment = make("X", *values, delimiters=delimiters)
    for number, value in enumerate(values, 2):
        if isinstance(value, Repeat):
            wanted = [str(each) for each in value]
            got = segment.repeats(number)
            assert got + [""] * (len(wanted) - len(got)) == wanted or not any(wanted)
        elif isinstance(value, tuple):
            assert [segment.component(number, n) for n in (1, 2, 3)] == list(value)
        else:
            assert segment.element(number) == (value or "")


def test_delimiters_show_themselves() -> None:
    assert str(DEFAULT_DELIMITERS) == "*^:~"
    assert str(Delimiters(repetition=None)) == "*:~"
