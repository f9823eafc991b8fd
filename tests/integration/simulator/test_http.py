from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from priorwire.clock import FixedClock, SystemClock
from priorwire.simulator import ConnectionDropped, Journal, Simulator, create_app, read_journal
from priorwire.simulator.soap import CORE, SOAP
from tests.integration.simulator.conftest import KNOWN, Running
from tests.unit.simulator.envelopes import envelope
from tests.unit.simulator.messages import AT, Ask, eligibility, inquiry, review, said

_CORE_TYPE = {"Content-Type": 'application/soap+xml; charset=UTF-8; action="RealTimeTransaction"'}


def _core(running: Running, body: bytes) -> tuple[int, dict[str, str]]:
    response = running.client.post("/core/soap", content=body, headers=_CORE_TYPE)
    assert response.headers["X-Priorwire-Simulated"] == "1"
    found = etree.fromstring(response.content).iter(f"{{{CORE}}}COREEnvelopeRealTimeResponse")
    return response.status_code, {str(child.tag): child.text or "" for child in next(found)}


def test_a_278_over_core_soap_is_answered_while_we_wait(running: Running) -> None:
    status, reply = _core(running, envelope(review(Ask()).decode()))
    assert (status, reply["ErrorCode"], reply["PayloadType"]) == (200, "Success", "X12_278_Response_005010X217E1_2")
    assert said(reply["Payload"].encode()).all("HCR")[0].startswith("HCR*A1*SIM")


def test_every_kind_is_answered_over_core_soap_whatever_its_payload_type_says(running: Running) -> None:
    types = [
        _core(running, envelope(payload.decode()))[1]["PayloadType"]
        for payload in (eligibility(Ask()), review(Ask()), inquiry(Ask(reference="ASK")), review(Ask(usage="P")))
    ]
    assert types == [
        "X12_271_Response_005010X279A1",
        "X12_278_Response_005010X217E1_2",
        "X12_278_Response_005010X215",
        "X12_TA1_Response_00501X231A1",
    ]


def test_the_reply_has_a_payload_id_of_its_own(running: Running) -> None:
    ids = {_core(running, envelope(eligibility(Ask()).decode()))[1]["PayloadID"] for _ in range(2)}
    assert len(ids) == 2
    assert "5d3c7c52-7d0b-4a5e-9a0b-0f5b6a5c9f11" not in ids


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (envelope("ISA", password="wrong"), "UnAuthorized"),
        (envelope("no X12"), "PayloadIllegal"),
        (envelope("ISA", changed={"SenderID": None}), "SenderIDRequired"),
    ],
)
def test_bad_metadata_gets_an_error_envelope_and_reaches_nobody(running: Running, body: bytes, code: str) -> None:
    status, reply = _core(running, body)
    assert (status, reply["PayloadType"], reply["ErrorCode"]) == (200, "CoreEnvelopeError", code)
    assert "Payload" not in reply
    assert running.simulator.journal.entries("278-request") == ()


def test_what_is_no_soap_gets_a_fault(running: Running) -> None:
    response = running.client.post("/core/soap", content=b"<x/>", headers=_CORE_TYPE)
    values = [element.text for element in etree.fromstring(response.content).iter(f"{{{SOAP}}}Value")]
    assert (response.status_code, values) == (500, ["soap:VersionMismatch"])


def test_a_reply_in_parts_carries_the_payload_beside_the_envelope(running: Running) -> None:
    running.order("multipart")
    response = running.client.post("/core/soap", content=envelope(review(Ask()).decode()), headers=_CORE_TYPE)
    head = b"Content-Type: " + response.headers["Content-Type"].encode() + b"\r\n\r\n"
    message = email.message_from_bytes(head + response.content, _class=EmailMessage, policy=email.policy.HTTP)
    root, payload = list(message.iter_parts())
    assert b"cid:payload@simulator" in bytes(root.get_payload(decode=True))
    assert payload["Content-ID"] == "<payload@simulator>"
    assert said(bytes(payload.get_payload(decode=True))).all("HCR")


@pytest.mark.parametrize("transaction", ["eligibility", "authorization", "inquiry", "270", "278", "278-inquiry"])
def test_raw_x12_goes_and_comes_in_json(running: Running, transaction: str) -> None:
    response = running.raw(review(Ask()), transaction)
    assert response.status_code == 200
    assert response.json()["id"]
    assert said(response.json()["x12"].encode()).all("HCR")


@pytest.mark.parametrize(
    ("headers", "path", "x12", "status"),
    [
        ({}, "/x12/278", "ISA", 401),
        ({"X-API-Key": "wrong"}, "/x12/278", "ISA", 401),
        ({"Authorization": f"Bearer {KNOWN.api_key}"}, "/x12/837", "ISA", 404),
        ({"Authorization": f"Bearer {KNOWN.api_key}"}, "/x12/278", "no X12", 400),
    ],
)
def test_bad_calls_are_refused_in_json(
    running: Running, headers: dict[str, str], path: str, x12: str, status: int
) -> None:
    response = running.client.post(path, json={"x12": x12}, headers=headers)
    assert (response.status_code, bool(response.json()["error"]["code"])) == (status, True)


