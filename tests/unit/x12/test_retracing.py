"""To look again at a part only gives what looking at the whole gives: placing from a branch, and what is recalled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.x12 import Guide, LoopNode, Segment, recalling, steps
from priorwire.x12.arranging import Arranger
from priorwire.x12.guides import guide, guides
from priorwire.x12.loops import Placed, Placing, arrange
from priorwire.x12.steps import Steps, steps_of
from priorwire.x12.validate import exactly
from tests.cascades_x12 import WAYS
from tests.strategies_x12 import DENSITIES, SEEDS, grown
from tests.unit.x12.samples import only_set

GUIDES = st.sampled_from(guides())


@st.composite
def faulty(draw: st.DrawFn) -> tuple[Guide, list[Segment]]:
    """A guide, and the segments of a set of it with one fault."""
    rules = draw(GUIDES)
    document = grown(rules, draw(SEEDS), min(draw(DENSITIES), 50))
    every = list(WAYS[draw(st.sampled_from(sorted(WAYS)))](document))
    texts = every[draw(st.integers(0, len(every) - 1))].texts if every else [leaf.text() for leaf in document.leaves]
    made = [Segment(text.split("*"), number=number, start=number, end=number) for number, text in enumerate(texts, 1)]
    return rules, made


def shape(node: LoopNode) -> object:
    items = [each.number if isinstance(each, Segment) else shape(each) for each in node.items]
    return node.id, node.is_known, node.known, node.counts, node.reached, items


def said(placed: Placed) -> object:
    levels = [each.opener and each.opener.number for each in placed.levels]
    return shape(placed.root), placed.issues, placed.unplaced, placed.apart, levels


def parents(node: LoopNode) -> bool:
    return all(inner.parent is each for each in node.walk() for inner in each.loops())


@settings(max_examples=150, deadline=None)
@given(faulty(), st.data())
def test_a_branch_goes_on_as_the_whole_would_and_leaves_what_it_left(
    case: tuple[Guide, list[Segment]], data: st.DataObject
) -> None:
    rules, segments = case
    at = data.draw(st.integers(0, len(segments)))
    begun = Placing(rules)
    for segment in segments[:at]:
        begun.take(segment)
    before = said(begun.branch().placed())
    branch = begun.branch()
    for segment in segments[at:]:
        branch.take(segment)
    assert said(branch.placed()) == said(arrange(segments, rules))
    assert parents(branch.root)
    assert said(begun.placed()) == before == said(arrange(segments[:at], rules))
    assert not {id(node) for node in begun.root.walk()} & {id(node) for node in branch.root.walk()}


@settings(max_examples=150, deadline=None)
@given(GUIDES, SEEDS, DENSITIES, st.data())
def test_what_is_recalled_is_what_would_be_found(guide_: Guide, seed: int, density: int, data: st.DataObject) -> None:
    document = grown(guide_, seed, min(density, 50))
    every = list(WAYS[data.draw(st.sampled_from(sorted(WAYS)))](document))
    if not every:
        return
    ts = only_set(every[data.draw(st.integers(0, len(every) - 1))].data())
    recalled = exactly(ts, guide_).issues
    with pytest.MonkeyPatch.context() as patch:
        loops_of = recalling.Recalled.loops_of

        def forgetting(self: recalling.Recalled, root: LoopNode) -> list[recalling.Told]:
            for kept in (self.faults, self.noted, self.broken):
                kept.clear()
            return loops_of(self, root)

        patch.setattr(recalling.Recalled, "loops_of", forgetting)
        assert exactly(ts, guide_).issues == recalled


def test_one_machine_serves_arranging_and_proving_and_forgets_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = replace(guide("278-response"))
    known = steps_of(rules)
    assert steps_of(rules) is known
    begun, arranger = known.start, Arranger(rules)
    segments = [Segment(leaf.text().split("*")) for leaf in grown(rules, 3, 40).leaves]
    exact = shape(arrange(segments, rules).root)
    first = arranger.arrange(segments)
    assert first is not None
    assert shape(first) == exact
    assert known.start is begun
    monkeypatch.setattr(steps, "_MAX_STATES", 3)
    small = Steps(rules)
    rules.compiled["steps"] = small
    again = Arranger(rules).arrange(segments)
    assert again is not None
    assert shape(again) == exact
    assert small.start is not begun
    assert len(small._states) <= 3
