"""Whether an authorization is needed: the more specific statement decides, doubt is unknown, silence is not stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.mapping import authorization_need
from priorwire.model.authorization import CodeSystem, ProcedureCode
from priorwire.model.eligibility import Answer, AuthorizationNeed, Benefit, Coverage, CoverageStatus, Network

SCAN = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="78452")
OTHER = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="70551")


def row(
    answer: Answer,
    *types: str,
    procedure: ProcedureCode | None = None,
    network: Network = Network.NOT_STATED,
    places: tuple[str, ...] = (),
    says: tuple[str, ...] = (),
) -> Benefit:
    return Benefit(
        information="active",
        service_types=types,
        procedure=procedure,
        network=network,
        authorization_required=answer,
        places_of_service=places,
        messages=says,
    )


def need(rows: Sequence[Benefit], network: Network = Network.NOT_STATED, place: str | None = "11") -> AuthorizationNeed:
    coverage = Coverage(status=CoverageStatus.ACTIVE, benefits=tuple(rows))
    return authorization_need(coverage, procedure=SCAN, service_types=("4",), network=network, place_of_service=place)


@pytest.mark.parametrize(
    ("rows", "answer", "because"),
    [
        ([], Answer.NOT_STATED, ()),
        ([row(Answer.NOT_STATED, "30")], Answer.NOT_STATED, ()),
        ([row(Answer.NO, "30")], Answer.NO, (0,)),
        ([row(Answer.NO, "30"), row(Answer.YES, "4")], Answer.YES, (1,)),
        ([row(Answer.NO, "30"), row(Answer.YES, "98")], Answer.NO, (0,)),
        ([row(Answer.YES, "4"), row(Answer.NO, procedure=SCAN)], Answer.NO, (1,)),
        ([row(Answer.YES, procedure=OTHER)], Answer.NOT_STATED, ()),
        ([row(Answer.YES, "4"), row(Answer.NO, "4")], Answer.UNKNOWN, (0, 1)),
        ([row(Answer.YES, "4"), row(Answer.YES, "4")], Answer.YES, (0, 1)),
        ([row(Answer.YES, "4"), row(Answer.NO, "4", places=("11",))], Answer.NO, (1,)),
        ([row(Answer.YES, "4"), row(Answer.NO, "4", places=("22",))], Answer.YES, (0,)),
        ([row(Answer.UNKNOWN, "4")], Answer.UNKNOWN, (0,)),
    ],
)
def test_the_more_specific_statement_decides(rows: list[Benefit], answer: Answer, because: tuple[int, ...]) -> None:
    assert need(rows) == AuthorizationNeed(answer=answer, because=because)


def test_the_network_asked_about_decides_between_networks() -> None:
    rows = [row(Answer.NO, "4", network=Network.IN), row(Answer.YES, "4", network=Network.OUT)]
    assert need(rows, Network.IN).answer is Answer.NO
    assert need(rows, Network.OUT).answer is Answer.YES
    assert need(rows).answer is Answer.UNKNOWN


def test_an_unknown_place_does_not_choose_between_places() -> None:
    rows = [row(Answer.NO, "4", places=("11",)), row(Answer.YES, "4", places=("22",))]
    assert need(rows, place=None).answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    "text", ["PLAN REQUIRES PRECERT", "Prior Auth needed", "PRE-AUTHORIZATION", "AUTHORIZATION REQUIRED"]
)
def test_a_message_that_speaks_of_it_is_a_doubt_and_no_answer(text: str) -> None:
    assert need([row(Answer.NO, "4", says=(text,))]).answer is Answer.UNKNOWN
    assert need([row(Answer.NOT_STATED, "4", says=(text,))]).answer is Answer.UNKNOWN
    assert need([row(Answer.YES, "4", says=(text,))]).answer is Answer.YES


@pytest.mark.parametrize(
    "text", ["NO PRECERT REQUIRED", "PRECERT NOT REQUIRED", "AUTHORIZATION IS NOT NEEDED", "REFERRAL ONLY"]
)
def test_a_message_that_says_it_is_not_needed_is_no_doubt(text: str) -> None:
    assert need([row(Answer.NO, "4", says=(text,))]).answer is Answer.NO


_ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(Answer),
        procedure=st.none() | st.sampled_from([SCAN, OTHER]),
        network=st.sampled_from(Network),
        places=st.sampled_from([(), ("11",), ("22",)]),
    ),
    max_size=6,
)


@given(_ROWS)
def test_no_is_only_said_where_the_payer_said_no(rows: list[Benefit]) -> None:
    said = need(rows)
    assert set(said.because) <= set(range(len(rows)))
    if said.answer in (Answer.NO, Answer.YES):
        assert {rows[index].authorization_required for index in said.because} == {said.answer}
    if said.answer is Answer.NOT_STATED:
        assert said.because == ()


@given(_ROWS)
def test_silence_about_everything_is_never_a_no(rows: list[Benefit]) -> None:
    silent = [replace(each, authorization_required=Answer.NOT_STATED) for each in rows]
    assert need(silent).answer is Answer.NOT_STATED
