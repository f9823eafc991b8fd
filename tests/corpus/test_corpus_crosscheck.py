"""Second opinions on every public sample: nothing breaks off, and every difference is explained or stands here.

The samples stand outside the project: PRIORWIRE_CORPUS names their folder, by default
``../shared/corpus`` beside the project. Without it there is nothing to test.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from priorwire.crosscheck import Comparison, crosscheck

CORPUS = Path(os.environ.get("PRIORWIRE_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
FILES = sorted(CORPUS.glob("*.edi"))

if not FILES:
    pytest.skip(f"no *.edi in {CORPUS.name}: set PRIORWIRE_CORPUS to a folder of samples", allow_module_level=True)

#: Differences that nothing known explains: who finds it, where, which code -> how often in the whole corpus. None.
UNEXPLAINED: dict[tuple[str, str, str, str], int] = {}


@pytest.fixture(scope="module")
def compared() -> dict[str, tuple[Comparison, ...]]:
    """Each sample by its name, compared once."""
    return {path.stem: crosscheck(path.read_bytes()) for path in FILES}


def test_every_difference_is_explained_or_stands_in_the_table(compared: dict[str, tuple[Comparison, ...]]) -> None:
    found = Counter(
        (each.theirs.engine, row.verdict.value, str(row.spot), (row.ours or row.theirs)[0].code)
        for both in compared.values()
        for each in both
        for row in each.unexplained
    )
    assert dict(found) == UNEXPLAINED


def test_no_finding_is_lost(compared: dict[str, tuple[Comparison, ...]]) -> None:
    for both in compared.values():
        for each in both:
            assert sum(len(row.ours) for row in each.rows) == len(each.ours.findings)
            assert sum(len(row.theirs) for row in each.rows) >= len(each.theirs.findings)


def test_pyx12_reads_most_of_what_is_ours_to_the_end(compared: dict[str, tuple[Comparison, ...]]) -> None:
    """A second opinion that stops says nothing: over our maps it must have come to the end of nearly all."""
    ours = {name: both[0] for name, both in compared.items() if name[:3] in {"270", "271", "278"}}
    stopped = sorted(name for name, each in ours.items() if each.theirs.stopped)
    assert len(ours) > 50
    assert len(stopped) / len(ours) < 1 / 5, stopped


def test_what_pyx12_accepts_over_our_maps_we_accept_or_say_why_not(compared: dict[str, tuple[Comparison, ...]]) -> None:
    for both in compared.values():
        pyx12 = both[0]
        if pyx12.theirs.accepted and not pyx12.ours.accepted:
            errors = [row for row in pyx12.rows if any(each.is_error for each in row.ours)]
            assert errors
            assert all(row.is_explained for row in errors)
