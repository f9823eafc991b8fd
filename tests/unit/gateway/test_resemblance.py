"""What a reply says of the care: what contradicts a request, what agrees, and what is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from priorwire.gateway.resemblance import agreements, asked, differences, member_numbers, said
from priorwire.model.authorization import AuthorizationRecord, AuthorizationRequest, ReviewStatus, ServiceDecision
from priorwire.model.authorization import ServiceLine as Line
from priorwire.model.parties import Dependent, PartySaid, PersonName, Provider, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode

KNEE = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="29881")
HEAD = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="70551")
DAYS = DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 12))
CARD = Subscriber(member_id="EXM-0042", name=PersonName(last="Sample", first="Kim"), birth_date=date(1980, 1, 2))
TWIN = Dependent(name=PersonName(last="Sample", first="Lee"), birth_date=date(2015, 5, 6))
REQUEST = AuthorizationRequest(
    payer_id="example_payer",
    requester=Provider(organization="Example Clinic", npi="1234567893"),
    subscriber=CARD,
    event_dates=DAYS,
    services=(Line(procedure=KNEE),),
)
HOLDER = PartySaid(
    name="SAMPLE", first_name="KIM", identifier="EXM0042", identifier_kind="member_id", birth_date=date(1980, 1, 2)
)
REPLY = AuthorizationRecord(
    status=ReviewStatus.APPROVED,
    subscriber=HOLDER,
    patient=HOLDER,
    requester=PartySaid(identifier="1234567893", identifier_kind="npi"),
    event_dates=DAYS,
    services=(ServiceDecision(procedure=KNEE, status=ReviewStatus.APPROVED),),
)


def told(**holder: object) -> AuthorizationRecord:
    other = replace(HOLDER, **holder)  # type: ignore[arg-type]  # a test's shorthand
    return replace(REPLY, subscriber=other, patient=other)


@pytest.mark.parametrize(
    ("reply", "differing"),
    [
        (REPLY, set()),
        (told(identifier="EXM004201"), set()),  # a suffix for the person on the card
        (told(first_name="K"), set()),
        (told(identifier=None, first_name=None, birth_date=None), set()),
        (told(name="OTHER"), set()),  # a family's name changes
        (told(identifier="EXM0099"), {"member number"}),
        (told(first_name="PAT"), {"first name"}),
        (told(birth_date=date(1981, 1, 2)), {"birth date"}),
        (replace(REPLY, services=(ServiceDecision(procedure=HEAD, status=ReviewStatus.DENIED),)), {"procedures"}),
        (replace(REPLY, event_dates=DateSpan(start=date(2027, 3, 1))), {"dates"}),
        (AuthorizationRecord(status=ReviewStatus.PENDED), set()),
    ],
)
def test_what_a_reply_says_otherwise_and_only_that_differs(reply: AuthorizationRecord, differing: set[str]) -> None:
    assert differences(asked(REQUEST), said(reply)) == differing


def test_a_twin_is_told_from_the_other_by_the_first_name() -> None:
    reply = replace(REPLY, patient=PartySaid(name="SAMPLE", first_name="MAX", birth_date=TWIN.birth_date))
    assert differences(asked(replace(REQUEST, dependent=TWIN)), said(reply)) == {"first name"}


def test_a_dependent_that_the_payer_files_as_a_member_of_its_own_is_nobody_else() -> None:
    reply = told(identifier="EXM0042D01", first_name="LEE", birth_date=TWIN.birth_date)
    assert not differences(asked(replace(REQUEST, dependent=TWIN)), said(reply))


def test_a_silent_reply_agrees_with_nothing_and_a_full_one_with_most() -> None:
    assert not agreements(asked(REQUEST), said(AuthorizationRecord(status=ReviewStatus.PENDED)))
    full = agreements(asked(REQUEST), said(REPLY))
    assert set(full) == {"member number", "procedures", "dates", "provider", "first name", "birth date"}
    assert full["member number"] > full["first name"] + full["birth date"]


def test_dates_that_only_overlap_count_less() -> None:
    later = replace(REPLY, event_dates=DateSpan(start=date(2026, 12, 12), end=date(2026, 12, 20)))
    assert 0 < agreements(asked(REQUEST), said(later))["dates"] < agreements(asked(REQUEST), said(REPLY))["dates"]


def test_member_numbers_are_those_of_the_people_and_each_once() -> None:
    assert member_numbers(REPLY) == ("EXM0042",)
    assert member_numbers(told(identifier_kind="ssn")) == ()
