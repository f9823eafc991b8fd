"""Acknowledgments of documents that come by themselves, after the call: by a mailbox, late or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.gateway.attach import attachments_of
from priorwire.gateway.rows import AttachmentRow, TransactionRow
from priorwire.model.evidence import Evidence
from priorwire.model.lifecycle import Attachment
from priorwire.payers.profile import ChannelKind, Route, Transaction
from tests.integration.gateway.conftest import TENANT, World
from tests.integration.gateway.folder_world import PAYER, FolderWorld, folder_world
from tests.integration.gateway.test_attachments import announcing, attach, only_task, open_items
from tests.integration.gateway.test_strange_answers import ack_999, ta1


@pytest.fixture
def folders(world: World, tmp_path: Path) -> FolderWorld:
    """A payer that takes documents in its folders, too."""
    made = folder_world(world, tmp_path / "meridian")
    profiles = dict(made.world.services.profiles)
    routes = tuple(map(_with_documents, profiles[PAYER].routes))
    profiles[PAYER] = replace(profiles[PAYER], routes=routes)
    made.world.services = replace(made.world.services, profiles=profiles)
    return made


def _with_documents(route: Route) -> Route:
    if route.channel is not ChannelKind.DIRECTORY:
        return route
    carried = route.transactions | {Transaction.ATTACHMENT}
    return replace(route, transactions=carried, attachment_edition="006020X316")


def sent(folders: FolderWorld) -> tuple[TransactionRow, bytes, bytes]:
    """An approved request with a document in the folder: the row, the document's bytes, an answer of the payer."""
    request = announcing("APPROVE", payer=str(PAYER))
    row = folders.world.submit(replace(request, service_type="12"))
    folders.round()
    attach(folders.world, folders.row(row))
    (name,) = [each for each in folders.names("outbound") if not each.startswith(("ACK-", row.reference))]
    ours = (folders.root / "outbound" / name).read_bytes()
    everything = b"".join(each.read_bytes() for each in sorted((folders.root / "processed").iterdir()))
    answer = everything[everything.rindex(b"ISA*", 0, everything.index(b"ST*278*")) :]
    assert stored(folders, row).state is Attachment.SENT
    return row, ours, answer


def stored(folders: FolderWorld, row: TransactionRow) -> AttachmentRow:
    (found,) = attachments_of(folders.world.services, TENANT, row.id)
    return found


def receipt(ours: bytes, answer: bytes, verdict: str) -> bytes:
    said = ack_999(ours, answer, verdict).replace(b"AK1*HI*", b"AK1*PI*")
    return said.replace(b"005010X217~AK2*278*0001*005010X217", b"006020X316~AK2*275*0001*006020X316")


def arrives(folders: FolderWorld, name: str, payload: bytes) -> None:
    folders.drop(name, payload)
    folders.pass_time()
    folders.pass_time(timedelta(seconds=31))


def test_a_late_999_acknowledges_the_document(folders: FolderWorld) -> None:
    row, ours, answer = sent(folders)
    arrives(folders, "late.x12", receipt(ours, answer, "A"))
    found = stored(folders, row)
    assert (found.state, found.evidence) == (Attachment.ACKNOWLEDGED, Evidence.PAYER_ACKNOWLEDGED)
    assert [each.reason for each in folders.unmatched()] == []
    assert list(folders.world.store.ownerless()) == []


def test_a_late_999_that_rejects_puts_the_document_before_a_person(folders: FolderWorld) -> None:
    row, ours, answer = sent(folders)
    arrives(folders, "late.x12", receipt(ours, answer, "R"))
    assert stored(folders, row).state is Attachment.REFUSED
    assert "The payer's translator refused it" in only_task(folders.world)
    assert folders.row(row).status == "approved"


def test_the_same_999_twice_moves_the_document_once(folders: FolderWorld) -> None:
    row, ours, answer = sent(folders)
    arrives(folders, "one.x12", receipt(ours, answer, "A"))
    arrives(folders, "two.x12", receipt(ours, answer, "A") + b"\n")
    assert stored(folders, row).state is Attachment.ACKNOWLEDGED
    assert open_items(folders.world) == []


def test_a_document_that_nothing_acknowledges_is_put_before_a_person_and_not_sent_again(folders: FolderWorld) -> None:
    row, ours, answer = sent(folders)
    folders.pass_time(timedelta(hours=23))
    assert open_items(folders.world) == []
    folders.pass_time(timedelta(hours=20))  # counted from midnight where it came after the cut-off
    assert "Nothing has acknowledged it (acknowledgment expected within 24 hours" in only_task(folders.world)
    assert stored(folders, row).attempts == 1
    arrives(folders, "late.x12", receipt(ours, answer, "A"))
    assert stored(folders, row).state is Attachment.ACKNOWLEDGED
    assert open_items(folders.world) == []  # the late one has made it needless


def test_a_ta1_says_that_a_document_of_unknown_fate_arrived(folders: FolderWorld) -> None:
    row, ours, answer = sent(folders)
    with folders.world.store.work(TENANT) as uow:
        uow.attachments.update(replace(stored(folders, row), state=Attachment.UNCERTAIN))
    arrives(folders, "late.x12", ta1(ours, answer, "A"))
    assert stored(folders, row).state is Attachment.SENT
