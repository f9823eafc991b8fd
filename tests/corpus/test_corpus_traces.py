"""Over the samples: every leaf of every record says where it was read, to the byte, and nothing else moves with it."""

from __future__ import annotations

import random

import pytest

from priorwire.errors import RemoteX12Error
from priorwire.mapping.trace import leaves
from priorwire.model.eligibility import Answer, Coverage, Network
from tests.corpus.conftest import CORPUS, manifest, needs_corpus
from tests.traced import changes, everything, readings

pytestmark = needs_corpus

NAMES = [row["file"] for row in manifest() if row["file"].startswith(("278", "271"))]
#: How many values of a sample are changed; each needs a whole reading.
_SAMPLED = 25


def sample(name: str) -> bytes:
    data = (CORPUS / name).read_bytes()
    try:
        if any(True for _ in readings(data)):
            return data
    except RemoteX12Error:
        pass
    pytest.skip("it gives no record")


@pytest.mark.parametrize("name", NAMES)
def test_every_leaf_has_a_source_and_its_bytes(name: str) -> None:
    data = sample(name)
    for reading in readings(data):
        record = reading.record
        benefits = record.benefits if isinstance(record, Coverage) else ()
        unstated = {
            f"benefits[{index}].{leaf}"
            for index, each in enumerate(benefits)
            for leaf, value in (("network", each.network), ("authorization_required", each.authorization_required))
            if value in (Network.NOT_STATED, Answer.NOT_STATED)
        }
        assert set(leaves(record)) - unstated == set(reading.sources)
        for source in reading.sources.values():
            assert data[source.segment_start : source.segment_end].startswith(source.segment.encode())
            assert source.segment_start <= source.start <= source.end <= source.segment_end


@pytest.mark.parametrize("name", NAMES)
def test_a_leaf_changes_with_its_bytes_and_takes_nothing_else_along(name: str) -> None:
    data = sample(name)
    before = everything(data)
    draw = random.Random(name)
    keys = draw.sample(sorted(before), min(_SAMPLED, len(before)))
    wrong = [each for key in keys for each in changes(data, key, before, draw) or ()]
    assert wrong == []
