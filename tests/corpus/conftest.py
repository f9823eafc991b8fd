"""The public samples, which stand outside the project.

PRIORWIRE_CORPUS names their folder, by default ``../shared/corpus`` beside the project; the
machine-readable structure that the guides were written from lies in ``../facts/trees`` from
there. Where a folder is absent its tests are skipped, and say so.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("PRIORWIRE_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
MANIFEST = CORPUS / "manifest.csv"
TREES = CORPUS.parent / "facts" / "trees"

needs_corpus = pytest.mark.skipif(
    not MANIFEST.exists(), reason="no samples here: set PRIORWIRE_CORPUS to the folder that holds manifest.csv"
)
needs_trees = pytest.mark.skipif(not TREES.exists(), reason="no structure files beside the samples (facts/trees)")


def manifest() -> list[dict[str, str]]:
    """What is known of each sample; nothing where there are none."""
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
