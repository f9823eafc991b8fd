"""The road end to end, on both databases: what each answer makes of a request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priorwire.gateway import queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.gateway.rows import WorkKind, WorkState
from priorwire.model.authorization import AuthorizationRecord
from priorwire.model.eligibility import Coverage
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Acknowledgment, CaseState, Delivery, Review
from tests.integration.gateway.conftest import TENANT, World, inquiry_for, request_for


def latest(world: World, row_id: object) -> AuthorizationRecord:
    view = queries.transaction(world.services, TENANT, row_id)  # type: ignore[arg-type]  # an id of a row
    assert view.latest is not None
    assert isinstance(view.latest.record, AuthorizationRecord)
    return view.latest.record


def test_an_approval_in_real_time_is_recorded_with_its_number_and_its_sources(world: World) -> None:
    row = world.submit(request_for("APPROVE"))
    assert (row.status, row.delivery, row.review) == ("approved", Delivery.FINAL, Review.APPROVED)
    assert (row.evidence, row.acknowledgment) == (Evidence.PAYER_DECIDED, Acknowledgment.ACCEPTED)
    assert row.simulated
    view = queries.transaction(world.services, TENANT, row.id, raw=True)
    assert view.case.state is CaseState.DECIDED
    assert view.latest is not None
    assert view.latest.matched_by == "reference"
    assert view.latest.sources["authorization_number"].segment == "HCR"
    assert [each.archived.direction.value for each in view.messages] == ["out", "in"]
    assert row.authorization_number == latest(world, row.id).authorization_number
    assert world.tick() == 0  # decided: nothing is due


@pytest.mark.parametrize(
    ("ending", "status", "work"),
    [
        ("MODIFY", "approved_modified", None),
        ("PARTIAL", "partially_approved", None),
        ("DENY", "denied", WorkKind.REVIEW_DENIAL),
        ("CONTACT", "contact_payer", WorkKind.CONTACT_PAYER),
        ("NOTREQ", "not_required", None),
        ("SILENT", "unknown", WorkKind.UNREADABLE_ANSWER),
        ("REJECT72", "rejected", WorkKind.CORRECT_AND_RESUBMIT),
    ],
)
def test_every_kind_of_answer_has_its_status_and_its_work(
    world: World, ending: str, status: str, work: WorkKind | None
) -> None:
    row = world.submit(request_for(ending))
    assert row.status == status
    assert [item.kind for item in queries.work_items(world.services, TENANT, WorkState.OPEN)] == (
        [work] if work else []
    )


def test_a_pend_is_asked_about_on_the_payers_cadence_until_it_is_decided(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    assert (row.status, row.administrative_reference is not None, row.authorization_number) == ("pended", True, None)
    for _ in range(6):
        world.pass_time(timedelta(hours=6))
    assert world.row(row.id).status == "pended"
    world.pass_time(timedelta(days=3))
    decided = world.row(row.id)
    assert (decided.status, decided.review) == ("approved", Review.APPROVED)
    assert decided.authorization_number
    assert world.x217s() == 1
    history = queries.transaction(world.services, TENANT, row.id).history
    # The first answer to an inquiry tells more than the pend did (the services); those that repeat it add no version.
    assert [str(each.record.status.value) for each in history] == ["pended", "pended", "approved"]
    assert decided.asks == len(history)  # one of the inquiries, at least, was answered as before


def test_a_rejection_is_corrected_by_a_new_linked_submission_in_the_same_case(world: World) -> None:
    old = world.submit(request_for("REJECT72"))
    new = world.submit(request_for("APPROVE"), corrects=old.id)
    assert (new.status, new.corrects, new.case_id) == ("approved", old.id, old.case_id)
    assert (world.row(old.id).review, world.row(old.id).superseded_by) == (Review.SUPERSEDED, new.id)


def test_a_payer_that_is_down_is_asked_again_later_with_the_same_reference(world: World) -> None:
    row = world.submit(request_for("PAYERDOWN"))
    assert (row.delivery, row.status, row.review) == (Delivery.READY, "submitted", Review.SUBMITTED)
    world.pass_time(timedelta(minutes=3))
    sent = world.core.sent
    assert len(sent) == 2
    assert sent[0].reference == sent[1].reference
    assert sent[0].payload != sent[1].payload  # a new interchange number


@pytest.mark.parametrize(
    ("ending", "status"), [("ELIG1", "active"), ("NOTFOUND", "not_found"), ("INACTIVE", "inactive")]
)
def test_an_eligibility_check_says_what_the_payer_said(world: World, ending: str, status: str) -> None:
    taken = check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for(ending)))
    assert taken.row.status == status
    view = queries.transaction(world.services, TENANT, taken.row.id)
    assert view.latest is not None
    assert isinstance(view.latest.record, Coverage)


def test_a_fax_waits_for_its_carrier_and_then_for_a_person(world: World) -> None:
    row = world.submit(request_for("X", payer="harbor-county-plan"))
    assert (row.delivery, row.evidence, row.status) == (Delivery.ACCEPTED, Evidence.SENT, "submitted")
    world.pass_time(timedelta(days=2))
    assert [item.kind for item in queries.work_items(world.services, TENANT)] == [WorkKind.CARRIER_FAILED]


def test_a_queued_request_is_sent_by_whoever_claims_it(world: World) -> None:
    row = world.submit(request_for("APPROVE"), at_once=False)
    assert row.delivery is Delivery.READY
    assert world.core.sent == []
    assert world.tick() == 1
    assert world.row(row.id).status == "approved"
