"""Processes are killed at the worst moments, on both databases: no payer ever sees a request for review twice.

The proof is the payers' own journal, a file that they sync before they answer. "Killed" is
SIGKILL by process id: no handler runs, nothing is flushed, the sockets close.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from priorwire.engine.database import system_engine
from priorwire.engine.dbos_queue import DbosQueue
from priorwire.engine.jobs import Limits
from tests.acceptance.processes import House, View, story_request

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]

#: After so long a payer that pended a review in the stories has decided it.
REVIEWED = timedelta(days=2)


@pytest.fixture
def house(tmp_path: Path, store_url: str) -> Iterator[House]:
    with House(tmp_path, store_url) as opened:
        yield opened


def _take_over(house: House, dead: str, heir: str = "heir") -> None:
    """Kill a worker, let another take over once the dead one's lease is over."""
    house.kill(dead)
    house.begin_worker(heir)
    house.await_ready(heir)
    house.pass_lease()


def _hold_the_request(house: House, story: str) -> View:
    """Submit a story through a worker, and stop the time where the payer has the request and nobody else knows."""
    house.order_fault("hold", "278-request")
    view = house.submit(story_request(story), later=True)
    house.await_held()
    assert house.read(view)["delivery"] == "sending"
    return view


def _assert_asked_once(house: House, *, inquiries: int) -> None:
    """The payers' journal shows one request for review, and then so many inquiries."""
    assert house.kinds() == ["278-request", *["278-inquiry"] * inquiries]
    assert not any(entry.duplicate for entry in house.journal())


@pytest.mark.parametrize("story", ["03", "08"], ids=["approved-at-once", "connection-dropped"])
def test_worker_killed_while_the_payer_has_the_request_is_followed_by_an_inquiry(house: House, story: str) -> None:
    house.open("doomed")
    view = _hold_the_request(house, story)
    _take_over(house, "doomed")
    decided = house.await_state(view, status="approved")
    assert decided["record"]["authorization_number"]
    assert (decided["attempts"], decided["inquiries"], decided["delivery"]) == (1, 1, "final")
    _assert_asked_once(house, inquiries=1)


def test_worker_killed_while_the_payer_pends_the_request_finds_it_pended_and_later_approved(house: House) -> None:
    house.open("doomed")
    view = _hold_the_request(house, "04")
    _take_over(house, "doomed")
    house.await_state(view, status="pended", delivery="final")
    house.clock.advance(REVIEWED)
    house.await_state(view, status="approved")
    _assert_asked_once(house, inquiries=2)


def test_worker_killed_in_the_middle_of_an_inquiry_leaves_a_pended_review_to_the_next(house: House) -> None:
    house.open("doomed")
    view = house.submit(story_request("04"), later=True)
    house.await_state(view, status="pended")
    house.order_fault("hold", "278-inquiry")
    house.clock.advance(timedelta(hours=4, minutes=24))
    house.await_held()
    _take_over(house, "doomed")
    house.await_answers(view, 2)
    house.clock.advance(REVIEWED)
    house.await_state(view, status="approved")
    _assert_asked_once(house, inquiries=3)


def test_worker_killed_in_the_inquiry_after_a_dropped_connection_never_sends_again(house: House) -> None:
    house.open("doomed")
    view = house.submit(story_request("08"), later=True)
    house.await_state(view, delivery="uncertain", status="submitted")
    house.order_fault("hold", "278-inquiry")
    house.clock.advance(timedelta(seconds=99))
    house.await_held()
    _take_over(house, "doomed")
    decided = house.await_state(view, status="approved")
    assert (decided["attempts"], decided["inquiries"]) == (1, 2)
    _assert_asked_once(house, inquiries=2)


def test_one_of_two_workers_is_killed_and_the_other_takes_over(house: House, store_url: str) -> None:
    house.open("north", "south")
    view = _hold_the_request(house, "03")
    dead = _who_works(store_url, "north", "south")
    house.kill(dead)
    house.pass_lease()
    house.await_state(view, status="approved")
    _assert_asked_once(house, inquiries=1)


def _who_works(url: str, *nodes: str) -> str:
    """The node that has taken the only job."""
    engine = system_engine(url, connections=2)
    try:
        queue = DbosQueue(engine, Limits())
        (node,) = (node for node in nodes if queue.running(node))
        return node
    finally:
        engine.dispose()


