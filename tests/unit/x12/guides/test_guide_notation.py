"""The notation guides are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.x12.guide import Element, Relation, Syntax, Usage
from priorwire.x12.guides.notation import codes, comp, el, loop, not_used, use

sizes = st.tuples(st.integers(1, 999), st.integers(0, 999)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(
    usage=st.sampled_from("RS"),
    kind=st.sampled_from(["AN", "ID", "DT", "TM", "R", "B", "N0", "N2"]),
    size=sizes,
    repeat=st.integers(1, 99),
)
def test_an_element_says_what_was_written(usage: str, kind: str, size: tuple[int, int], repeat: int) -> None:
    least, most = size
    times = f" x{repeat}" if repeat > 1 else ""
    assert el(f"{usage} {kind} {least}/{most}{times}", "label") == Element(
        usage=Usage(usage), type=kind, min=least, max=most, repeat=repeat, label="label"
    )


def test_one_length_is_both_ends() -> None:
    assert (el("R DT 8").min, el("R DT 8").max) == (8, 8)


def test_no_codes_named_is_an_open_list() -> None:
    assert el("R ID 2").codes is None
    assert el("R ID 2", "", "A B").codes == frozenset({"A", "B"})


def test_a_code_with_a_blank_is_quoted() -> None:
    assert codes("'SITUATIONAL TRIGGER' X") == {"SITUATIONAL TRIGGER", "X"}


def test_not_used_is_not_used() -> None:
    assert el("N").usage is Usage.NOT_USED
    assert [each.usage for each in not_used(3)] == [Usage.NOT_USED] * 3


def test_a_use_says_how_often_by_what_and_under_which_notes() -> None:
    one = use("REF", "S9", "numbers", el("R ID 2"), el("S AN 1/50"), when="1=BB NT", syntax="R0102 C010203")
    assert (one.usage, one.max) == (Usage.SITUATIONAL, 9)
    assert one.when == ((1, frozenset({"BB", "NT"})),)
    assert one.syntax == (Syntax(Relation.REQUIRED, (1, 2)), Syntax(Relation.CONDITIONAL, (1, 2, 3)))


def test_a_use_may_be_known_by_a_component() -> None:
    assert use("CTX", "S1", "", el("R AN 1"), when="1-2=A").when == (((1, 2), frozenset({"A"})),)


def test_without_limit_is_none() -> None:
    assert loop("2000F", "S>1", "", use("HL", "R1", "")).max is None


def test_a_composite_says_its_usage_and_repeat() -> None:
    one = comp("S x10", "races", el("R AN 1"), el("S AN 1"), syntax="P0102")
    assert (one.usage, one.repeat, one.syntax) == (
        Usage.SITUATIONAL,
        10,
        (Syntax(Relation.PAIRED, (1, 2)),),
    )


@pytest.mark.parametrize("spec", ["", "R", "R ID", "R ID 2/", "X ID 2", "R QQ 2", "R ID 2/3 x", "n", "R ID 2 "])
def test_an_element_out_of_the_notation_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="notation"):
        el(spec)


@pytest.mark.parametrize(
    ("occurs", "when", "syntax"), [("S", "", ""), ("R1", "BB", ""), ("R1", "", "P1"), ("R1", "", "Q0102")]
)
def test_a_use_out_of_the_notation_is_refused(occurs: str, when: str, syntax: str) -> None:
    with pytest.raises(ValueError, match="notation"):
        use("REF", occurs, "", el("R AN 1"), when=when, syntax=syntax)
