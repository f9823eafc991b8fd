"""What the samples' records say: class A leaf by leaf as read by hand, class B as pinned, all without false hope."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from priorwire.errors import RemoteX12Error
from priorwire.gateway.reading import SetRead, read_payload
from priorwire.mapping.decisions import CERTIFIED
from priorwire.model.authorization import AuthorizationRecord, ReviewStatus, ServiceDecision
from priorwire.model.eligibility import Answer, Coverage, CoverageStatus
from priorwire.x12 import TransactionSet, read
from tests.corpus import record_pins
from tests.corpus.conftest import CORPUS, needs_corpus

pytestmark = needs_corpus

BY_HAND = {
    each["file"]: each
    for each in tomllib.loads((Path(__file__).parent / "class_a_records.toml").read_text("utf-8"))["record"]
}
PINNED: dict[str, Any] = json.loads(record_pins.RECORD_PINS.read_text("utf-8"))
ANEW = "changed: look at it, then run '.venv/bin/python -m tests.corpus.record_pins'"
_GENDERS = {"female": "F", "male": "M", "unknown": "U"}


# --- class A: what was read by hand -----------------------------------------------------------------------------


def by_hand(name: str) -> Iterator[tuple[str, str, str]]:
    """Each leaf that a person read: its path, ``=`` or ``@``, and its value or its places."""
    for line in BY_HAND[name]["says"].strip().splitlines():
        part, _, said = line.partition(": ")
        for each in said.split(record_pins.BETWEEN):
            leaf, sign, value = each.split(" ", 2)
            yield f"{part}.{leaf}" if part else leaf, sign, value


def bytes_at(places: str, ts: TransactionSet) -> str:
    """What stands at one or several places, each the segment's position in the set and the element's."""
    numbers = [each.split(":") for each in places.split()]
    return " ".join(ts.segments[int(segment) - 1].element(int(element)) for segment, element in numbers)


def as_sent(path: str, value: str) -> str:
    """A value in the spelling of the bytes that it was read from."""
    if path.endswith(".birth_date"):
        return value.replace("-", "")
    return _GENDERS[value] if path.endswith(".gender") else value


@pytest.mark.parametrize("name", record_pins.samples("A"))
def test_a_published_reply_says_what_was_read_by_hand(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    (ts,) = [event for event in read(data) if isinstance(event, TransactionSet)]
    (found,) = record_pins.records(data)
    if name not in BY_HAND:
        assert found == [], "a published reply that nobody read"
        assert "request" in name
        return
    (record,) = found
    said = list(by_hand(name))
    assert {path for path, _, _ in said} == set(record)
    assert len({path for path, _, _ in said}) == len(said)
    for path, sign, value in said:
        wanted, got = (value, record[path]) if sign == "=" else (bytes_at(value, ts), as_sent(path, record[path]))
        assert got == wanted, path


def test_what_was_read_by_hand_is_about_replies_and_tells_how() -> None:
    assert set(BY_HAND) <= set(record_pins.samples("A"))
    assert all(len(each["checked"].split()) > 10 and each["remark"] for each in BY_HAND.values())


# --- classes A and B: what is pinned ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", record_pins.samples(*record_pins.CLASSES))
def test_the_records_of_a_sample_are_as_pinned(name: str) -> None:
    assert record_pins.read_as(name) == PINNED.get(name), ANEW


def test_every_pin_is_about_a_sample() -> None:
    assert set(PINNED) == set(record_pins.samples(*record_pins.CLASSES))


@pytest.mark.parametrize("name", record_pins.samples(*record_pins.CLASSES))
def test_a_pin_names_nobody(name: str) -> None:
    """Of names, numbers of people and texts a digest; whatever else is as long as a code can be."""
    named = re.compile(
        r"name|identifier|number|line\d|city|state|postal_code|birth_date|gender|plan|reference|telephone"
    )
    leaf = re.compile(r"(?P<path>[a-z_0-9.\[\]]+) = (?P<value>.+)")
    for line in (line for of_set in PINNED[name] for record in of_set for line in record):
        for each in line.partition(": ")[2].split(record_pins.BETWEEN):
            found = leaf.fullmatch(each)
            assert found is not None, each
            last = found["path"].rpartition(".")[2].partition("[")[0]
            is_digest = re.fullmatch(r"#[0-9a-f]{12}", found["value"]) is not None
            is_kind = last in ("identifier_kind", "name") and re.fullmatch(r"[a-z_]+|[A-Z0-9]{3}", found["value"])
            assert is_digest or is_kind or not named.search(last), found["path"]
            ours = last in ("says", "next_step")
            assert is_digest or ours or record_pins.CODE.fullmatch(found["value"]), found["path"]


# --- every class: no false hope ---------------------------------------------------------------------------------


def readings(name: str) -> Iterator[tuple[Any, str]]:
    """Each record of a sample, with the text of what it was read from."""
    data = (CORPUS / name).read_bytes()
    try:
        sets = [event for event in read(data) if isinstance(event, TransactionSet)]
        said = [each for each in read_payload(data) if isinstance(each, SetRead) and each.kind != "TA1"]
    except RemoteX12Error:
        return
    for ts, each in zip(sets, said, strict=True):
        text = "\n".join("*".join(segment.elements) for segment in ts.segments)
        for reading in each.readings:
            yield reading.record, text


@pytest.mark.parametrize("name", record_pins.samples("A", "B", "C", "D"))
def test_no_record_promises_what_its_bytes_do_not(name: str) -> None:
    for record, text in readings(name):
        if isinstance(record, AuthorizationRecord):
            assert_decided(record, text)
            for each in record.services:
                assert_decided(each, text)
        else:
            assert_stated(record, text)


def assert_decided(said: AuthorizationRecord | ServiceDecision, text: str) -> None:
    codes = set(re.findall(r"^HCR\*([A-Z0-9]+)", text, re.MULTILINE))
    assert said.status not in CERTIFIED or codes & {"A1", "A2", "A6"}
    assert said.status is not ReviewStatus.NOT_REQUIRED or "NA" in codes
    assert said.status is not ReviewStatus.DENIED or "A3" in codes
    tracked = set(re.findall(r"^REF\*NT\*([^*\n]+)", text, re.MULTILINE))
    decided = set(re.findall(r"^HCR\*[^*\n]*\*([^*\n]+)", text, re.MULTILINE))
    assert said.authorization_number not in tracked - decided


def assert_stated(said: Coverage, text: str) -> None:
    stated = set(re.findall(r"^EB\*([A-Z0-9]+)", text, re.MULTILINE))
    assert said.status is not CoverageStatus.ACTIVE or stated & set("12345")
    assert said.status is not CoverageStatus.INACTIVE or stated & set("678")
    rows = re.findall(r"^EB\*.*", text, re.MULTILINE)
    answers = {(row.split("*") + [""] * 11)[11].strip() for row in rows}
    for benefit in said.benefits:
        assert benefit.authorization_required is not Answer.NO or "N" in answers
        assert benefit.authorization_required is not Answer.YES or "Y" in answers
        assert benefit.percent is None or 0 <= benefit.percent <= 1
