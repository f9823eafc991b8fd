"""X12 in a pair of watched folders, as a file transfer client fills and empties them.

Out: a file is written under a temporary name, synced, and renamed. From that moment on it is
whole and may be gone. Its name is made of the message's own numbers, so that a message has one
name and a name one message.

In: files are listed, fetched and filed away; whether one is complete, and whether it came
before, the caller decides, who remembers. Nothing is deleted.

After a crash (`whereabouts`): first the dead sender, should it live after all, is kept from
renaming, by taking its temporary file away or its name; only then is looked. A temporary file
that is still there proves that the message never stood in the folder: renaming takes it away.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from priorwire import crash_points
from priorwire.gateway.ways import (
    Accepted,
    Failure,
    Message,
    NotSent,
    SendOutcome,
    Uncertain,
    WaitingFile,
)
from priorwire.model.evidence import Evidence
from priorwire.payers.profile import ChannelKind, Endpoint, FolderSettings

_LOG = logging.getLogger(__name__)
#: Files of our own simulator carry this in their names, and so stay marked for ever.
SIMULATED_MARK: Final = ".simulated."
#: How a file of ours is called while it is written, and what is left of one whose sender died.
_WRITING: Final = ".part"
_VOID: Final = ".void"


class Directory:
    """`gateway.ports.Mailbox` over folders of this machine. Without state."""

    kind: ChannelKind = ChannelKind.DIRECTORY

    def send(self, message: Message) -> SendOutcome:
        """Leave the message in the outbound folder, under a name of its own."""
        folder, settings = _places(message.endpoint)
        name = _name(settings, message.reference, message.payload_id)
        outcome = _left(folder, settings, name, message.payload)
        _LOG.info(
            "left X12 in a folder: %s",
            type(outcome).__name__,
            extra={"action": "directory_sent", "endpoint": message.endpoint.id, "exchange": message.exchange_id},
        )
        return outcome

    def whereabouts(self, endpoint: Endpoint, reference: str, payload_id: str) -> Accepted | NotSent | Uncertain:
        """See the module."""
        folder, settings = _places(endpoint)
        name = _name(settings, reference, payload_id)
        outbound = folder / settings.outbound
        try:
            unwritten = _void(outbound, name)
            there = _is_there(folder, settings, name)
        except OSError as error:
            return Uncertain(detail=f"the outbound folder cannot be looked into ({type(error).__name__})")
        if there:
            return _accepted(name)
        if unwritten or settings.sent is not None:
            return NotSent(failure=Failure.UNAVAILABLE, detail="it never stood in the outbound folder")
        return Uncertain(detail="it is not in the outbound folder, and may have been taken from there")

    def leave(self, endpoint: Endpoint, name: str, payload: bytes) -> None:
        """Put a file into the outbound folder, unless one of that name is or was there. Raises OSError."""
        folder, settings = _places(endpoint)
        if not _is_there(folder, settings, name):
            _write(folder / settings.outbound, name, payload, again=True)

    def waiting(self, endpoint: Endpoint) -> Sequence[WaitingFile]:
        """The files of the inbound folder whose names say that they are messages. Raises OSError."""
        folder, settings = _places(endpoint)
        with os.scandir(folder / settings.inbound) as entries:
            return sorted(_messages(entries, settings), key=lambda each: each.name)

    def fetch(self, endpoint: Endpoint, name: str) -> bytes | None:
        """The bytes of a file; `None` where it is gone. Raises OSError."""
        folder, settings = _places(endpoint)
        try:
            return (folder / settings.inbound / name).read_bytes()
        except FileNotFoundError:
            return None

    def file_away(self, endpoint: Endpoint, name: str, sha256: str) -> bool:
        """Move a file to the processed folder, and make sure that it is the one that was archived. Raises OSError."""
        folder, settings = _places(endpoint)
        come, gone = folder / settings.inbound / name, folder / settings.processed
        gone.mkdir(exist_ok=True)
        moved = _free(gone, name)
        try:
            _rename(come, moved)
        except FileNotFoundError:
            return True  # moved before, by a process that died before it could say so
        if hashlib.sha256(moved.read_bytes()).hexdigest() == sha256:
            _sync_folder(gone)
            return True
        _rename(moved, come)  # written over between our reading and our moving it: it is looked at again
        return False


def _places(endpoint: Endpoint) -> tuple[Path, FolderSettings]:
    return Path(unquote(urlsplit(endpoint.url).path)), endpoint.folders or FolderSettings()


def _name(settings: FolderSettings, reference: str, payload_id: str) -> str:
    return f"{reference}-{payload_id.replace('-', '')[:12]}{settings.suffix}"


def _accepted(name: str) -> Accepted:
    return Accepted(remote_id=name, evidence=Evidence.SENT, comes_by_itself=True)


def _left(folder: Path, settings: FolderSettings, name: str, payload: bytes) -> SendOutcome:
    """What the write proves: until the rename nobody but us reads the file."""
    if not (folder / settings.outbound).is_dir():
        return NotSent(failure=Failure.UNAVAILABLE, detail="the outbound folder is missing")
    try:
        if _is_there(folder, settings, name):
            return _accepted(name)
        _write(folder / settings.outbound, name, payload, again=False)
    except FileExistsError:
        return NotSent(failure=Failure.UNAVAILABLE, detail="another process took this message over")
    except OSError as error:
        return _unsure(folder, settings, name, error)
    return _accepted(name)


def _unsure(folder: Path, settings: FolderSettings, name: str, error: OSError) -> SendOutcome:
    kind = type(error).__name__
    try:
        (folder / settings.outbound / _temporary(name)).unlink()
    except OSError:
        return Uncertain(detail=f"the outbound folder failed ({kind}), and does not show whether the file stands there")
    return NotSent(failure=Failure.UNAVAILABLE, detail=f"the outbound folder cannot be written ({kind})")


def _is_there(folder: Path, settings: FolderSettings, name: str) -> bool:
    """Whether a file of ours is or was offered under this name."""
    kept = [settings.outbound] + ([settings.sent] if settings.sent is not None else [])
    return any((folder / each / name).exists() for each in kept)


def _temporary(name: str) -> str:
    return f".{name}{_WRITING}"


def _write(outbound: Path, name: str, payload: bytes, *, again: bool) -> None:
    """Temporary name, sync, rename. `again`: a temporary file of a try that died is written over."""
    temporary = outbound / _temporary(name)
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if again else os.O_EXCL)
    crash_points.reach("write.before")
    with os.fdopen(os.open(temporary, flags, 0o660), "wb") as file:
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())
    crash_points.reach("write.after")
    _rename(temporary, outbound / name)
    _sync_folder(outbound)


def _rename(old: Path, new: Path) -> None:
    crash_points.reach("rename.before")
    old.rename(new)
    crash_points.reach("rename.after")


def _void(outbound: Path, name: str) -> bool:
    """Keep whoever still means to send this file from it; whether it was still under its temporary name."""
    temporary = outbound / _temporary(name)
    try:
        _rename(temporary, outbound / f"{_temporary(name)}{_VOID}")
    except FileNotFoundError:
        try:
            crash_points.reach("write.before")
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660))
            crash_points.reach("write.after")
        except FileExistsError:
            return _void(outbound, name)  # it began to write between the two
        return False
    return True


def _free(folder: Path, name: str) -> Path:
    """A name that nobody has there: a payer may use one again."""
    number, target = 1, folder / name
    while target.exists():
        number += 1
        target = folder / f"{name}.{number}"
    return target


def _messages(entries: Iterator[os.DirEntry[str]], settings: FolderSettings) -> Iterator[WaitingFile]:
    for entry in entries:
        writing = any(fnmatchcase(entry.name, pattern) for pattern in settings.temporary)
        if writing or not any(fnmatchcase(entry.name, pattern) for pattern in settings.names):
            continue
        try:
            if not entry.is_file(follow_symlinks=False):
                continue
            found = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue  # moved while we looked
        yield WaitingFile(
            name=entry.name,
            size=found.st_size,
            modified=str(found.st_mtime_ns),
            simulated=SIMULATED_MARK in entry.name,
        )


def _sync_folder(folder: Path) -> None:
    """A rename that is not synced may be undone by a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
