"""Whether an authorization is needed, and whether the request is complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from priorwire.model.authorization import (
    Admission,
    AuthorizationRequest,
    Diagnosis,
    RequestKind,
    ReviewCategory,
    ServiceLine,
)
from priorwire.model.care import Accident, HomeHealthCare, OtherReview
from priorwire.model.eligibility import Answer, Benefit, Coverage, CoverageStatus, Network
from priorwire.model.parties import Dependent, PersonName, Provider, ProviderRole, Subscriber
from priorwire.model.services import CodeSystem, DateSpan, Delivery, ProcedureCode, Quantity, Unit
from priorwire.payers import Incomplete, NotRequired, PayerProfile, Playbook, Ready, review

MakeProfile = Callable[..., PayerProfile]
MakeRequest = Callable[..., AuthorizationRequest]

TODAY = date(2026, 3, 2)
MRI = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="72148")
VISIT = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="99213")
CLINIC = Provider(organization="EXAMPLE CLINIC", npi="1234567893")


def _faults(request: AuthorizationRequest, profile: PayerProfile) -> dict[str, str]:
    outcome = review(request, profile, None, TODAY)
    return {fault.pointer: fault.code for fault in outcome.faults} if isinstance(outcome, Incomplete) else {}


def _coverage(*benefits: Benefit, status: CoverageStatus = CoverageStatus.ACTIVE) -> Coverage:
    return Coverage(status=status, benefits=benefits)


def _says(answer: Answer, procedure: ProcedureCode | None = MRI, **more: Any) -> Benefit:
    return Benefit(information="active", procedure=procedure, authorization_required=answer, **more)


# ---------------------------------------------------------------- is it needed


def test_a_code_on_the_payers_list_needs_none_and_the_list_is_named(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    profile = make_profile(playbook=Playbook(not_required_codes=frozenset({"99213"})))
    request = make_request(services=(ServiceLine(procedure=VISIT),))
    assert review(request, profile, None, TODAY) == NotRequired(
        because=("service 1: listed as needing no authorization by Example manual, 1",)
    )


def test_one_service_that_is_not_on_the_list_is_enough_to_ask(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    profile = make_profile(playbook=Playbook(not_required_codes=frozenset({"99213"})))
    request = make_request(services=(ServiceLine(procedure=VISIT), ServiceLine(procedure=MRI)))
    assert review(request, profile, None, TODAY) == Ready()


def test_the_payers_answer_about_the_very_procedure_counts(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    outcome = review(make_request(), make_profile(), _coverage(_says(Answer.NO)), TODAY)
    assert isinstance(outcome, NotRequired)
    assert "eligibility check" in outcome.because[0]


@pytest.mark.parametrize(
    "coverage",
    [
        None,
        _coverage(),
        _coverage(_says(Answer.NOT_STATED)),
        _coverage(_says(Answer.UNKNOWN)),
        _coverage(_says(Answer.YES)),
        _coverage(_says(Answer.NO), _says(Answer.YES)),
        _coverage(_says(Answer.NO), _says(Answer.UNKNOWN)),
        _coverage(_says(Answer.NO, procedure=None, service_types=("30",))),
        _coverage(_says(Answer.NO, procedure=None, service_types=("2",))),
        _coverage(_says(Answer.NO, procedure=VISIT)),
        _coverage(_says(Answer.NO, network=Network.IN)),
        _coverage(_says(Answer.NO, places_of_service=("11",))),
        _coverage(_says(Answer.NO), status=CoverageStatus.INACTIVE),
        _coverage(_says(Answer.NO), status=CoverageStatus.UNKNOWN),
        _coverage(_says(Answer.NO), status=CoverageStatus.NOT_FOUND),
    ],
)
def test_nothing_less_than_a_plain_no_for_the_procedure_is_read_as_no(
    coverage: Coverage | None, make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    assert review(make_request(), make_profile(), coverage, TODAY) == Ready()


def test_a_code_that_the_payer_lists_as_required_is_asked_for_whatever_the_answer_was(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    profile = make_profile(playbook=Playbook(required_codes=frozenset({"72148"})))
    assert review(make_request(), profile, _coverage(_says(Answer.NO)), TODAY) == Ready()


@pytest.mark.parametrize("kind", [each for each in RequestKind if each is not RequestKind.INITIAL])
def test_what_changes_or_contests_a_review_is_always_sent(
    kind: RequestKind, make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    profile = make_profile(playbook=Playbook(not_required_codes=frozenset({"72148"})))
    request = make_request(kind=kind, previous_authorization_number="A1")
    assert review(request, profile, None, TODAY) == Ready()


def test_a_stay_is_reviewed_though_its_procedures_need_nothing(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    profile = make_profile(playbook=Playbook(not_required_codes=frozenset({"72148"})))
    admission = Admission(admitted=DateSpan(start=TODAY))
    assert review(make_request(admission=admission), profile, None, TODAY) == Ready()


def test_no_services_are_not_services_that_need_nothing(make_request: MakeRequest, make_profile: MakeProfile) -> None:
    assert review(make_request(services=()), make_profile(), _coverage(_says(Answer.NO)), TODAY) == Ready()


# ---------------------------------------------------------------- is it complete


def test_every_fault_is_listed_at_once(make_request: MakeRequest, make_profile: MakeProfile) -> None:
    profile = make_profile(
        playbook=Playbook(requires=(("subscriber.birth_date", "It asks."), ("diagnoses", "It asks.")))
    )
    request = make_request(
        requester=replace(CLINIC, npi="1234567890"),
        diagnoses=(),
        kind=RequestKind.RENEWAL,
        services=(ServiceLine(procedure=MRI, quantity=Quantity(value=Decimal(0), unit=Unit.UNITS)),),
    )
    assert _faults(request, profile) == {
        "/requester/npi": "npi_check_digit",
        "/services/0/quantity/value": "quantity",
        "/previous_authorization_number": "required",
        "/subscriber/birth_date": "payer_requires",
        "/diagnoses": "payer_requires",
    }


def test_the_same_place_is_reported_once(make_request: MakeRequest, make_profile: MakeProfile) -> None:
    profile = make_profile(playbook=Playbook(requires=(("admission", "It asks."),)))
    outcome = review(make_request(category=ReviewCategory.ADMISSION, providers=(CLINIC,)), profile, None, TODAY)
    assert isinstance(outcome, Incomplete)
    assert [fault.pointer for fault in outcome.faults] == ["/admission"]


def test_the_same_request_is_complete_for_one_payer_and_not_for_another(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    strict = make_profile(playbook=Playbook(requires=(("services[].quantity", "It counts."),)))
    assert _faults(make_request(), make_profile()) == {}
    assert _faults(make_request(), strict) == {"/services/0/quantity": "payer_requires"}


TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
NOTHING = Quantity(value=Decimal(0), unit=Unit.DAYS)
CARE = HomeHealthCare(prognosis="3", started=TOMORROW)
#: A field, what no payer can make sense of there, and the faults.
IMPLAUSIBLE: list[tuple[str, Any, dict[str, str]]] = [
    ("accident", Accident(on=TOMORROW), {"/accident/on": "future_date"}),
    ("accident", Accident(on=TODAY), {}),
    ("onset", TOMORROW, {"/onset": "future_date"}),
    ("last_menstrual_period", TOMORROW, {"/last_menstrual_period": "future_date"}),
    ("estimated_birth", TOMORROW, {}),
    (
        "other_reviews",
        (OtherReview(role="00", organization="X", reasons=("X",), on=TOMORROW),),
        {"/other_reviews/0/on": "future_date"},
    ),
    ("home_health", CARE, {}),
    (
        "home_health",
        replace(CARE, surgery_on=TOMORROW, last_visit_on=TOMORROW, physician_contact_on=TOMORROW),
        {
            "/home_health/surgery_on": "future_date",
            "/home_health/last_visit_on": "future_date",
            "/home_health/physician_contact_on": "future_date",
        },
    ),
    (
        "home_health",
        replace(
            CARE,
            certification_period=DateSpan(start=TOMORROW, end=TODAY),
            last_stay=DateSpan(start=TODAY, end=YESTERDAY),
        ),
        {"/home_health/certification_period/end": "date_order", "/home_health/last_stay/end": "date_order"},
    ),
    (
        "home_health",
        replace(CARE, last_stay=DateSpan(start=TOMORROW, end=TOMORROW)),
        {"/home_health/last_stay/start": "future_date"},
    ),
    (
        "delivery",
        Delivery(quantity=Quantity(value=Decimal(0), unit=Unit.DAYS)),
        {"/delivery/quantity/value": "quantity"},
    ),
    (
        "services",
        (ServiceLine(procedure=MRI, delivery=Delivery(quantity=NOTHING)),),
        {"/services/0/delivery/quantity/value": "quantity"},
    ),
]


def test_nothing_happened_to_a_patient_before_the_birth_or_to_a_child_before_its_conception(
    make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    born = replace(make_request().subscriber, birth_date=TODAY)
    request = make_request(
        subscriber=born,
        onset=YESTERDAY,
        last_menstrual_period=TODAY,
        estimated_birth=YESTERDAY,
        accident=Accident(on=TODAY),
    )
    assert _faults(request, make_profile()) == {"/onset": "date_order", "/estimated_birth": "date_order"}
    child = Dependent(name=PersonName(last="X", first="Y"), birth_date=YESTERDAY)
    assert _faults(replace(request, dependent=child, estimated_birth=None), make_profile()) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"services": (), "service_type": None}, {"/services": "required"}),
        ({"requester": Provider(npi="1234567893")}, {"/requester": "person_or_organization"}),
        ({"requester": Provider(organization="X")}, {"/requester/npi": "required"}),
        ({"requester": Provider(organization="X", tax_id="000000000")}, {}),
        (
            {"subscriber": Subscriber(member_id=" ", name=PersonName(last=""))},
            {"/subscriber/member_id": "required", "/subscriber/name/last": "required"},
        ),
        ({"category": ReviewCategory.ADMISSION}, {"/admission": "required", "/providers": "required"}),
        (
            {"providers": (Provider(organization="X", npi="1000000000", role=ProviderRole.FACILITY),)},
            {"/providers/0/npi": "npi_check_digit"},
        ),
        (
            {"services": (ServiceLine(procedure=MRI, providers=(CLINIC, Provider(npi="1000000004"))),)},
            {"/services/0/providers/1": "person_or_organization"},
        ),
        ({"services": (ServiceLine(procedure=replace(MRI, code=" ")),)}, {"/services/0/procedure/code": "required"}),
        (
            {"event_dates": DateSpan(start=date(2026, 3, 9), end=date(2026, 3, 8))},
            {"/event_dates/end": "date_order"},
        ),
        (
            {"admission": Admission(admitted=DateSpan(start=TODAY), discharged=date(2026, 3, 1))},
            {"/admission/discharged": "date_order"},
        ),
        (
            {"dependent": Dependent(name=PersonName(last="X"), birth_date=date(2026, 3, 3))},
            {"/dependent/birth_date": "future_date"},
        ),
        ({"diagnoses": (Diagnosis(code="M5416", on=date(2026, 3, 3)),)}, {"/diagnoses/0/on": "future_date"}),
        ({"diagnoses": (Diagnosis(code="M5416", on=TODAY),)}, {}),
        *(({name: wrong}, expected) for name, wrong, expected in IMPLAUSIBLE),
        ({"kind": RequestKind.CANCEL}, {"/previous_authorization_number": "required"}),
        ({"kind": RequestKind.REVISED, "previous_administrative_reference": "T1"}, {}),
    ],
)
def test_what_every_payer_wants(
    changes: dict[str, Any], expected: dict[str, str], make_request: MakeRequest, make_profile: MakeProfile
) -> None:
    assert _faults(make_request(**changes), make_profile()) == expected


def test_no_fault_repeats_a_value_of_the_request(make_profile: MakeProfile) -> None:
    mark = "QXZVALUE"
    request = AuthorizationRequest(
        payer_id="example",
        requester=Provider(organization=mark, person=PersonName(last=mark), npi=mark),
        subscriber=Subscriber(member_id=mark, name=PersonName(last=mark), birth_date=date(2999, 1, 1)),
        kind=RequestKind.APPEAL_STANDARD,
        diagnoses=(Diagnosis(code=mark, on=date(2999, 1, 1)),),
        services=(
            ServiceLine(procedure=replace(MRI, code=mark), quantity=Quantity(value=Decimal(-787), unit=Unit.DAYS)),
        ),
    )
    outcome = review(request, make_profile(playbook=Playbook(requires=(("urgency", "It asks."),))), None, TODAY)
    assert isinstance(outcome, Incomplete)
    assert len(outcome.faults) == 7
    assert not {each for each in (mark, "2999", "787") if each in repr(outcome)}
