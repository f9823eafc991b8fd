"""A submission looks at the payer's latest answer about the same member's coverage, and at nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from priorwire.gateway import queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import TransactionRow
from priorwire.gateway.submit import submit_authorization
from priorwire.model.authorization import AuthorizationRequest
from priorwire.model.eligibility import Answer, Benefit, Coverage, CoverageStatus, EligibilityInquiry, Network
from priorwire.model.identifiers import TenantId
from priorwire.model.parties import Dependent, PersonName
from priorwire.model.services import CodeSystem, ProcedureCode
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for

#: A code of neither list of the payer's guide, so that only the coverage can say anything of it.
CODE = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110")
CHILD = Dependent(name=PersonName(last="EXAMPLE", first="CASEY"))
ENDING = "APPROVE"


def request(**more: Any) -> AuthorizationRequest:
    made = request_for(ENDING)
    return replace(made, services=(replace(made.services[0], procedure=CODE),), **more)


def submit(world: World, made: AuthorizationRequest | None = None, tenant: TenantId = TENANT) -> TransactionRow:
    return submit_authorization(world.services, Command(tenant=tenant, actor="tests", request=made or request())).row


def saying(answer: Answer, **more: Any) -> Coverage:
    benefit = Benefit(information="active", procedure=CODE, network=Network.BOTH, authorization_required=answer, **more)
    return Coverage(status=CoverageStatus.ACTIVE, benefits=(benefit,))


def checked(
    world: World, coverage: Coverage, inquiry: EligibilityInquiry | None = None, tenant: TenantId = TENANT
) -> TransactionRow:
    """An eligibility check whose answer, as it was read, is `coverage`."""
    asked = inquiry or inquiry_for(ENDING)
    row = check_eligibility(world.services, Command(tenant=tenant, actor="tests", request=asked)).row
    with world.store.work(tenant) as uow:
        latest = uow.records.latest(row.id)
        assert latest is not None
        now = world.clock.now()
        uow.records.append(replace(latest, version=latest.version + 1, record=coverage, sources={}, at=now))
    return row


def test_nothing_is_sent_where_the_payer_just_said_that_none_is_required(world: World) -> None:
    check = checked(world, saying(Answer.NO))
    row = submit(world)
    assert row.status == "not_required"
    assert world.x217s() == 0
    record = queries.transaction(world.services, TENANT, row.id).latest
    assert record is not None
    assert any(check.id in each for each in record.record.messages)  # type: ignore[union-attr]  # of a review


@pytest.mark.parametrize("answer", [Answer.YES, Answer.UNKNOWN, Answer.NOT_STATED])
def test_anything_else_is_asked_of_the_payer(world: World, answer: Answer) -> None:
    checked(world, saying(answer))
    assert submit(world).status == "approved"
    assert world.x217s() == 1


def test_the_latest_answer_counts(world: World) -> None:
    checked(world, saying(Answer.NO))
    world.pass_time(timedelta(hours=1))
    checked(world, saying(Answer.YES))
    assert submit(world).status == "approved"


@pytest.mark.parametrize(("hours", "status"), [(71, "not_required"), (73, "approved")])
def test_an_answer_that_is_too_old_is_not_believed(world: World, hours: int, status: str) -> None:
    checked(world, saying(Answer.NO))
    world.pass_time(timedelta(hours=hours))
    assert submit(world).status == status


def test_how_old_it_may_be_is_a_setting(world: World) -> None:
    checked(world, saying(Answer.NO))
    world.pass_time(timedelta(hours=2))
    world.services = replace(world.services, coverage_age=timedelta(hours=1))
    assert submit(world).status == "approved"


def test_a_dependent_is_not_told_by_the_subscriber_s_number(world: World) -> None:
    """Name and birth date never join two requests: an answer about either says nothing of the other."""
    checked(world, saying(Answer.NO))
    assert submit(world, request(dependent=CHILD)).status == "approved"


def test_an_answer_about_a_dependent_is_none_about_the_subscriber(world: World) -> None:
    checked(world, saying(Answer.NO), replace(inquiry_for(ENDING), dependent=CHILD))
    assert submit(world).status == "approved"


def test_the_same_person_under_another_number_is_another_member(world: World) -> None:
    asked = inquiry_for(ENDING)
    other = replace(asked, subscriber=replace(asked.subscriber, member_id=f"EX0000002{ENDING}"))
    checked(world, saying(Answer.NO), other)
    assert submit(world).status == "approved"


def test_another_tenant_s_answer_is_nobody_else_s(world: World) -> None:
    checked(world, saying(Answer.NO), tenant=TenantId("another-practice"))
    assert submit(world).status == "approved"


def test_the_answer_of_another_payer_is_not_looked_at(world: World) -> None:
    checked(world, saying(Answer.NO), replace(inquiry_for(ENDING), payer_id="cascadia-mutual"))
    assert submit(world).status == "approved"
