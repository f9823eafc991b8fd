"""Class A is clean or explained finding by finding; what all other samples read as is pinned."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from priorwire.errors import RemoteX12Error
from priorwire.gateway.reading import Read
from priorwire.x12 import Event, Segment, Stray, TransactionSet, place, read, segments_of
from priorwire.x12.guides import KINDS, guide_for
from tests.corpus.conftest import CORPUS, manifest, needs_corpus
from tests.corpus.pins import PINS, read_as, samples

pytestmark = needs_corpus

TABLE = tomllib.loads((Path(__file__).parent / "class_a.toml").read_text("utf-8"))["finding"]
PINNED: dict[str, list[dict[str, Any]]] = json.loads(PINS.read_text("utf-8"))


@pytest.mark.parametrize("name", samples(explained=True))
def test_a_published_example_is_clean_or_explained(name: str) -> None:
    explained = [row["finding"] for row in TABLE if row["file"] == name]
    assert [issue for each in read_as(name) for issue in each["issues"]] == explained


def test_every_explanation_is_about_a_sample_and_says_why() -> None:
    assert {row["file"] for row in TABLE} <= set(samples(explained=True))
    assert all(len(row["reason"].split()) > 5 for row in TABLE)


@pytest.mark.parametrize("name", samples(explained=False))
def test_a_sample_reads_as_pinned(name: str) -> None:
    assert read_as(name) == PINNED.get(name), "changed: look at it, then run '.venv/bin/python -m tests.corpus.pins'"


def test_every_pin_is_about_a_sample() -> None:
    assert set(PINNED) == set(samples(explained=False))


def test_a_pin_holds_no_value_of_a_sample() -> None:
    """Words of ours, codes, ids and numbers; nothing else fits."""
    reads, status = {each.value for each in Read}, re.compile(r"[a-z_]+")
    one = re.compile(r"[A-Z][0-9]+ (-|[0-9]{4}[A-Z]{0,2}) (-|[A-Z][A-Z0-9]{1,2})( [0-9]+){4}")
    for each in (each for every in PINNED.values() for each in every):
        assert each["kind"] in KINDS
        assert each["read"] in reads
        assert all(status.fullmatch(word) for word in each["status"])
        assert all(one.fullmatch(issue) for issue in each["issues"])


@pytest.mark.parametrize("name", [row["file"] for row in manifest()])
def test_every_segment_that_enters_is_placed_or_has_a_finding(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    entered, accounted = 0, Counter[str]()
    try:
        for event in read(data):
            entered += len(segments_of(event))
            accounted += accounted_for(event)
    except RemoteX12Error:
        pytest.skip("no interchange can be made out in it: refused as a whole")
    assert entered == accounted["placed"] + accounted["found"]
    assert entered


def accounted_for(event: Event) -> Counter[str]:
    """How many segments of an event have a place, and how many have none but a finding that says so."""
    if isinstance(event, Stray):
        return Counter(found=len(event.segments) if event.issues else 0)
    if not isinstance(event, TransactionSet):
        return Counter(placed=len(segments_of(event)))
    guide = guide_for(event.transaction, event.guide_id, event.purpose, event.segment_ids, event.source_role).guide
    if guide is None:
        return Counter(placed=len(event.segments))  # in its set, in order; T8 is what is said of the set
    placed = place(event, guide)
    told = {issue.place.position for issue in placed.issues}
    for node in placed.root.walk():
        if not node.is_known and node.opener is not None and node.opener.number in told:
            told |= {segment.number for segment in node.all_segments()}  # they belong to what was reported
    standing = [
        (item.number, index)
        for node in placed.root.walk()
        for item, index in zip(node.items, node.known, strict=True)
        if isinstance(item, Segment)
    ]
    known = sum(index >= 0 for _, index in standing)
    return Counter(placed=known, found=sum(index < 0 and number in told for number, index in standing))
