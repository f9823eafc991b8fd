"""Rows of what came by itself or could be joined to nothing: received files, their sets, unmatched answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from priorwire.model.identifiers import ArchiveId, TenantId, TransactionId


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A request that a reply may belong to, for a person to judge."""

    transaction_id: TransactionId
    #: Only to compare with the others of the same reply.
    score: int
    #: What agrees, by name, e.g. ``trace number`` or ``provider``; no values.
    agrees: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UnmatchedRow:
    """A reply that could not be joined to a request; waits for a person and is never dropped."""

    id: str
    tenant: TenantId
    archive_id: ArchiveId
    interchange: int
    transaction_set: int
    #: Why, in words.
    reason: str
    #: Best first.
    candidates: tuple[Suggestion, ...] = ()
    at: datetime


class FileState(Enum):
    """What became of a file that the other side left for us."""

    #: Seen, and not known to be complete.
    SIGHTED = "sighted"
    #: It went away before it was complete.
    GONE = "gone"
    #: Its bytes are archived; what is in it is still to be told apart.
    ARCHIVED = "archived"
    #: Every set in it stands on its own; our acknowledgments are stored and still to be written.
    SPLIT = "split"
    DONE = "done"
    #: The same bytes came before.
    DUPLICATE = "duplicate"
    #: It cannot be told apart: a person decides.
    QUARANTINED = "quarantined"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReceivedFileRow:
    """A file in a mailbox, from when it was first seen. Belongs to whoever runs the gateway."""

    id: str
    tenant: TenantId
    endpoint_id: str
    #: Sealed: nobody stops a payer from naming a file after a patient.
    name: str
    size: int
    #: The file's time, as the folder tells it; means nothing but "the same" or "another".
    modified: str
    state: FileState = FileState.SIGHTED
    #: Since when size and time have been these.
    sighted_at: datetime
    #: Of its bytes, once they are archived.
    sha256: str | None = None
    archive_id: ArchiveId | None = None
    #: When it left the inbound folder.
    moved_at: datetime | None = None
    #: How many sets it holds.
    sets: int = 0
    #: Name of the file with our acknowledgments of it, and its bytes; `None` where none is wanted.
    acknowledgment_name: str | None = None
    acknowledgment_archive_id: ArchiveId | None = None
    #: Why it is quarantined, or what else is to be known of it.
    cause: str | None = None
    #: How often our own code failed over it.
    failures: int = 0
    #: A person has said that it is to be read as far as it goes.
    released: bool = False
    updated_at: datetime


class SetState(Enum):
    """What became of a set from a mailbox."""

    WAITING = "waiting"
    #: Joined to what it answers, and acted upon.
    PLACED = "placed"
    #: Joined to nothing: see the unmatched answers.
    UNMATCHED = "unmatched"
    #: It cannot be used; a person decides.
    QUARANTINED = "quarantined"
    #: A person has dealt with it elsewhere.
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True)
class ReceivedSetRow:
    """One transaction set (or TA1) of a file, under the tenant whose request it names."""

    #: Made of the file's id and the set's place in it: the same set can stand only once, whosever it is.
    id: str
    tenant: TenantId
    file_id: str
    endpoint_id: str
    #: The set alone, in its own envelope.
    archive_id: ArchiveId
    #: Ordinals from 1: of the interchange in the file, of the set in the file.
    interchange: int
    transaction_set: int
    #: As sent.
    interchange_number: str
    state: SetState = SetState.WAITING
    transaction_id: TransactionId | None = None
    #: Why it is quarantined or unmatched. Which rule, never what.
    cause: str | None = None
    failures: int = 0
    #: A person has said that it is to be read although segments of it are missing.
    released: bool = False
    created_at: datetime
    updated_at: datetime
