"""Thousands of damaged and mixed-up replies, thousands of cases that are easily mistaken: no false join.

`priorwire bench correlation` runs the same at full size: 100,000 replies over 20,000 open cases.
"""

from __future__ import annotations

import pytest

from priorwire.bench.correlation import JOINED, RIGHT_FIRST, Tally, measure
from priorwire.bench.stray_replies import KINDS

#: Shown by pytest when a test fails; `--seed` of the command.
SEED = 278
#: Kinds whose identifiers are another request's, or nobody's here: whatever is joined of them is joined wrongly.
NEVER_JOINED = {
    "on another's call",
    "our reference, another's trace",
    "another's trace",
    "another's reference and trace",
    "a twin's identifiers",
    "the identifiers of the patient's other request",
    "another tenant's",
    "another submitter's",
    "a namesake's, with our trace",
    "both altered",
    "without identifier",
    "nothing left to go by",
}


@pytest.fixture(scope="module")
def tally() -> Tally:
    return measure(cases=1_600, replies=6_000, seed=SEED)


def test_no_reply_is_joined_to_a_wrong_request(tally: Tally) -> None:
    assert tally.replies == 6_000
    assert tally.false_joins.total() == 0, f"seed {SEED}: {tally.false_joins}"


def test_a_reply_with_an_identifier_of_ours_finds_its_request(tally: Tally) -> None:
    assert tally.named > tally.replies / 2
    assert tally.named_and_joined >= JOINED * tally.named, f"seed {SEED}"


def test_of_what_waits_in_the_inbox_the_right_request_stands_first(tally: Tally) -> None:
    assert tally.waiting.total() > 500
    assert tally.right_first.total() >= RIGHT_FIRST * tally.waiting.total(), f"seed {SEED}: {tally.waiting}"


def test_every_kind_of_reply_came_and_those_without_a_sound_identifier_joined_nothing(tally: Tally) -> None:
    joined = {kind for kind, count in tally.joined.items() if count}
    assert joined == set(KINDS) - NEVER_JOINED


def test_the_same_seed_gives_the_same_figures() -> None:
    first, second = (measure(cases=100, replies=1_000, seed=7) for _ in range(2))
    assert first == second
