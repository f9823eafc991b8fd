"""What is measured with: a clean batch is clean, and every fault of a faulty one is found."""

from __future__ import annotations

import pytest

from priorwire.bench.batches import FAULTY_EVERY, alone, batch
from priorwire.bench.complete_read import complete_read, findings
from priorwire.x12 import TransactionSet, Verdict, acknowledge, read

KINDS = ("271", "278-response")


@pytest.mark.parametrize("kind", KINDS)
def test_a_clean_batch_is_accepted_whole(kind: str) -> None:
    data = b"".join(batch(kind, 60_000))
    assert 60_000 <= len(data) < 65_000
    (answer,) = acknowledge(read(data), findings)
    assert answer.verdict is Verdict.ACCEPTED
    assert answer.sets[0].body[-1].element(1) == "A"


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_faulty_batch_every_tenth_set_has_a_finding(kind: str) -> None:
    sets = [event for event in read(batch(kind, 60_000, faulty=True)) if isinstance(event, TransactionSet)]
    assert [bool(findings(each)) for each in sets] == [number % FAULTY_EVERY == 0 for number in range(1, len(sets) + 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_reading_acknowledges_each_set(kind: str) -> None:
    assert complete_read(alone(kind)) == len(("AK1", "AK2", "IK5", "AK9"))
