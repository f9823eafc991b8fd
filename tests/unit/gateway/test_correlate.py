"""Whose answer is it? By identifiers, or by nobody's."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.gateway.arrived import Suggestion
from priorwire.gateway.correlate import Candidate, Match, NoMatch, ReplyKeys, correlate
from priorwire.model.identifiers import TransactionId

IDS = [TransactionId(f"auth_{n}") for n in range(4)]


def candidate(n: int, *, same_call: bool = False, numbers: tuple[str, ...] = ()) -> Candidate:
    return Candidate(
        transaction_id=IDS[n],
        references=frozenset({f"REF{n}", f"REF{n}Q1"}),
        trace_number=f"TRACE{n}",
        payer_numbers=frozenset(numbers),
        same_call=same_call,
    )


ALL = [candidate(0, same_call=True), candidate(1), candidate(2, numbers=("NT2",)), candidate(3, numbers=("NT3", "AU3"))]


@pytest.mark.parametrize(
    ("keys", "joined", "by"),
    [
        (ReplyKeys(reference="REF1"), 1, "reference"),
        (ReplyKeys(reference="ref1 "), 1, "reference"),
        (ReplyKeys(reference="REF1Q1"), 1, "reference"),
        (ReplyKeys(reference=None, traces=("TRACE2",)), 2, "trace number"),
        (ReplyKeys(reference="UNKNOWN", traces=("CLEARINGHOUSE", "TRACE2")), 2, "trace number"),
        (ReplyKeys(reference=None, payer_numbers=("NT3",)), 3, "payer's number"),
        (ReplyKeys(reference=None), 0, "same call"),
        (ReplyKeys(reference=None, payer_numbers=("NEW",)), 0, "same call"),
    ],
)
def test_a_reply_is_joined_by_its_strongest_identifier(keys: ReplyKeys, joined: int, by: str) -> None:
    found = correlate(keys, ALL)
    assert isinstance(found, Match)
    assert (found.transaction_id, found.by) == (IDS[joined], by)


@pytest.mark.parametrize(
    "keys",
    [
        ReplyKeys(reference="REF1", traces=("TRACE2",)),
        ReplyKeys(reference="SOMEBODY ELSES"),
        ReplyKeys(reference=None, traces=("SOMEBODY ELSES",)),
        ReplyKeys(reference=None, traces=("TRACE1", "TRACE2")),
    ],
)
def test_a_reply_that_names_two_requests_or_another_one_is_joined_to_none(keys: ReplyKeys) -> None:
    assert isinstance(correlate(keys, ALL), NoMatch)


def test_an_answer_on_our_own_call_that_names_another_request_is_not_ours() -> None:
    found = correlate(ReplyKeys(reference="NOT OURS"), [candidate(0, same_call=True)])
    called = Suggestion(transaction_id=IDS[0], score=50, agrees=("same call",))
    reason = "it names a request that is not ours, or that is not known here"
    assert found == NoMatch(reason=reason, candidates=(called,))


def test_a_number_that_two_reviews_share_joins_neither() -> None:
    shared = [candidate(1, numbers=("NT",)), candidate(2, numbers=("NT",))]
    found = correlate(ReplyKeys(reference=None, payer_numbers=("NT",)), shared)
    assert isinstance(found, NoMatch)
    assert {each.transaction_id for each in found.candidates} == {IDS[1], IDS[2]}


def test_no_key_is_a_name_or_a_birth_date() -> None:
    assert {each.name for each in fields(ReplyKeys)} == {"reference", "traces", "payer_numbers"}


names = st.sampled_from(["REF0", "REF1", "REF2", "TRACE0", "TRACE1", "NT2", "X", ""])


@given(
    reference=st.none() | names,
    traces=st.lists(names, max_size=3),
    numbers=st.lists(names, max_size=2),
    order=st.permutations(ALL),
)
def test_the_order_of_candidates_never_matters_and_a_join_is_always_justified(
    reference: str | None, traces: list[str], numbers: list[str], order: list[Candidate]
) -> None:
    keys = ReplyKeys(reference=reference or None, traces=tuple(traces), payer_numbers=tuple(numbers))
    found = correlate(keys, order)
    assert found == correlate(keys, ALL)
    if isinstance(found, Match):
        won = next(each for each in ALL if each.transaction_id == found.transaction_id)
        named = {keys.reference, *keys.traces, *keys.payer_numbers}
        own = {*won.references, won.trace_number, *won.payer_numbers}
        assert named & own or (won.same_call and not keys.reference and not keys.traces)
