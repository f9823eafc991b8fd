"""What the demo calls a difference: outcomes, records, and what the payers saw."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from priorwire.cli.demo_client import View
from priorwire.cli.demo_stories import Run, Story, differences
from priorwire.x12 import GroupHeader, InterchangeHeader, SetToWrite, make_segment, write_interchange
from priorwire.x12.segments import DEFAULT_DELIMITERS

_AT = datetime(2026, 12, 1, 15, tzinfo=UTC)
RECORD = {
    "status": "approved",
    "authorization_number": "A1",
    "administrative_reference": None,
    "traces": [{"number": "T1", "returned": True}],
    "services": [{"status": "approved", "quantity": "3", "authorization_number": "A1"}],
}
OUTCOME = {
    "story": "03-example",
    "kind": "authorization",
    "status": "approved",
    "authorization_number": "A1",
    "administrative_reference": None,
    "channel": "core_soap",
    "evidence": "payer_decided",
    "outbound_sets": 1,
    "inbound_sets": 0,
}


def sent(reference: str) -> str:
    """A 278 request with this BHT03, as far as the demo looks at it."""
    body = [make_segment(DEFAULT_DELIMITERS, "BHT", "0007", "13", reference, "20261201", "1500")]
    header = InterchangeHeader(
        sender_qualifier="ZZ",
        sender="PRIORWIRE",
        receiver_qualifier="ZZ",
        receiver="EXAMPLE",
        at=_AT,
        control_number=1,
        usage="T",
    )
    group = GroupHeader(
        functional_id="HI", sender="PRIORWIRE", receiver="EXAMPLE", at=_AT, control_number=1, version="005010X217"
    )
    the_set = SetToWrite(transaction="278", control_number="0001", guide_id="005010X217", body=body)
    return write_interchange(header, [(group, [the_set])]).decode("latin-1")


def run(reference: str = "PW1", **record: object) -> Run:
    story = Story(
        folder=Path("03-example"), title="Example", shows="Nothing.", expected={"outcome": OUTCOME, "record": RECORD}
    )
    view: View = {
        "id": "auth_1",
        "kind": "authorization",
        "status": "approved",
        "evidence": "payer_decided",
        "route": {"channel": "core_soap"},
        "record": {**copy.deepcopy(RECORD), **record},
        "messages": [{"direction": "out", "content_type": "application/edi-x12", "text": sent(reference)}],
    }
    return Run(story=story, views=[view])


def saw(*references: str) -> list[dict[str, Any]]:
    return [{"kind": "278-request", "reference": each} for each in references]


def test_numbers_that_are_made_up_anew_may_differ() -> None:
    other = run(authorization_number="B2", traces=[{"number": "T9", "returned": True}])
    assert differences([other], saw("PW1")) == []


def change(path: Callable[[dict[str, Any]], None]) -> Run:
    changed = run()
    path(changed.last["record"])
    return changed


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        (lambda record: record["services"][0].update(quantity="2"), "record.services[0].quantity"),
        (lambda record: record["services"].append({}), "record.services"),
        (lambda record: record.update(surprise=1), "record.surprise"),
        (lambda record: record["traces"][0].update(number=None), "record.traces[0].number"),
    ],
)
def test_a_record_that_differs_is_told_by_its_path_and_not_by_its_value(
    changed: Callable[[dict[str, Any]], None], where: str
) -> None:
    assert differences([change(changed)], saw("PW1")) == [f"03-example: {where} differs from expected.json"]


def test_an_outcome_that_differs_is_told() -> None:
    denied = run()
    denied.last["status"] = "denied"
    assert "03-example: status should be 'approved' and is 'denied'" in differences([denied], saw("PW1"))


def test_a_number_that_should_be_there_and_is_not_is_told() -> None:
    found = differences([run(authorization_number=None)], saw("PW1"))
    assert any("authorization_number" in each for each in found)


@pytest.mark.parametrize(("seen", "count"), [((), 0), (("PW1", "PW1"), 2)])
def test_a_payer_must_have_got_each_request_exactly_once(seen: tuple[str, ...], count: int) -> None:
    (said,) = differences([run()], saw(*seen))
    assert f"shows {count} requests for review" in said


def test_a_request_that_no_story_sent_is_told() -> None:
    assert differences([run()], saw("PW1", "PW2")) == [
        "The payers' journal shows 1 requests for review that no story sent."
    ]
