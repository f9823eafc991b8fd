"""What an inquiry about coverage says in X12."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from priorwire.errors import InvalidRequest
from priorwire.mapping import BuildContext, build_270
from priorwire.model.eligibility import EligibilityInquiry
from priorwire.model.parties import Gender
from priorwire.model.services import CodeSystem, ProcedureCode
from priorwire.x12 import Delimiters, validate
from priorwire.x12.guides import guide
from tests.strategies import contexts, eligibility_inquiries
from tests.unit.mapping.samples import CONTEXT, full_inquiry, reread
from tests.unit.mapping.variants import variants

#: Fields that deliberately never reach the payer: ours alone, or without a place in the guide.
NOT_SENT = ("payer_id", "client_reference", "provider.contact")


def built(inquiry: EligibilityInquiry, context: BuildContext = CONTEXT) -> list[str]:
    return [segment.text() for segment in build_270(inquiry, context)]


@settings(max_examples=30, deadline=None)
@given(eligibility_inquiries(), contexts())
def test_whatever_is_asked_passes_the_guide_without_a_finding(
    inquiry: EligibilityInquiry, context: BuildContext
) -> None:
    checked = validate(reread("270", build_270(inquiry, context)), guide("270"))
    assert [issue.says for issue in checked.issues] == []
    assert checked.placed.unplaced == []


@settings(max_examples=20, deadline=None)
@given(eligibility_inquiries(), contexts())
def test_identifiers_come_back_at_the_level_of_the_patient(inquiry: EligibilityInquiry, context: BuildContext) -> None:
    root = validate(reread("270", build_270(inquiry, context)), guide("270")).placed.root
    patient = root.find_loops("2000D" if inquiry.dependent else "2000C")[0]
    member, trace = root.find_loops("2100C")[0].first("NM1"), patient.first("TRN")
    assert member
    assert trace
    assert member.element(9) == (inquiry.subscriber.member_id or "")
    assert (trace.element(2), trace.element(3)) == (context.trace_number, context.trace_assigner)
    assert [each for each in root.all_segments() if each.id == "TRN"] == [trace]


@pytest.mark.parametrize(
    ("path", "changed"), list(variants(full_inquiry())), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_field_reaches_the_payer(path: str, changed: EligibilityInquiry) -> None:
    try:
        same = built(changed) == built(full_inquiry())
    except InvalidRequest:
        same = False  # what cannot be said is refused, and so not dropped
    assert same == path.startswith(NOT_SENT)


def test_service_types_share_one_element_and_the_procedure_has_its_own_question() -> None:
    assert built(full_inquiry())[-4:] == ["EQ*30^98", "III*ZZ*11", "EQ**HC:78452:26", "III*ZZ*11"]


def test_without_a_repetition_separator_each_service_type_is_a_question() -> None:
    context = replace(CONTEXT, delimiters=Delimiters(repetition=None))
    inquiry = replace(full_inquiry(), procedures=(), place_of_service=None)
    assert built(inquiry, context)[-2:] == ["EQ*30", "EQ*98"]


def test_without_dependent_the_subscriber_has_no_children() -> None:
    body = built(replace(full_inquiry(), dependent=None))
    assert "HL*3*2*22*0" in body
    assert not [text for text in body if text.startswith("HL*4")]


def test_an_unknown_gender_is_left_out() -> None:
    subscriber = replace(full_inquiry().subscriber, gender=Gender.UNKNOWN)
    assert "DMG*D8*19700402" in built(replace(full_inquiry(), subscriber=subscriber))


def test_a_code_system_without_a_qualifier_is_refused() -> None:
    procedure = ProcedureCode(system=CodeSystem.REVENUE, code="0360")
    with pytest.raises(InvalidRequest) as refused:
        build_270(replace(full_inquiry(), procedures=(procedure,)), CONTEXT)
    assert [each.pointer for each in refused.value.faults] == ["/procedures/0/system"]
