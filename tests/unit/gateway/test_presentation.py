"""The normalized JSON shape of a record."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

from priorwire.gateway.presentation import (
    present_authorization,
    present_coverage,
    present_need,
    present_record,
    present_sources,
)
from priorwire.model.authorization import (
    AuthorizationRecord,
    Reason,
    Rejection,
    ReviewStatus,
    ServiceDecision,
    TraceNumber,
)
from priorwire.model.eligibility import (
    Answer,
    AuthorizationNeed,
    Benefit,
    BenefitQuantity,
    Coverage,
    CoverageStatus,
    Network,
)
from priorwire.model.evidence import Source
from priorwire.model.parties import AddressSaid, Contact, Gender, PartySaid
from priorwire.model.services import CodeSystem, DateSpan, DeliverySaid, Interval, ProcedureCode, Quantity, Unit

PROCEDURE = ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110", modifiers=("GP",))


def test_a_review_keeps_every_field_and_shows_absence_as_null() -> None:
    shown = present_authorization(AuthorizationRecord(status=ReviewStatus.UNKNOWN))
    assert {each.name for each in fields(AuthorizationRecord)} | {"unit"} == set(shown)
    assert {value for value in shown.values() if not isinstance(value, list)} == {"unknown", "response", None}


def test_a_service_keeps_every_field() -> None:
    service = ServiceDecision(
        procedure=PROCEDURE,
        status=ReviewStatus.APPROVED,
        quantity=Quantity(value=Decimal("12.50"), unit=Unit.VISITS),
        dates=DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 20)),
        reasons=(Reason(code="0F", says="not medically necessary"),),
    )
    record = AuthorizationRecord(status=ReviewStatus.APPROVED, services=(service,))
    services = present_authorization(record)["services"]
    assert isinstance(services, list)
    (shown,) = services
    assert {each.name for each in fields(ServiceDecision)} | {"unit"} == set(shown)
    assert (shown["quantity"], shown["unit"]) == ("12.50", "visits")
    assert shown["dates"] == {"start": "2026-12-10", "end": "2026-12-20"}
    assert shown["procedure"] == {
        "system": "cpt_hcpcs",
        "code": "97110",
        "modifiers": ["GP"],
        "through": None,
        "description": None,
    }
    assert shown["reasons"] == [{"code": "0F", "says": "not medically necessary"}]


def test_a_coverage_and_its_benefits_keep_every_field() -> None:
    benefit = Benefit(
        information="co_insurance",
        percent=Decimal("0.20"),
        amount=Decimal("1234567890123.10"),
        quantity=BenefitQuantity(value=Decimal(12), counts="visits"),
        network=Network.BOTH,
        dates=(("plan", DateSpan(start=date(2026, 1, 1))),),
    )
    coverage = Coverage(status=CoverageStatus.ACTIVE, benefits=(benefit,))
    shown = present_coverage(coverage)
    assert {each.name for each in fields(Coverage)} == set(shown)
    benefits = shown["benefits"]
    assert isinstance(benefits, list)
    assert {each.name for each in fields(Benefit)} | {"counts"} == set(benefits[0])
    assert (benefits[0]["percent"], benefits[0]["amount"]) == ("0.20", "1234567890123.10")
    assert benefits[0]["authorization_required"] == "not_stated"
    assert (benefits[0]["quantity"], benefits[0]["counts"]) == ("12", "visits")
    assert benefits[0]["dates"] == [{"name": "plan", "start": "2026-01-01", "end": None}]


def test_a_delivery_keeps_every_field_and_what_is_not_known() -> None:
    said = DeliverySaid(
        quantity=Quantity(value=Decimal(3), unit=Unit.VISITS),
        per=Interval.WEEK,
        every=Decimal(2),
        unknown=(("period", "99"),),
    )
    shown = present_authorization(AuthorizationRecord(status=ReviewStatus.APPROVED, delivery=said))["delivery"]
    assert isinstance(shown, dict)
    assert {each.name for each in fields(DeliverySaid)} | {"unit"} == set(shown)
    assert (shown["quantity"], shown["unit"], shown["per"], shown["every"]) == ("3", "visits", "week", "2")
    assert shown["unknown"] == [{"kind": "period", "code": "99"}]


def test_parties_rejections_and_traces_are_whole() -> None:
    said = PartySaid(
        name="SAMPLE",
        birth_date=date(1970, 4, 2),
        gender=Gender.FEMALE,
        address=AddressSaid(city="DAYTON"),
        numbers=(("group", "G1"),),
        contacts=(Contact(telephone="5"),),
    )
    record = AuthorizationRecord(
        status=ReviewStatus.REJECTED,
        subscriber=said,
        rejections=(Rejection(code="72", about="subscriber"),),
        traces=(TraceNumber(number="T1", returned=True),),
    )
    shown = present_authorization(record)
    assert {each.name for each in fields(PartySaid)} == set(shown["subscriber"])  # type: ignore[call-overload]
    assert shown["subscriber"] == {
        "name": "SAMPLE",
        "first_name": None,
        "middle_name": None,
        "suffix": None,
        "role": None,
        "identifier": None,
        "identifier_kind": None,
        "taxonomy": None,
        "birth_date": "1970-04-02",
        "gender": "female",
        "address": {
            "line1": None,
            "line2": None,
            "city": "DAYTON",
            "state": None,
            "postal_code": None,
            "country": None,
            "subdivision": None,
        },
        "numbers": [{"kind": "group", "number": "G1"}],
        "number_notes": [],
        "relationship": None,
        "contacts": [
            {"name": None, "telephone": "5", "extension": None, "fax": None, "email": None, "url": None},
        ],
    }
    assert shown["rejections"] == [
        {
            "code": "72",
            "says": None,
            "follow": "not_stated",
            "follow_code": None,
            "request_valid": None,
            "next_step": None,
            "about": "subscriber",
            "service": None,
        }
    ]
    assert shown["traces"] == [{"number": "T1", "assigner": None, "returned": True}]


def test_everything_shown_is_plain_json() -> None:
    for record in (
        AuthorizationRecord(status=ReviewStatus.APPROVED, issued_date=date(2026, 12, 1)),
        Coverage(status=CoverageStatus.ACTIVE),
    ):
        shown = present_record(record)
        assert json.loads(json.dumps(shown)) == shown


def test_sources_are_shown_by_path_in_order() -> None:
    other = Source(
        interchange=1,
        transaction_set=1,
        segment="HCR",
        position=12,
        element=2,
        start=307,
        end=310,
        segment_start=300,
        segment_end=310,
        rule="decision",
    )
    source = replace(other, also=(other,))
    shown = present_sources({"status": source, "authorization_number": source})
    assert list(shown) == ["authorization_number", "status"]
    plain = {each.name: getattr(other, each.name) for each in fields(Source)} | {"also": []}
    assert shown["status"] == {**plain, "also": [plain]}


def test_a_need_names_its_statements() -> None:
    assert present_need(AuthorizationNeed(answer=Answer.YES, because=(2,))) == {
        "answer": "yes",
        "because": [2],
        "against": [],
    }
