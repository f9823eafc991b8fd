from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.integration.simulator.conftest import Running
from tests.integration.simulator.waiting import until
from tests.unit.simulator.envelopes import envelope
from tests.unit.simulator.messages import Ask, eligibility, inquiry, review, said


@pytest.mark.parametrize(
    ("fault", "journalled", "reached"),
    [("drop_unread", False, False), ("drop_before", True, False), ("drop_after", True, True)],
)
def test_a_dropped_connection_is_closed_without_a_byte_of_an_answer(
    running: Running, fault: str, *, journalled: bool, reached: bool
) -> None:
    running.order(fault)
    with pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
        running.raw(review(Ask()))
    entries = running.simulator.journal.entries("278-request")
    assert [entry.reached_payer for entry in entries] == ([reached] if journalled else [])
    assert bool(running.ask(inquiry(Ask(reference="ASK"))).all("HCR")) is reached


def test_a_connection_dropped_in_the_reply_leaves_half_of_it(running: Running) -> None:
    running.order("drop_during")
    with pytest.raises(httpx2.RemoteProtocolError, match="without sending complete"):
        running.raw(review(Ask()))
    assert running.ask(inquiry(Ask(reference="ASK"))).all("HCR")


def test_the_story_of_a_lost_answer_ends_with_one_review_and_one_request(running: Running) -> None:
    ask = Ask(member="EXM1DROPAFTER")
    with pytest.raises(httpx2.RemoteProtocolError):
        running.client.post("/core/soap", content=envelope(review(ask).decode()))
    assert running.ask(inquiry(ask)).all("HCR")[0].startswith("HCR*A1*SIM")
    assert running.client.get("/_control/journal").json()["counts"] == {"278-request": 1, "278-inquiry": 1}


def test_a_dropped_connection_leaves_the_server_and_the_next_connection_well(running: Running) -> None:
    for _ in range(5):
        running.order("drop_after")
        with pytest.raises(httpx2.RemoteProtocolError):
            running.raw(eligibility(Ask()))
        assert running.raw(eligibility(Ask())).status_code == 200


def test_a_held_reply_waits_until_it_is_released_and_the_journal_has_it_before(running: Running) -> None:
    running.order("hold", kind="278-request")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(running.raw, review(Ask()))
        until(lambda: running.client.get("/_control/held").json() == {"held": ["REF0001"]})
        assert running.simulator.journal.entries("278-request")[0].answered == "A1"
        assert not waiting.done()
        assert running.client.post("/_control/release", json={"reference": "OTHER"}).json() == {"released": 0}
        assert running.client.post("/_control/release", json={}).json() == {"released": 1}
        assert said(waiting.result(20).json()["x12"].encode()).all("HCR")


def test_a_held_reply_is_let_go_when_its_client_dies(running: Running) -> None:
    running.order("hold")
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.post(
            f"{running.addresses.url}/core/soap",
            content=envelope(review(Ask()).decode()),
            timeout=0.5,
            trust_env=False,
        )
    until(lambda: running.client.get("/_control/held").json() == {"held": []})


def test_a_reply_may_be_held_for_seconds_and_be_slow(running: Running) -> None:
    for fault in ("hold", "slow"):
        running.order(fault, seconds=0.3)
        began = time.monotonic()
        assert running.raw(eligibility(Ask())).status_code == 200
        assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("http_503", 503, b"Service"),
        ("http_504", 504, b"Gateway"),
        ("html", 200, b"<!DOCTYPE html>"),
        ("soap_fault", 500, b"<soap:Envelope"),
        ("receiver_down", 200, b"<soap:Envelope"),
    ],
)
def test_faults_of_the_server_look_as_they_do_in_life(running: Running, fault: str, status: int, begins: bytes) -> None:
    running.order(fault)
    response = running.client.post("/core/soap", content=envelope(review(Ask()).decode()))
    assert response.status_code == status
    assert response.content.startswith(begins)
    assert response.headers["X-Priorwire-Simulated"] == "1"


def test_a_payer_that_is_down_says_so_in_either_language(running: Running) -> None:
    running.order("receiver_down", times=2)
    soap = running.client.post("/core/soap", content=envelope(review(Ask()).decode()))
    assert b"<ErrorCode>Receiver</ErrorCode>" in soap.content
    assert running.raw(review(Ask())).status_code == 502


def test_chance_drops_some_and_every_review_that_arrived_is_found(running: Running) -> None:
    running.client.put(
        "/_control/faults/rates", json={"rates": {"drop_after": 0.3, "drop_before": 0.3}}
    ).raise_for_status()
    lost = 0
    for number in range(20):
        try:
            running.raw(review(Ask(reference=f"R{number}", trace=f"T{number}")))
        except httpx2.RemoteProtocolError:
            lost += 1
    running.client.delete("/_control/orders").raise_for_status()
    assert 0 < lost < 20
    reached = {e.reference for e in running.simulator.journal.entries("278-request") if e.reached_payer}
    asks = {f"R{n}": Ask(reference=f"A{n}", trace=f"T{n}", services=()) for n in range(20)}
    found = {reference for reference, ask in asks.items() if running.ask(inquiry(ask)).all("HCR")}
    assert reached <= found
