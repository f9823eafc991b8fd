"""What the use cases need of the record about mailboxes: the files that lay there, and the sets in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from priorwire.gateway.arrived import FileState, ReceivedFileRow, ReceivedSetRow, SetState
from priorwire.model.identifiers import ArchiveId


class Received(Protocol):
    """What came by way of mailboxes."""

    def add_file(self, row: ReceivedFileRow) -> None: ...
    def file(self, file_id: str) -> ReceivedFileRow:
        """Raises NotFound."""
        ...

    def update_file(self, row: ReceivedFileRow) -> None: ...
    def files_there(self, endpoint_id: str) -> Sequence[ReceivedFileRow]:
        """Those that have not left the mailbox yet, as far as is known; oldest first."""
        ...

    def file_of(self, endpoint_id: str, sha256: str) -> ReceivedFileRow | None:
        """The first file of this mailbox with these bytes."""
        ...

    def files(self, state: FileState, *, limit: int) -> Sequence[ReceivedFileRow]:
        """Oldest first."""
        ...

    def add_set(self, row: ReceivedSetRow) -> None:
        """Raises Conflict where the set stands already, also under another tenant."""
        ...

    def set(self, set_id: str) -> ReceivedSetRow:
        """Raises NotFound."""
        ...

    def update_set(self, row: ReceivedSetRow) -> None: ...
    def set_in(self, archive_id: ArchiveId) -> ReceivedSetRow | None:
        """The set whose bytes these are; `None` for what came on a call."""

    def sets(self, state: SetState, *, limit: int) -> Sequence[ReceivedSetRow]:
        """Oldest first."""
        ...

    def sets_of(self, file_id: str) -> Sequence[ReceivedSetRow]:
        """The tenant's own, in the file's order."""
        ...
