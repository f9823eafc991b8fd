"""What a 278 answer says: numbers, statuses, inheritance, and what is never inferred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import Reading, build_278, build_278_inquiry, read_278
from priorwire.mapping.decisions import rolled_up
from priorwire.mapping.trace import Found, Spot
from priorwire.model.authorization import (
    AuthorizationRecord,
    DocumentKind,
    Follow,
    PendedFor,
    Reason,
    ReviewStatus,
    TraceNumber,
)
from priorwire.model.parties import Contact, Gender
from priorwire.model.services import CodeSystem, DateSpan, ProcedureCode, Quantity, Unit
from priorwire.x12 import Segment, place
from priorwire.x12.guides import guide
from tests.unit.mapping.samples import CONTEXT, full_request, placed, reread, response

PENDS = "BHT*0007*11*PWREF0001*20261201*1504*19"


def readings(text: str, kind: str = "278-response") -> Sequence[Reading[AuthorizationRecord]]:
    return read_278(placed(kind, text))


def record(event: str, **header: str) -> AuthorizationRecord:
    (reading,) = readings(response(event, **header))
    return reading.record


def line(*segments: str, number: int = 5) -> str:
    return "\n".join((f"HL*{number}*4*SS*0", *segments))


# --- the decision -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("A1", ReviewStatus.APPROVED),
        ("A2", ReviewStatus.PARTIALLY_APPROVED),
        ("A3", ReviewStatus.DENIED),
        ("A4", ReviewStatus.PENDED),
        ("A6", ReviewStatus.APPROVED_MODIFIED),
        ("C", ReviewStatus.CANCELLED),
        ("CT", ReviewStatus.CONTACT_PAYER),
        ("NA", ReviewStatus.NOT_REQUIRED),
        ("I1", ReviewStatus.UNKNOWN),
    ],
)
def test_each_decision_code_has_its_status(code: str, status: ReviewStatus) -> None:
    assert record(f"UM*HS*I*1\nHCR*{code}").status is status


@given(st.text(st.characters(codec="ascii", categories=("Lu", "Nd")), min_size=1, max_size=2))
@settings(max_examples=50, deadline=None)
def test_only_a1_a2_and_a6_are_ever_read_as_certified(code: str) -> None:
    certified = record(f"HCR*{code}*NUMBER1").status in (
        ReviewStatus.APPROVED,
        ReviewStatus.APPROVED_MODIFIED,
        ReviewStatus.PARTIALLY_APPROVED,
    )
    assert certified == (code in ("A1", "A2", "A6"))


def test_approval_is_not_inferred_from_anything_but_a_decision() -> None:
    said = record("UM*HS*I*1\nREF*BB*AUTH1\nDTP*102*D8*20261201\nDTP*007*D8*20261201\nMSG*APPROVED")
    assert said.status is ReviewStatus.UNKNOWN
    assert said.authorization_number is None
    assert said.previous_authorization_number == "AUTH1"


def test_two_decisions_that_contradict_each_other_decide_nothing() -> None:
    assert record("UM*HS*I*1\nHCR*A1*N1\nHCR*A3").status is ReviewStatus.UNKNOWN


@pytest.mark.parametrize(
    "event",
    ["HCR*A1*N1\nUM*HS*I*1", "UM*HS*I*1\nHI*ABK:M1711\nHCR*A1*N1", "UM*HS*I*1\nNM1*FA*2*EXAMPLE HOSPITAL\nHCR*A1*N1"],
    ids=["before UM", "after HI", "after a name"],
)
def test_a_decision_out_of_its_place_is_found(event: str) -> None:
    said = record(event)
    assert (said.status, said.authorization_number) == (ReviewStatus.APPROVED, "N1")


def test_reasons_repeat_and_unknown_ones_are_kept() -> None:
    said = record("HCR*A3**0F^09^ZX")
    assert [each.code for each in said.reasons] == ["0F", "09", "ZX"]
    assert said.reasons[0].says is not None
    assert said.reasons[2] == Reason(code="ZX", says=None)


@pytest.mark.parametrize(
    ("reasons", "waits"),
    [
        ("0U", PendedFor.INFORMATION),
        ("0P", PendedFor.INFORMATION),
        ("0V", PendedFor.REVIEW),
        ("0W", PendedFor.REVIEW),
        ("0B", PendedFor.FORWARDED),
        ("0V^0U", PendedFor.INFORMATION),
        ("", PendedFor.NOT_STATED),
        ("99", PendedFor.NOT_STATED),
    ],
)
def test_a_pend_says_what_it_waits_for(reasons: str, waits: PendedFor) -> None:
    said = record(f"HCR*A4**{reasons}", header=PENDS) if reasons else record("HCR*A4", header=PENDS)
    assert said.pended_for is waits
    assert said.more_to_follow is True


def test_a_pend_that_asks_for_a_document_waits_for_information() -> None:
    said = record("HCR*A4\nHI*LOI:18842-5\nPWK*OZ*FX", header=PENDS)
    assert said.pended_for is PendedFor.INFORMATION
    assert [(each.kind, each.code, each.way) for each in said.requested_documents] == [
        (DocumentKind.REPORT_TYPE, "OZ", "fax"),
        (DocumentKind.LOINC, "18842-5", None),
    ]


def test_only_a_pend_waits_for_something() -> None:
    assert record("HCR*A3**0U").pended_for is None


# --- refusals -----------------------------------------------------------------------------------------------


def test_a_refusal_without_a_decision_is_rejected_and_never_denied() -> None:
    said = record("AAA*N**15*C\nUM*HS*I*1")
    assert said.status is ReviewStatus.REJECTED
    assert [(each.code, each.follow, each.about, each.service) for each in said.rejections] == [
        ("15", Follow.CORRECT_AND_RESUBMIT, "event", None)
    ]


def test_an_answer_that_stops_at_the_subscriber_is_one_rejected_review() -> None:
    text = """
        BHT*0007*11*PWREF0001*20261201*1504*18
        HL*1**20*1
        NM1*X3*2*EXAMPLE HEALTH PLAN*****PI*EXHP1
        HL*2*1*21*1
        NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893
        HL*3*2*22*0
        NM1*IL*1*SAMPLE*ROBIN****MI*XMPL0009
        AAA*N**72*C
    """
    (reading,) = readings(text)
    assert reading.record.status is ReviewStatus.REJECTED
    assert [(each.code, each.about, each.follow) for each in reading.record.rejections] == [
        ("72", "subscriber", Follow.CORRECT_AND_RESUBMIT)
    ]
    assert reading.record.subscriber is not None
    assert reading.record.subscriber.identifier == "XMPL0009"


@pytest.mark.parametrize(
    ("segment", "code", "follow"),
    [
        ("AAA*N**42*Y", "42", Follow.AWAIT_RESPONSE),
        ("AAA*N*42**Y", "42", Follow.AWAIT_RESPONSE),
        ("AAA*N*72*C", "72", Follow.CORRECT_AND_RESUBMIT),
        ("AAA*N*72", "72", Follow.NOT_STATED),
        ("AAA*N**Q9*Q", "Q9", Follow.NOT_STATED),
        ("AAA*Y**41*N", "41", Follow.DO_NOT_RESUBMIT),
    ],
)
def test_reason_and_action_are_read_where_payers_put_them(segment: str, code: str, follow: Follow) -> None:
    said = record(segment)
    assert [(each.code, each.follow) for each in said.rejections] == [(code, follow)]
    assert said.status is ReviewStatus.REJECTED


def test_a_refusal_beside_a_decision_leaves_the_decision() -> None:
    said = record("AAA*N**33*C\nHCR*A1*N1")
    assert said.status is ReviewStatus.APPROVED
    assert len(said.rejections) == 1


def test_a_refused_service_is_rejected_under_a_decided_event() -> None:
    said = record(
        "HCR*A2*N1\n" + line("AAA*N**AG*C", "SV1*HC:97110") + "\n" + line("HCR*A1*N1", "SV1*HC:97112", number=6)
    )
    assert [each.status for each in said.services] == [ReviewStatus.REJECTED, ReviewStatus.APPROVED]
    assert [(each.about, each.service) for each in said.rejections] == [("service", 1)]
    assert said.services[0].authorization_number is None


@pytest.mark.parametrize(
    ("loop", "about"),
    [("HL*2*1*21*0", "requester"), ("NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893\nAAA*N**44*C", "requester")],
)
def test_a_refusal_above_the_subscriber_names_the_part(loop: str, about: str) -> None:
    text = f"""
        BHT*0007*11*PWREF0001*20261201*1504*18
        HL*1**20*1
        NM1*X3*2*EXAMPLE HEALTH PLAN*****PI*EXHP1
        {"HL*2*1*21*0" if loop.startswith("NM1") else ""}
        {loop}
        {"" if "AAA" in loop else "AAA*N**79*N"}
    """
    (reading,) = readings(text)
    assert [each.about for each in reading.record.rejections] == [about]
    assert reading.record.status is ReviewStatus.REJECTED


# --- numbers ------------------------------------------------------------------------------------------------


def test_each_number_is_kept_apart() -> None:
    said = record("UM*HS*4*1\nHCR*A1*CERT2\nREF*NT*TRACK1\nREF*BB*CERT1")
    assert said.authorization_number == "CERT2"
    assert said.administrative_reference == "TRACK1"
    assert said.previous_authorization_number == "CERT1"


@pytest.mark.parametrize("code", ["A1", "A3", "A4", "A6"])
def test_a_tracking_number_never_becomes_an_authorization_number(code: str) -> None:
    for kind in ("278-response", "278-inquiry-response"):
        header = "BHT*0007*49*PWREF0001*20261201*1504*RD" if "inquiry" in kind else PENDS
        (reading,) = readings(response(f"HCR*{code}\nREF*NT*TRACK1", header=header), kind)
        assert reading.record.authorization_number is None
        assert reading.record.administrative_reference == "TRACK1"


def inquiry_answer(event: str) -> AuthorizationRecord:
    (reading,) = readings(response(event, header="BHT*0007*49*PWREF0001*20261201*1504*RD"), "278-inquiry-response")
    return reading.record


def test_an_inquiry_answer_may_have_the_number_in_ref_where_it_certifies() -> None:
    assert inquiry_answer("HCR*A1\nREF*BB*CERT1").authorization_number == "CERT1"
    assert inquiry_answer("HCR*A3\nREF*BB*CERT1").authorization_number is None
    assert inquiry_answer("REF*BB*CERT1").authorization_number is None
    assert inquiry_answer("HCR*A1*CERT2\nREF*BB*CERT1").authorization_number == "CERT2"
    assert record("HCR*A1\nREF*BB*CERT1").authorization_number is None


def test_a_line_number_in_place_of_the_authorization_number_is_not_one() -> None:
    said = record("HCR*A1*07001234\n" + line("HCR*A1*1", "SV1*HC:97110"))
    assert said.services[0].authorization_number == "07001234"
    assert record("HCR*A1*12\n" + line("HCR*A1*1", "SV1*HC:97110")).services[0].authorization_number == "12"
    assert record(line("HCR*A1*1", "SV1*HC:97110")).services[0].authorization_number == "1"


def test_a_service_has_its_own_number_before_the_events() -> None:
    said = record("HCR*A1*CERT1\n" + line("HCR*A1*CERT1-1", "SV1*HC:97110") + "\n" + line("SV1*HC:97112", number=6))
    assert [each.authorization_number for each in said.services] == ["CERT1-1", "CERT1"]


def test_a_number_that_all_services_share_is_the_reviews() -> None:
    shared = line("HCR*A1*CERT1") + "\n" + line("HCR*A6*CERT1", number=6)
    differing = line("HCR*A1*CERT1") + "\n" + line("HCR*A6*CERT2", number=6)
    assert record(shared).authorization_number == "CERT1"
    assert record(differing).authorization_number is None


def test_a_service_decided_against_does_not_take_the_events_number() -> None:
    event = "HCR*A2*CERT1\nDTP*007*RD8*20261201-20270601\nHSD*VS*12\n"
    said = record(event + line("HCR*A3**0F") + "\n" + line("HCR*A1", number=6)).services
    denied, certified = said
    assert (denied.authorization_number, denied.expiration_date, denied.quantity) == (None, None, None)
    assert (certified.authorization_number, certified.expiration_date) == ("CERT1", date(2027, 6, 1))


# --- services and the whole ---------------------------------------------------------------------------------


def test_a_service_without_a_decision_takes_the_events() -> None:
    said = record("HCR*A3*N1*0F\n" + line("SV1*HC:97110")).services[0]
    assert said.status is ReviewStatus.DENIED
    assert [each.code for each in said.reasons] == ["0F"]


def test_a_service_with_its_own_decision_does_not_take_the_events_reasons() -> None:
    said = record("HCR*A6*N1*0L\n" + line("HCR*A1*N1", "SV1*HC:97110"))
    assert said.status is ReviewStatus.APPROVED_MODIFIED
    assert (said.services[0].status, said.services[0].reasons) == (ReviewStatus.APPROVED, ())


def test_certified_in_part_says_nothing_of_a_single_service() -> None:
    said = record("HCR*A2*N1\n" + line("SV1*HC:97110"))
    assert said.status is ReviewStatus.PARTIALLY_APPROVED
    assert (said.services[0].status, said.services[0].authorization_number) == (ReviewStatus.UNKNOWN, None)


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ("A1 A1", ReviewStatus.APPROVED),
        ("A3 A3", ReviewStatus.DENIED),
        ("A1 A3", ReviewStatus.PARTIALLY_APPROVED),
        ("A6 A3", ReviewStatus.PARTIALLY_APPROVED),
        ("A1 A6", ReviewStatus.APPROVED_MODIFIED),
        ("A1 A4", ReviewStatus.PENDED),
        ("A3 A4", ReviewStatus.PENDED),
        ("A1 CT", ReviewStatus.CONTACT_PAYER),
        ("A1 I9", ReviewStatus.UNKNOWN),
        ("NA A3", ReviewStatus.DENIED),
    ],
)
def test_an_undecided_event_is_rolled_up_from_its_services(codes: str, status: ReviewStatus) -> None:
    lines = "\n".join(line(f"HCR*{code}", number=number) for number, code in enumerate(codes.split(), 5))
    assert record(lines).status is status


def test_a_service_of_which_nothing_is_said_leaves_the_whole_unknown() -> None:
    said = record(line("HCR*A1*N1", "SV1*HC:97110") + "\n" + line("SV1*HC:97112", number=6))
    assert said.status is ReviewStatus.UNKNOWN


@given(st.lists(st.sampled_from(ReviewStatus), min_size=1, max_size=5))
def test_a_roll_up_is_never_better_than_its_services(statuses: list[ReviewStatus]) -> None:
    spot = Spot(segment=Segment(["HCR", "A1"]), element=1)
    whole = rolled_up([Found(each, spot, "decision") for each in statuses]).value
    assert whole is rolled_up([Found(each, spot, "decision") for each in reversed(statuses)]).value
    if whole is ReviewStatus.APPROVED:
        assert set(statuses) <= {ReviewStatus.APPROVED, ReviewStatus.NOT_REQUIRED}
    if len(set(statuses)) == 1:
        assert whole is statuses[0]


def test_reasons_of_the_services_reach_an_event_without_a_decision_once_each() -> None:
    said = record(line("HCR*A3**0F^09") + "\n" + line("HCR*A3**0F", number=6))
    assert [each.code for each in said.reasons] == ["0F", "09"]


@pytest.mark.parametrize(
    ("segment", "procedure"),
    [
        ("SV1*HC:97110:GP:59", ProcedureCode(system=CodeSystem.CPT_HCPCS, code="97110", modifiers=("GP", "59"))),
        ("SV2*0360*HC:33510", ProcedureCode(system=CodeSystem.CPT_HCPCS, code="33510")),
        ("SV2*0120", ProcedureCode(system=CodeSystem.REVENUE, code="0120")),
        ("SV2**ZZ:0210083", ProcedureCode(system=CodeSystem.ICD10_PCS, code="0210083")),
        ("SV3*AD:D2740*****1", ProcedureCode(system=CodeSystem.CDT, code="D2740")),
        ("SV1*WK:ABC", ProcedureCode(system=CodeSystem.ABC, code="ABC")),
        ("SV1*97110", ProcedureCode(system=CodeSystem.OTHER, code="97110")),
        ("MSG*NO SERVICE HERE", None),
    ],
)
def test_the_service_is_read_from_its_segment(segment: str, procedure: ProcedureCode | None) -> None:
    assert record("HCR*A1*N1\n" + line(segment)).services[0].procedure == procedure


@pytest.mark.parametrize(
    ("event", "service", "quantity"),
    [
        ("", "HSD*VS*12\nSV1*HC:97110**UN*24", (12, Unit.VISITS)),
        ("HSD*DY*5", "SV1*HC:97110**UN*24", (5, Unit.DAYS)),
        ("", "SV1*HC:97110**UN*24", (24, Unit.UNITS)),
        ("", "SV2*0120***DA*3", (3, Unit.DAYS)),
        ("", "SV3*AD:D2740*****2", (2, Unit.UNITS)),
        ("", "HSD*VS*2***29*1", None),
        ("", "HSD*QQ*2", None),
        ("", "HSD*VS*MANY", None),
    ],
)
def test_the_quantity_is_the_nearest_authorized_one(
    event: str, service: str, quantity: tuple[int, Unit] | None
) -> None:
    said = record(f"HCR*A1*N1\n{event}\n" + line(*service.splitlines())).services[0]
    assert said.quantity == (Quantity(value=Decimal(quantity[0]), unit=quantity[1]) if quantity else None)


# --- dates --------------------------------------------------------------------------------------------------


def test_issue_effect_and_expiry_are_read_from_days_and_ranges() -> None:
    said = record("HCR*A1*N1\nDTP*102*D8*20261202\nDTP*036*D8*20270601\nDTP*007*D8*20261205")
    assert (said.issued_date, said.effective_date, said.expiration_date) == (
        date(2026, 12, 2),
        date(2026, 12, 5),
        date(2027, 6, 1),
    )
    ranged = record("HCR*A1*N1\nDTP*007*RD8*20261205-20270601")
    assert (ranged.effective_date, ranged.expiration_date) == (date(2026, 12, 5), date(2027, 6, 1))


@pytest.mark.parametrize("text", ["20055002", "2027", "20270601-20261205", "TOMORROW"])
def test_a_date_that_is_none_is_absent(text: str) -> None:
    said = record(f"HCR*A1*N1\nDTP*007*D8*{text}")
    assert (said.effective_date, said.expiration_date) == (None, None)


@pytest.mark.parametrize(
    ("event", "service", "dates"),
    [
        (
            "DTP*AAH*D8*20261210",
            "DTP*472*RD8*20261211-20261213",
            DateSpan(start=date(2026, 12, 11), end=date(2026, 12, 13)),
        ),
        ("DTP*AAH*D8*20261210", "SV1*HC:97110", DateSpan(start=date(2026, 12, 10))),
        ("DTP*435*RD8*20261210-20261212", "SV1*HC:97110", DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 12))),
        ("DTP*435*RD8*20261210 -20261212 ", "SV1*HC:97110", DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 12))),
        ("DTP*435*RD8*20261210-", "SV1*HC:97110", DateSpan(start=date(2026, 12, 10))),
        ("DTP*439*D8*20261210", "SV1*HC:97110", None),
    ],
)
def test_the_dates_of_a_service_are_its_own_or_the_events(event: str, service: str, dates: DateSpan | None) -> None:
    assert record(f"HCR*A1*N1\n{event}\n" + line(service)).services[0].dates == dates


# --- the rest -----------------------------------------------------------------------------------------------


def test_traces_messages_and_reference_come_with_the_record() -> None:
    said = record("TRN*2*PWTRACE0001*9EXAMPLE01 \nTRN*1*PAYER1*1PAYERPAYR\nHCR*A1*N1\nMSG*CALL US")
    assert said.reference == "PWREF0001"
    assert said.traces == (
        TraceNumber(number="PWTRACE0001", assigner="9EXAMPLE01", returned=True),
        TraceNumber(number="PAYER1", assigner="1PAYERPAYR", returned=False),
    )
    assert said.messages == ("CALL US",)
    assert said.more_to_follow is False


def test_a_trace_at_the_patient_is_read_too() -> None:
    text = response("HCR*A1*N1").replace("NM1*IL", "TRN*2*PWTRACE0001*9EXAMPLE01\nNM1*IL")
    (reading,) = readings(text)
    assert [each.number for each in reading.record.traces] == ["PWTRACE0001"]


def test_contacts_for_information_come_before_the_payers() -> None:
    text = response("HCR*A4**0U\nNM1*L5*2*RECORDS DESK\nPER*IC**TE*5555550199*EX*7*FX*5555550198").replace(
        "PI*EXHP1", "PI*EXHP1\nPER*IC*HOTLINE*UR*WWW.EXAMPLE.ORG"
    )
    (reading,) = readings(text)
    assert reading.record.contacts == (
        Contact(name="RECORDS DESK", telephone="5555550199", extension="7", fax="5555550198"),
        Contact(name="HOTLINE", url="WWW.EXAMPLE.ORG"),
    )


def test_parties_are_named_and_padding_is_dropped() -> None:
    text = response("HCR*A1*N1").replace("MI*XMPL0001", "MI* XMPL0001 ")
    (reading,) = readings(text)
    said = reading.record
    assert said.payer
    assert said.requester
    assert said.subscriber
    assert (said.payer.name, said.payer.identifier_kind) == ("EXAMPLE HEALTH PLAN", "payer_id")
    assert (said.requester.identifier, said.requester.identifier_kind) == ("1234567893", "npi")
    assert (said.subscriber.identifier, said.subscriber.birth_date, said.subscriber.gender) == (
        "XMPL0001",
        date(1970, 4, 2),
        Gender.FEMALE,
    )
    assert said.patient == said.subscriber


def test_a_dependent_is_the_patient() -> None:
    text = response("HCR*A1*N1").replace("HL*4*3*EV*1", "HL*4*3*23*1\nNM1*QC*1*SAMPLE*KIM\nHL*5*4*EV*0")
    (reading,) = readings(text)
    assert reading.record.patient is not None
    assert reading.record.patient.first_name == "KIM"


def test_several_events_are_several_reviews() -> None:
    found = readings(response("HCR*A1*N1\nHL*5*3*EV*0\nHCR*A3**0F"))
    assert [each.record.status for each in found] == [ReviewStatus.APPROVED, ReviewStatus.DENIED]
    assert {each.record.reference for each in found} == {"PWREF0001"}


def test_in_a_notice_the_payer_is_who_is_informed() -> None:
    text = response("UM*AR*I*1", header="BHT*0007*CN*NOTICE1*20261201*1504*NO")
    text = text.replace("NM1*X3*2*EXAMPLE HEALTH PLAN*****PI*EXHP1", "NM1*FA*2*EXAMPLE HOSPITAL*****XX*1234567893")
    text = text.replace(
        "NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893", "NM1*PR*2*EXAMPLE HEALTH PLAN*****PI*EXHP1\nAAA*N**79*N"
    )
    (reading,) = readings(text, "278-notice")
    assert reading.record.payer
    assert reading.record.requester
    assert reading.record.payer.name == "EXAMPLE HEALTH PLAN"
    assert reading.record.requester.name == "EXAMPLE HOSPITAL"
    assert [each.about for each in reading.record.rejections] == ["payer"]


def test_a_question_decides_nothing_even_if_a_decision_stands_in_it() -> None:
    for kind, body in (
        ("278-request", build_278(full_request(), CONTEXT)),
        ("278-inquiry", build_278_inquiry(full_request(), CONTEXT)),
    ):
        assert read_278(place(reread(kind, body), guide(kind)).root) == ()
        with_decision = [*body, Segment(["HCR", "A1", "N1"])]
        assert read_278(place(reread(kind, with_decision), guide(kind)).root) == ()