def test_worker_killed_before_the_payer_got_the_request_leaves_it_to_a_person(house: House) -> None:
    house.open("doomed")
    house.freeze("payers")
    view = house.submit(story_request("03"), later=True)
    house.await_state(view, delivery="sending")
    house.kill("doomed")
    house.kill("payers")  # and with it every byte that it had not read
    house.begin_payers()
    house.begin_worker("heir")
    house.await_ready("payers", "heir")
    house.pass_lease()
    # Nobody can prove that it did not arrive: it is asked about, five times, and never sent again.
    for asked in range(1, 6):
        house.await_answers(view, asked)
        house.await_state(view, delivery="uncertain", inquiries=asked)
        house.clock.advance(timedelta(hours=1, minutes=6))
    house.until(lambda: bool(house.read(view)["open_work_items"]), "a work item")
    (item,) = house.read(view)["open_work_items"]
    assert house.call("GET", f"/v1/work-items/{item}").json()["kind"] == "uncertain_delivery"
    last = house.read(view)
    assert (last["status"], last["delivery"], last["attempts"]) == ("submitted", "uncertain", 1)
    assert house.kinds() == ["278-inquiry"] * 5


def test_api_killed_in_a_real_time_send_loses_nothing_and_a_repeated_call_sends_nothing(house: House) -> None:
    house.open("worker")
    house.order_fault("hold", "278-request")
    request = story_request("03")
    cut: list[httpx2.TransportError] = []

    def practice() -> None:
        try:
            house.submit(request, idempotency_key="visit-1003")
        except httpx2.TransportError as error:
            cut.append(error)

    waiting = threading.Thread(target=practice)
    waiting.start()
    house.await_held()
    house.kill("gateway")
    waiting.join()
    assert cut, "the practice's call broke off"
    house.begin_gateway()
    house.await_ready("gateway")
    repeated = house.submit(request, idempotency_key="visit-1003")
    assert repeated["delivery"] == "sending", "the same transaction, as its dead process left it"
    house.pass_lease()
    house.await_state(repeated, status="approved")
    _assert_asked_once(house, inquiries=1)


_PAGE = {"content": base64.b64encode(b"%PDF-1.7 an example page").decode(), "report_type": "M1"}


def _pended_for_a_document(house: House) -> View:
    request = story_request("03")
    request["payer_id"] = "northwind-health"
    request["subscriber"]["member_id"] = "EXM0000042PENDINFO"
    view = house.submit(request)
    assert view["status"] == "pended"
    return view


def _documents(house: House, view: View) -> list[dict[str, Any]]:
    path = f"/v1/authorizations/{view['id']}/attachments"
    return list(house.call("GET", path).raise_for_status().json())


def _attach(house: House, view: View, *, later: bool) -> None:
    headers = {"Prefer": "respond-async"} if later else {}
    path = f"/v1/authorizations/{view['id']}/attachments"
    house.call("POST", path, json=_PAGE, headers=headers).raise_for_status()


def test_a_document_answers_a_pend_and_the_next_inquiry_brings_the_approval(house: House) -> None:
    house.open("worker")
    view = _pended_for_a_document(house)
    _attach(house, view, later=True)
    house.until(lambda: _documents(house, view)[0]["state"] == "acknowledged", "the document to be acknowledged")
    house.clock.advance(timedelta(hours=5))  # past the first step of the payer's cadence
    decided = house.await_state(view, status="approved")
    assert (decided["attempts"], decided["inquiries"]) == (1, 1)
    assert house.kinds() == ["278-request", "275", "278-inquiry"]


def test_worker_killed_while_the_payer_has_a_document_never_sends_it_again(house: House) -> None:
    house.open("doomed")
    view = _pended_for_a_document(house)
    house.order_fault("hold", "275")
    _attach(house, view, later=True)
    house.await_held()
    _take_over(house, "doomed")
    house.until(lambda: _documents(house, view)[0]["state"] == "uncertain", "a person to be asked about the document")
    for _ in range(3):
        house.clock.advance(timedelta(hours=5))
    house.await_state(view, status="approved")  # the payer had it: the inquiries go on meanwhile
    assert house.kinds().count("275") == 1
    (item,) = house.call("GET", "/v1/work-items").raise_for_status().json()
    assert item["kind"] == "document"
