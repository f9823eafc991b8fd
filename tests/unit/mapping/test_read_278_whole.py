"""Everything that a 278 answer may say reaches the record: the review repeated, dates, delivery, documents, parties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorwire.mapping import codes, next_steps, read_278, review_codes
from priorwire.model.authorization import (
    AuthorizationRecord,
    DiagnosisSaid,
    DocumentKind,
    Follow,
    ReplyPurpose,
    RequestedDocument,
    ReviewStatus,
)
from priorwire.model.care import Tooth
from priorwire.model.parties import AddressSaid, Contact, PartySaid
from priorwire.model.services import CodeSystem, DateSpan, DeliverySaid, Interval, ProcedureCode, Quantity, Unit
from priorwire.x12 import place, read
from priorwire.x12.events import TransactionSet
from priorwire.x12.guides import guide, guide_for
from tests.unit.mapping.samples import placed, response


def record(event: str, *, kind: str = "278-response", **header: str) -> AuthorizationRecord:
    (reading,) = read_278(placed(kind, response(event, kind=kind, **header)))
    return reading.record


# --- the review repeated ------------------------------------------------------------------------------------


def test_the_review_is_repeated_in_our_words() -> None:
    said = record("UM*AR*4*2*21:B**U\nHCR*A1*N1**Y")
    assert (said.category, said.kind, said.service_type, said.urgency) == ("admission", "extension", "2", "urgent")
    assert (said.place_of_service, said.bill_type, said.second_opinion) == ("21", None, True)
    assert (said.decision_code, said.purpose) == ("A1", ReplyPurpose.RESPONSE)


def test_codes_that_no_table_has_are_kept_as_sent() -> None:
    said = record("UM*Z1*9*ZZ*1Q:A**ZZ\nHCR*I1*N1**Q\nHI*QQ:X1\nPWK*Q7*ZZ\nAAA*N**Q9*Q\nDTP*881*D8*20261210")
    assert (said.category, said.kind, said.service_type, said.urgency) == ("Z1", "9", "ZZ", "ZZ")
    assert (said.place_of_service, said.bill_type, said.second_opinion) == (None, "1Q", None)
    assert (said.status, said.decision_code) == (ReviewStatus.UNKNOWN, "I1")
    assert said.diagnoses == (DiagnosisSaid(code="X1", kind="QQ"),)
    assert [(each.code, each.says, each.way) for each in said.requested_documents] == [("Q7", None, "ZZ")]
    assert [(each.code, each.follow, each.follow_code) for each in said.rejections] == [("Q9", Follow.NOT_STATED, "Q")]
    assert said.dates == (("881", DateSpan(start=date(2026, 12, 10))),)


def test_absent_is_not_zero() -> None:
    said = record("UM*HS")
    assert (said.quantity, said.delivery, said.second_opinion, said.urgency) == (None, None, None, None)
    assert (said.diagnoses, said.requested_documents, said.dates, said.providers) == ((), (), (), ())


def test_diagnoses_are_repeated_and_questions_are_not_among_them() -> None:
    said = record("HI*ABK:M5416:D8:20261101*BF:4019*LOI:18842-5*APR:R079*DR:470")
    assert said.diagnoses == (
        DiagnosisSaid(code="M5416", kind="principal", on=date(2026, 11, 1)),
        DiagnosisSaid(code="4019", kind="other"),
        DiagnosisSaid(code="R079", kind="reason_for_visit"),
        DiagnosisSaid(code="470", kind="drg"),
    )


def test_each_date_has_its_field_and_any_other_its_name() -> None:
    said = record(
        "DTP*AAH*RD8*20261210-20261212\nDTP*435*D8*20261210\nDTP*096*D8*20261215\n"
        "DTP*439*D8*20261101\nDTP*431*D8*20261102\nDTP*484*D8*20260901\nDTP*ABC*D8*20270601"
    )
    assert said.event_dates == DateSpan(start=date(2026, 12, 10), end=date(2026, 12, 12))
    assert (said.admitted, said.discharged) == (DateSpan(start=date(2026, 12, 10)), date(2026, 12, 15))
    assert [name for name, _ in said.dates] == ["accident", "onset", "last_menstrual_period", "estimated_birth"]


def test_a_delivery_is_read_whole() -> None:
    said = record("HCR*A1*N1\nHSD*VS*3*WK*2*34*4*A*B")
    assert said.delivery == DeliverySaid(
        quantity=Quantity(value=Decimal(3), unit=Unit.VISITS),
        per=Interval.WEEK,
        every=Decimal(2),
        period=Interval.MONTH,
        periods=4,
        calendar="A",
        time="B",
    )
    assert said.quantity == Quantity(value=Decimal(3), unit=Unit.VISITS)


def test_what_a_delivery_says_in_unknown_codes_is_kept() -> None:
    said = record("HCR*A1*N1\nHSD*QQ*3*ZZ**99")
    assert said.delivery == DeliverySaid(unknown=(("unit", "QQ"), ("per", "ZZ"), ("period", "99")))
    assert said.quantity is None


def test_what_remains_is_a_delivery_and_not_what_was_authorized() -> None:
    said = record("HCR*A1*N1\nHSD*VS*2***29*1")
    assert said.quantity is None
    assert said.delivery
    assert said.delivery.period is Interval.REMAINING


# --- documents ----------------------------------------------------------------------------------------------


def test_a_document_says_what_how_and_under_which_number() -> None:
    said = record(
        "HCR*A4**0U\nHI*LOI:18842-5\nPWK*DS*FX***AC*CTRL1*SUMMARY OF THE STAY\n"
        "HL*5*4*SS*0\nSV1*HC:97110\nHI*LOI:99999-9\nPWK*Q1*BM"
    )
    assert said.requested_documents == (
        RequestedDocument(
            kind=DocumentKind.REPORT_TYPE,
            code="DS",
            says="the discharge summary",
            way="fax",
            control_number="CTRL1",
            description="SUMMARY OF THE STAY",
        ),
        RequestedDocument(kind=DocumentKind.LOINC, code="18842-5", says="the discharge summary"),
        RequestedDocument(kind=DocumentKind.REPORT_TYPE, code="Q1", way="mail", service=1),
        RequestedDocument(kind=DocumentKind.LOINC, code="99999-9", service=1),
    )


# --- what to do now -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segment", "step"),
    [
        ("AAA*N**72*C", "Correct the member id and send again."),
        ("AAA*N**Q9*C", "Correct what the payer names and send again."),
        ("AAA*N**42*R", "Nothing is wrong with the request: send it again later."),
        ("AAA*N**42*N", "Do not send it again; take it up with the payer."),
        ("AAA*N**41*N", "Do not send it again; take it up with the payer: your access with this payer."),
        ("AAA*N**80*P", "Send the same request again."),
        ("AAA*N**33*W", "Wait 30 days, then send it again."),
        ("AAA*N**33*Y", "Do not send it again: the payer holds it and will answer."),
        ("AAA*N**AG", "Check the procedure code."),
        ("AAA*N**Q9", None),
    ],
)
def test_a_rejection_says_what_to_do_now(segment: str, step: str | None) -> None:
    assert [each.next_step for each in record(segment).rejections] == [step]


@given(st.sampled_from(sorted(codes.REJECTION)), st.sampled_from(Follow))
def test_every_reason_that_we_know_has_a_step(reason: str, follow: Follow) -> None:
    assert next_steps.next_step(reason, follow)


# --- numbers ------------------------------------------------------------------------------------------------


def test_a_number_in_ref_g1_serves_where_a_certifying_decision_has_none() -> None:
    assert record("HCR*A1\nREF*G1*CERT1").authorization_number == "CERT1"
    assert record("HCR*A1*N1\nREF*G1*CERT1").authorization_number == "N1"
    assert record("HCR*A3\nREF*G1*CERT1").authorization_number is None
    assert record("UM*HS\nREF*G1*CERT1").authorization_number is None


def test_in_a_response_ref_bb_stays_the_earlier_number() -> None:
    said = record("HCR*A1\nREF*BB*CERT0\nREF*NT*TRACK1")
    assert (said.authorization_number, said.previous_authorization_number) == (None, "CERT0")
    assert said.administrative_reference == "TRACK1"


def test_in_an_inquiry_answer_ref_bb_is_the_number_and_stands_before_ref_g1() -> None:
    header = "BHT*0007*49*PWREF0001*20261201*1504*RD"
    said = record("HCR*A1\nREF*BB*CERT1\nREF*G1*CERT2", kind="278-inquiry-response", header=header)
    assert (said.authorization_number, said.previous_authorization_number) == ("CERT1", None)
    assert said.purpose is ReplyPurpose.INQUIRY_ANSWER


# --- parties ------------------------------------------------------------------------------------------------


def test_a_provider_of_the_event_is_read_whole() -> None:
    said = record(
        "HCR*A1*N1\nNM1*71*1*MUSTER*ALEX*B**JR*XX*1234567893\nREF*0B*LIC1*PA\nREF*ZH*P77\nN3*1 EXAMPLE STREET*SUITE 2\n"
        "N4*SPRINGFIELD*PA*19087\nPER*IC*DESK*TE*5555550100*EX*7*FX*5555550101\nPRV*AT*PXC*207RC0000X"
    )
    assert said.providers == (
        PartySaid(
            name="MUSTER",
            first_name="ALEX",
            middle_name="B",
            suffix="JR",
            role="attending",
            identifier="1234567893",
            identifier_kind="npi",
            taxonomy="207RC0000X",
            address=AddressSaid(
                line1="1 EXAMPLE STREET", line2="SUITE 2", city="SPRINGFIELD", state="PA", postal_code="19087"
            ),
            numbers=(("state_license", "LIC1"), ("payer_assigned", "P77")),
            number_notes=(("state_license", "PA"),),
            contacts=(Contact(name="DESK", telephone="5555550100", extension="7", fax="5555550101"),),
        ),
    )


def test_places_of_a_transport_come_after_the_providers_and_contacts_are_neither() -> None:
    said = record(
        "HCR*A1*N1\nNM1*L5*2*RECORDS DESK\nNM1*PW*2\nN3*2 EXAMPLE STREET\nN4*DAYTON*OH*45402\n"
        "NM1*FA*2*EXAMPLE HOSPITAL\nNM1*45*2*EXAMPLE CLINIC\nN3*3 EXAMPLE STREET"
    )
    assert [(each.role, each.name) for each in said.providers] == [
        ("facility", "EXAMPLE HOSPITAL"),
        ("pick_up", None),
        ("drop_off", "EXAMPLE CLINIC"),
    ]
    assert said.providers[1].address == AddressSaid(
        line1="2 EXAMPLE STREET", city="DAYTON", state="OH", postal_code="45402"
    )
    assert [each.name for each in said.contacts] == ["RECORDS DESK"]


def test_a_service_has_providers_teeth_and_its_own_review() -> None:
    (service,) = record(
        "HCR*A1*N1\nHL*5*4*SS*0\nUM*SC*I*3*11:B\nSV3*AD:D2740*****1\nTOO*JP*12*B:O\nTOO*JP*13\n"
        "NM1*DQ*1*MODEL*KIM\nNM1*ZZ*1*STRAY*PAT"
    ).services
    assert (service.category, service.kind, service.place_of_service) == ("specialty_care", "initial", "11")
    assert service.teeth == (Tooth(number="12", surfaces=("B", "O")), Tooth(number="13"))
    assert [(each.role, each.name) for each in service.providers] == [("supervising", "MODEL"), ("ZZ", "STRAY")]


def test_an_institutional_service_has_revenue_code_and_procedure() -> None:
    (service,) = record("HCR*A1*N1\nHL*5*4*SS*0\nSV2*0360*HC:33510:59::::BYPASS:33516").services
    assert service.revenue_code == "0360"
    assert service.procedure == ProcedureCode(
        system=CodeSystem.CPT_HCPCS, code="33510", modifiers=("59",), description="BYPASS", through="33516"
    )


def test_how_the_patient_is_related_comes_from_their_own_level() -> None:
    text = response("HCR*A1*N1").replace(
        "HL*4*3*EV*1", "HL*4*3*23*1\nNM1*QC*1*SAMPLE*KIM\nREF*EJ*ACCT1\nINS*N*19\nHL*5*4*EV*0"
    )
    (reading,) = read_278(placed("278-response", text))
    patient = reading.record.patient
    assert patient
    assert (patient.role, patient.relationship, patient.numbers) == (
        "patient",
        "child",
        (("patient_account", "ACCT1"),),
    )


# --- notices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["CN", "14", "22", "01"])
def test_a_notice_of_the_payer_is_a_record(purpose: str) -> None:
    said = record(
        "UM*AR*I*1\nHCR*A1*N1\nDTP*435*D8*20261210\nPWK*OZ*FX",
        kind="278-notice",
        header=f"BHT*0007*{purpose}*NOTICE1*20261201*1504*NO",
    )
    assert (said.purpose, said.status, said.authorization_number) == (
        ReplyPurpose.NOTICE,
        ReviewStatus.APPROVED,
        "N1",
    )
    assert said.requested_documents == ()


def test_an_acknowledgment_of_a_notice_gives_the_receipt_and_decides_nothing() -> None:
    said = record("REF*NT*RECEIPT1", kind="278-notice-ack", header="BHT*0007*11*NOTICE1*20261201*1504")
    assert (said.purpose, said.status) == (ReplyPurpose.ACKNOWLEDGMENT, ReviewStatus.UNKNOWN)
    assert (said.administrative_reference, said.authorization_number) == ("RECEIPT1", None)


# --- whatever is sent -----------------------------------------------------------------------------------------

_FULL = response(
    "TRN*2*T1*9EXAMPLE01\nUM*HS*I*1*11:B**U\nHCR*A6*N1*0L^09*N\nREF*NT*T1\nREF*BB*C0\nDTP*AAH*D8*20261210\n"
    "DTP*102*D8*20261202\nHI*ABK:M5416:D8:20261101*LOI:18842-5\nHSD*VS*3*WK*2*34*4*A*B\nPWK*OZ*FX***AC*X1\nMSG*CALL\n"
    "NM1*71*1*MUSTER*ALEX****XX*1234567893\nREF*0B*LIC1\nN3*1 EXAMPLE STREET\nN4*DAYTON*OH*45402\n"
    "PER*IC*DESK*TE*5555550100\nPRV*AT*PXC*207RC0000X\nNM1*PW*2\nN3*2 EXAMPLE STREET\n"
    "HL*5*4*SS*0\nUM*SC*I*3\nHCR*A3*N2*0F\nSV3*AD:D2740*****1\nTOO*JP*12*B:O\nHSD*VS*6\nNM1*SJ*1*MODEL*KIM"
)


@pytest.mark.parametrize("kind", ["278-response", "278-inquiry-response", "278-notice", "278-notice-ack"])
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_no_code_in_any_element_is_too_strange(kind: str, data: st.DataObject) -> None:
    """Any text in any element or component: the reading goes on, and each leaf still says where it was read."""
    lines = [line.strip().split("*") for line in _FULL.strip().splitlines()]
    for _ in range(data.draw(st.integers(1, 5))):
        segment = lines[data.draw(st.integers(0, len(lines) - 1))]
        at = data.draw(st.integers(1, len(segment)))
        segment[at : at + 1] = [
            data.draw(st.text(st.characters(codec="latin-1", exclude_characters="*~"), max_size=12))
        ]
    rules = guide(kind)
    body = "~".join("*".join(segment) for segment in lines)
    isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261201*1504*^*00501*000000001*0*T*:~"
    head = f"{isa}GS*HI*SENDER*RECEIVER*20261201*1504*1*X*{rules.id}~ST*278*0001*{rules.id}~"
    payload = f"{head}{body}~SE*1*0001~GE*1*1~IEA*1*000000001~".encode("latin-1")
    for event in read(payload):
        if isinstance(event, TransactionSet):
            chosen = guide_for(event.transaction, event.guide_id, event.purpose, event.segment_ids).guide
            for reading in read_278(place(event, chosen or rules).root):
                for source in reading.sources.values():
                    assert 0 <= source.segment_start <= source.start <= source.end <= source.segment_end <= len(payload)


def test_every_word_of_a_table_is_ours() -> None:
    """Short, in small letters, and never X12's own capitalized descriptions."""
    for table in (review_codes.REPORT, review_codes.LOINC, codes.REASON, codes.REJECTION):
        assert all(says == says.strip() and not says.isupper() for says in table.values())
