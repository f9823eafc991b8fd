from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from priorwire.errors import RemoteX12Error
from priorwire.simulator import SCENARIOS, Fault, FaultOrder, ScenarioOrder, Simulator, Way
from priorwire.x12.segments import Delimiters
from tests.unit.simulator.conftest import Exchange
from tests.unit.simulator.messages import Ask, eligibility, inquiry, review, said


def test_parties_change_over_and_isa15_marks_the_reply(exchange: Exchange) -> None:
    reply = exchange(review(Ask(payer="NORTHWIND")))
    assert [reply.isa.element(n).strip() for n in (6, 8, 15)] == ["NORTHWIND", "PRIORWIRE", "T"]
    group = reply.sets[0].group
    assert group is not None
    assert [group.header.element(n) for n in (1, 2, 3, 8)] == ["HI", "NORTHWIND", "PRIORWIRE", "005010X217"]


def test_control_numbers_are_the_clearinghouses_own_and_never_twice(exchange: Exchange) -> None:
    numbers = [exchange(eligibility(Ask())).isa.element(13) for _ in range(3)]
    assert numbers == ["000000001", "000000002", "000000003"]


@pytest.mark.parametrize(
    "delimiters",
    [
        Delimiters(element="|", repetition="{", component=">", segment="\n"),
        Delimiters(element="\x1d", repetition="^", component=":", segment="\x1e"),
    ],
)
def test_the_answer_comes_in_the_delimiters_of_the_request(exchange: Exchange, delimiters: Delimiters) -> None:
    reply = exchange(review(Ask(member="EXM1MIXED", delimiters=delimiters)))
    assert reply.sets[0].delimiters == delimiters
    assert [s.element(1) for s in reply.segments if s.id == "HCR"] == ["A1", "A3"]


def test_a_request_without_a_repetition_separator_is_answered_with_one(simulator: Simulator) -> None:
    payload = review(Ask()).replace(b"*^*00501*", b"*U*00501*")
    reply = said(simulator.exchange(payload, "core").payload)
    assert reply.sets[0].delimiters.repetition == "^"


def test_production_traffic_is_refused_by_a_ta1(exchange: Exchange, simulator: Simulator) -> None:
    reply = exchange(review(Ask(usage="P")))
    assert [s.text() for s in reply.ta1] == ["TA1*000000001*261120*1200*R*020"]
    (entry,) = simulator.journal.entries()
    assert (entry.kind, entry.answered, entry.reached_payer) == ("unreadable", "TA1 R 020", False)


def test_numbers_that_do_not_agree_are_refused_by_a_ta1(exchange: Exchange) -> None:
    reply = exchange(review(Ask()).replace(b"IEA*1*000000001", b"IEA*1*000000002"))
    assert reply.ta1[0].text().endswith("*R*001")
    assert reply.sets == ()


def test_a_ta1_is_sent_beside_the_answer_where_the_sender_wants_one(exchange: Exchange) -> None:
    reply = exchange(review(Ask(ack_requested=True)))
    assert reply.ta1[0].text().endswith("*A*000")
    assert reply.all("HCR")


def test_a_wrong_segment_count_is_refused_by_a_999(exchange: Exchange) -> None:
    payload = review(Ask())
    count = payload.split(b"SE*")[1].split(b"*")[0]
    reply = exchange(payload.replace(b"SE*" + count, b"SE*99"))
    assert [s.text() for s in reply.segments][1:-1] == [
        "AK1*HI*1*005010X217",
        "AK2*278*0001*005010X217",
        "IK5*R*4",
        "AK9*R*1*1*0",
    ]


@pytest.mark.parametrize(
    ("old", "new", "ik5"),
    [
        (b"*28*", b"*CN*", "IK5*R*I6*I5"),
        (b"*22*1~", b"*99*1~", "IK5*R*5"),
        (b"005010X215", b"004010X094", "IK5*R*I6"),
    ],
)
def test_what_is_no_question_of_ours_is_refused_by_a_999(exchange: Exchange, old: bytes, new: bytes, ik5: str) -> None:
    reply = exchange(inquiry(Ask()).replace(old, new))
    assert reply.all("IK5") == [ik5]


def test_what_the_guide_forbids_is_refused_by_a_999_that_says_where(exchange: Exchange, simulator: Simulator) -> None:
    reply = exchange(review(Ask(kind="9")))
    assert (reply.all("IK3"), reply.all("IK4")) == (["IK3*UM*12*2000E*8"], ["IK4*2**I6"])
    assert simulator.journal.entries()[0].answered == "999 R"
    assert simulator.journal.entries("278-request") == ()


def test_what_is_no_x12_is_journalled_and_raised(simulator: Simulator) -> None:
    with pytest.raises(RemoteX12Error):
        simulator.exchange(b"hello", "rest")
    (entry,) = simulator.journal.entries()
    assert (entry.kind, entry.answered) == ("unreadable", "no X12")


def test_two_interchanges_in_one_payload_are_both_answered(simulator: Simulator) -> None:
    payload = review(Ask(reference="R1")) + b"\r\n" + eligibility(Ask(reference="R2"))
    replies = said(simulator.exchange(payload, "core").payload).sets
    assert [each.transaction for each in replies] == ["278", "271"]


