from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import priorwire.simulator
from priorwire.simulator.scenarios import DEFAULT, PROCEDURES, SCENARIOS, authorization_of, scenario_of


@given(st.from_regex(r"[A-Z0-9]{0,12}", fullmatch=True), st.sampled_from(sorted(SCENARIOS)))
def test_a_member_id_meets_the_row_it_ends_in_whatever_stands_before(prefix: str, suffix: str) -> None:
    found = scenario_of(prefix + suffix).suffix
    assert suffix.endswith(found) or found.endswith(suffix)
    assert len(found) >= len(suffix)


def test_the_longest_ending_wins_in_either_case() -> None:
    assert scenario_of("exm1pendDeny").suffix == "PENDDENY"
    assert scenario_of("EXM1DENY").suffix == "DENY"


def test_without_an_ending_the_first_known_procedure_decides_and_else_approval() -> None:
    assert scenario_of("EXM1", ("00000", "15823", "99213")).suffix == "DENY"
    assert scenario_of("EXM1", ("00000",)) is DEFAULT


@pytest.mark.parametrize(("service_type", "says"), [("48", "Y"), ("98", "N"), ("XX", "U")])
def test_eb11_of_a_service_type(service_type: str, says: str) -> None:
    assert authorization_of(DEFAULT, service_type=service_type) == says


def test_every_row_and_procedure_stands_in_the_manual() -> None:
    manual = " ".join((priorwire.simulator.__doc__ or "").split())
    assert [row.suffix for row in SCENARIOS.values() if f"{row.suffix} " not in manual] == []
    said = {row.suffix: row.says for row in SCENARIOS.values() if row.fault is None}
    assert {suffix: says for suffix, says in said.items() if says not in manual} == {}
    assert [code for code in PROCEDURES if code not in manual] == []


def test_the_reasons_and_rejections_are_codes_and_every_pend_has_a_reason() -> None:
    verdicts = [verdict for row in SCENARIOS.values() for verdict in (row.first, row.later) if verdict]
    assert all(reason.isalnum() and len(reason) == 2 for verdict in verdicts for reason in verdict.reasons)
    assert all(verdict.reasons for verdict in verdicts if verdict.pended)
    assert all(verdict.action is None for verdict in verdicts if verdict.rejection)