def test_the_journal_is_on_disk_before_the_answer_and_can_be_asked_for(running: Running) -> None:
    running.raw(review(Ask()))
    (line,) = read_journal(running.journal)
    assert (line.kind, line.reference, line.answered) == ("278-request", "REF0001", "A1")
    asked = running.client.get("/_control/journal", params={"kind": "278-request"}).json()
    assert (asked["counts"], asked["entries"][0]["trace"]) == ({"278-request": 1}, "TRACE0001")


def test_the_clock_is_advanced_and_a_pend_decided(running: Running) -> None:
    ask = Ask(member="EXM1PENDINFO")
    assert running.ask(review(ask)).all("HCR") == ["HCR*A4**0U"]
    running.client.post("/_control/advance", json={"days": 3}).raise_for_status()
    assert running.ask(inquiry(ask)).all("HCR")[0].startswith("HCR*A1*")


def test_over_the_machines_clock_the_payers_own_is_moved() -> None:
    simulator = Simulator(clock=SystemClock(), journal=Journal())
    with TestClient(create_app(simulator)) as client:
        client.post("/_control/advance", json={"days": 1}).raise_for_status()
    assert simulator.clock.ahead == timedelta(days=1)


def test_the_payers_time_is_set_and_nobody_elses_moves(running: Running) -> None:
    ask = Ask(member="EXM1PENDINFO")
    running.ask(review(ask))
    later = (AT + timedelta(days=3)).isoformat()
    assert running.client.put("/_control/clock", json={"now": later}).json()["ahead_seconds"] == 3 * 86400
    assert running.clock.now() == AT
    assert running.ask(inquiry(ask)).all("HCR")[0].startswith("HCR*A1*")
    assert running.client.put("/_control/clock", json={"ahead_seconds": 0}).json()["now"] == AT.isoformat()
    assert running.client.put("/_control/clock", json={}).status_code == 422


def test_scenarios_are_set_listed_and_forgotten(running: Running) -> None:
    table = running.client.get("/_control/scenarios").json()
    assert {"APPROVE", "PENDINFO"} <= set(table["scenarios"])
    running.client.put("/_control/scenarios", json={"scenario": "deny", "payer": "EXPAYER"}).raise_for_status()
    assert running.ask(review(Ask())).all("HCR") == ["HCR*A3**0F"]
    running.client.delete("/_control/orders").raise_for_status()
    assert running.ask(review(Ask(reference="REF2"))).all("HCR")[0].startswith("HCR*A1")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/_control/scenarios", {"scenario": "NOSUCH"}),
        ("PUT", "/_control/scenarios", {"scenario": "DENY", "membr": "typo"}),
        ("POST", "/_control/faults", {"fault": "nosuch"}),
        ("PUT", "/_control/faults/rates", {"rates": {"html": 2}}),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(
    running: Running, method: str, path: str, body: dict[str, object]
) -> None:
    assert running.client.request(method, path, json=body).status_code == 422


def test_without_a_socket_a_dropped_connection_is_an_exception() -> None:
    simulator = Simulator(clock=FixedClock(AT), journal=Journal())
    with TestClient(create_app(simulator)) as client, pytest.raises(ConnectionDropped):
        client.post(
            "/x12/278",
            json={"x12": review(Ask(member="EXM1DROPAFTER")).decode()},
            headers={"X-API-Key": KNOWN.api_key},
        )


def test_receipts_are_counted_without_saying_whose(running: Running) -> None:
    for reference in ("R1", "R2"):
        running.ask(review(Ask(reference=reference)))
    assert running.client.get("/_control/receipts").json() == {"received": 2, "meanings": 1, "again": 1}


def test_a_payer_thinks_again_when_told_to(running: Running) -> None:
    ask = Ask()
    running.ask(review(ask))
    running.client.post("/_control/overturn", json={"reference": ask.reference}).raise_for_status()
    assert running.ask(inquiry(ask)).all("HCR") == ["HCR*A3**0F"]
    running.client.post("/_control/overturn", json={"reference": ask.reference}).raise_for_status()
    assert running.ask(inquiry(ask)).all("HCR")[0].startswith("HCR*A1*SIM")
    assert running.client.post("/_control/overturn", json={"reference": "NOBODY"}).status_code == 404


def test_chance_is_set_with_a_seed_and_refuses_what_comes_by_order_only(running: Running) -> None:
    rates = {"rates": {"missing_trace": 1.0}, "seed": 11}
    running.client.put("/_control/faults/rates", json=rates).raise_for_status()
    assert running.ask(review(Ask())).all("TRN") == []
    assert running.simulator.faults.plan.seed == 11
    assert running.client.put("/_control/faults/rates", json={"rates": {"hold": 0.5}}).status_code == 422


def test_faults_are_listed_with_the_ways_that_they_go(running: Running) -> None:
    faults = running.client.get("/_control/scenarios").json()["faults"]
    assert faults["half_renamed"]["ways"] == ["folder"]
    assert faults["reversed"] == {**faults["reversed"], "kinds": ["278-request"], "reaches_payer": True}
