from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from priorwire.model.lifecycle import (
    ACKNOWLEDGMENT,
    ATTACHMENT,
    COUPLING,
    DELIVERY,
    REVIEW,
    STATES,
    Acknowledgment,
    Attachment,
    CaseState,
    Delivery,
    Review,
)
from priorwire.model.lifecycle_diagrams import diagrams
from tests.docs.pages import ROOT

EVERY_STATE = [*Delivery, *Acknowledgment, *Review, *Attachment, *CaseState]


def test_the_page_is_the_one_that_the_tables_draw() -> None:
    page = (ROOT / "docs/reference/lifecycle.md").read_text("utf-8")
    assert page == diagrams(), "stale: priorwire db diagrams > docs/reference/lifecycle.md"


@pytest.mark.parametrize("state", EVERY_STATE, ids=lambda state: f"{type(state).__name__}-{state.value}")
def test_each_state_says_what_it_means_and_who_moves_a_row_out_of_it(
    state: Delivery | Acknowledgment | Review | Attachment | CaseState,
) -> None:
    standing = STATES[state]
    assert standing.means.endswith(".")
    assert standing.moved_by.endswith(".")
    assert f"| `{state.value}` | {standing.means} | {standing.moved_by} |" in diagrams()


def test_the_states_say_nothing_of_what_is_no_state() -> None:
    assert set(STATES) == set(EVERY_STATE)


def test_every_machine_has_a_row_for_each_of_its_states() -> None:
    assert set(DELIVERY) == set(Delivery)
    assert set(ACKNOWLEDGMENT) == set(Acknowledgment)
    assert set(REVIEW) == set(Review)
    assert set(ATTACHMENT) == set(Attachment)
    assert set(COUPLING) == set(Review)


DRAWN_OUT: tuple[tuple[str, Mapping[Any, Mapping[Any, Any]]], ...] = (
    ("Delivery", DELIVERY),
    ("Acknowledgment", ACKNOWLEDGMENT),
    ("Attachment", ATTACHMENT),
)


@pytest.mark.parametrize(("title", "table"), DRAWN_OUT)
def test_every_edge_of_a_machine_is_drawn_once(title: str, table: Mapping[Any, Mapping[Any, Any]]) -> None:
    (section,) = (part for part in diagrams().split("\n## ") if part.startswith(f"{title}\n"))
    lines = [line.strip() for line in section.splitlines()]
    for state, moves in table.items():
        for event, to in moves.items():
            assert lines.count(f"{state.value} --> {to.value}: {event.value}") == 1


def test_every_edge_of_review_goes_through_the_junction() -> None:
    lines = [line.strip() for line in diagrams().splitlines()]
    for state, moves in REVIEW.items():
        assert (f"{state.value} --> answer" in lines) is bool(moves)
        for status, following in moves.items():
            assert f"answer --> {following.value}: {status.value}" in lines


def test_nothing_leads_from_uncertain_back_to_sending() -> None:
    following = set(DELIVERY[Delivery.UNCERTAIN].values())
    assert not following & {Delivery.READY, Delivery.SENDING}
    by_itself = {to for event, to in ATTACHMENT[Attachment.UNCERTAIN].items() if not event.value.startswith("person")}
    assert not by_itself & {Attachment.QUEUED, Attachment.SENDING}
