"""Every 270, 271 and 278 of the public samples is read as what it is."""

from __future__ import annotations

import pytest

from priorwire.x12.events import TransactionSet
from priorwire.x12.guides import Chosen, guide_for
from priorwire.x12.reader import read
from tests.corpus.conftest import CORPUS, manifest, needs_corpus

#: The manifest's word for a 278 (its guide, then how BHT02 was read) to what priorwire calls it. ``unk`` and
#: ``08`` are sets that name one thing and hold another.
KINDS = {
    "X217-request": "278-request",
    "X217-cancel": "278-request",
    "X217-response": "278-response",
    "X215-inquiry": "278-inquiry",
    "X215-request": "278-request",
    "X215-inquiry-response": "278-inquiry-response",
    "X216-notification": "278-notice",
    "X217-bht08": "278-response",
    "X217-bhtunk": "278-request",
    "X216-bhtunk": "278-response",
    "4010-bhtunk": "278-inquiry-response",
}


def rows() -> list[dict[str, str]]:
    return [row for row in manifest() if row["transaction"] in ("270", "271", "278")]


def chosen_in(data: bytes) -> list[Chosen]:
    sets = [event for event in read(data) if isinstance(event, TransactionSet)]
    return [guide_for(one.transaction, one.guide_id, one.purpose, one.segment_ids, one.source_role) for one in sets]


@needs_corpus
def test_the_manifest_s_words_are_all_known() -> None:
    assert {row["direction"] for row in rows() if row["transaction"] == "278"} <= set(KINDS)


@needs_corpus
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_a_sample_has_the_right_kind(row: dict[str, str]) -> None:
    expected = KINDS[row["direction"]] if row["transaction"] == "278" else row["transaction"]
    found = chosen_in((CORPUS / row["file"]).read_bytes())
    assert found
    assert {each.kind for each in found} == {expected}
    assert all(each.guide is not None for each in found)
