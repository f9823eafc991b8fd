"""What the simulator was asked and what it answered, on disk before the answer leaves.

JSON Lines, append-only, each line synced to the disk (`os.fsync`) before anything goes back on
the wire: whoever kills a process at any moment can count here how often a payer was reached.
A line carries identifiers of messages and codes, and no value of a patient.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One transaction set, acknowledgment or fax that came in."""

    #: By the simulator's clock, ISO 8601.
    at: str
    #: ``270``, ``278-request``, ``278-inquiry``, ``275``, ``fax``, or ``unreadable``.
    kind: str
    #: ``core``, ``rest`` or ``smtp``.
    via: str
    #: ISA13.
    interchange: str = ""
    #: BHT03, or BGN02 of a 275; of a fax, what X-Priorwire-Reference says.
    reference: str = ""
    #: TRN02 of the first trace.
    trace: str = ""
    #: Of the bytes as they came; hex.
    sha256: str = ""
    #: The row of `scenarios.SCENARIOS` that applied; of a fax, the outcome ordered.
    scenario: str = ""
    fault: str = ""
    #: Whether the payer holds it: false where a fault or a rejection kept it from there.
    reached_payer: bool = True
    #: Whether a request with this very reference had reached the payer before.
    duplicate: bool = False
    #: Equal for requests with the same member, services and dates, and for equal documents; a keyed digest,
    #: meaningless outside this run.
    meaning: str = ""
    #: In codes, e.g. ``A4 / 0U``.
    answered: str = ""


class Journal:
    """The file and the same lines in memory (only there, without a path). Thread-safe."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._file: BinaryIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._entries += read_journal(path)
            self._file = path.open("ab")
            if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
                self._file.write(b"\n")  # half a line of a run that was killed: it stays, and is left out of reading

    def write(self, *entries: Entry) -> None:
        """Append and sync. When this returns, the lines survive the machine."""
        lines = "".join(json.dumps(asdict(entry), separators=(",", ":")) + "\n" for entry in entries)
        with self._lock:
            if self._file is not None:
                self._file.write(lines.encode("ascii"))
                self._file.flush()
                os.fsync(self._file.fileno())
            self._entries += entries

    def entries(self, kind: str | None = None, reference: str | None = None) -> tuple[Entry, ...]:
        """The lines so far, oldest first, those of an earlier run of the same file before."""
        with self._lock:
            return tuple(
                each for each in self._entries if kind in (None, each.kind) and reference in (None, each.reference)
            )

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def read_journal(path: Path) -> tuple[Entry, ...]:
    """The lines of a journal, also of one that another process writes; half a line is left out."""
    if not path.exists():
        return ()
    return tuple(Entry(**json.loads(line)) for line in path.read_bytes().splitlines() if line.endswith(b"}"))
