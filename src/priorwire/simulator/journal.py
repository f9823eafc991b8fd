"""What the simulator was asked and what it answered, on disk before the answer leaves.

Two files, both append-only, each line whole or not there:

the journal (``path``)
    JSON Lines. A line carries identifiers of messages and codes, and no value of a patient:
    whoever kills a process at any moment can count here how often a payer was reached.
what the payers hold (``path.held``)
    One sealed line for whatever changed what payers know: the message itself, the orders that
    stand, their clock. A simulator that is started again over the same files takes up from it.
    The lines are encrypted (AES-256-GCM), because they hold messages; ``path.key`` opens them.

A line of the second file is synced (`os.fsync`) before the lines of the first that go with it are
written, and carries them: where a kill came between the two, `Journal` adds what the first lacks.
Half a line, which only the very end of a file can have, was never acknowledged: it is cut off.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Bytes of a nonce of AES-GCM, and of its key.
_NONCE, _KEY = 12, 32
#: Something that a simulator remembers, as plain JSON.
Held = Mapping[str, Any]


class JournalUnreadable(ValueError):
    """A journal, or what goes with it, is not what a simulator wrote."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One transaction set, acknowledgment or fax that came in."""

    #: By the simulator's clock, ISO 8601.
    at: str
    #: ``270``, ``278-request``, ``278-inquiry``, ``275``, ``fax``, or ``unreadable``.
    kind: str
    #: ``core``, ``rest``, ``folder`` or ``smtp``.
    via: str
    #: ISA06.
    sender: str = ""
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
    #: meaningless outside this journal.
    meaning: str = ""
    #: In codes, e.g. ``A4 / 0U``.
    answered: str = ""


class Journal:
    """The files, and the journal's lines in memory (only there, without a path). Thread-safe.

    One process at a time may write a journal.

    Raises:
        JournalUnreadable: a whole line is none of a journal's, or what the payers hold cannot be opened.
        OSError: a file cannot be read or written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock, self._syncing = threading.Lock(), threading.Lock()
        self._entries: list[Entry] = []
        #: Appended, and not on disk yet.
        self._waiting: list[Entry] = []
        self._lines = self._sealed = _Lines(None)
        self._held: list[Held] = []
        #: Of the digests of `Entry.meaning`, and of what the payers hold.
        self.key = secrets.token_bytes(_KEY)
        if path is not None:
            try:
                self._open(path)
            except BaseException:
                self._shut()
                raise

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".held")
        self._lines = _Lines(path)
        self._sealed = _Lines(beside)
        self.key = _key_of(path.with_name(path.name + ".key"), may_be_made=not beside.stat().st_size)
        self._entries += read_journal(path)
        self._held += _opened(self.key, beside.read_bytes())
        _sync_folder(path.parent)
        lacking = [Entry(**each) for held in self._held for each in held.get("entries", ())]
        self._waiting += (Counter(lacking) - Counter(self._entries)).elements()
        self.sync()

    def write(self, *entries: Entry, held: Held | None = None) -> None:
        """Append and sync. When this returns, the lines survive the machine."""
        self.append(*entries, held=held)
        self.sync()

    def append(self, *entries: Entry, held: Held | None = None) -> None:
        """Put lines in their order; `sync` brings them to the disk.

        Args:
            entries: of the journal.
            held: what the payers know from now on, beside what `entries` say.
        """
        with self._lock:
            if held is not None and self._sealed.is_file:
                self._sealed.put(_sealed(self.key, {**held, "entries": [asdict(each) for each in entries]}))
            self._waiting += entries

    def sync(self) -> None:
        """When this returns, all that was appended before survives the machine. Threads share a sync."""
        with self._syncing:
            with self._lock:
                waiting, self._waiting = self._waiting, []
            self._sealed.sync()
            self._lines.put(
                "".join(json.dumps(asdict(each), separators=(",", ":")) + "\n" for each in waiting).encode()
            )
            self._lines.sync()
            with self._lock:
                self._entries += waiting

    def entries(self, kind: str | None = None, reference: str | None = None) -> tuple[Entry, ...]:
        """The lines so far, oldest first, those of an earlier run of the same file before."""
        with self._lock:
            return tuple(
                each for each in self._entries if kind in (None, each.kind) and reference in (None, each.reference)
            )

    def held(self, *names: str) -> tuple[Held, ...]:
        """What earlier runs of the same files noted under any of these keys, oldest first."""
        return tuple(each for each in self._held if not each.keys().isdisjoint(names))

    def receipts(self, kind: str = "278-request") -> Mapping[str, int]:
        """How often payers were given each meaning: see `receipts`."""
        return receipts(self.entries(), kind)

    def close(self) -> None:
        """Close the files."""
        self.sync()
        self._shut()

    def _shut(self) -> None:
        for each in (self._lines, self._sealed):
            each.close()


def receipts(entries: Iterable[Entry], kind: str = "278-request") -> Mapping[str, int]:
    """How often payers were given each meaning (`Entry.meaning`); more than 1 of a request is sent twice."""
    return Counter(each.meaning for each in entries if each.kind == kind and each.reached_payer)


def read_journal(path: Path) -> tuple[Entry, ...]:
    """The lines of a journal, also of one that another process writes; half a line at its end is left out.

    Raises:
        JournalUnreadable: a whole line is none of a journal's.
    """
    if not path.exists():
        return ()
    return tuple(_read(line) for line in path.read_bytes().split(b"\n")[:-1])


def _read(line: bytes) -> Entry:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        raise JournalUnreadable("a line of the journal is none that a simulator wrote") from None


class _Lines:
    """A file of whole lines that grows at its end; without a path, nothing at all."""

    def __init__(self, path: Path | None) -> None:
        self._file: FileIO | None = None
        self._dirty = False
        if path is not None:
            path.touch()
            os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
            self._file = FileIO(path, "ab")

    @property
    def is_file(self) -> bool:
        return self._file is not None

    def put(self, lines: bytes) -> None:
        left = memoryview(lines)
        while self._file is not None and left:
            left = left[self._file.write(left) :]
            self._dirty = True

    def sync(self) -> None:
        if self._file is not None and self._dirty:
            self._dirty = False
            os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _key_of(path: Path, *, may_be_made: bool) -> bytes:
    """The key in a file, made where there is nothing yet that another had sealed."""
    if may_be_made and not (path.exists() and path.stat().st_size):
        key = secrets.token_bytes(_KEY)
        made = path.with_name(path.name + ".part")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    key = path.read_bytes() if path.exists() else b""
    if len(key) != _KEY:
        raise JournalUnreadable("the key of what the payers hold is gone; move the journal's files away together")
    return key


def _sync_folder(folder: Path) -> None:
    """A new file's name survives the machine only with its folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sealed(key: bytes, held: Held) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, _plain(held).encode(), None)) + b"\n"


def _plain(values: Held) -> str:
    return json.dumps(values, separators=(",", ":"))


def _opened(key: bytes, lines: bytes) -> Iterator[Held]:
    for line in lines.split(b"\n")[:-1]:
        try:
            sealed = b64decode(line, validate=True)
            yield json.loads(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
        except (ValueError, InvalidTag):
            raise JournalUnreadable("what the payers hold cannot be opened with its key") from None
