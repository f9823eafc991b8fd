"""Whether an authorization is needed: the more specific statement decides, doubt is unknown, silence is not stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.mapping import authorization_need
from priorwire.model.authorization import Rejection
from priorwire.model.eligibility import Answer, AuthorizationNeed, Benefit, Coverage, CoverageStatus, Network
from priorwire.model.parties import PartySaid
from priorwire.model.services import CodeSystem, ProcedureCode

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
        ([row(Answer.YES, "4"), row(Answer.YES, "4")], Answer.YES, (0, 1)),
        ([row(Answer.YES, "4"), row(Answer.NO, "4", places=("11",))], Answer.NO, (1,)),
        ([row(Answer.YES, "4"), row(Answer.NO, "4", places=("22",))], Answer.YES, (0,)),
        ([row(Answer.UNKNOWN, "4")], Answer.UNKNOWN, (0,)),
    ],
)
def test_the_more_specific_statement_decides(rows: list[Benefit], answer: Answer, because: tuple[int, ...]) -> None:
    assert need(rows) == AuthorizationNeed(answer=answer, because=because)


@pytest.mark.parametrize(
    ("answers", "because", "against"),
    [
        ((Answer.YES, Answer.NO), (0,), (1,)),
        ((Answer.NO, Answer.YES, Answer.YES), (1, 2), (0,)),
        ((Answer.YES, Answer.UNKNOWN), (1,), (0,)),
        ((Answer.NO, Answer.UNKNOWN, Answer.YES), (1,), (0, 2)),
    ],
)
def test_statements_of_one_weight_that_differ_are_all_shown(
    answers: tuple[Answer, ...], because: tuple[int, ...], against: tuple[int, ...]
) -> None:
    said = need([row(each, "4") for each in answers])
    assert said == AuthorizationNeed(answer=Answer.UNKNOWN, because=because, against=against)


def test_the_procedure_with_its_modifier_is_more_specific_than_without() -> None:
    technical = replace(SCAN, modifiers=("TC",))
    rows = [row(Answer.YES, procedure=SCAN), row(Answer.NO, procedure=technical)]
    coverage = Coverage(status=CoverageStatus.ACTIVE, benefits=tuple(rows))
    assert authorization_need(coverage, procedure=technical).answer is Answer.NO
    assert authorization_need(coverage, procedure=SCAN).answer is Answer.YES


def test_a_range_of_codes_holds_for_those_within() -> None:
    imaging = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="70010", through="79999")
    assert need([row(Answer.YES, procedure=imaging)]).answer is Answer.YES
    assert need([row(Answer.YES, procedure=replace(imaging, through="70999"))]).answer is Answer.NOT_STATED


@pytest.mark.parametrize("network", [Network.NOT_STATED, Network.UNKNOWN, Network.BOTH])
def test_a_no_for_one_network_is_none_where_the_network_is_open(network: Network) -> None:
    inside = row(Answer.NO, "4", network=Network.IN)
    assert need([inside], network) == AuthorizationNeed(answer=Answer.UNKNOWN, because=(0,))
    assert need([inside], Network.IN).answer is Answer.NO
    assert need([inside, row(Answer.NO, "4", network=Network.OUT)], network).answer is Answer.NO
    assert need([row(Answer.YES, "4", network=Network.IN)], network).answer is Answer.YES


def test_a_no_for_one_place_is_none_where_the_place_is_open() -> None:
    assert need([row(Answer.NO, "4", places=("11",))], place=None).answer is Answer.UNKNOWN
    assert need([row(Answer.YES, "4"), row(Answer.NO, "4", places=("11",))], place=None).answer is Answer.UNKNOWN


def test_a_no_for_one_of_several_services_is_none_for_all() -> None:
    coverage = Coverage(status=CoverageStatus.ACTIVE, benefits=(row(Answer.NO, "4"),))
    assert authorization_need(coverage, service_types=("4", "30")).answer is Answer.NO
    assert authorization_need(coverage, service_types=("4", "98")).answer is Answer.UNKNOWN


_REVIEWER = PartySaid(name="EXAMPLE REVIEW", role="utilization_management_organization")


@pytest.mark.parametrize(
    "doubt",
    [
        {"messages": ("PRECERT REQUIRED",)},
        {"numbers": (("prior_authorization", "A1"),)},
        {"rejections": (Rejection(code="AE", about="benefit"),)},
        {"numbers": (("referral", "R1"),)},
        {"entities": (_REVIEWER,)},
    ],
)
def test_what_speaks_of_an_authorization_doubts_a_no_and_breaks_a_silence(doubt: dict[str, Any]) -> None:
    limits = replace(row(Answer.NOT_STATED, "4"), information="limitations", **doubt)
    assert need([limits]) == AuthorizationNeed(answer=Answer.UNKNOWN, because=(0,))
    assert need([row(Answer.NO, "4"), limits]) == AuthorizationNeed(answer=Answer.UNKNOWN, because=(0,), against=(1,))
    assert need([row(Answer.YES, "4"), limits]) == AuthorizationNeed(answer=Answer.YES, because=(0,))
    elsewhere = replace(limits, service_types=("98",))
    assert need([row(Answer.NO, "4"), elsewhere]).answer is Answer.NO


@pytest.mark.parametrize("information", ["primary_care_provider", "restricted_to_provider"])
def test_a_gatekeeper_doubts_no_statement_that_is_more_specific(information: str) -> None:
    gate = replace(row(Answer.NOT_STATED, "30"), information=information)
    assert need([gate]).answer is Answer.NOT_STATED
    assert need([gate, row(Answer.NO, "30")]) == AuthorizationNeed(answer=Answer.UNKNOWN, because=(1,), against=(0,))
    assert need([gate, row(Answer.NO, "4")]).answer is Answer.NO


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
    if said.answer is not Answer.UNKNOWN:
        assert said.against == ()
    assert not set(said.because) & set(said.against)


@given(_ROWS)
def test_silence_about_everything_is_never_a_no(rows: list[Benefit]) -> None:
    silent = [replace(each, authorization_required=Answer.NOT_STATED) for each in rows]
    assert need(silent).answer is Answer.NOT_STATED
