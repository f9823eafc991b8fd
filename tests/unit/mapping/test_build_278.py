"""What a request for review says in X12."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from priorwire.errors import InvalidRequest
from priorwire.mapping import BuildContext, build_278
from priorwire.model.authorization import AuthorizationRequest, Diagnosis, RequestKind, ReviewCategory, ServiceLine
from priorwire.model.parties import Contact
from priorwire.model.services import CodeSystem, ProcedureCode, Quantity, Unit
from priorwire.x12 import Delimiters, Segment, validate
from priorwire.x12.guides import guide
from tests.strategies import authorization_requests, contexts
from tests.unit.mapping.samples import CONTEXT, full_request, reread
from tests.unit.mapping.variants import variants

#: Fields that deliberately never reach the payer.
NOT_SENT = {"payer_id", "client_reference"}


def lines(body: list[Segment]) -> list[str]:
    return [segment.text() for segment in body]


def built(request: AuthorizationRequest, context: BuildContext = CONTEXT) -> list[str]:
    return lines(build_278(request, context))


def refused(request: AuthorizationRequest) -> list[str]:
    with pytest.raises(InvalidRequest) as found:
        build_278(request, CONTEXT)
    return [each.pointer for each in found.value.faults]


@settings(max_examples=30, deadline=None)
@given(authorization_requests(), contexts())
def test_whatever_is_asked_passes_the_guide_without_a_finding(
    request: AuthorizationRequest, context: BuildContext
) -> None:
    ts = reread("278-request", build_278(request, context))
    checked = validate(ts, guide("278-request"))
    assert [issue.says for issue in checked.issues] == []
    assert checked.placed.unplaced == []


@settings(max_examples=30, deadline=None)
@given(authorization_requests(), contexts())
def test_identifiers_come_back_as_they_were_given(request: AuthorizationRequest, context: BuildContext) -> None:
    root = validate(reread("278-request", build_278(request, context)), guide("278-request")).placed.root
    header, event = root.first("BHT"), root.find_loops("2000E")[0]
    member, trace = root.find_loops("2010C")[0].first("NM1"), event.first("TRN")
    assert header
    assert member
    assert trace
    assert header.element(3) == context.reference
    assert member.element(9) == request.subscriber.member_id
    assert (trace.element(2), trace.element(3)) == (context.trace_number, context.trace_assigner)
    assert len(root.find_loops("2000F")) == len(request.services)


@pytest.mark.parametrize(
    ("path", "changed"), list(variants(full_request())), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_field_reaches_the_payer(path: str, changed: AuthorizationRequest) -> None:
    try:
        same = built(changed) == built(full_request())
    except InvalidRequest:
        same = False  # what cannot be said is refused, and so not dropped
    assert same == (path in NOT_SENT)


def test_levels_are_numbered_from_one_and_name_their_parents() -> None:
    hierarchy = [segment.text() for segment in build_278(full_request(), CONTEXT) if segment.id == "HL"]
    assert hierarchy == [
        "HL*1**20*1",
        "HL*2*1*21*1",
        "HL*3*2*22*1",
        "HL*4*3*23*1",
        "HL*5*4*EV*1",
        "HL*6*5*SS*0",
        "HL*7*5*SS*0",
    ]


def test_without_dependent_and_services_the_event_ends_the_branch() -> None:
    request = replace(full_request(), dependent=None, services=())
    assert [text for text in built(request) if text.startswith("HL")][-2:] == ["HL*3*2*22*1", "HL*4*3*EV*0"]


def test_the_principal_diagnosis_is_first_and_loses_its_point() -> None:
    assert "HI*ABK:E1165:D8:20260105*ABF:M5416" in built(full_request())


def test_a_principal_diagnosis_is_never_made_up() -> None:
    request = replace(full_request(), diagnoses=(Diagnosis(code="I10"),))
    assert "HI*ABF:I10" in built(request)


@pytest.mark.parametrize("kind", RequestKind)
def test_earlier_numbers_go_with_every_kind(kind: RequestKind) -> None:
    body = built(replace(full_request(), kind=kind))
    assert {"REF*BB*AUTH0001", "REF*NT*TRACK0001"} <= set(body)


def test_a_cancellation_is_told_by_header_and_event() -> None:
    body = built(replace(full_request(), kind=RequestKind.CANCEL))
    assert body[0] == "BHT*0007*01*PWREF0001*20261201*1504"
    assert next(text for text in body if text.startswith("UM*")).split("*")[2] == "3"


def test_a_place_goes_by_bill_type_or_by_place_of_service() -> None:
    request = replace(full_request(), category=ReviewCategory.ADMISSION, place_of_service=None, bill_type="11")
    assert "UM*AR*4*2*11:A**U" in built(request)
    assert "UM*HS*4*2*22:B**U" in built(full_request())


@pytest.mark.parametrize(
    ("procedure", "revenue", "quantity", "expected"),
    [
        ((CodeSystem.CPT_HCPCS, "97110"), None, None, ["SV1*HC:97110"]),
        ((CodeSystem.CPT_HCPCS, "97110"), None, (12, Unit.VISITS), ["SV1*HC:97110", "HSD*VS*12"]),
        ((CodeSystem.CPT_HCPCS, "97110"), None, (4, Unit.UNITS), ["SV1*HC:97110**UN*4"]),
        ((CodeSystem.CPT_HCPCS, "99354"), None, (30, Unit.MINUTES), ["SV1*HC:99354**MJ*30"]),
        ((CodeSystem.NDC, "00000000000"), None, None, ["SV1*N4:00000000000"]),
        ((CodeSystem.CPT_HCPCS, "33510"), "0360", (1, Unit.UNITS), ["SV2*0360*HC:33510**UN*1"]),
        ((CodeSystem.ICD10_PCS, "0210083"), None, None, ["SV2**ZZ:0210083"]),
        ((CodeSystem.REVENUE, "0120"), None, (3, Unit.DAYS), ["SV2*0120***DA*3"]),
        ((CodeSystem.CDT, "D2740"), None, None, ["SV3*AD:D2740*****1"]),
        ((CodeSystem.CDT, "D2740"), None, (2, Unit.UNITS), ["SV3*AD:D2740*****2"]),
        ((CodeSystem.CDT, "D8080"), None, (18, Unit.MONTHS), ["SV3*AD:D8080*****1", "HSD*MN*18"]),
    ],
)
def test_a_service_goes_into_the_segment_of_its_code_system(
    procedure: tuple[CodeSystem, str], revenue: str | None, quantity: tuple[int, Unit] | None, expected: list[str]
) -> None:
    line = ServiceLine(
        procedure=ProcedureCode(system=procedure[0], code=procedure[1]),
        revenue_code=revenue,
        quantity=Quantity(value=Decimal(quantity[0]), unit=quantity[1]) if quantity else None,
    )
    assert built(replace(full_request(), services=(line,)))[-len(expected) :] == expected


def test_a_code_system_without_a_qualifier_is_refused() -> None:
    line = ServiceLine(procedure=ProcedureCode(system=CodeSystem.OTHER, code="LOCAL1"))
    assert refused(replace(full_request(), services=(line,))) == ["/services/0/procedure/system"]


def test_minutes_of_an_institutional_service_are_refused() -> None:
    quantity = Quantity(value=Decimal(30), unit=Unit.MINUTES)
    line = ServiceLine(procedure=ProcedureCode(system=CodeSystem.REVENUE, code="0420"), quantity=quantity)
    assert refused(replace(full_request(), services=(line,))) == ["/services/0/quantity/unit"]


def test_a_note_with_delimiters_is_cleaned_and_sent() -> None:
    request = replace(full_request(), note="BP: 120/80*\npain > 3 ~ sévère")
    assert "MSG*BP 120/80 PAIN GREATER THAN 3 ABOUT SEVERE" in built(request)


def test_a_note_that_is_too_long_is_not_cut_but_found() -> None:
    ts = reread("278-request", build_278(replace(full_request(), note="A" * 265), CONTEXT))
    found = [issue for issue in validate(ts, guide("278-request")).issues if issue.place.segment == "MSG"]
    assert [issue.code.code for issue in found] == ["E5"]


@pytest.mark.parametrize("mark", "*:^~")
def test_an_identifier_with_a_delimiter_is_refused_without_being_repeated(mark: str) -> None:
    member = f"SECRET{mark}1"
    request = replace(full_request(), subscriber=replace(full_request().subscriber, member_id=member))
    with pytest.raises(InvalidRequest) as found:
        build_278(request, CONTEXT)
    assert [each.pointer for each in found.value.faults] == ["/subscriber"]
    assert "SECRET" not in f"{found.value.message}{found.value.faults}"


def test_other_delimiters_bar_other_characters() -> None:
    delimiters = Delimiters(element="|", repetition="+", component=">", segment="!")
    request = replace(full_request(), note="1+1 is 2! or A*B")
    body = build_278(request, replace(CONTEXT, delimiters=delimiters))
    assert "MSG|1 1 IS 2 OR A*B" in lines(body)
    assert reread("278-request", body, delimiters).control_number == "0001"


def test_a_provider_without_npi_is_named_by_its_tax_number() -> None:
    requester = replace(full_request().requester, npi=None)
    body = built(replace(full_request(), requester=requester))
    assert "NM1*1P*2*EXAMPLE CLINIC*****24*123456789" in body
    assert body.count("REF*EI*123456789") == built(full_request()).count("REF*EI*123456789") - 1


def test_a_contact_keeps_the_three_numbers_that_per_has_room_for() -> None:
    contact = Contact(
        name="Desk", telephone="+1 (555) 555-0100 ext. 12", fax="555.555.0101", email="a@example.org", url="x.example"
    )
    requester = replace(full_request().requester, contact=contact)
    body = built(replace(full_request(), requester=requester))
    assert "PER*IC*DESK*TE*5555550100*EX*12*FX*5555550101" in body
