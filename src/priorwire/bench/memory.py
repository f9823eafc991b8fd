"""How much memory another process has, and whether it grows."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

_MB = 1_000_000


def resident_mb(process: int) -> float:
    """Resident memory of a process in MB; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / _MB


class Memory:
    """Samples of one run."""

    def __init__(self) -> None:
        self._samples: list[float] = []

    def note(self, megabytes: float) -> None:
        """One more."""
        self._samples.append(megabytes)

    @property
    def most(self) -> float:
        """The highest, in MB."""
        return max(self._samples, default=0.0)

    @property
    def growth(self) -> float:
        """How much more the last quarter of the run has than the second, in MB."""
        quarter = len(self._samples) // 4
        if not quarter:
            return 0.0
        return median(self._samples[-quarter:]) - median(self._samples[quarter : 2 * quarter])
