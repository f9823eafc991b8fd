"""Rows of what came by itself or could be joined to nothing: received files, their sets, unmatched answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from priorwire.model.evidence import Evidence
from priorwire.model.identifiers import ArchiveId, TenantId, TransactionId, WorkItemId
from priorwire.model.lifecycle import Acknowledgment, Delivery, Review


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A request that a reply may belong to, for a person to judge."""

    transaction_id: TransactionId
    #: Only to compare with the others of the same reply.
    score: int
    #: What agrees, by name, e.g. ``trace number`` or ``provider``; no values.
    agrees: tuple[str, ...] = ()


class UnmatchedState(Enum):
    """What became of a reply that could not be joined by rule."""

    #: It waits for a person.
    OPEN = "open"
    #: A person joined it to a request.
    JOINED = "joined"
    #: A person has dealt with it elsewhere, or it is about nothing of ours.
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True)
class Before:
    """What stood before a person joined a reply, for an undo; and what the join did beside."""

    delivery: Delivery
    acknowledgment: Acknowledgment
    #: What the join made of the acknowledgment: one that came since stands.
    acknowledged: Acknowledgment
    review: Review | None
    #: The version of the record that counted.
    version: int | None
    status: str
    evidence: Evidence
    decided_at: datetime | None
    simulated: bool
    #: Work items that the join opened, and that it made needless.
    opened: tuple[WorkItemId, ...] = ()
    closed: tuple[WorkItemId, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
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
    #: Which of the set's reviews, from 1; `None` for the set as a whole.
    review: int | None = None
    #: What a person was asked to do about it.
    work_item_id: WorkItemId | None = None
    at: datetime
    state: UnmatchedState = UnmatchedState.OPEN
    #: Who decided that, and when.
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    #: Why, in the person's words. Sealed.
    note: str | None = None
    #: The request that a person joined it to, and what stood there before.
    transaction_id: TransactionId | None = None
    before: Before | None = None


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
