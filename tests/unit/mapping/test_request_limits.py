"""What X12 has no place for is refused with its place in the request, and a finding leads back to it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from priorwire.errors import InvalidRequest
from priorwire.mapping import build_270, build_278
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, DiagnosisKind, RequestKind, ReviewCategory
from priorwire.model.care import Attachment, DentalDetail
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import MemberNumber, MemberNumberKind, ProviderNumber, ProviderNumberKind, ProviderRole
from priorwire.model.services import CodeSystem, Delivery, Interval, ProcedureCode, Quantity, Unit
from priorwire.x12 import validate
from priorwire.x12.guides import guide
from tests import maximal
from tests.unit.mapping.samples import CONTEXT, reread

EVENT, STAY, ASKED = maximal.event(), maximal.admission(), maximal.inquiry()
assert EVENT.home_health is not None
VISITS = Quantity(value=Decimal(12), unit=Unit.VISITS)
FIRST = EVENT.services[0]
CHILD = maximal.inquiries()[1]


def with_line(**changes: object) -> AuthorizationRequest:
    return replace(EVENT, services=(replace(FIRST, **changes),))  # type: ignore[arg-type]  # the case says them


def with_provider(**changes: object) -> AuthorizationRequest:
    return replace(EVENT, providers=(replace(EVENT.providers[0], **changes),))  # type: ignore[arg-type]  # as above


def with_code(system: CodeSystem, code: str = "LOCAL1", **changes: object) -> AuthorizationRequest:
    bare = replace(FIRST, procedure=ProcedureCode(system=system, code=code), epsdt=None, diagnosis_numbers=())
    return replace(EVENT, services=(replace(bare, nursing_level=None, **changes),))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        (with_code(CodeSystem.OTHER), "/services/0/procedure/system"),
        (with_line(category=ReviewCategory.ADMISSION), "/services/0/category"),
        (with_line(bill_type="11"), "/services/0/bill_type"),
        (with_line(unit_rate=Decimal(1)), "/services/0/unit_rate"),
        (with_line(dental=DentalDetail(replacement=True)), "/services/0/dental"),
        (with_code(CodeSystem.CDT, "D2740", epsdt=True), "/services/0/epsdt"),
        (with_code(CodeSystem.REVENUE, "0120", diagnosis_numbers=(1,)), "/services/0/diagnosis_numbers"),
        (with_code(CodeSystem.REVENUE, "0120", revenue_code="0360"), "/services/0/revenue_code"),
        (with_line(diagnosis_numbers=(1, 13)), "/services/0/diagnosis_numbers/1"),
        (with_line(quantity=VISITS), "/services/0/quantity"),
        (with_line(delivery=Delivery(periods=3)), "/services/0/delivery/period"),
        (with_line(delivery=Delivery(per=Interval.YEAR)), "/services/0/delivery/per"),
        (
            with_line(delivery=Delivery(quantity=Quantity(value=Decimal(1), unit=Unit.MINUTES))),
            "/services/0/delivery/quantity/unit",
        ),
        (
            with_line(procedure=replace(FIRST.procedure, modifiers=("GP", "59", "RT", "LT", "22"))),
            "/services/0/procedure/modifiers/4",
        ),
        (
            with_line(providers=(replace(EVENT.providers[0], role=ProviderRole.ATTENDING, numbers=()),)),
            "/services/0/providers/0/role",
        ),
        (with_provider(role=ProviderRole.SUPERVISING), "/providers/0/role"),
        (
            with_provider(numbers=(ProviderNumber(kind=ProviderNumberKind.SITE, number="1"),)),
            "/providers/0/numbers/0/kind",
        ),
        (
            with_provider(numbers=(ProviderNumber(kind=ProviderNumberKind.UPIN, number="1", state="CA"),)),
            "/providers/0/numbers/0/state",
        ),
        (
            replace(
                STAY,
                subscriber=replace(STAY.subscriber, numbers=(MemberNumber(kind=MemberNumberKind.CASE, number="1"),)),
            ),
            "/subscriber/numbers/0/kind",
        ),
        (replace(STAY, subscriber=replace(STAY.subscriber, member_id=" ")), "/subscriber/member_id"),
        (replace(STAY, place_of_service="11"), "/bill_type"),
        (
            replace(STAY, delivery=Delivery(quantity=VISITS)),
            "/admission/days",
        ),
        (
            replace(
                EVENT, kind=RequestKind.RECONSIDERATION, home_health=replace(EVENT.home_health, certification=None)
            ),
            "/home_health/certification",
        ),
        (
            replace(EVENT, previous_authorization_number=None, previous_administrative_reference=" "),
            "/previous_authorization_number",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_request_is_refused_at_the_field_that_cannot_be_carried(request_: AuthorizationRequest, pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        build_278(request_, CONTEXT)
    assert [each.pointer for each in refused.value.faults] == [pointer]


@pytest.mark.parametrize(
    ("inquiry", "pointer"),
    [
        (replace(ASKED, referral_number="REFERRAL1"), "/referral_number"),
        (replace(CHILD, family=True), "/family"),
        (replace(CHILD, spend_down=Decimal(1)), "/spend_down"),
        (replace(CHILD, diagnoses=(Diagnosis(code="I10", kind=DiagnosisKind.DRG),)), "/diagnoses/0/kind"),
        (replace(CHILD, diagnoses=(Diagnosis(code="I10", on=maximal.CONTEXT.at.date()),)), "/diagnoses/0/on"),
        (
            replace(CHILD, procedures=(ProcedureCode(system=CodeSystem.CPT_HCPCS, code="78452", through="78454"),)),
            "/procedures/0/through",
        ),
        (replace(CHILD, procedures=(ProcedureCode(system=CodeSystem.ABC, code="CBAAA"),)), "/procedures/0/system"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_inquiry_is_refused_at_the_field_that_cannot_be_carried(inquiry: EligibilityInquiry, pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        build_270(inquiry, CONTEXT)
    assert [each.pointer for each in refused.value.faults] == [pointer]


def test_all_that_cannot_be_carried_is_said_at_once() -> None:
    twice = replace(with_line(unit_rate=Decimal(1), diagnosis_numbers=(99,)), previous_authorization_number="A*B")
    with pytest.raises(InvalidRequest) as refused:
        build_278(twice, CONTEXT)
    assert [each.pointer for each in refused.value.faults] == [
        "/previous_authorization_number",
        "/services/0/unit_rate",
        "/services/0/diagnosis_numbers/0",
    ]


def found(request: AuthorizationRequest) -> set[str]:
    body = build_278(request, CONTEXT)
    issues = validate(reread("278-request", body), guide("278-request")).issues
    return {body.pointer(each.place.position, each.place.element) for each in issues}


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        (replace(EVENT, note="A" * 265), "/note"),
        (replace(EVENT, diagnoses=(*EVENT.diagnoses, Diagnosis(code="I10"))), "/diagnoses"),
        (replace(EVENT, attachments=(Attachment(report_type="RR"),) * 11), "/attachments/10"),
        (replace(EVENT, providers=(EVENT.providers[0],) * 15), "/providers/14"),
        (replace(EVENT, service_type="30"), "/service_type"),
        (replace(EVENT, conditions=(EVENT.conditions[0],) * 2), "/conditions/1"),
        (with_line(note="A" * 265), "/services/0/note"),
        (with_line(nursing_level="99"), "/services/0/nursing_level"),
        (with_line(charge=Decimal(10) ** 18), "/services/0/charge"),
        (
            replace(STAY, subscriber=replace(STAY.subscriber, name=replace(STAY.subscriber.name, last="A" * 61))),
            "/subscriber",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_finding_of_the_guide_leads_back_to_the_field(request_: AuthorizationRequest, pointer: str) -> None:
    assert found(request_) == {pointer}


def test_a_place_that_is_not_in_the_body_is_the_whole_request() -> None:
    body = build_278(STAY, CONTEXT)
    assert [body.pointer(each) for each in (0, 1, len(body) + 2, 10_000)] == ["", "", "", ""]


def test_diagnosis_numbers_follow_the_diagnoses_to_their_places() -> None:
    body = [each.text() for each in build_278(EVENT, CONTEXT)]
    codes = next(text for text in body if text.startswith("HI*")).split("*")[1:]
    assert [code.split(":")[1] for code in codes[:4]] == ["E1165", "I10", "M5416", "R079"]
    pointed = next(text for text in body if text.startswith("SV1*")).split("*")[7]
    assert pointed == "4:2:3:1"


def test_a_reservation_says_so_twice_and_stays_a_request() -> None:
    body = [each.text() for each in build_278(maximal.requests()[2], CONTEXT)]
    assert body[0] == "BHT*0007*13*PWREF0001*20261201*1504*RU"
    assert any(text.startswith("UM*IN*I") for text in body)


def test_every_service_has_a_trace_of_its_own() -> None:
    traces = [each.element(2) for each in build_278(STAY, CONTEXT) if each.id == "TRN"]
    assert traces == ["PWTRACE0001", *(f"PWTRACE0001-{number}" for number in range(1, len(STAY.services) + 1))]


def test_a_line_that_asks_for_the_same_has_no_review_of_its_own() -> None:
    body = [each.text() for each in build_278(EVENT, CONTEXT) if each.id == "UM"]
    assert body[1:] == ["UM*SC*4*PT*11:B", "UM*HS***11:A"]


@pytest.mark.parametrize("kind", [RequestKind.APPEAL_IMMEDIATE, RequestKind.APPEAL_STANDARD, RequestKind.INITIAL])
def test_a_denial_without_a_number_can_be_appealed(kind: RequestKind) -> None:
    request = replace(STAY, kind=kind)
    assert not [each for each in build_278(request, CONTEXT) if each.id == "REF" and each.element(1) in ("BB", "NT")]
