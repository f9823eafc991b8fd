"""The lifecycle's tables: what they forbid, and that no state is a dead end by accident."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import IllegalTransition
from priorwire.model.authorization import ReviewStatus
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import (
    ACKNOWLEDGMENT,
    ATTACHMENT,
    CERTIFIED,
    COUPLING,
    DELIVERY,
    REVIEW,
    REVIEW_WITHOUT_ANSWER,
    STATES,
    Acknowledgment,
    AcknowledgmentEvent,
    Attachment,
    AttachmentEvent,
    CaseState,
    Delivery,
    DeliveryEvent,
    Mover,
    Review,
    ReviewEvent,
    advance,
)

TABLES: list[tuple[Mapping[Any, Mapping[Any, Any]], type[Enum], type[Enum]]] = [
    (DELIVERY, Delivery, DeliveryEvent),
    (ACKNOWLEDGMENT, Acknowledgment, AcknowledgmentEvent),
    (REVIEW, Review, ReviewStatus),
    (ATTACHMENT, Attachment, AttachmentEvent),
]


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
def test_every_state_has_a_row_and_every_event_a_use(
    table: Mapping[Any, Mapping[Any, Any]], states: type[Enum], events: type[Enum]
) -> None:
    assert set(table) == set(states)
    assert {event for moves in table.values() for event in moves} == set(events)


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
def test_a_move_that_no_table_has_is_refused_by_name(
    table: Mapping[Any, Mapping[Any, Any]], states: type[Enum], events: type[Enum]
) -> None:
    for state in states:
        for event in events:
            if event in table[state]:
                assert advance(table, state, event) is table[state][event]
            else:
                with pytest.raises(IllegalTransition, match=str(event.value)):
                    advance(table, state, event)


@given(st.lists(st.sampled_from(AttachmentEvent), max_size=12))
def test_a_document_that_may_have_arrived_is_queued_again_by_proof_or_by_a_person_only(
    events: list[AttachmentEvent],
) -> None:
    state, may_have_arrived = Attachment.QUEUED, False
    for event in events:
        if event not in ATTACHMENT[state]:
            continue
        state = advance(ATTACHMENT, state, event)
        may_have_arrived |= event is AttachmentEvent.SEND_BEGAN
        if event in (AttachmentEvent.NOT_SENT, AttachmentEvent.PERSON_SENDS_AGAIN):
            may_have_arrived = False
        assert not (state is Attachment.QUEUED and may_have_arrived)


@given(st.lists(st.sampled_from(DeliveryEvent), max_size=12))
def test_what_may_have_been_sent_is_never_ready_again_but_by_proof(events: list[DeliveryEvent]) -> None:
    state, sent = Delivery.READY, False
    for event in events:
        if event not in DELIVERY[state]:
            continue
        state = advance(DELIVERY, state, event)
        sent = (sent or state is not Delivery.SENDING) and state is not Delivery.READY
        if event is not DeliveryEvent.NOT_SENT:
            assert not (sent and state is Delivery.READY)
        if state is Delivery.READY:
            assert event is DeliveryEvent.NOT_SENT


def test_uncertain_leads_back_to_sending_by_no_way() -> None:
    reached, waiting = set[Delivery](), [Delivery.UNCERTAIN]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += [each for each in DELIVERY[state].values() if each not in reached]
    assert not reached & {Delivery.READY, Delivery.SENDING}


def test_a_payer_may_reverse_itself_but_not_what_is_over() -> None:
    for state in Review:
        ended = state in (Review.SUPERSEDED, Review.CANCELLED)
        assert bool(REVIEW[state]) != ended
    assert advance(REVIEW, Review.APPROVED, ReviewStatus.DENIED) is Review.DENIED


def test_every_review_moves_its_case_and_a_refusal_asks_for_a_person() -> None:
    assert set(COUPLING) == set(Review)
    for state in (Review.DENIED, Review.REJECTED, Review.UNKNOWN, Review.CONTACT_PAYER):
        assert COUPLING[state] is CaseState.NEEDS_ATTENTION


def test_a_rejected_form_is_not_talked_away_by_a_late_acceptance() -> None:
    with pytest.raises(IllegalTransition):
        advance(ACKNOWLEDGMENT, Acknowledgment.REJECTED, AcknowledgmentEvent.SET_ACCEPTED)


def test_the_payers_own_decision_outweighs_every_other_evidence() -> None:
    assert max(Evidence) is Evidence.PAYER_DECIDED
    assert list(Evidence) == sorted(Evidence)
    assert min(Evidence) is Evidence.NONE


def test_every_state_names_a_mover_and_a_date() -> None:
    for state, standing in STATES.items():
        assert isinstance(standing.mover, Mover), state
        assert standing.by.endswith("."), state


def test_a_row_that_wants_a_person_or_a_date_says_when_and_one_that_is_over_does_not() -> None:
    for state, standing in STATES.items():
        if standing.mover in (Mover.WORK_ITEM, Mover.DUE_ROW, Mover.DUE_ROW_OR_WORK_ITEM):
            assert standing.by != "None.", state


def test_only_a_certification_ends_and_whatever_takes_an_answer_can_be_superseded() -> None:
    assert set(REVIEW_WITHOUT_ANSWER) == set(Review)
    for state, moves in REVIEW_WITHOUT_ANSWER.items():
        assert (ReviewEvent.CERTIFICATION_ENDED in moves) is (state in CERTIFIED)
        assert (ReviewEvent.SUPERSEDED in moves) is bool(REVIEW[state])
    assert advance(REVIEW_WITHOUT_ANSWER, Review.APPROVED, ReviewEvent.CERTIFICATION_ENDED) is Review.EXPIRED


def test_time_alone_makes_nothing_ready_to_be_sent() -> None:
    reached = {state for moves in REVIEW_WITHOUT_ANSWER.values() for state in moves.values()}
    assert not reached & {Review.SUBMITTED, Review.PENDED}
    assert AcknowledgmentEvent.WINDOW_PASSED not in ACKNOWLEDGMENT[Acknowledgment.OVERDUE]
    assert not any(event.value == "window_passed" for moves in DELIVERY.values() for event in moves)
