"""An overlay narrows, and refuses everything else with the place and the rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import GuideError
from priorwire.payers import Narrowing, narrow
from priorwire.x12.guide import Composite, Element, Guide, Loop, Usage, Use

R, S, N = Usage.REQUIRED, Usage.SITUATIONAL, Usage.NOT_USED


def _element(usage: Usage = S, **more: Any) -> Element:
    return Element(usage=usage, **more)


def _ref(qualifier: str) -> Use:
    return Use(
        id="REF",
        elements=(_element(R, codes=frozenset({qualifier})), _element(R, max=50)),
        when=((1, frozenset({qualifier})),),
    )


_EVENT = Loop(
    id="E",
    usage=S,
    max=5,
    parts=(
        Use(id="HL", usage=R, elements=(_element(R), _element(N))),
        Use(
            id="UM",
            usage=R,
            elements=(
                _element(R, codes=frozenset({"AR", "HS", "SC"})),
                Composite(parts=(_element(R), _element(S, codes=frozenset({"A", "B"}))), repeat=2),
            ),
        ),
        _ref("BB"),
        _ref("NT"),
        Use(id="MSG", elements=(_element(R, min=2, max=264),), max=None),
        Use(id="CRC", usage=N, elements=(_element(),)),
    ),
)
GUIDE = Guide(
    id="005010X999",
    kind="278-request",
    transaction="278",
    functional_group="HI",
    root=Loop(
        id="ST",
        usage=R,
        parts=(
            Use(id="ST", usage=R, elements=(_element(R),)),
            Loop(id="C", parts=(Use(id="HL", usage=R, elements=()), _EVENT)),
            Loop(id="D", parts=(Use(id="HL", usage=R, elements=()), _EVENT)),
        ),
    ),
)


def _narrowing(path: str, **effect: Any) -> Narrowing:
    return Narrowing(guide=effect.pop("guide", "278-request"), path=path, because="The payer says so.", **effect)


def _refused(path: str, **effect: Any) -> list[tuple[str, str]]:
    with pytest.raises(GuideError) as refusal:
        narrow(GUIDE, [_narrowing(path, **effect)])
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def _use(guide: Guide, segment: str, index: int = 0) -> Use:
    uses = [part for part in guide.loops["E"].parts if isinstance(part, Use) and part.id == segment]
    return uses[index]


def _is_narrower(narrow_: Element, wide: Element) -> bool:
    """Whether everything that `narrow_` accepts, `wide` accepts too."""
    if narrow_.usage is N:
        return wide.usage is not R
    fits_codes = wide.codes is None or (narrow_.codes is not None and narrow_.codes <= wide.codes)
    return (
        wide.usage is not N
        and (wide.usage is not R or narrow_.usage is R)
        and narrow_.min >= wide.min
        and narrow_.max <= wide.max
        and narrow_.repeat <= wide.repeat
        and fits_codes
    )


elements = st.builds(
    Element,
    usage=st.sampled_from(Usage),
    min=st.integers(1, 3),
    max=st.integers(3, 10),
    repeat=st.integers(1, 3),
    codes=st.none() | st.frozensets(st.sampled_from("ABC"), min_size=1),
)
effects = st.fixed_dictionaries(
    {},
    optional={
        "require": st.just(True),
        "forbid": st.just(True),
        "codes": st.frozensets(st.sampled_from("ABCD")),
        "max_length": st.integers(1, 12),
        "max_use": st.integers(1, 4),
    },
)


@given(elements, effects)
def test_whatever_is_not_refused_is_narrower(element: Element, effect: dict[str, Any]) -> None:
    use = Use(id="UM", usage=R, elements=(element,))
    root = Loop(id="ST", parts=(Use(id="ST", usage=R, elements=()), use))
    guide = Guide(id="X", kind="278-request", transaction="278", functional_group="HI", root=root)
    try:
        narrowed = narrow(guide, [_narrowing("ST/UM/01", **effect)])
    except GuideError:
        return
    (_, changed) = narrowed.root.parts
    assert isinstance(changed, Use)
    (after,) = changed.elements
    assert isinstance(after, Element)
    assert _is_narrower(after, element)
    assert after.rule == "The payer says so."


def test_without_narrowings_it_is_the_guide_itself() -> None:
    assert narrow(GUIDE, []) is GUIDE


def test_the_guide_itself_is_left_as_it_is() -> None:
    before = repr(GUIDE)
    narrow(GUIDE, [_narrowing("E/UM/01", codes=frozenset({"HS"}))])
    assert repr(GUIDE) == before


def test_codes_are_dropped_and_the_payers_sentence_is_kept() -> None:
    element = _use(narrow(GUIDE, [_narrowing("E/UM/01", codes=frozenset({"HS"}))]), "UM").elements[0]
    assert isinstance(element, Element)
    assert (element.codes, element.rule, element.usage) == (frozenset({"HS"}), "The payer says so.", R)


def test_only_the_named_place_is_marked() -> None:
    narrowed = narrow(GUIDE, [_narrowing("E/UM/02-2", require=True, codes=frozenset({"B"}))])
    composite = _use(narrowed, "UM").elements[1]
    assert isinstance(composite, Composite)
    assert [part.rule for part in composite.parts] == [None, "The payer says so."]
    assert (composite.rule, _use(narrowed, "UM").rule, narrowed.loops["E"].rule) == (None, None, None)


def test_every_loop_of_that_id_is_narrowed() -> None:
    narrowed = narrow(GUIDE, [_narrowing("E", max_use=2, require=True)])
    events = [loop for loop in narrowed.root.walk() if loop.id == "E"]
    assert [(event.max, event.usage, event.rule) for event in events] == [(2, R, "The payer says so.")] * 2


def test_one_of_several_uses_is_named_by_what_tells_it() -> None:
    narrowed = narrow(GUIDE, [_narrowing("E/REF[NT]", forbid=True)])
    assert [_use(narrowed, "REF", n).usage for n in (0, 1)] == [S, N]


def test_a_segment_without_limit_can_be_capped() -> None:
    assert _use(narrow(GUIDE, [_narrowing("E/MSG", max_use=1)]), "MSG").max == 1


def test_a_composite_can_be_required_and_capped() -> None:
    composite = _use(narrow(GUIDE, [_narrowing("E/UM/02", require=True, max_use=1)]), "UM").elements[1]
    assert isinstance(composite, Composite)
    assert (composite.usage, composite.repeat) == (R, 1)


def test_narrowings_add_up_and_each_sentence_is_kept_once() -> None:
    first = _narrowing("E/MSG/01", max_length=100)
    second = Narrowing(guide="278-request", path="E/MSG/01", max_length=50, because="Even less.")
    element = _use(narrow(GUIDE, [first, first, second]), "MSG").elements[0]
    assert isinstance(element, Element)
    assert (element.max, element.rule) == (50, "The payer says so. Even less.")


def test_a_later_narrowing_cannot_take_an_earlier_one_back() -> None:
    with pytest.raises(GuideError) as refusal:
        narrow(GUIDE, [_narrowing("E/MSG/01", max_length=50), _narrowing("E/MSG/01", max_length=100)])
    assert [fault.code for fault in refusal.value.faults] == ["widens"]


@pytest.mark.parametrize(
    ("path", "effect", "rule"),
    [
        ("E/UM/01", {"codes": frozenset({"HS", "ZZ"})}, "widens"),
        ("E/UM/01", {"codes": frozenset()}, "empty"),
        ("E/UM", {"codes": frozenset({"HS"})}, "not_an_element"),
        ("E/UM/02", {"codes": frozenset({"A"})}, "not_an_element"),
        ("E", {"max_length": 3}, "not_an_element"),
        ("E/MSG/01", {"max_length": 265}, "widens"),
        ("E/MSG/01", {"max_length": 1}, "contradicts"),
        ("E", {"max_use": 6}, "widens"),
        ("E/UM/02", {"max_use": 3}, "widens"),
        ("E/UM", {"forbid": True}, "widens"),
        ("E/UM/01", {"forbid": True}, "widens"),
        ("E/CRC", {"require": True}, "widens"),
        ("E/HL/02", {"require": True}, "widens"),
        ("E/HL", {"forbid": True}, "opener"),
        ("E/HL", {"max_use": 1}, "opener"),
        ("E/REF", {"require": True}, "ambiguous"),
        ("Q/UM", {"require": True}, "path"),
        ("E/QQ", {"require": True}, "path"),
        ("E/REF[XX]", {"require": True}, "path"),
        ("E/UM/03", {"require": True}, "path"),
        ("E/UM/00", {"require": True}, "path"),
        ("E/UM/01-1", {"require": True}, "path"),
        ("E/UM/02-3", {"require": True}, "path"),
        ("E/UM/1", {"require": True}, "path"),
        ("", {"require": True}, "path"),
        ("E/UM/01", {"require": True, "guide": "270"}, "guide"),
    ],
)
def test_refuses(path: str, effect: dict[str, Any], rule: str) -> None:
    assert set(_refused(path, **effect)) == {(f"278-request {path}", rule)}


def test_an_ambiguous_segment_is_refused_with_the_ways_to_name_it() -> None:
    with pytest.raises(GuideError, match=r"say which by one of REF\[BB\], REF\[NT\]"):
        narrow(GUIDE, [_narrowing("E/REF/02", require=True)])


def test_every_refusal_is_reported_at_once() -> None:
    wrong = [_narrowing("E/UM", forbid=True), _narrowing("Q", require=True), _narrowing("E/MSG/01", max_length=999)]
    with pytest.raises(GuideError) as refusal:
        narrow(GUIDE, wrong)
    assert {fault.pointer for fault in refusal.value.faults} == {
        "278-request E/UM", "278-request Q", "278-request E/MSG/01",
    }  # fmt: skip


def test_forbidding_what_the_guide_does_not_use_changes_nothing_but_the_sentence() -> None:
    assert _use(narrow(GUIDE, [_narrowing("E/CRC", forbid=True)]), "CRC").usage is N