def test_the_journal_says_what_came_and_what_was_answered_without_a_patients_value(simulator: Simulator) -> None:
    simulator.exchange(review(Ask(member="EXM1PENDINFO")), "core")
    (entry,) = simulator.journal.entries()
    assert (entry.kind, entry.via, entry.interchange, entry.reference, entry.trace) == (
        "278-request",
        "core",
        "000000001",
        "REF0001",
        "TRACE0001",
    )
    assert (entry.scenario, entry.answered, len(entry.sha256)) == ("PENDINFO", "A4 / 0U", 64)
    assert not any(value in repr(entry) for value in ("ROWAN", "AVERY", "EXM1", "19700101", "M170"))


def test_requests_of_the_same_meaning_are_told_by_their_digest(simulator: Simulator) -> None:
    for reference, code in (("R1", "70551"), ("R2", "70551"), ("R3", "72148")):
        simulator.exchange(review(Ask(reference=reference, services=((code, 1),))), "core")
    first, second, other = (entry.meaning for entry in simulator.journal.entries())
    assert first == second != other


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault is not Fault.DROP_UNREAD and fault.goes(Way.CORE, "278-request")]
)
def test_a_payer_holds_the_review_exactly_where_the_fault_reaches_it(simulator: Simulator, fault: Fault) -> None:
    simulator.faults.order(FaultOrder(fault=fault))
    outcome = simulator.exchange(review(Ask()), "core")
    assert outcome.mishap is not None
    (entry,) = simulator.journal.entries("278-request")
    assert (entry.fault, entry.reached_payer) == (fault.value, fault.reaches_payer)
    found = said(simulator.exchange(inquiry(Ask(reference="ASK")), "core").payload)
    assert bool(found.all("HCR")) is fault.reaches_payer


def test_what_never_reached_the_payer_may_come_again_and_is_no_duplicate(simulator: Simulator) -> None:
    simulator.faults.order(FaultOrder(fault=Fault.DROP_BEFORE))
    simulator.exchange(review(Ask()), "core")
    assert said(simulator.exchange(review(Ask()), "core").payload).all("HCR")[0].startswith("HCR*A1")
    assert [entry.duplicate for entry in simulator.journal.entries()] == [False, False]


def test_rejections_by_fault_are_a_ta1_and_a_999(simulator: Simulator) -> None:
    simulator.faults.order(FaultOrder(fault=Fault.TA1_REJECT))
    simulator.faults.order(FaultOrder(fault=Fault.ACK_999_REJECT))
    first, second = (said(simulator.exchange(review(Ask()), "core").payload) for _ in range(2))
    assert ([s.element(4) for s in first.ta1], first.sets) == (["R"], ())
    assert second.all("IK5") == ["IK5*R*5"]


def test_a_wrong_trace_echoes_neither_reference_nor_trace(simulator: Simulator) -> None:
    simulator.faults.order(FaultOrder(fault=Fault.WRONG_TRACE))
    payload = simulator.exchange(review(Ask()), "core").payload
    assert said(payload).all("HCR")
    assert b"REF0001" not in payload
    assert b"TRACE0001" not in payload


def test_twice_is_the_same_interchange_two_times_and_truncated_has_no_end(simulator: Simulator) -> None:
    simulator.faults.order(FaultOrder(fault=Fault.TWICE))
    simulator.faults.order(FaultOrder(fault=Fault.TRUNCATED))
    twice = simulator.exchange(eligibility(Ask()), "core").payload
    assert twice[: len(twice) // 2] == twice[len(twice) // 2 :]
    assert b"IEA*" not in simulator.exchange(eligibility(Ask()), "core").payload


def test_an_ordered_scenario_goes_before_the_member_ids_own_and_is_used_up(simulator: Simulator) -> None:
    order = ScenarioOrder(scenario=SCENARIOS["DENY"], payer="EXPAYER", member="EXM1APPROVE", times=1)
    simulator.order_scenario(order)
    for number in range(3):
        member = "EXM2APPROVE" if number == 0 else "EXM1APPROVE"
        simulator.exchange(review(Ask(member=member, reference=f"R{number}")), "core")
    assert [entry.answered for entry in simulator.journal.entries()] == ["A1", "A3 / 0F", "A1"]


def test_orders_can_be_forgotten(simulator: Simulator) -> None:
    simulator.order_scenario(ScenarioOrder(scenario=SCENARIOS["DENY"]))
    simulator.clear_orders()
    simulator.exchange(review(Ask()), "core")
    assert simulator.journal.entries()[0].answered == "A1"


def test_threads_get_different_numbers_and_one_line_each(simulator: Simulator) -> None:
    with ThreadPoolExecutor(8) as pool:
        payloads = list(
            pool.map(lambda n: simulator.exchange(review(Ask(reference=f"R{n}")), "core").payload, range(64))
        )
    assert len({said(payload).isa.element(13) for payload in payloads}) == 64
    assert len(simulator.journal.entries("278-request")) == 64
