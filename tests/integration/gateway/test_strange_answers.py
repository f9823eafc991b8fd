"""Answers that no payer should send, and every payer has sent: none is lost, none is believed too easily, none crashes.

Each is made from an answer of the simulated payer, by changing its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from priorwire.gateway import queries
from priorwire.gateway.check_eligibility import check_eligibility
from priorwire.gateway.intake import Command
from priorwire.gateway.retry import MAX_ATTEMPTS
from priorwire.gateway.rows import ExchangeState, TransactionRow, WorkKind, WorkState
from priorwire.gateway.ways import Final, Message, SendOutcome
from priorwire.model.lifecycle import Acknowledgment, Delivery, Review
from tests.integration.gateway.conftest import TENANT, Fate, World, inquiry_for, request_for

Change = Callable[[bytes, bytes], bytes]


def answered(world: World, change: Change) -> Fate:
    """The payer's answer, changed on its way: `change` gets our message and the answer."""

    def fate(message: Message, _payload: bytes) -> SendOutcome:
        answer = world.simulator.exchange(message.payload, "test").payload
        return Final(payload=change(message.payload, answer), simulated=True)

    return fate


def submitted(world: World, change: Change, ending: str = "APPROVE") -> TransactionRow:
    world.core.fates = [answered(world, change)]
    return world.submit(request_for(ending))


def open_kinds(world: World) -> list[WorkKind]:
    return [item.kind for item in queries.work_items(world.services, TENANT, WorkState.OPEN)]


def all_read(world: World, row: TransactionRow) -> bool:
    exchanges = queries.transaction(world.services, TENANT, row.id).exchanges
    return all(each.state is not ExchangeState.ANSWERED for each in exchanges)


# ---------------------------------------------------------------- envelopes for acknowledgments


def enveloped(answer: bytes, functional: str, sets: str) -> bytes:
    """An interchange like `answer`'s, from the same sender, with other contents."""
    isa, gs = answer[:106], answer[106 : answer.index(b"~ST")].decode()
    elements = gs.split("*")
    elements[1] = functional
    elements[8] = "005010X231A1"
    body = f"{'*'.join(elements)}~{sets}GE*1*{elements[6]}~IEA*1*{isa[90:99].decode()}~"
    return isa + body.encode()


def group_of(ours: bytes) -> str:
    return ours[ours.index(b"~GS*") + 1 :].split(b"~")[0].split(b"*")[6].decode()


def ack_999(ours: bytes, answer: bytes, verdict: str) -> bytes:
    found = "IK3*UM*9**8~" if verdict in "ER" else ""
    accepted = 0 if verdict == "R" else 1
    sets = (
        f"ST*999*0001*005010X231A1~AK1*HI*{group_of(ours)}*005010X217~AK2*278*0001*005010X217~{found}"
        f"IK5*{verdict}~AK9*{verdict}*1*1*{accepted}~SE*{7 if found else 6}*0001~"
    )
    return enveloped(answer, "FA", sets)


def ta1(ours: bytes, answer: bytes, verdict: str) -> bytes:
    isa = answer[:106].decode()
    note = "000" if verdict == "A" else "006"
    return f"{isa}TA1*{ours[90:99].decode()}*261201*1500*{verdict}*{note}~IEA*0*{isa[90:99]}~".encode()


# ---------------------------------------------------------------- acknowledgments in any order


@pytest.mark.parametrize(
    "parts",
    [
        ("answer", "999E"),
        ("999A", "999E", "answer"),
        ("999E", "answer", "999A"),
        ("TA1A", "999A", "answer"),
        ("answer", "TA1A", "999A", "999A"),
        ("answer", "999R"),
        ("999R", "answer"),
        ("TA1R", "answer", "999A"),
    ],
    ids="+".join,
)
def test_an_answer_counts_whatever_acknowledgments_come_with_it(world: World, parts: tuple[str, ...]) -> None:
    def together(ours: bytes, answer: bytes) -> bytes:
        acks = {"999": ack_999, "TA1": ta1}
        return b"".join(answer if part == "answer" else acks[part[:3]](ours, answer, part[3:]) for part in parts)

    row = submitted(world, together)
    assert (row.status, row.delivery) == ("approved", Delivery.FINAL)
    assert all_read(world, row)
    assert open_kinds(world) == []


REJECTIONS = [("999R", "999R"), ("TA1R", "999R"), ("999A", "999R"), ("TA1R",), ("999R", "999A")]


@pytest.mark.parametrize("parts", REJECTIONS, ids="+".join)
def test_a_rejected_form_is_a_refusal_however_often_it_is_said(world: World, parts: tuple[str, ...]) -> None:
    def together(ours: bytes, answer: bytes) -> bytes:
        made = {"999": ack_999, "TA1": ta1}
        return b"".join(made[part[:3]](ours, answer, part[3:]) for part in parts)

    row = submitted(world, together)
    assert (row.delivery, row.review, row.status) == (Delivery.REFUSED, Review.REJECTED, "rejected")
    assert row.acknowledgment is Acknowledgment.REJECTED
    assert open_kinds(world) == [WorkKind.REFUSED]
    assert all_read(world, row)
    world.pass_time(timedelta(days=2))
    assert world.x217s() == 1


# ---------------------------------------------------------------- answers that are not whole


