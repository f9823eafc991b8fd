from __future__ import annotations

from datetime import timedelta

import pytest

from priorwire.clock import FixedClock
from priorwire.simulator import SCENARIOS, Journal, Simulator
from priorwire.simulator.payers import turned
from tests.unit.simulator.conftest import Exchange
from tests.unit.simulator.messages import Ask, inquiry, review

_KNOWN = "HCR*A1*SIM"


def _one(texts: list[str]) -> str:
    (only,) = texts
    return only


def test_approved_at_once_with_number_units_and_dates(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1APPROVE")))
    assert reply.all("BHT") == ["BHT*0007*11*REF0001*20261120*120000*18"]
    (event,) = reply.under("EV")
    assert _one([t for t in event if t.startswith("HCR")]).startswith(_KNOWN)
    assert [t for t in event if t[:7] in {"DTP*102", "DTP*036", "DTP*007"}] == [
        "DTP*102*D8*20261120",
        "DTP*036*D8*20270301",
        "DTP*007*RD8*20261201-20270301",
    ]
    assert [[t for t in service if t[:3] in {"SV1", "HSD", "HCR"}] for service in reply.under("SS")] == [
        ["SV1*HC:70551**UN*1", "HSD*FL*1"],
        ["SV1*HC:72148**UN*4", "HSD*FL*4"],
    ]


def test_every_trace_comes_back_at_its_level_as_trn_2(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1MIXED")))
    assert [t[0] for t in (*reply.under("EV"), *reply.under("SS"))] == [
        "TRN*2*TRACE0001*9PRIORWIRE",
        "TRN*2*TRACE0001L1*9PRIORWIRE",
        "TRN*2*TRACE0001L2*9PRIORWIRE",
    ]


def test_modified_has_fewer_days_at_the_event_and_certified_lines(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1MODIFY", days=10, services=(("70551", 1),))))
    (event,), (service,) = reply.under("EV"), reply.under("SS")
    assert _one([t for t in event if t.startswith("HCR")]).startswith("HCR*A6*SIM")
    assert "HSD*DY*6" in event
    assert _one([t for t in service if t.startswith("HCR")]).startswith(_KNOWN)


def test_modified_without_an_event_quantity_cuts_the_lines(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1MODIFY", services=(("97110", 10),))))
    assert reply.all("HSD") == ["HSD*FL*6"]


def test_denied_with_a_reason_a_message_and_no_number(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1DENY")))
    assert reply.all("HCR") == ["HCR*A3**0F"]
    assert reply.all("REF", "NT")
    assert reply.all("MSG")
    assert reply.all("DTP", "102", "036", "007") == []


def test_lines_are_decided_differently_under_an_event_without_a_decision(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1MIXED")))
    (event,) = reply.under("EV")
    assert not any(t.startswith("HCR") for t in event)
    first, second = [_one([t for t in service if t.startswith("HCR")]) for service in reply.under("SS")]
    assert first.startswith(_KNOWN)
    assert first.endswith("01")
    assert second == "HCR*A3**0M"


def test_partial_at_the_event_needs_its_lines_to_be_read(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1PARTIAL")))
    assert [t.split("*")[1] for t in reply.all("HCR")] == ["A2", "A1", "A3"]


@pytest.mark.parametrize(
    ("member", "aaa", "last"),
    [
        ("EXM1REJECT72", "AAA*N**72*C", "HL*3*2*22*0"),
        ("EXM1NOTFOUND", "AAA*N**75*C", "HL*3*2*22*0"),
        ("EXM1INACTIVE", "AAA*N**95*N", "HL*3*2*22*0"),
        ("EXM1REJECT43", "AAA*N**43*C", "HL*2*1*21*0"),
        ("EXM1PAYERDOWN", "AAA*N**42*P", "HL*1**20*0"),
        ("EXM1REJECT57", "AAA*N**57*C", "HL*4*3*EV*0"),
    ],
)
def test_rejected_before_review_stops_at_the_level_and_opens_no_review(
    exchange: Exchange, simulator: Simulator, member: str, aaa: str, last: str
) -> None:
    reply = exchange(review(Ask(member=member)))
    assert (reply.all("AAA"), reply.levels()[-1], reply.all("HCR")) == ([aaa], last, [])
    assert not exchange(inquiry(Ask(member=member, reference="ASK"))).all("HCR")
    assert simulator.journal.entries("278-request")[0].answered.startswith("AAA")


def test_a_rejected_request_may_come_again_corrected_under_the_same_reference(exchange: Exchange) -> None:
    exchange(review(Ask(member="EXM1REJECT72")))
    assert exchange(review(Ask(member="EXM1APPROVE"))).all("HCR")[0].startswith(_KNOWN)


def test_contact_payer_gives_a_telephone_and_no_number(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1CONTACT")))
    assert reply.all("HCR") == ["HCR*CT"]
    assert reply.all("PER") == ["PER*IC*UTILIZATION MANAGEMENT*TE*8005550100"]


def test_not_required_is_not_an_approval(exchange: Exchange) -> None:
    assert exchange(review(Ask(member="EXM1NOTREQ"))).all("HCR") == ["HCR*NA**0H"]


def test_silence_has_neither_hcr_nor_aaa(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1SILENT")))
    assert (reply.all("HCR"), reply.all("AAA")) == ([], [])
    assert reply.all("UM")


def test_a_pend_for_information_says_what_is_wanted_and_where_to_send_it(exchange: Exchange) -> None:
    reply = exchange(review(Ask(member="EXM1PENDINFO")))
    assert reply.all("BHT")[0].endswith("*19")
    assert reply.all("HCR") == ["HCR*A4**0U"]
    number = _one(reply.all("REF", "NT")).removeprefix("REF*NT*")
    assert reply.all("HI") == ["HI*ABK:M170*LOI:18776-5"]
    assert reply.all("PWK") == [f"PWK*M1*EL***AC*{number}M1", f"PWK*DG*EL***AC*{number}DG"]
    assert reply.all("NM1", "L5")
    assert reply.under("SS") == []


def test_a_pend_is_still_pended_just_before_its_time_and_approved_from_then_on(
    exchange: Exchange, clock: FixedClock
) -> None:
    pend = exchange(review(Ask(member="EXM1PENDREVIEW")))
    number = _one(pend.all("REF", "NT")).split("*")[2]
    ask = inquiry(Ask(member="EXM1PENDREVIEW", reference="ASK1", previous=("NT", number), services=()))
    clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert exchange(ask).all("HCR") == ["HCR*A4**0V"]
    clock.advance(timedelta(days=1))
    later = exchange(ask)
    hcr = _one(later.under("EV")[0][2:3])
    assert hcr.startswith(_KNOWN)
    assert later.all("REF", "BB") == ["REF*BB*" + hcr.split("*")[2]]
    assert later.all("REF", "NT") == [f"REF*NT*{number}"]
    # issued when it was decided, not when somebody asked
    assert later.all("DTP", "102") == ["DTP*102*D8*20261122"]


@pytest.mark.parametrize(
    ("member", "days", "action"), [("EXM1PENDDENY", 2, "A3"), ("EXM1PENDMODIFY", 2, "A6"), ("EXM1PENDLONG", 90, "A4")]
)
def test_pends_end_as_their_row_says(
    exchange: Exchange, clock: FixedClock, member: str, days: int, action: str
) -> None:
    exchange(review(Ask(member=member)))
    clock.advance(timedelta(days=days))
    assert exchange(inquiry(Ask(member=member, reference="ASK"))).all("HCR")[0].split("*")[1] == action


def test_an_inquiry_is_headed_as_one_and_asks_for_no_documents(exchange: Exchange) -> None:
    exchange(review(Ask(member="EXM1PENDINFO")))
    reply = exchange(inquiry(Ask(member="EXM1PENDINFO", reference="ASK1", trace="ASKTRACE")))
    assert reply.sets[0].guide_id == "005010X215"
    assert reply.all("BHT") == ["BHT*0007*49*ASK1*20261120*120000*RD"]
    assert reply.all("TRN")[0] == "TRN*2*ASKTRACE*9PRIORWIRE"
    assert (reply.all("PWK"), reply.all("HI")) == ([], ["HI*ABK:M170"])


@pytest.mark.parametrize(
    "ask",
    [
        Ask(reference="ASK"),
        Ask(reference="ASK", services=(), trace="OTHER"),
        Ask(reference="REF0001", trace="OTHER", services=(("99999", 1),)),
        Ask(reference="ASK", services=(("72148", 1),), trace="OTHER"),
    ],
)
def test_an_inquiry_finds_a_review_by_trace_by_reference_and_by_example(exchange: Exchange, ask: Ask) -> None:
    exchange(review(Ask()))
    assert exchange(inquiry(ask)).all("HCR")[0].startswith(_KNOWN)


@pytest.mark.parametrize(
    "ask",
    [
        Ask(reference="ASK", trace="OTHER", member="EXM2APPROVE"),
        Ask(reference="ASK", trace="OTHER", services=(("99999", 1),)),
        Ask(reference="ASK", trace="OTHER", service_date="20270101"),
        Ask(reference="ASK", trace="OTHER", requester="1679576722"),
        Ask(reference="ASK", previous=("NT", "NT0000000000")),
    ],
)
def test_an_inquiry_that_means_no_review_gets_nc_and_never_a_decision(exchange: Exchange, ask: Ask) -> None:
    exchange(review(Ask()))
    reply = exchange(inquiry(ask))
    assert (reply.all("AAA"), reply.all("HCR")) == (["AAA*N**NC*R"], [])


def test_an_inquiry_by_example_gives_every_review_that_fits(exchange: Exchange) -> None:
    for number in (1, 2):
        exchange(review(Ask(reference=f"REF{number}", trace=f"TRACE{number}")))
    reply = exchange(inquiry(Ask(reference="ASK", trace="OTHER")))
    assert len(reply.under("EV")) == 2
    assert [text.split("*")[1] for text in reply.levels()] == [str(n) for n in range(1, 10)]


def test_the_same_reference_again_is_a_duplicate_and_says_so(exchange: Exchange, simulator: Simulator) -> None:
    exchange(review(Ask()))
    reply = exchange(review(Ask()))
    assert reply.all("HCR") == ["HCR*A3**0Q"]
    assert [e.duplicate for e in simulator.journal.entries("278-request")] == [False, True]


def test_a_cancellation_withdraws_the_review_that_it_names(exchange: Exchange) -> None:
    number = exchange(review(Ask())).all("HCR")[0].split("*")[2]
    cancel = Ask(reference="REF2", kind="3", previous=("BB", number), services=())
    reply = exchange(review(cancel, purpose="01"))
    assert reply.all("HCR") == ["HCR*C"]
    assert reply.all("REF", "BB") == [f"REF*BB*{number}"]
    assert exchange(inquiry(Ask(reference="ASK"))).all("HCR") == ["HCR*C"]


def test_a_cancellation_of_nothing_known_is_rejected(exchange: Exchange) -> None:
    reply = exchange(review(Ask(kind="3", previous=("BB", "SIM0000000000")), purpose="01"))
    assert reply.all("AAA") == ["AAA*N**AA*C"]


def test_further_information_decides_a_pend(exchange: Exchange) -> None:
    number = exchange(review(Ask(member="EXM1PENDINFO"))).all("REF", "NT")[0].split("*")[2]
    more = Ask(member="EXM1PENDINFO", reference="REF2", kind="S", previous=("NT", number))
    assert exchange(review(more)).all("HCR")[0].startswith(_KNOWN)


def test_dependents_are_echoed_and_the_event_hangs_below(exchange: Exchange) -> None:
    reply = exchange(review(Ask(dependent=True)))
    assert reply.levels()[:5] == ["HL*1**20*1", "HL*2*1*21*1", "HL*3*2*22*1", "HL*4*3*23*1", "HL*5*4*EV*1"]
    assert reply.under("23") == [["NM1*QC*1*ROWAN*BLAKE"]]


@pytest.mark.parametrize("suffix", sorted(SCENARIOS))
def test_every_row_answers_a_request_with_what_it_says(simulator: Simulator, suffix: str) -> None:
    simulator.exchange(review(Ask(member=f"EXM1{suffix}")), "core")
    (entry,) = simulator.journal.entries("278-request")
    assert entry.scenario == suffix
    row = turned(SCENARIOS[suffix], SCENARIOS[suffix].fault)
    assert entry.answered in {row.first.summary, entry.fault}


def test_the_same_traffic_gets_the_same_numbers(clock: FixedClock) -> None:
    payloads = [
        Simulator(clock=clock, journal=Journal(), seed=3).exchange(review(Ask()), "core").payload for _ in range(2)
    ]
    assert payloads[0] == payloads[1]