@pytest.mark.parametrize("cut_at", [b"HCR*A1*SI", b"SV1*", b"HSD*FL*1"], ids=bytes.decode)
def test_an_approval_that_was_cut_off_is_no_approval(world: World, cut_at: bytes) -> None:
    row = submitted(world, lambda _ours, answer: answer[: answer.index(cut_at) + len(cut_at)])
    assert (row.status, row.authorization_number, row.delivery) == ("submitted", None, Delivery.UNCERTAIN)
    assert len(queries.unmatched(world.services, TENANT)) == 1
    world.pass_time(timedelta(minutes=2))  # it is inquired about
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


def test_an_answer_with_a_segment_lost_in_the_middle_is_not_believed(world: World) -> None:
    row = submitted(world, lambda _ours, answer: answer.replace(b"HSD*FL*1~", b""))
    assert (row.status, row.delivery) == ("submitted", Delivery.UNCERTAIN)
    world.pass_time(timedelta(minutes=2))
    assert world.row(row.id).status == "approved"


# ---------------------------------------------------------------- answers of another kind


def test_our_own_request_given_back_is_no_answer(world: World) -> None:
    row = submitted(world, lambda ours, _answer: ours + b"\r\n")
    assert (row.status, row.delivery) == ("submitted", Delivery.UNCERTAIN)
    assert len(queries.unmatched(world.services, TENANT)) == 1
    assert all_read(world, row)


@pytest.mark.parametrize("payload", [b"", b"<html>busy</html>", b"ISA*00*"], ids=["empty", "html", "cut"])
def test_an_answer_that_is_no_x12_is_asked_about(world: World, payload: bytes) -> None:
    row = submitted(world, lambda _ours, _answer: payload)
    assert (row.status, row.delivery) == ("submitted", Delivery.UNCERTAIN)
    world.pass_time(timedelta(minutes=2))
    assert world.row(row.id).status == "approved"
    assert world.x217s() == 1


# ---------------------------------------------------------------- several reviews in one answer


def two_reviews(first: bytes, second: bytes) -> Change:
    """The patient's event twice under one BHT: with our trace number, and with one that we never gave."""

    def change(_ours: bytes, answer: bytes) -> bytes:
        start, end = answer.index(b"HL*4*3*EV*"), answer.index(b"SE*")
        event = answer[start:end].replace(b"HL*4*3*EV*1", b"HL*4*3*EV*0")
        event = event[: event.index(b"HL*5*4")] if b"HL*5*4" in event else event
        hcr = event[event.index(b"HCR*") :].split(b"~")[0]
        stranger = event.replace(b"HL*4*", b"HL*5*")
        stranger = re.sub(
            rb"TRN\*2\*\w+", b"TRN*2*SOMEBODYELSES", re.sub(rb"REF\*NT\*\w+", b"REF*NT*ANOTHERS", stranger)
        )
        both = event.replace(hcr, first) + stranger.replace(hcr, second)
        head = answer[: answer.index(b"ST*278")]
        body = answer[answer.index(b"ST*278") : start] + both
        count = body.count(b"~") + 1
        return head + body + f"SE*{count}*0001~".encode() + answer[answer.index(b"GE*1") :]

    return change


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [(b"HCR*A3**0F", b"HCR*A1*OTHER9", "denied"), (b"HCR*A1*OURS7", b"HCR*A3**0F", "approved")],
)
def test_of_several_reviews_in_one_answer_only_the_one_with_our_trace_number_counts(
    world: World, first: bytes, second: bytes, status: str
) -> None:
    row = submitted(world, two_reviews(first, second))
    assert row.status == status
    assert row.authorization_number in (None, "OURS7")
    assert len(queries.unmatched(world.services, TENANT)) == 1


def test_an_inquiry_by_number_that_lists_another_review_too_takes_ours(world: World) -> None:
    row = world.submit(request_for("PENDREVIEW"))
    assert row.administrative_reference

    def and_another(_ours: bytes, answer: bytes) -> bytes:
        return two_reviews(b"HCR*A4**0U", b"HCR*A1*OTHER9")(b"", answer)

    world.core.fates = [answered(world, and_another)]
    world.pass_time(timedelta(hours=4, minutes=1))
    asked = world.row(row.id)
    assert (asked.status, asked.authorization_number) == ("pended", None)


def test_a_payer_that_decides_and_says_that_it_is_down_has_decided(world: World) -> None:
    def both(_ours: bytes, answer: bytes) -> bytes:
        start, end = answer.index(b"ST*278"), answer.index(b"GE*1")
        the_set = answer[start:end]
        down = the_set.replace(b"*0001*005010X217", b"*0002*005010X217")
        down = down[: down.index(b"HL*2*")] + b"AAA*N**42*R~"
        down += f"SE*{down.count(b'~') + 1}*0002~".encode()
        return answer[:start] + down + the_set + answer[end:].replace(b"GE*1", b"GE*2")

    row = submitted(world, both)
    assert (row.status, row.delivery) == ("approved", Delivery.FINAL)
    world.pass_time(timedelta(days=1))
    assert world.x217s() == 1


# ---------------------------------------------------------------- eligibility


def test_an_eligibility_answer_that_cannot_be_read_is_asked_for_so_often_and_then_a_person(world: World) -> None:
    world.core.fates = [answered(world, lambda _o, _a: b"noise")] * 50
    taken = check_eligibility(world.services, Command(tenant=TENANT, actor="test", request=inquiry_for("ELIG1")))
    for _ in range(30):
        world.pass_time(timedelta(minutes=20))
    assert len(world.core.sent) == MAX_ATTEMPTS
    assert world.row(taken.row.id).delivery is Delivery.REFUSED
    assert WorkKind.UNREADABLE_ANSWER in open_kinds(world)
